"""`python -m demo.tour`: writes docs/tour.md, the way from an empty knowledge base to its first answer. Its commands are run, its output is what they print."""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bot.errors import BotError
from demo.tour_steps import ENDING, OPENING, STEPS, Step
from demo.world import World, build

PAGE = Path("docs/tour.md")
HOME = "/home/mira"
"""What stands in the page for the temporary folder."""
_PROJECT = Path(__file__).resolve().parent.parent
_MADE_ANEW = re.compile(r"(?<=committed as )[0-9a-f]{12}\b|(?<=main is at )[0-9a-f]{12}\b")
_DATES = {f"GIT_{role}_DATE": "2025-12-17T10:02:31+00:00" for role in ("AUTHOR", "COMMITTER")}
_LATER = "1765962795.204518"


@dataclass(frozen=True)
class Shell:
    """Runs commands in one folder as somebody with an empty home would, with `bot` on the PATH."""

    home: Path
    folder: Path

    def run(self, command: str) -> str:
        """What the command printed, both streams in one. Raises BotError when it fails: a step that is meant to fail prints its exit code."""
        environment = {
            "HOME": str(self.home),
            "LC_ALL": "C.UTF-8",
            "PATH": os.pathsep.join([str(self.home / "bin"), os.environ.get("PATH", os.defpath)]),
            "PYTHONPATH": str(_PROJECT),
            "PYTHONUTF8": "1",
            "GIT_CONFIG_NOSYSTEM": "1",
            **_DATES,
        }
        done = subprocess.run(
            ["sh", "-c", command],
            cwd=self.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
        if done.returncode:
            raise BotError("taking the tour", f"`{command}` ended with {done.returncode}: {done.stdout[-2000:]}", "mend the command or the step")
        return done.stdout


def main() -> int:
    """Write the page anew."""
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
    print(PAGE)
    return 0


def page() -> str:
    """The page as Markdown, the same on every machine. Raises BotError when a command fails that should not."""
    with tempfile.TemporaryDirectory(prefix="errata-") as temporary:
        home = Path(temporary).resolve()
        shell = Shell(home, _beginning(home, build(home / "demo")))
        told = [_told(shell, number, step) for number, step in enumerate(STEPS, start=1)]
        text = "\n\n".join([OPENING, *told, ENDING])
        text = text.replace(home.as_uri(), f"file://{HOME}").replace(str(home), HOME)
    return _MADE_ANEW.sub("…", text) + "\n"


def _beginning(home: Path, world: World) -> Path:
    """A repository as its team begins with it, beside their service: pages, the logs of a morning, alerts; no entry, no configuration."""
    folder = home / "knowledge-base"
    world.knowledge_base.rename(folder)
    world.transfers.rename(home / "transfers")
    configuration = folder / ".github" / "knowledge-bot.yml"
    configuration.rename(home / "knowledge-bot.yml")
    shutil.rmtree(folder / "knowledge" / "errors")
    alert = (folder / "messages" / "alert.json").read_text(encoding="utf-8")
    (folder / "messages" / "again.json").write_text(re.sub(r'"ts": "[\d.]+"', f'"ts": "{_LATER}"', alert), encoding="utf-8", newline="\n")
    (folder / ".gitignore").write_text("/proposal/\n/again/\n", encoding="utf-8", newline="\n")
    _git(folder, "add", "--all")
    _git(folder, "commit", "--quiet", "--no-verify", "--no-gpg-sign", "-m", "The knowledge base")
    (home / "bin").mkdir()
    program = home / "bin" / "bot"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m bot "$@"\n', encoding="utf-8", newline="\n")
    program.chmod(0o755)
    return folder


def _told(shell: Shell, number: int, step: Step) -> str:
    parts = [f"## {number}. {step.heading}", step.words]
    for command in step.commands:
        output = shell.run(command).rstrip()
        parts.append(f"````console\n$ {command}\n{output}".rstrip() + "\n````")
    return "\n\n".join(part.strip() for part in parts)


def _git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(folder), *arguments], check=True, env={**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, **_DATES})


if __name__ == "__main__":
    argparse.ArgumentParser(prog="python -m demo.tour", description=__doc__).parse_args()
    sys.exit(main())
