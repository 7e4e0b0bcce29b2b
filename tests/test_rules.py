"""The diagnosis by rules: what the evidence carries is said, with proof; what it does not carry is not."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from bot.config import Response, Severities
from bot.diagnosers.rules import RulesDiagnoser
from bot.model import Case, Commit, Evidence, FixCheck, Gap, PastEntry
from tests.rule_cases import ALERT, ERROR, FIX, LOCK, NAME, REMOVER, case, changed, commit, diagnose, event, fix_check, past, place


def regression(**changes: Any) -> Case:
    """The demo's story in small."""
    return case(event(ERROR), place(), changed(REMOVER), fix_check(), event("accepted", "api-gateway", 2, "INFO"), history=(past(),), **changes)


def test_a_removed_fix_is_the_proven_cause() -> None:
    """Same error, fix gone, by this commit: known, high, with quotes from the evidence."""
    cause = diagnose(regression()).root_cause
    assert (cause.known, cause.confidence) == (True, "high")
    for words in ("490e490", "no longer stands", "1c9b1c9", "perf: drop the row lock", "Priya Raman", ".with_for_update(skip_locked=True)"):
        assert words in cause.statement
    assert len(cause.five_whys) == 5
    assert {citation.evidence for citation in cause.citations} == {"E1", "E2", "E4"}


def test_a_regression_says_how_to_undo_it() -> None:
    """The revert and the very lines, and a test that would have caught it."""
    diagnosis = diagnose(regression())
    assert (diagnosis.verdict, diagnosis.history.recurrence, diagnosis.bug_class, diagnosis.category) == (
        "act now",
        "regression",
        "race condition",
        "application",
    )
    assert diagnosis.assessment.severity == "high"
    assert "a regression: it had been resolved and is back in prod" in diagnosis.assessment.reason
    assert f"```python\n{LOCK}\n```" in diagnosis.immediate_fix
    assert f"git revert --no-edit {REMOVER.sha[:12]}" in diagnosis.immediate_fix
    assert "two transactions at the same time" in diagnosis.prevention.test
    assert diagnosis.history.reference == "https://github.com/acme/transfers/pull/1234"
    assert diagnosis.affected_code[0].line == 45


def test_the_response_matrix_is_the_teams_own() -> None:
    """Response time and escalation come from the configuration."""
    severities = Severities(high=Response("10 minutes", "everybody"))
    assessment = RulesDiagnoser(severities).diagnose(regression()).assessment
    assert (assessment.response_time, assessment.escalation) == ("10 minutes", "everybody")


@pytest.mark.parametrize(
    "given",
    [
        case(event(ERROR), place(path="other/file.py"), fix_check(), history=(past(),)),
        case(event(ERROR), fix_check(), history=(past(),)),
        case(event(ERROR), place(), fix_check(), history=(past(last_seen=ALERT - timedelta(hours=1)),)),
        case(event(ERROR), place(), fix_check(removed_by=msgspec.structs.replace(REMOVER, time=ALERT + timedelta(hours=1))), history=(past(),)),
    ],
    ids=["another file fails", "no failing line", "seen while the fix stood", "removed after the alert"],
)
def test_a_removed_fix_is_no_proof_when_place_or_time_disagree(given: Case) -> None:
    """Then the confidence is medium."""
    assert diagnose(given).root_cause.confidence == "medium"


def test_a_fix_that_still_stands_means_another_variant() -> None:
    """The old resolution is not offered again, and no cause is claimed."""
    diagnosis = diagnose(case(event(ERROR), place(), fix_check(stands=True), history=(past(),)))
    assert diagnosis.history.recurrence == "new variant"
    assert "still stands" in diagnosis.history.applies
    assert not diagnosis.root_cause.known
    assert diagnosis.root_cause.unsettled


def test_a_fix_that_was_never_there_blames_nobody() -> None:
    """A release from before the fix: no remover, no proof."""
    diagnosis = diagnose(case(event(ERROR), place(), fix_check(removed_by=None), history=(past(),)))
    assert not diagnosis.root_cause.known
    assert "may never have had it" in diagnosis.history.applies


@pytest.mark.parametrize(
    ("history", "recurrence"),
    [
        ((), "new"),
        ((past("similar"),), "new"),
        ((past(status="diagnosed"),), "recurring"),
        ((past(),), "regression"),
        ((past(resolved_at=ALERT + timedelta(days=1)),), "recurring"),
    ],
    ids=["nothing", "only like it", "open", "resolved", "an old alert read later"],
)
def test_the_past_is_weighed(history: tuple[PastEntry, ...], recurrence: str) -> None:
    """What is like it is no recurrence; what was resolved after the alert is no regression."""
    diagnosis = diagnose(case(event(ERROR), history=history))
    assert diagnosis.history.recurrence == recurrence
    assert diagnosis.history.applies


def test_the_first_error_of_the_trace_is_the_likelier_origin() -> None:
    """Another service failed before: it is named, and it is where to start."""
    origin = event("OSError: [Errno 28] No space left on device", "ledger", 3)
    diagnosis = diagnose(case(event("LedgerError: cannot book"), origin, error_type="LedgerError", message="cannot book"))
    assert diagnosis.root_cause.known
    assert diagnosis.root_cause.confidence == "medium"
    assert "A disk is full; ledger failed first in the trace: “OSError: [Errno 28]" in diagnosis.root_cause.statement
    assert diagnosis.category == "infrastructure"
    assert "ledger" in diagnosis.next_steps[0]
    assert "ledger failed first" in diagnosis.blast_radius


def test_what_came_after_the_failure_is_no_cause() -> None:
    """The gateway's 503 is a consequence."""
    after = event("upstream: connection refused 10.0.0.1:8080", "api-gateway", 0.5)
    diagnosis = diagnose(case(event(ERROR), after))
    assert not diagnosis.root_cause.known
    assert diagnosis.category == "application"


@pytest.mark.parametrize(
    ("error_type", "message", "statement"),
    [
        ("ConnectionError", "ledger.internal:8080 connection refused", "The connection to ledger.internal:8080 was refused"),
        ("ModuleNotFoundError", "No module named 'httpx'", "lacks a module that its code imports: httpx"),
        ("OperationalError", "deadlock detected", "waited for each other's rows"),
    ],
)
def test_a_failure_that_explains_itself_is_a_medium_cause(error_type: str, message: str, statement: str) -> None:
    """Its own words are the quotation."""
    cause = diagnose(case(event(f"{error_type}: {message}"), error_type=error_type, message=message)).root_cause
    assert (cause.known, cause.confidence) == (True, "medium")
    assert statement in cause.statement


def test_a_fresh_change_of_the_failing_lines_is_suspected() -> None:
    """Medium, said to be unproven, with what would settle it, once, and by the name of the commit."""
    suspect = commit("beef", "Rework the selection", 1, "changed the failing lines", added=("    raise ValidationError(",))
    diagnosis = diagnose(case(event(ERROR), place(), changed(suspect)))
    assert (diagnosis.root_cause.known, diagnosis.root_cause.confidence) == (True, "medium")
    assert diagnosis.root_cause.statement.startswith("Likely, not proven: beefbee")
    assert [one for one in diagnosis.root_cause.unsettled if "commit before" in one] == [
        'The failing case on the commit before beefbee "Rework the selection".'
    ]
    assert diagnosis.next_steps[0] == 'Check the failing case on the commit before beefbee "Rework the selection".'


@pytest.mark.parametrize(
    ("suspect", "history"),
    [
        (commit("beef", "Rework", 1), ()),
        (commit("beef", "Rework", 40, "changed the failing lines"), ()),
        (commit("beef", "Rework", -1, "changed the failing lines"), ()),
        (commit("beef", "Rework", 1, "changed the failing lines"), (past(status="diagnosed"),)),
    ],
    ids=["the function only", "long ago", "after the alert", "the error is older"],
)
def test_other_changes_are_leads_not_causes(suspect: Commit, history: tuple[PastEntry, ...]) -> None:
    """A change that cannot carry the cause is not made one."""
    assert not diagnose(case(event(ERROR), place(), changed(suspect), history=history)).root_cause.known


@pytest.mark.parametrize("days", [(2,), (20, 9, 0)], ids=["two days ago", "three weeks ago, often, and this very one"])
def test_an_error_that_came_after_a_change_speaks_for_it_each_time(days: tuple[int, ...]) -> None:
    """A later alert is diagnosed as the first one was: by what was changed before that, and not by what was changed since."""
    begun = max(days)
    seen = tuple(ALERT - timedelta(days=day) for day in days)
    known = past(status="diagnosed", seen=seen, occurrences=len(seen))
    guilty = commit("beef", "Rework", begun + 1, "changed the failing lines")
    meanwhile = commit("cafe", "Try to mend it", 1, "changed the failing lines")
    cause = diagnose(case(event(ERROR), place(), changed(meanwhile), changed(guilty), history=(known,))).root_cause
    assert (cause.known, cause.confidence) == (True, "medium")
    assert cause.statement.startswith("Likely, not proven: beefbee")
    assert "No alert of the error is known from before that change." in cause.statement


@pytest.mark.parametrize(
    "more",
    [
        {"status": "resolved", "resolution": "A larger pool", "resolved_at": ALERT - timedelta(days=1)},
        {"occurrences": 2},
        {"seen": (ALERT - timedelta(days=8), ALERT - timedelta(days=2)), "occurrences": 2},
    ],
    ids=["it had ended", "not all its alerts have a time", "it was there before"],
)
def test_an_error_that_may_not_have_come_with_a_change_does_not_speak_for_it(more: dict[str, Any]) -> None:
    """What an earlier alert was about may have been there before, or have ended with its own cause."""
    known = past(**{"status": "diagnosed", "seen": (ALERT - timedelta(days=2),), "occurrences": 1, **more})
    suspect = commit("beef", "Rework", 3, "changed the failing lines")
    assert not diagnose(case(event(ERROR), place(), changed(suspect), history=(known,))).root_cause.known


LIKELY = ("took out `leaf_id`, which the message names", "was made 3 days before the failure")
FAR = ("changed `leaves_of`, which the failing code uses", "was made 2 hours before the failure")
USED = "changed what the failing code uses"


def test_the_first_of_ranked_suspects_is_likely_with_its_reasons() -> None:
    """The order is kept, also against a newer change of the very lines; it is said to be unproven."""
    suspects = [commit("beef", "Other keys", 3, USED, reasons=LIKELY), commit("cafe", "Log", 0.1, "changed the failing lines", reasons=FAR)]
    diagnosis = diagnose(case(event(ERROR), place(), *map(changed, suspects)))
    cause = diagnosis.root_cause
    assert (cause.known, cause.confidence) == (True, "medium")
    assert cause.statement.startswith("Likely, not proven: beefbee")
    assert all(reason in cause.statement for reason in LIKELY)
    assert "Revert beefbee" in diagnosis.immediate_fix


@pytest.mark.parametrize(
    ("suspect", "lead"),
    [
        (commit("beef", "Rework", 3, USED, reasons=FAR), True),
        (commit("beef", "Rework", 3, USED, reasons=("was made 2 hours before the failure", "was first deployed with this release")), False),
        (commit("beef", "Rework", 40, USED, reasons=LIKELY), False),
        (commit("beef", "Rework", 40, USED, reasons=(*FAR, "was first deployed with this release (after abc1234)")), True),
    ],
    ids=["what is used", "time alone", "ran for weeks", "old but first deployed now"],
)
def test_weak_reasons_make_a_lead_and_time_alone_none(suspect: Commit, lead: bool) -> None:
    """No cause is claimed for being near or new."""
    cause = diagnose(case(event(ERROR), place(), changed(suspect))).root_cause
    assert not cause.known
    assert ("beefbee" in cause.statement) == lead


def test_a_thin_case_is_unclear_and_says_what_would_settle_it() -> None:
    """No event, no code, no history: unknown is an answer."""
    gap = Gap("opensearch prod", "errors of the window", "session expired", "run `aws sso login`")
    diagnosis = diagnose(case(gaps=(gap,), error_type=None, message=None, culprit=None, service=None, text="something is odd"))
    assert (diagnosis.verdict, diagnosis.category, diagnosis.root_cause.known) == ("unclear", "unknown", False)
    assert any("aws sso login" in line for line in diagnosis.root_cause.unsettled)
    assert diagnosis.next_steps
    assert diagnosis.immediate_fix == ""


def test_development_is_watched() -> None:
    """Nobody is paged for a load test."""
    diagnosis = diagnose(case(event(ERROR), environment="loadtest"))
    assert (diagnosis.assessment.severity, diagnosis.verdict) == ("low", "watch")


def test_repeats_and_unconnected_errors_are_counted_from_the_evidence() -> None:
    """The blast radius says what was counted, and no more."""
    failing = event(ERROR)
    failing = msgspec.structs.replace(failing, text=f"{failing.text} (4 times in the window)")
    other = event("TimeoutError: node ln-4 did not answer", "wallet-sync", 60, trace=None)
    radius = diagnose(case(failing, event("accepted", "api-gateway", 2, "INFO"), other)).blast_radius
    assert "Seen 4 times between 09:07 and 09:13 UTC in transfers." in radius
    assert "ran through api-gateway, transfers" in radius
    assert "wallet-sync: TimeoutError" in radius


def test_hostile_words_stay_words() -> None:
    """Quotes and shell signs of code and commits do not break out of the commands that are offered."""
    line = "    x = f('$(reboot)'); `id`"
    fix = msgspec.structs.replace(FIX, added=(line,), path="a b/$(id).py")
    detail = FixCheck(NAME, fix, False, (line,), msgspec.structs.replace(REMOVER, subject="'; rm -rf / #"))
    evidence = Evidence("fix", "code", "x", f"{line}\n{fix.subject}", detail=detail)
    diagnosis = RulesDiagnoser(Severities()).diagnose(case(event(ERROR), evidence, history=(past(),)))
    assert "'x = f('\"'\"'$(reboot)'\"'\"'); `id`' -- 'a b/$(id).py'" in diagnosis.verification
