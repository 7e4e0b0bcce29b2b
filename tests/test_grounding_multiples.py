"""How many times as much, how many in how many, how long between: numbers that hold two others, and what they do not come to."""

import pytest

from bot.core.grounding.case import Known
from bot.core.grounding.claims import claims
from bot.core.grounding.index import Index
from bot.core.grounding.numbers import amounts
from bot.core.grounding.spot import Spot
from bot.core.grounding.systems import multiplied
from bot.core.grounding.worked_out import is_worked_out
from tests.listing import listed
from tests.test_grounding_claims import NEW
from tests.test_grounding_close_calls import struck


@pytest.mark.parametrize(
    "words", listed("the, its, their, our, more, higher, larger, longer, slower, faster, greater, as many, as much, as long, as often", ", ")
)
def test_so_many_times_as_much_is_no_count_of_anything(words: str) -> None:
    """Ten times `greater` compares; ten times alone is how often it came."""
    assert [one.kind for one in amounts(f"It was 10 times {words} before.", strict=True)] == ["ratio"]
    assert [one.kind for one in amounts(f"It came 10 times {words}x before.", strict=True)] == ["events"]


@pytest.mark.parametrize("moved", listed("rose, climbed, jumped, surged, increased, grew, went up, fell, dropped", ", "))
def test_a_measurement_moved_by_so_many_times(moved: str) -> None:
    """Whatever verb says so."""
    assert [(said, spot.amount) for said, _, spot in multiplied(f"Timeouts {moved} by about tenfold.")] == [(f"Timeouts {moved} by about tenfold", 10)]


@pytest.mark.parametrize(("said", "share"), [("4 in 5", 80.0), ("5 in 5", None), ("6 in 5", None), ("0 in 5", None), ("4 in 0", None), ("five in five", None)])
def test_so_many_in_fewer_are_no_share(said: str, share: float | None) -> None:
    """Nor all of them, nor none: what is left are two numbers."""
    found = [one.amount for one in amounts(f"{said} requests failed.", strict=True) if one.kind == "share"]
    assert found == ([share] if share else [])


@pytest.mark.parametrize(("ratio", "stands"), [(15, True), (17, True), (18, False), (13, False)])
def test_a_quotient_of_two_exact_numbers_is_only_as_round_as_it_is_told(ratio: int, stands: bool) -> None:
    """`From 310 ms to 4,800 ms` is 15.5 times as much; a tenth more or less may be said of it."""
    before, after = (Spot(0, 0, text, "a number", "time", amount, 0.5, 1) for text, amount in (("310 ms", 310), ("4,800 ms", 4_800)))
    claimed = Spot(0, 0, f"{ratio}x", "a number", "ratio", ratio, ratio * 0.1)
    assert is_worked_out(claimed, (before, after), Index(["310 ms, 4,800 ms"])) == stands


@pytest.mark.parametrize(("seconds", "stands"), [(40, True), (41, False), (0, False), (39, False)])
def test_the_time_between_two_clocks_counts_their_seconds(seconds: int, stands: bool) -> None:
    """From 13:21:05 to 13:21:45 they are forty, and nothing else."""
    clocks = (Spot(0, 0, "13:21:05", "a time"), Spot(0, 0, "13:21:45", "a time"))
    claimed = Spot(0, 0, f"{seconds} seconds", "a number", "time", seconds * 1_000, 500, 1_000)
    assert is_worked_out(claimed, clocks, Index([])) == stands


def test_who_saw_three_users_did_not_see_all_of_them() -> None:
    """Nor none, nor every one."""
    assert struck("All users saw it. Every customer saw it.", "3 users saw it, 2 customers saw it") == ["All users", "Every customer"]


@pytest.mark.parametrize(("said", "stands"), [("17m", True), ("99.5%", True), ("7m", False), ("5%", False), ("9.5%", False), ("170m", False)])
def test_a_number_within_a_promised_one_is_not_promised(said: str, stands: bool) -> None:
    """What the configuration says is said with its own numbers, and not with a piece of them."""
    known = Known(NEW, ("Answer within 17m, 99.5% of alerts.",))
    assert [claim.stands for claim in claims(f"It is {said} here.", known, "claim")] == [stands]
