"""What doctor asks of CloudWatch Logs: each configured group, one search, and one Insights query where they are allowed."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.errors import SourceError
from bot.model import Checkup
from bot.sources.cloudwatch import insights as cloudwatch_insights
from bot.sources.cloudwatch import paging as cloudwatch_paging
from bot.sources.cloudwatch.client import LogsClient
from bot.sources.cloudwatch.groups import READABLE, Group, Groups
from bot.sources.cloudwatch.insights import Query
from bot.sources.cloudwatch.paging import Search

_A_MINUTE = timedelta(minutes=1)


def examine(client: LogsClient, known: Groups, now: datetime) -> Iterable[Checkup]:
    """One line for what is amiss with a name, one for the groups found, one for each way of reading them."""
    asked = client.asked
    for gap in known.gaps:
        yield Checkup(f"{asked.name}: {gap.wanted}", False, gap.cause, gap.remedy)
    if known.groups:
        yield Checkup(f"{asked.name} groups", True, "; ".join(_told(group) for group in known.groups[:10]) + _more(len(known.groups) - 10))
    first = next((group for group in known.groups if group.filterable), None)
    if first is not None:
        yield _searched(client, Search(first, asked.logs.filter, now - _A_MINUTE, now, 1, pages=1))
    others = tuple(group for group in known.groups if group.kind in READABLE and not group.filterable)
    if others and not asked.logs.insights:
        remedy = f"set `{asked.key} insights: true`, or take it out of `groups:`"
        yield Checkup(f"{asked.name} {others[0].name}", False, f"its class {others[0].kind} can be read by Logs Insights only", remedy)
    if asked.logs.insights and known.groups:
        queried = others[:1] or known.groups[:1]
        yield _queried(client, Query(queried, "fields @timestamp | limit 1", now - _A_MINUTE, now, now))


def _searched(client: LogsClient, search: Search) -> Checkup:
    name = f"{client.asked.name} search"
    try:
        cloudwatch_paging.read(client, search)
    except SourceError as error:
        return Checkup(name, False, f"{error.doing}: {error.cause}", error.remedy)
    return Checkup(name, True, f"{search.group.name} answers to `{search.pattern}`")


def _queried(client: LogsClient, query: Query) -> Checkup:
    name = f"{client.asked.name} insights"
    try:
        answer = cloudwatch_insights.run(client, query)
    except SourceError as error:
        return Checkup(name, False, f"{error.doing}: {error.cause}", error.remedy)
    return Checkup(name, True, f"a query over one minute of {query.groups[0].name} scanned {answer.scanned_gb:.3f} GB")


def _told(group: Group) -> str:
    kept = f"{group.retention_days} days" if group.retention_days else "for ever" if group.created else "nobody knows how long"
    return f"{group.name} (kept {kept}{'' if group.filterable else f', {group.kind}'})"


def _more(count: int) -> str:
    return f"; and {count} more" if count > 0 else ""
