"""What was said in a thread of the chat without an account: the messages of the folder that are replies, and our own."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from bot.core.alert.thread_words import MOST, ThreadWords, spoken
from bot.errors import ChatError
from bot.model import Permalink

_LARGEST = 10_000_000


class ConsoleThreads:
    """A ThreadReader on the folder of messages and the file of replies."""

    def __init__(self, messages: Path, replies: Path) -> None:
        self._messages, self._replies = messages, replies

    def said(self, thread: Permalink) -> ThreadWords:
        """See `ThreadReader.said`."""
        try:
            found = [*self._posted(thread), *self._answered(thread)]
        except OSError as error:
            raise ChatError(f"reading the thread in {self._messages}", error.strerror or "it failed", "check that the files can be read") from error
        ordered = sorted(found, key=lambda one: str(one[0].get("ts")))
        said = spoken((message for message, _ in ordered), thread.parent_ts, {str(message.get("ts")): ours for message, ours in ordered})
        return ThreadWords(thread.url, tuple(said)[:MOST])

    def _posted(self, thread: Permalink) -> Iterator[tuple[Mapping[str, object], bool]]:
        for path in sorted(self._messages.glob("*.json")):
            if path.stat().st_size > _LARGEST:
                continue
            try:
                content = json.loads(path.read_text(encoding="utf-8-sig"))
            except (ValueError, RecursionError):
                continue
            message = content.get("message", content) if isinstance(content, dict) else None
            channel = content.get("channel") if isinstance(content, dict) else None
            if isinstance(message, dict) and message.get("thread_ts") == thread.parent_ts and (channel or message.get("channel")) in (None, thread.channel):
                yield message, False

    def _answered(self, thread: Permalink) -> Iterator[tuple[Mapping[str, object], bool]]:
        lines = self._replies.read_bytes().split(b"\n") if self._replies.exists() else []
        latest: dict[str, Mapping[str, object]] = {}
        for line in lines:
            try:
                reply = json.loads(line)
            except (ValueError, RecursionError):
                continue
            if isinstance(reply, dict) and (reply.get("channel"), reply.get("thread_ts")) == (thread.channel, thread.parent_ts):
                latest[str(reply.get("ts"))] = reply
        yield from ((reply, True) for reply in latest.values())
