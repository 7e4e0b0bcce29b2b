"""Two runs, or a run and a person, at one branch and one request on GitHub at the same time: nothing is lost, and nothing is said twice."""

import msgspec
import pytest

from bot.core.request.pull_request_marks import cases_of, contents_of
from bot.errors import ForgeError, StaleBranch
from bot.forges.github import GitHubForge
from tests.fakes.github import FakeGitHub
from tests.fakes.loopback import Answer, Request
from tests.github_forge import forge_of
from tests.proposals import BRANCH, PATH, a_proposal, propose

pytest_plugins = ("tests.github_forge",)
pytestmark = pytest.mark.slow


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


def test_a_description_that_people_changed_meanwhile_keeps_their_words(github: FakeGitHub, forge: GitHubForge) -> None:
    """Written after this run looked, and before it describes what it committed."""
    propose(forge, a_proposal("one\n", "c1"))
    standing = forge.standing(BRANCH, PATH)

    def described_meanwhile(request: Request) -> bool:
        if request.method == "PATCH" and "/git/refs/" in request.path:
            github.items[1]["body"] = f"Not before Friday.\n\n{github.items[1]['body']}"
        return False

    github.fail(described_meanwhile, Answer())
    forge.propose(a_proposal("one\ntwo\n", "c2"), standing)

    assert github.items[1]["body"].startswith("Not before Friday.\n\n<!-- errata:begin -->")
    assert contents_of(github.items[1]["body"]) == ("c2", "c1")


def test_a_run_that_is_overtaken_leaves_the_words_of_the_other_and_adds_its_marks(github: FakeGitHub, forge: GitHubForge) -> None:
    """The other built on its commit and has described both: no digest is lost, by which a closed request is remembered and a case told once."""
    propose(forge, a_proposal("one\n", "c1", case="a1", labels=("errata", "high")))
    before = github.items[1]["body"]
    standing = forge.standing(BRANCH, PATH)
    forge.propose(a_proposal("one\ntwo\n", "c2", case="a2"), standing)
    other = forge_of(github)
    other.propose(a_proposal("one\ntwo\nthree\n", "c3", case="a3", labels=("errata", "critical")), other.standing(BRANCH, PATH))
    theirs, ahead = github.items[1]["body"].replace("content=c2", "content=c0").replace("case=a2", "case=a0"), github.git.head(BRANCH)
    github.git.point(BRANCH, standing.head)
    github.items[1] |= {"body": before, "labels": ["errata", "high"]}

    def overtaken(request: Request) -> bool:
        if request.method == "GET" and request.path.endswith("/pulls/1") and github.git.head(BRANCH) not in (standing.head, ahead):
            github.git.point(BRANCH, ahead)
            github.items[1] |= {"body": theirs, "labels": ["errata", "critical"]}
        return False

    github.fail(overtaken, Answer())
    forge.propose(a_proposal("one\ntwo\n", "c2", case="a2"), standing)

    body = github.items[1]["body"]
    assert body.partition("<!-- errata:labels")[0] == theirs.partition("<!-- errata:labels")[0]
    assert (contents_of(body)[0], set(contents_of(body)), set(cases_of(body))) == ("c3", {"c0", "c1", "c2", "c3"}, {"a0", "a1", "a2", "a3"})
    assert github.items[1]["labels"] == ["errata", "critical"]
    assert github.text(PATH, BRANCH) == "one\ntwo\nthree\n"
