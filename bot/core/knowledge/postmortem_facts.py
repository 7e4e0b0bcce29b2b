"""What an entry, the evidence and the thread tell of one occurrence: read back for its post-mortem, nothing concluded."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Literal

from bot.core.alert import permalink as permalinks
from bot.core.alert.thread_words import ThreadWords
from bot.core.entry.entry import Entry
from bot.core.entry.identity import holds, identity_of, time_of
from bot.core.entry.occurrence_block import MARK, Block, occurrence_blocks
from bot.core.entry.sections import titled
from bot.core.logs.document import is_error
from bot.errors import BadCommand
from bot.model import Case, Commit, Deploy, LogEvent, Permalink, Record
from bot.regex import regex

Kind = Literal["alert", "event", "deploy", "commit", "thread", "review", "end"]
MOST_MOMENTS = 80
_FACT = regex(r"^- \*\*(?P<name>[^*\n]{1,40}):\*\* (?P<words>[^\n]{1,2000})$", re.MULTILINE)
_COMMENT = regex(r"<!--.{0,2000}?-->", re.DOTALL)


class Moment(Record, frozen=True):
    """One line of a timeline. `words` is plain text of outsiders, or a short clause of ours; `quoted` where people said it."""

    time: datetime
    kind: Kind
    words: str
    quoted: bool = False


class Incident(Record, frozen=True):
    """One occurrence as it can be told. `said` are the titled parts of its diagnosis as the entry has them (Markdown that was reviewed).

    `links` lead from what the entry's `resolution` names to where it is read (`code_link.resolution_links`).
    """

    entry: Entry
    alert: Permalink | None
    time: datetime
    headline: str = ""
    facts: Mapping[str, str] = {}
    said: Mapping[str, str] = {}
    moments: tuple[Moment, ...] = ()
    first_event: datetime | None = None
    thread_missing: str = ""
    links: Mapping[str, str] = {}


def incident(entry: Entry, occurrence: str = "", case: Case | None = None, thread: ThreadWords | None = None) -> Incident:
    """The occurrence with this permalink, else the latest. Raises BadCommand where the entry has no such occurrence, or none that can be dated."""
    alert = _alert(entry, occurrence)
    identity = identity_of(alert) if alert else ""
    blocks = occurrence_blocks(entry.body)
    block = next((one for one in blocks if one.identity == identity), None if occurrence or alert else next(iter(blocks), None))
    headline, said = _parts(entry.body, block)
    facts = {match["name"]: match["words"] for match in _FACT.finditer(said.get("", ""))}
    link = permalinks.parse(alert, (alert.removeprefix("https://").partition("/")[0],)) if alert else None
    time = time_of(identity) or _time(block.time if block else entry.meta.last_seen)
    moments = sorted({*_of_entry(entry, alert, time), *_of_case(case), *_of_thread(thread)}, key=lambda one: (one.time, one.kind, one.words))
    return Incident(
        entry,
        link,
        time,
        headline,
        facts,
        {name: words for name, words in said.items() if name},
        tuple(moments[:MOST_MOMENTS]),
        min((one.time for one in _of_case(case) if one.kind == "event"), default=None),
        _missing(thread),
    )


def _alert(entry: Entry, occurrence: str) -> str:
    threads = entry.meta.threads
    if not occurrence:
        return threads[-1] if threads else ""
    if not holds(entry, identity_of(occurrence)):
        doing, remedy = f"looking for the occurrence in {entry.meta.signature}", "name one of its `threads`, or leave --occurrence out"
        raise BadCommand(doing, "the entry lists no such alert", remedy)
    return next((one for one in threads if identity_of(one) == identity_of(occurrence)), occurrence)


def _parts(body: str, block: Block | None) -> tuple[str, dict[str, str]]:
    """The first line of an occurrence, and its parts by title; what stands before the first title under the empty one."""
    if block is None:
        return "", {}
    written = _COMMENT.sub("", MARK.sub("\n", body[block.span.content : block.span.end]))
    intro, parts = titled(written, 4)
    said = {title: words.strip() for title, words in parts}
    return next((line for line in intro.strip().split("\n") if line.strip()), ""), {"": intro, **said}


def _of_entry(entry: Entry, alert: str, time: datetime) -> Iterator[Moment]:
    meta = entry.meta
    yield Moment(time, "alert", "the alert was posted")
    others = (time_of(identity_of(thread)) for thread in meta.threads if thread != alert)
    earlier = [one for one in others if one is not None and one < time]
    if earlier:
        yield Moment(max(earlier), "alert", f"the alert before this one; {len(earlier)} came before in all")
    if meta.reviewed_at and _time(meta.reviewed_at) >= time:
        yield Moment(_time(meta.reviewed_at), "review", f"the diagnosis was reviewed and merged by {', '.join(meta.reviewed_by[:5]) or 'a person'}")
    if meta.resolved_at and _time(meta.resolved_at) >= time:
        yield Moment(_time(meta.resolved_at), "end", f"resolved: {meta.resolution}" if meta.resolution else "resolved")


def _of_case(case: Case | None) -> tuple[Moment, ...]:
    if case is None:
        return ()
    logs = [one.detail for one in case.evidence if isinstance(one.detail, LogEvent)]
    # Lines on the way to a failure are none of its own; without a failing one, whatever was seen.
    events = sorted([event for event in logs if is_error(event)] or logs, key=lambda event: event.time)
    found = [Moment(event.time, "event", f"{which} event in the evidence: {event.message}", quoted=True) for which, event in _ends(events)]
    for detail in (evidence.detail for evidence in case.evidence):
        if isinstance(detail, Deploy):
            found.append(Moment(detail.time, "deploy", f"{detail.service} {detail.release} went live in {detail.environment}", quoted=True))
        elif isinstance(detail, Commit):
            found.append(Moment(detail.time, "commit", f"commit {detail.sha[:12]}, {detail.relation}: {detail.subject}", quoted=True))
    return tuple(found)


def _ends(events: Sequence[LogEvent]) -> Iterator[tuple[str, LogEvent]]:
    if events:
        yield "first", events[0]
    if len(events) > 1:
        yield "last", events[-1]


def _of_thread(thread: ThreadWords | None) -> Iterator[Moment]:
    for one in thread.spoken if thread else ():
        words = f"{one.who} in the thread: {one.text}" if one.who != "Errata" else "Errata answered in the thread"
        yield Moment(one.time, "thread", words, quoted=one.who != "Errata")


def _missing(thread: ThreadWords | None) -> str:
    if thread is None:
        return "The thread was not read."
    if thread.missing:
        return f"{thread.missing[:1].upper()}{thread.missing[1:].rstrip('.')}.{f' {thread.remedy}.' if thread.remedy else ''}"
    return "" if thread.spoken else "Nobody wrote in the thread."


def _time(iso: str) -> datetime:
    return datetime.fromisoformat(iso.replace("Z", "+00:00")).astimezone(UTC)
