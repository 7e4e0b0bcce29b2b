"""Numbers and what stands behind them: units of time, size and share, and the things that are counted."""

import math
import re
from collections.abc import Iterator

from bot.regex import regex

_SECOND, _MINUTE, _HOUR, _DAY = 1_000.0, 60_000.0, 3_600_000.0, 86_400_000.0
_TIMES = {
    ("µs".casefold(), "us", "microsecond", "microseconds"): 0.001,
    ("ms", "msec", "msecs", "millis", "millisecond", "milliseconds"): 1.0,
    ("s", "sec", "secs", "second", "seconds"): _SECOND,
    ("m", "min", "mins", "minute", "minutes"): _MINUTE,
    ("h", "hr", "hrs", "hour", "hours"): _HOUR,
    ("d", "day", "days"): _DAY,
    ("week", "weeks"): 7 * _DAY,
    ("month", "months"): 30 * _DAY,
    ("year", "years"): 365 * _DAY,
}
_SIZES = {("b", "byte", "bytes"): 0, ("kb", "kib", "ki"): 1, ("mb", "mib", "mi", "megabytes"): 2, ("gb", "gib", "gi", "gigabytes"): 3, ("tb", "tib"): 4}
UNITS: dict[str, tuple[str, float]] = {
    **{name: ("time", factor) for names, factor in _TIMES.items() for name in names},
    **{name: ("size", 1000.0**power) for names, power in _SIZES.items() for name in names},
    **dict.fromkeys(("%", "percent", "pct"), ("share", 1.0)),
    **dict.fromkeys(("dollar", "dollars", "usd", "eur", "euro", "euros", "cents"), ("money", 1.0)),
    **dict.fromkeys(("rps", "qps", "tps"), ("rate", 1.0)),
}
"""Name → kind, and how many of the smallest unit of its kind (a millisecond, a byte) it is."""

_COUNTED = {
    "events": "event error time occurrence failure exception request call attempt hit line message alert job retry crash restart "
    "timeout entry incident response",
    "people": "user customer client tenant wallet account person merchant shop buyer seller visitor subscriber organization organisation company",
    "machines": "host pod node instance container machine server replica worker process thread lambda",
    "changes": "commit deployment deploy release change merge revert rollback",
    "services": "service application app component team",
}
_COUNTED_ELSEWHERE = {
    "events": "mal fehler anfragen ereignisse veces errores solicitudes fois erreurs requêtes vezes erros",
    "people": "kunden nutzer benutzer anwender mandanten clientes usuarios clients utilisateurs usuários",
    "machines": "knoten instanzen nodos instancias nœuds",
}
COUNTED = {
    form: kind
    for kind, nouns in _COUNTED.items()
    for noun in nouns.split()
    for form in (noun, f"{noun}s", f"{noun}es", f"{noun[:-1]}ies" if noun.endswith("y") else noun)
} | {noun: kind for kind, nouns in _COUNTED_ELSEWHERE.items() for noun in nouns.split()}
"""What can be counted → the family of things that a reader would count alike."""

KEYS_OF_EVENTS = frozenset(("count", "total", "times", "hits", "n", "num", "occurrences", "doc_count"))
TIMELY = frozenset(("timeout", "duration", "elapsed", "latency", "took", "wait", "waited", "delay", "ttl", "interval", "age", "expires", "backoff"))
SPELLED = {
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
    "dozen": 12,
    "thirteen": 13,
    "fourteen": 14,
    "fifteen": 15,
    "sixteen": 16,
    "seventeen": 17,
    "eighteen": 18,
    "nineteen": 19,
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
    "hundred": 100,
    "thousand": 1000,
}
MULTIPLES = {"hundred": 100.0, "thousand": 1e3, "million": 1e6, "billion": 1e9}
"""Behind another number, which they multiply."""
_ONES = ("one", *list(SPELLED)[:8])
SPELLED |= {f"{tens}-{one}": SPELLED[tens] + n for tens in list(SPELLED)[list(SPELLED).index("twenty") :][:8] for n, one in enumerate(_ONES, start=1)}
_FOREIGN = {
    3: "drei tres trois três", 4: "vier cuatro quatre quatro", 5: "fünf cinco cinq", 6: "sechs seis six", 7: "sieben siete sept sete",
    8: "acht ocho huit oito", 9: "neun nueve neuf nove", 10: "zehn diez dix dez", 11: "elf once onze", 12: "zwölf doce douze doze",
    20: "zwanzig veinte vingt vinte", 50: "fünfzig cincuenta cinquante cinquenta", 100: "hundert cien cent cem", 1000: "tausend mil mille",
}  # fmt: skip
SPELLED_ELSEWHERE = {word: value for value, words in _FOREIGN.items() for word in words.split()}
"""Numbers of other languages: counted only before a noun of theirs that is counted."""
VAGUE = {"dozens": 12, "scores": 20, "hundreds": 100, "thousands": 1_000, "millions": 1_000_000, "billions": 1_000_000_000}
"""Words for a large count → the least that it can mean."""

_NAMES = "|".join(sorted((name for names in _TIMES for name in names if len(name) > 1 or name in "hms"), key=len, reverse=True))
_DECIMAL_COMMA = regex(r"\d{1,15},(?:\d{1,2}|\d{4,9})")
DURATION = regex(rf"(?<![\w.:/-])(\d{{1,6}})[ -]?({_NAMES})(?:,? and |, | ?)(\d{{1,6}}(?:\.\d{{1,3}})?)[ -]?({_NAMES})(?![\w/-])", re.IGNORECASE)
"""A time in two units."""
_OF_WHAT = regex(r"\s{1,3}of (?:(?:all|the|our|these|those|its|their) ){0,2}([^\W\d_]{1,30})(?: ([^\W\d_]{1,30}))?\b(?!['’])", re.IGNORECASE)


def binary(factor: float) -> float:
    """The factor of a size where a kilobyte is 1024 bytes: people write MB for both."""
    return 1024.0 ** (round(math.log10(factor)) // 3)


def counted_kind(noun: str) -> str | None:
    """The family of a noun, in singular or plural; None when nobody would count it in a report."""
    return COUNTED.get(noun.casefold())


def share_of(text: str, at: int) -> tuple[str, int]:
    """The family of what a share is of, where that stands right behind it (`40% of all users`), and its end; "" and `at` where it does not."""
    match = _OF_WHAT.match(text, at)
    nouns = [n for n in (1, 2) if match and match[n] and match[n].casefold() != "time" and counted_kind(match[n])]
    if match is None or not nouns:
        return "", at
    # Of "users hit it" the first is counted, of "user requests" the second.
    noun = nouns[0] if match[nouns[0]].casefold().endswith("s") else nouns[-1]
    return counted_kind(match[noun]) or "", match.end(noun)


def number(digits: str) -> Iterator[float]:
    """What the digits can mean: `1,234` is 1234 and, where a comma is the point, 1.234."""
    plain = digits.replace("_", "").rstrip(".,")
    if not _DECIMAL_COMMA.fullmatch(plain):
        yield from _float(plain.replace(",", ""))
    if "," in plain:
        yield from _float(plain.replace(".", "").replace(",", ".", 1).replace(",", ""))
    elif plain.count(".") > 1 and all(len(part) == 3 for part in plain.split(".")[1:]):
        yield from _float(plain.replace(".", ""))


def _float(text: str) -> Iterator[float]:
    try:
        yield float(text)
    except ValueError:
        return
