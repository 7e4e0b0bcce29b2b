"""Lines of a log file become events, stack traces joined, what cannot be placed told."""

import json
from datetime import UTC, datetime

import pytest

from bot.config import Fields
from bot.core.logs.lines import Unplaced, lines_to_events, plain_line
from bot.model import LogEvent

FIELDS = Fields()
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
NOON = datetime(2025, 12, 16, 12, 0, tzinfo=UTC)


def given_lines(text: str) -> list[LogEvent | Unplaced]:
    """What a log file with this text holds."""
    return list(lines_to_events(enumerate(text.splitlines(), start=1), FIELDS, "app.log"))


@pytest.mark.parametrize(
    ("line", "level", "message"),
    [
        ("2025-12-16T12:00:00.000Z ERROR [transfers] no leaf", "ERROR", "[transfers] no leaf"),
        ("2025-12-16 12:00:00,000 - app.transfers - ERROR - no leaf", "ERROR", "app.transfers: no leaf"),
        ("[2025-12-16 12:00:00] [error] no leaf", "ERROR", "no leaf"),
        ("2025-12-16 12:00:00 error: no leaf", "ERROR", "no leaf"),
        ("CRIT 2025-12-16T12:00:00Z no leaf", "CRITICAL", "no leaf"),
        ("2025-12-16T12:00:00Z WARNING: no leaf", "WARN", "no leaf"),
        ('time="2025-12-16T12:00:00Z" level=error msg="no \\"leaf\\""', "ERROR", 'no "leaf"'),
        ('[2025-12-16 12:00:00] production.ERROR: no leaf {"exception":"x"}', "ERROR", 'no leaf {"exception":"x"}'),
        ("2025-12-16T12:00:00Z no leaf", "", "no leaf"),
    ],
)
def test_a_plain_line_gives_time_level_and_message(line: str, level: str, message: str) -> None:
    """The usual layouts of loggers."""
    found = plain_line(line, "p")
    assert found is not None
    assert (found.time, found.level, found.message) == (NOON, level, message)


def test_a_plain_line_gives_its_trace() -> None:
    """However the logger spells it."""
    found = [plain_line(f"2025-12-16T12:00:00Z ERROR x {said}", "p") for said in (f"trace_id={TRACE}", f"traceId: {TRACE}", f'trace-id="{TRACE}"')]
    assert [one and one.trace_id for one in found] == [TRACE] * 3


@pytest.mark.parametrize(
    ("written", "trace_id", "service"),
    [
        (f"[ledger,{TRACE},00f067aa0ba902b7]", TRACE, "ledger"),
        (f"[ledger,{TRACE[16:]},00f067aa0ba902b7,true]", TRACE[16:], "ledger"),
        (f"[ledger] [main] [{TRACE}-00f067aa0ba902b7]", TRACE, ""),
        (f"[,{TRACE},00f067aa0ba902b7]", TRACE, ""),
        ("[ledger,,]", None, ""),
        ("[ledger,4bf92f35,00f067aa]", None, ""),
        (f"[{TRACE}]", None, ""),
        (f"batch [{TRACE}, 00f067aa0ba902b7]", None, ""),
    ],
)
def test_spring_writes_trace_and_service_in_brackets(written: str, trace_id: str | None, service: str) -> None:
    """Sleuth and Micrometer's default patterns; a list of digests in a message is none."""
    found = plain_line(f"2025-12-16 12:00:00,000 ERROR {written} o.a.Ledger : no leaf", "p")
    assert found is not None
    assert (found.trace_id, found.service) == (trace_id, service)


@pytest.mark.parametrize("line", ["", "no time", "at 2025-12-16T12:00:00Z it broke", "2025-13-40T99:00:00Z ERROR x", "    2025", "level=error msg=x"])
def test_a_line_without_leading_time_is_no_event(line: str) -> None:
    """It continues the one before, or cannot be placed."""
    assert plain_line(line, "p") is None


def test_a_stack_trace_belongs_to_the_line_before_it() -> None:
    """Its type becomes the event's; the next dated line begins a new event."""
    first, second = given_lines(
        '2025-12-16T12:00:00Z ERROR transfer failed\nTraceback (most recent call last):\n  File "a.py", line 1, in f\nKeyError: 1\n2025-12-16T12:00:01Z next'
    )
    assert isinstance(first, LogEvent)
    assert isinstance(second, LogEvent)
    assert (first.message, first.error_type, first.place) == ("transfer failed", "KeyError", "app.log:1")
    assert first.stack.startswith("Traceback")
    assert (second.message, second.place) == ("next", "app.log:5")


def test_a_java_trace_takes_its_head_from_the_line() -> None:
    """Java prints the exception on the dated line itself."""
    [found] = given_lines("2025-12-16 12:00:00,000 ERROR java.io.IOException: disk full\n\tat a.B.c(B.java:1)")
    assert isinstance(found, LogEvent)
    assert found.error_type == "java.io.IOException"
    assert found.stack.splitlines()[0].endswith("java.io.IOException: disk full")


def test_other_lines_lengthen_the_message() -> None:
    """What is no stack is still part of what was said."""
    [found] = given_lines("2025-12-16T12:00:00Z ERROR query failed:\n  SELECT 1\n  FROM t")
    assert isinstance(found, LogEvent)
    assert found.message == "query failed:\n  SELECT 1\n  FROM t"
    assert found.stack == ""


def test_a_stack_may_follow_a_json_line_but_chatter_does_not_join_it() -> None:
    """A process prints its uncaught exception after its JSON logs."""
    json_line = json.dumps({"@timestamp": "2025-12-16T12:00:00Z", "level": "error", "message": "dying"})
    complaint, found = given_lines(f'{json_line}\nTraceback (most recent call last):\n  File "a.py", line 1, in f\nKeyError: 1\nlistening on 80')
    assert complaint == Unplaced(5, "no time")
    assert isinstance(found, LogEvent)
    assert found.error_type == "KeyError"
    assert "listening" not in found.stack


def test_a_json_line_behind_a_container_time_is_read() -> None:
    """The container runtime's format: time, stream, flag, line."""
    [found] = given_lines(f'2025-12-16T12:00:00.000000000Z stderr F {{"level":"error","msg":"inside","trace_id":"{TRACE}"}}')
    assert isinstance(found, LogEvent)
    assert (found.time, found.level, found.message, found.trace_id) == (NOON, "ERROR", "inside", TRACE)


def test_a_broken_json_line_is_told_and_saved_as_far_as_it_goes() -> None:
    """Time, level and the beginning of the message are worth keeping."""
    complaint, found = given_lines(f'{{"@timestamp":"2025-12-16T12:00:00Z","level":"ERROR","trace_id":"{TRACE}","message":"cut he')
    assert complaint == Unplaced(1, "broken JSON")
    assert isinstance(found, LogEvent)
    assert (found.level, found.message, found.trace_id) == ("ERROR", "cut he", TRACE)


def test_a_broken_json_line_without_time_continues_a_plain_event() -> None:
    """A dump of an object under the line that announces it."""
    complaint, found = given_lines("2025-12-16T12:00:00Z ERROR state was\n{'a': 1}")
    assert complaint == Unplaced(2, "broken JSON")
    assert isinstance(found, LogEvent)
    assert found.message == "state was\n{'a': 1}"


def test_lines_without_time_are_told_one_by_one() -> None:
    """So that they can be counted; what continues one is not counted again."""
    assert given_lines('hello\n{"message":"x"}\n  more of x\n\n') == [Unplaced(1, "no time"), Unplaced(2, "no time")]


def test_an_unwanted_line_takes_its_continuation_along() -> None:
    """Refusing a line refuses its stack trace."""
    lines = [
        '{"@timestamp":"2025-12-16T12:00:00Z","message":"a"}',
        "Traceback (most recent call last):",
        "2025-12-16T12:00:00Z ERROR b",
        "  of b",
        "2025-12-16T12:00:00Z c",
    ]
    found = list(lines_to_events(enumerate(lines, 1), FIELDS, "f", lambda line: line.endswith(" c")))
    assert [isinstance(one, LogEvent) and one.message for one in found] == ["c"]


def test_a_flood_of_continuation_lines_is_bounded() -> None:
    """A dump of a million lines is no event of a million lines."""
    [found] = given_lines("2025-12-16T12:00:00Z ERROR dump\n" + "  x\n" * 10_000)
    assert isinstance(found, LogEvent)
    assert len(found.message) < 3000


def test_a_service_of_logfmt_hides_nothing() -> None:
    """Its name goes into pages and queries as it is shown."""
    [found] = given_lines('time="2025-12-16T12:00:00Z" level=error msg=boom service="trans\u200bfers\u202e"')
    assert isinstance(found, LogEvent)
    assert found.service == "transfers"
