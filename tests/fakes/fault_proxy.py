"""Stands before a real server: passes everything on, and fails or alters what it is told to."""

import http.client
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

from tests.fakes.loopback import Answer, Loopback, Request

Matches = Callable[[Request], bool]


class FaultProxy(Loopback):
    """`fail` (of Loopback) answers in the server's place; `alter` changes the JSON that it gave."""

    def __init__(self, upstream: str = "") -> None:
        super().__init__()
        self._upstream = urlsplit(upstream)
        self._alterations: list[tuple[Matches, Callable[[Any], Any]]] = []

    def aim(self, upstream: str) -> None:
        """Stand before another server, everything else forgotten: cheaper than a new proxy."""
        with self.lock:
            self._upstream = urlsplit(upstream)
            self._alterations, self.requests, self.faults = [], [], []

    def alter(self, matches: Matches, change: Callable[[Any], Any]) -> None:
        """From now on, pass the JSON answers to matching requests through `change`."""
        self._alterations.append((matches, change))

    def answer(self, request: Request) -> Answer:
        """What the real server says."""
        connection = http.client.HTTPConnection(self._upstream.hostname or "", self._upstream.port, timeout=30)
        path = request.path + (f"?{urlencode(request.query)}" if request.query else "")
        headers = {name: value for name, value in request.headers.items() if name in ("content-type", "authorization", "accept")}
        try:
            connection.request(request.method, path, request.body or None, headers)
            response = connection.getresponse()
            status, raw = response.status, response.read()
        finally:
            connection.close()
        for matches, change in self._alterations:
            if matches(request):
                raw = json.dumps(change(json.loads(raw))).encode()
        return Answer(status, raw)


def on(part: str) -> Matches:
    """Requests whose path holds this part."""
    return lambda request: part in request.path
