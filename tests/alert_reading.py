"""A posted text, read as alerts."""

from bot.config import DEFAULT_ENVIRONMENTS, Environment
from bot.core.alert.alert import alerts
from bot.model import Alert, Message, Permalink

PLACE = Permalink("acme.slack.com", "C08RB8T6CNS", "1765962764.835579")


def read(text: str, *links: str, limit: int = 5, environments: tuple[Environment, ...] = DEFAULT_ENVIRONMENTS) -> tuple[Alert, ...]:
    """The alerts of a message with this text and these links."""
    return alerts(Message(PLACE, text, links), environments, "prod", limit)
