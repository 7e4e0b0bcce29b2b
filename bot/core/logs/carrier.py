"""What runtimes, shippers and exports put around a log line: a document or a prefix with the time, and in it the line as it was written."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from bot.core.logs import loki, opentelemetry
from bot.core.logs.document import document_in, level
from bot.core.logs.gelf import SYSLOG_LEVELS
from bot.core.logs.stamp import HEAD, Stamp, service_of, uncoloured
from bot.core.logs.time import Dating, moment
from bot.core.logs.trace_id import is_trace_id
from bot.regex import regex

_CONTAINER_RUNTIME = regex(
    r"(?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)) (?P<stream>std(?:out|err)) (?P<flag>[FP])(?::\w{1,20})? ?(?P<line>.*)",
    re.DOTALL,
)
_PROCESS = regex(r"(?P<program>[\w./@-]{1,100}\[\d{1,10}\]): ?$")
_TABS = regex(r"(?:#011){1,40}")
"""How syslog writes tabs."""
_STACK = (
    rb"(?:\s|\\[tn]|#011|#\d|/|Traceback|[Cc]aused [Bb]y|During handling|The above|\.\.\. \d|goroutine \d|created by|\[signal |exit status"
    rb"|[Ss]tack (?:back)?trace:|--- |Next |\}|note: |thread '|[\w./-]{1,200}:\d{1,7}:in )"
)
_CARRIED_STACK = regex(
    rb'(?:\{"log": ?"|\d{4}-\d\d-\d\dT[\d:.]{8,18}(?:Z|[+-]\d\d:?\d\d) (?:std(?:out|err) [FP] ?|[\w.-]{1,100} [\w./@-]{1,60}\[\d{1,10}\]: )?'
    rb"|(?:<\d{1,3}>)?[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d{1,9})? [\w.:-]{1,100} [\w./@-]{1,60}(?:\[\d{1,10}\])?: )" + _STACK
)
_JOURNAL_STACK = regex(rb'"(?:MESSAGE|line)" ?: ?"(?:"|' + _STACK + rb")")
_JOURNAL_LINE = 8_000
"""So many bytes of a journal's document are searched for its message."""
_EXPORT_PREFIX = "_source."
_LISTS = ("events", "hits", "rawResponse", "results", "logEvents", "rows", "data", "items", "records", "logs")
_TOLD = frozenset({"message", "msg", "@timestamp", "timestamp", "time"})
"""What has one of these is an event itself, whatever lists it holds."""
_DEEPEST = 4


class Carried(NamedTuple):
    """A line as its program wrote it, the time, the name and the trace that its carrier knows.

    `partial` when the next line of its `stream` (an output, a process) continues it without a line end.
    """

    text: str
    time: datetime | None
    service: str = ""
    level: str = ""
    partial: bool = False
    stream: str = ""
    trace_id: str | None = None


def carried(line: str, dating: Dating) -> Carried | None:
    """The line inside a container runtime's prefix (CRI), Docker's document (json-file), the journal's or Loki's; None for others."""
    if line[:1] == "{":
        document = document_in(line) if is_carrier(line) else None
        found = carried_by(document, dating) if document is not None else None
        return found._replace(text=uncoloured(found.text)) if found is not None else None
    if not line[:1].isdigit() or (match := _CONTAINER_RUNTIME.match(line)) is None:
        return None
    return Carried(match["line"], moment(match["time"]), partial=match["flag"] == "P", stream=match["stream"])


def is_carrier(line: str) -> bool:
    """Whether a line is a document that Docker, the journal or Loki put around a line."""
    return line.startswith(('{"log":', '{"labels":', '{"line":')) or (line[:1] == "{" and '"__REALTIME_TIMESTAMP"' in line)


def relayed(line: str, stamp: Stamp) -> Carried:
    """The text behind a time that a shipper or syslog put before it, indentation and all; whether it is a line of its own only its neighbours tell."""
    rest, stream = stamp.rest, stamp.sender
    before = line[: -len(rest)] if rest and line.endswith(rest) else line
    if before.rstrip()[-2:] == "]:" and (process := _PROCESS.search(before[-120:])):
        stream = process["program"]
    elif before[-1:] != " ":
        rest = rest.removeprefix(":").removeprefix(" ")
    if tabs := _TABS.match(rest):
        rest = tabs[0].replace("#011", "\t") + rest[tabs.end() :]
    return Carried(rest, stamp.time, stream=stream)


def carries_stack(data: bytes | bytearray, at: int) -> bool:
    """Whether the line of a block at this byte is one of a stack that a carrier put a time before."""
    if _CARRIED_STACK.match(data, at) is not None:
        return True
    if data[at : at + 1] != b"{":
        return False
    end = data.find(b"\n", at, at + _JOURNAL_LINE)
    name = b'"line"' if data.startswith((b'{"labels":', b'{"line":'), at) else b'"MESSAGE"'
    message = data.find(name, at, end if end >= 0 else at + _JOURNAL_LINE)
    return message >= 0 and _JOURNAL_STACK.match(data, message) is not None


def begins_event(data: bytes | bytearray, at: int) -> bool:
    """Whether the line of a block at this byte begins an event: told cheaply, rather too rarely than too often."""
    return HEAD.match(data, at) is not None and not carries_stack(data, at)


def carried_by(document: Mapping[str, object], dating: Dating) -> Carried | None:
    """The line in a document of Docker's json-file driver, CloudWatch (`filter-log-events`, Insights), Loki or the journal; None for other documents."""
    log, message = document.get("log"), document.get("message")
    if isinstance(log, str) and "stream" in document and "time" in document:
        return Carried(log.rstrip("\r\n"), moment(document["time"], dating), partial=not log.endswith("\n"), stream=str(document["stream"]))
    if isinstance(message, str) and "timestamp" in document and ("logStreamName" in document or "ingestionTime" in document or "eventId" in document):
        return Carried(message.rstrip(), moment(document["timestamp"], dating))
    message = document.get("@message")
    if isinstance(message, str) and "@timestamp" in document:
        return Carried(message.rstrip(), moment(document["@timestamp"], dating))
    if (labels := loki.labels_of(document)) is not None:
        text, time, service = str(document["line"]).rstrip("\r\n"), moment(document["timestamp"], dating), loki.service(labels)
        trace_id = loki.trace_id(labels)
        return Carried(text, time, service, level(loki.level(labels)), stream=service, trace_id=trace_id if is_trace_id(trace_id) else None)
    message = _of_bytes(document.get("MESSAGE"))
    if isinstance(message, str) and "__REALTIME_TIMESTAMP" in document:
        # What systemd itself says of a unit bears that one's name in UNIT (systemd.journal-fields).
        unit = document.get("UNIT") or document.get("_SYSTEMD_UNIT") or document.get("SYSLOG_IDENTIFIER")
        priority = document.get("PRIORITY")
        word = SYSLOG_LEVELS[int(priority)] if isinstance(priority, str) and len(priority) == 1 and priority in "01234567" else ""
        service = unit.removesuffix(".service") if isinstance(unit, str) else ""
        return Carried(message, moment(document["__REALTIME_TIMESTAMP"]), service, level(word), stream=f"{service}[{document.get('_PID')}]")
    return None


def _of_bytes(message: object) -> object:
    """`journalctl -o json` writes a text that is not printable, a coloured one say, as the numbers of its bytes."""
    if not isinstance(message, list) or not all(isinstance(one, int) and 0 <= one < 256 for one in message):
        return message
    return bytes(message).decode("utf-8", "replace")


def documents_in(item: object, depth: int = 0) -> list[Mapping[str, object]]:
    """The log documents that an exported value holds: itself, a search hit's `_source`, Insights' list of fields, a batch's records, or a list inside it."""
    if isinstance(item, Mapping):
        if opentelemetry.is_batch(item) or loki.is_answer(item):
            return [*opentelemetry.records(item), *loki.entries(item)]
        source = item.get("_source")
        if isinstance(source, Mapping):
            return [source]
        for name in _LISTS if depth < _DEEPEST and not _TOLD.intersection(item) else ():
            inner = item.get(name)
            if (isinstance(inner, Mapping) and name in ("hits", "rawResponse")) or (isinstance(inner, list) and inner and isinstance(inner[0], Mapping | list)):
                return documents_in(inner, depth + 1)
        return [_without_prefix(item)]
    if isinstance(item, list) and depth < _DEEPEST:
        fields = _of_fields(item)
        return [fields] if fields is not None else [document for one in item for document in documents_in(one, depth + 1)]
    return []


def row_document(header: Sequence[str], row: Sequence[str]) -> dict[str, object]:
    """The document of a line of an exported table; what Discover shows as `-` is absent."""
    cells = zip(header, row, strict=False)
    return {name.removeprefix(_EXPORT_PREFIX): value for name, value in cells if value not in ("", "-", " - ")}


def sender_of(prefix: str) -> str:
    """The service that a shipper's prefix before a document names; pm2 counts its processes before it (`0|checkout`)."""
    return service_of(prefix.split(" ", 1)[0].rpartition("|")[2])


def _without_prefix(document: Mapping[str, object]) -> Mapping[str, object]:
    if not any(name.startswith(_EXPORT_PREFIX) for name in document):
        return document
    return {name.removeprefix(_EXPORT_PREFIX): value for name, value in document.items()}


def _of_fields(item: Sequence[object]) -> dict[str, object] | None:
    """Insights answers a row as `[{"field": "@timestamp", "value": …}, …]`."""
    pairs = [(one["field"], one.get("value")) for one in item if isinstance(one, Mapping) and isinstance(one.get("field"), str)]
    return {str(name): value for name, value in pairs} if pairs and len(pairs) == len(item) else None
