"""The line by which a change says which errors it fixes: `Fixes-error: <signature>`, in a commit message or a pull request's text."""

import re

from bot.core.entry.outline import outline
from bot.regex import regex

MAX_NAMES = 20
_LONGEST = 70_000
_LINE = regex(r"[ \t]{0,3}Fixes-error:[ \t]{0,20}(?P<names>[A-Za-z0-9._`, \t-]{1,2000})\Z", re.IGNORECASE)
_NAME = regex(r"[A-Za-z0-9._-]{1,124}")


def named_in_message(message: str) -> tuple[str, ...]:
    """The names that a commit message gives, each once."""
    return _named(message[:_LONGEST].splitlines())


def named_in_description(text: str) -> tuple[str, ...]:
    """The names that a description gives; what stands in code, in a comment or in a quotation is no promise."""
    return _named([line.text for line in outline(text[:_LONGEST].replace("\r\n", "\n")).lines if not line.hidden])


def _named(lines: list[str]) -> tuple[str, ...]:
    found = [name.removesuffix(".md") for line in lines if (match := _LINE.match(line.rstrip())) for name in _NAME.findall(match["names"])]
    return tuple(dict.fromkeys(found))[:MAX_NAMES]
