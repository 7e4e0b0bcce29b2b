"""The worst day: every call of every job to another system fails in every way, the job is run again, and what stands then is written down.

    python -m bench.reliability                  # the whole matrix, which writes docs/reliability.md; --processes 2
    python -m bench.reliability --only publish   # these jobs anew; the rows of the others stay
    python -m bench.reliability --cells publish  # the rows of these jobs as JSON, nothing is written

No time passes in this process: a server that answers after a minute is a time-out at once.
"""

# ruff: noqa: E402 - the clock is to be there before anything reads it
from tests.fakes.quick_clock import QuickClock

QuickClock().install()

import argparse
import json
import multiprocessing
import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from bench import reliability_page
from bench.figures import say
from tests.chain import Chain, Ground, ground
from tests.fakes.faults import FAULTS
from tests.worst_day import Shape, is_write
from tests.worst_day_jobs import JOBS
from tests.worst_day_sources import SOURCES
from tests.worst_outcome import Cell, Tried, opened, outcome

_READY: dict[str, Callable[[Chain], Tried]] = {**JOBS, **SOURCES}
ROOM = {name: _READY[name] for name in (*reliability_page.PART, *(name for name in _READY if name not in reliability_page.PART))}
"""By the name that `--only` takes. What the tests go through comes first, so that its calls stand with it."""
IDENTITY = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"} | {
    f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER") for what, value in (("NAME", "Ada Tester"), ("EMAIL", "ada@example.com"))
}

Row = tuple[str, Shape, tuple[Cell, ...]]


def rows(names: Iterable[str]) -> Iterator[Row]:
    """The rows of these jobs: name of the job, call, a cell for each fault."""
    os.environ.update(IDENTITY)
    with tempfile.TemporaryDirectory() as folder, ground(Path(folder) / "ground") as on:
        for name in names:
            yield from _tried(name, Path(folder), on)


def dealt(names: Iterable[str], known: set[Shape], processes: int) -> Iterator[Row]:
    """The same with several processes, each job in one of them. A read that is in `known`, or that an earlier job makes, is left to that job."""
    os.environ.update(IDENTITY)
    context = multiprocessing.get_context("fork")
    with (
        tempfile.TemporaryDirectory() as folder,
        ground(Path(folder) / "ground") as on,
        ProcessPoolExecutor(processes, context, _stands.append, ((on, Path(folder)),)) as pool,
    ):
        looked = [(name, pool.submit(_calls, name)) for name in names]
        trying = []
        for name, calls in looked:
            wanted = frozenset(which for which in calls.result() if is_write(which) or which not in known)
            trying.append(pool.submit(_rows, name, wanted))
            known |= wanted
        for tried in trying:
            yield from tried.result()


_stands: list[tuple[Ground, Path]] = []
"""In each of those processes: what its houses are built on, and where."""


def _calls(name: str) -> list[Shape]:
    on, folder = _stands[0]
    with opened(folder / f"look-{name}", on, ROOM[name]) as job:
        return job.calls


def _rows(name: str, wanted: frozenset[Shape]) -> list[Row]:
    on, folder = _stands[0]
    return list(_tried(name, folder, on, wanted)) if wanted else []


def _tried(name: str, folder: Path, on: Ground, wanted: frozenset[Shape] | None = None) -> Iterator[Row]:
    with opened(folder / name, on, ROOM[name]) as job:
        for which in job.calls:
            if wanted is None or which in wanted:
                yield name, which, tuple(outcome(job, which, fault) for fault in FAULTS)


def main() -> int:
    """Exit code 1 when a cell is wrong."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--only", nargs="+", choices=ROOM, metavar="JOB", default=[], help=f"of {', '.join(ROOM)}")
    options.add_argument("--cells", nargs="+", choices=ROOM, metavar="JOB", default=[])
    options.add_argument("--processes", type=int, default=os.cpu_count() or 1, metavar="N")
    chosen = options.parse_args()
    if chosen.cells:
        say(json.dumps(list(rows(chosen.cells))))
        return 0
    page = reliability_page.Page.read() if chosen.only else reliability_page.Page()
    known = page.calls_of_others(chosen.only)
    wrong = 0
    names = chosen.only or list(ROOM)
    for row in dealt(names, known, chosen.processes):
        say(f"{''.join(f'{cell.outcome} ' for cell in row[2])} {row[0]}: {' '.join(row[1])}")
        for fault, cell in zip(FAULTS, row[2], strict=True):
            if cell.outcome == "!":
                wrong += 1
                say(f"    {fault}: {cell.trouble}")
        page.put(*row)
        page.write()
    page.gone |= {*names}
    page.write()
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
