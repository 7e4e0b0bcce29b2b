"""What the bot says on a request that nobody answered: a reminder, later a polite farewell; and what it tells of both in its log."""

from datetime import timedelta

from bot.model.review import ReviewRequest
from bot.texts.board import lasted


def reminder(waits: timedelta, people: tuple[str, ...], close_after_days: int) -> str:
    """The comment; `people` are handles without `@`, read from CODEOWNERS or the configuration."""
    asked = f"{', '.join(f'@{one}' for one in people)}: " if people else ""
    later = f" If nothing happens for {_days(close_after_days)}, it is closed; that is not taken for a “no”." if close_after_days else ""
    return (
        f"{asked}this has been waiting for {lasted(waits)}.\n\n"
        "Merge it, edit it and merge it, or close it: closing it says that it is wrong, and the same is not proposed again. "
        f"What the bot understands here: `/help`.{later}"
    )


def farewell(idle: timedelta, request: ReviewRequest) -> str:
    """The comment before a request is closed for want of an answer."""
    again = "the next alert of this error proposes it again" if request.branch.startswith("kb/") else "it is made again when it is asked for"
    return (
        f"Nothing happened here for {lasted(idle)}, so I close it. This is not a “no”: {again}.\n\n"
        "To keep this one, open it again. To say “no”, tick *close as a no* on the dashboard."
    )


def reminded(request: ReviewRequest) -> str:
    """A line of the log."""
    return f"reminded of {request.url}"


def lapsed(request: ReviewRequest) -> str:
    """A line of the log."""
    return f"closed {request.url}, which nobody answered"


def more(count: int) -> str:
    """A line of the log: one run does not do everything."""
    return f"{count} more are left to the next run"


def nobody() -> str:
    """A line of the log: nothing to do."""
    return "nothing waits that long"


def _days(count: int) -> str:
    return f"{count} {'day' if count == 1 else 'days'}"
