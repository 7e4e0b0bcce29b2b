"""The lines of a fix followed through the graph of commits, merges included, up to the commit that is asked about."""

from collections.abc import Callable, Collection, Iterable, Sequence

from bot.core.code.tokens import Tokens
from bot.core.fix.lines import Gone, Standings, Stands, Step, Taken, Texts, Wanted, Where, carried
from bot.model import Record

ENOUGH = 0.6
"""The part of a fix's lines that a commit must bring to count as the same fix under another name."""
UNKNOWN = "?"
"""Stands for the commit that removed a line where the history that was read begins after it."""


class Node(Record, frozen=True):
    """A commit of a simplified history: its parents are the nearest commits that touched the files."""

    sha: str
    parents: tuple[str, ...]


class Fix(Record, frozen=True):
    """What is followed: the lines, where they stand in the fix itself, and the words by which a copy of it names it."""

    sha: str
    wanted: tuple[Wanted, ...]
    standings: Standings


TextsOf = Callable[[str], Texts]


def followed(fix: Fix, nodes: Sequence[Node], texts: TextsOf, *, cut_off: bool = False) -> Standings:
    """The lines at the newest node. `nodes` come oldest first and descend from the fix; `cut_off` when the oldest were left out."""
    states: dict[str, Standings] = {fix.sha: fix.standings}
    for node in nodes:
        steps = [(states[parent], Step(texts(parent), texts(node.sha), node.sha)) for parent in node.parents if parent in states]
        if not steps and cut_off:
            steps = [(fix.standings, Step(texts(fix.sha), texts(node.sha), UNKNOWN))]
        if steps:
            states[node.sha] = _joined([carried(standings, fix.wanted, step) for standings, step in steps], node.sha)
    if nodes and nodes[-1].sha not in states:
        return carried(fix.standings, fix.wanted, Step(texts(fix.sha), texts(nodes[-1].sha), UNKNOWN))
    return states[nodes[-1].sha] if nodes else fix.standings


def followed_copies(fix: Fix, nodes: Sequence[Node], texts: TextsOf, named: Callable[[str], bool]) -> tuple[Standings, str] | None:
    """As `followed`, in a history that the fix itself is not part of: from the commits on that bring its lines under another name.

    `named` tells whether the message of a commit names the fix; then a few of its lines are enough. None when no commit brings it.
    """
    states: dict[str, Standings] = {}
    copies: dict[str, str] = {}
    for node in nodes:
        before = [(parent, states[parent]) for parent in node.parents if parent in states]
        if before:
            states[node.sha] = _joined([carried(one, fix.wanted, Step(texts(parent), texts(node.sha), node.sha)) for parent, one in before], node.sha)
            copies[node.sha] = copies[before[0][0]]
            continue
        steps = [Step(texts(parent), texts(node.sha), node.sha) for parent in node.parents] or [Step({}, texts(node.sha), node.sha)]
        brought = [_brought(fix, step, ENOUGH if not named(node.sha) else 0.01) for step in steps]
        if all(brought):
            states[node.sha], copies[node.sha] = brought[0] or (), node.sha
    if not nodes or nodes[-1].sha not in states:
        return None
    return states[nodes[-1].sha], copies[nodes[-1].sha]


def present(fix: Fix, texts: Texts) -> Standings | None:
    """The lines in these files, each in its function or beside its neighbours, when all of them are there; None otherwise."""
    return None if any(line.absent for line in fix.wanted) else _brought(fix, Step({}, texts, ""), 1.0)


def _joined(results: Sequence[Standings], sha: str) -> Standings:
    """A merge: a line stands when it does for any parent; it was lost where it was lost first, else by the merge itself."""
    if len(results) == 1:
        return results[0]
    return tuple(_best(choices, sha) for choices in zip(*results, strict=True))


def _best(choices: Iterable[Where], sha: str) -> Where:
    def rank(where: Where) -> tuple[bool, bool]:
        made_here = where.since == sha if isinstance(where, Stands) else where.by == sha
        return isinstance(where, Gone), made_here

    return min(choices, key=rank)


def _brought(fix: Fix, step: Step, part: float) -> Standings | None:
    """Where the lines stand after a commit that brings at least `part` of them; None when it does not."""
    taken: Taken = set()
    own = {line.tokens for line in fix.wanted}
    found: list[Where] = []
    for line, start in zip(fix.wanted, fix.standings, strict=True):
        spot = _taken_out(line, start, step) if line.absent else _put_in(line, start, step, taken, own)
        if isinstance(spot, Stands):
            taken.add((spot.path, spot.first, line.tokens))
        found.append(spot or Gone(start.path, -1, line.scope, line.tokens))
    count = sum(isinstance(where, Gone) and where.at >= 0 if line.absent else isinstance(where, Stands) for where, line in zip(found, fix.wanted, strict=True))
    return tuple(found) if count and count >= part * len(found) else None


def _put_in(line: Wanted, start: Where, step: Step, taken: Taken, own: Collection[Tokens]) -> Stands | None:
    for path, text in sorted(step.changed(), key=lambda pair: pair[0] != start.path):
        passage = step.passage(path, path)
        if step.growth(path, line.tokens) <= 0:
            continue
        for first, last in text.whole.find(line.tokens):
            if (path, first, line.tokens) in taken or (passage and first not in passage.inserted and last not in passage.inserted):
                continue
            if text.scope(first)[0] == line.scope or (len(line.near) > 1 and line.near == text.beside(first, last, own)):
                return Stands(path, first, last, line.tokens, step.sha)
    return None


def _taken_out(line: Wanted, start: Where, step: Step) -> Gone | None:
    passage = step.passage(start.path, start.path)
    if passage is None or step.growth(start.path, line.tokens) >= 0:
        return None
    lost = [first for first, _ in passage.old.whole.find(line.tokens) if passage.places[first] < 0]
    return Gone(start.path, passage.shifted(lost[0]), line.scope, line.tokens) if lost else None
