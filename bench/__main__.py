"""`make bench`: the figures that this project promises, measured on this machine, beside their bars. `--suite` also times the tests."""

import contextlib
import io
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from demo.world import World, build
from tests.chain import Chain, chain, ground

ROUNDS = 7


class Figure(NamedTuple):
    """One measured value and the most it may be."""

    name: str
    measured: float
    bar: float
    unit: str

    def row(self) -> str:
        """A line of the table."""
        return f"| {self.name} | {self.measured:g} {self.unit} | ≤ {self.bar:g} {self.unit} | {'yes' if self.measured <= self.bar else '**no**'} |"


class Child(NamedTuple):
    """What one process took."""

    seconds: float
    megabytes: float


def main() -> int:
    """Print the table; exit code 1 when a bar is missed."""
    figures = [*_start(), *_diagnosis(), *_calls(), *(_suite() if "--suite" in sys.argv[1:] else ())]
    _show("| figure | measured | bar | holds |\n|---|---|---|---|")
    _show("\n".join(figure.row() for figure in figures))
    return 0 if all(figure.measured <= figure.bar for figure in figures) else 1


def _start() -> Iterator[Figure]:
    best = _best("-m", "bot", "--help")
    yield Figure("`bot --help`, time", round(best.seconds, 3), 0.2, "s")
    yield Figure("`bot --help`, memory", round(best.megabytes, 1), 40, "MB")


def _diagnosis() -> Iterator[Figure]:
    """The whole process, from start to the written proposal; the log files, git and the rules do the work."""
    with tempfile.TemporaryDirectory() as folder:
        world: World = build(Path(folder) / "world")
        best = _best("-m", "bot", "--root", str(world.knowledge_base), "diagnose", world.alert, "--out", f"{folder}/proposal")
    yield Figure("diagnosis by rules of the demo's alert, time of the whole process", round(best.seconds, 2), 1.0, "s")
    yield Figure("diagnosis by rules of the demo's alert, memory", round(best.megabytes, 1), 120, "MB")


def _calls() -> Iterator[Figure]:
    """What the servers on loopback counted for one alert, from link to answer."""
    with tempfile.TemporaryDirectory() as folder, ground(Path(folder) / "ground") as built, chain(Path(folder) / "house", built) as house:
        os.environ.update(house.environment)
        with contextlib.redirect_stdout(io.StringIO()):
            _run(house.diagnose())
            _run(house.propose())
            proposing = len(house.github.requests)
            before, after = house.merge(1)
            _run(house.publish(before, after))
        yield Figure("calls to OpenSearch", len(house.search.requests), 6, "")
        yield Figure("calls to Slack, reading and answering", len(house.slack.requests), 4, "")
        yield Figure("calls to GitHub for the pull request", proposing, 15, "")
        yield Figure("calls to GitHub for publishing", _since(house, proposing), 15, "")


def _suite() -> Iterator[Figure]:
    yield Figure("unit tests", round(_timed("-m", "pytest", "-q"), 1), 10, "s")
    yield Figure("`make test`, everything", round(_timed("-c", "import subprocess; subprocess.run(['make', 'test'], check=True)"), 1), 300, "s")


def _best(*arguments: str) -> Child:
    return min((_child(*arguments) for _ in range(ROUNDS)), key=lambda child: child.seconds)


def _child(*arguments: str) -> Child:
    started = time.perf_counter()
    process = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    _run(process.returncode)
    # Linux counts in KiB.
    return Child(seconds, usage.ru_maxrss / 1024)


def _timed(*arguments: str) -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True)
    return time.perf_counter() - started


def _since(house: Chain, proposing: int) -> int:
    return len(house.github.requests) - proposing


def _run(code: int) -> None:
    if code:
        sys.exit(f"error: measuring: a command ended with code {code}\n  try: run it by hand and read what it says")


def _show(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
