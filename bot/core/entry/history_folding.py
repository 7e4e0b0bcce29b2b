"""An entry kept small: the last diagnoses whole, older ones as rows of a table, the oldest as a count for each month that still knows its alerts."""

from bot.core.entry import front_matter, over_time
from bot.core.entry.earlier import row_of, rows, with_rows, without, without_empty_table
from bot.core.entry.entry import Entry, amended
from bot.core.entry.front_patch import plain_items
from bot.core.entry.identity import can_fold, folded_in, identities, identity_of, stamp_of
from bot.core.entry.occurrence_block import Block, occurrence_blocks

MAX_BYTES = 60_000
KEPT_WHOLE, KEPT_ROWS = 5, 30
# How many stay whole, and how many as rows: less of both only where the entry would be larger than 60 kB.
_STEPS = ((KEPT_WHOLE, KEPT_ROWS), (KEPT_WHOLE, 10), (KEPT_WHOLE, 0), (3, 0), (2, 0), (1, 0))


def folded(entry: Entry) -> Entry:
    """The entry with its old occurrences folded, and the chart made anew. Only lines of the bot that nobody edited change.

    Where people wrote so much that no folding helps, as much stays whole as in any other entry.
    """
    usual = made = _folded(entry, *_STEPS[0])
    for whole, kept in _STEPS[1:]:
        if _fits(made):
            return made
        made = _folded(entry, whole, kept)
    return made if _fits(made) else usual


def _fits(entry: Entry) -> bool:
    return len(entry.front.encode("utf-8", "replace")) + len(entry.body.encode("utf-8", "replace")) <= MAX_BYTES


def _folded(entry: Entry, whole: int, kept: int) -> Entry:
    links = {identity_of(thread): thread for thread in entry.meta.threads}
    body = _as_rows(entry.body, _overdue(entry.body, whole), links, entry.newline)
    old = sorted(rows(body), key=lambda row: stamp_of(row.identity), reverse=True)[kept:]
    plain = _plain_threads(entry)
    old = [row for row in old if can_fold(row.identity) and plain.get(row.identity, True)]
    gone = {row.identity for row in old}
    gone |= _untold(entry, body, plain, whole + kept)
    body = without_empty_table(without(body, old))
    threads = tuple(thread for thread in entry.meta.threads if identity_of(thread) not in gone)
    every = {*identities(entry), *gone}
    own = over_time.own_block(body)
    held = (own.folded if own else frozenset()) | (gone - folded_in(body))
    body = over_time.told(body, held, every, entry.newline)
    return amended(Entry(entry.meta, entry.front, body), {"threads": threads})


def _overdue(body: str, whole: int) -> list[Block]:
    """Blocks that are old enough to become table rows: the bot's own, untouched, beyond the newest ones."""
    return [block for block in occurrence_blocks(body)[whole:] if block.intact]


def _as_rows(body: str, overdue: list[Block], links: dict[str, str], newline: str) -> str:
    new = [(block.identity, row_of(body, block, links)) for block in overdue]
    for block in sorted(overdue, key=lambda block: block.span.start, reverse=True):
        body = body[: block.span.start] + body[block.span.end :]
    return with_rows(body, new, newline)


def _plain_threads(entry: Entry) -> dict[str, bool]:
    """Whether a thread's line of the front matter holds nothing else, no comment of a person: only then it may go."""
    reading = front_matter.read(entry.front)
    value = reading.values.get("threads")
    if value is None or reading.block is None:
        return {}
    inner = entry.front[reading.block.start : reading.block.end]
    return dict(zip(map(identity_of, entry.meta.threads), plain_items(inner, value), strict=False))


def _untold(entry: Entry, body: str, plain: dict[str, bool], kept: int) -> set[str]:
    """Threads that the page tells of neither as a block nor as a row, beyond the latest ones: an import may bring hundreds."""
    shown = {block.identity for block in occurrence_blocks(body)} | {row.identity for row in rows(body)}
    older = list(map(identity_of, entry.meta.threads))[: -kept or None]
    return {one for one in older if one not in shown and can_fold(one) and plain.get(one, False)}
