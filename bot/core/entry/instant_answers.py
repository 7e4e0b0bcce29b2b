"""Alerts that were answered at once from a reviewed entry: each is a row of a table in the entry, no diagnosis of its own."""

import re
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Literal

from bot.core.entry.entry import Entry, amended
from bot.core.entry.front_patch import Setting
from bot.core.entry.history_folding import folded
from bot.core.entry.identity import holds, identity_of
from bot.core.entry.occurrence_block import occurrence_blocks
from bot.core.entry.recording import in_order
from bot.core.entry.sections import HISTORY, find, history_block, insert
from bot.core.entry.times import iso
from bot.model import Permalink, Record
from bot.regex import regex

TITLE = "Answered at once"
KEPT = 40
"""Rows that are kept; older ones are summed up in a line below the table."""
Outcome = Literal["", "confirmed", "corrected"]

_HEADER = "| No. | Time | Reviewed | Since then | Alert |"
_RULER = "|---|---|---|---|---|"
_ROW = regex(
    r"^\| (?P<number>\d{1,9}) \| (?P<time>\S{20}) \| (?P<reviewed>\S{20}) \| (?P<outcome>|confirmed|corrected)(?: (?P<since>\d{4}-\d\d-\d\d))? ?\| "
    r"(?:\[alert\]\((?P<url>https://[^\s()|<>]{1,300})\)|`(?P<place>alert:[^\s`|]{1,300})`) \|[ \t]*(?:\r\n|\n|\Z)",
    re.MULTILINE,
)
_MORE = regex(r"^_Before these: (\d{1,9}) more\._[ \t]*(?:\r\n|\n|\Z)", re.MULTILINE)


class InstantAnswer(Record, frozen=True):
    """One row. `reviewed` is the `reviewed_at` of the text that was told; `outcome` what a later review made of it, on the day `since`."""

    number: int
    time: str
    reviewed: str
    url: str
    outcome: Outcome = ""
    since: str = ""

    @property
    def identity(self) -> str:
        """`channel/ts` of the alert."""
        return identity_of(self.url)


def instant_answers(entry: Entry) -> tuple[InstantAnswer, ...]:
    """The rows of an entry, the newest first; a row that a person wrote otherwise is none."""
    table = history_block(entry.body, TITLE)
    if table is None:
        return ()
    return tuple(
        InstantAnswer(int(row["number"]), row["time"], row["reviewed"], row["url"] or row["place"], _outcome(row["outcome"]), row["since"] or "")
        for row in _ROW.finditer(entry.body, table.content, table.end)
    )


def is_counted(entry: Entry, identity: str) -> bool:
    """Whether the alert `channel/ts` is recorded already, as an occurrence of its own or as a row."""
    return holds(entry, identity) or any(one.identity == identity for one in instant_answers(entry))


def counted(entry: Entry, permalink: Permalink, reviewed_at: str) -> Entry:
    """The entry with one more alert that was answered from its text as reviewed then; the same entry when it is counted already.

    Raises BadEntry when the front matter is written in a way that cannot be changed value by value.
    """
    identity = permalink.identity
    if is_counted(entry, identity):
        return entry
    meta = entry.meta
    time = iso(permalink.time)
    changes: dict[str, Setting] = {
        "first_seen": min(meta.first_seen, time),
        "last_seen": max(meta.last_seen, time),
        "occurrences": meta.occurrences + 1,
        "threads": in_order(meta.threads, permalink.url),
    }
    row = InstantAnswer(meta.occurrences + 1, time, reviewed_at, permalink.url)
    return folded(amended(Entry(meta, entry.front, _with_row(entry.body, row, entry.newline)), changes))


def uncounted(entry: Entry, identity: str) -> Entry:
    """The entry without the row of this alert, where it has one: before the alert is recorded whole. Raises BadEntry."""
    table = history_block(entry.body, TITLE)
    row = (
        next((row for row in _ROW.finditer(entry.body, table.content, table.end) if identity_of(row["url"] or row["place"]) == identity), None)
        if table
        else None
    )
    if row is None or entry.meta.occurrences < 2:
        return entry
    threads = tuple(thread for thread in entry.meta.threads if identity_of(thread) != identity)
    body = entry.body[: row.start()] + entry.body[row.end() :]
    return amended(Entry(entry.meta, entry.front, body), {"occurrences": entry.meta.occurrences - 1, "threads": threads})


def with_answers_of(body: str, gone: Entry, newline: str, only: Collection[str] | None = None) -> str:
    """A body with the rows of an entry that goes into it, by time; a row of an alert that stands there already, as a row or whole, is left out.

    With `only`, the rows of these alerts (`channel/ts`) alone, and no count of those before.
    """
    there = {identity_of(row["url"] or row["place"]) for row in _own_rows(body)} | {block.identity for block in occurrence_blocks(body)}
    for one in reversed(instant_answers(gone)):
        if one.identity not in there and (only is None or one.identity in only):
            body = _with_row(body, one, newline, by_time=True)
    table = history_block(gone.body, TITLE) if only is None else None
    more = _MORE.search(gone.body, table.content, table.end) if table else None
    return _shortened(body, newline, int(more[1])) if more else body


def without_answers(body: str, only: Collection[str] | None = None) -> str:
    """A body without the rows that the bot wrote, and without the table where nothing else stands in it; with `only`, without those of these alerts."""
    for row in reversed(_own_rows(body)):
        if only is None or identity_of(row["url"] or row["place"]) in only:
            body = body[: row.start()] + body[row.end() :]
    table = history_block(body, TITLE)
    if table is None:
        return body
    inside = body[table.content : table.end] if only is not None else _MORE.sub("", body[table.content : table.end])
    bare = inside.replace(_HEADER, "", 1).replace(_RULER, "", 1)
    return body[: table.content] + inside + body[table.end :] if bare.strip() else body[: table.start] + body[table.end :]


def renumbered_answers(body: str, numbers: Mapping[str, int]) -> str:
    """A body whose rows bear these numbers, by `channel/ts`."""
    for row in reversed(_own_rows(body)):
        number = numbers.get(identity_of(row["url"] or row["place"]), int(row["number"]))
        body = body[: row.start("number")] + str(number) + body[row.end("number") :]
    return body


def only_counts(before: Entry, after: Entry) -> bool:
    """Whether `after` is `before` with nothing but rows of this bot: the rows are put in anew, and every character is compared."""
    known = {one.identity for one in instant_answers(before)}
    added = sorted((one for one in instant_answers(after) if one.identity not in known), key=lambda one: one.number)
    made = before
    for one in added:
        permalink = _permalink(one.url)
        if permalink is None:
            return False
        made = counted(made, permalink, one.reviewed)
    return bool(added) and (made.front, made.body) == (after.front, after.body)


def judged(entry: Entry, outcome: Literal["confirmed", "corrected"], day: str, reviewed: str) -> Entry:
    """The entry with what a review made of the answers from the text that was `reviewed` then. `day` is `YYYY-MM-DD`.

    What other words had told, of an entry that went into this one say, this review says nothing of.
    """
    table = history_block(entry.body, TITLE)
    if table is None:
        return entry

    def told(row: re.Match[str]) -> str:
        return row.group() if row["outcome"] or row["reviewed"] != reviewed else row.group().replace("|  |", f"| {outcome} {day} |")

    inside = _ROW.sub(told, entry.body[table.content : table.end])
    return Entry(entry.meta, entry.front, entry.body[: table.content] + inside + entry.body[table.end :])


def _outcome(words: str) -> Outcome:
    return "confirmed" if words == "confirmed" else "corrected" if words == "corrected" else ""


def _own_rows(body: str) -> list[re.Match[str]]:
    table = history_block(body, TITLE)
    return list(_ROW.finditer(body, table.content, table.end)) if table else []


def _with_row(body: str, row: InstantAnswer, newline: str, *, by_time: bool = False) -> str:
    alert = f"[alert]({row.url})" if row.url.startswith("https://") else f"`{row.url}`"
    words = f"| {row.number} | {row.time} | {row.reviewed} | {f'{row.outcome} {row.since}'.strip()} | {alert} |"
    table = history_block(body, TITLE)
    first = body.find(_RULER, table.content, table.end) if table else -1
    if table is None or first < 0:
        section = find(body, HISTORY)
        return insert(body, section.end if section else len(body), f"### {TITLE}\n\n{_HEADER}\n{_RULER}\n{words}", newline)
    at = body.find("\n", first, table.end) + 1
    if not at:
        return f"{body}{newline}{words}{newline}"
    if by_time:
        at = next((one.start() for one in _own_rows(body) if one["time"] < row.time), max((one.end() for one in _own_rows(body)), default=at))
    return _shortened(body[:at] + words + newline + body[at:], newline)


def _shortened(body: str, newline: str, earlier: int = 0) -> str:
    """Without the oldest rows, where there are too many; `earlier` more were summed up elsewhere."""
    table = history_block(body, TITLE)
    rows = list(_ROW.finditer(body, table.content, table.end)) if table else []
    if table is None or not rows or (len(rows) <= KEPT and not earlier):
        return body
    more = _MORE.search(body, table.content, table.end)
    cut = rows[KEPT].start() if len(rows) > KEPT else rows[-1].end()
    summed = max(len(rows) - KEPT, 0) + earlier + (int(more[1]) if more else 0)
    kept = body[rows[-1].end() : table.end]
    kept = _MORE.sub("", kept).strip("\r\n")
    tail = newline.join(("", f"_Before these: {summed} more._", "", *((kept, "") if kept else ()), ""))
    return body[:cut] + tail + body[table.end :]


def _permalink(url: str) -> Permalink | None:
    found = re.fullmatch(
        r"(?:https://([^/\s]{1,200})/archives|(alert:[a-z]{1,20}))/([A-Z0-9]{1,30})/p(\d{10})(\d{6})(?:\?thread_ts=(\d{10}\.\d{6})&cid=\3)?", url
    )
    return Permalink(found[1] or found[2], found[3], f"{found[4]}.{found[5]}", found[6]) if found else None


def day_of(time: datetime) -> str:
    """The day as rows write it."""
    return time.astimezone(UTC).strftime("%Y-%m-%d")
