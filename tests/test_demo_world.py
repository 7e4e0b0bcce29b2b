"""The demo's world: the same each time, sound, and telling its story to the real parts of the bot."""

import json
import subprocess
from pathlib import Path

import pytest

from bot.config import load
from bot.core.alert.alert import alerts
from bot.core.alert.permalink import parse
from bot.core.alert.slack_message import collect
from bot.core.entry.library import Library, fix_of
from bot.core.signature.signature import of
from bot.core.stacktrace.stacktrace import read
from bot.model import Message
from demo.world import World, build

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """One world for all tests; none of them changes it."""
    return build(tmp_path_factory.mktemp("world"))


def git(folder: Path, *arguments: str) -> str:
    """What a git command prints."""
    return subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, text=True, check=True).stdout.strip()


def library(world: World) -> Library:
    """What the knowledge base knows."""
    entries = (world.knowledge_base / "knowledge" / "errors").glob("*.md")
    return Library.read({str(path.relative_to(world.knowledge_base)): path.read_text(encoding="utf-8") for path in entries})


def message(world: World) -> Message:
    """The alert as the chat reads it."""
    stored = json.loads((world.knowledge_base / "messages" / "alert.json").read_text(encoding="utf-8"))
    permalink = parse(world.alert)
    assert (stored["channel"], stored["message"]["ts"]) == (permalink.channel, permalink.ts)
    text, links = collect(stored["message"])
    return Message(permalink, text, links)


def test_it_is_the_same_each_time_and_sound(world: World, tmp_path: Path) -> None:
    """Built again elsewhere: the same commits, down to the SHA; git finds nothing amiss."""
    again = build(tmp_path / "again")
    for one, other in ((world.transfers, again.transfers), (world.knowledge_base, again.knowledge_base)):
        assert git(one, "log", "--format=%H") == git(other, "log", "--format=%H")
        assert git(one, "fsck", "--strict", "--no-progress") == ""
        assert git(one, "status", "--porcelain") == ""
        assert git(one, "branch", "--show-current") == "main"


def test_it_is_not_built_over_another(world: World) -> None:
    """Whatever stands there stays."""
    with pytest.raises(FileExistsError):
        build(world.folder)


def test_the_history_tells_of_the_lock_and_its_removal(world: World) -> None:
    """Fixed on Friday, taken out on Tuesday, the alert on Wednesday."""
    assert git(world.transfers, "log", "-1", "--format=%as %s", world.fix) == "2025-12-12 Lock the leaves while selecting them (#1234)"
    assert git(world.transfers, "log", "-1", "--format=%as %s", world.culprit) == "2025-12-16 perf: drop the row lock from leaf selection (#1251)"
    assert parse(world.alert).time.isoformat() == "2025-12-17T09:12:44.835579+00:00"


def test_the_alert_is_known_from_before(world: World) -> None:
    """The posted alert has the signature of the resolved entry, whose resolution names the fix."""
    configuration = load(world.knowledge_base, environ={}).configuration
    (alert,) = alerts(message(world), configuration.environments, configuration.default_environment, 5)
    assert (alert.error_type, alert.culprit, alert.message) == ("ValidationError", "transfer_handler", "insufficient leaf balance")
    assert (alert.environment, alert.service) == ("prod", "transfers")
    entry = library(world).find(of(alert))
    assert entry is not None
    assert (entry.meta.status, entry.meta.occurrences) == ("resolved", 2)
    fix = fix_of(entry)
    assert fix is not None
    assert fix.commit == world.fix[:12]
    assert library(world).broken == ()


def test_the_logs_lead_from_the_alert_to_the_line(world: World) -> None:
    """The trace runs through three services; its error's stack ends at the line that raises, in the checked-out file."""
    files = sorted((world.knowledge_base / "logs").glob("*.ndjson"))
    events = [json.loads(line) for path in files for line in path.read_text(encoding="utf-8").splitlines()]
    traced = [event for event in events if event.get("trace_id") == world.trace_id]
    assert {event["service"] for event in traced} == {"api-gateway", "transfers", "ledger"}
    (failing,) = [event for event in traced if "error" in event]
    frame = read(failing["error"]["stack_trace"]).frames[-1]
    assert frame.file is not None
    assert frame.line is not None
    code = (world.transfers / frame.file.removeprefix("/app/")).read_text(encoding="utf-8").splitlines()
    assert code[frame.line - 1].strip() == 'raise ValidationError("insufficient leaf balance")'
    assert failing["release"] == world.release[:12]
    assert len(events) > 500
    assert sum("TimeoutError" in event["message"] for event in events) == 2


def test_another_alert_is_of_an_error_that_people_reviewed(world: World) -> None:
    """Its entry says who reviewed it and when, so that it can be answered at once."""
    configuration = load(world.knowledge_base, environ={}).configuration
    permalink = parse(world.known)
    stored = json.loads((world.knowledge_base / "messages" / "known.json").read_text(encoding="utf-8"))
    assert (stored["channel"], stored["message"]["ts"]) == (permalink.channel, permalink.ts)
    text, links = collect(stored["message"])
    (alert,) = alerts(Message(permalink, text, links), configuration.environments, configuration.default_environment, 5)
    entry = library(world).find(of(alert))
    assert entry is not None
    assert (entry.meta.status, entry.meta.reviewed_by, entry.meta.services) == ("diagnosed", ("Jonas Lind",), ("wallet-sync",))
