"""The issue of an action item: what is to be done, and the post-mortem that it comes from."""

from bot.core.knowledge.postmortem import Action
from bot.core.plain_text.plain_text import cut
from bot.model import IssueDraft
from bot.texts import markdown
from bot.texts.markdown import code, link, prose


def draft(action: Action, signature: str, url: str) -> IssueDraft:
    """Linked back to the post-mortem; the mark in it makes it findable."""
    body = f"{prose(action.words)}\n\n- An action item of {link('this post-mortem', url)}\n- Error: {code(signature)}"
    return IssueDraft(markdown.title(cut(action.words, 200)), body, action.marker, ("post-mortem",))
