"""PostgreSQL's server log: the statements of a deadlock belong to its error, and the prefix stays whole."""

import pytest

from bot.config import Fields
from bot.core.logs.lines import lines_to_events
from bot.core.logs.postgresql import more_of
from bot.model import LogEvent

AT = "2026-11-20 04:33:40.000 UTC"


def events(*lines: str) -> list[tuple[str, str]]:
    """Level and message of each event of the lines."""
    return [(one.level, one.message) for one in lines_to_events(enumerate(lines, 1), Fields(), "postgresql.log") if isinstance(one, LogEvent)]


def test_the_statements_of_a_deadlock_belong_to_its_error() -> None:
    """What people look for first when two transactions met."""
    prefix = f"{AT} [2342] inventory@shop"
    found = events(
        f"{prefix} ERROR:  deadlock detected",
        f"{prefix} DETAIL:  Process 2342 waits for ShareLock on transaction 88336; blocked by process 2349.",
        '\tProcess 2342: UPDATE "items" SET "stock" = 41',
        f"{prefix} CONTEXT:  while updating tuple (14,10) in relation items",
        f"{prefix} STATEMENT:  LOCK TABLE items",
        f"{AT} [2349] inventory@shop LOG:  duration: 3021.114 ms",
    )

    assert found == [
        (
            "ERROR",
            "[2342] inventory@shop: deadlock detected\n"
            "DETAIL:  Process 2342 waits for ShareLock on transaction 88336; blocked by process 2349.\n"
            '\tProcess 2342: UPDATE "items" SET "stock" = 41\n'
            "CONTEXT:  while updating tuple (14,10) in relation items\n"
            "STATEMENT:  LOCK TABLE items",
        ),
        ("", "[2349] inventory@shop LOG:  duration: 3021.114 ms"),
    ]


def test_a_container_carries_them_as_lines_with_a_time_each() -> None:
    """As `kubectl logs --timestamps` and Docker give them."""
    assert events(
        f"2026-11-20T04:33:40.123456789Z stderr F {AT} [7] ERROR:  canceling statement due to lock timeout",
        f"2026-11-20T04:33:40.123457789Z stderr F {AT} [7] STATEMENT:  SELECT 1",
        "2026-11-20T04:33:40.123458789Z stderr F \t  FROM items",
        f"2026-11-20T04:33:40.123459789Z stderr F {AT} [7] LOG:  checkpoint starting",
    ) == [("ERROR", "7: canceling statement due to lock timeout\nSTATEMENT:  SELECT 1\n\t  FROM items"), ("", "[7] LOG:  checkpoint starting")]


@pytest.mark.parametrize(
    ("first", "line", "expected"),
    [
        (f"{AT} [7] ERROR:  boom", f"{AT} [8] STATEMENT:  SELECT 1", ""),
        (f"{AT} [7] ERROR:  boom", "2026-11-20 04:33:41.000 UTC [7] STATEMENT:  SELECT 1", ""),
        (f"{AT} [7] ERROR:  boom", f"{AT} [7] LOG:  checkpoint starting", ""),
        ("no PostgreSQL", f"{AT} [7] STATEMENT:  SELECT 1", ""),
        (f"{AT} [7]: [3-1] user=a ERROR:  boom", f"{AT} [7]: [4-1] user=a HINT:  none", "HINT:  none"),
        (f"{AT}:10.0.0.1(5432):a@b:[7]:FATAL:  boom", f"{AT}:10.0.0.1(5432):a@b:[7]:DETAIL:  x", "DETAIL:  x"),
    ],
    ids=["process", "time", "message", "other log", "numbered lines", "Amazon RDS"],
)
def test_a_line_belongs_to_the_message_of_its_prefix_only(first: str, line: str, expected: str) -> None:
    """Another process or another moment is another message; a line's own number is none."""
    assert more_of(first, line) == expected


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (f"{AT} [2322] inventory@shop FATAL:  password authentication failed", "[2322] inventory@shop: password authentication failed"),
        (f"{AT} [main] ERROR com.acme.Api - boom", "main: com.acme.Api - boom"),
        (f"{AT} [main] [x] ERROR boom", "[main] [x]: boom"),
        (f"{AT} a@b:[7]:ERROR:  boom", "a@b:[7]: boom"),
        (f"{AT} - [worker] - [ERROR] - boom", "worker: boom"),
    ],
)
def test_what_stands_before_the_level_keeps_both_brackets(line: str, message: str) -> None:
    """A thread's name alone loses both."""
    assert [said for _, said in events(line)] == [message]
