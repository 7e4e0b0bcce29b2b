"""An alert after a resolution, a merge or somebody's odd edit, through the job that proposes, on a real repository."""

from pathlib import Path

import msgspec
import pytest

from bot.config import Configuration
from bot.core.entry.entry import Entry, amended, parse, path_of, render
from bot.core.entry.joining import joined
from bot.core.entry.library import Library
from bot.core.entry.life import stub
from bot.core.entry.occurrence_block import occurrence_blocks
from bot.core.signature import signature as signatures
from bot.forges.local import LocalForge
from bot.jobs.proposal_directory import Proposed
from bot.jobs.propose import Outcome, Run, propose_all
from bot.model import Case, HistoricalContext, Standing
from bot.texts.entry_life import stub_body
from bot.texts.entry_page import new_entry
from tests.occurrences import FIRST, SECOND, THIRD, alert, occurrence, signature
from tests.work_tree import WorkTree

pytestmark = pytest.mark.slow
NAME, POOL = signature().name, signature(message="the pool is empty").name
RESOLVED = {"status": "resolved", "severity": "medium", "resolution": "Row lock, commit 4be91d07", "resolved_at": "2025-12-14T00:00:00Z"}


class CountingForge(LocalForge):
    """Counts how often it is asked how things stand."""

    asked = 0

    def standing(self, branch: str, path: str) -> Standing:
        """As the forge says."""
        self.asked += 1
        return super().standing(branch, path)


@pytest.fixture
def tree(tmp_path: Path) -> WorkTree:
    """An empty repository."""
    made = WorkTree.begun(tmp_path)
    made.commits({"README.md": "hello\n"})
    return made


def library(tree: WorkTree) -> Library:
    """What main holds."""
    files = tree("ls-tree", "-r", "--name-only", "main", "knowledge/errors").split()
    return Library.read({path: tree("show", f"main:{path}") + "\n" for path in files})


def happens(tree: WorkTree, ts: str, message: str = "insufficient leaf balance") -> tuple[Outcome, CountingForge]:
    """The error is alerted and proposed; a diagnoser that does not know the past says that it recurs."""
    happened = occurrence(ts, severity="low")
    diagnosis = msgspec.structs.replace(happened.diagnosis, history=HistoricalContext("recurring"))
    seen = alert(message=message, permalink=happened.permalink, time=happened.time)
    one = Proposed(Case(seen, signatures.of(seen), happened.time, happened.time), diagnosis)
    forge = CountingForge(tree.folder)
    return propose_all((one,), Run(forge, library(tree), Configuration(), lambda _: None)), forge


def on(tree: WorkTree, name: str, branch: str = "") -> Entry:
    """An entry on the branch of its diagnosis."""
    return parse(tree("show", f"{branch or f'kb/{name}'}:{path_of(name)}") + "\n")


def page(tree: WorkTree, number: int = 1) -> str:
    """The text of a request."""
    return next((tree.folder / ".git" / "errata" / "pulls").glob(f"*{number}*.md")).read_text(encoding="utf-8")


def test_a_regression_is_told_everywhere(tree: WorkTree) -> None:
    """Status, severity, summary and block of the entry; title, label and text of the request; once."""
    tree.commits({path_of(NAME): render(amended(new_entry(signature(), occurrence(FIRST)), RESOLVED))})
    outcome, _ = happens(tree, SECOND)
    entry = on(tree, NAME)
    assert outcome.failures == ()
    assert (entry.meta.status, entry.meta.severity) == ("regressed", "high")
    assert "- **Came back:** it was resolved on 2025-12-14 (Row lock, commit `4be91d07`)" in entry.body
    assert "· regression ·" in entry.body
    text = page(tree)
    assert text.startswith("# Regression: ValidationError in transfer_handler")
    assert "## It came back" in text
    assert "rises from **medium** to **high**" in text
    assert '"regression"' in text, "the label, as the request remembers it"
    happens(tree, THIRD)
    again = on(tree, NAME)
    assert (again.meta.severity, again.meta.occurrences) == ("high", 3)


def test_the_alert_that_brought_it_back_is_told_with_the_severity_that_it_has(tree: WorkTree) -> None:
    """First line, reason and response time; the same on a second run. The next alert is as grave as its own diagnosis says."""
    tree.commits({path_of(NAME): render(amended(new_entry(signature(), occurrence(FIRST)), RESOLVED))})
    happens(tree, SECOND)
    once = on(tree, NAME)
    happens(tree, SECOND)

    assert render(on(tree, NAME)) == render(once)
    assert "severity **high** · regression" in once.body
    assert "raised from low because it was resolved and came back" in once.body
    assert "- **Response time:** &lt; 1 hour" in once.body
    happens(tree, THIRD)
    newest, brought = (on(tree, NAME).body[block.span.start : block.span.end] for block in occurrence_blocks(on(tree, NAME).body)[:2])
    assert "severity **low**" in newest
    assert "severity **high**" in brought


def test_an_alert_of_a_merged_error_goes_to_the_one_entry(tree: WorkTree) -> None:
    """By the old page that leads there; the name is looked up once, not until patience ends."""
    gone, kept = new_entry(signature(message="the pool is empty"), occurrence(SECOND)), new_entry(signature(), occurrence(FIRST))
    left = stub(gone, NAME, stub_body(gone, NAME, "merge"), keeps_fingerprint=True)
    tree.commits({path_of(NAME): render(joined(gone, kept)), path_of(POOL): render(left)})
    outcome, forge = happens(tree, THIRD, "the pool is empty")
    assert outcome.failures == ()
    assert [block.number for block in occurrence_blocks(on(tree, NAME).body)] == [3, 2, 1]
    assert tree("branch", "--list", "kb/*", "--format=%(refname:short)") == f"kb/{NAME}"
    assert forge.asked <= 2


def test_an_entry_that_was_deleted_while_its_request_waits(tree: WorkTree) -> None:
    """The request goes on with what its branch holds; whoever merges it decides."""
    tree.commits({path_of(NAME): render(new_entry(signature(), occurrence(FIRST)))})
    happens(tree, SECOND)
    (tree.folder / path_of(NAME)).unlink()
    tree.commits({}, "delete it")
    outcome, _ = happens(tree, THIRD)
    assert outcome.failures == ()
    assert on(tree, NAME).meta.occurrences == 3


def test_an_entry_that_was_renamed_by_hand_while_its_request_waits(tree: WorkTree) -> None:
    """The next alert goes to the file as it is called now, whose name is mended on the way."""
    tree.commits({path_of(NAME): render(new_entry(signature(), occurrence(FIRST)))})
    happens(tree, SECOND)
    tree("mv", path_of(NAME), path_of("by_hand_1a2b3c"))
    tree.commits({}, "rename it")
    outcome, _ = happens(tree, THIRD)
    assert outcome.failures == ()
    mended = on(tree, "by_hand_1a2b3c")
    assert (mended.meta.signature, mended.meta.aliases, mended.meta.occurrences) == ("by_hand_1a2b3c", (NAME,), 2)


def test_an_entry_split_by_a_merge_conflict_while_its_request_waits(tree: WorkTree) -> None:
    """Nothing is written on top of the markers; the sentence names the line."""
    tree.commits({path_of(NAME): render(new_entry(signature(), occurrence(FIRST)))})
    happens(tree, SECOND)
    text = render(on(tree, NAME)).replace("## Common Causes", "<<<<<<< HEAD\n## Common Causes", 1)
    tree.on(f"kb/{NAME}", {path_of(NAME): text})
    head = tree("rev-parse", f"kb/{NAME}")
    outcome, _ = happens(tree, THIRD)
    (failure,) = outcome.failures
    assert "a merge-conflict marker" in failure.cause
    assert tree("rev-parse", f"kb/{NAME}") == head
