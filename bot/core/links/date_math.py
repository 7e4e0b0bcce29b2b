"""Times as Dashboards and OpenSearch write them, `now-15m` or `now/d` or absolute, anchored to a moment that is given."""

import re
from calendar import monthrange
from datetime import UTC, datetime, timedelta

from bot.core.logs.time import moment
from bot.regex import regex

_MATH = regex(r"now((?:[+-]\d{1,6}[smhHdwMyY]){0,5})(?:/([smhHdwMyY]))?", re.ASCII)
_STEP = regex(r"([+-]\d{1,6})([smhHdwMyY])", re.ASCII)
_LENGTHS = {
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}
_MILLISECOND = timedelta(milliseconds=1)


def resolved(text: object, now: datetime, *, end: bool = False) -> datetime | None:
    """The moment that `text` means at `now`, in UTC; None when it is none.

    Rounding (`now/d`) goes to the beginning of the period, and with `end` to its last millisecond, as Dashboards rounds the end of a range.
    Weeks begin on Sunday (`dateFormat:dow`); a browser's time zone is not in a link, so periods are those of UTC.
    """
    if not isinstance(text, str) or not text.startswith("now"):
        return moment(text)
    match = _MATH.fullmatch(text)
    if match is None:
        return None
    at = now.astimezone(UTC)
    try:
        for amount, unit in _STEP.findall(match[1]):
            at = _moved(at, int(amount), unit)
        if match[2] is None:
            return at
        begun = _begun(at, match[2])
        return _moved(begun, 1, match[2]) - _MILLISECOND if end else begun
    except (OverflowError, ValueError):
        return None


def _moved(at: datetime, amount: int, unit: str) -> datetime:
    if unit in "MyY":
        months = at.year * 12 + at.month - 1 + amount * (1 if unit == "M" else 12)
        year, month = divmod(months, 12)
        return at.replace(year=year, month=month + 1, day=min(at.day, monthrange(year, month + 1)[1]))
    return at + amount * _LENGTHS[unit.lower()]


def _begun(at: datetime, unit: str) -> datetime:
    """When the second, minute, hour, day, week, month or year of `at` began."""
    if unit == "s":
        return at.replace(microsecond=0)
    if unit == "m":
        return at.replace(second=0, microsecond=0)
    if unit in "hH":
        return at.replace(minute=0, second=0, microsecond=0)
    day = at.replace(hour=0, minute=0, second=0, microsecond=0)
    if unit == "w":
        return day - timedelta(days=(day.weekday() + 1) % 7)
    return day if unit == "d" else day.replace(day=1) if unit == "M" else day.replace(month=1, day=1)
