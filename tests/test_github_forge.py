"""The GitHub forge against a stateful GitHub on loopback: one request for each branch, nothing lost, nothing half-written."""

import msgspec
import pytest

from bot.core.request.pull_request_marks import BEGIN, END
from bot.errors import ForgeError, StaleBranch
from bot.forges.github import GitHubForge
from tests.fakes.github import FakeGitHub
from tests.fakes.github_state import TOKEN
from tests.fakes.loopback import Answer, Request
from tests.github_forge import forge_of, writes_to
from tests.proposals import BRANCH, PATH, a_proposal, propose

pytest_plugins = ("tests.github_forge",)
pytestmark = pytest.mark.slow


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


def test_without_codeowners_and_with_strangers_as_reviewers_it_stays_within_seventeen_calls(github: FakeGitHub, forge: GitHubForge) -> None:
    """The worst case: three places looked at for owners, and every reviewer refused."""
    github.seed({".github/CODEOWNERS": None})  # type: ignore[dict-item]
    github.seed({"docs/CODEOWNERS": "* @mallory\n", "knowledge/errors/another.md": "entry\n"})

    propose(forge, a_proposal(reviewers=("mallory", "alice", "acme/payments")))

    assert len(github.requests) <= 17
    assert github.items[1]["requested_reviewers"] == ["alice"]


def test_a_file_that_github_denies_is_not_written_over(github: FakeGitHub, forge: GitHubForge) -> None:
    """It says that there is no such file, and lists it: whoever believed that would propose the entry anew, without the alerts that it holds."""
    propose(forge, a_proposal())
    github.fail(lambda request: "/contents/knowledge" in request.path, Answer(404, {"message": "Not Found"}))

    with pytest.raises(ForgeError, match="lists the file"):
        forge.standing(BRANCH, PATH)

    assert forge.standing(BRANCH, PATH).text == "entry\n"


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


def test_two_runs_that_replace_what_a_merge_left_behind_lose_nothing(github: FakeGitHub, forge: GitHubForge) -> None:
    """The first one is done at the last moment before the second deletes the branch that both saw: its commit and its request stay."""
    propose(forge, a_proposal())
    github.merge(1)
    other = forge_of(github)
    mine, theirs = forge.standing(BRANCH, PATH), other.standing(BRANCH, PATH)
    assert forge.propose(a_proposal("entry, twice\n", "c2"), mine).number == 2
    written = github.git.head(BRANCH)
    github.git.point(BRANCH, mine.left_behind)

    def written_just_before(request: Request) -> bool:
        if request.method == "DELETE" or request.path == "/graphql":
            github.git.point(BRANCH, written)
        return False

    github.fail(written_just_before, Answer())
    with pytest.raises(StaleBranch):
        other.propose(a_proposal("entry, by the other run\n", "c3"), theirs)

    assert (github.items[2]["state"], github.text(PATH, BRANCH)) == ("open", "entry, twice\n")
    again = other.standing(BRANCH, PATH)
    assert (again.text, again.open and again.open.number) == ("entry, twice\n", 2)
    assert other.propose(a_proposal("entry, by both\n", "c3"), again).number == 2


@pytest.mark.parametrize(
    ("message", "remedy"),
    [
        ("Something went wrong while executing your query.", "run this again in a few minutes"),
        ("Resource not accessible by integration", "give the token write access"),
        ("API rate limit exceeded", "run this again in some minutes"),
    ],
)
def test_a_branch_that_github_refuses_to_delete_stays_and_the_error_says_what_to_do(github: FakeGitHub, forge: GitHubForge, message: str, remedy: str) -> None:
    """It still points where it did, so nobody else was here: trying again at once would lead nowhere."""
    propose(forge, a_proposal())
    github.merge(1)
    standing = forge.standing(BRANCH, PATH)
    github.fail(lambda request: request.path == "/graphql", Answer(body={"errors": [{"message": message}]}))

    with pytest.raises(ForgeError, match=f"GitHub answered 400: {message}") as refusal:
        forge.propose(a_proposal("entry, twice\n", "c2"), standing)

    assert not isinstance(refusal.value, StaleBranch)
    assert refusal.value.remedy.startswith(remedy)
    assert github.git.head(BRANCH) == standing.left_behind


def test_a_branch_deleted_before_its_request_is_opened_is_stale(github: FakeGitHub, forge: GitHubForge) -> None:
    """GitHub's own deletion of merged branches comes when it likes: the next try finds nothing there and starts anew."""
    deleted: list[str] = []

    def deleted_meanwhile(request: Request) -> bool:
        if request.method == "POST" and request.path.endswith("/pulls") and not deleted:
            deleted.append(BRANCH)
            github.delete_branch(BRANCH)
        return False

    github.fail(deleted_meanwhile, Answer())
    with pytest.raises(StaleBranch):
        propose(forge, a_proposal())

    assert propose(forge, a_proposal()).number == 1
    assert github.text(PATH, BRANCH) == "entry\n"


def test_a_branch_made_anew_before_its_request_is_opened_is_stale(github: FakeGitHub, forge: GitHubForge) -> None:
    """The other had looked before this one wrote, and deletes the branch after: its commit stands there, without ours."""
    propose(forge, a_proposal())
    github.merge(1)
    standing = forge.standing(BRANCH, PATH)
    theirs = github.person_commits("theirs", {PATH: "entry, by the other run\n"})

    def replaced_meanwhile(request: Request) -> bool:
        if request.method == "POST" and request.path.endswith("/pulls") and len(github.items) == 1:
            github.git.point(BRANCH, theirs)
        return False

    github.fail(replaced_meanwhile, Answer())
    with pytest.raises(StaleBranch):
        forge.propose(a_proposal("entry, twice\n", "c2"), standing)

    again = forge.standing(BRANCH, PATH)
    assert (again.text, again.open and again.open.number) == ("entry, by the other run\n", 2)
    assert forge.propose(a_proposal("entry, by both\n", "c2"), again).number == 2
    assert github.text(PATH, BRANCH) == "entry, by both\n"


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


def test_requests_of_other_branches_are_not_ours_even_if_github_lists_them(github: FakeGitHub, forge: GitHubForge) -> None:
    """GitHub ignores a head filter that it does not understand, and answers with everything."""
    propose(forge, a_proposal(branch="kb/another", content="c9"))
    github.close(1)
    everything = github.answer(Request("GET", "/repos/acme/knowledge/pulls", {"state": "all"}, {"authorization": f"token {TOKEN}"}, b""))
    github.fail(writes_to("/pulls", "GET"), everything)

    assert forge.standing(BRANCH, PATH).declined == ()
