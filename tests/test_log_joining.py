"""What stands near a trace is an event of its own unless it surely belongs to it, and a line that its carrier cut is never lost."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.config import Fields
from bot.core.logs.lines import lines_to_events
from bot.core.logs.time import Dating
from bot.core.stacktrace import stacktrace
from bot.model import LogEvent

NOON = datetime(2025, 12, 17, 12, 0, 0, 250_000, tzinfo=UTC)
STAMP = "2025-12-17T12:00:00.250Z"
PYTHON = ["Traceback (most recent call last):", '  File "/app/transfers/worker.py", line 5, in run', "    reserve()", "LeafError: no leaf"]
GO = ["panic: no leaf", "", "goroutine 1 [running]:", "main.main()", "\t/app/main.go:5 +0x25"]
RUST = ["thread 'main' panicked at src/leaves.rs:5:10:", "no leaf", "stack backtrace:", "   0: transfers::take", "             at ./src/leaves.rs:5:10"]
CHAINED = [
    *PYTHON[:-1],
    "psycopg.errors.DeadlockDetected: deadlock detected",
    "DETAIL:  Process 12 waits for ShareLock on transaction 7; blocked by process 13.",
    "Process 13 waits for ShareLock on transaction 8; blocked by process 12.",
    'CONTEXT:  while updating tuple (0,1) in relation "leaves"',
    "The above exception was the direct cause of the following exception:",
    *PYTHON,
]
HEAD = "com.acme.transfers.TransferException: no leaf"
FRAME = "\tat com.acme.transfers.Worker.run(Worker.java:12)"
ACCESS = '127.0.0.1 - - "GET /leaves HTTP/1.1" 500 12'


def events(*lines: str | tuple[int, str]) -> list[LogEvent]:
    """What a file with these lines holds; all of its lines are placed."""
    numbered = [line if isinstance(line, tuple) else (number, line) for number, line in enumerate(lines, 1)]
    found = list(lines_to_events(numbered, Fields(), "app.log", None, Dating(UTC, NOON)))
    placed = [one for one in found if isinstance(one, LogEvent)]
    assert len(placed) == len(found)
    return placed


def runtime(*lines: str, apart: timedelta = timedelta(microseconds=40)) -> list[str]:
    """As a container runtime writes them, so far apart from each other."""
    return [f"{NOON + n * apart:%Y-%m-%dT%H:%M:%S.%f}Z stderr F {line}" for n, line in enumerate(lines)]


def piece(text: str, after: timedelta = timedelta(), stream: str = "stderr", flag: str = "P") -> str:
    """A line that the container runtime cut, or with flag F the last of its pieces."""
    return f"{NOON + after:%Y-%m-%dT%H:%M:%S.%f}Z {stream} {flag} {text}"


def journal(priority: str) -> str:
    """A line of `journalctl -o json`."""
    return json.dumps({"__REALTIME_TIMESTAMP": str(int(NOON.timestamp() * 1e6)), "MESSAGE": "no leaf", "PRIORITY": priority})


LARAVEL = r"""[2025-12-17 12:00:00] prod.ERROR: no leaf {"exception":"[object] (App\\Exceptions\\LeafException(code: 0): no leaf at /srv/app/Leaves.php:7)
[stacktrace]
#0 /srv/app/app/Http/TransferController.php(31): App\\Leaves->select()
#1 /srv/app/vendor/laravel/framework/src/Illuminate/Routing/Controller.php(54): App\\Http\\TransferController->post()
#2 {main}
"} """


@pytest.mark.parametrize(
    ("head", "error_type"),
    [(LARAVEL, "App\\Exceptions\\LeafException"), (LARAVEL.replace(r"App\\Exceptions\\LeafException", "Error"), "Error")],
    ids=["of a namespace", "of php"],
)
def test_a_trace_of_laravel_has_its_type_and_the_functions_of_its_lines(head: str, error_type: str) -> None:
    """Both stand in the line above `[stacktrace]`: a numbered line of PHP names the function that was called, and the place of the call."""
    [found] = events(*head.split("\n"))
    trace = stacktrace.read(found.stack)
    assert (trace.error_type, trace.message) == (error_type, "no leaf")
    assert [(frame.function, frame.line) for frame in trace.frames] == [("{main}", 54), ("post", 31), ("select", 7)]


@pytest.mark.parametrize("panic", [GO, RUST], ids=["go", "rust"])
@pytest.mark.parametrize("is_carried", [False, True])
def test_a_panic_behind_a_trace_is_an_event_of_its_own(panic: list[str], *, is_carried: bool) -> None:
    """It is no part of the traceback, whatever introduced that."""
    lines = ["ERROR transfer failed", *PYTHON, *panic]
    traced, panicked = events(*(runtime(*lines) if is_carried else [f"{STAMP} {lines[0]}", *lines[1:]]))
    assert (traced.message, traced.error_type, traced.stack) == ("transfer failed", "LeafError", "\n".join(PYTHON))
    assert (panicked.level, panicked.message, panicked.place) == ("PANIC", "no leaf", "app.log:6")


@pytest.mark.parametrize("panic", [GO, RUST], ids=["go", "rust"])
def test_a_panic_behind_an_error_line_is_an_event_of_its_own(panic: list[str]) -> None:
    """An error of long ago does not introduce it."""
    before, panicked = events(f"{STAMP} ERROR leaf store timed out", *panic)
    assert (before.message, before.stack) == ("leaf store timed out", "")
    assert (panicked.level, panicked.message, panicked.place) == ("PANIC", "no leaf", "app.log:2")


@pytest.mark.parametrize("before", ['{"time":"2025-12-17T12:00:00.250Z","level":"info","msg":"started"}', f"{STAMP} INFO started"])
def test_a_panic_behind_a_line_that_was_passed_over_is_not(before: str) -> None:
    """It has that line's time, and is what is looked for; the goroutines of a line that was passed over are passed over with it."""
    numbered = enumerate([before, *GO, before, *GO[2:]], 1)
    [found] = lines_to_events(numbered, Fields(), "app.log", lambda line: "started" not in line, Dating(UTC, NOON))
    assert isinstance(found, LogEvent)
    assert (found.time, found.message, found.level, found.place) == (NOON, "no leaf", "PANIC", "app.log:2")


def test_two_panics_in_a_row_are_two_events() -> None:
    """Processes that are started anew, without their goroutines."""
    assert [one.message for one in events(f"{STAMP} INFO started", "panic: no leaf", "panic: no tree")] == ["started", "no leaf", "no tree"]


def test_a_panic_that_was_raised_again_is_one_event() -> None:
    """Go lists both, the second behind a tab."""
    trace = ("goroutine 1 [running]:", "main.pay(0x1)", "\t/src/pay.go:11 +0x45")
    (event,) = events(*runtime("panic: no ledger [recovered]", "\tpanic: no ledger for acc-95", "", *trace))
    assert "\tpanic: no ledger for acc-95" in event.stack


def test_the_goroutines_of_a_recovered_panic_stay_with_the_error_line() -> None:
    """They begin no panic."""
    [found] = events(f"{STAMP} ERROR recovered: no leaf", *GO[2:])
    assert (found.message, found.level, found.stack) == ("recovered: no leaf", "ERROR", "\n".join(GO[2:]))


@pytest.mark.parametrize("introduction", [[], ["ERROR transfer failed"]], ids=["bare", "introduced"])
@pytest.mark.parametrize("raised", ["LeafError: no leaf", "KeyboardInterrupt"])
def test_lines_at_once_behind_a_traceback_are_events_of_their_own(introduction: list[str], raised: str) -> None:
    """Nothing tells that they are its message."""
    behind = ["worker 4 lost leaf 31", "worker 5 lost leaf 32", "connection closed"]
    traced, *others = events(*runtime(*introduction, *PYTHON[:-1], raised, *behind))
    assert traced.stack == "\n".join([*PYTHON[:-1], raised])
    assert [one.message for one in others] == behind
    assert [one.place for one in others] == [f"app.log:{5 + len(introduction) + n}" for n in range(3)]


@pytest.mark.parametrize(
    ("line", "message", "level"),
    [
        ("[pool-1] ERROR c.a.Leaves - could not save", "pool-1: c.a.Leaves - could not save", "ERROR"),
        ("leaf-worker-7: WARN could not save", "leaf-worker-7: could not save", "WARN"),
        ("12:00:00 [main] could not save", "12:00:00 [main] could not save", ""),
        (ACCESS, ACCESS, ""),
    ],
)
def test_a_line_of_a_logger_is_an_event_of_its_own_before_the_frames(line: str, message: str, level: str) -> None:
    """Though a message of several lines could go on there."""
    first, second = events(*runtime(HEAD, line))
    assert (first.message, second.message, second.level) == (HEAD, message, level)
    assert message in [one.message for one in events(*runtime(HEAD, line, FRAME))]


def test_a_line_behind_a_head_without_frames_is_an_event_of_its_own() -> None:
    """Only frames tell that it was one more line of the message."""
    assert [one.message for one in events(*runtime(HEAD, "leaf 31 was left"))] == [HEAD, "leaf 31 was left"]


def test_a_message_of_several_lines_goes_on_to_its_frames() -> None:
    """They follow at once."""
    [found] = events(*runtime(HEAD, "leaf 31 was left", "leaf 32 as well", FRAME))
    assert found.stack.split("\n") == [HEAD, "leaf 31 was left", "leaf 32 as well", FRAME]


def test_a_statement_of_several_lines_stays_with_its_traceback() -> None:
    """What the database's driver says behind it tells so."""
    said = ["[SQL: SELECT leaf", "FROM leaves]", "[parameters: (31,)]"]
    [found] = events(*runtime(*PYTHON, *said))
    assert found.stack == "\n".join([*PYTHON, *said])


def test_a_message_of_several_lines_ends_where_lines_are_further_apart() -> None:
    """A frame that comes later belongs to the head, and does not tell of the line between them."""
    first, second = events(*runtime(HEAD, "leaf 31 was left"), f"{NOON + timedelta(milliseconds=20):%Y-%m-%dT%H:%M:%S.%f}Z stderr F {FRAME}")
    assert (first.stack, second.message, second.place) == (f"{HEAD}\n{FRAME}", "leaf 31 was left", "app.log:2")


def test_no_more_than_a_few_lines_are_waited_for() -> None:
    """A flood behind a head is no message, and none of it is lost."""
    flood = [f"leaf {n} was left" for n in range(30)]
    assert [one.message for one in events(*runtime(HEAD, *flood))] == [HEAD, *flood]


@pytest.mark.parametrize("cause", ["caused by: Error: refused", "Caused By: Error: refused"])
def test_a_cause_is_known_however_it_is_capitalized(cause: str) -> None:
    """As pino and nested-error-stacks write it."""
    [found] = events(*runtime("LeafError: no leaf", "    at take (/app/leaves.js:1:2)", cause, "    at open (/app/net.js:1:4)"))
    assert cause in found.stack


@pytest.mark.parametrize(("priority", "level"), [("3", "ERROR"), ("12", ""), ("", ""), ("01234567", ""), ("9", "")])
def test_a_priority_of_the_journal_is_one_digit(priority: str, level: str) -> None:
    """Anything else says nothing of the level."""
    [found] = events(journal(priority))
    assert (found.message, found.level) == ("no leaf", level)


@pytest.mark.parametrize(
    ("second", "after"), [(50, timedelta()), (2, timedelta(hours=1)), (50, timedelta(hours=1))], ids=["lines left out", "much later", "both"]
)
def test_a_cut_line_is_not_joined_across_a_gap(second: int, after: timedelta) -> None:
    """Each is an event as it is."""
    found = events((1, piece("ERROR transfer of ")), (second, piece("INFO all is well", after, flag="F")))
    assert [(one.message, one.level, one.place) for one in found] == [("transfer of", "ERROR", "app.log:1"), ("all is well", "INFO", f"app.log:{second}")]


def test_a_cut_line_that_is_never_finished_is_an_event() -> None:
    """The file ended, or was rotated."""
    [found] = events(piece("ERROR transfer "), piece("of leaf 31"))
    assert (found.message, found.level, found.place) == ("transfer of leaf 31", "ERROR", "app.log:1")


def test_cut_lines_of_many_streams_are_bounded_and_none_is_lost() -> None:
    """The eldest is given as soon as there are too many."""
    read: list[int] = []

    def lines() -> Iterator[tuple[int, str]]:
        for n in range(40):
            read.append(n)
            yield n + 1, json.dumps({"log": f"ERROR leaf {n}", "stream": f"s{n}", "time": STAMP}, separators=(",", ":"))

    found = lines_to_events(lines(), Fields(), "app.log", None, Dating(UTC, NOON))
    first = next(found)
    assert len(read) < 20
    assert [one.message for one in (first, *found) if isinstance(one, LogEvent)] == [f"leaf {n}" for n in range(40)]


@pytest.mark.parametrize("apart", [timedelta(), timedelta(microseconds=40)], ids=["whole seconds", "microseconds"])
def test_an_error_of_several_lines_does_not_tear_its_chain(apart: timedelta) -> None:
    """What the database says goes on over lines that nothing marks; the link behind them tells that they were its."""
    if apart:
        [found] = events(*runtime(*CHAINED, apart=apart))
    else:
        [found] = events(*(f"Dec 17 12:00:00 web-1 api[2]: {line}" for line in CHAINED))
    assert (found.error_type, found.stack) == ("LeafError", "\n".join(CHAINED))


def test_what_a_database_says_below_an_error_names_none() -> None:
    """Though it begins with a word in capitals and a colon."""
    [found] = events(*runtime(*CHAINED[:5]))
    assert found.error_type == "psycopg.errors.DeadlockDetected"


@pytest.mark.parametrize("line", ["leaf 31 was left", "connection closed"])
def test_a_line_of_the_same_second_behind_a_trace_is_an_event_of_its_own(line: str) -> None:
    """Whole seconds alone tell of nothing."""
    found = events(*(f"Dec 17 12:00:00 web-1 api[2]: {each}" for each in [*PYTHON, line, line]))
    assert [one.message for one in found] == [PYTHON[-1], line, line]


@pytest.mark.parametrize(
    ("before", "introduces"),
    [
        ("0 errors, 3 warnings", False),
        ("no failures", False),
        ("completed without any errors", False),
        ("import done, errors=0", False),
        ('import done: {"failed": 0}', False),
        ("last error: none", False),
        ("10 errors, 3 warnings", True),
        ("0 errors, but the import failed", True),
        ("errors=0.5 per second", True),
        ("error=refused", True),
        ("transfer failed", True),
    ],
)
def test_a_line_that_tells_of_no_failure_does_not_introduce_a_trace(before: str, *, introduces: bool) -> None:
    """A count of nothing is none; a word of failure beside it is one."""
    first, *others = events(*runtime(before, *PYTHON))
    assert (first.error_type, len(others)) == (("LeafError", 0) if introduces else (None, 1))


UVICORN = ['INFO:     10.0.0.3:51234 - "POST /leaves HTTP/1.1" 500', "ERROR:    Exception in ASGI application", *PYTHON, "INFO:     Shutting down"]


@pytest.mark.parametrize("before", [f"{STAMP} INFO reserved", json.dumps({"time": STAMP, "level": "info", "msg": "reserved"})], ids=["plain", "JSON"])
def test_a_line_of_uvicorn_is_an_event_of_its_own_at_the_time_before_it(before: str) -> None:
    """It writes no times; the application beside it does."""
    reserved, asked, failed, ended = events(before, *UVICORN)
    assert (reserved.message, reserved.level, reserved.stack) == ("reserved", "INFO", "")
    assert (asked.level, ended.level, ended.message) == ("INFO", "INFO", "Shutting down")
    assert (failed.message, failed.level, failed.error_type) == ("Exception in ASGI application", "ERROR", "LeafError")
    assert {one.time for one in (reserved, asked, failed, ended)} == {NOON}


def test_a_line_of_pythons_basic_configuration_is_an_event_of_its_own() -> None:
    """Level, logger, message: what `logging` prints unless it is told otherwise. A message may go on with a word like a level."""
    _, failed, warned = events(f"{STAMP} INFO reserved", "ERROR:shop.leaves:no leaf", *PYTHON, "WARNING:root:few leaves")
    assert (failed.message, failed.level, failed.error_type) == ("shop.leaves:no leaf", "ERROR", "LeafError")
    assert (warned.message, warned.level) == ("root:few leaves", "WARN")
    [one] = events(f"{STAMP} ERROR query failed", "ERROR:  no such table", "ERROR: at character 7")
    assert one.message == "query failed\nERROR:  no such table\nERROR: at character 7"


def test_an_error_of_sidekiq_is_one_event() -> None:
    """Type and trace come as two warnings of the same job, the further frames without a time."""
    job = f"{STAMP} pid=1 tid=gq7 class=Take jid=0af"
    frames = ["/app/jobs/take.rb:12:in `perform'", "/gems/sidekiq-7.1/lib/sidekiq/processor.rb:202:in `execute_job'"]
    _, raised, ended = events(f"{job} INFO: start", f"{job} WARN: LeafError: no leaf", f"{job} WARN: {frames[0]}", frames[1], f"{job} INFO: fail")
    assert (raised.error_type, raised.stack) == ("LeafError", "\n".join(["LeafError: no leaf", *frames]))
    assert (ended.level, ended.stack) == ("INFO", "")


def test_a_warning_of_another_job_is_no_part_of_the_trace() -> None:
    """Its prefix tells."""
    one, other = (f"{STAMP} pid=1 tid={thread} class=Take WARN: " for thread in ("a", "b"))
    found = events(f"{one}LeafError: no leaf", f"{other}/app/jobs/take.rb:12:in `perform'")
    assert [bool(event.error_type) for event in found] == [False, False]


def test_what_compose_puts_before_a_line_does_not_hide_that_it_is_one_of_uvicorn() -> None:
    """Also where the lines have no time."""
    _, _, failed, ended = events(f"web-1  | {STAMP} INFO reserved", *(f"web-1  | {line}" for line in UVICORN))
    assert (failed.message, failed.error_type, failed.service) == ("Exception in ASGI application", "LeafError", "web")
    assert ended.message == "Shutting down"


def test_an_error_of_sidekiq_in_a_container_is_one_event() -> None:
    """The container runtime puts its time before that of the logger, which differs from line to line."""
    job = "pid=1 tid=gq7 class=Take jid=0af WARN: "
    frames = ["/app/jobs/take.rb:12:in `perform'", "/gems/sidekiq-7.1/lib/sidekiq/processor.rb:202:in `execute_job'"]
    [raised] = events(*runtime(f"{STAMP} {job}LeafError: no leaf", f"{STAMP.replace('250', '251')} {job}{frames[0]}", frames[1]))
    assert (raised.error_type, raised.stack) == ("LeafError", "\n".join(["LeafError: no leaf", *frames]))


def test_a_clock_behind_the_time_of_the_carrier_is_no_part_of_the_message() -> None:
    """Elixir in a container."""
    [failed] = events(f"{STAMP} 12:00:00.250 [error] no leaf")
    assert failed.message == "no leaf"
