"""What a command says, on which channel, and what its end is called."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from bot import config, wiring
from bot.config import Settings
from bot.core.redaction.redaction import Redactor
from bot.errors import BadCommand, BotError
from bot.texts import failure, workflow


def in_actions() -> bool:
    """Whether a GitHub workflow runs us."""
    return config.in_actions()


def own_secrets() -> tuple[str, ...]:
    """The secrets of the environment, which no text may hold."""
    return config.own_secrets()


def say(line: str) -> None:
    """A line of what is done, for the job's log."""
    say_to(sys.stdout, line)


def aside(line: str) -> None:
    """Beside the command's answer."""
    say_to(sys.stderr, line)


def say_to(out: TextIO, line: str) -> None:
    """A line of a job's log: without secrets, and no command to the workflow."""
    print(workflow.inert_log(Redactor(own=own_secrets()).text(line)), file=out, flush=True)


def settings_of(arguments: argparse.Namespace) -> Settings:
    """Of the folder and file that the command line names. Raises BadConfiguration, BadCommand."""
    return config.load(wiring.root_of(arguments.root), arguments.config)


def leave(file: Path | None, text: str) -> tuple[BotError, ...]:
    """Append what a workflow step leaves for the runner; outside Actions there is no such file."""
    try:
        if file is not None:
            with file.open("a", encoding="utf-8") as page:
                page.write(text)
    except OSError as error:
        return (BadCommand(f"writing to {file}", error.strerror or "the disk refused", "unset the variable that names it, or make it writable"),)
    return ()


def told(settings: Settings, failures: Sequence[BotError]) -> int:
    """What was not done, one sentence each; the exit code."""
    for error in failures:
        print(failure.sentence(error, annotate=settings.in_actions, own=settings.own_secrets()), file=sys.stderr)  # noqa: T201 - as the door does
    return 1 if failures else 0
