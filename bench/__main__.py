"""`make bench`: every figure that this project promises, measured on this machine, beside its bar and its baseline; docs/benchmarks.md is written from it.

    python -m bench                   everything but what needs data of others or an hour; about twenty minutes on two cores
    python -m bench --quick           the same with small sizes, in some minutes; the page is left alone
    python -m bench --only NAME …     one part, or some; the page is left alone
    python -m bench --outside DIR     also on data that others made: a folder with score.py, signature/, evidence/, sql/ and injection/
    python -m bench --suite           also the time of the tests

Exit code 1 when a bar is missed.
"""

import argparse
import os
import platform
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench.figures import Row, row_of, say
from bench.page import Run, rendered
from bench.promises import PROMISES, Promise

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "benchmarks.md"
BROKE = "not measured: the command broke off"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the tables, write the page; exit code 1 when a bar is missed or a part broke off."""
    options = _options(arguments)
    names = options.only or [promise.name for promise in PROMISES]
    run = Run(_machine(), _when(), {})
    began = time.perf_counter()
    for promise in PROMISES:
        run.measured[promise.name] = _measured(promise, options) if promise.name in names else "not measured: left out of this run"
    page = options.page or (None if options.quick or options.only else PAGE)
    say(f"\nmeasured in {(time.perf_counter() - began) / 60:.0f} minutes, on {run.machine}")
    if page is not None:
        page.write_text(rendered(run), encoding="utf-8")
        say(f"written: {page}")
    rows = [row for found in run.measured.values() if not isinstance(found, str) for row in found]
    missed = [row.name for row in rows if row.missed]
    say("\n".join(f"missed: {name}" for name in missed))
    return 1 if missed or BROKE in run.measured.values() else 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    options = argparse.ArgumentParser(prog="python -m bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--quick", action="store_true", help="small sizes")
    options.add_argument("--only", nargs="+", metavar="NAME", choices=[promise.name for promise in PROMISES], help="these parts: %(choices)s")
    options.add_argument("--outside", type=Path, metavar="DIR", help="data of others")
    options.add_argument("--suite", action="store_true", help="time the tests, too")
    options.add_argument("--page", type=Path, metavar="FILE", help="write the page there; a whole run writes docs/benchmarks.md")
    return options.parse_args(arguments)


def _measured(promise: Promise, options: argparse.Namespace) -> tuple[Row, ...] | str:
    """The rows that its command printed, the same words that the page shows."""
    if (promise.needs == "outside" and options.outside is None) or (promise.needs == "suite" and not options.suite):
        return f"not measured: needs `--{promise.needs}{' DIR' * (promise.needs == 'outside')}`"
    command = promise.command(str(options.outside), quick=options.quick)
    shown = promise.command(quick=options.quick)
    say(f"\n$ python -m {' '.join(shown)}")
    rows: list[Row] = []
    with subprocess.Popen([sys.executable, "-m", *command], cwd=ROOT, stdout=subprocess.PIPE, text=True, encoding="utf-8") as process:
        for line in process.stdout or ():
            say(line.rstrip("\n"))
            rows += [row] if (row := row_of(line)) else []
    if tuple(row.name for row in rows) == promise.figures:
        return tuple(rows)
    say(f"error: measuring {promise.name}: it printed other figures than bench/promises.py names, or broke off (code {process.returncode})")
    return BROKE


def _machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    busy = os.getloadavg()[0] / (os.cpu_count() or 1)
    return (
        f"{os.cpu_count()} cores, {memory:.0f} GB of memory, {platform.system()}, Python {platform.python_version()}; "
        f"when it began, other work took {busy:.1f} of each core"
    )


def _when() -> str:
    commit = subprocess.run(["git", "describe", "--always", "--dirty=, changed since"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()
    return f"{datetime.now(UTC):%Y-%m-%d} at commit {commit or 'unknown'}"


if __name__ == "__main__":
    sys.exit(main())
