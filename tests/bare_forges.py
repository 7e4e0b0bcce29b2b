"""A repository with nothing but a README: on a GitHub of loopback, and on this disk."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.github import FakeGitHub
from tests.work_tree import WorkTree

WHERE = "acme/knowledge"


@pytest.fixture
def github(tmp_path: Path) -> Iterator[FakeGitHub]:
    """A repository with a README."""
    with FakeGitHub(tmp_path) as server:
        assert isinstance(server, FakeGitHub)
        server.seed({"README.md": "hello\n"})
        yield server


@pytest.fixture
def repository(tmp_path: Path) -> WorkTree:
    """A repository with one commit, main checked out."""
    folder = tmp_path / "repository"
    made = WorkTree.begun(folder)
    made.commits({"README.md": "hello\n"}, "start")
    return made
