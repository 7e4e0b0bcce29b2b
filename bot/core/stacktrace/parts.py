"""What the readers of each language hand on: the errors of a chain, each with its head and its frames."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

Raw = tuple[str, str | None, int | None, str | None, bool]
"""Function, file, line, module, and whether the trace itself says that the frame is a library's."""

MAX_MESSAGE = 2_000
_LINES_ABOVE = 16
_LINES_OF_MESSAGE = 10
_LINES_LOOKED_AT = 200
_MOST_SHARED = 1_000

_ENDING = r"(?:Error|Exception|Timeout|Failure|Fault|Panic|Violation|Exit|Interrupt)"
_ENDED = re.compile(_ENDING)
# Every quantifier is bounded, so that a hostile line costs time linear in its length.
HEAD = re.compile(
    rf"(?<![\w./$-])(?P<type>(?:[A-Za-z_]\w{{0,80}}(?:\.|::)){{0,10}}[A-Z]\w{{0,80}}{_ENDING}|Error|Exception)"
    r"(?!\w)(?!\.?\w{0,100}\()(?:[*_`]{0,3}(?:\s{1,3}(?:in|at|from)\s{1,3}[*_`]{0,3}[\w.]{1,80}(?:\(\))?[*_`]{0,3})?"
    r"\s{0,4}:[*_`]{0,3}\s{1,4}(?P<message>[^\n]{1,2000}))?"
)
_INTRODUCTION = re.compile(
    r"\s{0,40}(?:(?:Exception in thread \"[^\"\n]{0,200}\"|[Uu]ncaught(?: exception)?:?|[Uu]nhandled(?: [Ee]xception| [Rr]ejection)?[.:]?|\(in promise\)"
    r"|UnhandledPromiseRejectionWarning:|[Cc]aused by:|Wrapped by:|FATAL EXCEPTION:|\[(?:cause|errors)\]:|cause:|Fatal error:|ERROR:?|FATAL:?)\s{1,4}){0,4}"
)
_INTRODUCED = frozenset("EUuCcWF([")
_QUALIFIED = rf"(?:[A-Za-z_$][\w$]{{0,100}}(?:\.|::|\\)){{1,14}}[A-Z_$][\w$`+]{{0,160}}|\w{{0,80}}{_ENDING}"
_SURE = re.compile(rf"(?P<type>{_QUALIFIED})(?: \[[\w-]{{1,80}}\]| \([\w ]{{1,40}}\))?(?::(?:\s{{1,4}}(?P<message>[^\n]{{0,2000}})|$)|\s{{0,4}}$)")
# Right above a frame any capital word followed by a colon is a type; elsewhere it may be a label.
_NEAR = re.compile(r"(?P<type>[A-Z][\w$.]{1,120}|Invariant Violation)(?: \[[\w-]{1,80}\])?(?::\s{1,4}(?P<message>[^\n]{1,2000})|\s{0,4}$)")


_ANNOUNCEMENT = re.compile(
    r"\s{0,20}\[?(?:This error is located at|stack ?trace|stack backtrace|call stack|backtrace|stack|trace)\]?:?\s{0,10}$", re.IGNORECASE
)


@dataclass
class Part:
    """One error of a chain; its frames have the failing one last. `explains` where the language says which one is to be told."""

    error_type: str | None = None
    message: str | None = None
    frames: list[Raw] = field(default_factory=list)
    explains: bool = False


def first_near(pattern: re.Pattern[str], text: str, mark: str, before: int, start: int = 0) -> re.Match[str] | None:
    """The first match of a pattern that has the mark at most so many characters behind its beginning: the text before the first mark is passed by."""
    at = text.find(mark, start)
    return pattern.search(text, max(start, at - before)) if at >= 0 else None


def head_in(line: str) -> tuple[str, str | None] | None:
    """Type and message of a line that begins with a type, after what runtimes put in front (`Uncaught`, `Caused by:`)."""
    line = line[:4000]
    match = _SURE.match(line)
    if match is None and (start := _introduced(line)):
        match = _SURE.match(line, start)
    return (match["type"], (match["message"] or "").strip() or None) if match else None


def head_above(lines: Sequence[str]) -> tuple[str | None, str | None]:
    """Type and message from the lines above the first frame, the nearest that is a head; what stands below it is its message too."""
    near = list(lines[-_LINES_ABOVE:])
    while near and (not near[-1].strip() or _ANNOUNCEMENT.match(near[-1])):
        near.pop()
    for number in range(len(near) - 1, -1, -1):
        if found := head_in(near[number]):
            return found[0], joined([found[1] or "", *near[number + 1 :]])
    if near and (match := _NEAR.match(near[-1][:4000], _introduced(near[-1]))):
        return match["type"], match["message"]
    return named_in(near) or named_in(lines[-_LINES_LOOKED_AT:]) or (None, None)


def _introduced(line: str) -> int:
    if line[:1] not in _INTRODUCED and not line[:1].isspace():
        return 0
    introduction = _INTRODUCTION.match(line[:4000])
    return introduction.end() if introduction else 0


def named_in(lines: Sequence[str]) -> tuple[str, str | None] | None:
    """The first type that is named anywhere in the lines."""
    for line in lines:
        # Looking for the ending first takes a tenth of the time: messages of many lines name no type in most of them.
        if _ENDED.search(line := line[:4000]) and (match := HEAD.search(line)):
            return match["type"], (match["message"] or "").strip() or None
    return None


def joined(lines: Sequence[str]) -> str | None:
    """A message of several lines as one, up to the blank line that ends it."""
    said: list[str] = []
    for line in lines[:_LINES_OF_MESSAGE]:
        if not (stripped := line.strip()):
            if said:
                break
            continue
        if not stripped.strip("^~ "):
            continue
        said.append(stripped)
    return " ".join(said)[:MAX_MESSAGE].strip() or None


def completed(parts: list[Part]) -> list[Part]:
    """For traces of a cause that begin where it was caught: what called that stands in the wrapper's. Wrapper first."""
    for wrapper, cause in pairwise(parts):
        caught = cause.frames[0][:2] if cause.frames else None
        at = next((n for n in range(len(wrapper.frames) - 1, -1, -1) if wrapper.frames[n][:2] == caught), 0)
        cause.frames = wrapper.frames[:at][-_MOST_SHARED:] + cause.frames
    return parts
