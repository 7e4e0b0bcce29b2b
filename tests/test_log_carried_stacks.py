"""Traces whose lines each have a time of their own become one event, with the line that introduces them and with no other."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.config import Fields, Limits, LogFiles
from bot.core.logs.document import is_error
from bot.core.logs.lines import lines_to_events
from bot.core.logs.time import Dating
from bot.core.stacktrace import stacktrace
from bot.model import Alert, Inquiry, LogEvent, Permalink
from bot.sources.logs.files import FileSource

NOON = datetime(2025, 12, 17, 12, 0, 0, 250_000, tzinfo=UTC)
OUTPUTS = {"1": "stdout", "2": "stderr"}
Carrier = Callable[[datetime, str, str], str]

PYTHON = """Traceback (most recent call last):
  File "/app/transfers/leaves.py", line 20, in reserve
    return leaves[account]
           ~~~~~~^^^^^^^^^
KeyError: 'acc-1'

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/app/transfers/worker.py", line 5, in transfer
    leaf = await reserve(account)
           ^^^^^^^^^^^^^^^^^^^^^^
  [Previous line repeated 2 more times]
TimeoutError: no leaf for acc-1 in time"""
GROUP = """  + Exception Group Traceback (most recent call last):
  |   File "/app/transfers/worker.py", line 9, in run
  |     raise ExceptionGroup("two transfers", errors)
  | ExceptionGroup: two transfers (2 sub-exceptions)
  +-+---------------- 1 ----------------
    | Traceback (most recent call last):
    |   File "/app/transfers/worker.py", line 5, in transfer
    | ValueError: negative
    +---------------- 2 ----------------
    | KeyError: 'acc-1'
    +------------------------------------"""
JAVA = """com.acme.transfers.TransferException: no leaf
\tat com.acme.transfers.Worker.run(Worker.java:12)
\tSuppressed: java.io.IOException: stream closed
\t\tat com.acme.transfers.Journal.close(Journal.java:40)
Caused by: java.lang.IllegalStateException: leaf is gone
\tat com.acme.transfers.Leaves.take(Leaves.java:7)
\t... 2 more"""
GO = """panic: runtime error: invalid memory address or nil pointer dereference
[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x48f0e5]

goroutine 1 [running]:
transfers.(*Leaves).Take(0xc000012345, {0x1, 0x2})
\t/app/transfers/leaves.go:12 +0x1d
main.main()
\t/app/main.go:5 +0x25

goroutine 8 [chan receive]:
created by main.start in goroutine 1
\t/app/main.go:9 +0x33
exit status 2"""
NODE = """/app/worker.js:12
    throw new TypeError("no leaf");
    ^

TypeError: no leaf
    at take (/app/leaves.js:12:11)
    at async run (/app/worker.js:3:1) {
  [cause]: Error: gone
      at load (/app/store.js:3:1)
}

Node.js v22.11.0"""
RUBY = """/app/leaves.rb:5:in 'take': no leaf (RuntimeError)
\tfrom /app/worker.rb:9:in 'run'"""
DOTNET = """Unhandled exception. System.InvalidOperationException: no leaf
 ---> System.ArgumentException: negative
   at Acme.Leaves.Take(Int32 id) in /src/Leaves.cs:line 7
   --- End of inner exception stack trace ---
   at Acme.Worker.Run() in /src/Worker.cs:line 12
--- End of stack trace from previous location ---
   at Acme.Program.Main() in /src/Program.cs:line 1"""
PHP = """PHP Fatal error:  Uncaught RuntimeException: no leaf in /app/leaves.php:12
Stack trace:
#0 /app/worker.php(5): Acme\\Leaves->take()
#1 {main}
  thrown in /app/leaves.php on line 12"""
RUST = """thread 'main' panicked at src/leaves.rs:5:10:
no leaf
stack backtrace:
   0: rust_begin_unwind
             at /rustc/abc/library/std/src/panicking.rs:645:5
   1: transfers::take
             at ./src/leaves.rs:5:10
note: run with `RUST_BACKTRACE=full`"""
INTRODUCED = {"python": PYTHON, "group": GROUP, "java": JAVA, "node": NODE, "ruby": RUBY, "dotnet": DOTNET, "php": PHP}
TRACES = INTRODUCED | {"go": GO, "rust": RUST}


def docker(at: datetime, text: str, stream: str = "2") -> str:
    """Docker's json-file driver."""
    return json.dumps({"log": f"{text}\n", "stream": OUTPUTS[stream], "time": f"{at:%Y-%m-%dT%H:%M:%S.%f}Z"}, separators=(",", ":"))


def runtime(at: datetime, text: str, stream: str = "2") -> str:
    """A container runtime (CRI)."""
    return f"{at:%Y-%m-%dT%H:%M:%S.%f}Z {OUTPUTS[stream]} F {text}"


def kubectl(at: datetime, text: str, _: str = "") -> str:
    """`kubectl logs --timestamps`."""
    return f"{at:%Y-%m-%dT%H:%M:%S.%f}Z {text}"


def syslog(at: datetime, text: str, stream: str = "2") -> str:
    """RFC 3164 as rsyslog writes it: whole seconds, tabs escaped; each output is a process of its own here."""
    return f"{at:%b %d %H:%M:%S} web-1 api[{stream}]: {text.replace(chr(9), '#011')}"


def rsyslog(at: datetime, text: str, stream: str = "2") -> str:
    """As newer distributions set rsyslog up."""
    return f"{at:%Y-%m-%dT%H:%M:%S.%f}+00:00 web-1 api[{stream}]: {text}"


def journal(at: datetime, text: str, stream: str = "2") -> str:
    """`journalctl -o json`."""
    document = {"__REALTIME_TIMESTAMP": str(int(at.timestamp() * 1e6)), "MESSAGE": text, "PRIORITY": "6", "_PID": stream, "_SYSTEMD_UNIT": "api.service"}
    return json.dumps(document)


CARRIERS = (docker, runtime, kubectl, syslog, rsyslog, journal)


def carried(carrier: Carrier, text: str, stream: str = "2", after: timedelta = timedelta()) -> list[str]:
    """The lines of a text, some microseconds apart."""
    return [carrier(NOON + after + timedelta(microseconds=40 * n), line, stream) for n, line in enumerate(text.split("\n"))]


def events(*lines: str) -> list[LogEvent]:
    """What a file with these lines holds; all of its lines are placed."""
    found = list(lines_to_events(enumerate(lines, 1), Fields(), "app.log", None, Dating(UTC, NOON)))
    placed = [one for one in found if isinstance(one, LogEvent)]
    assert len(placed) == len(found)
    return placed


def without_blanks(text: str) -> str:
    """Blank lines say nothing, carried or not."""
    return "\n".join(line for line in text.split("\n") if line)


@pytest.mark.parametrize("carrier", CARRIERS)
@pytest.mark.parametrize("trace", INTRODUCED.values(), ids=INTRODUCED)
def test_a_trace_belongs_to_the_error_line_right_before_it(carrier: Carrier, trace: str) -> None:
    """With its source lines, marks, chains and blank lines; what follows is an event of its own."""
    found, following = events(*carried(carrier, f"ERROR transfer failed\n{trace}\nINFO next"))
    assert (found.message, found.level, found.place) == ("transfer failed", "ERROR", "app.log:1")
    assert stacktrace.read(found.stack).frames == stacktrace.read(trace).frames
    assert (following.message, following.stack) == ("next", "")


@pytest.mark.parametrize("carrier", CARRIERS)
@pytest.mark.parametrize("trace", TRACES.values(), ids=TRACES)
@pytest.mark.parametrize("before", ["INFO credited acc-1", "listening on 80"])
def test_a_trace_does_not_belong_to_an_innocent_line(carrier: Carrier, trace: str, before: str) -> None:
    """It is an error of its own, whatever stands before it."""
    innocent, found = events(*carried(carrier, f"{before}\n{trace}"))
    assert (is_error(innocent), is_error(found)) == (False, True)
    assert (found.place, found.stack) == ("app.log:2", without_blanks(trace))


@pytest.mark.parametrize(
    ("trace", "message", "level"),
    [
        (PYTHON, "TimeoutError: no leaf for acc-1 in time", ""),
        (GROUP, "ExceptionGroup: two transfers (2 sub-exceptions)", ""),
        (JAVA, "com.acme.transfers.TransferException: no leaf", ""),
        (GO, "runtime error: invalid memory address or nil pointer dereference", "PANIC"),
        (NODE, "TypeError: no leaf", ""),
        (RUST, "no leaf", "PANIC"),
    ],
)
def test_a_trace_of_its_own_says_what_was_raised(trace: str, message: str, level: str) -> None:
    """And not that a traceback follows."""
    [found] = events(*carried(runtime, trace))
    assert (found.message, found.level) == (message, level)


@pytest.mark.parametrize("carrier", CARRIERS)
def test_an_error_line_of_another_time_does_not_introduce_a_trace(carrier: Carrier) -> None:
    """Two minutes lie between them."""
    early, found = events(*carried(carrier, "ERROR cache lost"), *carried(carrier, GO, after=timedelta(minutes=2)))
    assert (early.message, early.stack) == ("cache lost", "")
    assert (found.time.replace(microsecond=0), found.level) == (NOON.replace(microsecond=0) + timedelta(minutes=2), "PANIC")


@pytest.mark.parametrize("carrier", [docker, runtime, syslog, rsyslog, journal])
@pytest.mark.parametrize("trace", TRACES.values(), ids=TRACES)
def test_lines_of_another_output_do_not_tear_a_trace(carrier: Carrier, trace: str) -> None:
    """Nor do they become a part of it."""
    failing = carried(carrier, f"ERROR transfer failed\n{trace}")
    chatter = carried(carrier, "\n".join(f"tick {n}" for n in range(len(failing))), "1")
    found = events(*(line for pair in zip(failing, chatter, strict=True) for line in pair))
    alone = [(one.message, one.stack) for one in events(*failing)]
    assert [(one.message, one.stack) for one in found if one.message[:5] != "tick "] == alone
    assert len(found) == len(alone) + len(chatter)


def test_a_line_of_another_output_does_not_introduce_a_trace() -> None:
    """However near it stands."""
    found = events(*carried(docker, "ERROR cache lost", "1"), *carried(docker, JAVA, "2"))
    assert [one.message for one in found] == ["cache lost", "com.acme.transfers.TransferException: no leaf"]


def test_cut_lines_of_two_outputs_are_each_joined_to_their_own() -> None:
    """Flag P, with a line of the other output between the pieces."""
    at = f"{NOON:%Y-%m-%dT%H:%M:%S.%f}Z"
    first, second = events(f"{at} stderr P ERROR transfer ", f"{at} stdout F INFO tick", f"{at} stderr F failed", *carried(runtime, PYTHON, "2"))
    assert (first.message, second.message, second.error_type) == ("tick", "transfer failed", "TimeoutError")


def test_two_tracebacks_in_one_moment_are_two_events() -> None:
    """Only words that link them make one of them."""
    one = 'Traceback (most recent call last):\n  File "/app/a.py", line 1, in f\n    g()\nKeyError: 1'
    assert [found.stack for found in events(*carried(kubectl, f"{one}\n{one}"))] == [one, one]


def test_a_message_of_several_lines_stays_with_its_trace() -> None:
    """Notes and details that are written at once; a line with a level of its own begins the next event."""
    found, _ = events(*carried(runtime, f"{PYTHON}\nDETAIL: account acc-1\nINFO next"))
    assert found.stack.endswith("\nDETAIL: account acc-1")


def test_a_line_much_later_is_no_part_of_the_message() -> None:
    """A tenth of a second is long."""
    assert len(events(*carried(runtime, PYTHON), *carried(runtime, "listening on 80", after=timedelta(milliseconds=100)))) == 2


SIDEKIQ = "pid=1 tid=be7 class=SendPayoutJob jid=a83d858a449fe31317b89f44"
BACKTRACE = ["/app/services/signer.rb:5:in `fetch'", "/app/jobs/send_payout_job.rb:8:in `perform'"]


def test_the_backtrace_of_a_job_belongs_to_the_line_that_names_its_error() -> None:
    """Sidekiq writes three entries at once, each behind a time and context of its own: what it was given, the error, and its backtrace."""
    failed, after = events(
        f'{NOON:%Y-%m-%dT%H:%M:%S.250}Z {SIDEKIQ} WARN: {{"context":"Job raised exception"}}',
        f'{NOON:%Y-%m-%dT%H:%M:%S.251}Z {SIDEKIQ} WARN: KeyError: key not found: "SIGNING_KEY"',
        f"{NOON:%Y-%m-%dT%H:%M:%S.252}Z {SIDEKIQ} WARN: {BACKTRACE[0]}",
        BACKTRACE[1],
        f"{NOON:%Y-%m-%dT%H:%M:%S.252}Z {SIDEKIQ} WARN: retries in 20 s",
    )
    read = stacktrace.read(failed.stack)
    assert (read.error_type, read.message) == ("KeyError", 'key not found: "SIGNING_KEY"')
    assert [frame.line for frame in read.frames] == [8, 5]
    assert (failed.error_type, after.stack) == ("KeyError", "")


@pytest.mark.parametrize(("other", "seconds"), [(SIDEKIQ.replace("jid=a", "jid=b"), "00.251"), (SIDEKIQ, "01.251")], ids=["of another job", "a second later"])
def test_a_backtrace_of_something_else_is_an_event_of_its_own(other: str, seconds: str) -> None:
    """Jobs run side by side."""
    lines = (f"2025-12-17T12:00:00.250Z {SIDEKIQ} WARN: KeyError: no leaf", f"2025-12-17T12:00:{seconds}Z {other} WARN: {BACKTRACE[0]}")
    assert len(events(*lines)) == 2


@pytest.mark.parametrize("panic", ["2025-12-17T12:02:00Z panic: no leaf", "panic: no leaf"])
@pytest.mark.parametrize("before", ["2025-12-17T12:00:00Z INFO credited acc-1", '{"time":"2025-12-17T12:00:00Z","level":"info","msg":"credited acc-1"}'])
def test_a_panic_in_a_plain_file_is_an_event_of_its_own(panic: str, before: str) -> None:
    """With its own time, else with that of the line before it, which it came after."""
    innocent, found = events(before, panic, *GO.split("\n")[2:])
    assert (innocent.message, innocent.level, innocent.stack) == ("credited acc-1", "INFO", "")
    assert (found.message, found.level, found.place) == ("no leaf", "PANIC", "app.log:2")
    assert found.time == datetime(2025, 12, 17, 12, 2 if panic[:1] == "2" else 0, tzinfo=UTC)
    assert [frame.function for frame in stacktrace.read(found.stack).frames] == ["main", "(*Leaves).Take"]


def test_a_plain_line_with_padding_ends_a_stack_without_times() -> None:
    """Two spaces before the level are no indentation of a source line."""
    lines = ["2025-12-17T12:00:00.000Z ERROR a", *PYTHON.split("\n"), "2025-12-17T12:00:00.001Z  INFO 1 --- [main] started"]
    assert [(one.level, bool(one.stack)) for one in events(*lines)] == [("ERROR", True), ("INFO", False)]


@pytest.mark.slow
@pytest.mark.parametrize("carrier", CARRIERS)
def test_hostile_lines_cost_time_in_proportion(carrier: Carrier) -> None:
    """Each line that could begin, continue or end a trace, over and over, gives bounded events and none is lost in a loop."""
    pieces = [
        "panic: " * 50,
        "a." * 300 + "B:",
        "(" * 900,
        "Traceback (most recent call last):",
        "  x",
        "goroutine 1 [",
        "#0 " * 200,
        "}",
        "E" * 900 + "Error:",
    ]
    found = events(*(carrier(NOON, pieces[n % len(pieces)], str(1 + n % 2)) for n in range(4_000)))
    assert 0 < len(found) <= 4_000
    assert max(len(one.stack) + len(one.message) for one in found) < 100_000


@pytest.mark.slow
@pytest.mark.parametrize("carrier", [docker, runtime, kubectl, syslog, journal])
def test_traces_of_a_large_file_are_read_whole(tmp_path: Path, carrier: Carrier) -> None:
    """Where only what tells of an error is read, what belongs to it is read, too."""
    lines: list[str] = []
    for n in range(300):
        after = timedelta(seconds=2 * n - 300)
        chatter = "\n".join(f"INFO tick {n} {'x' * 150}" for _ in range(60))
        lines += carried(carrier, chatter, "1", after - timedelta(seconds=1))
        failing = carried(carrier, list(TRACES.values())[n % len(TRACES)], "2", after)
        lines += [
            line
            for n, one in enumerate(failing)
            for line in (one, *(carried(carrier, "INFO tick", "1", after) if n % 4 == 1 and carrier is not kubectl else ()))
        ]
    (tmp_path / "app.log").write_text("\n".join(lines))
    alert = Alert(Permalink("acme.slack.com", "C1", "1765962900.000000"), NOON, "prod", "boom")
    source = FileSource("files", tmp_path, (LogFiles(("app.log",)),), Fields(), Limits(source_seconds=300, error_events=5_000))
    found = source.gather(Inquiry(alert, NOON - timedelta(minutes=2), NOON + timedelta(minutes=2))).events
    assert len(found) >= 120
    assert {one.stack for one in found} == set(map(without_blanks, TRACES.values()))
