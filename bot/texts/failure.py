"""How a failure reads: what was being done, what came back, what to do now."""

from bot.core.plain_text.plain_text import cut, one_line
from bot.core.redaction.redaction import Redactor
from bot.errors import BotError
from bot.texts import workflow

ISSUES = "https://github.com/errata-bot/errata/issues"


def sentence(error: BotError, *, annotate: bool, own: tuple[str, ...] = ()) -> str:
    """Two lines for a terminal; in Actions an annotation above them. Redacted: a cause may quote what came back. `own` are the bot's own secrets."""
    redactor = Redactor(own=own)
    doing, cause, remedy = (cut(one_line(redactor.text(part)), 1000) for part in (error.doing, error.cause, error.remedy))
    lines = f"error: {doing}: {cause}\n  try: {remedy}"
    return f"{workflow.annotation('error', f'{doing}: {cause}. Try: {remedy}')}\n{lines}" if annotate else lines


def bug(trace: str, own: tuple[str, ...] = ()) -> str:
    """Our fault: what to send us."""
    told = workflow.inert_log(Redactor(own=own).text(trace))
    return f"{told}\nThis is a bug of the bot. Please report it with the lines above (look through them first): {ISSUES}"
