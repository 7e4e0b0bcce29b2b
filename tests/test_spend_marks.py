"""What a pull request says it cost: a mark that only the bot's own part can carry, added up over a day."""

from datetime import date

import pytest

from bot.core.request import spend_marks
from bot.core.request.pull_request_marks import BEGIN, END, framed, merge_body, spends_of
from bot.core.request.spend_marks import DaySpend
from bot.model import Spend

DAY = date(2026, 11, 20)


def mark(dollars: float, case: str = "ab12") -> str:
    """The mark of one diagnosis."""
    return spend_marks.mark(Spend("claude-sonnet-5-5", 1, 1, 1, dollars=dollars), DAY, case)


def test_a_mark_is_read_back() -> None:
    """To a millionth of a dollar."""
    assert mark(0.0123456) == "<!-- errata:spend=2026-11-20/0.012346/ab12/m=claude-sonnet-5-5 -->"
    assert spend_marks.read(mark(0.0123456)) == (DaySpend(DAY, 0.012346, "ab12", "claude-sonnet-5-5"),)


def test_a_mark_of_before_the_model_was_told_still_counts() -> None:
    """Requests of last week are part of the sum."""
    assert spend_marks.read("<!-- errata:spend=2026-11-20/0.012346/ab12 -->") == (DaySpend(DAY, 0.012346, "ab12"),)


@pytest.mark.parametrize(
    "text",
    [
        "<!-- errata:spend=2026-11-20/-5.000000 -->",
        "<!-- errata:spend=2026-11-31/1.000000 -->",
        "<!-- errata:spend=2026-11-20/1e9 -->",
        "<!-- errata:spend=2026-11-20/999999.000000 -->",
        "<!-- errata:spend=2026-11-20/1.000000/xyz -->",
        "<!--errata:spend=2026-11-20/1.000000 -->",
        "<!-- errata:spend=2026-11-20/١.000000 -->",
        "<!-- errata:spend=" * 5_000,
    ],
)
def test_what_is_not_exactly_a_mark_says_nothing(text: str) -> None:
    """No negative sums, no impossible days, no other digits."""
    assert spend_marks.read(text) == ()


def test_nothing_can_be_put_into_a_mark() -> None:
    """A case's digest is hex, a sum is bounded."""
    assert spend_marks.mark(Spend("m", 1, 1, 1, dollars=-1), DAY, '--> "x') == "<!-- errata:spend=2026-11-20/0.000000/m=m -->"
    assert "100000.000000" in mark(1e12)


def test_only_the_bots_part_counts() -> None:
    """Neither what people write around it nor what a log line in it says."""
    body = f"{mark(5)}\n{framed(f'log: {mark(7)}', 'c1', spend=mark(0.25))}\n{mark(9)}"

    assert spends_of(body) == (DaySpend(DAY, 0.25, "ab12", "claude-sonnet-5-5"),)
    assert spends_of(None) == ()


def test_earlier_diagnoses_stay_in_the_sum() -> None:
    """A request that is described anew keeps what its earlier diagnoses cost; the same diagnosis told twice counts once."""
    first = framed("one", "c1", spend=mark(0.25, "a1"))
    second = merge_body(first, framed("two", "c2", spend=mark(0.5, "b2")))
    again = merge_body(second, framed("two", "c2", spend=mark(0.5, "b2")))

    assert again == second
    assert sum(spend.dollars for spend in spends_of(again)) == 0.75
    assert (again.count(BEGIN), again.count(END)) == (1, 1)
