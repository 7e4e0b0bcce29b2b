"""A measured value beside its bar: one line of a table that says whether it holds."""

import sys
from collections.abc import Iterable
from typing import NamedTuple


class Figure(NamedTuple):
    """One measured value and the most it may be; with `least` the least it must be. Without a bar it is only shown."""

    name: str
    measured: float
    bar: float | None
    unit: str = ""
    least: bool = False

    @property
    def holds(self) -> bool:
        """Whether it is on the right side of its bar."""
        return self.bar is None or (self.measured >= self.bar if self.least else self.measured <= self.bar)

    def row(self) -> str:
        """A line of the table."""
        bar = "" if self.bar is None else f"{'≥' if self.least else '≤'} {self.bar:g} {self.unit}".rstrip()
        holds = "" if self.bar is None else "yes" if self.holds else "**no**"
        return f"| {self.name} | {self.measured:g} {self.unit} | {bar} | {holds} |"


def show(title: str, figures: Iterable[Figure]) -> bool:
    """Print a table line by line, each when it is measured; whether all of it holds."""
    say(f"\n{title}\n\n| figure | measured | bar | holds |\n|---|---|---|---|")
    held = True
    for figure in figures:
        say(figure.row())
        held &= figure.holds
    return held


def say(text: str) -> None:
    """At once, in the order of what other processes print."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
