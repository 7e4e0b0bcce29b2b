"""Settings become adapters. Each is imported when it is built, so that a command loads only the clients it uses."""

import re
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import msgspec

from bot.config import CONFIGURATION, OpenSearchCluster, Secret, Settings, load
from bot.core import cloudwatch_link, sentry_link
from bot.errors import BadCommand, BadConfiguration
from bot.jobs.doctor import Examination
from bot.model import Checkup
from bot.ports import Chat, Diagnoser, Forge, Source, Tracker
from bot.source_config import Database, KubernetesNamespace

if TYPE_CHECKING:
    from bot.core.library import Library
    from bot.sources.code_clone import Clones
    from bot.sources.database_drivers import Driver
    from bot.sources.knowledge import KnowledgeFolder


def chat(settings: Settings, out: TextIO) -> Chat:
    """Where alerts are read and answered. Raises BadConfiguration without its token."""
    if settings.configuration.chat == "console":
        from bot.chat.console import ConsoleChat

        embedded = settings.configuration.embedded
        return ConsoleChat(settings.root / embedded.messages, settings.root / embedded.replies, out)
    from bot.chat.slack import SlackChat

    return SlackChat(_required(settings, "SLACK_BOT_TOKEN", "see docs/setup.md, step 1"), settings.slack_api_url, channels=settings.configuration.channels)


def forge(settings: Settings) -> Forge:
    """Where pull requests are opened. Raises BadConfiguration without its token or repository."""
    if settings.configuration.forge == "local":
        from bot.forges.local import LocalForge

        return LocalForge(settings.root, settings.configuration.default_branch)
    from bot.forges.github import GitHubForge

    return GitHubForge(*_github(settings), settings.configuration.default_branch, settings.configuration.limits.seconds_between_writes)


def tracker(settings: Settings) -> Tracker | None:
    """Where follow-up work is tracked; None where it is not."""
    if settings.configuration.tracker == "none":
        return None
    if settings.configuration.tracker == "local":
        from bot.trackers.local import LocalTracker

        return LocalTracker(settings.root / settings.configuration.embedded.issues)
    from bot.trackers.github import GitHubTracker

    return GitHubTracker(*_github(settings), settings.configuration.limits.seconds_between_writes)


def diagnoser(settings: Settings) -> Diagnoser:
    """Who diagnoses."""
    from bot.diagnosers.rules import RulesDiagnoser

    return RulesDiagnoser(settings.configuration.severities)


def sources(settings: Settings) -> tuple[Source, ...]:
    """Every source that is configured; one that is not is silent."""
    return tuple(source for build in REGISTRY for source in build(settings))


def fetch_code(settings: Settings) -> None:
    """Clones the configured repositories that are not in the cache yet: before the sources are asked, whose time is short."""
    configuration = settings.configuration
    if any(codebase.repository for codebase in configuration.code):
        _clones(settings).prepare(configuration.code)


def knowledge(settings: Settings) -> "KnowledgeFolder":
    """The knowledge folder of this checkout."""
    from bot.sources.knowledge import KnowledgeFolder

    return KnowledgeFolder(settings.root)


def library(settings: Settings) -> "Library":
    """What the knowledge folder of this checkout says."""
    from bot.core.library import Library

    return Library.read(knowledge(settings).entries())


def entry_url(settings: Settings) -> Callable[[str], str]:
    """Where people read an entry once it is merged."""
    configuration = settings.configuration
    if configuration.forge == "local":
        return lambda path: (settings.root / path).as_uri()
    return lambda path: f"{settings.github_server_url}/{settings.github_repository}/blob/{configuration.default_branch}/{path}"


def addresses(settings: Settings) -> tuple[str, ...]:
    """What evidence may link to: below the code, the clusters and the consoles that the configuration names."""
    configuration = settings.configuration
    named = (
        *(codebase.url or codebase.repository or "" for codebase in configuration.code),
        *(url for cluster in configuration.opensearch.values() for url in (cluster.url, cluster.dashboards_url or "")),
        *(sentry_link.origin(one.url, one.organization) for one in configuration.sentry),
        *(cloudwatch_link.console(logs.region) for logs in configuration.cloudwatch.values()),
        *(f"{settings.github_server_url.rstrip('/')}/{one.repository}" for one in configuration.github_activity),
    )
    return tuple(f"{url.rstrip('/').removesuffix('.git')}/" for url in named if url.startswith(("https://", "http://")))


def examinations(root: Path, file: Path | None) -> list[tuple[str, Examination]]:
    """What doctor looks at: the configuration, then each adapter that it asks for."""
    try:
        settings = load(root, file)
    except BadConfiguration as error:
        return [("configuration", _told(Checkup("configuration", False, error.cause, error.remedy)))]
    where = (file or root / CONFIGURATION).name
    saw = f"{where} is valid" if (file or root / CONFIGURATION).exists() else f"no {where}: every key has its default; docs/configuration.md shows them"
    adapters: list[tuple[str, Examination]] = [("configuration", _told(Checkup("configuration", True, saw)))]
    adapters.append((settings.configuration.chat, lambda: chat(settings, sys.stdout).examine()))
    adapters.append((f"forge {settings.configuration.forge}", lambda: forge(settings).examine()))
    if settings.configuration.tracker != "none":
        adapters.append((f"tracker {settings.configuration.tracker}", lambda: _examined(tracker(settings))))
    adapters += [(build.__name__.strip("_"), partial(_examine_sources, build, settings)) for build in REGISTRY]
    if not sources(settings):
        remedy = "name `files`, `opensearch` or `code` in the configuration; without them a diagnosis has only the alert itself"
        adapters.append(("sources", _told(Checkup("sources", False, "none is configured", remedy))))
    return adapters


def _told(checkup: Checkup) -> Examination:
    return lambda: (checkup,)


def _examined(one: Tracker | None) -> Iterable[Checkup]:
    return one.examine() if one is not None else ()


def _examine_sources(build: Callable[[Settings], Sequence[Source]], settings: Settings) -> Iterable[Checkup]:
    return [checkup for source in build(settings) for checkup in source.examine()]


def _files(settings: Settings) -> Sequence[Source]:
    configuration = settings.configuration
    if not configuration.files:
        return ()
    from bot.sources.files import FileSource

    return (FileSource("files", settings.root, configuration.files, configuration.fields, configuration.limits),)


def _opensearch(settings: Settings) -> Sequence[Source]:
    clusters = settings.configuration.opensearch
    if not clusters:
        return ()
    from bot.sources.opensearch import OpenSearchSource

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
    from bot.sources.code import CodeSource

    return (CodeSource(settings.root, settings.configuration.code, clones=_clones(settings)),)


def _deployments(settings: Settings) -> Sequence[Source]:
    codebases = tuple(codebase for codebase in settings.configuration.code if codebase.deploys)
    if not codebases:
        return ()
    from bot.sources.deployments import DeploymentSource, GitHubAccess

    access = GitHubAccess(settings.github_server_url, settings.github_api_url, settings.code_token)
    return (DeploymentSource(settings.root, codebases, access, clones=_clones(settings)),)


def _database(settings: Settings) -> Sequence[Source]:
    configuration = settings.configuration
    if not configuration.databases:
        return ()
    from bot.sources.by_category import narrowed
    from bot.sources.database import ErrorEventSource, HealthSource, UnreachableDatabase

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
        from bot.sources.database_postgresql import PostgresqlDriver

        return PostgresqlDriver(address, database, name)
    from bot.sources.database_drivers import HttpDriver, LibsqlDriver, SqliteDriver

    if database.driver == "sqlite":
        return SqliteDriver(settings.root / address.reveal(), database, name)
    build = LibsqlDriver if database.driver == "libsql" else HttpDriver
    return build(address.reveal(), settings.secret(database.token_in), database, name)


def _sentry(settings: Settings) -> Sequence[Source]:
    organizations = settings.configuration.sentry
    if not organizations:
        return ()
    from bot.sources.by_category import narrowed
    from bot.sources.sentry import SentrySource

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
    from bot.sources.by_category import narrowed
    from bot.sources.cloudwatch import CloudWatchSource

    configuration = settings.configuration
    sources = tuple(CloudWatchSource(environment, configured, configuration.fields, configuration.limits) for environment in configured)
    return narrowed("cloudwatch", sources, configuration.evidence)


def _kubernetes(settings: Settings) -> Sequence[Source]:
    configured = settings.configuration.kubernetes
    if not configured:
        return ()
    from bot.sources.by_category import narrowed
    from bot.sources.kubernetes import KubernetesSource

    found: list[Source] = []
    for environment, namespaces in configured.items():
        for namespace in namespaces:
            address = settings.secret("KUBERNETES_URL")
            url = namespace.url or (address.reveal() if address else "")
            found.append(KubernetesSource(environment, _below_root(settings, namespace), url, settings.secret("KUBERNETES_TOKEN"), _seconds(settings)))
    return narrowed("kubernetes", found, settings.configuration.evidence)


def _digitalocean(settings: Settings) -> Sequence[Source]:
    configured = settings.configuration.digitalocean
    if not configured:
        return ()
    from bot.sources.by_category import narrowed
    from bot.sources.digitalocean import DigitalOceanSource

    token = settings.secret("DIGITALOCEAN_TOKEN")
    found = [DigitalOceanSource(environment, app, token, _seconds(settings)) for environment, apps in configured.items() for app in apps]
    return narrowed("digitalocean", found, settings.configuration.evidence)


def _redis_server(settings: Settings) -> Sequence[Source]:
    configured = settings.configuration.redis
    if not configured:
        return ()
    from bot.sources.by_category import narrowed
    from bot.sources.redis_server import RedisSource

    found = [RedisSource(environment, server, settings.secret(server.address_in)) for environment, servers in configured.items() for server in servers]
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
    from bot.core.repository_address import address
    from bot.sources.by_category import narrowed
    from bot.sources.github_activity import GitHubActivitySource
    from bot.sources.github_runs import Access

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
    from bot.sources.code_clone import Clones

    configuration = settings.configuration
    seconds = 0.8 * configuration.limits.source_seconds  # the rest is for reading
    return Clones(settings.root / configuration.code_cache, lambda address, codebase: settings.code_token(codebase, address.origin), seconds)


def _rooted(settings: Settings, cluster: OpenSearchCluster) -> OpenSearchCluster:
    """Like every path of the configuration, that of the CA file starts from the root."""
    if cluster.ca_file is None:
        return cluster
    return msgspec.structs.replace(cluster, ca_file=str(settings.root / cluster.ca_file))


def _below_root(settings: Settings, namespace: KubernetesNamespace) -> KubernetesNamespace:
    if namespace.ca_file is None:
        return namespace
    return msgspec.structs.replace(namespace, ca_file=str(settings.root / namespace.ca_file))


def _seconds(settings: Settings) -> float:
    return settings.configuration.limits.source_seconds


def _credentials(settings: Settings, name: str, cluster: OpenSearchCluster) -> tuple[Secret | None, Secret | None]:
    """The cluster's own, those of its environment, or those of all."""
    if cluster.auth != "basic":
        return None, None
    prefixes = [f"OPENSEARCH_{one.upper().replace('-', '_')}" for one in (name, cluster.environment) if one] + ["OPENSEARCH"]
    return settings.secret(*(f"{prefix}_USERNAME" for prefix in prefixes)), settings.secret(*(f"{prefix}_PASSWORD" for prefix in prefixes))


def _github(settings: Settings) -> tuple[Secret, str, str]:
    token = _required(settings, "GITHUB_TOKEN", "in Actions pass `GITHUB_TOKEN: ${{ github.token }}`; elsewhere run `gh auth token`")
    if settings.github_repository.count("/") != 1:
        raise BadConfiguration("finding the repository", "GITHUB_REPOSITORY is not set to owner/name", "export GITHUB_REPOSITORY=owner/name")
    return token, settings.github_repository, settings.github_api_url


def _required(settings: Settings, name: str, remedy: str) -> Secret:
    secret = settings.secret(name)
    if secret is None:
        raise BadConfiguration("looking for credentials", f"{name} is not set", f"set {name}: {remedy}")
    return secret


def root_of(folder: Path | None) -> Path:
    """The folder that relative paths start from. Raises BadCommand when there is none."""
    root = (folder or Path.cwd()).resolve()
    if not root.is_dir():
        raise BadCommand(f"going to {root}", "there is no such folder", "name with --root the folder that holds knowledge/ and .github/")
    return root
