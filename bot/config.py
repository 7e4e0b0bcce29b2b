"""`.github/knowledge-bot.yml` and the environment become Settings; nothing else in the house reads `os.environ`."""

import difflib
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import yaml

from bot.core.links.repository_address import ACCEPTED, address
from bot.delivery_config import ESCALATION, Intake, Scan, Step
from bot.errors import BadConfiguration
from bot.knowledge_config import Dashboard, Postmortems, RecurrencePolicy, Requests, Reviews
from bot.model import Category, Record, Severity
from bot.model_config import Claude
from bot.redaction_config import Redaction
from bot.source_config import (
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
from bot.tracking_config import Linear, Odoo, TrackerName, Tracking

CONFIGURATION = ".github/knowledge-bot.yml"

_SECRET_NAME = re.compile(r"(?:TOKEN|PASSWORD|SECRET|SECRET_ACCESS_KEY|PRIVATE_KEY|API_KEY|DATABASE_URL|REDIS_URL|DSN)$")
_WITH_CREDENTIALS = re.compile(r"[a-z][a-z0-9+.-]{1,20}://[^/@\s]{0,300}:[^/@\s]{1,300}@", re.IGNORECASE)

Minutes = Annotated[float, msgspec.Meta(ge=0, le=1440)]
Seconds = Annotated[float, msgspec.Meta(gt=0, le=3600)]


def described(text: str) -> msgspec.Meta:
    """What an editor shows for a key, through the generated JSON Schema."""
    return msgspec.Meta(description=text)


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


class LogFiles(Record, frozen=True):
    """Log files of one environment, or of all when `environment` is left out."""

    paths: Annotated[tuple[str, ...], described("Files or globs (** for any folders), relative to the repository's root, or absolute.")]
    environment: str | None = None
    timezone: Annotated[str, described("Zone of times that are written without one: UTC, +02:00 or Europe/Berlin.")] = "UTC"


class Fields(Record, frozen=True):
    """Field names of a log document, the first that is present wins; dots reach into nested objects."""

    time: tuple[str, ...] = ("@timestamp", "timestamp", "time")
    level: tuple[str, ...] = ("level", "log.level", "severity", "severity_text", "severityText", "severity.text")
    message: tuple[str, ...] = ("message", "msg", "body", "body.text", "log")
    service: tuple[str, ...] = (
        "service",
        "service.name",
        "serviceName",
        "resource.service.name",
        "resource.attributes.service.name",
        "resource.attributes.service@name",
        "kubernetes.container.name",
    )
    trace: tuple[str, ...] = ("trace_id", "trace.id", "traceId", "spans.trace_id")
    error_type: tuple[str, ...] = ("error.type", "exception.type", "attributes.exception.type", "log.attributes.exception@type", "error_type")
    stack: tuple[str, ...] = (
        "error.stack_trace",
        "exception.stacktrace",
        "attributes.exception.stacktrace",
        "log.attributes.exception@stacktrace",
        "stack_trace",
        "exc_info",
        "traceback",
        "stack",
    )
    release: tuple[str, ...] = ("release", "service.version", "resource.attributes.service.version", "resource.attributes.service@version", "version")
    user: tuple[str, ...] = ("user.id", "user_id", "userId", "enduser.id", "attributes.enduser.id")
    tenant: tuple[str, ...] = ("tenant.id", "tenant_id", "tenant", "organization.id", "account_id")
    span: tuple[str, ...] = ("span_id", "span.id", "spanId", "spans.span_id")
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
        str, described("Query string, written by you, that tells errors from the rest; left out: a field of `fields: level:` says error, fatal or critical.")
    ] = ""


class Codebase(Record, frozen=True):
    """The code that services run from: a checkout at `path`, or a repository that is cloned and kept in the cache."""

    name: str
    path: Annotated[str | None, described("Folder of a checkout, relative to the repository's root; leave it out where `repository` is set.")] = None
    repository: Annotated[
        str | None, described("Address to clone from, without history of files until it is needed: https://github.com/acme/transfers.git")
    ] = None
    branch: Annotated[str | None, described("The branch that production is deployed from; left out: the repository's default.")] = None
    folder: Annotated[str | None, described("The part of a repository that these services live in; files elsewhere still count when nothing there fits.")] = (
        None
    )
    owners: Annotated[tuple[str, ...], described("GitHub users or teams to ask, as CODEOWNERS writes them; left out: its CODEOWNERS decides.")] = ()
    deploys: Annotated[
        Literal["github", "tags"] | None,
        described(
            "Where deploys are found: github (deployments of the repository at `url` or `repository`), or tags (a version is deployed when it is tagged)."
        ),
    ] = None
    deploy_environments: Annotated[dict[str, str], described("Environment of the alert → what GitHub's deployments call it, where the names differ.")] = {}
    services: Annotated[tuple[str, ...], described("Services that run this code; empty: any.")] = ()
    url: Annotated[str | None, described("Where people browse it, for permalinks: https://github.com/acme/transfers")] = None
    source_roots: Annotated[tuple[str, ...], described("Folders that stack traces leave out of their paths.")] = ()
    in_app: Annotated[tuple[str, ...], described("Module or path prefixes that are yours; empty: whatever is found in the checkout.")] = ()


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


class Secret:
    """A value that no repr, log or error shows; `reveal` is called where a client is built and nowhere else."""

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The value itself."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(…)"

    __str__ = __repr__


class Settings:
    """Configuration plus environment. `root` is the folder that relative paths start from."""

    def __init__(self, root: Path, configuration: Configuration, environ: Mapping[str, str]) -> None:
        self.root = root
        self.configuration = configuration
        self._environ = environ
        self.slack_api_url = environ.get("SLACK_API_URL") or "https://slack.com/api/"
        self.github_api_url = environ.get("GITHUB_API_URL") or "https://api.github.com"
        self.github_server_url = environ.get("GITHUB_SERVER_URL") or "https://github.com"
        self.anthropic_base_url = environ.get("ANTHROPIC_BASE_URL") or "https://api.anthropic.com"
        self.github_repository = environ.get("GITHUB_REPOSITORY", "")
        self.in_actions = in_actions(environ)
        run = environ.get("GITHUB_RUN_ID", "")
        self.run_url = f"{self.github_server_url}/{self.github_repository}/actions/runs/{run}" if run.isdecimal() else ""

    def secret(self, *names: str) -> Secret | None:
        """The first of these environment variables that is set and not empty."""
        return next((Secret(value) for name in names if (value := self._environ.get(name, "").strip())), None)

    def code_token(self, codebase: Codebase, origin: str) -> Secret | None:
        """What may read a codebase at a scheme and host: its own token, the one for code, or for GitHub itself the workflow's."""
        own = self.secret(f"CODE_{re.sub('[^A-Z0-9]', '_', codebase.name.upper())}_TOKEN", "CODE_TOKEN")
        return own or (self.secret("GITHUB_TOKEN") if origin == self.github_server_url.rstrip("/").lower() else None)

    def own_secrets(self) -> tuple[str, ...]:
        """See `own_secrets`; the configuration may name variables of its own for addresses and tokens."""
        databases = self.configuration.databases.values()
        servers = (server for servers in self.configuration.redis.values() for server in servers)
        names = (*(name for one in databases for name in (one.address_in, one.token_in)), *(server.address_in for server in servers))
        return own_secrets(self._environ, names)

    def output_file(self, name: Literal["GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"]) -> Path | None:
        """Where a workflow step leaves its outputs or its summary; None outside Actions."""
        value = self._environ.get(name)
        return Path(value) if value else None


def in_actions(environ: Mapping[str, str] | None = None) -> bool:
    """Whether a GitHub workflow runs us."""
    return (os.environ if environ is None else environ).get("GITHUB_ACTIONS") == "true"


def own_secrets(environ: Mapping[str, str] | None = None, named: Sequence[str] = ()) -> tuple[str, ...]:
    """The values of environment variables whose names say that they are secret, of those that are `named`, and of addresses with a password,
    the longest first: for the redactor, which takes them out of every text."""
    surroundings = os.environ if environ is None else environ
    secret = (value.strip() for name, value in surroundings.items() if name in named or _SECRET_NAME.search(name.upper()) or _WITH_CREDENTIALS.match(value))
    values = {value for value in secret if value}
    return tuple(sorted(values, key=lambda value: (-len(value), value)))


def load(root: Path, file: Path | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from a configuration file (default: `.github/knowledge-bot.yml` below root; absent: all defaults).

    Raises BadConfiguration with the line and the nearest known key.
    """
    path = file or root / CONFIGURATION
    surroundings = os.environ if environ is None else environ
    if file is None and not path.exists():
        return Settings(root, Configuration(), surroundings)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        cause = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise BadConfiguration(f"reading {path}", cause, "check that the file exists and is UTF-8 text") from error
    return Settings(root, parse(text, str(path)), surroundings)


def parse(text: str, name: str = CONFIGURATION) -> Configuration:
    """The configuration in a YAML text; unknown and repeated keys are refused. Raises BadConfiguration."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        lines: dict[str, int] = {"$": 1}
        if node is not None:
            _note_lines(node, "$", lines, name)
        data = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        raise BadConfiguration(f"reading {name}", " ".join(str(error).split()), "mend the YAML at that line") from error
    try:
        configuration = msgspec.convert({} if data is None else data, Configuration)
    except msgspec.ValidationError as error:
        raise _explained(str(error), lines, name) from error
    _check_patterns(configuration, lines, name)
    _check_code(configuration, lines, name)
    return configuration


def schema() -> dict[str, object]:
    """JSON Schema of the file, for editors (`# yaml-language-server: $schema=knowledge-bot.schema.json`)."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **msgspec.json.schema(Configuration)}


def _note_lines(node: yaml.Node, path: str, lines: dict[str, int], name: str) -> None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            inner = f"{path}.{key.value}"
            line = key.start_mark.line + 1
            if inner in lines:
                raise BadConfiguration(f"reading {name}", f"line {line}: the key `{key.value}` stands twice", "keep one of them")
            lines[inner] = line
            _note_lines(value, inner, lines, name)
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            lines[f"{path}[{number}]"] = value.start_mark.line + 1
            _note_lines(value, f"{path}[{number}]", lines, name)


def _explained(message: str, lines: dict[str, int], name: str) -> BadConfiguration:
    what, _, where = message.partition(" - at `")
    where = where.removeprefix("key` in `")  # a key that is none of those a mapping may have: told at the mapping
    path = _in_file(where.rstrip("`") or "$", lines)
    unknown = re.search(r"unknown field `([^`]*)`", what)
    if unknown is None:
        return BadConfiguration(
            f"reading {name}", f"line {_nearest_line(path, lines)}: {_called(path)}: {what}", "see docs/configuration.md for what this key takes"
        )
    key = unknown.group(1)
    near = difflib.get_close_matches(key, sorted(_all_keys()), n=1, cutoff=0.5)
    line = lines.get(f"{path}.{key}") or next((n for p, n in lines.items() if p.endswith(f".{key}")), 1)
    remedy = f"did you mean `{near[0]}`? " if near else ""
    return BadConfiguration(f"reading {name}", f"line {line}: unknown key `{key}`", f"{remedy}every key stands in docs/configuration.md")


def _called(path: str) -> str:
    return "the whole file" if path == "$" else path.removeprefix("$.")


def _in_file(path: str, lines: dict[str, int]) -> str:
    """The library writes `[...]` for the key of a mapping; the first place of the file that fits is shown instead."""
    pattern = re.compile(re.escape(path).replace(re.escape("[...]"), r"\.[^.\[]+"))
    return next((known for known in lines if pattern.fullmatch(known)), path.replace("[...]", ""))


def _nearest_line(path: str, lines: dict[str, int]) -> int:
    while path not in lines:
        path = path[: max(path.rfind("."), path.rfind("["))] if len(path) > 1 else "$"
    return lines[path]


def _all_keys() -> set[str]:
    modules = (__name__, "bot.source_config", "bot.model_config", "bot.redaction_config", "bot.knowledge_config", "bot.delivery_config", "bot.tracking_config")
    return {key for struct in Record.__subclasses__() if struct.__module__ in modules for key in struct.__struct_fields__}


def _check_patterns(configuration: Configuration, lines: dict[str, int], name: str) -> None:
    for number, environment in enumerate(configuration.environments):
        _check_pattern(environment.pattern, lines.get(f"$.environments[{number}].pattern", 1), name)
    for key, patterns in (("patterns", configuration.scan.patterns), ("ignore", configuration.scan.ignore)):
        for pattern in patterns:
            _check_pattern(pattern, lines.get(f"$.scan.{key}", 1), name)


def _check_pattern(pattern: str, line: int, name: str) -> None:
    try:
        re.compile(pattern)
    except re.error as error:
        raise BadConfiguration(f"reading {name}", f"line {line}: {pattern!r} is no regular expression: {error}", "mend the pattern") from error


def _check_code(configuration: Configuration, lines: dict[str, int], name: str) -> None:
    for number, codebase in enumerate(configuration.code):
        line = lines.get(f"$.code[{number}].repository") or lines.get(f"$.code[{number}]", 1)
        doing = f"reading {name}"
        if (codebase.path is None) == (codebase.repository is None):
            cause = f"line {line}: the codebase {codebase.name!r} needs either `path` or `repository`"
            raise BadConfiguration(doing, cause, "name the folder of a checkout as `path`, or an address to clone from as `repository`")
        if codebase.repository is not None and address(codebase.repository) is None:
            # The address itself is not shown: what is refused may hold a password.
            cause = f"line {line}: `repository` of {codebase.name!r} is no address that is cloned from"
            raise BadConfiguration(doing, cause, f"write {ACCEPTED}; a token comes from the environment as CODE_TOKEN")
