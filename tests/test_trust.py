"""The record of an entry: which of its answers held, which failed, and how one that failed comes back."""

from datetime import UTC, datetime

import pytest

from bot.config.knowledge import RecurrencePolicy
from bot.core.entry.entry import Entry, amended
from bot.core.entry.instant_answers import counted, instant_answers, judged
from bot.core.entry.joining import joined
from bot.core.recurrence import trust
from bot.core.recurrence.trust import Tally
from bot.texts import entry_page
from tests.occurrences import occurrence
from tests.recalls import AT, CAUSE, CHANNEL, entry, link, signature, with_rows

FIRST, SECOND = (f"{CHANNEL}/{link(number).ts}" for number in (0, 1))


@pytest.mark.parametrize(("held", "failed", "trusted"), [(0, 0, True), (0, 1, False), (2, 1, False), (3, 1, True), (5, 2, False), (6, 2, True)])
def test_three_must_have_held_for_each_that_failed(held: int, failed: int, trusted: bool) -> None:
    """The rule, in figures."""
    assert trust.is_trusted(entry(held=held, failed=failed).meta, RecurrencePolicy()) is trusted


@pytest.mark.parametrize(
    ("reactions", "found"),
    [
        ({}, Tally()),
        ({FIRST: {"+1": 4}}, Tally(1, 0)),
        ({FIRST: {"+1": 4, "-1": 1}}, Tally(0, 1)),
        ({FIRST: {"thumbsdown::skin-tone-3": 1}, SECOND: {"thumbsup": 1}}, Tally(1, 1)),
        ({FIRST: {"eyes": 9, "tada": 1}}, Tally()),
        ({"C0OTHER/1.1": {"-1": 1}}, Tally()),
    ],
)
def test_an_answer_counts_once(reactions: dict[str, dict[str, int]], found: Tally) -> None:
    """However many people react; a thumb down outweighs; other faces say nothing, and neither do other threads."""
    assert trust.tally(with_rows(2), reactions) == found


def test_a_review_outranks_a_thumb() -> None:
    """Whoever reviewed the entry again knew more than whoever passed by."""
    confirmed, corrected = (judged(with_rows(1), outcome, "2025-12-18", AT) for outcome in ("confirmed", "corrected"))

    assert trust.tally(confirmed, {FIRST: {"-1": 3}}) == Tally(1, 0)
    assert trust.tally(corrected, {FIRST: {"+1": 3}}) == Tally(0, 1)


def test_a_review_says_nothing_of_answers_that_another_entry_gave() -> None:
    """Merging that entry into this one brings its rows, which were told from its own words."""
    kept, gone = (amended(with_rows(count), {"reviewed_at": at, "reviewed_by": ("mira",)}) for count, at in ((1, AT), (0, "2025-12-12T00:00:00Z")))
    gone = counted(gone, link(7), gone.meta.reviewed_at)
    both = joined(amended(gone, {"signature": "gone_1a2b3c", "fingerprint": ""}), kept)
    changed = Entry(both.meta, both.front, both.body.replace(CAUSE, "Nobody knows."))

    made = trust.reviewed(changed, ("mira",), datetime(2025, 12, 20, tzinfo=UTC), kept)
    assert [(row.identity, row.outcome) for row in instant_answers(made)] == [(f"{CHANNEL}/{link(7).ts}", ""), (FIRST, "corrected")]


def test_rows_that_wait_in_the_open_request_count_too() -> None:
    """Most answers were given since the last merge; one that is in both counts once."""
    assert trust.tally(with_rows(1), {FIRST: {"+1": 1}, SECOND: {"-1": 1}}, with_rows(2)) == Tally(1, 1)


def test_an_entry_comes_back_after_a_correction() -> None:
    """Each diagnosis that people merged since counts as one that held."""
    failed = judged(with_rows(1), "corrected", "2025-12-18", AT)
    made = failed
    for day in range(3):
        made = entry_page.record_occurrence(made, occurrence(f"{1766200000 + 86_400 * day}.000100"), signature())

    assert trust.tally(failed, {}) == Tally(0, 1)
    assert trust.tally(made, {}) == Tally(3, 1)
    assert trust.is_trusted(trust.with_tally(made, Tally(3, 1)).meta, RecurrencePolicy())


def test_summing_up_twice_changes_nothing() -> None:
    """The record is worked out anew each time."""
    once = trust.with_tally(with_rows(1), trust.tally(with_rows(1), {FIRST: {"+1": 1}}))

    assert trust.with_tally(once, trust.tally(once, {FIRST: {"+1": 1}})) == once
    assert (once.meta.held, once.meta.failed) == (1, 0)


def test_names_of_reviewers_are_names() -> None:
    """What stands in a commit as its author is outside text."""
    now = datetime(2026, 1, 1, tzinfo=UTC)
    made = trust.reviewed(_unreviewed(), ("mira", "dependabot[bot]", "<!channel> *x*", "mira", "\n"), now)

    assert made.meta.reviewed_by == ("mira", "channel x")
    assert made.meta.reviewed_at == "2026-01-01T00:00:00Z"


@pytest.mark.parametrize("by", [(), ("errata[bot]",), ("errata bot",)])
def test_a_bot_reviews_nothing(by: tuple[str, ...]) -> None:
    """Its own commits on the default branch are published too."""
    assert trust.reviewed(_unreviewed(), by, datetime(2026, 1, 1, tzinfo=UTC)) == _unreviewed()


def test_an_older_review_changes_nothing() -> None:
    """Publishing an earlier range again takes nothing back."""
    assert trust.reviewed(entry(), ("alice",), datetime(2025, 12, 1, tzinfo=UTC)) == entry()


def _unreviewed() -> Entry:
    return entry_page.new_entry(signature(), occurrence())
