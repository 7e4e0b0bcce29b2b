"""`bot trust`: the reactions on answers given at once become the record of their entries."""

import argparse
import sys
from datetime import UTC, datetime

from bot import wiring
from bot.commands.telling import say, settings_of, told
from bot.jobs.trust import Scoring


def run(arguments: argparse.Namespace) -> int:
    """Gives the exit code. Raises BotError."""
    settings = settings_of(arguments)
    chat, channels = wiring.chat(settings, sys.stdout), wiring.channels(settings, sys.stdout)
    job = Scoring(wiring.forge(settings), wiring.requests(settings), chat, channels, say)
    return told(settings, job.score(wiring.knowledge(settings).entries(), datetime.now(UTC)))
