"""Opsgenie's webhook integration: https://support.atlassian.com/opsgenie/docs/opsgenie-edge-connector-alert-action-data/."""

from collections.abc import Iterator, Mapping

from bot.core.intake import intake
from bot.core.intake.intake import Json, Received, first, inner, items, lines, links, words

VENDOR = "opsgenie"


def fits(payload: Json) -> bool:
    """Whether it looks like one."""
    return isinstance(payload.get("alert"), Mapping) and isinstance(payload.get("action"), str)


def read(payload: Json) -> Iterator[Received | bool | None]:
    """The alert that was created; acknowledging, closing, or a note is no alert."""
    alert = inner(payload, "alert")
    if not alert or not isinstance(payload.get("action"), str):
        yield None
    elif payload["action"] != "Create":
        yield True
    else:
        yield _alert(payload, alert)


def _alert(payload: Json, alert: Json) -> Received:
    details = inner(alert, "details")
    tags = [words(tag, 100) for tag in items(alert.get("tags"), 50)]
    tagged = {name.strip().lower(): value.strip() for name, colon, value in (tag.partition(":") for tag in tags) if colon}
    return Received(
        VENDOR,
        intake.identity(alert.get("alertId") or alert.get("alias")),
        title=first(alert, "message"),
        time=intake.moment(alert.get("createdAt")),
        service=first(details, "service", "app") or tagged.get("service", "") or first(alert, "entity"),
        environment=first(details, "environment", "env") or tagged.get("environment", tagged.get("env", "")),
        release=first(details, "release", "version"),
        error_type=first(details, "error_type", "exception"),
        message=first(details, "message", "error"),
        text=lines(alert.get("description")),
        stack=lines(details.get("stack_trace") or details.get("stacktrace")),
        trace_id=first(details, "trace_id"),
        severity=first(alert, "priority"),
        links=links(details.get("logs_url"), details.get("url"), payload.get("alertUrl")),
    )
