"""What people wrote down earlier, found by words: entries and runbooks, quoted as what they are, which is not evidence of today."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import log

from bot.core.entry.entry import Entry, path_of
from bot.core.plain_text.plain_text import cut, visible
from bot.model import Evidence, Record
from bot.regex import regex

SOURCE = "knowledge"
MOST_FOUND = 3
CHOSEN = "runbook by its scope: "
"""How the query of a runbook begins that was chosen for a case, and not searched for."""
_QUOTED, _EXCERPT = 2_000, 20_000
"""Characters that are quoted of a page, and that are searched for the passage to quote."""
_WORD = regex(r"[^\W_]{2,60}(?:[._-][^\W_]{1,60}){0,8}|[^\W_]{2,60}")
_SEARCHED = 200_000
_HEADING = regex(r"^#{1,6} ", re.MULTILINE)


class Page(Record, frozen=True):
    """One page to be found: its place in the repository, what it is, its title and text."""

    path: str
    what: str
    title: str
    text: str


def pages(entries: Iterable[Entry], runbooks: Mapping[str, str]) -> Iterator[Page]:
    """Every entry that is not withdrawn, and every runbook."""
    for entry in entries:
        meta = entry.meta
        if meta.status != "withdrawn":
            ended = f", ended by: {cut(meta.resolution, 300)}" if meta.resolution else ""
            yield Page(path_of(meta.signature), f"entry, {meta.status}, last seen {meta.last_seen}{ended}", f"{meta.title} {meta.signature}", entry.body)
    for path, text in runbooks.items():
        yield Page(path, "runbook", _title(text) or path, text)


def nearest(words: Sequence[str], among: Iterable[Page]) -> tuple[tuple[Page, ...], int]:
    """The pages that hold most of what the words tell, the best first, and how many more hold some of it. Rare words tell more; a title counts twice."""
    wanted = tuple(dict.fromkeys(term for word in words for term in _terms(word)))
    shelf = list(among)
    if not wanted or not shelf:
        return (), 0
    held = [(frozenset(_terms(page.text[:_SEARCHED])), frozenset(_terms(page.title))) for page in shelf]
    worth = {term: log(1 + len(shelf) / count) for term in wanted if (count := sum(term in text or term in title for text, title in held))}
    scores = [sum(gain * (1 + (term in title)) for term, gain in worth.items() if term in text or term in title) for text, title in held]
    order = sorted((number for number, score in enumerate(scores) if score), key=lambda number: (-scores[number], shelf[number].path))
    return tuple(shelf[number] for number in order[:MOST_FOUND]), max(0, len(order) - MOST_FOUND)


def quoted(page: Page, words: Sequence[str]) -> Evidence:
    """A page as evidence of kind "knowledge": where it is from, that people wrote it earlier, then its words, every line behind a mark."""
    passage = _passage(visible(page.text[:_EXCERPT]), tuple(term for word in words for term in _terms(word)))
    head = f"{page.path} ({page.what}), written by people at an earlier time; it tells nothing of what happened today:"
    body = "\n".join(f"> {line}" for line in cut(passage, _QUOTED).splitlines() if line.strip())
    return Evidence("knowledge", SOURCE, page.path, f"{head}\n{body}", query=f"nearest to {', '.join(words)}")


def _passage(text: str, terms: Sequence[str]) -> str:
    """The whole of a short page; of a longer one its sections with most of the terms, in their order."""
    if len(text) <= _QUOTED:
        return text
    starts = [0, *(match.start() for match in _HEADING.finditer(text) if match.start())]
    parts = [text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]
    ranked = sorted(range(len(parts)), key=lambda number: (-len(set(terms) & set(_terms(parts[number]))), number))
    kept, room = list[int](), _QUOTED
    for number in ranked:
        if room > 0:
            kept.append(number)
            room -= len(parts[number])
    return "\n".join(parts[number].strip() for number in sorted(kept))


def _title(text: str) -> str:
    match = _HEADING.search(text[:_EXCERPT])
    return text[match.end() :].partition("\n")[0].strip()[:200] if match else ""


def _terms(text: str) -> list[str]:
    """Words whatever their case; a compound (`pool_timeout`, `redis-cluster`) also by its parts."""
    found = _WORD.findall(text.casefold())
    return [*found, *(part for one in found for part in re.split(r"[._-]", one) if len(part) > 2 and part != one)]
