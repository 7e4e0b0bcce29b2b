"""A log document, whatever its shape, becomes a LogEvent; what it holds is hostile and never raises."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

import msgspec

from bot.core.logs import error_type, gelf, kubernetes_event, mongodb, serilog
from bot.core.logs.field_values import Layer, first, layer_of, values_at
from bot.core.logs.logged_error import TEXTS, cause_paths, causes_below, error_text, structured_stack
from bot.core.logs.named_trace import named_trace
from bot.core.logs.requested import failed_request
from bot.core.logs.time import Dating, moment
from bot.core.logs.trace_id import is_trace_id
from bot.core.plain_text.plain_text import one_line, visible
from bot.core.stacktrace import stacktrace
from bot.model import LogEvent
from bot.regex import regex

MAX_TEXT = 20_000
_MAX_INNER_JSON = 1_000_000
_INNER_MESSAGE = ("message", "msg", "text", "error", "event", "stringValue", "errorMessage")
_LEVELS = {"err": "ERROR", "crit": "CRITICAL", "emerg": "EMERGENCY", "warning": "WARN", "eror": "ERROR", "information": "INFO", "informational": "INFO"}
_NUMBERED = {"10": "TRACE", "20": "DEBUG", "30": "INFO", "40": "WARN", "50": "ERROR", "60": "FATAL"} | {
    "100": "DEBUG",
    "200": "INFO",
    "250": "NOTICE",
    "300": "WARN",
    "400": "ERROR",
    "500": "CRITICAL",
    "550": "ALERT",
    "600": "EMERGENCY",
}
_OPENTELEMETRY_LEVELS = ("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL")
"""Four numbers each, from 1 on."""
SEVERITY_NUMBERS = ("severityNumber", "severity_number", "SeverityNumber", "severity.number")
"""Where OpenTelemetry's number stands, as its SDKs, the collector's exporters, ClickHouse and Data Prepper call it."""
SEVERE_NUMBERS = tuple(str(number) for number in range(17, 25))
"""Those of ERROR and FATAL."""
_OFFSET_LEVEL = regex(r"(?P<word>[A-Za-z]{4,8})[+-]\d{1,3}")
"""Go's slog: `ERROR+4`."""
_SYSLOG_NAMES = ("log.syslog.severity.name",)
_GOOGLE_TRACE = ("trace",)
_STATUS = ("status",)
_PYTHON_NUMBER = ("levelno",)
_PYTHON_LEVELS = {"10": "DEBUG", "20": "INFO", "30": "WARN", "40": "ERROR", "50": "CRITICAL"}
ERROR_LEVELS = frozenset({"ERROR", "FATAL", "CRITICAL", "PANIC", "DPANIC", "SEVERE", "EMERGENCY", "ALERT"})
ERROR_WORDS = tuple(sorted({name.lower() for name in ERROR_LEVELS} | {short for short, name in _LEVELS.items() if name in ERROR_LEVELS}))
"""Every word that `level` takes for an error's, in lower case."""
_STATUSES = ERROR_LEVELS.union(gelf.SYSLOG_LEVELS, _OPENTELEMETRY_LEVELS)
ERROR_NUMBERS = tuple(number for number, name in _NUMBERED.items() if name in ERROR_LEVELS)


class FieldNames(Protocol):
    """Names of the fields of a log document, the first that is present wins (`bot.config.Fields`)."""

    @property
    def time(self) -> tuple[str, ...]: ...  # noqa: D102 - the class says it
    @property
    def level(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def message(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def service(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def trace(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def error_type(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def stack(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def release(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def user(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def tenant(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def span(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def parent_span(self) -> tuple[str, ...]: ...  # noqa: D102


def event(
    document: Mapping[str, object],
    fields: FieldNames,
    place: str,
    fallback: datetime | None = None,
    dating: Dating = Dating(),  # noqa: B008 - a constant
) -> LogEvent | None:
    """The event that a document tells, its keys nested or dotted, its lists searched; None when neither it nor `fallback` has a time.

    A message that is itself an object with a message, as JSON in a text or not, is opened, one level deep: container runtimes wrap lines so.
    """
    document = kubernetes_event.opened(mongodb.opened(gelf.opened(document)))
    time = next((at for name in fields.time for value in values_at(document, name) if (at := moment(value, dating))), fallback)
    if time is None:
        return None
    message, inner = _message(document, fields.message)
    if inner is None and message.lstrip()[:1] == "{":
        inner = _opened(message, fields)
    layers = (layer_of(document),) if inner is None else (layer_of(document), layer_of(inner))
    told = document if inner is None else inner
    message, stack = _texts(layers, told, message if inner is None else _message(inner, (*fields.message, *_INNER_MESSAGE))[0], fields)
    said_level = _level(layers, fields.level) or level(serilog.default_level(told))
    # Where nothing else tells that it failed, an error that names its type does (lograge: `"status":500,"error":"ActiveRecord::…: …"`).
    type_name = first(layers, fields.error_type) or ("" if said_level else error_type.of_own_text(first(layers, TEXTS)))
    trace_id = first(layers, fields.trace).rpartition("/traces/")[2] or _google_trace(first(layers, _GOOGLE_TRACE))
    named = named_trace(message)
    return assembled(
        LogEvent(
            time,
            message or _whole(document),
            place,
            said_level or failed_request(layers),
            one_line((first(layers, fields.service) or named.service)[:200]),
            one_line(type_name[:200]) or None,
            stack + causes_below(layers, fields.stack, stack),
            trace_id if is_trace_id(trace_id) else named.trace_id,
            one_line(first(layers, fields.release)[:200]) or None,
            one_line(first(layers, fields.user)[:200]) or None,
            one_line(first(layers, fields.tenant)[:200]) or None,
            _span_id(first(layers, fields.span)) or named.span_id,
            _span_id(first(layers, fields.parent_span)),
        )
    )


def _texts(layers: Sequence[Layer], told: Mapping[str, object], message: str, fields: FieldNames) -> tuple[str, str]:
    """Message and stack: Serilog's template rendered, what an error's own fields say beside them."""
    if not message or message == serilog.template(told):
        message = serilog.rendered(told)
    return error_text(layers, message, first(layers, fields.stack, "\n") or structured_stack(layers))


def unnamed(fields: FieldNames) -> tuple[str, ...]:
    """What `event` reads of a document under names that no configuration tells: a source that fetches fields by their names fetches these, too."""
    return (
        *TEXTS,
        *cause_paths(fields.stack),
        *serilog.NAMES,
        *gelf.NAMES,
        *mongodb.NAMES,
        *SEVERITY_NUMBERS,
        *_SYSLOG_NAMES,
        *_STATUS,
        *_PYTHON_NUMBER,
        *_GOOGLE_TRACE,
    )


def _span_id(text: str) -> str | None:
    """A root span's parent is empty, or W3C's all-zero id."""
    return text if is_trace_id(text) else None


def assembled(draft: LogEvent) -> LogEvent:
    """The event with a stack that stood in its message moved to `stack`, its error type read, its texts visible and bounded."""
    message, stack = draft.message, draft.stack
    if not stack and "\n" in message:
        message, stack = _stack_apart(message)
    return msgspec.structs.replace(
        draft,
        message=shortened(message.strip()),
        stack=_hollowed(stack.strip("\n")),
        error_type=draft.error_type or error_type.of_stack(stack) or error_type.at_start(message),
    )


def is_error(event: LogEvent) -> bool:
    """Whether the event tells of a failure, by its level or by what it carries."""
    return event.level in ERROR_LEVELS or bool(event.stack or event.error_type)


def level(text: str) -> str:
    """The level in upper case, its abbreviations written out, the numbers of pino, bunyan and Monolog named; empty when it is no word, or Google's for none.

    A token in its place would be upper case before the redactor sees it, and no rule would know it then.
    """
    word = one_line(text[:40])
    if "+" in word or "-" in word:
        word = match["word"] if (match := _OFFSET_LEVEL.fullmatch(word)) else word
    if word.lower() == "default":
        return ""
    return _NUMBERED.get(word) or _LEVELS.get(word.lower()) or (word.upper() if word.isalpha() and len(word) <= 20 else "")


def _google_trace(text: str) -> str:
    """Of `projects/acme/traces/4bf9…` the last part; any other text under that name may be a stack."""
    return text.rpartition("/traces/")[2] if text.startswith("projects/") else ""


def _level(layers: Sequence[Layer], names: tuple[str, ...]) -> str:
    """By its word (also that of syslog, as ECS has it), else by the number of OpenTelemetry or Python, else by Datadog's `status`.

    A status is elsewhere what became of a request: only a word of a level counts.
    """
    if known := level(first(layers, names) or first(layers, _SYSLOG_NAMES)):
        return known
    number = first(layers, SEVERITY_NUMBERS)
    if number.isascii() and number.isdigit() and len(number) < 3 and 1 <= int(number) <= 24:
        return _OPENTELEMETRY_LEVELS[(int(number) - 1) // 4]
    status = first(layers, _STATUS)
    word = level(status) if status.isalpha() else ""
    return _PYTHON_LEVELS.get(first(layers, _PYTHON_NUMBER), word if word in _STATUSES else "")


def shortened(text: str, limit: int = MAX_TEXT) -> str:
    """Visible text of at most `limit` characters, what was left out counted at its end."""
    if len(text) <= limit:
        return visible(text)
    return f"{visible(text[:limit])}… ({len(text) - limit:,} characters more)"


def _hollowed(stack: str) -> str:
    """Both ends of a stack matter: who called, and what failed."""
    if len(stack) <= MAX_TEXT:
        return visible(stack)
    half = MAX_TEXT // 2
    return f"{visible(stack[:half])}\n… ({len(stack) - 2 * half:,} characters left out)\n{visible(stack[-half:])}"


def _message(document: Mapping[str, object], names: tuple[str, ...]) -> tuple[str, Mapping[str, object] | None]:
    """The message, and the object that it stands in where it is no text itself."""
    if text := first((layer_of(document),), names, "\n"):
        return text, None
    objects = (value for name in names for value in values_at(document, name) if isinstance(value, Mapping))
    return next(((text, value) for value in objects if (text := first((layer_of(value),), _INNER_MESSAGE))), ("", None))


def _opened(message: str, fields: FieldNames) -> Mapping[str, object] | None:
    inner = document_in(message) if len(message) <= _MAX_INNER_JSON else None
    return inner if inner is not None and _message(inner, (*fields.message, *_INNER_MESSAGE))[0] else None


def document_in(text: str) -> dict[str, object] | None:
    """The JSON object that a text is, None when it is none; lenient as loggers are (NaN, raw control characters)."""
    try:
        found = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        try:
            found = json.loads(text, strict=False)
        except (ValueError, RecursionError):
            return None
    return found if isinstance(found, dict) else None


def _whole(document: Mapping[str, object]) -> str:
    try:
        return shortened(json.dumps(document, ensure_ascii=False, default=str), 2000)
    except (ValueError, TypeError, RecursionError):
        return ""


def _stack_apart(message: str) -> tuple[str, str]:
    lines = message[: 10 * MAX_TEXT].splitlines()
    begun = (
        n for n, line in enumerate(lines) if line.startswith("Traceback (most recent") or stacktrace.is_frame(line) or (n and line.startswith("goroutine "))
    )
    begin = next(begun, None)
    if begin is None:
        return message, ""
    before = "\n".join(lines[:begin]).strip()
    return before or lines[-1], message
