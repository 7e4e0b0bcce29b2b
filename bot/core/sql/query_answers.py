"""The rows that earlier approvals brought, read back from the bot's own comments, so that a later diagnosis still rests on them."""

from collections.abc import Iterable, Iterator

from bot.core.entry.outline import outline
from bot.model import Evidence
from bot.model.review import Remark
from bot.regex import regex

_DATABASE = regex(r"ran on `([^`\n]{1,100})`, read-only and once")
_FENCE = regex(r"(`{3,}|~{3,})")


def results_of(remarks: Iterable[Remark]) -> tuple[Evidence, ...]:
    """One piece of evidence for each answer, in order; a comment of another shape (people with the right may edit the bot's) gives none."""
    found = (_result(remark.text.replace("\r\n", "\n")) for remark in remarks)
    return tuple(one for one in found if one is not None)


def _result(text: str) -> Evidence | None:
    database, blocks = _DATABASE.search(text), list(_blocks(text))
    if database is None or len(blocks) < 2:
        return None
    source = f"database {database[1]}"
    return Evidence("query result", source, source, blocks[1], query=blocks[0])


def _blocks(text: str) -> Iterator[str]:
    """What stands in each fenced block."""
    inside: list[str] = []
    mark = ""
    for line in outline(text).lines:
        bare = line.text.strip()
        if mark and len(bare) >= len(mark) and set(bare) == set(mark):
            yield "\n".join(inside)
            mark, inside = "", []
        elif mark:
            inside.append(line.text)
        elif opening := _FENCE.match(line.text):
            mark = opening[1]
