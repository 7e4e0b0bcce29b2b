"""Alerts that are numbers, one for each day, and the entries that record them."""

from msgspec.structs import replace

from bot.core.entry.earlier import HEADER, row_text
from bot.core.entry.entry import Entry
from bot.core.entry.front_patch import front_of
from bot.core.entry.meta import EntryMeta
from bot.core.entry.occurrence_block import Note, block_text

HEAD = "# t\n\n## In short\n\ns\n\n## Error Signature\n\ne\n\n## Diagnosis History\n\n"
TAIL = "## Common Causes\n\n_None recorded yet._\n\n## Resolution Patterns\n\n_None recorded yet._\n\n## Related Errors\n\n_None recorded yet._\n"


def identity(number: int) -> str:
    """Alerts one day after the other, from the first of December 2025."""
    return f"C0ALERTS1/{1764547200 + 86400 * number}.000100"


def link(number: int) -> str:
    """Its permalink."""
    return f"https://acme.slack.com/archives/C0ALERTS1/p{1764547200 + 86400 * number}000100"


def note(number: int, **changes: object) -> Note:
    """What is said of it."""
    usual = Note(identity(number), link(number), f"2025-12-{number + 1:02}T00:00:00Z", "prod", "transfers", "high", "application", f"Words {number}.", "Short.")
    return replace(usual, **changes)


def entry(blocks: tuple[int, ...] = (), table: tuple[int, ...] = (), threads: tuple[int, ...] = (), **changes: object) -> Entry:
    """An entry with these occurrences whole, as rows, and as lines of `threads`; every other value has its simplest form."""
    words = "".join(f"{block_text(note(n), n + 1, note(n).time)}\n\n" for n in blocks)
    lines = "".join(f"{row_text(n + 1, f'| {note(n).time} | Words {n}. | `{identity(n)}`')}\n" for n in table)
    last = note(max((*blocks, *table, *threads, 0))).time
    meta = EntryMeta(
        signature="a_B_a3f2c1", title="t", status="diagnosed", severity="low", category="application", error_type="B", culprit="a", services=(),
        environments=(), occurrences=max(len({*blocks, *table, *threads}), 1), threads=tuple(map(link, threads)), schema=1,
        first_seen="2025-12-01T00:00:00Z", last_seen=last,
    )  # fmt: skip
    meta = replace(meta, **changes)
    below = f"### Earlier occurrences\n\n{HEADER}\n{lines}\n" if table else ""
    return Entry(meta, front_of(meta), f"{HEAD}{words}{below}{TAIL}")


def down(first: int, last: int) -> tuple[int, ...]:
    """Numbers, the newest first."""
    return tuple(range(first, last - 1, -1))


def block(number: int, alert: int) -> str:
    """The diagnosis of an alert, under a number."""
    return f"{block_text(note(alert), number, note(alert).time)}\n\n"


def row(number: int, alert: int) -> str:
    """The row of an alert, under a number."""
    return row_text(number, f"| {note(alert).time} | Words {alert}. | `{identity(alert)}`") + "\n"
