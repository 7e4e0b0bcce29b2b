"""A later diagnosis of an occurrence that people have edited: put under their words, never in place of them."""

import re

from bot.core.entry.entry import Entry
from bot.core.entry.occurrence_block import MARK, occurrence_blocks
from bot.core.entry.sections import HISTORY, blocks, ensured, find, insert
from bot.model import Record

_MARK = "<!-- errata:addition={} -->"


class Added(Record, frozen=True):
    """The entry, and whether it holds something now that it did not hold before."""

    entry: Entry
    changed: bool


def is_untouched(entry: Entry, identity: str) -> bool:
    """Whether the bot's own words on this occurrence (`channel/ts`) still stand as it wrote them."""
    return any(block.identity == identity and block.intact for block in occurrence_blocks(entry.body))


def with_addition(entry: Entry, identity: str, marker: str, words: str) -> Added:
    """The entry with `words` (Markdown) at the end of the occurrence's block; where that is gone, first in the diagnosis history.

    `marker` names the comment that asked for it: what one comment brought is not added twice.
    """
    mark = _MARK.format(re.sub(r"[^A-Za-z0-9-]", "", marker)[:40])
    if mark in entry.body:
        return Added(entry, changed=False)
    body = ensured(entry.body, {}, entry.newline) if find(entry.body, HISTORY) is None else entry.body
    section = find(body, HISTORY)
    if section is None:  # a page whose last line opens code that nothing closes
        return Added(entry, changed=False)
    marked = [span for span in blocks(body, section) if (found := MARK.match(body, span.content, span.end)) and found["identity"] == identity]
    others = blocks(body, section)
    at = marked[0].end if marked else others[0].start if others else section.end
    return Added(Entry(entry.meta, entry.front, insert(body, at, f"{mark}\n{words.strip()}", entry.newline)), changed=True)
