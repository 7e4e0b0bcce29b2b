"""OpenSearch alerting: the message that a monitor's action sends, by the template of docs/intake.md, which writes the monitor's own `ctx`.

https://docs.opensearch.org/latest/observing-your-data/alerting/actions/
"""

from collections.abc import Iterator, Mapping

from bot.core.intake import intake
from bot.core.intake.intake import Json, Received, first, inner, items, lines, links, words

VENDOR = "opensearch"


def fits(payload: Json) -> bool:
    """Whether it looks like one."""
    return isinstance(payload.get("monitor"), Mapping) and isinstance(payload.get("trigger"), Mapping)


def read(payload: Json) -> Iterator[Received | bool | None]:
    """The trigger that fired; for a monitor by bucket, each bucket that is new. Completed alerts are none."""
    monitor, trigger = inner(payload, "monitor"), inner(payload, "trigger")
    if not first(monitor, "name", "_id") or not first(trigger, "name", "id"):
        yield None
        return
    for _ in items(payload.get("completedAlerts"), 20_000):
        yield True
    if words(payload.get("state")).upper() in ("COMPLETED", "DELETED"):
        yield True
        return
    buckets = [one for one in items(payload.get("newAlerts"), 20_000) if isinstance(one, Mapping)]
    for bucket in buckets:
        yield _alert(payload, monitor, trigger, bucket)
    if not buckets and not payload.get("completedAlerts"):
        yield _alert(payload, monitor, trigger, {})


def _alert(payload: Json, monitor: Json, trigger: Json, bucket: Json) -> Received:
    sample = inner(payload, "sample")
    keys = words(bucket.get("bucket_keys"))
    named = ": ".join(part for part in (first(monitor, "name"), first(trigger, "name"), keys) if part)
    return Received(
        VENDOR,
        intake.identity(first(monitor, "_id", "id", "name"), first(trigger, "id", "name"), keys),
        title=named,
        time=intake.moment(bucket.get("start_time")) or intake.moment(payload.get("alertStart")) or intake.moment(payload.get("periodEnd")),
        service=first(sample, "service", "service.name") or first(payload, "service"),
        environment=first(sample, "environment") or first(payload, "environment"),
        error_type=first(sample, "error_type", "error.type"),
        message=first(sample, "message") or first(payload, "error"),
        text=lines(payload.get("message")),
        stack=lines(sample.get("stack_trace") or sample.get("stacktrace")),
        trace_id=first(sample, "trace_id"),
        severity=first(trigger, "severity"),
        links=links(payload.get("url"), payload.get("dashboard_url")),
    )
