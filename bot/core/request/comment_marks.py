"""The hidden mark at the end of each of the bot's comments, by which it is found again and changed instead of repeated."""

from bot.core.request.pull_request_marks import inert
from bot.regex import regex

_MARK = regex(r"<!-- errata:comment=([A-Za-z0-9._/-]{1,200}) -->\s*\Z")


def marked(text: str, marker: str) -> str:
    """The comment with its mark; marks that stand in the text already are made inert."""
    return f"{inert(text).rstrip()}\n\n<!-- errata:comment={marker} -->\n"


def marker_of(text: str | None) -> str:
    """The marker of a comment, empty where it has none; only what stands at the very end is one."""
    found = _MARK.search((text or "")[-400:])
    return found[1] if found else ""


def unmarked(text: str) -> str:
    """What the comment says, without its mark."""
    return _MARK.sub("", text).rstrip()
