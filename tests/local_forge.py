"""A git repository of its own for each test, and the local forge that works there."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.forges.local import LocalForge
from tests.work_tree import WorkTree


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once, copied for each test."""
    folder = tmp_path_factory.mktemp("template") / "repository"
    made = WorkTree.begun(folder)
    made.commits({"README.md": "hello\n", "CODEOWNERS": "* @alice\n"}, "start")
    return folder


@pytest.fixture
def repository(tmp_path: Path, template: Path) -> WorkTree:
    """A repository with one commit, main checked out."""
    return WorkTree(Path(shutil.copytree(template, tmp_path / "repository")))


@pytest.fixture
def forge(repository: WorkTree) -> LocalForge:
    """The forge at a fixed moment."""
    return forge_of(repository)


def forge_of(repository: WorkTree) -> LocalForge:
    """A second forge is a second run of the bot."""
    return LocalForge(repository.folder, now=lambda: datetime(2026, 11, 21, 12, tzinfo=UTC))
