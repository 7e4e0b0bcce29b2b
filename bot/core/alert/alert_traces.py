"""The stack traces within a message: the lines that each takes up, where a chain of causes is one trace."""

import re
from collections.abc import Sequence

import msgspec

from bot.core.stacktrace import ruby, stacktrace
from bot.regex import regex

_NEAR = 6
"""Lines between two frames of one trace: the head of a cause, its message, source lines."""
_BETWEEN_LINKS = 40
_CHAINED = regex(r"\s{0,20}(?:During handling of the above exception|The above exception was the direct cause|Next [\w\\]{1,200}:)")
_CAUSE = regex(r"\s{0,20}(?:--->|(?:root )?cause:|caused by:|wrapped by:|\[cause\]:|nested exception is:?|(?:parent|original): )", re.IGNORECASE)
_LINK = regex(r"\s{0,20}(?:Suppressed:|\[errors\]:|goroutine \d|From previous event:)")
"""Beside a cause: what goes on with the error above although a type may stand in it."""
_CLOSING = regex(r"\s{0,20}(?:#\d{1,5} \{main\}|thrown in |\.\.\. \d{1,6} (?:more|common))")
_LOG_LINE = regex(r"\W{0,3}\d{4}-\d\d-\d\d[T ]\d\d:\d\d[^\n]{0,80}?\b(?:ERROR|WARN|WARNING|FATAL|SEVERE|CRITICAL)\b")
_MORE_OF_MESSAGE = regex(r"(?:DETAIL|HINT|CONTEXT): {1,4}\S")
_PYTHON_FRAME = 'File "'
_FIRST_WORDS = ("Traceback", "panic: ", "thread '", "Unhandled exception:")
_RUBY_HEAD = regex(r"\S{1,400}:\d{1,7}:in [`'][^'\n]{1,300}': [^\n]{0,2000} \([A-Z][\w:]{0,160}\)\s{0,4}$")
"""A frame and a head in one line; a cause has the same form and follows the last frame at once."""
_CARRIED = ("[", "{", '"')
_MOST_DOCUMENTS = 20


def folded(lines: Sequence[str]) -> list[str]:
    """The lines, with each JSON document that was printed over several of them in one."""
    kept: list[str] = []
    number = tried = 0
    while number < len(lines):
        closing = {"{": "}", "[": "]"}.get(lines[number].strip()[-1:]) if tried < _MOST_DOCUMENTS and lines[number].startswith(("{", "[")) else None
        tried += closing is not None
        end = next((n for n in range(number + 1, len(lines)) if lines[n].rstrip(" ,") == closing), None) if closing else None
        document = "\n".join(lines[number : end + 1]) if end is not None else ""
        if end is not None and _decodes(document):
            kept.append(" ".join(line.strip() for line in lines[number : end + 1]))
            number = end
        else:
            kept.append(lines[number])
        number += 1
    return kept


def _decodes(text: str) -> bool:
    try:
        msgspec.json.decode(text.rstrip(" ,").encode("utf-8", "replace"))
    except (msgspec.DecodeError, RecursionError):
        return False
    return True


def blocks(lines: Sequence[str]) -> tuple[range, ...]:
    """The lines of each trace, in order: what opens it, its frames with all between them, and what Python prints below the last."""
    found: list[range] = []
    for number, line in enumerate(lines):
        if carries_trace(line):
            found.append(range(number, number + 1))
        elif stacktrace.is_frame(line):
            if found and _goes_on(lines, found[-1], number):
                found[-1] = range(found[-1][0], _end(lines, number))
            else:
                found.append(range(_opening(lines, number, found[-1][-1] if found else -1), _end(lines, number)))
    return tuple(found)


def carries_trace(line: str) -> bool:
    """Whether a line holds a trace of several lines: in JSON, or with its newlines escaped."""
    if "\\n" not in line and not line.lstrip(" \t`").startswith(_CARRIED):
        return False
    trace = stacktrace.read(line)
    return bool(trace.frames and trace.error_type) and not stacktrace.is_frame(line)


def _goes_on(lines: Sequence[str], block: range, number: int) -> bool:
    """Whether the frame at `number` belongs to the trace above it: only little stands between the two, and that begins no other error."""
    if carries_trace(lines[block[-1]]):
        return False
    between = lines[block[-1] + 1 : number]
    if len(between) <= _BETWEEN_LINKS and any(_CHAINED.match(line[:400]) for line in between):
        return True
    apart = _RUBY_HEAD.match(lines[number][:4000]) and not ruby.FRAME.match(lines[number - 1][:4000])
    return len(between) < _NEAR and not apart and not _begins_anew(lines, block, between)


def _begins_anew(lines: Sequence[str], block: range, between: Sequence[str]) -> bool:
    """Whether a head stands there that says of itself neither that it is a cause, nor by its indentation that it is a part of the error above."""
    margin, awaited = _margin(lines[block[0]]), lines[block[-1]].lstrip().startswith(_PYTHON_FRAME)
    for line in between:
        if _CAUSE.match(line[:400]) or _LINK.match(line[:400]):
            return False
        if _margin(line) > margin or not _opens(line.lstrip()):
            continue
        # Below Python's last frame stands the error itself.
        if not awaited or line.lstrip().startswith("Traceback"):
            return True
        awaited = False
    return False


def _margin(line: str) -> int:
    return len(line) - len(line.lstrip())


def _opening(lines: Sequence[str], number: int, last: int) -> int:
    """The line that announces the trace whose first frame is at `number`; of a cause, what it is the cause of."""
    first = number
    while first > last + 1:
        above = range(first - 1, max(last, first - _NEAR), -1)
        opening = next((n for n in above if _opens(lines[n])), None)
        if opening is None:
            break
        first = opening
        if not _CAUSE.match(lines[first][:400]):
            break
    # The logger that wrote the trace is not what the message names.
    return first - 1 if first - 1 > last and _LOG_LINE.match(lines[first - 1][:400]) else first


def _opens(line: str) -> bool:
    return line.startswith(_FIRST_WORDS) or stacktrace.HEAD.search(line[:4000]) is not None


def _end(lines: Sequence[str], number: int) -> int:
    """Python prints the source line below the frame, and the error after the last of them."""
    if not lines[number].lstrip().startswith(_PYTHON_FRAME):
        return next((n for n in range(number + 1, len(lines)) if not _CLOSING.match(lines[n][:200])), len(lines))
    end = next((n + 1 for n in range(number + 1, min(number + 4, len(lines))) if stacktrace.HEAD.match(lines[n][:4000])), number + 1)
    while number + 1 < end < len(lines) and _MORE_OF_MESSAGE.match(lines[end]):
        end += 1
    return end
