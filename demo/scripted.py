"""Slack and a model on loopback, for `python -m demo.samples`: both say what the story says, and Slack remembers what it was told."""

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Json = dict[str, Any]
_POSTED = "1766000000.{:06}"


class Slack:
    """The methods of the Web API that the bot uses. `threads` is parent ts → messages, `posted` every chat.postMessage as it came."""

    def __init__(self, threads: Mapping[str, Sequence[Json]]) -> None:
        self.threads = {ts: list(messages) for ts, messages in threads.items()}
        self.posted: list[Json] = []

    def answer(self, path: str, arguments: Json) -> Json:
        """What the method of that path says."""
        method = path.rpartition("/")[2]
        if method == "auth.test":
            return {"ok": True, "user": "errata", "user_id": "U07ERRATA", "bot_id": "B07ERRATA", "team": "Acme"}
        if method == "conversations.history":
            return {"ok": True, "messages": [messages[0] for ts, messages in self.threads.items() if ts == arguments.get("latest")]}
        if method == "conversations.replies":
            return {"ok": True, "messages": self.threads.get(str(arguments.get("ts")), [])}
        if method == "chat.postMessage":
            self.posted.append(arguments)
            return {"ok": True, "ts": _POSTED.format(len(self.posted))}
        return {"ok": False, "error": "unknown_method"}


class Model:
    """The Messages API, as far as a diagnosis needs it. `turns` is what the model does: tool calls as (name, arguments), at last its answer."""

    def __init__(self, turns: Sequence[Sequence[tuple[str, Json]] | Json]) -> None:
        self._turns = list(turns)
        self.taken = 0

    def stream(self, body: Json) -> bytes:
        """The next turn as server-sent events."""
        blocks: list[Json]
        turn = self._turns[self.taken]
        self.taken += 1
        if isinstance(turn, dict):
            blocks, reason = [{"type": "text", "text": json.dumps(turn)}], "end_turn"
        else:
            blocks, reason = [{"type": "tool_use", "id": f"toolu_{n}{name}", "name": name, "input": given} for n, (name, given) in enumerate(turn)], "tool_use"
        read = len(json.dumps(body)) // 4
        usage = {"input_tokens": read, "cache_read_input_tokens": 0, "cache_creation_input_tokens": 0, "output_tokens": 1}
        message = {"id": "msg_1", "type": "message", "role": "assistant", "model": body["model"], "content": [], "usage": usage}
        written = len(json.dumps(blocks)) // 4
        events = [
            {"type": "message_start", "message": message},
            *(event for index, block in enumerate(blocks) for event in _events(index, block)),
            {"type": "message_delta", "delta": {"stop_reason": reason}, "usage": {"output_tokens": written}},
            {"type": "message_stop"},
        ]
        return b"".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode() for event in events)


def _events(index: int, block: Json) -> Iterator[Json]:
    if block["type"] == "text":
        yield {"type": "content_block_start", "index": index, "content_block": {"type": "text", "text": ""}}
        yield {"type": "content_block_delta", "index": index, "delta": {"type": "text_delta", "text": block["text"]}}
    else:
        yield {"type": "content_block_start", "index": index, "content_block": {**block, "input": {}}}
        yield {"type": "content_block_delta", "index": index, "delta": {"type": "input_json_delta", "partial_json": json.dumps(block["input"])}}
    yield {"type": "content_block_stop", "index": index}


@contextmanager
def serving(slack: Slack, model: Model) -> Iterator[str]:
    """The address of both while the block runs: Slack's methods below /api/, the model below /v1/."""

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._tell("application/json", _encoded(slack.answer(urlsplit(self.path).path, _query(urlsplit(self.path).query))))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"] or 0))
            path = urlsplit(self.path).path
            if path.startswith("/v1/"):
                self._tell("text/event-stream", model.stream(json.loads(body)))
            else:
                as_json = "json" in (self.headers["Content-Type"] or "")
                self._tell("application/json", _encoded(slack.answer(path, json.loads(body or b"{}") if as_json else _query(body.decode()))))

        def _tell(self, kind: str, body: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing is told of requests."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def _query(text: str) -> Json:
    return {name: values[-1] for name, values in parse_qs(text).items()}


def _encoded(answer: Json) -> bytes:
    return json.dumps(answer).encode()
