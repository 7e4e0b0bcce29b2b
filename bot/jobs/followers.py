"""Alerts that go along with the one that is diagnosed: read, held against it, and handed on, so that each is recorded and answered."""

from collections.abc import Iterable, Sequence

from bot.config import Configuration
from bot.core.alert import permalink as permalinks
from bot.core.alert.messages import MOST_ALSO, Reading, candidate
from bot.core.entry.entry import Entry
from bot.core.entry.repeats import repeated
from bot.errors import BadLink, ChatError
from bot.jobs.proposal_directory import Proposed
from bot.jobs.scan import reading_of
from bot.model import Message, Permalink
from bot.model.posted import Posted
from bot.ports import Chat, Say
from bot.texts import repeats, scanning


def links_in(given: Iterable[str]) -> tuple[str, ...]:
    """The links of a command line: one or more in each value, with white space between them."""
    return tuple(dict.fromkeys(link for value in given for link in value.split()))


def places_of(links: Sequence[str], leader: Permalink, hosts: tuple[str, ...], say: Say) -> tuple[Permalink, ...]:
    """The messages that links name: each once, without the one that is diagnosed, at most `MOST_ALSO`. What is no link to a message is told and left."""
    places: dict[str, Permalink] = {}
    for link in links:
        try:
            place = permalinks.parse(link, hosts)
        except BadLink as error:
            say(scanning.not_taken_along(link, error.cause))
            continue
        if place.in_chat and place.identity != leader.identity:
            places.setdefault(place.identity, place)
    if len(places) > MOST_ALSO:
        say(scanning.too_many_along(len(places) - MOST_ALSO, MOST_ALSO))
    return tuple(places.values())[:MOST_ALSO]


def followers(leader: Message, links: Sequence[str], chat: Chat, configuration: Configuration, say: Say) -> tuple[Permalink, ...]:
    """Of the messages that links name, those whose alert has the leader's signature, environment included, by its own words.

    What is not the same, or cannot be read, is told and keeps the mark of a message that was taken and not finished: the next scan takes it
    for itself.
    """
    places = places_of(links, leader.permalink, configuration.slack_hosts, say)
    reading = reading_of(configuration)
    wanted = _key(leader, reading)
    found = []
    for place in places:
        try:
            same = _key(chat.read(place), reading) == wanted
        except ChatError as error:
            say(scanning.not_taken_along(place.url, error.cause))
            continue
        if same:
            found.append(place)
        else:
            say(scanning.not_the_same(place))
    return tuple(found)


def taken_along(one: Proposed, channels: tuple[str, ...], say: Say) -> Proposed:
    """The case with those of its followers that the bot may speak to: the directory's word for a place is not enough to be answered there."""
    allowed = {one.case.alert.permalink.channel, *channels}
    for place in one.also:
        if place.channel not in allowed:
            say(repeats.elsewhere(place))
    return Proposed(one.case, one.diagnosis, tuple(place for place in one.also if place.channel in allowed))


def with_followers(entry: Entry, one: Proposed) -> Entry:
    """The entry with a row for each follower that it does not hold. Raises BadEntry."""
    return repeated(entry, one.also, repeats.words(one.case.alert))


def _key(message: Message, reading: Reading) -> tuple[str, ...]:
    return candidate(Posted(message), reading).key
