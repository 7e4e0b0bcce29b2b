"""`bot hear`: whether a comment on a pull request asks for something, for the jobs that come after."""

import argparse
import secrets

from bot import wiring
from bot.commands.telling import leave, say, settings_of, told
from bot.jobs.hear import hear, remark_in
from bot.texts import workflow


def run(arguments: argparse.Namespace) -> int:
    """Gives the exit code. Raises BotError."""
    settings = settings_of(arguments)
    remark = remark_in(arguments.event)
    asked = hear(remark, wiring.conversation(settings), say) if remark is not None else None
    if asked is None:
        return 0
    # All of it is checked by now: a kind of ours, one line, numbers, and a login as GitHub gave it.
    # A second command makes the answer say that only the first one counts.
    command = f"{asked.command.text}\n/help" if asked.command.more else asked.command.text
    words = {"kind": asked.command.kind, "command": command, "request": str(asked.request), "remark": str(asked.remark), "author": asked.author}
    words["argument"] = asked.command.argument if asked.command.kind == "approve-query" else ""
    outputs = "".join(workflow.output(name, value, f"end_{secrets.token_hex(16)}") for name, value in words.items())
    return told(settings, leave(settings.output_file("GITHUB_OUTPUT"), outputs))
