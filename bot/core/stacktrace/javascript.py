"""Traces of JavaScript and TypeScript: V8 (node, Chrome, Hermes), Firefox and Safari; the failing frame stands first."""

import re

from bot.core.stacktrace import names as trace_names
from bot.core.stacktrace.parts import Part, Raw, head_above, head_in

_FILE = r"[^\s()\"'][^\n()\"']{0,600}?"
_PLACE = rf"(?P<file>{_FILE}):(?P<line>\d{{1,7}})(?::\d{{1,9}})?"
V8 = re.compile(
    r"^\s{0,80}at (?:async )?(?:"
    rf"(?P<function>[^\n(]{{1,200}}?) \((?:address at )?(?:{_PLACE}|eval at [^\n]{{1,400}}|<anonymous>|native|index \d{{1,7}})\)"
    rf"|(?P<bare>[^\s()\"'][^\n()\"']{{0,600}}?):(?P<bare_line>\d{{1,7}}):\d{{1,9}}"
    r")(?: \{)?\s{0,4}$",
    re.MULTILINE,
)
GECKO = re.compile(
    r"^(?P<function>[\w.$/<>*[\] ]{0,200})@(?:(?P<file>(?:[a-z-]{2,20}:/{1,3}|/|[\w.-]{1,100}\.(?:js|ts|bundle|jsx|tsx"
    r"|mjs))[^\n()\"'\s]{0,600}?):(?P<line>\d{1,7})(?::\d{1,9})?"
    r"|\[native code\])\s{0,4}$",
    re.MULTILINE,
)
_CAUSE = re.compile(r"^\s{0,80}(?:\[cause\]: |cause: |Caused by:? |\[errors\]: \[ ?|\{? ?\[cause\]: )(?P<head>[^\n]{0,2000})", re.IGNORECASE)


def wanted(text: str) -> bool:
    """Whether the text can hold one."""
    return "at " in text or "@" in text


def read(text: str) -> list[Part]:
    """The errors of the first chain, wrapper first."""
    if "at " in text and V8.search(text):
        pattern = V8
    elif "@" in text and GECKO.search(text):
        pattern = GECKO
    else:
        return []
    parts: list[Part] = []
    above: list[str] = []
    frames: list[Raw] = []
    for line in text.split("\n"):
        if match := pattern.match(line):
            frames.append(_frame(match))
        elif cause := _CAUSE.match(line):
            if frames or not parts:
                parts.append(_part(above, frames))
            above, frames = [cause["head"]], []
        elif not frames:
            above.append(line.removeprefix("[").removesuffix("]") if line.startswith("[") else line)
        elif line[:1] not in ("", " ", "\t", "}") and head_in(line):
            break
    parts.append(_part(above, frames))
    return [part for part in parts if part.frames or part.error_type]


def _part(above: list[str], frames: list[Raw]) -> Part:
    return Part(*head_above(above), frames[::-1])


def _frame(match: re.Match[str]) -> Raw:
    groups = match.groupdict()
    file, line = (groups.get("bare"), groups.get("bare_line")) if groups.get("bare") else (groups["file"], groups["line"])
    return trace_names.javascript(groups["function"]), file, int(line) if line else None, None, file is None
