"""A workspace where an error was posted before, and the source that looks it up."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.config import DEFAULT_ENVIRONMENTS, Secret
from bot.config.sources import SlackHistory
from bot.core.alert.alert import alerts
from bot.core.alert.slack_message import collect
from bot.model import Findings, Inquiry, Message, Permalink
from bot.sources.slack_history import AlertReading, SlackHistorySource, Workspace
from tests.fakes.slack import TOKEN, FakeSlack

CHANNEL = "C024BE91L"
NOW = datetime(2025, 12, 17, 9, 12, 44, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
LEAVES = "*ValidationError: insufficient leaf balance (needed {}, had 12)* in transfer_handler"
HISTORY, REPLIES = "conversations.history", "conversations.replies"


@pytest.fixture
def slack(workspace: FakeSlack) -> FakeSlack:
    """An empty workspace with the channel of alerts."""
    workspace.reset()
    workspace.add_channel(CHANNEL)
    return workspace


def ts(time: datetime) -> str:
    """Slack's name for a message posted then."""
    return f"{int(time.timestamp())}.000100"


def alert(slack: FakeSlack, time: datetime = NOW, text: str = LEAVES.format(1500), **more: Any) -> str:
    """An alert posted by the alerting app."""
    return slack.post(CHANNEL, text, ts=ts(time), **more)


def say(slack: FakeSlack, thread: str, text: str, after: timedelta = timedelta(minutes=12), **more: Any) -> None:
    """An answer by a person, who has an id and no bot's."""
    at = datetime.fromtimestamp(int(thread.partition(".")[0]), UTC) + after
    person = {"subtype": None, "bot_id": None, "user": "U0MIRA", **more}
    slack.post(CHANNEL, text, ts=ts(at), thread_ts=thread, **person)


class Clock:
    """Time that passes only while somebody sleeps, or a little with every look."""

    def __init__(self, step: float = 0.0) -> None:
        self.now, self.step = 100.0, step
        self.naps: list[float] = []

    def __call__(self) -> float:
        """Later with every look."""
        self.now += self.step
        return self.now

    def sleep(self, seconds: float) -> None:
        """At once."""
        self.naps.append(seconds)
        self.now += seconds


def source(
    slack: FakeSlack, cache: Path, *, token: str | None = TOKEN, clock: Clock | None = None, seconds: float = 30, **configured: Any
) -> SlackHistorySource:
    """The source for that workspace."""
    clock = clock or Clock()
    where = Workspace(Secret(token) if token else None, slack.base_url, (CHANNEL,))
    return SlackHistorySource(SlackHistory(**{"days": 30, **configured}), where, AlertReading(), cache, seconds, clock=clock, sleep=clock.sleep)


def inquiry(slack: FakeSlack, posted: str, channel: str = CHANNEL) -> Inquiry:
    """Round one for the first error of a message."""
    text, links = collect(slack.channels[CHANNEL].messages[posted])
    found = alerts(Message(Permalink("acme.slack.com", channel, posted), text, links), DEFAULT_ENVIRONMENTS, "prod", 5)
    return Inquiry(found[0], NOW - HOUR, NOW)


def ask(slack: FakeSlack, cache: Path, posted: str | None = None, **more: Any) -> Findings:
    """The answer to an alert that is posted now."""
    return source(slack, cache, **more).gather(inquiry(slack, posted or alert(slack)))


def given(slack: FakeSlack, number: int = -1) -> dict[str, str]:
    """What a request for a page of history was given."""
    request = slack.calls(HISTORY)[number]
    return {**request.query, **request.form}


def told(findings: Findings) -> list[str]:
    """The texts of the evidence, all of it history."""
    assert {one.kind for one in findings.evidence} <= {"history"}
    return [one.text for one in findings.evidence]
