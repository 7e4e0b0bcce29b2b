"""What counts over time tell of an error: it came with a deploy, at the same hour each day, to one user or tenant, in one version."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

from bot.core.plain_text.plain_text import cut, one_line
from bot.model import Deploy, Evidence, LogEvent, Trend

AFTER_DEPLOY = timedelta(hours=24)
"""A first occurrence this soon after a deploy is told beside it."""
FEWEST_EVENTS = 5
"""Below this, shares and spikes mean nothing."""
_SPIKE = 3
_LONGEST_COMPARED = timedelta(hours=6)
_BAND_MINUTES, _FEWEST_DAYS, _SHARE_OF_DAYS = 30, 3, 0.75
_ALMOST_ALL = 0.8
_DAY = 24 * 60


def trends(
    events: Sequence[LogEvent], deploys: Sequence[Deploy], earlier: Sequence[datetime], first_seen: datetime, searched_from: datetime | None = None
) -> tuple[Trend, ...]:
    """What the counts carry, and nothing else: no event, no deploy, no earlier occurrence makes no sentence.

    `events` are those of this very error, `deploys` those of its service, `earlier` the times of earlier occurrences, `first_seen` that of this one,
    `searched_from` where the window begins that `events` are from.
    """
    return (
        *_after_deploy(events, deploys, earlier, first_seen, searched_from),
        *_spike(events, deploys),
        *_same_hour(earlier, first_seen),
        *_one_of(events, "user"),
        *_one_of(events, "tenant"),
        *_one_release(events, deploys),
    )


def evidence_of(trend: Trend) -> Evidence:
    """A trend as it stands in a case, with its counts."""
    counts = "\n".join(f"{name}: {count}" for name, count in trend.counts)
    return Evidence("metric", "trend", "counted in the log events, deploys and earlier occurrences", f"{trend.statement}\n{counts}".strip(), detail=trend)


def _after_deploy(
    events: Sequence[LogEvent], deploys: Sequence[Deploy], earlier: Sequence[datetime], first_seen: datetime, searched_from: datetime | None
) -> Iterator[Trend]:
    first_seen = min((first_seen, *earlier))
    deploy = _last(deploys, first_seen)
    if deploy is None or any(event.time < deploy.time for event in events) or first_seen - deploy.time > AFTER_DEPLOY:
        return
    since = sum(event.time >= deploy.time for event in events)
    if searched_from is None or searched_from < deploy.time:
        limits = "no occurrence from before it is known."
    else:
        limits = f"no earlier occurrence is known, but the logs were searched only from {searched_from.astimezone(UTC):%H:%M} UTC on."
    statement = f"First seen {_span(first_seen - deploy.time)} after the deploy of {_named(deploy)}; {limits}"
    yield Trend(statement, (("minutes after the deploy", _minutes(first_seen - deploy.time)), ("events since", since), ("known from before", 0)))


def _spike(events: Sequence[LogEvent], deploys: Sequence[Deploy]) -> Iterator[Trend]:
    """Equal spans before and after the deploy, both within what was searched."""
    times = sorted(event.time for event in events)
    if not times:
        return
    deploy = _last([one for one in deploys if one.time > times[0]], times[-1])
    if deploy is None:
        return
    span = min(deploy.time - times[0], times[-1] - deploy.time, _LONGEST_COMPARED)
    if span < timedelta(minutes=1):
        return
    before = sum(deploy.time - span <= time < deploy.time for time in times)
    after = sum(deploy.time <= time <= deploy.time + span for time in times)
    if after >= FEWEST_EVENTS and after >= _SPIKE * before > 0:
        statement = f"Spike after the deploy of {_named(deploy)}: {_times(before)} in the {_span(span)} before it, {_times(after)} in the {_span(span)} after."
        yield Trend(statement, (("events before", before), ("events after", after), ("minutes compared", _minutes(span))))


def _same_hour(earlier: Sequence[datetime], first_seen: datetime) -> Iterator[Trend]:
    times = sorted({time.astimezone(UTC).replace(second=0, microsecond=0) for time in (*earlier, first_seen)})
    own = _minute(first_seen)
    best = max((_within(times, start) for start in range(own - _BAND_MINUTES, own + 1)), key=lambda found: len(_days(found, own)))
    days, every = _days(best, own), _days(times, own)
    if len(days) < _FEWEST_DAYS or len(days) < _SHARE_OF_DAYS * len(every):
        return
    minutes = sorted((_minute(time) - own + _DAY // 2) % _DAY for time in best)
    first, last = (_clock(minute + own - _DAY // 2) for minute in (minutes[0], minutes[-1]))
    when = f"at {first}" if first == last else f"between {first} and {last}"
    statement = f"At the same time of day: seen {when} UTC on {len(days)} of the {len(every)} days it was seen on."
    yield Trend(statement, (("days at that time", len(days)), ("days seen", len(every)), ("occurrences at that time", len(best))))


def _one_of(events: Sequence[LogEvent], what: str) -> Iterator[Trend]:
    """Said as a count only: who it was is personal."""
    values = [value for event in events if (value := event.user if what == "user" else event.tenant)]
    if len(values) < FEWEST_EVENTS:
        return
    most, others = Counter(values).most_common(1)[0][1], len(set(values)) - 1
    if most >= _ALMOST_ALL * len(values):
        statement = f"One {what}: {most} of the {len(values)} events that name a {what} are of the same one."
        yield Trend(statement, ((f"events of that {what}", most), (f"events with a {what}", len(values)), (f"other {what}s", others)))


def _one_release(events: Sequence[LogEvent], deploys: Sequence[Deploy]) -> Iterator[Trend]:
    """Only where another release is known: that all come from the only one says nothing."""
    releases = [event.release for event in events if event.release]
    if len(releases) < FEWEST_EVENTS:
        return
    release, most = Counter(releases).most_common(1)[0]
    others = ({*releases} | {deploy.release for deploy in deploys}) - {release, ""}
    if others and most >= _ALMOST_ALL * len(releases):
        statement = f"One version: {most} of the {len(releases)} events that name a release are of {_shown(release)}; others are known to have run."
        yield Trend(statement, (("events of that release", most), ("events with a release", len(releases)), ("other releases known", len(others))))


def _last(deploys: Sequence[Deploy], until: datetime) -> Deploy | None:
    return max((deploy for deploy in deploys if deploy.time <= until), key=lambda deploy: deploy.time, default=None)


def _named(deploy: Deploy) -> str:
    release = _shown(deploy.release) if deploy.release else (deploy.commit or "an unnamed version")[:12]
    return f"{release} at {deploy.time.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _shown(text: str) -> str:
    return cut(one_line(text), 80)


def _times(count: int) -> str:
    return "1 event" if count == 1 else f"{count} events"


def _span(length: timedelta) -> str:
    minutes = _minutes(length)
    if minutes < 1:
        return "less than a minute"
    if minutes < 120:
        return f"{minutes} minute{'s' if minutes > 1 else ''}"
    return f"{round(minutes / 60)} hours" if minutes < 2 * _DAY else f"{round(minutes / _DAY)} days"


def _minutes(length: timedelta) -> int:
    return int(length.total_seconds() // 60)


def _minute(time: datetime) -> int:
    told = time.astimezone(UTC)
    return told.hour * 60 + told.minute


def _within(times: Sequence[datetime], start: int) -> list[datetime]:
    return [time for time in times if (_minute(time) - start) % _DAY <= _BAND_MINUTES]


def _days(times: Sequence[datetime], own: int) -> set[date]:
    """The days, each from noon to noon around the own time, so that a band around midnight is not cut in two."""
    return {(time - timedelta(minutes=own - _DAY // 2)).date() for time in times}


def _clock(minute: int) -> str:
    return f"{minute % _DAY // 60:02}:{minute % 60:02}"
