"""What the dashboard and the log say of ticks that were followed, and of those that were not."""

from bot.core.plain_text.plain_text import cut, one_line
from bot.core.upkeep.board_ticks import Tick
from bot.errors import BotError
from bot.model.review import BoardPage, ReviewRequest
from bot.texts.markdown import code, inline, link


def written(page: BoardPage) -> str:
    """A line of the log."""
    return f"dashboard {page.url} written"


def current(page: BoardPage) -> str:
    """A line of the log: nothing changed."""
    return f"dashboard {page.url} is current"


def disabled() -> str:
    """A line of the log: the configuration wants none."""
    return "no dashboard: `dashboard: enabled: false`"


def closed(page: BoardPage) -> str:
    """A line of the log: a person turned it off."""
    return f"dashboard {page.url} is closed, which turns it off; open it again to turn it on"


def another_issue(number: str) -> str:
    """A line of the log: the event was of an issue that is no board."""
    return f"issue {cut(one_line(number), 20)} is not the dashboard: nothing to do"


def kept(count: int) -> str:
    """A line of the log: nobody's name stands behind the ticks."""
    return f"{count} ticked {'box waits' if count == 1 else 'boxes wait'} for a run that knows who ticked: tick again, or start upkeep by hand"


def followed(told: str, by: str) -> str:
    """A line of the board."""
    return f"{told}{f', asked by {inline(by)}' if by else ''}"


def no_right(by: str, count: int) -> str:
    """A line of the board."""
    return f"{count} {'tick' if count == 1 else 'ticks'} of {inline(by)} not followed: only who may write to the repository is"


def not_offered(tick: Tick) -> str:
    """A line of the board: how it stood when the box was ticked is not how it stands now."""
    return f"“{tick.verb}” of {code(tick.target)} not done: nothing like that waits any more"


def too_many(count: int) -> str:
    """A line of the board."""
    return f"{count} more ticks not followed: at most 25 at once; tick them again"


def failed(tick: Tick, error: BotError) -> str:
    """A line of the board."""
    return f"“{tick.verb}” of {code(tick.target)} could not be done: {inline(cut(error.cause, 200))} → {inline(cut(error.remedy, 200))}"


def resolving(signature: str, url: str) -> str:
    """A clause of the board."""
    return f"proposed to resolve {code(signature)}: {link('request', url) if url else 'nothing to change'}"


def because(by: str) -> str:
    """What the entry's `resolution` says until a person says it better, before the merge."""
    return f"Marked as resolved on the dashboard{f' by {by}' if by else ''}"


def diagnosing(target: str, started: str) -> str:
    """A clause of the board."""
    return f"diagnosing {code(target)} again: {code(started)}"


def reminded(request: ReviewRequest) -> str:
    """A clause of the board."""
    return f"reminded of {_request(request)}"


def reopened(request: ReviewRequest) -> str:
    """A clause of the board."""
    return f"opened {_request(request)} again"


def declined(request: ReviewRequest) -> str:
    """A clause of the board."""
    return f"closed {_request(request)} as a “no”"


def _request(request: ReviewRequest) -> str:
    return link(f"request {request.number}", request.url)
