"""Stack traces that were logged as JSON: lists of lines, lists of frame objects, exceptions with their causes inside."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from bot.core.stacktrace import names as trace_names
from bot.core.stacktrace.parts import Part, Raw, joined

_MAX_DEPTH = 8
_MAX_FRAMES = 20_000
_FILE = ("abs_path", "filename", "fileName", "file_name", "file", "source", "path", "absPath", "url")
_LINE = ("lineno", "lineNumber", "line_number", "line_no", "line", "lineNo")
_FUNCTION = ("function", "methodName", "method", "func", "functionName", "method_name", "name", "symbol")
_MODULE = ("module", "className", "class", "declaringClass", "class_name", "type", "namespace")
_FRAMES = (
    "frames",
    "stacktrace",
    "stackTrace",
    "stack_trace",
    "stack",
    "trace",
    "backtrace",
    "StackTrace",
    "exception.stacktrace",
    "error.stack_trace",
    "StackTraceString",
)
_TYPE = (
    "exc_type",
    "exception_class",
    "errorClass",
    "error_type",
    "errorType",
    "ClassName",
    "className",
    "class",
    "type",
    "name",
    "kind",
    "error.type",
    "exception.type",
)
_MESSAGE = ("exc_value", "message", "value", "msg", "Message", "errorMessage", "reason", "error.message", "exception.message", "error", "err")
_CAUSE = ("cause", "inner", "innerException", "InnerException", "previous", "causedBy", "inner_exception", "rootCause")
_WITHIN = (
    "exception",
    "error",
    "err",
    "exc_info",
    "exc_text",
    "traceback",
    "values",
    "log",
    "payload",
    "data",
    "event",
    "detail",
    "details",
    "body",
    "jsonPayload",
    "context",
    "extra",
    "fields",
    "attributes",
    "throwable",
    "thrown",
    "errors",
    "message",
    "msg",
)
_NEWEST_LAST = frozenset({"abs_path", "lineno", "filename"})

_PLACE = re.compile(r"(?P<file>[^\n:]{1,400}\.\w{1,8}):(?P<line>\d{1,7})")

Reader = Callable[[str], list[Part]]


def read(value: object, text: Reader, depth: int = 0) -> list[Part]:
    """The errors in a decoded value, wrapper first; `text` reads a trace that is a string inside it. Empty when there is none."""
    if depth > _MAX_DEPTH:
        return []
    if isinstance(value, str):
        return text(value) if "\n" in value or "\\n" in value or value[:1] in "[{" else []
    if isinstance(value, Mapping):
        return _error(value, text, depth) or next((found for inner in _inner(value, _WITHIN) if (found := read(inner, text, depth + 1))), [])
    return _listed(value, text, depth) if isinstance(value, Sequence) else []


def _listed(value: Sequence[object], text: Reader, depth: int) -> list[Part]:
    if not value:
        return []
    if all(isinstance(item, str) for item in value):
        return text("\n".join(str(item).rstrip("\n") for item in value)) or _places([str(item) for item in value])
    objects = [item for item in value if isinstance(item, Mapping)]
    if frames := _frames(objects):
        return [Part(None, None, frames)]
    parts = [part for item in objects[:50] for part in read(item, text, depth + 1)]
    # Sentry lists the cause first; structlog what was raised first.
    return parts[::-1] if objects and "value" in objects[0] and "exc_type" not in objects[0] else parts


def _places(lines: list[str]) -> list[Part]:
    """Monolog keeps of each frame but `file:line`, the failing one first."""
    places = [_PLACE.fullmatch(line[:500]) for line in lines[:_MAX_FRAMES]]
    frames: list[Raw] = [("<unknown>", place["file"], int(place["line"]), None, False) for place in reversed(places) if place]
    return [Part(None, None, frames)] if frames and len(frames) == len(lines[:_MAX_FRAMES]) else []


def _error(value: Mapping[object, object], text: Reader, depth: int) -> list[Part]:
    stack = next((found for name in _FRAMES if (found := value.get(name))), None)
    if stack is None:
        return []
    head = Part(_text(value, _TYPE), joined([_text(value, _MESSAGE) or ""]))
    if isinstance(stack, Mapping):
        stack = stack.get("frames")
    inner = read(stack, text, depth + 1)
    if not inner and isinstance(stack, list) and all(isinstance(item, Mapping) for item in stack):
        return []
    if inner and (at := _PLACE.fullmatch(str(value.get("file"))[:500])):
        inner[0].frames.append(("<unknown>", at["file"], int(at["line"]), None, False))
    if inner and inner[0].error_type is None:
        inner[0].error_type, inner[0].message = head.error_type, head.message or inner[0].message
    parts = inner or ([head] if head.error_type and isinstance(stack, str) else [])
    for cause in _inner(value, _CAUSE):
        parts += read(cause, text, depth + 1)
        break
    return parts


def _inner(value: Mapping[object, object], names: Sequence[str]) -> Iterator[object]:
    return (value[name] for name in names if value.get(name))


def _frames(objects: Sequence[Mapping[object, object]]) -> list[Raw]:
    """Frames with the failing one last: Python's and Sentry's lists end with it, all others begin with it."""
    frames = [frame for item in objects[:_MAX_FRAMES] if (frame := _frame(item))]
    if not frames or len(frames) * 2 < len(objects):
        return []
    newest_last = any(name in objects[0] for name in _NEWEST_LAST)
    return frames if newest_last else frames[::-1]


def _frame(item: Mapping[object, object]) -> Raw | None:
    file, function, module = _text(item, _FILE), _text(item, _FUNCTION), _text(item, _MODULE)
    line = next((found for name in _LINE if (found := item.get(name)) is not None), None)
    said = str(line) if isinstance(line, int | str) else ""
    number = int(said) if said.isascii() and said.isdigit() and len(said) < 8 else None
    if function is None or (file is None and module is None) or (number is None and "line" not in str(list(item)[:20]).lower()):
        return None
    if module and file and file.endswith((".java", ".kt", ".scala")):
        module, function = trace_names.jvm(module, function)
    return function[:300], file[:400] if file else None, number, module, item.get("in_app") is False


def _text(value: Mapping[object, object], names: Sequence[str]) -> str | None:
    return next((found for name in names if isinstance(found := value.get(name), str) and found), None)
