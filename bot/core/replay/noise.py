"""Log lines of a day like any other, made from a seed: what a case declares instead of keeping them in a file."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Annotated

import msgspec

from bot.model import Record

_TEMPLATES = (
    ("INFO", "GET /v1/{thing}s/{id} 200 {ms}ms"),
    ("INFO", "POST /v1/{thing}s 201 {ms}ms"),
    ("INFO", "{thing} {id} loaded from cache in {few}ms"),
    ("DEBUG", "picked connection {few} of 20"),
    ("INFO", "published {thing}.updated for {id}, partition {few}"),
    ("INFO", "job sweep-{thing}s finished, {ms} rows looked at"),
    ("INFO", "health check ok"),
    ("WARN", "{thing} {id} is {ms} days old, refreshed"),
    ("INFO", "GET /v1/{thing}s?page={few} 200 {ms}ms"),
    ("WARN", "slow response: GET /v1/{thing}s/{id} took {ms}00ms"),
)
_THINGS = ("order", "invoice", "basket", "account", "parcel", "ticket", "report", "image")


class Noise(Record, frozen=True):
    """So many lines of a service, spread evenly over the minutes before the alert and one after it."""

    service: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9._-]{1,60}$")]
    lines: Annotated[int, msgspec.Meta(ge=1, le=20_000)]
    seed: int = 1
    minutes: Annotated[int, msgspec.Meta(ge=1, le=1_440)] = 8


def ndjson(noise: Noise, alert: datetime) -> str:
    """The lines, oldest first; no line is an error."""
    return "".join(f"{json.dumps(line)}\n" for line in _lines(noise, alert))


def _lines(noise: Noise, alert: datetime) -> Iterator[dict[str, str]]:
    begin = alert - timedelta(minutes=noise.minutes)
    step = timedelta(minutes=noise.minutes + 1) / noise.lines
    for number in range(noise.lines):
        chance = int.from_bytes(blake2b(f"{noise.service}:{noise.seed}:{number}".encode(), digest_size=8).digest(), "big")
        level, template = _TEMPLATES[chance % len(_TEMPLATES)]
        thing = _THINGS[(chance >> 8) % len(_THINGS)]
        message = template.format(thing=thing, id=f"{chance >> 16:012x}"[:12], ms=3 + (chance >> 20) % 190, few=1 + (chance >> 28) % 9)
        at = (begin + number * step).astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        yield {"@timestamp": at, "level": level, "service": noise.service, "message": message}
