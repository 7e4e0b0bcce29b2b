"""The lines of a fix carried from one commit to the next: where each stands, or how it went."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

import msgspec

from bot.core.code.text import CodeText, Passage, Stretch, squeezed
from bot.core.code.tokens import Tokens
from bot.core.fix.rewording import reworded
from bot.model import Record

Loss = Literal["removed", "commented out", "put back", "gone with its function", "gone with its file"]
MARGIN = 5
"""Unchanged lines around a change that are compared with it."""
_JOINED = 4
_REWRITTEN = 0.3
_FEW, _MANY = 3, 6

Texts = Mapping[str, CodeText | None]
"""The tracked files of one commit by path; None where there is none."""


class Wanted(Record, frozen=True):
    """A line to follow: how the fix wrote it, its tokens, what of them matters, and the lines it replaced.

    `absent` is True for a line that the fix took out: then coming back is what is looked for. `scope` and `near` say where it
    stood: its function, and the lines before and after it.
    """

    text: str
    tokens: Tokens
    essence: Tokens
    replaced: tuple[Tokens, ...] = ()
    absent: bool = False
    scope: str = ""
    near: tuple[Tokens, ...] = ()


class Stands(Record, frozen=True, tag="stands"):
    """Lines `first` to `last` of `path` are the wanted line, in these tokens. `since` is the commit that put it there."""

    path: str
    first: int
    last: int
    tokens: Tokens
    since: str
    moved: bool = False
    reworded: bool = False


class Gone(Record, frozen=True, tag="gone"):
    """The wanted line would stand in front of line `at` of `path` (-1: the file is gone too), in the function `scope`.

    `by` is the commit that lost it, empty for a line that the fix itself took out; `left` the one after which its file was gone.
    """

    path: str
    at: int
    scope: str
    tokens: Tokens
    by: str = ""
    how: Loss = "removed"
    left: str = ""


Where = Stands | Gone
Standings = tuple[Where, ...]
Taken = set[tuple[str, int, Tokens]]
"""Places that lines have found already; lines that a formatter joined share one."""


class Step:
    """One commit against one of its parents: every tracked file before and after."""

    def __init__(self, before: Texts, after: Texts, sha: str) -> None:
        self.before, self.after, self.sha = before, after, sha
        self._passages: dict[tuple[str, str], Passage] = {}

    @property
    def unchanged(self) -> bool:
        """Whether no tracked file differs."""
        return all(self.before.get(path) is self.after.get(path) for path in {*self.before, *self.after})

    def passage(self, old: str, new: str) -> Passage | None:
        """From one file before to one file after; None when either is not there."""
        before, after = self.before.get(old), self.after.get(new)
        if before is None or after is None:
            return None
        if (old, new) not in self._passages:
            self._passages[old, new] = Passage(before, after)
        return self._passages[old, new]

    def changed(self) -> Iterator[tuple[str, CodeText]]:
        """Files that are new or not as before."""
        for path, text in self.after.items():
            if text is not None and text is not self.before.get(path):
                yield path, text

    def successor(self, path: str) -> str:
        """What a file is called after the commit: itself, or the new file that has most of its lines."""
        old = self.before.get(path)
        if old is None or self.after.get(path) is not None:
            return path
        fresh = [name for name, _ in self.changed() if self.before.get(name) is None]
        scored = [(sum(place >= 0 for place in passage.places), name) for name in fresh if (passage := self.passage(path, name))]
        best, name = max(scored, default=(0, path))
        return name if best * 2 >= len(old.lines) and best else path

    def growth(self, path: str, wanted: Tokens) -> int:
        """How much oftener a file has the tokens now."""
        old, new = self.before.get(path), self.after.get(path)
        return (new.whole.count(wanted) if new else 0) - (old.whole.count(wanted) if old else 0)


def carried(standings: Standings, wanted: Sequence[Wanted], step: Step) -> Standings:
    """Where each line is after the commit."""
    if step.unchanged:
        return standings
    taken: Taken = set()
    found: dict[int, Where] = {}
    # Lines that stay unchanged first, so that a moved one does not take their place.
    order = sorted(range(len(standings)), key=lambda number: not _kept(standings[number], step))
    for number in order:
        where, line = standings[number], wanted[number]
        after = _stood(where, line, step, taken) if isinstance(where, Stands) else _back(where, step, taken)
        if isinstance(after, Stands):
            taken.add((after.path, after.first, after.tokens))
        found[number] = after
    return tuple(found[number] for number in range(len(standings)))


def _kept(where: Where, step: Step) -> bool:
    if isinstance(where, Gone) or step.before.get(where.path) is step.after.get(where.path):
        return isinstance(where, Stands)
    passage = step.passage(where.path, step.successor(where.path))
    return passage is not None and passage.kept(where.first, where.last) is not None


def _stood(where: Stands, line: Wanted, step: Step, taken: Taken) -> Where:
    if step.before.get(where.path) is step.after.get(where.path):
        return where
    path = step.successor(where.path)
    passage = step.passage(where.path, path)
    found = _within(where, line, passage, step.sha, taken) if passage else None
    found = found or _elsewhere(where, step, taken, path)
    if found is None:
        how = _how(where, line, passage)
        outside = passage is not None and passage.old.scope(where.first)[1] < 0
        copied = how.startswith("gone") or (outside and how == "removed")
        found = (_copied(where, step, taken) if copied else None) or _gone(where, path, passage, step.sha, how)
    if isinstance(found, Gone):
        return found
    return msgspec.structs.replace(found, moved=where.moved or found.path != where.path)


def _within(where: Stands, line: Wanted, passage: Passage, sha: str, taken: Taken) -> Where | None:
    """The line at its place in the file: untouched, laid out in another way, reworded, or undone; None when it is not there."""
    path = passage.new.path
    start = passage.kept(where.first, where.last)
    if start is not None:
        return msgspec.structs.replace(where, path=path, first=start, last=start + where.last - where.first)
    old, new, inserted = passage.around(where.first, where.last + 1, MARGIN)
    spots = new.find(where.tokens)
    spot = _spot(new, where.tokens, inserted, taken, path) or spots[0] if spots and len(spots) >= old.count(where.tokens) else None
    if spot and _may_be(where, spot[0], passage):
        return msgspec.structs.replace(where, path=path, first=spot[0], last=spot[1])
    if any(new.count(former) > old.count(former) or _whole(former, new, passage.new, inserted) for former in line.replaced):
        return _gone(where, path, passage, sha, "put back")
    other = _other_words(where, line, passage, inserted)
    return msgspec.structs.replace(where, path=path, first=other[0], last=other[1], tokens=other[2], reworded=True) if other else None


def _spot(new: Stretch, wanted: Tokens, inserted: Sequence[int], taken: Taken, path: str) -> tuple[int, int] | None:
    """The place among several that is new, else any that no other line has taken."""
    free = [spot for spot in new.find(wanted) if (path, spot[0], wanted) not in taken]
    fresh = set(inserted)
    return next((spot for spot in free if fresh.intersection(range(spot[0], spot[1] + 1))), free[0] if free else None)


def _whole(wanted: Tokens, new: Stretch, text: CodeText, inserted: Sequence[int]) -> bool:
    """Whether inserted lines are these tokens and nothing else: a fix that only adds to a line has the former one within it."""
    fresh = set(inserted)
    return any(fresh.issuperset(range(a, b + 1)) and sum(len(text.lines[at].tokens) for at in range(a, b + 1)) == len(wanted) for a, b in new.find(wanted))


def _may_be(where: Stands, first: int, passage: Passage) -> bool:
    """Whether a line in another function of the file can be the one that left its own: not where that function had one like it before."""
    own, other = passage.old.scope(where.first)[0], passage.new.scope(first)[0]
    if own == other or not passage.new.headers[own]:
        return True
    return not any(passage.old.scope(at)[0] == other for at, _ in passage.old.whole.find(where.tokens))


def _other_words(where: Stands, line: Wanted, passage: Passage, inserted: Sequence[int]) -> tuple[int, int, Tokens] | None:
    """The inserted lines, up to four in a row, that say the same in other words."""
    fresh = set(inserted)
    similar = passage.kept_around(where.first) >= _REWRITTEN
    before = passage.old.around(where.first)
    for first in inserted:
        words: Tokens = ()
        for last in range(first, first + _JOINED):
            if last not in fresh or (last > first and not passage.new.lines[last].goes_on):
                break
            words += passage.new.lines[last].tokens
            after = passage.new.around(first)
            if _may_be(where, first, passage) and reworded(where.tokens, words, line.essence, before, after, similar=similar):
                return first, last, words
    return None


def _elsewhere(where: Stands, step: Step, taken: Taken, own: str) -> Stands | None:
    """Inserted lines with the same tokens further away in the file, or in another file, that nothing but a move explains."""
    for path, text in sorted(step.changed(), key=lambda pair: pair[0] != own):
        before = where.path if path == own else path
        passage = step.passage(before, path)
        old = step.before.get(before)
        grown = text.whole.count(where.tokens) - (old.whole.count(where.tokens) if old else 0)
        if grown < (0 if path == own else 1):
            continue
        inserted = sorted(passage.inserted) if passage else range(len(text.lines))
        fresh = set(inserted)
        for first, last in text.whole.find(where.tokens):
            if not fresh.intersection(range(first, last + 1)) or (path, first, where.tokens) in taken or not _recognised(where, step, text, first, last):
                continue
            if path != own or passage is None or _may_be(where, first, passage):
                return msgspec.structs.replace(where, path=path, first=first, last=last)
    return None


def _recognised(where: Stands, step: Step, text: CodeText, first: int, last: int) -> bool:
    """Whether the tokens in another place are the line itself: all of a line, or many; of very few, only in a function of the same name."""
    words = sum(len(line.tokens) for line in text.lines[first : last + 1])
    if len(where.tokens) < _FEW:
        old = step.before.get(where.path)
        return words == len(where.tokens) and old is not None and old.scope(where.first)[0] == text.scope(first)[0]
    return words == len(where.tokens) or len(where.tokens) >= _MANY


def _copied(where: Stands, step: Step, taken: Taken) -> Stands | None:
    """The line in a function of the same name in another file, or outside of any as before: copied there before its own went."""
    old = step.before.get(where.path)
    scope = old.scope(where.first)[0] if old else ""
    for path, text in step.after.items():
        for first, last in text.whole.find(where.tokens) if text and path != where.path else ():
            if (path, first, where.tokens) not in taken and text and text.scope(first)[0] == scope:
                return msgspec.structs.replace(where, path=path, first=first, last=last)
    return None


def _gone(where: Stands, path: str, passage: Passage | None, sha: str, how: Loss) -> Gone:
    if passage is None:
        return Gone(where.path, -1, "", where.tokens, sha, how, left=sha)
    return Gone(path, passage.shifted(where.first), passage.old.scope(where.first)[0], where.tokens, sha, how)


def _how(where: Stands, line: Wanted, passage: Passage | None) -> Loss:
    if passage is None:
        return "gone with its file"
    words = squeezed(line.text)
    if passage.new.remarks.count(words) > passage.old.remarks.count(words):
        return "commented out"
    name, at = passage.old.scope(where.first)
    if at >= 0 and passage.places[at] < 0 and passage.new.headers[name] < passage.old.headers[name]:
        return "gone with its function"
    return "removed"


def _back(where: Gone, step: Step, taken: Taken) -> Where:
    """A line that was gone, unless this commit brings it back: to its place, or into its function."""
    if step.before.get(where.path) is step.after.get(where.path):
        return where
    path = step.successor(where.path)
    new = step.after.get(path)
    if new is None:
        return msgspec.structs.replace(where, at=-1, left=where.left if where.at < 0 else step.sha)
    passage = step.passage(where.path, path)
    if passage is None:
        spot = _spot(new.whole, where.tokens, (), taken, path)
        return Stands(path, *spot, where.tokens, step.sha) if spot else where
    old_window, new_window, inserted = passage.around(where.at, where.at, MARGIN)
    if new_window.count(where.tokens) > old_window.count(where.tokens) and (spot := _spot(new_window, where.tokens, inserted, taken, path)):
        # A copy may come into the next function: only its own counts, by its name or by where it began before.
        name, header = new.scope(spot[0])
        around = passage.old.scope(where.at)[1]
        if name == where.scope or (around >= 0 and passage.places[around] == header):
            return Stands(path, *spot, where.tokens, step.sha)
    if where.scope and new.whole.count(where.tokens) > passage.old.whole.count(where.tokens):
        for first, last in new.whole.find(where.tokens):
            if first in passage.inserted and (path, first, where.tokens) not in taken and new.scope(first)[0] == where.scope:
                return Stands(path, first, last, where.tokens, step.sha)
    return msgspec.structs.replace(where, path=path, at=passage.shifted(where.at))
