"""How a log writes its times, so that lines of a window are found by their bytes, without reading each of them."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from bot.core.logs.document import FieldNames, document_in
from bot.core.logs.stamp import stamped, uncoloured
from bot.core.logs.time import OTHER_NAMES, Dating, moment
from bot.regex import regex

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTH = "|".join(_MONTHS)
# As written up to the minute, or the ten-second digits of an epoch; what follows does not matter.
_SHAPES = tuple(
    regex(shape, re.ASCII)
    for shape in (
        r"(?P<year>\d{4})(?P<a>[-/.])(?P<month>\d\d)(?P=a)(?P<day>\d\d)(?P<b>[T _-])(?P<hour>\d\d):(?P<minute>\d\d)",
        r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)(?P<b>[T -])(?P<hour>\d\d)(?P<c>:?)(?P<minute>\d\d)",
        rf"(?P<day>\d\d)(?P<a>[ /-])(?P<name>{_MONTH})(?P=a)(?P<year>\d{{4}})(?P<b>[ :])(?P<hour>\d\d):(?P<minute>\d\d)",
        rf"(?P<weekday>[A-Z][a-z]{{2}} )?(?P<name>{_MONTH}) (?P<day>[ \d]\d)(?P<b>(?:, \d{{4}}(?: @)?)?) (?P<hour>\d\d):(?P<minute>\d\d)(?!:\d\d [AP]M)",
        r"(?P<month>\d\d)(?P<day>\d\d) (?P<hour>\d\d):(?P<minute>\d\d)",
        r"(?P<epoch>1\d{9})(?P<more>(?:\d{3}){0,3})(?!\d)",
    )
)
_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)
_MOST_MINUTES = 60
_MOST_NEEDLES = 60


class Needle(NamedTuple):
    """A text that times of a stretch share, and the texts between which their next bytes lie, both included."""

    prefix: bytes
    low: bytes
    high: bytes

    def places(self, block: bytes | bytearray, end: int, begin: int = 0) -> Iterator[int]:
        """Where a time of the stretch is written in a part of a block."""
        width = len(self.prefix)
        at = block.find(self.prefix, begin, end)
        while at >= 0:
            if self.low <= block[at + width : at + width + len(self.low)] <= self.high:
                yield at
            at = block.find(self.prefix, at + width, end)


class Form(NamedTuple):
    """One way of writing a time: the number of its shape, its separators, and how far its clock is ahead of UTC."""

    shape: int
    marks: tuple[str, ...]
    ahead: timedelta

    def needles(self, start: datetime, end: datetime) -> tuple[Needle, ...] | None:
        """What finds every time from start to end; None where that would take too many."""
        first, last = (start + self.ahead).astimezone(UTC), (end + self.ahead).astimezone(UTC)
        if self.marks[:1] == ("epoch",):
            return (_between(str(int(start.timestamp())).encode(), str(int(end.timestamp())).encode()),)
        if last - first > _MOST_MINUTES * _MINUTE:
            return self._by_hour(first, last)
        begun = first.replace(second=0, microsecond=0)
        minutes = [begun + n * _MINUTE for n in range(int((last - begun) / _MINUTE) + 1)]
        hours: dict[datetime, list[bytes]] = {}
        for minute in minutes:
            hours.setdefault(minute.replace(minute=0), []).append(self._written(minute))
        return tuple(_between(texts[0], texts[-1]) for texts in hours.values())

    def _by_hour(self, first: datetime, last: datetime) -> tuple[Needle, ...] | None:
        begun = first.replace(minute=0, second=0, microsecond=0)
        hours = [begun + n * _HOUR for n in range(int((last - begun) / _HOUR) + 1)]
        if len(hours) > _MOST_NEEDLES:
            return None
        return tuple(Needle(self._written(hour)[:-2].rstrip(b":"), b"", b"") for hour in hours)

    def _written(self, at: datetime) -> bytes:
        a, b, c = (*self.marks, "", "", "")[:3]
        clock = f"{at:%H:%M}"
        if self.shape == 0:
            text = f"{at:%Y}{a}{at:%m}{a}{at:%d}{b}{clock}"
        elif self.shape == 1:
            text = f"{at:%Y%m%d}{b}{at:%H}{c}{at:%M}"
        elif self.shape == 2:
            text = f"{at:%d}{a}{_MONTHS[at.month - 1]}{a}{at:%Y}{b}{clock}"
        elif self.shape == 3:
            text = f"{_MONTHS[at.month - 1]} {f'{at:%d}' if a == '0' else f'{at.day:>2}'}{b.replace('YYYY', f'{at:%Y}')} {clock}"
        else:
            text = f"{at:%m%d} {clock}"
        return text.encode()


def form_of(line: str, fields: FieldNames, dating: Dating) -> tuple[Form | None, datetime] | None:
    """The form of a line's time and the time itself; None for a line without, the form None where its bytes cannot be foretold."""
    found = _written_time(uncoloured(line), fields, dating)
    if found is None:
        return None
    written, time = found
    return (_form(written, time, dating) if written in line else None), time


def _written_time(line: str, fields: FieldNames, dating: Dating) -> tuple[str, datetime] | None:
    text = line.lstrip(" \t[,")
    if text[:1] != "{":
        stamp = stamped(line[:2000], dating)
        return (stamp.written, stamp.time) if stamp is not None else _logfmt_time(text, dating)
    document = document_in(text) or document_in(text.rstrip().rstrip(",]"))
    if document is None:
        return None
    source = document.get("_source")
    for name in (*fields.time, *OTHER_NAMES):
        for holder in (document, source):
            value = _reached(holder, name)
            if value is not None and (time := moment(value, dating)) is not None:
                return str(value), time
    return None


def _logfmt_time(text: str, dating: Dating) -> tuple[str, datetime] | None:
    match = re.search(r"(?:^|\s)(?:time|ts|timestamp)=(\"[^\"]{1,60}\"|\S{1,60})", text[:4000])
    time = moment(match[1].strip('"'), dating) if match else None
    return (match[1].strip('"'), time) if match is not None and time is not None else None


def _reached(holder: object, name: str) -> object:
    if not isinstance(holder, dict):
        return None
    if name in holder:
        return holder[name]
    first, _, rest = name.partition(".")
    return _reached(holder.get(first), rest) if rest else None


def _form(written: str, time: datetime, dating: Dating) -> Form | None:
    for number, shape in enumerate(_SHAPES):
        match = shape.match(written)
        if match is None:
            continue
        parts = match.groupdict()
        if parts.get("epoch"):
            return Form(number, ("epoch",), timedelta())
        month = int(parts["month"]) if parts.get("month") else _MONTHS.index(parts["name"]) + 1
        year = int(parts.get("year") or time.astimezone(dating.zone).year)
        local = datetime(year, month, int(parts["day"]), int(parts["hour"]), int(parts["minute"]), tzinfo=UTC)
        ahead = local - time.replace(second=0, microsecond=0)
        a = ("0" if parts["day"][0] == "0" else " ") if number == 3 else parts.get("a") or ""
        marks = (a, re.sub(r"\d{4}", "YYYY", parts.get("b") or ""), parts.get("c") or "")
        return Form(number, marks, ahead) if abs(ahead) <= timedelta(hours=15) else None
    return None


def _between(first: bytes, last: bytes) -> Needle:
    """The needle of two texts of the same length."""
    common = next((n for n, (one, other) in enumerate(zip(first, last, strict=True)) if one != other), len(first))
    return Needle(first[:common], first[common:], last[common:])
