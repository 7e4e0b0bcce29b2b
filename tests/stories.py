"""Lives of entries, told in a few words: `n1 r2 r3 e0 s d3 r4` is begun, recorded twice, edited by a person, resolved, told otherwise, and recorded again."""

import difflib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import msgspec

from bot.core.entry import life
from bot.core.entry.changes import Telling, touched
from bot.core.entry.entry import Entry, amended, parse, render
from bot.core.entry.joining import joined
from bot.core.entry.likeness import likeness, traits, wanted
from bot.core.entry.occurrence_block import Block, occurrence_blocks
from bot.core.entry.occurrence_chart import chart
from bot.core.entry.remains import remains, shown
from bot.core.entry.splitting import Apart, split
from bot.core.entry.standing_row import standing_row, with_standing
from bot.core.entry.times import alert_times, last_thread
from bot.core.request.pull_request_marks import first_alert
from bot.errors import BadCommand, BadEntry
from bot.model import Occurrence, Permalink
from bot.texts.entry_life import split_body, title_line
from bot.texts.entry_page import new_entry, record_occurrence
from tests.occurrences import alert, occurrence, signature

MESSAGES = ("insufficient leaf balance", "the pool is empty", "leaf 12 of tree 7 is gone")
_START = datetime(2025, 10, 1, 8, tzinfo=UTC)
EDITS = (
    ("## Common Causes\n\n", "## Common Causes\n\n- somebody pulled the plug\n"),
    ("Transfers fail.", "Transfers fail, I saw it."),
    ("## Related Errors", "## Runbook\n\nCall Mira.\n\n## Related Errors"),
    ("## Resolution Patterns", "## Resolutions"),
    ("\n", "\r\n"),
    ("The row lock is gone.", "Nobody knows."),
    ("## Related Errors", "## Related Errors\n\n```\nnever closed"),
    ("### Occurrence 2", "### A note\n\nfor us\n\n### Occurrence 2"),
    ("_None recorded yet._", ""),
)


def happened(number: int, told: str = "") -> Occurrence:
    """The occurrence of that number: every one a few days later, of three causes, two environments and two services."""
    time = _START + timedelta(days=3 * number, minutes=number)
    return occurrence(
        f"{int(time.timestamp())}.{number:06}",
        severity=("medium", "high", "critical")[number % 3],
        cause=told or ("The row lock is gone.", "", "The pool is too small.")[number % 3],
        fix=("Take the lock again.", "", "Make the pool\nlarger.")[number % 3],
        environment=("prod", "staging")[number % 2],
        service=("transfers", None, "ledger")[number % 3],
        release=(None, "2.3.1")[number % 2],
    )


def begun(number: int) -> Entry:
    """A new entry: its message and its first occurrence by the number."""
    return new_entry(signature(message=MESSAGES[number % 3]), happened(number))


def step(entry: Entry, word: str) -> Entry:
    """What a word does to an entry; one that says nothing leaves it as it is."""
    return _VERBS[word[0]](entry, int(word[1:] or 0))


def _edited(entry: Entry, number: int) -> Entry:
    return Entry(entry.meta, entry.front, entry.body.replace(*EDITS[number % len(EDITS)]))


def _resolved(entry: Entry, number: int) -> Entry:
    words = life.resolution(life.Ending("The lock is back.", "", "4be91d0712ab", f"#{number}" if number else ""))
    at = f"{_START + timedelta(days=3 * number):%Y-%m-%dT%H:%M:%SZ}"
    return life.resolved(entry, words, at, standing_row("resolved", words, at), ("**Lock:** back",))


def _split(entry: Entry, number: int) -> Entry:
    apart = Apart(
        "apart_0f0f0f", split_body(entry, "2025-12-17"), entry.meta.threads[number % 3 :: 2], msgspec.structs.replace(entry.meta, fingerprint=f"v1:{'1' * 32}")
    )
    return split(entry, apart)[number % 2]


_VERBS: dict[str, Callable[[Entry, int], Entry]] = {
    "r": lambda entry, number: record_occurrence(entry, happened(number)),
    "d": lambda entry, number: record_occurrence(entry, happened(number, "It is another one.")),
    "e": _edited,
    "s": _resolved,
    "o": lambda entry, _: life.reopened(entry),
    "m": lambda entry, number: joined(_other(number), entry, (title_line(_other(number)),)),
    "p": _split,
    "w": lambda entry, _: life.renamed(life.withdrawn(entry, "> gone"), "other_name"),
}


def _other(number: int) -> Entry:
    """Another entry, with some of the same alerts, and words of a person."""
    entry = amended(begun(number + 1), {"owners": ("@acme/leaves",), "held": 2, "tracking_issue": "https://github.com/acme/transfers/issues/41"})
    for word in (f"r{number + 2}", f"e{number}", f"r{number + 4}", "s9" if number % 2 else ""):
        entry = step(entry, word) if word else entry
    return entry


def lives(text: str) -> object:
    """What the last word changed, line by line, and what the entry says of itself in the end."""
    words = text.split()
    entries = [begun(int(words[0][1:]))]
    told: list[object] = []
    for word in words[1:]:
        try:
            entries.append(step(entries[-1], word))
        except (BadEntry, BadCommand) as error:
            told.append(str(error))
    for one, other in pairwise(entries[-2:]):
        lines = difflib.unified_diff(render(one).splitlines(keepends=True), render(other).splitlines(keepends=True), n=0)
        told.append([line for line in lines if not line.startswith(("---", "+++"))])
    last = entries[-1]
    parse(render(last))
    change = touched(entries[0] if len(entries) % 2 else None, last, entries[:1] if len(words) % 3 else (), _telling)
    alike = [likeness(traits(last), wanted(signature(message=message), alert(message=message))) for message in MESSAGES]
    return [
        *told,
        [(block.number, block.identity, block.time, block.intact) for block in occurrence_blocks(last.body)],
        [(part.title, shown(part)) for part in remains(last.body)],
        [f"{time:%m-%d %H:%M}" for time in alert_times(last)],
        [chart(alert_times(last)), last_thread(last.meta), str(first_alert(last.body))],
        [[link.url for link in change.new], [link.url for link in change.corrected], change.left],
        [[round(one.score, 3), one.same_type, one.same_culprit, one.words] for one in alike],
        with_standing(last.body, standing_row("regressed", "", last.meta.resolved_at), "\n")[:300],
    ]


def _telling(entry: Entry, link: Permalink) -> Telling:
    found: list[Block] = [block for block in occurrence_blocks(entry.body) if block.identity.endswith(link.ts)]
    return Telling((entry.body[found[0].span.start : found[0].span.end] if found else "", entry.meta.severity), bool(found))
