"""The Messages API on loopback: scripted replies as a stream, refusals of current models, a prompt cache, and a memory of every request."""

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.anthropic_rules import Json, objections
from tests.fakes.loopback import Answer, Loopback, Request

KEY = "sk-ant-made-up-0123456789"
MODELS = ("claude-sonnet-5-5", "claude-opus-5-5")
CHARACTERS_PER_TOKEN = 4
PIECE = 400
"""Characters of one delta."""


@dataclass(frozen=True)
class Turn:
    """One reply: its blocks, why it stopped, and how much of the stream goes out before the connection is lost."""

    content: tuple[Json, ...] = ()
    stop_reason: str = "end_turn"
    cut_after: int | None = None
    broken: bytes | None = None
    category: str | None = None
    delay: float = 0.0


Script = Turn | Callable[[Json], Turn]


def text(words: str) -> Json:
    """A block of the answer."""
    return {"type": "text", "text": words}


def thinking(words: str) -> Json:
    """A signed block, which must come back as it is."""
    return {"type": "thinking", "thinking": words, "signature": f"sig-{abs(hash(words)):x}"}


def uses(name: str, arguments: Json, id: str) -> Json:  # noqa: A002 - the vendor's name
    """A call of a tool."""
    return {"type": "tool_use", "id": id, "name": name, "input": arguments}


def says(answer: Json) -> Turn:
    """A final answer, after some thinking."""
    return Turn((thinking("It is plain."), text(json.dumps(answer))))


@dataclass
class Cache:
    """Prefixes that were written, as the vendor keeps them."""

    known: set[str] = field(default_factory=set)

    def usage(self, body: Json, output: int) -> Json:
        """What the request is billed as: read up to the longest known mark, written up to the last mark, the rest plain."""
        marks = list(_prefixes(body))
        whole = len(json.dumps(body.get("tools", []))) + len(json.dumps(body.get("system", ""))) + len(json.dumps(body["messages"]))
        read = max((len(prefix) for prefix in marks if prefix in self.known), default=0)
        written = max((len(prefix) for prefix in marks), default=0)
        self.known.update(marks)
        tokens = {"cache_read_input_tokens": read, "cache_creation_input_tokens": written - read, "input_tokens": max(whole - written, 8)}
        return {**{name: value // CHARACTERS_PER_TOKEN for name, value in tokens.items()}, "output_tokens": output}


def _prefixes(body: Json) -> Iterator[str]:
    """The bytes up to each mark, in the vendor's order: tools, system, messages."""
    so_far = json.dumps(body.get("tools", []))
    blocks = [*(body.get("system") or []), *(block for message in body["messages"] for block in message["content"])]
    for block in blocks:
        so_far += json.dumps({key: value for key, value in block.items() if key != "cache_control"})
        if "cache_control" in block:
            yield so_far


class FakeAnthropic(Loopback):
    """The server. `script` is what the model does, turn by turn; the last turn is repeated. `window` is in tokens."""

    def __init__(self, script: Sequence[Script], window: int = 1_000_000) -> None:
        super().__init__()
        self.script, self.window = list(script), window
        self.bodies: list[Json] = []
        self.refused: list[str] = []
        self._sent: dict[str, Json] = {}
        self._paused: list[list[Json]] = []
        self._cache = Cache()
        self._answered = 0
        self._turn = threading.Lock()

    def answer(self, request: Request) -> Answer:
        """401 first; 404 for a model that is not there; 400 with the vendor's words; else the next turn."""
        # anthropic 2.12 sends a key as a bearer token; the older header is taken as well.
        if KEY not in (request.headers.get("x-api-key"), request.headers.get("authorization", "").removeprefix("Bearer ")):
            return refuse(401, "authentication_error", "invalid x-api-key")
        if "anthropic-version" not in request.headers:
            return refuse(400, "invalid_request_error", "anthropic-version: header is required")
        if request.method == "GET" and request.path.startswith("/v1/models/"):
            return self._model(request.path.rpartition("/")[2])
        if request.path != "/v1/messages" or request.method != "POST":
            return refuse(404, "not_found_error", "Not found")
        return self._message(request.json)

    def _message(self, body: Json) -> Answer:
        self.bodies.append(body)
        if body.get("model") not in MODELS:
            return refuse(404, "not_found_error", f"model: {body.get('model')}")
        for words in objections(body, self._sent, self._paused):
            self.refused.append(words)
            return refuse(400, "invalid_request_error", words)
        tokens = len(json.dumps(body)) // CHARACTERS_PER_TOKEN
        if tokens > self.window:
            return refuse(400, "invalid_request_error", f"prompt is too long: {tokens} tokens > {self.window} maximum")
        with self._turn:
            scripted = self.script[min(self._answered, len(self.script) - 1)]
            self._answered += 1
        turn = scripted(body) if callable(scripted) else scripted
        return self._stream(turn, body)

    def _stream(self, turn: Turn, body: Json) -> Answer:
        self._sent |= {block["signature"]: block for block in turn.content if block["type"] == "thinking"}
        if turn.stop_reason == "pause_turn":
            self._paused.append(list(turn.content))
        written = sum(len(json.dumps(block)) for block in turn.content) // CHARACTERS_PER_TOKEN
        usage = self._cache.usage(body, 1)
        events: list[Json] = [
            {
                "type": "message_start",
                "message": {"id": "msg_1", "type": "message", "role": "assistant", "model": body["model"], "content": [], "usage": usage},
            },
            {"type": "ping"},
            *(event for index, block in enumerate(turn.content) for event in _events(index, block)),
            {
                "type": "message_delta",
                "delta": {"stop_reason": turn.stop_reason, "stop_details": {"type": "refusal", "category": turn.category} if turn.category else None},
                "usage": {"output_tokens": max(written, 1)},
            },
            {"type": "message_stop"},
        ]
        raw = b"".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode() for event in events)
        return Answer(200, turn.broken if turn.broken is not None else raw, {"Content-Type": "text/event-stream"}, delay=turn.delay, cut_after=turn.cut_after)

    def _model(self, name: str) -> Answer:
        if name not in MODELS:
            return refuse(404, "not_found_error", f"model: {name}")
        able = {"structured_outputs": {"supported": True}, "effort": {"supported": True, "low": {"supported": True}, "medium": {"supported": True}}}
        facts = {"id": name, "type": "model", "display_name": name, "created_at": "2026-09-01T00:00:00Z", "lifecycle": "active", "capabilities": able}
        return Answer(body=facts)


def refuse(status: int, kind: str, words: str, *, code: str = "", headers: dict[str, str] | None = None) -> Answer:
    """An error as the vendor words it."""
    details: dict[str, Any] = {"details": {"error_code": code}} if code else {}
    body = {"type": "error", "error": {"type": kind, "message": words, **details}, "request_id": "req_1"}
    return Answer(status, body, {"request-id": "req_1", **(headers or {})})


def _events(index: int, block: Json) -> Iterator[Json]:
    """A block as it grows."""
    empty: dict[str, Json] = {"text": {"text": ""}, "thinking": {"thinking": "", "signature": ""}, "tool_use": {"input": {}}}
    yield {"type": "content_block_start", "index": index, "content_block": {**block, **empty.get(block["type"], {})}}
    if block["type"] == "text":
        yield from (_delta(index, {"type": "text_delta", "text": part}) for part in _parts(block["text"]))
    elif block["type"] == "thinking":
        yield from (_delta(index, {"type": "thinking_delta", "thinking": part}) for part in _parts(block["thinking"]))
        yield _delta(index, {"type": "signature_delta", "signature": block["signature"]})
    elif block["type"] == "tool_use":
        written = block["input"] if isinstance(block["input"], str) else json.dumps(block["input"])
        yield from (_delta(index, {"type": "input_json_delta", "partial_json": part}) for part in _parts(written))
    yield {"type": "content_block_stop", "index": index}


def _delta(index: int, delta: Json) -> Json:
    return {"type": "content_block_delta", "index": index, "delta": delta}


def _parts(words: str) -> Iterator[str]:
    size = max(PIECE, len(words) // 50)
    yield from (words[at : at + size] for at in range(0, len(words), size))
