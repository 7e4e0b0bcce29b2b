"""A reminder or a closing that was cut off is finished by the next run, unless somebody spoke meanwhile."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from bot.core.request import review_marks
from bot.core.request.pull_request_marks import is_lapsed, reminders_of
from bot.errors import ForgeError
from tests.fakes.upkeep_desk import FakeRequests
from tests.reminding_desk import Desk, days, waiting
from tests.upkeep import NOW


class CutOff(FakeRequests):
    """Requests of which none is closed while `down`."""

    down = True

    def lapse(self, number: int) -> None:
        """See `Upkeep.lapse`."""
        if self.down:
            raise ForgeError(f"closing #{number}", "GitHub gave no answer", "run this again")
        super().lapse(number)


def cut_off() -> tuple[Desk, CutOff]:
    """A farewell was said, and the closing failed."""
    desk, requests = Desk(), CutOff([waiting(1, days_=4)], NOW)
    desk.requests = requests
    desk.run()
    assert len(desk.run(days(30))) == 1
    assert (desk.one().state, [one.marker for one in desk.requests.said]) == ("open", ["reminder", "farewell/2026-12-22"])
    return desk, requests


def test_a_closing_that_was_cut_off_is_finished_by_the_next_run() -> None:
    """However often it fails: the farewell is said once, and is no sign of life."""
    desk, requests = cut_off()
    farewell = desk.requests.said[-1]
    desk.run(days(31))
    assert desk.one().state == "open"
    requests.down = False
    desk.run(days(32))

    assert (desk.one().state, is_lapsed(desk.one().body, desk.one().ended)) == ("closed", True)
    assert desk.requests.said[1:] == [farewell]
    desk.requests.reopen(1)
    desk.run(days(33))
    assert desk.one().state == "open"


def test_a_reminder_whose_mark_failed_is_finished_by_the_next_run() -> None:
    """And not days later, though the comment counts as something that happened."""
    desk = Desk(waiting(1, days_=4))
    desk.requests.note(1, review_marks.begun("reminder", NOW))
    desk.requests.say(1, "the comment that was posted", "reminder")
    desk.run(days(1))
    desk.run(days(2))

    assert [one.marker for one in desk.requests.said] == ["reminder"]
    assert reminders_of(desk.one().body) == (NOW + days(1),)


@pytest.mark.parametrize("minutes", [1, 5, 9])
def test_a_word_minutes_after_the_farewell_keeps_a_request_open(minutes: int) -> None:
    """Our comment tells when it was the last that happened; weeks later the request is told again before it is closed."""
    desk, requests = cut_off()
    requests.down = False
    desk.requests.known[1] = replace(desk.one(), updated=NOW + days(30) + timedelta(minutes=minutes))
    desk.run(days(31))
    assert desk.one().state == "open"
    desk.run(days(61))

    assert [one.marker for one in desk.requests.said] == ["reminder", "farewell/2026-12-22", "farewell/2027-01-22"]


def test_a_word_after_a_reminder_that_was_only_begun_is_something_that_happened() -> None:
    """Nothing was said before it, so the days count from there."""
    desk = Desk(waiting(1, days_=4))
    desk.requests.note(1, review_marks.begun("reminder", NOW))
    desk.requests.known[1] = replace(desk.one(), updated=NOW + timedelta(minutes=5))
    desk.run(days(1))
    assert desk.requests.said == []
    desk.run(days(4))

    assert [one.marker for one in desk.requests.said] == ["reminder"]


def test_a_word_seconds_after_a_reminder_was_begun_is_a_persons() -> None:
    """The run ended between its mark and its comment; without a word the next run finishes it."""
    desk = Desk(waiting(1, days_=4), waiting(2, days_=4))
    for number in (1, 2):
        desk.requests.note(number, review_marks.begun("reminder", NOW))
    desk.requests.hear(1, NOW + timedelta(seconds=20))
    desk.run(days(1))
    assert [one.number for one in desk.requests.said] == [2]
    desk.run(days(4))

    assert [one.number for one in desk.requests.said] == [2, 1]


def test_a_word_after_the_farewell_keeps_a_request_open() -> None:
    """Somebody spoke before the closing could be finished; thirty silent days later it ends after all."""
    desk, requests = cut_off()
    requests.down = False
    desk.requests.known[1] = replace(desk.one(), updated=NOW + days(30.5))
    desk.run(days(31))
    assert desk.one().state == "open"
    desk.run(days(61))

    assert desk.one().state == "closed"
    assert [one.marker for one in desk.requests.said] == ["reminder", "farewell/2026-12-22", "farewell/2027-01-22"]
