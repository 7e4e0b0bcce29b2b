"""What the dashboard tells: counts, figures, and words from outside."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from bot.core.alert import alert_marks
from bot.core.alert.response_time import length_of
from bot.core.entry.entry import render
from bot.core.entry.library import Library
from bot.model import Permalink
from bot.model.review import UNKNOWN
from bot.texts import board as words
from tests.board_house import House
from tests.occurrences import FIRST, SECOND, alert
from tests.upkeep import NOW, a_request, a_week, an_entry, at, cost


@pytest.mark.slow
def test_three_thousand_waiting_requests_fit() -> None:
    """Within GitHub's 65,536 characters, with people's words; the rest is counted; in a second."""
    many = [a_request(number, opened=NOW - timedelta(days=5, minutes=number), title="x" * 200) for number in range(1, 3_001)]
    house = House(many)
    house.visit("")
    assert len(house.text) <= 65_536
    assert "**3000** waiting, **3000** overdue" in house.text
    assert re.search(r"^- and 29\d\d more$", house.section("Waiting for review"), re.MULTILINE)

    house.say("w" * 50_000 + house.text)
    house.requests.known[1] = replace(house.requests.known[1], state="merged", ended=NOW)
    house.visit("")
    assert "**2999** waiting" in house.text
    assert len(house.text) <= 65_536


def test_more_ticks_than_are_followed_at_once_are_told() -> None:
    """A person who ticks everything has to tick again."""
    house = House([a_request(number) for number in range(1, 41)])
    house.visit("")
    house.board.tick(*(f"decline/{number}" for number in range(1, 41)))
    house.visit()

    assert sum(one.state == "closed" for one in house.requests.known.values()) == 25
    assert "15 more ticks not followed" in house.text


def test_ten_broken_entries_are_counted_and_the_rest_is_shown() -> None:
    """Among many; what cannot be read keeps nothing else from the board."""
    entries, requests = a_week()
    files = {f"knowledge/errors/{entry.meta.signature}.md": render(entry) for entry in entries}
    files |= {f"knowledge/errors/broken{number}.md": "<<<<<<< HEAD\n---\nnothing" for number in range(10)}
    house = House(requests, Library.read(files))
    house.visit("")

    assert "10 entries cannot be read" in house.text
    assert "insufficient leaf balance" in house.section("Recurring without a fix")


def test_entries_that_fail_are_named() -> None:
    """Whose instant answers were wrong more often than right; withdrawn ones are not."""
    library = Library([an_entry("bad", held=1, failed=3), an_entry("good", held=3, failed=1), an_entry("gone", failed=3, status="withdrawn")])
    house = House([], library)
    house.visit("")

    assert "held 1, failed 3" in house.section("Wrong more often than right")
    assert house.section("Wrong more often than right").count("](https") == 1


def test_an_entry_not_reviewed_for_long_is_named() -> None:
    """By its last review, else by its last alert; times that nobody can read are none."""
    library = Library([an_entry("a", [at(20)], reviewed_at="2026-01-02T00:00:00Z"), an_entry("b", [at(20)], reviewed_at="2026-11-02T00:00:00Z"), an_entry("c")])
    house = House([], library)
    house.visit("")

    assert house.section("Not reviewed for long").count("- [Validation") == 1
    assert "reviewed 2026-01-02" in house.section("Not reviewed for long")


def test_a_politely_closed_request_is_no_rejection() -> None:
    """It stands apart, and can be opened again or made a "no"."""
    house = House([a_request(1), a_request(2)])
    house.requests.lapse(1)
    house.requests.decline(2)
    house.visit("")
    assert "[1:" in house.section("Closed by the bot")
    assert "[2:" in house.section("Rejected")

    house.board.tick("decline/1")
    house.visit()
    assert "[1:" in house.section("Rejected")


@pytest.mark.parametrize(
    ("promise", "minutes"),
    [
        ("< 15 minutes", 15),
        ("< 1 hour", 60),
        ("2 h", 120),
        ("< 1 week", 10_080),
        ("within 1.5 days", 2_160),
        ("next sprint", None),
        ("1 " * 100_000 + "day", None),
    ],
)
def test_response_times_are_read_as_people_write_them(promise: str, minutes: int | None) -> None:
    """By the clock; what names no length has none."""
    assert length_of(promise) == (timedelta(minutes=minutes) if minutes else None)


def test_spend_counts_days_not_updates() -> None:
    """Of the last seven days in UTC; yesterday's marks in a request of today are yesterday's."""
    marks = (
        cost(1, NOW, case="a1")
        + cost(2, NOW - timedelta(days=1), case="a2")
        + cost(4, NOW - timedelta(days=6), case="a3")
        + cost(8, NOW - timedelta(days=7), case="a4")
    )
    house = House([a_request(1, spend=marks)], Library([]))
    house.visit("")

    assert "$1.00 today, $7.00 in the last seven days" in house.text
    assert words.line(datetime(2026, 11, 22, 10, 5, tzinfo=UTC), "x\ny") == "- 2026-11-22 10:05 UTC: x y"


def test_the_alert_of_a_request_is_the_one_that_the_bot_marked() -> None:
    """Not a link that stands in words from outside; of several alerts the latest."""
    lure = "https://evil.slack.com/archives/C0EVIL/p1700000000000100"
    marks = "".join(alert_marks.mark(alert(permalink=Permalink("acme.slack.com", "C0ALERTS1", ts))) for ts in (FIRST, SECOND))
    house = House([a_request(1, body=f"Look at {lure}", spend=marks)], Library([]))
    house.visit("")
    house.board.tick("diagnose/1")
    house.visit()

    assert house.requests.diagnosed == [Permalink("acme.slack.com", "C0ALERTS1", SECOND).url]


def test_a_secret_in_a_title_is_not_shown() -> None:
    """Whoever wrote it there."""
    house = House([a_request(1, title="token ghp_" + "a1B2" * 9)], Library([]))
    house.visit("")

    assert "ghp_a1B2" not in house.text
    assert "tick=decline/1 " in house.text


def test_a_request_without_times_is_shown_and_not_overdue() -> None:
    """As a forge may answer."""
    house = House([a_request(1, opened=UNKNOWN)], Library([]))
    house.visit("")

    assert "nobody knows since when" in house.section("Waiting for review")
    assert "overdue" not in house.text
