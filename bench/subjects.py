"""What the scorers from outside measure: each function is the product's own, in the shape a scorer asks for."""

from datetime import UTC, datetime

import msgspec

from bot.core.logs.evidence_rank import ranked
from bot.core.logs.lines import plain_line
from bot.core.logs.matching import failing_event
from bot.core.logs.statements import failed
from bot.core.logs.templates import templates
from bot.core.redaction.redaction import Redactor
from bot.core.signature import signature
from bot.core.signature.normalization import normalised
from bot.core.sql import sql
from bot.core.stacktrace import stacktrace
from bot.core.suspects.culprit import suspects
from bot.model import Alert, LogEvent, Permalink

_PLACE = Permalink("bench.slack.com", "C00000000", "0000000000.000000")
_TIME = datetime(2025, 1, 1, tzinfo=UTC)


def message_keys(messages: list[str]) -> list[str]:
    """The stateless signature of each message."""
    return [normalised(message) for message in messages]


def group_keys(messages: list[str]) -> list[str]:
    """The template of each log line of a batch."""
    return templates(messages)


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
    """Line numbers, the most telling first, one for each log statement: the order in which compaction gives its lines to a case."""
    events: list[LogEvent] = []
    for number, line in enumerate(lines):
        if line.strip():
            time = events[-1].time if events else _TIME
            found = plain_line(line, str(number)) or LogEvent(time, line, str(number))
            events.append(msgspec.structs.replace(found, trace_id=trace_ids[number]))
    told = Alert(_PLACE, _TIME, "prod", alert, error_type=stacktrace.read(alert).error_type, message=alert)
    failing = failing_event(told, [event for event in events if failed(event)])
    return [int(events[number].place) for number in ranked(events, failing)]


def rank_frames(stack: str) -> list[str]:
    """Class or module names of a stack trace, most suspect first, each once."""
    return list(suspects(stacktrace.read(stack)))


def _signature(text: str) -> str:
    trace = stacktrace.read(text)
    failing = next((frame for frame in reversed(trace.frames) if frame.in_app), None) or next(reversed(trace.frames), None)
    culprit = (failing.module or failing.file or failing.function) if failing else None
    alert = Alert(_PLACE, _TIME, "prod", "", error_type=trace.error_type, culprit=culprit, message=trace.message, frames=trace.frames)
    return signature.current(alert).fingerprint
