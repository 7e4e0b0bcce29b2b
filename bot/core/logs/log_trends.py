"""What the log events tell as a whole: the way of the trace, what is new, clocks that differ, and what the page leaves out."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from bot.core.logs.folding import Folds, gravity, shared
from bot.core.logs.statements import Statement, emitter, failed
from bot.core.logs.trace import Stop, clock_skews, timeline
from bot.core.plain_text.plain_text import cut, one_line
from bot.model import Evidence, LogEvent, Trend

_FEWEST_BEFORE = 20
"""With fewer events before the failure, everything would be new."""
_SHOWN = 8
_QUOTED, _NAMED = 120, 40
"""Characters of a line that is quoted, and about so many of its service, level and count."""
NOT_SHOWN = "not shown: "
"""How the piece begins that tells of what the page leaves out."""
_GRAVITIES = ("errors", "warnings", "other lines")


def way(trace: Sequence[LogEvent], source: str) -> Evidence | None:
    """The services of a trace in the order in which they spoke, the first error, the deepest failing service; None for a single service."""
    read = timeline(trace)
    if len(read.stops) < 2:
        return None
    begun = read.stops[0].first
    statement = f"the trace went through {len(read.stops)} services in {max(stop.last for stop in read.stops).timestamp() - begun.timestamp():.1f} s"
    if read.first_error is not None and read.deepest is not None:
        first, deepest = emitter(read.first_error), emitter(read.deepest)
        statement += f"; the first error was in {_name(first)}" + (
            ", the deepest service that failed" if deepest == first else f", the deepest in {_name(deepest)}"
        )
    lines = [_stop(stop, (stop.first - begun).total_seconds()) for stop in read.stops[: 3 * _SHOWN]]
    more = len(read.stops) - len(lines)
    text = "\n".join((statement, *lines, *((f"and {more} more services",) if more else ())))
    place = (read.deepest or trace[0]).place
    return Evidence(
        "metric", source, place, text, time=begun, detail=Trend(statement, tuple((_name(stop.service), stop.lines) for stop in read.stops[: 3 * _SHOWN]))
    )


def novelty(events: Sequence[LogEvent], said: Sequence[Statement], failing: LogEvent, folds: Folds, source: str) -> Evidence | None:
    """What is said since the failing event's kind first appeared and was not said before; None when there is too little before to tell."""
    own = next(statement for event, statement in zip(events, said, strict=True) if event.place == failing.place)
    onset = min(event.time for event, statement in zip(events, said, strict=True) if statement == own)
    before = {shared(statement) for event, statement in zip(events, said, strict=True) if event.time < onset}
    earlier = sum(event.time < onset for event in events)
    new = [(statement, fold) for statement, fold in folds.items() if statement not in before and statement != shared(own)]
    if earlier < _FEWEST_BEFORE or not new:
        return None
    statement = f"{_kinds(len(new))} of lines are new since {onset:%H:%M:%S} UTC, not one among the {earlier:,} lines before"
    if len(new) == 1:
        statement = statement.replace("are new", "is new")
    counts = tuple((_quote(fold.example), fold.count) for _, fold in new[:_SHOWN])
    return _counted(statement, counts, len(new) - len(counts), source, failing)


def skews(events: Sequence[LogEvent], source: str) -> tuple[Evidence, ...]:
    """One sentence for each service whose clock is behind that of a service that calls it."""
    found = []
    for skew in clock_skews(events):
        statement = (
            f"the clock of {_name(skew.service)} is about {skew.seconds:.1f} s behind that of {_name(skew.caller)}, "
            f"so the order of their lines cannot be trusted (seen in {skew.seen} calls)"
        )
        example = next(event for event in events if emitter(event) == skew.service)
        found.append(Evidence("metric", source, example.place, statement, time=example.time, detail=Trend(statement, (("calls", skew.seen),))))
    return tuple(found)


def left_out(folds: Folds, told: Collection[Statement], unshown: int, source: str, room: int) -> Evidence | None:
    """How many events are not on the page, and how many of these are of kinds that it does not show at all, so that nothing is dropped silently."""
    silent = [(statement, fold) for statement, fold in folds.items() if statement not in told]
    if not silent:
        return None
    lines = Counter[int]()
    for _, fold in silent:
        lines[gravity(fold.example)] += fold.count
    named = ", ".join(f"{lines[number]:,} {name}" for number, name in enumerate(_GRAVITIES) if lines[number])
    repeats = unshown - sum(lines.values())
    folded_away = f"; {repeats:,} more are repeats of lines shown" if repeats > 0 else ""
    statement = f"{NOT_SHOWN}{named} of {_kinds(len(silent))}{folded_away}"
    counts = tuple((_quote(fold.example), fold.count) for _, fold in silent[:_SHOWN])
    shown = max((number for number in range(len(counts) + 1) if number * (_QUOTED + _NAMED) + len(statement) + _NAMED <= room), default=0)
    return _counted(statement, counts[:shown], len(silent) - shown, source, silent[0][1].example)


def _counted(statement: str, counts: tuple[tuple[str, int], ...], more: int, source: str, example: LogEvent) -> Evidence:
    lines: Iterable[str] = (f"{count}× {quote}" for quote, count in counts)
    text = "\n".join((statement, *lines, *((f"and {_kinds(more)} more",) if more > 0 and counts else ())))
    return Evidence("metric", source, example.place, text, time=example.time, detail=Trend(statement, counts))


def _stop(stop: Stop, after: float) -> str:
    errors = f", {stop.errors} error{'s' * (stop.errors != 1)}" if stop.errors else ""
    return f"{'  ' * min(stop.depth, 12)}{_name(stop.service)}: +{after:.3f} s, {stop.lines} line{'s' * (stop.lines != 1)}{errors}"


def _quote(event: LogEvent) -> str:
    level = "ERROR" if failed(event) and not event.level else event.level
    return " ".join(part for part in (cut(one_line(event.service), 24), level, cut(one_line(event.message[: 4 * _QUOTED]), _QUOTED)) if part)


def _kinds(count: int) -> str:
    return f"{count:,} kind{'s' * (count != 1)}"


def _name(service: str) -> str:
    return cut(one_line(service), 80) or "an unnamed service"
