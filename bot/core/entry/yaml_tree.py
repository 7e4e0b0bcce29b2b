"""A small YAML text as plain data with the line of every key: each scalar as it is written, nothing expanded, nothing said twice."""

import difflib
import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, TypeVar

import msgspec
import yaml

from bot.model import Record

T = TypeVar("T", bound=Record)
_DEEPEST = 4
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class YamlFault(ValueError):
    """What is wrong with the text, at which line (from 1), and what to do."""

    def __init__(self, line: int, cause: str, remedy: str) -> None:
        super().__init__(cause)
        self.line, self.cause, self.remedy = line, cause, remedy


class Tree(NamedTuple):
    """The data, and the lines by path: `DB_DEADLOCK.severity`, `services[0]`."""

    data: object
    lines: dict[str, int]


def tree(text: str, first_line: int = 1) -> Tree:
    """The only document of a text, `first_line` the line it begins at in its file. Raises YamlFault."""
    lines = {"": first_line}
    try:
        _refuse_costly(text, first_line)
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        cause = " ".join(str(error.problem or error.context).split())[:200]
        raise YamlFault(first_line + (mark.line if mark else 0), f"no YAML: {cause}", "mend it at that line; put texts in double quotes") from error
    except YamlFault:
        raise
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise YamlFault(first_line, f"no YAML: {' '.join(str(error).split())}", "save it as plain YAML text") from error
    return Tree(None if node is None else _plain(node, "", lines, first_line), lines)


def record(kind: type[T], data: object, lines: dict[str, int], at: str = "", known: Sequence[str] = ()) -> T:
    """The data as a record. Raises YamlFault at the key that is wrong, with the name that was probably meant."""
    try:
        return msgspec.convert(data, kind)
    except msgspec.ValidationError as error:
        what, _, where = str(error).partition(" - at `")
        key = where.rstrip("`").removeprefix("$").lstrip(".")
        unknown = re.search(r"unknown field `([^`]*)`", what)
        near = difflib.get_close_matches(unknown[1], known or kind.__struct_fields__, 1, 0.5) if unknown else []
        remedy = f"did you mean `{near[0]}`?" if near else f"write {', '.join(known or kind.__struct_fields__)}, each as the documentation shows"
        path = ".".join(part for part in (at, key, unknown[1] if unknown else "") if part)
        raise YamlFault(_line(path, lines), f"{f'`{path}`: ' if path else ''}{_plainly(what)}"[:400], remedy) from error


def _plainly(what: str) -> str:
    return re.sub(r"matching regex '.*'", "of the right form", what)


def _line(path: str, lines: dict[str, int]) -> int:
    """The line of a path, or of the nearest thing around it."""
    while path and path not in lines:
        path = re.sub(r"(?:\.[^.\[\]]*|\[[^\[\]]*\]|^[^.\[]*)\Z", "", path)
    return lines[path]


def _refuse_costly(text: str, first: int) -> None:
    depth = 0
    events: Iterable[Any] = yaml.parse(text, Loader=_LOADER)
    for event in events:
        line = first + event.start_mark.line
        if getattr(event, "anchor", None):
            raise YamlFault(line, "an anchor or alias (`&`, `*`)", "write it out in full, and put a text that begins with one of these signs in double quotes")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise YamlFault(line, f"nested more than {_DEEPEST} deep", "keep it flat: texts, and lists of texts")


def _plain(node: yaml.Node, path: str, lines: dict[str, int], first: int) -> object:
    if isinstance(node, yaml.MappingNode):
        found: dict[str, object] = {}
        for key, value in node.value:
            line, name = first + key.start_mark.line, str(key.value) if isinstance(key, yaml.ScalarNode) else ""
            if not name:
                raise YamlFault(line, "a key that is no word", "write `key: value`")
            inner = f"{path}.{name}" if path else name
            if name in found:
                raise YamlFault(line, f"`{name[:80]}` stands twice (first on line {lines[inner]})", "keep one of them")
            lines[inner] = line
            found[name] = _plain(value, inner, lines, first)
        return found
    if isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            lines[f"{path}[{number}]"] = first + value.start_mark.line
        return [_plain(value, f"{path}[{number}]", lines, first) for number, value in enumerate(node.value)]
    return str(node.value)
