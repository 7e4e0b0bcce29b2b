"""How like an entry is to an error: the same type, the same culprit, the same words."""

import re
from typing import NamedTuple

from bot.core.entry.entry import Entry
from bot.core.entry.sections import SIGNATURE
from bot.core.signature.signature import last_name
from bot.model import Alert, Signature
from bot.regex import regex

ENOUGH = 5.0  # the error type alone, or the culprit alone, does not make two errors alike
_TYPE, _CULPRIT, _ALL_WORDS = 3, 3, 5
_SECTION = regex(rf"^ {{0,3}}##[ \t]{{1,9}}{SIGNATURE}[ \t#]{{0,20}}\r?$", re.MULTILINE | re.IGNORECASE)
_HEADING = f"\n## {SIGNATURE}"
_NEXT = regex(r"^ {0,3}#{1,2}[ \t]", re.MULTILINE)
_MOST = 4_000
_LABEL = regex(r"\*\*[^*\n]{1,60}\*\*|<[a-z]{1,12}>")
_WORD = regex(r"[a-z]{3,}")
_COMMON = frozenset(
    {"and", "are", "can", "could", "does", "for", "from", "has", "not", "the", "this", "that", "was", "were"}
    | {"with", "while", "when", "error", "exception", "failed"}
)


class Likeness(NamedTuple):
    """What an entry shares with an error; `words` are those of the error's own message that the entry has too, in their order."""

    score: float
    same_type: bool = False
    same_culprit: bool = False
    words: tuple[str, ...] = ()


class Traits(NamedTuple):
    """What of an entry is compared: type, culprit and text, all in small letters."""

    error_type: str
    culprit: str
    text: str


class Wanted(NamedTuple):
    """What of an error is compared."""

    error_type: str
    culprit: str
    words: tuple[str, ...]


def wanted(signature: Signature, alert: Alert) -> Wanted:
    """From a signature and the alert it was made of."""
    words = tuple(word for word in _spelled(f"{signature.message} {' '.join(alert.key_terms)}") if word not in _COMMON)
    return Wanted(signature.error_type.casefold(), signature.culprit.casefold(), tuple(dict.fromkeys(words)))


def traits(entry: Entry) -> Traits:
    """From an entry: its title and the section that describes the error."""
    meta = entry.meta
    return Traits(last_name(meta.error_type).casefold(), meta.culprit.casefold(), f"{meta.title} {_section(entry.body)}".casefold())


def _section(body: str) -> str:
    # As the bot writes it; a person's way to write the heading costs a search.
    start = body.find(_HEADING)
    if start < 0:
        heading = _SECTION.search(body)
        start = heading.start() if heading else len(body)
    start = body.find("\n", start + 1, start + _MOST)
    following = _NEXT.search(body, start, start + _MOST) if start >= 0 else None
    return body[start : following.start() if following else start + _MOST] if start >= 0 else ""


def likeness(those: Traits, error: Wanted) -> Likeness:
    """A score of 0 where the two are not alike enough to be shown."""
    same_type = those.error_type == error.error_type != "unknown"
    same_culprit = those.culprit == error.culprit != "unknown"
    place = _TYPE * same_type + _CULPRIT * same_culprit
    # Most entries end here: a word that is nowhere in the text cannot be one of its words.
    possible = sum(word in those.text for word in error.words)
    if not error.words or place + _ALL_WORDS * possible / len(error.words) < ENOUGH:
        return Likeness(place if place >= ENOUGH else 0.0, same_type, same_culprit)
    named = {*_spelled(those.error_type), *_spelled(those.culprit)}
    theirs = set(_spelled(those.text)) - named
    shared = tuple(word for word in error.words if word in theirs)
    score = place + _ALL_WORDS * len(shared) / len(error.words)
    return Likeness(score if score >= ENOUGH else 0.0, same_type, same_culprit, shared)


def _spelled(text: str) -> list[str]:
    return _WORD.findall(_LABEL.sub(" ", text.casefold()))
