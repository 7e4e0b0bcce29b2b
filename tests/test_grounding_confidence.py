"""How sure a cause is follows from what was verified of it; whoever made the diagnosis can only lower it."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from bot.core.grounding.grounding import grounded
from bot.model import Case, Citation, Confidence, Diagnosis, Evidence, Gap, LogEvent, RivalCause, RootCause, RuleMatch
from tests.fakes import transfer_case

CASE = replace(transfer_case.case(), gaps=(), history=())
LOG, CODE, CHANGE = Citation("E1", "insufficient leaf balance"), Citation("E2", "raise ValidationError()"), Citation("E4", "rows = query.with_for_update()")
PROOF = Citation("E3", "with_for_update()")
TRUE = replace(transfer_case.diagnosis(), history=replace(transfer_case.diagnosis().history, recurrence="recurring", last_seen=None, reference=None))


def sure(*citations: Citation, case: Case = CASE, own: Confidence = "high", **more: Any) -> Diagnosis:
    """The checked diagnosis of a cause with these citations."""
    cause = RootCause(True, "Nothing locks the leaf.", own, citations=citations, **more)
    return grounded(replace(TRUE, root_cause=cause), case)[0]


@pytest.mark.parametrize(
    ("citations", "confidence", "because"),
    [
        ((PROOF,), "high", "Git proves that the earlier fix was undone."),
        ((LOG, CODE, CHANGE), "high", "Quotations from a log, the code and a change stand in the evidence."),
        ((LOG, CODE), "medium", "Quotations from a log and the code stand in the evidence."),
        ((CODE,), "low", "Only the code is quoted."),
        ((LOG,), "low", "Only the error itself is quoted."),
    ],
)
def test_independent_kinds_of_evidence_carry(citations: tuple[Citation, ...], confidence: Confidence, because: str) -> None:
    """And the sentence says which."""
    made = sure(*citations)
    assert (made.root_cause.confidence, made.verified.confidence) == (confidence, because)


@pytest.mark.parametrize("own", ["medium", "low", "none"])
def test_who_diagnosed_may_be_less_sure_and_never_surer(own: Confidence) -> None:
    """A known cause is at least low: it was quoted for."""
    assert sure(LOG, CODE, CHANGE, own=own).root_cause.confidence == ("low" if own == "none" else own)
    assert "claimed no more" in sure(LOG, CODE, CHANGE, own=own).verified.confidence
    assert sure(CODE, own="high").root_cause.confidence == "low"


def test_what_was_not_found_lowers_it() -> None:
    """A made-up quotation, or a number in a why, beside three that stand."""
    made = sure(LOG, CODE, CHANGE, Citation("E1", "disk full"), five_whys=("It hit 4,512 customers.",))
    assert made.root_cause.confidence == "medium"
    assert "2 claims of the cause that no evidence has" in made.verified.confidence


def test_a_rival_that_evidence_supports_lowers_it() -> None:
    """One that is only thought of does not."""
    assert sure(LOG, CODE, CHANGE, rivals=(RivalCause("The pool.", "Its gauge."),)).root_cause.confidence == "high"
    assert sure(LOG, CODE, CHANGE, rivals=(RivalCause("The pool.", "Its gauge.", (LOG,)),)).root_cause.confidence == "medium"


def test_an_origin_elsewhere_that_is_not_quoted_lowers_it() -> None:
    """The trace failed first in another service: who quotes it there is surer than who does not."""
    first = LogEvent(
        CASE.alert.time - timedelta(seconds=30), "ledger: no space left", "https://logs.example/E9", "ERROR", "ledger", trace_id=CASE.alert.trace_ids[0]
    )
    case = replace(
        CASE,
        alert=replace(CASE.alert, service="transfers"),
        evidence=(*CASE.evidence, Evidence("log", "o", "p", first.message, "E5", first.time, detail=first)),
    )
    assert sure(CODE, CHANGE, case=case).root_cause.confidence == "low"
    assert sure(Citation("E5", "no space left"), case=case).verified.confidence == "What failed first in the trace is quoted."
    assert sure(Citation("E5", "no space left"), case=case).root_cause.confidence == "medium"


def test_a_reviewed_rule_that_the_quoted_evidence_meets_is_more_than_a_guess() -> None:
    """Where rules diagnosed; a model that names a rule is not surer for it."""
    cause, rules = RootCause(True, "Nothing locks the leaf.", "high", citations=(LOG,)), (RuleMatch("missing-lock", "the log says so", (LOG,)),)
    made = {one: grounded(replace(TRUE, root_cause=cause, rules=rules, diagnoser=one), CASE)[0] for one in ("rules", "claude-sonnet-5-5")}
    assert {one: found.root_cause.confidence for one, found in made.items()} == {"rules": "medium", "claude-sonnet-5-5": "low"}
    assert made["rules"].verified.confidence == "What is quoted meets a reviewed rule (missing-lock)."


def test_what_could_not_be_seen_lowers_it() -> None:
    """No log and a gap: the logs might have said something else."""
    blind = replace(CASE, evidence=tuple(one for one in CASE.evidence if one.kind != "log"), gaps=(Gap("opensearch", "logs", "down", "wait"),))
    assert sure(CODE, CHANGE, case=blind).root_cause.confidence == "low"
    assert "a log that could not be seen" in sure(CODE, CHANGE, case=blind).verified.confidence
