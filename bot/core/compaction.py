"""Log events become numbered evidence: errors kept, repeats folded with counts, the rest cut to a budget and counted."""

from collections.abc import Sequence

from bot.core.log_document import is_error
from bot.core.matching import distinct
from bot.model import Evidence, EvidenceKind, LogEvent

LINES_OF_TRACE = 60
OTHER_ERRORS = 8


def evidence_of(failing: LogEvent | None, window: Sequence[LogEvent], trace: Sequence[LogEvent], source: str) -> tuple[Evidence, ...]:
    """The failing event, the other errors of its window folded, and its trace in order of time within the budget."""
    following = sorted(trace, key=lambda event: event.time)
    traced = {event.place for event in following}
    others = [(event, count) for event, count in distinct([event for event in window if is_error(event)]) if event.place not in traced]
    if failing is not None:
        repeats = next((count for event, count in distinct([e for e in window if _alike(e, failing)])), 1)
        others = [(event, count) for event, count in others if not _alike(event, failing)]
        first = [_evidence(failing, "log", source, repeats)]
    else:
        first = []
    kept = _within_budget([event for event in following if failing is None or event.place != failing.place])
    return (*first, *(_evidence(event, "trace", source, 1) for event in kept), *(_evidence(e, "log", source, n) for e, n in others[:OTHER_ERRORS]))


def _within_budget(events: list[LogEvent]) -> list[LogEvent]:
    """All errors, and of the rest those nearest before the first of them."""
    if len(events) <= LINES_OF_TRACE:
        return events
    errors = [number for number, event in enumerate(events) if is_error(event)][:LINES_OF_TRACE]
    centre = errors[0] if errors else len(events) - 1
    rest = sorted((number for number in range(len(events)) if number not in errors), key=lambda number: abs(number - centre))
    return [events[number] for number in sorted([*errors, *rest[: LINES_OF_TRACE - len(errors)]])]


def _alike(one: LogEvent, other: LogEvent) -> bool:
    return len(distinct([one, other])) == 1


def _evidence(event: LogEvent, kind: EvidenceKind, source: str, count: int) -> Evidence:
    head = " ".join(part for part in (event.time.isoformat(timespec="milliseconds").replace("+00:00", "Z"), event.service, event.level.upper()) if part)
    repeated = f" ({count} times in the window)" if count > 1 else ""
    stack = f"\n{event.stack}" if event.stack else ""
    return Evidence(kind, source, event.place, f"{head} {event.message}{repeated}{stack}", time=event.time, detail=event)
