"""Every source that the configuration names, built from settings: a new one is a function here and a line in REGISTRY."""

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

import msgspec

from bot.config import OpenSearchCluster, Secret, Settings
from bot.config.sources import Database, KubernetesNamespace
from bot.core.links.repository_address import address
from bot.errors import SourceError
from bot.ports import Source
from bot.sources.by_category import narrowed

if TYPE_CHECKING:
    from bot.core.sql.query_result import QueryResult
    from bot.sources.code.clone import Clones
    from bot.sources.database.drivers import Driver

_WithCaFile = TypeVar("_WithCaFile", OpenSearchCluster, KubernetesNamespace)


def sources(settings: Settings) -> tuple[Source, ...]:
    """Every source that is configured; one that is not is silent."""
    return tuple(source for build in REGISTRY for source in build(settings))


def fetch_code(settings: Settings) -> None:
    """Clones the configured repositories that are not in the cache yet: before the sources are asked, whose time is short."""
    configuration = settings.configuration
    if any(codebase.repository for codebase in configuration.code):
        _clones(settings).prepare(configuration.code)


def _files(settings: Settings) -> Sequence[Source]:
    configuration = settings.configuration
    if not configuration.files:
        return ()
    from bot.sources.logs.files import FileSource

    return (FileSource("files", settings.root, configuration.files, configuration.fields, configuration.limits),)


def _opensearch(settings: Settings) -> Sequence[Source]:
    clusters = settings.configuration.opensearch
    if not clusters:
        return ()
    from bot.sources.opensearch.opensearch import OpenSearchSource

    limits = settings.configuration.limits
    pages = {name: cluster.dashboards_url for name, cluster in clusters.items() if cluster.dashboards_url}
    return tuple(
        OpenSearchSource(
            name,
            _rooted(settings, cluster),
            limits,
            *_credentials(settings, name, cluster),
            elsewhere=[url for other, url in pages.items() if url != cluster.dashboards_url],
        )
        for name, cluster in clusters.items()
    )


def _code(settings: Settings) -> Sequence[Source]:
    if not settings.configuration.code:
        return ()
    from bot.sources.code.code import CodeSource

    return (CodeSource(settings.root, settings.configuration.code, clones=_clones(settings)),)


def _deployments(settings: Settings) -> Sequence[Source]:
    codebases = tuple(codebase for codebase in settings.configuration.code if codebase.deploys)
    if not codebases:
        return ()
    from bot.sources.code.deployments import DeploymentSource, GitHubAccess

    access = GitHubAccess(settings.github_server_url, settings.github_api_url, settings.code_token, _seconds(settings))
    return (DeploymentSource(settings.root, codebases, access, clones=_clones(settings)),)


def _database(settings: Settings) -> Sequence[Source]:
    configuration = settings.configuration
    if not configuration.databases:
        return ()
    from bot.sources.database.database import ErrorEventSource, HealthSource, UnreachableDatabase

    health: list[Source] = []
    errors: list[Source] = []
    for environment, database in configuration.databases.items():
        driver = _driver(settings, environment, database)
        if driver is None:
            errors.append(UnreachableDatabase(environment, database))
            continue
        health.append(HealthSource(environment, database, driver, configuration.limits.source_seconds))
        if database.error_events:
            seconds, approved = configuration.limits.source_seconds, database.error_events_approved
            errors.append(ErrorEventSource(environment, database.error_events, driver, seconds, approved=approved))
    return (*narrowed("databases", health, configuration.evidence), *errors)


def _driver(settings: Settings, environment: str, database: Database) -> "Driver | None":
    address = settings.secret(database.address_in)
    if address is None:
        return None
    name = f"database {environment}"
    if database.driver == "postgresql":
        from bot.sources.database.postgresql import PostgresqlDriver

        return PostgresqlDriver(address, database, name)
    from bot.sources.database.drivers import HttpDriver, LibsqlDriver, SqliteDriver

    if database.driver == "sqlite":
        return SqliteDriver(settings.root / address.reveal(), database, name)
    build = LibsqlDriver if database.driver == "libsql" else HttpDriver
    return build(address.reveal(), settings.secret(database.token_in), database, name)


def query_runner(settings: Settings, environment: str) -> "Callable[[str], QueryResult]":
    """What runs one guarded query on the database of an environment. Raises SourceError where none is configured, or its address is missing."""
    database = settings.configuration.databases.get(environment)
    if database is None:
        known = ", ".join(f"`{name}`" for name in settings.configuration.databases) or "none"
        doing, cause = f"looking for the database of {environment[:80]}", f"the configuration names no such database (it has {known})"
        raise SourceError(doing, cause, f"add it under `databases:`, or edit the name above the query to one of {known}")
    driver = _driver(settings, environment, database)
    if driver is None:
        raise SourceError(f"asking database {environment}", f"{database.address_in} is not set", f"pass the secret {database.address_in} to the query job")
    return driver.run


def _sentry(settings: Settings) -> Sequence[Source]:
    organizations = settings.configuration.sentry
    if not organizations:
        return ()
    from bot.sources.sentry.sentry import SentrySource

    built = []
    for one in organizations:
        token = settings.secret(f"SENTRY_{re.sub('[^A-Z0-9]', '_', one.organization.upper())}_AUTH_TOKEN", "SENTRY_AUTH_TOKEN")
        ca_file = str(settings.root / one.ca_file) if one.ca_file else None
        built.append(SentrySource(msgspec.structs.replace(one, ca_file=ca_file), settings.configuration.limits, token))
    return narrowed("sentry", built, settings.configuration.evidence)


def _cloudwatch(settings: Settings) -> Sequence[Source]:
    configured = settings.configuration.cloudwatch
    if not configured:
        return ()
    from bot.sources.cloudwatch.cloudwatch import CloudWatchSource

    configuration = settings.configuration
    sources = tuple(CloudWatchSource(environment, configured, configuration.fields, configuration.limits) for environment in configured)
    return narrowed("cloudwatch", sources, configuration.evidence)


def _kubernetes(settings: Settings) -> Sequence[Source]:
    configured = settings.configuration.kubernetes
    if not configured:
        return ()
    from bot.sources.kubernetes import KubernetesSource

    found: list[Source] = []
    for environment, namespaces in configured.items():
        for namespace in namespaces:
            address = settings.secret("KUBERNETES_URL")
            url = namespace.url or (address.reveal() if address else "")
            found.append(KubernetesSource(environment, _rooted(settings, namespace), url, settings.secret("KUBERNETES_TOKEN"), _seconds(settings)))
    return narrowed("kubernetes", found, settings.configuration.evidence)


def _digitalocean(settings: Settings) -> Sequence[Source]:
    configured = settings.configuration.digitalocean
    if not configured:
        return ()
    from bot.sources.digitalocean import DigitalOceanSource

    token = settings.secret("DIGITALOCEAN_TOKEN")
    found = [DigitalOceanSource(environment, app, token, _seconds(settings)) for environment, apps in configured.items() for app in apps]
    return narrowed("digitalocean", found, settings.configuration.evidence)


def _redis_server(settings: Settings) -> Sequence[Source]:
    configured = settings.configuration.redis
    if not configured:
        return ()
    from bot.sources.redis_server import RedisSource

    seconds = min(5.0, _seconds(settings) / 5)  # of one answer: a conversation has four
    found = [RedisSource(environment, server, settings.secret(server.address_in), seconds) for environment, servers in configured.items() for server in servers]
    return narrowed("redis", found, settings.configuration.evidence)


def _slack_history(settings: Settings) -> Sequence[Source]:
    configuration = settings.configuration
    if not configuration.slack_history.days:
        return ()
    from bot.sources.slack_history import AlertReading, SlackHistorySource, Workspace

    workspace = Workspace(settings.secret("SLACK_BOT_TOKEN"), settings.slack_api_url, configuration.channels)
    reading = AlertReading(configuration.limits.errors_per_message, tuple(prefix for codebase in configuration.code for prefix in codebase.in_app))
    cache = settings.root / configuration.slack_history.cache
    return (SlackHistorySource(configuration.slack_history, workspace, reading, cache, configuration.limits.source_seconds),)


def _github_activity(settings: Settings) -> Sequence[Source]:
    configuration = settings.configuration
    if not configuration.github_activity:
        return ()
    from bot.sources.github.github_activity import GitHubActivitySource
    from bot.sources.github.runs import Access

    access = Access(settings.github_server_url, settings.github_api_url, settings.secret("GITHUB_ACTIVITY_TOKEN", "GITHUB_TOKEN"))
    told = [where.slug.lower() for one in configuration.code if one.deploys and (where := address(one.url or "") or address(one.repository or ""))]
    built: list[Source] = []
    for one in configuration.github_activity:
        source = GitHubActivitySource(one, access, configuration.limits.source_seconds, deploys_known=one.repository.lower() in told)
        built += narrowed("github_activity", [source], configuration.evidence, source.points_here)
    return tuple(built)


# A new source is one module in sources/, one function here, one line in this list.
REGISTRY = (
    _files,
    _opensearch,
    _cloudwatch,
    _code,
    _deployments,
    _database,
    _sentry,
    _kubernetes,
    _digitalocean,
    _redis_server,
    _slack_history,
    _github_activity,
)


def _clones(settings: Settings) -> "Clones":
    from bot.sources.code.clone import Clones

    configuration = settings.configuration
    seconds = 0.8 * configuration.limits.source_seconds  # the rest is for reading
    return Clones(settings.root / configuration.code_cache, lambda address, codebase: settings.code_token(codebase, address.origin), seconds)


def _rooted(settings: Settings, section: _WithCaFile) -> _WithCaFile:
    """Like every path of the configuration, that of the CA file starts from the root."""
    return section if section.ca_file is None else msgspec.structs.replace(section, ca_file=str(settings.root / section.ca_file))


def _seconds(settings: Settings) -> float:
    return settings.configuration.limits.source_seconds


def _credentials(settings: Settings, name: str, cluster: OpenSearchCluster) -> tuple[Secret | None, Secret | None]:
    """The cluster's own, those of its environment, or those of all."""
    if cluster.auth != "basic":
        return None, None
    prefixes = [f"OPENSEARCH_{one.upper().replace('-', '_')}" for one in (name, cluster.environment) if one] + ["OPENSEARCH"]
    return settings.secret(*(f"{prefix}_USERNAME" for prefix in prefixes)), settings.secret(*(f"{prefix}_PASSWORD" for prefix in prefixes))
