"""`bot rules`: the rules of diagnosis, listed, tested and packed."""

import argparse

from bot import wiring
from bot.commands.telling import aside, say
from bot.diagnosers import rule_book
from bot.jobs import rules as job
from bot.texts import rules


def run(arguments: argparse.Namespace) -> int:
    """Gives the exit code. Raises BotError."""
    root = wiring.root_of(arguments.root)
    if arguments.rules == "compile":
        say("\n".join(f"wrote {path}" for path in job.pack(root)))
        return 0
    if arguments.rules == "test":
        tested = job.test(root, root / arguments.folder if arguments.folder else None, rule_book.of(root))
        say(rules.outcome(tested.verdicts, tested.broken, tested.rules))
        return 1 if tested.failed else 0
    book = rule_book.of(root)
    say(rules.listing(book.rules))
    for one in book.broken:
        aside(f"left out: {one.path}:{one.line}: {one.cause}; {one.remedy}")
    return 1 if book.broken else 0
