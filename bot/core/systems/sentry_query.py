"""Searches in Sentry's query language: words of an alert are always quoted, with every sign that has a meaning there escaped."""

from collections.abc import Iterable, Iterator

from bot.core.plain_text.plain_text import one_line
from bot.core.signature.signature import last_name
from bot.model import Alert
from bot.regex import regex

_LONGEST = 200
_SIGNS = regex(r'([\\"*])')
_VARYING = regex(r"\S{0,200}[^A-Za-z\s_'-]\S{0,200}")
"""A word with a digit or another sign in it: an id, a number, a path."""
_FEWEST_LETTERS = 8


def term(key: str, value: str) -> str:
    """`key` is exactly `value`."""
    return f'{key}:"{_escaped(value)}"'


def one_of(key: str, values: Iterable[str]) -> str:
    """`key` is one of `values`."""
    listed = ", ".join(f'"{_escaped(value)}"' for value in values)
    return f"{key}:[{listed}]"


def containing(key: str, words: str) -> str:
    """`key` has these words somewhere."""
    return f'{key}:"*{_escaped(words)}*"'


def likely(alert: Alert) -> Iterator[str]:
    """The searches that may find the alert's own issue, the best first: by its type, then by the longest part of its message that does not vary."""
    if alert.error_type and one_line(alert.error_type):
        yield one_of("error.type", dict.fromkeys((one_line(alert.error_type), last_name(one_line(alert.error_type)))))
    pieces = (piece.strip(" -'_") for piece in _VARYING.split(one_line((alert.message or "")[:2_000])))
    longest = max(pieces, key=len, default="")[:80]
    if len(longest) >= _FEWEST_LETTERS and " " in longest:
        yield containing("message", longest)


def _escaped(value: str) -> str:
    return _SIGNS.sub(r"\\\1", one_line(value)[:_LONGEST])
