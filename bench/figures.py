"""A measured value beside its bar: one line of a table that says whether it holds."""

import sys
from collections.abc import Iterable
from typing import NamedTuple

HEAD = "| figure | measured | bar | beside it | holds |\n|---|---|---|---|---|"


class Row(NamedTuple):
    """A line of a table, as it is printed and read back."""

    name: str
    measured: str
    bar: str = ""
    beside: str = ""
    holds: str = ""

    def __str__(self) -> str:
        return f"| {' | '.join(self)} |"

    @property
    def missed(self) -> bool:
        """Whether a bar was missed."""
        return self.holds == NO


NO = "**no**"


class Figure(NamedTuple):
    """One measured value and the most it may be; with `least` the least it must be. Without a bar it is only shown.

    `beside` is the baseline, measured in the same run, or what else belongs to the value.
    """

    name: str
    measured: float
    bar: float | None
    unit: str = ""
    least: bool = False
    beside: str = ""

    @property
    def holds(self) -> bool:
        """Whether it is on the right side of its bar."""
        return self.bar is None or (self.measured >= self.bar if self.least else self.measured <= self.bar)

    def row(self) -> Row:
        """Its line of the table."""
        bar = "" if self.bar is None else f"{'≥' if self.least else '≤'} {self.bar:,g} {self.unit}".rstrip()
        measured = f"{self.measured:,.10g} {self.unit}".rstrip()
        return Row(self.name, measured, bar, self.beside.replace("|", "/"), "" if self.bar is None else "yes" if self.holds else NO)


def row_of(line: str) -> Row | None:
    """A line that was printed, None where it is no row of such a table."""
    cells = [cell.strip() for cell in line.strip().removeprefix("|").removesuffix("|").split("|")]
    if not line.startswith("| ") or len(cells) != len(Row._fields) or cells[0] == "figure":
        return None
    return Row(*cells)


def show(title: str, figures: Iterable[Figure]) -> bool:
    """Print a table line by line, each when it is measured; whether all of it holds."""
    say(f"\n{title}\n\n{HEAD}")
    held = True
    for figure in figures:
        say(str(figure.row()))
        held &= figure.holds
    return held


def say(text: str) -> None:
    """At once, in the order of what other processes print."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
