"""`bot split`: some alerts of an entry become an entry of their own, as a pull request."""

import argparse

from bot import wiring
from bot.commands.telling import say, settings_of


def run(arguments: argparse.Namespace) -> int:
    """Gives the exit code. Raises BotError."""
    settings = settings_of(arguments)
    threads = tuple(" ".join(arguments.threads).split())
    wiring.entry_life(settings, say).split(arguments.signature, threads, settings.configuration.slack_hosts, arguments.into)
    return 0
