"""`bot search`: entries, runbooks, post-mortems, reviews and error codes by words."""

import argparse
import json

import msgspec

from bot import wiring
from bot.commands.telling import own_secrets, say, settings_of
from bot.core.redaction.redaction import Redactor
from bot.texts import search


def run(arguments: argparse.Namespace) -> int:
    """Gives the exit code: 0 also where nothing was found. Raises BotError."""
    settings = settings_of(arguments)
    with wiring.shelf(settings) as shelf:
        found = Redactor(own=own_secrets()).record(shelf.find(" ".join(arguments.words), arguments.limit))
    # Escaped to ASCII: what stands in a page may be written to a terminal.
    if arguments.json:
        print(json.dumps(msgspec.to_builtins(found), indent=2).replace("##[", "#\\u0023["))  # noqa: T201 - the command's answer
    else:
        say(search.page(found.pages, found.codes, found.unread))
    return 0
