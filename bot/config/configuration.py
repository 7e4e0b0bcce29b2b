"""The whole of the configuration file, and its short sections."""

from typing import Annotated, Literal

import msgspec

from bot.config.claude import Claude
from bot.config.code import Codebase
from bot.config.delivery import ESCALATION, Intake, Scan, Step
from bot.config.keys import Minutes, Seconds, described
from bot.config.knowledge import Dashboard, Postmortems, RecurrencePolicy, Requests, Reviews
from bot.config.logs import Fields, LogFiles, OpenSearchCluster
from bot.config.redaction import Redaction
from bot.config.sources import (
    CloudWatchLogs,
    Database,
    DigitalOceanApp,
    GitHubActivity,
    KubernetesNamespace,
    Narrowed,
    RedisServer,
    SentryOrganization,
    SlackHistory,
)
from bot.config.tracking import Linear, Odoo, TrackerName, Tracking
from bot.model import Category, Record, Severity


class Environment(Record, frozen=True):
    """A name and the pattern by which a log link or an alert's text gives it away."""

    name: str
    pattern: Annotated[str, described("Regular expression, searched in log links first, then in the alert's text.")]


class Window(Record, frozen=True):
    """How far around the alert to look: back first, since an alert comes after its error."""

    minutes_before: Minutes = 5
    minutes_after: Minutes = 1


class Limits(Record, frozen=True):
    """Ceilings of one diagnosis."""

    errors_per_message: Annotated[int, msgspec.Meta(ge=1, le=20)] = 5
    source_seconds: Annotated[Seconds, described("Deadline of one source; what it has not answered by then is a gap.")] = 30
    error_events: Annotated[int, msgspec.Meta(ge=1, le=10000)] = 200
    trace_events: Annotated[int, msgspec.Meta(ge=1, le=10000)] = 1000
    evidence_tokens: Annotated[
        int, described("Budget of the log lines of one source, at four characters a token; every error is kept."), msgspec.Meta(ge=500, le=100000)
    ] = 3500
    seconds_between_writes: Annotated[float, msgspec.Meta(ge=0, le=60), described("Pause between writes to GitHub, which asks for one second.")] = 1


class Response(Record, frozen=True):
    """What a severity obliges to."""

    response_time: str
    escalation: str


class Severities(Record, frozen=True):
    """The response matrix."""

    critical: Response = Response("< 15 minutes", "page the on-call engineer now, then team lead and engineering manager")
    high: Response = Response("< 1 hour", "on-call engineer, team lead within 30 minutes")
    medium: Response = Response("< 4 hours", "owning team, in business hours")
    low: Response = Response("< 1 week", "backlog, next sprint planning")

    def of(self, severity: Severity) -> Response:
        """The row of one severity."""
        rows: dict[Severity, Response] = {"critical": self.critical, "high": self.high, "medium": self.medium, "low": self.low}
        return rows[severity]

    def texts(self) -> tuple[str, ...]:
        """Every time and escalation that is promised."""
        return tuple(text for row in (self.critical, self.high, self.medium, self.low) for text in (row.response_time, row.escalation))


class Embedded(Record, frozen=True):
    """Where the adapters that need no account keep their things, relative to the repository's root."""

    messages: str = "messages"
    replies: str = "replies.ndjson"
    issues: str = "issues"


DEFAULT_ENVIRONMENTS = (
    Environment("dev", r"\bdev\.dev\b"),
    Environment("loadtest", r"\bloadtest\.dev\b"),
    Environment("prod", r"\bus-west-2\b"),
)


class Configuration(Record, frozen=True):
    """The whole of `.github/knowledge-bot.yml`."""

    chat: Annotated[Literal["slack", "console"], described("console: messages from files, replies to a file and the terminal.")] = "slack"
    forge: Annotated[Literal["github", "local"], described("local: a branch in this git repository and a text beside it.")] = "github"
    tracker: TrackerName = "github"
    default_branch: str = "main"
    channels: Annotated[tuple[str, ...], described("Ids of the channels that alerts come from; doctor checks that the bot is a member.")] = ()
    slack_hosts: Annotated[tuple[str, ...], described("Host suffixes of Slack links beside slack.com and slack-gov.com.")] = ()
    environments: tuple[Environment, ...] = DEFAULT_ENVIRONMENTS
    default_environment: Annotated[str, described("When nothing in the alert names one.")] = "prod"
    window: Window = Window()
    limits: Limits = Limits()
    files: tuple[LogFiles, ...] = ()
    fields: Annotated[Fields, described("Field names in log files.")] = Fields()
    opensearch: Annotated[dict[str, OpenSearchCluster], described("One cluster for each environment, by the environment's name.")] = {}
    cloudwatch: Annotated[dict[str, CloudWatchLogs], described("Log groups for each environment, by the environment's name.")] = {}
    sentry: tuple[SentryOrganization, ...] = ()
    slack_history: SlackHistory = SlackHistory()
    databases: Annotated[dict[str, Database], described("One database for each environment, by the environment's name.")] = {}
    github_activity: tuple[GitHubActivity, ...] = ()
    digitalocean: Annotated[dict[str, tuple[DigitalOceanApp, ...]], described("Apps for each environment, by the environment's name.")] = {}
    kubernetes: Annotated[dict[str, tuple[KubernetesNamespace, ...]], described("Namespaces for each environment, by the environment's name.")] = {}
    redis: Annotated[dict[str, tuple[RedisServer, ...]], described("Redis servers for each environment, by the environment's name.")] = {}
    evidence: Annotated[
        dict[Narrowed, tuple[Category, ...]],
        described("Source → the categories of errors that it is asked for; an error whose category is unknown asks all. Left out: docs/sources.md."),
    ] = {}
    code: tuple[Codebase, ...] = ()
    code_cache: Annotated[str, described("Folder that clones are kept in between runs, relative to the repository's root.")] = ".errata/code"
    diagnoser: Annotated[Literal["auto", "claude", "rules"], described("auto: Claude where its credentials are set, else the rules.")] = "auto"
    claude: Claude = Claude()
    redaction: Redaction = Redaction()
    severities: Severities = Severities()
    tracking: Tracking = Tracking()
    linear: Linear = Linear()
    odoo: Odoo = Odoo()
    recurrence: RecurrencePolicy = RecurrencePolicy()
    scan: Scan = Scan()
    intake: Intake = Intake()
    escalation: Annotated[tuple[Step, ...], described("A severity without steps is never escalated.")] = ESCALATION
    requests: Requests = Requests()
    dashboard: Dashboard = Dashboard()
    reviews: Reviews = Reviews()
    postmortems: Postmortems = Postmortems()
    embedded: Embedded = Embedded()
