"""Texts in which what a rule of redaction finds stands between ⟦ and ⟧, so that a table of them says what is found and what stays.

`{w20}` stands for twenty signs like those of a token, `{h32}` for hex, `{u16}` for capitals and digits, `{n12}` for digits: no scanner takes the table
for a leak.
"""

import re
from collections.abc import Callable, Iterator

from bot.core.redaction.span import Span

_SIGNS = {"w": "a1B2c3D4e5F6g7H8i9", "h": "0a1b2c3d4e5f67", "u": "A1B2C3D4E5F6", "n": "482913", "l": "abcdefghik"}
_FILLED = re.compile(r"\{([whunl])(\d+)\}")


def filled(line: str) -> str:
    """The line with its tokens."""
    return _FILLED.sub(lambda match: (_SIGNS[match[1]] * int(match[2]))[: int(match[2])], line)


def found(rule: Callable[[str, str], Iterator[Span]], line: str) -> str:
    """The line as the rule marks it; spans within others are left out."""
    text = filled(line).replace("⟦", "").replace("⟧", "")
    out, at = "", 0
    for span in sorted(rule(text, text.lower()), key=lambda one: (one.start, -one.end)):
        if span.start >= at:
            out += f"{text[at : span.start]}⟦{text[span.start : span.end]}⟧"
            at = span.end
    return out + text[at:]


def wrong(rule: Callable[[str, str], Iterator[Span]], table: str) -> list[tuple[str, str]]:
    """The lines of a table of which the rule finds something else: what is said of them, and what is found."""
    lines = [filled(line) for line in table.strip("\n").split("\n")]
    return [(line, marked) for line, marked in ((line, found(rule, line)) for line in lines) if line != marked]
