"""Secrets in SQL that stand away from their column: rows of an INSERT, and parameters that are logged beside a statement."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from bot.core.redaction.keys import keyed
from bot.core.redaction.span import Span
from bot.regex import regex

_STRING = r"\\{1,3}'[^'\\\n]{0,4000}\\{1,3}'|'(?:[^'\\]|''|\\.){0,4000}+(?:'|\Z)|\\{0,3}\"[^\"\\\n]{0,4000}\\{0,3}\""
_STATEMENT = regex(r"\b(?:into (?=[\w.\"`\[\]\\]{1,200}\s{0,4}\()|update (?=\S{1,200} set\b)|select |delete from )", re.IGNORECASE)
_INSERT = regex(r"into [\w.\"`\[\]\\]{1,200}\s{0,4}\((?P<columns>[^()]{1,4000})\)\s{0,40}values?\s{0,40}(?=\()", re.IGNORECASE)
_OPENING = regex(r"[\s,]{0,40}[(\[]")
# A string, or an expression with its calls: `crypt('…', gen_salt('bf'))`.
_VALUE = regex(rf"\s{{0,40}}(?P<value>(?:{_STRING}|[^,()\[\]'\"]|\((?:{_STRING}|[^()'\"]|\([^()]{{0,100}}+\)){{0,20}}+\)){{1,200}}+)(?P<after>[,)\]])?")
_LITERAL = regex(_STRING)
_SET = regex(r"(?P<column>\w{1,60})[\"`\]\\]{0,2} ?= ?(?P<place>\$\d{1,3}|\?|%s)(?!\w)")
_PLACE = regex(r"\$(?P<number>\d{1,3})|\?|%s")
# PostgreSQL's `parameters: $1 = 'ann', $2 = '…'`; `[parameters: ('ann', '…')]` of SQLAlchemy, `args=('ann', '…')` of Django.
_NUMBERED = regex(r"\$(?P<number>\d{1,3}) = (?P<value>'(?:[^'\n]|''){1,4000}+')")
_LISTED = regex(r"\b(?:param(?:eter)?s|args|bindings|values)[\"']?\s?[:=]\s?(?=[(\[])", re.IGNORECASE)

_Value = tuple[str, int, int]  # column, start and end


def columns(text: str, lowered: str) -> Iterator[Span]:
    """`INSERT INTO users (name, password) VALUES ('ann', '…')`; `password = $2` with `$2 = '…'` beside it.

    A value is judged as if it stood beside its column: `password='…'`.
    """
    if not ("into " in lowered and "values" in lowered) and not ("update " in lowered and " set " in lowered):
        return
    end = 0
    for start, following in pairwise([*(match.start() for match in _STATEMENT.finditer(text)), len(text)]):
        if start >= end:
            insert = _INSERT.match(text, start)
            rows = list(_rows(text, insert.end(), [re.sub(r"\W", "", name) for name in insert.group("columns").split(",")])) if insert else []
            end = rows[-1][2] if rows else end
            yield from _telling(text, rows)
            given = [(name, text[at:stop].strip()) for name, at, stop in rows]
            given = given or [(match.group("column"), match.group("place")) for match in _SET.finditer(text, start, following)]
            yield from _parameters(text, end if rows else start, following, _bound(given))


def _parameters(text: str, start: int, end: int, bound: Mapping[int, str]) -> Iterator[Span]:
    """What is logged of a statement's parameters before the next statement."""
    if bound:
        yield from _telling(text, [(bound.get(int(match.group("number")), ""), *match.span("value")) for match in _NUMBERED.finditer(text, start, end)])
        names = [bound.get(number, "") for number in range(1, max(bound) + 1)]
        for listed in _LISTED.finditer(text, start, end):
            yield from _telling(text, list(_row(text, listed.end(), names)))


def _bound(values: Iterable[tuple[str, str]]) -> dict[int, str]:
    """The column of each parameter that is bound to a statement, by its number; `?` and `%s` are counted."""
    places = [(name, place) for name, value in values if (place := _PLACE.fullmatch(value))]
    return {int(place.group("number") or count): name for count, (name, place) in enumerate(places, 1)}


def _rows(text: str, at: int, names: Sequence[str]) -> Iterator[_Value]:
    while row := list(_row(text, at, names)):
        yield from row
        at = row[-1][2] + 1


def _row(text: str, at: int, names: Sequence[str]) -> Iterator[_Value]:
    """The values of one row in brackets, as many as there are names."""
    opening = _OPENING.match(text, at)
    at = opening.end() if opening else len(text)
    for name in names:
        value = _VALUE.match(text, at)
        if value is None:
            return
        yield (name, *value.span("value"))
        if value.group("after") != ",":
            return
        at = value.end()


def _telling(text: str, values: Sequence[_Value]) -> Iterator[Span]:
    secret = {name for name in {name for name, _, _ in values} if any(keyed(f"{name}='a1B2c3D4e5F6'", f"{name}='a1b2c3d4e5f6'".lower()))}
    for name, start, end in values:
        if name in secret and (literal := _LITERAL.search(text, start, end)):
            beside = f"{name}={literal.group()}"
            for span in keyed(beside, beside.lower()):
                shift = literal.start() - len(name) - 1
                yield Span(span.start + shift, span.end + shift, span.kind)
