"""The messages of many errors, to be found by likeness: BM25 of SQLite, in memory."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from types import TracebackType
from typing import Self

from bot.core.knowledge.search_words import any_of, words_of

_RARE = 5_000


class MessageIndex:
    """Name → message, in a `with` block; `nearest` names those whose words are most like others."""

    def __init__(self, messages: Iterable[tuple[str, str]]) -> None:
        self._connection = sqlite3.connect(":memory:")
        self._connection.execute("CREATE VIRTUAL TABLE words USING fts5(name UNINDEXED, message)")
        self._connection.executemany("INSERT INTO words (name, message) VALUES (?, ?)", messages)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._connection.close()

    def nearest(self, message: str, limit: int) -> list[str]:
        """The likest first. Words that stand in thousands of messages are left out where rarer ones are there."""
        words = words_of(message)
        rare = [word for word in words if self._count(word) < _RARE]
        if not words:
            return []
        with closing(self._connection.execute("SELECT name FROM words WHERE words MATCH ? ORDER BY rank LIMIT ?", (any_of(rare or words), limit))) as found:
            return [str(name) for (name,) in found]

    def _count(self, word: str) -> int:
        found = self._connection.execute("SELECT count(*) FROM (SELECT 1 FROM words WHERE words MATCH ? LIMIT ?)", (any_of((word,)), _RARE))
        return int(found.fetchone()[0])
