"""Log lines of a shop with twelve services, made up by a seed: always the same, like nobody's, and with a failure in them."""

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

SERVICES = ("gateway", "accounts", "orders", "payments", "stock", "search", "prices", "mail", "routes", "seats", "reports", "audit")
_START = datetime(2025, 3, 4, 9, 0, tzinfo=UTC)
_SAYINGS = (
    "request {n} accepted for customer {word}",
    "looked up {n} rows of table {word} in {n} ms",
    "cache miss for key {word}:{hex}",
    "calling {service} with timeout {n} ms",
    "answered {n} in {n} ms",
    "session {hex} renewed until {n}",
    "wrote file /var/data/{word}/{hex}.bin, {n} bytes",
    "user {word} opened page {n}",
)
_WARNINGS = ("connection pool at {n} of 200", "slow statement on {word}: {n} ms", "retrying call to {service}, attempt {n}")
_ERRORS = (
    "TimeoutError: {service} did not answer in {n} ms",
    "ValidationError: amount {n} is not allowed for customer {word}",
    "could not reserve seat {n}: lock held by {hex}",
    "KeyError: 'leaf_{n}'",
    "upstream {service} returned 503 for order {hex}",
)
_WORDS = ("amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heron", "iris", "juniper", "kelp", "lotus", "maple", "north", "olive", "pearl")


def lines(count: int, seed: int = 7, *, traces: int = 150, share_of_errors: float = 0.01) -> Iterator[tuple[str, bool]]:
    """JSON lines in order of time within three minutes, each with whether it is an error."""
    chance = random.Random(seed)  # noqa: S311 - the same lines every time
    for number in range(count):
        kind = chance.random()
        said, level = (_ERRORS, "ERROR") if kind < share_of_errors else (_WARNINGS, "WARN") if kind < 5 * share_of_errors else (_SAYINGS, "INFO")
        service = SERVICES[number % len(SERVICES)]
        at = _START + timedelta(seconds=180 * number / count)
        told = {"@timestamp": at.isoformat(timespec="milliseconds"), "level": level, "service": service, "trace_id": f"{number * traces // count + 1:032x}"}
        yield json.dumps({**told, **_rest(chance, service, chance.choice(said))}), level == "ERROR"


def _rest(chance: random.Random, service: str, saying: str) -> dict[str, str]:
    told = saying
    while "{" in told:
        told = told.replace("{n}", str(chance.randint(1, 5_000)), 1).replace("{word}", chance.choice(_WORDS), 1)
        told = told.replace("{hex}", f"{chance.getrandbits(64):016x}", 1).replace("{service}", chance.choice(SERVICES), 1)
    return {
        "span_id": f"{chance.getrandbits(64):016x}",
        "logger": f"shop.{service}.{chance.choice(_WORDS)}",
        "host": f"{service}-{chance.getrandbits(40):010x}-{chance.getrandbits(20):05x}",
        "thread": f"worker-{chance.randint(1, 16)}",
        "message": told,
    }
