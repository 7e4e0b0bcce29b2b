"""Entries, runbooks, post-mortems and reviews found by words, by name, or by what they are marked with, at any size of the folder."""

import re
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Literal

from bot.core.entry.entry import name_in
from bot.core.knowledge import runbook, search_words
from bot.core.knowledge.search_hit import Hit
from bot.core.plain_text.plain_text import cut, one_line
from bot.errors import BadEntry
from bot.regex import regex
from bot.sources.knowledge.entry_cache import EntryCache, read
from bot.sources.knowledge.knowledge import KnowledgeFolder

Mark = Literal["alias", "fingerprint", "culprit"]
MOST_HITS = 100
_COMMON = 8_000
"""Pages that a word may stand in to be counted for the ranking beside rarer words."""
_WEIGHTS = "8.0, 5.0, 1.0"
_HEADING = regex(r"^#{1,6} (.*)$", re.MULTILINE)


class EntrySearch:
    """Of the knowledge folder below `root`."""

    def __init__(self, root: Path, cache: EntryCache | None = None) -> None:
        self._files, self._cache = KnowledgeFolder(root), cache or EntryCache(root)

    def close(self) -> None:
        """Let go of the cache; asked again, it is opened again."""
        self._cache.close()

    def search(self, typed: str, limit: int = 20) -> tuple[Hit, ...]:
        """The best first: an entry of that very name, then pages that hold all of the words, then those that hold some; withdrawn entries last."""
        words = search_words.words_of(typed)
        with self._cache.reading() as connection:
            paths = [*self._named(connection, typed.strip()), *_ranked(connection, words, min(limit, MOST_HITS))]
        hits = [hit for path in dict.fromkeys(paths) if (hit := self._hit(path, words)) is not None]
        return tuple(sorted(hits, key=lambda hit: hit.status == "withdrawn")[:limit])

    def nearest(self, words: Sequence[str], limit: int) -> tuple[str, ...]:
        """Names of the entries that hold most of these words."""
        with self._cache.reading() as connection:
            return tuple(name_in(path) for path in _ranked(connection, search_words.words_of(" ".join(words)), limit) if "/errors/" in path)

    def marked(self, mark: Mark, value: str, limit: int = MOST_HITS) -> tuple[str, ...]:
        """Names of the entries with this alias, fingerprint or culprit (in small letters)."""
        with self._cache.reading() as connection:
            return tuple(name_in(path) for (path,) in connection.execute(_MARKED, (mark, value, limit)))

    def named(self, name: str) -> tuple[str, ...]:
        """Paths of the entry and the runbook of this very name; where no entry has it, of one that had it earlier."""
        with self._cache.reading() as connection:
            return tuple(self._named(connection, name))

    def names(self) -> tuple[str, ...]:
        """Of every file in the folder of entries, broken ones among them."""
        with self._cache.reading() as connection:
            return tuple(sorted(name_in(path) for (path,) in connection.execute("SELECT path FROM pages") if "/errors/" in path))

    def broken(self) -> tuple[str, ...]:
        """Paths of the files in the folder of entries that are none."""
        with self._cache.reading() as connection:
            return tuple(sorted(path for (path,) in connection.execute("SELECT path FROM pages WHERE broken")))

    def text(self, path: str) -> str | None:
        """A page as it is now, by its path from the root; None where it cannot be read."""
        return self._files.text(path.removeprefix(f"{self._files.folder}/"))

    def _named(self, connection: sqlite3.Connection, typed: str) -> list[str]:
        """A signature is found without any word of it being looked up."""
        paths = [f"{self._files.folder}/{kind}/{typed}.md" for kind in ("errors", "runbooks")]
        found = connection.execute("SELECT path FROM pages WHERE path IN (?, ?)", paths).fetchall()
        earlier = () if paths[0] in {path for (path,) in found} else connection.execute(_MARKED, ("alias", typed, 1)).fetchall()
        return [path for (path,) in (*found, *earlier)]

    def _hit(self, path: str, words: Sequence[str]) -> Hit | None:
        text = self.text(path)
        if text is None:
            return None
        meta, body = read(text, path)
        if meta is None:
            title, body = _titled(text, path)
            return Hit(path, name_in(path), title, search_words.line_with(body, words))
        line = search_words.line_with(body, words)
        return Hit(path, name_in(path), one_line(meta.title), line, meta.status, meta.severity, meta.last_seen, meta.occurrences)


_MARKED = "SELECT path FROM marks JOIN pages ON pages.id = marks.page WHERE kind = ? AND value = ? ORDER BY path LIMIT ?"


def _titled(text: str, path: str) -> tuple[str, str]:
    """Title and body of a runbook, or of another page: its heading, and all of it."""
    if "/runbooks/" in path:
        with suppress(BadEntry):
            found = runbook.parse(text, path)
            return one_line(found.title), found.body
    heading = _HEADING.search(text)
    return cut(one_line(heading.group(1)), 200) if heading else name_in(path), text


def _ranked(connection: sqlite3.Connection, words: Sequence[str], limit: int) -> list[str]:
    if not words:
        return []
    whole = _matching(connection, search_words.all_of(words), limit)
    if len(whole) >= limit or len(words) == 1:
        return whole
    return list(dict.fromkeys((*whole, *_matching(connection, search_words.any_of(_telling(connection, words)), limit))))[:limit]


def _matching(connection: sqlite3.Connection, expression: str, limit: int) -> list[str]:
    """Paths, the best first (bm25 with our weights). What stands on a great part of all pages tells nothing, and is not ranked: the last that came are first.

    A few more are taken than asked for, since words of pages that are gone stay behind.
    """
    common = _pages_with(connection, expression) >= _COMMON
    order = "rowid DESC" if common else "rank"
    ranked = "" if common else f" AND rank MATCH 'bm25({_WEIGHTS})'"
    statement = f"SELECT rowid FROM words WHERE words MATCH ?{ranked} ORDER BY {order} LIMIT ?"  # noqa: S608 - of constants
    found = connection.execute(statement, (expression, limit * 2 + 10)).fetchall()
    paths = (connection.execute("SELECT path FROM pages WHERE id = ?", (number,)).fetchone() for (number,) in found)
    return [path for (path,) in (one for one in paths if one is not None)][:limit]


def _telling(connection: sqlite3.Connection, words: Sequence[str]) -> list[str]:
    """The rarer of the words: what stands on every other page tells little, and takes long to rank."""
    counted = sorted((_pages_with(connection, search_words.any_of((word,))), number, word) for number, word in enumerate(words))
    kept, pages = list[str](), 0
    for count, _, word in counted:
        pages += count
        if kept and pages > _COMMON:
            break
        kept.append(word)
    return kept


def _pages_with(connection: sqlite3.Connection, expression: str) -> int:
    return int(connection.execute("SELECT count(*) FROM (SELECT 1 FROM words WHERE words MATCH ? LIMIT ?)", (expression, _COMMON)).fetchone()[0])
