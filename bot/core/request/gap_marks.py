"""The mark by which a pull request says what a diagnosis could not see, so that a source that is down for everyone is noticed."""

import json
import re
from collections.abc import Iterable
from datetime import date

from bot.core.alert.hidden_json import hidden_json
from bot.core.plain_text.plain_text import cut, one_line
from bot.model import Gap, Record
from bot.regex import regex

MOST = 10
"""Gaps that one mark holds; each source counts once."""
LONGEST_NAME, LONGEST_CAUSE = 80, 160
LONGEST = 3_900
_MARK = regex(r"<!-- errata:gaps=([0-9]{4}-[0-9]{2}-[0-9]{2})(\[[^\n<>]{0,8000}\]) -->")


class DayGap(Record, frozen=True):
    """A source that could not answer on a day (UTC), and what came back. Both texts were written by outsiders."""

    day: date
    source: str
    cause: str


def mark(gaps: Iterable[Gap], day: date) -> str:
    """One HTML comment with a line of JSON that cannot close it; empty without gaps."""
    told = list({gap.source: [_short(gap.source, LONGEST_NAME), _short(gap.cause, LONGEST_CAUSE)] for gap in gaps}.values())[:MOST]
    # Escaped, one character may take six.
    while told and len(hidden_json(told)) > LONGEST:
        told.pop()
    return f"<!-- errata:gaps={day.isoformat()}{hidden_json(told)} -->" if told else ""


def marks_in(text: str) -> tuple[str, ...]:
    """The marks as they stand, each once, in order."""
    return tuple(dict.fromkeys(found.group() for found in _MARK.finditer(text) if _read(found)))


def read(text: str) -> tuple[DayGap, ...]:
    """What the marks of a text say; what is not exactly a mark of ours says nothing. Read only the bot's own part of a description."""
    return tuple(gap for found in _MARK.finditer("\n".join(marks_in(text))) for gap in _read(found))


def _read(found: re.Match[str]) -> tuple[DayGap, ...]:
    try:
        day, told = date.fromisoformat(found[1]), json.loads(found[2])
    except (ValueError, RecursionError):
        return ()
    pairs = [one for one in told[:MOST] if isinstance(one, list) and len(one) == 2 and all(isinstance(words, str) for words in one)]
    return tuple(DayGap(day, _short(source, LONGEST_NAME), _short(cause, LONGEST_CAUSE)) for source, cause in pairs)


def _short(words: str, limit: int) -> str:
    return cut(one_line(words), limit)
