"""`bot diagnose --show-prompt`: what a model would be sent for each case, and nothing is sent."""

import argparse

from bot.commands.desk import closed_cases, desk_of, message_at
from bot.commands.telling import aside
from bot.config import Settings
from bot.diagnosers.claude_prompt import show_prompt
from bot.jobs.investigate import investigate
from bot.texts import workflow


def show(arguments: argparse.Namespace, settings: Settings) -> int:
    """Print it, redacted. Gives the exit code. Raises BotError."""
    if arguments.case is not None:
        closed = iter(closed_cases(arguments, settings))
    else:
        closed = investigate(message_at(arguments.link or "", settings, aside), desk_of(settings), aside)
    for one in closed:
        shown = show_prompt(one.case, settings.configuration.claude, settings.own_secrets())
        # As it is, unless a runner would obey it.
        print(workflow.inert_log(shown) if settings.in_actions else shown)  # noqa: T201 - the command's answer
    return 0
