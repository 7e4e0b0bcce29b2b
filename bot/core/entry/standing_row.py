"""The first row of an entry's summary: that the error is resolved, or came back. Written while the summary is the bot's own."""

from bot.core.entry.occurrence_block import in_short_span, in_short_words, sealed_in_short
from bot.model import Status

RESOLVED, CAME_BACK = "- **Resolved:** ", "- **Came back:** "


def standing_row(status: Status, resolution: str, resolved_at: str) -> str:
    """The row for a status, empty where there is nothing to say. `resolution` is Markdown on one line."""
    ended = resolution or "nobody wrote down by what"
    day = resolved_at[:10]
    if status == "resolved":
        return f"{RESOLVED}{day or 'before'}: {ended}"
    if status == "regressed":
        return f"{CAME_BACK}it was resolved{f' on {day}' if day else ''} ({ended}), and happened again since."
    return ""


def with_standing(body: str, row: str, newline: str) -> str:
    """The body whose summary begins with this row, an earlier one of the bot gone; a summary that a person edited stays as it is."""
    span, words = in_short_span(body), in_short_words(body)
    if span is None or words is None:
        return body
    kept = [line for line in words.split("\n") if not line.startswith((RESOLVED, CAME_BACK))]
    text = "\n".join(([row] if row else []) + kept)
    return body[: span[0]] + sealed_in_short(text).replace("\n", newline) + body[span[1] :]
