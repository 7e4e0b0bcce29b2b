"""Front matter written: whole for a new entry, and for an old one value by value, so that comments, order and quoting stay."""

import re
from collections.abc import Mapping

from bot.core.entry.front_matter import Block
from bot.core.entry.front_values import Value
from bot.core.entry.meta import KEYS, OPTIONAL, WRITTEN_LATER, EntryMeta
from bot.regex import regex

Setting = str | int | tuple[str, ...]
# What YAML 1.1 and 1.2 readers both take raw inside double quotes; the rest is escaped.
_UNSAFE = regex(r'["\\]|[^\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]')
_MANY_LINES = ("threads",)


def quoted(text: str) -> str:
    """A double-quoted YAML string on one line, the same in every YAML reader."""
    return f'"{_UNSAFE.sub(_escaped, text)}"'


def front_of(meta: EntryMeta, newline: str = "\n") -> str:
    """A whole front matter in the order of the schema; keys that are written later only where they say something."""
    lines = ["---"]
    for key in KEYS:
        value: Setting = getattr(meta, key)
        if key in WRITTEN_LATER and value == OPTIONAL[key]:
            continue
        if key in _MANY_LINES and value:
            lines += [f"{key}:", *(f"  - {quoted(item)}" for item in value)]  # type: ignore[union-attr]
        else:
            lines.append(f"{key}: {_inline(value)}")
    return "".join(line + newline for line in [*lines, "---"])


def patched(text: str, block: Block, values: Mapping[str, Value], old: EntryMeta, changes: Mapping[str, Setting]) -> str:
    """The file's text up to its body, with only the values in `changes` that differ from `old` replaced."""
    newline = "\r\n" if text[: block.start].endswith("\r\n") else "\n"
    inner = text[block.start : block.end]
    edits: list[tuple[int, int, str]] = []
    for key, new in changes.items():
        before: Setting = getattr(old, key)
        if new == before:
            continue
        place = values.get(key)
        if place is None:
            edits.append((len(inner), len(inner), f"{key}: {_inline(new)}{newline}"))
        elif isinstance(new, tuple) and isinstance(before, tuple) and place.items:
            edits += _list_edits(inner, place, before, new, newline)
        else:
            edits.append(_scalar_edit(place, new))
    for start, end, words in sorted(edits, key=lambda edit: edit[0], reverse=True):
        inner = inner[:start] + words + inner[end:]
    return text[: block.start] + inner + text[block.end : block.body]


def _scalar_edit(place: Value, new: Setting) -> tuple[int, int, str]:
    words = _inline(new)
    if place.start == place.end:
        words = f" {words}"
    if place.source.endswith("\n"):  # a block scalar reaches into its line end
        words += "\r\n" if place.source.endswith("\r\n") else "\n"
    return place.start, place.end, words


def plain_items(inner: str, place: Value) -> list[bool]:
    """For each item of a list, whether it can be taken out alone: its line of a block list holds nothing else, no comment."""
    items = place.items or ()
    if place.source.startswith("["):
        return ["#" not in place.source] * len(items)
    return [_alone(inner, start, end) for start, end in items]


def _alone(inner: str, start: int, end: int) -> bool:
    line = inner.rfind("\n", 0, start) + 1
    rest = inner[end : _after_line(inner, end)] if not inner[start:end].endswith("\n") else ""
    return not inner[line:start].strip(" \t-") and inner[line:start].count("-") == 1 and not rest.strip()


def _removals(inner: str, place: Value, old: tuple[str, ...], new: tuple[str, ...]) -> list[tuple[int, int, str]] | None:
    """The lines of a block list that go, where items were only taken out and each stands alone on its line; None otherwise."""
    if place.source.startswith("[") or not new or len(set(old)) != len(old) or tuple(item for item in old if item in set(new)) != new:
        return None
    gone = [span for item, span, plain in zip(old, place.items or (), plain_items(inner, place), strict=True) if item not in set(new) and plain]
    if len(gone) != len(old) - len(new):
        return None
    return [(inner.rfind("\n", 0, start) + 1, _after_line(inner, end), "") for start, end in gone]


def _list_edits(inner: str, place: Value, old: tuple[str, ...], new: tuple[str, ...], newline: str) -> list[tuple[int, int, str]]:
    """Insertions when items were only added; the whole list anew otherwise."""
    flow = place.source.startswith("[")
    prefix = _dash(inner, place)
    additions = _additions(old, new)
    if additions is None and (removals := _removals(inner, place, old, new)) is not None:
        return removals
    if additions is None:
        words = _inline(new) if flow or not new else f"{newline}{prefix}".join(("- " if n == 0 else "") + quoted(item) for n, item in enumerate(new))
        return [(place.start, place.end, words)]
    assert place.items is not None  # noqa: S101 - the caller looked
    edits = []
    for index, items in additions.items():
        if index < len(place.items):
            between = ", " if flow else f"{newline}{prefix}"
            edits.append((place.items[index][0], place.items[index][0], "".join(quoted(item) + between for item in items)))
        elif flow:
            edits.append((place.items[-1][1], place.items[-1][1], "".join(f", {quoted(item)}" for item in items)))
        else:
            end = _after_line(inner, place.items[-1][1])
            edits.append((end, end, "".join(f"{prefix}{quoted(item)}{newline}" for item in items)))
    return edits


def _additions(old: tuple[str, ...], new: tuple[str, ...]) -> dict[int, list[str]] | None:
    """New items by the index of the old item they stand before; None when something was removed or moved."""
    found: dict[int, list[str]] = {}
    index = 0
    for item in new:
        if index < len(old) and item == old[index]:
            index += 1
        else:
            found.setdefault(index, []).append(item)
    return found if index == len(old) else None


def _dash(inner: str, place: Value) -> str:
    """What stands before an item of a block list: its indentation and dash."""
    first = place.items[0][0] if place.items else place.start
    return inner[inner.rfind("\n", 0, first) + 1 : first]


def _after_line(inner: str, position: int) -> int:
    if inner[position - 1] == "\n":
        return position
    end = inner.find("\n", position)
    return len(inner) if end < 0 else end + 1


def _inline(value: Setting) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(quoted(item) for item in value)}]"
    return quoted(value) if isinstance(value, str) else str(value)


def _escaped(match: re.Match[str]) -> str:
    mark = match.group()
    if mark in '"\\':
        return f"\\{mark}"
    number = ord(mark)
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}"
