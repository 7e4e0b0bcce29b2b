"""What the error chain of the failing event tells: rules read all of it, each place raises its own error, and an event of another error is not the alert's."""

from typing import Any

import msgspec
import pytest

from bot.core.grounding.grounding import grounded
from bot.model import Evidence, LogEvent
from tests.rule_cases import ALERT, HANDLER, case, changed, commit, diagnose, event, past, place

JAVA = """com.acme.wallet.TransferRefused: transfer t-77 was refused
	at com.acme.wallet.TransferController.post(TransferController.java:31)
	at java.base/java.lang.Thread.run(Thread.java:840)
Caused by: org.postgresql.util.PSQLException: ERROR: deadlock detected
	at org.postgresql.core.v3.QueryExecutorImpl.execute(QueryExecutorImpl.java:355)
	at com.acme.wallet.LeafStore.reserve(LeafStore.java:45)
	... 38 common frames omitted"""
PYTHON = f"""Traceback (most recent call last):
  File "/app/{HANDLER}", line 45, in select_leaves_for_transfer
    rows = session.execute(query)
psycopg.errors.DeadlockDetected: deadlock detected

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/app/api.py", line 12, in post
    transfer(session)
  File "/app/{HANDLER}", line 49, in select_leaves_for_transfer
    raise TransferRefused("transfer t-77 was refused") from error
wallet.TransferRefused: transfer t-77 was refused"""
OTHER = f"""Traceback (most recent call last):
  File "/app/{HANDLER}", line 49, in transfer_handler
    raise TimeoutError("the ledger did not answer")
TimeoutError: the ledger did not answer"""
REFUSED: dict[str, Any] = {"error_type": "TransferRefused", "message": "transfer t-77 was refused"}


def logged(stack: str, message: str = "transfer t-77 was refused", **more: Any) -> Evidence:
    """A failing event with its stack, as a source shows it."""
    made = event(message, stack=stack, **more)
    return msgspec.structs.replace(made, text=f"{made.text}\n{stack}")


@pytest.mark.parametrize(("stack", "path"), [(JAVA, "wallet/LeafStore.java"), (PYTHON, HANDLER)])
def test_the_first_cause_of_a_chain_goes_before_an_innocent_commit(stack: str, path: str) -> None:
    """The alert names the wrapper only; the rules find what is at the bottom of the event's stack."""
    innocent = commit("beef", "Rework the selection", 1, "changed the failing lines", added=("    raise TransferRefused(",))
    diagnosis = diagnose(case(logged(stack), place("reserve", path), changed(innocent), **REFUSED))
    assert diagnosis.rules[0].rule == "db-deadlock"
    assert "waited for each other's rows" in diagnosis.root_cause.statement
    assert "If it must stop now: revert" not in diagnosis.immediate_fix


@pytest.mark.parametrize(
    ("stack", "path", "raised"),
    [
        (JAVA, "wallet/LeafStore.java", "org.postgresql.util.PSQLException: ERROR: deadlock detected"),
        (PYTHON, HANDLER, "psycopg.errors.DeadlockDetected: deadlock"),
    ],
)
def test_a_place_raises_the_error_of_its_own_part_of_the_chain(stack: str, path: str, raised: str) -> None:
    """The alert's error was raised further up, and is not told of this line."""
    diagnosis = diagnose(case(logged(stack), place("reserve", path), **REFUSED))
    whys = "\n".join(diagnosis.root_cause.five_whys)
    assert diagnosis.affected_code[0].issue.startswith(f"raises {raised}")
    assert f"reserve() raises {raised}" in whys
    assert "transfers logged TransferRefused: transfer t-77 was refused" in whys
    assert f"from {raised.partition(':')[0]} in reserve()" in diagnosis.summary


@pytest.mark.parametrize(
    "stack", ["", OTHER.replace("TimeoutError", "wallet.TransferRefused").replace("the ledger did not answer", "transfer t-77 was refused")]
)
def test_a_place_raises_the_alerts_error_where_nothing_else_is_known(stack: str) -> None:
    """Without a chain the line raises what the alert names."""
    diagnosis = diagnose(case(logged(stack), place(), **REFUSED))
    assert diagnosis.affected_code[0].issue == "raises TransferRefused: transfer t-77 was refused"
    assert "raises it at" in diagnosis.root_cause.five_whys[1]


def test_an_event_of_another_error_is_not_the_alerts() -> None:
    """It went through the same function, and is told among the others; that no event was found is told, too."""
    diagnosis = diagnose(case(logged(OTHER, "the ledger did not answer", trace="99", error_type="TimeoutError"), **REFUSED))
    assert not any("logged" in why for why in diagnosis.root_cause.five_whys)
    assert "The log event behind the alert: none was found in the window." in diagnosis.root_cause.unsettled
    assert diagnosis.blast_radius.startswith("No event of it was found")
    assert "not shown to be connected: transfers: the ledger did not answer" in diagnosis.blast_radius


def test_what_is_told_of_other_errors_ends_between_words() -> None:
    """Behind the brackets of the logger; half of an identifier would be one that no evidence has."""
    logged_before = "[ledger,4bf92f3577b34da6a3ce929d0e0e4736,00f067aa0ba902b7] [http-nio-8080-exec-3] "
    other = event(f"{logged_before}could not plan the billing run of the night, run_id=58ed54fb trace_id=ba7dffd09c734ae8cf46ca4b822096ed", trace=None)
    diagnosis = diagnose(case(other, **REFUSED))
    assert "not shown to be connected: transfers: could not plan the billing run of the night, run_id=58ed54fb…." in diagnosis.blast_radius


@pytest.mark.parametrize(("until", "is_told"), [("09:12:20", True), ("09:11:30", False)])
def test_an_error_that_goes_on_until_the_alert_stands_beside_it(until: str, is_told: bool) -> None:
    """Evidence tells what repeats once, with the time of its first event: it is near when its last one is."""
    denied = event("User: role/carts is not authorized to perform: dynamodb:Query", "", seconds=200, trace=None)
    denied = msgspec.structs.replace(denied, text=f"{denied.text} (6 times in the window) from 09:09:24 to {until}")
    statement = diagnose(case(denied, error_type=None, message="carts-list-errors", culprit=None, text="carts-list-errors")).root_cause.statement
    assert ("At that time, not shown to be connected: “User: role/carts is not authorized to perform: dynamodb:Query”" in statement) is is_told


def test_an_event_that_only_shares_the_trace_speaks_for_itself() -> None:
    """Its own words are what was logged, not those of the alert."""
    diagnosis = diagnose(case(logged(OTHER, "the ledger did not answer", error_type="TimeoutError"), place(), trace_ids=("7d1f",), **REFUSED))
    assert "transfers logged “the ledger did not answer”" in diagnosis.root_cause.five_whys[0]
    assert "raises TimeoutError: the ledger did not answer at" in diagnosis.root_cause.five_whys[1]
    assert "TimeoutError" not in diagnosis.summary


def test_the_first_suspect_of_today_may_have_been_that_of_an_entry() -> None:
    """An entry that was written in the bot's own words does not make today's suspect an old story."""
    suspect = commit("beef", "Rework the selection", 1, added=("rows = session.scalars(query)",), reasons=("changed the failing line 45 itself",))
    told = "Likely, not proven: 1234abc is the first suspect, for it changed the failing function. The error was not known earlier."
    given = case(event("TransferRefused: transfer t-77 was refused"), place(), changed(suspect), history=(past("similar", root_cause=told),), **REFUSED)
    diagnosis = diagnose(given)
    assert any("the first suspect, beefbee, changed the failing function" in rule.reason for rule in diagnosis.rules)
    assert grounded(diagnosis, given)[0].verified.unfounded == ()


def test_a_stack_of_no_known_form_is_read_by_its_last_line() -> None:
    """Where no chain can be told apart."""
    detail = event("job 7 ended").detail
    assert isinstance(detail, LogEvent)
    made = msgspec.structs.replace(event("job 7 ended", error_type="TransferRefused"), time=ALERT)
    shown = msgspec.structs.replace(
        made, text="job 7 ended\nstep one\ndeadlock detected", detail=msgspec.structs.replace(detail, stack="step one\ndeadlock detected")
    )
    assert diagnose(case(shown, error_type="TransferRefused", message="job 7 ended")).rules[0].rule == "db-deadlock"
