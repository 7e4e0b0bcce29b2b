"""`bot schema`: of the configuration, or of an entry."""

import argparse
import json

from bot import config
from bot.texts.schema_page import schema_page


def run(arguments: argparse.Namespace) -> int:
    """Gives the exit code. Raises BotError."""
    if arguments.of == "configuration":
        print(json.dumps(config.schema(), indent=2, ensure_ascii=False))  # noqa: T201 - the command's output
    else:
        print(schema_page(), end="")  # noqa: T201 - the command's output
    return 0
