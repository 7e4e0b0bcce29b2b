"""What begins a conversation as PostgreSQL does and then says what it was told to: refusals, a greeting that breaks off."""

import socketserver
import struct
import threading
from typing import Self


class FakePostgresql:
    """Reads the startup message, answers with `answers`, and hangs up. Use as a context manager."""

    WELCOME = b"R" + struct.pack("!ii", 8, 0) + b"Z" + struct.pack("!i", 5) + b"I"
    """Signed in, and ready for a question (postgresql.org, "Message Formats": AuthenticationOk, ReadyForQuery)."""

    def __init__(self, answers: bytes) -> None:
        class Conversation(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                while (size := struct.unpack("!i", self._exactly(4))[0]) == 8:  # libpq asks for TLS or GSS first
                    self._exactly(size - 4)
                    self.request.sendall(b"N")
                self._exactly(size - 4)
                self.request.sendall(answers)

            def _exactly(self, size: int) -> bytes:
                data = b""
                while len(data) < size and (part := self.request.recv(size - len(data))):
                    data += part
                return data.ljust(4, b"\x00")

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Conversation)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    @staticmethod
    def refusal(code: str, said: str) -> bytes:
        """An ErrorResponse."""
        fields = b"".join(kind + text.encode() + b"\x00" for kind, text in ((b"S", "FATAL"), (b"V", "FATAL"), (b"C", code), (b"M", said))) + b"\x00"
        return b"E" + struct.pack("!i", len(fields) + 4) + fields

    def address(self, password: str) -> str:
        """As the environment names it."""
        return f"postgresql://reader:{password}@127.0.0.1:{self._server.server_address[1]}/shop"

    def __enter__(self) -> Self:
        """Already listening."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
