"""When a log line happened, out of the many ways in which loggers write it."""

import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import NamedTuple

from bot.regex import regex

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EARLIEST = 10**8
"""Numbers below this many seconds (March 1973) are counters or durations, not times."""
_NUMBER = regex(r"\d{9,20}(?:\.\d{1,9})?", re.ASCII)
_ISO = regex(r"\d{4}-?\d\d-?\d\d[T ]\d\d:?\d\d[^\n]{0,40}", re.ASCII)
_OTHER_ISO = regex(r"(\d{4})([/.]?)(\d\d)\2(\d\d)[T _-](\d\d:\d\d:\d\d)(?:[.,:](\d{1,9}))?([^\n]{0,30})", re.ASCII)
_SHORT_YEAR = regex(r"(\d\d)/(\d\d)/(\d\d) (\d\d:\d\d:\d\d)(?:[.,](\d{1,9}))?", re.ASCII)
_ZONE_NAME = regex(r"\s{0,3}(?:[+-]0000 )?(?:UTC|GMT|Z)(?: m=[+-][\d.]{1,20})?$")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTH = "|".join(_MONTHS)
_DAY_FIRST = regex(
    rf"(?:[A-Z][a-z]{{2}},? )?(?P<day>\d{{1,2}})[ /-](?P<month>{_MONTH})[ /-](?P<year>\d{{4}})[ :](?P<clock>\d\d:\d\d:\d\d)"
    r"(?:[.,](?P<part>\d{1,9}))?(?P<half>)(?: ?(?P<zone>GMT|UTC|Z|[+-]\d\d:?\d\d))?",
    re.ASCII,
)
_MONTH_FIRST = regex(
    rf"(?:[A-Z][a-z]{{2}} )?(?P<month>{_MONTH}) {{1,2}}(?P<day>\d{{1,2}})(?:, (?P<year>\d{{4}})(?: @)?,?)? (?P<clock>\d{{1,2}}:\d\d:\d\d)"
    r"(?:[.,](?P<part>\d{1,9}))?(?: (?P<half>[AP]M))?(?: (?P<late_year>\d{4}))?",
    re.ASCII,
)
# As JavaScript writes a time for Americans, since Node.js 20 with a narrow blank: `12/16/2025, 11:58:22 AM`.
_AMERICAN = regex(r"(\d{1,2})/(\d{1,2})/(\d{4}), (\d{1,2}):(\d\d:\d\d)[ \u202f]([AP])M")
OTHER_NAMES = (
    "ts",
    "datetime",
    "date",
    "eventTime",
    "asctime",
    "Timestamp",
    "@t",
    "t",
    "timeUnixNano",
    "observedTimeUnixNano",
    "log_time",
    "__REALTIME_TIMESTAMP",
)
"""What loggers call the time of a document where none of the configured names is there."""


class Dating(NamedTuple):
    """What a time leaves out is taken from here: the zone of times that name none, and the time whose year, or day, is the nearest where none is written."""

    zone: tzinfo = UTC
    around: datetime | None = None


def moment(value: object, dating: Dating = Dating()) -> datetime | None:  # noqa: B008 - a constant
    """The time that a field's value tells; None when it is none.

    ISO 8601 with `T` or a space, `/` or `.` in the date, a comma or point before the fraction; access-log, RFC 1123, ctime and log4j times
    with the month's English name; Kibana's `Dec 17, 2025 @ 09:12:43.296`; epoch seconds, milliseconds, microseconds, nanoseconds.
    """
    if isinstance(value, bool):
        return None
    try:
        if isinstance(value, int | float):
            return _of_epoch(value)
        return _of_text(value.strip(), dating) if isinstance(value, str) and len(value) <= 80 else None
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


def _of_text(text: str, dating: Dating) -> datetime | None:
    if _ISO.fullmatch(text):
        return _in_utc(datetime.fromisoformat(_ZONE_NAME.sub("+00:00", text).replace(" +", "+").replace(" -", "-")), dating)
    if _NUMBER.fullmatch(text):
        return _of_epoch(float(text) if "." in text else int(text))
    if match := _OTHER_ISO.fullmatch(text):
        year, _, month, day, clock, part, zone = match.groups()
        return _of_text(f"{year}-{month}-{day}T{clock}{f'.{part}' if part else ''}{zone}", dating)
    if match := _SHORT_YEAR.fullmatch(text):
        year, month, day, clock, part = match.groups()
        return _of_text(f"20{year}-{month}-{day}T{clock}{f'.{part}' if part else ''}", dating)
    if match := _DAY_FIRST.fullmatch(text) or _MONTH_FIRST.fullmatch(text):
        return _of_named_month(match.groupdict(), dating)
    return _of_american(text, dating)


def _of_american(text: str, dating: Dating) -> datetime | None:
    match = _AMERICAN.fullmatch(text)
    if match is None:
        return None
    month, day, year, hour, rest, half = match.groups()
    return _of_text(f"{year}-{month:0>2}-{day:0>2}T{int(hour) % 12 + 12 * (half == 'P'):02}:{rest}", dating)


def _of_named_month(parts: dict[str, str | None], dating: Dating) -> datetime | None:
    year = parts["year"] or parts.get("late_year")
    hour, rest = str(parts["clock"]).split(":", 1)
    if parts["half"]:
        hour = str(int(hour) % 12 + 12 * (parts["half"] == "PM"))
    month = _MONTHS.index(str(parts["month"])) + 1
    fraction = f".{parts['part']}" if parts["part"] else ""
    tail = f"{month:02}-{int(str(parts['day'])):02}T{hour:0>2}:{rest}{fraction}{parts.get('zone') or ''}"
    if year is not None:
        return _of_text(f"{year}-{tail}", dating)
    return nearest_year(tail, dating)


def nearest_year(tail: str, dating: Dating) -> datetime | None:
    """A time without its year (`12-17T09:12:43`) in the year that brings it nearest to `dating.around`; None without one."""
    if dating.around is None:
        return None
    around = dating.around
    times = [time for year in (around.year, around.year - 1, around.year + 1) if (time := moment(f"{year}-{tail}", dating))]
    return min(times, key=lambda time: abs(time - around), default=None)


def nearest_day(clock: str, dating: Dating) -> datetime | None:
    """A time without its date (`09:12:43.296`, `9:12AM`) on the day that brings it nearest to `dating.around`; None without one."""
    if dating.around is None:
        return None
    around = dating.around
    if clock.endswith("M"):
        hour, minute = clock[:-2].split(":")
        clock = f"{int(hour) % 12 + 12 * (clock[-2] == 'P'):02}:{minute}:00"
    days = (around.astimezone(dating.zone) + timedelta(days=shift) for shift in (-1, 0, 1))
    times = [time for day in days if (time := moment(f"{day:%Y-%m-%d}T{clock}", dating))]
    return min(times, key=lambda time: abs(time - around), default=None)


def _in_utc(time: datetime, dating: Dating) -> datetime:
    return (time.replace(tzinfo=dating.zone) if time.tzinfo is None else time).astimezone(UTC)
