"""What the configuration says of the sources beyond log files, OpenSearch and code: one record for each system."""

from typing import Annotated, Literal

import msgspec

from bot.config.keys import described
from bot.model import Record

Narrowed = Literal["cloudwatch", "databases", "digitalocean", "github_activity", "kubernetes", "redis", "sentry"]
"""Systems that may be asked for some kinds of failure only; the others are always asked."""


class CloudWatchLogs(Record, frozen=True):
    """Log groups of one AWS account and region. Credentials come from the AWS environment."""

    region: Annotated[str, msgspec.Meta(pattern=r"^[a-z]{2}(-[a-z]{2,12}){1,3}-[0-9]{1,2}$"), described("Region of the groups: us-west-2")]
    groups: Annotated[
        tuple[Annotated[str, msgspec.Meta(pattern=r"^(arn:[a-z-]+:logs:[a-z0-9-]+:[0-9]{12}:log-group:)?([A-Za-z0-9_./#-]{1,512}\*?|\*)$")], ...],
        described("Names of log groups; a name that ends in * stands for all that begin so; a group of a linked account by its ARN."),
        msgspec.Meta(min_length=1),
    ]
    filter: Annotated[
        str, described("CloudWatch filter pattern, written by you, that tells errors from the rest."), msgspec.Meta(min_length=1, max_length=1024)
    ] = '?ERROR ?Error ?error ?Exception ?FATAL ?CRITICAL ?panic ?"timed out"'
    insights: Annotated[bool, described("Count, and read infrequent-access groups, with Logs Insights, which costs money by the gigabyte scanned.")] = False
    insights_filter: Annotated[
        str,
        described("Condition of an Insights query that tells errors from the rest; left out: `filter`, as far as it is made of terms."),
        msgspec.Meta(max_length=1024),
    ] = ""
    most_groups: Annotated[int, msgspec.Meta(ge=1, le=50)] = 10
    most_scanned_gb: Annotated[
        float, described("An Insights query that would scan more is not started, one that does is stopped."), msgspec.Meta(gt=0, le=1000)
    ] = 5
    endpoint: Annotated[Annotated[str, msgspec.Meta(pattern="^https?://[^/]")] | None, described("Another address than AWS's own, for a VPC endpoint.")] = None


class SentryOrganization(Record, frozen=True):
    """Projects of one Sentry organization. The token is SENTRY_AUTH_TOKEN, or SENTRY_<ORGANIZATION>_AUTH_TOKEN."""

    organization: str
    projects: Annotated[tuple[str, ...], described("Slugs; empty: every project that the token may read.")] = ()
    url: Annotated[str, described("https://sentry.io, a region (https://de.sentry.io) or your own.")] = "https://sentry.io"
    environments: Annotated[dict[str, str], described("Environment of the alert → what Sentry calls it, where the names differ.")] = {}
    ca_file: Annotated[str | None, described("Certificate of your own authority (PEM), relative to the repository's root.")] = None


class SlackHistory(Record, frozen=True):
    """Earlier messages of the alert's channel, and what people answered below them."""

    days: Annotated[int, described("How far back; 0: not at all."), msgspec.Meta(ge=0, le=365)] = 0
    most_messages: Annotated[
        int, described("Messages that one diagnosis reads of what is new, and of what is older; the next reads on from there."), msgspec.Meta(ge=1, le=10_000)
    ] = 2_000
    most_threads: Annotated[int, described("Threads of the same error that are read."), msgspec.Meta(ge=0, le=20)] = 5
    cache: Annotated[str, described("Folder that names of errors are kept in between runs, relative to the repository's root; no words of messages.")] = (
        ".errata/slack"
    )


class ErrorEvents(Record, frozen=True):
    """A table that the application writes its errors into; columns that it does not have are left empty."""

    table: str = "error_events"
    time: str = "created_at"
    time_form: Annotated[Literal["timestamp", "text", "epoch"], described("text: YYYY-MM-DD HH:MM:SS in UTC, as SQLite writes it; epoch: seconds.")] = (
        "timestamp"
    )
    code: str = "error_code"
    category: str = "error_category"
    message: str = "message"
    provider: str = ""
    user: str = ""
    executions: Annotated[str, described("A table of executions with a status and a duration; empty: there is none.")] = ""
    status: str = "status"
    duration: str = "duration_ms"


class Database(Record, frozen=True):
    """A database that approved queries may read. Its address is a secret of the environment, never in this file."""

    driver: Annotated[Literal["postgresql", "sqlite", "libsql", "http"], described("http: a query API that takes POST {query} and answers rows.")] = (
        "postgresql"
    )
    address_in: Annotated[
        str, described("Name of the environment variable that holds the address (postgresql://…, https://…/query), or the file for sqlite.")
    ] = "DATABASE_URL"
    token_in: Annotated[str, described("Name of the environment variable that holds the token of libsql and http.")] = "DATABASE_TOKEN"  # noqa: S105 - a name
    most_rows: Annotated[int, msgspec.Meta(ge=1, le=1_000)] = 200
    most_bytes: Annotated[int, msgspec.Meta(ge=1_000, le=10_000_000)] = 200_000
    seconds: Annotated[float, described("Time limit of one statement, in the database itself."), msgspec.Meta(gt=0, le=60)] = 5
    health_approved: Annotated[bool, described("Run the health queries of docs/sources.md without asking each time.")] = False
    error_events: ErrorEvents | None = None
    error_events_approved: Annotated[bool, described("Run the counts over the table of errors without asking each time.")] = False


class GitHubActivity(Record, frozen=True):
    """A repository whose workflow runs, releases and merged pull requests are looked at around the alert."""

    repository: Annotated[str, described("owner/name"), msgspec.Meta(pattern=r"^[A-Za-z0-9-]{1,39}/[A-Za-z0-9_.-]{1,100}$")]
    services: Annotated[tuple[str, ...], described("Services that it builds; empty: any.")] = ()
    workflows: Annotated[
        tuple[Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_.-]{1,100}\.ya?ml$")], ...],
        described("File names of the workflows that deploy; empty: all are looked at, and those count that are called so."),
        msgspec.Meta(max_length=3),
    ] = ()
    hours: Annotated[int, described("How far back workflow runs and releases are looked at."), msgspec.Meta(ge=1, le=168)] = 24
    log_hosts: Annotated[tuple[str, ...], described("Hosts that GitHub Enterprise Server keeps its logs on, where that is not its own.")] = ()


class DigitalOceanApp(Record, frozen=True):
    """An app of DigitalOcean's App Platform. The token is DIGITALOCEAN_TOKEN."""

    app: Annotated[str, described("Id of the app."), msgspec.Meta(pattern="^[A-Za-z0-9][A-Za-z0-9-]{0,63}$")]
    services: tuple[str, ...] = ()
    url: str = "https://api.digitalocean.com"


class KubernetesNamespace(Record, frozen=True):
    """A namespace that the pods of services run in. The address is KUBERNETES_URL or this one; the token KUBERNETES_TOKEN."""

    namespace: Annotated[str, msgspec.Meta(pattern="^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")]
    url: Annotated[str | None, described("Address of the API server; left out: KUBERNETES_URL.")] = None
    ca_file: str | None = None
    services: Annotated[dict[str, str], described("Service → label selector of its pods; left out: app=<service>.")] = {}


class RedisServer(Record, frozen=True):
    """A Redis server that INFO and the slow log are read from. Its address is a secret of the environment."""

    address_in: Annotated[str, described("Name of the environment variable that holds redis://… or rediss://…")] = "REDIS_URL"
    services: tuple[str, ...] = ()
    slow_log: Annotated[int, msgspec.Meta(ge=0, le=128)] = 20
