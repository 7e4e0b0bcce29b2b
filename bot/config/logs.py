"""What the configuration says of log files and OpenSearch."""

from typing import Annotated, Literal

from bot.config.keys import described
from bot.model import Record


class LogFiles(Record, frozen=True):
    """Log files of one environment, or of all when `environment` is left out."""

    paths: Annotated[tuple[str, ...], described("Files or globs (** for any folders), relative to the repository's root, or absolute.")]
    environment: str | None = None
    timezone: Annotated[str, described("Zone of times that are written without one: UTC, +02:00 or Europe/Berlin.")] = "UTC"
    service: Annotated[str | None, described("The service whose lines these are, where a line names none.")] = None


class Fields(Record, frozen=True):
    """Field names of a log document, the first that is present wins; dots reach into nested objects."""

    time: tuple[str, ...] = ("@timestamp", "timestamp", "time", "Timestamp", "@t")
    # Where a logger writes both a number and a word (Monolog), the word tells more: it comes first.
    level: tuple[str, ...] = (
        "level_name",
        "levelname",
        "level",
        "log.level",
        "log_level",
        "loglevel",
        "severity",
        "severity_text",
        "severityText",
        "severity.text",
        "Level",
        "@l",
        "LogLevel",
        "lvl",
        "error_severity",
        "SeverityText",
    )
    message: tuple[str, ...] = (
        "message",
        "msg",
        "body",
        "body.text",
        "log",
        "RenderedMessage",
        "MessageTemplate",
        "@m",
        "@mt",
        "Message",
        "textPayload",
        "jsonPayload.message",
        "fields.message",
        "formattedMessage",
        "full_message",
        "short_message",
        "properties.message",
        "Body",
        "event",
    )
    service: tuple[str, ...] = (
        "service",
        "service.name",
        "serviceName",
        "resource.service.name",
        "resource.attributes.service.name",
        "resource.attributes.service@name",
        "kubernetes.container.name",
        "kubernetes.container_name",
        "resource.labels.container_name",
        "resource.labels.service_name",
        "service_name",
        "dd.service",
        "ServiceName",
    )
    trace: tuple[str, ...] = (
        "trace_id",
        "trace.id",
        "traceId",
        "spans.trace_id",
        "traceID",
        "TraceId",
        "otelTraceID",
        "dd.trace_id",
        "mdc.traceId",
        "@tr",
        "Scopes.TraceId",
        "logging.googleapis.com/trace",
    )
    error_type: tuple[str, ...] = (
        "error.type",
        "exception.type",
        "attributes.exception.type",
        "log.attributes.exception@type",
        "error_type",
        "err.type",
        "error.kind",
        "exception.class",
        "context.exception.class",
        "LogAttributes.exception.type",
        "errorType",
    )
    stack: tuple[str, ...] = (
        "error.stack_trace",
        "exception.stacktrace",
        "attributes.exception.stacktrace",
        "log.attributes.exception@stacktrace",
        "stack_trace",
        "exc_info",
        "traceback",
        "stack",
        "err.stack",
        "error.stack",
        "stacktrace",
        "Exception",
        "@x",
        "exception",
        "jsonPayload.stack_trace",
        "jsonPayload.exception",
        "exception.backtrace",
        "LogAttributes.exception.stacktrace",
        "stackTrace",
    )
    release: tuple[str, ...] = (
        "release",
        "service.version",
        "resource.attributes.service.version",
        "resource.attributes.service@version",
        "ResourceAttributes.service.version",
        "version",
    )
    user: tuple[str, ...] = ("user.id", "user_id", "userId", "enduser.id", "attributes.enduser.id", "attributes.user.id")
    tenant: tuple[str, ...] = ("tenant.id", "tenant_id", "tenant", "organization.id", "account_id")
    span: tuple[str, ...] = ("span_id", "span.id", "spanId", "spans.span_id", "@sp", "SpanId")
    parent_span: tuple[str, ...] = ("parent_span_id", "parent.id", "parentSpanId", "spans.parent_span_id")


class OpenSearchCluster(Record, frozen=True):
    """One OpenSearch cluster. Credentials come from the environment, never from this file."""

    url: str
    indices: tuple[str, ...]
    environment: Annotated[str | None, described("The environment whose alerts it is asked for; left out: its own name. Clusters may share one.")] = None
    auth: Annotated[
        Literal["none", "basic", "sigv4"],
        described("basic: OPENSEARCH_USERNAME and OPENSEARCH_PASSWORD, or OPENSEARCH_<NAME>_…; sigv4: AWS credentials."),
    ] = "none"
    region: str | None = None
    service: Literal["es", "aoss"] = "es"
    ca_file: str | None = None
    connect_to: Annotated[
        str | None, described("Where a tunnel to the cluster begins, https://localhost:9200 say; requests are still made out and signed for `url`.")
    ] = None
    dashboards_url: Annotated[
        str | None, described("Address of its Dashboards, with the path before /app: short links of alerts are resolved there, and evidence links there.")
    ] = None
    dashboards_tenant: Annotated[
        str | None, described("Tenant that shared links belong to, where Dashboards has several; left out: the user's default, or what the link names.")
    ] = None
    dashboards_index: Annotated[
        str | None, described("Id of the index pattern that links to evidence open; left out: Dashboards is asked for the one that fits `indices`.")
    ] = None
    fields: Fields = Fields()
    error_query: Annotated[
        str,
        described(
            "Query string, written by you, that tells errors from the rest; left out: "
            "a field of `fields: level:` says error, critical, severe, panic and the like, or a number that pino, Monolog or OpenTelemetry gives one."
        ),
    ] = ""
