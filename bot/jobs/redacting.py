"""The redactor of one case, as the configuration wants it."""

from time import monotonic

from bot.config import Configuration
from bot.core.redaction.redaction import Redactor
from bot.core.redaction.rules import RULES, WITH_ADDRESSES


def redactor_of(configuration: Configuration, own_secrets: tuple[str, ...] = ()) -> Redactor:
    """With the configured rules and time limit. `own_secrets` are known by value, whatever their form."""
    chosen = configuration.redaction
    return Redactor(WITH_ADDRESSES if chosen.ip_addresses == "redact" else RULES, own_secrets, clock=monotonic, seconds=chosen.seconds_per_text)
