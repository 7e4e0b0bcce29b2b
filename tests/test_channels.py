"""Channels through the real client against a workspace on loopback, and the same from files: read a window, react, post once."""

import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.chat.console_channels import ConsoleChannels
from bot.chat.slack_channels import SlackChannels
from bot.config import Secret
from bot.errors import ChatError, MessageRefused
from bot.model import Permalink, Reply
from tests.fakes.slack import TOKEN, FakeSlack

pytest_plugins = ("tests.slack_workspace",)

ALERTS = "C024BE91L"
REPLY = Reply("Weekly review", ({"type": "section", "text": {"type": "mrkdwn", "text": "*Weekly review*"}},), "review/2025-W51")
START, END = "1765800000.000000", "1765900000.000000"
DUE = datetime(2025, 12, 16, 6, tzinfo=UTC)


@pytest.fixture
def channels(slack: FakeSlack) -> SlackChannels:
    """The bot's door to it; nothing is slept."""
    return SlackChannels(Secret(TOKEN), slack.base_url, lambda _: None)


def at(ts: str) -> Permalink:
    """A message of the channel."""
    return Permalink("acme.slack.com", ALERTS, ts)


@pytest.mark.slow
def test_a_window_is_read_oldest_first_without_replies(channels: SlackChannels, slack: FakeSlack) -> None:
    """However many pages it takes; what is outside stays there."""
    stamps = [slack.post(ALERTS, f"alert {number}", ts=f"{1765800001 + number}.000000") for number in range(450)]
    slack.post(ALERTS, "an answer", thread_ts=stamps[3], ts="1765801000.000000")
    slack.post(ALERTS, "later", ts=END)
    read = list(channels.messages(ALERTS, START, END))
    assert [one.message.permalink.ts for one in read] == stamps
    assert len(slack.calls("conversations.history")) == 3
    assert read[0].message.permalink == at(stamps[0])
    assert (read[0].bot, read[0].subtype, read[0].ours) == ("B0ALERTS", "bot_message", False)


@pytest.mark.slow
def test_a_mark_is_set_once_and_seen_again(channels: SlackChannels, slack: FakeSlack) -> None:
    """By that a scan knows what another one took."""
    ts = slack.post(ALERTS, "alert", ts="1765864885.835579")
    assert channels.mark(at(ts), "eyes")
    assert not channels.mark(at(ts), "eyes")
    slack.react(ALERTS, ts, "white_check_mark", "U0MIRA")
    assert [one.marks for one in channels.messages(ALERTS, START, END)] == [("eyes",)]


@pytest.mark.slow
def test_reactions_of_people_are_counted_without_our_own(channels: SlackChannels, slack: FakeSlack) -> None:
    """With skin tones or without."""
    ts = slack.post(ALERTS, "alert", ts="1765864885.835579")
    slack.react(ALERTS, ts, "+1", "U0MIRA", "U0ERRATA")
    slack.react(ALERTS, ts, "-1::skin-tone-2", "U0LIN")
    channels.mark(at(ts), "eyes")
    assert channels.reactions(at(ts), ts) == {"+1": 1, "-1": 1}


@pytest.mark.slow
def test_a_post_whose_answer_is_lost_is_not_repeated(channels: SlackChannels, slack: FakeSlack) -> None:
    """It is found by its marker; another marker finds nothing."""
    slack.add_channel(ALERTS)
    slack.lose_answer("chat.postMessage")
    ts = channels.post(ALERTS, REPLY)
    assert channels.find_post(ALERTS, REPLY.marker, DUE) == ts
    assert channels.find_post(ALERTS, "review/2025-W52", DUE) is None
    assert len(slack.channels[ALERTS].messages) == 1


@pytest.mark.slow
@pytest.mark.parametrize("later", [timedelta(minutes=5), timedelta(hours=5), timedelta(days=5)])
def test_our_post_is_found_however_much_came_after_it(channels: SlackChannels, slack: FakeSlack, later: timedelta) -> None:
    """Posted as soon as it was due, hours or days after: what came later is not read where it need not be."""
    slack.add_channel(ALERTS)
    slack.largest_page = 2
    slack.go_on_at(DUE + later)
    ts = channels.post(ALERTS, REPLY)
    slack.go_on_at(DUE + later + timedelta(days=1))
    for _ in range(30):
        slack.post(ALERTS, "alert")
    assert channels.find_post(ALERTS, REPLY.marker, DUE) == ts
    assert len(slack.calls("conversations.history")) <= (18 if later > timedelta(days=1) else 2)


@pytest.mark.slow
def test_what_cannot_be_looked_through_is_told_and_not_taken_for_nothing(channels: SlackChannels, slack: FakeSlack) -> None:
    """Our post may stand behind the messages that are not read."""
    slack.add_channel(ALERTS)
    slack.largest_page = 1
    slack.go_on_at(DUE + timedelta(days=2))
    for _ in range(101):
        slack.post(ALERTS, "alert")
    with pytest.raises(ChatError) as refused:
        channels.find_post(ALERTS, REPLY.marker, DUE)
    assert "since 2025-12-16 06:00 UTC" in refused.value.cause
    assert "escalation: channel:" in refused.value.remedy


@pytest.mark.slow
@pytest.mark.parametrize(("code", "alone"), [("too_many_emoji", True), ("message_not_found", True), ("is_archived", False), ("missing_scope", False)])
def test_a_refusal_of_one_message_is_told_from_that_of_its_channel(channels: SlackChannels, slack: FakeSlack, code: str, alone: bool) -> None:
    """By Slack's own code."""
    ts = slack.post(ALERTS, "alert")
    slack.refuse("reactions.add", code)
    with pytest.raises(ChatError) as refused:
        channels.mark(at(ts), "eyes")
    assert isinstance(refused.value, MessageRefused) is alone
    assert channels.mark(at(ts), "eyes")


@pytest.mark.slow
def test_a_copy_by_another_app_is_not_our_post(channels: SlackChannels, slack: FakeSlack) -> None:
    """Whoever reads the marker could post it too, and keep the bot silent."""
    slack.post(ALERTS, "copy", metadata={"event_type": "knowledge_reply", "event_payload": {"marker": REPLY.marker}})
    assert channels.find_post(ALERTS, REPLY.marker, DUE) is None


@pytest.mark.slow
@pytest.mark.parametrize(("member", "archived", "cause"), [(False, False, "not in the channel"), (True, True, "archived")])
def test_a_channel_that_takes_nothing_is_named(channels: SlackChannels, slack: FakeSlack, member: bool, archived: bool, cause: str) -> None:
    """With what to do about it."""
    slack.add_channel(ALERTS, member=member, archived=archived)
    with pytest.raises(ChatError) as refused:
        channels.post(ALERTS, REPLY)
    assert cause in refused.value.cause
    assert refused.value.remedy


@pytest.mark.slow
def test_throttling_is_waited_out(slack: FakeSlack) -> None:
    """As long as Slack says, then the page comes."""
    naps: list[float] = []
    slack.post(ALERTS, "alert", ts="1765864885.835579")
    slack.throttle("conversations.history", "7")
    assert len(list(SlackChannels(Secret(TOKEN), slack.base_url, naps.append).messages(ALERTS, START, END))) == 1
    assert naps == [7.0]


@pytest.mark.slow
def test_a_window_that_is_too_long_is_refused_rather_than_cut(slack: FakeSlack, channels: SlackChannels) -> None:
    """Slack gives the newest first: the oldest would be skipped for good."""
    slack.largest_page = 2
    for number in range(202):
        slack.post(ALERTS, "alert", ts=f"{1765800001 + number}.000000")
    with pytest.raises(ChatError) as refused:
        channels.messages(ALERTS, START, END)
    assert "scan: hours" in refused.value.remedy


@pytest.mark.slow
def test_a_token_without_the_scope_is_told_which(slack: FakeSlack, channels: SlackChannels) -> None:
    """An app that was set up before there were marks."""
    slack.scopes = ("channels:history", "chat:write")
    ts = slack.post(ALERTS, "alert", ts="1765864885.835579")
    with pytest.raises(ChatError) as refused:
        channels.mark(at(ts), "eyes")
    assert "reactions:write" in refused.value.cause


def test_the_same_from_files(tmp_path: Path) -> None:
    """Messages of a folder, reactions and posts in files."""
    (tmp_path / "messages").mkdir()
    for ts in ("1765864885.835579", "1765864000.000001", "1765990000.000000"):
        raw = {"ts": ts, "text": f"alert {ts}", "bot_id": "B0ALERTS"}
        (tmp_path / "messages" / f"{ALERTS}-{ts}.json").write_text(json.dumps(raw))
    (tmp_path / "messages" / "broken.json").write_text("{")
    out = io.StringIO()
    channels = ConsoleChannels(tmp_path / "messages", tmp_path / "replies.ndjson", out)
    read = list(channels.messages(ALERTS, START, END))
    assert [one.message.permalink.ts for one in read] == ["1765864000.000001", "1765864885.835579"]
    assert channels.mark(read[0].message.permalink, "eyes")
    assert not channels.mark(read[0].message.permalink, "eyes")
    assert next(channels.messages(ALERTS, START, END)).marks == ("eyes",)
    with (tmp_path / "reactions.ndjson").open("a") as file:
        file.write(json.dumps({"channel": ALERTS, "ts": "1765864000.000001", "name": "+1", "user": "mira"}) + "\n")
    assert channels.reactions(read[0].message.permalink, "1765864000.000001") == {"+1": 1}
    assert channels.find_post(ALERTS, REPLY.marker, DUE) is None
    assert channels.post(ALERTS, REPLY) == channels.find_post(ALERTS, REPLY.marker, DUE)
    assert "Weekly review" in out.getvalue()
