"""What a sentence works out from numbers that it names itself: a share of two counts, how many times as much, the time between two clocks."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

from bot.core.grounding.index import Index
from bot.core.grounding.spot import Spot

T = TypeVar("T")
_MOST = 12
"""Numbers of one sentence that are held against each other."""


def is_worked_out(claimed: Spot, stated: Sequence[Spot], index: Index) -> bool:
    """Whether the `stated`, which the index says, come to it: `28 of 30 (93%)`, `15x, from 0.3 s to 4.8 s`, `13:21 to 13:48, 27 minutes`.

    How many times as much may be told of one number, where the index has the other: `eight times the threshold of 5%`.
    """
    numbers = [spot for spot in stated if spot.what == "a number" and spot.amount > 0][:_MOST]
    if claimed.kind == "time":
        clocks = [_milliseconds(spot) for spot in stated if spot.what == "a time"][:_MOST]
        return any(abs(one - other - claimed.amount) <= max(claimed.leeway, claimed.unit / 2) for one, other in _pairs(clocks))
    if claimed.kind == "share":
        counts = [spot.amount for spot in numbers if spot.kind not in ("time", "share", "money", "ratio")]
        return any(abs(100 * one / other - claimed.amount) <= max(claimed.leeway, 0.5) for one, other in _pairs(counts))
    if claimed.kind == "ratio":
        return any(_is_times(claimed, one, other) for one, other in _pairs(numbers)) or any(_has_other(claimed, one, index) for one in numbers)
    return False


def _is_times(claimed: Spot, one: Spot, other: Spot) -> bool:
    """Of two rounded numbers the quotient is rounded twice."""
    rounded = claimed.leeway / claimed.amount + one.leeway / one.amount + other.leeway / other.amount
    return one.kind == other.kind and abs(one.amount / other.amount - claimed.amount) <= min(rounded, 0.25) * claimed.amount


def _has_other(claimed: Spot, one: Spot, index: Index) -> bool:
    others = (one.amount * claimed.amount, one.amount / claimed.amount)
    return bool(one.kind) and one.kind != "ratio" and any(index.has_number(other, one.kind, other * claimed.leeway / claimed.amount) for other in others)


def _pairs(values: Sequence[T]) -> Iterator[tuple[T, T]]:
    """Each with each other, in both orders."""
    return ((one, other) for n, one in enumerate(values) for m, other in enumerate(values) if n != m)


def _milliseconds(clock: Spot) -> float:
    hours, minutes, *seconds = (clock.utc or clock.text).split(":")
    return int(hours) * 3_600_000 + int(minutes) * 60_000 + sum(map(int, seconds)) * 1_000
