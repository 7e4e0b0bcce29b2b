"""Lines of a CloudWatch stream become events: traces that came line by line are joined as those of any carrier, Lambda's own lines are left alone."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.config import Fields
from bot.core.logs.document import is_error
from bot.model import LogEvent
from bot.sources.cloudwatch.lines import events
from bot.sources.cloudwatch.paging import Line

NOON = datetime(2025, 12, 16, 12, 0, 0, 3_000, tzinfo=UTC)
REQUEST = "8f5b2c1e-1111-4222-8333-444455556666"
PYTHON = [
    "Traceback (most recent call last):",
    '  File "/app/db.py", line 20, in run',
    "    cursor.execute(query)",
    "psycopg.errors.DeadlockDetected: deadlock detected",
    "DETAIL:  Process 12 waits",
    "Process 13 waits",
    "",
    "The above exception was the direct cause of the following exception:",
    "",
    "Traceback (most recent call last):",
    '  File "/app/worker.py", line 5, in transfer',
    "    run()",
    "TransferError: no leaf",
]
GO = ["panic: no leaf [recovered]", "\tpanic: no leaf", "", "goroutine 1 [running]:", "main.main()", "\t/app/main.go:5 +0x25", "exit status 2"]
JAVA = ["com.acme.TransferException: no leaf", "\tat com.acme.W.run(W.java:12)", "Caused by: java.io.IOException: gone", "\tat com.acme.L.take(L.java:7)"]
NODE = ["LeafError: no leaf", "    at take (/app/leaves.js:12:11) {", "  [cause]: Error: gone", "      at load (/app/store.js:3:1)", "}"]


def told(*lines: str) -> list[LogEvent]:
    """The events of a whole stream, a millisecond between its lines, as they were written."""
    stream = [Line(NOON + n * timedelta(milliseconds=1), f"{line}\n", "/aws/lambda/pay", "s", f"{n:05d}") for n, line in enumerate(lines)]
    return sorted(events(stream, Fields(), "us-west-2", contiguous=True), key=lambda one: one.place)


@pytest.mark.parametrize("trace", [PYTHON, JAVA, NODE, GO], ids=["python", "java", "node", "go"])
@pytest.mark.parametrize("before", ["INFO started", "listening on 80"])
def test_a_trace_is_an_error_of_its_own_behind_an_innocent_line(trace: list[str], before: str) -> None:
    """And ends where its stream goes on."""
    innocent, found, following = told(before, *trace, "INFO next")
    assert (is_error(innocent), is_error(found), following.message) == (False, True, "next")
    assert found.stack == "\n".join(line for line in trace if line)


@pytest.mark.parametrize("trace", [PYTHON, JAVA, NODE], ids=["python", "java", "node"])
def test_a_trace_belongs_to_the_error_line_before_it(trace: list[str]) -> None:
    """Whose message it keeps."""
    found, following = told("ERROR transfer failed", *trace, "INFO next")
    assert (found.message, found.level, following.message) == ("transfer failed", "ERROR", "next")
    assert trace[-1] in found.stack


def test_two_tracebacks_in_a_row_are_two_errors() -> None:
    """Nothing links them."""
    assert [one.message for one in told(*PYTHON[9:], *PYTHON[9:])] == ["TransferError: no leaf"] * 2


def test_a_trace_that_an_agent_cut_before_its_error_is_whole() -> None:
    """Its pattern begins an event at each line that is not indented."""
    [found, following] = told("\n".join(PYTHON[9:12]), PYTHON[12], "listening on 80")
    assert (found.error_type, found.stack, following.message) == ("TransferError", "\n".join(PYTHON[9:]), "listening on 80")


@pytest.mark.parametrize("trace", [PYTHON, JAVA, GO], ids=["python", "java", "go"])
def test_lambdas_own_lines_are_no_part_of_a_trace(trace: list[str]) -> None:
    """The request is told of each line between them."""
    start, found, end, report = told(
        f"START RequestId: {REQUEST} Version: 42",
        *trace,
        f"END RequestId: {REQUEST}",
        f"REPORT RequestId: {REQUEST}\tDuration: 3003.17 ms\tMemory Size: 128 MB\tMax Memory Used: 37 MB\t",
    )
    assert [one.level for one in (start, end, report)] == ["INFO"] * 3
    assert {one.trace_id for one in (start, found, end, report)} == {REQUEST}
    assert "RequestId" not in found.stack


def test_a_line_with_a_request_id_introduces_its_trace() -> None:
    """As the runtime of Python writes what was logged; the next such line is an event of its own."""
    found, following = told(f"[ERROR]\t2025-12-16T12:00:00.000Z\t{REQUEST}\ttransfer failed", *PYTHON[9:], f"[INFO]\t2025-12-16T12:00:00.000Z\t{REQUEST}\tnext")
    assert (found.level, found.message, found.error_type, found.trace_id) == ("ERROR", "transfer failed", "TransferError", REQUEST)
    assert (following.level, following.message) == ("INFO", "next")


def test_a_plain_line_that_firelens_wrapped_tells_its_level() -> None:
    """The document has no word for it."""
    [found] = told('{"container_name":"api","source":"stderr","log":"ERROR no leaf"}')
    assert (found.level, found.message) == ("ERROR", "no leaf")


def test_what_postgresql_says_of_an_error_belongs_to_it() -> None:
    """RDS exports each message of its server log as an event of its own, of several lines where it has them."""
    prefix = "2026-11-20 04:33:40 UTC:10.0.1.5(54321):shop@inventory:[2342]:"
    failed, _ = told(f"{prefix}ERROR:  deadlock detected", f"{prefix}DETAIL:  Process 2342 waits.\n\tProcess 2349 waits.", f"{prefix}LOG:  disconnection")

    assert failed.level == "ERROR"
    assert failed.message.endswith("deadlock detected\nDETAIL:  Process 2342 waits.\n\tProcess 2349 waits.")


def test_a_line_that_names_its_request_belongs_to_the_trace_of_its_report() -> None:
    """The other services know the trace, and nobody else the request."""
    request, trace = "8f507cfc-1234-4697-b07a-ac58fc914c95", "1-5759e988-bd862e3fe1be46a994272793"
    found = told(
        f"START RequestId: {request} Version: 7",
        f"RequestId: {request} Error: Runtime exited with error: signal: killed",
        f"REPORT RequestId: {request}\tDuration: 3000.00 ms\tMemory Size: 128 MB\tMax Memory Used: 128 MB\tXRAY TraceId: {trace}\tSegmentId: 0",
    )

    assert {one.trace_id for one in found} == {trace}
