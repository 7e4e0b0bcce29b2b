"""Several errors of one cause are one incident: they share a trace, a release that broke within the hour, or a minute."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from bot.model import Record

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
MOST = 500
"""Errors that are compared; beyond that, the newest."""


class Sighting(Record, frozen=True):
    """One error as it was seen: `name` is its signature, `place` the url of its alert, `time` aware."""

    name: str
    place: str
    time: datetime
    environment: str
    release: str = ""
    trace_ids: tuple[str, ...] = ()


class Incident(Record, frozen=True):
    """Two or more errors of one cause, in order of time, and why they are taken for one."""

    sightings: tuple[Sighting, ...]
    reason: str


def incidents(seen: Sequence[Sighting]) -> tuple[Incident, ...]:
    """Each sighting is in at most one incident; what is alone is in none. The same error twice is a recurrence, no incident."""
    ordered = sorted(seen, key=lambda one: (one.time, one.place))[-MOST:]
    groups: list[list[Sighting]] = []
    reasons: list[list[str]] = []
    for one in ordered:
        joined = next(((n, why) for n, group in enumerate(groups) if (why := _with(one, group))), None)
        if joined is None:
            groups.append([one])
            reasons.append([])
        else:
            groups[joined[0]].append(one)
            reasons[joined[0]].append(joined[1])
    found = zip(groups, reasons, strict=True)
    return tuple(Incident(tuple(group), " and ".join(dict.fromkeys(why))) for group, why in found if len({one.name for one in group}) > 1)


def companions(one: Sighting, others: Sequence[Sighting]) -> Iterator[tuple[Sighting, str]]:
    """The others that happened together with one, other errors only, each error once, and why."""
    told: set[str] = {one.name}
    for other in sorted(others, key=lambda other: abs(other.time - one.time)):
        if other.name not in told and (why := reason(one, other)):
            told.add(other.name)
            yield other, why


def reason(one: Sighting, other: Sighting) -> str:
    """Why two errors are taken for one incident, the strongest reason; empty where nothing says so. Environments never mix."""
    if one.environment != other.environment:
        return ""
    if trace := next((trace for trace in one.trace_ids if trace in other.trace_ids), None):
        return f"the same trace {trace}"
    apart = abs(one.time - other.time)
    if one.release and one.release == other.release and apart <= HOUR:
        return f"the same release {one.release} within an hour"
    return "within one minute of each other" if apart <= MINUTE else ""


def _with(one: Sighting, group: Sequence[Sighting]) -> str:
    """By minute only with the first of a group: a slow drip of errors is not one incident."""
    first, *rest = group
    told = reason(first, one)
    return told or next((why for other in rest if (why := reason(other, one)) and not why.startswith("within")), "")
