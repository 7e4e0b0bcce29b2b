"""`python -m bench.evidence`: how fast thousands of log lines become a page, how small the page is, and that no error is lost on the way."""

import sys
import time
from collections.abc import Sequence

from bench.figures import Figure, show
from bench.log_window import lines
from bot.config import Fields
from bot.core.logs.compaction import evidence_of
from bot.core.logs.document import is_error
from bot.core.logs.folding import folded
from bot.core.logs.lines import lines_to_events
from bot.core.logs.templates import templates
from bot.model import Evidence, LogEvent

ROUNDS = 5
_TRACE_ERRORS = 0.04


def main() -> int:
    """Print the table; exit code 1 when a bar is missed."""
    window, _ = _read(6_000)
    seconds = _best(window)
    trace, raw = _read(1_000, traces=1, share_of_errors=_TRACE_ERRORS)
    page = evidence_of(next(event for event in trace if is_error(event)), trace, trace, "bench")
    ratio = raw / sum(len(evidence.text) for evidence in page)
    errors = sum(is_error(event) for event in trace)
    lost = _lost(trace, page)
    messages = [event.message for event in window]
    started = time.process_time()
    templates(messages)
    speed = len(messages) / (time.process_time() - started)
    figures = (
        Figure("a window of 6,000 lines becomes a page, time of the processor", round(seconds, 3), 0.5, "s"),
        Figure("raw JSON of a trace of 1,000 lines against its page", round(ratio, 1), 20, "times", least=True, beside=f"{raw:,} characters of JSON"),
        Figure("errors of that trace that the page does not tell", lost, 0, beside=f"of {errors}"),
        Figure("log templates, time of the processor", round(speed), None, "lines/s"),
    )
    return 0 if show("From thousands of lines to a page", figures) else 1


def _read(count: int, *, traces: int = 150, share_of_errors: float = 0.01) -> tuple[list[LogEvent], int]:
    """The events of so many lines, and the characters of the lines."""
    made = [line for line, _ in lines(count, traces=traces, share_of_errors=share_of_errors)]
    events = [event for event in lines_to_events(enumerate(made), Fields(), "bench") if isinstance(event, LogEvent)]
    return events, sum(map(len, made))


def _best(window: Sequence[LogEvent]) -> float:
    failing = next(event for event in window if is_error(event))
    trace = [event for event in window if event.trace_id == failing.trace_id]
    return min(_timed(failing, window, trace) for _ in range(ROUNDS))


def _timed(failing: LogEvent, window: Sequence[LogEvent], trace: Sequence[LogEvent]) -> float:
    started = time.process_time()
    evidence_of(failing, window, trace, "bench")
    return time.process_time() - started


def _lost(events: Sequence[LogEvent], page: Sequence[Evidence]) -> int:
    """Errors of which neither the words nor a repeat stands on the page."""
    shown = {evidence.place for evidence in page if isinstance(evidence.detail, LogEvent)}
    texts = "\n".join(evidence.text for evidence in page)
    kinds = folded([event for event in events if is_error(event)])
    told = [fold for fold in kinds.values() if fold.example.message in texts]
    singles = sum(is_error(event) for event in events if event.place in shown)
    return sum(fold.count for fold in kinds.values()) - max(sum(fold.count for fold in told), singles)


if __name__ == "__main__":
    sys.exit(main())
