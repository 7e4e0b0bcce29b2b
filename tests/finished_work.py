"""A GitHub where issues that track entries are closed, and the job that resolves those."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.config import Secret
from bot.core.entry.entry import render
from bot.errors import BotError
from bot.forges.github import GitHubForge
from bot.forges.github_work import GitHubWork
from bot.jobs.entry_life import EntryLife
from bot.jobs.resolving import by_issue, by_push
from bot.model import PullRequest
from bot.texts.entry_page import new_entry
from tests.fakes.github_state import TOKEN
from tests.fakes.github_work import WorkingGitHub
from tests.occurrences import FIRST, occurrence, signature

NAME = signature().name
PATH = f"knowledge/errors/{NAME}.md"
BRANCH = f"errata/resolve/{NAME}"


@pytest.fixture
def github(tmp_path: Path) -> Iterator[WorkingGitHub]:
    """A repository with one entry."""
    with WorkingGitHub(tmp_path) as server:
        assert isinstance(server, WorkingGitHub)
        server.seed({PATH: render(new_entry(signature(), occurrence(FIRST)))})
        yield server


class Run:
    """One run of the job: what it says, and what it opened."""

    def __init__(self, github: WorkingGitHub) -> None:
        self.said: list[str] = []
        forge = GitHubForge(Secret(TOKEN), github.repository, github.url, pace=None)
        files = {PATH: github.text(PATH) or ""}
        self.life = EntryLife(forge, files, datetime(2026, 1, 1, tzinfo=UTC), self.said.append)
        self.log = GitHubWork(Secret(TOKEN), github.repository, github.url)

    def issue(self, number: int) -> PullRequest | None:
        """`bot resolve --issue`."""
        return by_issue(str(number), self.log, self.life, self.said.append)

    def push(self, before: str, after: str) -> tuple[BotError, ...]:
        """`bot resolve --before --after`."""
        return by_push(before, after, self.log, self.life).failures


def closed(github: WorkingGitHub, number: int, reason: str | None = "completed") -> int:
    """A person, or a merge, closes an issue."""
    github.items[number] |= {"state": "closed", "state_reason": reason, "closed_at": "2025-12-20T10:00:00Z"}
    return number
