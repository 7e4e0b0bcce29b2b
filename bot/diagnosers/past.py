"""What earlier occurrences say of this one: weighed against the code as it was read, never assumed."""

from datetime import datetime

from bot.core.entry.times import begun, had_ended, seen_before
from bot.core.plain_text.plain_text import cut, one_line
from bot.diagnosers.clues import Clues, Seen
from bot.model import Commit, FixCheck, HistoricalContext, PastEntry, Recurrence
from bot.texts.numbers import times


def lost_fix(clues: Clues) -> Seen[FixCheck] | None:
    """The earlier fix of this very error whose lines are not there; of a long one, more than a few of them."""
    return next((seen for seen in _own(clues) if not seen.detail.stands and seen.detail.state != "put back" and not _worn(seen.detail)), None)


def put_back(clues: Clues) -> Seen[FixCheck] | None:
    """The earlier fix of this very error that took lines out which are there again."""
    return next((seen for seen in _own(clues) if seen.detail.state == "put back"), None)


def standing_fix(clues: Clues) -> Seen[FixCheck] | None:
    """The earlier fix of this very error, still in place."""
    return next((seen for seen in _own(clues) if seen.detail.stands), None)


def _worn(check: FixCheck) -> bool:
    """Whether only a few of many lines went, as happens to any code in time: that explains nothing."""
    return check.state == "partly lost" and len(check.missing) * 5 < check.followed


def _own(clues: Clues) -> list[Seen[FixCheck]]:
    own = clues.past.signature if clues.past else clues.case.signature.name
    return [seen for seen in clues.fixes if seen.detail.signature == own]


def first_known(clues: Clues) -> datetime | None:
    """When an error came first that has been there ever since; None for a new one, and for one that had ended or is not known well enough."""
    return begun(clues.past, clues.case.alert.time) if clues.past else None


def recurrence(clues: Clues) -> Recurrence:
    """New; recurring; regression when it was resolved before, or its fix was undone; new variant when the fix still stands."""
    past = clues.past
    if past is None:
        return "new"
    lost, standing = lost_fix(clues) or put_back(clues), standing_fix(clues)
    if lost and lost.detail.removed_by:
        return "regression"
    if lost and lost.detail.state in ("not deployed", "never there"):
        return "recurring"
    resolved = had_ended(past, clues.case.alert.time)
    if resolved and standing:
        return "new variant"
    return "regression" if resolved and past.resolution else "recurring"


def context(clues: Clues) -> HistoricalContext:
    """The past of this error, and in one sentence whether its resolution applies."""
    past = clues.past
    if past is None:
        return HistoricalContext("new", applies=_of_similar(clues))
    _, last = seen_before(past, clues.case.alert.time)
    return HistoricalContext(recurrence(clues), last, past.resolution, _applies(clues, past), _reference(clues, past))


def named(commit: Commit) -> str:
    """A commit as a sentence names it: `1c9b42d "perf: …" by Priya Raman on 2025-12-16`."""
    return f'{commit.sha[:7]} "{cut(commit.subject, 120)}" by {commit.author or "an unnamed author"} on {commit.time:%Y-%m-%d}'


def fragments(lines: tuple[str, ...], most: int = 2) -> str:
    """Lines of code within a sentence."""
    shown = [f"`{cut(one_line(line), 100)}`" for line in lines[:most]]
    more = f" and {len(lines) - most} more" if len(lines) > most else ""
    return ", ".join(shown) + more


def _applies(clues: Clues, past: PastEntry) -> str:
    lost, back, standing = lost_fix(clues), put_back(clues), standing_fix(clues)
    if lost:
        return _undone(lost.detail)
    if back and back.detail.removed_by:
        return f"Yes: {back.detail.removed_by.sha[:7]} put back on {back.detail.removed_by.time:%Y-%m-%d} what the fix had taken out."
    if standing:
        return f"The fix {standing.detail.fix.sha[:7]} still stands, so it does not cover this case."
    if worn := next((seen.detail for seen in _own(clues) if _worn(seen.detail)), None):
        return f"The fix {worn.fix.sha[:7]} stands for the most part; {len(worn.missing)} of its {worn.followed} lines are gone."
    if past.resolution:
        named = past.fix is not None and (past.fix.commit or past.fix.pull_request)
        unseen = "it was not checked whether that resolution still stands (see what could not be seen)"
        return f"Not known: {unseen if named else 'the resolution names no commit and no pull request, so it could not be checked'}."
    often, _ = seen_before(past, clues.case.alert.time)
    return f"It was seen {times(often)} before and never resolved." if often else "Its entry knows of no alert before this one, and of no resolution."


def _undone(check: FixCheck) -> str:
    fix, remover = check.fix.sha[:7], check.removed_by
    if remover:
        return f"Yes: the fix held until {remover.sha[:7]} removed it on {remover.time:%Y-%m-%d}."
    if check.state == "not deployed":
        return f"The fix {fix} was not deployed yet: the code that was read is older than it{_coming(check)}."
    if check.state == "never there":
        return f"The fix {fix} was never in the code that was read, nor was a copy of it{_coming(check)}."
    return f"The fix {fix} is not in the code that was read, and no commit that removed it was found: that version may never have had it."


def _coming(check: FixCheck) -> str:
    return f"; {named(check.carried_by)} brings it" if check.carried_by else ""


def _reference(clues: Clues, past: PastEntry) -> str:
    check = lost_fix(clues) or put_back(clues) or standing_fix(clues)
    return (check.detail.fix.pull_request or check.detail.fix.permalink or check.detail.fix.sha) if check else past.path


def _of_similar(clues: Clues) -> str:
    similar = next(iter(clues.case.history), None)
    if similar is None:
        return "No earlier occurrence is known."
    ended = f"; it was ended by: {cut(one_line(similar.resolution), 200)}" if similar.resolution else ""
    return f"Not seen before. {similar.signature} is like it{ended}. Whether that applies here is not known."
