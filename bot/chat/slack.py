"""Slack: reads the message behind a link, answers in its thread once, and says what its token lacks."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from bot.config import Secret
from bot.core.alert.slack_message import collect
from bot.core.plain_text.plain_text import one_line
from bot.errors import ChatError
from bot.model import Checkup, Message, Permalink, Reply
from bot.regex import regex
from bot.slack_client import REPLY_EVENT, Answer, SlackWeb, marker_of, messages
from bot.slack_refusals import MEANINGS, Failure, Lost, Refusal

_TS = regex(r"[0-9]{10}\.[0-9]{6}")
_NOT_THERE = frozenset({"thread_not_found", "message_not_found"})
_MOST_PAGES = 50
_SETTLING = 3.0
_HISTORY_SCOPES = ("channels:history", "groups:history")


class SlackChat:
    """The workspace that a bot token belongs to. `channels` are the ids whose membership doctor looks at; `timeout` is in seconds."""

    def __init__(self, token: Secret, base_url: str, sleep: Callable[[float], None] = time.sleep, *, channels: tuple[str, ...] = (), timeout: int = 30) -> None:
        self._web = SlackWeb(token, base_url, sleep, timeout)
        self._sleep = sleep
        self._channels = channels
        self._identity: Mapping[str, object] | None = None

    def read(self, permalink: Permalink) -> Message:
        """The message of exactly that ts, in at most two calls; its permalink knows the thread that Slack says it is in. Raises ChatError."""
        doing = f"reading the Slack message {permalink.url}"
        try:
            message = self._message(permalink)
        except Failure as failure:
            raise failure.told(doing, permalink.channel) from None
        if message is None:
            raise ChatError(doing, *MEANINGS["message_not_found"])
        parent = message.get("thread_ts")
        if isinstance(parent, str) and _TS.fullmatch(parent):
            permalink = Permalink(permalink.host, permalink.channel, permalink.ts, None if parent == permalink.ts else parent)
        text, links = collect(message)
        return Message(permalink, text, links)

    def find_replies(self, thread: Permalink, markers: Sequence[str]) -> Mapping[str, str]:
        """See `Chat.find_replies`: the thread is read once, and no further than the last of them. Raises ChatError."""
        found = dict[str, str]()
        try:
            for message in self._replies(thread):
                marker = marker_of(message)
                if isinstance(marker, str) and marker in markers and marker not in found and self._is_ours(message):
                    found[marker] = str(message["ts"])
                    if len(found) == len(set(markers)):
                        break
        except Failure as failure:
            raise failure.told(f"looking for our answer in the Slack thread {thread.url}", thread.channel) from None
        return found

    def reply(self, thread: Permalink, reply: Reply) -> str:
        """Post under the parent, with the marker in the metadata, and return the ts. Raises ChatError.

        chat.postMessage has no idempotency key: when its answer is lost, the thread is looked through before anything is posted again,
        and after a time-out, when the first post may yet arrive, nothing is.
        """
        doing = f"answering in the Slack thread {thread.url}"
        for _ in range(2):
            try:
                return self._post(thread, reply)
            except Failure as failure:
                if not failure.unclear:
                    raise failure.told(doing, thread.channel) from None
                late = failure.late
            self._sleep(_SETTLING)
            if found := self.find_replies(thread, (reply.marker,)).get(reply.marker):
                return found
            if late:
                break
        raise ChatError(
            doing, "Slack did not say whether it took the answer, and the thread does not show it", "run the same job again: it looks before it posts"
        )

    def revise(self, thread: Permalink, ts: str, reply: Reply) -> None:
        """Put other words into our own message of that ts; chat.update said twice is the same, so a lost answer is asked for again. Raises ChatError."""
        arguments = {"channel": thread.channel, "ts": ts, **_words(reply)}
        try:
            try:
                self._web.write("chat.update", arguments)
            except Failure as failure:
                if not failure.unclear:
                    raise
                self._sleep(_SETTLING)
                self._web.write("chat.update", arguments)
        except Failure as failure:
            raise failure.told(f"correcting our answer in the Slack thread {thread.url}", thread.channel) from None

    def examine(self) -> Iterable[Checkup]:
        """Token, scopes, and membership of each configured channel."""
        try:
            answer = self._web.read("auth.test")
        except Failure as failure:
            yield _failing("Slack token", failure.told("asking Slack who we are"))
            return
        yield _token(answer.body)
        yield _scopes(answer, marks=bool(self._channels))
        for channel in self._channels:
            yield self._membership(channel)

    def _message(self, permalink: Permalink) -> Mapping[str, object] | None:
        if permalink.thread_ts:
            return self._in_thread(permalink, permalink.thread_ts) or self._in_thread(permalink, permalink.ts)
        pinned = self._web.read("conversations.history", channel=permalink.channel, oldest=permalink.ts, latest=permalink.ts, inclusive=True, limit=1)
        # History holds parents only; a reply's link without its thread_ts is found through the thread.
        return _exactly(permalink.ts, pinned) or self._in_thread(permalink, permalink.ts)

    def _in_thread(self, permalink: Permalink, ts: str) -> Mapping[str, object] | None:
        bounds = {"oldest": permalink.ts, "latest": permalink.ts}
        try:
            # The parent comes first, whatever the bounds.
            answer = self._web.read("conversations.replies", channel=permalink.channel, ts=ts, **bounds, inclusive=True, limit=10)
        except Refusal as refused:
            if refused.code in _NOT_THERE:
                return None
            raise
        return _exactly(permalink.ts, answer)

    def _replies(self, thread: Permalink) -> Iterator[Mapping[str, object]]:
        where = {"channel": thread.channel, "ts": thread.parent_ts}
        for answer in self._web.pages("conversations.replies", _MOST_PAGES, **where, include_all_metadata=True):
            yield from messages(answer)

    def _post(self, thread: Permalink, reply: Reply) -> str:
        answer = self._web.write(
            "chat.postMessage",
            {
                "channel": thread.channel,
                "thread_ts": thread.parent_ts,
                **_words(reply),
                "unfurl_links": False,
                "unfurl_media": False,
            },
        )
        ts = answer.body.get("ts")
        if not isinstance(ts, str):
            raise Lost("its answer names no message")
        return ts

    def _is_ours(self, message: Mapping[str, object]) -> bool:
        """Any app in the channel can read our metadata and post a copy; asked only when a marker matches."""
        if self._identity is None:
            self._identity = self._web.read("auth.test").body
        key, own = ("bot_id", "bot_id") if self._identity.get("bot_id") else ("user", "user_id")
        return self._identity.get(own) in (None, message.get(key))

    def _membership(self, channel: str) -> Checkup:
        name = f"Slack channel {channel}"
        try:
            info = self._web.read("conversations.info", channel=channel).body.get("channel")
        except Refusal as refused:
            if refused.code == "missing_scope":
                return self._readable(name, channel)
            return _failing(name, refused.told(name, channel))
        except Failure as failure:
            return _failing(name, failure.told(name, channel))
        seen = info if isinstance(info, Mapping) else {}
        if seen.get("is_archived"):
            return Checkup(name, False, *_said("is_archived", channel))
        if seen.get("is_member") or seen.get("is_im"):
            return Checkup(name, True, f"the bot is in #{one_line(str(seen.get('name') or channel))}")
        return Checkup(name, False, *_said("not_in_channel", channel))

    def _readable(self, name: str, channel: str) -> Checkup:
        """conversations.info wants a scope of its own, which the bot does not need: reading is the proof."""
        try:
            self._web.read("conversations.history", channel=channel, limit=1)
        except Failure as failure:
            return _failing(name, failure.told(name, channel))
        return Checkup(name, True, "the bot can read it")


def _words(reply: Reply) -> dict[str, object]:
    """What a message says, and the mark by which it is found; a message that is updated loses whatever is not sent again."""
    return {
        "text": reply.text,
        "blocks": list(reply.blocks),
        "metadata": {"event_type": REPLY_EVENT, "event_payload": {"marker": reply.marker}},
    }


def _exactly(ts: str, answer: Answer) -> Mapping[str, object] | None:
    """Slack gives a neighbour when the wanted message is gone, and a tombstone when only its replies are left."""
    return next((message for message in messages(answer) if message.get("ts") == ts and message.get("subtype") != "tombstone"), None)


def _said(code: str, channel: str) -> tuple[str, str]:
    error = Refusal(code, 200).told("", channel)
    return error.cause, error.remedy


def _failing(name: str, error: ChatError) -> Checkup:
    return Checkup(name, False, error.cause, error.remedy)


def _token(body: Mapping[str, object]) -> Checkup:
    who = f"{one_line(str(body.get('user')))} in {one_line(str(body.get('team')))}"
    if body.get("bot_id"):
        return Checkup("Slack token", True, who)
    return Checkup("Slack token", False, f"{who}, a person's token", MEANINGS["not_allowed_token_type"].remedy)


def _scopes(answer: Answer, *, marks: bool) -> Checkup:
    """`marks`: whether alerts of channels are marked by the scan, and by a diagnosis."""
    granted = {scope.strip() for scope in answer.headers.get("x-oauth-scopes", "").split(",")}
    missing = [] if "chat:write" in granted else ["chat:write"]
    if not granted.intersection(_HISTORY_SCOPES):
        missing.append("channels:history (private channels: groups:history)")
    missing += ["reactions:write"] if marks and "reactions:write" not in granted else []
    if missing:
        needed = " and ".join(missing)
        error = Refusal("missing_scope", 200, needed).told("")
        return Checkup("Slack scopes", False, error.cause, error.remedy)
    return Checkup("Slack scopes", True, one_line(", ".join(sorted(granted))))
