"""The block of an entry that tells how often the error came: a chart, a count for each month that is folded, and in hidden form which alerts those were."""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from bot.core.entry.identity import folded, folded_in, time_of
from bot.core.entry.occurrence_chart import chart
from bot.core.entry.sections import HISTORY, Span, blocks, digest, filled_end, find, insert
from bot.regex import regex

TITLE = "Occurrences over time"
_MARK = regex(r"[ \t\r\n]*<!-- errata:over-time (?P<seal>[0-9a-f]{16}) -->[ \t]*(?:\r\n|\n|\Z)")
_TOLD = "Older occurrences, which are no longer told one by one; this page still knows each alert, so that none is recorded twice."


class OverTime(NamedTuple):
    """The bot's own block, as nobody edited it, and the alerts that it holds in the short form."""

    span: Span
    folded: frozenset[str]


def own_block(body: str) -> OverTime | None:
    """The block while it is the bot's own; one that a person edited is theirs, and a new one is begun beside it."""
    section = find(body, HISTORY)
    for span in blocks(body, section) if section else []:
        mark = _MARK.match(body, span.content, span.end) if span.title == TITLE else None
        if mark and mark["seal"] == digest(body[mark.end() : span.end]):
            return OverTime(span, folded_in(f"## {HISTORY}\n\n{body[span.start : span.end]}"))
    return None


def told(body: str, older: Iterable[str], every: Iterable[str], newline: str) -> str:
    """The body with that block made anew: `older` are the alerts it holds in the short form, `every` all that the chart counts."""
    words = _words(frozenset(older), every)
    there = own_block(body)
    if there is not None:
        end = filled_end(body, there.span)
        if not words:
            return body[: there.span.start] + body[there.span.end :]
        return body[: there.span.start] + words.replace("\n", newline) + body[end:]
    section = find(body, HISTORY)
    return insert(body, section.end if section else len(body), words, newline) if words else body


def _words(older: frozenset[str], every: Iterable[str]) -> str:
    times = [time for one in every if (time := time_of(one))]
    months = Counter(f"{time:%Y-%m}" for one in older if (time := time_of(one)))
    rows = "\n".join(f"| {month} | {count} |" for month, count in sorted(months.items(), reverse=True))
    table = f"{_TOLD}\n\n| Month | Occurrences |\n|---|---|\n{rows}\n\n{folded(older)}" if months else ""
    words = "\n\n".join(part for part in (chart(times), table) if part)
    return f"### {TITLE}\n<!-- errata:over-time {digest(words)} -->\n\n{words}" if words else ""
