"""What became of a fix, from where each of its lines stands in the end."""

from collections import Counter
from collections.abc import Sequence

from bot.core.fix.lines import Gone, Standings, Stands, Wanted
from bot.core.fix.walk import UNKNOWN
from bot.model import FixState, Record

_BACK = 0.5
"""The part of the removed lines that must be back."""
_WHOLE: dict[str, FixState] = {"removed": "lost", "put back": "lost"}


class Verdict(Record, frozen=True):
    """`undone` are the numbers of the lines that are not as the fix left them; `by` the commit that undid most, empty when it is not known."""

    state: FixState
    undone: tuple[int, ...] = ()
    by: str = ""
    path: str = ""
    moved_to: str | None = None
    followed: int = 0

    @property
    def stands(self) -> bool:
        """Whether all of it is in place."""
        return self.state in ("stands", "moved", "reworded")


def verdict(wanted: Sequence[Wanted], standings: Standings, fix: str) -> Verdict:
    """The state of a whole fix. Lines that a copy of it never brought do not count."""
    if any(line.absent for line in wanted):
        return _of_removed(standings, fix)
    gone = {number: where for number, where in enumerate(standings) if isinstance(where, Gone) and where.by}
    there = [where for where in standings if isinstance(where, Stands)]
    followed = len(gone) + len(there)
    if not gone:
        moved = next((where.path for where in there if where.moved), None)
        reworded = any(where.reworded for where in there)
        return Verdict("reworded" if reworded else "moved" if moved else "stands", moved_to=moved, followed=followed)
    by = _most([where.by for where in gone.values()])
    hows = {where.how for where in gone.values()}
    how = next(iter(hows)) if len(hows) == 1 else "removed"
    state: FixState = "partly lost" if there else _WHOLE.get(how, how)  # type: ignore[arg-type]
    first = next(where for where in gone.values() if where.by == by)
    return Verdict(state, tuple(gone), "" if by == UNKNOWN else by, first.path, followed=followed)


def _of_removed(standings: Standings, fix: str) -> Verdict:
    back = {number: where for number, where in enumerate(standings) if isinstance(where, Stands) and where.since != fix}
    if len(back) < _BACK * len(standings):
        return Verdict("stands", followed=len(standings))
    by = _most([where.since for where in back.values()])
    first = next(where for where in back.values() if where.since == by)
    return Verdict("put back", tuple(back), "" if by == UNKNOWN else by, first.path, followed=len(standings))


def _most(names: Sequence[str]) -> str:
    """The most frequent, the first of those that are equally so."""
    return Counter(names).most_common(1)[0][0]
