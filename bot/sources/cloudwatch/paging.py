"""FilterLogEvents read to its end or to a bound: pages may be short or empty and still not be the last."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from bot.core.logs.time import moment
from bot.core.plain_text.plain_text import cut, encodable
from bot.errors import SourceError
from bot.model import Gap, Record
from bot.sources.cloudwatch.client import LogsClient
from bot.sources.cloudwatch.groups import Group

MOST_PAGES = 20
"""Of one search in one group; each is one call."""
_NEWEST_FIRST_SINCE = datetime(2024, 1, 1, tzinfo=UTC)
"""AWS answers newest first only for windows that begin later (`startFromHead`)."""


class Line(Record, frozen=True):
    """One event as CloudWatch keeps it. `id` is empty where Insights found it; `ingested` orders events of the same millisecond."""

    time: datetime
    text: str
    group: str
    stream: str
    id: str = ""
    ingested: int = 0

    @property
    def order(self) -> tuple[datetime, int, int, str]:
        """By this the lines of a stream stand as they were written; ids count upwards."""
        return self.time, self.ingested, len(self.id), self.id


class Search(Record, frozen=True):
    """What is looked for in one group; no pattern: every line. `streams` narrows it to some."""

    group: Group
    pattern: str
    start: datetime
    end: datetime
    limit: int
    newest_first: bool = True
    streams: tuple[str, ...] = ()
    pages: int = MOST_PAGES


class Lines(Record, frozen=True):
    """What a search found, in no order across streams; `more` says that there may be more than these."""

    lines: tuple[Line, ...] = ()
    pages: int = 0
    more: bool = False
    gaps: tuple[Gap, ...] = ()


def read(client: LogsClient, search: Search) -> Lines:
    """All events of a search, up to its bounds. Raises SourceError for the first page; later ones become gaps."""
    request = _request(search)
    found: dict[tuple[str, str], Line] = {}
    wanted = f"all of the log events of {search.group.name}"
    pages, more, gap = 0, True, None
    while pages < search.pages and len(found) < search.limit:
        request["limit"] = min(search.limit - len(found), 10_000)
        try:
            answer = client.call("searching log events", "FilterLogEvents", "events", request, search.group.asked)
        except SourceError as error:
            if not pages:
                raise
            gap = client.asked.gap(wanted, f"it broke off after page {pages}: {error.cause}", error.remedy)
            break
        pages += 1
        for told in answer["events"]:
            if line := _line(told, search.group.name):
                found[line.stream, line.id or f"{len(found)}"] = line
        token = answer.get("nextToken")
        if not isinstance(token, str) or token == request.get("nextToken"):
            more = False
            break
        request["nextToken"] = token
    # Without a pattern it is a look around, which has seen enough after some pages.
    if more and gap is None and search.pattern and len(found) < search.limit:
        gap = client.asked.gap(wanted, f"it was not done after {pages} pages", f"narrow `{client.asked.key} filter:` or `window:`")
    return Lines(tuple(found.values()), pages, more, (gap,) if gap else ())


def _request(search: Search) -> dict[str, Any]:
    name = "logGroupIdentifier" if search.group.asked.startswith("arn:") else "logGroupName"
    request: dict[str, Any] = {name: search.group.asked, "startTime": millis(search.start), "endTime": millis(search.end)}
    if search.pattern:
        request["filterPattern"] = search.pattern
    if search.streams:
        request["logStreamNames"] = list(search.streams)
    if search.newest_first and search.start >= _NEWEST_FIRST_SINCE:
        request["startFromHead"] = False
    return request


def _line(told: Any, group: str) -> Line | None:
    if not isinstance(told, dict) or not isinstance(told.get("message"), str):
        return None
    time, ingested = moment(told.get("timestamp")), told.get("ingestionTime")
    stream, identity = (encodable(str(told.get(key) or "")[:512]) for key in ("logStreamName", "eventId"))
    return Line(time, told["message"], group, stream, identity, ingested if isinstance(ingested, int) else 0) if time is not None else None


def millis(time: datetime) -> int:
    """Milliseconds since 1970, at least 0 as AWS wants it."""
    return max(round(time.timestamp() * 1000), 0)


def told(searches: Sequence[Search]) -> str:
    """Where and when was looked, for the line that says what was asked."""
    names = dict.fromkeys(" ".join((search.group.name, *search.streams)) for search in searches)
    return f"{cut(', '.join(names), 300)} {span(searches[0].start, searches[0].end)}"


def counted(answers: Sequence[Lines]) -> str:
    """How much came back."""
    lines, pages = sum(len(answer.lines) for answer in answers), sum(answer.pages for answer in answers)
    return f"{'>= ' if any(answer.more for answer in answers) else ''}{lines:,} line{'s' * (lines != 1)} in {pages} page{'s' * (pages != 1)}"


def span(start: datetime, end: datetime) -> str:
    """A window in words."""
    return f"{start.astimezone(UTC):%Y-%m-%d %H:%M:%S}-{end.astimezone(UTC):%H:%M:%S}Z"
