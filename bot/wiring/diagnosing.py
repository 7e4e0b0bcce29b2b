"""Who diagnoses, and with what."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from bot.config import Settings, load
from bot.errors import BadConfiguration
from bot.model import Findings
from bot.ports import Chat, Diagnoser
from bot.source_registry import query_runner, sources
from bot.sources.recorded import RecordedSource
from bot.wiring.chats import chat
from bot.wiring.forges import LazyLedger
from bot.wiring.knowing import knowledge, library

if TYPE_CHECKING:
    from bot.core.sql.query_result import QueryResult
    from bot.diagnosers.rule_book import RuleBook
    from bot.jobs.investigate import Desk


def diagnoser(settings: Settings) -> Diagnoser:
    """Who diagnoses: the model with the rules behind it, or the rules alone. Raises BadConfiguration for a model that cannot be asked."""
    chosen = settings.configuration.diagnoser
    if chosen == "rules" or (chosen == "auto" and not has_model(settings)):
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
    return ClaudeDiagnoser(settings, _rules(settings), client, LazyLedger(settings))


def _rules(settings: Settings) -> Diagnoser:
    from bot.diagnosers.rules import RulesDiagnoser

    return RulesDiagnoser(settings.configuration.severities, rules(settings))


def rules(settings: Settings) -> "RuleBook":
    """The rules of diagnosis: those that come with the bot, with the team's own over them."""
    from bot.diagnosers.rule_book import of

    return of(settings.root)


def has_model(settings: Settings) -> bool:
    """Whether somebody set up a model: a key, or a cloud that has its own credentials."""
    return settings.configuration.claude.provider != "anthropic" or settings.secret("ANTHROPIC_API_KEY") is not None


def database(settings: Settings, name: str) -> "Callable[[str], QueryResult]":
    """How an approved query reaches the database of an environment. Raises SourceError where that is not set up."""
    return query_runner(settings, name)


def replay(root: Path, recorded: Findings, environ: Mapping[str, str] | None = None) -> "tuple[Chat, Desk, Diagnoser]":
    """What a case of the evaluation runs with: the adapters that its configuration names, and what was recorded of other systems."""
    from bot.jobs.investigate import Desk

    settings = load(root, environ=environ)
    gathered = (*sources(settings), RecordedSource(recorded))
    kept = knowledge(settings)
    desk = Desk(gathered, library(settings), settings.configuration, settings.own_secrets(), kept, rules=rules(settings))
    return chat(settings, sys.stdout), desk, diagnoser(settings)
