"""The knowledge folder on disk, read character for character."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from bot.core.entry.entry import README
from bot.core.knowledge import code_catalogue
from bot.core.knowledge.code_catalogue import KnownCode
from bot.errors import BadEntry
from bot.model import Record

MAX_BYTES = 4_000_000
READ_WHOLE = 1_000
"""Entries up to which a folder is read whole: as quick, and no cache is needed."""
FOLDERS = ("errors", "runbooks", "postmortems", "reviews")
"""Where people's pages lie, each kind in one folder without others in it."""
INDEX_PAGES = (README,)
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
        return {path: text for path, text in self._texts(self._folder / "errors") if path.rpartition("/")[2] != README}

    def count(self) -> int:
        """How many files lie in the folder of entries, none of which is read. Raises BadEntry, as all do that look through a folder; see `listed`."""
        return len(listed(self._folder / "errors"))

    def pages(self) -> dict[str, str]:
        """Path → text of the pages beside the entries: index, schema, example, and what people wrote about the folder of entries."""
        about = self.text(f"errors/{README}")
        return dict(self._texts(self._folder)) | ({} if about is None else {f"{self.folder}/errors/{README}": about})

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
        """The files that `entries`, `pages` and the other folders leave out."""
        folders = (self._folder, *(self._folder / name for name in FOLDERS))
        return tuple(outcome for folder in folders for _, outcome in self._files(folder) if isinstance(outcome, Unread))

    def unread_entries(self) -> tuple[tuple[str, BadEntry], ...]:
        """Path and error of the entries that `entries` leaves out."""
        found = (one for name, one in self._files(self._folder / "errors") if isinstance(one, Unread) and not name.endswith(f"/{README}"))
        return tuple((one.path, BadEntry(f"reading {one.path}", one.cause, one.remedy)) for one in found)

    def astray(self) -> Iterator[str]:
        """Pages that nothing reads: in a folder below one of the four, or under another ending. Hidden folders are not looked into."""
        for kind in FOLDERS:
            for place, folders, files in os.walk(self._folder / kind):
                folders[:] = sorted(name for name in folders if not name.startswith("."))
                below = Path(place) != self._folder / kind
                for name in sorted(files):
                    if name.casefold().endswith((".md", ".markdown")) and (below or not name.endswith(".md")):
                        yield self._name(Path(place) / name)

    def exists(self, path: str) -> bool:
        """Whether a path relative to the repository's root is there, or may be: of what nobody lets us look at, `unread` tells."""
        try:
            return (self._root / path).exists()
        except PermissionError:
            return True

    def _texts(self, folder: Path) -> Iterator[tuple[str, str]]:
        return ((name, outcome) for name, outcome in self._files(folder) if isinstance(outcome, str))

    def _files(self, folder: Path) -> Iterator[tuple[str, str | Unread]]:
        """Every Markdown file of a folder. A hundred thousand of them: a `Path` of each would take longer than reading it."""
        within = "" if folder == self._root else f"{self._name(folder)}/"
        for file in _markdown(folder):
            yield within + file, self._content(within + file, folder, file)

    def _read(self, file: Path) -> str | Unread:
        return self._content(self._name(file), file.parent, file.name)

    def _content(self, name: str, folder: Path, file: str) -> str | Unread:
        path = f"{folder}/{file}"
        try:
            found = os.lstat(path)
            linked = stat.S_ISLNK(found.st_mode)
            if not (self._is_ours(Path(path)) if linked else self._holds(folder)):
                return Unread(name, "a link that leads out of the knowledge folder", "replace it by the file itself")
            if (os.stat(path) if linked else found).st_size > MAX_BYTES:
                return Unread(name, "larger than 4 MB", "move long quotes out of it and link to them")
            with open(path, "rb", buffering=0) as opened:
                return opened.readall().decode("utf-8")
        except UnicodeDecodeError as error:
            return Unread(name, f"not UTF-8 (byte {error.start})", "save it as UTF-8")
        except (OSError, RuntimeError) as error:
            return Unread(name, getattr(error, "strerror", None) or "a loop of links", "check the file and its permissions")

    def _holds(self, folder: Path) -> bool:
        """Whether what is no link in this folder lies in ours: where the folder does, which is looked up once."""
        inside = self._inside.get(folder)
        if inside is None:
            inside = self._inside[folder] = self._is_ours(folder)
        return inside

    def _is_ours(self, place: Path) -> bool:
        """The folder itself may be a link: that leads nowhere outside the repository either."""
        whole = place.resolve(strict=True)
        return whole.is_relative_to(self._folder.resolve()) and whole.is_relative_to(self._root.resolve())

    def _name(self, file: Path) -> str:
        return file.relative_to(self._root).as_posix()


def listed(folder: Path) -> list[os.DirEntry[str]]:
    """What stands in a folder; nothing where there is none. Raises BadEntry for one that cannot be looked into: that is not an empty one."""
    try:
        with os.scandir(folder) as found:
            return list(found)
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        remedy = "let whoever runs this look into the folder (`ls -ld` says who may), and run it again"
        raise BadEntry(f"reading {folder}", error.strerror or type(error).__name__, remedy) from error


def _markdown(folder: Path) -> list[str]:
    """The names of the pages in a folder."""
    return sorted(file.name for file in listed(folder) if file.name.endswith(".md") and (file.is_symlink() or file.is_file()))
