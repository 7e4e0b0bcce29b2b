"""What an alerting system sent becomes the alerts to diagnose: the same error once, the oldest first."""

from datetime import datetime

from bot.config import Configuration
from bot.core.alert.messages import Reading, chosen
from bot.core.intake import reading as intake_reading
from bot.core.intake.intake import message_of
from bot.model import Message, Record
from bot.model.posted import Posted


class Accepted(Record, frozen=True):
    """Messages to diagnose, one for each error. The counts: alerts that repeat one of them, that have ended, that are too many, that are unreadable."""

    messages: tuple[Message, ...] = ()
    repeats: int = 0
    ended: int = 0
    left_out: int = 0
    unreadable: int = 0


def accept(content: bytes, configuration: Configuration, now: datetime) -> Accepted:
    """From a payload, whole or within a GitHub event. Raises BadCommand when it is of no known system."""
    found = intake_reading.read(content)
    messages = sorted((message_of(one, now) for one in found.alerts), key=lambda message: message.permalink.ts)
    own = tuple(prefix for codebase in configuration.code for prefix in codebase.in_app)
    reading = Reading(configuration.environments, configuration.default_environment, configuration.limits.errors_per_message, own)
    choice = chosen([Posted(message) for message in messages], (), reading, configuration.scan.most, now)
    repeats = sum(len(group.also) for group in choice.groups)
    return Accepted(tuple(group.candidate.posted.message for group in choice.groups), repeats, found.ended, found.left_out + choice.left, found.unreadable)
