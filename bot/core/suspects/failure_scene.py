"""How it failed, as changes are compared with it: the functions of the trace, what the failing line rests on, and what the message names."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.core.code.hunks import Hunk, assigns_local, defined_names, indent
from bot.core.code.words import Basis, Named, named_in, names_of
from bot.core.suspects.change_nature import Line, Piece, file_kind, is_import
from bot.core.suspects.failure_kinds import FailureKind, kind_of

CALLER = 0.55
"""What a signal is worth one call further from the failure."""
_TELLING_NAME, _LONGEST_CALLED = 0.45, 60
_ELSEWHERE = 0.25
"""What a name is worth that stands in the function, but not in what the failing line rests on."""


@dataclass(frozen=True)
class Site:
    """One function of the trace at the commit that was read; `lines` are its lines by number, `function` its own name."""

    path: str
    function: str
    basis: Basis
    lines: dict[int, str] = field(default_factory=dict)
    homes: frozenset[str] = frozenset()
    """Files that it stood in before it was moved."""

    def holds(self, hunk: Hunk) -> bool:
        """Whether these changed lines stand in this function, or are the whole of it."""
        if hunk.path != self.path and hunk.path not in self.homes:
            return False
        if self.function in {"<module>", ""}:
            return not hunk.within
        return self.function in hunk.within or any(self.function in defined_names(line) for line in (*hunk.removed, *hunk.added))


@dataclass(frozen=True)
class Scene:
    """How it failed: the error, the functions of the trace (the failing one first), the other files of the trace, what the failing file imports."""

    time: datetime
    error: str
    message: str
    sites: tuple[Site, ...]
    files: tuple[str, ...] = ()
    imports: frozenset[str] = frozenset()
    text: tuple[str, ...] = ()
    """The lines of the failing file."""
    since: str = ""
    """What was running before this release, as people write it; empty when no deploy is known."""
    began: datetime | None = None
    """When the error came first, where it is known and was not ended since."""

    @property
    def trace_files(self) -> tuple[str, ...]:
        """The files of the trace, from the failing one outwards."""
        return tuple(dict.fromkeys([*(site.path for site in self.sites), *self.files]))


@dataclass(frozen=True)
class Candidate:
    """A commit that may have made it fail. Paths of `hunks` are those of today. `blamed` are (site, line) that blame gives it;
    `released` is whether it first went out with this release (None: not known); `files` how many it touched."""

    sha: str
    time: datetime
    subject: str
    hunks: tuple[Hunk, ...] = ()
    blamed: frozenset[tuple[int, int]] = frozenset()
    released: bool | None = None
    undoes: str = ""
    ignored: bool = False
    files: int = 1
    paths: tuple[str, ...] = ()
    brought: frozenset[str] = frozenset()
    """Files that there were not before it, in this place or another."""

    def brings(self, site: Site) -> bool:
        """Whether the function was not there before it: its file was not, or the commit only adds it and takes it away nowhere."""
        if site.path in self.brought:
            return True
        inside = [hunk for hunk in self.hunks if site.holds(hunk)]
        if site.function in {"<module>", ""} or any(line.strip() for hunk in inside for line in hunk.removed):
            return False
        return any(_has(site.function, hunk.added) for hunk in inside) and not any(_has(site.function, hunk.removed) for hunk in self.hunks)

    def brings_alone(self, site: Site) -> bool:
        """Whether it brings the function, and changes nothing else of its file."""
        return self.brings(site) and all(site.holds(hunk) for hunk in self.hunks if hunk.path == site.path)

    def began(self, sites: Sequence[Site]) -> frozenset[str]:
        """Files of which it is the origin. Whoever brought other files than those that failed, a migration say, changed what ran."""
        origin = self.brought if any(site.path in self.brought for site in sites) else frozenset()
        return origin | {site.path for site in sites if self.brings_alone(site)}


@dataclass(frozen=True)
class Signal:
    """Something that speaks for, or against, a candidate; `reason` may be empty."""

    points: float
    reason: str = ""
    path: str = ""


@dataclass(frozen=True)
class Compared:
    """What of the scene every candidate is compared with; `defined`, `touched` and `taken` say how rare it is that one does that to a name."""

    scene: Scene
    named: Named
    used: dict[str, float]
    telling: tuple[dict[str, float], ...]
    kinds: tuple[FailureKind, ...]
    defined: dict[str, float]
    touched: dict[str, float]


def compared(scene: Scene, changes: Sequence[Sequence[Piece]]) -> Compared:
    """The scene made ready for these changes, the newest first."""
    sites = tuple(_with_former_names(replace(site, homes=_homes(site, changes)), changes) for site in scene.sites)
    scene = replace(scene, sites=sites)
    used = _used(scene.sites)
    used = {**_through(scene.text, used), **used}
    named = named_in(scene.message)
    telling = tuple(_telling(site) for site in scene.sites)
    defined = _rarity({name for piece in left for name in _defined(piece)} for left in changes)
    touched = _rarity({name for piece in left for line in piece.lines if line.weight >= 0.3 for name in names_of(line.text)} for left in changes)
    return Compared(scene, named, used, telling, kind_of(scene.error), defined, touched)


def restored(ready: Compared, left: Sequence[Piece]) -> tuple[Piece, ...]:
    """The pieces, a mere renaming counted in full where the failing code still uses the old name."""
    kept = ready.used.keys() | ready.named.names
    return tuple(
        Piece(piece.hunk, tuple(Line(line.added, line.text, max(line.weight, 1.0)) for line in piece.lines))
        if any(old in kept and not _local_to(piece, old) for old, _ in piece.renames)
        else piece
        for piece in left
    )


def _local_to(piece: Piece, name: str) -> bool:
    """Whether a renamed name is but a variable of the function around it."""
    lines = [line.text for line in piece.lines if not line.added and name in names_of(line.text)]
    return any(assigns_local(text) and name in defined_names(text) for text in lines) or all(
        f".{name}" not in text and f"{name}(" not in text for text in lines
    )


def _with_former_names(site: Site, changes: Sequence[Sequence[Piece]]) -> Site:
    """What the failing line rests on, also by the names that later commits gave it."""
    words = dict(site.basis.words)
    for piece in (piece for left in changes for piece in left if piece.renames and site.holds(piece.hunk)):
        for old, new in piece.renames:
            if new in words:
                words.setdefault(old, words[new])
    return replace(site, basis=replace(site.basis, words=words, local=site.basis.local | (words.keys() - site.basis.words.keys())))


def defined_in(piece: Piece) -> dict[str, float]:
    """The names that a change defines or stands in, with how much: the function it is in more than the class around that."""
    found = {name: piece.weight * 0.8**far for far, name in enumerate(piece.hunk.within[:3])}
    for line in piece.lines:
        if not is_import(line.text) and not (piece.hunk.within and assigns_local(line.text) and file_kind(piece.hunk.path) == "code"):
            found |= {name: max(found.get(name, 0), line.weight) for name in defined_names(line.text)}
    return found


def _defined(piece: Piece) -> Iterable[str]:
    return (name for name, weight in defined_in(piece).items() if weight >= 0.3)


def _used(sites: Sequence[Site]) -> dict[str, float]:
    """The names that mean the same in every file, with how much the failure rests on them."""
    used: dict[str, float] = {}
    for depth, site in enumerate(sites):
        everything = {name: _ELSEWHERE for line in site.lines.values() for name in names_of(line)}
        for name, weight in {**everything, **site.basis.words}.items():
            if name not in site.basis.local and name != site.function:
                used[name] = max(used.get(name, 0), weight * CALLER**depth)
    return used


def _through(text: Sequence[str], used: dict[str, float]) -> dict[str, float]:
    """What the functions of the failing file use that the failing line rests on."""
    found: dict[str, float] = {}
    for number, line in enumerate(text):
        weight = max((used.get(name, 0) for name in defined_names(line)), default=0.0) if not assigns_local(line) else 0.0
        if weight < _TELLING_NAME:
            continue
        for inside in text[number + 1 : number + _LONGEST_CALLED]:
            if inside.strip() and indent(inside) <= indent(line) and inside.strip()[0] not in ")]}":
                break
            for name in names_of(inside):
                found[name] = max(found.get(name, 0), weight * CALLER)
    return found


def _homes(site: Site, changes: Iterable[Sequence[Piece]]) -> frozenset[str]:
    """Where the function stood before a commit took it away there and put it here; the newest change first."""
    homes: set[str] = set()
    if site.function in {"<module>", ""}:
        return frozenset()
    for left in changes:
        put = any(piece.hunk.path in {site.path, *homes} and _has(site.function, piece.hunk.added) for piece in left)
        homes |= {piece.hunk.path for piece in left if put and piece.hunk.path != site.path and _has(site.function, piece.hunk.removed)}
    return frozenset(homes)


def _has(function: str, lines: Iterable[str]) -> bool:
    return any(function in line and function in defined_names(line) for line in lines)


def _telling(site: Site) -> dict[str, float]:
    """What the failing line rests on, each name weighed by how few lines of the function hold it."""
    counts = Counter(name for line in site.lines.values() for name in set(names_of(line)))
    return {name: weight / (1 + math.log(max(1, counts[name] - 1))) for name, weight in site.basis.words.items() if name != site.function}


def _rarity(names: Iterable[set[str]]) -> dict[str, float]:
    """A name that every change touches tells little."""
    counts: Counter[str] = Counter()
    for some in names:
        counts.update(some)
    return {name: 1 / (1 + 0.5 * math.log(count)) for name, count in counts.items()}
