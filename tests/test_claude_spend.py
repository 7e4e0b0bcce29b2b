"""What a diagnosis may cost: each request is held against every ceiling with the worst that it could come to."""

from datetime import date

import pytest

from bot.config.claude import Claude, Prices
from bot.diagnosers.claude_refusals import NoAnswer, Usage
from bot.diagnosers.claude_spend import LEAST_OUTPUT, Meter

DAY = date(2026, 11, 20)
PRICES = Prices(2.0, 10.0, 0.2, 2.5)


def meter(left: float | None = None, **ceilings: float) -> Meter:
    """With a clock that stands still."""
    return Meter(Claude(**ceilings), PRICES, DAY, left, lambda: 0.0)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "told"),
    [
        (meter(dollars=0.01), r"\$0.01 for a diagnosis"),
        (meter(left=0.01), r"\$20 for a day"),
        (meter(left=-3.0), r"\$20 for a day"),
        (meter(total_tokens=10_000), "10,000 tokens"),
    ],
)
def test_a_request_that_could_go_beyond_a_ceiling_is_not_made(one: Meter, told: str) -> None:
    """It is the worst case that counts: every byte pair a token, nothing cached."""
    with pytest.raises(NoAnswer, match=f"the ceiling of {told} was reached"):
        one.output_for(40_000)


def test_the_answer_gets_what_is_left() -> None:
    """Fewer tokens than configured, when the money allows no more."""
    assert meter().output_for(10_000) == 12_000
    shorter = meter(dollars=0.05).output_for(10_000)
    assert LEAST_OUTPUT <= shorter < 4_000
    assert shorter * 10 / 1e6 + (5_000 + LEAST_OUTPUT) * 2.5 / 1e6 <= 0.05


def test_turns_and_seconds_end_it() -> None:
    """Each request counts, answered or not."""
    one = meter(turns=1)
    one.count(Usage(), 0)
    with pytest.raises(NoAnswer, match="1 requests"):
        one.output_for(100)
    ticks = iter((0.0, 299.5))
    with pytest.raises(NoAnswer, match="300 seconds"):
        Meter(Claude(), PRICES, DAY, None, lambda: next(ticks)).output_for(100)


def test_what_the_vendor_counted_takes_the_place_of_the_estimate() -> None:
    """A conversation costs what it was billed as, and what was added since."""
    one = meter(dollars=0.25)
    before = one.is_last(40_000)
    one.count(Usage(100, 500, 0, 9_000), 40_000)

    assert (before, one.is_last(42_000)) == (True, False)


def test_the_spend_is_the_sum_at_its_prices() -> None:
    """Read, written and plain input each at its own price; what the cache saved, less what writing to it cost more."""
    one = meter()
    one.count(Usage(1_000, 2_000, 0, 10_000), 1)
    one.count(Usage(500, 1_000, 10_000, 0), 1)

    spend = one.spend("claude-sonnet-5-5")

    assert (spend.requests, spend.input_tokens, spend.output_tokens, spend.cache_read_tokens, spend.cache_write_tokens) == (2, 1_500, 3_000, 10_000, 10_000)
    assert spend.dollars == pytest.approx((1_500 * 2 + 3_000 * 10 + 10_000 * 0.2 + 10_000 * 2.5) / 1e6)
    assert spend.saved == pytest.approx((10_000 * 1.8 - 10_000 * 0.5) / 1e6)
    assert spend.day == DAY


def test_what_is_kept_for_an_hour_costs_more_to_write() -> None:
    """Of the known prices; what a configuration says stands."""
    own = Prices(1, 1, 1, 1)

    assert [Claude(cache=cache).price().cache_write for cache in ("5m", "1h")] == [2.5, 4.0]  # type: ignore[union-attr]
    assert Claude(cache="1h", prices={"claude-sonnet-5-5": own}).price() == own
    assert Claude(model="claude-new").price() is None
