"""Which change most likely made it fail: every signal of a change is weighed, each with its reason in words.

The points of a change are added up: what it did to the failing line and function and to what the message names (`signals.py`, where most points
stand), and, far less, whether it came with this release, how recent, small or a revert it is. The sum is then cut down for what ran before
without failing, and for what changed only formatting, comments, tests or documentation. The first reason that is told brought the most points.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from bot.core.code.hunks import Hunk
from bot.core.suspects.change_nature import Piece, file_kind, pieces
from bot.core.suspects.failure_scene import Candidate, Compared, Scene, Signal, compared, restored
from bot.core.suspects.signals import shown, signals

MOST = 5
REASONS = 3
"""Reasons of what a change does; its time and release come after them."""
FIRST_DEPLOYED = "was first deployed with this release"
DAYS = 14
"""An error that appears now rarely comes from a change that ran for longer."""
Relation = Literal[
    "changed the failing lines",
    "changed the failing function",
    "changed the failing file",
    "changed a file of the trace",
    "changed what the failing code uses",
    "brought the failing code",
]
# Time and release decide among likes and never alone.
_RELEASED, _RECENT_IN_RELEASE, _RECENT, _HALF_LIFE_DAYS, _SWEEPING, _LARGE, _FOCUSED, _REVERT = 1.0, 0.3, 0.8, 4, -0.6, -0.3, 0.2, 0.4
_RAN_BEFORE, _OLD = 0.15, 0.15
_NOTHING_LEFT, _ONLY_BESIDE = 0.1, 0.05
_TOLD = 0.03


@dataclass(frozen=True)
class Suspicion:
    """A candidate with what speaks for it. `path` is the file that says most, `hunks` its lines that matter."""

    candidate: Candidate
    score: float
    reasons: tuple[str, ...]
    path: str
    relation: Relation
    hunks: tuple[Hunk, ...]
    signals: tuple[Signal, ...] = ()


def ranked(scene: Scene, candidates: Iterable[Candidate]) -> tuple[Suspicion, ...]:
    """At most five suspects, the likeliest first. What is later than the failure is none; neither is what touches nothing of it."""
    newest = sorted((one for one in candidates if one.time <= scene.time), key=lambda one: (-one.time.timestamp(), one.sha))
    told = [(candidate, pieces(candidate.hunks)) for candidate in newest]
    ready = compared(scene, [left for _, left in told])
    found = [_suspicion(ready, candidate, restored(ready, left)) for candidate, left in told]
    return tuple(sorted((one for one in found if one is not None), key=lambda one: (-one.score, -one.candidate.time.timestamp(), one.candidate.sha))[:MOST])


def circumstantial(reason: str) -> bool:
    """Whether a reason speaks of time or release only."""
    return reason.startswith(("was ", "reverts "))


def strong(reason: str) -> bool:
    """Whether a reason names what the change did to the failing line or to what the message names."""
    return reason.startswith(("changed the failing line ", "changed line ", "took out ", "took away ", "removed a guard", "changed the dependency ", "lets `"))


def only_brought(relation: str, reasons: Iterable[str]) -> bool:
    """Whether all that is known of a change is that the failing code came with it: before it there was none that worked, so it is no suspect for that."""
    return relation == "brought the failing code" and not any(map(strong, reasons))


def _suspicion(ready: Compared, candidate: Candidate, left: Sequence[Piece]) -> Suspicion | None:
    found = _each_once(signal for signal in signals(ready, candidate, left) if signal.points > 0)
    if not found and not _of_the_trace(ready.scene, candidate):
        return None
    weight = max((piece.weight for piece in left), default=0.0)
    around = [Signal(signal.points * max(weight, 0.2), signal.reason) for signal in _circumstances(ready.scene, candidate, left)]
    nature, reason = _nature(candidate, left)
    score = sum(signal.points for signal in (*found, *around)) * nature * _time_factor(ready.scene, candidate)
    path = _path(ready.scene, candidate, found)
    relation, hunks = _relation(ready.scene, candidate, path)
    return Suspicion(candidate, score, _reasons(found, around, reason), path, relation, hunks, (*found, *around))


def _each_once(found: Iterable[Signal]) -> list[Signal]:
    """The signals, the strongest of those that say the same of one file: blame and the function's lines are no two witnesses of who wrote it."""
    strongest: dict[tuple[str, str], Signal] = {}
    for signal in found:
        known = strongest.setdefault((signal.reason, signal.path), signal)
        if signal.points > known.points:
            strongest[signal.reason, signal.path] = signal
    return list(strongest.values())


def _reasons(found: Sequence[Signal], around: Sequence[Signal], nature: str) -> tuple[str, ...]:
    """What the change does, the strongest first; then whether it is a revert, came with this release, and when it was made."""
    ordered = sorted(found, key=lambda signal: -signal.points)
    told = [signal.reason for signal in ordered if signal.reason and signal.points >= _TOLD]
    beside = [
        signal.reason for signal in sorted(around, key=lambda signal: not signal.reason.startswith("reverts ")) if signal.reason and signal.points >= _TOLD
    ]
    return tuple(dict.fromkeys((*told[:REASONS], *beside, *((nature,) if nature else ()))))


def _circumstances(scene: Scene, candidate: Candidate, left: Sequence[Piece]) -> Iterator[Signal]:
    """When it was made, whether it came with this release, how large it is, whether it brings something back."""
    if candidate.released:
        yield Signal(_RELEASED, f"{FIRST_DEPLOYED}{f' (after {shown(scene.since)})' if scene.since else ''}")
    days = (scene.time - candidate.time).total_seconds() / 86400
    yield Signal((_RECENT if candidate.released is None else _RECENT_IN_RELEASE) * 0.5 ** (days / _HALF_LIFE_DAYS), f"was made {_ago(days)} before the failure")
    lines = sum(len(piece.lines) for piece in left)
    yield Signal(_SWEEPING if candidate.files > 30 or lines > 400 else _LARGE if lines > 120 else _FOCUSED if lines <= 20 else 0)
    if candidate.undoes:
        yield Signal(_REVERT, f"reverts {candidate.undoes[:7]} and so brings old lines back")


def _time_factor(scene: Scene, candidate: Candidate) -> float:
    """What ran before this release, or for weeks, did not fail then; what came after the error did not begin it.

    Who wrote the failing code weeks ago is known with any release, and broke nothing now.
    """
    began = scene.began or scene.time
    if candidate.released is False or candidate.time > began:
        return _RAN_BEFORE
    late = began - candidate.time <= timedelta(days=DAYS)
    return 1.0 if late or (candidate.released and not candidate.brings(scene.sites[0])) else _OLD


def _ago(days: float) -> str:
    minutes = max(1, round(days * 1440))
    count, unit = (minutes, "minute") if minutes < 60 else (round(days * 24), "hour") if days < 2 else (round(days), "day")
    return f"{count} {unit}{'s' if count > 1 else ''}"


def _nature(candidate: Candidate, left: Sequence[Piece]) -> tuple[float, str]:
    """What the score is multiplied with when the change is no change, and how that is said."""
    if candidate.ignored:
        return _NOTHING_LEFT, "is listed in .git-blame-ignore-revs"
    if any(piece.lines for piece in left) or (not candidate.hunks and not candidate.paths):
        return 1.0, ""
    kinds = {file_kind(path) for path in (candidate.paths or [hunk.path for hunk in candidate.hunks])}
    if kinds <= {"tests", "docs", "generated"}:
        return _ONLY_BESIDE, f"changed only {' and '.join(sorted(kinds))}"
    return _NOTHING_LEFT, "changed only formatting or comments"


def _of_the_trace(scene: Scene, candidate: Candidate) -> bool:
    return bool(candidate.blamed) or any(hunk.path in scene.trace_files for hunk in candidate.hunks)


def _path(scene: Scene, candidate: Candidate, found: Sequence[Signal]) -> str:
    points: Counter[str] = Counter()
    for signal in found:
        points[signal.path] += round(signal.points * 1000)
    points.pop("", None)
    trace = [path for path in scene.trace_files if any(hunk.path == path for hunk in candidate.hunks)]
    return max(sorted(points), key=lambda path: points[path], default=next(iter(trace), candidate.hunks[0].path if candidate.hunks else scene.sites[0].path))


def _relation(scene: Scene, candidate: Candidate, path: str) -> tuple[Relation, tuple[Hunk, ...]]:
    """What the record says of it, and the lines that it shows: those in the function where there are any."""
    there = tuple(hunk for hunk in candidate.hunks if hunk.path == path)
    failing = scene.sites[0]
    inside = tuple(hunk for hunk in there if failing.holds(hunk))
    if inside and all(candidate.brings(site) for site in scene.sites if any(site.holds(hunk) for hunk in candidate.hunks)):
        return "brought the failing code", inside
    if any(depth == 0 and failing.basis.lines.get(line) == 1 for depth, line in candidate.blamed) and path == failing.path:
        return "changed the failing lines", inside or there
    if inside:
        return "changed the failing function", inside
    if path == failing.path:
        return "changed the failing file", there
    return ("changed a file of the trace" if path in scene.trace_files else "changed what the failing code uses"), there
