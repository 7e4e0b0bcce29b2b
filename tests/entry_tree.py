"""A real repository with two entries, and the commands of the bot there."""

import shutil
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.core.entry.entry import Entry, amended, parse, render
from bot.texts.entry_page import new_entry, record_occurrence
from tests.occurrences import FIRST, SECOND, THIRD, occurrence, signature
from tests.work_tree import WorkTree

CONFIGURATION = "chat: console\nforge: local\ntracker: local\n"
LEAVES, POOL = signature(), signature(message="the pool is empty")
A, B = POOL.name, LEAVES.name


def path_of(name: str) -> str:
    """Where an entry is kept."""
    return f"knowledge/errors/{name}.md"


def an_entry(which: object = LEAVES, ts: str = FIRST, **changes: object) -> Entry:
    """One of the two entries."""
    return amended(new_entry(which, occurrence(ts)), changes)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with two entries, made once."""
    folder = tmp_path_factory.mktemp("template") / "repository"
    made = WorkTree.begun(folder)
    whole = record_occurrence(an_entry(), occurrence(THIRD))
    made.commits({".github/knowledge-bot.yml": CONFIGURATION, path_of(A): render(an_entry(POOL, SECOND)), path_of(B): render(whole)}, "start")
    return folder


@pytest.fixture
def tree(tmp_path: Path, template: Path) -> WorkTree:
    """The repository of one test."""
    return WorkTree(Path(shutil.copytree(template, tmp_path / "repository")))


def bot(tree: WorkTree, *arguments: str) -> int:
    """One command of the bot there."""
    return main(["--root", str(tree.folder), *arguments])


def on(tree: WorkTree, branch: str, name: str) -> Entry:
    """An entry as it stands on a branch."""
    return parse(tree("show", f"{branch}:{path_of(name)}") + "\n")


def merged(tree: WorkTree, branch: str) -> None:
    """A person merges the request."""
    tree("merge", "--quiet", "--no-ff", "-m", f"Merge {branch}", branch)


def branches(tree: WorkTree) -> set[str]:
    """Every branch but main."""
    return set(tree("branch", "--format=%(refname:short)").split()) - {"main"}
