"""Small faults in a regular expression: a quantifier, an anchor, a branch less; a class or a look the other way round."""

import re
from collections.abc import Iterator
from typing import NamedTuple

_TOKEN = re.compile(
    r"(?P<class>\[\^?\]?(?:\\.|[^\]\\])*\])|(?P<shorthand>\\[dDwWsSbBAZ])|(?P<escape>\\.)|(?P<look>\(\?<?[=!])|(?P<opening>\(\??(?:P?<[^>]*>|[a-zA-Z-]*:|))"
    r"|(?P<closing>\))|(?P<quantifier>(?:[*+?]|\{\d*,?\d*\})[?+]?)|(?P<anchor>[\^$])|(?P<branch>\|)|(?P<other>.)",
    re.DOTALL,
)


class Change(NamedTuple):
    """A part of a pattern, from `start` to `end`, and what stands there instead."""

    operator: str
    start: int
    end: int
    instead: str


def pattern_changes(pattern: str) -> Iterator[Change]:
    """Every single fault of these kinds, in the order of the text."""
    opened: list[int] = []
    branch = 0
    for token in _TOKEN.finditer(pattern):
        kind, text, start, end = str(token.lastgroup), token[0], token.start(), token.end()
        if kind == "class":
            yield Change("pattern class", start, end, "[" + text[2:] if text[1] == "^" else "[^" + text[1:])
        elif kind == "shorthand":
            yield Change("pattern anchor", start, end, "") if text[1] in "bBAZ" else Change("pattern class", start, end, text.swapcase())
        elif kind == "look":
            yield Change("pattern look", start, end, text[:-1] + ("!" if text[-1] == "=" else "="))
        elif kind in ("quantifier", "anchor"):
            yield Change(f"pattern {kind}", start, end, "")
        elif kind == "branch":
            yield Change("pattern branch", branch, end, "")
            branch = end
        if kind in ("look", "opening"):
            opened.append(end)
            branch = end
        elif kind == "closing" and opened:
            opened.pop()
            branch = end


def changed(pattern: str, change: Change) -> str:
    """The pattern with that fault."""
    return pattern[: change.start] + change.instead + pattern[change.end :]
