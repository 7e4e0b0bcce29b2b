"""Amounts and identifiers of a sentence: what is claimed with a number."""

import re
from collections.abc import Iterable, Iterator

from bot.core.grounding.advice import is_wished, tells
from bot.core.grounding.clocks import without_times
from bot.core.grounding.spot import Spot
from bot.core.grounding.technology import is_technology
from bot.core.grounding.units import DURATION, MULTIPLES, SPELLED, SPELLED_ELSEWHERE, UNITS, VAGUE, counted_kind, number, share_of
from bot.regex import regex

AMOUNT = regex(r"[~≈<>≤≥+-]{0,2}([$€£]?)(\d{1,15}(?:[.,_]\d{1,9}){0,4})(%|×|[^\W\d_]{0,12}\+?)")
_JOINED = regex(r"(\d{1,12}(?:\.\d{1,6})?)-([^\W\d_]{1,20})")
_RANGE = regex(r"([$€£]?\d{1,12}(?:\.\d{1,6})?)(?:-|–|\.\.)(\d{1,12}(?:\.\d{1,6})?)(%|[^\W\d_]{0,12})")
_DIGIT = regex(r"\d")
_WORD = regex(r"\S{1,2000}")
_EDGES = "\"'“”‘’«»()[]{}<>.,;:!?*_…`"
_VAGUE = regex(rf"\b({'|'.join(VAGUE)}) of ((?:[^\W\d_]{{1,20}} ){{0,2}}?)([^\W\d_]{{3,20}})\b", re.IGNORECASE)
_EXTENT = regex(
    r"\b(?:all|every|each|most|many|nobody|no)(?: of)?(?: the| our)? (?:affected |our |other )?(?:users?|customers?|tenants?|clients?|merchants?)\b",
    re.IGNORECASE,
)
_PART_OF = regex(r"(?:%|\b(?:percent|pct|half|thirds?|quarters?|majority)) of \Z", re.IGNORECASE)
_PLURAL = regex(r" (?:[^\W\d_]{2,20} )?[^\W\d_]{3,30}s\b")
"""Whatever it is called: nobody writes `forty-two` of what was not counted."""
_SHARES = {"half": 50.0, "a third": 100 / 3, "two thirds": 200 / 3, "a quarter": 25.0, "three quarters": 75.0}
_SHARES |= dict.fromkeys(("the majority", "a majority", "most"), 50.0)
_PART = regex(
    rf"\b({'|'.join(_SHARES)})(?: of|(?<=most))(?: all| the| our| these| those)* [^\W\d_]{{3,30}}s"
    r"(?= (?:fail|failed|are|were|was|is|saw|see|lost|time|timed|got|get|could|cannot)\b)",
    re.IGNORECASE,
)
_NUMERALS = frozenset((*SPELLED, *SPELLED_ELSEWHERE, "twice"))
_ABOUT = frozenset(("about", "around", "roughly", "nearly", "almost", "over", "than", "least", "to", "some", "approximately", "circa", "most"))
_FEW = rf"(one|{'|'.join(list(SPELLED)[:9])})"
_IN = regex(rf"\b(?:{_FEW} (?:in|out of|of every|in every) {_FEW}|(\d{{1,2}}) (?:in|of every|in every) (\d{{1,3}}))(?= ([^\W\d_]{{3,30}}))", re.IGNORECASE)
_HOUR = regex(r"(?<!once )(?<!times )(?<!twice )(?<!of )\b(half )?an hour\b", re.IGNORECASE)
_AT_LEAST = frozenset(("over", "above", "beyond", "exceeds", "exceeded", "exceeding", "more than", "greater than", "longer than", "at least"))
_AT_MOST = frozenset(("within", "under", "below", "less than", "fewer than", "at most"))
"""Before a bound; what was seen may be a third further from it."""
_OUT_OF = regex(r"(\d{1,9})/(\d{1,9})")
_COMPARED = regex(
    r"\s{1,3}(?:the|its|their|our|more|higher|larger|longer|slower|faster|greater|as (?:many|much|long|high|large|slow|often|big))\b", re.IGNORECASE
)
_MOVED = frozenset(("rose", "climbed", "jumped", "surged", "increased", "grew", "spiked", "fell", "dropped", "decreased", "up", "down", "by"))
"""Behind `eight times`, or before `8x`, where that compares and counts nothing."""
_OWN_NUMBERS = frozenset(("step", "option", "point", "item", "phase", "part", "reason", "cause", "hypothesis", "section", "why", "figure", "table", "priority"))
_ENDS = frozenset(
    (  # noqa: SIM905 - read as a list of words
        "of and or in to for from with on at per by than the is was are were that which as"
    ).split()
)
_LINES = ("line", "lines")
_SUFFIXES = {"k": 1_000.0, "x": 1.0, "×": 1.0, "": 1.0}
_MILLIONS = ("M", "M+")
_ORDINALS = frozenset(("st", "nd", "rd", "th"))


def amounts(rest: str, *, strict: bool) -> Iterator[Spot]:
    """Amounts, counts, versions and identifiers with digits."""
    rest = without_times(rest) if _DIGIT.search(rest) else rest
    spoken = (*_so_many_in(rest), *_hours(rest), *_durations(rest))
    for spot in (*_vague(rest), *spoken, *_counted(_without(rest, spoken))):
        if strict and spot.what == "a number" and not spot.kind and is_wished(rest, spot.start, spot.end):
            continue
        if strict or (spot.what != "an identifier" and tells(rest, spot.start, spot.end)):
            yield spot


def _vague(rest: str) -> Iterator[Spot]:
    for match in _VAGUE.finditer(rest):
        kind = counted_kind(match[3]) or counted_kind(match[2].strip()) or ""
        yield Spot(match.start(), match.end(), match.group(), "how many", kind, VAGUE[match[1].lower()])
    for match in _EXTENT.finditer(rest):
        if _PART_OF.search(rest, max(0, match.start() - 16), match.start()):
            continue  # "40% of all users" are not all of them
        yield Spot(match.start(), match.end(), match.group(), "how many")
    for match in _PART.finditer(rest):
        name = match[1].lower()
        share = _SHARES[name]
        if name.endswith(("majority", "most")):
            yield Spot(match.start(), match.end(), match.group(), "how many", f"part {counted_kind(match.group().split()[-1]) or ''}", share, above=share)
        else:
            yield Spot(match.start(), match.end(), match.group(), "how many", "share", share, share * 0.1, of=counted_kind(match.group().split()[-1]) or "")


def _without(rest: str, read: Iterable[Spot]) -> str:
    """The sentence with blanks where an amount was read."""
    for spot in read:
        rest = f"{rest[: spot.start]}{' ' * (spot.end - spot.start)}{rest[spot.end :]}"
    return rest


def _hours(rest: str) -> Iterator[Spot]:
    """`An hour`, and half of one."""
    for match in _HOUR.finditer(rest) if "hour" in rest else ():
        amount = 3_600_000.0 / (2 if match[1] else 1)
        yield Spot(match.start(), match.end(), match.group(), "a number", "time", amount, amount / 4, 3_600_000.0)


def _so_many_in(rest: str) -> Iterator[Spot]:
    """`Two in five requests`: a share. `4 in 5 minutes` is none."""
    for match in _IN.finditer(rest) if " in " in rest or " of " in rest else ():
        part, whole = (1 if word.casefold() == "one" else SPELLED.get(word.casefold()) or int(word) for word in match.groups()[:4] if word)
        if 0 < part < whole and (family := counted_kind(match[5])):
            yield Spot(match.start(), match.end(), match.group(), "how many", "share", 100 * part / whole, 10 * part / whole, of=family)


def _durations(rest: str) -> Iterator[Spot]:
    """`3 min 28 s`: one amount, as exact as its smaller unit."""
    for match in DURATION.finditer(rest) if _DIGIT.search(rest) else ():
        (_, large), (_, small) = UNITS[match[2].casefold()], UNITS[match[4].casefold()]
        if small < large and (large >= UNITS["hours"][1] or "," not in match.group()):  # "3 s, 20 ms of it in the database" is two
            before = rest[: match.start()].split()[-1:]
            amount = float(match[1]) * large + float(match[3]) * small
            leeway = max(small / 2, amount * 0.05 if before and before[0].casefold() in _ABOUT else 0.0)
            yield Spot(match.start(), match.end(), match.group(), "a number", "time", amount, leeway, small)


def _counted(rest: str) -> Iterator[Spot]:
    words = list(_WORD.finditer(rest))
    for n, word in enumerate(words):
        core = word.group().strip(_EDGES)
        if not core.isalpha() and _DIGIT.search(core):
            yield from _with_digits(words, n, core, words[n - 1].group().strip(_EDGES).casefold() if n else "")
        elif (lower := core.casefold()) in _NUMERALS and not (lower in MULTIPLES and n and _is_number(words[n - 1].group().strip(_EDGES))):
            yield from _spelled(words, n, lower)  # one that multiplies is read with the number before it


def _is_number(word: str) -> bool:
    found = AMOUNT.fullmatch(word)
    return word.casefold() in SPELLED or (found is not None and not found[3])


def _with_digits(words: list[re.Match[str]], n: int, core: str, before: str) -> Iterator[Spot]:
    start, end = words[n].start(), words[n].end()
    if before in _OWN_NUMBERS:
        return
    if (found := _JOINED.fullmatch(core)) and (found[2].casefold() in UNITS or counted_kind(found[2])):
        yield from _amount(words, n, before, found[1], found[2], "")
    elif (found := _OUT_OF.fullmatch(core)) and core != "24/7":
        for digits in found.groups():
            yield from _amount(words, n, before, digits, "", "")
    elif found := _RANGE.fullmatch(core):
        for digits in (found[1], found[2]):
            yield from _amount(words, n, before, digits.lstrip("$€£"), found[3], "$" if digits[0] in "$€£" else "")
    elif (
        (found := AMOUNT.fullmatch(core))
        and core.count(".") < 2
        and (found[3].casefold() in UNITS or found[3].casefold().rstrip("+") in _SUFFIXES or found[3] in _MILLIONS)
    ):
        yield from _amount(words, n, before, found[2], found[3], found[1])
    elif found and found[3].casefold() in _ORDINALS:
        return
    elif not is_technology(core):
        yield from _identifier(start, end, core)


def _identifier(start: int, end: int, core: str) -> Iterator[Spot]:
    """`lf_4138`, `api-7f9d`, `timeout=30`; where words are not parted by spaces, each number by itself."""
    if any(not character.isascii() and character.isalpha() for character in core):
        for match in re.finditer(r"\d{1,15}(?:[.,]\d{1,9})?", core):
            value = next(number(match.group()), 0)
            if value > 1:
                yield Spot(start, end, match.group(), "a number", "", value)
    else:
        yield Spot(start, end, core, "an identifier")


def _amount(words: list[re.Match[str]], n: int, before: str, digits: str, suffix: str, sign: str) -> Iterator[Spot]:
    value = next(number(digits), None)
    if value is None:
        return
    at, times = _multiple(words, n) if not suffix else (n, 1.0)
    times = 1_000_000.0 if suffix in _MILLIONS else times
    unit, last = _unit(words, at, "" if suffix in _MILLIONS else suffix.casefold())
    kind, factor = ("money", 1.0) if sign else UNITS[unit] if unit in UNITS else (counted_kind(unit) or "", _SUFFIXES.get(suffix.casefold().rstrip("+"), 1.0))
    factor *= times
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
    if kind in ("size", "share"):
        half = min(half, abs(value * factor) * 0.1)  # "1 GB" is not any size from half a gigabyte on
    yield _spot(words, (n, max(last, at)), (_ratio(words, last, suffix, unit) or kind, value * factor), half, factor / times if kind in ("time", "size") else 0)


def _multiple(words: list[re.Match[str]], n: int) -> tuple[int, float]:
    """`thousand` in `1.3 thousand requests`: where the number ends, and by what it is multiplied."""
    following = words[n + 1].group().strip(_EDGES).casefold() if n + 1 < len(words) and words[n].group()[-1:] not in ".,;:!?)" else ""
    return (n + 1, MULTIPLES[following]) if following in MULTIPLES else (n, 1.0)


def _ratio(words: list[re.Match[str]], last: int, suffix: str, unit: str) -> str:
    compares = _COMPARED.match(words[last].string, words[last].end())
    moved = last > 0 and words[last - 1].group().casefold() in _MOVED
    return "ratio" if (compares and unit == "times") or (suffix.casefold() in ("x", "×") and (compares or moved)) else ""


def _spot(words: list[re.Match[str]], place: tuple[int, int], told: tuple[str, float], half: float, unit: float) -> Spot:
    """An amount from its first word to its last, as generous as the words before it are."""
    (n, last), (kind, value) = place, told
    earlier = [word.group().strip(_EDGES).casefold() for word in words[max(0, n - 4) : n]]
    if earlier and earlier[-1] in ("a", "an"):
        earlier.pop()
    before, sign = earlier[-1] if earlier else "", words[n].group().lstrip("(\"'")[:1]
    bounds = {before, " ".join(earlier[-2:])}
    denied = len(earlier) > 2 and earlier[-3] in ("no", "not")
    least, most = (_AT_MOST, _AT_LEAST) if denied else (_AT_LEAST, _AT_MOST)
    leeway = max(half, abs(value) * (0.05 if before in _ABOUT or sign in "~≈<>≤≥" else 0.1 if kind == "ratio" else 0.0))
    below = abs(value) / 3 if kind and (bounds & most or sign in "<≤") else 0.0
    above = abs(value) / 3 if kind and (bounds & least or sign in ">≥") else 0.0
    of, end = share_of(words[last].string, words[last].end()) if kind == "share" else ("", words[last].end())
    text = " ".join(word.group().strip(_EDGES) for word in words[n : last + 1]) + words[last].string[words[last].end() : end]
    return Spot(words[n].start(), end, text, "a number", kind, value, leeway, unit, below=below, above=above, of=of)


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
    at, times = _multiple(words, n)
    value = (SPELLED.get(lower) or SPELLED_ELSEWHERE[lower]) * times
    unit, last = _unit(words, at, "")
    if not unit and value > 11 and lower in SPELLED and _PLURAL.match(words[at].string, words[at].end()):
        yield _spot(words, (n, at), ("", value), 0.0, 0)._replace(text=" ".join((lower, *(word.group() for word in words[n + 1 : at + 1]))))
    if not unit:
        return  # "two transfers read the same leaf": said of how it works, not counted
    kind, factor = UNITS.get(unit) or (counted_kind(unit) or "", 1.0)
    if lower == "two" and times == 1 and kind not in ("time", "people") and not _ratio(words, last, "", unit):
        return  # "two requests at the same time": what a race is
    measured = factor if kind == "time" else 0.0
    yield _spot(words, (n, last), (_ratio(words, last, "", unit) or kind, value * factor), 0.5 * measured, measured)
