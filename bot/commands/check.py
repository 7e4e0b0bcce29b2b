"""`bot check`: the linter of the knowledge folder."""

import argparse
import os
import sys
from pathlib import Path

from bot import wiring
from bot.commands.telling import aside, in_actions, say
from bot.errors import BadCommand
from bot.jobs.check import check, fix, replaced
from bot.sources.code.branch_patches import patches_since


def run(arguments: argparse.Namespace) -> int:
    """Gives the exit code. Raises BotError."""
    root = wiring.root_of(arguments.root)
    folder = _below(root, arguments.folder)
    if arguments.fix:
        tell = aside if arguments.json else say  # JSON stands alone on its channel
        lost = replaced(root, folder)
        for page in fix(root, folder):
            tell(f"wrote {page}")
        if lost:
            tell(lost)
    patches = patches_since(root, arguments.base, (folder, ".github")) if arguments.base else ("", "")
    return check(root, folder, sys.stdout, as_json=arguments.json, annotations=in_actions(), patches=patches)


def _below(root: Path, named: str) -> str:
    """The folder as the pages' names begin with it."""
    folder = Path(os.path.realpath(root / named))  # which, unlike resolve(), has an answer for links in a circle
    if not folder.is_dir():
        raise BadCommand(f"checking {root / named}", "there is no such folder", "name the knowledge folder, relative to --root")
    if not folder.is_relative_to(root):
        raise BadCommand(f"checking {folder}", f"it is not below {root}", "name with --root the folder that holds knowledge/")
    return folder.relative_to(root).as_posix()
