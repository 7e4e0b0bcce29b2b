"""`bot withdraw`: an entry is taken out of use, as a pull request."""

import argparse

from bot import wiring
from bot.commands.telling import say, settings_of


def run(arguments: argparse.Namespace) -> int:
    """Gives the exit code. Raises BotError."""
    settings = settings_of(arguments)
    wiring.entry_life(settings, say).withdraw(arguments.signature, arguments.because)
    return 0
