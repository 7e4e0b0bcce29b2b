"""Traces of Dart and Flutter, in the machine's own form and in the terse one of package:stack_trace."""

import re

from bot.core.stacktrace.parts import HEAD, Part, Raw, first_near, head_in, joined

_FILE = r"(?P<file>(?:package|file|dart|https?|org-dartlang-\w{1,10}):[^\s()]{1,400}?|[^\s():]{1,300}\.dart)"
FRAME = re.compile(rf"^\s{{0,40}}#(?P<number>\d{{1,5}}) {{1,8}}(?P<name>[^\n(]{{1,300}}) \({_FILE}(?::(?P<line>\d{{1,7}}))?(?::\d{{1,7}})?\)", re.MULTILINE)
TERSE = re.compile(
    r"^(?P<file>(?:package:|dart:|\.{0,2}/?)[\w./-]{1,300})(?: (?P<line>\d{1,7})(?::\d{1,7})?)? {2,60}(?P<name>[\w.<>$ =]{1,200})$", re.MULTILINE
)
# The runtime's own errors print a sentence instead of their type.
_SENTENCES = (
    ("Bad state: ", "StateError"),
    ("Invalid argument", "ArgumentError"),
    ("RangeError", "RangeError"),
    ("Stack Overflow", "StackOverflowError"),
    ("Out of Memory", "OutOfMemoryError"),
    ("Assertion failed", "AssertionError"),
    ("Unsupported operation", "UnsupportedError"),
    ("Concurrent modification during iteration", "ConcurrentModificationError"),
    ("Null check operator used on a null value", "TypeError"),
    ("Cannot instantiate abstract class", "AbstractClassInstantiationError"),
    ("Reading static variable", "CyclicInitializationError"),
)
_CLOSURES = re.compile(r"(?:\.?<(?:anonymous closure|fn|async)>)+$")
_SUBTYPE = re.compile(r"^type '[^'\n]{1,300}' is not a subtype of")
_ASSERTION = re.compile(r"^'[^'\n]{1,300}': Failed assertion: ")
_INSTANCE = re.compile(r"^Instance of '(?P<type>[\w.]{1,120})'$")
_INTRODUCTION = re.compile(
    r"^(?:Unhandled exception:|\[ERROR:[^\]\n]{1,200}\] Unhandled Exception:|E/flutter[^:]{0,40}: \[ERROR[^\]\n]{0,200}\] Unhandled Exception:) ?"
)
_THROWN = re.compile(r"^The following (?P<type>\w{1,80}|assertion)(?: object)? was thrown[^\n]{0,200}:$")
_THROWING = re.compile(r"^_?(?P<type>\w{1,80}Error)(?:Impl)?\._(?:throw\w{0,20}|checkFailed)")


def wanted(text: str) -> bool:
    """Whether the text can hold one."""
    return ".dart" in text or "package:" in text or "dart:" in text


def read(text: str) -> list[Part]:
    """The one error of a trace."""
    if first := first_near(FRAME, text, "#", 40):
        frames = _numbered(text, first.start())
    elif ".dart" in text and (first := TERSE.search(text)):
        frames = [_frame(match) for match in TERSE.finditer(text, first.start())]
    else:
        return []
    error_type, message = _head(text[: first.start()].split("\n")[-40:])
    if frames and error_type is None and (thrown := _THROWING.match(f"{frames[0][3]}.{frames[0][0]}")):
        error_type = thrown["type"]
    return [Part(error_type, message, frames[::-1])]


def _numbered(text: str, start: int) -> list[Raw]:
    frames: list[Raw] = []
    for match in FRAME.finditer(text, start):
        if match["number"] == "0" and frames:
            break
        frames.append(_frame(match))
    return frames


def _frame(match: re.Match[str]) -> Raw:
    name = match["name"].strip().removeprefix("new ")
    name = _CLOSURES.sub("", name).replace(".<anonymous closure>", "") or "<anonymous>"
    owner, _, function = name.rpartition(".")
    return function or name, match["file"], int(match["line"]) if match["line"] else None, owner or None, match["file"].startswith("dart:")


def _head(above: list[str]) -> tuple[str | None, str | None]:
    start = next((n for n in range(len(above) - 1, -1, -1) if _INTRODUCTION.match(above[n]) or _THROWN.match(above[n])), None)
    if start is None:
        lines = [line for line in above if line.strip() and not line.startswith("When the exception was thrown")]
        return _typed(lines[-1:] if lines else [])
    if thrown := _THROWN.match(above[start]):
        name = thrown["type"]
        return ("AssertionError" if name == "assertion" else name.lstrip("_")), joined(above[start + 1 :])
    return _typed([line for line in (_INTRODUCTION.sub("", above[start]), *above[start + 1 :]) if line.strip()])


def _typed(lines: list[str]) -> tuple[str | None, str | None]:
    if not lines:
        return None, None
    first = lines[0].strip()
    if instance := _INSTANCE.match(first):
        return instance["type"], None
    if found := head_in(first):
        return found[0], joined([found[1] or "", *lines[1:]])
    if _ASSERTION.match(first):
        return "AssertionError", joined([first.partition("Failed assertion: ")[2]])
    if _SUBTYPE.match(first):
        return "TypeError", joined(lines)
    known = next((name for beginning, name in _SENTENCES if first.startswith(beginning)), None)
    return known or (match["type"] if (match := HEAD.search(first[:4000])) else None), joined(lines)
