"""What an entry says of another that belongs beside it."""

from collections.abc import Sequence

from bot.core.entry.entry import Entry
from bot.core.entry.meta import EntryMeta
from bot.core.knowledge.related import relatives
from bot.core.plain_text.plain_text import cut
from bot.texts.markdown import inline, sentence


def both_ways(one: Entry, other: Entry) -> tuple[str, ...]:
    """The lines by which two entries lead to each other, as the bot writes them under Related Errors."""
    pairs = ((one, other), (other, one))
    return tuple(f"- {bullet(found.entry.meta, found.reasons)}" for entry, beside in pairs for found in relatives(entry, (beside,)))


def bullet(meta: EntryMeta, reasons: Sequence[str]) -> str:
    """A link to its page in the same folder, and why; one line of Markdown."""
    return f"[{inline(cut(meta.title, 120))}]({meta.signature}.md): {sentence(cut(', '.join(reasons), 300))}"
