"""Settings become adapters. Each is imported when it is built, so that a command loads only the clients it uses."""

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from bot.config import CONFIGURATION, Secret, Settings, load
from bot.core import cloudwatch_link, sentry_link
from bot.errors import BadCommand, BadConfiguration
from bot.jobs.doctor import Examination
from bot.model import Checkup, Findings
from bot.ports import Chat, Diagnoser, Forge, Ledger, Source, Tracker
from bot.source_registry import REGISTRY, fetch_code, sources

if TYPE_CHECKING:
    from bot.core.library import Library
    from bot.diagnosers.rule_book import RuleBook
    from bot.jobs.investigate import Desk
    from bot.sources.knowledge import KnowledgeFolder


__all__ = ["REGISTRY", "fetch_code", "sources"]


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
    """Who diagnoses: the model with the rules behind it, or the rules alone. Raises BadConfiguration for a model that cannot be asked."""
    chosen = settings.configuration.diagnoser
    if chosen == "rules" or (chosen == "auto" and not _has_model(settings)):
        return _rules(settings)
    from bot.diagnosers.claude import ClaudeDiagnoser
    from bot.diagnosers.claude_client import connect

    claude = settings.configuration.claude
    if chosen == "claude" and claude.price() is None:
        remedy = "set `claude: prices:` for it, or name a model that has one"
        raise BadConfiguration("choosing who diagnoses", f"there is no price for {claude.model}, so its cost could not be held", remedy)
    try:
        client = connect(settings)
    except BadConfiguration:
        if chosen == "claude":
            raise
        return _rules(settings)
    return ClaudeDiagnoser(settings, _rules(settings), client, _Ledger(settings))


def _rules(settings: Settings) -> Diagnoser:
    from bot.diagnosers.rules import RulesDiagnoser

    return RulesDiagnoser(settings.configuration.severities, rules(settings))


def rules(settings: Settings) -> "RuleBook":
    """The rules of diagnosis: those that come with the bot, with the team's own over them."""
    from bot.diagnosers.rule_book import of

    return of(settings.root)


def _has_model(settings: Settings) -> bool:
    """Whether somebody set up a model: a key, or a cloud that has its own credentials."""
    return settings.configuration.claude.provider != "anthropic" or settings.secret("ANTHROPIC_API_KEY") is not None


def ledger(settings: Settings) -> Ledger:
    """What the model cost so far. Raises BadConfiguration without a token or repository."""
    if settings.configuration.forge == "local":
        from bot.forges.local_spend import LocalLedger

        return LocalLedger(settings.root)
    from bot.forges.github_spend import GitHubLedger

    token, repository, api_url = _github(settings, "LEDGER_TOKEN", "GITHUB_TOKEN")
    return GitHubLedger(token, repository, api_url)


class _Ledger:
    """A Ledger that is made when it is read: without its token, the day is not known, and the diagnosis goes on by the configuration."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def spent(self, day: date) -> float:
        return ledger(self._settings).spent(day)


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
    adapters.append(("diagnoser", lambda: _examine_diagnoser(settings)))
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


def _examine_diagnoser(settings: Settings) -> Iterable[Checkup]:
    chosen = settings.configuration.diagnoser
    if chosen == "rules" or (chosen == "auto" and not _has_model(settings)):
        why = "`diagnoser: rules`" if chosen == "rules" else "ANTHROPIC_API_KEY is not set, which is fine: docs/setup.md says how to turn the model on"
        return (Checkup("diagnoser", True, f"the rules ({why})"),)
    from bot.diagnosers.claude_checkup import examine
    from bot.diagnosers.claude_client import connect

    return examine(settings.configuration.claude, lambda: connect(settings), _Ledger(settings), datetime.now(UTC).date())


def _github(settings: Settings, *names: str) -> tuple[Secret, str, str]:
    token = settings.secret(*names) or _required(settings, "GITHUB_TOKEN", "in Actions pass `GITHUB_TOKEN: ${{ github.token }}`; elsewhere run `gh auth token`")
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


def replay(root: Path, recorded: Findings, environ: Mapping[str, str] | None = None) -> "tuple[Desk, Diagnoser]":
    """What a case of the evaluation runs with: the adapters that its configuration names, and what was recorded of other systems."""
    from bot.jobs.investigate import Desk
    from bot.sources.recorded import RecordedSource

    settings = load(root, environ=environ)
    gathered = (*sources(settings), RecordedSource(recorded))
    desk = Desk(chat(settings, sys.stdout), gathered, library(settings), settings.configuration, settings.own_secrets(), rules=rules(settings))
    return desk, diagnoser(settings)
