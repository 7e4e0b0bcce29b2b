"""Paths and globs become regular files, in the order in which they are read; whatever else a folder holds is told or left alone."""

import os
from pathlib import Path

import pytest

from bot.sources.logs.folder import found, rotation


def given_files(root: Path, *names: str) -> None:
    """Empty files below a folder."""
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("app.log", ["app.log"]),
        ("*.log", ["app.log"]),
        ("app.log*", ["app.log", "app.log.1", "app.log.2.gz"]),
        ("**/*.log", ["app.log", "a/b.log", "a/c/d.log"]),
        ("a/**", ["a/b.log", "a/c/d.log"]),
        ("[a]*/*.log", ["a/b.log"]),
        ("./a/../app.log", ["app.log"]),
        (".hidden/*.log", [".hidden/e.log"]),
    ],
)
def test_a_pattern_finds_its_files(tmp_path: Path, pattern: str, names: list[str]) -> None:
    """`**` goes into every folder but hidden ones."""
    given_files(tmp_path, "app.log", "app.log.1", "app.log.2.gz", "a/b.log", "a/c/d.log", ".hidden/e.log")
    assert sorted(found(tmp_path, (pattern,)).paths) == sorted(names)
    assert found(tmp_path, (pattern,)).missing == ()


def test_the_newest_of_a_rotation_is_read_first() -> None:
    """Counted up, `.1` is younger than `.2`; with dates, the later one is."""
    names = ["app.log.10.gz", "app.log.2.gz", "app.log", "app.log.1", "web.log-20251216", "web.log-20251217.gz", "web.log", "b.log"]
    order = [path.name for path in sorted(map(Path, names), key=rotation)]
    assert order == ["app.log", "app.log.1", "app.log.2.gz", "app.log.10.gz", "b.log", "web.log", "web.log-20251217.gz", "web.log-20251216"]


def test_links_in_a_circle_come_to_an_end(tmp_path: Path) -> None:
    """`**` follows no linked folder."""
    given_files(tmp_path, "a/one.log")
    (tmp_path / "a" / "again").symlink_to(tmp_path / "a")
    (tmp_path / "a" / "self.log").symlink_to(tmp_path / "a" / "self.log")
    answer = found(tmp_path, ("**/*.log",))
    assert list(answer.paths) == ["a/one.log"]


def test_a_link_out_of_the_checkout_is_refused_unless_the_place_is_named(tmp_path: Path) -> None:
    """Whoever commits a link must not choose what is read; the maintainer may name any place, where links are how Kubernetes keeps its logs."""
    given_files(tmp_path, "outside/secret.log", "root/own.log")
    root = tmp_path / "root"
    (root / "linked.log").symlink_to(tmp_path / "outside" / "secret.log")
    (root / "folder").symlink_to(tmp_path / "outside")
    answer = found(root, ("*.log", "folder/*.log"))
    assert list(answer.paths) == ["own.log"]
    assert {cause for _, cause in answer.missing} == {"it is a link that leads out of the folder"}
    assert list(found(root, (f"{root}/*.log",)).paths) == ["linked.log", "own.log"]
    assert list(found(root, ("../outside/*.log",)).paths) == [str(tmp_path / "outside" / "secret.log")]


def test_pipes_and_folders_are_not_opened(tmp_path: Path) -> None:
    """Reading a pipe would wait for whoever writes it."""
    os.mkfifo(tmp_path / "pipe.log")
    (tmp_path / "folder.log").mkdir()
    answer = found(tmp_path, ("pipe.log", "folder.log", "gone.log", "*.txt"))
    assert answer.paths == {}
    assert dict(answer.missing) == {
        "pipe.log": "it is no regular file",
        "folder.log": "it is no file",
        "gone.log": "no such file",
        "*.txt": "no file matches",
    }
