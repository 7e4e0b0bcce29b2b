"""Real git repositories with a story to tell, and the code source that is asked about them."""

import shutil
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.config import Codebase
from bot.model import Alert, CodePlace, Commit, Findings, FixCheck, Frame, Inquiry, PastFix, Permalink
from bot.sources.code.code import CodeSource

ALERT = datetime(2025, 12, 17, 9, 12, 44, tzinfo=UTC)
HANDLER = "transfers/handler.py"
PLAIN = """import logging


def select(session, wanted):
    leaves = (
        session.query()
        .all()
    )
    if not leaves:
        raise ValueError("insufficient")
    return leaves


def other():
    return 1
"""
LOCKED = PLAIN.replace("        .all()\n", "        .with_for_update(skip_locked=True)\n        .all()\n")
FRAME = Frame("select", f"/app/{HANDLER}", 10)


class Repository:
    """A real repository without a working tree; every commit is an hour after the one before."""

    def __init__(self, folder: Path, hour: int = 0) -> None:
        self.folder, self._hour = folder, hour
        if not folder.exists():
            folder.mkdir(parents=True)
            self.git("init", "--quiet", "--initial-branch=main", "--template=", ".")

    def git(self, *arguments: str, stdin: bytes = b"") -> str:
        """What a git command prints."""
        done = subprocess.run(["git", *arguments], cwd=self.folder, input=stdin, capture_output=True, check=True)
        return done.stdout.decode().strip()

    def commit(self, subject: str, files: dict[str, str | bytes | None]) -> str:
        """The SHA of a new commit on main that writes, or removes, these files."""
        seconds = int(datetime(2025, 12, 10, 8 + self._hour, tzinfo=UTC).timestamp())
        message = subject.encode()
        stream = [b"commit refs/heads/main\nmark :1\ncommitter Mira <mira@example.com> %d +0000\ndata %d\n%s\n" % (seconds, len(message), message)]
        stream += [b"from refs/heads/main^0\n"] if self._hour else []
        for name, content in files.items():
            data = content.encode() if isinstance(content, str) else content or b""
            stored = name.encode("utf-8", "surrogateescape")
            stream.append(b"D %s\n" % stored if content is None else b"M 100644 inline %s\ndata %d\n%s\n" % (stored, len(data), data))
        self._hour += 1
        return self.git("fast-import", "--quiet", "--cat-blob-fd=1", stdin=b"".join([*stream, b"get-mark :1\n"]))


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A handler, the fix that locks, the commit that takes the lock out again, and one that does not matter."""
    repository = Repository(tmp_path_factory.mktemp("story") / "transfers")
    repository.commit("first (#1)", {HANDLER: PLAIN, "README.md": "transfers\n"})
    repository.commit("Lock the leaves (#1234)", {HANDLER: LOCKED})
    repository.commit("perf: drop the lock (#1251)", {HANDLER: PLAIN})
    repository.commit("docs", {"README.md": "more\n"})
    return repository.folder


@pytest.fixture
def transfers(story: Path, tmp_path: Path) -> Repository:
    """The story's repository, for one test to change."""
    return Repository(shutil.copytree(story, tmp_path / "transfers"), hour=4)


def codebase(name: str = "transfers", **more: object) -> Codebase:
    """A codebase whose checkout is the folder of its name."""
    return Codebase(**{"name": name, "path": name, "url": f"https://github.com/acme/{name}", **more})  # type: ignore[arg-type]


def inquiry(*frames: Frame, service: str | None = "transfers", release: str | None = None, fixes: Sequence[PastFix] = (), time: datetime = ALERT) -> Inquiry:
    """What is asked after the failing event was found."""
    alert = Alert(Permalink("acme.slack.com", "C1", "1765962764.835579"), time, "prod", "ValueError: insufficient")
    return Inquiry(alert, time - timedelta(minutes=5), time, search=False, frames=frames, service=service, release=release, past_fixes=tuple(fixes))


def ask(root: Path, asked: Inquiry, *codebases: Codebase) -> Findings:
    """The source's answer."""
    return CodeSource(root, codebases or (codebase(),)).gather(asked)


def places(findings: Findings) -> list[CodePlace]:
    """The places in the order of the answer."""
    return [evidence.detail for evidence in findings.evidence if isinstance(evidence.detail, CodePlace)]


def commits(findings: Findings) -> list[Commit]:
    """The commits in the order of the answer."""
    return [evidence.detail for evidence in findings.evidence if isinstance(evidence.detail, Commit)]


def fix_checks(findings: Findings) -> list[FixCheck]:
    """What was found of earlier fixes."""
    return [evidence.detail for evidence in findings.evidence if isinstance(evidence.detail, FixCheck)]
