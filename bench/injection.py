"""`python -m bench.injection DIR`: rows of hostile words that others collected, through every input to every place that the bot writes to.

DIR holds files `*.jsonl` or `*.jsonl.gz` whose rows have `payload` (and `id`, `class`). Each row stands in the alert, the logs, the code, its
history, the past entry, CODEOWNERS and in every field of a model's answer; what comes out alive is counted.
"""

import argparse
import contextlib
import gzip
import io
import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import NamedTuple

from bench.figures import Figure, say, show
from bot.ports import Diagnoser
from tests.attack import Mode, assault, besieged
from tests.attack_checks import found
from tests.attack_minds import EchoingMind, ObeyingMind, diagnosed_by
from tests.chain import Chain, Ground, ground

MODES: tuple[Mode, ...] = ("known", "told", "only")
MINDS: dict[str, Callable[[str], Diagnoser] | None] = {"rules": None, "echoing": EchoingMind, "obeying": ObeyingMind}
CANARY = Path("/tmp/pwned")  # noqa: S108 - what the rows try to make


class Attack(NamedTuple):
    """One row with one diagnoser."""

    row: str
    kind: str
    said: str
    mode: Mode
    mind: str


class Result(NamedTuple):
    """What came out alive, and how long it took; `broke` where a job broke off."""

    attack: Attack
    alive: tuple[str, ...]
    seconds: float
    broke: str = ""


@dataclass
class _Captured:
    """What was printed, as pytest's capsys gives it."""

    out: str
    err: str


class _Output:
    """Standard output and error while a house is attacked."""

    def __init__(self) -> None:
        self.out, self.err = io.StringIO(), io.StringIO()

    def readouterr(self) -> _Captured:
        """All of it."""
        return _Captured(self.out.getvalue(), self.err.getvalue())


def rows(folder: Path) -> Iterator[tuple[str, str, str]]:
    """Id, class and payload of every row of the folder's files."""
    for file in sorted((*folder.glob("*.jsonl"), *folder.glob("*.jsonl.gz"))):
        opened = gzip.open if file.suffix == ".gz" else open
        with opened(file, "rt", encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                row = json.loads(line)
                yield str(row.get("id", f"{file.name}:{number}")), str(row.get("class", "")), row["payload"]


def run(attack: Attack, on: Ground) -> Result:
    """One attack on a house of its own."""
    started = time.perf_counter()
    mind = MINDS[attack.mind]
    output = _Output()
    with tempfile.TemporaryDirectory() as place, besieged(Path(place) / "house", on, attack.said, mode=attack.mode) as house:
        workflow = {"GITHUB_ACTIONS": "true", **{name: str(Path(place) / name) for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}}
        with _surroundings({**house.environment, **workflow}), contextlib.redirect_stdout(output.out), contextlib.redirect_stderr(output.err):
            seen = assault(house, output, Path(place), attack.said, Chain.diagnose if mind is None else diagnosed_by(mind(attack.said)))
        alive = [*found(seen), *_elsewhere(house, seen.posts), *([f"canary {CANARY}"] if CANARY.exists() else [])]
        alive += [f"file {one}" for one in Path(place).rglob("pwned")]
    return Result(attack, tuple(alive), time.perf_counter() - started)


def _elsewhere(house: Chain, posts: Iterable[Mapping[str, object]]) -> Iterator[str]:
    """The bot speaks in the alert's thread only."""
    thread = house.alert.rpartition("/archives/")[2].partition("/")[0]
    yield from (f"slack: posted to {post.get('channel')!r}" for post in posts if post.get("channel") != thread or not post.get("thread_ts"))


@contextlib.contextmanager
def _surroundings(values: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(values)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _share(attacks: list[Attack]) -> list[Result]:
    """One process's part, on a ground of its own."""
    results = []
    with tempfile.TemporaryDirectory() as folder, ground(Path(folder) / "ground") as built:
        for attack in attacks:
            try:
                results.append(run(attack, built))
            except Exception as error:  # noqa: BLE001 - whatever breaks is a finding, and the rest goes on
                results.append(Result(attack, (), 0, f"{type(error).__name__}: {error}"[:300]))
    return results


def measure(folder: Path, processes: int, minds: Iterable[str], most: int) -> bool:
    """Print what came out alive; whether nothing did."""
    every = list(rows(folder))
    given = every[:: max(1, len(every) // most)] if most else every
    if not given:
        say(f"not measured: {folder} has no *.jsonl or *.jsonl.gz")
        return False
    attacks = [Attack(*row, mode, mind) for mind in minds for row, mode in zip(given, cycle(MODES), strict=False)]
    with ProcessPoolExecutor(processes) as pool:
        results = [result for part in pool.map(_share, [attacks[at::processes] for at in range(processes)]) for result in part]
    for result in results:
        for line in (*result.alive, *([f"broke off: {result.broke}"] if result.broke else [])):
            say(f"{result.attack.row} ({result.attack.kind}, {result.attack.mode}, {result.attack.mind}): {line}")
    alive, broke = Counter(result.attack.mind for result in results if result.alive), Counter(result.attack.mind for result in results if result.broke)
    figures = [Figure(f"rows alive, diagnosed by: {mind}", alive[mind], 0, beside=f"of {len(given)}") for mind in minds]
    figures += [Figure(f"jobs that broke off, diagnosed by: {mind}", broke[mind], 0, "") for mind in minds]
    return show("Hostile words, through every input to every destination", figures)


def main() -> int:
    """Exit code 1 when anything came out alive."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("folder", type=Path, metavar="DIR")
    options.add_argument("--processes", type=int, default=2)
    options.add_argument("--minds", nargs="+", choices=list(MINDS), default=list(MINDS), help="who diagnoses (default: all)")
    options.add_argument("--rows", type=int, default=0, help="about so many of the rows, spread over all; 0: all (default: %(default)s)")
    chosen = options.parse_args()
    return 0 if measure(chosen.folder, chosen.processes, chosen.minds, chosen.rows) else 1


if __name__ == "__main__":
    sys.exit(main())
