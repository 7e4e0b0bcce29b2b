"""What doctor looks at: the configuration, then each adapter that it asks for."""

import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from bot.config import CONFIGURATION, Settings, load
from bot.errors import BadConfiguration, BotError
from bot.jobs.doctor import Examination
from bot.model import Checkup
from bot.ports import Source, Tracker
from bot.source_registry import REGISTRY
from bot.wiring.chats import chat
from bot.wiring.diagnosing import has_model
from bot.wiring.forges import LazyLedger, forge
from bot.wiring.tracking import tracker


def examinations(root: Path, file: Path | None) -> list[tuple[str, Examination]]:
    """What doctor looks at: the configuration, then each adapter that it asks for."""
    try:
        settings = load(root, file)
    except BadConfiguration as error:
        return [("configuration", _told(Checkup("configuration", False, f"{error.doing}: {error.cause}", error.remedy)))]
    where = (file or root / CONFIGURATION).name
    saw = f"{where} is valid" if (file or root / CONFIGURATION).exists() else f"no {where}: every key has its default; docs/configuration.md shows them"
    adapters: list[tuple[str, Examination]] = [("configuration", _told(Checkup("configuration", True, saw)))]
    adapters.append((settings.configuration.chat, lambda: chat(settings, sys.stdout).examine()))
    adapters.append((f"forge {settings.configuration.forge}", lambda: forge(settings).examine()))
    if settings.configuration.tracker != "none":
        adapters.append((f"tracker {settings.configuration.tracker}", lambda: _examined(tracker(settings))))
    adapters.append(("diagnoser", lambda: _examine_diagnoser(settings)))
    # Built here: the examinations run side by side, and two threads that import one library for the first time may wait for each other.
    built = [(build.__name__.strip("_"), _built(build, settings)) for build in REGISTRY]
    adapters += [(name, partial(_examine_sources, one)) for name, one in built]
    if not any(one for _, one in built):
        remedy = "name `files`, `opensearch` or `code` in the configuration; without them a diagnosis has only the alert itself"
        adapters.append(("sources", _told(Checkup("sources", False, "none is configured", remedy))))
    return adapters


def _told(checkup: Checkup) -> Examination:
    return lambda: (checkup,)


def _examined(one: Tracker | None) -> Iterable[Checkup]:
    return one.examine() if one is not None else ()


def _built(build: Callable[[Settings], Sequence[Source]], settings: Settings) -> Sequence[Source] | BotError:
    """What is configured of one kind, or why it cannot be built: told in its place among the others."""
    try:
        return build(settings)
    except BotError as error:
        return error


def _examine_sources(built: Sequence[Source] | BotError) -> Iterable[Checkup]:
    if isinstance(built, BotError):
        raise built
    return [checkup for source in built for checkup in source.examine()]


def _examine_diagnoser(settings: Settings) -> Iterable[Checkup]:
    chosen = settings.configuration.diagnoser
    if chosen == "rules" or (chosen == "auto" and not has_model(settings)):
        why = "`diagnoser: rules`" if chosen == "rules" else "ANTHROPIC_API_KEY is not set, which is fine: docs/setup.md says how to turn the model on"
        return (Checkup("diagnoser", True, f"the rules ({why})"),)
    from bot.diagnosers.claude_checkup import examine
    from bot.diagnosers.claude_client import connect

    return examine(settings.configuration.claude, lambda: connect(settings), LazyLedger(settings), datetime.now(UTC).date())
