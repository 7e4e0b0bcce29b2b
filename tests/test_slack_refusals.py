"""What Slack refuses, and what the doctor finds before it does: each with its remedy."""

import pytest

from bot.chat.slack import SlackChat
from bot.config import Secret
from bot.errors import ChatError
from bot.model import Permalink, Reply
from tests.fakes.loopback import Answer
from tests.fakes.slack import TOKEN, FakeSlack
from tests.slack_workspace import CHANNEL, POST, REPLY, at

pytest_plugins = ("tests.slack_workspace",)

REMEDIES = {
    "channel_not_found": "/invite",
    "not_in_channel": "/invite",
    "is_archived": "unarchive",
    "invalid_auth": "SLACK_BOT_TOKEN",
    "token_revoked": "reinstall",
    "token_expired": "rotation",
    "account_inactive": "admin",
    "ekm_access_denied": "admin",
    "team_access_not_granted": "admin",
    "restricted_action_read_only_channel": "admin",
    "restricted_action_thread_only_channel": "admin",
    "restricted_action_non_threadable_channel": "admin",
    "restricted_action_thread_locked": "unlock",
    "msg_too_long": "report",
    "no_text": "report",
    "invalid_blocks": "report",
    "invalid_blocks_format": "report",
    "msg_blocks_too_long": "report",
    "thread_not_found": "Copy link",
    "a_code_of_tomorrow": "a_code_of_tomorrow",
}


@pytest.mark.parametrize(("code", "remedy"), REMEDIES.items())
def test_every_refusal_has_a_sentence_and_a_remedy(chat: SlackChat, slack: FakeSlack, code: str, remedy: str) -> None:
    """And none repeats what the response held, or tries again."""
    parent = slack.post(CHANNEL, "parent")
    slack.refuse(POST, code, private="a whole customer record")
    with pytest.raises(ChatError) as error:
        chat.reply(at(slack, parent), REPLY)
    told = f"{error.value.doing} {error.value.cause} {error.value.remedy}"
    assert error.value.doing.startswith("answering")
    assert remedy in error.value.remedy
    assert "customer" not in told
    assert TOKEN not in told
    assert "{" not in told
    assert len(slack.calls(POST)) == 1


def test_a_missing_scope_is_named(chat: SlackChat, slack: FakeSlack) -> None:
    """The one that Slack asks for, with where to add it."""
    slack.scopes = ("chat:write",)
    ts = slack.post(CHANNEL, "the alert")
    with pytest.raises(ChatError, match="channels:history") as error:
        chat.read(at(slack, ts))
    assert "add channels:history" in error.value.remedy
    assert "reinstall" in error.value.remedy


@pytest.mark.parametrize(("private", "code"), [(False, "not in the channel"), (True, "private channel")])
def test_a_channel_without_the_bot_asks_for_an_invitation(chat: SlackChat, slack: FakeSlack, private: bool, code: str) -> None:
    """Public and private channels refuse differently."""
    slack.add_channel("C0OTHER99", private=private, member=False)
    ts = slack.post("C0OTHER99", "unseen")
    with pytest.raises(ChatError, match=code) as error:
        chat.read(at(slack, ts, "C0OTHER99"))
    assert "/invite" in error.value.remedy
    assert "C0OTHER99" in error.value.cause


def test_no_server_at_all_is_told_in_a_sentence(naps: list[float]) -> None:
    """Nobody listens there."""
    chat = SlackChat(Secret(TOKEN), "http://127.0.0.1:9/api/", naps.append)
    with pytest.raises(ChatError, match="did not answer") as error:
        chat.read(Permalink("acme.slack.com", CHANNEL, "1765864885.835579"))
    assert "SLACK_API_URL" in error.value.remedy


@pytest.mark.parametrize(
    "body",
    [b"[]", b"null", b'"x"', b"{}", b'{"ok": true}', b'{"ok": true, "messages": {"ts": 1}}', b'{"ok": true, "messages": [1, null, {"ts": 2}]}', b"[" * 50_000],
)
def test_hostile_answers_end_in_a_sentence(chat: SlackChat, slack: FakeSlack, body: bytes) -> None:
    """No shape of an answer is a traceback."""
    ts = slack.post(CHANNEL, "the alert")
    slack.fail(lambda _: True, Answer(200, body), times=99)
    with pytest.raises(ChatError):
        chat.read(at(slack, ts))


def test_the_doctor_is_content(chat: SlackChat, slack: FakeSlack) -> None:
    """Token, scopes, membership."""
    slack.add_channel(CHANNEL)
    checkups = list(chat.examine())
    assert [checkup.name for checkup in checkups] == ["Slack token", "Slack scopes", f"Slack channel {CHANNEL}"]
    assert all(checkup.ok and not checkup.remedy for checkup in checkups)
    assert "Acme" in checkups[0].saw


def test_the_doctor_names_a_bad_token_and_stops(slack: FakeSlack) -> None:
    """Nothing else can be known then."""
    (checkup,) = SlackChat(Secret("xoxb-wrong"), slack.base_url, channels=(CHANNEL,)).examine()
    assert not checkup.ok
    assert "SLACK_BOT_TOKEN" in checkup.remedy
    assert "xoxb-wrong" not in f"{checkup.saw}{checkup.remedy}"


def test_the_doctor_names_a_persons_token(chat: SlackChat, slack: FakeSlack) -> None:
    """It would post as that person."""
    del slack.identity["bot_id"]
    checkup = next(iter(chat.examine()))
    assert not checkup.ok
    assert "xoxb" in checkup.remedy


@pytest.mark.parametrize(
    ("scopes", "missing"),
    [(("channels:history",), "chat:write"), (("chat:write",), "channels:history"), (("users:read",), "chat:write and channels:history")],
)
def test_the_doctor_names_missing_scopes(slack: FakeSlack, scopes: tuple[str, ...], missing: str) -> None:
    """As the token's own answer lists them."""
    slack.scopes = scopes
    checkup = {checkup.name: checkup for checkup in SlackChat(Secret(TOKEN), slack.base_url).examine()}["Slack scopes"]
    assert not checkup.ok
    assert f"add {missing}" in checkup.remedy


@pytest.mark.parametrize("history", ["channels:history", "groups:history"])
def test_either_history_scope_will_do(slack: FakeSlack, history: str) -> None:
    """A bot for private channels needs no public ones."""
    slack.scopes = ("chat:write", history)
    assert {checkup.ok for checkup in SlackChat(Secret(TOKEN), slack.base_url).examine()} == {True}


@pytest.mark.parametrize(
    ("private", "archived", "scopes", "remedy"),
    [(False, False, True, "/invite"), (True, False, True, "/invite"), (False, True, True, "unarchive"), (False, False, False, "/invite")],
)
def test_the_doctor_asks_for_an_invitation(slack: FakeSlack, private: bool, archived: bool, scopes: bool, remedy: str) -> None:
    """Even when the token may not look at the channel itself."""
    slack.add_channel(CHANNEL, private=private, member=False, archived=archived)
    if not scopes:
        slack.scopes = ("chat:write", "channels:history")
    *_, checkup = SlackChat(Secret(TOKEN), slack.base_url, channels=(CHANNEL,)).examine()
    assert not checkup.ok
    assert remedy in checkup.remedy


def test_membership_is_seen_without_a_scope_for_it(chat: SlackChat, slack: FakeSlack) -> None:
    """Reading the channel is proof enough."""
    slack.scopes = ("chat:write", "channels:history", "reactions:write")
    slack.post(CHANNEL, "hello")
    assert {checkup.ok for checkup in chat.examine()} == {True}


@pytest.mark.parametrize(
    ("blocks", "code"),
    [
        ([{"type": "divider"}] * 51, "blocks"),
        ([{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}], "blocks"),
        ([{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}], "blocks"),
        ([{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3000}}] * 5, "longer"),
    ],
)
def test_what_slack_would_not_take_is_refused_here_too(chat: SlackChat, slack: FakeSlack, blocks: list[dict[str, object]], code: str) -> None:
    """The workspace on loopback enforces Slack's limits, so that other tests can lean on it."""
    parent = slack.post(CHANNEL, "parent")
    with pytest.raises(ChatError, match=code):
        chat.reply(at(slack, parent), Reply("text", tuple(blocks), "m"))
    assert len(slack.thread(CHANNEL, parent)) == 1


def test_a_thread_that_is_gone_takes_no_answer(chat: SlackChat, slack: FakeSlack) -> None:
    """The alert was deleted meanwhile."""
    parent = slack.post(CHANNEL, "parent")
    link = at(slack, parent)
    slack.delete(CHANNEL, parent)
    with pytest.raises(ChatError, match="gone"):
        chat.reply(link, REPLY)
