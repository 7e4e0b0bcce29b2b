"""Everything that a set of texts says, so that a claim is looked up at once: words, numbers with their units, times, commits, references."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence, Set
from datetime import datetime, timedelta
from functools import cached_property

from bot.core.grounding.markup import unmarked, unmarked_quote
from bot.core.grounding.said_numbers import by_kind, keyed, measured, shares
from bot.core.grounding.units import SPELLED, counted_kind, number
from bot.regex import regex

# Each begins with the one character that is looked for, and looks back from there: so a search passes over the rest of a text quickly.
_CLOCK = regex(r"([0-9](?<![\d:].)[0-9]?:[0-9]{2})(:[0-9]{2})?(?![\d:])")
_DATE = regex(r"([0-9](?<![\d-].)[0-9]{3}-[0-9]{2}-[0-9]{2})(?!\d)")
_HEX = regex(r"[0-9a-f](?<![0-9a-z].)[0-9a-f]{6,63}(?![0-9a-z])")
_REFERENCE = regex(r"(?:[#!]|/(?:pull|pulls|issues|merge_requests)/|gh-)(\d{1,9})(?!\w)")
_REQUESTS = frozenset(("pr", "request", "issue", "mr"))
_DIGIT = regex(r"\d")
_EDGES = "\"'`“”‘’«»()[]{}<>.,;:!?*…"
_HITS = 200
"""How often a short word is looked for as a whole one within longer words."""


class Index:
    """What texts and records say. Built once for a case; every look-up after that costs the same, however much there is."""

    def __init__(
        self, texts: Iterable[str], moments: Iterable[datetime] = (), counts: Iterable[tuple[float, str]] = (), spans: Iterable[timedelta] = ()
    ) -> None:
        self._text = "\n".join(texts)
        self._moments = tuple(moments)
        self._counts, self._spans = tuple(counts), sorted(span.total_seconds() * 1000 for span in spans)
        self._said: dict[str, bool] = {}

    @cached_property
    def _read(self) -> tuple[str, frozenset[str]]:
        words = self._text.casefold().split()
        return " ".join(words), frozenset(words)

    @property
    def folded(self) -> str:
        """All of it in small letters, every run of white space one space."""
        return self._read[0]

    @cached_property
    def _unmarked(self) -> str:
        """As `folded`, without markup."""
        read = unmarked(self._text)
        return self.folded if read == self._text else folded(read)

    @property
    def _split(self) -> frozenset[str]:
        return self._read[1]

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word as it is, and without the punctuation around it."""
        found = self._split
        return found | {word.strip(_EDGES) for word in found if not word.isalnum()}

    @cached_property
    def _digits(self) -> list[str]:
        """The words that hold a digit, each once."""
        return [word for word in self._split if not word.isalpha() and _DIGIT.search(word)]

    def _with(self, *signs: str) -> str:
        """The words that hold a digit and one of the signs, each once."""
        return " ".join({word for sign in signs for word in self._digits if sign in word})

    def says(self, text: str) -> bool:
        """Whether it stands there, white space, case and markup apart, and not as a part of longer words."""
        wanted = folded(text)
        if wanted not in self._said:
            self._said[wanted] = bool(wanted) and (wanted in self.words or _finds(self.folded, wanted) or self._says_read(text, wanted))
        return self._said[wanted]

    def _says_read(self, text: str, wanted: str) -> bool:
        """As `says`, both without markup; where neither has any, that was looked up already."""
        read = self._as_read(text)
        return (read != wanted or self._unmarked is not self.folded) and _finds(self._unmarked, read)

    def holds(self, text: str) -> bool:
        """As `says`, also as a part of longer words."""
        read = self._as_read(text)
        return folded(text) in self.folded or bool(read and read in self._unmarked)

    def _as_read(self, quote: str) -> str:
        return folded(unmarked_quote(quote, self._text))

    @cached_property
    def _measured(self) -> set[tuple[str, str]]:
        """Each number with the word or sign behind it."""
        return measured(self.folded)

    @cached_property
    def _keyed(self) -> set[tuple[str, float]]:
        """Each number with the key before it."""
        return keyed(self.folded)

    @cached_property
    def _numbers(self) -> dict[str, list[float]]:
        """Kind of unit → values in its smallest unit, sorted; "" holds every number, whatever stands behind it."""
        found = by_kind(self.folded, self._measured | {(str(SPELLED[word]), unit) for word, unit in self._pairs(SPELLED.keys())}, self._keyed)
        for value, noun in self._counts:
            found.setdefault(counted_kind(noun) or "", set()).add(value)
            found[""].add(value)
        return {kind: sorted(values) for kind, values in found.items()}

    def _pairs(self, wanted: Set[str]) -> set[tuple[str, str]]:
        """Each of the wanted words with the word behind it; the text is only gone through for a word that is there."""
        found, text = set[tuple[str, str]](), f" {self.folded} "
        for word in self._split & wanted:
            at = text.find(f" {word} ")
            while at >= 0:
                begin = at + len(word) + 2
                found.add((word, text[begin : text.find(" ", begin)].strip(_EDGES)))
                at = text.find(f" {word} ", begin - 1)
        return found

    @cached_property
    def _shares(self) -> dict[str, list[float]]:
        """Family of things → the shares of them, sorted; "" where nothing tells of what they are."""
        found = {"": set(self._numbers.get("share of something", ()))}
        for value, family in shares(self.folded):
            found.setdefault(family, set()).add(value)
        for kind, values in self._numbers.items():
            if kind.startswith("part "):
                found.setdefault(kind.removeprefix("part "), set()).update(values)
        return {family: sorted(values) for family, values in found.items()}

    def keys_of(self, value: float) -> frozenset[str]:
        """The names under which a text has exactly that number: `waiting=173`."""
        return frozenset(key for key, known in self._keyed if known == value)

    def has_number(self, value: float, kind: str, leeway: float) -> bool:
        """Whether there is such a number of that kind, `leeway` up or down; kind "" takes any number."""
        return _near(self._numbers.get(kind, ()), value, leeway)

    def has_share(self, value: float, leeway: float, of: str) -> bool:
        """Whether there is such a share; one that the texts have of another family only is none. `of` is "" where that is not told."""
        families = {family for family, values in self._shares.items() if _near(values, value, leeway)} if of else set()
        return self.has_number(value, "share", leeway) and (not families or not families.isdisjoint((of, "")))

    def has_span(self, milliseconds: float, leeway: float) -> bool:
        """Whether so much time lies between two moments that belong together."""
        return _near(self._spans, milliseconds, leeway)

    def largest(self, kind: str) -> float:
        """The largest number of a kind, 0 without any."""
        return max(self._numbers.get(kind, ()), default=0)

    def most_of(self, noun: str) -> float:
        """The largest number right before a noun, in singular or plural, 0 without any."""
        wanted = noun.casefold().removesuffix("s")
        return max((value for digits, unit in self._measured if unit.removesuffix("s") == wanted for value in number(digits)), default=0)

    @cached_property
    def clocks(self) -> frozenset[str]:
        """`9:12` and `9:12:44`, without the zero in front."""
        found = {clock for minutes, seconds in _CLOCK.findall(self._with(":")) for clock in (minutes, f"{minutes}{seconds}")}
        for moment in self._moments:
            minutes = f"{moment.hour}:{moment.minute:02}"
            found |= {minutes, f"{minutes}:{moment.second:02}"}
        return frozenset(clock.removeprefix("0") for clock in found)

    @cached_property
    def dates(self) -> frozenset[tuple[int, int, int]]:
        """Year, month, day."""
        found = {(moment.year, moment.month, moment.day) for moment in self._moments}
        for date in set(_DATE.findall(self._with("-"))):
            year, month, day = map(int, date.split("-"))
            found.add((year, month, day))
        return frozenset(found)

    @property
    def moments(self) -> tuple[datetime, ...]:
        """The times of records."""
        return self._moments

    @cached_property
    def _hexes(self) -> list[str]:
        return sorted(set(_HEX.findall(" ".join([word for word in self._digits if len(word) >= 7]))))

    def has_commit(self, sha: str) -> bool:
        """Whether a commit of the texts begins with it."""
        wanted = sha.lower()
        at = bisect_left(self._hexes, wanted)
        return at < len(self._hexes) and self._hexes[at].startswith(wanted)

    @cached_property
    def references(self) -> frozenset[int]:
        """Numbers of pull requests and issues."""
        behind = (word for _, word in self._pairs(_REQUESTS) if word.isdecimal() and len(word) < 10)
        return frozenset(map(int, (*_REFERENCE.findall(self._with("#", "!", "/", "gh-")), *behind)))


def folded(text: str) -> str:
    """Small letters, every run of white space one space."""
    return " ".join(text.casefold().split())


def _finds(text: str, wanted: str) -> bool:
    at = -1
    for _ in range(_HITS if wanted else 0):
        at = text.find(wanted, at + 1)
        if at < 0:
            return False
        end = at + len(wanted)
        before = at == 0 or not (_is_word(text[at - 1]) and _is_word(wanted[0]))
        after = end == len(text) or not (_is_word(text[end]) and _is_word(wanted[-1]))
        if before and after:
            return True
    return False


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _near(values: Sequence[float], value: float, leeway: float) -> bool:
    at = bisect_left(values, value - leeway - 1e-9)
    return at < len(values) and values[at] <= value + leeway + 1e-9
