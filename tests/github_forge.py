"""A GitHub on loopback, and the forge that works there."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.config import Secret
from bot.forges.github import GitHubForge
from tests.fakes.github import FakeGitHub
from tests.fakes.github_state import TOKEN
from tests.fakes.loopback import Request


@pytest.fixture
def github(tmp_path: Path) -> Iterator[FakeGitHub]:
    """A repository with a README and an owner for the knowledge folder."""
    with FakeGitHub(tmp_path) as server:
        assert isinstance(server, FakeGitHub)
        server.seed({"README.md": "hello\n", ".github/CODEOWNERS": "knowledge/ @alice\n"})
        yield server


@pytest.fixture
def forge(github: FakeGitHub) -> GitHubForge:
    """The forge, without pauses between writes."""
    return forge_of(github)


def forge_of(github: FakeGitHub, token: str = TOKEN, repository: str = "acme/knowledge") -> GitHubForge:
    """A second forge is a second run of the bot."""
    return GitHubForge(Secret(token), repository, github.url, pace=None)


def writes_to(part: str, method: str = "POST") -> "Matcher":
    """Matches a write whose path ends so."""
    return Matcher(method, part)


class Matcher:
    """A request by method and the end of its path."""

    def __init__(self, method: str, part: str) -> None:
        self.method, self.part = method, part

    def __call__(self, request: Request) -> bool:
        """Whether this request is meant."""
        return request.method == self.method and request.path.endswith(self.part)
