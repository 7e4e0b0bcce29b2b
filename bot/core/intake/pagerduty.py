"""PagerDuty's webhooks, version 3: https://developer.pagerduty.com/docs/webhooks-overview."""

from collections.abc import Iterator, Mapping

from bot.core.intake import intake
from bot.core.intake.intake import Json, Received, first, inner, lines, links

VENDOR = "pagerduty"
_BEGINS = frozenset({"incident.triggered", "incident.reopened"})


def fits(payload: Json) -> bool:
    """Whether it looks like one."""
    return isinstance(payload.get("event"), Mapping) and "event_type" in inner(payload, "event")


def read(payload: Json) -> Iterator[Received | bool | None]:
    """The incident that was triggered or reopened; every other event of an incident is no alert."""
    event, data = inner(payload, "event"), inner(payload, "event", "data")
    kind = event.get("event_type")
    if not isinstance(kind, str) or not data:
        yield None
    elif kind not in _BEGINS:
        yield True
    else:
        yield _incident(event, data)


def _incident(event: Json, data: Json) -> Received:
    reopened = event.get("event_type") == "incident.reopened"
    details = inner(data, "body", "details") or inner(data, "body", "cef_details", "details")
    return Received(
        VENDOR,
        intake.identity(data.get("id") or data.get("incident_key")),
        title=first(data, "title", "summary"),
        # Reopened is another time of the same incident.
        time=intake.moment(event.get("occurred_at")) if reopened else intake.moment(data.get("created_at")) or intake.moment(event.get("occurred_at")),
        service=first(inner(data, "service"), "summary"),
        environment=first(details, "environment", "env"),
        release=first(details, "release", "version"),
        error_type=first(details, "error_type", "exception"),
        message=first(details, "message", "error"),
        text=lines(details.get("description")),
        stack=lines(details.get("stack_trace") or details.get("stacktrace")),
        trace_id=first(details, "trace_id"),
        severity=first(inner(data, "priority"), "summary") or first(data, "urgency"),
        links=links(data.get("html_url"), details.get("logs_url"), details.get("client_url")),
    )
