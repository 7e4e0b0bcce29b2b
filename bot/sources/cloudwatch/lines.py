"""Lines of CloudWatch become log events: stack traces joined, times and services completed, each with a link to the console."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby

import msgspec

from bot.config import Fields
from bot.core.links import cloudwatch_link
from bot.core.links.cloudwatch_link import ConsoleLink
from bot.core.logs import lambda_lines, postgresql
from bot.core.logs.carrier import Carried, relayed
from bot.core.logs.document import MAX_TEXT, assembled, document_in, event
from bot.core.logs.line import plain_line, with_line_inside
from bot.core.logs.open_event import FirstLine, OpenEvent
from bot.core.logs.stamp import stamped
from bot.core.logs.time import Dating
from bot.model import LogEvent
from bot.sources.cloudwatch.paging import Line

_BELIEVED = timedelta(minutes=10)
"""How far the time in a line may be from CloudWatch's own; a clock or a zone is wrong beyond it."""
_LAMBDA = Fields(message=("errorMessage",), trace=("xray_trace_id", "xRayTraceId"), error_type=("errorType",), stack=("stackTrace",))


def events(lines: Iterable[Line], fields: Fields, region: str, *, contiguous: bool = False) -> list[LogEvent]:
    """The events of these lines, oldest first, the time of each being the line's own where it is believable.

    `contiguous`: every line of its streams is there, so that a line without a request id belongs to Lambda's START before it.
    An event without a trace id has that of its request's REPORT in that place, else the request's own id.
    """
    known = _extended(fields)
    ordered = sorted(lines, key=lambda line: (line.group, line.stream, line.order))
    found: list[LogEvent] = []
    places: set[str] = set()
    for _, group in groupby(ordered, key=lambda line: (line.group, line.stream)):
        stream = list(group)
        requests = lambda_lines.requests([line.text for line in stream]) if contiguous else [lambda_lines.request_id(line.text) for line in stream]
        traces = _traces(stream, requests)
        drafts = (_event(line, known, _place(line, region, places), traces.get(request, request)) for line, request in zip(stream, requests, strict=True))
        found.extend(_joined(stream, drafts))
    return sorted(found, key=lambda one: one.time)


def link(line: Line, region: str) -> ConsoleLink:
    """Where a line stands in the console."""
    return ConsoleLink(region, line.group, line.stream or None, line.time, None if line.id else line.time + timedelta(seconds=1), event_id=line.id or None)


def _traces(stream: Sequence[Line], requests: Sequence[str | None]) -> dict[str | None, str]:
    """The X-Ray trace of each request whose REPORT names one."""
    pairs = ((request, lambda_lines.xray_id(line.text)) for line, request in zip(stream, requests, strict=True) if request and lambda_lines.usage(line.text))
    return {request: trace for request, trace in pairs if trace}


def _joined(stream: Sequence[Line], drafts: Iterable[LogEvent]) -> Iterator[LogEvent]:
    """The event of each line with what continues it: agents that know no multi-line pattern send a stack trace line by line."""
    last: OpenEvent[LogEvent] | None = None
    for line, draft in zip(stream, drafts, strict=True):
        own = _own(line)
        told = Carried(own, line.time)
        if not own.strip():
            continue
        structured = own[:1] == "{" or lambda_lines.mark(own) is not None
        if last is not None and not structured:
            if more := postgresql.more_of(last.first.written, _text(line)):
                last.add(more, line.time)
                continue
            if last.takes_carried(told):
                last.add_carried(told)
                continue
            if last.holds(told, draft):
                continue
        yield from _closed(last)
        last = OpenEvent(draft, 0, FirstLine(own, _text(line)), line.time, structured=structured)
    yield from _closed(last)


def _closed(last: OpenEvent[LogEvent] | None) -> Iterator[LogEvent]:
    """The event, and those of the lines that were held for it in vain."""
    if last is not None:
        yield last.closed()[0]
        yield from (draft for _, draft in last.held)


def _own(line: Line) -> str:
    """What the program wrote, without the time and the request id that its runtime put before it."""
    text = lambda_lines.without_request(_text(line))
    stamp = None if text[:1] in ("{", " ", "\t") else stamped(text.partition("\n")[0][: 2 * MAX_TEXT], Dating())
    return text if stamp is None else relayed(text.partition("\n")[0], stamp).text.lstrip("\t") + "".join(text.partition("\n")[1:])


def _text(line: Line) -> str:
    return line.text.replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ").rstrip("\n")


def _event(line: Line, fields: Fields, place: str, request: str | None) -> LogEvent:
    text = _text(line)
    found = _read(text, line, fields, place)
    time = found.time if abs(found.time - line.time) <= _BELIEVED else line.time
    # A request that its line names is told as the trace it belongs to, where its REPORT names one.
    named = found.trace_id if found.trace_id != lambda_lines.request_id(text) else None
    trace = lambda_lines.xray_id(named) if named and "Root=" in named else named
    level = found.level
    if lambda_lines.mark(text):
        level = "INFO"
    elif lambda_lines.ended_badly(text):
        level = "ERROR"
    return msgspec.structs.replace(
        found,
        time=time,
        level=level,
        service=found.service or line.group.rstrip("/").rpartition("/")[2][:200],
        trace_id=trace or lambda_lines.xray_id(text) or request,
    )


def _read(text: str, line: Line, fields: Fields, place: str) -> LogEvent:
    if text.lstrip()[:1] == "{" and (document := document_in(text)) is not None and (found := event(document, fields, place, line.time)):
        return with_line_inside(found)
    first, _, rest = lambda_lines.without_request(text).partition("\n")
    if (inner := _document_behind(first, rest, line.time, fields, place)) is not None:
        return inner
    found = plain_line(first, place) or plain_line(f"{line.time:%Y-%m-%dT%H:%M:%S.%fZ} {first}", place)
    if found is None:
        found = LogEvent(line.time, first, place)
    # Once more with all lines: a stack is told from the message only when it is seen.
    return assembled(msgspec.structs.replace(found, message=f"{found.message}\n{rest[: 10 * MAX_TEXT]}")) if rest else found


def _document_behind(first: str, rest: str, time: datetime, fields: Fields, place: str) -> LogEvent | None:
    """An error that Lambda's Node.js runtime writes as a document behind time and level (`… ERROR Invoke Error {"errorType": …}`)."""
    head, brace, tail = first.partition("{")
    if not brace or ("errorType" not in tail[:2_000] and not head.rstrip().endswith(("stdout F", "stderr F"))):
        return None
    document = document_in(brace + tail + (f"\n{rest}" if rest else ""))
    found = event(document, fields, place, time) if document is not None else None
    level = plain_line(f"{time:%Y-%m-%dT%H:%M:%SZ} {head}", place)
    return msgspec.structs.replace(found, level=found.level or (level.level if level else "")) if found else None


def _place(line: Line, region: str, taken: set[str]) -> str:
    """A link of its own for each line, for places tell events apart: those that Insights found have no id."""
    place = link(line, region)
    while (url := cloudwatch_link.write(place)) in taken and place.end is not None:
        place = msgspec.structs.replace(place, end=place.end + timedelta(milliseconds=1))
    taken.add(url)
    return url


def _extended(fields: Fields) -> Fields:
    """The configured names, then those that Lambda's runtimes and Powertools use."""
    pairs = {name: tuple(dict.fromkeys((*getattr(fields, name), *getattr(_LAMBDA, name)))) for name in ("message", "trace", "error_type", "stack")}
    return msgspec.structs.replace(fields, **pairs)
