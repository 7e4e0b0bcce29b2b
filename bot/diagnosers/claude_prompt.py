"""What is sent: system prompt and tools, always the same bytes, then the conversation, with marks that let the vendor keep what comes again."""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from bot.config.claude import Claude
from bot.core.redaction.redaction import Redactor
from bot.diagnosers.claude_answer import Answer
from bot.diagnosers.claude_packet import blocks, nonce_of, packet
from bot.diagnosers.claude_schema import schema_of
from bot.diagnosers.claude_tools import definitions
from bot.model import Case

PACKET_CHARACTERS = 160_000
"""Of the first message: some 50,000 tokens, a quarter of the smallest window that a current model has."""

_FOLDER = Path(__file__).parent / "prompts"

Message = dict[str, Any]


@cache
def words(name: str) -> str:
    """A text of the folder `prompts`."""
    return (_FOLDER / f"{name}.md").read_text(encoding="utf-8").strip()


def text_block(text: str) -> Message:
    """A block of text."""
    return {"type": "text", "text": text}


def request(claude: Claude, messages: Sequence[Message], output_tokens: int, *, last: bool) -> dict[str, Any]:
    """The arguments of `messages.create`. In the `last` request no tool may be called; which ones there are stays, since it is part of the prefix.

    At most three marks: after the system prompt (and the tools before it), after the packet, at the end of the conversation.
    """
    return {
        "model": claude.model,
        "max_tokens": output_tokens,
        "system": [{**text_block(words("system")), "cache_control": _kept(claude)}],
        "tools": definitions(),
        "tool_choice": {"type": "none" if last else "auto"},
        "output_config": {"effort": claude.effort, "format": {"type": "json_schema", "schema": schema_of(Answer, whole=True)}},
        "messages": _marked(messages, claude),
    }


def show_prompt(case: Case, claude: Claude, own_secrets: tuple[str, ...] = ()) -> str:
    """Exactly what the first request would hold, redacted, for a person to read."""
    block = blocks(nonce_of(case), Redactor(own=own_secrets).text)
    first = packet(case, nonce_of(case), block, PACKET_CHARACTERS).text
    sent = request(claude, [{"role": "user", "content": [text_block(first)]}], claude.output_tokens, last=False)
    told = {name: sent[name] for name in ("model", "max_tokens", "tool_choice", "output_config", "tools")}
    return "\n".join(
        (
            "===== settings, answer schema and tools =====",
            json.dumps(told, indent=2, ensure_ascii=False),
            "===== system =====",
            words("system"),
            "===== first message =====",
            first,
            "",
        )
    )


def _marked(messages: Sequence[Message], claude: Claude) -> list[Message]:
    """The packet is the first block; what is said behind it in the same message must not make it be written to the cache again."""
    users = [number for number, message in enumerate(messages) if message["role"] == "user"]
    marked = list(messages)
    for number, position in {(users[0], 0), (users[-1], len(messages[users[-1]]["content"]) - 1)}:
        content = list(marked[number]["content"])
        content[position] = {**content[position], "cache_control": _kept(claude)}
        marked[number] = {**marked[number], "content": content}
    return marked


def _kept(claude: Claude) -> Mapping[str, str]:
    return {"type": "ephemeral", "ttl": claude.cache}
