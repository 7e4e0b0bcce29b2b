"""A streamed reply put together: its blocks exactly as the vendor made them, what it used, and why it stopped."""

import json
from collections.abc import Mapping
from typing import Any

from bot.diagnosers.claude_refusals import Usage, too_long
from bot.model import Record

_GROWS = {"text_delta": "text", "thinking_delta": "thinking", "signature_delta": "signature"}
_CHARACTERS_PER_TOKEN = 2
"""When a stream is cut nobody says how much was written; rather too much is counted."""


class Call(Record, frozen=True):
    """A tool that the model wants; `arguments` is None where they are no JSON object."""

    id: str
    name: str
    arguments: dict[str, Any] | None


class Reply(Record, frozen=True):
    """What came back. `content` is sent back as it is: thinking blocks are signed."""

    content: tuple[dict[str, Any], ...]
    stop_reason: str
    usage: Usage
    explanation: str = ""
    """Of a refusal: the policy category, if one is named."""

    @property
    def text(self) -> str:
        """The text blocks together; thinking is not part of the answer."""
        return "".join(block["text"] for block in self.content if block.get("type") == "text")

    @property
    def calls(self) -> tuple[Call, ...]:
        """The tools it wants, in order."""
        uses = [block for block in self.content if block.get("type") == "tool_use"]
        return tuple(Call(str(use.get("id", "")), str(use.get("name", "")), use["input"] if isinstance(use.get("input"), dict) else None) for use in uses)


class Blocks:
    """Takes the events of a stream in turn. Raises NoAnswer beyond `most` characters, and KeyError and its like for what is no such stream."""

    def __init__(self, most: int) -> None:
        self._most, self._written = most, 0
        self._blocks: dict[int, dict[str, Any]] = {}
        self._arguments: dict[int, list[str]] = {}
        self._grown: dict[tuple[int, str], list[str]] = {}
        self._stop, self._explanation = "", ""
        self._reported = Usage()
        self.finished = False

    def take(self, event: Mapping[str, Any]) -> None:
        """One event; kinds that are not known are passed over."""
        kind = event.get("type")
        if kind == "message_start":
            self._use(event["message"]["usage"])
        elif kind == "content_block_start":
            self._begin(int(event["index"]), dict(event["content_block"]))
        elif kind == "content_block_delta":
            self._grow(int(event["index"]), event["delta"])
        elif kind == "message_delta":
            self._use(event.get("usage") or {})
            delta = event["delta"]
            self._stop = str(delta.get("stop_reason") or "")
            self._explanation = str((delta.get("stop_details") or {}).get("category") or "")
        elif kind == "message_stop":
            self.finished = True

    @property
    def usage(self) -> Usage:
        """What the vendor reported; while the reply is not whole, at least what was written so far."""
        seen = self._reported
        if self.finished:
            return seen
        return Usage(seen.input, max(seen.output, self._written // _CHARACTERS_PER_TOKEN), seen.cache_read, seen.cache_write)

    def reply(self) -> Reply:
        """The whole of it."""
        return Reply(tuple(self._whole(index) for index in sorted(self._blocks)), self._stop, self.usage, self._explanation)

    def _begin(self, index: int, block: dict[str, Any]) -> None:
        self._count(sum(len(value) for value in block.values() if isinstance(value, str)))
        self._blocks[index] = block

    def _grow(self, index: int, delta: Mapping[str, Any]) -> None:
        block, kind = self._blocks[index], delta["type"]
        if kind == "input_json_delta":
            self._count(len(delta["partial_json"]))
            self._arguments.setdefault(index, []).append(delta["partial_json"])
        elif kind in _GROWS:
            name = _GROWS[kind]
            self._count(len(delta[name]))
            self._grown.setdefault((index, name), [str(block.get(name) or "")]).append(delta[name])

    def _whole(self, index: int) -> dict[str, Any]:
        block = self._blocks[index]
        grown = {name: "".join(parts) for (at, name), parts in self._grown.items() if at == index}
        if index in self._arguments:
            grown["input"] = _object("".join(self._arguments[index]))
        return block | grown

    def _use(self, told: Mapping[str, Any]) -> None:
        """Counts are running totals; a later event repeats or corrects them."""
        seen = self._reported
        self._reported = Usage(
            _number(told, "input_tokens", seen.input),
            _number(told, "output_tokens", seen.output),
            _number(told, "cache_read_input_tokens", seen.cache_read),
            _number(told, "cache_creation_input_tokens", seen.cache_write),
        )

    def _count(self, characters: int) -> None:
        self._written += characters
        if self._written > self._most:
            raise too_long(f"{self._most:,} characters", self.usage)


def _object(text: str) -> Any:
    """None is no object either: the call is then answered as one with wrong arguments."""
    try:
        return json.loads(text) if text.strip() else {}
    except (ValueError, RecursionError):
        return None


def _number(told: Mapping[str, Any], name: str, before: int) -> int:
    value = told.get(name)
    return min(max(value, 0), 100_000_000) if isinstance(value, int) else before
