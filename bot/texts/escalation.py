"""What is said of a review that waits too long. Only configured ids are mentioned; whatever a request says of itself is quoted."""

from datetime import timedelta

from bot.core.plain_text.plain_text import cut, one_line
from bot.model import Reply
from bot.model.review import ReviewRequest
from bot.texts import mrkdwn


def reply(request: ReviewRequest, waited: timedelta, words: str, mention: tuple[str, ...], marker: str) -> Reply:
    """The message, for a thread or a channel."""
    who = " ".join(f"<!subteam^{one}>" if one.startswith("S") else f"<@{one}>" for one in mention)
    title = mrkdwn.line(cut(one_line(request.title), 200))
    lines = (
        " ".join(part for part in (":rotating_light:", who, mrkdwn.line(words)) if part),
        f"{_link(request)}: {title}",
        f"_Waiting for {_span(waited)}. Merging it answers the thread; closing it is a “no”._",
    )
    return Reply(f"Review waits for {_span(waited)}: {title}", (_section("\n".join(lines)),), marker)


def told(request: ReviewRequest, where: str) -> str:
    """For the log."""
    return f"told of request {request.number}: {where}"


def nothing(waiting: int) -> str:
    """Nobody has to be told."""
    return f"{waiting} {'review waits' if waiting == 1 else 'reviews wait'}, none is overdue"


def nowhere(request: ReviewRequest) -> str:
    """No thread and no channel."""
    return f"request {request.number} is overdue, and nobody can be told: configure `channels`, or a `channel` of the step"


def more() -> str:
    """There are more than one run speaks of."""
    return "further reviews are overdue; the next run tells of them"


def _link(request: ReviewRequest) -> str:
    return f"<{request.url}|#{request.number}>" if request.url.startswith("https://") and not set(request.url) & set("<>|\n ") else f"#{request.number}"


def _span(waited: timedelta) -> str:
    minutes = int(waited.total_seconds() // 60)
    if minutes < 120:
        return f"{minutes} {'minute' if minutes == 1 else 'minutes'}"
    return f"{minutes // 60} hours" if minutes < 48 * 60 else f"{minutes // 1440} days"


def _section(words: str) -> dict[str, object]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": words, "verbatim": True}}
