"""Errors of a period that share something: a culprit, a service and a category, or the words of their cause."""

import re
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from bot.core.entry.entry import Entry
from bot.core.entry.library import root_cause_of
from bot.core.plain_text.plain_text import one_line
from bot.model import Category, Record
from bot.regex import regex

MOST = 5
COMMON = 0.6
"""A word in more than this share of the causes says nothing of any."""
_WORD = regex(r"[a-z][a-z]{4,30}")
_PLAIN_WORDS = """
about above after again against alert alerts almost along already although always among another anything because become before being below
between beyond called cannot causes caused could during either enough error errors every exception failed failing fails failure false first found
given happened happens however inside instead known later least longer might missing never nothing number often other others outside problem raised
reached request requests right second seems several should since still therefore their there these thing things those three through times together
under until using value values where whether which while within without would wrong
"""
_PLAIN = frozenset(_PLAIN_WORDS.split())


class Seen(NamedTuple):
    """An entry of the period, and how often it happened."""

    entry: Entry
    times: int


class Pattern(Record, frozen=True):
    """Entries that share something. `key` is letters, digits and `._/-`: the same pattern has it again next week. `shared` is what they share."""

    key: str
    kind: Literal["culprit", "service", "cause"]
    shared: tuple[str, ...]
    category: Category
    signatures: tuple[str, ...]
    occurrences: int


def patterns(seen: Iterable[Seen], least: int) -> tuple[Pattern, ...]:
    """The five that happened most often; of two with the same entries, the one that says more. A culprit needs two entries only."""
    told = list(seen)
    groups = [*_culprits(told, max(2, least - 1)), *_services(told, least), *_causes(told, least)]
    found = dict[frozenset[str], Pattern]()
    for pattern in groups:
        found.setdefault(frozenset(pattern.signatures), pattern)
    ordered = sorted(found.values(), key=lambda one: (-one.occurrences, -len(one.signatures), one.key))
    kept = list[Pattern]()
    for pattern in ordered:  # not two patterns of which one holds all of the other
        if not any(set(pattern.signatures) <= set(other.signatures) for other in kept):
            kept.append(pattern)
    return tuple(kept[:MOST])


def _culprits(seen: Sequence[Seen], least: int) -> list[Pattern]:
    groups = dict[str, list[Seen]]()
    for one in seen:
        groups.setdefault(one_line(one.entry.meta.culprit).casefold(), []).append(one)
    return [_pattern("culprit", (own[0].entry.meta.culprit,), own) for name, own in sorted(groups.items()) if len(own) >= least and name not in ("", "unknown")]


def _services(seen: Sequence[Seen], least: int) -> list[Pattern]:
    groups = dict[tuple[str, str], list[Seen]]()
    for one in seen:
        for service in dict.fromkeys(one.entry.meta.services):
            if one.entry.meta.category != "unknown":
                groups.setdefault((service, one.entry.meta.category), []).append(one)
    return [_pattern("service", pair, own) for pair, own in sorted(groups.items()) if len(own) >= least]


def _causes(seen: Sequence[Seen], least: int) -> list[Pattern]:
    """Groups by the word of the cause that the most entries share, then by the next among those that are left."""
    words = [(one, set(_WORD.findall(root_cause_of(one.entry).casefold()[:2_000])) - _PLAIN) for one in seen]
    found, left = list[Pattern](), [(one, own) for one, own in words if own]
    most = max(least, int(COMMON * len(left))) if len(left) > 2 * least else len(left)
    while len(found) < 3 * MOST:
        counts = dict[str, int]()
        for _, own in left:
            for word in own:
                counts[word] = counts.get(word, 0) + 1
        best = min((word for word, count in counts.items() if least <= count <= most), key=lambda word: (-counts[word], word), default=None)
        if best is None:
            break
        group = [(one, own) for one, own in left if best in own]
        shared = sorted(set.intersection(*(own for _, own in group)))[:4]
        found.append(_pattern("cause", (best, *(word for word in shared if word != best))[:4], [one for one, _ in group]))
        left = [(one, own) for one, own in left if best not in own]
    return found


def _pattern(kind: Literal["culprit", "service", "cause"], shared: tuple[str, ...], own: Sequence[Seen]) -> Pattern:
    categories = [one.entry.meta.category for one in own]
    name = "-".join(re.sub(r"[^a-z0-9]+", "-", part.casefold()).strip("-") for part in (shared if kind == "service" else shared[:1]))
    return Pattern(
        key=f"pattern/{kind}/{name[:80] or 'unnamed'}",
        kind=kind,
        shared=shared,
        category=max(sorted(set(categories)), key=categories.count),
        signatures=tuple(sorted(one.entry.meta.signature for one in own)),
        occurrences=sum(one.times for one in own),
    )
