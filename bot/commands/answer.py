"""`bot answer`: an alert that a reviewed entry answers gets its answer at once."""

import argparse
import sys
from typing import get_args

from bot import wiring
from bot.commands.telling import say, settings_of, told
from bot.core.alert import permalink
from bot.jobs.answer import Answering
from bot.jobs.followers import links_in, places_of
from bot.jobs.proposal_directory import read
from bot.jobs.recall import Recollection
from bot.model import Severity


def run(arguments: argparse.Namespace) -> int:
    """Gives the exit code. Raises BotError."""
    settings = settings_of(arguments)
    configuration = settings.configuration
    thread = permalink.parse(arguments.thread, configuration.slack_hosts)
    bounds = configuration.slack_hosts, wiring.addresses(settings)
    proposed = read(arguments.directory, *bounds, settings.own_secrets(), configuration.severities.texts())
    recollection = Recollection(wiring.library(settings), configuration, wiring.rules(settings))
    times = {severity: configuration.severities.of(severity).response_time for severity in get_args(Severity)}
    job = Answering(wiring.chat(settings, sys.stdout), recollection, wiring.entry_url(settings), times, say)
    also = places_of(links_in(arguments.also), thread, configuration.slack_hosts, say)
    return told(settings, job.answer(proposed, thread, also))
