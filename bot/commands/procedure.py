"""`bot procedure`: keeps the run of an alert in the team's quality system."""

import argparse
from pathlib import Path

from bot import wiring
from bot.command_line import PROPOSAL
from bot.commands.telling import say, settings_of, told
from bot.config import Settings
from bot.core.alert import permalink
from bot.errors import BotError
from bot.jobs import procedure
from bot.jobs.proposal_directory import read
from bot.ports import Procedure


def run(arguments: argparse.Namespace) -> int:
    """Gives the exit code, 1 where the quality system is down: nothing else waits for it. Raises BadLink, BadConfiguration, BadProposal."""
    settings = settings_of(arguments)
    kept = wiring.procedure(settings)
    if kept is None:
        say("no quality system is configured (`tracker: odoo`): nothing to do")
        return 0
    if arguments.what == "diagnosed":
        return told(settings, _diagnosed(kept, settings, Path(arguments.target or PROPOSAL)))
    if not arguments.target:
        say("the alert came without a message: its run is opened when it is diagnosed")
        return 0
    thread = permalink.parse(arguments.target, settings.configuration.slack_hosts)
    say(procedure.begin(kept, thread) if arguments.what == "begin" else procedure.fail(kept, thread, arguments.reason))
    return 0


def _diagnosed(kept: Procedure, settings: Settings, directory: Path) -> tuple[BotError, ...]:
    bounds = settings.configuration.slack_hosts, wiring.addresses(settings)
    return procedure.diagnosed(kept, read(directory, *bounds, settings.own_secrets(), settings.configuration.severities.texts()))
