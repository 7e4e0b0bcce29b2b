"""The GitHub forge against a stateful GitHub on loopback: one request for each branch, nothing lost, nothing half-written."""

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
