"""An alert after a resolution, a merge or somebody's odd edit, through the job that proposes, on a real repository."""

from pathlib import Path

import msgspec
import pytest

from bot.config import Configuration
from bot.core.entry.entry import Entry, amended, parse, path_of, render
from bot.core.entry.joining import joined
from bot.core.entry.library import Library
from bot.core.entry.life import reopened, stub, withdrawn
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

ISSUE = "https://github.com/acme/transfers/issues/41"


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
    assert "severity high:" in tree("log", "-1", "--format=%b", f"kb/{NAME}"), "the request is as grave as its entry, and so is its commit"


def waits(tree: WorkTree, **changes: str) -> None:
    """The second alert of an entry waits for review; what is on main is changed after that."""
    tree.commits({path_of(NAME): render(new_entry(signature(), occurrence(FIRST, severity="medium")))})
    happens(tree, SECOND)
    if changes:
        tree.commits({path_of(NAME): render(amended(on(tree, NAME, "main"), changes))})


def test_a_regression_is_seen_while_an_earlier_diagnosis_waits(tree: WorkTree) -> None:
    """What main says of the end comes into the request; told once and raised once; the merge that takes the request's side keeps it."""
    waits(tree, **RESOLVED | {"resolved_at": "2025-12-18T12:00:00Z", "tracking_issue": ISSUE})
    for _ in range(2):
        outcome, _forge = happens(tree, THIRD)
        entry, text = on(tree, NAME), page(tree)
        assert outcome.failures == ()
        assert (entry.meta.status, entry.meta.severity, entry.meta.resolution) == ("regressed", "high", "Row lock, commit 4be91d07")
        assert "- **Came back:** it was resolved on 2025-12-18 (Row lock, commit `4be91d07`)" in entry.body
        assert "severity **high** · regression" in entry.body
        assert "rises from **medium** to **high**" in text
        assert '"regression"' in text
    tree("merge", "--quiet", "--no-edit", "-X", "theirs", f"kb/{NAME}")
    after = on(tree, NAME, "main")
    assert render(after) == render(entry)
    assert (after.meta.status, after.meta.occurrences, after.meta.resolved_at, after.meta.tracking_issue) == ("regressed", 3, "2025-12-18T12:00:00Z", ISSUE)


def test_an_alert_of_before_the_resolution_is_none_while_an_earlier_diagnosis_waits(tree: WorkTree) -> None:
    """The request says resolved, as main does, and so does what is merged."""
    waits(tree, **RESOLVED | {"resolved_at": "2025-12-19T00:00:00Z"})
    happens(tree, THIRD)
    entry = on(tree, NAME)
    assert (entry.meta.status, entry.meta.severity, entry.meta.resolved_at) == ("resolved", "medium", "2025-12-19T00:00:00Z")
    assert "- **Resolved:** 2025-12-19" in entry.body
    assert "## It came back" not in page(tree)
    tree("merge", "--quiet", "--no-edit", "-X", "theirs", f"kb/{NAME}")
    assert on(tree, NAME, "main").meta.status == "resolved"


def test_what_waits_from_after_the_resolution_is_a_regression(tree: WorkTree) -> None:
    """Also when the alert that comes now is older; a second run says the same."""
    waits(tree, **RESOLVED | {"resolved_at": "2025-12-15T00:00:00Z"})
    happens(tree, "1765670400.000100")
    once = on(tree, NAME)
    happens(tree, "1765670400.000100")
    assert (once.meta.status, once.meta.severity, once.meta.occurrences) == ("regressed", "high", 3)
    assert render(on(tree, NAME)) == render(once)


def test_a_resolution_that_was_taken_back_while_a_diagnosis_waits(tree: WorkTree) -> None:
    """The entry is open again on main: what happens after that is no regression."""
    tree.commits({path_of(NAME): render(amended(new_entry(signature(), occurrence(FIRST)), RESOLVED | {"resolved_at": "2025-12-18T00:00:00Z"}))})
    happens(tree, SECOND)
    assert on(tree, NAME).meta.status == "resolved"
    tree.commits({path_of(NAME): render(reopened(on(tree, NAME, "main")))})
    happens(tree, THIRD)
    assert on(tree, NAME).meta.status == "diagnosed"


def test_what_a_reviewer_wrote_into_the_request_counts_where_it_is_later(tree: WorkTree) -> None:
    """A resolution of theirs is not replaced by an earlier one of main."""
    waits(tree, **RESOLVED)
    theirs = {"status": "resolved", "resolution": "Two locks", "resolved_at": "2025-12-18T00:00:00Z"}
    tree.on(f"kb/{NAME}", {path_of(NAME): render(amended(on(tree, NAME), theirs))})
    happens(tree, THIRD)
    entry = on(tree, NAME)
    assert (entry.meta.status, entry.meta.resolution) == ("regressed", "Two locks")


def test_an_entry_that_was_withdrawn_while_its_request_waits(tree: WorkTree) -> None:
    """Git would merge that without a word: the request says so."""
    waits(tree)
    tree.commits({path_of(NAME): render(withdrawn(on(tree, NAME, "main"), "**Withdrawn on 2025-12-18:** a test"))})
    happens(tree, THIRD)
    assert on(tree, NAME).meta.status == "diagnosed"
    assert "On the default branch the entry is `withdrawn`." in page(tree)


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


def test_a_later_alert_is_told_with_the_severity_of_the_entry_that_came_back(tree: WorkTree) -> None:
    """Banner, label, and why; how soon to respond follows it. The entry's block keeps what the alert is by itself."""
    tree.commits({path_of(NAME): render(amended(new_entry(signature(), occurrence(FIRST)), RESOLVED | {"severity": "high"}))})
    happens(tree, SECOND)
    assert "> Severity **critical**, respond within" in page(tree)
    happens(tree, THIRD)
    text, entry = page(tree), on(tree, NAME)
    assert entry.meta.severity == "critical"
    assert "> Severity **critical**, respond within 15 minutes." in text
    assert "low for this alert alone, but the error was resolved and came back, and its entry is critical" in text
    assert '"severity:critical"' in text
    assert "severity **low** · regression" in entry.body
