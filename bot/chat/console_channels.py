"""Channels without an account: messages from the folder, reactions and posts in files beside the replies."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import TextIO

import msgspec

from bot.chat.console import CHANNEL_TS, ConsoleChat, append_line
from bot.core.alert.slack_message import collect
from bot.errors import ChatError
from bot.model import Message, Permalink, Reply
from bot.model.posted import Posted
from bot.regex import regex

HOST = "console.slack.com"
OURS = "errata"
_LARGEST = 10_000_000
_TS = regex(r"[1-9][0-9]{9}\.[0-9]{6}")


class ConsoleChannels:
    """`messages` and `replies` as in ConsoleChat. `reactions.ndjson` beside the replies holds `{"channel", "ts", "name", "user"}`, ours and people's."""

    def __init__(self, messages: Path, replies: Path, out: TextIO) -> None:
        self._messages, self._replies = messages, replies
        self._reactions_file = replies.with_name("reactions.ndjson")
        self._chat = ConsoleChat(messages, replies, out)

    def messages(self, channel: str, after: str, before: str) -> Iterator[Posted]:
        """The messages of the folder that stand in this channel, oldest first."""
        found = {ts: raw for ts, raw in self._of(channel) if after < ts < before and raw.get("thread_ts") in (None, ts)}
        return (self._posted(channel, ts, found[ts]) for ts in sorted(found))

    def reactions(self, thread: Permalink, ts: str) -> Mapping[str, int]:
        """As the file has them, one for each person."""
        people = {(str(line.get("name")), str(line.get("user"))) for line in self._reacted(thread.channel, ts) if line.get("user") != OURS}
        names = [name for name, _ in sorted(people)]
        return {name: names.count(name) for name in names}

    def mark(self, message: Permalink, name: str) -> bool:
        """A line of ours; False where it stands there already."""
        if any((line.get("name"), line.get("user")) == (name, OURS) for line in self._reacted(message.channel, message.ts)):
            return False
        self._append(self._reactions_file, {"channel": message.channel, "ts": message.ts, "name": name, "user": OURS})
        return True

    def find_post(self, channel: str, marker: str, since: datetime) -> str | None:  # noqa: ARG002 - the whole file is read
        """The ts of the line that carries the marker, whenever it was written."""
        return self._chat.find_replies(_place(channel), (marker,)).get(marker)

    def post(self, channel: str, reply: Reply) -> str:
        """Append the post to the file of replies, then print it."""
        return self._chat.reply(_place(channel), reply)

    def _of(self, channel: str) -> Iterator[tuple[str, Mapping[str, object]]]:
        for path in sorted(self._messages.glob("*.json")):
            try:
                content = json.loads(path.read_text(encoding="utf-8-sig")) if path.stat().st_size <= _LARGEST else None
            except (OSError, ValueError, RecursionError):
                continue
            envelope = content if isinstance(content, dict) else {}
            raw = inner if isinstance(inner := envelope.get("message"), dict) else envelope
            ts = raw.get("ts")
            named = path.stem.removesuffix(f"-{ts}") if path.stem.endswith(f"-{ts}") else None
            if isinstance(ts, str) and _TS.fullmatch(ts) and channel == (envelope.get("channel") or raw.get("channel") or named):
                yield ts, raw

    def _posted(self, channel: str, ts: str, raw: Mapping[str, object]) -> Posted:
        text, links = collect(raw)
        words = {key: value if isinstance(value := raw.get(key), str) else "" for key in ("subtype", "bot_id", "app_id", "user")}
        marks = tuple(str(line.get("name")) for line in self._reacted(channel, ts) if line.get("user") == OURS)
        edited = isinstance(raw.get("edited"), dict)
        place = Permalink(HOST, channel, ts)
        return Posted(Message(place, text, links), words["subtype"], words["bot_id"], words["app_id"], words["user"], marks=marks, edited=edited)

    def _reacted(self, channel: str, ts: str) -> Iterator[Mapping[str, object]]:
        try:
            lines = self._reactions_file.read_bytes().splitlines() if self._reactions_file.exists() else []
        except OSError as error:
            raise ChatError(f"reading {self._reactions_file}", error.strerror or "it failed", "check that the file can be read") from error
        for line in lines:
            try:
                one = json.loads(line)
            except (ValueError, RecursionError):
                continue
            if isinstance(one, dict) and (one.get("channel"), one.get("ts")) == (channel, ts):
                yield one

    def _append(self, path: Path, line: dict[str, str]) -> None:
        try:
            append_line(path, msgspec.json.encode(line))
        except OSError as error:
            raise ChatError(f"writing to {path}", error.strerror or "it failed", "check that the folder exists and can be written to") from error


def _place(channel: str) -> Permalink:
    return Permalink(HOST, channel, CHANNEL_TS)
