"""Lines inside what runtimes, shippers and exports put around them are read as their programs wrote them."""

import json
from datetime import UTC, datetime

import pytest

from bot.config import Fields
from bot.core.logs.lines import Unplaced, lines_to_events
from bot.core.logs.time import Dating
from bot.model import LogEvent

DATING = Dating(UTC, datetime(2025, 12, 17, 9, 15, tzinfo=UTC))
AT = "2025-12-17T09:12:43.500000000Z"
TIME = datetime(2025, 12, 17, 9, 12, 43, 500_000, tzinfo=UTC)
STACK = ["Traceback (most recent call last):", '  File "a.py", line 1, in f', "KeyError: 1"]


def given_lines(*lines: str) -> list[LogEvent | Unplaced]:
    """What a file with these lines holds."""
    return list(lines_to_events(enumerate(lines, start=1), Fields(), "app.log", None, DATING))


def given_event(*lines: str) -> LogEvent:
    """Its only event."""
    [found] = given_lines(*lines)
    assert isinstance(found, LogEvent)
    return found


def docker(text: str) -> str:
    """A line of Docker's json-file driver."""
    return json.dumps({"log": f"{text}\n", "stream": "stderr", "time": AT}, separators=(",", ":"))


def runtime(text: str) -> str:
    """A line of a container runtime's log (CRI)."""
    return f"{AT} stderr F {text}"


def shipped(text: str) -> str:
    """A line of CloudWatch's export to S3, or of `kubectl logs --timestamps`."""
    return f"{AT} {text}"


@pytest.mark.parametrize("carrier", [docker, runtime, shipped])
def test_a_stack_of_carried_lines_is_one_event(carrier: object) -> None:
    """Each of its lines has a time of its own there."""
    assert callable(carrier)
    found = given_lines(*(carrier(text) for text in ["ERROR transfer failed", *STACK, "INFO next"]))
    assert [isinstance(one, LogEvent) and (one.message, one.level, one.place) for one in found] == [
        ("transfer failed", "ERROR", "app.log:1"),
        ("next", "INFO", "app.log:5"),
    ]
    assert isinstance(found[0], LogEvent)
    assert (found[0].time, found[0].error_type, found[0].stack) == (TIME, "KeyError", "\n".join(STACK))


@pytest.mark.parametrize("carrier", [docker, runtime, shipped])
def test_a_carried_document_is_opened(carrier: object) -> None:
    """Its level and its own time count."""
    assert callable(carrier)
    found = given_event(carrier('{"level":"error","msg":"inside","time":"2025-12-17T09:12:43Z"}'))
    assert (found.level, found.message, found.time) == ("ERROR", "inside", TIME.replace(microsecond=0))


@pytest.mark.parametrize("carrier", [docker, runtime])
def test_a_carried_line_without_level_or_time_is_placed_by_its_carrier(carrier: object) -> None:
    """What a program prints bare."""
    assert callable(carrier)
    found = given_event(carrier("listening on 80"))
    assert (found.time, found.level, found.message) == (TIME, "", "listening on 80")


def test_a_line_that_its_carrier_cut_is_joined() -> None:
    """Runtimes split lines at 16 KB: flag P, and in Docker's documents no line end."""
    found = given_event(f"{AT} stderr P ERROR one ", f"{AT} stderr F two")
    assert (found.message, found.place) == ("one two", "app.log:2")
    cut = json.dumps({"log": "ERROR one ", "stream": "stderr", "time": AT})
    assert given_event(cut, docker("two")).message == "one two"


@pytest.mark.parametrize(
    ("line", "service"),
    [
        ('pod-abc 2025-12-17T09:12:43.5Z {"level":"ERROR","message":"boom"}', "pod-abc"),
        ('api-7d9f8c6b5-x2x4z {"level":"ERROR","message":"boom","time":"2025-12-17T09:12:43.5Z"}', "api"),
        ('2025-12-17T09:12:43.5Z web/main/0123abc {"level":"ERROR","message":"boom"}', ""),
        ('Dec 17 09:12:43.5 host api[12]: {"level":"ERROR","message":"boom"}', "api"),
    ],
)
def test_a_document_behind_a_senders_name_is_opened(line: str, service: str) -> None:
    """Shippers prefix the pod, `aws logs tail` the stream, syslog the program."""
    found = given_event(line)
    assert (found.time, found.level, found.message, found.service) == (TIME, "ERROR", "boom", service)


@pytest.mark.parametrize(
    ("document", "level", "service"),
    [
        ({"timestamp": 1765962763500, "message": "ERROR boom\n", "logStreamName": "s", "eventId": "1"}, "ERROR", ""),
        ({"@timestamp": "2025-12-17 09:12:43.500", "@message": "ERROR boom", "@ptr": "x"}, "ERROR", ""),
        ({"__REALTIME_TIMESTAMP": "1765962763500000", "MESSAGE": "boom", "PRIORITY": "3", "_SYSTEMD_UNIT": "api.service"}, "ERROR", "api"),
        ({"_index": "x", "_source": {"@timestamp": AT, "level": "ERROR", "message": "boom"}}, "ERROR", ""),
        ({"ts": 1765962763.5, "level": "error", "msg": "boom"}, "ERROR", ""),
    ],
)
def test_documents_of_other_systems_are_known(document: dict[str, object], level: str, service: str) -> None:
    """CloudWatch's events and Insights' rows, the journal, a search hit, zap."""
    found = given_event(json.dumps(document))
    assert (found.time, found.level, found.message, found.service) == (TIME, level, "boom", service)


def test_a_message_of_several_lines_gives_its_stack() -> None:
    """CloudWatch keeps a stack in one event."""
    message = "ERROR boom\n" + "\n".join(STACK)
    found = given_event(json.dumps({"timestamp": 1765962763500, "message": message, "logStreamName": "s"}))
    assert (found.message, found.error_type) == ("boom", "KeyError")


def test_the_level_may_stand_in_the_second_line() -> None:
    """java.util.logging writes time and place first."""
    found = given_event("Dec 17, 2025 9:12:43 AM com.acme.Foo bar", "SEVERE: boom")
    assert found.level == "SEVERE"


def test_the_lines_of_an_array_are_documents() -> None:
    """One element on each line, brackets and commas around them."""
    element = json.dumps({"@timestamp": AT, "level": "ERROR", "message": "boom"})
    found = given_lines(f"[{element},", f"{element},", f",{element}", f"{element}]", "]")
    assert [isinstance(one, LogEvent) and one.message for one in found] == ["boom"] * 4


def test_where_numbers_leap_nothing_is_missed_or_joined() -> None:
    """Lines that were left out were looked at by their bytes."""
    lines = [(1, f"{AT} ERROR one"), (2, "  of one"), (9, "  of another"), (10, f"{AT} ERROR two")]
    found = list(lines_to_events(lines, Fields(), "app.log", None, DATING))
    assert [isinstance(one, LogEvent) and one.message for one in found] == ["one\n  of one", "two"]
