"""What is said where no cause stands; any other words of a cause that is not known are a lead."""

from bot.model import RootCause

UNKNOWN = "Unknown: a cause was named, but nothing that was quoted for it stands in the evidence."
FROM_THE_PAST = "Unknown: the cause that was named is that of an earlier time, and no evidence of today shows it."
NOTHING_SEEN = "What was seen does not carry a cause."


def is_lead(cause: RootCause) -> bool:
    """Whether the statement of a cause that is not known names one all the same: a reader must not take it for proven."""
    return not cause.known and bool(cause.statement.strip()) and not cause.statement.startswith((UNKNOWN, FROM_THE_PAST, NOTHING_SEEN))
