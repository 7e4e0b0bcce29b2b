"""`bot doctor`: every prerequisite, and what is missing."""

import argparse

import msgspec

from bot import wiring
from bot.commands.telling import own_secrets, say, settings_of
from bot.core.redaction.redaction import Redactor
from bot.errors import BadConfiguration
from bot.jobs.doctor import doctor
from bot.texts import checkups


def run(arguments: argparse.Namespace) -> int:
    """Gives the exit code. Raises BotError."""
    redactor = Redactor(own=_known_secrets(arguments))
    found = tuple(redactor.record(one) for one in doctor(wiring.examinations(wiring.root_of(arguments.root), arguments.config)))
    if arguments.json:
        print(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())  # noqa: T201 - the command's output
    else:
        say(checkups.page(found))
    return 0 if all(one.ok for one in found) else 1


def _known_secrets(arguments: argparse.Namespace) -> tuple[str, ...]:
    """Also those that the configuration names, where it can be read: that it cannot is what doctor tells."""
    try:
        return settings_of(arguments).own_secrets()
    except BadConfiguration:
        return own_secrets()
