"""Resolve, rename, merge, split and withdraw on a real repository, from the command line: what each request brings, and what is refused."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.core.entry.entry import Entry, amended, parse, render
from bot.core.entry.library import Library, fix_of
from bot.core.entry.life import Ending
from bot.core.lint.lint import check
from bot.forges.local import LocalForge
from bot.jobs.entry_life import EntryLife
from bot.model import File, Proposal
from bot.texts.entry_page import new_entry, record_occurrence
from tests.occurrences import FIRST, SECOND, THIRD, occurrence, signature
from tests.work_tree import WorkTree

pytestmark = pytest.mark.slow

CONFIGURATION = "chat: console\nforge: local\ntracker: local\n"
LEAVES, POOL = signature(), signature(message="the pool is empty")
A, B = POOL.name, LEAVES.name


def path_of(name: str) -> str:
    """Where an entry is kept."""
    return f"knowledge/errors/{name}.md"


def an_entry(which: object = LEAVES, ts: str = FIRST, **changes: object) -> Entry:
    """One of the two entries."""
    return amended(new_entry(which, occurrence(ts)), changes)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with two entries, made once."""
    folder = tmp_path_factory.mktemp("template") / "repository"
    made = WorkTree.begun(folder)
    whole = record_occurrence(an_entry(), occurrence(THIRD))
    made.commits({".github/knowledge-bot.yml": CONFIGURATION, path_of(A): render(an_entry(POOL, SECOND)), path_of(B): render(whole)}, "start")
    return folder


@pytest.fixture
def tree(tmp_path: Path, template: Path) -> WorkTree:
    """The repository of one test."""
    return WorkTree(Path(shutil.copytree(template, tmp_path / "repository")))


def bot(tree: WorkTree, *arguments: str) -> int:
    """One command of the bot there."""
    return main(["--root", str(tree.folder), *arguments])


def on(tree: WorkTree, branch: str, name: str) -> Entry:
    """An entry as it stands on a branch."""
    return parse(tree("show", f"{branch}:{path_of(name)}") + "\n")


def merged(tree: WorkTree, branch: str) -> None:
    """A person merges the request."""
    tree("merge", "--quiet", "--no-ff", "-m", f"Merge {branch}", branch)


def branches(tree: WorkTree) -> set[str]:
    """Every branch but main."""
    return set(tree("branch", "--format=%(refname:short)").split()) - {"main"}


def test_what_a_person_says_ended_it_is_read_back_by_the_regression_proof(tree: WorkTree) -> None:
    """Commit, pull request and words go into the entry, and out again; the summary says it first; the list of what worked has it."""
    sha = "4be91d07" * 5
    assert (
        bot(
            tree, "resolve", B, "--because", "A row lock (#7) in reserve_leaves", "--commit", sha, "--pull-request", "https://github.com/acme/transfers/pull/12"
        )
        == 0
    )
    merged(tree, f"errata/resolve/{B}")
    entry = on(tree, "main", B)
    fix = fix_of(entry)
    assert entry.meta.status == "resolved"
    assert entry.meta.resolved_at >= entry.meta.last_seen
    assert fix is not None
    assert (fix.commit, fix.pull_request) == (sha, "acme/transfers#12")
    assert "A row lock (#7) in reserve_leaves" in fix.words
    assert f"- **Resolved:** {entry.meta.resolved_at[:10]}: " in entry.body
    assert "- Worked before: " in entry.body
    assert check({path_of(B): render(entry)}) == []


def test_an_alert_after_that_is_a_regression(tree: WorkTree) -> None:
    """The whole way: resolved, merged, happened again."""
    assert bot(tree, "resolve", B, "--because", "A row lock", "--commit", "4be91d07") == 0
    merged(tree, f"errata/resolve/{B}")
    entry = on(tree, "main", B)
    again = record_occurrence(entry, occurrence("1999999999.000100", severity="medium"))
    assert (again.meta.status, again.meta.severity) == ("regressed", "critical")
    assert f"- **Came back:** it was resolved on {entry.meta.resolved_at[:10]} (A row lock, commit `4be91d07`)" in again.body
    assert "- **Resolved:**" not in again.body


@pytest.mark.parametrize(("waits", "seen"), [("", "2025-12-18T12:59:24Z"), ("1766080000.000100", "2025-12-18T17:46:40Z")])
def test_an_error_that_was_seen_after_its_end_is_resolved_when_it_was_last_seen(tree: WorkTree, waits: str, seen: str) -> None:
    """The fix was merged before the last alert, on main or in a diagnosis that waits; the request says both times."""
    forge, entry = LocalForge(tree.folder), on(tree, "main", B)
    if waits:
        waiting = File(path_of(B), render(record_occurrence(entry, occurrence(waits))))
        forge.propose(Proposal(f"kb/{B}", (waiting,), "m", "t", "b", "c"), forge.standing(f"kb/{B}", path_of(B)))
    life = EntryLife(forge, {path_of(B): render(entry)}, datetime(2026, 1, 1, tzinfo=UTC), lambda _: None)
    request = life.resolve(B, Ending("A row lock", "2025-12-16T09:00:00Z", "4be91d07"), "", by_hand=False)
    resolved = on(tree, f"errata/resolve/{B}", B)
    assert request is not None
    assert (resolved.meta.status, resolved.meta.resolved_at) == ("resolved", seen)
    assert "- **Resolved:** 2025-12-18" in resolved.body
    told = (tree.folder / ".git" / "errata" / "pulls" / f"{request.number}.md").read_text(encoding="utf-8")
    assert "as resolved on 2025-12-18" in told
    assert f"**It was seen after that end** (2025-12-16T09:00:00Z), at {seen}" in told
    assert check({path_of(B): render(resolved)}) == []


def test_a_waiting_diagnosis_that_cannot_be_read_keeps_nobody_from_resolving(tree: WorkTree) -> None:
    """A person is in the middle of a merge there; the time of the end is that of main."""
    forge = LocalForge(tree.folder)
    broken = File(path_of(B), render(on(tree, "main", B)).replace("## In short", "<<<<<<< HEAD\n## In short", 1))
    forge.propose(Proposal(f"kb/{B}", (broken,), "m", "t", "b", "c"), forge.standing(f"kb/{B}", path_of(B)))
    assert bot(tree, "resolve", B, "--because", "A row lock") == 0
    assert on(tree, f"errata/resolve/{B}", B).meta.status == "resolved"


def test_a_resolution_without_proof_is_asked_for_one_and_is_listed_once(tree: WorkTree) -> None:
    """No commit: the request says what to add. A later resolution lists the earlier one beside it, once."""
    assert bot(tree, "resolve", B, "--because", "Restarted") == 0
    pulls = tree.folder / ".git" / "errata" / "pulls"
    assert "No commit or pull request is named. **Before merging**" in (pulls / "1.md").read_text(encoding="utf-8")
    merged(tree, f"errata/resolve/{B}")
    assert bot(tree, "resolve", B, "--because", "A row lock", "--commit", "4be91d07") == 0
    assert "Before merging" not in (pulls / "2.md").read_text(encoding="utf-8")
    assert on(tree, f"errata/resolve/{B}", B).body.count("Worked before: Restarted") == 1


def test_resolving_twice(tree: WorkTree, capsys: pytest.CaptureFixture[str]) -> None:
    """The same words again change nothing; other words of a person go on top in the same request."""
    assert bot(tree, "resolve", B, "--because", "A row lock") == 0
    once = tree("rev-parse", f"errata/resolve/{B}")
    capsys.readouterr()
    assert bot(tree, "resolve", B, "--because", "A row lock") == 0
    assert "resolved already" in capsys.readouterr().out
    assert tree("rev-parse", f"errata/resolve/{B}") == once
    assert bot(tree, "resolve", B, "--because", "Two row locks") == 0
    assert on(tree, f"errata/resolve/{B}", B).meta.resolution == "Two row locks"
    assert "Worked before: A row lock" in on(tree, f"errata/resolve/{B}", B).body


def test_a_commit_says_what_it_fixes(tree: WorkTree, capsys: pytest.CaptureFixture[str]) -> None:
    """By an earlier name too; a name that no entry has is told, and keeps no other from its request."""
    assert bot(tree, "rename", B, "leaves_taken_1a2b3c") == 0
    merged(tree, f"errata/rename/{B}")
    before = tree("rev-parse", "HEAD")
    fix = tree.commits({"transfers.py": "lock()\n"}, f"Lock the leaves (#12)\n\nFixes-error: {B}\nfixes-error: `nobody_knows_1a2b3c`\n")
    assert bot(tree, "resolve", "--before", before, "--after", fix) == 1
    assert "no entry has this name, now or earlier" in capsys.readouterr().err
    entry = on(tree, "errata/resolve/leaves_taken_1a2b3c", "leaves_taken_1a2b3c")
    found = fix_of(entry)
    assert found is not None
    assert (found.commit, found.pull_request) == (fix, "#12")
    assert entry.meta.resolution == f"Lock the leaves, commit {fix}, pull request #12"


def issue(tree: WorkTree, state: str, signature: str = B) -> None:
    """A local tracking issue in a state."""
    folder = tree.folder / "issues"
    folder.mkdir(exist_ok=True)
    (folder / "0041-leaves.md").write_text(f"# Leaves\n\nState: {state}\nLabels: none\n\nIt happens.\n\n<!-- errata:issue={signature} -->\n")


def test_a_closed_tracking_issue_resolves_and_an_open_one_takes_it_back(tree: WorkTree, capsys: pytest.CaptureFixture[str]) -> None:
    """Closed as completed: a request. Not planned: told, and left. Opened again: the request is emptied, or the entry is diagnosed again."""
    (tree.folder / ".github" / "knowledge-bot.yml").write_text(CONFIGURATION + "embedded:\n  issues: issues\n")
    tree.commits({}, "issues")
    issue(tree, "closed as not planned")
    assert bot(tree, "resolve", "--issue", "41") == 0
    assert "not planned" in capsys.readouterr().out
    assert branches(tree) == set()
    issue(tree, "closed")
    assert bot(tree, "resolve", "--issue", "41") == 0
    resolved = on(tree, f"errata/resolve/{B}", B)
    assert resolved.meta.status == "resolved"
    assert "0041-leaves.md" in resolved.meta.resolution
    assert fix_of(resolved) is not None
    issue(tree, "open")
    assert bot(tree, "resolve", "--issue", "41") == 0
    assert on(tree, f"errata/resolve/{B}", B) == on(tree, "main", B)
    tree("branch", "-D", "--quiet", f"errata/resolve/{B}")
    assert bot(tree, "resolve", B, "--because", "A lock") == 0
    merged(tree, f"errata/resolve/{B}")
    assert bot(tree, "resolve", "--issue", "41") == 0
    reopened = on(tree, f"errata/reopen/{B}", B)
    assert (reopened.meta.status, reopened.meta.resolution) == ("diagnosed", "A lock")
    assert "- **Resolved:**" not in reopened.body


def test_an_issue_that_is_gone_or_not_ours(tree: WorkTree, capsys: pytest.CaptureFixture[str]) -> None:
    """A sentence each; nothing is opened."""
    assert bot(tree, "resolve", "--issue", "41") == 1
    assert "there is no such file" in capsys.readouterr().err
    (tree.folder / ".errata").mkdir(exist_ok=True)
    assert bot(tree, "resolve", "--issue", "../../etc/passwd") == 1
    assert branches(tree) == set()


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
