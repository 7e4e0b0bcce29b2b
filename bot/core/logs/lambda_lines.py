"""What AWS Lambda writes around the lines of a function: which request a line belongs to, and what the request used."""

import re
from collections.abc import Mapping, Sequence

from bot.core.logs.document import document_in
from bot.model import Record
from bot.regex import regex

_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_MARK = regex(rf"(?P<what>START|END|REPORT) RequestId: (?P<id>{_UUID})\b")
_NAMED = regex(rf"RequestId: (?P<id>{_UUID})\b")
# `<time>\t<id>\tERROR\t…` (Node.js), `[ERROR]\t<time>\t<id>\t…` (Python), `<time> <id> Task timed out …` (the runtime itself).
_LEADING = regex(rf"(?P<before>(?:\[[A-Z]{{4,8}}\]\s)?\d{{4}}-\d\d-\d\dT[\d:.]{{8,15}}Z)\s(?:(?P<id>{_UUID})|undefined)\s")
_TIMED_OUT = regex(r"Task timed out after (?P<seconds>\d{1,4}(?:\.\d{1,3})?) seconds")
_CRASHED = regex(r"Runtime exited(?: with error)?\b|Runtime\.(?:ExitError|OutOfMemory|ImportModuleError)\b|fatal error: runtime: out of memory")
_ROOT = regex(r"(?:Root=|TraceId: )(?P<id>1-[0-9a-f]{8}-[0-9a-f]{24})\b")
_UUID_ONLY = regex(_UUID)
_FIGURE = r"(?<!Billed )(?<!Init )(?<!Restore ){}: (?P<value>\d{{1,9}}(?:\.\d{{1,6}})?) {}"
_DURATION, _MEMORY, _USED = (regex(_FIGURE.format(*pair)) for pair in (("Duration", "ms"), ("Memory Size", "MB"), ("Max Memory Used", "MB")))
_INIT = regex(r"(?:Init|Restore) Duration: (?P<value>\d{1,9}(?:\.\d{1,6})?) ms")
_STATUS = regex(r"\bStatus: (?P<value>\w{1,20})")
_ERROR_TYPE = regex(r"\bError Type: (?P<value>[\w.]{1,80})")
_ID_KEYS = ("requestId", "AWSRequestId", "aws_request_id", "awsRequestId", "function_request_id", "request_id")
_VERSION = regex(r"\d{4}/\d\d/\d\d/(?:[\w-]{1,140})?\[(?P<version>\$LATEST|\d{1,9})\][0-9a-f]{8,64}")
_HEAD = 4_000
"""Characters of a line in which its request is looked for."""


class Usage(Record, frozen=True):
    """A REPORT line: what one request took. `init_ms` is there for a cold start only; `status` where it was no success."""

    request_id: str
    duration_ms: float
    memory_mb: int
    used_mb: int
    init_ms: float | None = None
    status: str = ""
    error_type: str = ""


class Mark(Record, frozen=True):
    """A START, END or REPORT line."""

    what: str
    request_id: str


def mark(text: str) -> Mark | None:
    """The mark that a line is, in Lambda's text format or its JSON format (`"type":"platform.report"`)."""
    if match := _MARK.match(text):
        return Mark(match["what"], match["id"])
    document = document_in(text) if '"platform.' in text[:200] else None
    kind = {"platform.start": "START", "platform.runtimeDone": "END", "platform.report": "REPORT"}.get(str((document or {}).get("type")))
    request_id = _mapping(document, "record").get("requestId")
    return Mark(kind, request_id) if kind and isinstance(request_id, str) and _UUID_ONLY.fullmatch(request_id) else None


def request_id(text: str) -> str | None:
    """The request that a line names itself."""
    head = text[:_HEAD]
    if match := _NAMED.search(head) or _LEADING.match(head):
        return match["id"]
    if not head.lstrip().startswith("{"):
        return None
    document = document_in(text) or {}
    found = (value for layer in (document, _mapping(document, "record")) for key in _ID_KEYS if isinstance(value := layer.get(key), str))
    return next((value for value in found if _UUID_ONLY.fullmatch(value)), None)


def requests(texts: Sequence[str]) -> list[str | None]:
    """The request of each line of one stream, in its order: what a line does not name, the START before it does."""
    found: list[str | None] = []
    current: str | None = None
    for text in texts:
        marked = mark(text)
        if marked is not None and marked.what == "START":
            current = marked.request_id
        found.append(marked.request_id if marked is not None else request_id(text) or current)
        if marked is not None and marked.what == "REPORT":
            current = None
    return found


def usage(text: str) -> Usage | None:
    """What a REPORT line tells; None for any other line."""
    marked = mark(text)
    if marked is None or marked.what != "REPORT":
        return None
    if not text.startswith("REPORT"):
        return _of_record(marked.request_id, _mapping(document_in(text), "record"))
    duration, memory, used, init = (_value(pattern, text) for pattern in (_DURATION, _MEMORY, _USED, _INIT))
    status, error_type = _STATUS.search(text), _ERROR_TYPE.search(text)
    told = status["value"] if status and status["value"] != "success" else ""
    return Usage(marked.request_id, duration or 0.0, int(memory or 0), int(used or 0), init, told, error_type["value"] if error_type else "")


def ended_badly(text: str) -> bool:
    """Whether the runtime says that the function was ended: out of time, out of memory, or its process gone."""
    return _TIMED_OUT.search(text[:_HEAD]) is not None or _CRASHED.search(text[:_HEAD]) is not None


def without_request(text: str) -> str:
    """The line without the request id behind its time, which would stand at the head of every message."""
    match = _LEADING.match(text)
    return f"{match['before']}\t{text[match.end() :]}" if match else text


def without_stream(text: str) -> str:
    """The line without the name of its stream, which `aws logs tail` puts before it."""
    stream, blank, rest = text[:400].partition(" ")
    return text[len(stream) + 1 :] if blank and rest and "[" in stream and _VERSION.fullmatch(stream) else text


def xray_id(text: str) -> str | None:
    """The trace that a line names as X-Ray does: `Root=1-…` or `TraceId: 1-…`."""
    match = _ROOT.search(text[:_HEAD])
    return match["id"] if match else None


def request_ids(text: str) -> tuple[str, ...]:
    """What has the form of a request id in a text, such as the filter of a link."""
    return tuple(dict.fromkeys(_UUID_ONLY.findall(text[:_HEAD])))


def version(stream: str) -> str | None:
    """The function's version that a stream is of: `2025/12/16/[42]8c1f…`."""
    match = _VERSION.fullmatch(stream)
    return match["version"] if match else None


def _of_record(identity: str, record: Mapping[str, object]) -> Usage:
    metrics = _mapping(record, "metrics")
    figures = [_number(metrics.get(name)) for name in ("durationMs", "memorySizeMB", "maxMemoryUsedMB", "initDurationMs")]
    status, error_type = (str(record.get(name) or "")[:80] for name in ("status", "errorType"))
    init = figures[3] if "initDurationMs" in metrics else None
    return Usage(identity, figures[0], int(figures[1]), int(figures[2]), init, "" if status == "success" else status, error_type)


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) and 0 <= value < 10**9 else 0.0


def _value(pattern: re.Pattern[str], text: str) -> float | None:
    match = pattern.search(text[:_HEAD])
    return float(match["value"]) if match else None


def _mapping(document: Mapping[str, object] | None, key: str) -> Mapping[str, object]:
    found = (document or {}).get(key)
    return found if isinstance(found, Mapping) else {}
