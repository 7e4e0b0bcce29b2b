"""The knowledge folder on disk, read character for character."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from bot.core.knowledge import code_catalogue
from bot.core.knowledge.code_catalogue import KnownCode
from bot.errors import BadEntry
from bot.model import Record

MAX_BYTES = 4_000_000
READ_WHOLE = 1_000
"""Entries up to which a folder is read whole: as quick, and no cache is needed."""
INDEX_PAGES = ("README.md",)
"""Pages that list what stands beside them."""


class Unread(Record, frozen=True):
    """A file that was not read, and why."""

    path: str
    cause: str
    remedy: str


class KnowledgeFolder:
    """`knowledge/` below a repository's root. Paths are relative to that root and use `/`."""

    def __init__(self, root: Path, folder: str = "knowledge") -> None:
        self._root, self._folder = root, root / folder
        self._inside: dict[Path, bool] = {}
        self.folder = folder.strip("/")

    def entries(self) -> dict[str, str]:
        """Path → text of every entry, with its BOM and line ends. What cannot be read is left out; `unread` tells of it."""
        return dict(self._texts(self._folder / "errors"))

    def count(self) -> int:
        """How many files lie in the folder of entries, none of which is read."""
        with suppress(OSError), os.scandir(self._folder / "errors") as found:
            return sum(1 for _ in found)
        return 0

    def pages(self) -> dict[str, str]:
        """Path → text of the pages beside the entries: index, schema, example."""
        return dict(self._texts(self._folder))

    def index(self) -> dict[str, str]:
        """Path → text of the front page and of the pages of the index below it."""
        front = self.text("README.md")
        texts = {} if front is None else {f"{self.folder}/README.md": front}
        for folder in sorted((self._folder / "index").glob("*/")):
            texts |= self._texts(folder)
        return texts

    def runbooks(self) -> dict[str, str]:
        """Path → text of the runbooks in `runbooks/`, where there is such a folder; the page that lists them is none."""
        return {path: text for path, text in self._texts(self._folder / "runbooks") if path.rpartition("/")[2] not in INDEX_PAGES}

    def postmortems(self) -> dict[str, str]:
        """Path → text of the post-mortems in `postmortems/`, where there is such a folder."""
        return {path: text for path, text in self._texts(self._folder / "postmortems") if path.rpartition("/")[2] not in INDEX_PAGES}

    def reviews(self) -> dict[str, str]:
        """Path → text of the reviews in `reviews/`."""
        return dict(self._texts(self._folder / "reviews"))

    def codes(self) -> dict[str, KnownCode]:
        """The team's own error codes: code → what is known of it, of `codes.yml` where there is one. Raises BadEntry."""
        file = self._folder / "codes.yml"
        if not file.exists():
            return {}
        text = self._read(file)
        if isinstance(text, Unread):
            raise BadEntry(f"reading {self._name(file)}", text.cause, text.remedy)
        return code_catalogue.parse(text, self._name(file))

    def text(self, path: str) -> str | None:
        """One file of the folder, by its path below the folder; None where it is not there or cannot be read."""
        outcome = self._read(self._folder / path)
        return outcome if isinstance(outcome, str) else None

    def read_all(self) -> dict[str, str]:
        """Entries and pages together."""
        return {**self.pages(), **self.entries()}

    def unread(self) -> tuple[Unread, ...]:
        """The files that `entries`, `pages` and `runbooks` leave out."""
        folders = (self._folder, *(self._folder / name for name in ("errors", "runbooks", "postmortems")))
        outcomes = (self._read(file) for folder in folders for file in _markdown(folder))
        return tuple(outcome for outcome in outcomes if isinstance(outcome, Unread))

    def unread_entries(self) -> tuple[tuple[str, BadEntry], ...]:
        """Path and error of the entries that `entries` leaves out."""
        found = (self._read(file) for file in _markdown(self._folder / "errors"))
        return tuple((one.path, BadEntry(f"reading {one.path}", one.cause, one.remedy)) for one in found if isinstance(one, Unread))

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
            if not self._holds(file):
                return Unread(name, "a link that leads out of the knowledge folder", "replace it by the file itself")
            if file.stat().st_size > MAX_BYTES:
                return Unread(name, "larger than 4 MB", "move long quotes out of it and link to them")
            return file.read_bytes().decode("utf-8")
        except UnicodeDecodeError as error:
            return Unread(name, f"not UTF-8 (byte {error.start})", "save it as UTF-8")
        except (OSError, RuntimeError) as error:
            return Unread(name, getattr(error, "strerror", None) or "a loop of links", "check the file and its permissions")

    def _holds(self, file: Path) -> bool:
        """Whether a file lies in the folder; what is no link lies where its own folder does, which is looked up once."""
        if file.is_symlink():
            return file.resolve(strict=True).is_relative_to(self._folder.resolve())
        if file.parent not in self._inside:
            self._inside[file.parent] = file.parent.resolve(strict=True).is_relative_to(self._folder.resolve())
        return self._inside[file.parent]

    def _name(self, file: Path) -> str:
        return file.relative_to(self._root).as_posix()


def _markdown(folder: Path) -> list[Path]:
    return sorted(file for file in folder.glob("*.md") if file.is_symlink() or file.is_file())
