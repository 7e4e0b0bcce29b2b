"""What was said in a chat thread, ready to be carried from the job that reads it to the one that writes."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime

import msgspec

from bot.core.alert.slack_message import collect
from bot.core.plain_text.plain_text import cut, visible
from bot.model import Record

MOST, LONGEST = 200, 2_000
"""Messages of a thread, and characters of one, that are kept."""


class Spoken(Record, frozen=True):
    """One message of a thread. `who` is "person 1", "an app" or "Errata": people are numbered, not named."""

    ts: str
    who: str
    text: str

    @property
    def time(self) -> datetime:
        """When it was posted."""
        return datetime.fromtimestamp(int(self.ts.partition(".")[0]), UTC)


class ThreadWords(Record, frozen=True):
    """The messages of a thread in their order; `missing` says why there are none, or not all."""

    thread: str
    spoken: tuple[Spoken, ...] = ()
    missing: str = ""
    remedy: str = ""


class People:
    """Numbers people in the order in which they speak."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def called(self, message: Mapping[str, object], *, ours: bool) -> str:
        """What the sender is called."""
        if ours:
            return "Errata"
        if message.get("bot_id") or message.get("subtype") == "bot_message":
            return "an app"
        return self._known.setdefault(str(message.get("user") or ""), f"person {len(self._known) + 1}")


def spoken(messages: Iterable[Mapping[str, object]], parent: str, is_ours: Mapping[str, bool]) -> Iterator[Spoken]:
    """What raw messages of Slack's shape say, the parent left out. `is_ours` holds the ts of our own."""
    people = People()
    for message in messages:
        ts = message.get("ts")
        if isinstance(ts, str) and ts != parent and message.get("subtype") != "tombstone" and is_ts(ts):
            text = cut(visible(collect(message)[0]).strip(), LONGEST)
            who = people.called(message, ours=is_ours.get(ts, False))
            if text:
                yield Spoken(ts, who, text)


def is_ts(ts: str) -> bool:
    """Ten digits, a point, six digits."""
    seconds, dot, micros = ts.partition(".")
    return bool(dot) and len(seconds) == 10 and len(micros) == 6 and f"{seconds}{micros}".isascii() and f"{seconds}{micros}".isdigit()


def decoded(data: bytes) -> ThreadWords:
    """Of a file that another job left. Raises msgspec.DecodeError for what is none."""
    words = msgspec.json.decode(data, type=ThreadWords)
    if any(not is_ts(one.ts) for one in words.spoken):
        raise msgspec.ValidationError("a ts that is none")
    kept = tuple(Spoken(one.ts, cut(visible(one.who), 40), cut(visible(one.text), LONGEST)) for one in words.spoken[:MOST])
    return ThreadWords(cut(visible(words.thread), 300), kept, cut(visible(words.missing), 300), cut(visible(words.remedy), 300))
