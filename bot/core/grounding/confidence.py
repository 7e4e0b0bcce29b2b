"""How sure a cause is, computed from what was verified of it; whoever made the diagnosis can lower it and never raise it."""

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from bot.core.grounding.case import Known
from bot.core.grounding.quotes import beyond_the_error, kinds, proves
from bot.core.knowledge.code_sightings import new_code
from bot.core.logs.document import is_error
from bot.model import Confidence, Evidence, LogEvent, RootCause, RuleMatch

LEVELS: tuple[Confidence, ...] = ("none", "low", "medium", "high")
_NEEDED = {"a log": frozenset({"log", "trace", "issue"}), "the code": frozenset({"code"})}


def computed(cause: RootCause, known: Known, unfounded: Sequence[str], rules: Sequence[RuleMatch] = ()) -> tuple[RootCause, str]:
    """The cause with its confidence, and in one sentence from what it was computed. `rules` are those that made it, where rules did.

    Proof that an earlier fix was undone, or a log, the code and a change together, are high; two kinds, two services, a failure that the trace
    follows to its origin, or a reviewed rule that the quoted evidence meets, medium; one kind low. Each of these takes a step away: a claim of
    the cause that was not found, rivals that evidence supports, a trace that failed first where nothing was quoted from, a kind of evidence
    that could not be seen at all.
    """
    if not cause.known:
        return replace(cause, confidence="none"), "No cause is named that evidence of today carries."
    level, because = _base(cause, known, rules)
    against = list(_against(cause, known, unfounded))
    own = max(LEVELS.index(cause.confidence), 1)
    sure = max(1, level - len(against))
    told = f"{because[:1].upper()}{because[1:]}{f'; lowered by {_and(against)}' if against else ''}"
    if own < sure:
        sure = own
        told = f"{told}; the diagnosis itself claimed no more"
    return replace(cause, confidence=LEVELS[sure]), f"{told}."


def _base(cause: RootCause, known: Known, rules: Sequence[RuleMatch]) -> tuple[int, str]:
    found = kinds(cause.citations, known)
    cited = {one.evidence for one in cause.citations}
    origin = _origin(known)
    services = {(one.source, one.detail.service) for one in map(known.evidence.__getitem__, cited) if isinstance(one.detail, LogEvent)}
    if any(proves(one, known) for one in cause.citations):
        return 3, "git proves that the earlier fix was undone"
    if len(found) >= 2:
        return 3 if {"a log", "the code"} < set(found) else 2, f"quotations from {_and(found)} stand in the evidence"
    if origin is not None and origin.id in cited:
        return 2, "what failed first in the trace is quoted"
    if len(services) >= 2:
        return 2, f"logs of {len(services)} services are quoted"
    if rules and any(one.evidence in cited for one in rules[0].citations):
        return 2, f"what is quoted meets a reviewed rule ({rules[0].rule})"
    return 1, f"only {found[0] if beyond_the_error(cause.citations, known) else 'the error itself'} is quoted"


def _against(cause: RootCause, known: Known, unfounded: Sequence[str]) -> Iterator[str]:
    missed = sum(line.startswith("Root cause: ") for line in unfounded)
    if missed:
        yield f"{missed} {'claim' if missed == 1 else 'claims'} of the cause that no evidence has"
    elif len(unfounded) >= 3:
        yield f"{len(unfounded)} claims that no evidence has"
    proof = any(proves(one, known) for one in cause.citations)
    open_rivals = [rival for rival in cause.rivals if rival.citations]
    if open_rivals or len(cause.rivals) > 1:
        yield "another cause that is not ruled out" if len(cause.rivals) == 1 else f"{len(cause.rivals)} other causes that are not ruled out"
    origin = _origin(known)
    if origin is not None and not proof and origin.id not in {one.evidence for one in cause.citations}:
        yield f"the trace, which failed first elsewhere ({origin.id})"
    unseen = [gap for gap in known.case.gaps if new_code(gap) is None]  # a code without a description hides no evidence
    blind = [name for name, group in _NEEDED.items() if unseen and not any(evidence.kind in group for evidence in known.case.evidence)]
    if blind and not proof:
        yield f"{_and(blind)} that could not be seen"


def _origin(known: Known) -> Evidence | None:
    """The first failure of the alert's trace, when another service than the failing one had it."""
    alert = known.case.alert
    logs = [(evidence, evidence.detail) for evidence in known.case.evidence if isinstance(evidence.detail, LogEvent)]
    in_trace = [(evidence, event) for evidence, event in logs if event.trace_id in alert.trace_ids and is_error(event)]
    failing = alert.service or next((event.service for _, event in in_trace if alert.message and alert.message in event.message), "")
    first = min(in_trace, key=lambda one: one[1].time, default=None)
    return first[0] if first and failing and first[1].service != failing else None


def _and(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
