"""Old occurrences as rows of one table; each row carries a seal, by which it is known later that nobody changed it."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from bot.core.entry.identity import identity_of, stamp_of
from bot.core.entry.occurrence_block import Block
from bot.core.entry.outline import outline
from bot.core.entry.sections import HISTORY, find, history_block, insert
from bot.regex import regex

TITLE = "Earlier occurrences"
HEADER = "| No. | Time | What was said | Alert |\n|---|---|---|---|"
_BAR = regex(r"(?<!\\)\|")
RULER = regex(r"^\|(?: *:?-+:? *\|){4}[ \t]*(?:\r\n|\n|\Z)", re.MULTILINE)
_ROW = regex(
    r"\| (?P<number>\d{1,9}) (?P<rest>\| (?P<time>\S+) \| .{0,4000} \| (?:\[alert\]\((?P<link>\S{1,2000})\)|`(?P<identity>\S{1,200})`))"
    r" <!-- (?P<seal>[0-9a-f]{8}) --> \|[ \t]*\Z"
)


class Row(NamedTuple):
    """A row of the bot that nobody edited, with its offsets in the body, line end included."""

    start: int
    end: int
    number: int
    time: str
    identity: str
    rest: str


def rows(body: str) -> list[Row]:
    """The bot's own rows in the diagnosis history, as they stand; a row that a person wrote or changed is none of them."""
    section = find(body, HISTORY)
    found = []
    for line in outline(body).lines if section else ():
        if section is None or line.hidden or not section.content <= line.start < section.end:
            continue
        match = _ROW.match(line.text)
        if match and match["seal"] == _seal(match["number"], match["rest"]):
            identity = identity_of(match["link"]) if match["link"] else match["identity"]
            found.append(Row(line.start, line.end, int(match["number"]), match["time"], identity, match["rest"]))
    return found


def row_of(body: str, block: Block, links: Mapping[str, str]) -> str:
    """The row that stands for a block: its first line. `links` leads from identity to permalink."""
    lines = [line.strip() for line in body[block.span.content : block.span.end].splitlines()]
    words = _BAR.sub(r"\\|", next((line for line in lines if line and not line.startswith("<!--")), ""))
    link = links.get(block.identity, block.identity)
    alert = f"[alert]({link})" if link.startswith("https://") else f"`{block.identity}`"
    return row_text(block.number, f"| {block.time} | {words} | {alert}")


def row_text(number: int, rest: str) -> str:
    """A row with its seal; `rest` is what stands after the number, from the bar on."""
    return f"| {number} {rest} <!-- {_seal(str(number), rest)} --> |"


def with_rows(body: str, new: Sequence[tuple[str, str]], newline: str) -> str:
    """The body with these rows (identity and text) in the table, all rows of the bot newest first; what people wrote there stays where it is."""
    if not new:
        return body
    there = rows(body)
    all_rows = sorted([*new, *((row.identity, body[row.start : row.end].rstrip("\r\n")) for row in there)], key=lambda row: stamp_of(row[0]), reverse=True)
    body = without(body, there)
    words = "\n".join(text for _, text in all_rows)
    ruler = _ruler(body)
    if ruler is None:
        section = find(body, HISTORY)
        return insert(body, section.end if section else len(body), f"### {TITLE}\n\n{HEADER}\n{words}", newline)
    lead = "" if body[: ruler[1]].endswith("\n") else newline
    return body[: ruler[1]] + lead + words.replace("\n", newline) + newline + body[ruler[1] :]


def without(body: str, gone: Sequence[Row]) -> str:
    """The body without these rows."""
    for row in sorted(gone, reverse=True):
        body = body[: row.start] + body[row.end :]
    return body


def without_empty_table(body: str) -> str:
    """The body without a table of which only the head is left."""
    table = history_block(body, TITLE)
    if table is None or body[table.content : table.end].split() != HEADER.split():
        return body
    return body[: table.start] + body[table.end :]


def _ruler(body: str) -> tuple[int, int] | None:
    table = history_block(body, TITLE)
    found = RULER.search(body, table.content, table.end) if table else None
    return found.span() if found else None


def _seal(number: str, rest: str) -> str:
    return hashlib.sha256(f"{number} {rest}".encode("utf-8", "replace")).hexdigest()[:8]
