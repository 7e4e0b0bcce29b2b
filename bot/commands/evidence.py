"""`bot evidence`: what would be gathered for a diagnosis."""

import argparse
import sys

import msgspec

from bot.commands.desk import desk_of
from bot.commands.telling import aside, settings_of
from bot.core.alert import permalink
from bot.jobs.investigate import investigate
from bot.texts import evidence


def run(arguments: argparse.Namespace) -> int:
    """Gives the exit code. Raises BotError."""
    settings = settings_of(arguments)
    link = permalink.parse(arguments.link, settings.configuration.slack_hosts)
    # What is said on the way goes to the error output, so that the answer can be piped.
    cases = tuple(investigate(link, desk_of(settings, sys.stderr), aside))
    if arguments.json:
        print(msgspec.json.format(msgspec.json.encode(cases)).decode())  # noqa: T201 - the command's answer
    else:
        print(evidence.listing(cases))  # noqa: T201 - as above
    return 0
