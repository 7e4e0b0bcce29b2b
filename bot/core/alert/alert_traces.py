"""The stack traces within a message: the lines that each takes up, where a chain of causes is one trace."""

from collections.abc import Sequence

import msgspec

from bot.core.stacktrace import stacktrace
from bot.regex import regex

_NEAR = 6
"""Lines between two frames of one trace: the head of a cause, its message, source lines."""
_BETWEEN_LINKS = 40
_CHAINED = regex(r"\s{0,20}(?:During handling of the above exception|The above exception was the direct cause|Next [\w\\]{1,200}:)")
_CAUSE = regex(r"\s{0,20}(?:--->|Caused by:|Wrapped by:|\[cause\]:)")
_CLOSING = regex(r"\s{0,20}(?:#\d{1,5} \{main\}|thrown in |\.\.\. \d{1,6} (?:more|common))")
_LOG_LINE = regex(r"\W{0,3}\d{4}-\d\d-\d\d[T ]\d\d:\d\d[^\n]{0,80}?\b(?:ERROR|WARN|WARNING|FATAL|SEVERE|CRITICAL)\b")
_MORE_OF_MESSAGE = regex(r"(?:DETAIL|HINT|CONTEXT): {1,4}\S")
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
            if found and _goes_on(lines, found[-1][-1], number):
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


def _goes_on(lines: Sequence[str], last: int, number: int) -> bool:
    if carries_trace(lines[last]):
        return False
    between = lines[last + 1 : number]
    return len(between) < _NEAR or (len(between) <= _BETWEEN_LINKS and any(_CHAINED.match(line[:400]) for line in between))


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
    return line.startswith(("Traceback", "panic: ")) or stacktrace.HEAD.search(line[:4000]) is not None


def _end(lines: Sequence[str], number: int) -> int:
    """Python prints the source line below the frame, and the error after the last of them."""
    if not lines[number].lstrip().startswith('File "'):
        return next((n for n in range(number + 1, len(lines)) if not _CLOSING.match(lines[n][:200])), len(lines))
    end = next((n + 1 for n in range(number + 1, min(number + 4, len(lines))) if stacktrace.HEAD.match(lines[n][:4000])), number + 1)
    while number + 1 < end < len(lines) and _MORE_OF_MESSAGE.match(lines[end]):
        end += 1
    return end
