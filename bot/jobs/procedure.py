"""A run of the team's procedure in its quality system, kept beside the diagnosis: begun with the alert, ended when the error is resolved.

A quality system that is down stops nothing: each function gives back what could not be written, to be told at the end.
"""

from collections.abc import Iterable, Sequence

from bot.core.entry.changes import places
from bot.core.entry.entry import Entry
from bot.core.redaction.redaction import Redactor
from bot.errors import BotError
from bot.jobs.proposal_directory import Proposed
from bot.model import MergedEntry, Permalink
from bot.model.procedure import RunRecord
from bot.ports import Procedure
from bot.texts import procedure

MOST_RUNS = 10


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
    meta, was = after.meta, before.meta.status if before is not None else ""
    told = procedure.published(url, merged.approved_by)
    records = [RunRecord(thread.identity, meta.signature, told) for thread in new]
    known = {thread.identity for thread in places(before.meta.threads).values()} if before is not None and meta.status == was else set()
    ending = [marker for marker in dict.fromkeys((*_markers(after), *(thread.identity for thread in new))) if marker not in known]
    if meta.status == "resolved":
        steps = Redactor().record(RunRecord("", steps=procedure.resolved(meta.resolution, url))).steps
        records += [RunRecord(marker, meta.signature, (*told, *steps), "completed") for marker in ending]
    if meta.status == "withdrawn":
        records += [RunRecord(marker, meta.signature, (), "failed", "the entry was withdrawn") for marker in ending]
    return _written(kept, records)


def _written(kept: Procedure | None, records: Iterable[RunRecord]) -> tuple[BotError, ...]:
    failures: list[BotError] = []
    for record in records if kept is not None else ():
        try:
            if kept is not None:
                kept.record(record)
        except BotError as error:
            failures.append(error)
    return tuple(failures)


def _markers(entry: Entry) -> list[str]:
    return [thread.identity for thread in list(places(entry.meta.threads).values())[-MOST_RUNS:]]
