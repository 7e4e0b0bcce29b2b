"""`make demo`: the real jobs, from alert to answered thread, on a world made for them. No account, no network."""

import shutil
import subprocess
import sys
import time
from pathlib import Path

from bot.__main__ import main as bot
from demo.world import World, build

OUT = Path("demo/out")
MADE_BY_US = ".made-by-make-demo"


def main() -> int:
    """Tell the story once; the exit code is that of the first step that failed."""
    started = time.monotonic()
    _heading("The world: a service with a history, a knowledge base, an alert")
    world = _world()
    _show(f"{world.transfers}\n{world.knowledge_base}\nalert: {world.alert}")
    _show(_git(world.transfers, "log", "--format=%h %as %s", "-4"))

    proposal = world.folder / "proposal"
    _heading("1. Diagnose: read the alert, gather evidence, decide")
    _bot(world, "diagnose", world.alert, "--out", str(proposal))

    _heading("2. Propose: a branch, and the text of its pull request")
    _bot(world, "propose", str(proposal))
    (branch,) = _git(world.knowledge_base, "for-each-ref", "--format=%(refname:short)", "refs/heads/kb/").split()
    _show(_git(world.knowledge_base, "log", "--format=%h %an: %s", "--stat", "-1", branch))
    (pull,) = _pull_requests(world)
    _show(_upto(pull.read_text(encoding="utf-8"), "\nBecause the evidence says:") + "\n…")

    _heading("3. A person reviews and merges")
    before = _git(world.knowledge_base, "rev-parse", "main").strip()
    _command("git", "-C", str(world.knowledge_base), "merge", "--no-ff", "-m", f"Merge {branch}", branch)
    after = _git(world.knowledge_base, "rev-parse", "main").strip()

    _heading("4. Publish: answer the thread, open the tracking issue, rebuild the index")
    _bot(world, "publish", "--before", before, "--after", after)

    _heading("5. Publish again, as after a crash: nothing happens twice")
    _bot(world, "publish", "--before", before, "--after", after)

    _heading("6. What people find in knowledge/ now")
    _bot(world, "check", "knowledge")
    entry = world.knowledge_base / "knowledge" / "errors" / f"{branch.removeprefix('kb/')}.md"
    _show(_upto(entry.read_text(encoding="utf-8"), "## Error Signature"))

    _further(world)
    _ending(world, entry, time.monotonic() - started)
    return 0


def _further(world: World) -> None:
    _heading("7. Another alert, of an error that people reviewed: answered at once, 0 tokens")
    again = str(world.folder / "again")
    _bot(world, "diagnose", world.known, "--out", again)
    _bot(world, "answer", again, "--thread", world.known)
    _bot(world, "propose", again)

    _heading("8. Find it again, and see how everything stands")
    _bot(world, "search", "node", "did", "not", "answer", "--limit", "3")
    _bot(world, "board")
    board = (world.knowledge_base / ".git" / "errata" / "board.md").read_text(encoding="utf-8")
    _show(_upto(board.partition("**")[1] + board.partition("**")[2], "\n## Spend"))


def _world() -> World:
    """A new world each time; a folder that is not ours is never removed."""
    if OUT.exists():
        if not (OUT / MADE_BY_US).is_file():
            sys.exit(f"error: making the demo's folder: {OUT} exists and was not made by the demo\n  try: move it away")
        shutil.rmtree(OUT)
    OUT.mkdir(parents=True)
    (OUT / MADE_BY_US).touch()
    return build(OUT)


def _bot(world: World, *arguments: str) -> None:
    _prompt("bot", "--root", str(world.knowledge_base), *arguments)
    code = bot(["--root", str(world.knowledge_base), *arguments])
    if code:
        sys.exit(code)


def _command(*words: str) -> None:
    _prompt(*words)
    subprocess.run(words, check=True)


def _git(folder: Path, *arguments: str) -> str:
    return subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True, text=True).stdout


def _ending(world: World, entry: Path, seconds: float) -> None:
    _heading(f"Done in {seconds:.1f} s, without an account and without a model")
    pulls = _pull_requests(world)
    issues = sorted((world.knowledge_base / "issues").glob("*.md"))
    _show(
        "\n".join(
            [
                f"the entry          {entry}",
                f"the index          {world.knowledge_base / 'knowledge' / 'README.md'}",
                f"the board          {world.knowledge_base / '.git' / 'errata' / 'board.md'}",
            ]
        )
    )
    _show("\n".join([*(f"the pull request   {path}" for path in pulls), *(f"the tracking issue {path}" for path in issues)]))
    _show("Next:\n" + "\n".join(f"  $ {line}" for line in _next_commands(world)) + "\n  docs/setup.md: from nothing to the first diagnosis of your own alert")


def _pull_requests(world: World) -> list[Path]:
    return sorted((world.knowledge_base / ".git" / "errata" / "pulls").glob("*.md"))


def _next_commands(world: World) -> list[str]:
    python, root = ".venv/bin/python -m bot", world.knowledge_base
    return [f"{python} --root {root} doctor", f"{python} --root {root} check knowledge", f"git -C {world.transfers} log --stat", "make test"]


def _upto(text: str, heading: str) -> str:
    return text.partition(heading)[0].rstrip()


def _heading(text: str) -> None:
    _show(f"\n── {text} {'─' * max(0, 96 - len(text))}")


def _prompt(*words: str) -> None:
    _show("$ " + " ".join(words))


def _show(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
