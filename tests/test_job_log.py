"""The failing step's last lines out of a job's log, and the links that name a run."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.core.links.actions_link import RunLink, run_links
from bot.core.logs.job_log import MOST_CHARACTERS, MOST_LINES, last_lines

START = datetime(2025, 12, 17, 9, 5, 0, tzinfo=UTC)


def stamped(second: int, line: str) -> str:
    """A line as the runner writes it."""
    return f"{START + timedelta(seconds=second):%Y-%m-%dT%H:%M:%S}.1234567Z {line}"


LOG = "\n".join(
    [
        "\ufeff" + stamped(-60, "Current runner version: '2.329.0'"),
        stamped(-30, "##[group]Run pip install ."),
        stamped(-29, "WARNING: retrying"),
        stamped(0, "##[group]Run ./migrate"),
        stamped(1, "##[endgroup]"),
        stamped(2, "applying 0042_leaves"),
        stamped(3, '\x1b[31mpsycopg.errors.UndefinedColumn: column "leaf" does not exist\x1b[0m'),
        'LINE 1: SELECT "leaf"',
        stamped(4, "##[error]Process completed with exit code 1."),
        stamped(4, "##[group]Post job"),
        stamped(60, "Cleaning up orphan processes"),
    ]
)


def test_only_the_failing_step_is_shown() -> None:
    """Up to its error: neither the step before nor the cleaning up; marks, colours and times are taken off."""
    found = last_lines(LOG, START, START + timedelta(seconds=4))
    assert found.lines == (
        "Run ./migrate",
        "applying 0042_leaves",
        'psycopg.errors.UndefinedColumn: column "leaf" does not exist',
        'LINE 1: SELECT "leaf"',
        "error: Process completed with exit code 1.",
    )
    assert found.errors == ("error: Process completed with exit code 1.",)
    assert found.left_out == 0


@pytest.mark.parametrize("times", [(None, None), (START + timedelta(days=9), START + timedelta(days=10))])
def test_without_times_that_fit_the_whole_log_counts(times: tuple[datetime | None, datetime | None]) -> None:
    """Also up to its last error."""
    found = last_lines(LOG, *times)
    assert found.lines[0] == "Current runner version: '2.329.0'"
    assert found.lines[-1].startswith("error: ")


def test_what_is_left_out_is_counted() -> None:
    """The last lines stay; long ones are cut."""
    found = last_lines("\n".join(stamped(0, f"line {number}") for number in range(1000)), START, START)
    assert len(found.lines) == MOST_LINES
    assert found.lines[-1] == "line 999"
    assert found.left_out == 1000 - MOST_LINES
    long = last_lines("\n".join(stamped(0, "x" * 900) for _ in range(20)), START, START)
    assert sum(map(len, long.lines)) <= MOST_CHARACTERS
    assert long.left_out == 20 - len(long.lines)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", ()),
        ("\x00\xff" * 100, ("\xff" * 100,)),
        ("2025-99-99T99:99:99Z what", ("what",)),
        ("##[error]" * 3, ("error: error: error:",)),
        ("\n" * 1000, ()),
        ("\u202e##[error]\ud800gone", ("error: gone",)),
    ],
)
def test_odd_logs_are_harmless(text: str, told: tuple[str, ...]) -> None:
    """Whatever a job prints: what a reader would see of it, on lines that are lines."""
    assert tuple(line.strip() for line in last_lines(text, START, START).lines) == told


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://github.com/acme/x/actions/runs/123", [RunLink("github.com", "acme/x", 123)]),
        ("see https://github.com/Acme/X/actions/runs/123/job/456?pr=7#step:4:10 now", [RunLink("github.com", "acme/x", 123, 456)]),
        ("https://ghe.acme.example:8443/acme/x/actions/runs/9/attempts/2", [RunLink("ghe.acme.example:8443", "acme/x", 9)]),
        ("https://github.com/acme/x/actions/runs/abc https://github.com/acme/x/actions", []),
        ("https://github.com/acme/../actions/runs/1", [RunLink("github.com", "acme/..", 1)]),
        ("https://github.com/acme/x/actions/runs/12345678901234567890123", []),
        ("javascript://github.com/acme/x/actions/runs/1", []),
        ("x" * 30_000 + "https://github.com/acme/x/actions/runs/1", []),
    ],
)
def test_which_run_a_link_names(text: str, expected: list[RunLink]) -> None:
    """Nothing of it goes into an address but its numbers, and only when the rest is the configured repository."""
    assert list(run_links([text, text])) == expected
