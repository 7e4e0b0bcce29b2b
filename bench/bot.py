"""`python -m bench.bot`: how long the command line, a diagnosis and publishing take, how much memory; `--suite` times the tests instead."""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bench.figures import Figure, show
from demo.world import World, build

ROUNDS = 7


class Child(NamedTuple):
    """What one process took: seconds of the clock, and of the processor with those of the programs that it waited for, as git."""

    seconds: float
    own: float
    megabytes: float


def main() -> int:
    """Exit code 1 when a bar is missed."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--suite", action="store_true", help="time the tests instead: unit tests, then everything")
    chosen = options.parse_args()
    if chosen.suite:
        return 0 if show("The tests", _suite()) else 1
    return 0 if show("The bot", [*_start(), *_diagnosis(), *_publishing()]) else 1


def _start() -> Iterator[Figure]:
    children = _children("-m", "bot", "--help")
    yield Figure("`bot --help`, time", round(min(child.seconds for child in children), 3), 0.2, "s", beside=_bare())
    yield Figure("`bot --help`, memory", round(children[0].megabytes, 1), 40, "MB")


def _bare() -> str:
    return f"Python alone {min(child.seconds for child in _children('-c', 'pass')):.3f} s"


def _diagnosis() -> Iterator[Figure]:
    """The whole process, from start to the written proposal; the log files, git and the rules do the work."""
    with tempfile.TemporaryDirectory() as folder:
        world: World = build(Path(folder) / "world")
        children = _children("-m", "bot", "--root", str(world.knowledge_base), "diagnose", world.alert, "--out", f"{folder}/proposal")
    own = f"of the processor {min(child.own for child in children):.2f} s"
    yield Figure("diagnosis by rules of the demo's alert, the whole process", round(min(child.seconds for child in children), 2), 1.0, "s", beside=own)
    yield Figure("diagnosis by rules of the demo's alert, memory", round(max(child.megabytes for child in children), 1), 120, "MB")


def _publishing() -> Iterator[Figure]:
    """The merged proposal of the demo; from the second time on nothing is left to write, only to be looked at."""
    with tempfile.TemporaryDirectory() as folder:
        world: World = build(Path(folder) / "world")
        root = ("-m", "bot", "--root", str(world.knowledge_base))
        _child(*root, "diagnose", world.alert, "--out", f"{folder}/proposal")
        _child(*root, "propose", f"{folder}/proposal")
        git = ("git", "-C", str(world.knowledge_base))
        branch = _told(*git, "for-each-ref", "--format=%(refname:short)", "refs/heads/kb/")
        before = _told(*git, "rev-parse", "HEAD")
        _told(*git, "merge", "--quiet", "--no-ff", "-m", "Merge", branch)
        children = _children(*root, "publish", "--before", before, "--after", _told(*git, "rev-parse", "HEAD"))
    own = f"of the processor {min(child.own for child in children):.2f} s"
    yield Figure("publishing in the demo's knowledge base, the whole process", round(min(child.seconds for child in children), 2), None, "s", beside=own)


def _suite() -> Iterator[Figure]:
    yield Figure("unit tests", round(_timed(sys.executable, "-m", "pytest", "-q"), 1), 10, "s")
    yield Figure("`make test`, everything", round(_timed("make", "test"), 1), 300, "s")


def _children(*arguments: str) -> list[Child]:
    return [_child(*arguments) for _ in range(ROUNDS)]


def _child(*arguments: str) -> Child:
    started = time.perf_counter()
    process = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"error: measuring: {' '.join(arguments[:4])} … ended with code {process.returncode}\n  try: run it by hand and read what it says")
    # Linux counts in KiB.
    return Child(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def _told(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def _timed(*command: str) -> float:
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=sys.stderr)
    return time.perf_counter() - started


if __name__ == "__main__":
    sys.exit(main())
