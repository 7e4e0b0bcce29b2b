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
from typing import NamedTuple

from bench.figures import Figure, say, show
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


class Place(NamedTuple):
    """Where the planted commit stands, 0 for nowhere, and whether the last change of the failing file would have been it."""

    rank: int
    last_change: bool


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


def _last_change(one: Planted) -> str:
    """The last commit that touched the failing file: what one looks at by hand."""
    path = next((frame.file for frame in reversed(one.frames) if frame.in_app and frame.file), "").removeprefix("/srv/")
    command = ["git", "log", "-1", "--format=%H", one.head, "--", f":(glob)**/{path}"]
    return subprocess.run(command, cwd=one.folder, check=True, capture_output=True, text=True, env=_GIT).stdout.strip()


def _share(places: list[Place], most: int) -> float:
    return sum(1 <= place.rank <= most for place in places) / len(places)


def main(arguments: list[str] | None = None) -> int:
    """Exit code 1 when a bar is missed."""
    parser = argparse.ArgumentParser(prog="python -m bench.histories", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="the first of the seeds")
    parser.add_argument("--seeds", type=int, default=1, help="how many seeds, one after the other")
    parser.add_argument("--count", type=int, default=100, help="histories of one seed")
    parser.add_argument("--misses", action="store_true", help="tell of each history whose planted commit is not first")
    options = parser.parse_args(arguments)
    kinds: dict[str, list[Place]] = defaultdict(list)
    seeds = range(options.seed, options.seed + options.seeds)
    shares = [[_one(seed, number, options.misses, kinds) for number in range(options.count)] for seed in seeds]
    for kind, places in sorted(kinds.items()):
        say(f"{kind:18} {len(places):4} histories, first {_share(places, 1):4.0%}, among the first three {_share(places, 3):4.0%}")
    return 0 if show("Suspects: made-up histories with one commit that broke the service", _figures(shares)) else 1


def _figures(shares: list[list[Place]]) -> Iterator[Figure]:
    """The worst of the seeds; beside it what naming the last change of the failing file would have given."""
    every = [place for places in shares for place in places]
    naive = sum(place.last_change for place in every) / len(every)
    told = f"{100 * naive:.0f} % by the last change of the failing file"
    yield Figure("planted commit is the first suspect", round(100 * min(_share(places, 1) for places in shares), 1), 100 * FIRST, "%", True, told)
    yield Figure("planted commit is among the first three", round(100 * min(_share(places, 3) for places in shares), 1), 100 * AMONG_THREE, "%", True)
    yield Figure("histories with a planted commit", len(every), None, beside=f"{len(KINDS)} kinds")


def _one(seed: int, number: int, tell: bool, kinds: dict[str, list[Place]]) -> Place:
    kind = KINDS[number % len(KINDS)]
    with tempfile.TemporaryDirectory() as folder:
        one = planted(kind, random.Random(seed * 10_007 + number), Path(folder) / "service")  # noqa: S311 - repeatable, not secret
        found = asked(one)
        rank_ = rank(one, found)
        place = Place(rank_, _last_change(one) == one.culprit)
        kinds[kind].append(place)
        if tell and rank_ != 1:
            print(f"\n{kind} (seed {seed}, {number}): {rank_}; {one.alert.text}; culprit {one.culprit[:7]}")
            print(*(f"  {commit.sha[:7]} {commit.subject} {commit.path} {commit.reasons}" for commit in found), sep="\n")
    return place


if __name__ == "__main__":
    sys.exit(main())
