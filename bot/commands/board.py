"""`bot board`: the dashboard issue, and the boxes that people ticked on it."""

import argparse
from datetime import UTC, datetime

from bot import wiring
from bot.commands.reminding import reminding_of
from bot.commands.telling import say, settings_of, told
from bot.config import Settings
from bot.core.entry.life import Ending
from bot.core.entry.times import iso
from bot.jobs.board import BoardDesk, Visit, keep_board
from bot.texts import board_log


def run(arguments: argparse.Namespace) -> int:
    """Gives the exit code. Raises BotError."""
    settings = settings_of(arguments)
    now = datetime.now(UTC)
    library = wiring.library(settings)
    desk = BoardDesk(
        wiring.board(settings),
        reminding_of(settings),
        library,
        settings.configuration,
        wiring.entry_url(settings),
        lambda signature, by: _resolved(settings, signature, Ending(board_log.because(by), iso(now))),
    )
    # A person at their own machine is who the token belongs to; a schedule in Actions is nobody.
    visit = Visit(now, by=arguments.by, trusted=not settings.in_actions, issue=arguments.issue)
    return told(settings, keep_board(desk, visit, say))


def _resolved(settings: Settings, signature: str, ending: Ending) -> str:
    """The address of the request that resolves an entry; empty where nothing was to be changed."""
    opened = wiring.entry_life(settings, say).resolve(signature, ending, "", by_hand=True)
    return opened.url if opened is not None else ""
