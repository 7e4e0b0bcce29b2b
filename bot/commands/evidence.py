"""`bot evidence`: what would be gathered for a diagnosis."""

import argparse

import msgspec

from bot.commands.desk import desk_of, message_at
from bot.commands.telling import aside, settings_of
from bot.jobs.investigate import investigate
from bot.texts import evidence


def run(arguments: argparse.Namespace) -> int:
    """Gives the exit code. Raises BotError."""
    settings = settings_of(arguments)
    # What is said on the way goes to the error output, so that the answer can be piped.
    message = message_at(arguments.link, settings, aside)
    cases = tuple(closed.case for closed in investigate(message, desk_of(settings), aside))
    if arguments.json:
        print(msgspec.json.format(msgspec.json.encode(cases)).decode())  # noqa: T201 - the command's answer
    else:
        print(evidence.listing(cases))  # noqa: T201 - as above
    return 0
