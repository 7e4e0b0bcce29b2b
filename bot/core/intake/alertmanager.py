"""Alertmanager's webhook (version 4): https://prometheus.io/docs/alerting/latest/configuration/#webhook_config."""

from collections.abc import Iterator, Mapping

from bot.core.intake import intake
from bot.core.intake.intake import Json, Received, first, inner, items, lines, links, words

VENDOR = "alertmanager"


def fits(payload: Json) -> bool:
    """Whether it looks like one."""
    return isinstance(payload.get("alerts"), list) and ("groupKey" in payload or "receiver" in payload or "commonLabels" in payload)


def read(payload: Json) -> Iterator[Received | bool | None]:
    """One for each alert that fires. An alert is known by its fingerprint, or its labels, and by when it began."""
    for one in items(payload.get("alerts"), 20_000):
        yield _alert(one) if isinstance(one, Mapping) else None


def _alert(one: Json) -> Received | bool | None:
    if one.get("status") == "resolved":
        return True
    labels, notes = inner(one, "labels"), inner(one, "annotations")
    named = tuple(sorted(f"{words(key, 200)}={words(value, 200)}" for key, value in list(labels.items())[:50]))
    title = first(notes, "summary", "title") or first(labels, "alertname")
    if not title and not labels:
        return None
    return Received(
        VENDOR,
        intake.identity(one.get("fingerprint") or ",".join(named)),
        title=f"{first(labels, 'alertname')}: {title}" if first(labels, "alertname") not in ("", title) else title,
        time=intake.moment(one.get("startsAt")),
        service=first(labels, "service", "app", "application", "job", "container", "deployment"),
        environment=first(labels, "environment", "env", "stage"),
        release=first(labels, "release", "version"),
        culprit=first(labels, "handler", "endpoint", "function"),
        error_type=first(labels, "error_type", "exception"),
        message=first(notes, "message", "error"),
        text=lines(notes.get("description")),
        stack=lines(notes.get("stack_trace") or notes.get("stacktrace")),
        trace_id=first(notes, "trace_id") or first(labels, "trace_id"),
        severity=first(labels, "severity"),
        links=links(one.get("generatorURL"), notes.get("runbook_url"), notes.get("dashboard_url"), notes.get("logs_url")),
    )
