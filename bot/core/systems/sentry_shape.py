"""Reading Sentry's JSON without trust: what is not of the wanted shape is as if it were not there."""

from collections.abc import Mapping, Sequence

from bot.core.plain_text.plain_text import cut, one_line

Json = Mapping[str, object]
EMPTY: Json = {}


def text(node: Json, *names: str, limit: int = 200) -> str:
    """The first of these that is a text or a number, on one line; empty when none is."""
    for name in names:
        value = node.get(name)
        if isinstance(value, str) and (said := one_line(value[: 4 * limit])):
            return cut(said, limit)
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**18:
            return str(value)
    return ""


def number(node: Json, name: str) -> int | None:
    """A count, which Sentry writes as a number or as a text."""
    said = text(node, name, limit=30)
    return int(said) if said.isascii() and said.isdigit() else None


def inner(node: Json, *names: str) -> Json:
    """The object at the end of these names."""
    for name in names:
        value = node.get(name)
        node = value if isinstance(value, Mapping) else EMPTY
    return node


def objects(value: object, limit: int = 1_000) -> list[Json]:
    """The objects of a list."""
    return [item for item in value[:limit] if isinstance(item, Mapping)] if isinstance(value, Sequence) and not isinstance(value, str | bytes) else []


def entry(event: Json, kind: str) -> Json:
    """The data of an event's entry of one kind: exception, breadcrumbs, request, message."""
    return next((inner(one, "data") for one in objects(event.get("entries"), 100) if one.get("type") == kind), EMPTY)


def tags(event: Json) -> dict[str, str]:
    """An event's tags; the first of a name counts."""
    found: dict[str, str] = {}
    for tag in objects(event.get("tags"), 200):
        name, value = text(tag, "key", limit=60), text(tag, "value")
        if name and value:
            found.setdefault(name, value)
    return found
