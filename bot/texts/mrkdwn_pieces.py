"""Ready mrkdwn in pieces that Slack takes: cut between words and lines, never inside a link, a code span, an entity or a letter; nothing is left out."""

import re
from collections.abc import Iterable, Iterator

from bot.regex import regex

_SOLID = regex(r"(?:```(?:(?!```).){0,200000}```|`[^`\n]{1,200000}`|<[^<>\n]{1,20000}>|[^\s`<]+|[`<])+|\s+", re.DOTALL)
_UNIT = regex(r"```(?:(?!```).){0,200000}```|`[^`\n]{1,200000}`|<[^<>\n]{1,20000}>|[^`<]+|[`<]", re.DOTALL)
# A flag, or a letter or an entity with all that changes its look.
_LETTER = regex(r"[\U0001f1e6-\U0001f1ff]{2}|(?:&[a-z]{2,4};|.)[\u0300-\u036f\u20e3\ufe0f\U0001f3fb-\U0001f3ff]{0,20}", re.DOTALL)
_ASTRAL = regex("[\U00010000-\U0010ffff]")
_FENCE = "```"


def width(words: str) -> int:
    """Length in UTF-16 units, as a client of Slack counts: an emoji is two."""
    return len(words) if words.isascii() else len(words) + len(_ASTRAL.findall(words))


def pieces(words: str, limit: int) -> tuple[str, ...]:
    """The words in pieces of at most `limit`. A code block that fits is kept whole; a longer one is cut between its lines, each piece fenced."""
    if width(words) <= limit:
        return (words,) if words.strip() else ()
    out, current = list[str](), ""
    for atom in (match.group() for match in _SOLID.finditer(words)):
        if width(current) + width(atom) <= limit:
            current += atom
            continue
        kept, rest = _at_line(current)
        if atom.isspace() or width(rest) + width(atom) > limit:
            kept, rest = current, ""
        out.append(kept)
        current = rest
        if not atom.isspace():
            *whole, last = _broken(atom, limit) if width(atom) > limit else (atom,)
            out += whole
            current += last
    return tuple(piece.strip("\n").rstrip() for piece in (*out, current) if piece.strip())


def _at_line(words: str) -> tuple[str, str]:
    """The lines that are whole, and the one that is not yet, unless that is most of it."""
    if words.endswith("\n"):
        return words, ""
    head, newline, line = words.rpartition("\n")
    inside_code = (head.count(_FENCE) % 2) == 1
    return (head, line) if newline and not inside_code and len(line) < len(head) else (words, "")


def _broken(atom: str, limit: int) -> list[str]:
    """Something without a space that is longer than a piece."""
    out, current = list[str](), ""
    for unit in _UNIT.findall(atom):
        if width(unit) > limit:
            parts = _code(unit, limit) if unit.startswith(_FENCE) and len(unit) > 5 else _letters(unit.strip("`<>") or unit, limit)
            out += [current] if current else []
            *whole, current = parts
            out += whole
        elif width(current) + width(unit) > limit:
            out.append(current)
            current = unit
        else:
            current += unit
    return [*out, current]


def _code(block: str, limit: int) -> list[str]:
    inside = block.removeprefix(_FENCE).removesuffix(_FENCE).strip("\n")
    room = limit - 2 * len(_FENCE) - 2
    lines = [part for line in inside.split("\n") for part in (_letters(line, room) or [""])]
    return [f"{_FENCE}\n{words}\n{_FENCE}" for words in _filled(lines, "\n", room)]


def _letters(words: str, limit: int) -> list[str]:
    return _filled((match.group() for match in _LETTER.finditer(words)), "", limit)


def _filled(units: Iterable[str], between: str, limit: int) -> list[str]:
    return list(_filling(units, between, limit))


def _filling(units: Iterable[str], between: str, limit: int) -> Iterator[str]:
    held, size = list[str](), 0
    for unit in units:
        more = width(unit) + len(between)
        if held and size + more > limit:
            yield between.join(held)
            held, size = [], 0
        held.append(unit)
        size += more
    if held:
        yield between.join(held)
