"""Traces of Go: a panic's first goroutine, or the stack that pkg/errors prints below a message."""

import re
from itertools import islice, pairwise

from bot.core.stacktrace import names as trace_names
from bot.core.stacktrace.parts import MAX_MESSAGE, Part, Raw, first_near, joined

PLACE = re.compile(r"^\s{1,8}(?P<file>[^\s:]{0,3}[^\s:]{1,400}\.(?:go|s)):(?P<line>\d{1,7})(?: \+0x[0-9a-f]{1,16})?\s{0,10}$")
_FUNCTION = re.compile(r"^(?P<created>created by )?(?P<name>[\w./*()@%~\[\],-]{1,400}?)(?:\([^)\n]{0,1000}\))?(?: in goroutine \d{1,9})?\s{0,10}$")
_PANIC = re.compile(r"(?:^|\s)(?P<kind>panic|fatal error)(?: serving [^\s]{1,80})?: (?P<message>[^\n]{1,2000})", re.MULTILINE)
_GOROUTINE = re.compile(r"^\s{0,20}goroutine \d{1,9} (?:gp=\S{1,40} )?(?:m=\S{1,20} )?(?:mp=\S{1,40} )?\[", re.MULTILINE)
_RETOLD = re.compile(r" \[recovered(?:, repanicked)?\]$")
_GO_VALUE = re.compile(r"^(?:&?errors\.errorString\{s:|&?fmt\.wrapError\{msg:)\"(?P<text>[^\"\n]{0,1000})\"")
_TYPED = re.compile(r"^\*?(?P<type>[\w./]{1,200}\.[A-Z]\w{0,100})\{")
# A single word before a colon is a package that speaks (`sql: no rows`), no wrapper.
_WRAPS = re.compile(r"(?<=[^:] )[^\s:]{1,80}: (?=\S)|(?<=\S:\d\d\d\d): (?=\S)")
_MAX_LINKS = 20


def wanted(text: str) -> bool:
    """Whether the text can hold one."""
    return ".go:" in text or "goroutine " in text


def read(text: str) -> list[Part]:
    """The errors of the first panic or error, wrapper first."""
    panic = _PANIC.search(text) if "panic" in text or "fatal error" in text else None
    goroutine = first_near(_GOROUTINE, text, "goroutine ", 20)
    if panic or goroutine:
        frames = _frames(_running(text, goroutine))
        if not frames and not goroutine:
            return []
        return _wrapped(panic["kind"], _RETOLD.sub("", panic["message"].strip()), frames) if panic else [Part(None, None, frames)]
    return _printed(text)


def _running(text: str, goroutine: re.Match[str] | None) -> list[str]:
    """The lines of the goroutine that failed: the first one."""
    if goroutine is None:
        return text.split("\n")
    following = first_near(_GOROUTINE, text, "goroutine ", 20, goroutine.end())
    return text[goroutine.start() : following.start() if following else len(text)].split("\n")


def _frames(lines: list[str]) -> list[Raw]:
    frames: list[Raw] = []
    panicked = False
    for before, line in pairwise(lines):
        if (place := PLACE.match(line)) and (name := _FUNCTION.match(before)):
            if name["name"] in ("panic", "runtime.gopanic") and not panicked:
                # What stands above it only recovers and prints.
                frames, panicked = [], True
                continue
            frames.append(_frame(name["name"], place))
    return frames[::-1]


def _frame(name: str, place: re.Match[str]) -> Raw:
    module, function = trace_names.go(name)
    return function, place["file"], int(place["line"]), module, False


def _wrapped(kind: str, message: str, frames: list[Raw]) -> list[Part]:
    """`a: b: c` is three errors in Go; the whole sentence stays the message of the one that explains."""
    if value := _GO_VALUE.match(message):
        message = value["text"]
    typed = _TYPED.match(message)
    if message.startswith("runtime error: ") or kind != "panic":
        return [Part(kind, message, frames)]
    whole = Part(typed["type"] if typed else kind, message[:MAX_MESSAGE], frames, explains=True)
    starts = [match.end() for match in islice(_WRAPS.finditer(message), _MAX_LINKS)] if not typed else []
    return [whole, *(Part(None, message[start:MAX_MESSAGE]) for start in starts)]


def _printed(text: str) -> list[Part]:
    """`%+v`: the innermost message and its stack first, then each message that was put around it."""
    lines = text.split("\n")
    parts: list[Part] = []
    said: list[str] = []
    frames: list[Raw] = []
    skip = False
    for number, line in enumerate(lines):
        if skip:
            skip = False
            continue
        place = PLACE.match(lines[number + 1]) if number + 1 < len(lines) else None
        if place and (name := _FUNCTION.match(line)):
            frames.append(_frame(name["name"], place))
            skip = True
            continue
        if frames and line.strip():
            parts.append(Part(None, joined(said[-4:]), frames[::-1]))
            said, frames = [], []
        said.append(line)
    if frames:
        parts.append(Part(None, joined(said[-4:]), frames[::-1]))
    return parts[::-1]
