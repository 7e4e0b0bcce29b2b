"""Links to the CloudWatch console: read from an alert into group, stream and time, and written for whatever was found."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple
from urllib.parse import parse_qs, parse_qsl, quote, unquote, urlsplit

from bot.core.logs.time import moment
from bot.model import Record
from bot.regex import regex

_REGION = regex(r"[a-z]{2}(?:-[a-z]{2,12}){1,3}-\d{1,2}")
_HOST = regex(
    r"(?:(?P<account>\d{12})-[a-z0-9]{1,20}\.)?(?:(?P<region>[a-z]{2}(?:-[a-z]{2,12}){1,3}-\d{1,2})\.)?"
    r"console\.(?:aws\.amazon\.com|amazonaws\.cn|amazonaws-us-gov\.com)"
)
_PORTAL = regex(r"[a-z0-9-]{1,80}\.awsapps\.com")
_EVENTS = regex(r"log-groups/log-group/(?P<group>.{1,1600}?)(?:/log-events(?:/(?P<stream>.{1,1600})?)?)?/?")
_OLD = regex(r"(?:logEventViewer|logStream|logs?):(?P<pairs>.{1,4000})")
_GROUP = regex(r"(?:arn:[a-z-]{3,20}:logs:[a-z0-9-]{1,30}:(?P<account>\d{12}):log-group:)?(?P<name>[\w./#-]{1,512})", re.ASCII)
_STREAM = regex(r"[^:*\x00-\x1f\x7f]{1,512}")
_BEFORE = regex(r"-\d{1,15}")
_EVENT_ID = regex(r"\d{1,60}")
_SOURCES = regex(r"~source~\((?P<list>(?:~'[^~()']{1,700}){1,50})\)")
_TAILED = regex(r"logGroupArns=~\((?P<list>(?:~'[^~()']{1,700}){1,50})\)(?:[&~]logStreamNames[=~]{1,2}\(~'(?P<stream>[^~()']{1,700})\))?")
_BOUND = regex(r"[(~](?P<which>start|end)~(?P<value>-?\d{1,15}|'[^~()]{1,60})")
_UNIT = regex(r"~unit~'(?P<unit>seconds|minutes|hours|days)\b")
_UNITS = {"seconds": 1, "minutes": 60, "hours": 3_600, "days": 86_400}
_LONGEST = 8_000
_FIRST_YEAR, _LAST_YEAR = 2000, 2200
"""Times outside can be no log's, and cannot be reckoned with."""
_LONG_AGO = timedelta(days=36_500)


# What alarms were linked by before 2020 still stands in old templates.
_PAGES = (("alarm", "an alarm"), ("s=Alarms", "an alarm"), ("logsV2:live-tail", "Live Tail"), ("logsV2:logs-insights", "Logs Insights"))


class _Page(NamedTuple):
    """A link into the console, whatever it opens. The region is empty where the link names none."""

    region: str
    account: str | None
    fragment: str


class ConsoleLink(Record, frozen=True):
    """A place in the console. `pattern` is CloudWatch's filter pattern as the link has it: hostile text when it comes from an alert.

    `account` is known where the link names it; `event_id` where it names one event.
    """

    region: str
    group: str
    stream: str | None = None
    start: datetime | None = None
    end: datetime | None = None
    pattern: str = ""
    event_id: str | None = None
    account: str | None = None


def read(url: str, anchor: datetime) -> tuple[ConsoleLink, ...]:
    """The groups that a console link shows, several for an Insights query; nothing when it is no link to logs.

    Relative times count from `anchor`, the time of the alert. The form is the console's own and documented nowhere: a path and query
    that are escaped twice, with `$` for `%` (`$252F` is a slash); Insights has an object of `~` and `*` within it.
    """
    page = _page(url)
    if page is None or not _REGION.fullmatch(page.region):
        return ()
    return tuple(link for link in _shown(page.fragment, page.region, anchor, page.account) if _GROUP.fullmatch(link.group))


def page_of(url: str) -> str:
    """What page of the console a link opens: `an alarm`, `Live Tail`, `Logs Insights`, else `CloudWatch`; empty for a link to somewhere else."""
    page = _page(url)
    if page is None:
        return ""
    return next((name for beginning, name in _PAGES if page.fragment.startswith(beginning)), "CloudWatch")


def write(link: ConsoleLink) -> str:
    """The address of a group's events, of a stream's, or of one event; `read` gives the same link back, but for its account."""
    asked = {
        "start": str(_millis(link.start)) if link.start else "",
        "end": str(_millis(link.end)) if link.end else "",
        "filterPattern": link.pattern,
        "refEventId": link.event_id or "",
    }
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in asked.items() if value)
    path = f"{_twice(link.group)}/log-events{f'/{_twice(link.stream)}' if link.stream else ''}"
    return f"{console(link.region)}home?region={link.region}#logsV2:log-groups/log-group/{path}{_dollars(quote(f'?{query}', safe='')) if query else ''}"


def console(region: str) -> str:
    """The address that all console links of a region begin with."""
    domain = "amazonaws.cn" if region.startswith("cn-") else "amazonaws-us-gov.com" if region.startswith("us-gov-") else "aws.amazon.com"
    return f"https://{region}.console.{domain}/cloudwatch/"


def _page(url: str) -> _Page | None:
    try:
        parts = urlsplit(url[:_LONGEST])
        if _PORTAL.fullmatch(parts.netloc.lower()) and (target := _through_portal(parts.fragment)):
            parts = urlsplit(target)
    except ValueError:
        return None
    host = _HOST.fullmatch(parts.netloc.lower())
    if host is None or parts.scheme != "https" or not parts.path.startswith("/cloudwatch"):
        return None
    region = next((name for name in (*parse_qs(parts.query).get("region", ()), host["region"]) if name), "")
    return _Page(region, host["account"], parts.fragment)


def _through_portal(fragment: str) -> str | None:
    """Access portals wrap the console's address: `#/console?account_id=…&destination=<address>`."""
    return next(iter(parse_qs(fragment.partition("?")[2]).get("destination", ())), None)


def _shown(fragment: str, region: str, anchor: datetime, account: str | None) -> Iterator[ConsoleLink]:
    # Chat clients may escape the dollars themselves.
    place = fragment.replace("%24", "$")
    if place.startswith("logsV2:"):
        decoded = unquote(place.removeprefix("logsV2:").replace("$", "%"))
        path, _, query = decoded.partition("?")
        if path.startswith("logs-insights"):
            yield from _queried(query, region, anchor, account)
        elif path.startswith("live-tail"):
            yield from _tailed(query, region, account)
        elif match := _EVENTS.fullmatch(path):
            yield _link(match["group"], match["stream"], dict(parse_qsl(query)), (region, anchor, account))
    elif match := _OLD.fullmatch(place):
        pairs = dict(pair.partition("=")[::2] for pair in match["pairs"].split(";"))
        yield _link(pairs.get("group", ""), pairs.get("stream"), {**pairs, "filterPattern": unquote(pairs.get("filter", ""))}, (region, anchor, account))


def _link(group: str, stream: str | None, asked: dict[str, str], where: tuple[str, datetime, str | None]) -> ConsoleLink:
    region, anchor, account = where
    named = _GROUP.fullmatch(unquote(group))
    stream = unquote(stream) if stream else None
    event_id = asked.get("refEventId", "")
    return ConsoleLink(
        region,
        named["name"] if named else "",
        stream if stream and _STREAM.fullmatch(stream) else None,
        _moment(asked.get("start", ""), anchor),
        _moment(asked.get("end", ""), anchor),
        asked.get("filterPattern", "")[:1_024],
        event_id if _EVENT_ID.fullmatch(event_id) else None,
        (named["account"] if named else None) or account,
    )


def _queried(query: str, region: str, anchor: datetime, account: str | None) -> Iterator[ConsoleLink]:
    detail = query
    for _ in range(2):
        detail = unquote(detail)
    sources = _SOURCES.search(detail)
    unit = _UNIT.search(detail)
    seconds = _UNITS[unit["unit"]] if unit else 1
    bounds = {match["which"]: _bound(match["value"], anchor, seconds) for match in _BOUND.finditer(detail[:2_000])}
    for name in sources["list"].split("~'")[1:] if sources else ():
        named = _GROUP.fullmatch(_unstarred(name))
        if named:
            yield ConsoleLink(region, named["name"], None, bounds.get("start"), bounds.get("end"), account=named["account"] or account)


def _tailed(query: str, region: str, account: str | None) -> Iterator[ConsoleLink]:
    """The groups that Live Tail listens to; it has no time. A stream counts where there is one group that it can be of."""
    match = _TAILED.search(query)
    names = [_unstarred(name).removesuffix(":*") for name in match["list"].split("~'")[1:]] if match else []
    stream = _unstarred(match["stream"]) if match and match["stream"] and len(names) == 1 else ""
    for name in names:
        if named := _GROUP.fullmatch(name):
            yield ConsoleLink(region, named["name"], stream if _STREAM.fullmatch(stream) else None, account=named["account"] or account)


def _bound(value: str, anchor: datetime, seconds: int) -> datetime | None:
    """A time of an Insights link: so many units before the anchor, or a quoted ISO time."""
    if value.startswith("'"):
        return _moment(_unstarred(value[1:]), anchor)
    return anchor if int(value) == 0 else _moment(str(int(value) * seconds * 1000), anchor)


def _unstarred(text: str) -> str:
    return re.sub(r"\*([0-9a-fA-F]{2})", lambda match: chr(int(match[1], 16)), text)


def _moment(value: str, anchor: datetime) -> datetime | None:
    """Milliseconds before the anchor when negative; else milliseconds since 1970, or an ISO time as the old console wrote it."""
    found = anchor + max(timedelta(milliseconds=int(value)), -_LONG_AGO) if _BEFORE.fullmatch(value) else moment(value)
    return found if found is not None and _FIRST_YEAR <= found.year <= _LAST_YEAR else None


def _millis(time: datetime) -> int:
    return round(time.timestamp() * 1000)


def _twice(text: str) -> str:
    return _dollars(quote(quote(text, safe=""), safe=""))


def _dollars(text: str) -> str:
    return text.replace("%", "$")
