"""An occurrence changes only the bot's own lines of an entry."""

import difflib

import msgspec
import pytest

from bot.core.entry.entry import amended, parse, render
from bot.core.entry.occurrence_block import occurrence_blocks
from bot.core.entry.outline import outline
from bot.core.entry.sections import SECTIONS, find
from bot.texts.entry_page import new_entry, record_occurrence
from tests.entry_changes import NEW
from tests.occurrences import FIRST, SECOND, THIRD, occurrence, signature


def changed_lines(before: str, after: str) -> list[str]:
    """Lines taken out of `before`."""
    return [line[2:] for line in difflib.ndiff(before.splitlines(), after.splitlines()) if line.startswith("- ")]


def test_a_new_entry_says_what_is_true_once_it_is_merged() -> None:
    """Status, names, times and the alert's thread stand in the front matter, the six sections in order below."""
    entry = parse(NEW)
    assert (entry.meta.status, entry.meta.severity, entry.meta.occurrences) == ("diagnosed", "high", 1)
    assert entry.meta.first_seen == entry.meta.last_seen == "2025-12-12T08:01:05Z"
    assert entry.meta.threads == (occurrence(FIRST).permalink.url,)
    assert entry.meta.fingerprint == f"v2:{signature().fingerprint}"
    starts = [span.start for title in SECTIONS if (span := find(entry.body, title))]
    assert len(starts) == 6
    assert starts == sorted(starts)


def test_a_second_occurrence_stands_above_the_first() -> None:
    """Newest first, counted, with its own thread; the first block stays as it was."""
    entry = record_occurrence(parse(NEW), occurrence(SECOND, severity="critical"))
    assert [(block.number, block.time) for block in occurrence_blocks(entry.body)] == [(2, "2025-12-17T09:12:44Z"), (1, "2025-12-12T08:01:05Z")]
    assert (entry.meta.occurrences, entry.meta.severity, len(entry.meta.threads)) == (2, "critical", 2)
    assert entry.meta.last_seen == "2025-12-17T09:12:44Z"
    gone = changed_lines(NEW, render(entry))
    assert [line for line in gone if not line.startswith(("severity:", "last_seen:", "occurrences:", "<!--"))] == []


def test_an_older_alert_finds_its_place() -> None:
    """An alert that is recorded late stands between the others, and moves first_seen."""
    entry = record_occurrence(record_occurrence(parse(NEW), occurrence(THIRD)), occurrence(SECOND))
    assert [block.number for block in occurrence_blocks(entry.body)] == [2, 3, 1]
    assert entry.meta.threads == tuple(occurrence(ts).permalink.url for ts in (FIRST, SECOND, THIRD))
    early = record_occurrence(entry, occurrence("1765000000.000000"))
    assert early.meta.first_seen == "2025-12-06T05:46:40Z"
    assert early.meta.last_seen == entry.meta.last_seen


def test_the_same_alert_again_changes_nothing() -> None:
    """Same channel and ts, same diagnosis: the same text."""
    assert render(record_occurrence(parse(NEW), occurrence(FIRST))) == NEW


def test_a_new_diagnosis_of_the_same_alert_replaces_its_block() -> None:
    """While nobody has touched the block, it gives way; number and count stay."""
    entry = record_occurrence(parse(NEW), occurrence(FIRST, cause="The pool is empty."))
    assert entry.meta.occurrences == 1
    assert [block.number for block in occurrence_blocks(entry.body)] == [1]
    assert "The pool is empty." in entry.body
    assert "- **Why it happens:** The row lock is gone." not in entry.body


def test_a_block_that_a_person_edited_stays() -> None:
    """One word changed by hand, and a new diagnosis of the same alert changes nothing at all."""
    edited = NEW.replace("#### Root cause\n\nThe row lock is gone.", "#### Root cause\n\nThe row lock is gone, says Ada.")
    assert edited != NEW
    assert render(record_occurrence(parse(edited), occurrence(FIRST, cause="The pool is empty."))) == edited


def test_a_summary_that_a_person_edited_stays() -> None:
    """`In short` is written anew only while it is the bot's own."""
    edited = NEW.replace("nothing known so far", "an empty account")
    entry = record_occurrence(parse(edited), occurrence(SECOND, cause="The pool is empty."))
    assert "an empty account" in entry.body
    assert "- **Why it happens:** The row lock is gone." in entry.body
    assert "- **Why it happens:** The pool is empty." in record_occurrence(parse(NEW), occurrence(SECOND, cause="The pool is empty.")).body


@pytest.mark.parametrize(("resolved_at", "status"), [("2025-12-14T00:00:00Z", "regressed"), ("2025-12-20T00:00:00Z", "resolved"), ("", "regressed")])
def test_a_resolved_error_that_comes_back_is_a_regression(resolved_at: str, status: str) -> None:
    """Unless the alert is older than the resolution. Severity rises by one step, once, and the summary begins with it."""
    entry = amended(parse(NEW), {"status": "resolved", "resolution": "row lock, commit 4be91d07", "resolved_at": resolved_at})
    again = record_occurrence(entry, occurrence(SECOND, severity="low"))
    severity = "critical" if status == "regressed" else "high"
    assert (again.meta.status, again.meta.severity, again.meta.resolution) == (status, severity, "row lock, commit 4be91d07")
    assert "- Worked before: row lock, commit `4be91d07`" in again.body
    assert ("- **Came back:** it was resolved" in again.body) == (status == "regressed")
    assert ("- **Resolved:** 2025-12-20: row lock" in again.body) == (status == "resolved")


def test_a_regression_raises_the_severity_once() -> None:
    """Low becomes medium; a second occurrence leaves what a person then chose, and a new diagnosis of the same alert too."""
    low = amended(parse(NEW), {"status": "resolved", "severity": "low", "resolution": "row lock", "resolved_at": "2025-12-14T00:00:00Z"})
    back = record_occurrence(low, occurrence(SECOND, severity="low"))
    assert back.meta.severity == "medium"
    chosen = amended(back, {"severity": "low"})
    assert record_occurrence(chosen, occurrence(THIRD, severity="low")).meta.severity == "low"
    assert record_occurrence(chosen, occurrence(SECOND, severity="low", cause="Another.")).meta.severity == "low"
    resolved_again = amended(chosen, {"status": "resolved", "resolved_at": "2025-12-18T00:00:00Z"})
    assert record_occurrence(resolved_again, occurrence(THIRD, severity="low")).meta.severity == "medium"


def test_causes_are_listed_once() -> None:
    """The same cause twice is one bullet, another cause a second one."""
    entry = record_occurrence(record_occurrence(parse(NEW), occurrence(SECOND)), occurrence(THIRD, cause="The pool is empty."))
    section = find(entry.body, "Common Causes")
    assert section is not None
    assert entry.body[section.content : section.end].split("\n") == ["", "- The row lock is gone.", "- The pool is empty.", "", ""]


def test_missing_and_renamed_sections() -> None:
    """A section somebody renamed is left, and a new one is put where it belongs."""
    edited = NEW.replace("## Common Causes", "## What it usually is").replace("## In short", "## Summary")
    body = record_occurrence(parse(edited), occurrence(SECOND)).body
    order = ["## Summary", "## In short", "## Error Signature", "## What it usually is", "## Common Causes", "## Resolution Patterns"]
    assert sorted(order, key=lambda title: body.index(f"{title}\n")) == order


def test_headings_inside_code_are_text() -> None:
    """A longer fence, a tilde fence and a comment hide what looks like the sections."""
    note = "````\n```\n## Diagnosis History\n````\n\n~~~\n## Common Causes\n~~~\n\n<!--\n## In short\n-->\n\n"
    edited = NEW.replace("## In short", f"{note}## In short")
    after = record_occurrence(parse(edited), occurrence(SECOND)).body
    assert note in after
    assert after.index("### Occurrence 2") > after.index("## Error Signature")


def test_an_open_fence_is_closed_before_anything_is_added() -> None:
    """What somebody left open does not swallow the new occurrence, once or twice."""
    edited = NEW[: NEW.index("## Diagnosis History")] + "```python\nx = 1"
    once = record_occurrence(parse(edited), occurrence(SECOND))
    assert "x = 1\n```\n" in once.body
    twice = record_occurrence(once, occurrence(THIRD))
    assert twice.body.count("## Diagnosis History") == 1
    assert [block.number for block in occurrence_blocks(twice.body)] == [3, 2]


def test_old_occurrences_become_rows_of_a_table() -> None:
    """Five stay whole; older ones that nobody edited are a row each, newest first; an edited one stays whole."""
    entry = parse(NEW.replace("#### Root cause\n\n", "#### Root cause\n\nAda was here.\n\n"))
    for hour in range(8):
        entry = record_occurrence(entry, occurrence(f"17659{hour:02}000.000100"))
    assert [block.number for block in occurrence_blocks(entry.body)] == [*range(9, 4, -1), 1]
    rows = [line for line in entry.body.splitlines() if line.startswith("| ") and "[alert]" in line]
    assert [row.split("|")[1].strip() for row in rows] == ["4", "3", "2"]
    assert record_occurrence(entry, occurrence("1765900000.000100")) == entry
    assert "Ada was here." in entry.body


def test_hostile_text_stays_text() -> None:
    """Markers, headings, fences, links and HTML in what a log said change nothing of the entry's structure."""
    evil = "x\n## Common Causes\n```\n<!-- errata:in-short 0000000000000000 -->\n---\n<script>![i](http://e.example/x)</script> @ada fixes #12\n<<<<<<< HEAD"
    diagnosis = msgspec.structs.replace(occurrence().diagnosis, summary=evil, immediate_fix=evil, long_term_fix=evil, blast_radius=evil, next_steps=(evil,))
    entry = new_entry(signature(message=evil, culprit=evil), occurrence(release=evil, environment="prod\n---\nx: 1", service="a\nb", diagnosis=diagnosis))
    assert parse(render(entry)) == entry
    assert entry.meta.environments == ("prod --- x: 1",)
    assert [block.intact for block in occurrence_blocks(entry.body)] == [True]
    assert [heading.title for heading in outline(entry.body).headings if heading.level == 2] == list(SECTIONS)
    again = record_occurrence(entry, occurrence(SECOND, release=evil, diagnosis=diagnosis))
    assert [block.number for block in occurrence_blocks(again.body)] == [2, 1]
    assert record_occurrence(again, occurrence(SECOND, release=evil, diagnosis=diagnosis)) == again


@pytest.mark.slow
def test_text_without_end_is_cut() -> None:
    """A field of half a megabyte neither fills the entry nor its front matter."""
    endless = "\\" * 500_000
    diagnosis = msgspec.structs.replace(occurrence().diagnosis, summary=endless, immediate_fix=endless, diagnoser=endless)
    entry = new_entry(signature(), occurrence(release=endless, environment=endless, service=endless, trace_ids=(endless,), diagnosis=diagnosis))
    assert len(render(entry)) < 50_000
    assert len(entry.meta.services[0]) <= 140
