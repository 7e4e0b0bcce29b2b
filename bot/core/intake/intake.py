"""What an alerting system sends becomes messages, as if each alert had been posted: bounded, on lines that an alert is read from."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from bot.core.alert import place as alert_place
from bot.core.plain_text.plain_text import cut, encodable, one_line, visible
from bot.model import Message, Record
from bot.regex import regex

Json = Mapping[str, object]
MOST_ALERTS = 20
"""Alerts of one payload that are taken; a proposal holds no more cases."""
MOST_READ = 1_000
MAX_WORDS = 1_000
MAX_TEXT = 20_000
MAX_ID = 2_000
_FUTURE = timedelta(minutes=10)
_EARLIEST = datetime(2001, 9, 10, tzinfo=UTC)
_NUMBER = regex(r"\d{9,16}(?:\.\d{1,9})?")
_WEB = regex(r"https?://[^\s<>\"'\\^`{|}]{1,1990}")


class Received(Record, frozen=True):
    """One alert of a payload as its system tells it. `identity` is what that system knows the incident by; `time` is None where it says none."""

    vendor: str
    identity: str
    title: str
    time: datetime | None = None
    service: str = ""
    environment: str = ""
    release: str = ""
    culprit: str = ""
    error_type: str = ""
    message: str = ""
    text: str = ""
    stack: str = ""
    trace_id: str = ""
    severity: str = ""
    links: tuple[str, ...] = ()


class Intake(Record, frozen=True):
    """What a payload came to: alerts to diagnose, how many were no alerts (resolved, acknowledged), how many were beyond the bound or unreadable."""

    alerts: tuple[Received, ...] = ()
    ended: int = 0
    left_out: int = 0
    unreadable: int = 0


def gathered(vendor: str, found: Iterator[Received | bool | None]) -> Intake:
    """From what a reader yields: an alert, True for one that has ended, None or False for what it cannot read. Doubled ones count once."""
    alerts: dict[tuple[str, object], Received] = {}
    ended = left_out = unreadable = 0
    for one in found:
        if not isinstance(one, Received):
            ended, unreadable = ended + (one is True), unreadable + (one is not True)
        elif not one.identity or (one.vendor != vendor):
            unreadable += 1
        elif len(alerts) >= MOST_ALERTS and (one.identity, one.time) not in alerts:
            left_out += 1
        else:
            alerts.setdefault((one.identity, one.time), one)
    return Intake(tuple(alerts.values()), ended, left_out, unreadable)


def message_of(received: Received, now: datetime) -> Message:
    """As a message of its own place. Without a time, or with one of the future, it is one of now: logs are looked for around it."""
    start = received.time if received.time and _EARLIEST < received.time <= now + _FUTURE else now
    labelled = (
        ("Service", received.service),
        ("Environment", received.environment),
        ("Release", received.release),
        ("Culprit", received.culprit),
        ("Trace id", received.trace_id),
        ("Severity", received.severity),
    )
    error = ": ".join(part for part in (received.error_type, received.message) if part)
    lines = (
        received.title if received.title != error else "",
        *(f"{name}: {value}" for name, value in labelled if value),
        error,
        received.stack,
        received.text if received.text not in (error, received.title, received.message) else "",
        *received.links,
    )
    return Message(alert_place.place(received.vendor, received.identity, start), "\n".join(line for line in lines if line), received.links)


def words(value: object, limit: int = MAX_WORDS) -> str:
    """A text or a number on one line, bounded; anything else is empty."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return cut(one_line(encodable(str(value)[: 4 * limit])), limit)


def lines(value: object, limit: int = MAX_TEXT) -> str:
    """A text with its lines, bounded."""
    return visible(encodable(value[: 2 * limit]))[:limit].strip() if isinstance(value, str) else ""


def identity(*parts: object) -> str:
    """An id from the parts that a vendor gives; empty where all of them are missing."""
    told = [str(part)[:MAX_ID] if isinstance(part, str | int) and not isinstance(part, bool) else "" for part in parts]
    return encodable("\n".join(told)) if any(told) else ""


def inner(node: object, *keys: str) -> Json:
    """The mapping below these keys, empty where there is none."""
    for key in keys:
        node = node.get(key) if isinstance(node, Mapping) else None
    return node if isinstance(node, Mapping) else {}


def first(node: Json, *keys: str) -> str:
    """The first of these keys that holds words."""
    return next((told for key in keys if (told := words(node.get(key)))), "")


def items(node: object, limit: int = MOST_READ) -> Sequence[object]:
    """A list, bounded; anything else is empty."""
    return node[:limit] if isinstance(node, list) else ()


def links(*values: object) -> tuple[str, ...]:
    """The web addresses among these values, each once; one that holds what nobody can see is none."""
    found = (value for value in values if isinstance(value, str) and _WEB.fullmatch(value) and value == visible(encodable(value)))
    return tuple(dict.fromkeys(found))[:20]


def moment(value: object) -> datetime | None:
    """A time in UTC from ISO 8601 (without a zone: UTC) or from seconds or milliseconds since 1970; None for what is none."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = f"{value:.6f}" if isinstance(value, float) else str(value)
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        if _NUMBER.fullmatch(value):
            number = float(value)
            return datetime.fromtimestamp(number / 1000 if number > 1e11 else number, UTC)
        # Prometheus writes nanoseconds, Python reads microseconds; CloudWatch writes +0000.
        parsed = datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", value.strip()))
        return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None
