"""Clocks, dates and days of the week of a sentence."""

import re
from collections.abc import Iterator

from bot.core.grounding.advice import tells
from bot.core.grounding.spot import Spot
from bot.regex import regex

_DIGIT = regex(r"\d")
_ZONES = {
    "bst": 60, "cet": 60, "cest": 120, "sast": 120, "eet": 120, "eest": 180, "msk": 180, "jst": 540, "kst": 540, "aest": 600,
    "aedt": 660, "adt": -180, "ast": -240, "edt": -240, "est": -300, "cdt": -300, "mdt": -360, "mst": -420, "pdt": -420, "pst": -480,
}  # fmt: skip
"""Minutes ahead of UTC; a name of two zones (`CST`, `IST`) is left out."""
_ZONE = rf"(?:Z\b|(?P<zone>[+-]\d{{2}}:?\d{{2}}|\s(?-i:{'|'.join(_ZONES).upper()})\b))?"
_DATE_TIME = regex(rf"(?<![\w-])(\d{{4}})-(\d{{2}})-(\d{{2}})(?:[T ](?P<clock>\d{{2}}:\d{{2}}(?::\d{{2}})?)(?:\.\d{{1,9}})?{_ZONE})?(?![\w-])", re.IGNORECASE)
_CLOCK = regex(
    rf"(?<![\w:.])(?:(?P<clock>\d{{1,2}}:\d{{2}}(?::\d{{2}})?)(?:\.\d{{1,9}})?(?:\s?(?P<half>[ap])\.?m)?|(?P<hour>\d{{1,2}})\s?(?P<noon>[ap])\.?m){_ZONE}(?![\w:])",
    re.IGNORECASE,
)
_MONTHS = {
    month: number
    for number, month in enumerate(
        ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"], start=1
    )
}
_MONTHS |= {name[:3]: number for name, number in _MONTHS.items()} | {"sept": 9}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_YEAR = r"(?:,? (?P<year{}>(?:19|20)\d{{2}})\b(?![:.]\d))?"
_DAY = regex(
    rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<month>{_MONTH})\b{_YEAR.format('')}|"
    rf"\b(?P<month2>{_MONTH})\.? (?P<day2>\d{{1,2}})(?:st|nd|rd|th)?\b(?!:){_YEAR.format(2)}",
    re.IGNORECASE,
)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAYS = regex(rf"\b(?:(?P<weekday>{'|'.join(_WEEKDAYS)})|(?P<ago>yesterday|last (?:week|month|year|night)|this morning))\b", re.IGNORECASE)


def times(rest: str, *, strict: bool) -> Iterator[Spot]:
    """Clocks, dates and days of the week; without `strict` only what a clause tells of the past."""
    for spot in (*((*_dates(rest), *_clocks(rest)) if _DIGIT.search(rest) else ()), *_days(rest)):
        if strict or tells(rest, spot.start, spot.end):
            yield spot


def _dates(rest: str) -> Iterator[Spot]:
    for match in _DATE_TIME.finditer(rest):
        yield Spot(match.start(), match.end(), match.group()[:10], "a date", date=(int(match[1]), int(match[2]), int(match[3])))
        if match["clock"]:
            yield _clock(match, match["clock"])
    for match in _DAY.finditer(rest):
        day, month = int(match["day"] or match["day2"]), _MONTHS[(match["month"] or match["month2"]).lower()]
        yield Spot(match.start(), match.end(), match.group(), "a date", date=(int(match["year"] or match["year2"] or 0), month, day))


def _clocks(rest: str) -> Iterator[Spot]:
    for match in _CLOCK.finditer(_DATE_TIME.sub(lambda found: " " * len(found.group()), rest)):
        hour, colon, minutes = (match["clock"] or f"{match['hour']}:00").partition(":")
        if half := match["half"] or match["noon"]:
            hour = str(int(hour) % 12 + (12 if half.lower() == "p" else 0))
        yield _clock(match, f"{hour}{colon}{minutes}")


def _clock(match: re.Match[str], clock: str) -> Spot:
    """A zone other than UTC is told with it, for `14:02 CET` is another time than `14:02`."""
    zone = (match["zone"] or "").upper()
    ahead = _ahead(zone)
    if not ahead:
        return Spot(match.start(), match.end(), clock, "a time")
    hour, _, minutes = clock.partition(":")
    there = (int(hour) * 60 + int(minutes[:2]) - ahead) % (24 * 60)
    return Spot(match.start(), match.end(), f"{clock}{zone}", "a time", utc=f"{there // 60}:{there % 60:02}{minutes[2:]}")


def _ahead(zone: str) -> int:
    """Minutes ahead of UTC."""
    if not zone or zone.strip().isalpha():
        return _ZONES.get(zone.strip().lower(), 0)
    return (int(zone[1:3]) * 60 + int(zone[-2:])) * (-1 if zone[0] == "-" else 1)


def _days(rest: str) -> Iterator[Spot]:
    for match in _DAYS.finditer(rest):
        weekday = _WEEKDAYS.index(match["weekday"].lower()) + 1 if match["weekday"] else 0
        yield Spot(match.start(), match.end(), match.group(), "a date", date=(0, 0, weekday) if weekday else (0, 0, 0))


def without_times(rest: str) -> str:
    """The sentence with blanks where a clock or a date stands."""
    for pattern in (_DATE_TIME, _DAY, _CLOCK):
        rest = pattern.sub(lambda found: " " * len(found.group()), rest)
    return rest
