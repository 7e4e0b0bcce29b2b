"""A week or month: its exact bounds, and figures that add up."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.commands.review import period_of
from bot.core.entry.entry import render
from bot.core.entry.library import Library
from bot.core.upkeep import review_period
from bot.core.upkeep.review_figures import figures
from bot.errors import BadCommand
from bot.model.review import UNKNOWN
from bot.texts import weekly_review
from tests.upkeep import NOW, a_request, a_week, an_entry, at, cost
from tests.weeks import WEEK, of_week


@pytest.mark.parametrize(
    ("name", "start", "end"),
    [
        ("2026-W47", "2026-11-16", "2026-11-23"),
        ("2026-W53", "2026-12-28", "2027-01-04"),
        ("2027-W01", "2027-01-04", "2027-01-11"),
        ("2026-W01", "2025-12-29", "2026-01-05"),
        ("2026-11", "2026-11-01", "2026-12-01"),
        ("2026-12", "2026-12-01", "2027-01-01"),
        ("2028-02", "2028-02-01", "2028-03-01"),
    ],
)
def test_weeks_and_months_begin_at_midnight_in_utc(name: str, start: str, end: str) -> None:
    """ISO weeks, also at the ends of years; the end belongs to the next."""
    period = review_period.named(name)

    assert (period.start.isoformat(), period.end.isoformat()) == (f"{start}T00:00:00+00:00", f"{end}T00:00:00+00:00")
    assert period.holds(period.start)
    assert not period.holds(period.end)
    assert period.before.end == period.start
    assert review_period.of(period.end - timedelta(microseconds=1), period.kind) == period


@pytest.mark.parametrize("name", ["2027-W53", "2026-W54", "2026-W00", "2026-13", "2026-00", "0000-01", "last week", "2026-W47x", "../../x", "٢٠٢٦-11", ""])
def test_what_is_no_week_or_month_is_refused(name: str) -> None:
    """With what to write instead."""
    with pytest.raises(BadCommand) as refused:
        review_period.named(name)
    assert "2026-W47" in refused.value.remedy


def test_the_command_line_names_a_period() -> None:
    """The last whole week or month by default; not both, not one that has not begun, not one for the other."""
    assert period_of("", "", NOW).name == "2026-W46"
    assert period_of("", "last", NOW).name == "2026-10"
    assert period_of("", "", datetime(2027, 1, 4, tzinfo=UTC)).name == "2026-W53"
    assert period_of("2026-W47", "", NOW) == WEEK
    for week, month in (("2026-W47", "2026-11"), ("2026-W49", ""), ("2026-11", ""), ("", "2026-W47")):
        with pytest.raises(BadCommand):
            period_of(week, month, NOW)


def test_the_figures_add_up() -> None:
    """Occurrences by the times of the alerts; new, recurring, regressed, resolved and stale; the week before beside each."""
    told = of_week()

    assert (told.occurrences.now, told.occurrences.before, told.errors.now) == (8, 6, 4)
    assert (sum(told.daily), sum(told.daily_before)) == (8, 6)
    assert told.daily == (2, 2, 2, 1, 1, 0, 0)
    assert [row.now for row in told.top] == [4, 2, 1, 1]
    assert [len(rows) for rows in (told.new, told.recurring, told.regressed, told.resolved, told.stale)] == [1, 2, 1, 1, 1]
    assert [(count.name, count.now, count.before) for count in told.services] == [("transfers", 7, 3), ("accounts", 1, 2), ("web", 1, 1), ("payments", 0, 2)]
    assert {count.name: count.now for count in told.severities} == {"critical": 4, "high": 4}


def test_an_error_came_back_in_the_week_of_its_first_alert_after_the_resolution() -> None:
    """Not in the weeks before, of which the entry tells as well, nor in each week after; and it was resolved all the same."""
    came = an_entry("tree is stale", [at(9), at(16), at(23)], status="regressed", resolution="Lock", resolved_at="2026-11-12T12:00:00Z")
    told = [figures([came], [], review_period.named(week)) for week in ("2026-W46", "2026-W47", "2026-W48")]

    assert [len(one.regressed) for one in told] == [0, 1, 0]
    assert [len(one.resolved) for one in told] == [1, 0, 0]


def test_the_times_and_rates_of_the_requests() -> None:
    """Alert to request, request to merge, first alert to resolution; merge and edit rate; spend by model."""
    told = of_week()

    assert (told.to_diagnosis.count, told.to_diagnosis.middle) == (4, timedelta(minutes=4))
    assert (told.to_merge.count, told.to_merge.middle, told.to_merge.ninth) == (2, timedelta(hours=13), timedelta(days=1))
    assert told.to_resolution.middle == timedelta(days=9)
    assert (told.requests.opened, told.requests.merged, told.requests.edited, told.requests.rejected, told.requests.waiting) == (4, 2, 1, 1, 2)
    assert told.requests.merge_rate == pytest.approx(2 / 3)
    assert told.requests.edit_rate == 0.5
    assert [told.spent, told.spent_before] == pytest.approx([0.7, 0.5])
    assert told.by_model[0] == ("claude-sonnet-5-5", 0.41)


def test_a_moment_on_the_edge_counts_once() -> None:
    """The last microsecond of Sunday is this week's, Monday's midnight the next one's."""
    edge = WEEK.end
    entries = [an_entry("edge", [edge - timedelta(microseconds=1), edge, WEEK.start, WEEK.start - timedelta(microseconds=1)])]
    weeks = [WEEK.before, WEEK, review_period.named("2026-W48")]

    assert [figures(entries, [], week).occurrences.now for week in weeks] == [1, 2, 1]


def test_requests_without_anything_to_measure_are_only_counted() -> None:
    """No alert in the body, an end without a time, an alert of years ago or of the future, no marks."""
    requests = [
        a_request(1, opened=at(17), body="no link"),
        a_request(2, opened=at(17), body="no link", state="merged", ended=None),
        a_request(3, opened=at(17), body="https://acme.slack.com/archives/C1/p1000000000000000"),
        a_request(4, opened=at(17), body="https://acme.slack.com/archives/C1/p9999999999000000"),
        a_request(5, opened=at(17), branch="errata/review/2026-W46"),
    ]
    requests.append(a_request(6, opened=UNKNOWN, body="no link", state="merged", ended=at(17)))
    told = figures([], requests, WEEK)

    assert (told.requests.opened, told.to_diagnosis.count, told.to_merge.count, told.spent) == (5, 0, 0, 0)
    assert "unknown" not in weekly_review.page(told)


def test_an_entry_that_was_merged_into_another_counts_once() -> None:
    """Its old page holds the same alerts; a withdrawn entry's alerts did happen."""
    kept = an_entry("kept", [at(17), at(18)])
    stub = an_entry("old name", [at(17)], status="withdrawn", replaced_by=kept.meta.signature)
    gone = an_entry("withdrawn", [at(19)], status="withdrawn")

    assert figures([kept, stub, gone], [], WEEK).occurrences.now == 3


def test_broken_entries_are_counted_and_no_others_are_lost() -> None:
    """Ten among many, and front matters with times that nobody can read."""
    entries, requests = a_week()
    files = {f"knowledge/errors/{entry.meta.signature}.md": render(entry) for entry in entries}
    files |= {f"knowledge/errors/broken{number}.md": "---\nsignature: [" for number in range(10)}
    library = Library.read(files)
    told = figures(library.entries.values(), requests, WEEK, broken=len(library.broken))

    assert told.occurrences.now == 8
    assert "10 entries could not be read and are not counted." in weekly_review.page(told)


def test_spend_is_of_the_days_it_was_spent() -> None:
    """Whenever its request was opened; the bounds are those of the week."""
    marks = "".join(cost(2.0**n, day, case=f"a{n}") for n, day in enumerate((at(15), at(16), at(22), at(23))))

    assert figures([], [a_request(1, spend=marks)], WEEK).spent == 6
