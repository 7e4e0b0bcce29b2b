"""A repository as it grows: plain commits, squashed requests, side branches with merges, an octopus now and then, reverts, and one commit that breaks it."""

import pickle
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bench.history_causes import CAUSES, Failure
from bench.history_noise import NOISE
from bench.history_story import Story, let, story, when

END = datetime(2025, 12, 17, 9, 0, tzinfo=UTC)
"""When it fails."""
_PEOPLE = ("Mira Okafor", "Jonas Lind", "Priya Raman", "Wei Chen", "Ana Costa", "Tom Becker")
_REVERTS = "This reverts commit 0123456789abcdef0123456789abcdef01234567."
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


class History:
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
        deployed = END - timedelta(days=self.rng.uniform(2, 10))
        start = END - timedelta(days=self.rng.randint(60, 200))
        later = len(self.writer.commits) - self.deployed
        return self.writer.stream([(self.deployed, start, deployed), (later, deployed, END - timedelta(minutes=self.rng.randint(10, 500)))])

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
        found = self.made.world.home(self.made.failing)[1].named("owner")
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
