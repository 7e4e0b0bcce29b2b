"""`bot publish-review`: the post and the tracking issues of merged reviews."""

import argparse
import sys
from datetime import UTC, datetime

from bot import wiring
from bot.commands.telling import say, settings_of, told
from bot.jobs.weekly_review import ReviewDesk, publish_reviews


def run(arguments: argparse.Namespace) -> int:
    """Gives the exit code. Raises BotError."""
    settings = settings_of(arguments)
    policy = settings.configuration.reviews
    channels = wiring.channels(settings, sys.stdout) if policy.channel else None
    tracker = wiring.issue_tracker(settings) if policy.track else None
    desk = ReviewDesk(channels, tracker, settings.configuration, wiring.entry_url(settings))
    return told(settings, publish_reviews(wiring.knowledge(settings).reviews(), desk, datetime.now(UTC), say, arguments.name))
