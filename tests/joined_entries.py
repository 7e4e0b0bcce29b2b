"""Entries as small as they can be, of which one goes into the other."""

from msgspec.structs import replace

from bot.core.entry.entry import Entry
from bot.core.entry.front_patch import front_of
from bot.core.entry.meta import EntryMeta

META = EntryMeta(
    signature="kept",
    title="t",
    status="diagnosed",
    severity="high",
    category="application",
    error_type="E",
    culprit="c",
    services=(),
    environments=(),
    first_seen="2025-12-10T00:00:00Z",
    last_seen="2025-12-17T00:00:00Z",
    occurrences=1,
    threads=("https://a.slack.com/archives/C1/p1765526465120900",),
    schema=1,
)
GONE = replace(META, signature="gone", threads=("https://a.slack.com/archives/C1/p1765526465120901",))


def entry(body: str, meta: EntryMeta = META, newline: str = "\n") -> Entry:
    """An entry of a few lines."""
    return Entry(meta, front_of(meta, newline), body.replace("\n", newline))
