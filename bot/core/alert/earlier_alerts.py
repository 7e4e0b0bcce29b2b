"""Whether an earlier message of a channel speaks of the same error: by the name of the error, else by its type and place."""

from collections.abc import Iterable

import msgspec

from bot.core.alert.alert import alerts
from bot.core.redaction.redaction import Redactor
from bot.core.signature import signature as signatures
from bot.model import Alert, Message, Record


class ErrorName(Record, frozen=True):
    """What is compared, and all that is kept of a message between runs. `fingerprint` is empty where the message says nothing."""

    fingerprint: str
    error_type: str = ""
    culprit: str = ""


def name_of(alert: Alert) -> ErrorName:
    """The name of one error, as its alert alone gives it away."""
    found = signatures.current(alert)
    error_type, place = signatures.last_name(alert.error_type or ""), signatures.place(alert.culprit or "")
    says = bool(found.message or found.frames or (error_type and place))
    return ErrorName(signatures.fingerprint(found) if says else "", error_type[:200], place[:200])


def names_in(message: Message, limit: int, own: tuple[str, ...] = ()) -> tuple[ErrorName, ...]:
    """The errors that an earlier message speaks of, read as the alert is: redacted, so that an address in it does not make it another error."""
    found = (msgspec.structs.replace(alert, text="", log_links=()) for alert in alerts(message, (), "", limit, own))
    return tuple(dict.fromkeys(name_of(Redactor().record(alert)) for alert in found))


def is_same(one: ErrorName, others: Iterable[ErrorName]) -> bool:
    """One of the others has the same fingerprint, or the same type in the same place; what has no name is like nothing."""
    return any(_is_same(one, other) for other in others)


def _is_same(one: ErrorName, other: ErrorName) -> bool:
    if one.fingerprint and one.fingerprint == other.fingerprint:
        return True
    return bool(one.error_type and one.culprit) and (one.error_type, one.culprit) == (other.error_type, other.culprit)
