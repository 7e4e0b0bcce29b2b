"""`make bench`: the figures that this project promises, measured on this machine, beside their bars.

`--suite` also times the tests, `--outside DIR` also measures on data that others made, `--megabytes 1000` searches log files of that size,
`--histories 0` leaves out the made-up histories (some minutes), `--repository DIR` also diagnoses in a large repository that is made there once.
"""

import argparse
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

from bench import evidence, outside
from bench.figures import Figure, say, show
from demo.world import World, build
from tests.chain import Chain, chain, ground

ROUNDS = 7


class Child(NamedTuple):
    """What one process took."""

    seconds: float
    megabytes: float


def main() -> int:
    """Print the tables; exit code 1 when a bar is missed."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--suite", action="store_true", help="time the tests, too")
    options.add_argument("--outside", type=Path, metavar="DIR", help="a folder with score.py, signature/, evidence/ and sql/ that others made")
    options.add_argument("--megabytes", type=int, default=200, help="size of the log files that are written and searched; 0: none (default: %(default)s)")
    options.add_argument(
        "--histories", type=int, default=100, help="made-up histories with a planted cause; 0: none, and no earlier fixes (default: %(default)s)"
    )
    options.add_argument("--repository", type=Path, metavar="DIR", help="where a repository of 100,000 files and 200,000 commits is, or is made")
    options.add_argument("--alerts", type=int, default=1000, help="alerts of 60 errors that are replayed side by side; 0: none (default: %(default)s)")
    chosen = options.parse_args()
    held = show("The bot", [*_start(), *_diagnosis(), *_calls(), *(_suite() if chosen.suite else ())])
    say("\nFrom thousands of lines to a page\n")
    held &= evidence.main() == 0
    held &= _held("bench.redaction")
    held &= _held("bench.grounding")
    if chosen.outside is None:
        say("\nnot measured: ranking, templates and the SQL guard on data of others (`--outside DIR`)")
    else:
        held &= outside.measure(chosen.outside)
    held &= _held("bench.evaluation")
    if chosen.megabytes:
        say("\nLarge log files\n")
        held &= _held("bench.large_logs", "--megabytes", str(chosen.megabytes))
    if chosen.alerts:
        held &= _held("bench.replay", "--alerts", str(chosen.alerts))
    return 0 if held & _history(chosen.histories, chosen.repository) else 1


def _history(count: int, repository: Path | None) -> bool:
    """The figures on the code and its history: planted causes, earlier fixes, a large repository."""
    held = True
    if count:
        say("\nSuspects: made-up histories with one commit that broke the service\n")
        held &= _held("bench.histories", "--count", str(count))
        say("\nEarlier fixes: made-up histories whose truth is known\n")
        held &= _held("bench.regressions")
    if repository is None:
        say("\nnot measured: a diagnosis in a repository of 100,000 files and 200,000 commits (`--repository DIR`)")
        return held
    say("\nA large repository\n")
    return held & _held("bench.large_repository", "--keep", str(repository))


def _held(module: str, *arguments: str) -> bool:
    return subprocess.run([sys.executable, "-m", module, *arguments], check=False).returncode == 0


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


if __name__ == "__main__":
    sys.exit(main())
