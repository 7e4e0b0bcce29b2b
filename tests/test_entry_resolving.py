"""Resolve on a real repository, from the command line: what ended an error, said by a person, a commit or a tracking issue."""

from datetime import UTC, datetime

import pytest

from bot.core.entry.entry import render
from bot.core.entry.library import fix_of
from bot.core.entry.life import Ending
from bot.core.lint.lint import check
from bot.forges.local import LocalForge
from bot.jobs.entry_life import EntryLife
from bot.model import File, Proposal
from bot.texts.entry_page import record_occurrence
from tests.entry_tree import CONFIGURATION, B, bot, branches, merged, on, path_of, template, tree
from tests.occurrences import occurrence
from tests.work_tree import WorkTree

__all__ = ["template", "tree"]
pytestmark = pytest.mark.slow


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
