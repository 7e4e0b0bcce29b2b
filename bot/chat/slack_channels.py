"""Slack beyond one thread: what was posted in a channel, reactions on a message, and posts of our own in a channel."""

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from bot.config import Secret
from bot.core.alert.slack_message import collect
from bot.errors import ChatError, MessageRefused
from bot.model import Message, Permalink, Reply
from bot.model.posted import Posted
from bot.regex import regex
from bot.slack_client import REPLY_EVENT, Answer, SlackWeb, marker_of, messages
from bot.slack_refusals import OF_ONE_MESSAGE, Failure, Lost, Refusal

MOST_PAGES = 100
RECENT_PAGES = 10
"""Pages of 200 messages: how much of a window is read, and how far back a post is looked for whose answer was lost."""
_AHEAD = timedelta(minutes=10)
"""How far the clocks of others may be before Slack's."""
_FIRST = (timedelta(hours=1), timedelta(days=1))
"""What is due is mostly posted soon: so long after its time it is looked for first, which costs a call or two however much came later."""
_TS = regex(r"[0-9]{10}\.[0-9]{6}")
_NAME = regex(r"[a-z0-9_+'-]{1,100}(?:::[a-z0-9-]{1,40})?")
_MOST_REACTIONS = 200
_SETTLING = 3.0


class SlackChannels:
    """The channels that a bot token may read and post to. `host` is that of the workspace's links; left out, Slack is asked. `timeout` is in seconds."""

    def __init__(self, token: Secret, base_url: str, sleep: Callable[[float], None] = time.sleep, *, timeout: int = 30) -> None:
        self._web = SlackWeb(token, base_url, sleep, timeout)
        self._sleep = sleep
        self._identity: Mapping[str, object] | None = None

    def messages(self, channel: str, after: str, before: str) -> Iterator[Posted]:
        """What was posted between two ts (both left out), oldest first, without replies in threads. Raises ChatError, also for 20,000 messages or more:
        Slack gives the newest first, and the oldest must not be skipped unseen."""
        doing = f"reading the messages of the Slack channel {channel}"
        try:
            found = self._all(doing, channel, after, before)
            identity = self._who() if found else {}
        except Failure as failure:
            raise failure.told(doing, channel) from None
        return (_posted(message, channel, identity) for message in reversed(found))

    def reactions(self, thread: Permalink, ts: str) -> Mapping[str, int]:
        """Reactions on the message of that ts: name → how many people, the bot itself left out. Raises ChatError."""
        doing = f"reading the reactions in the Slack thread {thread.url}"
        try:
            message = self._web.read("reactions.get", channel=thread.channel, timestamp=ts, full=True).body.get("message")
            own = str(self._who().get("user_id"))
        except Failure as failure:
            raise failure.told(doing, thread.channel) from None
        counted = {name: count - (own in users) for name, count, users in _reactions(message)}
        return {name: count for name, count in counted.items() if count > 0}

    def mark(self, message: Permalink, name: str) -> bool:
        """Put our reaction on a message; False where it stands there already. Raises MessageRefused where only this message takes none, ChatError."""
        doing = f"marking the Slack message {message.url}"
        try:
            self._web.write("reactions.add", {"channel": message.channel, "timestamp": message.ts, "name": name})
        except Failure as failure:
            if isinstance(failure, Refusal) and failure.code == "already_reacted":
                return False
            raise failure.told_as(MessageRefused if _is_of_one(failure) else ChatError, doing, message.channel) from None
        return True

    def find_post(self, channel: str, marker: str, since: datetime) -> str | None:
        """The ts of our own post in a channel since then that carries the marker. Raises ChatError, also where more was posted since than is read:
        what is not found there may stand there all the same, and must not be posted twice."""
        doing = f"looking for our post in the Slack channel {channel}"
        begin = since - _AHEAD
        edges = [_ts(begin), *(_ts(begin + length) for length in _FIRST), ""]
        unread = False
        try:
            for oldest, latest in pairwise(edges):
                found, more = self._search(channel, marker, MOST_PAGES, oldest=oldest, **({"latest": latest} if latest else {}), inclusive=True)
                if found is not None:
                    return found
                unread |= more
        except Failure as failure:
            raise failure.told(doing, channel) from None
        if unread:
            cause = f"more was posted there since {since:%Y-%m-%d %H:%M} UTC than is read ({MOST_PAGES * 200:,} messages), and our post is not among that"
            raise ChatError(
                doing, cause, "say it by hand where it is missing, and name a channel with fewer messages (`escalation: channel:`, `intake: channel:`)"
            )
        return None

    def post(self, channel: str, reply: Reply) -> str:
        """Post to a channel, with the marker in the metadata, and return the ts. Raises ChatError.

        When the answer is lost, the channel is looked through before anything is posted again; after a time-out nothing is.
        """
        doing = f"posting to the Slack channel {channel}"
        for _ in range(2):
            try:
                return self._posted(channel, reply)
            except Failure as failure:
                if not failure.unclear:
                    raise failure.told(doing, channel) from None
                late = failure.late
            self._sleep(_SETTLING)
            if found := self._recent(doing, channel, reply.marker):
                return found
            if late:
                break
        raise ChatError(
            doing, "Slack did not say whether it took the post, and the channel does not show it", "run the same job again: it looks before it posts"
        )

    def _recent(self, doing: str, channel: str, marker: str) -> str | None:
        """Our own post among the newest messages."""
        try:
            return self._search(channel, marker, RECENT_PAGES)[0]
        except Failure as failure:
            raise failure.told(doing, channel) from None

    def _search(self, channel: str, marker: str, most: int, **bounds: str | bool) -> tuple[str | None, bool]:
        """Our own post with that marker; and, where there is none, whether there is more than so many pages hold. Raises Failure."""
        pages, answer = 0, None
        for answer in self._web.pages("conversations.history", most, channel=channel, include_all_metadata=True, **bounds):
            pages += 1
            for message in messages(answer):
                if marker_of(message) == marker and _is_ours(message, self._who()):
                    return str(message["ts"]), False
        return None, pages == most and answer is not None and bool(answer.body.get("has_more"))

    def _all(self, doing: str, channel: str, after: str, before: str) -> list[Mapping[str, object]]:
        found: list[Mapping[str, object]] = []
        pages = 0
        answer: Answer | None = None
        for answer in self._web.pages("conversations.history", MOST_PAGES, channel=channel, oldest=after, latest=before, include_all_metadata=True):
            pages += 1
            found += (message for message in messages(answer) if _TS.fullmatch(str(message.get("ts"))) and after < str(message["ts"]) < before)
        if pages == MOST_PAGES and answer is not None and answer.body.get("has_more"):
            raise ChatError(doing, f"there are more than {len(found):,} messages in the window", "shorten the window: `scan: hours:` in the configuration")
        # Slack sends a thread's reply that was also sent to the channel with the channel's messages.
        return [message for message in found if message.get("thread_ts") in (None, message["ts"])]

    def _posted(self, channel: str, reply: Reply) -> str:
        metadata = {"event_type": REPLY_EVENT, "event_payload": {"marker": reply.marker}}
        told = {"text": reply.text, "blocks": list(reply.blocks), "metadata": metadata, "unfurl_links": False, "unfurl_media": False}
        ts = self._web.write("chat.postMessage", {"channel": channel, **told}).body.get("ts")
        if not isinstance(ts, str):
            raise Lost("its answer names no message")
        return ts

    def _who(self) -> Mapping[str, object]:
        if self._identity is None:
            self._identity = self._web.read("auth.test").body
        return self._identity


def _is_of_one(failure: Failure) -> bool:
    return isinstance(failure, Refusal) and failure.code in OF_ONE_MESSAGE


def _ts(time: datetime) -> str:
    return f"{int(time.timestamp())}.000000"


def _is_ours(message: Mapping[str, object], identity: Mapping[str, object]) -> bool:
    key, own = ("bot_id", "bot_id") if identity.get("bot_id") else ("user", "user_id")
    return identity.get(own) is not None and identity.get(own) == message.get(key)


def _posted(message: Mapping[str, object], channel: str, identity: Mapping[str, object]) -> Posted:
    text, links = collect(message)
    own = str(identity.get("user_id"))
    host = str(identity.get("url", "")).removeprefix("https://").partition("/")[0]
    place = Permalink(host if re.fullmatch(r"[a-z0-9.-]{1,200}", host) else "slack.com", channel, str(message["ts"]))
    return Posted(
        Message(place, text, links),
        subtype=_word(message, "subtype"),
        bot=_word(message, "bot_id"),
        app=_word(message, "app_id"),
        user=_word(message, "user"),
        ours=_is_ours(message, identity) or marker_of(message) is not None,
        marks=tuple(name for name, _, users in _reactions(message) if own in users),
        edited=isinstance(message.get("edited"), Mapping),
    )


def _word(message: Mapping[str, object], key: str) -> str:
    value = message.get(key)
    return value if isinstance(value, str) and re.fullmatch(r"\w{1,80}", value) else ""


def _reactions(message: object) -> Iterator[tuple[str, int, Sequence[object]]]:
    """Name, count, and ids of those who reacted, as far as Slack names them; skin tones are one reaction."""
    found = message.get("reactions") if isinstance(message, Mapping) else None
    for one in found[:_MOST_REACTIONS] if isinstance(found, list) else ():
        if not isinstance(one, Mapping) or not isinstance(name := one.get("name"), str) or not _NAME.fullmatch(name):
            continue
        users, count = one.get("users"), one.get("count")
        named = users if isinstance(users, list) else []
        yield name.partition("::")[0], count if isinstance(count, int) and not isinstance(count, bool) and count >= 0 else len(named), named
