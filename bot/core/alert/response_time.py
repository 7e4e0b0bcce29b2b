"""A promised response time, as the configuration words it, as a length of time."""

import re
from datetime import timedelta

from bot.regex import regex

_TIME = regex(r"(\d{1,6}(?:\.\d{1,3})?)\s{0,3}(m|min|mins|minute|minutes|h|hour|hours|d|day|days|w|week|weeks)\b", re.IGNORECASE)
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


def length_of(words: str) -> timedelta | None:
    """`< 15 minutes` → 15 minutes, by the clock; the first length that the words name, None where they name none."""
    found = _TIME.search(words[:200])
    return float(found[1]) * _UNITS[found[2][0].lower()] if found else None
