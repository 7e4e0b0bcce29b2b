"""Which messages of a channel are alerts, which of them are the same error, and which are still to be taken up."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Protocol

import msgspec

from bot.core.alert.alert import EnvironmentPattern, alerts
from bot.core.alert.incident import Sighting
from bot.core.redaction.redaction import Redactor
from bot.core.signature.signature import current, fingerprint
from bot.model import Alert, Message, Permalink, Record
from bot.model.posted import Posted

TAKEN, AGAIN, DONE = "eyes", "repeat", "white_check_mark"
"""Reactions of the bot: a scan took the alert; took it once more, since the first diagnosis did not come to its end; it was diagnosed."""
REPEATS = timedelta(hours=1)
"""The same error again within this time is recorded with the first, and not diagnosed for itself."""
UNDERWAY = timedelta(minutes=30)
"""How long the two jobs of a diagnosis may take."""
MOST_ALSO, MOST_FOLLOWERS = 50, 300
"""Messages that go along with one diagnosis, and with all of one scan: each takes a reaction, and Slack allows some fifty a minute."""
_POSTED = frozenset({"", "bot_message", "file_share", "me_message"})
_MOST_TEXT = 20_000


class Wanted(Protocol):
    """What the configuration says of alerts (`bot.config.delivery.Scan`)."""

    @property
    def bots(self) -> tuple[str, ...]: ...  # noqa: D102 - the class says it

    @property
    def patterns(self) -> tuple[str, ...]: ...  # noqa: D102

    @property
    def ignore(self) -> tuple[str, ...]: ...  # noqa: D102

    @property
    def people(self) -> bool: ...  # noqa: D102


class Reading(Record, frozen=True):
    """How messages are read as alerts: as a diagnosis reads them."""

    environments: tuple[EnvironmentPattern, ...] = ()
    default_environment: str = ""
    errors_per_message: int = 5
    own: tuple[str, ...] = ()


class Candidate(Record, frozen=True):
    """A message that is an alert. `key` is equal for the same errors in the same environment."""

    posted: Posted
    sighting: Sighting
    key: tuple[str, ...]


class Group(Record, frozen=True):
    """One error to diagnose, and the messages after it that only repeat it."""

    candidate: Candidate
    also: tuple[Candidate, ...] = ()


class Choice(Record, frozen=True):
    """What a scan takes up, the oldest first; how many messages repeat what was taken and wait for a later scan; how many are left to the next one."""

    groups: tuple[Group, ...] = ()
    waiting: int = 0
    left: int = 0


def is_alert(posted: Posted, wanted: Wanted) -> bool:
    """Whether a message is an alert: an app's, no system message, none of our own, and as the configuration wants it."""
    text = posted.message.text[:_MOST_TEXT]
    if posted.ours or posted.subtype not in _POSTED or not text.strip():
        return False
    by_app = bool(posted.bot or posted.app) or posted.subtype == "bot_message"
    if not by_app and not (wanted.people and wanted.patterns):
        return False
    if by_app and wanted.bots and not {posted.bot, posted.app} & set(wanted.bots):
        return False
    if any(re.search(pattern, text) for pattern in wanted.ignore):
        return False
    return not wanted.patterns or any(re.search(pattern, text) for pattern in wanted.patterns)


def candidate(posted: Posted, reading: Reading) -> Candidate:
    """The message as an alert, named by its text alone; redacted, so that an address in it does not make it another error."""
    place = posted.message.permalink
    told = _told(posted.message.text, posted.message.links, reading)
    sighting = Sighting(told.name, place.url, place.time, told.environment, told.release, told.trace_ids)
    return Candidate(posted, sighting, told.key or (place.url,))


class _Told(Record, frozen=True):
    """What a text says of its errors; `key` is empty where it says nothing that could be the same again."""

    key: tuple[str, ...]
    name: str
    environment: str
    release: str
    trace_ids: tuple[str, ...]


@lru_cache(maxsize=2_000)
def _told(text: str, links: tuple[str, ...], reading: Reading) -> _Told:
    """Kept, since a storm of alerts says the same thousands of times."""
    message = Message(Permalink("", "", "1000000000.000000"), text, links)
    found = alerts(message, reading.environments, reading.default_environment, reading.errors_per_message, reading.own)
    # The whole text is not needed for a name, and takes the longest to look through.
    redacted: list[Alert] = [Redactor().record(msgspec.structs.replace(one, text="", log_links=())) for one in found]
    first, names = redacted[0], [current(one) for one in redacted]
    says = any(one.message or one.frames or one.error_type for one in redacted)
    key = (first.environment, *(fingerprint(name) for name in names)) if says else ()
    traces = tuple(dict.fromkeys(trace for one in redacted for trace in one.trace_ids))[:5]
    return _Told(key, names[0].name, first.environment, first.release or "", traces)


def is_finished(posted: Posted) -> bool:
    """Whether a scan or a person had it diagnosed."""
    return DONE in posted.marks


def is_given_up(posted: Posted) -> bool:
    """Whether it was taken twice and no diagnosis came to its end."""
    return {TAKEN, AGAIN} <= set(posted.marks) and not is_finished(posted)


def is_underway(posted: Posted, now: datetime) -> bool:
    """Whether it was taken so lately that its diagnosis may still be at work."""
    return TAKEN in posted.marks and now - posted.message.permalink.time < UNDERWAY


def next_mark(posted: Posted) -> str:
    """The reaction by which a scan takes it."""
    return AGAIN if TAKEN in posted.marks else TAKEN


def chosen(waiting: Sequence[Posted], taken_before: Sequence[Posted], reading: Reading, most: int, late: datetime) -> Choice:
    """Of alerts that wait, oldest first: at most so many errors, each with what repeats it within the hour, at most `MOST_ALSO`.

    What repeats an error that an earlier scan took waits until that one was posted before `late`: then it is diagnosed as one, with what
    repeats it. So an error that goes on is diagnosed once an hour, and none of its alerts is lost. Messages that were taken and not finished
    go together with none but their like: what a diagnosis refused to take along gets one of its own. What comes after the last is not even read.
    """
    before: dict[tuple[str, ...], list[datetime]] = {}
    for one in (candidate(posted, reading) for posted in taken_before):
        before.setdefault(one.key, []).append(one.sighting.time)
    groups: list[list[Candidate]] = []
    latest: dict[tuple[bool, tuple[str, ...]], list[Candidate]] = {}
    followers = kept = 0
    for number, posted in enumerate(waiting):
        if len(groups) >= most:
            return Choice(_grouped(groups), kept, len(waiting) - number)
        one, again = candidate(posted, reading), TAKEN in posted.marks
        group = latest.get((again, one.key))
        if group is not None and _repeats(one, (group[0].sighting.time,)):
            room = len(group) <= MOST_ALSO and followers < MOST_FOLLOWERS
            followers, kept = followers + room, kept + (not room)
            group += [one] if room else []
        elif not again and _repeats(one, (time for time in before.get(one.key, ()) if time > late)):
            kept += 1
        else:
            latest[again, one.key] = group = [one]
            groups.append(group)
    return Choice(_grouped(groups), kept)


def _grouped(groups: Iterable[Sequence[Candidate]]) -> tuple[Group, ...]:
    return tuple(Group(first, tuple(others)) for first, *others in groups)


def _repeats(one: Candidate, earlier: Iterable[datetime]) -> bool:
    return any(timedelta() <= one.sighting.time - time <= REPEATS for time in earlier)
