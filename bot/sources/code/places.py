"""Stack frames become places in the code: the failing line, the function around it and its neighbours, at the commit that was read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import msgspec

from bot.core.code.enclosing import LONGEST, Enclosure, defined, enclosing, lines_of
from bot.core.code.foreign_file import generated, vendored
from bot.core.code.frame_function import function_name, is_named_by, qualified_name
from bot.core.code.frame_path import acceptable, library
from bot.core.code.neighbours import neighbours
from bot.core.code.syntax import Syntax
from bot.core.plain_text.plain_text import cut, one_line, visible
from bot.model import CodePlace, Evidence, Frame, Gap
from bot.sources.code.frame_files import File, files_of, named_own, with_function
from bot.sources.code.reading import SOURCE, Reading, text_of
from bot.sources.code.syntax_reading import syntax_of

SHOWN_PLACES = 3
"""The failing function and the two own ones that called it."""
_LOOKED_AT = 60
_MAX_GAPS = 20


@dataclass(frozen=True)
class Place:
    """A place, the reading it is from, the function around it, and the evidence made of it. `line_known` is False where only the function is."""

    reading: Reading
    detail: CodePlace
    enclosure: Enclosure
    evidence: Evidence
    line_known: bool = True


@dataclass
class Places:
    """The places of a stack, the failing one first, and what stood in the way of others."""

    found: list[Place] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    unmatched: list[Frame] = field(default_factory=list)


@dataclass(frozen=True)
class Spot:
    """A line of a file that was read, with what a parser says of the file and what a reader should know of how it was found."""

    reading: Reading
    path: str
    line: int
    text: str
    syntax: Syntax | None
    notes: tuple[str, ...] = ()
    query: str = ""


def locate(frames: Sequence[Frame], readings: Sequence[Reading], service: str = "") -> Places:
    """The places of the innermost own frames. Ten thousand frames of a recursion count as the few that differ.

    `service` decides between files of one name; without it the codebases' own settings do, or the frame becomes a gap.
    """
    places = Places()
    for frame in _own(frames):
        if len(places.found) == SHOWN_PLACES:
            break
        _add(places, frame, readings, service)
    places.gaps[:] = list(dict.fromkeys(places.gaps))[:_MAX_GAPS]
    return places


def place(spot: Spot, around: Enclosure) -> Place:
    """The place of a line within the function around it, with its evidence."""
    reading, path, line = spot.reading, spot.path, spot.line
    lines = lines_of(spot.text)
    first, last = _shown(around, line)
    shown = [_line(one) for one in lines[first - 1 : last]]
    link = reading.link(path, line)
    detail = CodePlace(reading.codebase.name, reading.commit, path, line, around.function, first, "\n".join(shown), link)
    notes = "; ".join(part for part in (*spot.notes, "" if around.exact else "function cut out by indentation") if part)
    inside = f" in {around.function}" if around.function else ""
    head = f"{path}:{line}{inside} at {reading.at}" + (f" ({notes})" if notes else "")
    body = [f"{'>' if number == line else ' '} {number:>5} {text}" for number, text in enumerate(shown, start=first)]
    beside = neighbours(lines, spot.syntax, around, path) if spot.syntax else ()
    more = ["elsewhere in the file:", *(f"  {number:>5} {cut(_line(lines[number - 1]), 160)}" for number in beside)] if beside else []
    where = link or f"{reading.codebase.name}/{path}:{line}@{reading.commit[:7]}"
    text = "\n".join([head, *body, *more])
    query = spot.query or f"git show {reading.commit[:12]}:{path}"
    return Place(reading, detail, around, Evidence("code", SOURCE, where, text, time=reading.time, query=query, detail=detail))


def _own(frames: Sequence[Frame]) -> Iterable[Frame]:
    distinct = [frame for frame in dict.fromkeys(reversed(frames)) if not library(frame)][:_LOOKED_AT]
    return [frame for frame in distinct if frame.in_app] or distinct


def _add(places: Places, frame: Frame, readings: Sequence[Reading], service: str) -> None:
    if frame.file and not acceptable(frame.file):
        places.gaps.append(
            Gap(SOURCE, f"the file of the frame `{_name(frame)}`", "its path climbs out of the repository or is malformed", "read the log event by hand")
        )
        return
    several = files_of(frame, readings, service)
    found = with_function(several, frame) if len(several) > 1 else several
    if not found:
        places.unmatched.append(frame)
    elif len(found) > 1:
        names = ", ".join(f"{reading.codebase.name}/{path}" for reading, path in found[:5])
        places.gaps.append(
            Gap(SOURCE, f"the file of the frame `{_name(frame)}`", f"{len(found)} files could be meant: {names}", "set `code.services` and `code.source_roots`")
        )
    else:
        chosen = f"of {len(several)} files of that name the only one with this function" if len(several) > 1 else ""
        _add_file(places, frame, found[0], chosen)


def _add_file(places: Places, frame: Frame, file: File, chosen: str) -> None:
    reading, path = file
    text = text_of(reading, path)
    stranger = text if isinstance(text, Gap) else _foreign(reading, path, text[0])
    if stranger is not None or isinstance(text, Gap):
        places.gaps += [stranger] if stranger else []
        return
    content, note = text
    spot = Spot(reading, path, frame.line or 0, content, syntax_of(content, path, frame.line or 0), (note, chosen))
    around = enclosing(content, frame.line, path, spot.syntax) if frame.line else None
    line_known = around is not None and is_named_by(around, frame, path, spot.syntax)
    if around is None or not line_known:
        elsewhere = _by_name(spot, frame)
        if elsewhere is None or frame.line:
            places.gaps.append(_displaced(frame, reading, path))
        if elsewhere is None:
            return
        around, spot = elsewhere, replace(spot, line=elsewhere.statement[0])
    if not around.function:
        around = msgspec.structs.replace(around, function=one_line(frame.function)[:80])
    places.found.append(replace(place(spot, around), line_known=line_known))


def _by_name(spot: Spot, frame: Frame) -> Enclosure | None:
    name = function_name(frame)
    if not name:
        return None
    return defined(spot.text, qualified_name(frame), spot.path, spot.syntax) or defined(spot.text, name, spot.path, spot.syntax)


def _foreign(reading: Reading, path: str, text: str) -> Gap | None:
    """The gap of a file that is tracked here, but that nobody here wrote."""
    if named_own(reading, path):
        return None
    own = "if it is yours, name its folder in `code.in_app`"
    if vendored(path):
        return Gap(
            SOURCE, f"the history of {path}", "it is third-party code that was copied into the repository", f"look at what calls it, or upgrade it; {own}"
        )
    if generated(path, text):
        return Gap(SOURCE, f"the history of {path}", "it is a generated file", f"look at what it is generated from, and at what calls it; {own}")
    return None


def _displaced(frame: Frame, reading: Reading, path: str) -> Gap:
    if not frame.line:
        return Gap(SOURCE, f"the failing line in {path}", "the frame names no line", "read the log event by hand")
    cause = f"line {frame.line} is not in `{cut(one_line(frame.function), 80)}` there: {reading.at} is not the version that ran"
    return Gap(SOURCE, f"{path}:{frame.line} as it ran", cause, "log the release, so that its commit can be read")


def _line(text: str) -> str:
    return cut(visible(text[:2000]).replace("\n", " "), 400)


def _shown(around: Enclosure, line: int) -> tuple[int, int]:
    if around.last - around.first < LONGEST:
        return around.first, around.last
    first = max(around.first, min(line - LONGEST // 2, around.last - LONGEST + 1))
    return first, first + LONGEST - 1


def _name(frame: Frame) -> str:
    where = f"{frame.file or frame.module or ''}:{frame.line or '?'}"
    return cut(one_line(f"{where} {frame.function}").replace("`", "'"), 160)
