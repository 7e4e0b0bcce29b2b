"""An alert that was answered at once is counted: a row in the entry, in the one open request of its error."""

from bot.core.entry.entry import Entry, path_of, render
from bot.core.entry.instant_answers import InstantAnswer, counted, instant_answers
from bot.core.entry.times import iso
from bot.core.request.proposal_digest import case_digest, content_digest, counted_digest
from bot.core.request.pull_request_marks import labels_of
from bot.jobs.proposal_directory import Proposed
from bot.model import File, Proposal, Recalled, Signature, Standing
from bot.texts import recall


def recalled_of(one: Proposed) -> Recalled | None:
    """By what the case was answered at once; None for a diagnosis."""
    recalled = one.diagnosis.recalled
    return recalled if recalled is not None and recalled.fits else None


def content_of(signature: Signature, one: Proposed) -> str:
    """What a "no" to this proposal is remembered by: for a count, until the entry is reviewed again."""
    recalled = recalled_of(one)
    return counted_digest(signature, _reviewed_at(recalled)) if recalled else content_digest(signature, one.diagnosis)


def can_count(known: Entry | None) -> bool:
    """Whether there is an entry to count in, also on the branch of the open request."""
    return known is not None and known.meta.status not in ("withdrawn", "proposed")


def recorded(entry: Entry, one: Proposed) -> Entry:
    """The entry with the alert as a row, and a row for each that said the same. Raises BadEntry."""
    recalled = recalled_of(one)
    for place in (one.case.alert.permalink, *one.also) if recalled else ():
        entry = counted(entry, place, _reviewed_at(recalled))
    return entry


def proposal(one: Proposed, recalled: Recalled, signature: Signature, standing: Standing, entry: Entry, known: Entry | None, *, local: bool) -> Proposal:
    """The request that counts; what an open one tells of a diagnosis stays in its description. `local` says that it is a branch on this machine."""
    content = content_of(signature, one)
    return Proposal(
        branch=f"kb/{signature.name}",
        files=(File(path_of(signature.name), render(entry)),),
        commit_message=recall.commit_message(one.case, entry.meta.occurrences),
        title=recall.title(one.case),
        body=recall.body(standing.body, entry, waiting(entry, known), recalled, local=local),
        content=content,
        labels=recall.labels(one.diagnosis, labels_of(standing.body)),
        case=case_digest(one.case.alert.permalink, content),
    )


def waiting(entry: Entry, known: Entry | None) -> tuple[InstantAnswer, ...]:
    """The rows that the default branch (`known`) does not have yet."""
    merged = {row.identity for row in instant_answers(known)} if known else set()
    return tuple(row for row in instant_answers(entry) if row.identity not in merged)


def _reviewed_at(recalled: Recalled | None) -> str:
    at = recalled.reviewed_at if recalled else None
    return iso(at) if at else ""
