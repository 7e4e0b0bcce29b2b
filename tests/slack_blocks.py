"""Blocks of a Slack message, as apps post them."""

from typing import Any


def section(text: str) -> dict[str, Any]:
    """A mrkdwn section block."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def rich_text(*elements: dict[str, Any]) -> dict[str, Any]:
    """A rich_text block."""
    return {"type": "rich_text", "elements": list(elements)}


def words(text: str) -> dict[str, Any]:
    """A rich_text_section of plain words."""
    return {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
