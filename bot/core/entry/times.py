"""When an error of an entry happened: the times of its alerts, wherever in the file they stand."""

from datetime import UTC, datetime

from bot.core.entry.entry import Entry, EntryMeta
from bot.core.entry.identity import folded_in
from bot.core.entry.sections import HISTORY, find
from bot.model import PastEntry
from bot.regex import regex

_ALERT = regex(r"(?:/archives|\balert:[a-z]{1,20})/([A-Z0-9]{1,30})/p(\d{10})(\d{6})\b")
_MARK = regex(r"<!-- errata:occurrence ([A-Z0-9]{1,30})/(\d{10})\.(\d{6}) ")


def iso(time: datetime) -> str:
    """A time as entries write it: UTC, to the second."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def alert_times(entry: Entry) -> tuple[datetime, ...]:
    """Of every alert that the front matter or the diagnosis history names, each once, oldest first, in UTC."""
    # The history is looked through only where the front matter does not name them all: with many entries, finding it takes most of the time.
    section = find(entry.body, HISTORY) if entry.meta.occurrences > len(entry.meta.threads) else None
    history = entry.body[section.start : section.end] if section else ""
    threads = "\n".join(entry.meta.threads)
    found = {*_ALERT.findall(threads), *_ALERT.findall(history), *_MARK.findall(history)}
    found |= {(channel, *ts.split(".")) for channel, _, ts in (one.partition("/") for one in folded_in(entry.body))}
    return tuple(sorted(datetime.fromtimestamp(int(seconds), UTC).replace(microsecond=int(micros)) for _, seconds, micros in found))


def seen_before(past: PastEntry, time: datetime) -> tuple[int, datetime | None]:
    """How often an error was seen before that time, and when last; None where no alert of before has a time.

    An alert that is diagnosed late finds later ones recorded, or itself: none of them was before. Times of entries have no fractions of a second.
    """
    time = time.replace(microsecond=0)
    since = sum(moment >= time for moment in past.seen)
    if not since and past.last_seen < time:
        return past.occurrences, past.last_seen
    return max(past.occurrences - max(since, 1), 0), max((moment for moment in past.seen if moment < time), default=None)


def had_ended(past: PastEntry, time: datetime) -> bool:
    """Whether an error was taken for resolved before that time."""
    return past.status in ("resolved", "regressed") and (past.resolved_at is None or past.resolved_at < time)


def begun(past: PastEntry, time: datetime) -> datetime | None:
    """When an error that is seen at `time` came first, where nothing ended it since: what began it is no later.

    None where it had ended meanwhile, or where not each of its alerts has a time.
    """
    known = past.seen and len(past.seen) >= past.occurrences
    return min((*past.seen, time)) if known and not had_ended(past, time) else None


def instant(stamp: str) -> datetime | None:
    """A time of the front matter, aware; None for an empty or a broken one."""
    try:
        time = datetime.fromisoformat(stamp)
    except ValueError:
        return None
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def last_thread(meta: EntryMeta) -> str:
    """The link of the latest alert that was a chat message; empty where none was."""
    return next((thread for thread in reversed(meta.threads) if thread.startswith("https://")), "")
