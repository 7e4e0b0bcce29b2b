"""Traces of Rust: a panic and its backtrace, or an error with the causes that anyhow and eyre print below it."""

import re

from bot.core.stacktrace import names as trace_names
from bot.core.stacktrace.parts import MAX_MESSAGE, Part, Raw

_PANIC = re.compile(
    r"^[^\n]{0,160}?thread '(?:[^'\n]{0,100})'(?: \(\d{1,12}\))? panicked at (?:'(?P<old>[^\n]{0,2000})', (?P<old_file>[^\s:]{1,400}):"
    r"(?P<old_line>\d{1,7})(?::\d{1,7})?"
    r"|(?P<file>[^\n:]{1,400}\.rs):(?P<line>\d{1,7})(?::\d{1,7})?:?\n(?P<message>[^\n]{0,2000}))",
    re.MULTILINE,
)
NUMBERED = re.compile(r"^\s{0,20}(?P<number>\d{1,5}): {1,10}(?:0x[0-9a-f]{1,16} - )?(?P<name>[^\n]{1,500})$")
PLACE = re.compile(r"^\s{1,60}at (?P<file>[^\n]{1,400}?\.rs):(?P<line>\d{1,7})(?::\d{1,7})?\s{0,4}$")
_ERROR = re.compile(r"^(?:Error|error|thread '[^'\n]{0,100}' panicked): (?P<message>[^\n]{1,2000})$", re.MULTILINE)
_CAUSES = re.compile(r"^Caused by:\s{0,4}\n(?P<causes>(?:[ \t]{1,8}[^\n]{1,2000}(?:\n|$)){1,60})", re.MULTILINE)
_CAUSE_NUMBER = re.compile(r"^\s{0,12}\d{1,4}: ")
_MACHINERY = (
    "rust_begin_unwind",
    "core::panicking::",
    "std::panicking::",
    "core::result::unwrap_failed",
    "core::option::",
    "core::result::",
    "std::backtrace",
    "std::sys",
    "rust_panic",
    "__rust",
    "backtrace::",
    "anyhow::",
    "<core::",
    "<alloc::",
)


def wanted(text: str) -> bool:
    """Whether the text can hold one."""
    return ".rs:" in text or "panicked at" in text


def read(text: str) -> list[Part]:
    """The errors of the first panic or error, wrapper first."""
    panic = _PANIC.search(text) if "panicked at " in text and (".rs:" in text or "', " in text) else None
    frames = _frames(text.split("\n"))
    if panic:
        return [_panicked(panic, frames)]
    head = _ERROR.search(text)
    causes = _CAUSES.search(text)
    told = [head["message"].strip()] if head else []
    inner = [line for line in causes["causes"].split("\n") if line.strip()] if causes else []
    told += [_CAUSE_NUMBER.sub("", line).strip() for line in inner]
    if not told:
        return [Part(None, None, frames)] if frames else []
    parts = [Part("Error", message[:MAX_MESSAGE]) for message in told]
    parts[-1].frames = frames
    return parts if frames or causes else []


def _panicked(panic: re.Match[str], frames: list[Raw]) -> Part:
    file, line = panic["file"] or panic["old_file"], panic["line"] or panic["old_line"]
    while frames and not _at(frames[-1], file, line) and _machinery(frames[-1]):
        frames.pop()
    if file and not any(_at(frame, file, line) for frame in frames):
        frames.append(("<unknown>", file, int(line), None, False))
    return Part("panic", (panic["message"] if panic["message"] is not None else panic["old"] or "").strip() or None, frames)


def _at(frame: Raw, file: str, line: str) -> bool:
    return frame[1] is not None and frame[2] == int(line) and (frame[1].endswith(file) or file.endswith(frame[1]))


def _machinery(frame: Raw) -> bool:
    return f"{frame[3]}::{frame[0]}".removeprefix("None::").startswith(_MACHINERY)


def _frames(lines: list[str]) -> list[Raw]:
    frames: list[Raw] = []
    for number, line in enumerate(lines):
        if not (match := NUMBERED.match(line)) or match["name"].startswith("<unknown>"):
            continue
        place = PLACE.match(lines[number + 1]) if number + 1 < len(lines) else None
        if place is None and "::" not in match["name"] and not frames:
            continue
        module, function = trace_names.rust(match["name"].strip())
        frames.append((function, place["file"] if place else None, int(place["line"]) if place else None, module, False))
    return frames[::-1]
