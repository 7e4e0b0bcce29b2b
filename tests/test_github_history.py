"""What a push to GitHub's default branch merged: entries before and after, their request, and who approved."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.config import Secret
from bot.errors import ForgeError
from bot.forges.github import GitHubForge
from bot.model import File, Proposal
from tests.fakes.github import FakeGitHub
from tests.fakes.github_state import TOKEN

pytestmark = pytest.mark.slow

ZEROS = "0" * 40
ENTRIES = "knowledge/errors"


@pytest.fixture
def github(tmp_path: Path) -> Iterator[FakeGitHub]:
    """A repository with one entry."""
    with FakeGitHub(tmp_path) as server:
        assert isinstance(server, FakeGitHub)
        server.seed({"README.md": "hello\n", f"{ENTRIES}/old.md": "old entry\nwith a second line\nand a third\n"})
        yield server


@pytest.fixture
def forge(github: FakeGitHub) -> GitHubForge:
    """The forge, without pauses between writes."""
    return GitHubForge(Secret(TOKEN), "acme/knowledge", github.url, pace=None)


def opened(forge: GitHubForge, name: str, text: str) -> int:
    """A request for one entry."""
    path = f"{ENTRIES}/{name}.md"
    proposal = Proposal(f"kb/{name}", (File(path, text),), f"Record {name}", name, "body", "c1")
    return forge.propose(proposal, forge.standing(proposal.branch, path)).number


@pytest.mark.parametrize("way", ["merge", "squash"])
def test_a_merged_entry_names_its_request_and_its_approvers(github: FakeGitHub, forge: GitHubForge, way: str) -> None:
    """Merge commit or squash: before, after, link, and those whose last word was an approval; in six calls."""
    before = str(github.git.head("main"))
    number = opened(forge, "old", "old entry\nseen twice\n")
    for login, state in (("alice", "CHANGES_REQUESTED"), ("alice", "APPROVED"), ("bob", "APPROVED"), ("bob", "DISMISSED"), ("alice", "COMMENTED")):
        github.review(number, login, state)
    after = getattr(github, way)(number)
    github.requests.clear()

    (entry,) = forge.merged(before, after)

    assert (entry.path, entry.before, entry.after) == (f"{ENTRIES}/old.md", "old entry\nwith a second line\nand a third\n", "old entry\nseen twice\n")
    assert entry.pull_request == f"{github.url}/acme/knowledge/pull/{number}"
    assert entry.approved_by == ("alice",)
    assert len(github.requests) <= 6


def test_several_requests_in_one_push_are_told_apart(github: FakeGitHub, forge: GitHubForge) -> None:
    """A merge queue pushes many merges at once: each entry names its own."""
    before = str(github.git.head("main"))
    first, second = opened(forge, "one", "1\n"), opened(forge, "two", "2\n")
    github.squash(first)
    after = github.merge(second)

    entries = {entry.path: (entry.pull_request or "").rpartition("/")[2] for entry in forge.merged(before, after)}

    assert entries == {f"{ENTRIES}/one.md": str(first), f"{ENTRIES}/two.md": str(second)}


def test_the_approval_of_an_app_is_nobodys_review(github: FakeGitHub, forge: GitHubForge) -> None:
    """An App that approves by a rule read nothing: the person who merged is who reviewed."""
    start = github.git.head("main") or ""
    number = opened(forge, "one", "1\n")
    github.review(number, "auto-approve[bot]", "APPROVED")

    (entry,) = forge.merged(start, github.merge(number))

    assert entry.approved_by == ("alice",)


@pytest.mark.parametrize(("author", "request_", "approved"), [("errata", True, ("bob",)), ("alice", False, ())])
def test_what_the_bot_wrote_on_top_hides_no_review_and_what_a_person_wrote_does(
    github: FakeGitHub, forge: GitHubForge, author: str, request_: bool, approved: tuple[str, ...]
) -> None:
    """A range by hand may end with the bot's own commit of links; words that a person pushed were reviewed by nobody."""
    start = github.git.head("main") or ""
    number = opened(forge, "one", "1\n")
    github.review(number, "bob", "APPROVED")
    merged = github.merge(number)
    tree = github.git.files(merged) | {"knowledge/errors/one.md": ("100644", github.git.blob(b"1\nmore\n"))}
    end = github.git.commit(github.git.tree(tree), [merged], "More", author)
    github.git.point("main", end)

    (entry,) = forge.merged(start, end)

    assert (entry.pull_request is not None, entry.approved_by) == (request_, approved)


def test_other_folders_and_removed_entries_are_left_out_and_renamed_ones_keep_their_past(github: FakeGitHub, forge: GitHubForge) -> None:
    """Only `knowledge/errors/*.md` at the end of the push counts."""
    before = github.seed({f"{ENTRIES}/gone.md": "soon gone, and unlike any other\n"})
    after = github.person_commits(
        "main",
        {
            f"{ENTRIES}/old.md": None,
            f"{ENTRIES}/new.md": "old entry\nwith a second line\nand another third\n",
            f"{ENTRIES}/gone.md": None,
            f"{ENTRIES}/deeper/x.md": "x\n",
            f"{ENTRIES}/notes.txt": "n\n",
            "README.md": "bye\n",
        },
    )

    (entry,) = forge.merged(before, after)

    assert entry.path == f"{ENTRIES}/new.md"
    assert entry.before == "old entry\nwith a second line\nand a third\n"
    assert (entry.pull_request, entry.approved_by) == (None, ())


def test_a_first_push_is_compared_with_its_parent_or_with_nothing(github: FakeGitHub, forge: GitHubForge) -> None:
    """The event of a new branch says forty zeros."""
    root = str(github.git.head("main"))
    after = github.seed({f"{ENTRIES}/new.md": "new\n", f"{ENTRIES}/README.md": "About the folder.\n"})

    assert [entry.path for entry in forge.merged(ZEROS, after)] == [entry.path for entry in forge.merged(root, after)]
    assert [entry.path for entry in forge.merged(ZEROS, after)] == [f"{ENTRIES}/new.md"]
    assert [(entry.path, entry.before) for entry in forge.merged(ZEROS, root)] == [(f"{ENTRIES}/old.md", None)]


def test_more_files_than_compare_lists_are_all_found(github: FakeGitHub, forge: GitHubForge) -> None:
    """Beyond 300 files GitHub's compare is silent: the folders are read instead."""
    before = str(github.git.head("main"))
    after = github.seed({f"attachments/{number}": "a\n" for number in range(300)} | {f"{ENTRIES}/zz.md": "last\n", f"{ENTRIES}/old.md": "newer\n"})

    found = {entry.path: entry.before for entry in forge.merged(before, after)}

    assert found == {f"{ENTRIES}/zz.md": None, f"{ENTRIES}/old.md": "old entry\nwith a second line\nand a third\n"}


def test_after_a_force_push_what_differs_counts_and_not_what_is_ahead(github: FakeGitHub, forge: GitHubForge) -> None:
    """Compare starts at the merge base and would hide an entry that was put back to an older text."""
    root = str(github.git.head("main"))
    before = github.seed({f"{ENTRIES}/old.md": "newer\n"})
    github.git.point("main", root)
    after = github.seed({"README.md": "other\n"})

    (entry,) = forge.merged(before, after)

    assert (entry.before, entry.after.splitlines()[0]) == ("newer\n", "old entry")


def test_bytes_that_are_no_text_do_not_keep_the_others_back(github: FakeGitHub, forge: GitHubForge) -> None:
    """A broken entry is read with replacement characters; the linter will say what is wrong with it."""
    before = str(github.git.head("main"))
    tree = github.git.files(before) | {
        f"{ENTRIES}/bad.md": ("100644", github.git.blob(b"caf\xe9\n")),
        f"{ENTRIES}/good.md": ("100644", github.git.blob(b"good\n")),
    }
    after = github.git.commit(github.git.tree(tree), [before], "odd")
    github.git.point("main", after)

    assert [entry.after for entry in forge.merged(before, after)] == ["caf\ufffd\n", "good\n"]


@pytest.mark.parametrize("name", ["--output=/tmp/x", "main", "f" * 40])
def test_what_is_no_known_commit_is_a_sentence(forge: GitHubForge, github: FakeGitHub, name: str) -> None:
    """Names come from an event or a person: checked before they reach an address."""
    with pytest.raises(ForgeError, match="commit"):
        forge.merged(name, str(github.git.head("main")))


def test_what_came_after_a_push_is_read_up_to_the_branch_as_it_stands(github: FakeGitHub, forge: GitHubForge) -> None:
    """The default branch's name stands for its last commit; of any other name only commits are taken."""
    pushed = github.seed({f"{ENTRIES}/new.md": "new\n"})
    github.seed({f"{ENTRIES}/new.md": "new, counted\n"})

    assert [(entry.path, entry.after) for entry in forge.merged(pushed, "main")] == [(f"{ENTRIES}/new.md", "new, counted\n")]
    assert forge.merged(str(github.git.head("main")), "main") == ()
    with pytest.raises(ForgeError, match="commit id"):
        forge.merged(pushed, "other")


def test_a_push_without_entries_costs_one_call(github: FakeGitHub, forge: GitHubForge) -> None:
    """Nothing to publish, nothing to look up."""
    before = str(github.git.head("main"))
    after = github.seed({"README.md": "bye\n"})

    assert forge.merged(before, after) == ()
    assert len(github.requests) == 1
