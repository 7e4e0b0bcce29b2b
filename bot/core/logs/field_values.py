"""What a log document holds under a name: dotted or nested, within lists, as text."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import islice

_LIST_ITEMS = 50
Layer = tuple[Mapping[str, object], frozenset[str]]
"""A document, and what its keys begin with."""


def values_at(document: Mapping[str, object], name: str) -> Iterable[object]:
    """What a document holds under a name. Nothing, and quickly, where it has no such name: most have none of most names."""
    for begun in _beginnings(name):
        if begun in document:
            break
    else:
        return ()
    return _at(document, tuple(name.split(".")), 2) if "." in name or isinstance(document[name], list) else (document[name],)


@cache
def _beginnings(name: str) -> tuple[str, ...]:
    """Of `service.name`: `service` and `service.name`, under either of which a document may keep it."""
    parts = name.split(".")
    return tuple(".".join(parts[:length]) for length in range(1, len(parts) + 1))


def _at(node: object, parts: tuple[str, ...], lists: int) -> Iterator[object]:
    if isinstance(node, list | tuple):
        if lists:
            for item in node[:_LIST_ITEMS]:
                yield from _at(item, parts, lists - 1)
    elif not parts:
        yield node
    elif isinstance(node, Mapping):
        for length in range(len(parts), 0, -1):
            key = ".".join(parts[:length])
            if key in node:
                yield from _at(node[key], parts[length:], lists)


def scalar(value: object) -> str:
    """The text of a text or a number, empty for anything else."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 10**40:
        return str(value)
    return ""


def layer_of(document: Mapping[str, object]) -> Layer:
    """A document, made ready for many questions."""
    return document, frozenset(map(_head, document))


def first(layers: Sequence[Layer], names: tuple[str, ...], joint: str = "") -> str:
    """The first value that is text; with `joint`, all texts of its list (stacks are kept as lists of lines)."""
    for layer, heads in layers:
        for name, head in _headed(names):
            # Nearly every name stands in no document of a kind: told before anything is searched.
            if head not in heads:
                continue
            if type(text := layer.get(name)) is str and (text := text.rstrip() if joint else text.strip()):
                return text
            if not (values := values_at(layer, name)):
                continue
            texts = (text for value in values if (text := value.rstrip() if joint and isinstance(value, str) else scalar(value)))
            if found := joint.join(islice(texts, _LIST_ITEMS if joint else 1)):
                return found
    return ""


@lru_cache(256)
def _headed(names: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((name, _head(name)) for name in names)


@lru_cache(4096)
def _head(name: str) -> str:
    return name.partition(".")[0]
