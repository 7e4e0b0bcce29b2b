"""One event of Sentry as a log event, and what it says of its request and of what went before; no user, cookie, header, body or local variable."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from bot.core.logs.document import level
from bot.core.logs.time import moment
from bot.core.logs.trace_id import is_trace_id
from bot.core.plain_text.plain_text import cut, one_line, visible
from bot.core.systems import sentry_stack
from bot.core.systems.sentry_shape import Json, entry, inner, objects, tags, text
from bot.model import LogEvent

_MOST_CRUMBS = 20
_TAGS = ("release", "environment", "transaction", "status", "http.status_code", "browser", "os", "runtime", "handled", "mechanism", "level")


def log_event(event: Json, place: str, service: str) -> LogEvent | None:
    """The event as a line of a log, its stack as a text; None when it has no time. `service` is the project's slug."""
    time = moment(event.get("dateCreated")) or moment(event.get("dateReceived"))
    if time is None:
        return None
    found = sentry_stack.exceptions(entry(event, "exception"))
    raised = found[-1] if found else {}
    named = tags(event)
    return LogEvent(
        time,
        sentry_stack.head(raised) or _message(event),
        place,
        level(named.get("level", "error")),
        service,
        text(raised, "type") or text(inner(event, "metadata"), "type") or None,
        sentry_stack.stack(found, text(event, "platform", limit=40).lower()),
        trace_id(event),
        release(event),
    )


def occurrence(listed: Json, place: str, service: str) -> LogEvent | None:
    """An event as a list of events has it: without its trace, and without its user."""
    time = moment(listed.get("dateCreated")) or moment(listed.get("dateReceived"))
    metadata = inner(listed, "metadata")
    said = ": ".join(part for part in (text(metadata, "type"), text(metadata, "value", limit=2_000)) if part) or text(listed, "title", "message", limit=2_000)
    if time is None or not said:
        return None
    return LogEvent(time, said, place, level(tags(listed).get("level", "error")), service, text(metadata, "type") or None, release=release(listed))


def release(event: Json) -> str | None:
    """The version that ran."""
    return text(inner(event, "release"), "version") or tags(event).get("release") or None


def transaction(event: Json) -> str | None:
    """The name of the route or the job that failed."""
    return tags(event).get("transaction") or text(event, "transaction") or None


def trace_id(event: Json) -> str | None:
    """The id that other services know the request by."""
    found = text(inner(event, "contexts", "trace"), "trace_id") or tags(event).get("trace", "")
    return found if is_trace_id(found) else None


def told_tags(event: Json) -> str:
    """The tags that say where it happened: `release=transfers@2.14.0 environment=production`."""
    named = tags(event)
    return " ".join(f"{name}={named[name]}" for name in _TAGS if name in named)


def request(event: Json) -> str:
    """Method and URL, the values of its query left out; empty when there was no request."""
    data = entry(event, "request")
    url = without_values(text(data, "url", limit=1_000))
    names = [name for name in _names(data.get("query")) if f"{name}=…" not in url]
    query = "&".join(f"{name}=…" for name in dict.fromkeys(names))
    return f"{text(data, 'method', limit=20) or 'GET'} {url}{('&' if '?' in url else '?') + query if query else ''}" if url else ""


def breadcrumbs(event: Json) -> tuple[str, ...]:
    """What the SDK noted before the failure, oldest first, one line each; the last twenty. The second value of a call is its status."""
    return tuple(line for crumb in objects(entry(event, "breadcrumbs").get("values"), 10_000)[-_MOST_CRUMBS:] if (line := _crumb(crumb)))


def breadcrumb_count(event: Json) -> int:
    """How many there were."""
    return len(objects(entry(event, "breadcrumbs").get("values"), 10_000))


def without_values(url: str) -> str:
    """The URL without credentials, fragment and the values of its query, whose names stay."""
    try:
        parts = urlsplit(url)
        where = parts.netloc.rpartition("@")[2]
        names = "&".join(f"{name}=…" for name in dict.fromkeys(_names(parts.query)))
    except ValueError:
        return ""
    return f"{f'{parts.scheme}://' if parts.scheme else ''}{where}{parts.path}{f'?{names}' if names else ''}"


def _crumb(crumb: Json) -> str:
    time = moment(crumb.get("timestamp"))
    when = f"{time:%H:%M:%S}.{time.microsecond // 1000:03}" if time else ""
    called = inner(crumb, "data")
    spoken = (text(called, "method", limit=20), without_values(text(called, "url", limit=500)), text(called, "status_code", limit=10))
    call = " ".join(part for part in spoken if part)
    said = cut(one_line(str(crumb.get("message") or "")[:2_000]), 300)
    kind = text(crumb, "category", "type", limit=60)
    severity = text(crumb, "level", limit=20).upper()
    return " ".join(part for part in (when, "" if severity == "INFO" else severity, kind, call, said) if part) if call or said else ""


def _message(event: Json) -> str:
    data = entry(event, "message")
    told: Any = data.get("formatted") or data.get("message") or event.get("message") or event.get("title") or ""
    return visible(told[:4_000]).strip() if isinstance(told, str) else ""


def _names(query: object) -> Iterator[str]:
    """The names of a query string, or of Sentry's list of pairs."""
    if isinstance(query, str):
        yield from (cut(one_line(name), 60) for name, _ in parse_qsl(query[:4_000], keep_blank_values=True)[:50])
    elif isinstance(query, list):
        yield from (cut(one_line(pair[0][:200]), 60) for pair in query[:50] if isinstance(pair, list) and pair and isinstance(pair[0], str))
