"""A server on 127.0.0.1 that keeps state, remembers every request, and can be told to fail the next ones."""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Request:
    """One request as it came in."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON, None when it is empty."""
        return json.loads(self.body) if self.body else None

    @property
    def form(self) -> dict[str, str]:
        """The body as a URL-encoded form."""
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))


@dataclass(frozen=True)
class Answer:
    """What goes back. `cut` closes the connection after the request took effect: a lost response; `cut_after` sends so many bytes of the body first.
    `late` is how many seconds too late it comes, by the clock of `quick_clock`; `down` takes the server away, for whoever connects afterwards too."""

    status: int = 200
    body: object = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False
    delay: float = 0.0
    cut_after: int | None = None
    late: int = 0
    down: bool = False


LATE = "X-Comes-After"
"""The header by which `quick_clock` knows how many seconds an answer takes."""
DOWN: set[int] = set()
"""Ports at which nobody listens for now; `quick_clock` refuses connections to them."""


@dataclass
class Fault:
    """Fails the next `times` requests that it matches; with `after` the real answer is computed (and takes effect) first.
    `change` makes another answer of the real one."""

    matches: Callable[[Request], bool]
    answer: Answer
    times: int = 1
    after: bool = False
    change: Callable[[Answer], Answer] | None = None


class Loopback:
    """Subclasses implement `answer(request)`. Use as a context manager; `url` has no trailing slash."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.faults: list[Fault] = []
        self.lock = threading.RLock()
        self._closing = threading.Event()
        outer = self

        class Door(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # headers and body are two writes: 40 ms for each answer otherwise

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
                """Quiet: the requests are remembered instead."""

            def _serve(self) -> None:
                split = urlsplit(self.path)
                length = int(self.headers.get("Content-Length") or 0)
                request = Request(
                    self.command,
                    split.path,
                    dict(parse_qsl(split.query, keep_blank_values=True)),
                    {name.lower(): value for name, value in self.headers.items()},
                    self.rfile.read(length),
                )
                answer = outer._decide(request)
                if answer.delay:
                    outer._closing.wait(answer.delay)
                if answer.down:
                    DOWN.add(outer.port)
                if answer.cut or answer.down:
                    self.close_connection = True
                    self.connection.close()
                    return
                raw = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
                self.send_response(answer.status)
                late = {LATE: str(answer.late)} if answer.late else {}
                for name, value in {**late, "Content-Type": "application/json", **answer.headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(raw[: answer.cut_after])
                if answer.cut_after is not None:
                    self.close_connection = True
                    self.connection.close()

            do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = do_HEAD = _serve

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request: object, client_address: object) -> None:
                """Quiet: a client that gives up first is what some tests are about."""

        self._server = Server(("127.0.0.1", 0), Door)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def port(self) -> int:
        """Of 127.0.0.1."""
        return int(self._server.server_address[1])

    def fail(self, matches: Callable[[Request], bool], answer: Answer, *, times: int = 1, after: bool = False) -> None:
        """Answer the next `times` matching requests with `answer` instead."""
        self.faults.append(Fault(matches, answer, times, after))

    def change(self, matches: Callable[[Request], bool], change: Callable[[Answer], Answer], *, times: int = 1) -> None:
        """The next `times` matching requests take effect; what goes back is what `change` makes of the answer."""
        self.faults.append(Fault(matches, Answer(), times, change=change))

    def mend(self) -> None:
        """Listening again, and nothing fails."""
        with self.lock:
            self.faults.clear()
        DOWN.discard(self.port)

    def answer(self, request: Request) -> Answer:
        """The server's own behaviour."""
        raise NotImplementedError

    def _decide(self, request: Request) -> Answer:
        with self.lock:
            self.requests.append(request)
            for fault in self.faults:
                if fault.times > 0 and fault.matches(request):
                    fault.times -= 1
                    if fault.change is not None:
                        return fault.change(self.answer(request))
                    if fault.after:
                        self.answer(request)
                    return fault.answer
            return self.answer(request)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
