"""What can go wrong with a request to another system, and how each of our servers is made to do it: the one place for all of them."""

import json
import random
from collections.abc import Callable
from dataclasses import replace

from tests.fakes.anthropic_server import FakeAnthropic
from tests.fakes.loopback import Answer, Loopback, Request
from tests.fakes.slack import FakeSlack

Matches = Callable[[Request], bool]

FAULTS = {
    "refused": "the server is gone: this request is not read, and no connection is taken from then on",
    "401": "the token is not known",
    "403": "the token may not do it",
    "404": "it says that there is no such thing",
    "409": "it says that something else came first",
    "422": "it does not take what was sent",
    "429 +": "too many requests, twice, with `Retry-After: 1`; then it answers",
    "429": "too many requests, each time, without saying for how long",
    "500": "the server failed before it did anything",
    "cut": "done, and the connection breaks in the middle of the answer's body",
    "60 s": "done, and the answer comes after a minute",
    "twice": "done, and the answer is lost: whoever asks again does it twice",
}
_ALWAYS = 10_000
_SAID = {
    401: "Bad credentials",
    403: "Resource not accessible by integration",
    404: "Not Found",
    409: "Conflict",
    422: "Validation Failed",
    429: "Too many requests",
    500: "Server Error",
}
_SLACK = {401: {"error": "invalid_auth"}, 403: {"error": "missing_scope", "needed": "a:scope", "provided": "none"}, 404: {"error": "channel_not_found"}}


def strike(server: Loopback, matches: Matches, fault: str, times: int = _ALWAYS) -> None:
    """From now on, that fault for the requests that match, until the server is mended."""
    if fault == "refused":
        server.fail(matches, Answer(down=True), times=times)
    elif fault == "cut":
        server.change(matches, _cut, times=times)
    elif fault == "60 s":
        server.change(matches, lambda answer: replace(answer, late=60), times=times)
    elif fault == "twice":
        server.change(matches, lambda answer: replace(answer, cut=True), times=times)
    elif fault == "429 +":
        server.fail(matches, _with(said(server, 429), {"Retry-After": "1"}), times=min(2, times))
    else:
        server.fail(matches, said(server, int(fault)), times=times)


def weather(server: Loopback, chance: random.Random, share: float) -> None:
    """From now on, that share of all requests fails, each in one of the ways but those that need `quick_clock`; `refused` is a connection that closes."""
    ways = [fault for fault in FAULTS if fault not in ("60 s", "429 +")]

    def struck(_: Request) -> bool:
        return chance.random() < share / len(ways)

    for fault in ways:
        if fault == "refused":
            server.fail(struck, Answer(cut=True), times=_ALWAYS)
        else:
            strike(server, struck, fault)


def said(server: Loopback, status: int) -> Answer:
    """A refusal in the words of that service."""
    if isinstance(server, FakeSlack) and status in _SLACK:  # Slack says no with HTTP 200
        return Answer(200, {"ok": False, **_SLACK[status]})
    if isinstance(server, FakeSlack):
        return Answer(status, {"ok": False, "error": "ratelimited"} if status == 429 else {})
    if isinstance(server, FakeAnthropic):
        return Answer(status, {"type": "error", "error": {"type": "api_error", "message": _SAID[status]}})
    return Answer(status, {"message": _SAID[status]})


def _cut(answer: Answer) -> Answer:
    """Half of the body, and the length of the whole."""
    raw = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
    return replace(answer, body=raw, cut_after=len(raw) // 2)


def _with(answer: Answer, headers: dict[str, str]) -> Answer:
    return replace(answer, headers=headers)
