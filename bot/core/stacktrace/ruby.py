"""Traces of Ruby, with the quotes of 2.x and of 3.4, as the interpreter, Rails and job runners print them."""

import re
from itertools import pairwise

from bot.core.stacktrace import names as trace_names
from bot.core.stacktrace.parts import Part, Raw, completed, head_above, joined

FRAME = re.compile(
    r"^\s{0,80}(?:from |\d{1,5}: from |#\d{1,5} |\[\d{1,5}\] )?(?P<file>(?:[A-Za-z]:)?[^\s:]{1,400}(?:\.(?:rb|rake|ru|erb|haml|slim"
    r"|gemspec)|/(?:bin|exe)/[\w.-]{1,80})|<internal:[\w/-]{1,80}>|-e|\([\w ]{1,40}\)|[^\s:]{0,400}/[\w.-]{1,80})"
    r":(?P<line>\d{1,7}):in [`'](?P<function>[^'\n]{1,300})'",
    re.MULTILINE,
)
_RAISED = re.compile(r": (?P<message>[^\n]{0,2000}?)(?: \((?P<type>[A-Z][\w:]{0,160})\))?$")
_TYPE_BELOW = re.compile(r"^(?P<message>[^\n]{0,2000}) \((?P<type>[A-Z][\w:]{0,160})\)$")
_RAILS = re.compile(r"^\s{0,20}(?P<type>[A-Z][\w:]{0,160}) \((?P<message>[^\n]{0,2000}?)\):?\s{0,4}$")


def wanted(text: str) -> bool:
    """Whether the text can hold one."""
    return ":in `" in text or ":in '" in text


def read(text: str) -> list[Part]:
    """The errors of one chain, wrapper first: Ruby prints them in this order."""
    parts: list[Part] = []
    above: list[str] = []
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if not (match := FRAME.match(line)):
            above.append(line)
            continue
        raised = _raised_at(line[match.end() :], lines[number + 1 : number + 8])
        if raised or not parts or (_named(above) and above[-1].strip()):
            parts.append(Part(*(raised or _named(above) or (None, None))))
        parts[-1].frames.append(_frame(match))
        above = []
    if parts and "most recent call last" in text:
        parts = [Part(parts[-1].error_type, parts[-1].message, [frame for part in parts for frame in part.frames][::-1])]
    for part in parts:
        part.frames = _with_natives(part.frames)[::-1]
    return completed(parts)


def _with_natives(frames: list[Raw]) -> list[Raw]:
    """A method written in C stands at the place of its caller."""
    natives = {n for n, (one, below) in enumerate(pairwise(frames)) if one[1:3] == below[1:3] and one[0] != below[0] and not one[4]}
    return [(frame[0], frame[1], frame[2], frame[3], number in natives) for number, frame in enumerate(frames)]


def _frame(match: re.Match[str]) -> Raw:
    module, function = trace_names.ruby(match["function"])
    # For a moment the last says that this is a block, or the body of a file or class.
    return function, match["file"], int(match["line"]), module, match["function"].startswith(("block ", "rescue ", "ensure ", "<"))


def _raised_at(rest: str, below: list[str]) -> tuple[str | None, str | None] | None:
    """`: message (Type)` behind the failing frame; the type of a message of several lines stands behind its last or first line."""
    match = _RAISED.match(rest)
    if match is None:
        return None
    said = [match["message"]]
    if match["type"]:
        for line in below:
            if not line.strip() or FRAME.match(line) or line.lstrip().startswith(("from ", "\t")):
                break
            said.append(line)
        return match["type"], joined(said)
    for line in below:
        if FRAME.match(line):
            break
        if end := _TYPE_BELOW.match(line):
            return end["type"], joined([*said, end["message"]])
        said.append(line)
    return "RuntimeError" if match["message"] == "unhandled exception" else None, match["message"].strip() or None


def _named(above: list[str]) -> tuple[str | None, str | None] | None:
    for line in reversed([line for line in above[-8:] if line.strip()]):
        if match := _RAILS.match(line):
            return match["type"], match["message"].strip() or None
    found = head_above(above)
    return found if found[0] else None
