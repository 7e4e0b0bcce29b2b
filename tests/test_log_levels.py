"""A level that a carrier gives any line says nothing of a trace; one that somebody chose, or that the program wrote, stands."""

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from bot.config import Fields
from bot.core.logs.lines import lines_to_events
from bot.core.logs.time import Dating
from bot.model import LogEvent

Carrier = Callable[..., list[str]]
NOON = datetime(2025, 12, 17, 12, tzinfo=UTC)
PYTHON = ("Traceback (most recent call last):", '  File "/app/worker.py", line 5, in run', "    reserve()", "LeafError: no leaf")
GO = ("panic: no leaf", "", "goroutine 1 [running]:", "main.main()", "\t/app/main.go:5 +0x25")
RUST = ("thread 'main' panicked at src/leaves.rs:5:10:", "no leaf")
JAVA = ("com.acme.TransferException: no leaf", "\tat com.acme.Worker.run(Worker.java:12)")
DEADLOCK = ("fatal error: all goroutines are asleep - deadlock!", *GO[1:])
NUMBERS = {"ERR": "3", "WARN": "4", "NOTICE": "5", "INFO": "6"}


def journal(priority: str, *lines: str) -> list[str]:
    """`journalctl -o json`."""
    begun = int(NOON.timestamp() * 1e6)
    return [
        json.dumps({"__REALTIME_TIMESTAMP": str(begun + 40 * n), "MESSAGE": line, "PRIORITY": NUMBERS[priority], "_PID": "2"}) for n, line in enumerate(lines)
    ]


def syslog(priority: str, *lines: str) -> list[str]:
    """RFC 3164 with a priority of the facility `user`."""
    return [f"<{8 + int(NUMBERS[priority])}>Dec 17 12:00:00 web-1 api[2]: {line}" for line in lines]


def events(lines: list[str]) -> list[LogEvent]:
    """What a file with these lines holds."""
    return [one for one in lines_to_events(enumerate(lines, 1), Fields(), "app.log", None, Dating(UTC, NOON)) if isinstance(one, LogEvent)]


@pytest.mark.parametrize("carrier", [journal, syslog])
@pytest.mark.parametrize("priority", ["INFO", "NOTICE"])
@pytest.mark.parametrize(("lines", "level"), [(PYTHON, "ERROR"), (JAVA, "ERROR"), (GO, "PANIC"), (RUST, "PANIC"), (DEADLOCK, "PANIC")])
def test_a_trace_is_an_error_whatever_any_line_is_given(carrier: Carrier, priority: str, lines: tuple[str, ...], level: str) -> None:
    """What systemd and `logger` give each line of an output."""
    [found] = events(carrier(priority, *lines))
    assert found.level == level


@pytest.mark.parametrize("carrier", [journal, syslog])
def test_a_trace_belongs_to_the_line_of_an_output_that_tells_of_the_failure(carrier: Carrier) -> None:
    """Its words count, since its level says nothing."""
    [found] = events(carrier("INFO", "transfer failed", *PYTHON))
    assert (found.level, found.message, found.error_type) == ("ERROR", "transfer failed", "LeafError")
    innocent, _ = events(carrier("INFO", "started", *PYTHON))
    assert (innocent.level, innocent.message) == ("INFO", "started")


@pytest.mark.parametrize("carrier", [journal, syslog])
@pytest.mark.parametrize(
    ("priority", "line", "level"),
    [
        ("INFO", "INFO panic: no leaf", "INFO"),
        ("INFO", "ERROR transfer failed", "ERROR"),
        ("WARN", "Traceback (most recent call last):", "WARN"),
        ("INFO", "transfer failed", "INFO"),
        ("ERR", "no leaf", "ERROR"),
    ],
)
def test_a_level_that_was_chosen_stands(carrier: Carrier, priority: str, line: str, level: str) -> None:
    """By the program in its line, or by whoever set the priority."""
    [found] = events(carrier(priority, line))
    assert found.level == level


@pytest.mark.parametrize("number", range(1, 25))
def test_a_number_of_opentelemetry_is_a_level(number: int) -> None:
    """Four for each."""
    [found] = events([json.dumps({"timestamp": "2025-12-17T12:00:00Z", "severityNumber": number, "body": "no leaf"})])
    assert found.level == ("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL")[(number - 1) // 4]


@pytest.mark.parametrize(
    "said",
    [{"severityNumber": 0}, {"severityNumber": 99}, {"severityNumber": "¹"}, {"level": "3"}, {"severity": "DEFAULT"}, {"status": 500}, {"status": "declined"}],
)
def test_what_is_no_level_is_none(said: dict[str, object]) -> None:
    """A number that has no meaning by itself, Google's word for none, and what became of a request."""
    [found] = events([json.dumps({"timestamp": "2025-12-17T12:00:00Z", "message": "no leaf", **said})])
    assert found.level == ""


@pytest.mark.parametrize(
    "wrap", [{"log": "{}", "kubernetes": {"container_name": "api"}}, {"message": "{}", "source_type": "file"}], ids=["Fluent Bit", "Vector"]
)
@pytest.mark.parametrize("line", ["ERROR no leaf", "2025-12-17 12:00:00,123 ERROR no leaf", "[error] no leaf"])
def test_a_plain_line_that_a_shipper_wrapped_tells_its_level(wrap: dict[str, object], line: str) -> None:
    """The document has no word for it."""
    document = {name: value.format(line) if isinstance(value, str) else value for name, value in wrap.items()}
    [found] = events([json.dumps({"@timestamp": "2025-12-17T12:00:00Z", **document})])
    assert (found.level, found.message) == ("ERROR", "no leaf")
