"""Old occurrences as rows of one table, so that an entry stays readable however often its error comes."""

import re
from collections.abc import Mapping, Sequence

from bot.core.occurrence_block import Block
from bot.core.sections import HISTORY, blocks, find, insert

TITLE = "Earlier occurrences"
_HEADER = "| No. | Time | What was said | Alert |\n|---|---|---|---|"
_BAR = re.compile(r"(?<!\\)\|")
_RULER = re.compile(r"^\|(?: *:?-+:? *\|){4}[ \t]*(?:\r\n|\n|\Z)", re.MULTILINE)


def compacted(body: str, overdue: Sequence[Block], links: Mapping[str, str], newline: str) -> str:
    """The body with these blocks (newest first, as they stand) turned into rows. `links` leads from identity to permalink."""
    rows = [_row(body, block, links) for block in overdue]
    for block in reversed(overdue):
        body = body[: block.span.start] + body[block.span.end :]
    for row in reversed(rows):
        body = _with_row(body, row, newline)
    return body


def _row(body: str, block: Block, links: Mapping[str, str]) -> str:
    lines = [line.strip() for line in body[block.span.content : block.span.end].splitlines()]
    words = next((line for line in lines if line and not line.startswith("<!--")), "")
    words = _BAR.sub(r"\\|", words)
    link = links.get(block.identity, "")
    alert = f"[alert]({link})" if link else f"`{block.identity}`"
    return f"| {block.number} | {block.time} | {words} | {alert} |"


def _with_row(body: str, row: str, newline: str) -> str:
    section = find(body, HISTORY)
    if section is None:
        return insert(body, len(body), f"### {TITLE}\n\n{_HEADER}\n{row}", newline)
    table = next((span for span in blocks(body, section) if span.title == TITLE), None)
    ruler = _RULER.search(body, table.content, table.end) if table else None
    if ruler is None:
        return insert(body, section.end, f"### {TITLE}\n\n{_HEADER}\n{row}", newline)
    lead = "" if ruler.group().endswith("\n") else newline
    return body[: ruler.end()] + lead + row + newline + body[ruler.end() :]
