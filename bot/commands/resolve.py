"""`bot resolve`: an entry is marked as resolved, by a person, a closed tracking issue or a merged change; as a pull request."""

import argparse
from datetime import UTC, datetime

from bot import wiring
from bot.commands.telling import say, settings_of, told
from bot.config import Settings
from bot.core.entry.life import Ending
from bot.core.entry.times import iso
from bot.errors import BadCommand
from bot.jobs import resolving
from bot.jobs.entry_life import EntryLife


def run(arguments: argparse.Namespace) -> int:
    """Gives the exit code. Raises BotError."""
    settings = settings_of(arguments)
    life = wiring.entry_life(settings, say)
    ways = [way for way in (arguments.signature, arguments.issue, arguments.before or arguments.after, arguments.tracked) if way]
    if len(ways) != 1 or bool(arguments.before) != bool(arguments.after):
        raise BadCommand("resolving an entry", "it takes a signature, or `--issue`, or `--tracked`, or `--before` and `--after`", "see `bot resolve --help`")
    if arguments.tracked:
        return _tracked(settings, life)
    if arguments.issue:
        resolving.by_issue(arguments.issue, wiring.work(settings), life, say)
        return 0
    if arguments.before:
        return told(settings, resolving.by_push(arguments.before, arguments.after, wiring.work(settings), life).failures)
    ending = Ending(arguments.because, iso(datetime.now(UTC)), arguments.commit, arguments.pull_request)
    life.resolve(arguments.signature, ending, "", by_hand=True)
    return 0


def _tracked(settings: Settings, life: EntryLife) -> int:
    log = wiring.tracked_work(settings)
    if log is None:
        say("nothing is tracked (`tracker: none`), so there is nothing to ask")
        return 0
    waiting = wiring.requests(settings).requests(datetime.now(UTC))
    return told(settings, resolving.by_tracker(log, life, waiting, say).failures)
