"""Times, amounts and identifiers of a sentence: what is claimed with a number, and how an index would have to say it."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from bot.core.grounding.advice import is_wished, tells
from bot.core.grounding.index import Index
from bot.core.grounding.technology import is_technology
from bot.core.grounding.units import SPELLED, SPELLED_ELSEWHERE, UNITS, VAGUE, binary, counted_kind, number
from bot.regex import regex

AMOUNT = regex(r"[~≈<>≤≥+-]{0,2}([$€£]?)(\d{1,15}(?:[.,_]\d{1,9}){0,4})(%|[^\W\d_]{0,12}\+?)")
_JOINED = regex(r"(\d{1,12}(?:\.\d{1,6})?)-([^\W\d_]{1,20})")
_RANGE = regex(r"([$€£]?\d{1,12}(?:\.\d{1,6})?)(?:-|–|\.\.)(\d{1,12}(?:\.\d{1,6})?)(%|[^\W\d_]{0,12})")
_VERSION = regex(r"v\d{1,6}(?:\.\d{1,6}){0,5}(?:[-+.][\w.]{1,40})?|\d{1,6}(?:\.\d{1,6}){2,5}(?:[-+.][\w.]{1,40})?", re.IGNORECASE)
_DIGIT = regex(r"\d")
_WORD = regex(r"\S{1,2000}")
_EDGES = "\"'“”‘’«»()[]{}<>.,;:!?*_…`"
_DATE_TIME = regex(r"(?<![\w-])(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)(?:\.\d{1,9})?(?:Z|[+-]\d{2}:?\d{2})?)?(?![\w-])")
_CLOCK = regex(r"(?<![\w:.])(\d{1,2}:\d{2}(?::\d{2})?)(?:\.\d{1,9})?(?![\w:])|(?<![\w:.])(\d{1,2})\s?([ap])\.?m\b", re.IGNORECASE)
_MONTHS = {
    month: number
    for number, month in enumerate(
        ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"], start=1
    )
}
_MONTHS |= {name[:3]: number for name, number in _MONTHS.items()} | {"sept": 9}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DAY = regex(
    rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<month>{_MONTH})\b|\b(?P<month2>{_MONTH})\.? (?P<day2>\d{{1,2}})(?:st|nd|rd|th)?\b(?!:)", re.IGNORECASE
)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAYS = regex(rf"\b(?:(?P<weekday>{'|'.join(_WEEKDAYS)})|(?P<ago>yesterday|last (?:week|month|year|night)|this morning))\b", re.IGNORECASE)
_VAGUE = regex(rf"\b({'|'.join(VAGUE)}) of ((?:[^\W\d_]{{1,20}} ){{0,2}}?)([^\W\d_]{{3,20}})\b", re.IGNORECASE)
_EXTENT = regex(
    r"\b(?:all|every|each|most|many|nobody|no)(?: of)?(?: the| our)? (?:affected |our |other )?(?:users?|customers?|tenants?|clients?|merchants?)\b",
    re.IGNORECASE,
)
_PLURAL = regex(r" (?:[^\W\d_]{2,20} )?[^\W\d_]{3,30}s\b")
"""Whatever it is called: nobody writes `forty-two` of what was not counted."""
_PART = regex(
    r"\b(?:half|a third|two thirds|a quarter|three quarters|the majority) of (?:all |the |our |these |those )*[^\W\d_]{3,30}s\b"
    r"(?= (?:fail|failed|are|were|was|is|saw|see|lost|time|timed|got|get|could|cannot)\b)",
    re.IGNORECASE,
)
_ABOUT = frozenset(("about", "around", "roughly", "nearly", "almost", "over", "than", "least", "to", "some", "approximately", "circa", "most"))
_AT_MOST = frozenset(("within", "under"))
"""Before the most that something took, which is rounded generously."""
_OWN_NUMBERS = frozenset(("step", "option", "point", "item", "phase", "part", "reason", "cause", "hypothesis", "section", "why", "figure", "table", "priority"))
_ENDS = frozenset(
    (  # noqa: SIM905 - read as a list of words
        "of and or in to for from with on at per by than the is was are were that which as"
    ).split()
)
_LINES = ("line", "lines")
_SUFFIXES = {"k": 1_000.0, "m": 1_000_000.0, "x": 1.0, "": 1.0}
_ORDINALS = frozenset(("st", "nd", "rd", "th"))


class Spot(NamedTuple):
    """A claim with a number in it. `kind` is that of the unit ("" for none), `amount` in its smallest unit."""

    start: int
    end: int
    text: str
    what: str
    kind: str = ""
    amount: float = 0
    leeway: float = 0
    unit: float = 0
    date: tuple[int, int, int] = (0, 0, 0)

    def found_in(self, index: Index) -> bool:
        """Whether the index says so; a time also when it lies between two moments of it."""
        if self.what == "a time":
            return self.text.removeprefix("0") in index.clocks or index.says(self.text)
        if self.what == "a date":
            return any(_same_day(self.date, known) for known in index.dates) or index.says(self.text)
        if self.what in ("an identifier", "how many"):
            none_of_them = self.text[:2].casefold() == "no" and index.has_number(0, "people", 0)
            return index.says(self.text) or none_of_them or (self.amount > 0 and index.largest(self.kind) >= self.amount)
        if self.kind == "size" and index.has_number(self.amount / self.unit * binary(self.unit), "size", self.leeway):
            return True
        if self.kind == "time":
            return index.has_number(self.amount, "time", self.leeway) or index.has_span(self.amount, self._between())
        return index.has_number(self.amount, self.kind, self.leeway)

    def _between(self) -> float:
        """How far a time between two moments may be off: people cut off as often as they round, yet not the half of it."""
        return self.leeway if "." in self.text else max(self.leeway, min(self.unit, self.amount * 0.25))


def times(rest: str, *, strict: bool) -> Iterator[Spot]:
    """Clocks, dates and days of the week; without `strict` only what a clause tells of the past."""
    for spot in (*((*_dates(rest), *_clocks(rest)) if _DIGIT.search(rest) else ()), *_days(rest)):
        if strict or tells(rest, spot.start, spot.end):
            yield spot


def amounts(rest: str, *, strict: bool) -> Iterator[Spot]:
    """Amounts, counts, versions and identifiers with digits."""
    rest = _without_times(rest) if _DIGIT.search(rest) else rest
    for spot in (*_vague(rest), *_counted(rest)):
        if strict and spot.what == "a number" and not spot.kind and is_wished(rest, spot.start, spot.end):
            continue
        if strict or (spot.what != "an identifier" and tells(rest, spot.start, spot.end)):
            yield spot


def _dates(rest: str) -> Iterator[Spot]:
    for match in _DATE_TIME.finditer(rest):
        yield Spot(match.start(), match.end(), match.group()[:10], "a date", date=(int(match[1]), int(match[2]), int(match[3])))
        if match[4]:
            yield Spot(match.start(), match.end(), match[4], "a time")
    for match in _DAY.finditer(rest):
        day, month = int(match["day"] or match["day2"]), _MONTHS[(match["month"] or match["month2"]).lower()]
        yield Spot(match.start(), match.end(), match.group(), "a date", date=(0, month, day))


def _clocks(rest: str) -> Iterator[Spot]:
    for match in _CLOCK.finditer(_DATE_TIME.sub(lambda found: " " * len(found.group()), rest)):
        if match[1]:
            yield Spot(match.start(), match.end(), match[1], "a time")
        else:
            hour = int(match[2]) % 12 + (12 if match[3].lower() == "p" else 0)
            yield Spot(match.start(), match.end(), f"{hour}:00", "a time")


def _days(rest: str) -> Iterator[Spot]:
    for match in _DAYS.finditer(rest):
        weekday = _WEEKDAYS.index(match["weekday"].lower()) + 1 if match["weekday"] else 0
        yield Spot(match.start(), match.end(), match.group(), "a date", date=(0, 0, weekday) if weekday else (0, 0, 0))


def _same_day(claimed: tuple[int, int, int], known: tuple[int, int, int]) -> bool:
    year, month, day = claimed
    if month:
        return (month, day) == known[1:] and year in (0, known[0])
    return bool(day) and _weekday(known) == day


def _weekday(date: tuple[int, int, int]) -> int:
    """Monday is 1; Zeller's rule, for a date that may not exist."""
    year, month, day = date
    year, month = (year - 1, month + 12) if month < 3 else (year, month)
    return (day + 13 * (month + 1) // 5 + year + year // 4 - year // 100 + year // 400 + 5) % 7 + 1


def _without_times(rest: str) -> str:
    for pattern in (_DATE_TIME, _DAY, _CLOCK):
        rest = pattern.sub(lambda found: " " * len(found.group()), rest)
    return rest


def _vague(rest: str) -> Iterator[Spot]:
    for match in _VAGUE.finditer(rest):
        kind = counted_kind(match[3]) or counted_kind(match[2].strip()) or ""
        yield Spot(match.start(), match.end(), match.group(), "how many", kind, VAGUE[match[1].lower()])
    for match in (*_EXTENT.finditer(rest), *_PART.finditer(rest)):
        yield Spot(match.start(), match.end(), match.group(), "how many")


def _counted(rest: str) -> Iterator[Spot]:
    words = list(_WORD.finditer(rest))
    for n, word in enumerate(words):
        core = word.group().strip(_EDGES)
        if not core.isalpha() and _DIGIT.search(core):
            yield from _with_digits(words, n, core, words[n - 1].group().strip(_EDGES).casefold() if n else "")
        elif (lower := core.casefold()) in SPELLED or lower in SPELLED_ELSEWHERE or lower == "twice":
            yield from _spelled(words, n, lower)


def _with_digits(words: list[re.Match[str]], n: int, core: str, before: str) -> Iterator[Spot]:
    start, end = words[n].start(), words[n].end()
    if before in _OWN_NUMBERS:
        return
    if (found := _JOINED.fullmatch(core)) and (found[2].casefold() in UNITS or counted_kind(found[2])):
        yield from _amount(words, n, before, found[1], found[2], "")
    elif found := _RANGE.fullmatch(core):
        for digits in (found[1], found[2]):
            yield from _amount(words, n, before, digits.lstrip("$€£"), found[3], "$" if digits[0] in "$€£" else "")
    elif (found := AMOUNT.fullmatch(core)) and core.count(".") < 2 and (found[3].casefold() in UNITS or found[3].casefold().rstrip("+") in _SUFFIXES):
        yield from _amount(words, n, before, found[2], found[3], found[1])
    elif found and found[3].casefold() in _ORDINALS:
        return
    elif _VERSION.fullmatch(core):
        yield Spot(start, end, core, "an identifier")
    elif not is_technology(core):
        yield from _identifier(start, end, core)


def _identifier(start: int, end: int, core: str) -> Iterator[Spot]:
    """`lf_4138`, `api-7f9d`, `timeout=30`; where words are not parted by spaces, each number by itself."""
    if any(not character.isascii() and character.isalpha() for character in core):
        for match in re.finditer(r"\d{1,15}(?:[.,]\d{1,9})?", core):
            yield from (Spot(start, end, match.group(), "a number", "", value) for value in list(number(match.group()))[:1] if value > 1)
    else:
        yield Spot(start, end, core, "an identifier")


def _amount(words: list[re.Match[str]], n: int, before: str, digits: str, suffix: str, sign: str) -> Iterator[Spot]:
    value = next(number(digits), None)
    if value is None:
        return
    unit, last = _unit(words, n, suffix.casefold())
    kind, factor = ("money", 1.0) if sign else UNITS[unit] if unit in UNITS else (counted_kind(unit) or "", _SUFFIXES.get(suffix.casefold().rstrip("+"), 1.0))
    if value in (0, 1) and kind not in ("time", "size", "share", "money") and factor == 1:
        return  # "off by 1", "returns 0", "1 of them"
    # "The failing lines 23 hours before" names no line.
    if (
        not suffix
        and kind != "time"
        and (before in _LINES or (n > 2 and before in ("and", "or", "to") and words[n - 3].group().strip(_EDGES).casefold() in _LINES))
    ):
        yield Spot(words[n].start(), words[n].end(), f"line {digits}", "a line of code", "", value)
        return
    point = digits.rpartition(".")[2] if "." in digits else ""
    half = 0.5 * factor * 10.0 ** -len(point) if kind in ("time", "size", "share", "rate") or factor > 1 else 0.0
    about = before in _ABOUT or words[n].group().lstrip("(\"'")[:1] in "~≈<>≤≥"
    if kind in ("size", "share"):
        half = min(half, abs(value * factor) * 0.1)  # "1 GB" is not any size from half a gigabyte on
    leeway = max(half, abs(value * factor) * (0.3 if kind == "time" and before in _AT_MOST else 0.05 if about else 0.0))
    text = " ".join(word.group().strip(_EDGES) for word in words[n : last + 1])
    yield Spot(words[n].start(), words[last].end(), text, "a number", kind, value * factor, leeway, factor if kind in ("time", "size") else 0)


def _unit(words: list[re.Match[str]], n: int, suffix: str) -> tuple[str, int]:
    """What is counted or measured: behind the number, or the noun that one or two adjectives away is counted; and where it stands."""
    if suffix in UNITS or counted_kind(suffix):
        return suffix, n
    ends = words[n].group()[-1:] in ".,;:!?)"
    for at in range(n + 1, min(n + 4, len(words))):
        if ends:
            break
        name = words[at].group().strip(_EDGES).casefold()
        if name in SPELLED or name == "twice" or _DIGIT.search(name):
            break
        if (at == n + 1 and name in UNITS) or counted_kind(name):
            return name, at
        ends = words[at].group()[-1:] in ".,;:!?)" or name in _ENDS
    return "", n


def _spelled(words: list[re.Match[str]], n: int, lower: str) -> Iterator[Spot]:
    if lower == "twice":
        yield Spot(words[n].start(), words[n].end(), "twice", "a number", "events", 2)
        return
    value = SPELLED.get(lower) or SPELLED_ELSEWHERE[lower]
    unit, last = _unit(words, n, "")
    if not unit and value > 11 and lower in SPELLED and _PLURAL.match(words[n].string, words[n].end()):
        yield Spot(words[n].start(), words[n].end(), lower, "a number", "", value)
    if not unit:
        return  # "two transfers read the same leaf": said of how it works, not counted
    kind, factor = UNITS.get(unit) or (counted_kind(unit) or "", 1.0)
    if lower == "two" and kind not in ("time", "people"):
        return  # "two requests at the same time": what a race is
    text = " ".join(word.group().strip(_EDGES) for word in words[n : last + 1])
    yield Spot(
        words[n].start(),
        words[last].end(),
        text,
        "a number",
        kind,
        value * factor,
        0.5 * factor if kind == "time" else 0,
        factor if kind == "time" else 0,
    )
