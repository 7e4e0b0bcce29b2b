"""New alerts of the configured channels: found, grouped, and taken with a reaction, so that no two scans take the same one.

A scan keeps no state of its own. It reads a window that overlaps with the last ones and tells by its own reactions what became of each message:
none: new; 👀: taken; 👀 and 🔁: taken once more, since no diagnosis came to its end; ✅: diagnosed. So a scan that is late, fails half-way, or
runs beside another one neither skips an alert nor takes it twice.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta

from bot.config import Configuration
from bot.core.alert.incident import Incident, incidents
from bot.core.alert.messages import REPEATS, Candidate, Group, Reading, chosen, is_alert, is_finished, is_given_up, is_underway, next_mark
from bot.errors import BotError, MessageRefused
from bot.model import Permalink, Record
from bot.model.posted import Posted
from bot.ports import Channels, Say
from bot.texts import scanning

Known = Callable[[Permalink], bool]
"""Whether an entry of the knowledge folder holds this alert already."""
_AHEAD = timedelta(minutes=10)
"""How far Slack's clock may be before ours."""


class Taken(Record, frozen=True):
    """An error that this scan took: the message that is diagnosed, and those that repeat it and go along with it."""

    place: Permalink
    name: str
    also: tuple[Permalink, ...] = ()

    @property
    def repeats(self) -> int:
        """How many go along."""
        return len(self.also)


class Scan(Record, frozen=True):
    """What a scan came to. `read` counts messages, `alerts` those among them that are alerts; `given_up` were taken twice and never finished.

    `unmarked` take no mark of ours, each for a reason of its own.
    `repeats` says how many were taken with another one, `waiting` how many repeat what was taken and are left until its hour is over.
    """

    taken: tuple[Taken, ...] = ()
    incidents: tuple[Incident, ...] = ()
    read: int = 0
    alerts: int = 0
    repeats: int = 0
    waiting: int = 0
    left: int = 0
    given_up: tuple[Permalink, ...] = ()
    unmarked: tuple[Permalink, ...] = ()
    failures: tuple[BotError, ...] = ()


def scan(channels: Channels, configuration: Configuration, known: Known, now: datetime, say: Say) -> Scan:
    """Take the oldest alerts that no scan took, at most `scan: most` errors. A channel that cannot be read does not keep the others from theirs."""
    posts, failures = _read(channels, configuration, now)
    wanted = [one for one in posts if is_alert(one, configuration.scan)]
    settled = [is_finished(one) or is_given_up(one) or is_underway(one, now) or known(one.message.permalink) for one in wanted]
    waiting = [one for one, done in zip(wanted, settled, strict=True) if not done]
    before = [one for one, done in zip(wanted, settled, strict=True) if done]
    # In a short window they must not wait until it has moved on.
    late = now - min(REPEATS, timedelta(hours=configuration.scan.hours / 2))
    claims = _Claims(channels, failures, say)
    choice = chosen(waiting, before, reading_of(configuration), configuration.scan.most, late)
    while not claims.take(choice.groups):
        before += [one for one in waiting if claims.is_settled(one)]
        waiting = [one for one in waiting if not claims.is_settled(one) and not claims.is_out(one)]
        choice = chosen(waiting, before, reading_of(configuration), configuration.scan.most - len(claims.taken), late)
    return Scan(
        taken=tuple(claims.taken),
        incidents=incidents([group.candidate.sighting for group in claims.groups]),
        read=len(posts),
        alerts=len(wanted),
        repeats=sum(one.repeats for one in claims.taken),
        waiting=choice.waiting,
        left=choice.left,
        given_up=tuple(one.message.permalink for one in wanted if is_given_up(one)),
        unmarked=tuple(claims.unmarked),
        failures=tuple(failures),
    )


def _read(channels: Channels, configuration: Configuration, now: datetime) -> tuple[list[Posted], list[BotError]]:
    """Of all channels, the oldest first."""
    after, before = _ts(now - timedelta(hours=configuration.scan.hours)), _ts(now + _AHEAD)
    posts, failures = list[Posted](), list[BotError]()
    for channel in dict.fromkeys(configuration.channels):
        try:
            posts += channels.messages(channel, after, before)
        except BotError as error:
            failures.append(error)
    return sorted(posts, key=lambda one: (one.message.permalink.ts, one.message.permalink.channel)), failures


class _Claims:
    """What this scan may take: each error whose message bears our new mark. Where it was there before us, another scan has it."""

    def __init__(self, channels: Channels, failures: list[BotError], say: Say) -> None:
        self._channels, self._failures, self._say = channels, failures, say
        self._refused: set[str] = set()
        self.taken: list[Taken] = []
        self.groups: list[Group] = []
        self.unmarked: list[Permalink] = []
        self._settled: set[Permalink] = set()

    def take(self, groups: Iterable[Group]) -> bool:
        """Take one group after the other. False at the first whose leader takes no mark of ours: what repeats it needs another leader."""
        for group in groups:
            place = group.candidate.posted.message.permalink
            marked = tuple(self._marked((group.candidate,)))
            if place in self.unmarked:
                return False
            if place.channel in self._refused:
                continue
            self._settled.update(one.posted.message.permalink for one in (group.candidate, *group.also))
            if not marked:
                self._say(scanning.taken_by_another(place))
                continue
            # What another scan has of these, or what could not be marked, is left to the next.
            also = tuple(self._marked(group.also))
            self._say(scanning.taken(place, group.candidate.sighting.name, len(also)))
            self.taken.append(Taken(place, group.candidate.sighting.name, also))
            self.groups.append(group)
        return True

    def is_settled(self, posted: Posted) -> bool:
        """Whether it was taken, by this scan or another."""
        return posted.message.permalink in self._settled

    def is_out(self, posted: Posted) -> bool:
        """Whether it takes no mark, or its channel none."""
        place = posted.message.permalink
        return place in self.unmarked or place.channel in self._refused

    def _marked(self, candidates: Iterable[Candidate]) -> Iterator[Permalink]:
        """Those that bear our new mark; in a channel that takes none, no other is tried."""
        for posted in (one.posted for one in candidates):
            place = posted.message.permalink
            if place.channel in self._refused:
                continue
            try:
                ours = self._channels.mark(place, next_mark(posted))
            except MessageRefused as error:
                self.unmarked.append(place)
                self._say(scanning.unmarked(place, error.cause))
                continue
            except BotError as error:
                self._refused.add(place.channel)
                self._failures.append(error)
                continue
            if ours:
                yield place


def reading_of(configuration: Configuration) -> Reading:
    """How messages are read as alerts: as a diagnosis reads them."""
    own = tuple(prefix for codebase in configuration.code for prefix in codebase.in_app)
    return Reading(configuration.environments, configuration.default_environment, configuration.limits.errors_per_message, own)


def _ts(time: datetime) -> str:
    return f"{int(time.timestamp())}.000000"
