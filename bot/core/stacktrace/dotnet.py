"""Traces of .NET: wrapper first in the head, the innermost error's frames first in the body."""

import re

from bot.core.stacktrace import names as trace_names
from bot.core.stacktrace.parts import Part, Raw, head_above, head_in

FRAME = re.compile(
    r"^\s{0,80}at (?P<name>[\w.`<>\[\]|$+,@-]{1,500}?(?:\[[^\]\n]{1,300}\])?)\((?P<arguments>[^)\n]{0,1000})\)"
    r"(?: in (?P<file>[^\n]{1,400}?):line (?P<line>\d{1,7}))?\s{0,4}$",
    re.MULTILINE,
)
_INNER = re.compile(r"\s{0,40}---> (?:\(Inner Exception #\d{1,4}\) )?")
_END_OF_INNER = "--- End of inner exception stack trace"
_NUMBER = re.compile(r":\d{1,7}$|^Native Method$|^Unknown Source$")


def wanted(text: str) -> bool:
    """Whether the text can hold one."""
    return "at " in text and ")" in text


def read(text: str) -> list[Part]:
    """The errors of one chain, wrapper first."""
    if not (match := FRAME.search(text)) or _NUMBER.search(match["arguments"]):
        return []
    above = text[: match.start()]
    heads = _heads(above)
    bodies = _bodies(text[match.start() :])
    # The first body is the innermost error's, the last the outermost's.
    parts = [Part(*head) for head in heads]
    for part, frames in zip(reversed(parts), bodies, strict=False):
        part.frames = frames
    if len(bodies) < len(parts):
        parts[-1].frames = [*parts[0].frames, *parts[-1].frames] if parts[0] is not parts[-1] else parts[-1].frames
    elif len(parts) > 1:
        # What called the innermost error stands in the bodies of those around it.
        parts[-1].frames = [frame for part in parts for frame in part.frames]
    return parts


def _heads(above: str) -> list[tuple[str | None, str | None]]:
    lines: list[str] = []
    heads: list[tuple[str | None, str | None]] = []
    for line in above.split("\n"):
        pieces = _INNER.split(line[:4000]) if "--->" in line else [line]
        for number, piece in enumerate(pieces):
            if number and lines:
                heads.append(head_above(lines))
                lines = []
            lines.append(piece)
    heads.append(head_above(lines))
    return [head for head in heads if head[0]] or heads[-1:]


def _bodies(body: str) -> list[list[Raw]]:
    bodies: list[list[Raw]] = [[]]
    for line in body.split("\n"):
        if match := FRAME.match(line):
            bodies[-1].append(_frame(match))
        elif _END_OF_INNER in line:
            bodies.append([])
        elif line[:1] not in ("", " ", "\t") and bodies[-1] and not line.startswith("---") and head_in(line):
            break
    return [frames[::-1] for frames in bodies]


def _frame(match: re.Match[str]) -> Raw:
    module, function = trace_names.dotnet(match["name"])
    return function, match["file"], int(match["line"]) if match["line"] else None, module, False
