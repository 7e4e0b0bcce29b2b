"""What an entry says of another that belongs beside it."""

from collections.abc import Sequence

from bot.core.entry.meta import EntryMeta
from bot.core.plain_text.plain_text import cut
from bot.texts.markdown import inline, sentence


def bullet(meta: EntryMeta, reasons: Sequence[str]) -> str:
    """A link to its page in the same folder, and why; one line of Markdown."""
    return f"[{inline(cut(meta.title, 120))}]({meta.signature}.md): {sentence(cut(', '.join(reasons), 300))}"
