"""A Slack workspace on loopback, empty for each test, and the chat that speaks to it."""

from collections.abc import Iterator

import pytest

from bot.chat.slack import SlackChat
from bot.config import Secret
from bot.core.alert.permalink import parse
from bot.model import Permalink, Reply
from tests.fakes.slack import TOKEN, FakeSlack

CHANNEL = "C024BE91L"
REPLY = Reply("Diagnosed", ({"type": "section", "text": {"type": "mrkdwn", "text": "*Diagnosed*"}},), "kb:transfer_handler:1")
POST = "chat.postMessage"


@pytest.fixture(scope="module")
def workspace() -> Iterator[FakeSlack]:
    """One server for all tests."""
    with FakeSlack() as slack:
        yield slack


@pytest.fixture
def slack(workspace: FakeSlack) -> FakeSlack:
    """An empty workspace."""
    workspace.reset()
    return workspace


@pytest.fixture
def naps() -> list[float]:
    """The seconds that the bot would have slept."""
    return []


@pytest.fixture
def chat(slack: FakeSlack, naps: list[float]) -> SlackChat:
    """The bot's door to it."""
    return SlackChat(Secret(TOKEN), slack.base_url, naps.append, channels=(CHANNEL,))


def at(slack: FakeSlack, ts: str, channel: str = CHANNEL) -> Permalink:
    """What a person would paste for this message."""
    return parse(slack.permalink(channel, ts))
