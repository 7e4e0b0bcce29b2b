"""Rows of a database as evidence: a small table of text, cut where the limits are, the cut said."""

from collections.abc import Iterable, Sequence

from bot.core.plain_text.plain_text import cut, one_line
from bot.model import Record

LONGEST_CELL = 300


class QueryResult(Record, frozen=True):
    """Columns and rows as text. `complete` is False when there were more rows, or more bytes, than may be read."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    complete: bool = True


def limited(columns: Sequence[str], rows: Iterable[Sequence[object]], most_rows: int, most_bytes: int) -> QueryResult:
    """The first rows that fit. `rows` may be endless: no more than one row too many is taken from it."""
    kept: list[tuple[str, ...]] = []
    used = 0
    for row in rows:
        cells = tuple(_cell(value) for value in row)
        used += sum(len(cell.encode()) for cell in cells)
        if len(kept) == most_rows or used > most_bytes:
            return QueryResult(tuple(columns), tuple(kept), complete=False)
        kept.append(cells)
    return QueryResult(tuple(columns), tuple(kept))


def table(result: QueryResult) -> str:
    """As people and models read it: a head, one line for each row, and what was left out."""
    lines = [" | ".join(one_line(column) for column in result.columns), *(" | ".join(row) for row in result.rows)]
    if not result.rows:
        lines.append("(no row)")
    if not result.complete:
        lines.append(f"(cut off after {len(result.rows)} rows)")
    return "\n".join(lines)


def _cell(value: object) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bytes | bytearray | memoryview):
        return f"{len(bytes(value))} bytes"
    return cut(one_line(str(value)), LONGEST_CELL)
