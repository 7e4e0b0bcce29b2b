"""Some alerts of an entry become an entry of their own."""

from collections.abc import Collection

import msgspec

from bot.core.entry import over_time
from bot.core.entry.earlier import rows, with_rows, without, without_empty_table
from bot.core.entry.entry import Entry, amended, made
from bot.core.entry.front_patch import Setting
from bot.core.entry.history_folding import folded
from bot.core.entry.identity import identities, identity_of, in_time_order, time_of
from bot.core.entry.instant_answers import with_answers_of, without_answers
from bot.core.entry.joining import renumbered
from bot.core.entry.meta import EntryMeta
from bot.core.entry.occurrence_block import occurrence_blocks
from bot.core.entry.recording import with_block
from bot.core.entry.times import iso
from bot.model import Record


class Apart(Record, frozen=True):
    """The new entry before it has a history: its name, its body with all sections, the links of its alerts.

    `known` is what its page says of it, where it was an entry before it was merged: it is called what it was called then.
    """

    name: str
    body: str
    threads: tuple[str, ...]
    known: EntryMeta | None = None


def split(entry: Entry, apart: Apart) -> tuple[Entry, Entry]:
    """The entry without those alerts, and the new one with them. What people wrote stays, but for blocks of the alerts, which go as they are."""
    moved = frozenset(map(identity_of, apart.threads))
    return _without(entry, moved, apart.name), _new(entry, moved, apart)


def _without(entry: Entry, moved: Collection[str], name: str) -> Entry:
    body = entry.body
    for block in sorted(occurrence_blocks(body), key=lambda one: one.span.start, reverse=True):
        if block.identity in moved:
            body = body[: block.span.start] + body[block.span.end :]
    body = without_empty_table(without(body, [row for row in rows(body) if row.identity in moved]))
    body = without_answers(body, moved)
    own = over_time.own_block(body)
    left = in_time_order(one for one in identities(entry) if one not in moved)
    if own is not None:
        body = over_time.told(body, own.folded - set(moved), left, entry.newline)
    meta = entry.meta
    changes: dict[str, Setting] = {
        "threads": tuple(thread for thread in meta.threads if identity_of(thread) not in moved),
        "occurrences": max(meta.occurrences - len(moved), len(left), 1),
        "aliases": tuple(one for one in meta.aliases if one != name),
        "related": tuple(dict.fromkeys((*meta.related, name))),
        **_seen(left if meta.occurrences == len(left) + len(moved) else ()),
    }
    return folded(renumbered(amended(Entry(meta, entry.front, body), changes)))


def _new(entry: Entry, moved: Collection[str], apart: Apart) -> Entry:
    theirs = entry.body.replace("\r\n", "\n")
    order = in_time_order(moved)
    threads = {identity_of(thread): thread for thread in (*apart.threads, *entry.meta.threads)}
    known = apart.known or msgspec.structs.replace(entry.meta, fingerprint="")
    meta: EntryMeta = msgspec.structs.replace(
        entry.meta,
        title=known.title,
        category=known.category,
        error_type=known.error_type,
        culprit=known.culprit,
        signature=apart.name,
        status="diagnosed",
        occurrences=len(order),
        threads=tuple(threads[one] for one in order),
        resolution="",
        resolved_at="",
        tracking_issue="",
        aliases=(),
        related=(entry.meta.signature,),
        reviewed_by=(),
        reviewed_at="",
        held=0,
        failed=0,
        replaced_by="",
        fingerprint=known.fingerprint,
        **_seen(order),
    )
    body = apart.body
    for block in occurrence_blocks(theirs):
        if block.identity in moved:
            body = with_block(body, theirs[block.span.start : block.span.end].rstrip("\n"), block.time, "\n")
    body = with_rows(body, [(row.identity, theirs[row.start : row.end].rstrip("\n")) for row in rows(theirs) if row.identity in moved], "\n")
    body = with_answers_of(body, entry, "\n", moved)
    return folded(renumbered(made(meta, body)))


def _seen(order: tuple[str, ...]) -> dict[str, str]:
    times = [iso(time) for one in order if (time := time_of(one))]
    return {"first_seen": times[0], "last_seen": times[-1]} if times else {}
