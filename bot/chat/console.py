"""The chat that needs no account: messages from a folder of JSON files, replies to a file and the terminal."""

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TextIO

import msgspec

from bot.core.alert.slack_message import collect, opened
from bot.core.plain_text.plain_text import visible
from bot.errors import ChatError
from bot.model import Checkup, Message, Permalink, Reply

_LARGEST = 10_000_000
CHANNEL_TS = "1000000000.000000"
"""What stands in a channel itself is kept as one thread, whose parent no message is."""


class ConsoleChat:
    """`messages`: a folder of messages in Slack's own shape, or `{"channel": …, "message": …}`; `replies`: an NDJSON file, made when needed."""

    def __init__(self, messages: Path, replies: Path, out: TextIO) -> None:
        self._messages = messages
        self._replies = replies
        self._out = out

    def read(self, permalink: Permalink) -> Message:
        """The message in `<channel>-<ts>.json`, or in any other JSON file of the folder that holds it. Raises ChatError."""
        doing = f"reading the message {permalink.url} from {self._messages}"
        name = f"{permalink.channel}-{permalink.ts}.json"
        unreadable: list[str] = []
        for path in sorted(self._messages.glob("*.json"), key=lambda path: (path.name != name, path.name)):
            try:
                message = _message(path, permalink)
            except (OSError, ValueError, RecursionError):
                unreadable.append(path.name)
                continue
            if message is not None:
                return _told(message, permalink)
        seen = f", and cannot read {', '.join(unreadable[:5])}" if unreadable else ""
        raise ChatError(doing, f"no file there holds it{seen}", f"save the message, as Slack's API gives it, as {self._messages / name}")

    def find_replies(self, thread: Permalink, markers: Sequence[str]) -> Mapping[str, str]:
        """See `Chat.find_replies`. Raises ChatError."""
        found = dict[str, str]()
        for reply in self._written(thread):
            if (marker := reply.get("marker")) in markers:
                found.setdefault(str(marker), str(reply["ts"]))
        return found

    def reply(self, thread: Permalink, reply: Reply) -> str:
        """Append the reply to the file, then print it. Its ts is the next free one after the parent's. Raises ChatError."""
        latest = max((_number(str(written["ts"])) for written in self._written(thread)), default=_number(thread.parent_ts))
        ts = f"{(latest + 1) // 1_000_000}.{(latest + 1) % 1_000_000:06}"
        self._write(thread, ts, reply)
        self._print("Reply", thread, reply)
        return ts

    def revise(self, thread: Permalink, ts: str, reply: Reply) -> None:
        """Append a line of the same ts, whose words stand from now on, then print it. Raises ChatError."""
        if not any(written.get("ts") == ts for written in self._written(thread)):
            raise ChatError(f"correcting the reply {ts} in {self._replies}", "it is not there", "run the same job again: it looks before it writes")
        self._write(thread, ts, reply)
        self._print("Correction", thread, reply)

    def examine(self) -> Iterable[Checkup]:
        """The folder of messages, and a place for the replies."""
        count = len(list(self._messages.glob("*.json")))
        yield Checkup("console messages", count > 0, f"{count} files in {self._messages}", "" if count else f"save messages as JSON files in {self._messages}")
        place = next(folder for folder in self._replies.absolute().parents if folder.exists())
        writable = os.access(self._replies if self._replies.exists() else place, os.W_OK)
        yield Checkup(
            "console replies", writable, f"{self._replies} {'can' if writable else 'cannot'} be written", "" if writable else f"run `chmod u+w {place}`"
        )

    def _written(self, thread: Permalink) -> Iterator[Mapping[str, object]]:
        """The thread's replies; a line that a crash cut off is none."""
        try:
            lines = self._replies.read_bytes().split(b"\n") if self._replies.exists() else []
        except OSError as error:
            raise ChatError(f"reading the replies in {self._replies}", error.strerror or "it failed", "check that the file can be read") from error
        for line in lines:
            try:
                reply = json.loads(line)
            except (ValueError, RecursionError):
                continue
            if isinstance(reply, dict) and (reply.get("channel"), reply.get("thread_ts")) == (thread.channel, thread.parent_ts) and _number(reply.get("ts")):
                yield reply

    def _write(self, thread: Permalink, ts: str, reply: Reply) -> None:
        line = {"channel": thread.channel, "thread_ts": thread.parent_ts, "ts": ts, "text": reply.text, "blocks": list(reply.blocks), "marker": reply.marker}
        try:
            append_line(self._replies, msgspec.json.encode(line))
        except OSError as error:
            raise ChatError(
                f"writing the reply to {self._replies}", error.strerror or "it failed", "check that the folder exists and can be written to"
            ) from error

    def _print(self, what: str, thread: Permalink, reply: Reply) -> None:
        place = f"Post in the channel {thread.channel}" if thread.parent_ts == CHANNEL_TS else f"{what} in the thread of {thread.url}"
        lines = [place, ""]
        for block in reply.blocks:
            text, links = collect({"blocks": [block]})
            lines += [*text.splitlines(), *(f"→ {link}" for link in links if link not in text), ""]
        if not reply.blocks:
            lines += reply.text.splitlines()
        # Behind the bar and without `##[`, no line is a command to a workflow's runner.
        told = "".join(f"{f'| {visible(line)}'.rstrip()}\n" for line in "\n".join(lines).strip().splitlines()).replace("##[", "## [")
        encoding = self._out.encoding or "utf-8"
        self._out.write(told.encode(encoding, "replace").decode(encoding))
        self._out.flush()


def _message(path: Path, permalink: Permalink) -> Mapping[str, object] | None:
    if path.stat().st_size > _LARGEST:
        raise ValueError
    found = opened(json.loads(path.read_text(encoding="utf-8-sig")))
    if found is None:
        return None
    envelope, message = found
    # Slack's own messages do not name their channel: then the file's name does, or nothing.
    named = path.stem.removesuffix(f"-{permalink.ts}") if path.stem.endswith(f"-{permalink.ts}") else permalink.channel
    channel = envelope.get("channel") or message.get("channel") or named
    return message if message.get("ts") == permalink.ts and channel == permalink.channel else None


def _told(message: Mapping[str, object], permalink: Permalink) -> Message:
    parent = message.get("thread_ts")
    if _number(parent):
        permalink = Permalink(permalink.host, permalink.channel, permalink.ts, None if parent == permalink.ts else str(parent))
    text, links = collect(message)
    return Message(permalink, text, links)


def _number(ts: object) -> int:
    """A ts as microseconds; 0 for what is none."""
    seconds, dot, micros = ts.partition(".") if isinstance(ts, str) else ("", "", "")
    digits = f"{seconds}{micros}"
    return int(digits) if dot and len(micros) == 6 and len(seconds) == 10 and digits.isascii() and digits.isdigit() else 0


def append_line(path: Path, line: bytes) -> None:
    """One write of a whole line, on disk before it is announced; what a crash left unfinished before it stays a line of its own."""
    path.parent.mkdir(parents=True, exist_ok=True)
    torn = path.exists() and path.stat().st_size > 0 and not path.read_bytes().endswith(b"\n")
    with path.open("ab", buffering=0) as file:
        file.write((b"\n" if torn else b"") + line + b"\n")
        os.fsync(file.fileno())
