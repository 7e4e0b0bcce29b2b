"""Hidden marks of what the bot did with a request that waits: that it reminded, and that it closed it without an answer.

A request that was closed for want of an answer is no "no". The mark holds the time of the closing: when a person opens the request again
and closes it later, the times differ, and that closing counts.
"""

import re
from datetime import UTC, datetime, timedelta

from bot.regex import regex

EARLY, LATE = timedelta(minutes=5), timedelta(minutes=10)
"""How far the forge's clock may be before and after ours."""
_REMINDED = regex(r"<!-- errata:reminded=([0-9T:Z-]{20}) -->\n?")
_LAPSED = regex(r"<!-- errata:lapsed=([0-9T:Z-]{20}) -->\n?")


def reminded(now: datetime) -> str:
    """The mark of a reminder."""
    return f"<!-- errata:reminded={_stamp(now)} -->"


def lapse(now: datetime) -> str:
    """The mark of a closing for want of an answer."""
    return f"<!-- errata:lapsed={_stamp(now)} -->"


def reminders_in(part: str) -> tuple[datetime, ...]:
    """When the bot reminded; give it the bot's own part of a description."""
    return _times(_REMINDED, part)


def marks_in(text: str) -> tuple[str, ...]:
    """The marks of reminders as they stand, each once."""
    return tuple(dict.fromkeys(found.group().strip() for found in _REMINDED.finditer(text)))


def is_lapsed(part: str, ended: datetime | None) -> bool:
    """Whether the closing at `ended` was the bot's own, for want of an answer."""
    return ended is not None and any(time - EARLY <= ended <= time + LATE for time in _times(_LAPSED, part))


def without_lapse(text: str) -> str:
    """The text without the marks of such closings: from now on its closing counts."""
    return _LAPSED.sub("", text)


def _times(pattern: re.Pattern[str], text: str) -> tuple[datetime, ...]:
    found = []
    for match in pattern.finditer(text):
        try:
            time = datetime.fromisoformat(match[1])
        except ValueError:
            continue
        found += [time] if time.tzinfo else []
    return tuple(found)


def _stamp(now: datetime) -> str:
    return f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
