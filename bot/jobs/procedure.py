"""A run of the team's procedure in its quality system, kept beside the diagnosis: begun with the alert, ended when the error is resolved.

A quality system that is down stops nothing: each function gives back what could not be written, to be told at the end.
"""

from collections.abc import Iterable, Sequence

from bot.core.entry.changes import places
from bot.core.entry.entry import Entry
from bot.core.entry.library import is_stub
from bot.core.redaction.redaction import Redactor
from bot.errors import BotError, TrackerError
from bot.jobs.proposal_directory import Proposed
from bot.model import MergedEntry, Permalink
from bot.model.procedure import RunRecord
from bot.ports import Procedure
from bot.texts import procedure

MOST_RUNS = 200
"""Runs that one merge ends: each takes half a dozen calls."""


def begin(kept: Procedure, thread: Permalink) -> str:
    """Begin the run of an alert, or find it, and give its address. Raises TrackerError."""
    return kept.record(RunRecord(thread.identity)).url


def fail(kept: Procedure, thread: Permalink, reason: str) -> str:
    """Close the run of an alert as failed, and give its address. Raises TrackerError."""
    return kept.record(RunRecord(thread.identity, end="failed", reason=reason)).url


def diagnosed(kept: Procedure | None, proposed: Iterable[Proposed]) -> tuple[BotError, ...]:
    """Write what each case came to into the run of its alert; what the steps say is redacted once more."""
    records = []
    for one in proposed if kept is not None else ():
        steps = Redactor().record(RunRecord("", steps=procedure.diagnosed(one.case, one.diagnosis))).steps
        records.append(RunRecord(one.case.alert.permalink.identity, one.case.signature.name, steps))
    return _written(kept, records)


def published(kept: Procedure | None, merged: MergedEntry, before: Entry | None, after: Entry, new: Sequence[Permalink], url: str) -> tuple[BotError, ...]:
    """After a merge: the runs of new threads are documented; those of an entry that is resolved are completed, of a withdrawn one failed.

    Of an entry that had ended before, these are the runs of the alerts that this merge brought: they came late.
    """
    meta = after.meta
    told = procedure.published(url, merged.approved_by)
    records = [RunRecord(thread.identity, meta.signature, told) for thread in new]
    # Renamed or merged, the error goes on under another name.
    if kept is None or is_stub(meta) or meta.status not in ("resolved", "withdrawn"):
        return _written(kept, records)
    ending, failures = _ending(kept, before, after, new)
    if meta.status == "resolved":
        steps = Redactor().record(RunRecord("", steps=procedure.resolved(meta.resolution, url))).steps
        records += [RunRecord(marker, meta.signature, (*told, *steps), "completed") for marker in ending]
    else:
        records += [RunRecord(marker, meta.signature, (), "failed", "the entry was withdrawn") for marker in ending]
    return (*failures, *_written(kept, records))


def _ending(kept: Procedure, before: Entry | None, after: Entry, new: Sequence[Permalink]) -> tuple[list[str], tuple[BotError, ...]]:
    """The runs that end with a merge, each once, at most so many at a time."""
    meta = after.meta
    brought = [thread.identity for thread in new]
    if before is not None and before.meta.status == meta.status:
        known = places(before.meta.threads)
        return list(dict.fromkeys((*brought, *(thread.identity for place, thread in places(meta.threads).items() if place not in known)))), ()
    try:
        ending = list(dict.fromkeys((*brought, *kept.unfinished((meta.signature, *meta.aliases)))))
    except BotError as error:
        return brought, (error,)
    if len(ending) <= MOST_RUNS:
        return ending, ()
    left = TrackerError(
        f"ending the runs of {meta.signature}", f"{len(ending) - MOST_RUNS} more are open", "publish the same push again: it ends the next ones"
    )
    return ending[:MOST_RUNS], (left,)


def _written(kept: Procedure | None, records: Iterable[RunRecord]) -> tuple[BotError, ...]:
    failures: list[BotError] = []
    for record in records if kept is not None else ():
        try:
            if kept is not None:
                kept.record(record)
        except BotError as error:
            failures.append(error)
    return tuple(failures)
