"""The words of the knowledge folder in an SQLite file that follows the folder: made once, brought up to date by what changed, made anew when it is not ours.

What is answered from it is only where to look: entries are read from their own files, so that a file of another's making can mislead, but not lie.
"""

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from bot.core.entry import own_front
from bot.core.entry.entry import name_in, parse
from bot.core.entry.meta import EntryMeta
from bot.core.knowledge import search_words
from bot.errors import BadEntry
from bot.regex import regex
from bot.sources.knowledge.knowledge import FOLDERS, INDEX_PAGES, listed

CACHE = ".errata/search/knowledge.sqlite"
MAX_BYTES = 4_000_000
_APPLICATION, _VERSION = 0x45525241, 4
_INDEXED = 60_000  # characters of one page
_SECOND = 1_000_000_000
_WAIT = 60.0
_NAME = regex(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,119}\.md")
_TABLES = (
    "CREATE TABLE pages (id INTEGER PRIMARY KEY AUTOINCREMENT, path TEXT NOT NULL UNIQUE, stat TEXT NOT NULL, digest BLOB NOT NULL, broken INTEGER NOT NULL)",
    "CREATE TABLE marks (kind TEXT NOT NULL, value TEXT NOT NULL, page INTEGER NOT NULL, PRIMARY KEY (kind, value, page)) WITHOUT ROWID",
    "CREATE INDEX marks_of_page ON marks (page)",
    "CREATE TABLE state (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    "CREATE VIRTUAL TABLE words USING fts5(title, names, body, content='', tokenize=\"unicode61 remove_diacritics 2\")",
)

_MEMORY = "INSERT INTO words (words, rank) VALUES ('hashsize', ?)"
_MANY, _FEW = 64 * 2**20, 2**20
"""Bytes of words that are gathered before they are written: while the whole folder is read, and afterwards."""


class _Stat(NamedTuple):
    text: str
    settled: bool
    """Whether a later change would show: not of a file that was written while we look."""


class EntryCache:
    """Of one knowledge folder. `now` is the time in nanoseconds, as `time.time_ns`. Safe beside other processes; one object for one thread.

    Each of up to `small` files is looked at before every search; of more, one that was changed in place is noticed after a minute, all else at once.
    """

    def __init__(self, root: Path, now: Callable[[], int] = time.time_ns, small: int = 5_000) -> None:
        self._root, self._folder, self._now, self._small = root, "knowledge", now, small
        self._file = root / CACHE
        self._connection: sqlite3.Connection | None = None

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """The cache as the folder is now. Raises BadEntry for a folder that cannot be looked into."""
        for last in (False, True):
            try:
                connection = self._current()
                break
            except sqlite3.DatabaseError:
                # Cut off, of another version, or no database at all: what it held stands in the folder.
                self.close()
                with suppress(OSError):
                    self._file.unlink(missing_ok=True)
                if last:
                    connection = self._in_memory()
        yield connection

    def close(self) -> None:
        """Let go of the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _current(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = self._opened()
        self._follow(self._connection)
        return self._connection

    def _opened(self) -> sqlite3.Connection:
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            within = self._file.parent.resolve().is_relative_to(self._root.resolve()) and not self._file.is_symlink()
            if within and not self._file.exists():
                self._make()
        except OSError:
            within = False
        return _checked(self._file) if within else self._in_memory()

    def _make(self) -> None:
        """A whole new file, put in place when it is complete: nobody ever reads half of one."""
        partial = self._file.with_name(f"{self._file.name}.{os.getpid()}.partial")
        partial.unlink(missing_ok=True)
        with closing(_connect(partial)) as connection:
            connection.execute("PRAGMA journal_mode = OFF")
            connection.execute("PRAGMA synchronous = OFF")
            _create(connection)
            connection.execute(_MEMORY, (_MANY,))
            self._follow(connection)
            connection.execute(_MEMORY, (_FEW,))
            connection.execute("PRAGMA journal_mode = DELETE")
        os.replace(partial, self._file)

    def _in_memory(self) -> sqlite3.Connection:
        """Where the cache cannot be written: as good, for once."""
        self._connection = _connect(":memory:")
        _create(self._connection)
        self._follow(self._connection)
        return self._connection

    def _follow(self, connection: sqlite3.Connection) -> None:
        start = self._now()
        folders = "|".join(_stat(self._root / self._folder / kind, start).text for kind in FOLDERS)
        state = dict(connection.execute("SELECT name, value FROM state"))
        many = int(state.get("count", "0")) > self._small
        if many and state.get("folders") == folders and 0 <= start - int(state["looked"]) < 60 * _SECOND:
            return
        there = dict(self._files(start))
        known = {path: (number, stat, digest) for number, path, stat, digest in connection.execute("SELECT id, path, stat, digest FROM pages")}
        changed = [path for path, stat in there.items() if path not in known or not stat.settled or known[path][1] != stat.text]
        gone = [path for path in known if path not in there]
        ghosts = connection.execute("SELECT coalesce(max(id), 0) FROM pages").fetchone()[0] - len(known)
        if ghosts > 2_000 + len(known):
            raise sqlite3.DatabaseError("more words of pages that are gone than of those that are there")
        with connection:
            connection.execute("BEGIN IMMEDIATE")
            for path in gone:
                _remove(connection, known[path][0])
            for path in changed:
                self._put(connection, path, there[path], known.get(path))
            settled = all(_stat(self._root / self._folder / kind, start).settled for kind in FOLDERS)
            notes = {"count": str(len(there)), "looked": str(start), "folders": folders if settled else ""}
            connection.executemany("INSERT OR REPLACE INTO state VALUES (?, ?)", notes.items())

    def _files(self, start: int) -> Iterator[tuple[str, _Stat]]:
        for kind in FOLDERS:
            for file in listed(self._root / self._folder / kind):
                if _NAME.fullmatch(file.name) and file.name not in INDEX_PAGES and file.is_file(follow_symlinks=False):
                    with suppress(FileNotFoundError):
                        yield f"{self._folder}/{kind}/{file.name}", _told(file.stat(follow_symlinks=False), start)

    def _put(self, connection: sqlite3.Connection, path: str, stat: _Stat, known: tuple[int, str, bytes] | None) -> None:
        try:
            data = (self._root / path).read_bytes()[:MAX_BYTES]
        except PermissionError:
            data = b""  # counted with those that are no entry
        except OSError:
            return
        digest = blake2b(data, digest_size=16).digest()
        if known is not None and known[2] == digest:
            connection.execute("UPDATE pages SET stat = ? WHERE id = ?", (stat.text, known[0]))
            return
        if known is not None:
            _remove(connection, known[0])
        self._add(connection, path, stat, digest, data.decode("utf-8", "replace"))

    def _add(self, connection: sqlite3.Connection, path: str, stat: _Stat, digest: bytes, text: str) -> None:
        meta, body = read(text, path) if path.startswith(f"{self._folder}/errors/") else (None, text)
        broken = meta is None and path.startswith(f"{self._folder}/errors/")
        number = connection.execute("INSERT INTO pages (path, stat, digest, broken) VALUES (?, ?, ?, ?)", (path, stat.text, digest, broken)).lastrowid
        name = name_in(path)
        title = meta.title if meta is not None else text[:300]
        names = search_words.spelled_out(f"{name} {title} {meta.error_type} {meta.culprit}" if meta is not None else name)
        told = "" if meta is None else " ".join((*meta.services, *meta.environments, *meta.owners, meta.resolution, *meta.aliases))
        connection.execute("INSERT INTO words (rowid, title, names, body) VALUES (?, ?, ?, ?)", (number, title, names, f"{told}\n{body[:_INDEXED]}"))
        if meta is not None:
            connection.executemany("INSERT OR IGNORE INTO marks VALUES (?, ?, ?)", [(kind, value, number) for kind, value in _marks(meta, name)])


def read(text: str, path: str) -> tuple[EntryMeta | None, str]:
    """What a file says of itself, and the rest; the whole of one that is no entry."""
    own = own_front.read(text)
    if own is not None:
        return own[0], text[own[1] :]
    try:
        entry = parse(text, path)
    except BadEntry:
        return None, text
    return entry.meta, entry.body


def _marks(meta: EntryMeta, name: str) -> Iterator[tuple[str, str]]:
    """By what an entry is looked up, beside its words; of withdrawn ones too, whose names stay taken."""
    yield from (("alias", alias) for alias in meta.aliases)
    if meta.signature != name:  # a person renamed the file alone
        yield "alias", meta.signature
    yield "culprit", meta.culprit.casefold()
    if meta.fingerprint:
        yield "fingerprint", meta.fingerprint


def _remove(connection: sqlite3.Connection, number: int) -> None:
    # The words of the page stay behind, under a number that is never given again: a contentless index cannot forget without them.
    connection.execute("DELETE FROM pages WHERE id = ?", (number,))
    connection.execute("DELETE FROM marks WHERE page = ?", (number,))


def _create(connection: sqlite3.Connection) -> None:
    for table in _TABLES:
        connection.execute(table)
    connection.execute(f"PRAGMA application_id = {_APPLICATION}")
    connection.execute(f"PRAGMA user_version = {_VERSION}")


def _connect(place: Path | str) -> sqlite3.Connection:
    connection = sqlite3.connect(place, timeout=_WAIT, isolation_level=None)
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA cache_size = -65536")
    return connection


def _checked(file: Path) -> sqlite3.Connection:
    """Raises sqlite3.DatabaseError for a file that this version did not make."""
    connection = _connect(file)
    try:
        made = {sql for (sql,) in connection.execute("SELECT sql FROM sqlite_master WHERE name IN ('pages', 'marks', 'marks_of_page', 'state', 'words')")}
        others = connection.execute("SELECT count(*) FROM sqlite_master WHERE type IN ('trigger', 'view')").fetchone()[0]
        marks = (connection.execute("PRAGMA application_id").fetchone()[0], connection.execute("PRAGMA user_version").fetchone()[0])
        if made != set(_TABLES) or others or marks != (_APPLICATION, _VERSION):
            raise sqlite3.DatabaseError("made by another version")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _stat(place: Path, start: int) -> _Stat:
    try:
        return _told(place.stat(), start)
    except OSError:
        return _Stat("none", True)


def _told(stat: os.stat_result, start: int) -> _Stat:
    return _Stat(f"{stat.st_size}:{stat.st_mtime_ns}:{stat.st_ctime_ns}:{stat.st_ino}", max(stat.st_mtime_ns, stat.st_ctime_ns) < start - 2 * _SECOND)
