"""`bot propose`: from a proposal directory to pull requests."""

import argparse
import secrets

from bot import wiring
from bot.commands.telling import leave, say, settings_of, told
from bot.jobs.incident import Incidents
from bot.jobs.merge_counts import CountMerge, merge_counts
from bot.jobs.proposal_directory import read
from bot.jobs.propose import Run, propose_all
from bot.jobs.recall import Recollection
from bot.texts import workflow


def run(arguments: argparse.Namespace) -> int:
    """Gives the exit code. Raises BotError."""
    settings = settings_of(arguments)
    bounds = settings.configuration.slack_hosts, wiring.addresses(settings)
    proposed = read(arguments.directory, *bounds, settings.own_secrets(), settings.configuration.severities.texts())
    forge, library = wiring.forge(settings), wiring.library(settings)
    recollection = Recollection(library, settings.configuration, wiring.rules(settings))
    outcome = propose_all(proposed, Run(forge, library, settings.configuration, say, recollection, Incidents(wiring.requests(settings), say)))
    if settings.configuration.recurrence.merge_counts:
        merge_counts(outcome.requests, CountMerge(forge, wiring.merging(settings), library, say))
    urls = "\n".join(request.url for request in outcome.requests)
    lost = leave(settings.output_file("GITHUB_OUTPUT"), workflow.output("pull_requests", urls, f"end_{secrets.token_hex(16)}"))
    return told(settings, (*outcome.failures, *lost))
