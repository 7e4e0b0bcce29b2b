"""Failures that are known by their words: the first row of the table that a text shows."""

from collections.abc import Iterable

from bot.core.symptom_table import ROWS, Row
from bot.model import BugClass, Category, Record

LONGEST = 20_000
"""Characters of a text that are searched."""


class Symptom(Record, frozen=True):
    """A recognised kind of failure. `words` are those of the text that it was known by; `explains` when they name the cause themselves."""

    name: str
    category: Category
    bug_class: BugClass
    meaning: str
    settle: str
    words: str
    explains: bool


def symptom(texts: Iterable[str]) -> Symptom | None:
    """The kind of failure that the texts show; an earlier text outweighs a later one, and any telling row a general one."""
    kept = [text[:LONGEST] for text in texts]
    rows = [row for row in ROWS if not row.general], [row for row in ROWS if row.general]
    return next((found for group in rows for text in kept for row in group if (found := _found(row, text))), None)


def _found(row: Row, text: str) -> Symptom | None:
    match = next((match for pattern in row.patterns if (match := pattern.search(text))), None)
    if match is None:
        return None
    it = (match.groupdict().get("it") or row.otherwise).rstrip(".:,")
    return Symptom(row.name, row.category, row.bug_class, row.meaning.replace("{it}", it), row.settle, " ".join(match.group().split()), row.explains)
