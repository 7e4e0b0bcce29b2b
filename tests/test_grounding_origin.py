"""From what a confidence is computed, one thing at a time: kinds of evidence, services, rules, rivals, and where a trace failed first."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from bot.core.grounding.case import Known
from bot.core.grounding.confidence import LEVELS, computed
from bot.model import Citation, Commit, Confidence, Evidence, FixCheck, Gap, LogEvent, RivalCause, RootCause, RuleMatch
from tests.fakes.transfer_case import TIME
from tests.test_grounding_case import ALERT, CASE

FIX = Commit("r", "abcdef12", "Mia", TIME, "x", "a.py", "changed the failing lines")
CHECK = FixCheck("n", FIX, stands=False, removed_by=FIX)
KINDS = {"a log": "log", "the code": "code", "a change": "commit", "a measurement": "metric"}
BLIND = (Gap("opensearch", "logs", "down", "wait"),)


def event(service: str, seconds: float = 0, level: str = "ERROR", trace: str | None = "t", message: str = "slow") -> LogEvent:
    """A line of a log, so many seconds before the alert."""
    return LogEvent(TIME - timedelta(seconds=seconds), message, "x", level, service, trace_id=trace)


def shown(*found: object, source: str = "logs") -> tuple[Evidence, ...]:
    """Evidence of these kinds, or with these details."""
    made = [Evidence(one, source, "x", "word") if isinstance(one, str) else Evidence("log", source, "x", "word", detail=one) for one in found]  # type: ignore[arg-type] # any kind, any detail
    return tuple(replace(one, id=f"E{n}") for n, one in enumerate(made, 1))


def told(evidence: tuple[Evidence, ...], *quoted: int, rules: tuple[RuleMatch, ...] = (), own: Confidence = "high", **more: Any) -> tuple[Confidence, str]:
    """The confidence of a cause that quotes these pieces, and why."""
    cause = RootCause(True, "x", own, citations=tuple(Citation(f"E{n}", "word") for n in quoted), rivals=more.pop("rivals", ()))
    unfounded = more.pop("unfounded", ())
    made, why = computed(cause, Known(replace(CASE, evidence=evidence, **more)), unfounded, rules)
    return made.confidence, why


def test_an_unknown_cause_has_no_confidence() -> None:
    """Whatever was claimed of it."""
    made, why = computed(RootCause(False, "x", "high"), Known(CASE), ())
    assert (made.confidence, why) == ("none", "No cause is named that evidence of today carries.")
    assert LEVELS == ("none", "low", "medium", "high")


@pytest.mark.parametrize(
    ("kinds", "confidence"),
    [
        (("a log", "the code"), "medium"),
        (("a log", "a change"), "medium"),
        (("the code", "a measurement"), "medium"),
        (("a log", "the code", "a change"), "high"),
        (("a log", "the code", "a measurement"), "high"),
        (("a log", "a change", "a measurement"), "medium"),
        (("the code", "a change", "a measurement"), "medium"),
        (("a log", "the code", "a change", "a measurement"), "high"),
    ],
)
def test_kinds_of_evidence_carry_a_cause(kinds: tuple[str, ...], confidence: Confidence) -> None:
    """A log and the code with a third are high, any two or three others medium; all of them are told."""
    evidence = shown(*(KINDS[kind] for kind in kinds))
    named = f"{', '.join(kinds[:-1])} and {kinds[-1]}"
    assert told(evidence, *range(1, len(kinds) + 1)) == (confidence, f"Quotations from {named} stand in the evidence.")


def test_one_kind_is_little() -> None:
    """Once or twice quoted; what the error says of itself is less, and so is what only the past says."""
    assert told(shown("log", "log"), 1, 2) == ("low", "Only a log is quoted.")
    assert told(shown("code"), 1) == ("low", "Only the code is quoted.")
    assert told(shown("log"), 1, alert=replace(ALERT, text="the word of it")) == ("low", "Only the error itself is quoted.")
    assert told(shown("history", "knowledge"), 1, 2) == ("low", "Only the error itself is quoted.")


def test_a_proof_is_the_most() -> None:
    """Beside anything else that is quoted, whatever failed first, and whatever could not be seen."""
    evidence = shown(CHECK, "metric", event("ledger", 9))
    sure = ("high", "Git proves that the earlier fix was undone.")
    assert told(evidence, 1) == told(evidence, 1, 2) == told(evidence, 2, 1) == sure
    assert told(evidence, 1, 2, alert=replace(ALERT, service="shop", trace_ids=("t",))) == sure
    assert told(shown(CHECK, "metric"), 1, 2, gaps=BLIND) == sure
    for other in (replace(CHECK, stands=True), replace(CHECK, removed_by=None), FIX):
        assert told(shown(other), 1) == ("low", "Only a log is quoted.")


def test_logs_of_two_services_are_more_than_those_of_one() -> None:
    """Two sources of one service are two, too."""
    assert told(shown(event("a"), event("b")), 1, 2) == ("medium", "Logs of 2 services are quoted.")
    assert told(shown(event("a"), event("b"), event("c")), 1, 2, 3) == ("medium", "Logs of 3 services are quoted.")
    assert told(shown(event("a"), event("a")), 1, 2) == ("low", "Only a log is quoted.")
    two = (*shown(event("a")), replace(shown(event("a"), source="other")[0], id="E2"))
    assert told(two, 1, 2) == ("medium", "Logs of 2 services are quoted.")
    assert told(shown(event("a"), event("b")), 1) == ("low", "Only a log is quoted.")


def test_a_rule_that_quotes_the_same_is_more_than_a_guess() -> None:
    """The first rule alone, by any of its quotations; one that quotes something else adds nothing."""
    rules = tuple(RuleMatch(f"r{n}", "x", tuple(Citation(f"E{one}", "word") for one in quoted)) for n, quoted in enumerate(((2, 1), (2,), ())))
    evidence = shown("log", "log")
    assert told(evidence, 1, rules=rules) == ("medium", "What is quoted meets a reviewed rule (r0).")
    for others in (rules[1:], rules[1:] + rules[:1], rules[2:]):
        assert told(evidence, 1, rules=others) == ("low", "Only a log is quoted.")


def test_rivals_take_a_step_away() -> None:
    """One that evidence supports, or two of any; told by how many there are."""
    evidence, base = shown("log", "code"), "Quotations from a log and the code stand in the evidence"
    thought, seen = RivalCause("y", "z"), RivalCause("y", "z", (Citation("E1", "word"),))
    for rivals, against in (
        ((), ""),
        ((thought,), ""),
        ((seen,), "; lowered by another cause that is not ruled out"),
        ((thought, thought), "; lowered by 2 other causes that are not ruled out"),
        ((thought, seen, thought), "; lowered by 3 other causes that are not ruled out"),
    ):
        assert told(evidence, 1, 2, rivals=rivals) == ("low" if against else "medium", f"{base}{against}.")


def test_what_is_against_it_is_counted() -> None:
    """One step for each, and never below low; the diagnosis's own level is told only where it is the lower one."""
    evidence, base = shown("log", "code", "metric"), "Quotations from a log, the code and a measurement stand in the evidence"
    rival = (RivalCause("y", "z", (Citation("E1", "word"),)),)
    two = "another cause that is not ruled out"
    assert told(evidence, 1, 2, 3, rivals=rival)[0] == "medium"
    assert told(evidence, 1, 2, 3, rivals=rival, unfounded=("Root cause: a",)) == (
        "low",
        f"{base}; lowered by 1 claim of the cause that no evidence has and {two}.",
    )
    alert = replace(ALERT, service="shop", trace_ids=("t",))
    assert told((*evidence, *(replace(one, id="E9") for one in shown(event("ledger")))), 1, 2, 3, rivals=rival, unfounded=("x",) * 3, alert=alert) == (
        "low",
        f"{base}; lowered by 3 claims that no evidence has, {two} and the trace, which failed first elsewhere (E9).",
    )
    assert told(evidence, 1, 2, 3, own="medium") == ("medium", f"{base}; the diagnosis itself claimed no more.")
    assert told(evidence, 1, 2, 3, own="none")[0] == "low"
    assert told(evidence, 1, 2, 3, rivals=rival, own="medium") == ("medium", f"{base}; lowered by {two}.")


def elsewhere(*events: LogEvent, **alert: Any) -> int | None:
    """Which of the lines is told as that which failed first, in another service."""
    evidence = (*shown(*events), Evidence("metric", "x", "y", "word", "E9"))
    _, why = told(evidence, 9, alert=replace(ALERT, **({"service": "shop", "trace_ids": ("t", "u")} | alert)))
    return next((n for n in range(1, 9) if f"lowered by the trace, which failed first elsewhere (E{n})" in why), None)


def test_where_a_trace_failed_first() -> None:
    """In the earliest error of the alert's traces, in whatever order they stand, when it is another service's."""
    assert elsewhere(event("shop", 1), event("ledger", 5), event("bank", 3)) == 2
    assert elsewhere(event("shop", 7), event("ledger", 5)) is None
    assert elsewhere(event("shop", 1), event("ledger", 5, trace="u")) == 2
    assert elsewhere(event("shop", 1), event("ledger", 5, trace="other")) is None
    assert elsewhere(event("shop", 1), event("ledger", 5, trace=None)) is None
    assert elsewhere(event("shop", 1), event("ledger", 5, level="INFO"), event("bank", 3)) == 3
    assert elsewhere() is None


def test_which_service_failed_may_be_told_by_the_message() -> None:
    """Of the line that holds it, where the alert names no service; where none does, nothing is known."""
    lines = (event("ledger", 5, message="no space"), event("shop", 1, message="cannot pay: slow"))
    assert elsewhere(*lines, service=None, message="slow") == 1
    assert elsewhere(*lines, service=None, message="no space") is None
    assert elsewhere(*lines, service=None, message="other") is None
    assert elsewhere(*lines, service=None, message=None) is None
    assert elsewhere(*lines, service=None, message="") is None
    assert elsewhere(*lines, service="ledger", message="slow") is None
    assert elsewhere(*lines[::-1], service=None, message="") is None


def test_a_cause_that_quotes_the_first_failure_is_surer() -> None:
    """Beside other lines; two kinds of evidence are told before it."""
    alert = replace(ALERT, service="shop", trace_ids=("t",))
    evidence = shown(event("ledger", 5), event("shop", 1), "code")
    assert told(evidence, 1, alert=alert) == ("medium", "What failed first in the trace is quoted.")
    assert told(evidence, 2, 1, alert=alert) == ("medium", "What failed first in the trace is quoted.")
    assert told(evidence, 1, 3, alert=alert) == ("medium", "Quotations from a log and the code stand in the evidence.")
    assert told(evidence, 2, alert=alert) == ("low", "Only a log is quoted; lowered by the trace, which failed first elsewhere (E1).")


def test_what_could_not_be_seen_takes_a_step_away() -> None:
    """Where there is a gap, and nothing of that kind; a code that nobody has described yet hides no evidence."""
    for kind in ("log", "trace", "issue"):
        assert told(shown(kind, "metric"), 2, gaps=BLIND)[1] == "Only a measurement is quoted; lowered by the code that could not be seen."
    assert told(shown("code", "metric"), 2, gaps=BLIND)[1] == "Only a measurement is quoted; lowered by a log that could not be seen."
    assert told(shown("metric"), 1, gaps=BLIND)[1] == "Only a measurement is quoted; lowered by a log and the code that could not be seen."
    assert told(shown("log", "code", "metric"), 3, gaps=BLIND)[1] == "Only a measurement is quoted."
    assert told(shown("metric"), 1)[1] == "Only a measurement is quoted."
