"""The GitHub forge against a stateful GitHub on loopback: one request for each branch, nothing lost, nothing half-written."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from bot.config import Secret
from bot.core.pull_request_marks import BEGIN, END
from bot.errors import BadConfiguration, ForgeError, StaleBranch
from bot.forges.github import GitHubForge
from bot.model import File, Proposal, PullRequest
from tests.fakes.github import FakeGitHub
from tests.fakes.github_state import TOKEN
from tests.fakes.loopback import Answer, Request

BRANCH = "kb/transfer_handler_ValidationError_a1b2c3"
PATH = "knowledge/errors/transfer_handler_ValidationError_a1b2c3.md"
ZEROS = "0" * 40


@pytest.fixture
def github(tmp_path: Path) -> Iterator[FakeGitHub]:
    """A repository with a README and an owner for the knowledge folder."""
    with FakeGitHub(tmp_path) as server:
        assert isinstance(server, FakeGitHub)
        server.seed({"README.md": "hello\n", ".github/CODEOWNERS": "knowledge/ @alice\n"})
        yield server


@pytest.fixture
def forge(github: FakeGitHub) -> GitHubForge:
    """The forge, without pauses between writes."""
    return forge_of(github)


def forge_of(github: FakeGitHub, token: str = TOKEN, repository: str = "acme/knowledge") -> GitHubForge:
    """A second forge is a second run of the bot."""
    return GitHubForge(Secret(token), repository, github.url, pace=None)


def a_proposal(text: str = "entry\n", content: str = "c1", **changes: object) -> Proposal:
    """One entry, two labels, one reviewer."""
    proposal = Proposal(
        BRANCH, (File(PATH, text),), "Record an error", "ValidationError in transfer_handler", "What happened.", content, ("errata", "high"), ("alice",)
    )
    return msgspec.structs.replace(proposal, **changes)


def propose(forge: GitHubForge, proposal: Proposal) -> PullRequest:
    """What the job does: look, then propose."""
    return forge.propose(proposal, forge.standing(proposal.branch, PATH))


def writes_to(part: str, method: str = "POST") -> "Matcher":
    """Matches a write whose path ends so."""
    return Matcher(method, part)


class Matcher:
    """A request by method and the end of its path."""

    def __init__(self, method: str, part: str) -> None:
        self.method, self.part = method, part

    def __call__(self, request: Request) -> bool:
        """Whether this request is meant."""
        return request.method == self.method and request.path.endswith(self.part)


def test_a_first_proposal_opens_one_request_with_commit_labels_and_reviewer(github: FakeGitHub, forge: GitHubForge) -> None:
    """Nothing stood there: branch, commit, request, labels and reviewer are made, on top of main."""
    request = propose(forge, a_proposal())

    assert (request.number, request.state, request.url) == (1, "open", f"{github.url}/acme/knowledge/pull/1")
    assert github.commits(BRANCH) == ["Record an error", "start"]
    assert github.text(PATH, BRANCH) == "entry\n"
    assert github.items[1]["labels"] == ["errata", "high"]
    assert github.items[1]["requested_reviewers"] == ["alice"]


def test_the_whole_job_stays_within_twelve_calls(github: FakeGitHub, forge: GitHubForge) -> None:
    """Looking and proposing, first and again: GITHUB_TOKEN has a thousand calls an hour for the whole repository."""
    propose(forge, a_proposal())
    first = len(github.requests)
    propose(forge_of(github), a_proposal("entry, twice\n"))

    assert first <= 12
    assert len(github.requests) - first <= 12


def test_without_codeowners_and_with_strangers_as_reviewers_it_stays_within_fifteen_calls(github: FakeGitHub, forge: GitHubForge) -> None:
    """The worst case: three places looked at for owners, and every reviewer refused."""
    github.seed({".github/CODEOWNERS": None})  # type: ignore[dict-item]
    github.seed({"docs/CODEOWNERS": "* @mallory\n"})

    propose(forge, a_proposal(reviewers=("mallory", "alice", "acme/payments")))

    assert len(github.requests) <= 15
    assert github.items[1]["requested_reviewers"] == ["alice"]


def test_a_second_proposal_builds_on_what_people_committed(github: FakeGitHub, forge: GitHubForge) -> None:
    """The open request grows: people's commits, title and words stay; the bot's words and labels are replaced."""
    propose(forge, a_proposal())
    github.person_commits(BRANCH, {"notes.md": "mine\n"}, "my notes")
    item = github.items[1]
    item["title"] = "A better title"
    item["body"] = f"I looked at this.\r\n{item['body']}\r\nSigned, Alice"
    item["labels"] = ["errata", "high", "urgent"]

    standing = forge.standing(BRANCH, PATH)
    request = forge.propose(a_proposal("entry, twice\n", "c2", body="Again.", labels=("errata", "low")), standing)

    assert standing.open is not None
    assert standing.text == "entry\n"
    assert request.number == 1
    assert github.pulls() == [1]
    assert github.commits(BRANCH) == ["Record an error", "my notes", "Record an error", "start"]
    assert github.text("notes.md", BRANCH) == "mine\n"
    assert (item["title"], sorted(item["labels"])) == ("A better title", ["errata", "low", "urgent"])
    assert item["body"].startswith(f"I looked at this.\r\n{BEGIN}\nAgain.")
    assert item["body"].endswith(f"{END}\r\nSigned, Alice")


def test_a_closed_request_is_remembered_with_everything_it_proposed(github: FakeGitHub, forge: GitHubForge) -> None:
    """Closing declines each content the request ever had; new evidence starts a new branch from main."""
    propose(forge, a_proposal(content="c1"))
    propose(forge, a_proposal("entry, twice\n", "c2"))
    github.close(1)
    later = github.seed({"README.md": "moved on\n"})

    standing = forge.standing(BRANCH, PATH)
    request = forge.propose(a_proposal("new evidence\n", "c3"), standing)

    assert (standing.open, standing.declined, standing.text) == (None, ("c2", "c1"), None)
    assert (standing.head, standing.branch_exists) == (later, True)
    assert request.number == 2
    assert github.commits(BRANCH) == ["Record an error", "start", "start"]


def test_a_merged_branch_is_used_again_from_main(github: FakeGitHub, forge: GitHubForge) -> None:
    """Merged and not deleted: the next occurrence starts from the merged entry, and nothing counts as declined."""
    propose(forge, a_proposal())
    github.merge(1)

    standing = forge.standing(BRANCH, PATH)
    request = forge.propose(a_proposal("entry, twice\n"), standing)

    assert (standing.text, standing.declined) == ("entry\n", ())
    assert request.number == 2
    assert github.text(PATH, BRANCH) == "entry, twice\n"


def test_a_branch_deleted_by_its_merge_is_made_again(github: FakeGitHub, forge: GitHubForge) -> None:
    """With "automatically delete head branches" on, nothing is left behind."""
    github.deletes_merged_branches = True
    propose(forge, a_proposal())
    github.squash(1)

    assert propose(forge, a_proposal("entry, twice\n")).number == 2


def test_commits_made_after_a_close_are_never_thrown_away(github: FakeGitHub, forge: GitHubForge) -> None:
    """Somebody went on working on the branch: the bot says so and touches nothing."""
    propose(forge, a_proposal())
    github.close(1)
    mine = github.person_commits(BRANCH, {"notes.md": "mine\n"})

    with pytest.raises(ForgeError, match="after its pull request #1 was closed") as caught:
        forge.standing(BRANCH, PATH)

    assert BRANCH in caught.value.remedy
    assert github.git.head(BRANCH) == mine


@pytest.mark.parametrize("opened", [True, False], ids=["open request", "left behind"])
def test_a_branch_that_moved_meanwhile_is_stale_and_nothing_is_written(github: FakeGitHub, forge: GitHubForge, *, opened: bool) -> None:
    """Fast-forward only: a person's commit between looking and writing wins."""
    propose(forge, a_proposal())
    if not opened:
        github.close(1)
    standing = forge.standing(BRANCH, PATH)
    mine = github.person_commits(BRANCH, {"notes.md": "mine\n"})
    body = github.items[1]["body"]

    with pytest.raises(StaleBranch):
        forge.propose(a_proposal("entry, twice\n", "c2"), standing)

    assert github.git.head(BRANCH) == mine
    assert github.items[1]["body"] == body
    assert len(github.items) == 1


def test_a_request_merged_before_the_write_is_stale(github: FakeGitHub, forge: GitHubForge) -> None:
    """The second occurrence must not land on a branch that is already history."""
    propose(forge, a_proposal())
    standing = forge.standing(BRANCH, PATH)
    github.merge(1)

    with pytest.raises(StaleBranch):
        forge.propose(a_proposal("entry, twice\n"), standing)

    assert propose(forge, a_proposal("entry, twice\n")).number == 2


def test_a_request_merged_during_the_write_takes_the_commit_back(github: FakeGitHub, forge: GitHubForge) -> None:
    """Merged after the commit and before the description: the commit would be in nobody's request."""
    propose(forge, a_proposal())
    standing = forge.standing(BRANCH, PATH)

    def merged_meanwhile(request: Request) -> bool:
        if request.method == "PATCH" and "/git/refs/" in request.path and github.items[1]["state"] == "open":
            github.squash(1)
        return False

    github.fail(merged_meanwhile, Answer())
    with pytest.raises(StaleBranch):
        forge.propose(a_proposal("entry, twice\n", "c2"), standing)

    assert github.git.head(BRANCH) is None
    assert propose(forge, a_proposal("entry, twice\n", "c2")).number == 2
    assert github.text(PATH, BRANCH) == "entry, twice\n"


def test_a_crash_between_commit_and_request_is_finished_without_a_second_commit(github: FakeGitHub, forge: GitHubForge) -> None:
    """The next run finds the branch with the same content and only opens the request."""
    github.fail(writes_to("/pulls"), Answer(502, {"message": "Server Error"}))
    with pytest.raises(ForgeError, match="502"):
        propose(forge, a_proposal())
    left = github.git.head(BRANCH)

    standing = forge_of(github).standing(BRANCH, PATH)
    request = forge_of(github).propose(a_proposal(), standing)

    assert (standing.head, standing.branch_exists, standing.text) == (left, True, "entry\n")
    assert request.number == 1
    assert github.git.head(BRANCH) == left


def test_a_lost_answer_after_opening_leads_to_no_second_request(github: FakeGitHub, forge: GitHubForge) -> None:
    """A POST is never repeated blindly; the next run updates what the first one opened."""
    github.fail(writes_to("/pulls"), Answer(cut=True), after=True)
    with pytest.raises(ForgeError, match="no answer"):
        propose(forge, a_proposal())

    assert propose(forge_of(github), a_proposal()).number == 1
    assert github.pulls() == [1]
    assert github.items[1]["labels"] == ["errata", "high"]


def test_two_runs_at_once_lose_nothing(github: FakeGitHub, forge: GitHubForge) -> None:
    """Both looked before either wrote: the second one is told, looks again, and builds on the first."""
    other = forge_of(github)
    mine, theirs = forge.standing(BRANCH, PATH), other.standing(BRANCH, PATH)
    forge.propose(a_proposal("first\n"), mine)

    with pytest.raises(StaleBranch):
        other.propose(a_proposal("second\n"), theirs)
    again = other.propose(a_proposal("first and second\n", "c2"), other.standing(BRANCH, PATH))

    assert again.number == 1
    assert github.text(PATH, BRANCH) == "first and second\n"
    assert github.pulls() == [1]


def test_a_request_that_another_run_opened_from_the_same_branch_is_taken_over(github: FakeGitHub, forge: GitHubForge) -> None:
    """422 "already exists" is no error: somebody was faster by a second."""
    standing = forge.standing(BRANCH, PATH)
    opened = False

    def opened_meanwhile(request: Request) -> bool:
        nonlocal opened
        if request.method == "POST" and request.path.endswith("/pulls") and not opened:
            opened = True
            github.answer(
                Request("POST", request.path, {}, request.headers, msgspec.json.encode({"title": "Mine", "body": "by hand", "head": BRANCH, "base": "main"}))
            )
        return False

    github.fail(opened_meanwhile, Answer())
    request = forge.propose(a_proposal(), standing)

    assert (request.number, request.title) == (1, "Mine")
    assert github.items[1]["body"].startswith("by hand\n\n<!-- errata:begin -->")
    assert github.items[1]["labels"] == ["errata", "high"]


def test_what_is_on_main_already_is_not_proposed_again(github: FakeGitHub, forge: GitHubForge) -> None:
    """GitHub would answer "No commits between": said before anything is written."""
    github.seed({PATH: "entry\n"})

    with pytest.raises(ForgeError, match="word for word"):
        propose(forge, a_proposal())

    assert github.git.head(BRANCH) is None


def test_the_setting_that_blocks_requests_is_named_and_the_next_run_goes_on(github: FakeGitHub, forge: GitHubForge) -> None:
    """403 from Actions: the remedy is the exact setting; the commit waits on its branch."""
    github.actions_may_open_pull_requests = False
    with pytest.raises(ForgeError) as caught:
        propose(forge, a_proposal())
    assert "Settings → Actions → General" in caught.value.remedy

    github.actions_may_open_pull_requests = True
    assert propose(forge, a_proposal()).number == 1
    assert github.commits(BRANCH) == ["Record an error", "start"]


@pytest.mark.parametrize(
    ("status", "message", "headers", "remedy"),
    [
        (403, "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.", {}, "some minutes"),
        (429, "Too many requests", {"Retry-After": "7"}, "7 seconds"),
        (403, "Resource not accessible by integration", {}, "write access"),
        (503, "Service unavailable", {}, "githubstatus"),
        (422, "Validation Failed", {}, "bot doctor"),
    ],
)
def test_a_refused_write_is_told_with_its_remedy_and_not_repeated(
    github: FakeGitHub, forge: GitHubForge, status: int, message: str, headers: dict[str, str], remedy: str
) -> None:
    """Writes are never retried; the sentence holds status and message, not the whole answer."""
    github.fail(writes_to("/git/trees"), Answer(status, {"message": message, "secret": "do-not-tell"}, headers), times=9)

    with pytest.raises(ForgeError) as caught:
        propose(forge, a_proposal())

    assert f"{status}: {message}" in caught.value.cause
    assert remedy in caught.value.remedy
    assert "do-not-tell" not in str(caught.value)
    assert sum(writes_to("/git/trees")(request) for request in github.requests) == 1
    assert github.git.head(BRANCH) is None


def test_reading_goes_on_after_a_hiccup(github: FakeGitHub, forge: GitHubForge) -> None:
    """One 502 and one secondary limit on GET are waited out."""
    github.fail(writes_to("/pulls", "GET"), Answer(502, {"message": "Server Error"}))
    github.fail(writes_to("/CODEOWNERS", "GET"), Answer(403, {"message": "You have exceeded a secondary rate limit."}))

    assert forge.standing(BRANCH, PATH).codeowners == "knowledge/ @alice\n"


@pytest.mark.parametrize(
    ("token", "repository", "words"),
    [("wrong", "acme/knowledge", ("401", "gh auth token")), (TOKEN, "acme/other", ("404", "GITHUB_REPOSITORY"))],
)
def test_a_wrong_token_or_repository_is_a_sentence(github: FakeGitHub, token: str, repository: str, words: tuple[str, str]) -> None:
    """What to do, and no token in it."""
    with pytest.raises(ForgeError) as caught:
        forge_of(github, token, repository).standing(BRANCH, PATH)

    assert words[0] in caught.value.cause
    assert words[1] in caught.value.remedy
    assert "wrong" not in f"{caught.value} {caught.value.remedy}"


def test_a_repository_that_is_none_and_a_server_that_is_none_are_sentences(github: FakeGitHub) -> None:
    """A typing error in a setting is not a traceback."""
    with pytest.raises(BadConfiguration, match="names no repository"):
        forge_of(github, repository="../../etc")
    with pytest.raises(ForgeError, match="no answer"):
        GitHubForge(Secret("t"), "a/b", "http://127.0.0.1:9", pace=None).standing(BRANCH, PATH)


@pytest.mark.parametrize("large", ["x" * 1_000_001, "binary"], ids=["above 1 MB", "not UTF-8"])
def test_an_entry_that_cannot_be_read_whole_is_not_overwritten(github: FakeGitHub, forge: GitHubForge, large: str) -> None:
    """GitHub hands out no content above 1 MB, and a lossy decoding would destroy bytes."""
    if large == "binary":
        tree = github.git.files(github.git.head("main")) | {PATH: ("100644", github.git.blob(b"\xff\xfe"))}
        github.git.point("main", github.git.commit(github.git.tree(tree), [str(github.git.head("main"))], "odd"))
    else:
        github.seed({PATH: large})

    with pytest.raises(ForgeError, match=PATH):
        forge.standing(BRANCH, PATH)


@pytest.mark.parametrize(("field", "value"), [("title", "t" * 257), ("body", "b" * 65_500)])
def test_what_github_would_refuse_for_its_length_is_refused_before_anything_is_written(github: FakeGitHub, forge: GitHubForge, field: str, value: str) -> None:
    """256 characters of title, 65,536 of description with the marks."""
    with pytest.raises(ForgeError, match="GitHub takes"):
        propose(forge, a_proposal(**{field: value}))

    assert github.git.head(BRANCH) is None


def test_generated_files_go_to_main_once(github: FakeGitHub, forge: GitHubForge) -> None:
    """The index is committed when it differs, in four calls, and not when it does not."""
    index = (File("knowledge/README.md", "# Index\n"),)

    commit = forge.commit(index, "Rebuild the index")
    calls = len(github.requests)

    assert commit == github.git.head("main")
    assert calls <= 4
    assert forge.commit(index, "Rebuild the index") is None
    assert github.commits() == ["Rebuild the index", "start"]


def test_a_push_between_reading_and_committing_is_stale(github: FakeGitHub, forge: GitHubForge) -> None:
    """Main moved: the caller builds its files again."""

    def pushed_meanwhile(request: Request) -> bool:
        if request.method == "POST" and request.path.endswith("/git/commits"):
            github.seed({"README.md": "newer\n"})
        return False

    github.fail(pushed_meanwhile, Answer())
    with pytest.raises(StaleBranch):
        forge.commit((File("knowledge/README.md", "# Index\n"),), "Rebuild the index")


def test_a_protected_main_names_the_bypass_list(github: FakeGitHub, forge: GitHubForge) -> None:
    """Not stale: trying again would never help."""
    github.protected.add("main")

    with pytest.raises(ForgeError) as caught:
        forge.commit((File("knowledge/README.md", "# Index\n"),), "Rebuild the index")

    assert not isinstance(caught.value, StaleBranch)
    assert "Bypass list" in caught.value.remedy


def test_doctor_sees_each_prerequisite(github: FakeGitHub, forge: GitHubForge) -> None:
    """All well; then each thing that can be wrong, with its remedy."""
    assert all(checkup.ok for checkup in forge.examine())

    github.may_push = github.actions_may_open_pull_requests = False
    wrong = {checkup.name: checkup.remedy for checkup in forge_of(github).examine() if not checkup.ok}
    assert "contents: write" in wrong["GitHub write access"]
    assert "Settings → Actions → General" in wrong["Actions may open pull requests"]

    github.shows_settings = False
    (setting,) = [checkup for checkup in forge_of(github).examine() if checkup.name.startswith("Actions")]
    assert (setting.ok, "not visible" in setting.saw, "Settings → Actions" in setting.remedy) == (True, True, True)

    (lost,) = forge_of(github, "wrong").examine()
    assert (lost.ok, "gh auth token" in lost.remedy) == (False, True)
    default = {checkup.name: checkup for checkup in GitHubForge(Secret(TOKEN), "acme/knowledge", github.url, "master", None).examine()}["default branch"]
    assert default.remedy == "set `default_branch: main`"
