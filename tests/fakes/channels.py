"""Channels in memory: messages that are given, reactions and posts that are kept."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime

import msgspec

from bot.errors import ChatError, MessageRefused
from bot.model import Message, Permalink, Reply
from bot.model.posted import Posted


def ts(time: datetime, micros: int = 100) -> str:
    """What Slack calls a message of that time."""
    return f"{int(time.astimezone(UTC).timestamp())}.{micros:06}"


def posted(channel: str, time: datetime, text: str, *, bot: str = "B0ALERTS", micros: int = 100, subtype: str = "", ours: bool = False) -> Posted:
    """A message of a bot, or of a person where `bot` is empty."""
    return Posted(Message(Permalink("acme.slack.com", channel, ts(time, micros)), text), bot=bot, subtype=subtype, ours=ours, user="" if bot else "U0MIRA")


class MemoryChannels:
    """A Channels over given messages. `refusals` says of which channels reading, marking and posting are refused, `full` which messages take no mark."""

    def __init__(self, posts: Iterable[Posted] = ()) -> None:
        self.posts = list(posts)
        self.marks: set[tuple[str, str, str]] = set()
        self.reacted: dict[tuple[str, str], Counter[str]] = {}
        self.sent: dict[str, list[tuple[str, Reply]]] = {}
        self.refusals: dict[str, ChatError] = {}
        self.full: set[str] = set()

    def messages(self, channel: str, after: str, before: str) -> Iterator[Posted]:
        """See Channels."""
        self._open(channel)
        found = [one for one in self.posts if one.message.permalink.channel == channel and after < one.message.permalink.ts < before]
        return iter([self._marked(one) for one in sorted(found, key=lambda one: one.message.permalink.ts)])

    def reactions(self, thread: Permalink, ts: str) -> Mapping[str, int]:
        """See Channels."""
        return self.reacted.get((thread.channel, ts), Counter())

    def mark(self, message: Permalink, name: str) -> bool:
        """See Channels."""
        self._open(f"mark {message.channel}")
        if message.ts in self.full:
            raise MessageRefused(f"marking {message.url}", "the message bears too many reactions", "take one off")
        mark = (message.channel, message.ts, name)
        new = mark not in self.marks
        self.marks.add(mark)
        return new

    def find_post(self, channel: str, marker: str, since: datetime) -> str | None:
        """See Channels."""
        self._open(channel)
        return next((ts for ts, reply in self.sent.get(channel, ()) if reply.marker == marker), None)

    def post(self, channel: str, reply: Reply) -> str:
        """See Channels."""
        self._open(channel)
        posts = self.sent.setdefault(channel, [])
        posts.append((f"1765900000.{len(posts):06}", reply))
        return posts[-1][0]

    def _open(self, channel: str) -> None:
        if channel in self.refusals:
            raise self.refusals[channel]

    def _marked(self, one: Posted) -> Posted:
        place = one.message.permalink
        return msgspec.structs.replace(one, marks=tuple(sorted(name for channel, ts, name in self.marks if (channel, ts) == (place.channel, place.ts))))
