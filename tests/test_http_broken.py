"""A server that is none, breaks off or never ends: what the HTTP client of sources says of it."""

import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from bot.errors import SourceError
from bot.http_client import HttpClient, HttpRefusal
from tests.http_asking import SYSTEM, client

pytestmark = pytest.mark.slow


def served(speak: Callable[[socket.socket], None]) -> int:
    """The port of a server that takes one connection and speaks as told."""
    listening = socket.create_server(("127.0.0.1", 0))

    def run() -> None:
        with closing(listening), listening.accept()[0] as connection:
            connection.recv(65_536)
            speak(connection)

    threading.Thread(target=run, daemon=True).start()
    port: int = listening.getsockname()[1]
    return port


def test_nobody_listens() -> None:
    """A refused connection says where."""
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(HttpRefusal, match=f"127.0.0.1:{port}: the connection was refused") as caught:
        client(f"http://127.0.0.1:{port}").get_json("a")

    assert caught.value.status is None


def test_plain_http_where_tls_was_expected() -> None:
    """A server without TLS behind an https:// address is told as that."""
    port = served(lambda connection: connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n"))
    with pytest.raises(HttpRefusal, match="no secure connection"):
        client(f"https://127.0.0.1:{port}").get_json("a")


def test_half_a_page() -> None:
    """A body shorter than announced is no answer, although what came may be JSON."""
    port = served(lambda connection: connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{"a": 1}'))
    with pytest.raises(HttpRefusal, match="the connection broke"):
        client(f"http://127.0.0.1:{port}").post_json("a", {})


def test_an_answer_that_never_ends_in_time() -> None:
    """A silent server, and one that sends a byte at a time, both end at the deadline."""

    def drip(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        gone = threading.Event()
        for _ in range(100):
            gone.wait(0.02)
            try:
                connection.sendall(b" ")
            except OSError:
                return

    for speak in (drip, lambda connection: connection.recv(1)):
        with pytest.raises(HttpRefusal, match="no answer within the deadline"):
            HttpClient(f"http://127.0.0.1:{served(speak)}", SYSTEM, 0.1).get_json("a")


def test_an_authority_that_cannot_be_read(tmp_path: Path) -> None:
    """A CA file that is none is named."""
    file = tmp_path / "ca.pem"
    file.write_text("none")
    with pytest.raises(SourceError, match="holds no certificate"):
        HttpClient("https://acme.example", SYSTEM, 5, ca_file=str(file))
    with pytest.raises(SourceError, match="holds no certificate"):
        HttpClient("https://acme.example", SYSTEM, 5, ca_file=str(tmp_path / "missing.pem"))
    assert ssl.create_default_context().verify_mode is ssl.CERT_REQUIRED
