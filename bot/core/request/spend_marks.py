"""The mark by which a pull request says what its diagnoses cost, so that a day can be added up without a store of its own."""

import re
from datetime import date

from bot.model import Record, Spend
from bot.regex import regex

MOST_DOLLARS = 100_000
"""A mark beyond it is none of ours."""
_MARK = regex(r"<!-- errata:spend=([0-9]{4}-[0-9]{2}-[0-9]{2})/([0-9]{1,6}\.[0-9]{6})(?:/([0-9a-f]{1,64}))?(?:/m=([A-Za-z0-9][A-Za-z0-9._:@-]{0,59}))? -->")


class DaySpend(Record, frozen=True):
    """What one diagnosis cost, in US dollars, and the day (UTC) it cost them; `case` is the digest of the case, `model` who was asked, where it is told."""

    day: date
    dollars: float
    case: str = ""
    model: str = ""


def mark(spend: Spend, day: date, case: str = "") -> str:
    """One HTML comment of digits, and the model's name. `case` (hex) tells two diagnoses apart that cost the same."""
    dollars = min(max(spend.dollars, 0.0), MOST_DOLLARS)
    digest = re.sub("[^0-9a-f]", "", case)[:64]
    model = re.sub("[^A-Za-z0-9._:@-]", "", spend.model).lstrip("._:@-")[:60]
    return f"<!-- errata:spend={day.isoformat()}/{dollars:.6f}{f'/{digest}' if digest else ''}{f'/m={model}' if model else ''} -->"


def marks_in(text: str) -> tuple[str, ...]:
    """The marks as they stand, each once, in order."""
    return tuple(dict.fromkeys(found.group() for found in _MARK.finditer(text) if _read(found) is not None))


def read(text: str) -> tuple[DaySpend, ...]:
    """What the marks of a text say; what is not exactly a mark of ours says nothing.

    Read only the bot's own part of a description: see `pull_request_marks.spends_of`.
    """
    found = (_read(one) for one in _MARK.finditer("\n".join(marks_in(text))))
    return tuple(one for one in found if one is not None)


def _read(found: re.Match[str]) -> DaySpend | None:
    try:
        day = date.fromisoformat(found[1])
    except ValueError:
        return None
    dollars = float(found[2])
    return DaySpend(day, dollars, found[3] or "", found[4] or "") if dollars <= MOST_DOLLARS else None
