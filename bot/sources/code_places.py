"""Stack frames become places in the code: the failing line, the function around it, at the commit that was read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import msgspec

from bot.core.enclosing import LONGEST, Enclosure, defined, enclosing, lines_of
from bot.core.frame_path import acceptable, candidates, library, ours
from bot.core.plain_text import cut, one_line, visible
from bot.model import CodePlace, Evidence, Frame, Gap
from bot.sources.code_reading import SOURCE, Reading, text_of

SHOWN_PLACES = 3
"""The failing function and the two own ones that called it."""
_LOOKED_AT = 60
_NAMELESS = frozenset({"", "<module>", "<lambda>", "<listcomp>", "<genexpr>", "<dictcomp>", "<setcomp>", "<anonymous>", "anonymous", "?"})


@dataclass(frozen=True)
class Place:
    """A place, the reading it is from, the function around it, and the evidence made of it."""

    reading: Reading
    detail: CodePlace
    enclosure: Enclosure
    evidence: Evidence


@dataclass
class Places:
    """The places of a stack, the failing one first, and what stood in the way of others."""

    found: list[Place] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    unmatched: list[Frame] = field(default_factory=list)


def locate(frames: Sequence[Frame], readings: Sequence[Reading]) -> Places:
    """The places of the innermost own frames. Ten thousand frames of a recursion count as the few that differ."""
    places = Places()
    for frame in _own(frames):
        if len(places.found) == SHOWN_PLACES:
            break
        _add(places, frame, readings)
    return places


def _own(frames: Sequence[Frame]) -> Iterable[Frame]:
    distinct = [frame for frame in dict.fromkeys(reversed(frames)) if not library(frame)][:_LOOKED_AT]
    return [frame for frame in distinct if frame.in_app] or distinct


def _add(places: Places, frame: Frame, readings: Sequence[Reading]) -> None:
    if frame.file and not acceptable(frame.file):
        places.gaps.append(
            Gap(SOURCE, f"the file of the frame `{_name(frame)}`", "its path climbs out of the repository or is malformed", "read the log event by hand")
        )
        return
    found = [
        (reading, path)
        for reading in readings
        for path in candidates(frame, reading.tracked, reading.codebase.source_roots)
        if ours(path, frame, reading.codebase.in_app, reading.codebase.source_roots)
    ]
    if not found:
        places.unmatched.append(frame)
    elif len(found) > 1:
        names = ", ".join(f"{reading.codebase.name}/{path}" for reading, path in found[:5])
        places.gaps.append(
            Gap(SOURCE, f"the file of the frame `{_name(frame)}`", f"{len(found)} files could be meant: {names}", "set `code.services` and `code.source_roots`")
        )
    else:
        _add_file(places, frame, *found[0])


def _add_file(places: Places, frame: Frame, reading: Reading, path: str) -> None:
    text = text_of(reading, path)
    if isinstance(text, Gap):
        places.gaps.append(text)
        return
    content = text[0]
    around = enclosing(content, frame.line, path) if frame.line else None
    function = frame.function.rpartition(".")[2]
    line = frame.line or 0
    if around is None or (around.exact and function not in _NAMELESS and not _within(around, function, content)):
        elsewhere = defined(content, frame.function, path) if function not in _NAMELESS else None
        if elsewhere is None or frame.line:
            places.gaps.append(_displaced(frame, reading, path))
        if elsewhere is None:
            return
        around, line = elsewhere, elsewhere.statement[0]
    if not around.function:
        around = msgspec.structs.replace(around, function=one_line(frame.function)[:80])
    places.found.append(_place(reading, path, line, around, text))


def _within(around: Enclosure, function: str, content: str) -> bool:
    """Whether the function around the line is the frame's; code of a class body runs under the class's name."""
    return around.function.rpartition(".")[2] == function or (around.function == "<module>" and f"class {function}" in content)


def _displaced(frame: Frame, reading: Reading, path: str) -> Gap:
    if not frame.line:
        return Gap(SOURCE, f"the failing line in {path}", "the frame names no line", "read the log event by hand")
    cause = f"line {frame.line} is not in `{cut(one_line(frame.function), 80)}` there: {reading.at} is not the version that ran"
    return Gap(SOURCE, f"{path}:{frame.line} as it ran", cause, "log the release, so that its commit can be read")


def _place(reading: Reading, path: str, line: int, around: Enclosure, text: tuple[str, str]) -> Place:
    content, note = text
    first, last = _shown(around, line)
    lines = [cut(visible(line_text).replace("\n", " "), 400) for line_text in lines_of(content)[first - 1 : last]]
    link = reading.link(path, line)
    detail = CodePlace(reading.codebase.name, reading.commit, path, line, around.function, first, "\n".join(lines), link)
    notes = "; ".join(part for part in (note, "" if around.exact else "function cut out by indentation") if part)
    head = f"{path}:{line} in {around.function} at {reading.at}" + (f" ({notes})" if notes else "")
    body = "\n".join(f"{'>' if number == line else ' '} {number:>5} {text}" for number, text in enumerate(lines, start=first))
    shown = link or f"{reading.codebase.name}/{path}:{line}@{reading.commit[:7]}"
    query = f"git show {reading.commit[:12]}:{path}"
    return Place(reading, detail, around, Evidence("code", SOURCE, shown, f"{head}\n{body}", time=reading.time, query=query, detail=detail))


def _shown(around: Enclosure, line: int) -> tuple[int, int]:
    if around.last - around.first < LONGEST:
        return around.first, around.last
    first = max(around.first, min(line - LONGEST // 2, around.last - LONGEST + 1))
    return first, first + LONGEST - 1


def _name(frame: Frame) -> str:
    where = f"{frame.file or frame.module or ''}:{frame.line or '?'}"
    return cut(one_line(f"{where} {frame.function}").replace("`", "'"), 160)
