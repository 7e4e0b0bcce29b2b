"""The names in code and in error messages, and what of a function the failing line rests on: its variables, where they come from, its conditions."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from bot.core.code.hunks import defined_names, indent
from bot.regex import regex

_NAME = regex(r"[A-Za-z_$][\w$]{1,80}")
_STRING = regex(r"\"(?:[^\"\\\n]|\\.){0,300}\"|'(?:[^'\\\n]|\\.){0,300}'|`(?:[^`\\\n]|\\.){0,300}`")
_COMPOUND = regex(r"[A-Za-z]\w{0,80}_\w{1,80}|[a-z]{2,40}[A-Z]\w{1,80}")
_KEYWORDS = frozenset(
    (  # noqa: SIM905 - read as a list of words
        "if else elif for while in is not and or return def func function fn fun class new this self null nil None true false True False const let var val "
        "await async raise throw throws try except catch finally rescue ensure end begin do then unless import from package public private protected static "
        "final void int str string float bool boolean double long byte char Integer String Object list dict set tuple map range len err error with as lambda "
        "yield pass break continue switch case default struct interface type go defer chan select make append print println fmt console log logger logging "
        "require module exports export extends implements super instanceof typeof delete using namespace mut pub impl trait use crate match where"
    ).split()
)
_STOP = frozenset(
    (  # noqa: SIM905 - as above
        "the and for with that this from have has was were not cannot can't could does did but its into than then when which while after before "
        "error exception failed failure invalid unexpected traceback object value values attribute argument arguments line type of at by on to is be "
        "required missing unknown must expected received undefined null none nil reading properties property keyword positional name module file function"
    ).split()
)
_QUOTED = regex(r"[\"'`‘“]([^\"'`’”\n]{1,120})[\"'`’”]")
_CODE_LIKE = regex(
    # A right of AWS is written `s3:GetObject`.
    r"\b[a-z][\w-]{1,40}:[A-Z]\w{2,60}\b|[A-Za-z_$][\w$]{0,60}(?:(?:\.|::|->|#)[A-Za-z_$][\w$]{0,60}){1,6}|\b\w{0,60}_\w{1,60}\b|\b[a-z]{1,40}[A-Z]\w{1,60}|\b(?:[A-Z][a-z0-9]{1,30}){2,6}\b"
)
_NUMBER = regex(r"(?<![\w.])\d{2,9}(?:\.\d{1,6})?(?![\w.])")
_PLAIN = regex(r"[A-Za-z]{4,30}")
_PARTS = regex(r"[A-Z]?[a-z]{3,30}|[A-Z]{3,30}(?![a-z])")
_LONGEST = 4_000
_HEAD = regex(r"\b(?:def|func|fn|fun|function|sub)\b|\)[^(){}]{0,80}\{\s{0,8}$|=>\s{0,8}\{?\s{0,8}$")
_BESIDE = 0.4
"""What the other lines of a statement are worth where a trace names one of them."""
_BARE = regex(r"\s{0,200}def\s{1,4}[\w.?!]{1,80}(?:\s{0,4}(?::\s?[\w.\[\], ]{1,80})?=\s.{0,400}|(?P<told>\s{1,4}(?![=\s])[^(\n]{1,300})|\s{0,200})$")
"""The head of a function without brackets, as Ruby and Scala write it; the first ones of its body hold no parameters."""
_CALLED_ON = (".", "?.", "&.", "->", "::", ")")
_LEVELS = (0.7, 0.45)
"""What the variables of the failing line are made from, and what those are made from."""


@dataclass(frozen=True)
class Basis:
    """What the failing line of a function rests on: words and lines (by number in the file), each with a weight from 1 down.

    `local` are the parameters and variables of the function: the same name in another file means something else.
    """

    words: dict[str, float] = field(default_factory=dict)
    lines: dict[int, float] = field(default_factory=dict)
    local: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Named:
    """What an error message names: names of code, numbers, and plain words."""

    names: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    plain: frozenset[str] = frozenset()


def names_of(line: str) -> list[str]:
    """The names in a line of code; of a string with spaces only what looks like code."""
    code = _STRING.sub(_inside, line[:_LONGEST])
    return [name for name in _NAME.findall(code) if name not in _KEYWORDS]


def parts_of(name: str) -> set[str]:
    """The words that a name is made of: `poolSize` is pool and size."""
    return {part.lower() for part in _PARTS.findall(name)}


def named_in(message: str) -> Named:
    """The names, numbers and words of an error message."""
    text = message[:_LONGEST]
    quoted = [quote for quote in _QUOTED.findall(text) if " " not in quote]
    told = [*quoted, *_CODE_LIKE.findall(text)]
    names = {name for one in told for name in _NAME.findall(one) if name not in _KEYWORDS and name.lower() not in _STOP}
    plain = {word.lower() for word in _PLAIN.findall(text)} - _STOP
    return Named(frozenset(names), frozenset(_NUMBER.findall(text)), frozenset(plain))


def introduced(line: str) -> set[str]:
    """The names that a line brings into being: what it defines or gives a value to, and the parameters of a function's head."""
    defined = defined_names(line)
    head = bool(defined) and _HEAD.search(line[:400]) is not None
    return {*defined, *assigned_names(line), *(names_of(_parameters([line])) if head else ())}


def basis(lines: Sequence[str], first: int, statement: tuple[int, int], failing: int = 0) -> Basis:
    """The basis of a statement in a function whose lines begin at `first`; by indentation and assignments, so in any language.

    `failing`: the line of the statement that a trace names. Within a longer statement it is that part which failed; its first line stands for all of it,
    and so does a call on what the lines before it made: `.all()` fails for any part of its query.
    """
    start, stop = max(0, statement[0] - first), min(len(lines), statement[1] - first + 1)
    if not 0 <= start < stop:
        return Basis()
    assigned = {number: names for number, line in enumerate(lines) if (names := assigned_names(line))}
    local = frozenset(name for names in assigned.values() for name in names) | frozenset(names_of(_parameters(lines)))
    within = start < failing - first < stop and not lines[failing - first].lstrip().startswith(_CALLED_ON)
    weights = {number: 1.0 if not within or number == failing - first else _BESIDE for number in range(start, stop)}
    weights |= dict.fromkeys(_conditions(lines, start), 0.8)
    wanted = {name for number in weights for name in names_of(lines[number])} & local
    for level in _LEVELS:
        found = [number for number, names in assigned.items() if number < start and number not in weights and wanted & set(names)]
        reached = {near for number in found for near in _whole(lines, number) if near not in weights}
        weights |= dict.fromkeys(reached, level)
        wanted |= {name for number in reached for name in names_of(lines[number])} & local
    words: dict[str, float] = {}
    for number, weight in weights.items():
        for name in names_of(lines[number]):
            words[name] = max(words.get(name, 0), weight)
    return Basis(words, {number + first: weight for number, weight in weights.items()}, local)


def _inside(match: re.Match[str]) -> str:
    text = match[0]
    return f" {' '.join(_COMPOUND.findall(text))} " if " " in text.strip("\"'` ") else f" {text[1:-1]} "


_ASSIGNED = (
    regex(r"^\s{0,200}([^=(){}\"']{1,200}?)\s{0,8}(?::[^=:]{1,80})?(?:[-+*/|&%?]|:|\|\||\?\?|//|\*\*)?=(?![=>~])"),
    regex(r"\b(?:for|foreach)\s{0,4}\(?\s{0,4}(.{1,120}?)\s{1,4}(?:in|of|:|:=)\s"),
    regex(r"\bas\s{1,4}([A-Za-z_]\w{0,80})\s{0,4}:"),
    regex(r"(?:const|let|var)\s{1,4}[{\[]([^}\]=]{1,200})[}\]]\s{0,4}="),
)


def assigned_names(line: str) -> list[str]:
    """The names that a line gives a value to."""
    targets = (match[1] for pattern in _ASSIGNED if (match := pattern.search(line[:400])))
    return [name for target in targets for name in _NAME.findall(target) if name not in _KEYWORDS]


def _parameters(lines: Sequence[str]) -> str:
    header = next((number for number, line in enumerate(lines) if not line.lstrip().startswith("@") and ("(" in line or _BARE.match(line))), None)
    if header is None:
        return ""
    if bare := _BARE.match(lines[header]):
        return bare["told"] or ""
    text = " ".join(lines[header : header + 12])
    return text[text.index("(") + 1 :].split(")")[0]


def _conditions(lines: Sequence[str], start: int) -> Iterable[int]:
    """The lines that open the blocks around a line, without the head of the function."""
    depth, top = indent(lines[start]), indent(lines[0])
    for number in range(start - 1, 0, -1):
        if not lines[number].strip() or indent(lines[number]) >= depth:
            continue
        depth = indent(lines[number])
        if depth <= top:
            return
        yield number


def _whole(lines: Sequence[str], start: int) -> Iterable[int]:
    """A line and those that continue it, deeper indented."""
    yield start
    if lines[start].rstrip().endswith((":", "{", "do")):
        return
    for number in range(start + 1, min(len(lines), start + 12)):
        if lines[number].strip() and indent(lines[number]) <= indent(lines[start]) and lines[number].strip()[0] not in ")]}":
            return
        yield number
