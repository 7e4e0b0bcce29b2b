"""`bot remind`: reminders of requests that wait, and the closing of those that nobody answers."""

import argparse
from datetime import UTC, datetime

from bot.commands.reminding import reminding_of
from bot.commands.telling import say, settings_of, told
from bot.jobs.remind import remind


def run(arguments: argparse.Namespace) -> int:
    """Gives the exit code. Raises BotError."""
    settings = settings_of(arguments)
    return told(settings, remind(reminding_of(settings), datetime.now(UTC), say))
