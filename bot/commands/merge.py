"""`bot merge`: one entry goes into another, as a pull request."""

import argparse

from bot import wiring
from bot.commands.telling import say, settings_of


def run(arguments: argparse.Namespace) -> int:
    """Gives the exit code. Raises BotError."""
    settings = settings_of(arguments)
    wiring.entry_life(settings, say).merge(arguments.signature, arguments.into)
    return 0
