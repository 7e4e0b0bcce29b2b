"""The hidden mark by which a tracking issue is found again."""

from bot.core.request.pull_request_marks import inert
from bot.regex import regex

_MARK = regex(r"<!-- errata:issue=([A-Za-z0-9._-]{1,128}) -->")


def marked(body: str, marker: str) -> str:
    """The body with the mark at its end; marks that stand in it already are made inert."""
    return f"{inert(body).rstrip()}\n\n{_mark(marker)}\n"


def carries(body: str | None, marker: str) -> bool:
    """Whether the text holds the mark of exactly this marker."""
    return _mark(marker) in (body or "")


def marker_in(body: str | None) -> str:
    """What the first mark of a text names, empty where there is none. Marks in what was quoted are inert."""
    found = _MARK.search(body or "")
    return found[1] if found else ""


def _mark(marker: str) -> str:
    return f"<!-- errata:issue={marker} -->"
