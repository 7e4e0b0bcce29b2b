"""How far an entry may be trusted to answer at once: what people said of its answers, and what reviews made of them.

The record is summed up anew each time from the answers that the entry lists and the reactions on them, so that counting twice changes nothing.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from bot.core.entry.entry import Entry, amended
from bot.core.entry.front_patch import Setting
from bot.core.entry.instant_answers import InstantAnswer, day_of, instant_answers, judged
from bot.core.entry.meta import EntryMeta
from bot.core.entry.occurrence_block import occurrence_blocks
from bot.core.entry.times import iso
from bot.core.recurrence.reviewed_text import read
from bot.core.recurrence.word_overlap import same_words
from bot.model import Record

UP, DOWN = ("+1", "thumbsup"), ("-1", "thumbsdown")
Reactions = Mapping[str, int]


class Policy(Protocol):
    """What a record must be (`bot.config.knowledge.RecurrencePolicy`)."""

    @property
    def held_for_failed(self) -> int: ...  # noqa: D102 - the configuration says it


class Tally(Record, frozen=True):
    """How many answers held, and how many failed."""

    held: int = 0
    failed: int = 0


def is_trusted(meta: EntryMeta, policy: Policy) -> bool:
    """An entry without a failure is trusted; for each answer that failed, `held_for_failed` must have held."""
    return meta.failed == 0 or meta.held >= policy.held_for_failed * meta.failed


def reviewed(entry: Entry, by: tuple[str, ...], at: datetime, before: Entry | None = None) -> Entry:
    """The entry after a person's review. `before` is the entry as it stood on the default branch, None where there was none.

    A merge that only counts alerts is no review of the words, and changes nothing; neither does an older review, or a bot's. Answers that were given at
    once from the words before are marked as corrected where cause or fix is another one now, else as confirmed. Raises BadEntry.
    """
    meta, time = entry.meta, iso(at)
    people = tuple(dict.fromkeys(name for name in (_name(one) for one in by) if name and not name.endswith(("[bot]", " bot"))))[:5]
    if not people or meta.reviewed_at >= time or (before is not None and before.meta.reviewed_at and read(before).digest == read(entry).digest):
        return entry
    if before is not None and before.meta.reviewed_at:
        entry = judged(entry, "confirmed" if _same_answer(before, entry) else "corrected", day_of(at), before.meta.reviewed_at)
    return amended(entry, {"reviewed_by": people, "reviewed_at": time})


def tally(entry: Entry, reactions: Mapping[str, Reactions], waiting: Entry | None = None) -> Tally:
    """The record of an entry. `reactions` are by `channel/ts` of the alert; `waiting` is the entry in the open request, with rows not merged yet.

    One answer counts once, however many people reacted: a review decides, then a thumb down, then a thumb up. After a correction each
    diagnosis that was merged since counts as one that held: that is how an entry that failed comes back.
    """
    rows = {one.identity: one for one in (*(instant_answers(waiting) if waiting else ()), *instant_answers(entry))}
    verdicts = [_verdict(one, reactions.get(one.identity, {})) for one in rows.values()]
    corrections = [one.since for one in rows.values() if one.outcome == "corrected"]
    since = sum(block.time[:10] > max(corrections) for block in occurrence_blocks(entry.body)) if corrections else 0
    return Tally(verdicts.count("held") + since, verdicts.count("failed"))


def with_tally(entry: Entry, found: Tally) -> Entry:
    """The entry with its record. Raises BadEntry."""
    changes: dict[str, Setting] = {"held": found.held, "failed": found.failed}
    return amended(entry, changes)


def _verdict(answer: InstantAnswer, reactions: Reactions) -> str:
    if answer.outcome:
        return "held" if answer.outcome == "confirmed" else "failed"
    said = {name: sum(count for given, count in reactions.items() if given.partition("::")[0] in names) for name, names in (("up", UP), ("down", DOWN))}
    return "failed" if said["down"] else "held" if said["up"] else ""


def _same_answer(one: Entry, other: Entry) -> bool:
    earlier, now = read(one), read(other)
    return same_words(earlier.cause, now.cause) and same_words(earlier.action, now.action)


def _name(login: str) -> str:
    return re.sub(r"[^A-Za-z0-9._ \[\]@-]", "", login).strip()[:80]
