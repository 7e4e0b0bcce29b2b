"""The place where the demo happens: a service with a history, a knowledge base beside it, and an alert. The same every time, to the commit."""

import json
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.errors import BotError
from demo.earlier import earlier_entries
from demo.log_story import ALERT, KNOWN, TRACE_ID, files

_HERE = Path(__file__).resolve().parent
_HANDLER = "transfers/handlers/transfer_handler.py"
# Nothing of the person's own git configuration may change a commit.
_GIT = {
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_COMMITTER_NAME": "GitHub",
    "GIT_COMMITTER_EMAIL": "noreply@acme.example",
    "GIT_AUTHOR_NAME": "Mira Okafor",
    "GIT_AUTHOR_EMAIL": "mira@acme.example",
    "LC_ALL": "C",
}


@dataclass(frozen=True)
class World:
    """Where things are. `alert` is the Slack permalink, `known` that of an error whose entry was reviewed.

    `fix` and `culprit` are the commits of transfers that the story is about.
    """

    folder: Path
    transfers: Path
    knowledge_base: Path
    alert: str
    known: str
    fix: str
    culprit: str
    release: str
    trace_id: str = TRACE_ID

    @property
    def configuration(self) -> Path:
        """The knowledge base's configuration."""
        return self.knowledge_base / ".github" / "knowledge-bot.yml"


def build(folder: Path) -> World:
    """Make the two repositories in `folder` (made when needed). Raises FileExistsError when they are there already, BotError without git."""
    folder.mkdir(parents=True, exist_ok=True)
    transfers, knowledge_base = folder / "transfers", folder / "knowledge-base"
    _make_transfers(transfers)
    commits = {subject: sha for sha, _, subject in (line.partition(" ") for line in _git(transfers, "log", "--format=%H %s").splitlines())}
    fix = next(sha for subject, sha in commits.items() if subject.startswith("Lock the leaves"))
    culprit = next(sha for subject, sha in commits.items() if subject.startswith("perf: drop the row lock"))
    release = _git(transfers, "rev-parse", "HEAD").strip()
    _make_knowledge_base(knowledge_base, fix, files(release[:12], _stack(transfers)))
    return World(folder, transfers, knowledge_base, _permalink(ALERT), _permalink(KNOWN), fix, culprit, release)


def _permalink(posted: datetime) -> str:
    return f"https://acme.slack.com/archives/C08RB8T6CNS/p{int(posted.timestamp())}{posted.microsecond:06}"


def _make_transfers(folder: Path) -> None:
    """The service's repository, from the patches that made it."""
    folder.mkdir()
    _git(folder, "init", "--quiet", "--initial-branch=main", ".")
    patches = [str(path) for path in sorted((_HERE / "transfers").glob("*.patch"))]
    _git(folder, "am", "--quiet", "--keep", "--committer-date-is-author-date", "--no-gpg-sign", *patches)
    _identify(folder)


def _make_knowledge_base(folder: Path, fix: str, logs: Mapping[str, str]) -> None:
    """The team's repository: configuration, what is known already, the alert and the logs."""
    shutil.copytree(_HERE / "knowledge-base", folder)
    (folder / "knowledge").mkdir(exist_ok=True)
    for page in ("SCHEMA.md", "EXAMPLE.md"):
        shutil.copy(_HERE.parent / "knowledge" / page, folder / "knowledge" / page)
    message = json.loads((folder / "messages" / "alert.json").read_text(encoding="utf-8"))["message"]
    written = {f"logs/{name}": text for name, text in logs.items()} | earlier_entries(message, fix)
    for name, text in written.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    _git(folder, "init", "--quiet", "--initial-branch=main", ".")
    _git(folder, "add", "--all")
    dates = {"GIT_AUTHOR_DATE": "2025-12-12T16:41:00+00:00", "GIT_COMMITTER_DATE": "2025-12-12T16:41:00+00:00"}
    _git(folder, "commit", "--quiet", "--no-verify", "--no-gpg-sign", "-m", "Knowledge base: what we know so far", environment=dates)
    _identify(folder)


def _identify(folder: Path) -> None:
    """Who commits there from now on, also on a machine whose git knows nobody."""
    _git(folder, "config", "user.name", "Demo")
    _git(folder, "config", "user.email", "demo@acme.example")


def _stack(transfers: Path) -> str:
    """What the failing request left behind, with the line numbers of the checked-out code."""
    calls = (
        ("transfers/api.py", "post_transfer", "transfer_handler.handle_transfer(session, transfer)"),
        (_HANDLER, "handle_transfer", "leaves = select_leaves_for_transfer(session, transfer)"),
        (_HANDLER, "select_leaves_for_transfer", 'raise ValidationError("insufficient leaf balance")'),
    )
    lines = [
        "Traceback (most recent call last):",
        '  File "/usr/local/lib/python3.12/site-packages/starlette/concurrency.py", line 38, in run_in_threadpool',
        "    return await anyio.to_thread.run_sync(func)",
    ]
    for path, function, code in calls:
        number = next(n for n, line in enumerate((transfers / path).read_text(encoding="utf-8").splitlines(), start=1) if line.strip() == code)
        lines += [f'  File "/app/{path}", line {number}, in {function}', f"    {code}"]
    return "\n".join([*lines, "transfers.errors.ValidationError: insufficient leaf balance"])


def _git(folder: Path, *arguments: str, environment: Mapping[str, str] | None = None) -> str:
    program = shutil.which("git")
    if program is None:
        raise BotError("building the demo", "there is no `git` on the PATH", "install git, then run the demo again")
    settings = ("-c", "core.hooksPath=/dev/null", "-c", "core.autocrlf=false", "-c", "init.templateDir=", "-c", "gc.auto=0")
    done = subprocess.run(
        [program, *settings, *arguments],
        cwd=folder,
        env={**_GIT, **(environment or {})},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=True,
    )
    return done.stdout
