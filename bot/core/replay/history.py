"""The history of a case's code: commits written as text become what `git fast-import` reads, the same to the byte every time."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Annotated

import msgspec

from bot.errors import BadCase
from bot.model import Record

Label = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9-]{1,40}$")]
Path = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_@+-][A-Za-z0-9_@+.-]*(?:/[A-Za-z0-9_@+-][A-Za-z0-9_@+.-]*)*$", max_length=200)]
"""Of a file: relative, without a component that begins with a dot, which leaves out `..` and `.git`."""


class Edit(Record, frozen=True):
    """One place of a file: `old` stands there exactly once and becomes `new`."""

    old: Annotated[str, msgspec.Meta(min_length=1)]
    new: str


class StoryCommit(Record, frozen=True):
    """One commit: whole files, edits of files that are there, and files that go. `id` is what the case calls it."""

    id: Label
    at: datetime
    by: Annotated[str, msgspec.Meta(pattern=r"^[^<>\n]{1,80}$")]
    subject: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    body: str = ""
    tag: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,60}$")] | None = None
    files: dict[Path, str] = {}
    edits: dict[Path, tuple[Edit, ...]] = {}
    gone: tuple[Path, ...] = ()


def trees(commits: Sequence[StoryCommit], name: str) -> tuple[dict[str, str], ...]:
    """Path → text of every file, after each commit. Raises BadCase."""
    tree: dict[str, str] = {}
    found = []
    for commit in commits:
        tree = {path: text for path, text in tree.items() if path not in commit.gone} | commit.files
        for path, edits in commit.edits.items():
            tree[path] = _edited(tree.get(path), edits, f"{name}, commit {commit.id}, {path}")
        found.append(tree)
    return tuple(found)


def stream(commits: Sequence[StoryCommit], name: str) -> bytes:
    """The input of `git fast-import`; commit number n has mark n, from 1. Raises BadCase."""
    return b"".join(_parts(commits, trees(commits, name)))


def _parts(commits: Sequence[StoryCommit], after: Sequence[dict[str, str]]) -> Iterator[bytes]:
    before: dict[str, str] = {}
    for mark, (commit, tree) in enumerate(zip(commits, after, strict=True), start=1):
        who = f"{commit.by} <{'.'.join(commit.by.lower().split())}@acme.example> {int(commit.at.timestamp())} +0000"
        message = f"{commit.subject}\n\n{commit.body}".strip() + "\n"
        yield f"commit refs/heads/main\nmark :{mark}\nauthor {who}\ncommitter {who}\n".encode()
        yield _data(message)
        for path in sorted(before.keys() - tree.keys()):
            yield f"D {path}\n".encode()
        for path in sorted(path for path in tree if before.get(path) != tree[path]):
            yield f"M 100644 inline {path}\n".encode()
            yield _data(tree[path])
        if commit.tag:
            yield f"reset refs/tags/{commit.tag}\nfrom :{mark}\n\n".encode()
        before = tree


def _data(text: str) -> bytes:
    raw = text.encode()
    return b"data %d\n%s\n" % (len(raw), raw)


def _edited(text: str | None, edits: Sequence[Edit], where: str) -> str:
    if text is None:
        raise BadCase(f"editing {where}", "there is no such file yet", "give the whole file under `files:`")
    for edit in edits:
        if text.count(edit.old) != 1:
            raise BadCase(f"editing {where}", f"`old` stands there {text.count(edit.old)} times", "give more of the lines around it, as they are there")
        text = text.replace(edit.old, edit.new)
    return text
