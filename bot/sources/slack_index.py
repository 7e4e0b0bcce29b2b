"""The errors that the messages of one Slack channel spoke of, read page by page and kept between runs: names of errors, no word of a message."""

import os
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import msgspec

from bot.core.alert.earlier_alerts import ErrorName
from bot.model import Record
from bot.regex import regex
from bot.slack_client import Answer, SlackWeb, marker_of, messages
from bot.slack_refusals import Failure, Lost

PAGE = 200
SMALL_PAGE = 15
"""What Slack gives, once a minute, to apps that are sold outside its Marketplace (docs.slack.dev, rate limits)."""
_MOST_BYTES = 20_000_000
_SETTLED = 7 * 24 * 3600
"""Seconds after which it is not looked again whether a message has answers."""
_TS = regex(r"[1-9][0-9]{9}\.[0-9]{6}")
_POSTED = ("bot_message", "file_share", "me_message")


class KnownMessage(Record, frozen=True):
    """A message: the errors that it speaks of, and how many people answered it."""

    errors: tuple[ErrorName, ...]
    replies: int = 0


class ChannelIndex(Record, frozen=True):
    """The messages of a channel from `since` to `until`, without a hole. `key` names the algorithms and the configuration that they were read with."""

    key: str
    since: str
    until: str
    messages: dict[str, KnownMessage]


class Span(NamedTuple):
    """From one ts to another, the second not included."""

    oldest: str
    latest: str


class Reading(NamedTuple):
    """What a reading came to: all messages that are known now, what to keep, how many messages Slack gave, and what is missing and why."""

    messages: dict[str, KnownMessage]
    keep: ChannelIndex
    read: int = 0
    missing: Span | None = None
    failure: Failure | None = None
    small_pages: bool = False


class IndexReader:
    """Reads one channel. `named` tells the errors of a raw message; `enough` says that the time for reading is over."""

    def __init__(self, web: SlackWeb, channel: str, named: Callable[[Mapping[str, object]], tuple[ErrorName, ...]], enough: Callable[[], bool]) -> None:
        self._web, self._channel, self._named, self._enough = web, channel, named, enough
        self._small = False
        self._ours: frozenset[str] | None = None

    def read(self, known: ChannelIndex | None, key: str, wanted: Span, most: int) -> Reading:
        """Everything in `wanted`, the newest first: at most `most` messages of what is new or may have answers by now, and as many of what is older."""
        if known is None or known.key != key or known.until < wanted.oldest or known.since >= wanted.latest:
            part = self._span(wanted, most)
            fresh = ChannelIndex(key, part.reached, wanted.latest, part.found)
            kept = known if known is not None and known.key == key and len(known.messages) > len(part.found) else fresh
            return self._reading(part.found, kept, part, Span(wanted.oldest, part.reached))
        newer = Span(max(wanted.oldest, known.since, _earlier(known.until)), wanted.latest)
        first = self._span(newer, most) if newer.oldest < newer.latest else _Part({}, newer.latest)
        found = {**known.messages, **first.found}
        if first.reached > known.until:  # a hole between what was read now and what was known
            fresh = ChannelIndex(key, first.reached, wanted.latest, first.found)
            kept = fresh if len(first.found) > len(known.messages) else known
            return self._reading(found, kept, first, Span(known.until, first.reached))
        index = ChannelIndex(key, min(known.since, first.reached), max(known.until, wanted.latest), found)
        if first.failure is not None or index.since <= wanted.oldest:
            return self._reading(found, index, first, Span(wanted.oldest, index.since))
        older = self._span(Span(wanted.oldest, index.since), most)
        index = ChannelIndex(key, older.reached, index.until, {**found, **older.found})
        return self._reading(index.messages, index, older._replace(read=first.read + older.read), Span(wanted.oldest, older.reached))

    def _reading(self, found: dict[str, KnownMessage], keep: ChannelIndex, last: "_Part", missing: Span) -> Reading:
        return Reading(found, keep, last.read, missing if missing.oldest < missing.latest else None, last.failure, self._small)

    def _span(self, span: Span, most: int) -> "_Part":
        part = _Part({}, span.latest)
        if self._enough():
            return part
        bounds = {"channel": self._channel, "oldest": span.oldest, "latest": span.latest}
        try:
            for answer in self._web.pages("conversations.history", -(-most // PAGE), **bounds, include_all_metadata=True, limit=min(PAGE, most)):
                part = self._paged(part, answer)
                if self._enough():
                    return part
                if not answer.body.get("has_more"):
                    return part._replace(reached=span.oldest)
        except Failure as failure:
            return part._replace(failure=failure)
        return part

    def _paged(self, part: "_Part", answer: Answer) -> "_Part":
        if not isinstance(answer.body.get("messages"), list):
            raise Lost("its answer holds no messages")
        page = list(messages(answer))
        self._small = self._small or (bool(answer.body.get("has_more")) and len(page) <= SMALL_PAGE)
        found, reached = dict(part.found), part.reached
        for message in page:
            if self._enough():
                break
            ts = message.get("ts")
            if not isinstance(ts, str) or not _TS.fullmatch(ts):
                continue
            reached = min(reached, ts)
            if _is_posted(message, ts):
                found[ts] = KnownMessage(self._named(message), self._replies(message))
        return _Part(found, reached, part.read + len(page))

    def _replies(self, message: Mapping[str, object]) -> int:
        """How many others answered; an answer of our own is what most alerts have."""
        count, who = message.get("reply_count"), message.get("reply_users")
        if not isinstance(count, int) or not 0 < count < 1_000_000:
            return 0
        if not isinstance(who, list) or message.get("reply_users_count") != len(who):  # Slack names at most five
            return count
        return sum(1 for one in map(str, who) if one not in self._own and not one.startswith("B"))

    @property
    def _own(self) -> frozenset[str]:
        """Who we are; asked once, when a message has answers."""
        if self._ours is None:
            try:
                body = self._web.read("auth.test").body
                self._ours = frozenset(str(body[key]) for key in ("user_id", "bot_id") if body.get(key))
            except Failure:
                self._ours = frozenset()
        return self._ours


class _Part(NamedTuple):
    """What was read of a span: everything from `reached` on."""

    found: dict[str, KnownMessage]
    reached: str
    read: int = 0
    failure: Failure | None = None


class IndexFile:
    """Where the index of a channel is kept. What cannot be read as one is as if it were not there: it costs the calls again, nothing else."""

    def __init__(self, folder: Path, channel: str) -> None:
        self._path = folder / f"{channel}.json"

    def load(self) -> ChannelIndex | None:
        """The index as it was kept, checked; None when there is none or it is damaged."""
        try:
            if self._path.is_symlink() or self._path.stat().st_size > _MOST_BYTES:
                return None
            index = msgspec.json.decode(self._path.read_bytes(), type=ChannelIndex)
        except (OSError, msgspec.DecodeError, UnicodeError, RecursionError):
            return None
        sound = all(_TS.fullmatch(ts) and index.since <= ts <= index.until for ts in index.messages)
        return index if sound and _TS.fullmatch(index.since) and _TS.fullmatch(index.until) else None

    def save(self, index: ChannelIndex, oldest: str) -> None:
        """Keeps what is not older than `oldest`, whole or not at all. Raises OSError."""
        since = max(index.since, oldest)
        kept = msgspec.structs.replace(index, since=since, messages={ts: message for ts, message in index.messages.items() if ts >= since})
        self._path.parent.mkdir(parents=True, exist_ok=True)
        number, name = tempfile.mkstemp(prefix=f".{self._path.name}.", dir=self._path.parent)
        try:
            with os.fdopen(number, "wb") as file:
                file.write(msgspec.json.encode(kept))
            Path(name).replace(self._path)
        finally:
            with suppress(FileNotFoundError):
                Path(name).unlink()


def _is_posted(message: Mapping[str, object], ts: str) -> bool:
    """A message of its own: no reply that was sent to the channel too, no notice of Slack's, no answer of ours."""
    kind = message.get("subtype")
    return (kind is None or kind in _POSTED) and message.get("thread_ts", ts) == ts and marker_of(message) is None


def _earlier(ts: str) -> str:
    seconds, _, micros = ts.partition(".")
    return f"{max(int(seconds) - _SETTLED, 1_000_000_000)}.{micros}"
