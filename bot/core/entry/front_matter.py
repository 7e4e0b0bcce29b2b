"""The YAML block at the top of an entry, read so that nothing in it is lost without a word.

python-frontmatter drops a block silently when it follows a BOM, is not closed by `---`, is closed by `...`, or is a list; PyYAML
lets the last of two equal keys win and reads `no`, `0123` and dates as something else. Each of these is a Problem here.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import frontmatter
import yaml
from frontmatter.default_handlers import YAMLHandler

from bot.core.entry.front_values import Kind, Problem, Value, converted
from bot.core.entry.meta import EntryMeta
from bot.regex import regex

MAX_BYTES = 1_000_000  # GitHub's API returns no text of larger files, and a bound on what YAML may expand to
BOM = "\ufeff"
_DEEPEST = 4
_DASHES = regex(r"-{3,}[ \t]*(?:\r?\n|\Z)")
_LINE = regex(r"[^\n]*(?:\n|\Z)")
_CONFLICT = regex(r"(?:<{7}|>{7}|\|{7})(?: .*)?\Z|={7}\Z")
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Block(NamedTuple):
    """Offsets in the file: YAML from `start` to `end`, where the closing line begins; the body from `body`."""

    start: int
    end: int
    body: int


class Reading(NamedTuple):
    """What a file's front matter says. Without problems, `meta` and `block` are there."""

    meta: EntryMeta | None
    block: Block | None
    values: dict[str, Value]
    problems: tuple[Problem, ...]


class _Unreadable(Exception):
    def __init__(self, line: int, cause: str, remedy: str, kind: Kind = "unreadable") -> None:
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
    meta, problems = converted(data, values)
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
        events = list(_shallow(inner))
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


def _shallow(inner: str) -> Iterator[Any]:
    """YAML's events while they stay flat: the parser's time grows with the square of the depth, so it is stopped before. Raises _Unreadable."""
    depth = 0
    events: Iterator[Any] = yaml.parse(inner, Loader=_LOADER)
    for event in events:
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            cause = "lists or mappings inside each other"
            raise _Unreadable(event.start_mark.line + 2, cause, "keep the front matter flat: text, a number, or a list of texts")
        if not isinstance(event, yaml.StreamStartEvent | yaml.DocumentStartEvent):
            yield event


def _value(event: Any, rest: Iterator[Any], line: int, inner: str) -> Value:
    if _is_plain(event):
        start, end = _span(event)
        return Value(line, start, end, None, inner[start:end])
    if not isinstance(event, yaml.SequenceStartEvent) or event.anchor or event.tag:
        raise _Unreadable(line, "a nested mapping, an anchor, an alias or a tag", "keep the front matter flat: text, a number, or a list of texts")
    (start, _), items = _span(event), list[tuple[int, int]]()
    while not isinstance(item := next(rest), yaml.SequenceEndEvent):
        if not _is_plain(item):
            raise _Unreadable(item.start_mark.line + 2, "a list inside a list, a mapping, an anchor, an alias or a tag", "list plain texts only")
        items.append(_span(item))
    end = _span(item)[1] if event.flow_style else (items[-1][1] if items else start)
    return Value(line, start, end, tuple(items), inner[start:end])


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
