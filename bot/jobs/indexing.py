"""The index of the knowledge folder, as changes to the pages that are there."""

from collections.abc import Iterator, Mapping

from bot.core.entry import own_front
from bot.core.entry.library import entry_in
from bot.core.entry.meta import EntryMeta
from bot.errors import BadEntry
from bot.model import Revision
from bot.texts import index

MAX_BATCH = 8_000_000  # bytes of one commit's files: GitHub takes a tree of any size, in one request of a bounded one


def revisions(entries: Mapping[str, str], pages: Mapping[str, str]) -> tuple[Revision, ...]:
    """What makes the index follow the entries, the front page last; both are path → text, as they are on the default branch.

    Entries that cannot be read are left out: `bot check` names them, and an index without them is better than none.
    """
    texts = index.pages(metas(entries), pages)
    return tuple(Revision(path, pages.get(path), text) for path, text in texts.items() if pages.get(path) != text)


def metas(entries: Mapping[str, str]) -> list[EntryMeta]:
    """The front matters of those that can be read, each under the name of its file: that is where links lead."""
    found = []
    for path, text in entries.items():
        own = own_front.read(text) if "<<<<<<<" not in text and ">>>>>>>" not in text and "|||||||" not in text else None
        try:
            found.append(own[0] if own is not None and path.endswith(f"/{own[0].signature}.md") else entry_in(text, path).meta)
        except BadEntry:
            continue
    return found


def batches(changes: tuple[Revision, ...]) -> Iterator[tuple[Revision, ...]]:
    """The changes in their order, in as few commits as GitHub takes."""
    batch, size = list[Revision](), 0
    for one in changes:
        length = len(one.after.encode())
        if batch and size + length > MAX_BATCH:
            yield tuple(batch)
            batch, size = [], 0
        batch.append(one)
        size += length
    if batch:
        yield tuple(batch)
