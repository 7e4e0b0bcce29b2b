"""Traces of the JVM (Java, Kotlin, Scala, Groovy): wrapper first, each cause with the frames that it does not share."""

import re

from bot.core.remembered import Answered
from bot.core.stacktrace import names as trace_names
from bot.core.stacktrace.parts import Part, Raw, head_above, head_in

# Letters spelled out before `\w` are looked up in a table and others asked of Unicode: two thirds of the time.
FRAME = re.compile(
    r"\s{0,80}at (?P<name>[A-Za-z0-9_\w.$<>/@+-]{1,600})"
    r"\((?P<file>[A-Za-z0-9_\w$. -]{1,200}(?=:\d)|Native Method|Unknown Source|SourceFile|<generated>|[\w$-]{1,200}\.(?:java|kt|kts|scala|groovy"
    r"|clj))(?::(?P<line>\d{1,7}))?\)"
)
# `java.base/`, `app//` and `acme@1.2/` are modules and class loaders; the slash of `Lambda$14/0x1` is none.
_MODULE = re.compile(r"^(?:[\w.@+-]{0,200}/{1,2}(?!\d)){1,2}")
_PLACES = (".java", ".kt", ".scala", "Native Method)", "Unknown Source)", "SourceFile", "<generated>", ".groovy", ".clj")
_CAUSE = re.compile(r"(?P<indent>\s{0,80})(?P<kind>Caused by|Suppressed|Wrapped by): ?")
_MORE = re.compile(r"\s{0,80}\.\.\. (?P<count>\d{1,7}) (?:more|common frames omitted|frames? (?:truncated|excluded))")
_CAUSES = ("Caused by", "Suppressed", "Wrapped by")
_LONGEST_KEPT = 400
_MOST_SHARED = 1_000


def wanted(text: str) -> bool:
    """Whether the text can hold one."""
    return "at " in text and (".java" in text or any(mark in text for mark in _PLACES) or _OBFUSCATED.search(text) is not None)


# It begins with plain letters, which are found five times as fast.
_OBFUSCATED = re.compile(r"at (?<=\sat )[\w.$]{3,300}\([\w$]{0,60}(?:\.\w{1,10})?:\d{1,7}\)")


def read(text: str) -> list[Part]:
    """The errors of the first chain, wrapper first, each with all of its frames."""
    parts = _chain(text)
    return parts if any(part.frames for part in parts) else []


def _parsed(line: str) -> Raw | None:
    # The lines of a message are asked, too: most are told by their beginning, in a third of the time.
    match = FRAME.match(line) if line.lstrip()[:3] == "at " else None
    if match is None:
        return None
    name, file, number = match.groups()
    if "/" in name:
        name = _MODULE.sub("", name)
    owner, _, function = name.rpartition(".")
    if "$" in name:
        owner, function = trace_names.jvm(owner, function)
    return function, file if number or "." in file else None, int(number) if number else None, owner or None, file == "<generated>"


# The traces of one service repeat their lines: remembering them makes reading three times as fast.
_frame = Answered(_parsed, 8192, _LONGEST_KEPT).__getitem__


def _chain(text: str) -> list[Part]:
    parts: list[Part] = []
    enclosing, length = list[Raw](), 0
    wrapped = False
    for kind, above, frames, more in _sections(text):
        wrapped = wrapped or kind == "Wrapped by"
        # A wrapper that was cut short shows fewer than it shares; the frame in which it was made is never shared, for another line of it called.
        count = max(0, min(more, length - (more > length)))
        # Only the last of many are kept, so the first of `enclosing` may be further up.
        shared = enclosing[: max(0, count - (length - len(enclosing)))][-_MOST_SHARED:]
        enclosing, length = shared + frames, count + len(frames)
        parts.append(Part(*head_above(above), enclosing))
    return parts[::-1] if wrapped else parts


_Section = tuple[str, list[str], list[Raw], int]


def _sections(text: str) -> list[_Section]:
    """Kind, lines above the frames, frames (failing last) and the count of those left out; up to the head of a second trace."""
    lines = text.split("\n")
    read = list(map(_frame, lines))
    # Nearly all lines are frames: they are taken in runs, and only what stands between the runs is looked at.
    between = [number for number, frame in enumerate(read) if frame is None]
    if "Caused by" in text or "Suppressed" in text or "Wrapped by" in text:
        return _chained(lines, read, between)
    first = next((number for number, found in enumerate(between) if number != found), len(between))
    end = next((number for number in between[first:] if _is_second(lines[number])), len(lines))
    return [("", lines[:first], list(filter(None, read[first:end]))[::-1], 0)]


def _is_second(line: str) -> bool:
    return line[:1].strip() != "" and head_in(line) is not None


def _chained(lines: list[str], read: list[Raw | None], between: list[int]) -> list[_Section]:
    found: list[_Section] = []
    kind, above, frames, more = "", list[str](), list[Raw](), 0
    suppressed: int | None = None
    start = 0
    for number in between:
        if suppressed is None:
            frames += filter(None, read[start:number])
        start = number + 1
        line = lines[number]
        mark = line.lstrip()
        if mark.startswith(_CAUSES) and (cause := _CAUSE.match(line)):
            indent = len(cause["indent"].expandtabs(4))
            if cause["kind"] == "Suppressed" or (suppressed is not None and indent >= suppressed > 0):
                suppressed = indent if suppressed is None else suppressed
                continue
            found.append((kind, above, frames[::-1], more))
            kind, above, frames, more, suppressed = cause["kind"], [line[cause.end() :]], [], 0, None
        elif mark.startswith("... ") and (left_out := _MORE.match(line)):
            more = int(left_out["count"]) if suppressed is None else more
        elif suppressed is None and not frames:
            above.append(line)
        elif suppressed is None and _is_second(line):
            break
    else:
        frames += filter(None, read[start:] if suppressed is None else ())
    found.append((kind, above, frames[::-1], more))
    return found
