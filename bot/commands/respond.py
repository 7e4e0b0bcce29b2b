"""`bot respond`: the job that may write does what a comment asked for, and answers it."""

import argparse

from bot import wiring
from bot.commands.revising import asked_of, response, rows_in
from bot.commands.telling import settings_of
from bot.config import Settings
from bot.errors import BotError
from bot.jobs import failure_note
from bot.jobs.proposal_directory import MARKER, Proposed, read
from bot.jobs.respond import Found


def run(arguments: argparse.Namespace) -> int:
    """Gives the exit code. Raises BotError, also for what the request was told: the job's own log says it as well."""
    settings = settings_of(arguments)
    asked, own = asked_of(arguments), settings.own_secrets()
    found = Found(failure=failure_note.find(arguments.proposal, own))
    try:
        found = found._replace(run=rows_in(arguments.result, settings))
        found = found._replace(proposed=_proposed(arguments, settings))
    except BotError as error:
        found = found._replace(failure=failure_note.note_of(error, own))
    failure = response(settings).respond(asked, found)
    if failure is not None:
        raise BotError(failure.doing, failure.cause, failure.remedy)
    return 0


def _proposed(arguments: argparse.Namespace, settings: Settings) -> tuple[Proposed, ...]:
    if arguments.proposal is None or not (arguments.proposal / MARKER).exists():
        return ()
    bounds = settings.configuration.slack_hosts, wiring.addresses(settings)
    return read(arguments.proposal, *bounds, settings.own_secrets(), settings.configuration.severities.texts())
