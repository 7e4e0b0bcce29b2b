"""`python -m bench.histories`: made-up repositories, each with one commit that makes a service fail; how often it is the first suspect."""

import argparse
import random
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from bench.history_causes import CAUSES, Failure
from bench.history_code import World, class_of
from bench.history_growth import END, History
from bench.history_story import Story
from bot.config import Codebase
from bot.model import Alert, Commit, Deploy, Frame, Inquiry, Permalink
from bot.sources.code.code import CodeSource

FIRST, AMONG_THREE = 0.85, 0.97
KINDS = (*CAUSES, "fix_reverted")
_GIT = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1", "PATH": "/usr/bin:/bin:/usr/local/bin"}


@dataclass
class Planted:
    """A repository, the commit that broke it, how it was broken, what was seen; `previous` is the deploy before, None when unknown."""

    folder: Path
    kind: str
    culprit: str
    head: str
    previous: str | None
    alert: Alert
    frames: tuple[Frame, ...]


def planted(kind: str, rng: random.Random, folder: Path) -> Planted:
    """A repository in `folder` (made here), broken in that way."""
    history = History(kind, rng)
    history.grow()
    folder.mkdir(parents=True)
    subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch=main", "--template=", "."], cwd=folder, check=True, env=_GIT)
    marks = folder / "marks"
    subprocess.run(["git", "fast-import", "--quiet", f"--export-marks={marks}"], cwd=folder, input=history.stream(), check=True, env=_GIT)
    shas = dict(line.split() for line in marks.read_text().splitlines())
    failure = history.failure
    if failure is None:
        raise LookupError(kind)
    alert = Alert(
        *(Permalink("acme.slack.com", "C1", "1765962764.835579"), END, "prod", f"{failure.error_type}: {failure.message}"),
        error_type=failure.error_type,
        message=failure.message,
        service="service",
    )
    known = rng.random() < 0.8
    previous = shas[f":{history.deployed}"] if known else None
    return Planted(folder, kind, shas[f":{history.culprit}"], shas[f":{history.tip}"], previous, alert, tuple(_frames(history.made, failure)))


def _frames(made: Story, failure: Failure) -> Iterator[Frame]:
    """The trace as the runtime prints it, the failing frame last."""
    world: World = made.world
    steps = [(made.entry, "call"), (made.middle, "call"), (made.failing, failure.tag)]
    if failure.function != made.failing:
        steps = [*steps[:2], (made.failing, "loaded"), (failure.function, failure.tag)]
    yield Frame("serve", "/usr/lib/python3/site-packages/web_frame/app.py", 88, in_app=False)
    for function, tag in steps:
        path, line = world.line(function, tag)
        module = f"acme.{class_of(path)}" if world.language == "java" else None
        yield Frame(function, path if module else f"/srv/{path}", line, module)


def asked(one: Planted) -> tuple[Commit, ...]:
    """The suspects of that failure, as the code source answers."""
    deploys = [Deploy("service", "prod", "new", END - timedelta(minutes=5), one.head)]
    deploys += [Deploy("service", "prod", "old", END - timedelta(days=2), one.previous)] if one.previous else []
    inquiry = Inquiry(one.alert, END - timedelta(minutes=5), END, search=False, frames=one.frames, release=one.head, service="service", deploys=tuple(deploys))
    source = CodeSource(one.folder.parent, (Codebase(name=one.folder.name, path=one.folder.name, services=("service",)),), 20)
    return tuple(evidence.detail for evidence in source.gather(inquiry).evidence if isinstance(evidence.detail, Commit))


def rank(one: Planted, found: tuple[Commit, ...]) -> int:
    """Where the planted commit stands, 1 for first, 0 for nowhere."""
    return next((number for number, commit in enumerate(found, start=1) if commit.sha == one.culprit), 0)


def _share(places: list[int], most: int) -> float:
    return sum(1 <= place <= most for place in places) / len(places)


def main(arguments: list[str] | None = None) -> int:
    """Print the shares, by kind too; exit code 1 when a bar is missed."""
    parser = argparse.ArgumentParser(prog="python -m bench.histories", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="the first of the seeds")
    parser.add_argument("--seeds", type=int, default=1, help="how many seeds, one after the other")
    parser.add_argument("--count", type=int, default=100, help="histories of one seed")
    parser.add_argument("--misses", action="store_true", help="tell of each history whose planted commit is not first")
    options = parser.parse_args(arguments)
    kinds: dict[str, list[int]] = defaultdict(list)
    shares = []
    for seed in range(options.seed, options.seed + options.seeds):
        ranks = [_one(seed, number, options.misses, kinds) for number in range(options.count)]
        first, three = _share(ranks, 1), _share(ranks, 3)
        shares.append((first, three))
        print(f"seed {seed}: first in {first:.0%}, among the first three in {three:.0%} of {len(ranks)} histories", flush=True)
    for kind, places in sorted(kinds.items()):
        print(f"  {kind:18} {len(places):4} histories, first {_share(places, 1):4.0%}, among the first three {_share(places, 3):4.0%}")
    firsts, threes = zip(*shares, strict=True)
    mean = f"mean {sum(firsts) / len(firsts):.1%} and {sum(threes) / len(threes):.1%}"
    print(f"{mean}, worst {min(firsts):.0%} and {min(threes):.0%}; bars {FIRST:.0%} and {AMONG_THREE:.0%}")
    return 0 if min(firsts) >= FIRST and min(threes) >= AMONG_THREE else 1


def _one(seed: int, number: int, tell: bool, kinds: dict[str, list[int]]) -> int:
    kind = KINDS[number % len(KINDS)]
    with tempfile.TemporaryDirectory() as folder:
        one = planted(kind, random.Random(seed * 10_007 + number), Path(folder) / "service")  # noqa: S311 - repeatable, not secret
        found = asked(one)
        place = rank(one, found)
        kinds[kind].append(place)
        if tell and place != 1:
            print(f"\n{kind} (seed {seed}, {number}): {place}; {one.alert.text}; culprit {one.culprit[:7]}")
            print(*(f"  {commit.sha[:7]} {commit.subject} {commit.path} {commit.reasons}" for commit in found), sep="\n")
    return place


if __name__ == "__main__":
    sys.exit(main())
