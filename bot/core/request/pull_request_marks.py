"""Hidden marks in a pull request's text: where the bot's part begins and ends, and what it had proposed.

Marks are HTML comments, which GitHub keeps and does not show. Everything outside begin and end belongs to people.
"""

import json
import re
from datetime import UTC, datetime

from bot.core.alert import alert_marks
from bot.core.request import gap_marks, review_marks, spend_marks
from bot.core.request.gap_marks import DayGap
from bot.core.request.spend_marks import DaySpend
from bot.regex import regex

BEGIN = "<!-- errata:begin -->"
END = "<!-- errata:end -->"
REMEMBERED = 20

_CONTENT = regex(r"<!-- errata:content=([A-Za-z0-9._-]{1,128}) -->")
_CASE = regex(r"<!-- errata:case=([0-9a-f]{1,64}) -->")
_LABELS = regex(r"<!-- errata:labels=(\[[^\n]*?\]) -->")
_ANY = regex(r"<!-- errata:[^\n]{0,4000}? -->\n?")
_LINK = regex(r"https://[A-Za-z0-9.-]{1,200}/archives/[A-Z0-9]{1,30}/p(\d{10})(\d{6})(?:\?[A-Za-z0-9_.=&%-]{0,200})?")
_FORGED = regex(r"<!--(?=\s*errata:)", re.IGNORECASE)
# From the last beginning before an end: where somebody deleted an end, what they wrote behind it is no part of the bot's.
_PART = regex(rf"{re.escape(BEGIN)}(?:(?!{re.escape(BEGIN)}).)*?{re.escape(END)}", re.DOTALL)


def framed(body: str, content: str, labels: tuple[str, ...] = (), case: str = "", spend: str = "") -> str:
    """The bot's part of a description: `body` between the marks, with the digests of content and case and the labels it put there.

    `spend` holds what `spend_marks.mark` and `gap_marks.mark` made, empty where nothing was spent or missed.
    Marks that stand in `body` itself (a log line may hold one) are made inert.
    """
    hidden = json.dumps(labels).replace("<", r"\u003c").replace(">", r"\u003e")
    told = (*((f"<!-- errata:case={case} -->",) if case else ()), *spend_marks.marks_in(spend), *gap_marks.marks_in(spend), *alert_marks.marks_in(spend))
    return "\n".join((BEGIN, inert(body).strip("\n"), "", f"<!-- errata:labels={hidden} -->", *told, f"<!-- errata:content={content} -->", END))


def inert(text: str) -> str:
    """The text with every mark in it broken, so that it cannot speak for the bot."""
    return _FORGED.sub("<! --", text)


def merge_body(old: str | None, new: str) -> str:
    """`old` with the bot's part replaced by `new`; what people wrote around it stays, character for character.

    Earlier digests are carried along, so that closing the request declines every one of them, and no case is told again; so is what
    earlier diagnoses cost, which the day's sum rests on.
    """
    if not old:
        return new
    part = _part(old)
    paid = [
        f"{mark}\n"
        for read in (spend_marks, gap_marks, review_marks, alert_marks)
        for mark in [one for one in read.marks_in(part) if one not in new][: REMEMBERED - 1]
    ]
    kept = (*_earlier("content", contents_of(old), contents_of(new)), *_earlier("case", cases_of(old), cases_of(new)), *paid)
    whole = new.removesuffix(END) + "".join(kept) + END
    if _PART.search(old) is None:
        return f"{old}\n\n{whole}"
    return _PART.sub(lambda _: whole, old, count=1)


def contents_of(body: str | None) -> tuple[str, ...]:
    """The content digests that the bot's part names, newest first."""
    return tuple(dict.fromkeys(_CONTENT.findall(_part(body))))


def cases_of(body: str | None) -> tuple[str, ...]:
    """The digests of the cases that the bot's part tells of, or told of before, newest first."""
    return tuple(dict.fromkeys(_CASE.findall(_part(body))))


def spends_of(body: str | None) -> tuple[DaySpend, ...]:
    """What the diagnoses cost that the bot's part tells of, or told of before."""
    return spend_marks.read(_part(body))


def gaps_of(body: str | None) -> tuple[DayGap, ...]:
    """What the diagnoses could not see that the bot's part tells of, or told of before."""
    return gap_marks.read(_part(body))


def reminders_of(body: str | None) -> tuple[datetime, ...]:
    """When the bot reminded of this request."""
    return review_marks.reminders_in(_part(body))


def begun_of(body: str | None, what: review_marks.Step, touched: datetime) -> datetime | None:
    """When the bot began to remind of this request or to close it, where its last change, at `touched`, may have been that or the comment that followed."""
    return review_marks.begun_in(_part(body), what, touched)


def is_lapsed(body: str | None, ended: datetime | None) -> bool:
    """Whether a request that ended unmerged was closed by the bot for want of an answer: that is no "no"."""
    return review_marks.is_lapsed(_part(body), ended)


def noted(body: str | None, mark: str) -> str:
    """The description with one more mark at the end of the bot's part; the same mark stands there once."""
    part = _part(body)
    if mark in part:
        return body or ""
    if not part:
        return f"{body or ''}\n\n{BEGIN}\n{mark}\n{END}".lstrip("\n")
    return _PART.sub(lambda found: f"{found.group().removesuffix(END)}{mark}\n{END}", body or "", count=1)


def declining(body: str | None) -> str:
    """The description as that of a request whose closing is a "no"."""
    return _PART.sub(lambda found: review_marks.without_lapse(found.group()), body or "", count=1)


def labels_of(body: str | None) -> tuple[str, ...]:
    """The labels that the bot put on the request, as its part of the description remembers them."""
    found = _LABELS.search(_part(body))
    try:
        labels = json.loads(found.group(1)) if found else []
    except (ValueError, RecursionError):
        return ()
    return tuple(label for label in labels if isinstance(label, str))


def words_of(body: str | None) -> str:
    """What the bot's own part says, without marks: to be framed again with more."""
    return _ANY.sub("", _part(body).replace("\r\n", "\n")).strip("\n")


def part_of(body: str | None) -> str:
    """The bot's own part of a description, empty where there is none."""
    return _part(body)


def _earlier(name: str, old: tuple[str, ...], new: tuple[str, ...]) -> list[str]:
    return [f"<!-- errata:{name}={digest} -->\n" for digest in old if digest not in new][: REMEMBERED - 1]


def _part(body: str | None) -> str:
    found = _PART.search(body or "")
    return found.group() if found else ""


def first_alert(body: str) -> tuple[str, datetime] | None:
    """The alert that a request tells of: its link, and when it was posted. By the bot's hidden marks, the latest; without them the first link in its text."""
    marked = [(one.place.url, one.place.time) for one in alert_marks.read(part_of(body)) if one.place.in_chat]
    if marked:
        return max(marked, key=lambda one: one[1])
    found = _LINK.search(body)
    return (found[0], datetime.fromtimestamp(int(found[1]), UTC).replace(microsecond=int(found[2]))) if found else None
