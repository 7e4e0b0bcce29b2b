"""Which threads of an entry a merge concerns: those that are new, and those that were told something that reads otherwise now."""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from bot.core.alert import permalink as permalinks
from bot.core.entry.entry import Entry
from bot.core.entry.identity import folded_in, identities, in_time_order
from bot.model import Permalink, Record

MOST_CORRECTED = 40
"""Answers that one merge corrects, the newest; the others link to the entry, which says how it stands."""
MOST_FOLDED = 500
"""Alerts of the short form that one merge may answer."""


IMPORTED = "<!-- errata:imported -->"
"""Stands in an entry that was taken over from elsewhere: its alerts were dealt with long ago, and nobody there waits for an answer."""


class Telling(NamedTuple):
    """What a thread would be told: `words` compare equal when it is the same; `recorded` says that the entry holds the occurrence whole."""

    words: object
    recorded: bool


class Touched(Record, frozen=True):
    """The threads that a merge concerns. `left` counts answers that are too many to correct."""

    new: tuple[Permalink, ...] = ()
    corrected: tuple[Permalink, ...] = ()
    left: int = 0


def touched(before: Entry | None, after: Entry, inherited: Iterable[Entry], telling: Callable[[Entry, Permalink], Telling]) -> Touched:
    """Of an entry before and after a merge; `inherited` are entries that it took the place of, as they were before.

    An occurrence that was folded into a row, and a summary that a new occurrence renewed, are no corrections.
    """
    now = places(after.meta.threads)
    known = {place for entry in (*([before] if before else []), *inherited) for place in map(_place, identities(entry))}
    withdrawn = after.meta.status == "withdrawn"
    # An alert that a storm folded into the short form before its request was merged waits for its answer like the others.
    new = () if withdrawn or (before is None and IMPORTED in after.body) else _without({**_folded(after), **now}, known)
    if before is None:
        return Touched(new)
    then = places(before.meta.threads)
    turned = (before.meta.status == "withdrawn") != withdrawn or before.meta.replaced_by != after.meta.replaced_by
    # Threads that moved to another entry with a merge were told what still stands: there they are found by the earlier name.
    stayed = then if withdrawn else {place: link for place, link in then.items() if place in now}
    changed = [link for link in stayed.values() if turned or _differs(telling(before, link), telling(after, link), grew=bool(new))]
    changed.sort(key=lambda link: link.ts)
    return Touched(new, tuple(changed[-MOST_CORRECTED:]), max(len(changed) - MOST_CORRECTED, 0))


def places(threads: tuple[str, ...]) -> dict[tuple[str, str], Permalink]:
    """Channel and ts → link of an entry's threads, oldest first. Raises BadLink."""
    return {(link.channel, link.ts): link for link in (permalinks.parse(url, _any_host(url)) for url in threads)}


def _folded(entry: Entry) -> dict[tuple[str, str], Permalink]:
    """The alerts that stand in the short form, which keeps no link and no alert without a message, oldest first, the newest of them."""
    host = next((link.host for link in places(entry.meta.threads).values() if link.in_chat), "slack.com")
    found = [_place(one) for one in in_time_order(folded_in(entry.body))[-MOST_FOLDED:]]
    return {place: Permalink(host, *place) for place in found if place[0][:1] in ("C", "G", "D")}


def _place(identity: str) -> tuple[str, str]:
    channel, _, ts = identity.partition("/")
    return channel, ts


def _without(now: Mapping[tuple[str, str], Permalink], known: set[tuple[str, str]]) -> tuple[Permalink, ...]:
    return tuple(link for place, link in now.items() if place not in known)


def _differs(then: Telling, now: Telling, *, grew: bool) -> bool:
    if then.recorded:
        return now.recorded and then.words != now.words
    return now.recorded or (not grew and then.words != now.words)


def _any_host(url: str) -> tuple[str, ...]:
    # The host only names the workspace for readers; the answer goes to the workspace of our own token.
    return (url.removeprefix("https://").partition("/")[0],)
