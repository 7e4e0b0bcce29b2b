"""The values of a front matter checked against the schema, each problem with what to write instead."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Literal, NamedTuple, get_args, get_origin, get_type_hints

import msgspec

from bot.core.entry.meta import KEYS, OPTIONAL, TIMES, EntryMeta
from bot.model import Record
from bot.regex import regex

_TIME = regex(r"\d{4}-\d\d-\d\d(?:[Tt ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?: ?(?:[Zz]|[+-]\d\d:?\d\d))?)?\Z")
_HINTS = get_type_hints(EntryMeta, include_extras=True)
_TYPES = get_type_hints(EntryMeta)
Kind = Literal["unreadable", "unknown key", "missing key", "wrong value", "conflict"]


class Problem(Record, frozen=True):
    """One thing wrong with a front matter: the line in the file (from 1), what it is, what to do."""

    kind: Kind
    line: int
    cause: str
    remedy: str


class Value(NamedTuple):
    """A top-level key: its line, the offsets of its value in the YAML, those of the items when it is a list, and its source."""

    line: int
    start: int
    end: int
    items: tuple[tuple[int, int], ...] | None
    source: str


def converted(data: Mapping[str, object], values: Mapping[str, Value]) -> tuple[EntryMeta | None, tuple[Problem, ...]]:
    """The meta that these values make, or every problem with them, in order of line."""
    problems: list[Problem] = []
    known: dict[str, object] = {}
    for key, value in values.items():
        if key not in KEYS:
            problems.append(Problem("unknown key", value.line, f"unknown key `{key[:60]}`", _nearest(key)))
        else:
            known[key], problem = _checked(key, data.get(key), value)
            problems += [problem] if problem else []
    for key in KEYS:
        if key not in values and key not in OPTIONAL:
            problems.append(Problem("missing key", 1, f"the key `{key}` is missing", f"add a line `{key}: …` (see knowledge/SCHEMA.md)"))
    meta = None if problems else msgspec.convert(known, EntryMeta)
    return meta, tuple(sorted(problems, key=lambda problem: problem.line))


def _checked(key: str, value: object, at: Value) -> tuple[object, Problem | None]:
    if value is None and (key in OPTIONAL or key in ("services", "environments", "threads")):
        value = OPTIONAL.get(key, ())
    if key in TIMES:
        value = time_value(value)
    try:
        return msgspec.convert(value, _HINTS[key]), None
    except msgspec.ValidationError:
        return None, Problem("wrong value", at.line, f"`{key}`: {_said(key, value, at)}", _remedy(key, value, at))


def time_value(value: object) -> object:
    """A time as `2025-12-17T09:12:44Z`, whether YAML saw text, a date or a time; anything else as None."""
    if value == "":
        return ""
    try:
        if isinstance(value, str):
            value = datetime.fromisoformat(value.strip().upper().replace(" Z", "Z")) if _TIME.match(value.strip()) else None
        elif isinstance(value, date) and not isinstance(value, datetime):
            value = datetime(value.year, value.month, value.day, tzinfo=UTC)
        if not isinstance(value, datetime):
            return None
        return value.replace(tzinfo=value.tzinfo or UTC).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError):
        return None


def _said(key: str, value: object, at: Value) -> str:
    if key in TIMES:
        return "no time"
    kind = _kind(key)
    if (kind is tuple) != (at.items is not None):
        return "a list, where one value belongs" if at.items is not None else "one value, where a list belongs"
    if kind is Literal:
        return f"{_source(at)} is none of its values"
    if kind is int:
        return f"{value} is too small" if type(value) is int else "no whole number"
    if isinstance(value, list):
        return next((f"item {number} is {_text_said(item)}" for number, item in enumerate(value, start=1) if not _fits(key, [item])), "no list of texts")
    return _text_said(value)


def _text_said(value: object) -> str:
    if not isinstance(value, str):
        return "no text"
    return "not of the right form" if value else "empty"


def _fits(key: str, value: object) -> bool:
    try:
        msgspec.convert(value, _HINTS[key])
    except msgspec.ValidationError:
        return False
    return True


def _remedy(key: str, value: object, at: Value) -> str:
    if key in TIMES:
        return f'write a time in UTC: {key}: "2025-12-17T09:12:44Z"'
    source, kind = _source(at), _kind(key)
    if kind is Literal:
        return f"write one of: {', '.join(str(choice) for choice in get_args(_TYPES[key]))}"
    if kind is int and at.items is None:
        return f"write a whole number without quotes: {key}: 3"
    if (kind is tuple) != (at.items is not None):
        return f"write one value: {key}: …" if at.items is not None else f'write a list: {key}: ["{source}"]'
    if kind is str and value is not None and not isinstance(value, str):
        return f'put it in double quotes: {key}: "{source}"'
    return "put each item in double quotes, of the form that knowledge/SCHEMA.md shows" if kind is tuple else f"see knowledge/SCHEMA.md for what `{key}` takes"


def _source(at: Value) -> str:
    return " ".join(at.source.split())[:60]


def _kind(key: str) -> object:
    return get_origin(_TYPES[key]) or _TYPES[key]


def _nearest(key: str) -> str:
    near = [known for known in KEYS if known.replace("_", "") == key.casefold().replace("_", "").replace("-", "")]
    return f"did you mean `{near[0]}`?" if near else "remove it, or write it in the body; every key stands in knowledge/SCHEMA.md"
