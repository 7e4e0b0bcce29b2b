"""Whether a reviewed entry answers an alert at once, without a diagnosis: every check, in the order in which docs/recurrence.md tells them."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from bot.core.entry.entry import Entry
from bot.core.entry.library import Library, prints_of
from bot.core.entry.likeness import likeness, traits, wanted
from bot.core.entry.meta import SEVERITIES
from bot.core.plain_text.plain_text import cut, one_line
from bot.core.recurrence import trust
from bot.core.recurrence.changes import changes
from bot.core.recurrence.evidence import contradictions, named
from bot.core.recurrence.reviewed_text import ReviewedText, read
from bot.core.recurrence.word_overlap import same_words
from bot.model import Case, Diagnosis, Recalled, Record, Severity

SKEW = timedelta(days=1)
"""How far clocks may be apart before a review counts as one of the future."""


class Policy(trust.Policy, Protocol):
    """What the team asks of an entry (`bot.config.knowledge.RecurrencePolicy`)."""

    @property
    def enabled(self) -> bool: ...  # noqa: D102 - the configuration says it

    @property
    def never_for(self) -> Collection[Severity]: ...  # noqa: D102 - as above

    @property
    def max_age_days(self) -> int: ...  # noqa: D102 - as above

    @property
    def lead(self) -> float: ...  # noqa: D102 - as above


class Weighed(Record, frozen=True):
    """One alert before its entry. `second` is what the rules say of the same evidence, `now` the clock of the job."""

    case: Case
    entry: Entry
    second: Diagnosis
    now: datetime
    own_score: float
    next_score: float
    next_name: str


def weigh(case: Case, library: Library, second: Diagnosis, policy: Policy, now: datetime) -> Recalled | None:
    """The decision with its reasons; None where the knowledge folder has no entry of this error, or the team wants none of this."""
    entry = library.find(case.signature)
    if entry is None or not policy.enabled:
        return None
    meta, says = entry.meta, read(entry)
    weighed = Weighed(case, entry, second, now, *_scores(case, entry, library))
    against = tuple(dict.fromkeys(cut(one_line(reason), 400) for reason in _against(weighed, says, policy)))
    reviewed_at = datetime.fromisoformat(meta.reviewed_at) if meta.reviewed_at else None
    return Recalled(meta.signature, not against, against or tuple(_for(weighed, policy)), meta.reviewed_by, reviewed_at)


def _against(weighed: Weighed, says: ReviewedText, policy: Policy) -> Iterator[str]:
    yield from _standing(weighed, says)
    if not weighed.entry.meta.reviewed_at:
        return
    yield from _severity(weighed, policy)
    yield from _age(weighed, policy)
    yield from _identity(weighed, says)
    yield from _lead(weighed, policy)
    yield from contradictions(weighed.case, weighed.entry, says)
    yield from changes(weighed.case, weighed.entry, says)
    yield from _second_opinion(weighed, says)
    meta = weighed.entry.meta
    if not trust.is_trusted(meta, policy):
        yield f"of its answers given at once {meta.held} held and {meta.failed} failed; for each that failed, {policy.held_for_failed} must have held"


def _standing(weighed: Weighed, says: ReviewedText) -> Iterator[str]:
    meta = weighed.entry.meta
    if not meta.reviewed_at:
        yield "no review of the entry is recorded: `reviewed_at` is written when it is published after a merge"
    if meta.status in ("proposed", "withdrawn", "regressed"):
        yield f"the entry is {meta.status}"
    elif meta.status == "resolved" and not _is_older(weighed.case, meta.resolved_at):
        yield "the entry is resolved, so this is a regression"
    if not says.cause:
        yield "the entry names no cause"


def _is_older(case: Case, resolved_at: str) -> bool:
    """An alert of before the resolution, that a late scan brings, is what the entry tells of."""
    return bool(resolved_at) and case.alert.time < datetime.fromisoformat(resolved_at)


def _severity(weighed: Weighed, policy: Policy) -> Iterator[str]:
    meta, today = weighed.entry.meta, weighed.second.assessment.severity
    for severity in dict.fromkeys((meta.severity, today)):
        if severity in policy.never_for:
            yield f"severity {severity} is always diagnosed anew (`recurrence: never_for:`)"
    if SEVERITIES.index(today) < SEVERITIES.index(meta.severity):
        yield f"today's evidence is of severity {today}, the entry says {meta.severity}"


def _age(weighed: Weighed, policy: Policy) -> Iterator[str]:
    reviewed = datetime.fromisoformat(weighed.entry.meta.reviewed_at)
    latest = max(weighed.now, weighed.case.alert.time)
    if reviewed > latest + SKEW:
        yield f"its review of {reviewed:%Y-%m-%d} lies in the future: a clock is wrong"
    elif latest - reviewed > timedelta(days=policy.max_age_days):
        yield f"it was last reviewed on {reviewed:%Y-%m-%d}, more than {policy.max_age_days} days ago (`recurrence: max_age_days:`)"


def _identity(weighed: Weighed, says: ReviewedText) -> Iterator[str]:
    case, meta = weighed.case, weighed.entry.meta
    if meta.environments and case.alert.environment not in meta.environments:
        yield f"it was never seen in the environment {named(case.alert.environment)}"
    if case.alert.service and says.services and case.alert.service not in says.services:
        yield f"it was never seen in the service {named(case.alert.service)}"
    # The frames are part of the fingerprint; an alias or an entry of an earlier algorithm has others to compare.
    same_print = meta.fingerprint == prints_of(case.signature)[0]
    if not same_print and says.frames and case.signature.frames and says.frames != case.signature.frames:
        yield f"the innermost frames are {_path(case.signature.frames)}, the entry's {_path(says.frames)}"


def _scores(case: Case, entry: Entry, library: Library) -> tuple[float, float, str]:
    """How like the alert is to its entry and to the next one, which is never an entry that it was merged from."""
    own = likeness(traits(entry), wanted(case.signature, case.alert)).score
    others = [one for one in library.neighbours(case.signature, case.alert) if one.likeness is not None]
    following = max(others, key=lambda one: one.likeness.score if one.likeness else 0, default=None)
    if following is None or following.likeness is None:
        return own, 0.0, ""
    return own, following.likeness.score, following.past.signature


def _lead(weighed: Weighed, policy: Policy) -> Iterator[str]:
    if weighed.next_name and weighed.own_score - weighed.next_score < policy.lead:
        yield (
            f"{weighed.next_name} is nearly as like ({weighed.next_score:.1f} points to {weighed.own_score:.1f}, the lead must be {policy.lead:g}; "
            "`recurrence: lead:`)"
        )


def _second_opinion(weighed: Weighed, says: ReviewedText) -> Iterator[str]:
    """What the rules make of the same evidence, where they know a cause and are at least fairly sure of it."""
    second, meta = weighed.second, weighed.entry.meta
    cause = second.root_cause
    if not cause.known or cause.confidence not in ("high", "medium") or same_words(cause.statement, f"{says.cause} {says.action}"):
        return
    kinds = ((second.category, meta.category), (second.bug_class, says.bug_class))
    differ = [one for one, other in kinds if one != other and "unknown" not in (one, other)]
    if differ:
        yield f"the rules name another cause, of the kind {' and '.join(differ)}: {cut(one_line(cause.statement), 200)}"


_TIMES = {1: "once", 2: "twice"}


def _for(weighed: Weighed, policy: Policy) -> Sequence[str]:
    meta, case = weighed.entry.meta, weighed.case
    told = [f"the same error as {meta.signature}, seen {_TIMES.get(meta.occurrences, f'{meta.occurrences} times')}"]
    told += [f"the same innermost frames: {_path(case.signature.frames)}"] if case.signature.frames else []
    told.append(f"reviewed on {meta.reviewed_at[:10]}, within {policy.max_age_days} days")
    told.append(
        f"next like it: {weighed.next_name}, {weighed.own_score - weighed.next_score:.1f} points behind" if weighed.next_name else "no other entry is like it"
    )
    told.append(
        f"{len(case.evidence)} {'piece' if len(case.evidence) == 1 else 'pieces'} of evidence, none against it"
        if case.evidence
        else "no evidence beyond the alert itself"
    )
    told += [f"{meta.held} of its answers held, {meta.failed} failed"] if meta.held or meta.failed else []
    return [cut(one_line(words), 400) for words in told]


def _path(frames: Sequence[str]) -> str:
    return " > ".join(named(frame) for frame in frames)
