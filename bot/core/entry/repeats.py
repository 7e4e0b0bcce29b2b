"""Alerts that said the same as one that was diagnosed: each is a row of the earlier occurrences, beside the diagnosis of that one."""

from collections.abc import Iterable, Sequence

from bot.core.entry.earlier import Row, row_text, rows, with_rows, without, without_empty_table
from bot.core.entry.entry import Entry, amended
from bot.core.entry.front_patch import Setting
from bot.core.entry.history_folding import folded
from bot.core.entry.identity import holds, identity_of
from bot.core.entry.recording import in_order, severity_after, status_after
from bot.core.entry.times import iso
from bot.model import Permalink

BEGIN = "The same error again as "
"""What the words of such a row begin with."""


def missing(entry: Entry, places: Iterable[Permalink]) -> tuple[Permalink, ...]:
    """Those of the alerts that the entry does not hold, oldest first, each once."""
    known = {place.identity: place for place in places}
    return tuple(sorted((place for identity, place in known.items() if not holds(entry, identity)), key=lambda place: (place.ts, place.channel)))


def repeated(entry: Entry, places: Sequence[Permalink], words: str) -> Entry:
    """The entry with a row for each alert that it does not hold; the same entry where it holds them all. `words` are Markdown in one line of a table.

    Raises BadEntry when the front matter is written in a way that cannot be changed value by value.
    """
    new = []
    made = entry
    for place in missing(entry, places):
        meta, time = made.meta, iso(place.time)
        changes: dict[str, Setting] = {
            "status": status_after(meta, time),
            "severity": severity_after(meta, time),
            "first_seen": min(meta.first_seen, time),
            "last_seen": max(meta.last_seen, time),
            "occurrences": meta.occurrences + 1,
            "threads": in_order(meta.threads, place.url),
        }
        made = amended(made, changes)
        alert = f"[alert]({place.url})" if place.in_chat else f"`{place.identity}`"
        new.append((place.identity, row_text(made.meta.occurrences, f"| {time} | {BEGIN}{words} | {alert}")))
    return folded(Entry(made.meta, made.front, with_rows(made.body, new, entry.newline))) if new else entry


def unrepeated(entry: Entry, identity: str) -> Entry:
    """The entry without such a row of this alert, where it has one: before the alert is recorded whole. Raises BadEntry."""
    row = repeat(entry, identity)
    if row is None or entry.meta.occurrences < 2:
        return entry
    threads = tuple(thread for thread in entry.meta.threads if identity_of(thread) != identity)
    body = without_empty_table(without(entry.body, (row,)))
    return amended(Entry(entry.meta, entry.front, body), {"occurrences": entry.meta.occurrences - 1, "threads": threads})


def repeat(entry: Entry, identity: str) -> Row | None:
    """The row of this alert, if it is one of these, and no diagnosis that was folded into a row."""
    return next((row for row in rows(entry.body) if row.identity == identity and row.rest.startswith(f"| {row.time} | {BEGIN}")), None)
