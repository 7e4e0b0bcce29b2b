"""docs/benchmarks.md: written by a run, read back by a test."""

import re
from typing import NamedTuple

from bench.figures import HEAD, Row, row_of
from bench.promises import PROMISES, Promise

_INTRODUCTION = """\
# Benchmarks

Every figure that this project promises, beside its bar and its baseline. `make bench` measured them and wrote this page, which is not edited by hand: a test
holds its lines against [the list of promises](../bench/promises.py). `python -m bench --help` says how to measure less, or more."""


class Run(NamedTuple):
    """What one run measured: promise → its rows, or why there are none."""

    machine: str
    when: str
    measured: dict[str, tuple[Row, ...] | str]


def rendered(run: Run) -> str:
    """The page."""
    missed = [row.name for rows in run.measured.values() if not isinstance(rows, str) for row in rows if row.missed]
    verdict = f"Bars that were missed: {'; '.join(missed)}." if missed else "Every bar that was measured is met."
    parts = [_INTRODUCTION, f"Measured {run.when}, on {run.machine}", verdict, *(_section(promise, run.measured[promise.name]) for promise in PROMISES)]
    return "\n\n".join(parts) + "\n"


def _section(promise: Promise, rows: tuple[Row, ...] | str) -> str:
    told = "\n".join([HEAD, *map(str, rows)]) if not isinstance(rows, str) else "\n".join([HEAD, *(str(Row(name, rows)) for name in promise.figures)])
    return f"## {promise.title}\n\n`python -m {' '.join(promise.command())}` · {promise.beside}\n\n{told}"


def read(page: str) -> Run:
    """What a page tells; what is no row of a table or no line of ours is not kept. Raises LookupError where a part is missing."""
    told = re.search(r"^Measured (.+?), on (.+)$", page, re.MULTILINE)
    if told is None:
        raise LookupError("no line says when and where it was measured")
    measured: dict[str, tuple[Row, ...] | str] = {}
    for promise in PROMISES:
        section = page.partition(f"\n## {promise.title}\n")[2].partition("\n## ")[0]
        rows = tuple(row for line in section.splitlines() if (row := row_of(line)) is not None)
        if tuple(row.name for row in rows) != promise.figures:
            raise LookupError(promise.name)
        whole = {row.measured for row in rows}
        reason = next(iter(whole)) if len(whole) == 1 else ""
        measured[promise.name] = reason if reason.startswith("not measured") else rows
    return Run(told[2], told[1], measured)
