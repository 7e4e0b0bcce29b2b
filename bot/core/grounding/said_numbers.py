"""The numbers that a text says, by what stands around them: a unit, a noun, a key, a sign of money, a whole of which they are a part."""

import re
from collections.abc import Iterator, Set

from bot.core.grounding.units import COUNTED, KEYS_OF_EVENTS, TIMELY, UNITS, binary, counted_kind, number, share_of
from bot.regex import regex

# Each begins with the one character that is looked for, and looks back from there: so a search passes over the rest of a text quickly.
_NUMBER = regex(r"([0-9](?<![\w.#@/-].)(?<!\d:.)(?<!\d,.)[0-9]{0,14}(?:[.,_][0-9]{1,9}){0,4})\s?(%|[^\W\d_]{0,20})(?![\w:]|[-/.]\d)")
_MONEY = regex(r"[$€£](\d{1,15}(?:[.,_]\d{1,9}){0,4})(?!\w)")
_STATUS = regex(r"[45](?<![\w.,-].)[0-9]{2}(?![\w,])")
_ANSWERED = regex(r"(?:http(?:/\d(?:\.\d)?)?|status(?:[ _-]?code)?|code|returned|returns|answered|answers|response|\")[\"'\s:=]{1,4}\Z")
_OUT_OF = regex(
    r"(?P<part>[0-9](?<![\w.,:/-].)(?:[0-9]{0,2}(?:,[0-9]{3}){1,3}|[0-9]{0,8}))(?: (?P<noun>(?!out )[a-z]{3,20})(?: [a-z]{2,12}){0,2})?"
    r"(?:/| of | out of )(?:the )?(?P<whole>\d{1,3}(?:,\d{3}){0,3}|\d{1,9})(?: (?P<counted>[a-z]{3,20}))?(?![\w:/-]|[.,]\d)"
)
"""`3 of 40 pods`, `2/3 replicas`, `1,284 requests failed of 3,234`: both count the same. Looked for around the signs below, which are found quickly."""
_OF, _SLASH, _AROUND = regex(r" of (?:the )?[0-9]"), regex(r"/[0-9](?=\d{0,8}(?!\w))"), 64
_KEYED = regex(r"[=:](?<!\d[=:])[*\"'`)]{0,3}\s{0,2}[\"'`(*]{0,3}(\d{1,15}(?:\.\d{1,9})?)(?![\w.:-])")
_KEY = regex(r"([A-Za-z][A-Za-z0-9_.-]{0,40}+)[\"'*`)]{0,3}\s{0,2}\Z")
_SHARE = regex(r"%|percent|pct")
_BEFORE = regex(r"([0-9][0-9.,_]{0,20})\s?\Z")


def measured(text: str) -> set[tuple[str, str]]:
    """Each number with the word or sign behind it. This text, and that of the others, is folded: small letters, single spaces."""
    return set(_NUMBER.findall(text))


def keyed(text: str) -> set[tuple[str, float]]:
    """Each number with the key before it: `waiting=173`."""
    found = set()
    for match in _KEYED.finditer(text):
        key = _KEY.search(text[max(0, match.start() - 48) : match.start()])
        if key:
            found.add((key[1], float(match[1])))
    return found


def by_kind(text: str, measured: Set[tuple[str, str]], keyed: Set[tuple[str, float]]) -> dict[str, set[float]]:
    """Kind of unit → values in its smallest unit; "" holds every number, whatever stands behind it."""
    found: dict[str, set[float]] = {"": set()}
    for digits, unit in measured:
        _add(found, digits, unit)
    if any(sign in text for sign in "$€£"):
        found.setdefault("money", set()).update(value for digits in set(_MONEY.findall(text)) for value in number(digits))
    for match in _parts(text):
        _add_part(found, match)
    found["status"] = {float(one.group()) for one in _STATUS.finditer(text) if _ANSWERED.search(text, max(0, one.start() - 16), one.start())}
    for name, value in keyed:
        _add_keyed(found, name, value)
    return found


def shares(text: str) -> Iterator[tuple[float, str]]:
    """Each share of something that is told, and the family of that; "" where nobody would count it."""
    for match in _SHARE.finditer(text):
        digits = _BEFORE.search(text, max(0, match.start() - 22), match.start())
        for value in number(digits[1]) if digits else ():
            yield value, share_of(text, match.end())[0]


def _add(found: dict[str, set[float]], digits: str, unit: str) -> None:
    for value in (float(digits),) if digits.isdecimal() else number(digits):
        found[""].add(value)
        if not unit:
            continue
        if unit in UNITS:
            kind, factor = UNITS[unit]
            found.setdefault(kind, set()).update((value * factor, value * binary(factor)) if kind == "size" else (value * factor,))
        elif unit in ("x", "×", "fold"):
            found.setdefault("ratio", set()).add(value)
        elif counted := counted_kind(unit):
            found.setdefault(counted, set()).add(value)


def _parts(text: str) -> Iterator[re.Match[str]]:
    """Each part of a whole, once; what is read is not read again around the next sign."""
    for signs in (_OF, _SLASH):
        after = 0
        for sign in signs.finditer(text):
            for match in _OUT_OF.finditer(text, max(after, sign.start() - _AROUND), sign.end() + _AROUND):
                after = match.end()
                yield match
            after = max(after, sign.end())


def _add_part(found: dict[str, set[float]], match: re.Match[str]) -> None:
    part, whole = (float(match[name].replace(",", "")) for name in ("part", "whole"))
    noun = match["counted"] or match["noun"] or ""
    if not 0 < part <= whole or (match["noun"] and counted_kind(match["noun"]) is None) or (match["noun"] and match["counted"]):
        return
    if kind := counted_kind(noun):
        found.setdefault(kind, set()).update((part, whole))
        for name in ("share", f"part {kind}"):
            found.setdefault(name, set()).add(100 * part / whole)


def _add_keyed(found: dict[str, set[float]], key: str, value: float) -> None:
    """`duration_ms=1200`, `"affected_users": 3`, `Count: 4`: the name says what is counted. `user_id=8841` counts nobody, and `timeout=5` is no count."""
    parts = re.split(r"[_.-]", key)
    if parts[-1] in ("id", "ids", "no", "number", "code", "key", "port", "line", "version"):
        return
    if parts[-1] in ("ms", "millis", "milliseconds"):
        found.setdefault("time", set()).add(value)
    elif any(part in TIMELY or part in ("s", "sec", "secs", "seconds") for part in parts):
        found.setdefault("time", set()).update((value, value * 1000))
        if not any(part in KEYS_OF_EVENTS for part in parts):
            return
    elif any(part in ("bytes", "size", "memory", "heap") for part in parts):
        found.setdefault("size", set()).add(value)
    elif parts[-1] in ("percent", "pct", "ratio", "percentage"):
        for share in ("share", "share of something"):
            found.setdefault(share, set()).update((value, value * 100))
    for part in parts:
        kind = counted_kind(part) or (COUNTED["event"] if part in KEYS_OF_EVENTS else None)
        if kind:
            found.setdefault(kind, set()).add(value)
