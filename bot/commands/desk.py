"""What the commands that read an alert or a closed case begin with."""

import argparse
from typing import TextIO

from bot import wiring
from bot.config import Settings
from bot.jobs.closed_case import Bounds, Closed, read_cases
from bot.jobs.investigate import Desk
from bot.ports import Chat


def desk_of(settings: Settings, out: TextIO, chat: Chat | None = None) -> Desk:
    """The adapters of an investigation, with the configured chat where none is given; clones of code are brought up to date first."""
    chat = chat or wiring.chat(settings, out)
    wiring.fetch_code(settings)
    known, rules = wiring.knowledge(settings), wiring.rules(settings)
    return Desk(chat, wiring.sources(settings), wiring.library(settings), settings.configuration, settings.own_secrets(), known, rules=rules)


def closed_cases(arguments: argparse.Namespace, settings: Settings) -> tuple[Closed, ...]:
    """Of `--case`, read as hostile data. Raises BadCase."""
    return read_cases(arguments.case, Bounds(settings.configuration.slack_hosts, wiring.addresses(settings)), settings.own_secrets())
