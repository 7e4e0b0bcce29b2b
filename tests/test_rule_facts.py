"""What rules see of a case beyond its words, and what they make of it: causes by facts of today, leads by words, nothing by hearsay."""

from typing import Any

import msgspec
import pytest

from bot.core.rules.rule import FactName
from bot.diagnosers import clues, facts
from bot.model import Case, Commit, Diagnosis, Evidence, Trend
from tests.rule_cases import case, changed, commit, diagnose, event, place

PODS = (
    "ledger-7c9b6d-abcde: Running, since 2025-12-17 08:00 UTC\n"
    "  ledger (ledger:4.2): running, 3 restarts; last ended: OOMKilled, exit code 137, killed (SIGKILL)"
)
WAITING = "who waits for a lock, and who holds it\n| waiting_pid | waits_for | blocking_pid |\n| --- | --- | --- |\n| 12 | 00:00:31 | 7 |"


def told(text: str, kind: Any = "query result") -> Evidence:
    """What a system says of itself."""
    return Evidence(kind, "kubernetes prod", "namespace prod", text)


def counted(statement: str, *counts: tuple[str, int]) -> Evidence:
    """A trend."""
    return Evidence("metric", "trend", "counted", statement, detail=Trend(statement, counts))


def alert(error_type: str, message: str, *evidence: Evidence) -> Case:
    """A case whose event says what the alert says."""
    return case(event(f"{error_type}: {message}"), *evidence, error_type=error_type, message=message)


def ids(diagnosis: Diagnosis) -> list[str]:
    """The rules that held, the first first."""
    return [match.rule for match in diagnosis.rules]


def suspect(removed: tuple[str, ...], added: tuple[str, ...] = (), reason: str = "changed the failing line 45 itself") -> Commit:
    """The first suspect."""
    return commit("beef", "Simplify", 1, "changed the failing lines", removed=removed, added=added, reasons=(reason,))


@pytest.mark.parametrize(
    ("evidence", "expected"),
    [
        (told(PODS), "container_killed_for_memory"),
        (told(WAITING), "lock_wait"),
        (told("container_cpu_cfs_throttled / periods\n09:00 2 %\n09:10 91 %", "metric"), "cpu_throttled"),
        (counted("One tenant: 9 of the 10", ("events of that tenant", 9)), "one_tenant"),
        (counted("One user: 9 of the 10", ("events of that user", 9)), "one_user"),
        (counted("At the same time of day", ("days at that time", 4)), "same_hour_each_day"),
        (counted("the clock of ledger is about 95.0 s behind that of api", ("calls", 4)), "clock_skew"),
        (changed(suspect(("rows = q.with_for_update()",))), "suspect_removed_lock"),
        (changed(suspect(("if order is None:",))), "suspect_removed_guard"),
        (changed(suspect(("timeout=30",), ("timeout=3",))), "suspect_changed_limit"),
        (changed(suspect((), (), "changed the dependency `httpx`, which the failing code uses")), "suspect_changed_dependency"),
    ],
)
def test_facts_are_read_from_their_evidence(evidence: Evidence, expected: FactName) -> None:
    """Each with the words or the commit it rests on."""
    found = {fact.name: fact for fact in facts.sight(clues.read(alert("AppError", "x", evidence))).facts}
    assert expected in found
    assert found[expected].reason
    assert all(citation.evidence == "E2" for citation in found[expected].citations)


@pytest.mark.parametrize(
    "evidence",
    [
        told("ledger-7c: Running\n  ledger (ledger:4.2): running, 0 restarts"),
        told("who waits for a lock, and who holds it\n(no rows)"),
        told("container_cpu_cfs_throttled / periods\n09:00 2 %", "metric"),
        changed(suspect(("total += 1",), ("total += 2",))),
    ],
)
def test_healthy_systems_make_no_fact(evidence: Evidence) -> None:
    """Nor does a change of something else."""
    found = {fact.name for fact in facts.sight(clues.read(alert("AppError", "x", evidence))).facts}
    assert found <= {"suspect_commit"}


def test_a_reset_connection_has_a_cause_when_the_container_was_killed() -> None:
    """The same words alone are a symptom."""
    alone = diagnose(alert("ReadError", "connection reset by peer"))
    seen = diagnose(alert("ReadError", "connection reset by peer", told(PODS)))
    assert not alone.root_cause.known
    assert seen.root_cause.known
    assert "The container ledger was killed for memory" in seen.root_cause.statement
    assert ids(seen)[0] == "os-killed-mid-request"


def test_a_killed_container_explains_no_error_of_the_code() -> None:
    """It is told as a lead."""
    diagnosis = diagnose(alert("KeyError", "'amount'", told(PODS)))
    assert not diagnosis.root_cause.known
    assert "pattern-restarts" in ids(diagnosis)


def test_a_race_is_shown_by_the_history() -> None:
    """A constraint that fails since a lock was removed: the seed of the whole house."""
    taken = suspect(("SELECT stock FROM inventory WHERE sku = :sku FOR UPDATE",), ("SELECT stock FROM inventory WHERE sku = :sku",))
    diagnosis = diagnose(alert("CheckViolation", 'violates check constraint "stock_not_negative"', place(), changed(taken)))
    assert (diagnosis.root_cause.known, diagnosis.bug_class) == (True, "race condition")
    assert "took away the lock" in diagnosis.root_cause.statement
    assert ids(diagnosis)[0] == "db-lost-lock-race"
    assert any(citation.evidence == "E3" for citation in diagnosis.root_cause.citations)


def test_what_only_the_alert_says_is_a_lead() -> None:
    """No evidence repeats it, so nothing can be quoted."""
    diagnosis = diagnose(case(error_type="OperationalError", message="deadlock detected"))
    assert not diagnosis.root_cause.known
    assert "waited for each other's rows" in diagnosis.root_cause.statement
    assert diagnosis.category == "database"


def test_what_was_said_without_being_an_error_explains_nothing() -> None:
    """An INFO line before the failure is a hint."""
    hint = event("rate limit exceeded for the metrics exporter, skipped", seconds=2, level="INFO")
    diagnosis = diagnose(case(event("PaymentError: not booked"), hint, error_type="PaymentError", message="not booked"))
    assert not diagnosis.root_cause.known


def test_another_error_of_that_time_is_told_apart() -> None:
    """Of another service and another trace: shown, not claimed."""
    other = event('column "discontinued_on" does not exist', "catalog", 2, trace=None)
    given = case(other, error_type="CatalogUnavailable", message="page 3", service="search")
    diagnosis = diagnose(given)
    assert not diagnosis.root_cause.known
    assert "not shown to be connected" in diagnosis.root_cause.statement


def test_rules_give_fix_verification_and_prevention() -> None:
    """Of a cause that the words name."""
    diagnosis = diagnose(alert("OperationalError", "QueuePool limit of size 20 overflow 10 reached, connection timed out"))
    assert "End sessions that are idle" in diagnosis.immediate_fix
    assert diagnosis.long_term_fix
    assert "falls back after each peak" in diagnosis.verification
    assert diagnosis.prevention.alert
    assert any("Compare when the connections rose" in step for step in diagnosis.next_steps)
    assert "it holds 20" in diagnosis.root_cause.statement


def test_a_declined_card_wakes_nobody() -> None:
    """A rule may hold the severity down; a regression breaks through it."""
    diagnosis = diagnose(alert("StripeCardError", "card_declined: Your card was declined."))
    assert (diagnosis.assessment.severity, diagnosis.verdict) == ("low", "watch")
    assert "stripe-declined" in diagnosis.assessment.reason


def test_each_rule_that_held_is_told_with_its_words() -> None:
    """The first made the diagnosis."""
    diagnosis = diagnose(alert("OperationalError", "deadlock detected"))
    assert diagnosis.rules[0].rule == "db-deadlock"
    assert "deadlock detected" in diagnosis.rules[0].reason
    assert diagnosis.rules[0].citations[0].quote == "deadlock detected"


def named_alert(text: str, *evidence: Evidence) -> Case:
    """An alert that names no error: its message is its headline."""
    return case(*evidence, error_type=None, message=text.partition("\n")[0], text=text)


OOM = "KubeContainer (critical)\npod: renderer-5f7c\nLast state: Terminated, Reason: OOMKilled"


def test_an_alert_without_an_error_is_read_to_its_end() -> None:
    """Its headline is only what somebody called it; where nothing was logged, what stands below is a lead, and no cause."""
    found = diagnose(named_alert(OOM))

    assert ids(found) == ["os-oom-killed"]
    assert "ran out of memory" in found.root_cause.statement
    assert found.root_cause.known is False


@pytest.mark.parametrize(
    "given",
    [case(error_type="KeyError", message="amount", text=f"KeyError: amount\n{OOM}"), named_alert(OOM, event("KubeContainer (critical)"))],
    ids=["an error of the code", "an event of it"],
)
def test_what_stands_beside_an_error_is_not_read_for_it(given: Case) -> None:
    """Other lines of the message may speak of anything."""
    assert "os-oom-killed" not in ids(diagnose(given))


def test_the_line_that_says_the_error_is_quoted() -> None:
    """Many a logger's message is only that a request failed: the error stands in the stack below it."""
    stack = "TypeError: Cannot read properties of undefined (reading 'value')\n    at summarise (/app/src/summary.ts:45:37)"
    failing = msgspec.structs.replace(event("request errored", error_type="TypeError", stack=stack), text=f"ERROR request errored\n{stack}")
    guilty = suspect(("basket.voucher ? basket.voucher.value : 0",), ("basket.voucher!.value",))
    given = case(failing, changed(guilty), error_type="TypeError", message="Cannot read properties of undefined (reading 'value')")
    quoted = [citation.quote for citation in diagnose(given).root_cause.citations]

    assert quoted[:2] == ["basket.voucher ? basket.voucher.value : 0", stack.partition("\n")[0]]


def test_of_a_message_of_several_lines_one_is_told() -> None:
    """The line that the rule's words stand in, not the hints below it."""
    given = alert("Deadlocked", "deadlock detected\nDETAIL:  Process 2312 waits for ShareLock")

    assert "“Deadlocked: deadlock detected”" in diagnose(given).root_cause.statement


def test_a_leak_that_was_warned_of_is_told_before_the_empty_pool() -> None:
    """By the service itself, minutes earlier; it is what may have led there, and no rival."""
    empty = "HikariPool-1 - Connection is not available, request timed out after 30000ms"
    leak = event("ProxyLeakTask - Connection leak detection triggered for conn-7 on thread exec-7", seconds=240, trace=None)
    found = diagnose(case(event(empty), leak, error_type="SQLTransientConnectionException", message=empty))

    assert ids(found)[0] == "db-pool-exhausted"
    assert found.root_cause.statement.endswith(
        "Before it came what may have led there, which is not proven: “Connection leak detection triggered for conn-7 on thread exec-7”"
        " (Code takes database connections and does not give them back)."
    )
    assert ("E2", "Connection leak detection") in [(one.evidence, one.quote) for one in found.root_cause.citations]
    assert "The place that took the connection, which the pool prints with its warning." in found.root_cause.unsettled
    assert (found.root_cause.confidence, found.root_cause.rivals) == ("medium", ())


@pytest.mark.parametrize(
    "other",
    [
        event("Connection leak detection triggered for conn-7", "mailer", seconds=240, trace=None),
        event("the worker ended: exit code 137, OOMKilled", seconds=30, trace=None),
        event("Connection leak detection triggered for conn-7", "mailer", seconds=30, trace=None),
        event("Connection leak detection triggered for conn-7", seconds=-3, trace=None),
    ],
    ids=["of another service", "of another kind", "of another service, just before", "afterwards"],
)
def test_what_was_said_of_something_else_did_not_lead_there(other: Evidence) -> None:
    """Nor what came after it."""
    empty = "HikariPool-1 - Connection is not available, request timed out after 30000ms"
    found = diagnose(case(event(empty), other, error_type="SQLTransientConnectionException", message=empty))
    assert "led there" not in found.root_cause.statement


def test_a_right_that_a_change_took_away_is_told_with_the_refusal() -> None:
    """Policies are code, too, where a change took out what the refusal names."""
    refused = "User: role/carts is not authorized to perform: dynamodb:Query"
    guilty = suspect(('Action = ["dynamodb:GetItem", "dynamodb:Query"]',), ('Action = ["dynamodb:GetItem"]',), "took out `Query`, which the message names")
    found = diagnose(case(event(refused), changed(guilty), error_type="AccessDeniedException", message=refused))
    assert found.root_cause.statement.endswith(f"is the first suspect, for it {guilty.reasons[0]}; that is not proven.")
