"""`bot signature`: the name of an error, and why it has it."""

import argparse
import json
import sys

import msgspec

from bot import wiring
from bot.commands.telling import settings_of
from bot.jobs.explain import explain, read_text
from bot.texts import signature


def run(arguments: argparse.Namespace) -> int:
    """Gives the exit code. Raises BotError."""
    settings = settings_of(arguments)
    accounts = explain(read_text(arguments.file, sys.stdin.buffer), wiring.library(settings), settings.configuration, settings.own_secrets())
    # Escaped to ASCII: what stands in a trace may be written to a terminal.
    print(json.dumps(msgspec.to_builtins(accounts), indent=2) if arguments.json else signature.page(accounts))  # noqa: T201 - the command's answer
    return 0
