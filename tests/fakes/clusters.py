"""Kubernetes' API server, DigitalOcean's API and a Redis server, as far as the sources speak with them."""

import socketserver
import threading
from typing import Any, Self

from tests.fakes.loopback import Answer, Loopback, Request


class FakeKubernetes(Loopback):
    """Pods by label, events, logs of containers that ended; `forbidden` are paths that the service account may not use."""

    def __init__(self) -> None:
        super().__init__()
        self.pods: list[dict[str, Any]] = []
        self.events: list[dict[str, Any]] = []
        self.logs: dict[str, str] = {}
        self.forbidden: set[str] = set()

    def answer(self, request: Request) -> Answer:
        """As the API server would."""
        if request.headers.get("authorization") != "Bearer k8s-token":
            return Answer(401, {"kind": "Status", "message": "Unauthorized"})
        what = request.path.rpartition("/")[2]
        if what in self.forbidden:
            return Answer(403, {"kind": "Status", "message": f"{what} is forbidden"})
        if what == "pods":
            wanted = dict(pair.partition("=")[::2] for pair in request.query.get("labelSelector", "").split(",") if pair)
            found = [pod for pod in self.pods if wanted.items() <= pod["metadata"].get("labels", {}).items()]
            return Answer(200, {"kind": "PodList", "items": found})
        if what == "events":
            return Answer(200, {"kind": "EventList", "metadata": {}, "items": self.events})
        if what == "log" and request.query.get("previous") == "true":
            name = request.path.split("/")[-2]
            return Answer(200, self.logs[name].encode(), {"Content-Type": "text/plain"}) if name in self.logs else Answer(400, {"message": "not found"})
        return Answer(404, {"message": "not found"})


class FakeDigitalOcean(Loopback):
    """One app's deployments; logs that have ended are kept at an address of this server, or at `store`."""

    def __init__(self) -> None:
        super().__init__()
        self.deployments: list[dict[str, Any]] = []
        self.logs: dict[str, str] = {}
        self.store: str | None = None

    def answer(self, request: Request) -> Answer:
        """As the API would; the store takes no token."""
        if request.path.startswith("/store/"):
            if "authorization" in request.headers or request.query.get("signature") != "ok+1":
                return Answer(403, {"message": "wrong permission"})
            return Answer(200, self.logs[request.path.rpartition("/")[2]].encode(), {"Content-Type": "text/plain"})
        if request.headers.get("authorization") != "Bearer do-token":
            return Answer(401, {"id": "unauthorized", "message": "Unable to authenticate you"})
        if request.path.endswith("/deployments"):
            return Answer(200, {"deployments": self.deployments})
        kind = request.query.get("type", "")
        urls = [f"{self.store or self.url}/store/{kind}?signature=ok%2B1"] if kind in self.logs else []
        return Answer(200, {"live_url": "", "historic_urls": urls})


class FakeRedis:
    """Speaks as much RESP as INFO and SLOWLOG need, and remembers every command. Use as a context manager."""

    def __init__(
        self,
        info: str = "",
        slow: tuple[tuple[int, int, int, tuple[str, ...]], ...] = (),
        refuses: dict[str, str] | None = None,
        says: dict[str, bytes] | None = None,
    ) -> None:
        self.commands: list[list[str]] = []
        self._info, self._slow, self._refuses, self._says = info, slow, refuses or {}, says or {}
        fake = self

        class Conversation(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                while line := self.rfile.readline():
                    words = []
                    for _ in range(int(line[1:])):
                        size = int(self.rfile.readline()[1:])
                        words.append(self.rfile.read(size).decode())
                        self.rfile.read(2)
                    fake.commands.append(words)
                    self.wfile.write(fake.said(words))

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Conversation)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.server_address[1])

    def said(self, words: list[str]) -> bytes:
        """One reply."""
        command = words[0].upper()
        # AUTH may stand within HELLO.
        if refused := next((self._refuses[word.upper()] for word in words if word.upper() in self._refuses), None):
            return f"-{refused}\r\n".encode()
        if command in self._says:
            return self._says[command]
        if command == "INFO":
            return _bulk(self._info)
        if command == "SLOWLOG":
            entries = b"".join(b"*4\r\n:%d\r\n:%d\r\n:%d\r\n*%d\r\n%s" % (*one[:3], len(one[3]), b"".join(map(_bulk, one[3]))) for one in self._slow)
            return b"*%d\r\n%s" % (len(self._slow), entries)
        return b"+OK\r\n"

    def __enter__(self) -> Self:
        """Already listening."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()


def _bulk(text: str) -> bytes:
    data = text.encode()
    return b"$%d\r\n%s\r\n" % (len(data), data)
