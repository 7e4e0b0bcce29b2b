"""`python -m bench.histories`: made-up repositories, each with one commit that makes a service fail; how often it is the first suspect."""

import argparse
import pickle
import random
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.history_causes import CAUSES, Failure
from bench.history_code import World, class_of
from bench.history_noise import NOISE
from bench.history_story import Story, let, story, when
from bot.config import Codebase
from bot.model import Alert, Commit, Deploy, Frame, Inquiry, Permalink
from bot.sources.code_places import locate
from bot.sources.code_reading import open_all
from bot.sources.suspects import suspects

FIRST, AMONG_THREE = 0.85, 0.97
KINDS = (*CAUSES, "fix_reverted")
_END = datetime(2025, 12, 17, 9, 0, tzinfo=UTC)
_PEOPLE = ("Mira Okafor", "Jonas Lind", "Priya Raman", "Wei Chen", "Ana Costa", "Tom Becker")
_REVERTS = "This reverts commit 0123456789abcdef0123456789abcdef01234567."
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


Tree = dict[str, str]


@dataclass
class _Writer:
    """The commits for `git fast-import` with the tree of each; times are given when all are known."""

    rng: random.Random
    commits: list[list[bytes]] = field(default_factory=list)
    trees: list[Tree] = field(default_factory=lambda: [{}])
    number: int = 100

    def commit(self, subject: str, tree: Tree, parents: list[int], person: str = "", body: str = "") -> int:
        """A commit of a whole tree; its mark."""
        mark, name = len(self.trees), person or self.rng.choice(_PEOPLE)
        short = name.split()[0].lower()
        address = f"{self.rng.randint(1, 9999)}+{short}@users.noreply.github.com" if self.rng.random() < 0.5 else f"{short}@acme.example"
        message, before = f"{subject}\n\n{body}".strip().encode(), self.trees[parents[0] if parents else 0]
        lines = [b"data %d\n%s\n" % (len(message), message), *(b"%s :%d\n" % (b"merge" if place else b"from", one) for place, one in enumerate(parents))]
        lines += [b"D %s\n" % path.encode() for path in before if path not in tree]
        changed = [(path, text.encode()) for path, text in tree.items() if before.get(path) != text]
        lines += [b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(data), data) for path, data in changed]
        self.commits.append([b"commit refs/heads/main\nmark :%d\ncommitter %s <%s> " % (mark, name.encode(), address.encode()), *lines])
        self.trees.append(tree)
        return mark

    def stream(self, spans: list[tuple[int, datetime, datetime]]) -> bytes:
        """Everything, with times spread unevenly over spans: (how many commits, from, to)."""
        times: list[int] = []
        for count, start, end in spans:
            steps = [self.rng.expovariate(1) for _ in range(count + 1)]
            at = start
            for step in steps[:count]:
                at += (end - start) * (step / sum(steps))
                times.append(int(at.timestamp()))
        return b"".join(b"%s%d +0000\n%s" % (head, time, b"".join(rest)) for (head, *rest), time in zip(self.commits, times, strict=True))


def _noise(made: Story, rng: random.Random) -> str:
    kinds, weights = zip(*NOISE, strict=True)
    for _ in range(50):
        before = made.world.files()
        subject: str | None = rng.choices(kinds, weights)[0](made, rng)
        if subject and made.world.files() != before:
            return subject
    return "Nothing"


class _History:
    """One repository as it grows: plain commits, squashed requests, side branches with merges, an octopus now and then, reverts."""

    def __init__(self, kind: str, rng: random.Random) -> None:
        self.kind, self.rng, self.made, self.writer = kind, rng, story(rng), _Writer(rng)
        self.tip = self.culprit = self.deployed = 0
        self.failure: Failure | None = None
        self.undo: tuple[bytes, str] | None = None
        self.files: Tree = {}

    def grow(self) -> None:
        """Everything up to the running commit, with the deploy before it."""
        total, inside = self.rng.randint(30, 150), self.rng.randint(3, 25)
        function = self.made.world.home(self.made.failing)[1]
        guard = function.tagged("guard")
        if self.kind in {"stricter_query", "fix_reverted"} and guard:
            guard[1].remove(guard[0])
        self.files = self.made.world.files()
        self.tip = self.writer.commit("First version", self.files, [])
        while self.tip < total - inside:
            self._something()
        if self.kind == "fix_reverted":
            self._fix()
        self.deployed, at = self.tip, self.rng.randint(1, inside)
        for number in range(1, inside + 1):
            self._cause() if number == at else self._something()

    def stream(self) -> bytes:
        """For `git fast-import`."""
        deployed = _END - timedelta(days=self.rng.uniform(2, 10))
        start = _END - timedelta(days=self.rng.randint(60, 200))
        later = len(self.writer.commits) - self.deployed
        return self.writer.stream([(self.deployed, start, deployed), (later, deployed, _END - timedelta(minutes=self.rng.randint(10, 500)))])

    def _something(self) -> None:
        chance = self.rng.random()
        if chance < 0.2:
            self._branches(self.rng.choice([1, 1, 1, 1, 2]), self.rng.choice([0, 0, 1, 2]))
        elif chance < 0.25 and self.undo is not None:
            saved, subject = self.undo
            self.made, self.undo = pickle.loads(saved), None  # noqa: S301 - written a moment ago
            self.files = self.made.world.files()
            self.tip = self.writer.commit(f'Revert "{subject}"', self.files, [self.tip], body=_REVERTS)
        else:
            self._plain(False)

    def _plain(self, breaks: bool) -> None:
        saved = pickle.dumps(self.made)
        subject = self._break() if breaks else self._noise()
        for _ in range(self.rng.choice([0, 0, 0, 0, 1, 2])):
            self._noise()
        person = "dependabot[bot]" if subject.startswith("Bump") and not breaks else ""
        if self.rng.random() < 0.4:
            self.writer.number += 1
            subject = f"{subject} (#{self.writer.number})"
        self.tip = self.writer.commit(subject, self.files, [self.tip], person)
        self.undo = (saved, subject)

    def _branches(self, count: int, beside: int, breaks: bool = False) -> None:
        """Side branches of one to three commits each, with commits on the main one meanwhile, and their merge. No file is in two of them."""
        base, used = self.tip, set[str]()
        lengths = [self.rng.randint(1, 3) for _ in range(count)] + [beside]
        planted = self.rng.randint(1, lengths[0]) if breaks else 0
        tips = []
        for branch, length in enumerate(lengths):
            at, mine = base, set[str]()
            for number in range(1, length + 1):
                before = self.files
                subject = self._break() if branch == 0 and number == planted else self._noise(used)
                changed = _differing(before, self.files)
                mine |= changed
                at = self.writer.commit(subject, _with(self.writer.trees[at], self.files, changed), [at])
                self.culprit = at if branch == 0 and number == planted else self.culprit
            used |= mine
            tips.append(at)
        self.writer.number += 1
        subject = f"Merge pull request #{self.writer.number} from acme/topic-{self.writer.number}" if count == 1 else "Merge branches 'one' and 'two'"
        self.tip, self.undo = self.writer.commit(subject, self.files, [tips[-1], *tips[:-1]]), None

    def _noise(self, apart: set[str] | frozenset[str] = frozenset()) -> str:
        """Some change that does no harm, and touches none of these files; its subject."""
        kinds, weights = zip(*NOISE, strict=True)
        saved = pickle.dumps(self.made)
        for _ in range(60):
            subject: str | None = self.rng.choices(kinds, weights)[0](self.made, self.rng)
            files = self.made.world.files() if subject else self.files
            changed = _differing(self.files, files)
            if subject and changed and not changed & apart:
                self.files = files
                return subject
            self.made = pickle.loads(saved)  # noqa: S301 - written a moment ago
        return "Nothing"

    def _fix(self) -> None:
        """An earlier fix: the guard that will be reverted."""
        found = self.made.world.home(self.made.failing)[1].tagged("owner")
        assert found
        found[1].insert(found[1].index(found[0]) + 1, when(f"{found[0].name} == NOTHING", let("nobody", "0"), tag="guard"))
        self.files = self.made.world.files()
        self.tip, self.undo = self.writer.commit(f"Fix {self.made.failing} without an owner", self.files, [self.tip]), None

    def _cause(self) -> None:
        if self.kind == "fix_reverted":
            self._break()
            self.tip = self.writer.commit(f'Revert "Fix {self.made.failing} without an owner"', self.files, [self.tip], body=_REVERTS)
            self.culprit = self.tip
        elif self.rng.random() < 0.3:
            self._branches(1, self.rng.choice([0, 1, 2]), breaks=True)
        else:
            self._plain(True)
            self.culprit = self.tip
        self.undo = None

    def _break(self) -> str:
        self.failure = CAUSES["guard_removed" if self.kind == "fix_reverted" else self.kind](self.made, self.rng)
        self.files = self.made.world.files()
        return self.rng.choice(self.failure.subjects)


def _differing(before: Tree, after: Tree) -> set[str]:
    return {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}


def _with(tree: Tree, after: Tree, changed: set[str]) -> Tree:
    return {**{path: text for path, text in tree.items() if path not in changed}, **{path: after[path] for path in changed if path in after}}


def planted(kind: str, rng: random.Random, folder: Path) -> Planted:
    """A repository in `folder` (made here), broken in that way."""
    history = _History(kind, rng)
    history.grow()
    folder.mkdir(parents=True)
    subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch=main", "--template=", "."], cwd=folder, check=True, env=_GIT)
    marks = folder / "marks"
    subprocess.run(["git", "fast-import", "--quiet", f"--export-marks={marks}"], cwd=folder, input=history.stream(), check=True, env=_GIT)
    shas = dict(line.split() for line in marks.read_text().splitlines())
    failure = history.failure
    assert failure is not None
    alert = Alert(
        *(Permalink("acme.slack.com", "C1", "1765962764.835579"), _END, "prod", f"{failure.error_type}: {failure.message}"),
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
    """The suspects of that failure, as the code source finds them."""
    deploys = (Deploy("service", "prod", "new", _END - timedelta(hours=1), one.head),)
    inquiry = Inquiry(one.alert, _END - timedelta(minutes=5), _END, search=False, frames=one.frames, release=one.head, service="service", deploys=deploys)
    readings, _ = open_all(one.folder.parent, [Codebase(name=one.folder.name, path=one.folder.name)], inquiry, 20)
    readings = [type(reading)(**{**vars(reading), "previous": one.previous}) for reading in readings]
    return suspects(locate(one.frames, readings), readings, inquiry)[0]


def rank(one: Planted, found: tuple[Commit, ...]) -> int:
    """Where the planted commit stands, 1 for first, 0 for nowhere."""
    return next((number for number, commit in enumerate(found, start=1) if commit.sha == one.culprit), 0)


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
        first, three = sum(place == 1 for place in ranks) / len(ranks), sum(1 <= place <= 3 for place in ranks) / len(ranks)
        shares.append((first, three))
        print(f"seed {seed}: first in {first:.0%}, among the first three in {three:.0%} of {len(ranks)} histories", flush=True)
    for kind, places in sorted(kinds.items()):
        print(f"  {kind:18} {len(places):4} histories, first {sum(p == 1 for p in places) / len(places):4.0%}, three {sum(1 <= p <= 3 for p in places) / len(places):4.0%}")
    firsts, threes = zip(*shares, strict=True)
    print(f"mean {sum(firsts) / len(firsts):.1%} and {sum(threes) / len(threes):.1%}, worst {min(firsts):.0%} and {min(threes):.0%}; bars {FIRST:.0%} and {AMONG_THREE:.0%}")
    return 0 if min(firsts) >= FIRST and min(threes) >= AMONG_THREE else 1


def _one(seed: int, number: int, tell: bool, kinds: dict[str, list[int]]) -> int:
    kind = KINDS[number % len(KINDS)]
    with tempfile.TemporaryDirectory() as folder:
        one = planted(kind, random.Random(seed * 10_007 + number), Path(folder) / "service")  # noqa: S311 - repeatable, not secret
        found = asked(one)
        place = rank(one, found)
        kinds[kind].append(place)
        if tell and place != 1:
            print(f"\n{kind} (seed {seed}, {number}): {place}; {one.alert.text}; culprit {one.culprit[:7]}", *(f"  {c.sha[:7]} {c.subject} {c.path} {c.reasons}" for c in found), sep="\n")
    return place


if __name__ == "__main__":
    sys.exit(main())
