"""Lines of CloudWatch become log events: stack traces joined, times and services completed, each with a link to the console."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby

import msgspec

from bot.config import Fields
from bot.core.links import cloudwatch_link
from bot.core.links.cloudwatch_link import ConsoleLink
from bot.core.logs import lambda_lines
from bot.core.logs.document import MAX_TEXT, assembled, document_in, event
from bot.core.logs.lines import plain_line
from bot.core.stacktrace import stacktrace
from bot.model import LogEvent
from bot.sources.cloudwatch.paging import Line

_BELIEVED = timedelta(minutes=10)
"""How far the time in a line may be from CloudWatch's own; a clock or a zone is wrong beyond it."""
_TOGETHER = timedelta(seconds=2)
"""Lines of one stack trace are written at once."""
_MOST_JOINED = 400
_BEGINNINGS = ("Traceback (most recent", "Caused by", "During handling of", "The above exception", "goroutine ")
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
        for line, request in _joined(stream, requests):
            place = _place(line, region, places)
            found.append(_event(line, known, place, traces.get(request, request)))
    return sorted(found, key=lambda one: one.time)


def link(line: Line, region: str) -> ConsoleLink:
    """Where a line stands in the console."""
    return ConsoleLink(region, line.group, line.stream or None, line.time, None if line.id else line.time + timedelta(seconds=1), event_id=line.id or None)


def _traces(stream: Sequence[Line], requests: Sequence[str | None]) -> dict[str | None, str]:
    """The X-Ray trace of each request whose REPORT names one."""
    pairs = ((request, lambda_lines.xray_id(line.text)) for line, request in zip(stream, requests, strict=True) if request and lambda_lines.usage(line.text))
    return {request: trace for request, trace in pairs if trace}


def _joined(stream: Sequence[Line], requests: Sequence[str | None]) -> list[tuple[Line, str | None]]:
    """Each line with what continues it: agents that know no multi-line pattern send a stack trace line by line."""
    joined: list[tuple[list[str], Line, str | None]] = []
    for line, request in zip(stream, requests, strict=True):
        head = line.text[:400]
        if joined and len(joined[-1][0]) < _MOST_JOINED and line.time - joined[-1][1].time <= _TOGETHER and _continues(head, joined[-1][0]):
            joined[-1][0].append(line.text.rstrip("\r\n")[:2_000])
        else:
            joined.append(([line.text], line, request))
    return [(msgspec.structs.replace(line, text="\n".join(texts)), request) for texts, line, request in joined]


def _continues(head: str, before: Sequence[str]) -> bool:
    """A frame, an indented line, the words that link traces; and after any of these the line that names the error."""
    if not head.strip() or head.lstrip()[:1] == "{" or lambda_lines.mark(head):
        return False
    if head[0] in " \t\xa0" or head.startswith(_BEGINNINGS) or stacktrace.is_frame(head):
        return True
    # What Python raised stands below the frames of its traceback, whatever its name.
    ends_traceback = before[-1][:1] in (" ", "\t") and any(text.startswith(_BEGINNINGS[0]) for text in before)
    return len(before) > 1 and (ends_traceback or stacktrace.HEAD.match(head) is not None) and plain_line(head, "") is None


def _event(line: Line, fields: Fields, place: str, request: str | None) -> LogEvent:
    text = line.text.replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ").rstrip("\n")
    found = _read(text, line, fields, place)
    time = found.time if abs(found.time - line.time) <= _BELIEVED else line.time
    trace = lambda_lines.xray_id(found.trace_id) if found.trace_id and "Root=" in found.trace_id else found.trace_id
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
        return found
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
