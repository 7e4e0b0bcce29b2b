"""The example configuration says of each key what holds without it, and says the truth."""

from collections.abc import Iterator
from itertools import takewhile
from typing import Any

import yaml

from bot import config
from tests.pages import ROOT

EXAMPLE = ROOT / "docs" / "knowledge-bot.example.yml"
SCHEMA: dict[str, Any] = config.schema()
SPOKEN_OF_ABOVE = ("environments", "severities", "escalation", "fields", "prices", "code.path", "code.repository")
"""Keys, and what is below them, whose comment stands above and speaks of all."""
NEEDED = "needed"


def followed(node: dict[str, Any]) -> dict[str, Any]:
    """A node of the JSON Schema behind its references; of several forms the first that is not null. Its own default counts."""
    found = node
    while "$ref" in found or "anyOf" in found:
        inner = SCHEMA["$defs"][found["$ref"].rpartition("/")[2]] if "$ref" in found else next(one for one in found["anyOf"] if one.get("type") != "null")
        found = {**inner, **({"default": found["default"]} if "default" in found else {})}
    return found


def defaults(node: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], object]]:
    """Key by key what holds without it, or NEEDED. A name that a person chooses is `*`, a list of records is its record."""
    node = followed(node)
    for key, inner in node.get("properties", {}).items():
        here = (*path, key)
        yield here, NEEDED if key in node.get("required", ()) else plain(followed(inner).get("default"))
        yield from defaults(inner, here)
    if isinstance(node.get("items"), dict):
        yield from defaults(node["items"], path)
    if isinstance(node.get("additionalProperties"), dict):
        yield from defaults(node["additionalProperties"], (*path, "*"))


def plain(value: object) -> object:
    """As YAML has it."""
    return [plain(one) for one in value] if isinstance(value, list | tuple) else value


def shown(node: yaml.Node, known: dict[tuple[str, ...], object], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], yaml.Node, int]]:
    """Each key of the example with its value and its line."""
    if isinstance(node, yaml.SequenceNode):
        for one in node.value:
            yield from shown(one, known, path)
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            here = (*path, key.value)
            if here in known:
                yield here, value, key.start_mark.line
            yield from shown(value, known, here if here in known else (*path, "*"))


def test_each_key_shows_its_default_or_names_it() -> None:
    """Else its comment says `default:`, or `needed` where there is none; the first word of a default is that of the code."""
    text = EXAMPLE.read_text(encoding="utf-8")
    root = yaml.compose(text)
    known = dict(defaults(SCHEMA))
    untrue: dict[tuple[str, ...], str] = {}
    told: set[tuple[str, ...]] = set()
    assert root is not None

    for path, value, line in shown(root, known):
        if any(name in (path[-1], ".".join(path)) or name in path[:-1] for name in SPOKEN_OF_ABOVE) or _is_section(value):
            continue
        comment, default = said(text.splitlines(), line), known[path]
        if default == NEEDED:
            true = comment.startswith(NEEDED)
        elif default in (None, "", []):
            true = "default:" in comment or yaml.safe_load(yaml.serialize(value)) == default or len(path) == 1
        else:
            true = yaml.safe_load(yaml.serialize(value)) == default or f"default: {default}" in comment
        if true:
            told.add(path)
        else:
            untrue[path] = f"{default!r} is not what line {line + 1} says"

    assert {".".join(path): why for path, why in untrue.items() if path not in told} == {}


def said(lines: list[str], line: int) -> str:
    """The comment behind a key, else those that stand above it."""
    above = takewhile(lambda one: one.lstrip().startswith("#"), reversed(lines[:line]))
    return lines[line].partition(" # ")[2] or " ".join(above).lower()


def _is_section(value: yaml.Node) -> bool:
    """Whether there are keys below."""
    return isinstance(value, yaml.MappingNode) or (isinstance(value, yaml.SequenceNode) and any(isinstance(one, yaml.MappingNode) for one in value.value))
