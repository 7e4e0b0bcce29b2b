"""`bot publish`: answers, tracking issues and pages of what was merged."""

import argparse
import sys

from bot import wiring
from bot.commands.telling import say, settings_of, told
from bot.jobs.publish import Adapters, Publication


def run(arguments: argparse.Namespace) -> int:
    """Gives the exit code. Raises BotError."""
    settings = settings_of(arguments)
    adapters = Adapters(wiring.forge(settings), wiring.chat(settings, sys.stdout), wiring.tracker(settings), wiring.procedure(settings))
    publication = Publication(adapters, settings.configuration, wiring.entry_url(settings), say)
    folder = wiring.knowledge(settings)
    failures = publication.publish(arguments.before, arguments.after, folder.entries(), folder.index())
    return told(settings, failures)
