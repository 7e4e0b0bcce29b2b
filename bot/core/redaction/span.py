"""Where something secret stands in a text, and what every rule needs to find it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from bot.regex import regex

# Between a key and its value, quoted, escaped or percent-encoded: `"key": `, `key=`, `key: `, `key => `, `\\"key\\":`, `['key'] = `.
SEPARATOR = r"(?:\\{0,3}[\"'`]\]?|&quot;|\]|%22)?[ \t]{0,8}(?::=|=>|[:=]|%3[AaDd]|\\{1,3}u003[ad])[ \t]{0,8}"
# What stands in a secret's place without being one: a variable, a placeholder, a mask.
STAND_IN = r"\$?\{[^}\n]{0,200}\}{0,2}|\$\(?[A-Za-z_]\w{0,100}\)?|%[sdrv]|%\(\w{1,60}\)s|<[^>\n]{0,80}>?|[*x.•…#-]{2,200}|\[[A-Za-z][\w :-]{0,60}\]?.{0,20}"
STANDS_IN = regex(STAND_IN, re.IGNORECASE)
# The same, and expressions of code: `self.password`, `settings.secret(name)`, `tokens[0]`.
CODE_LIKE = regex(
    r"(?:self|this|os|process|env|config|settings|req|request|args|options|params|ctx|secrets|var|data|local|github|cls)\.[\w.\[\]()\"']{1,200}"
    rf"|[\w.]{{0,60}}[(\[][^\n]{{0,200}}|{STAND_IN}",
    re.IGNORECASE,
)


class Span(NamedTuple):
    """Characters `start` to `end` (exclusive) hold something of this kind, for example `github-token` or `email`."""

    start: int
    end: int
    kind: str


def found(needle: str, text: str) -> Iterator[int]:
    """Every place where the needle begins."""
    at = text.find(needle)
    while at >= 0:
        yield at
        at = text.find(needle, at + len(needle))


def standing(words: Mapping[str, Sequence[str]], text: str) -> Iterator[str]:
    """The words that stand in the text. They are grouped by a part that they have in common: where that is missing, none is looked for."""
    for part, group in words.items():
        if part in text:
            yield from (word for word in group if word in text)
