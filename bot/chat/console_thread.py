"""What was said in a thread of the chat without an account: the messages of the folder that are replies.

Our own are left out: this chat numbers them from the alert on, so nothing tells when they were written.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from bot.core.alert.thread_words import MOST, ThreadWords, spoken
from bot.errors import ChatError
from bot.model import Permalink

_LARGEST = 10_000_000


class ConsoleThreads:
    """A ThreadReader on the folder of messages."""

    def __init__(self, messages: Path) -> None:
        self._messages = messages

    def said(self, thread: Permalink) -> ThreadWords:
        """See `ThreadReader.said`."""
        try:
            found = list(self._posted(thread))
        except OSError as error:
            raise ChatError(f"reading the thread in {self._messages}", error.strerror or "it failed", "check that the files can be read") from error
        said = spoken(sorted(found, key=lambda one: str(one.get("ts"))), thread.parent_ts, {})
        return ThreadWords(thread.url, tuple(said)[:MOST])

    def _posted(self, thread: Permalink) -> Iterator[Mapping[str, object]]:
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
                yield message
