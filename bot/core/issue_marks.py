"""The hidden mark by which a tracking issue is found again."""

from bot.core.pull_request_marks import inert


def marked(body: str, marker: str) -> str:
    """The body with the mark at its end; marks that stand in it already are made inert."""
    return f"{inert(body).rstrip()}\n\n{_mark(marker)}\n"


def carries(body: str | None, marker: str) -> bool:
    """Whether the text holds the mark of exactly this marker."""
    return _mark(marker) in (body or "")


def _mark(marker: str) -> str:
    return f"<!-- errata:issue={marker} -->"
