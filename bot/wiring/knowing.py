"""The knowledge folder of a checkout, for its readers."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.config import Settings
from bot.ports import Say
from bot.wiring.forges import forge

if TYPE_CHECKING:
    from bot.core.entry.library import Library
    from bot.jobs.entry_life import EntryLife
    from bot.jobs.finding import Shelf
    from bot.sources.knowledge.entry_search import EntrySearch
    from bot.sources.knowledge.knowledge import KnowledgeFolder


def knowledge(settings: Settings) -> "KnowledgeFolder":
    """The knowledge folder of this checkout."""
    from bot.sources.knowledge.knowledge import KnowledgeFolder

    return KnowledgeFolder(settings.root)


def library(settings: Settings) -> "Library":
    """What the knowledge folder of this checkout says."""
    from bot.core.entry.library import Library
    from bot.sources.knowledge.knowledge import READ_WHOLE

    folder = knowledge(settings)
    if folder.count() <= READ_WHOLE:
        return Library.read(folder.entries(), folder.unread_entries())
    from bot.sources.knowledge.entry_library import FolderLibrary

    return FolderLibrary(search(settings))


def search(settings: Settings) -> "EntrySearch":
    """The search over the knowledge folder of this checkout."""
    from bot.sources.knowledge.entry_search import EntrySearch

    return EntrySearch(settings.root)


def shelf(settings: Settings) -> "Shelf":
    """The knowledge folder for somebody who looks something up."""
    from bot.jobs.finding import Shelf

    return Shelf(search(settings), knowledge(settings))


def entry_life(settings: Settings, say: Say) -> "EntryLife":
    """The commands on the entries of this checkout."""
    from bot.core.entry.library import Library
    from bot.jobs.entry_life import EntryLife
    from bot.sources.knowledge.knowledge import READ_WHOLE

    folder, now = knowledge(settings), datetime.now(UTC)
    if folder.count() <= READ_WHOLE:
        files = folder.entries()
        return EntryLife(forge(settings), files, now, say, Library.read(files, folder.unread_entries()))
    from bot.sources.knowledge.entry_library import EntryTexts, FolderLibrary

    searched = search(settings)
    return EntryLife(forge(settings), EntryTexts(searched), now, say, FolderLibrary(searched))
