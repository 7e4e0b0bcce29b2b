"""Slack through the real client against a workspace on loopback: read the right message, answer once."""

from typing import Any

import pytest

from bot.chat.slack import SlackChat
from bot.config import Secret
from bot.errors import ChatError
from bot.model import Message, Permalink, Reply
from bot.slack_client import REPLY_EVENT
from tests.fakes.loopback import Answer
from tests.fakes.slack import TOKEN, FakeSlack
from tests.slack_workspace import CHANNEL, POST, REPLY, at

pytest_plugins = ("tests.slack_workspace",)
pytestmark = pytest.mark.slow


def answers(slack: FakeSlack, ts: str) -> list[dict[str, Any]]:
    """The bot's own messages in the thread."""
    return [message for message in slack.thread(CHANNEL, ts) if message.get("bot_id") == "B0ERRATA"]


def read(chat: SlackChat, slack: FakeSlack, permalink: Permalink) -> Message:
    """Read within the two calls that a message may cost."""
    message = chat.read(permalink)
    assert len(slack.requests) <= 2
    return message


def test_the_message_of_exactly_that_ts_is_read(chat: SlackChat, slack: FakeSlack) -> None:
    """One call for a message of the channel, neighbours notwithstanding."""
    slack.post(CHANNEL, "before")
    ts = slack.post(CHANNEL, "the alert", blocks=[{"type": "section", "text": {"type": "mrkdwn", "text": "<https://logs.acme.io/a|logs>"}}])
    slack.post(CHANNEL, "after")
    message = read(chat, slack, at(slack, ts))
    assert message.text == "the alert\nlogs"
    assert message.links == ("https://logs.acme.io/a",)
    assert message.permalink == at(slack, ts)
    assert len(slack.requests) == 1


def test_a_ts_keeps_its_trailing_zeros(chat: SlackChat, slack: FakeSlack) -> None:
    """It is a name, no number."""
    slack.post(CHANNEL, "zeros", ts="1765864885.100000")
    assert read(chat, slack, at(slack, "1765864885.100000")).permalink.ts == "1765864885.100000"


def test_a_reply_is_read_through_its_thread(chat: SlackChat, slack: FakeSlack) -> None:
    """A thread link names parent and reply."""
    parent = slack.post(CHANNEL, "parent")
    for number in range(30):
        slack.post(CHANNEL, f"reply {number}", thread_ts=parent)
    ts = slack.post(CHANNEL, "the alert", thread_ts=parent)
    message = read(chat, slack, at(slack, ts))
    assert message.text == "the alert"
    assert message.permalink.parent_ts == parent


def test_a_replys_link_without_its_thread_still_finds_it(chat: SlackChat, slack: FakeSlack) -> None:
    """And the answer goes under the parent that Slack names."""
    parent = slack.post(CHANNEL, "parent")
    ts = slack.post(CHANNEL, "the alert", thread_ts=parent)
    message = read(chat, slack, Permalink("acme.slack.com", CHANNEL, ts))
    assert message.text == "the alert"
    assert message.permalink.thread_ts == parent


@pytest.mark.parametrize("kind", ["alone", "with replies", "a reply"])
def test_a_deleted_message_is_gone_and_no_neighbour_takes_its_place(chat: SlackChat, slack: FakeSlack, kind: str) -> None:
    """Not the older message, not the parent, not the tombstone."""
    parent = slack.post(CHANNEL, "older")
    ts = slack.post(CHANNEL, "the alert", thread_ts=parent if kind == "a reply" else None)
    if kind == "with replies":
        slack.post(CHANNEL, "so sad", thread_ts=ts)
    link = at(slack, ts)
    slack.delete(CHANNEL, ts)
    with pytest.raises(ChatError, match="gone") as error:
        read(chat, slack, link)
    assert "Copy link" in error.value.remedy


def test_a_files_preview_suffices(chat: SlackChat, slack: FakeSlack) -> None:
    """No download, no further scope."""
    ts = slack.post(CHANNEL, files=[{"name": "trace.txt", "preview": "ValidationError: no", "url_private": f"{slack.url}/secret"}])
    assert "ValidationError: no" in read(chat, slack, at(slack, ts)).text


def test_the_answer_stands_under_the_parent_with_its_marker(chat: SlackChat, slack: FakeSlack) -> None:
    """Blocks, text, no unfurling; and it is found again by its marker, and by no other."""
    parent = slack.post(CHANNEL, "parent")
    ts = slack.post(CHANNEL, "the alert", thread_ts=parent)
    posted = chat.reply(at(slack, ts), REPLY)
    (answer,) = answers(slack, parent)
    assert (answer["ts"], answer["thread_ts"], answer["text"], answer["blocks"]) == (posted, parent, REPLY.text, list(REPLY.blocks))
    assert slack.calls(POST)[0].json["unfurl_links"] is False
    assert slack.calls(POST)[0].json["unfurl_media"] is False
    assert len(slack.requests) == 1
    assert chat.find_replies(at(slack, ts), (REPLY.marker,)).get(REPLY.marker) == posted
    assert chat.find_replies(at(slack, ts), ("kb:other:1",)).get("kb:other:1") is None


def test_the_answer_is_found_on_the_last_page_of_a_long_thread(chat: SlackChat, slack: FakeSlack) -> None:
    """Slack pages threads."""
    parent = slack.post(CHANNEL, "parent")
    for number in range(450):
        slack.post(CHANNEL, str(number), thread_ts=parent)
    posted = chat.reply(at(slack, parent), REPLY)
    assert chat.find_replies(at(slack, parent), (REPLY.marker,)).get(REPLY.marker) == posted
    assert len(slack.calls("conversations.replies")) == 3


def test_another_apps_copy_of_the_marker_is_not_ours(chat: SlackChat, slack: FakeSlack) -> None:
    """Metadata is readable by every app in the channel; so is ours, and so it can be copied."""
    parent = slack.post(CHANNEL, "parent")
    metadata = {"event_type": REPLY_EVENT, "event_payload": {"marker": REPLY.marker}}
    slack.post(CHANNEL, "copied", thread_ts=parent, metadata=metadata)
    assert chat.find_replies(at(slack, parent), (REPLY.marker,)).get(REPLY.marker) is None


@pytest.mark.parametrize(
    "metadata",
    [
        None,
        "x",
        {},
        {"event_type": REPLY_EVENT},
        {"event_type": REPLY_EVENT, "event_payload": ["x"]},
        {"event_type": "other", "event_payload": {"marker": REPLY.marker}},
    ],
)
def test_other_metadata_is_passed_over(chat: SlackChat, slack: FakeSlack, metadata: object) -> None:
    """Whatever shape it has."""
    parent = slack.post(CHANNEL, "parent", metadata=metadata)
    assert chat.find_replies(at(slack, parent), (REPLY.marker,)).get(REPLY.marker) is None


def test_a_lost_answer_does_not_post_twice(chat: SlackChat, slack: FakeSlack) -> None:
    """The post took effect, its answer did not come back: the thread is looked at instead."""
    parent = slack.post(CHANNEL, "parent")
    slack.lose_answer(POST)
    posted = chat.reply(at(slack, parent), REPLY)
    assert [answer["ts"] for answer in answers(slack, parent)] == [posted]
    assert len(slack.calls(POST)) == 1


@pytest.mark.parametrize("code", ["internal_error", "fatal_error", "service_unavailable", "request_timeout"])
@pytest.mark.parametrize("took_effect", [True, False])
def test_an_unclear_error_is_cleared_up_by_looking(chat: SlackChat, slack: FakeSlack, code: str, took_effect: bool) -> None:
    """Half-succeeded or not, one answer stands in the thread in the end."""
    parent = slack.post(CHANNEL, "parent")
    slack.refuse(POST, code, after=took_effect)
    posted = chat.reply(at(slack, parent), REPLY)
    assert [answer["ts"] for answer in answers(slack, parent)] == [posted]
    assert len(slack.calls(POST)) == (1 if took_effect else 2)


@pytest.mark.parametrize(
    "answer",
    [Answer(500, {}), Answer(503, b"<html>down</html>"), Answer(200, b"[]"), Answer(200, b"<html>hi</html>"), Answer(200, {"ok": True}), Answer(cut=True)],
)
@pytest.mark.parametrize("took_effect", [True, False])
def test_an_answer_that_is_not_slacks_is_cleared_up_too(chat: SlackChat, slack: FakeSlack, answer: Answer, took_effect: bool) -> None:
    """A proxy's page, a list, an empty body, a closed connection."""
    parent = slack.post(CHANNEL, "parent")
    slack.fail(slack.to(POST), answer, after=took_effect)
    posted = chat.reply(at(slack, parent), REPLY)
    assert [found["ts"] for found in answers(slack, parent)] == [posted]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_takes_token_or_message_elsewhere(chat: SlackChat, slack: FakeSlack, status: int) -> None:
    """Neither is sent to the address that an answer names, and what that would answer is no answer of Slack's."""
    parent = slack.post(CHANNEL, "parent")
    with FakeSlack() as elsewhere:
        slack.fail(slack.to("conversations.history"), Answer(status, b"", {"Location": f"{elsewhere.base_url}conversations.history"}), times=9)
        slack.fail(slack.to(POST), Answer(status, b"", {"Location": f"{elsewhere.base_url}{POST}"}), times=9)
        with pytest.raises(ChatError, match="not Slack's"):
            chat.read(at(slack, parent))
        with pytest.raises(ChatError):
            chat.reply(at(slack, parent), REPLY)
        assert elsewhere.requests == []


def test_when_nothing_can_be_known_the_answer_says_so(chat: SlackChat, slack: FakeSlack) -> None:
    """Two lost answers, nothing in the thread: the next run looks first."""
    parent = slack.post(CHANNEL, "parent")
    slack.fail(slack.to(POST), Answer(cut=True), times=9)
    with pytest.raises(ChatError) as error:
        chat.reply(at(slack, parent), REPLY)
    assert "run the same job again" in error.value.remedy
    assert len(slack.calls(POST)) == 2


def test_a_post_that_timed_out_is_not_repeated(slack: FakeSlack, naps: list[float]) -> None:
    """It may yet arrive, after the thread was looked through."""
    parent = slack.post(CHANNEL, "parent")
    slack.fail(slack.to(POST), Answer(delay=1.5))
    with pytest.raises(ChatError, match="did not say"):
        SlackChat(Secret(TOKEN), slack.base_url, naps.append, timeout=1).reply(at(slack, parent), REPLY)
    assert len(slack.calls(POST)) == 1


def test_a_lost_answer_and_a_thread_that_cannot_be_read_do_not_post_again(chat: SlackChat, slack: FakeSlack) -> None:
    """Who cannot look does not write."""
    parent = slack.post(CHANNEL, "parent")
    slack.lose_answer(POST)
    slack.refuse("conversations.replies", "missing_scope", needed="channels:history")
    with pytest.raises(ChatError, match="channels:history"):
        chat.reply(at(slack, parent), REPLY)
    assert len(answers(slack, parent)) == 1


def test_a_rate_limit_is_waited_out(chat: SlackChat, slack: FakeSlack, naps: list[float]) -> None:
    """As long as Slack asks for, then once."""
    parent = slack.post(CHANNEL, "parent")
    slack.throttle(POST, "7")
    slack.refuse("conversations.history", "ratelimited")
    chat.reply(at(slack, parent), REPLY)
    chat.read(at(slack, parent))
    assert naps == [7.0, 1.0]
    assert len(answers(slack, parent)) == 1


@pytest.mark.parametrize("seconds", ["3600", "30", "0", "soon", "9" * 400])
def test_waiting_ends_after_a_minute(chat: SlackChat, slack: FakeSlack, naps: list[float], seconds: str) -> None:
    """Whatever Slack asks for."""
    parent = slack.post(CHANNEL, "parent")
    slack.throttle(POST, seconds, times=1000)
    with pytest.raises(ChatError, match="slow down"):
        chat.reply(at(slack, parent), REPLY)
    assert sum(naps) <= 60
    assert all(nap >= 1 for nap in naps)
    assert answers(slack, parent) == []


def test_a_read_survives_a_hiccup(chat: SlackChat, slack: FakeSlack, naps: list[float]) -> None:
    """Reading twice harms nobody."""
    ts = slack.post(CHANNEL, "the alert")
    slack.fail(slack.to("conversations.history"), Answer(cut=True))
    slack.fail(slack.to("conversations.history"), Answer(502, b"bad gateway"))
    assert chat.read(at(slack, ts)).text == "the alert"
    assert naps == [1.0, 3.0]


NEWER = Reply("Corrected", ({"type": "section", "text": {"type": "mrkdwn", "text": "*Corrected*"}},), REPLY.marker)


def test_an_answer_is_corrected_where_it_stands(slack: FakeSlack, chat: SlackChat) -> None:
    """Other words, the same message, found by the same mark; a lost answer is asked for again, which changes nothing."""
    thread = at(slack, slack.post(CHANNEL, "it fails"))
    ts = chat.reply(thread, REPLY)
    slack.lose_answer("chat.update")
    chat.revise(thread, ts, NEWER)
    (answer,) = answers(slack, thread.ts)
    assert (answer["text"], answer["blocks"]) == ("Corrected", list(NEWER.blocks))
    assert chat.find_replies(thread, (REPLY.marker,)).get(REPLY.marker) == ts


@pytest.mark.parametrize(
    ("code", "says"),
    [("message_not_found", "gone"), ("cant_update_message", "own"), ("edit_window_closed", "edited"), ("is_archived", "archived"), ("x", "`x`")],
)
def test_a_correction_that_slack_refuses_is_a_sentence(slack: FakeSlack, chat: SlackChat, code: str, says: str) -> None:
    """And is not tried twice."""
    thread = at(slack, slack.post(CHANNEL, "it fails"))
    ts = chat.reply(thread, REPLY)
    slack.refuse("chat.update", code)
    with pytest.raises(ChatError) as caught:
        chat.revise(thread, ts, NEWER)
    assert says in caught.value.cause
    assert len(slack.calls("chat.update")) == 1


def test_what_others_wrote_and_what_is_gone_is_not_corrected(slack: FakeSlack, chat: SlackChat) -> None:
    """Slack refuses both."""
    thread = at(slack, slack.post(CHANNEL, "it fails"))
    with pytest.raises(ChatError, match="own"):
        chat.revise(thread, thread.ts, NEWER)
    with pytest.raises(ChatError, match="gone"):
        chat.revise(thread, "1765999999.000100", NEWER)
