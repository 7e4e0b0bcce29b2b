"""A claim with a number or a time in it, and how an index would have to say it."""

import re
from typing import NamedTuple

from bot.core.grounding.index import Index
from bot.core.grounding.units import binary
from bot.regex import regex

_STATUS = regex(r"([45]\d\d)(?:s|\s(?:errors?|responses?|service))", re.IGNORECASE)
"""`503s` and `503 errors` tell which errors, and not how many."""


class Spot(NamedTuple):
    """A claim with a number in it. `kind` is that of the unit ("" for none), `amount` in its smallest unit."""

    start: int
    end: int
    text: str
    what: str
    kind: str = ""
    amount: float = 0
    leeway: float = 0
    unit: float = 0
    date: tuple[int, int, int] = (0, 0, 0)
    below: float = 0
    """How much less it may be beside the leeway: `fewer than 40` is said of 38, not of 5."""
    above: float = 0
    utc: str = ""
    """A clock of another zone, in UTC."""
    of: str = ""
    """The family of which it is a share."""

    def found_in(self, index: Index) -> bool:
        """Whether the index says so; a time also when it lies between two moments of it."""
        if self.what == "a time":
            return (self.utc or self.text).removeprefix("0") in index.clocks or index.says(self.text) or (bool(self.utc) and self.text.lower() in index.folded)
        if self.what == "a date":
            return any(_same_day(self.date, known) for known in index.dates) or index.says(self.text)
        if self.what in ("an identifier", "how many"):
            return index.says(self.text) or self._as_many(index)
        status = _STATUS.fullmatch(self.text)
        return (
            self._is_in(index, self.kind, self.amount)
            or (self.kind == "size" and self._is_in(index, "size", self.amount / self.unit * binary(self.unit)))
            or (self.kind == "time" and index.has_span(*self._about(self.amount, self._between())))
            or (status is not None and index.has_number(float(status[1]), "status", 0))
        )

    def _is_in(self, index: Index, kind: str, amount: float) -> bool:
        middle, reach = self._about(amount, self.leeway)
        return index.has_share(middle, reach, self.of) if kind == "share" else index.has_number(middle, kind, reach)

    def _as_many(self, index: Index) -> bool:
        """`No users`, `half of the requests`, `thousands of orders`."""
        if self.text[:2].casefold() == "no" and index.has_number(0, "people", 0):
            return True
        if self.kind == "share" or self.kind.startswith("part "):
            return self._is_in(index, self.kind, self.amount)
        return self.amount > 0 and (index.largest(self.kind) if self.kind else index.most_of(self.text.split()[-1])) >= self.amount

    def _about(self, amount: float, leeway: float) -> tuple[float, float]:
        """The middle of what may be meant, and how far that reaches."""
        return amount + (self.above - self.below) / 2, leeway + (self.above + self.below) / 2

    def _between(self) -> float:
        """How far a time between two moments may be off: people cut off as often as they round, yet not the half of it."""
        return self.leeway if "." in self.text else max(self.leeway, min(self.unit, self.amount * 0.25))


def _same_day(claimed: tuple[int, int, int], known: tuple[int, int, int]) -> bool:
    year, month, day = claimed
    if month:
        return (month, day) == known[1:] and year in (0, known[0])
    return bool(day) and _weekday(known) == day


def _weekday(date: tuple[int, int, int]) -> int:
    """Monday is 1; Zeller's rule, for a date that may not exist."""
    year, month, day = date
    year, month = (year - 1, month + 12) if month < 3 else (year, month)
    return (day + 13 * (month + 1) // 5 + year + year // 4 - year // 100 + year // 400 + 5) % 7 + 1
