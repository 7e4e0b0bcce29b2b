"""The week or month that a review is of: ISO weeks and calendar months, in UTC."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from bot.errors import BadCommand
from bot.model import Record
from bot.regex import regex

_WEEK = regex(r"([0-9]{4})-W([0-9]{1,2})", re.ASCII)
_MONTH = regex(r"([0-9]{4})-([0-9]{1,2})", re.ASCII)
_REMEDY = "write a week as 2026-W47 and a month as 2026-11"


class Period(Record, frozen=True):
    """From `start` (in it) to `end` (no longer in it), both midnight in UTC. `name` is the page's: `2026-W47` or `2026-11`."""

    name: str
    kind: Literal["week", "month"]
    start: datetime
    end: datetime

    @property
    def days(self) -> int:
        """How many."""
        return (self.end - self.start).days

    def holds(self, moment: datetime | None) -> bool:
        """Whether the moment lies in it."""
        return moment is not None and self.start <= moment < self.end

    @property
    def before(self) -> "Period":
        """The week or month before it."""
        return of(self.start - timedelta(days=1), self.kind)


def of(moment: datetime, kind: Literal["week", "month"]) -> Period:
    """The week or month that holds a moment."""
    day = moment.astimezone(UTC).date()
    if kind == "month":
        return month(day.year, day.month)
    year, number, _ = day.isocalendar()
    return week(year, number)


def last(now: datetime, kind: Literal["week", "month"]) -> Period:
    """The last one that is over."""
    return of(now, kind).before


def named(text: str) -> Period:
    """`2026-W47` or `2026-11`. Raises BadCommand, also for a week that its year does not have."""
    try:
        found = _WEEK.fullmatch(text)
        if found:
            return week(int(found[1]), int(found[2]))
        found = _MONTH.fullmatch(text)
        if found:
            return month(int(found[1]), int(found[2]))
    except (ValueError, OverflowError) as error:
        raise BadCommand("reading which week or month to review", f"{text!r} is none: {error}", _REMEDY) from error
    raise BadCommand("reading which week or month to review", f"{text[:40]!r} is none", _REMEDY)


def week(year: int, number: int) -> Period:
    """An ISO week: it begins on Monday, and week 1 holds January 4. Raises ValueError."""
    monday = date.fromisocalendar(year, number, 1)
    return Period(f"{year:04}-W{number:02}", "week", _midnight(monday), _midnight(monday + timedelta(days=7)))


def month(year: int, number: int) -> Period:
    """A calendar month. Raises ValueError."""
    first = date(year, number, 1)
    after = date(year + 1, 1, 1) if number == 12 else date(year, number + 1, 1)
    return Period(f"{year:04}-{number:02}", "month", _midnight(first), _midnight(after))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
