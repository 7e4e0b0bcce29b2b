"""Traces and requests followed through CloudWatch: the lines that name them, and for Lambda every line of the request, with what it used."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

import msgspec

from bot.config import Fields
from bot.core.links import cloudwatch_link
from bot.core.logs import lambda_lines, trace_id
from bot.core.logs.lambda_lines import Usage
from bot.errors import SourceError
from bot.model import Evidence, Gap, LogEvent, Record, Trend
from bot.sources.cloudwatch import paging as cloudwatch_paging
from bot.sources.cloudwatch import query as cloudwatch_query
from bot.sources.cloudwatch.client import LogsClient, side_by_side
from bot.sources.cloudwatch.groups import Group
from bot.sources.cloudwatch.lines import events, link
from bot.sources.cloudwatch.paging import Line, Lines, Search

LONGEST_REQUEST = timedelta(minutes=15)
"""AWS ends a Lambda function after this time at the latest."""
_A_MOMENT = timedelta(seconds=2)
MOST_REQUESTS = 3
"""Of one trace; a request is one call, more when it wrote thousands of lines."""
_PAGES = 3


class Request(Record, frozen=True):
    """One request of a Lambda function, in the stream of the instance that served it. `marks` are the lines that name it."""

    group: Group
    stream: str
    id: str
    marks: tuple[Line, ...]


class Followed(Record, frozen=True):
    """Every line of a request or trace, and what its REPORT lines tell."""

    events: tuple[LogEvent, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    gaps: tuple[Gap, ...] = ()
    queries: tuple[str, ...] = ()


def requests_in(found: Iterable[tuple[Group, Lines]]) -> tuple[Request, ...]:
    """The Lambda requests that these lines belong to, each with the lines that name it; the rest are no Lambda's."""
    marks: dict[tuple[str, str, str], list[Line]] = {}
    groups: dict[str, Group] = {}
    for group, lines in found:
        groups[group.name] = group
        for line in lines.lines:
            identity = lambda_lines.request_id(line.text)
            if identity and (lambda_lines.mark(line.text) or lambda_lines.version(line.stream)):
                marks.setdefault((line.group, line.stream, identity), []).append(line)
    return tuple(Request(groups[name], stream, identity, tuple(lines)) for (name, stream, identity), lines in marks.items())


def follow(client: LogsClient, request: Request, limit: int) -> Lines:
    """All lines of the request, those without its id too: an instance serves one request after the other. Raises SourceError."""
    marks = _marked(client, request)
    start, end = min(line.time for line in marks), max(line.time for line in marks) + _A_MOMENT
    whole = cloudwatch_paging.read(client, Search(request.group, "", start, end, limit, newest_first=False, streams=(request.stream,), pages=_PAGES))
    ordered = sorted(whole.lines, key=lambda line: line.order)
    owners = lambda_lines.requests([line.text for line in ordered])
    own = tuple(line for line, owner in zip(ordered, owners, strict=True) if owner == request.id)
    return msgspec.structs.replace(whole, lines=own)


def followed(client: LogsClient, requests: Sequence[Request], fields: Fields, limit: int) -> Iterator[Followed]:
    """Each request read, side by side; one that cannot be read is a gap, and its own lines are kept."""
    asked, region = client.asked, client.asked.logs.region
    taken = requests[:MOST_REQUESTS]
    for request, answer in zip(taken, side_by_side(taken, lambda one: follow(client, one, limit)), strict=True):
        if isinstance(answer, SourceError):
            yield Followed(gaps=(asked.gap_of(answer),))
            continue
        found = events(answer.lines, fields, region, contiguous=True)
        used = [(line, usage) for line in answer.lines if (usage := lambda_lines.usage(line.text)) is not None]
        told = tuple(_told(line, usage, asked.name, region) for line, usage in used)
        query = f"{asked.name}: request {request.id} in {request.group.name} {request.stream} → {cloudwatch_paging.counted([answer])}"
        gaps = answer.gaps
        if answer.more:
            cause = f"it wrote more than the {len(answer.lines):,} lines that were read"
            gaps += (asked.gap(f"every line of request {request.id}", cause, "raise `limits: trace_events:`, or open it in the console"),)
        yield Followed(tuple(found), told, gaps, (query,))
    if len(requests) > len(taken):
        cause = f"{len(requests)} requests belong to it, {len(taken)} were read line by line"
        yield Followed(gaps=(asked.gap("every line of the trace's requests", cause, "open the others in the console by their request ids"),))


def pattern_of(trace_ids: Iterable[str]) -> tuple[tuple[str, ...], str]:
    """The ids that can be asked for, in every spelling, and the filter pattern for them."""
    ids = cloudwatch_query.ids(trace_id.every(trace_ids))
    return ids, cloudwatch_query.any_of(ids)


def _marked(client: LogsClient, request: Request) -> tuple[Line, ...]:
    """The lines that name the request, with its START and REPORT: asked for where a trace id led to one of the others only."""
    known = {mark.what for line in request.marks if (mark := lambda_lines.mark(line.text))}
    if known >= {"START", "REPORT"}:
        return request.marks
    start, end = min(line.time for line in request.marks) - LONGEST_REQUEST, max(line.time for line in request.marks) + LONGEST_REQUEST
    search = Search(request.group, cloudwatch_query.any_of((request.id,)), start, end, 200, newest_first=False, streams=(request.stream,), pages=_PAGES)
    return (*request.marks, *cloudwatch_paging.read(client, search).lines)


def _told(line: Line, usage: Usage, source: str, region: str) -> Evidence:
    share = f" ({usage.used_mb * 100 // usage.memory_mb} %)" if usage.memory_mb else ""
    full = bool(usage.memory_mb) and usage.used_mb >= usage.memory_mb
    ended = {"timeout": "it ran out of time", "error": "it ended with an error", "failure": "it failed"}.get(usage.status, "")
    parts = (
        f"request {usage.request_id} took {usage.duration_ms:,.0f} ms",
        f"used {usage.used_mb} of {usage.memory_mb} MB{share}{', all of its memory' if full else ''}",
        f"a cold start: {usage.init_ms:,.0f} ms before that" if usage.init_ms is not None else "",
        f"{ended}{f' ({usage.error_type})' if usage.error_type else ''}" if ended else "",
    )
    statement = "; ".join(part for part in parts if part)
    counts = (("duration ms", round(usage.duration_ms)), ("memory MB", usage.memory_mb), ("memory used MB", usage.used_mb))
    init = (("init ms", round(usage.init_ms)),) if usage.init_ms is not None else ()
    place = cloudwatch_link.write(link(line, region))
    return Evidence("metric", source, place, statement, time=line.time, query=f"the REPORT line of {usage.request_id}", detail=Trend(statement, counts + init))
