"""A push with merged entries, published to a Slack on loopback."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from bot.chat.slack import SlackChat
from bot.config import Configuration, Secret
from bot.core.entry.entry import Entry, parse, path_of, render
from bot.errors import BotError
from bot.jobs.publish import Adapters, Publication
from bot.model import MergedEntry, Permalink
from bot.texts import entry_page
from bot.trackers.local import LocalTracker
from tests.fakes import transfer_case
from tests.fakes.merges import FakeMerges
from tests.fakes.slack import TOKEN, FakeSlack

CHANNEL = transfer_case.THREAD.channel
THREAD = transfer_case.THREAD
NAME = transfer_case.NAME
PATH = path_of(NAME)
MERGED_AT = datetime(2025, 12, 17, 10, 2, 31, tzinfo=UTC)
LATER = Permalink("acme.slack.com", CHANNEL, "1765969999.000100")


class House:
    """A Slack, the default branch, and a folder of issues; `publish` is what a push starts."""

    def __init__(self, slack: FakeSlack, folder: Path) -> None:
        self.slack = slack
        self.forge = FakeMerges()
        self.tracker = LocalTracker(folder / "issues")
        self.said: list[str] = []
        slack.post(CHANNEL, "it fails", ts=THREAD.ts)

    def publish(self, *merged: MergedEntry) -> tuple[BotError, ...]:
        """Push and publish; what could not be done."""
        if merged:
            self.forge.push(*merged)
        chat = SlackChat(Secret(TOKEN), self.slack.base_url, lambda _: None)
        publication = Publication(Adapters(self.forge, chat, self.tracker), Configuration(), lambda path: f"https://kb.example/{path}", self.said.append)
        entries = {path: text for path, text in self.forge.files.items() if path.startswith("knowledge/errors/")}
        pages = {path: text for path, text in self.forge.files.items() if path not in entries}
        return publication.publish("a" * 40, "b" * 40, entries, pages)

    def now(self, path: str = PATH) -> Entry:
        """The entry on the default branch."""
        return parse(self.forge.files[path], path)

    def answers(self, thread: Permalink = THREAD) -> list[str]:
        """What our messages in a thread say now, whole."""
        return [shown(message) for message in self.slack.thread(CHANNEL, thread.ts)[1:]]


@pytest.fixture(scope="module")
def server() -> Iterator[FakeSlack]:
    """One server for all; each house begins empty."""
    with FakeSlack() as slack:
        yield slack


@pytest.fixture
def house(server: FakeSlack, tmp_path: Path) -> House:
    """An alert that nobody answered."""
    server.reset()
    return House(server, tmp_path)


def shown(message: dict[str, object]) -> str:
    """Every text of a message."""
    found = []
    for block in message["blocks"]:  # type: ignore[attr-defined]
        found += [element["text"] for element in ([block["text"]] if "text" in block else block["elements"])]
    return "\n".join(found)


def entry(said: str = transfer_case.HARMLESS) -> Entry:
    """As the request brought it."""
    return entry_page.new_entry(transfer_case.case(said).signature, transfer_case.occurrence(said))


def seen_again(known: Entry, thread: Permalink = LATER) -> Entry:
    """With another occurrence."""
    return entry_page.record_occurrence(known, replace(transfer_case.occurrence(), permalink=thread, time=thread.time))


def merge(after: Entry, before: Entry | None = None, *, by: str = "mira", path: str = "") -> MergedEntry:
    """A merged request."""
    place = path or path_of(after.meta.signature)
    request = "https://github.com/acme/knowledge/pull/7"
    return MergedEntry(place, None if before is None else render(before), render(after), request, (by,), MERGED_AT)
