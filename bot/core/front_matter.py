"""The YAML block at the top of an entry, read so that nothing in it is lost without a word.

python-frontmatter drops a block silently when it follows a BOM, is not closed by `---`, is closed by `...`, or is a list; PyYAML
lets the last of two equal keys win and reads `no`, `0123` and dates as something else. Each of these is a Problem here.
"""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any, Literal, NamedTuple, get_args, get_origin, get_type_hints

import frontmatter
import msgspec
import yaml
from frontmatter.default_handlers import YAMLHandler

from bot.core.entry_meta import KEYS, OPTIONAL, TIMES, EntryMeta
from bot.model import Record

MAX_BYTES = 1_000_000  # GitHub's API returns no text of larger files, and a bound on what YAML may expand to
BOM = "\ufeff"
_DASHES = re.compile(r"-{3,}[ \t]*(?:\r?\n|\Z)")
_LINE = re.compile(r"[^\n]*(?:\n|\Z)")
_CONFLICT = re.compile(r"(?:<{7}|>{7}|\|{7})(?: .*)?\Z|={7}\Z")
_TIME = re.compile(r"\d{4}-\d\d-\d\d(?:[Tt ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?: ?(?:[Zz]|[+-]\d\d:?\d\d))?)?\Z")
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_HINTS = get_type_hints(EntryMeta, include_extras=True)
_TYPES = get_type_hints(EntryMeta)

Kind = Literal["unreadable", "unknown key", "missing key", "wrong value", "conflict"]


class Problem(Record):
    """One thing wrong with a front matter: the line in the file (from 1), what it is, what to do."""

    kind: Kind
    line: int
    cause: str
    remedy: str


class Block(NamedTuple):
    """Offsets in the file: YAML from `start` to `end`, where the closing line begins; the body from `body`."""

    start: int
    end: int
    body: int


class Value(NamedTuple):
    """A top-level key: its line, the offsets of its value in the YAML, those of the items when it is a list, and its source."""

    line: int
    start: int
    end: int
    items: tuple[tuple[int, int], ...] | None
    source: str


class Reading(NamedTuple):
    """What a file's front matter says. Without problems, `meta` and `block` are there."""

    meta: EntryMeta | None
    block: Block | None
    values: dict[str, Value]
    problems: tuple[Problem, ...]


class _Unreadable(Exception):
    def __init__(self, line: int, cause: str, remedy: str, kind: Kind = "unreadable") -> None:
        super().__init__(cause)
        self.problem = Problem(kind, line, cause, remedy)


def read(text: str) -> Reading:
    """Every problem of the front matter at once, or what it says."""
    try:
        block = locate(text)
        inner = text[block.start : block.end]
        values = dict(_values(inner))
        data = _loaded(text[block.start : block.end])
    except _Unreadable as error:
        return Reading(None, None, {}, (error.problem,))
    meta, problems = _converted(data, values)
    return Reading(meta, block, values, problems)


def locate(text: str) -> Block:
    """Where the block stands. Raises _Unreadable."""
    if len(text) > MAX_BYTES or len(text.encode("utf-8", "replace")) > MAX_BYTES:
        raise _Unreadable(1, "the file is larger than 1 MB", "move long quotes out of the entry and link to them")
    start = len(BOM) if text.startswith(BOM) else 0
    opening = _DASHES.match(text, start)
    if opening is None:
        raise _Unreadable(1, "the first line is not `---`", "begin the file with the front matter: `---`, the keys, `---` (see knowledge/EXAMPLE.md)")
    position, number = opening.end(), 2
    while position < len(text):
        line = text[position : _end_of_line(text, position)]
        if _DASHES.match(line):
            return Block(opening.end(), position, position + len(line))
        bare = line.rstrip()
        if bare == "...":
            raise _Unreadable(number, "the front matter ends with `...`", "close it with a line `---`")
        if _CONFLICT.match(bare):
            raise _Unreadable(number, f"a merge-conflict marker: `{bare[:7]}`", "choose one side and delete the markers", "conflict")
        position, number = position + len(line), number + 1
    raise _Unreadable(1, "the front matter is not closed", "add a line `---` after the last key")


def _end_of_line(text: str, position: int) -> int:
    match = _LINE.match(text, position)
    return match.end() if match else position


def _values(inner: str) -> Iterator[tuple[str, Value]]:
    """The keys with their places, from YAML's events: no depth, alias or tag is ever expanded. Raises _Unreadable."""
    try:
        events: list[Any] = [event for event in yaml.parse(inner, Loader=_LOADER) if not isinstance(event, yaml.StreamStartEvent | yaml.DocumentStartEvent)]
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise _explained(error) from error
    seen: dict[str, int] = {}
    root = events[0]
    if isinstance(root, yaml.StreamEndEvent):
        return
    if not isinstance(root, yaml.MappingStartEvent) or root.flow_style:
        raise _Unreadable(2, "the front matter is not a list of `key: value` lines", "write one key on each line (see knowledge/SCHEMA.md)")
    rest = iter(events[1:])
    for key in rest:
        if isinstance(key, yaml.MappingEndEvent):
            return
        line = key.start_mark.line + 2
        if not _is_plain(key):
            raise _Unreadable(line, "a key that is not a single word", "write `key: value`")
        if key.value in seen:
            raise _Unreadable(line, f"the key `{key.value}` stands twice (first on line {seen[key.value]})", "keep one of them")
        seen[key.value] = line
        yield key.value, _value(next(rest), rest, line, inner)


def _value(event: Any, rest: Iterator[Any], line: int, inner: str) -> Value:
    if _is_plain(event):
        start, end = _span(event)
        return Value(line, start, end, None, inner[start:end])
    if not isinstance(event, yaml.SequenceStartEvent) or event.anchor or event.tag:
        raise _Unreadable(line, "a nested mapping, an anchor, an alias or a tag", "keep the front matter flat: text, a number, or a list of texts")
    (start, _), items = _span(event), list[tuple[int, int]]()
    for item in rest:
        if isinstance(item, yaml.SequenceEndEvent):
            end = _span(item)[1] if event.flow_style else (items[-1][1] if items else start)
            return Value(line, start, end, tuple(items), inner[start:end])
        if not _is_plain(item):
            raise _Unreadable(item.start_mark.line + 2, "a list inside a list, a mapping, an anchor, an alias or a tag", "list plain texts only")
        items.append(_span(item))
    raise _Unreadable(line, "a list without an end", "close the list")


def _span(event: Any) -> tuple[int, int]:
    return event.start_mark.index, event.end_mark.index


def _is_plain(event: Any) -> bool:
    return isinstance(event, yaml.ScalarEvent) and event.anchor is None and event.tag is None


def _loaded(inner: str) -> dict[str, object]:
    """The block through python-frontmatter with its YAML rules named, so that nothing is guessed. Raises _Unreadable."""
    try:
        data, rest = frontmatter.parse(f"---\n{inner}---\n", handler=YAMLHandler())
    except (yaml.YAMLError, ValueError, TypeError, OverflowError, RecursionError) as error:
        raise _explained(error) from error
    if rest:
        raise _Unreadable(2, "a line inside the front matter reads as its end", "indent the dashes, or put the text in double quotes")
    return dict(data)


def _explained(error: Exception) -> _Unreadable:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line = mark.line + 2 if mark is not None else 2
    cause = " ".join(str(getattr(error, "problem", None) or getattr(error, "reason", None) or error).split())[:200]
    return _Unreadable(line, f"not valid YAML: {cause}", "put the value in double quotes")


def _converted(data: dict[str, object], values: dict[str, Value]) -> tuple[EntryMeta | None, tuple[Problem, ...]]:
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
        value = iso(value)
    try:
        return msgspec.convert(value, _HINTS[key]), None
    except msgspec.ValidationError as error:
        return None, Problem("wrong value", at.line, f"`{key}`: {_said(key, error)}", _remedy(key, value, at))


def iso(value: object) -> object:
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


def _said(key: str, error: msgspec.ValidationError) -> str:
    if key in TIMES:
        return "no time"
    return re.sub(r"matching regex '.*'", "of the right form", str(error))


def _remedy(key: str, value: object, at: Value) -> str:
    if key in TIMES:
        return f'write a time in UTC: {key}: "2025-12-17T09:12:44Z"'
    source = " ".join(at.source.split())[:60]
    kind = get_origin(_TYPES[key]) or _TYPES[key]
    if kind is Literal:
        return f"one of: {', '.join(str(choice) for choice in get_args(_TYPES[key]))}"
    if (kind is tuple) != (at.items is not None):
        return f"write one value: {key}: …" if at.items is not None else f'write a list: {key}: ["{source}"]'
    if kind is str and value is not None and not isinstance(value, str):
        return f'put it in double quotes: {key}: "{source}"'
    return "put each item in double quotes, of the form that knowledge/SCHEMA.md shows" if kind is tuple else f"see knowledge/SCHEMA.md for what `{key}` takes"


def _nearest(key: str) -> str:
    near = [known for known in KEYS if known.replace("_", "") == key.casefold().replace("_", "").replace("-", "")]
    return f"did you mean `{near[0]}`?" if near else "remove it, or write it in the body; every key stands in knowledge/SCHEMA.md"
