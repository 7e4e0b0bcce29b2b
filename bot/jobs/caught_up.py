"""What the default branch was told of an entry while a request of it waited: that the error is over, or that it is not."""

from bot.core.entry import life
from bot.core.entry.entry import Entry, amended
from bot.core.entry.recording import severity_after
from bot.core.entry.standing_row import standing_row, with_standing
from bot.texts.entry_page import resolution_words, worked


def caught_up(entry: Entry, published: Entry | None) -> Entry:
    """The entry of a request that waits, resolved or opened again as the default branch (`published`) was meanwhile; else the same entry.

    What only the request holds from after that end is a regression. The later resolution counts: one that a reviewer wrote into the request
    is theirs. Raises BadEntry.
    """
    if published is None:
        return entry
    mine, theirs = entry.meta, published.meta
    if (mine.status, theirs.status) == ("resolved", "diagnosed") and mine.resolved_at == theirs.resolved_at:
        return life.reopened(entry)
    if theirs.status not in ("resolved", "regressed") or theirs.resolved_at <= mine.resolved_at:
        return entry
    words, time = resolution_words(theirs.resolution), theirs.resolved_at
    bullets = (worked(theirs.resolution, time),) if theirs.resolution.strip() else ()
    ended = life.resolved(entry, theirs.resolution, time, standing_row("resolved", words, time), bullets)
    # Beside the resolution, where git would ask a person which of the two is meant.
    ended = amended(ended, {"tracking_issue": mine.tracking_issue or theirs.tracking_issue})
    # What both hold stood there when the error was called over.
    if theirs.status == "resolved" and mine.last_seen <= max(time, theirs.last_seen):
        return ended
    return _regressed(ended)


def as_merged(entry: Entry, before: Entry | None) -> Entry:
    """The entry after a merge, where request and default branch knew different things of its end; else the same entry.

    `before` is the entry as the merge found it. Raises BadEntry.
    """
    return _come_back(_over_since(entry, before), before)


def _over_since(entry: Entry, before: Entry | None) -> Entry:
    """Resolved as of when it was last seen, where the request to resolve it waited while an alert came: whoever merges it then says that it is over since.

    An end that a person wrote is theirs: the request's is listed among what worked, with its day.
    """
    meta = entry.meta
    if before is None or meta.status != "resolved" or before.meta.status == "resolved" or meta.resolved_at >= before.meta.last_seen:
        return entry
    if f"- {worked(meta.resolution, meta.resolved_at)}" not in entry.body:
        return entry
    seen = before.meta.last_seen
    body = with_standing(entry.body, standing_row("resolved", resolution_words(meta.resolution), seen), entry.newline)
    return amended(Entry(meta, entry.front, body), {"resolved_at": seen})


def _come_back(entry: Entry, before: Entry | None) -> Entry:
    """The entry after a merge, regressed where it still says "resolved" though the merge brought an alert of after that end; else the same entry.

    A request that waited knows nothing of the resolution, and git, or whoever settles its conflict, joins the two line by line.
    An end that somebody wrote since is theirs.
    """
    if before is None or (entry.meta.status, before.meta.status) != ("resolved", "resolved") or entry.meta.resolved_at != before.meta.resolved_at:
        return entry
    return _regressed(entry) if entry.meta.last_seen > max(before.meta.resolved_at, before.meta.last_seen) else entry


def _regressed(entry: Entry) -> Entry:
    """A resolved entry whose error was last seen after that."""
    meta = entry.meta
    row = standing_row("regressed", resolution_words(meta.resolution), meta.resolved_at)
    body = with_standing(entry.body, row, entry.newline)
    return amended(Entry(meta, entry.front, body), {"status": "regressed", "severity": severity_after(meta, meta.last_seen)})
