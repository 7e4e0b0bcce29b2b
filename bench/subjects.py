"""What the scorers from outside measure: each function is the product's own, in the shape a scorer asks for."""

from datetime import UTC, datetime

import msgspec

from bot.core import signature, sql, stacktrace
from bot.core.compaction import evidence_of
from bot.core.log_lines import plain_line
from bot.core.matching import failing_event
from bot.core.redaction import Redactor
from bot.model import Alert, LogEvent, Permalink

_PLACE = Permalink("bench.slack.com", "C00000000", "0000000000.000000")
_TIME = datetime(2025, 1, 1, tzinfo=UTC)


def message_keys(messages: list[str]) -> list[str]:
    """The stateless signature of each message."""
    return [signature.normalised(message) for message in messages]


def group_keys(messages: list[str]) -> list[str]:
    """The template of each log line of a batch; today the same as the stateless one."""
    return message_keys(messages)


def trace_keys(traces: list[str]) -> list[str]:
    """The signature of each native stack trace."""
    return [_signature(text) for text in traces]


def redact(text: str) -> str:
    """The text as it would leave the first door."""
    return Redactor().text(text)


def sql_allowed(sql_text: str) -> bool:
    """Whether the guard lets a statement reach a database."""
    return sql.allowed(sql_text)


def rank_evidence(alert: str, lines: list[str], trace_ids: list[str | None]) -> list[int]:
    """Line numbers in the order in which the lines would stand in a case: the failing event, its trace, the other errors folded."""
    events = [
        found if (found := plain_line(line, str(number))) is not None else LogEvent(_TIME, line, str(number))
        for number, line in enumerate(lines)
        if line.strip()
    ]
    events = [msgspec.structs.replace(event, trace_id=trace_ids[int(event.place)]) for event in events]
    told = Alert(_PLACE, _TIME, "prod", alert, error_type=stacktrace.read(alert).error_type, message=alert)
    failing = failing_event(told, events)
    trace = [event for event in events if failing is not None and failing.trace_id and event.trace_id == failing.trace_id]
    return [int(evidence.place) for evidence in evidence_of(failing, events, trace, "bench")]


def rank_frames(stack: str) -> list[str]:
    """Class or module names of a stack trace, most suspect first: our own frames before those of libraries, the failing one first."""
    frames = list(reversed(stacktrace.read(stack).frames))
    ordered = [frame for frame in frames if frame.in_app] + [frame for frame in frames if not frame.in_app]
    return [frame.module or frame.file or frame.function for frame in ordered]


def _signature(text: str) -> str:
    trace = stacktrace.read(text)
    own = [frame for frame in trace.frames if frame.in_app] or list(trace.frames)
    culprit = (own[-1].module or own[-1].file or own[-1].function) if own else None
    alert = Alert(_PLACE, _TIME, "prod", "", error_type=trace.error_type, culprit=culprit, message=trace.message, frames=trace.frames)
    return signature.of(alert).fingerprint
