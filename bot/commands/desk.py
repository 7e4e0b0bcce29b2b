"""What the commands that read an alert or a closed case begin with."""

import argparse
import sys

from bot import wiring
from bot.config import Settings
from bot.core.alert import permalink
from bot.jobs.closed_case import Bounds, Closed, read_cases
from bot.jobs.investigate import Desk, read
from bot.model import Message
from bot.ports import Say


def message_at(link: str, settings: Settings, say: Say) -> Message:
    """The message behind a link. Raises BadLink, ChatError."""
    place = permalink.parse(link, settings.configuration.slack_hosts)
    return read(place, wiring.chat(settings, sys.stdout), say)


def desk_of(settings: Settings) -> Desk:
    """The adapters of an investigation; clones of code are brought up to date first."""
    wiring.fetch_code(settings)
    known, rules = wiring.knowledge(settings), wiring.rules(settings)
    return Desk(wiring.sources(settings), wiring.library(settings), settings.configuration, settings.own_secrets(), known, rules=rules)


def closed_cases(arguments: argparse.Namespace, settings: Settings) -> tuple[Closed, ...]:
    """Of `--case`, read as hostile data. Raises BadCase."""
    return read_cases(arguments.case, Bounds(settings.configuration.slack_hosts, wiring.addresses(settings)), settings.own_secrets())
