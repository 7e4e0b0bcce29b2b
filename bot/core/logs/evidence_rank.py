"""Which lines of thousands explain a failure: one line of each statement, the most telling first.

The line that explains a failure is seldom an error itself. It stands before one, in the same trace: the last thing that the failing service
said, the last thing that a service it called said, or a statement that is no longer followed by what used to follow it. So each kind of error
gives a lane of candidates, what changed in the window's flow gives one more, and the lanes are drawn from in turn; the rest comes by rarity.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.core.logs.statements import Statement, failed, statements
from bot.model import LogEvent

REFERENCE_SHARE = 1 / 3
"""The first part of the window stands for how it was before."""
_MOST_KINDS = 40
_LANE = 400
_UNTRACED = 60
"""Without a trace id, so many lines before an error are its surroundings."""
_FEWEST_BEFORE = 3
_LIKELY = 4.0
"""A change of what follows a statement counts from this G on (p below .05 at one degree of freedom is 3.84)."""

Lane = Iterable[int]


@dataclass(frozen=True)
class _Window:
    """Events in order of time, by number: their statements, the numbers of each trace, and how many make the reference."""

    events: Sequence[LogEvent]
    order: tuple[int, ...]
    said: Sequence[Statement]
    traces: dict[str, list[int]]
    position: dict[int, int]
    reference: int


def ranked(events: Sequence[LogEvent], failing: LogEvent | None = None, said: Sequence[Statement] | None = None) -> tuple[int, ...]:
    """Numbers of the events worth a reader's time, best first, one for each statement; every statement is there once.

    `failing` is the event that the alert is about; its kind of error leads. `said` are the events' statements where they are known already.
    Cost grows with the number of events, not its square.
    """
    window = _window(events, statements(events) if said is None else said)
    kinds = _kinds(window, failing)
    lanes: list[Lane] = [_lane(window, examples) for examples in kinds]
    changed = _changed(window)
    seen: set[Statement] = set()
    found = _drawn(window, [*lanes[:1], changed, *lanes[1:]], seen)
    return (*found, *_drawn(window, _by_service(window), seen))


def _window(events: Sequence[LogEvent], said: Sequence[Statement]) -> _Window:
    order = tuple(sorted(range(len(events)), key=lambda number: events[number].time))
    traces: dict[str, list[int]] = {}
    for number in order:
        if trace_id := events[number].trace_id:
            traces.setdefault(trace_id, []).append(number)
    position = {number: place for place, number in enumerate(order)}
    return _Window(events, order, said, traces, position, int(len(events) * REFERENCE_SHARE))


def _kinds(window: _Window, failing: LogEvent | None) -> list[list[int]]:
    """The errors of each statement: the alert's own first, then those that are new in the window, then the frequent."""
    kinds: dict[Statement, list[int]] = {}
    for number in window.order:
        if failed(window.events[number]):
            kinds.setdefault(window.said[number], []).append(number)
    own = {window.said[number] for number in window.order if window.events[number] is failing}

    def weight(kind: Statement) -> tuple[bool, float, int]:
        before = sum(window.position[number] < window.reference for number in kinds[kind])
        return kind not in own, before / len(kinds[kind]), -len(kinds[kind])

    return [kinds[kind] for kind in sorted(kinds, key=weight)[:_MOST_KINDS]]


def _lane(window: _Window, examples: list[int]) -> Iterator[int]:
    """One error of a kind, and what led to it, the most telling first."""
    error = examples[len(examples) // 2]
    before, after = _around(window, error)
    service = window.said[error].service
    yield error
    yield from _first(number for number in before if window.said[number].service == service)
    yield from _first(number for number in before if window.said[number].service != service)
    heard = set[str]()
    for number in before:
        if window.said[number].service not in heard:
            heard.add(window.said[number].service)
            yield number
    yield from before
    yield from after


def _around(window: _Window, error: int) -> tuple[list[int], list[int]]:
    """What its trace says before an error, the nearest first, and after it."""
    trace_id = window.events[error].trace_id
    place = window.position[error]
    if not trace_id:
        return list(reversed(window.order[max(0, place - _UNTRACED) : place])), []
    trace = window.traces[trace_id]
    middle = trace.index(error)
    return trace[max(0, middle - _LANE) : middle][::-1], trace[middle + 1 : middle + _LANE]


def _changed(window: _Window) -> list[int]:
    """Events whose statement is followed, in its trace and service, by something else than before, the surest change first."""
    following = _following(window)
    before: dict[Statement, dict[Statement | None, int]] = {}
    later: dict[Statement, dict[Statement | None, int]] = {}
    example: dict[tuple[Statement, Statement | None], int] = {}
    for place, number in enumerate(window.order):
        said, then = window.said[number], following.get(number)
        counts = (before if place < window.reference else later).setdefault(said, {})
        counts[then] = counts.get(then, 0) + 1
        if place >= window.reference:
            example.setdefault((said, then), number)
    found = []
    for said, counts in later.items():
        earlier = before.get(said, {})
        known, now = sum(earlier.values()), sum(counts.values())
        if known < _FEWEST_BEFORE:
            continue
        sureness, then = max(((_surprise(count, now, earlier.get(then, 0), known), then) for then, count in counts.items()), key=lambda pair: pair[0])
        if sureness >= _LIKELY:
            found.append((sureness, example[said, then]))
    return [number for _, number in sorted(found, key=lambda pair: -pair[0])]


def _following(window: _Window) -> dict[int, Statement]:
    """What the same service said next in the same trace."""
    last: dict[tuple[str, str], int] = {}
    following: dict[int, Statement] = {}
    for number in window.order:
        trace_id = window.events[number].trace_id
        if not trace_id:
            continue
        key = (trace_id, window.said[number].service)
        if key in last:
            following[last[key]] = window.said[number]
        last[key] = number
    return following


def _surprise(count: int, now: int, before: int, known: int) -> float:
    """How sure it is that a share grew (the G of a two by two table); 0 when it did not."""
    if count * known <= before * now:
        return 0.0
    total, both = now + known, count + before
    cells = ((count, now), (now - count, now), (before, known), (known - before, known))
    return 2 * (sum(k * math.log(k / n) for k, n in cells if k) - sum(k * math.log(k / total) for k in (both, total - both) if k))


def _by_service(window: _Window) -> list[Lane]:
    """The statements of each service, the rare ones first."""
    counts = Counter(window.said)
    firsts: dict[Statement, int] = {}
    for number in window.order:
        firsts.setdefault(window.said[number], number)
    lanes: dict[str, list[int]] = {}
    for said, number in sorted(firsts.items(), key=lambda pair: counts[pair[0]]):
        lanes.setdefault(said.service, []).append(number)
    return list(lanes.values())


def _drawn(window: _Window, lanes: Sequence[Lane], seen: set[Statement]) -> list[int]:
    """One number of each lane in turn, none whose statement was drawn before."""
    found: list[int] = []
    open_lanes = [iter(lane) for lane in lanes]
    while open_lanes:
        still_open = []
        for lane in open_lanes:
            number = next((number for number in lane if window.said[number] not in seen), None)
            if number is not None:
                seen.add(window.said[number])
                found.append(number)
                still_open.append(lane)
        open_lanes = still_open
    return found


def _first(numbers: Iterable[int]) -> list[int]:
    found = next(iter(numbers), None)
    return [] if found is None else [found]
