"""The chat without an account: messages from files, replies to a file and the terminal."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from bot.chat.console import ConsoleChat
from bot.errors import ChatError
from bot.model import Permalink, Reply

ALERT = Permalink("acme.slack.com", "C024BE91L", "1765864885.835579")
MESSAGE = {"type": "message", "ts": ALERT.ts, "text": "transfer failed <https://logs.acme.io/a|logs>"}
REPLY = Reply(
    "Diagnosed",
    (
        {"type": "header", "text": {"type": "plain_text", "text": "Diagnosed"}},
        {"type": "divider"},
        {"type": "section", "text": {"type": "mrkdwn", "text": "see <https://x.io/pr|the entry>"}},
    ),
    "kb:1",
)


class Desk:
    """A folder of messages, a file of replies, a terminal."""

    def __init__(self, folder: Path) -> None:
        self.messages = folder / "messages"
        self.replies = folder / "deep" / "replies.ndjson"
        self.out = io.StringIO()
        self.messages.mkdir()
        self.chat = ConsoleChat(self.messages, self.replies, self.out)

    def save(self, name: str, content: Any) -> None:
        """One file of the folder."""
        (self.messages / name).write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")

    def written(self) -> list[dict[str, Any]]:
        """The replies in the file."""
        return [json.loads(line) for line in self.replies.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """An empty one."""
    return Desk(tmp_path)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("C024BE91L-1765864885.835579.json", MESSAGE),
        ("alert.json", {"channel": "C024BE91L", "message": MESSAGE}),
        ("alert.json", {"channel": "C024BE91L", **MESSAGE}),
        ("alert.json", MESSAGE),
        ("alert.json", "\ufeff" + json.dumps(MESSAGE)),
    ],
)
def test_a_message_is_read_from_any_file_that_holds_it(desk: Desk, name: str, content: Any) -> None:
    """Raw, in an envelope, by its file's name; broken neighbours notwithstanding."""
    desk.save("0.json", "{ no json")
    desk.save("1.json", [1, 2])
    desk.save("2.json", {"ts": "1765864885.000000", "text": "another"})
    desk.save("3.json", "[" * 100_000)
    desk.save(name, content)
    message = desk.chat.read(ALERT)
    assert (message.permalink, message.text, message.links) == (ALERT, "transfer failed logs", ("https://logs.acme.io/a",))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("alert.json", {"channel": "C0OTHER99", "message": MESSAGE}),
        ("C0OTHER99-1765864885.835579.json", MESSAGE),
        ("alert.json", {**MESSAGE, "ts": "1765864885.835580"}),
        ("alert.json", {**MESSAGE, "ts": 1765864885.835579}),
    ],
)
def test_another_channels_or_times_message_is_not_taken(desk: Desk, name: str, content: Any) -> None:
    """The error says where to put the right one, and what could not be read."""
    desk.save(name, content)
    desk.save("broken.json", "{")
    with pytest.raises(ChatError, match=r"broken\.json") as error:
        desk.chat.read(ALERT)
    assert "C024BE91L-1765864885.835579.json" in error.value.remedy


def test_a_missing_folder_is_told_in_a_sentence(tmp_path: Path) -> None:
    """No traceback for it."""
    with pytest.raises(ChatError, match="no file there"):
        ConsoleChat(tmp_path / "nowhere", tmp_path / "replies", io.StringIO()).read(ALERT)


def test_a_reply_in_a_thread_knows_its_parent(desk: Desk) -> None:
    """As Slack's messages do."""
    desk.save("reply.json", {**MESSAGE, "thread_ts": "1765864800.000000"})
    assert desk.chat.read(ALERT).permalink.parent_ts == "1765864800.000000"


def test_replies_are_kept_found_and_numbered_without_a_clock(desk: Desk) -> None:
    """The same run gives the same file; each thread counts for itself."""
    assert desk.chat.find_replies(ALERT, ("kb:1",)).get("kb:1") is None
    first = desk.chat.reply(ALERT, REPLY)
    second = desk.chat.reply(ALERT, Reply("more", (), "kb:2"))
    carried = desk.chat.reply(Permalink("acme.slack.com", "C024BE91L", "1765864885.999999"), Reply("carried", (), "kb:1"))
    assert (first, second, carried) == ("1765864885.835580", "1765864885.835581", "1765864886.000000")
    assert desk.chat.find_replies(ALERT, ("kb:1",)).get("kb:1") == first
    assert desk.chat.find_replies(ALERT, ("kb:2",)).get("kb:2") == second
    assert desk.chat.find_replies(Permalink("acme.slack.com", "C0OTHER99", ALERT.ts), ("kb:1",)).get("kb:1") is None
    assert desk.written()[0] == {
        "channel": "C024BE91L",
        "thread_ts": ALERT.ts,
        "ts": first,
        "text": "Diagnosed",
        "blocks": list(REPLY.blocks),
        "marker": "kb:1",
    }


def test_a_reply_to_a_reply_stands_under_the_parent(desk: Desk) -> None:
    """Threads do not nest."""
    desk.chat.reply(Permalink("acme.slack.com", "C024BE91L", "1765864900.000100", ALERT.ts), REPLY)
    assert desk.written()[0]["thread_ts"] == ALERT.ts


def test_a_line_that_a_crash_cut_off_harms_no_other(desk: Desk) -> None:
    """It is skipped when read, and closed before the next is written."""
    desk.chat.reply(ALERT, REPLY)
    whole = desk.replies.read_bytes()
    desk.replies.write_bytes(whole + whole[: len(whole) // 2])
    assert desk.chat.find_replies(ALERT, ("kb:1",)).get("kb:1") == "1765864885.835580"
    assert desk.chat.reply(ALERT, Reply("more", (), "kb:2")) == "1765864885.835581"
    assert desk.chat.find_replies(ALERT, ("kb:2",)).get("kb:2") == "1765864885.835581"


def test_the_reply_is_printed_to_be_read(desk: Desk) -> None:
    """Blocks as lines, links below them."""
    desk.chat.reply(ALERT, REPLY)
    assert desk.out.getvalue().splitlines() == [
        "| Reply in the thread of https://acme.slack.com/archives/C024BE91L/p1765864885835579",
        "|",
        "| Diagnosed",
        "|",
        "|",
        "| see the entry",
        "| → https://x.io/pr",
    ]


def test_a_reply_commands_neither_terminal_nor_runner(desk: Desk) -> None:
    """No escape sequences, no lines that a workflow's runner obeys."""
    desk.chat.reply(ALERT, Reply("\x1b[31mred\n::set-output name=x::y\n  ##[error]boo\u202e", (), "m"))
    printed = desk.out.getvalue()
    assert "\x1b" not in printed
    assert "\u202e" not in printed
    assert "##[" not in printed
    assert "| red" in printed
    assert all(line.startswith("|") for line in printed.splitlines())


def test_a_narrow_terminal_is_written_to_all_the_same(tmp_path: Path) -> None:
    """An ASCII terminal shows question marks."""
    terminal = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    ConsoleChat(tmp_path, tmp_path / "replies", terminal).reply(ALERT, REPLY)
    terminal.seek(0)
    assert "? https://x.io/pr" in terminal.read()


def test_a_place_that_cannot_be_written_is_told_in_a_sentence(tmp_path: Path) -> None:
    """The folder of the replies is a file."""
    (tmp_path / "file").write_text("")
    chat = ConsoleChat(tmp_path, tmp_path / "file" / "replies", io.StringIO())
    with pytest.raises(ChatError, match="writing the reply"):
        chat.reply(ALERT, REPLY)


def test_the_doctor_looks_at_both_places(desk: Desk) -> None:
    """An empty folder has its remedy."""
    messages, replies = desk.chat.examine()
    assert not messages.ok
    assert "JSON" in messages.remedy
    assert replies.ok
    desk.save("alert.json", MESSAGE)
    assert all(checkup.ok for checkup in desk.chat.examine())


def test_a_correction_is_a_line_of_the_same_ts(desk: Desk) -> None:
    """The last one stands; what is not there cannot be corrected."""
    ts = desk.chat.reply(ALERT, REPLY)
    desk.chat.revise(ALERT, ts, Reply("Corrected", (), "kb:1"))
    assert [(line["ts"], line["text"]) for line in desk.written()] == [(ts, "Diagnosed"), (ts, "Corrected")]
    assert desk.chat.find_replies(ALERT, ("kb:1",)).get("kb:1") == ts
    assert "Correction in the thread of" in desk.out.getvalue()
    assert desk.chat.reply(ALERT, Reply("More", (), "kb:1#2")) > ts
    with pytest.raises(ChatError, match="not there"):
        desk.chat.revise(ALERT, "1765864899.000100", REPLY)
