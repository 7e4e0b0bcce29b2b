"""Slack, earlier: messages of the alert's channel that spoke of the same error, and what people answered below them."""

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from bot import __version__
from bot.config import Secret
from bot.config.sources import SlackHistory
from bot.core.alert.earlier_alerts import ErrorName, is_same, name_of, names_in
from bot.core.alert.slack_message import collect
from bot.core.alert.thread_answers import Answer, answers, quoted, span
from bot.core.signature import signature
from bot.errors import SourceError
from bot.model import Checkup, Evidence, Findings, Gap, Inquiry, Message, Permalink, Trend
from bot.regex import regex
from bot.slack_client import SlackWeb, marker_of, messages
from bot.slack_refusals import THROTTLED, Failure, Lost, Refusal
from bot.sources.slack_index import SMALL_PAGE, IndexFile, IndexReader, Reading, Span

SOURCE = "slack history"
_CHANNEL = regex(r"[CGD][A-Z0-9]{2,20}")
_FOR_HISTORY, _FOR_ALL = 0.6, 0.9
"""Shares of the time that a source has: the rest of the first is for threads."""
_TIMEOUT = 10
_THREAD_PAGES = 3
_SHOWN_DATES = 5
_DAY = timedelta(days=1)
_INTERNAL = (
    "make the app one of your own workspace (docs/setup.md): to apps that are distributed commercially outside the Marketplace Slack gives 15 messages a minute"
)


class Workspace(NamedTuple):
    """Where messages are read: token, address of the Web API, and the channels that doctor looks at."""

    token: Secret | None
    base_url: str
    channels: tuple[str, ...] = ()


class AlertReading(NamedTuple):
    """How the messages of a channel are read as alerts: as the alert itself is."""

    errors_per_message: int = 5
    own: tuple[str, ...] = ()


class Earlier(NamedTuple):
    """An earlier message of the same error, and the answers to it."""

    permalink: Permalink
    answers: tuple[Answer, ...]


class SlackHistorySource:
    """Answers the first inquiry. `cache` is the folder where the names of errors are kept between runs; `seconds` is the time for everything."""

    def __init__(
        self,
        configured: SlackHistory,
        workspace: Workspace,
        reading: AlertReading,
        cache: Path,
        seconds: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._configured, self._workspace, self._reading, self._cache = configured, workspace, reading, cache
        self._seconds, self._clock, self._sleep = seconds, clock, sleep
        self._until = 0.0
        self._before: dict[tuple[str, Span], Reading] = {}
        self._threads: dict[Permalink, tuple[Answer, ...]] = {}

    @property
    def name(self) -> str:
        """As gaps and evidence call it."""
        return SOURCE

    def gather(self, inquiry: Inquiry) -> Findings:
        """Evidence of kind "history": how often the error was posted before, and each thread that people answered in. Raises SourceError."""
        if not inquiry.search or not inquiry.alert.permalink.in_chat:
            return Findings()
        here, error = inquiry.alert.permalink, name_of(inquiry.alert)
        start = self._clock()
        self._until = start + _FOR_ALL * self._seconds
        web = self._web("reading earlier messages")
        if not _CHANNEL.fullmatch(here.channel):
            raise SourceError("reading earlier messages", "the alert stands in no channel of Slack", "set `slack_history: days: 0` for alerts from elsewhere")
        wanted = Span(_ts(here.time - self._configured.days * _DAY), here.parent_ts)
        reading = self._read(web, here, wanted, start + _FOR_HISTORY * self._seconds)
        same = sorted((ts for ts, known in reading.messages.items() if wanted.oldest <= ts < wanted.latest and is_same(error, known.errors)), reverse=True)
        answered = [ts for ts in same if reading.messages[ts].replies]
        threads, gaps = self._answered(web, here, answered[: self._configured.most_threads])
        evidence = [*self._counted(here, same, threads), *(_answers(one, here) for one in threads if one.answers)]
        query = _query(here, wanted, reading, f"{len(same)} of the same error; {len(threads)} of {len(answered)} threads with answers read")
        return Findings(evidence=tuple(evidence), gaps=(*_gaps(reading, here), *gaps), queries=(query,))

    def examine(self) -> Iterable[Checkup]:
        """One page of each configured channel, which shows how much this app may read; and whether the cache can be written."""
        self._until = self._clock() + _FOR_ALL * self._seconds
        try:
            web = self._web(SOURCE)
        except SourceError as error:
            yield Checkup(SOURCE, False, error.cause, error.remedy)
            return
        for channel in self._workspace.channels:
            yield _examined(web, channel)
        try:
            self._cache.mkdir(parents=True, exist_ok=True)
            probe = self._cache / ".probe"
            probe.write_bytes(b"")
            probe.unlink()
        except OSError as error:
            yield Checkup(f"{SOURCE} cache", False, f"{self._cache}: {error.strerror or error}", "make `slack_history: cache` a folder that can be written")

    def _web(self, doing: str) -> SlackWeb:
        if self._workspace.token is None:
            raise SourceError(doing, "SLACK_BOT_TOKEN is not set", "set SLACK_BOT_TOKEN (docs/setup.md, step 1), or `slack_history: days: 0`")
        return SlackWeb(self._workspace.token, self._workspace.base_url, self._sleep, _TIMEOUT, lambda: self._until - self._clock())

    def _read(self, web: SlackWeb, here: Permalink, wanted: Span, until: float) -> Reading:
        """Once for all errors of a message."""
        if found := self._before.get((here.channel, wanted)):
            return found
        file = IndexFile(self._cache, here.channel)
        reader = IndexReader(web, here.channel, lambda message: self._named(here, message), lambda: self._clock() > until)
        reading = reader.read(file.load(), self._key(here), wanted, self._configured.most_messages)
        with suppress(OSError):  # it costs the next run its calls; doctor tells of it
            file.save(reading.keep, wanted.oldest)
        self._before[here.channel, wanted] = reading
        return reading

    def _named(self, here: Permalink, message: Mapping[str, object]) -> tuple[ErrorName, ...]:
        text, links = collect(message)
        posted = Message(Permalink(here.host, here.channel, str(message["ts"])), text, links)
        return names_in(posted, self._reading.errors_per_message, self._reading.own)

    def _key(self, here: Permalink) -> str:
        """Names that were computed otherwise are not compared."""
        parts = (here.host, self._workspace.base_url, __version__, str(signature.VERSION), str(self._reading.errors_per_message), *self._reading.own)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]

    def _answered(self, web: SlackWeb, here: Permalink, same: Sequence[str]) -> tuple[list[Earlier], list[Gap]]:
        found: list[Earlier] = []
        for number, ts in enumerate(same):
            place = Permalink(here.host, here.channel, ts)
            try:
                if place not in self._threads:
                    self._threads[place] = answers(list(_thread(web, place)), ts)
            except Failure as failure:
                if isinstance(failure, Refusal) and failure.code == "thread_not_found":
                    continue
                error = failure.told_as(SourceError, "reading answers", here.channel)
                rest = len(same) - number
                return found, [Gap(SOURCE, f"the answers in {rest} earlier thread{'s' if rest > 1 else ''} of this error", error.cause, error.remedy)]
            found.append(Earlier(place, self._threads[place]))
        return found, []

    def _counted(self, here: Permalink, same: Sequence[str], threads: Sequence[Earlier]) -> Iterator[Evidence]:
        if not same:
            return
        places = [Permalink(here.host, here.channel, ts) for ts in same]
        dates = ", ".join(f"{place.time:%Y-%m-%d %H:%M}" for place in places[:_SHOWN_DATES])
        more = f" and {len(places) - _SHOWN_DATES} earlier" if len(places) > _SHOWN_DATES else ""
        times = "once" if len(places) == 1 else f"{len(places)} times"
        statement = f"This error was posted {times} before in this channel within {self._configured.days} days: {dates}{more} (UTC)."
        answered = sum(1 for one in threads if one.answers)
        detail = Trend(statement, (("earlier messages", len(places)), ("threads read", len(threads)), ("threads that people answered", answered)))
        yield Evidence("history", SOURCE, places[0].url, statement, time=places[0].time, query=f"messages of {here.channel} of the same error", detail=detail)


def _thread(web: SlackWeb, place: Permalink) -> Iterator[Mapping[str, object]]:
    for answer in web.pages("conversations.replies", _THREAD_PAGES, channel=place.channel, ts=place.ts, include_all_metadata=True):
        yield from (message for message in messages(answer) if marker_of(message) is None)


def _answers(one: Earlier, here: Permalink) -> Evidence:
    posted = one.permalink.time
    count = f"{len(one.answers)} answer{'s' if len(one.answers) > 1 else ''}"
    text = f"The same error, posted on {posted:%Y-%m-%d %H:%M} UTC ({span(here.time - posted)} before), has {count}:\n{quoted(one.answers, posted)}"
    return Evidence("history", SOURCE, one.permalink.url, text, time=posted, query=f"conversations.replies channel={here.channel} ts={one.permalink.ts}")


def _gaps(reading: Reading, here: Permalink) -> Iterator[Gap]:
    missing = reading.missing
    wanted = f"messages of {here.channel} between {_time(missing.oldest):%Y-%m-%d %H:%M} and {_time(missing.latest):%Y-%m-%d %H:%M} UTC" if missing else ""
    if reading.failure is not None:
        error = reading.failure.told_as(SourceError, "reading earlier messages", here.channel)
        limited = isinstance(reading.failure, Refusal) and reading.failure.code in THROTTLED and reading.small_pages
        yield Gap(SOURCE, wanted or f"the newest messages of {here.channel}", error.cause, _INTERNAL if limited else error.remedy)
    elif missing:
        cause = f"{reading.read:,} messages were read, then the time or `most_messages` was used up"
        yield Gap(SOURCE, wanted, cause, "the next diagnosis reads on from there; or raise `slack_history: most_messages` and `limits: source_seconds`")


def _query(here: Permalink, wanted: Span, reading: Reading, found: str) -> str:
    known = sum(1 for ts in reading.messages if wanted.oldest <= ts < wanted.latest)
    window = f"{_time(wanted.oldest):%Y-%m-%d %H:%M} to {_time(wanted.latest):%Y-%m-%d %H:%M} UTC"
    return f"messages of {here.channel}, {window} → {known} messages ({reading.read} read now), {found}"


def _examined(web: SlackWeb, channel: str) -> Checkup:
    name = f"{SOURCE} {channel}"
    try:
        body = web.read("conversations.history", channel=channel, limit=SMALL_PAGE + 1).body
        if not isinstance(found := body.get("messages"), list):
            raise Lost("its answer holds no messages")
    except Failure as failure:
        error = failure.told_as(SourceError, name, channel)
        return Checkup(name, False, error.cause, error.remedy)
    if body.get("has_more") and len(found) <= SMALL_PAGE:
        return Checkup(name, False, f"Slack gives this app {len(found)} messages at a time", _INTERNAL)
    return Checkup(name, True, "earlier messages can be read")


def _ts(time: datetime) -> str:
    return f"{max(int(time.timestamp()), 1_000_000_000)}.000000"


def _time(ts: str) -> datetime:
    return datetime.fromtimestamp(int(ts.partition(".")[0]), UTC)
