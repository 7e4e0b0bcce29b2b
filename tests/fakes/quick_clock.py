"""A process in which no time passes: sleeping moves the clock, an answer that comes too late is a time-out at once, a server that is down refuses.

Only a process of its own may install it, and before it imports the bot, whose adapters take `time.sleep` for a default. What is replaced is the
standard library's clock and socket, nothing of the bot.
"""

import errno
import re
import socket
import time
from typing import Any

from tests.fakes.loopback import DOWN, LATE

_LATE = re.compile(rb"\AHTTP/1\.[01] [^\r]{0,80}\r\n(?:[^\r]{0,300}\r\n){0,4}" + LATE.encode() + rb": (\d{1,4})\r\n")


class QuickClock:
    """How far the clock was moved, and what it was moved by."""

    def __init__(self) -> None:
        self.passed = 0.0
        self._sleep, self._monotonic = time.sleep, time.monotonic
        self._receive, self._connect = socket.socket.recv_into, socket.socket.connect
        self._receive_bytes = socket.socket.recv

    def install(self) -> None:
        """For the rest of this process."""
        outer = self

        def receive_into(sock: socket.socket, buffer: Any, *rest: int) -> int:
            size = outer._receive(sock, buffer, *rest)
            outer._wait(sock, bytes(memoryview(buffer)[: min(size, 600)]))
            return size

        def receive(sock: socket.socket, *rest: int) -> bytes:
            data = outer._receive_bytes(sock, *rest)
            outer._wait(sock, data[:600])
            return data

        def connect(sock: socket.socket, address: Any) -> None:
            if isinstance(address, tuple) and address[1] in DOWN:
                raise ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")
            outer._connect(sock, address)

        for name, replacement in {"recv_into": receive_into, "recv": receive, "connect": connect}.items():
            setattr(socket.socket, name, replacement)
        for name, clock in {"sleep": self.sleep, "monotonic": self.monotonic}.items():
            setattr(time, name, clock)

    def sleep(self, seconds: float) -> None:
        """Lets others run for a moment, whatever is asked."""
        self.passed += seconds
        self._sleep(min(seconds, 0.001))

    def monotonic(self) -> float:
        """With the time that was slept."""
        return self._monotonic() + self.passed

    def _wait(self, sock: socket.socket, data: bytes) -> None:
        """For an answer that comes later than the client waits, there is a time-out instead of it."""
        found = _LATE.match(data)
        if found is None:
            return
        patience, late = sock.gettimeout(), float(found[1])
        self.passed += late if patience is None else min(late, patience)
        if patience is not None and patience < late:
            raise TimeoutError("timed out")
