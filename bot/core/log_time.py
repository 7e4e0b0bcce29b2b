"""When a log line happened, out of the many ways in which loggers write it."""

import re
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EARLIEST = 10**8
"""Numbers below this many seconds (March 1973) are counters or durations, not times."""
_NUMBER = re.compile(r"\d{9,20}(?:\.\d{1,9})?", re.ASCII)
_ISO = re.compile(r"\d{4}-?\d\d-?\d\d[T ]\d\d:?\d\d[^\n]{0,40}", re.ASCII)
_ZONE_NAME = re.compile(r"\s{0,3}(?:[+-]0000 )?(?:UTC|GMT|Z)(?: m=[+-][\d.]{1,20})?$")
_ACCESS_LOG = re.compile(r"(\d{1,2})/([A-Z][a-z]{2})/(\d{4}):(\d\d:\d\d:\d\d)(?: ([+-]\d{4}))?", re.ASCII)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def moment(value: object) -> datetime | None:
    """ISO 8601 (no zone: UTC), access-log time, or epoch seconds, milliseconds, microseconds, nanoseconds; None when it is none of these."""
    if isinstance(value, bool):
        return None
    try:
        if isinstance(value, int | float):
            return _of_epoch(value)
        return _of_text(value.strip()) if isinstance(value, str) and len(value) <= 80 else None
    except (ValueError, OverflowError):
        return None


def _of_epoch(number: float) -> datetime | None:
    """The unit is told by the size: seconds stay below 10^11 until the year 5138."""
    if not _EARLIEST <= number < 10**20:
        return None
    if number < 10**11:
        micros = round(number * 10**6)
    elif number < 10**14:
        micros = round(number * 1000)
    else:
        micros = int(number) if number < 10**17 else int(number) // 1000
    return _EPOCH + timedelta(microseconds=micros)


def _of_text(text: str) -> datetime | None:
    if _NUMBER.fullmatch(text):
        return _of_epoch(float(text) if "." in text else int(text))
    if match := _ACCESS_LOG.fullmatch(text):
        day, month, year, clock, zone = match.groups()
        text = f"{year}-{_MONTHS.index(month) + 1:02}-{int(day):02}T{clock}{zone or ''}"
    if not _ISO.fullmatch(text):
        return None
    return _in_utc(datetime.fromisoformat(_ZONE_NAME.sub("+00:00", text).replace(" +", "+").replace(" -", "-")))


def _in_utc(time: datetime) -> datetime:
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
