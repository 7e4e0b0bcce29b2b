"""`bot import`: older pages are taken over into the knowledge folder, or proposed for it."""

import argparse

from bot import wiring
from bot.commands.telling import own_secrets, say, settings_of
from bot.core.redaction.redaction import Redactor
from bot.jobs import import_delivery, importing


def run(arguments: argparse.Namespace) -> int:
    """Gives the exit code: 0 also where a page could not be taken, which is told. Raises BotError."""
    settings = settings_of(arguments)
    pages, unread = importing.read_folder(arguments.folder)
    knowledge = wiring.knowledge(settings)
    taken = import_delivery.listed(importing.take(pages, wiring.library(settings), knowledge.exists, Redactor(own=own_secrets())), knowledge)
    for report in (*unread, *taken.reports):
        say(report)
    if arguments.propose:
        import_delivery.propose(taken, arguments.folder.resolve().name, wiring.forge(settings), say)
    else:
        import_delivery.write(taken, settings.root, say)
    return 0
