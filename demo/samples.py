"""`python -m demo.samples`: what the demo makes, for readers who have not run it. The same text on every machine."""

import contextlib
import io
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from bot.__main__ import main as bot
from bot.core.alert.slack_message import collect
from demo.world import World, build

FOLDER = Path("docs/samples")
_REVIEWER = {"NAME": "Mira Okafor", "EMAIL": "mira@acme.example", "DATE": "2025-12-17T10:02:31+00:00"}


def main() -> int:
    """Write every sample anew."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in samples().items():
        (FOLDER / name).write_text(text, encoding="utf-8", newline="\n")
        print(FOLDER / name)
    return 0


def samples() -> Mapping[str, str]:
    """File name → text, made by the real jobs in a temporary folder, whose name stands in none of them."""
    with tempfile.TemporaryDirectory(prefix="errata-") as temporary:
        folder = Path(temporary).resolve()
        world = build(folder / "demo")
        proposal = str(folder / "proposal")
        _bot(world, "diagnose", world.alert, "--out", proposal)
        _bot(world, "propose", proposal)
        before, branch = _git(world, "rev-parse", "main"), _git(world, "for-each-ref", "--format=%(refname:short)", "refs/heads/kb/")
        _git(world, "merge", "--quiet", "--no-ff", "--no-gpg-sign", "-m", f"Merge {branch}", branch)
        told = _bot(world, "publish", "--before", before, "--after", _git(world, "rev-parse", "main"))
        base = world.knowledge_base
        made = {
            "alert.txt": f"{collect(json.loads((base / 'messages' / 'alert.json').read_text(encoding='utf-8'))['message'])[0]}\n",
            "pull-request.md": (base / ".git" / "errata" / "pulls" / "1.md").read_text(encoding="utf-8"),
            "entry.md": (base / "knowledge" / "errors" / f"{branch.removeprefix('kb/')}.md").read_text(encoding="utf-8"),
            "reply.txt": "".join(f"{line[2:]}\n" for line in told.splitlines() if line.startswith("|")),
        }
        return {name: text.replace(f"{base.as_uri()}/", "").replace(f"{base}/", "") for name, text in made.items()}


def _bot(world: World, *arguments: str) -> str:
    """What one command of the bot prints."""
    told = io.StringIO()
    with contextlib.redirect_stdout(told):
        code = bot(["--root", str(world.knowledge_base), *arguments])
    if code:
        sys.exit(code)
    return told.getvalue()


def _git(world: World, *arguments: str) -> str:
    """Git as Mira, who reviews within the hour, and without the settings of whoever runs this."""
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    environment |= {f"GIT_{role}_{part}": value for role in ("AUTHOR", "COMMITTER") for part, value in _REVIEWER.items()}
    done = subprocess.run(["git", "-C", str(world.knowledge_base), *arguments], check=True, capture_output=True, text=True, env=environment)
    return done.stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
