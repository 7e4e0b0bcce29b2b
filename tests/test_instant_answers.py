"""Alerts that were answered at once are rows of a table in the entry: counted once, folded, judged by a review."""

import msgspec
import pytest

from bot.core.entry.entry import Entry, amended, parse, render
from bot.core.entry.instant_answers import KEPT, counted, instant_answers, is_counted, judged, only_counts, uncounted
from bot.core.entry.joining import joined
from bot.core.recurrence import reviewed_text, trust
from bot.model import Permalink
from bot.texts import entry_page
from tests.occurrences import occurrence
from tests.recalls import AT, CAUSE, CHANNEL, entry, link, signature, with_body, with_rows

MANY = KEPT + 15


def test_an_alert_becomes_a_row() -> None:
    """Counts go up, the thread is kept, and no word of the review changes."""
    before, after = entry(), with_rows(1)

    assert (after.meta.occurrences, after.meta.last_seen) == (2, "2025-12-17T09:12:44Z")
    assert after.meta.threads[-1] == link(0).url
    assert [(row.number, row.reviewed, row.url) for row in instant_answers(after)] == [(2, AT, link(0).url)]
    assert reviewed_text.read(after) == reviewed_text.read(before)
    assert parse(render(after)) == after


@pytest.mark.slow
def test_an_alert_is_counted_once() -> None:
    """Also when it was recorded whole before, and when its row was folded away."""
    whole, many = entry(), with_rows(MANY)

    assert counted(whole, Permalink("acme.slack.com", CHANNEL, "1765526465.120900"), AT) == whole
    assert all(counted(many, link(number), AT) == many for number in (0, 5, MANY - 1))
    assert is_counted(many, f"{CHANNEL}/{link(0).ts}")


@pytest.mark.slow
def test_many_rows_stay_few_and_the_entry_small() -> None:
    """More alerts than rows: the newest rows, a sum, and every alert still known."""
    many = with_rows(MANY)

    assert len(instant_answers(many)) == KEPT
    assert f"_Before these: {MANY - KEPT} more._" in many.body
    assert many.meta.occurrences == MANY + 1
    assert len(render(many)) < 60_000
    assert "\n\n## Common Causes" in many.body


def test_rows_of_windows_line_ends() -> None:
    """A person's editor may have written CRLF."""
    text = render(entry()).replace("\n", "\r\n")

    made = counted(counted(parse(text), link(1), AT), link(2), AT)

    assert len(instant_answers(made)) == 2
    assert "\n" not in made.body.replace("\r\n", "")


def test_a_request_that_only_counts_is_told_from_others() -> None:
    """One changed letter, a row by hand, another count: a person has to look."""
    before, after = entry(), with_rows(3)

    assert only_counts(before, after)
    assert only_counts(with_rows(1), after)
    assert not only_counts(before, before)
    assert not only_counts(before, with_body(after, CAUSE, f"{CAUSE} "))
    assert not only_counts(before, with_body(after, "| 3 | 2025", "| 7 | 2025"))
    assert not only_counts(before, with_body(after, link(1).url, "https://evil.example/archives/C0ALERTS1/p1765962765000100"))
    assert not only_counts(before, msgspec.structs.replace(after, front=after.front.replace('severity: "high"', 'severity: "low"')))


def test_what_was_counted_can_be_recorded_whole() -> None:
    """A person wants the alert diagnosed after all: the row gives way to the diagnosis."""
    rows = with_rows(2)

    made = entry_page.record_occurrence(uncounted(rows, f"{CHANNEL}/{link(1).ts}"), occurrence(link(1).ts), signature())

    assert made.meta.occurrences == rows.meta.occurrences
    assert made.meta.threads == rows.meta.threads
    assert [row.url for row in instant_answers(made)] == [link(0).url]
    assert "### Occurrence 3 - 2025-12-17T09:12:45Z" in made.body


def test_a_review_judges_the_answers_before_it() -> None:
    """Once: what was judged stays as it is."""
    corrected = judged(with_rows(2), "corrected", "2025-12-18", AT)
    later = judged(counted(corrected, link(9), AT), "confirmed", "2025-12-20", AT)

    assert [(row.outcome, row.since) for row in instant_answers(later)] == [
        ("confirmed", "2025-12-20"),
        ("corrected", "2025-12-18"),
        ("corrected", "2025-12-18"),
    ]
    assert judged(with_rows(2), "corrected", "2025-12-18", "2025-12-01T00:00:00Z") == with_rows(2), "these were told other words"


def test_a_review_that_says_the_same_confirms() -> None:
    """The words change, cause and fix stay: the answers held. Another cause: they failed."""
    rows = with_rows(1)
    when = trust.reviewed(rows, ("alice",), link(500_000).time, rows)
    assert when == rows

    longer = with_body(rows, "## Common Causes", "## Common Causes\n\n- It comes with large batches.")
    other = with_body(rows, CAUSE, "A customer sends the same transfer twice.")

    assert [row.outcome for row in instant_answers(trust.reviewed(longer, ("alice",), link(500_000).time, rows))] == ["confirmed"]
    assert [row.outcome for row in instant_answers(trust.reviewed(other, ("alice",), link(500_000).time, rows))] == ["corrected"]


def test_an_alert_without_a_message_is_counted_too() -> None:
    """Its place is no link, so it is shown as code."""
    place = Permalink("alert:pagerduty", "AMFRGGZDFMY3TQNZX", "1765962764.000000")

    made = counted(entry(), place, AT)

    assert [row.url for row in instant_answers(made)] == [place.url]
    assert f"`{place.url}`" in made.body


@pytest.mark.slow
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_the_rows_of_an_entry_that_is_merged_go_into_the_table_of_the_other(newline: str) -> None:
    """By time and numbered anew, with what reviews made of them; no second table, and the sum of older ones is added."""
    kept, many = with_rows(3), with_rows(MANY)
    renamed = amended(
        many, {"signature": "earlier_name_1a2b3c", "fingerprint": "", "threads": tuple(t.replace(CHANNEL, "C0OTHER12") for t in many.meta.threads)}
    )
    body = judged(renamed, "confirmed", "2025-12-20", AT).body.replace(CHANNEL, "C0OTHER12").replace("\n", newline)
    gone = parse(render(Entry(renamed.meta, renamed.front, "")).replace("\n", newline) + body)

    both = joined(gone, kept)
    rows = instant_answers(both)

    assert both.body.count("### Answered at once") == 1
    assert "From earlier_name" not in both.body.partition("Answered at once")[2].partition("## ")[0]
    assert len(rows) == KEPT
    assert f"_Before these: {MANY + 3 - KEPT} more._" in both.body
    assert [row.time for row in rows] == sorted((row.time for row in rows), reverse=True)
    assert [row.number for row in rows] == list(range(both.meta.occurrences, both.meta.occurrences - KEPT, -1))
    assert {row.outcome for row in rows} == {"confirmed"}
    assert joined(gone, both).body.count("### Answered at once") == 1


def test_words_of_a_person_in_the_table_are_kept_in_a_merge() -> None:
    """A row that somebody wrote otherwise is theirs."""
    ruler = "|---|---|---|---|---|\n"
    gone = amended(with_body(with_rows(2), ruler, f"{ruler}| ask | the | bank | | first |\n"), {"signature": "a_1a2b3c"})

    both = joined(gone, with_rows(1))

    assert "| ask | the | bank | | first |" in both.body
    assert len(instant_answers(both)) == 2
