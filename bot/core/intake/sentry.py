"""Sentry's webhooks: issue alerts, issues, and metric alerts. https://docs.sentry.io/organization/integrations/integration-platform/webhooks/."""

from collections.abc import Iterator, Mapping

from bot.core.intake import intake
from bot.core.intake.intake import Json, Received, first, inner, items, lines, links, words

VENDOR = "sentry"
_MOST_FRAMES = 60


def fits(payload: Json) -> bool:
    """Whether it looks like one."""
    data = inner(payload, "data")
    return isinstance(payload.get("action"), str) and any(key in data for key in ("event", "issue", "metric_alert"))


def read(payload: Json) -> Iterator[Received | bool | None]:
    """An alert rule that was triggered, an issue that is new or came back, a metric that is critical or warns; all else is no alert."""
    action, data = payload.get("action"), inner(payload, "data")
    if event := inner(data, "event"):
        yield _event(event) if action == "triggered" else True
    elif issue := inner(data, "issue"):
        yield _issue(issue) if action in ("created", "unresolved") else True
    elif metric := inner(data, "metric_alert"):
        yield _metric(metric, data) if action in ("critical", "warning") else True
    else:
        yield None


def _event(event: Json) -> Received:
    raised = [one for one in items(inner(event, "exception").get("values"), 50) if isinstance(one, Mapping)]
    last: Json = raised[-1] if raised else inner(event, "metadata")
    tags = {words(pair[0], 100): words(pair[1]) for pair in items(event.get("tags"), 100) if isinstance(pair, list) and len(pair) == 2}
    return Received(
        VENDOR,
        intake.identity(event.get("issue_id") or event.get("issue_url"), event.get("event_id")),
        title=first(event, "title"),
        time=intake.moment(event.get("datetime")) or intake.moment(event.get("timestamp")),
        service=tags.get("service") or first(event, "project_slug", "project_name") or tags.get("server_name", ""),
        environment=first(event, "environment") or tags.get("environment", ""),
        release=first(event, "release") or first(inner(event, "release"), "version") or tags.get("release", ""),
        culprit=first(event, "culprit", "transaction"),
        error_type=first(last, "type"),
        message=first(last, "value"),
        text=lines(event.get("message")),
        stack=_stack(last),
        trace_id=first(inner(event, "contexts", "trace"), "trace_id"),
        severity=first(event, "level"),
        links=links(event.get("web_url"), event.get("issue_url")),
    )


def _issue(issue: Json) -> Received:
    return Received(
        VENDOR,
        intake.identity(issue.get("id") or issue.get("shortId")),
        title=first(issue, "title"),
        time=intake.moment(issue.get("lastSeen")) or intake.moment(issue.get("firstSeen")),
        service=first(inner(issue, "project"), "slug", "name"),
        culprit=first(issue, "culprit"),
        error_type=first(inner(issue, "metadata"), "type"),
        message=first(inner(issue, "metadata"), "value"),
        severity=first(issue, "level"),
        links=links(issue.get("permalink"), issue.get("web_url")),
    )


def _metric(metric: Json, data: Json) -> Received:
    rule = inner(metric, "alert_rule")
    return Received(
        VENDOR,
        intake.identity(metric.get("id"), metric.get("identifier")),
        title=first(data, "description_title") or first(metric, "title") or first(rule, "name"),
        time=intake.moment(metric.get("date_started")) or intake.moment(metric.get("date_detected")),
        service=next((words(one) for one in items(metric.get("projects"), 5) if words(one)), ""),
        environment=first(rule, "environment"),
        text=lines(data.get("description_text")),
        links=links(data.get("web_url")),
    )


def _stack(raised: Json) -> str:
    """As Python prints it, the failing frame last, which is the order that Sentry keeps."""
    frames = [one for one in items(inner(raised, "stacktrace").get("frames"), 10_000) if isinstance(one, Mapping)][-_MOST_FRAMES:]
    shown = [line for one in frames for line in _frame(one)]
    error = ": ".join(part for part in (first(raised, "type"), first(raised, "value")) if part)
    return "\n".join(("Traceback (most recent call last):", *shown, error or "Error")) if shown else ""


def _frame(frame: Json) -> Iterator[str]:
    file, line, function = first(frame, "filename", "abs_path", "module"), frame.get("lineno"), first(frame, "function") or "<module>"
    if file and isinstance(line, int) and not isinstance(line, bool) and line > 0:
        yield f'  File "{file.replace(chr(34), "")}", line {line}, in {function}'
        if told := words(frame.get("context_line"), 200):
            yield f"    {told}"
