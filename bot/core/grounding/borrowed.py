"""Whether a statement is an old one told again: its words are those of an entry or a runbook, and nothing that was seen today says them."""

import re
from collections.abc import Set

from bot.core.grounding.case import Known
from bot.core.grounding.index import Index
from bot.core.grounding.quotes import beyond_the_error, proves
from bot.model import Citation, FixCheck
from bot.regex import regex

_WORD = regex(r"[^\W\d_]{5,40}|\b[A-Z]{3,6}\b")
_COMMON = frozenset(
    (  # noqa: SIM905 - read as a list of words
        "which there their about because after before again error errors failed fails failing failure cause caused causes service would could should "
        "where while other these those being always never whenever every makes still entry runbook knowledge"
    ).split()
)
_CLAUSE = regex(r"[,;:.()–—]|\b(?:because|since|as|which|so|but|and|when)\b", re.IGNORECASE)
_DENIED = regex(r"\b(?:not|no|nothing|never|nor|neither|unlike|without|rather|instead|whether|if|cannot)\b|n't\b", re.IGNORECASE)
LEAST = 2
"""Words of the past in a statement before it can be called borrowed."""


def is_borrowed(statement: str, known: Known, citations: tuple[Citation, ...] = (), *, guided: bool = False) -> bool:
    """Half of what it says, or a clause of it, stands in the knowledge and nowhere in what was seen today, whatever is quoted for it.

    `guided`: the words are a reviewed rule's, which today's evidence meets by itself, so that a runbook may say the same, and so may this error's own
    entry: a rule that is met again says what it said then. Where git proves that the fix of an entry was undone, that entry's words are today's as well.
    """
    proven = {detail.signature for one in citations if proves(one, known) and isinstance(detail := known.evidence[one.evidence].detail, FixCheck)}
    own = {word for past in known.own if past.signature in proven for word in _words(f"{past.title} {past.root_cause} {past.resolution}")}
    if guided:
        own.update(word for past in known.own for word in _words(past.root_cause))
    past = known.occurred if guided else known.past
    old = {word for word in _words(statement) if word not in own and _says_past(word, known, past)}
    if len(old) < LEAST:
        return False
    if _most(statement, old, 0.5):
        return True
    clauses = [part for part in _CLAUSE.split(statement) if part.strip()]
    tested = clauses[:1] if _is_carried(statement, citations, known) else clauses
    return any(_most(part, old, 0.66) for part in tested)


def _is_carried(statement: str, citations: tuple[Citation, ...], known: Known) -> bool:
    """Whether a quotation of today that goes beyond the error speaks of the same things: then only what is said first must be of today."""
    said = set(_words(statement))
    return any(said.intersection(_words(one.quote)) for one in citations if beyond_the_error((one,), known))


def _most(words: str, old: Set[str], share: float) -> bool:
    """Whether so large a share of the words, which are a statement's or some of them, is old, and it is not denied."""
    if _DENIED.search(words):
        return False
    said = set(_words(words))
    borrowed = said & old
    return len(borrowed) >= LEAST and len(borrowed) >= share * len(said)


def _words(text: str) -> list[str]:
    return [word for word in map(str.casefold, _WORD.findall(text)) if word not in _COMMON]


def _says_past(word: str, known: Known, past: Index) -> bool:
    """In the knowledge and not in what was seen; singular and plural are one."""
    forms = (word, word.removesuffix("s"), f"{word}s")
    return any(form in past.words for form in forms) and not any(map(known.today.says, forms))
