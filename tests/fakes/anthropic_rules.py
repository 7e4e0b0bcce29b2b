"""What the Messages API refuses of current models, as its documentation and SDK 2.12 tell it; each rule answers with the words of a 400."""

import json
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]

KEYS = {
    "model",
    "max_tokens",
    "messages",
    "system",
    "tools",
    "tool_choice",
    "output_config",
    "stream",
    "thinking",
    "cache_control",
    "metadata",
    "stop_sequences",
}
SAMPLING = ("temperature", "top_p", "top_k")
SCHEMA_KEYS = {"type", "enum", "const", "description", "properties", "required", "additionalProperties", "items", "anyOf", "$ref", "$defs"}
MOST_OUTPUT = 128_000
MOST_MARKS = 4


def objections(body: Json, sent: dict[str, Json], paused: list[list[Json]]) -> Iterator[str]:
    """Everything that is wrong with a request. `sent` holds the thinking blocks that went out, by signature; `paused` the turns that were paused."""
    yield from (f"{key}: sampling parameters are not supported by this model" for key in SAMPLING if key in body)
    yield from (f"{key}: Extra inputs are not permitted" for key in body if key not in KEYS and key not in SAMPLING)
    if not 1 <= body.get("max_tokens", 0) <= MOST_OUTPUT:
        yield f"max_tokens: must be between 1 and {MOST_OUTPUT}"
    if body.get("thinking", {}).get("type", "adaptive") not in ("adaptive", "between_tools"):
        yield "thinking.type: thinking budgets are not supported by this model"
    if body.get("tool_choice", {}).get("type") in ("any", "tool"):
        yield "tool_choice: forcing tool use is not supported by this model"
    if json.dumps(body).count('"cache_control"') > MOST_MARKS:
        yield f"A maximum of {MOST_MARKS} blocks with cache_control may be provided"
    yield from _schemas(body)
    yield from _conversation(body.get("messages", []), sent, paused)


def _schemas(body: Json) -> Iterator[str]:
    names = [tool["name"] for tool in body.get("tools", [])]
    if len(set(names)) != len(names):
        yield "tools: Tool names must be unique."
    for tool in body.get("tools", []):
        if tool.get("strict"):
            yield from _schema(tool["input_schema"], f"tools.{tool['name']}")
    wanted = body.get("output_config", {}).get("format")
    if wanted is not None:
        yield from _schema(wanted["schema"], "output_config.format.schema")


def _schema(node: Json, where: str) -> Iterator[str]:
    yield from (f"{where}: '{key}' is not supported" for key in node if key not in SCHEMA_KEYS)
    if node.get("type") == "object" and node.get("additionalProperties") is not False:
        yield f"{where}: 'additionalProperties' must be false"
    for name, inner in node.get("properties", {}).items():
        yield from _schema(inner, f"{where}.{name}")
    if "items" in node:
        yield from _schema(node["items"], f"{where}[]")


def _conversation(messages: list[Json], sent: dict[str, Json], paused: list[list[Json]]) -> Iterator[str]:
    if not messages or messages[0]["role"] != "user":
        yield "messages: first message must use the user role"
        return
    if messages[-1]["role"] == "assistant" and messages[-1]["content"] not in paused:
        yield "messages: this model does not support assistant message prefill"
    for number, message in enumerate(messages):
        where = f"messages.{number}"
        if not message["content"]:
            yield f"{where}: content must be non-empty"
        yield from (f"{where}: text content blocks must be non-empty" for block in message["content"] if block["type"] == "text" and not block["text"].strip())
        yield from _thinking(message, sent, where)
        yield from _pairs(messages, number, where)


def _thinking(message: Json, sent: dict[str, Json], where: str) -> Iterator[str]:
    for block in message["content"]:
        if block["type"] == "thinking" and sent.get(block["signature"]) != block:
            yield f"{where}: `thinking` blocks in the latest assistant message cannot be modified"


def _pairs(messages: list[Json], number: int, where: str) -> Iterator[str]:
    """A call has its result at the head of the next message, and no result stands without its call."""
    content = messages[number]["content"]
    before = {block["id"] for block in messages[number - 1]["content"] if block["type"] == "tool_use"} if number else set()
    results = [block["tool_use_id"] for block in content if block["type"] == "tool_result"]
    if set(results) - before:
        yield f"{where}: unexpected `tool_use_id` found in `tool_result` blocks"
    if before - set(results):
        yield f"{where}: `tool_use` ids were found without `tool_result` blocks immediately after"
    if results and [block["type"] for block in content[: len(results)]] != ["tool_result"] * len(results):
        yield f"{where}: `tool_result` blocks must come first"
    if number == len(messages) - 1 and any(block["type"] == "tool_use" for block in content):
        yield f"{where}: `tool_use` ids were found without `tool_result` blocks immediately after"
