"""The knowledge folder on disk, read character for character."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import msgspec
import yaml

from bot.errors import BadEntry
from bot.model import Record

MAX_BYTES = 4_000_000
MAX_CODES = 200_000
"""Bytes of `codes.yml`."""
Codes = Annotated[
    dict[Annotated[str, msgspec.Meta(min_length=1, max_length=80)], Annotated[str, msgspec.Meta(max_length=2_000)]], msgspec.Meta(max_length=5_000)
]


class Unread(Record, frozen=True):
    """A file that was not read, and why."""

    path: str
    cause: str
    remedy: str


class KnowledgeFolder:
    """`knowledge/` below a repository's root. Paths are relative to that root and use `/`."""

    def __init__(self, root: Path, folder: str = "knowledge") -> None:
        self._root, self._folder = root, root / folder
        self.folder = folder.strip("/")

    def entries(self) -> dict[str, str]:
        """Path → text of every entry, with its BOM and line ends. What cannot be read is left out; `unread` tells of it."""
        return dict(self._texts(self._folder / "errors"))

    def pages(self) -> dict[str, str]:
        """Path → text of the pages beside the entries: index, schema, example."""
        return dict(self._texts(self._folder))

    def runbooks(self) -> dict[str, str]:
        """Path → text of the runbooks in `runbooks/`, where there is such a folder."""
        return dict(self._texts(self._folder / "runbooks"))

    def codes(self) -> dict[str, str]:
        """The team's own error codes: code → what it means, of `codes.yml` where there is one. Raises BadEntry."""
        file = self._folder / "codes.yml"
        if not file.exists():
            return {}
        doing, text = f"reading {self._name(file)}", self._read(file)
        if isinstance(text, Unread):
            raise BadEntry(doing, text.cause, text.remedy)
        if len(text) > MAX_CODES:
            raise BadEntry(doing, "larger than 200 kB", "keep one short line for each code")
        try:
            # Every scalar as it is written: `0815` and `on` are codes. Not by libyaml, which crashes on a hundred thousand brackets.
            return msgspec.convert(yaml.load(text, Loader=yaml.BaseLoader) or {}, Codes)  # noqa: S506 - it makes texts, lists and mappings only
        except (yaml.YAMLError, msgspec.ValidationError, ValueError, RecursionError) as error:
            raise BadEntry(doing, " ".join(str(error).split())[:300], "write each code as one line: `E1042: what it means`") from error

    def read_all(self) -> dict[str, str]:
        """Entries and pages together."""
        return {**self.pages(), **self.entries()}

    def unread(self) -> tuple[Unread, ...]:
        """The files that `entries`, `pages` and `runbooks` leave out."""
        outcomes = (self._read(file) for folder in (self._folder, self._folder / "errors", self._folder / "runbooks") for file in _markdown(folder))
        return tuple(outcome for outcome in outcomes if isinstance(outcome, Unread))

    def exists(self, path: str) -> bool:
        """Whether a path relative to the repository's root is there."""
        return (self._root / path).exists()

    def _texts(self, folder: Path) -> Iterator[tuple[str, str]]:
        for file in _markdown(folder):
            outcome = self._read(file)
            if isinstance(outcome, str):
                yield self._name(file), outcome

    def _read(self, file: Path) -> str | Unread:
        name = self._name(file)
        try:
            if not file.resolve(strict=True).is_relative_to(self._folder.resolve()):
                return Unread(name, "a link that leads out of the knowledge folder", "replace it by the file itself")
            if file.stat().st_size > MAX_BYTES:
                return Unread(name, "larger than 4 MB", "move long quotes out of it and link to them")
            return file.read_bytes().decode("utf-8")
        except UnicodeDecodeError as error:
            return Unread(name, f"not UTF-8 (byte {error.start})", "save it as UTF-8")
        except (OSError, RuntimeError) as error:
            return Unread(name, getattr(error, "strerror", None) or "a loop of links", "check the file and its permissions")

    def _name(self, file: Path) -> str:
        return file.relative_to(self._root).as_posix()


def _markdown(folder: Path) -> list[Path]:
    return sorted(file for file in folder.glob("*.md") if file.is_symlink() or file.is_file())
