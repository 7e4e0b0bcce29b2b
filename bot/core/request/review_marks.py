"""Hidden marks of what the bot did with a request that waits: that it began to remind or to close, that it reminded, and that it closed without an answer.

A request that was closed for want of an answer is no "no". The mark holds the time of the closing: when a person opens the request again
and closes it later, the times differ, and that closing counts.

The forge takes a comment of ours for something that happened: by the mark of what was begun before it, the next run finishes what was cut off.
"""

import re
from datetime import datetime, timedelta
from typing import Literal

from bot.core.entry.times import iso
from bot.regex import regex

Step = Literal["reminder", "closing"]
EARLY, LATE = timedelta(minutes=5), timedelta(minutes=10)
"""How far the forge's clock may be before and after ours."""
_REMINDED = regex(r"<!-- errata:reminded=([0-9T:Z-]{20}) -->\n?")
_BEGUN = {
    "reminder": regex(r"<!-- errata:begun=reminder/([0-9T:Z-]{20}) -->\n?"),
    "closing": regex(r"<!-- errata:begun=closing/([0-9T:Z-]{20}) -->\n?"),
}
_LAPSED = regex(r"<!-- errata:lapsed=([0-9T:Z-]{20}) -->\n?")


def reminded(now: datetime) -> str:
    """The mark of a reminder."""
    return f"<!-- errata:reminded={iso(now)} -->"


def begun(what: Step, now: datetime) -> str:
    """The mark of a reminder or a closing that is begun: the comment comes next, then the mark of the reminder, or the closing itself."""
    return f"<!-- errata:begun={what}/{iso(now)} -->"


def lapse(now: datetime) -> str:
    """The mark of a closing for want of an answer."""
    return f"<!-- errata:lapsed={iso(now)} -->"


def reminders_in(part: str) -> tuple[datetime, ...]:
    """When the bot reminded; give it the bot's own part of a description."""
    return _times(_REMINDED, part)


def begun_in(part: str, what: Step, touched: datetime) -> datetime | None:
    """When it was begun, where the request may not have been touched since: mark and comment themselves touch it, the comment minutes later at most."""
    return max((time for time in _times(_BEGUN[what], part) if time - EARLY <= touched <= time + LATE), default=None)


def marks_in(text: str) -> tuple[str, ...]:
    """The marks of reminders as they stand, each once."""
    return tuple(dict.fromkeys(found.group().strip() for found in _REMINDED.finditer(text)))


def is_lapsed(part: str, ended: datetime | None) -> bool:
    """Whether the closing at `ended` was the bot's own, for want of an answer."""
    return ended is not None and any(time - EARLY <= ended <= time + LATE for time in _times(_LAPSED, part))


def without_lapse(text: str) -> str:
    """The text without the marks of such closings, begun or done: from now on its closing counts."""
    return _LAPSED.sub("", _BEGUN["closing"].sub("", text))


def _times(pattern: re.Pattern[str], text: str) -> tuple[datetime, ...]:
    found = []
    for match in pattern.finditer(text):
        try:
            time = datetime.fromisoformat(match[1])
        except ValueError:
            continue
        found += [time] if time.tzinfo else []
    return tuple(found)
