"""The command line: what was typed leads to the module of its command, which is imported only then."""

from collections.abc import Sequence
from importlib import import_module

from bot.command_line import parser

COMMANDS = {
    "diagnose": "diagnose",
    "evidence": "evidence",
    "answer": "answer",
    "propose": "propose",
    "trust": "trust",
    "publish": "publish",
    "procedure": "procedure",
    "hear": "hear",
    "revise": "revise",
    "query": "query",
    "respond": "respond",
    "check": "check",
    "doctor": "doctor",
    "signature": "signature",
    "evaluate": "evaluate",
    "rules": "rules",
    "resolve": "resolve",
    "rename": "rename",
    "merge": "merge",
    "split": "split",
    "withdraw": "withdraw",
    "postmortem": "postmortem",
    "search": "search",
    "mcp": "mcp_server",
    "import": "import_pages",
    "schema": "schema",
    "scan": "scan",
    "intake": "intake",
    "escalate": "escalate",
    "board": "board",
    "remind": "remind",
    "review": "review",
    "publish-review": "publish_review",
}
"""Command → its module in `bot.commands`, whose `run(arguments)` gives the exit code."""


def run(argv: Sequence[str]) -> int:
    """Parse and run one command. Raises BotError."""
    arguments = parser().parse_args(argv)
    code: int = import_module(f"bot.commands.{COMMANDS[arguments.command]}").run(arguments)
    return code
