"""`bot review`: the review of a week or month, as a pull request."""

import argparse
from datetime import UTC, datetime

from bot import wiring
from bot.commands.telling import say, settings_of
from bot.core.upkeep import review_period
from bot.core.upkeep.review_period import Period
from bot.errors import BadCommand
from bot.jobs.weekly_review import review

EDITORS = 300
"""Merged requests of which it is asked who edited them: a call each."""


def run(arguments: argparse.Namespace) -> int:
    """Gives the exit code. Raises BotError."""
    settings = settings_of(arguments)
    period = period_of(arguments.week, arguments.month, datetime.now(UTC))
    review(period, wiring.requests(settings, EDITORS), wiring.library(settings), wiring.forge(settings), settings.configuration, say)
    return 0


def period_of(week: str, month: str, now: datetime) -> Period:
    """What the command line names; the last whole week where it names nothing. Raises BadCommand, also for what is not over yet."""
    if week and month:
        raise BadCommand("reading which week or month to review", "both are named", "name one of the two")
    if not (week or month) or month == "last":
        return review_period.last(now, "month" if month else "week")
    period = review_period.named(week or month)
    if period.kind != ("week" if week else "month"):
        raise BadCommand("reading which week or month to review", f"{period.name} is a {period.kind}", f"write --{period.kind} {period.name}")
    if period.start > now:
        raise BadCommand(f"reviewing {period.name}", "it has not begun", "name one that has")
    return period
