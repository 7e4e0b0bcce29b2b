"""Stack traces as people paste them and as logs carry them become type, message, chain and frames, the failing frame last.

`read` asks the reader of each runtime in turn (`_LANGUAGES`; `python.py`, `jvm.py` and the others of this room), the unmistakable first. One
that finds no frames is kept for the case that no other does; a text without any trace is looked at once more as JSON and with its escaped
newlines undone. Of a chain the innermost error that says something counts, so that a wrapper (`_WRAPPERS`) does not name the failure.
"""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from bot.core.remembered import Answered
from bot.core.stacktrace import beam as trace_beam
from bot.core.stacktrace import dart as trace_dart
from bot.core.stacktrace import dotnet as trace_dotnet
from bot.core.stacktrace import go as trace_go
from bot.core.stacktrace import in_app as origins
from bot.core.stacktrace import javascript as trace_javascript
from bot.core.stacktrace import json as trace_json
from bot.core.stacktrace import jvm as trace_jvm
from bot.core.stacktrace import native as trace_native
from bot.core.stacktrace import parts as trace_parts
from bot.core.stacktrace import php as trace_php
from bot.core.stacktrace import python as trace_python
from bot.core.stacktrace import ruby as trace_ruby
from bot.core.stacktrace import rust as trace_rust
from bot.core.stacktrace import text as trace_text
from bot.core.stacktrace.parts import Part, Raw
from bot.model import Frame, Record

MAX_FRAMES = 500
MAX_CHAIN = 1_000
_OUTER_FRAMES = 100
_MAX_LAYERS = 4
_MOST_LINES = 5_000
HEAD = trace_parts.HEAD
"""A line's error type and its message: `ValidationError: insufficient leaf balance`, wherever in the line it stands."""

_WRAPPERS = frozenset(
    {"RuntimeException", "Exception", "Error", "Throwable", "InvocationTargetException", "ExecutionException", "CompletionException", "AggregateException"}
    | {
        "AggregateError",
        "UndeclaredThrowableException",
        "ServletException",
        "NestedServletException",
        "TargetInvocationException",
        "TypeInitializationException",
    }
    | {
        "ExceptionInInitializerError",
        "PrivilegedActionException",
        "ConcurrentException",
        "UncheckedExecutionException",
        "ExecutionError",
        "UncheckedIOException",
    }
    | {
        "ExceptionGroup",
        "BaseExceptionGroup",
        "StandardError",
        "ApplicationException",
        "SystemException",
        "WrappedException",
        "HandlerDispatchFailed",
        "ErrorException",
    }
)


class Link(Record, frozen=True):
    """One error of a chain."""

    error_type: str | None = None
    message: str | None = None


class Trace(Record, frozen=True):
    """What a text says of one failure: the type, message and frames (failing frame last) of the error that explains it.

    `chain` has the errors from the wrapper to the first cause, this one among them. `language` names the runtime that printed it
    (`java` stands for the JVM, `javascript` for TypeScript too, `native` for C and C++); None when no frame tells.
    """

    error_type: str | None = None
    message: str | None = None
    frames: tuple[Frame, ...] = ()
    chain: tuple[Link, ...] = ()
    language: str | None = None


class _Language(NamedTuple):
    name: str
    wanted: Callable[[str], bool]
    read: Callable[[str], list[Part]]


# What is unmistakable goes first: a Rust place also reads as a JavaScript one.
_LANGUAGES = (
    _Language("python", trace_python.wanted, trace_python.read),
    _Language("java", trace_jvm.wanted, trace_jvm.read),
    _Language("go", trace_go.wanted, trace_go.read),
    _Language("rust", trace_rust.wanted, trace_rust.read),
    _Language("ruby", trace_ruby.wanted, trace_ruby.read),
    _Language("elixir", trace_beam.wanted, trace_beam.read),
    _Language("dart", trace_dart.wanted, trace_dart.read),
    _Language("php", trace_php.wanted, trace_php.read),
    _Language("javascript", trace_javascript.wanted, trace_javascript.read),
    _Language("csharp", trace_dotnet.wanted, trace_dotnet.read),
    _Language("native", trace_native.wanted, trace_native.read),
)
_FRAME_PATTERNS = (
    *(trace_python.FRAME, trace_jvm.FRAME, trace_dotnet.FRAME, trace_javascript.V8, trace_javascript.GECKO, trace_go.PLACE, trace_ruby.FRAME, trace_php.FRAME),
    *(trace_rust.PLACE, trace_dart.FRAME, trace_beam.ELIXIR, trace_native.GDB),
)


def read(text: str, own: tuple[str, ...] = (), libraries: tuple[str, ...] = ()) -> Trace:
    """The first stack trace in a text. Of a chain the cause that explains counts: the innermost error that says something.

    `own` and `libraries` are prefixes of modules or paths that decide which frames are ours (`bot.core.stacktrace.in_app`).
    """
    text = trace_text.plain(text)
    language, parts = _found(text, _MAX_LAYERS)
    if not parts:
        error_type, message = _head_alone(text)
        return Trace(error_type, message, chain=(Link(error_type, message),) if error_type else ())
    parts, told = _explained(parts)
    frames = told.frames or next((part.frames for part in reversed(parts) if part.frames), [])
    error_type, message = (told.error_type, told.message) if told.error_type or told.message else _head_alone(text)
    chain = tuple(Link(part.error_type, part.message) for part in parts[:MAX_CHAIN] if part.error_type or part.message)
    return Trace(error_type, message, _frames(frames, language, own, libraries), chain, language)


def is_frame(line: str) -> bool:
    """Whether a line belongs to a stack trace."""
    start = line[:100].lstrip()[:1]
    if not start or (start.isalpha() and line[0] not in " \t" and not any(mark in line for mark in ("at ", "@", "from ", ":in `", ":in '"))):
        return False
    return any(pattern.match(line) for pattern in _FRAME_PATTERNS)


def _found(text: str, layers: int) -> tuple[str | None, list[Part]]:
    without: tuple[str | None, list[Part]] = (None, [])
    for language in _LANGUAGES:
        if language.wanted(text) and (parts := language.read(text)):
            if any(part.frames for part in parts):
                return _dialect(language.name, parts), parts
            without = without if without[1] else (language.name, parts)
    return (_opened(text, layers) if layers else None) or without


def _opened(text: str, layers: int) -> tuple[str | None, list[Part]] | None:
    """A trace inside JSON, or with its newlines escaped."""
    if "\\n" not in text and "\\u000" not in text and text.lstrip()[:1] not in ("[", "{", '"'):
        return None
    names: list[str | None] = []
    inside = partial(_inside, layers=layers - 1, names=names)
    if parts := trace_json.read(trace_text.decoded(text), inside):
        return next(iter(names), None) or _language_of(parts), parts
    opened = trace_text.unescaped(text)
    return _found(opened, layers - 1) if opened is not None else None


def _inside(text: str, layers: int, names: list[str | None]) -> list[Part]:
    language, parts = _found(trace_text.plain(text), layers) if layers >= 0 else (None, [])
    names.extend([language] if parts else [])
    return parts


_SUFFIXES = (
    {"py": "python", "java": "java", "kt": "java", "scala": "java", "go": "go", "rs": "rust", "rb": "ruby", "ex": "elixir", "exs": "elixir"}
    | dict.fromkeys(("js", "ts", "tsx", "jsx", "mjs"), "javascript")
    | {"dart": "dart", "php": "php", "cs": "csharp", "swift": "swift", "c": "native", "cpp": "native"}
)


def _language_of(parts: list[Part]) -> str | None:
    files = (frame[1] for part in parts for frame in part.frames[-20:] if frame[1])
    return next((name for file in files if (name := _SUFFIXES.get(file.rpartition(".")[2]))), None)


def _dialect(name: str, parts: list[Part]) -> str:
    """Swift prints as C does, Erlang as Elixir."""
    if name not in ("native", "elixir"):
        return name
    files = [frame[1] for part in parts for frame in part.frames if frame[1]]
    if name == "native" and any(file.endswith(".swift") for file in files):
        return "swift"
    return "erlang" if name == "elixir" and files and all(file.endswith((".erl", ".hrl")) for file in files) else name


def _explained(parts: list[Part]) -> tuple[list[Part], Part]:
    told = next((part for part in parts if part.explains), None) or next(
        (part for part in reversed(parts) if (part.error_type or part.message) and not (_is_wrapper(part) and not part.message)), parts[-1]
    )
    if _is_wrapper(told) and told.message and (inner := trace_parts.head_in(told.message)):
        # The cause was cut off, or never printed: the wrapper's message names it.
        cause = Part(*inner, told.frames)
        return [*parts, cause], cause
    return parts, told


def _is_wrapper(part: Part) -> bool:
    return (part.error_type or "").rpartition(".")[2].rpartition("\\")[2] in _WRAPPERS


def _frames(raw: list[Raw], language: str | None, own: tuple[str, ...], libraries: tuple[str, ...]) -> tuple[Frame, ...]:
    if len(raw) > MAX_FRAMES:
        # A recursion: who entered it, and where it ended.
        raw = raw[:_OUTER_FRAMES] + raw[_OUTER_FRAMES - MAX_FRAMES :]
    ours = origins.decided(raw, language, own, libraries)
    return tuple([_OURS[frame] if own_code else _THEIRS[frame] for frame, own_code in zip(raw, ours, strict=True)])


# Traces repeat their frames, and one that was made once is found faster than it is made.
_OURS: Answered[Raw, Frame] = Answered(lambda raw: Frame(*raw[:4], in_app=True), 8192, 5)
_THEIRS: Answered[Raw, Frame] = Answered(lambda raw: Frame(*raw[:4], in_app=False), 8192, 5)


def _head_alone(text: str) -> tuple[str | None, str | None]:
    """A head without frames: of the last *Caused by*, else the first that is named."""
    lines = text[:200_000].split("\n")[:_MOST_LINES]
    causes = [number for number, line in enumerate(lines) if line.lstrip()[:10].lower() == "caused by:"]
    for line in lines[causes[-1] :] if causes else lines:
        if is_frame(line):
            continue
        if found := trace_parts.named_in([line.replace("Caused by: ", "", 1)]):
            return found
        if line.startswith("panic: "):
            return "panic", line.removeprefix("panic: ").strip()[: trace_parts.MAX_MESSAGE]
    return None, None
