"""Which log statement each event came from, and which service said it: what ranking and folding count by."""

from collections.abc import Sequence
from typing import NamedTuple

from bot.core.logs.document import ERROR_LEVELS, is_error, level
from bot.core.logs.matching import thrown_in
from bot.core.logs.templates import templates
from bot.model import LogEvent
from bot.regex import regex

_POD = regex(r"(?P<name>[a-z0-9](?:[a-z0-9-]{0,60}[a-z0-9])?)-[a-z0-9]{6,10}-[a-z0-9]{4,5}\b")
"""`<deployment>-<replica set>-<pod>`, as Kubernetes names pods and log shippers put before a line."""
_CODE_PLACE = regex(r"\b[A-Za-z_$][\w$./-]{2,80}(?:#|\.[a-z]{1,4}:)\d{1,5}\b")
"""`OrderService#42`, `orders/api.py:42`: where a logger says that it stands."""
_NAMED_LEVEL = regex(r'"(?:level|severity|levelname|log\.level)"\s?:\s?"(\w{3,10})"')
_INNER_MESSAGE = regex(r'"(?:message|msg)"\s?:\s?"((?:[^"\\]|\\.){1,800})')
_HEAD = 240
_COMPARED = 800
"""Characters of a message: a statement's own words stand early, what a program dumps behind them varies."""


class Statement(NamedTuple):
    """One place that logs: a service, the kind of what it says, and where in the code when the line tells."""

    service: str
    level: str
    words: str


def statements(events: Sequence[LogEvent]) -> list[Statement]:
    """The statement of each event, in the same order. Equal ones are repeats of each other."""
    places = [_place(event) for event in events]
    # One place may log any error that reaches it; what else it says is always the same, however much data stands behind.
    read = [number for number, place in enumerate(places) if not place or failed(events[number])]
    words = dict(zip(read, templates([f"{events[number].error_type or ''} {_message(events[number])}" for number in read]), strict=True))
    # `request failed` may report any error of its service: which one, the function tells that failed.
    said = (f"{places[number]} {words.get(number, '')} {thrown_in(event)}".strip() for number, event in enumerate(events))
    return [Statement(emitter(event), _level(event), one) for event, one in zip(events, said, strict=True)]


def emitter(event: LogEvent) -> str:
    """The service of an event; of a line that only names the pod it came from, the pod's deployment."""
    if event.service:
        return event.service
    pod = _POD.match(event.message)
    return pod["name"] if pod else ""


def failed(event: LogEvent) -> bool:
    """Whether the event tells of a failure, also when its level stands inside JSON behind a prefix."""
    return is_error(event) or (not event.level and _level(event) in ERROR_LEVELS)


def _level(event: LogEvent) -> str:
    if event.level:
        return event.level
    inner = _NAMED_LEVEL.search(event.message[:_COMPARED]) if '"' in event.message[:_COMPARED] else None
    return level(inner[1]) if inner else ""


def _message(event: LogEvent) -> str:
    """The beginning of the message; of a document behind a shipper's prefix, its own message."""
    head = event.message[:_COMPARED]
    inner = _INNER_MESSAGE.search(head) if '{"' in head[:_HEAD] else None
    return inner[1] if inner else head


def _place(event: LogEvent) -> str:
    head = event.message[:_HEAD]
    place = _CODE_PLACE.search(head) if "#" in head or ":" in head else None
    return place[0] if place else ""
