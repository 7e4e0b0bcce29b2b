"""The local forge on a real git repository: branches for requests, git for the truth."""

from pathlib import Path

import pytest

from bot.core.request.pull_request_marks import BEGIN, END
from bot.errors import ForgeError, StaleBranch
from bot.forges.local import LocalForge
from tests.local_forge import forge_of
from tests.proposals import BRANCH, PATH, a_proposal, propose
from tests.work_tree import WorkTree

pytest_plugins = ("tests.local_forge",)
pytestmark = pytest.mark.slow


def test_a_first_proposal_is_a_branch_and_a_text(repository: WorkTree, forge: LocalForge) -> None:
    """The commit is the bot's, the text is a file, and the work tree does not notice."""
    request = propose(forge, a_proposal())

    page = Path(request.url.removeprefix("file://"))
    assert (request.number, request.state) == (1, "open")
    assert page.read_text().startswith(f"# ValidationError in transfer_handler\n\n{BEGIN}\nWhat happened.")
    assert repository("log", "--format=%an <%ae> %s %aI", "-1", BRANCH) == "errata bot <errata@localhost> Record an error 2026-11-21T12:00:00+00:00"
    assert repository("show", f"{BRANCH}:{PATH}") == "entry"
    assert repository("status", "--porcelain") == ""
    assert forge.standing(BRANCH, PATH).codeowners == "* @alice\n"


def test_a_second_proposal_builds_on_what_people_committed_and_wrote(repository: WorkTree, forge: LocalForge) -> None:
    """One request; the person's commit and words stay."""
    request = propose(forge, a_proposal())
    repository.on(BRANCH, {"notes.md": "mine\n"})
    page = Path(request.url.removeprefix("file://"))
    page.write_bytes(b"I looked.\r\n" + page.read_bytes() + b"Signed, Ada\r\n")

    again = propose(forge, a_proposal("entry, twice\n", "c2", body="Again."))

    assert again.number == 1
    assert repository("log", "--format=%s", BRANCH).splitlines() == ["Record an error", "by hand", "Record an error", "start"]
    assert page.read_bytes().startswith(b"I looked.\r\n# Validation")
    assert f"{BEGIN}\nAgain." in page.read_text()
    assert page.read_bytes().endswith(f"{END}\nSigned, Ada\r\n".encode())


def test_deleting_the_branch_declines_everything_it_proposed(repository: WorkTree, forge: LocalForge) -> None:
    """A "no" is remembered, also after the next request was opened and merged."""
    propose(forge, a_proposal(content="c1"))
    propose(forge, a_proposal("entry, twice\n", "c2"))
    repository("branch", "-D", BRANCH)

    standing = forge.standing(BRANCH, PATH)
    request = forge.propose(a_proposal("new evidence\n", "c3"), standing)
    repository("merge", "--quiet", "--no-ff", "--no-edit", BRANCH)

    assert (standing.open, standing.declined, standing.text, standing.branch_exists) == (None, ("c2", "c1"), None, False)
    assert request.number == 2
    assert forge.standing(BRANCH, PATH).declined == ("c2", "c1")


@pytest.mark.parametrize(("way", "deleted"), [("--ff-only", False), ("--no-ff", True), ("--squash", False), ("--squash", True)])
def test_a_merge_is_recognised_however_it_was_made(repository: WorkTree, forge: LocalForge, way: str, *, deleted: bool) -> None:
    """Fast-forward, merge commit or squash, branch kept or not: merged, not declined, and the next request starts from main."""
    propose(forge, a_proposal())
    repository("merge", "--quiet", way, "--no-edit", BRANCH) if way != "--squash" else repository("merge", "--quiet", way, BRANCH)
    if way == "--squash":
        repository("commit", "--quiet", "-m", "squashed")
    repository.commits({PATH: "entry\nedited after the merge\n"})
    if deleted:
        repository("branch", "-D", BRANCH)

    standing = forge.standing(BRANCH, PATH)
    request = forge.propose(a_proposal("entry, twice\n", "c2"), standing)

    assert (standing.open, standing.declined, standing.text) == (None, (), "entry\nedited after the merge\n")
    assert request.number == 2
    assert repository("rev-parse", f"{BRANCH}~1") == repository("rev-parse", "main")


def test_a_branch_that_moved_meanwhile_is_stale(repository: WorkTree, forge: LocalForge) -> None:
    """The ref is moved only from where it was seen; two first proposals at once end the same way."""
    other = forge_of(repository)
    fresh = other.standing(BRANCH, PATH)
    propose(forge, a_proposal())
    with pytest.raises(StaleBranch):
        other.propose(a_proposal("other\n"), fresh)

    seen = forge.standing(BRANCH, PATH)
    mine = repository.on(BRANCH, {"notes.md": "mine\n"})
    with pytest.raises(StaleBranch):
        forge.propose(a_proposal("entry, twice\n"), seen)

    assert repository("rev-parse", BRANCH) == mine


def test_a_request_merged_meanwhile_is_stale(repository: WorkTree, forge: LocalForge) -> None:
    """The second occurrence must not land on a branch that is already history."""
    propose(forge, a_proposal())
    seen = forge.standing(BRANCH, PATH)
    repository("merge", "--quiet", "--no-ff", "--no-edit", BRANCH)

    with pytest.raises(StaleBranch):
        forge.propose(a_proposal("entry, twice\n"), seen)


def test_a_crash_between_commit_and_text_is_finished_without_a_second_commit(repository: WorkTree, forge: LocalForge) -> None:
    """The next run finds the branch with the same content and only opens the request."""
    propose(forge, a_proposal())
    left = repository("rev-parse", BRANCH)
    for file in (repository.folder / ".git/errata/pulls").iterdir():
        file.unlink()

    standing = forge.standing(BRANCH, PATH)
    request = forge.propose(a_proposal(), standing)

    assert (standing.open, standing.branch_exists, standing.text) == (None, True, "entry\n")
    assert request.number == 1
    assert repository("rev-parse", BRANCH) == left


def test_what_is_on_main_already_is_not_proposed_again(repository: WorkTree, forge: LocalForge) -> None:
    """Nothing is left to do, and no branch is made."""
    repository.commits({PATH: "entry\n"})

    with pytest.raises(ForgeError, match="word for word"):
        propose(forge, a_proposal())
    assert repository("branch", "--list", BRANCH) == ""


def test_a_request_can_be_updated_while_its_branch_is_under_review(repository: WorkTree, forge: LocalForge) -> None:
    """The reviewer has it checked out: the files follow."""
    propose(forge, a_proposal())
    repository("switch", "--quiet", BRANCH)

    propose(forge, a_proposal("entry, twice\n", "c2"))

    assert (repository.folder / PATH).read_text() == "entry, twice\n"
    assert repository("status", "--porcelain") == ""
