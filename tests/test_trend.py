"""What counts over time tell, and that nothing is told which they do not carry."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from bot.core.logs.trend import evidence_of, trends
from bot.model import Deploy, LogEvent, Trend

DEPLOYED = datetime(2025, 12, 17, 9, 8, tzinfo=UTC)
FIRST = DEPLOYED + timedelta(minutes=4)
RELEASE = Deploy("transfers", "prod", "v1.4.0", DEPLOYED)


def event(minutes: float, **more: str | None) -> LogEvent:
    """One of this error, so many minutes after the deploy."""
    return LogEvent(DEPLOYED + timedelta(minutes=minutes), "ValueError: insufficient balance", "logs:1", **more)  # type: ignore[arg-type]


def told(*events: LogEvent, deploys: tuple[Deploy, ...] = (), earlier: tuple[datetime, ...] = (), first: datetime = FIRST) -> list[Trend]:
    """The trends of these events."""
    return list(trends(events, deploys, earlier, first))


def test_a_first_occurrence_is_told_beside_its_deploy() -> None:
    """With the minutes between, and how often it came since."""
    (trend,) = told(event(4), event(9), deploys=(RELEASE, Deploy("transfers", "prod", "v1.3.9", DEPLOYED - timedelta(days=3))))
    assert trend.statement == "First seen 4 minutes after the deploy of v1.4.0 at 2025-12-17 09:08 UTC; no occurrence from before it is known."
    assert trend.counts == (("minutes after the deploy", 4), ("events since", 2), ("known from before", 0))


def test_a_later_occurrence_came_with_the_deploy_of_the_first() -> None:
    """Whatever was deployed between the two."""
    again = FIRST + timedelta(hours=30)
    deploys = (Deploy("transfers", "prod", "v1.4.1", again - timedelta(hours=1)), RELEASE)
    (trend,) = trends([event(1804)], deploys, [FIRST], again)
    assert trend.statement.startswith("First seen 4 minutes after the deploy of v1.4.0")


@pytest.mark.parametrize(
    ("events", "deploys", "earlier"),
    [
        ((event(4),), (), ()),
        ((event(4),), (RELEASE,), (DEPLOYED - timedelta(days=1),)),
        ((event(-2), event(4)), (RELEASE,), ()),
        ((event(4),), (Deploy("transfers", "prod", "v1", FIRST - timedelta(days=2)),), ()),
        ((event(4),), (Deploy("transfers", "prod", "v1", FIRST + timedelta(minutes=1)),), ()),
    ],
    ids=["no deploy", "seen earlier", "logged before", "deployed long ago", "deployed later"],
)
def test_no_first_occurrence_is_made_up(events: tuple[LogEvent, ...], deploys: tuple[Deploy, ...], earlier: tuple[datetime, ...]) -> None:
    """What was there before the deploy did not come with it."""
    assert told(*events, deploys=deploys, earlier=earlier) == []


def test_a_spike_compares_equal_spans() -> None:
    """Ten minutes before, ten minutes after; what is outside of both does not count."""
    before, after = [event(-10), event(-3)], [event(minute) for minute in (1, 2, 3, 4, 5, 9, 10)]
    (trend,) = told(*before, *after, deploys=(RELEASE,))
    assert (
        trend.statement == "Spike after the deploy of v1.4.0 at 2025-12-17 09:08 UTC: 2 events in the 10 minutes before it, 7 events in the 10 minutes after."
    )
    assert trend.counts == (("events before", 2), ("events after", 7), ("minutes compared", 10))


@pytest.mark.parametrize("after", [(1, 2, 3, 10), (1, 2, 3, 4, 10), ()], ids=["too few", "not three times", "none"])
def test_a_few_more_events_are_no_spike(after: tuple[int, ...]) -> None:
    """At least five, and at least three times as many."""
    assert told(event(-10), event(-3), *(event(minute) for minute in after), deploys=(RELEASE,)) == []


def test_the_same_time_of_day_is_told_in_utc() -> None:
    """Also around midnight, and whatever the zone of the times was."""
    midnight = datetime(2025, 12, 17, 0, 5, tzinfo=UTC)
    earlier = (
        datetime(2025, 12, 15, 23, 50, tzinfo=UTC),
        datetime(2025, 12, 15, 1, 10, tzinfo=timezone(timedelta(hours=1))),
        datetime(2025, 12, 9, 13, 0, tzinfo=UTC),
    )
    (trend,) = told(earlier=earlier, first=midnight)
    assert trend.statement == "At the same time of day: seen between 23:50 and 00:10 UTC on 3 of the 4 days it was seen on."
    assert trend.counts == (("days at that time", 3), ("days seen", 4), ("occurrences at that time", 3))


@pytest.mark.parametrize(
    "hours",
    [(24,), (0.1, 0.2, 0.3), (24, 48, 25, 49, 75, 98, 5), (24, 50)],
    ids=["two days", "one day", "mostly elsewhen", "another hour"],
)
def test_chance_is_no_pattern(hours: tuple[float, ...]) -> None:
    """At least three days, and most of the days it was seen on."""
    assert told(earlier=tuple(FIRST - timedelta(hours=hour) for hour in hours)) == []


@pytest.mark.parametrize("what", ["user", "tenant"])
def test_one_user_is_counted_and_never_named(what: str) -> None:
    """Who it was is personal."""
    events = [event(minute, **{what: "mira@acme.example"}) for minute in range(6)] + [event(7, **{what: "jonas"}), event(8)]
    (trend,) = told(*events)
    assert trend.statement == f"One {what}: 6 of the 7 events that name a {what} are of the same one."
    assert "mira" not in evidence_of(trend).text
    assert trend.counts[-1] == (f"other {what}s", 1)


def test_many_users_or_few_events_tell_nothing() -> None:
    """Four events of one, eight of as many."""
    assert told(*(event(minute, user="a") for minute in range(4))) == []
    assert told(*(event(minute, user=str(minute)) for minute in range(8))) == []


def test_one_version_is_told_where_another_is_known() -> None:
    """That all come from the only one says nothing."""
    events = [event(minute, release="v1.4.0") for minute in range(-1, 5)]
    assert told(*events) == []
    older = Deploy("transfers", "prod", "v1.3.9", DEPLOYED - timedelta(days=3))
    (trend,) = told(*events, deploys=(older,))
    assert trend.statement == "One version: 6 of the 6 events that name a release are of v1.4.0; others are known to have run."


def test_a_trend_is_evidence_with_its_counts() -> None:
    """And a release named by strangers stays on its line."""
    odd = Deploy("transfers", "prod", "v1\n\x1b[2J" + "x" * 500, DEPLOYED)
    evidence = evidence_of(told(event(4), deploys=(odd,))[0])
    assert (evidence.kind, evidence.source) == ("metric", "trend")
    assert "\x1b" not in evidence.text
    assert evidence.text.splitlines()[1:] == ["minutes after the deploy: 4", "events since: 1", "known from before: 0"]
    assert len(evidence.text) < 400


def test_nothing_gives_nothing() -> None:
    """No event, no deploy, no past."""
    assert told() == []


def test_a_first_occurrence_says_how_far_back_the_logs_were_searched() -> None:
    """A window that begins after the deploy shows nothing of the time before it."""
    (trend,) = trends((event(4),), (RELEASE,), (), FIRST, DEPLOYED + timedelta(minutes=2))
    assert trend.statement.endswith("; no earlier occurrence is known, but the logs were searched only from 09:10 UTC on.")
    (trend,) = trends((event(4),), (RELEASE,), (), FIRST, DEPLOYED - timedelta(hours=1))
    assert trend.statement.endswith("; no occurrence from before it is known.")
