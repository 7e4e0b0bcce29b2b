"""A look-up in CloudWatch Logs: the lines of a window that hold all of some words, error or not."""

from collections.abc import Sequence

from bot.config import Fields, Limits
from bot.core.logs.words import LogWords
from bot.errors import SourceError
from bot.model import Findings, Gap, Inquiry
from bot.sources.cloudwatch import paging as cloudwatch_paging
from bot.sources.cloudwatch import query as cloudwatch_query
from bot.sources.cloudwatch.client import LogsClient, side_by_side
from bot.sources.cloudwatch.groups import Group
from bot.sources.cloudwatch.lines import events
from bot.sources.cloudwatch.paging import Lines, Search, counted, told


def look_up(client: LogsClient, inquiry: Inquiry, groups: Sequence[Group], fields: Fields, limits: Limits) -> Findings:
    """Events of these groups, oldest first. FilterLogEvents tells capitals apart, and knows no classes of groups but the standard one."""
    what = LogWords(inquiry.words, inquiry.service or "")
    pattern = cloudwatch_query.all_of(what.words)
    if pattern is None:
        cause = "a word holds a quotation mark, a backslash or a control character, or they are too long together"
        return Findings(gaps=(client.asked.gap(str(what), cause, "look for other words of the same lines"),))
    searches = [Search(group, pattern, inquiry.start, inquiry.end, limits.error_events) for group in groups if group.filterable]
    if not searches:
        return Findings(gaps=tuple(_closed(client, what, groups)))
    answers = side_by_side(searches, lambda search: cloudwatch_paging.read(client, search))
    read = [answer for answer in answers if isinstance(answer, Lines)]
    gaps = [client.asked.gap_of(answer) for answer in answers if isinstance(answer, SourceError)]
    gaps += [gap for answer in read for gap in answer.gaps]
    gaps += _closed(client, what, groups)
    found = events([line for answer in read for line in answer.lines], fields, client.asked.logs.region)
    kept = [event for event in found if not what.service or event.service.lower() in (what.service.lower(), "")]
    queries = [f"{client.asked.name}: {what}, as they are written, in {told(searches)} → {counted(read)}"] if read else []
    return Findings(tuple(kept), gaps=tuple(dict.fromkeys(gaps)), queries=tuple(queries))


def _closed(client: LogsClient, what: LogWords, groups: Sequence[Group]) -> list[Gap]:
    """Groups that only Insights reads, which is paid by the gigabyte: not for a look-up."""
    names = ", ".join(group.name for group in groups if not group.filterable)
    return [client.asked.gap(f"{what} in {names}", "only Logs Insights reads groups of this class", "search them in the console")] if names else []
