"""A week of upkeep, counted, for tests of reviews."""

from msgspec.structs import replace

from bot.core.upkeep import review_period
from bot.core.upkeep.review_figures import ReviewFigures, figures
from tests.upkeep import a_week

WEEK = review_period.named("2026-W47")


def of_week(**changes: object) -> ReviewFigures:
    """The figures of the shop's week."""
    entries, requests = a_week()
    return replace(figures(entries, requests, WEEK), **changes)
