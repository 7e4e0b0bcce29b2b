"""A value that was always there and now may be missing: a column that takes NULL, a field that became optional, a key that is no longer demanded.

Such a change stands in a schema, a type or a check of what came in, far from the line that fails on the value later.
"""

from collections.abc import Iterator, Sequence

from bot.core.code.words import names_of
from bot.core.plain_text.plain_text import cut, one_line
from bot.core.suspects.change_nature import Line, Piece, alike
from bot.core.suspects.failure_kinds import MISSING_VALUE
from bot.core.suspects.failure_scene import Compared, Signal
from bot.regex import regex

_POINTS = 3.4
_RESTS_ON_IT = 0.7
"""What the failing line must rest on a name at least: another value of the function may well be missing."""
_RELAXES = regex(r"(?i)\bDROP\s{1,4}NOT\s{1,4}NULL\b|\bchange_column_null\b.{1,120},\s{0,4}true\b")
"""Statements that take a demand away by themselves (PostgreSQL, Rails)."""
_OPTIONAL = regex(
    r"\bnull(?:able)?\s{0,4}[:=]\s{0,4}[Tt]rue\b|\.?(?:->|\.)(?:nullable|nullish|optional)\(|\boptional\s{0,4}[:=]\s{0,4}[Tt]rue\b|\bOption(?:al)?[\[<]|\bMaybe\b"
    r"|\|\s{0,4}(?:None|null|undefined)\b|\w\?:|\b(?:[A-Z]\w{0,60}|string|int|long|decimal|double|float|bool)>?\?(?![.\w?:])|\.get\(\s{0,4}[\"']"
    r"|\bomitempty\b|@Nullable\b|\b[A-Z]{3,12}(?:\(\d{1,6}(?:,\s?\d{1,4})?\))?\s{1,8}NULL\b"
)
"""How languages, schemas and ORMs write that a value may be missing."""
_REQUIRED = regex(
    r"(?i)\bNOT\s{1,4}NULL\b|\bnull(?:able)?\s{0,4}[:=]\s{0,4}false\b|\brequired\s{0,4}[:=(]|\bpresence\s{0,4}[:=]|@Not(?:Null|Blank|Empty)\b|\[Required\b|\bvalidates_presence"
)
"""How they write that it may not."""
_MOST_LINES = 60
"""Lines of one run, of those that name what the failing line rests on: each is held against each."""
_VALIDATES = regex(r"\s{0,80}(?:validates?\w{0,30}|assert\w{0,30}|require\w{0,30})\b")
"""A line that only demands: without it the value is still there, and what else names it need not be touched."""


def made_optional(scene: Compared, left: Sequence[Piece]) -> Iterator[Signal]:
    """The value on which the failing line rests may be missing since this change. Only where a missing value is what failed."""
    if MISSING_VALUE not in scene.kinds:
        return
    wanted = {name: weight for name, weight in scene.used.items() if weight >= _RESTS_ON_IT}
    best: tuple[float, str, str] | None = None
    for piece in left:
        for name, line in _relaxed([line for line in piece.lines if not wanted.keys().isdisjoint(names_of(line.text))]):
            worth = (wanted.get(name, 0) * line.weight, name, piece.hunk.path)
            best = max(best, worth) if best else worth
    if best and best[0] > 0:
        points, name, path = best
        yield Signal(_POINTS * points, f"lets `{cut(one_line(name), 80)}` be missing, which the failing code uses", path)


def _relaxed(lines: Sequence[Line]) -> Iterator[tuple[str, Line]]:
    """The names whose value may be missing after the change and could not before, each with the line that says so."""
    before, after = ([line for line in lines if line.added == added][:_MOST_LINES] for added in (False, True))
    demanded = {name for new in after if _REQUIRED.search(new.text) for name in names_of(new.text)}
    for line in after:
        names = set(names_of(line.text))
        if _RELAXES.search(line.text):
            yield from ((name, line) for name in names)
        elif _OPTIONAL.search(line.text):
            former = [old for old in before if alike(old.text, line.text)]
            if former and not any(_OPTIONAL.search(old.text) for old in former):
                yield from ((name, line) for name in names.intersection(*(names_of(old.text) for old in former)))
    for line in before:
        if _REQUIRED.search(line.text) and (_VALIDATES.match(line.text) or any(alike(line.text, new.text) for new in after)):
            yield from ((name, line) for name in set(names_of(line.text)) - demanded)
