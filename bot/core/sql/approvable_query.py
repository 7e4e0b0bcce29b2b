"""A query that a person may approve: exactly its SQL and its database, under one digest, as the pull request shows it."""

import hashlib
from collections.abc import Iterator

from bot.core.entry.outline import Line, outline
from bot.core.entry.sections import Span, blocks, find
from bot.core.plain_text.plain_text import visible
from bot.core.request.pull_request_marks import part_of
from bot.model import Record
from bot.regex import regex

SECTION = "Database queries that would help"
LONGEST_SQL = 4_000
"""Characters of a query that is shown whole; a longer one cannot be approved."""
_TITLE = regex(r"Query \d{1,3}(?:: (.*))?\Z")
_DATABASE = regex(r"- \*\*Database:\*\* `([^`]{1,100})`[ \t]*\Z")
_FENCE = regex(r"(`{3,}|~{3,})sql[ \t]*\Z")
_CODE = regex(r"`[^`]{0,1000}`")
_HTML = regex(r"<[A-Za-z/!?]")


class ApprovableQuery(Record, frozen=True):
    """`sql` is exactly what runs on the database of that environment; `purpose` and `expected_rows` are Markdown that is shown with it."""

    sql: str
    database: str
    purpose: str = ""
    expected_rows: str = ""

    @property
    def digest(self) -> str:
        """128 bits in hex over database and SQL: one character more or less is another query, and no earlier approval is for it."""
        return hashlib.sha256(f"{self.database}\n{self.sql}".encode("utf-8", "replace")).hexdigest()[:32]


def queries_in(body: str) -> tuple[ApprovableQuery, ...]:
    """The queries that the bot's part of a request's description shows, as they stand there now: people may have edited them.

    A query that a reader would not see as it is cannot be approved: a second fence, HTML or a comment around one, characters that show nothing.
    """
    return tuple(query for query, _ in _shown(_plain(body)))


def query_of(body: str, digest: str) -> ApprovableQuery | None:
    """The query of exactly this digest; None where the digest stands beside anything else: somebody would approve what they see there."""
    text = _plain(body)
    found = [(query, span) for query, span in _shown(text) if query.digest == digest]
    part = part_of(text)
    own = sum(part.count(digest, span.start, span.end) for _, span in found)
    return found[0][0] if found and text.count(digest) == own else None


def shown_sql(block: str) -> str:
    """What stands in a fenced block: the SQL as a reader sees it, which is what runs."""
    return "\n".join(block.split("\n")[1:-1])


def _plain(body: str) -> str:
    return body.replace("\r\n", "\n").replace("\r", "\n")


def _shown(text: str) -> list[tuple[ApprovableQuery, Span]]:
    part = part_of(text)
    section = find(part, SECTION)
    found = ((_query(part, block), block) for block in (blocks(part, section) if section else []))
    return [(query, block) for query, block in found if query is not None]


def _query(text: str, block: Span) -> ApprovableQuery | None:
    lines = [line for line in outline(text).lines if block.content <= line.start < block.end]
    title = _TITLE.match(block.title)
    databases = [match[1] for line in lines if not line.hidden and (match := _DATABASE.match(line.text))]
    fences = [(number, match[1]) for number, line in enumerate(lines) if line.kind == "code" and (match := _FENCE.match(line.text))]
    if title is None or len(databases) != 1 or len(fences) != 1 or not all(map(_is_plain, lines[: fences[0][0]])):
        return None
    opening, mark = fences[0]
    sql = "\n".join(_until(mark, lines[opening + 1 :]))
    return ApprovableQuery(sql, databases[0], title[1] or "") if sql and visible(sql) == sql else None


def _is_plain(line: Line) -> bool:
    """Whether nothing in it can hide what follows."""
    return line.kind == "prose" and _HTML.search(_CODE.sub("", line.text)) is None


def _until(mark: str, lines: list[Line]) -> Iterator[str]:
    """The lines up to the fence that closes what this one opened."""
    for line in lines:
        bare = line.text.strip()
        if len(bare) >= len(mark) and set(bare) == set(mark):
            return
        yield line.text
