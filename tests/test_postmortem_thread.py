"""What people wrote in the thread of an alert, read for its post-mortem."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from bot.chat.console_thread import ConsoleThreads
from bot.chat.slack_thread import SlackThreads
from bot.config import Secret
from bot.core.alert.thread_words import Spoken, ThreadWords, decoded
from bot.errors import ChatError
from bot.model import Permalink
from tests.fakes.slack import TOKEN, FakeSlack
from tests.occurrences import FIRST
from tests.postmortems import THREAD, said


def test_a_carried_thread_is_read_strictly() -> None:
    """What another job left is cut to what a thread may be, and refused when it is none."""
    words = said("hello\x1b[31m")
    assert decoded(msgspec.json.encode(words)).spoken[0].text == "hello"
    long = ThreadWords("x", tuple(Spoken("1765526570.000000", "person 1", "y" * 9_000) for _ in range(500)))
    assert (len(decoded(msgspec.json.encode(long)).spoken), len(decoded(msgspec.json.encode(long)).spoken[0].text)) == (200, 2_000)
    for data in (b"[]", b'{"thread": "x", "more": 1}', msgspec.json.encode(ThreadWords("x", (Spoken("../x", "a", "b"),))), b"\xff"):
        with pytest.raises((msgspec.DecodeError, UnicodeDecodeError)):
            decoded(data)


def test_a_thread_without_an_account(tmp_path: Path) -> None:
    """Replies of the folder in order; our own are not dated there, and broken files are none."""
    folder = tmp_path / "messages"
    folder.mkdir()
    for name, ts, more in (("b", "1765526580.000000", '"user":"U2"'), ("a", "1765526570.000000", '"user":"U1"'), ("c", "1765526590.000000", '"bot_id":"B1"')):
        (folder / f"{name}.json").write_text(f'{{"channel":"C0ALERTS1","message":{{"ts":"{ts}","thread_ts":"{FIRST}","text":"from {name}",{more}}}}}')
    (folder / "d.json").write_text("{")
    (folder / "e.json").write_text(f'{{"channel":"C0OTHER","message":{{"ts":"1765526595.000000","thread_ts":"{FIRST}","text":"elsewhere"}}}}')
    spoken = ConsoleThreads(folder).said(THREAD).spoken
    assert [(one.who, one.text) for one in spoken] == [("person 1", "from a"), ("person 2", "from b"), ("an app", "from c")]
    assert ConsoleThreads(tmp_path / "none").said(THREAD).spoken == ()


@pytest.fixture(scope="module")
def slack() -> Iterator[FakeSlack]:
    """One Slack for this file."""
    with FakeSlack() as fake:
        yield fake


@pytest.mark.slow
def test_a_thread_in_slack(slack: FakeSlack) -> None:
    """People numbered; a parent that is gone leaves its replies; an archived channel is read; what refuses is told with what to do."""
    slack.reset()
    threads = SlackThreads(Secret(TOKEN), slack.base_url, lambda _: None)
    parent = slack.post("C0ALERTS1", "it fails", ts=FIRST)
    slack.post("C0ALERTS1", "on it", thread_ts=parent, user="U1", bot_id="", subtype="")
    slack.post("C0ALERTS1", "thanks", thread_ts=parent, user="U2", bot_id="", subtype="")
    assert [(one.who, one.text) for one in threads.said(THREAD).spoken] == [("person 1", "on it"), ("person 2", "thanks")]
    slack.channels["C0ALERTS1"].archived = True
    assert len(threads.said(THREAD).spoken) == 2
    slack.delete("C0ALERTS1", parent)
    assert len(threads.said(THREAD).spoken) == 2
    with pytest.raises(ChatError) as refused:
        threads.said(Permalink("acme.slack.com", "C0ALERTS1", "1700000000.000000"))
    assert refused.value.remedy
    slack.refuse("conversations.replies", "channel_not_found")
    with pytest.raises(ChatError):
        threads.said(THREAD)
