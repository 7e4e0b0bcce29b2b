"""Users and events of a Sentry issue over time: the window of the alert against as long before it, and what the events have in common."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from bot.core.logs.time import moment
from bot.core.systems.sentry_shape import Json, inner, tags, text
from bot.model import Trend

_SHARED = (("release",), ("environment",), ("transaction",), ("http.status_code", "status"), ("browser", "browser.name"), ("os", "os.name"))
_IDENTITY = ("id", "email", "username", "ip_address", "ipAddress")


def trend(events: Sequence[Json], start: datetime, end: datetime, *, cut: bool) -> Trend | None:
    """What listed events tell, newest first as Sentry lists them; `cut` when there are older ones that were not listed. None without events.

    Users are counted, never named.
    """
    timed = [(at, event) for event in events if (at := _time(event)) is not None]
    if not timed:
        return None
    span = end - start
    oldest = min(at for at, _ in timed)
    inside = [event for at, event in timed if start <= at <= end]
    before = sum(start - span <= at < start for at, _ in timed)
    least_inside, least_before = cut and oldest > start, cut and oldest > start - span
    users = len({who for event in inside if (who := _user(event))})
    minutes = max(round(span / timedelta(minutes=1)), 1)
    by = f" of {users} user{'s' if users != 1 else ''}" if users else ""
    earlier = "as many minutes before were not reached" if least_inside else f"{_count(before, least_before)} in as many minutes before"
    when = f"{start.astimezone(UTC):%Y-%m-%d %H:%M} to {end.astimezone(UTC):%H:%M} UTC"
    statement = f"{_count(len(inside), least_inside)}{by} in the {minutes} minutes around the alert ({when}), {earlier}."
    older = sum(at < start for at, _ in timed)
    return Trend(
        statement, (("events around the alert", len(inside)), ("users of them", users), ("events in as long before", before), ("events listed before", older))
    )


def common(events: Sequence[Json], start: datetime, end: datetime) -> str:
    """What the events around the alert share: `release transfers@2.14.0: 12 of 12`, the most frequent value of each tag."""
    inside = [tags(event) for event in events if (at := _time(event)) is not None and start <= at <= end]
    return "\n".join(_shares(inside))


def hourly(issue: Json, around: datetime) -> str:
    """Sentry's own counts by the hour up to the alert, the last first: `10:00 240, 09:00 3`; empty when they do not reach it."""
    buckets = inner(issue, "stats").get("24h")
    pairs = [pair for pair in buckets[:100] if isinstance(pair, list) and len(pair) == 2 and isinstance(pair[1], int)] if isinstance(buckets, list) else []
    found = [(at, int(count)) for stamp, count in pairs if (at := moment(stamp)) is not None and at <= around]
    latest = sorted(found, reverse=True)[:6]
    if not latest or around - latest[0][0] > timedelta(hours=2):
        return ""
    return ", ".join(f"{at:%H:%M} {count:,}" for at, count in latest)


def nearest(events: Sequence[Json], around: datetime) -> str | None:
    """The id of the last event before a moment, else of the first after it."""
    timed = [(at, name) for event in events if (at := _time(event)) is not None and (name := text(event, "eventID", "id", limit=40))]
    earlier = [pair for pair in timed if pair[0] <= around]
    best = max(earlier, default=None) or min(timed, default=None)
    return best[1].replace("-", "").lower() if best else None


def _shares(inside: Sequence[dict[str, str]]) -> Iterator[str]:
    for names in _SHARED:
        values = [value for named in inside if (value := next((named[name] for name in names if name in named), ""))]
        if values:
            value, most = Counter(values).most_common(1)[0]
            others = len(set(values)) - 1
            yield f"{names[0]} {value}: {most:,} of {len(values):,}{f'; {others:,} other values' if others else ''}"


def _time(event: Json) -> datetime | None:
    return moment(event.get("dateCreated")) or moment(event.get("dateReceived"))


def _user(event: Json) -> str:
    return text(inner(event, "user"), *_IDENTITY) or tags(event).get("user", "")


def _count(count: int, at_least: bool) -> str:
    return f"{'at least ' if at_least else ''}{count:,} event{'' if count == 1 else 's'}"
