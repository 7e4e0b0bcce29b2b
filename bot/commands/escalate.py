"""`bot escalate`: those who are configured for it hear of reviews that wait too long."""

import argparse
import sys
from datetime import UTC, datetime

from bot import wiring
from bot.commands.telling import say, settings_of, told
from bot.jobs.escalate import Escalating, escalate


def run(arguments: argparse.Namespace) -> int:
    """Gives the exit code. Raises BotError."""
    settings = settings_of(arguments)
    desk = Escalating(wiring.requests(settings), wiring.chat(settings, sys.stdout), wiring.channels(settings, sys.stdout), settings.configuration)
    return told(settings, escalate(desk, datetime.now(UTC), say))
