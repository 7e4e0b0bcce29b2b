"""The way of one request through its services: who spoke when, which error came first, how deep it failed, whose clock is off."""

import re
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from statistics import median
from typing import NamedTuple

from bot.core.logs.statements import emitter, failed
from bot.model import LogEvent
from bot.regex import regex

_SPAN = regex(r"\bspan[_.-]?id[\"']?\s?[=:]\s?[\"']?([\w-]{4,64})", re.IGNORECASE | re.ASCII)
_PARENT = regex(r"\bparent[_.-]?(?:span[_.-]?)?id[\"']?\s?[=:]\s?[\"']?([\w-]{4,64})", re.IGNORECASE | re.ASCII)
_PARENT_WORD = "arent"
_HEAD = 2_000
_DEEPEST = 64
NOTICEABLE = timedelta(milliseconds=200)
"""Clocks kept by NTP differ by less."""
_FEWEST, _CONSISTENT = 3, 0.8


class Stop(NamedTuple):
    """One service on the way: when it first and last spoke, how much, how many of it were errors, how many calls deep it stands."""

    service: str
    first: datetime
    last: datetime
    lines: int
    errors: int
    depth: int


class Timeline(NamedTuple):
    """A trace read in order of time. `deepest` is the error farthest from the entrance: where a failure most likely began."""

    stops: tuple[Stop, ...]
    first_error: LogEvent | None
    deepest: LogEvent | None


class Skew(NamedTuple):
    """A service that speaks before those that call it, by `seconds` in the middle of `seen` calls: its clock is behind theirs."""

    service: str
    caller: str
    seconds: float
    seen: int


def timeline(trace: Sequence[LogEvent]) -> Timeline:
    """The timeline of one trace's events, in any order. Depth is told by span parents where the lines name them, else by who speaks inside whose turn."""
    events = sorted(trace, key=lambda event: event.time)
    depths = _depths_by_parents(events) or _depths_by_turns(events)
    errors = [(event, depth) for event, depth in zip(events, depths, strict=True) if failed(event)]
    deepest = max(errors, key=lambda found: found[1], default=None)
    stops: dict[str, Stop] = {}
    for event, depth in zip(events, depths, strict=True):
        name = emitter(event)
        known = stops.get(name) or Stop(name, event.time, event.time, 0, 0, depth)
        stops[name] = known._replace(last=event.time, lines=known.lines + 1, errors=known.errors + failed(event))
    return Timeline(tuple(stops.values()), errors[0][0] if errors else None, deepest[0] if deepest else None)


def clock_skews(events: Sequence[LogEvent]) -> tuple[Skew, ...]:
    """Services whose child spans begin before their parents, by more than NTP leaves and again and again; needs lines that name their parent span."""
    if not any(event.parent_span_id or _PARENT_WORD in event.message[:_HEAD] for event in events):
        return ()
    begun: dict[tuple[str | None, str], tuple[datetime, str]] = {}
    parents: dict[tuple[str | None, str], str] = {}
    for event in events:
        span, parent = span_of(event)
        if span is None:
            continue
        key = (event.trace_id, span)
        if key not in begun or event.time < begun[key][0]:
            begun[key] = (event.time, emitter(event))
        if parent is not None:
            parents[key] = parent
    leads: dict[tuple[str, str], list[float]] = defaultdict(list)
    for key, parent in parents.items():
        calling = begun.get((key[0], parent))
        if calling is not None and calling[1] != begun[key][1]:
            leads[begun[key][1], calling[1]].append((calling[0] - begun[key][0]).total_seconds())
    limit = NOTICEABLE.total_seconds()
    return tuple(
        Skew(service, caller, round(median(seconds), 3), len(seconds))
        for (service, caller), seconds in leads.items()
        if len(seconds) >= _FEWEST and sum(lead > limit for lead in seconds) >= _CONSISTENT * len(seconds)
    )


def span_of(event: LogEvent) -> tuple[str | None, str | None]:
    """The span of an event and its parent, as its fields or the line itself name them."""
    head = event.message[:_HEAD]
    if (event.span_id and event.parent_span_id) or ("pan" not in head and "PAN" not in head):
        return event.span_id, event.parent_span_id
    # `parent_span_id` holds `span_id`; the boundary before `span` refuses it only after a letter, so the parent is taken out first.
    parent = _PARENT.search(head)
    span = _SPAN.search(head if parent is None else head[: parent.start()] + head[parent.end() :])
    return event.span_id or (span[1] if span else None), event.parent_span_id or (parent[1] if parent else None)


def _depths_by_parents(events: Sequence[LogEvent]) -> list[int]:
    """Empty when no line names a parent."""
    spans = [span_of(event) for event in events]
    parents = {span: parent for span, parent in spans if span and parent}
    return [_depth(span, parents) for span, _ in spans] if parents else []


def _depth(span: str | None, parents: dict[str, str]) -> int:
    depth = 0
    while span in parents and depth < _DEEPEST:
        span, depth = parents[span], depth + 1
    return depth


def _depths_by_turns(events: Sequence[LogEvent]) -> list[int]:
    """A service that speaks while another waits was called by it; the turn ends when the one that waits speaks again."""
    waiting: list[str] = []
    depths = []
    for event in events:
        name = emitter(event)
        if name in waiting:
            del waiting[waiting.index(name) + 1 :]
        else:
            waiting.append(name)
            del waiting[: max(0, len(waiting) - _DEEPEST)]
        depths.append(len(waiting) - 1)
    return depths
