"""The chat for answers: an alert that came without a message is answered in the configured channel, every other one in its thread."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from bot.core.alert.place import vendor_of
from bot.errors import ChatError
from bot.model import Checkup, Message, Permalink, Reply
from bot.ports import Channels, Chat

_REMEDY = "name the channel as `intake: channel:` in .github/knowledge-bot.yml, invite the bot there, and publish again"


class PlacedChat:
    """A Chat before `threads`, the chat itself, and `channels`; `channel` is an id, empty where none is configured.

    The first message of an answer is a post of the channel; what it goes on with (marks that end in `#2`, `#3`) stands in that post's thread.
    """

    def __init__(self, threads: Chat, channels: Channels, channel: str) -> None:
        self._threads, self._channels, self._channel = threads, channels, channel

    def read(self, permalink: Permalink) -> Message:
        """Raises ChatError, also for an alert that came without a message: it can be read once, when it comes."""
        if not permalink.in_chat:
            raise ChatError(f"reading the alert {permalink.url}", "it came without a message", "send it again: docs/intake.md")
        return self._threads.read(permalink)

    def find_replies(self, thread: Permalink, markers: Sequence[str]) -> Mapping[str, str]:
        """Our own answers with those markers, looked for from the alert's time on. Raises ChatError, also where too much was posted since."""
        if thread.in_chat:
            return self._threads.find_replies(thread, markers)
        found = dict[str, str]()
        for first in dict.fromkeys(marker.partition("#")[0] for marker in markers):
            post = self._channels.find_post(self._chosen(thread), first, thread.time)
            if post is None:
                continue
            if first in markers:
                found[first] = post
            further = [marker for marker in markers if marker.startswith(f"{first}#")]
            found |= self._threads.find_replies(self._below(thread, post), further) if further else {}
        return found

    def reply(self, thread: Permalink, reply: Reply) -> str:
        """Post, and return the ts. Raises ChatError."""
        if thread.in_chat:
            return self._threads.reply(thread, reply)
        first, _, part = reply.marker.partition("#")
        post = self._channels.find_post(self._chosen(thread), first, thread.time) if part else None
        return self._channels.post(self._chosen(thread), _headed(thread, reply)) if post is None else self._threads.reply(self._below(thread, post), reply)

    def revise(self, thread: Permalink, ts: str, reply: Reply) -> None:
        """Put other words into our own message of that ts. Raises ChatError."""
        if thread.in_chat:
            self._threads.revise(thread, ts, reply)
        else:
            self._threads.revise(self._below(thread, ts), ts, reply if "#" in reply.marker else _headed(thread, reply))

    def examine(self) -> Iterable[Checkup]:
        """For doctor."""
        return self._threads.examine()

    def _chosen(self, thread: Permalink) -> str:
        if not self._channel:
            raise ChatError(f"answering the alert {thread.url}", "it has no thread, and no channel is configured for such answers", _REMEDY)
        return self._channel

    def _below(self, thread: Permalink, post: str) -> Permalink:
        return Permalink("slack.com", self._chosen(thread), post)


def _headed(thread: Permalink, reply: Reply) -> Reply:
    """Said first: which alert is answered, since nothing stands above it."""
    words = f"{vendor_of(thread)}, {thread.time:%Y-%m-%d %H:%M} UTC"
    return msgspec.structs.replace(reply, blocks=({"type": "context", "elements": [{"type": "mrkdwn", "text": words}]}, *reply.blocks))
