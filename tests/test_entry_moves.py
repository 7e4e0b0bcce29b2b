"""Rename, merge, split and withdraw on a real repository, from the command line: what each request brings, and what is refused."""

import pytest

from bot.core.entry.entry import amended, render
from bot.core.entry.library import Library
from bot.core.lint.lint import check
from bot.forges.local import LocalForge
from bot.model import File, Proposal
from bot.texts.entry_page import record_occurrence
from tests.entry_tree import POOL, A, B, an_entry, bot, branches, merged, on, path_of, template, tree
from tests.occurrences import SECOND, THIRD, occurrence, signature
from tests.work_tree import WorkTree

__all__ = ["template", "tree"]
pytestmark = pytest.mark.slow


def test_a_renamed_entry_is_found_by_either_name(tree: WorkTree) -> None:
    """The text is the same but for its name; the old page leads to the new one; the next alert goes to the new name."""
    assert bot(tree, "rename", B, "leaves_taken_1a2b3c") == 0
    before = tree("show", f"main:{path_of(B)}")
    merged(tree, f"errata/rename/{B}")
    entry, left = on(tree, "main", "leaves_taken_1a2b3c"), on(tree, "main", B)
    changed = [line for line in tree("show", f"main:{path_of('leaves_taken_1a2b3c')}").splitlines() if line not in before.splitlines()]
    assert changed == ['signature: "leaves_taken_1a2b3c"', f'aliases: ["{B}"]']
    assert (left.meta.status, left.meta.replaced_by) == ("withdrawn", "leaves_taken_1a2b3c")
    assert "[leaves_taken_1a2b3c](leaves_taken_1a2b3c.md)" in left.body
    library = Library([entry, left])
    assert library.name_for(signature()) == "leaves_taken_1a2b3c"
    assert library.called(B) is library.called("leaves_taken_1a2b3c")
    assert bot(tree, "check") in (0, 1)
    assert bot(tree, "rename", "leaves_taken_1a2b3c", B) == 0, "and back"
    merged(tree, "errata/rename/leaves_taken_1a2b3c")
    assert on(tree, "main", B).meta.aliases == ("leaves_taken_1a2b3c",)


def test_a_merged_entry_takes_the_alerts_of_both(tree: WorkTree) -> None:
    """One file with the history, one that leads to it; both pass the linter; twice is once."""
    assert bot(tree, "merge", A, B) == 0
    merged(tree, f"errata/merge/{A}")
    kept, left = on(tree, "main", B), on(tree, "main", A)
    assert (kept.meta.occurrences, kept.meta.aliases) == (3, (A,))
    assert check({path_of(A): render(left), path_of(B): render(kept)}) == []
    library = Library([kept, left])
    assert library.name_for(signature(message="the pool is empty")) == B
    assert library.name_for(signature()) == B
    assert bot(tree, "merge", A, B) == 1, "it is the same entry by now"


def test_a_split_takes_a_merge_back(tree: WorkTree) -> None:
    """Into the name it had, with the fingerprint, the title and the words of its signature: the next alert finds it again."""
    assert bot(tree, "merge", A, B) == 0
    merged(tree, f"errata/merge/{A}")
    assert bot(tree, "split", B, "--threads", occurrence(SECOND).permalink.url, "--into", A) == 0
    merged(tree, f"errata/split/{A}")
    back, kept = on(tree, "main", A), on(tree, "main", B)
    assert (back.meta.status, back.meta.replaced_by, back.meta.occurrences) == ("diagnosed", "", 1)
    assert kept.meta.aliases == ()
    assert back.meta.title == an_entry(POOL, SECOND).meta.title
    assert "# ValidationError in transfer_handler: the pool is empty" in back.body
    assert "- **Message, normalised:** `the pool is empty`" in back.body
    assert "insufficient leaf balance" not in back.body
    assert Library([back, kept]).name_for(signature(message="the pool is empty")) == A
    assert check({path_of(A): render(back), path_of(B): render(kept)}) == []


@pytest.mark.parametrize(
    ("command", "branch"),
    [
        (("merge", A, B), f"errata/merge/{A}"),
        (("rename", B, "leaves_taken_1a2b3c"), f"errata/rename/{B}"),
        (("split", B, "--threads", occurrence(THIRD).permalink.url, "--into", "leaves_1a2b3c"), "errata/split/leaves_1a2b3c"),
        (("withdraw", B, "--because", "a test"), f"errata/withdraw/{B}"),
        (("resolve", B, "--because", "a lock"), f"errata/resolve/{B}"),
    ],
)
def test_no_thread_is_answered_again(tree: WorkTree, capsys: pytest.CaptureFixture[str], command: tuple[str, ...], branch: str) -> None:
    """What was answered under one name is not answered under another; the index follows."""
    assert bot(tree, *command) == 0
    before = tree("rev-parse", "HEAD")
    merged(tree, branch)
    capsys.readouterr()
    assert bot(tree, "publish", "--before", before, "--after", "HEAD") == 0
    told = capsys.readouterr().out
    assert "answered https" not in told
    assert "index of " in told


def test_a_split_computes_a_name(tree: WorkTree) -> None:
    """From what failed and the alerts; the same each time."""
    assert bot(tree, "split", B, "--threads", occurrence(THIRD).permalink.url) == 0
    (branch,) = branches(tree)
    name = branch.removeprefix("errata/split/")
    assert name.startswith("transfer_handler_ValidationError_")
    assert on(tree, branch, name).meta.related == (B,)


def test_a_withdrawn_entry_says_why(tree: WorkTree) -> None:
    """Below its title; the next alert of the error brings it back."""
    assert bot(tree, "withdraw", B, "--because", "it was a test <script>") == 0
    merged(tree, f"errata/withdraw/{B}")
    entry = on(tree, "main", B)
    assert entry.meta.status == "withdrawn"
    assert "**Withdrawn on 2" in entry.body
    assert check({path_of(B): render(entry)}) == []
    assert record_occurrence(entry, occurrence(SECOND)).meta.status == "diagnosed"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("resolve", "nobody_knows_1a2b3c", "--because", "x"), "no entry has this name"),
        (("resolve", A[:-1], "--because", "x"), f"did you mean {A}?"),
        (("resolve", B), "nothing says what ended it"),
        (("resolve", B, "--because", "x", "--commit", "--help; rm"), "is no commit id"),
        (("resolve", B, "--because", "x", "--pull-request", "javascript:alert(1)"), "names none"),
        (("resolve", B, "--issue", "4"), "it takes a signature, or"),
        (("rename", B, "../../.github/workflows/x"), "is no name for an entry"),
        (("rename", B, "-x"), "is no name for an entry"),
        (("rename", B, "x" * 121), "is no name for an entry"),
        (("rename", B, A), "has this name"),
        (("rename", B, B), "is its name already"),
        (("rename", B, B.upper()), "differs only in capital letters"),
        (("rename", B, A.upper()), "differs only in capital letters"),
        (("split", B, "--threads", "https://acme.slack.com/archives/C0ALERTS1/p1766062764000200", "--into", A.upper()), "differs only in capital letters"),
        (("rename", "nobody_knows_1a2b3c", "new_name"), "no entry has this name"),
        (("merge", B, B), "both are"),
        (("merge", B, "nobody_knows_1a2b3c"), "no entry has this name"),
        (("withdraw", B, "--because", " "), "no reason is given"),
        (("split", B, "--threads", "https://acme.slack.com/archives/C0ALERTS1/p1111111111000100"), "is none of its alerts"),
        (("split", A, "--threads", "https://acme.slack.com/archives/C0ALERTS1/p1765962764000100"), "these are all of its alerts"),
        (("split", B, "--threads", "https://acme.slack.com/archives/C0ALERTS1/p1766062764000200", "--into", A), "has this name"),
    ],
)
def test_what_cannot_be_done_is_told(tree: WorkTree, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], told: str) -> None:
    """With the cause and what to do; no branch is made."""
    command, *rest = arguments
    options = [f"{one}={rest.pop(rest.index(one) + 1)}" if one.startswith("--") and one != "--threads" else one for one in list(rest) if one in rest]
    assert bot(tree, command, *(options if command != "rename" else ["--", *rest])) == 1
    error = capsys.readouterr().err
    assert told in error
    assert "Traceback" not in error
    assert branches(tree) == set()


def test_commands_on_what_is_withdrawn_broken_or_gone(tree: WorkTree, capsys: pytest.CaptureFixture[str]) -> None:
    """A withdrawn entry, one that leads nowhere, one with conflict markers, one that was deleted: a sentence each."""
    tree.commits({path_of(A): render(an_entry(POOL, SECOND, status="withdrawn"))})
    assert bot(tree, "resolve", A, "--because", "x") == 1
    assert "it is withdrawn" in capsys.readouterr().err
    tree.commits({path_of(A): render(an_entry(POOL, SECOND, status="withdrawn", replaced_by="gone_1a2b3c"))})
    assert bot(tree, "merge", A, B) == 1
    assert "leads to no entry" in capsys.readouterr().err
    tree.commits({path_of(A): render(an_entry(POOL, SECOND)).replace("## In short", "<<<<<<< HEAD\n## In short", 1)})
    assert bot(tree, "withdraw", A, "--because", "x") == 1
    assert "a merge-conflict marker" in capsys.readouterr().err
    (tree.folder / path_of(A)).unlink()
    tree.commits({}, "delete it")
    assert bot(tree, "rename", A, "new_name") == 1
    assert "no entry has this name" in capsys.readouterr().err
    assert branches(tree) == set()


def test_an_entry_whose_file_was_renamed_by_hand(tree: WorkTree) -> None:
    """The file's name counts, the name inside becomes an alias; a command mends it on the way, and alerts find it."""
    tree("mv", path_of(B), path_of("by_hand_1a2b3c"))
    tree.commits({}, "rename the file")
    library = Library.read({path_of("by_hand_1a2b3c"): (tree.folder / path_of("by_hand_1a2b3c")).read_text()})
    assert library.name_for(signature()) == "by_hand_1a2b3c"
    assert bot(tree, "resolve", B, "--because", "A lock") == 0
    entry = on(tree, "errata/resolve/by_hand_1a2b3c", "by_hand_1a2b3c")
    assert (entry.meta.signature, entry.meta.aliases, entry.meta.status) == ("by_hand_1a2b3c", (B,), "resolved")


def test_nothing_is_moved_under_a_diagnosis_that_waits(tree: WorkTree, capsys: pytest.CaptureFixture[str]) -> None:
    """Rename, merge, split and withdraw ask for its end first; a resolution names it."""
    forge = LocalForge(tree.folder)
    waiting = File(path_of(B), render(record_occurrence(on(tree, "main", B), occurrence(SECOND))))
    forge.propose(Proposal(f"kb/{B}", (waiting,), "m", "t", "b", "c"), forge.standing(f"kb/{B}", path_of(B)))
    for command in (("rename", B, "new_name"), ("merge", A, B), ("merge", B, A), ("withdraw", B, "--because=x")):
        assert bot(tree, *command) == 1
        assert "a diagnosis of it waits in" in capsys.readouterr().err
    assert bot(tree, "resolve", B, "--because", "A lock") == 0
    assert branches(tree) == {f"kb/{B}", f"errata/resolve/{B}"}
    page = next((tree.folder / ".git" / "errata" / "pulls").glob("*2*.md")).read_text()
    assert "waits in" in page


def test_what_a_person_closed_can_be_asked_for_again(tree: WorkTree) -> None:
    """A command is a person's word; an event that says the same is not."""
    assert bot(tree, "rename", B, "new_name") == 0
    tree("branch", "-D", "--quiet", f"errata/rename/{B}")
    assert bot(tree, "rename", B, "new_name") == 0
    assert branches(tree) == {f"errata/rename/{B}"}


def test_aliases_and_replacements_are_followed_and_circles_end() -> None:
    """From name to name; what leads in a circle or nowhere is given itself, and an alert brings it back."""
    one = an_entry(status="withdrawn", replaced_by="two")
    two = amended(an_entry(), {"signature": "two", "status": "withdrawn", "replaced_by": B, "fingerprint": ""})
    assert Library([one, two]).called(B) is one
    assert Library([one]).called(B) is one
    assert Library([one]).name_for(signature()) == B
    assert record_occurrence(one, occurrence(SECOND)).meta.replaced_by == ""
    live = amended(two, {"status": "diagnosed", "replaced_by": "", "aliases": ("three",)})
    library = Library([one, live])
    assert library.called(B) is live
    assert library.called("three") is live
    assert library.called("nobody") is None
    found = [finding.rule for finding in check({path_of(B): render(one), path_of("two"): render(two)})]
    assert found == ["KB019", "KB019"]
