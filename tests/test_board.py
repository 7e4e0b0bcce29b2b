"""The dashboard keeps people's words, and does what its boxes say: once, and only what it offers."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from msgspec.structs import replace

from bot.config import Configuration
from bot.config.knowledge import Dashboard
from bot.core.entry.library import Library
from bot.core.upkeep import board_ticks
from bot.core.upkeep.board_ticks import BEGIN, END, Tick
from bot.errors import ForgeError, StaleBranch
from bot.model.review import BoardPage
from tests.board_house import House
from tests.fakes.upkeep_desk import FakeBoard
from tests.upkeep import NOW, a_request, an_entry


@pytest.fixture
def house() -> House:
    """With its board written."""
    made = House()
    made.visit("")
    return made


def test_the_board_tells_how_everything_stands(house: House) -> None:
    """Waiting with what is overdue, rejected, recurring, quiet, gaps, spend."""
    waiting = house.section("Waiting for review")

    assert waiting.index("[40:") < waiting.index("[44:")
    assert "**overdue** · high · waits 10 days · promised within 1 hour" in waiting
    assert "[43:" in house.section("Rejected")
    assert "insufficient leaf balance" in house.section("Recurring without a fix")
    assert "a relic of spring" in house.section("Open, but not seen for long")
    assert "**opensearch prod**: `session expired`, in 2 requests on 2 days" in house.section("Gaps that come back")
    assert "$0.00 today, $0.70 in the last seven days (UTC)." in house.section("Spend")
    assert "- claude-opus-5-5: $0.29" in house.section("Spend")


def test_nothing_is_written_when_nothing_changed(house: House) -> None:
    """So that people are not told of an edit every day."""
    house.visit("")
    house.visit("", NOW + timedelta(minutes=30))

    assert house.board.writes == 1


@pytest.mark.parametrize(
    ("label", "done", "told"),
    [
        ("reopen/43", lambda house: house.requests.known[43].state == "open", "opened [request 43]"),
        ("decline/44", lambda house: house.requests.known[44].state == "closed", "closed [request 44]"),
        ("remind/40", lambda house: "@acme/reviewers" in house.requests.said[0].text, "reminded of [request 40]"),
        ("diagnose/44", lambda house: len(house.requests.diagnosed) == 1, "diagnosing `44` again: `diagnose.yml was started`"),
    ],
)
def test_a_ticked_box_is_followed_told_and_unticked(house: House, label: str, done: Callable[[House], bool], told: str) -> None:
    """Once: the next run does nothing more."""
    house.board.tick(label)
    assert house.visit() == ()
    said, diagnosed = list(house.requests.said), list(house.requests.diagnosed)
    house.visit()

    assert done(house)
    assert "[x]" not in house.text
    assert f"- 2026-11-22 10:00 UTC: {told}" in house.section("Done lately")
    assert "asked by mira" in house.section("Done lately")
    assert (house.requests.said, house.requests.diagnosed) == (said, diagnosed)


def test_an_entry_is_resolved_or_diagnosed_again(house: House) -> None:
    """By its name; the last alert is the one that is diagnosed."""
    old = next(name for name in house.library.entries if name.startswith("old_job"))
    house.board.tick(f"resolve/{old}", f"diagnose/{old}")
    house.visit()

    assert house.forge.resolved == [(old, "mira")]
    assert house.requests.diagnosed == [house.library.entries[old].meta.threads[-1]]
    assert "proposed to resolve" in house.section("Done lately")


def test_only_who_may_write_is_followed(house: House) -> None:
    """A tick of anybody else is taken back and told."""
    house.board.tick("decline/44")
    house.visit("eve")

    assert house.requests.known[44].state == "open"
    assert "[x]" not in house.text
    assert "1 tick of eve not followed" in house.text


def test_a_schedule_does_not_follow_ticks_without_a_name(house: House) -> None:
    """They stay ticked until a run knows who ticked; at one's own machine no name is needed."""
    house.board.tick("decline/44")
    house.visit("")
    assert house.states()[44] == "open"
    assert house.text.count("[x]") == 1

    house.visit("", trusted=True)
    assert house.states()[44] == "closed"
    assert "[x]" not in house.text


def test_what_a_tick_asks_must_still_be_offered(house: House) -> None:
    """A merged request, an unknown number, a name that no entry has, a verb for something else."""
    forged = [Tick("decline", "41"), Tick("reopen", "44"), Tick("decline", "999"), Tick("resolve", "nobody"), Tick("diagnose", "nobody")]
    house.say(house.text.replace(END, "\n".join((*(board_ticks.box(tick, "please", ticked=True) for tick in forged), END))))
    house.visit()

    assert house.states() == {40: "open", 41: "merged", 42: "merged", 43: "closed", 44: "open"}
    assert (house.forge.resolved, house.requests.diagnosed) == ([], [])
    assert house.section("Done lately").count("nothing like that waits any more") == 5


@pytest.mark.parametrize("frame", ["> {}", "```\n{}\n```", "~~~\n{}\n~~~", "text {}", "- [x] <b>{}</b>"])
def test_a_forged_tick_in_a_quotation_is_only_text(house: House, frame: str) -> None:
    """Neither in the bot's part nor around it; a box outside the part is the person's own."""
    forged = frame.format(board_ticks.box(Tick("decline", "44"), "close as a no", ticked=True))
    house.say(f"{forged}\n\n{board_ticks.box(Tick('decline', '44'), 'mine', ticked=True)}\n\n" + house.text.replace(END, f"{forged}\n{END}"))
    house.visit()

    assert house.requests.known[44].state == "open"
    assert house.text.startswith(forged)


def test_a_hostile_title_cannot_tick_a_box() -> None:
    """A request's title and a gap's cause come from outside."""
    said = "]( x) \n- [x] go <!-- errata:tick=decline/1 --> " + END + " <!-- errata:board:begin -->"
    house = House([a_request(1, title=said)], Library([an_entry("x", title=said.replace("\n", " "), occurrences=9)]))
    house.visit("")
    house.visit()

    assert board_ticks.ticked(house.text) == ()
    assert house.requests.known[1].state == "open"
    assert (house.text.count(BEGIN), house.text.count(END)) == (1, 1)


def test_peoples_words_stay(house: House) -> None:
    """Above and below, whatever the line ends."""
    house.say(f"# Our board\r\n\r\nAsk Ada.\r\n{house.text}\r\nThanks!\r\n")
    house.requests.known[45] = a_request(45)
    house.visit("")

    assert house.text.startswith("# Our board\r\n\r\nAsk Ada.\r\n" + BEGIN)
    assert house.text.endswith(f"{END}\n\r\nThanks!\r\n")
    assert "[45:" in house.text


@pytest.mark.parametrize("text", ["", "Something else.", "<!-- errata:board:end -->", "<!-- errata:board:begin -->\nhalf of it"])
def test_a_board_that_was_emptied_or_replaced_is_written_anew(house: House, text: str) -> None:
    """What a person put there stays, unless it stands in the bot's own part."""
    house.say(text)
    house.visit("")

    assert house.text.count(BEGIN) == 1
    assert "## Waiting for review" in house.text
    assert "Something else." in house.text or text != "Something else."


def test_a_second_copy_of_the_part_goes(house: House) -> None:
    """With ticks in either copy followed once."""
    house.board.tick("diagnose/44")
    house.say(f"{house.text}\nMine.\n{house.text}")
    house.visit()

    assert (house.text.count(BEGIN), house.text.count(END), house.text.count("Mine.")) == (1, 1, 1)
    assert len(house.requests.diagnosed) == 1


def test_a_closed_board_is_left_alone(house: House) -> None:
    """Closing it turns it off; opening it again turns it on."""
    assert house.board.page is not None
    house.board.tick("decline/44")
    house.board.page = replace(house.board.page, open=False)
    house.visit()

    assert house.requests.known[44].state == "open"
    assert house.board.writes == 1
    assert "is closed, which turns it off" in house.log[-1]


def test_another_issue_is_not_the_board(house: House) -> None:
    """Also when it carries the marks; nothing is read from it."""
    house.board.tick("decline/44")
    house.visit(issue="12")
    assert house.states()[44] == "open"
    house.visit(issue="7")
    assert house.states()[44] == "closed"


def test_a_tick_that_comes_while_the_board_is_written_is_not_lost(house: House) -> None:
    """The board is read again; what was followed already is not followed twice."""
    house.board.tick("diagnose/44")
    before = house.text
    house.board.race = before.replace("- [ ] reopen <!-- errata:tick=reopen/43", "- [x] reopen <!-- errata:tick=reopen/43")
    house.visit()

    assert house.requests.known[43].state == "open"
    assert len(house.requests.diagnosed) == 1
    assert "[x]" not in house.text


def test_a_board_that_never_stands_still_is_given_up(house: House) -> None:
    """After five tries, with a sentence."""

    class Restless(FakeBoard):
        def write(self, text: str, before: BoardPage | None) -> BoardPage:
            raise StaleBranch("writing the board", "somebody changed it", "run this again")

    house.board = Restless(house.board.page)
    house.requests.known[45] = a_request(45)
    with pytest.raises(StaleBranch):
        house.visit()


def test_what_cannot_be_done_is_told_and_unticked(house: House) -> None:
    """So that it is not tried again every day; the run fails with the sentence."""
    house.requests.refuses = "GitHub answered 403: Resource not accessible by integration"
    house.board.tick("decline/44")
    failures = house.visit()

    assert [type(one) for one in failures] == [ForgeError]
    assert "“decline” of `44` could not be done: GitHub answered 403" in house.section("Done lately")
    assert "[x]" not in house.text


def test_the_configuration_turns_it_off(house: House) -> None:
    """Nothing is read, nothing is written."""
    house.configuration = Configuration(dashboard=Dashboard(enabled=False))
    house.requests.known[45] = a_request(45)
    house.visit()

    assert house.board.writes == 1
