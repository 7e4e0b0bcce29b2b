"""The conversation about one case: look-ups in turn until there is an answer that fits, or a reason why there is none."""

import json
import time
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from msgspec.structs import replace

from bot.config.claude import Claude
from bot.core.plain_text.plain_text import cut, one_line
from bot.diagnosers import claude_answer
from bot.diagnosers.claude_answer import Answer
from bot.diagnosers.claude_blocks import Call, Reply
from bot.diagnosers.claude_packet import Block, Packet, blocks, nonce_of, packet
from bot.diagnosers.claude_prompt import PACKET_CHARACTERS, Message, request, text_block, words
from bot.diagnosers.claude_refusals import NoAnswer
from bot.diagnosers.claude_spend import Meter
from bot.diagnosers.claude_tools import MOST_QUERIES, Result, call
from bot.model import Record, WantedQuery
from bot.ports import Probe

SHRINKING = (1, 3, 10)
"""By what the packet is divided, when the model cannot take it."""
MOST_CALLS = 8
"""At once; and so many are answered again before no more may be asked."""
MOST_REPEATS = 2
ATTEMPTS = 3
"""Of one request; waits in between double from half a second, or are what the vendor asks for."""
_CHARACTERS_PER_TOKEN = 20
"""More than any text has: a reply beyond it is not what was asked for."""
_LONGEST_REPEATED = 20_000
"""Characters of an unusable answer that are sent back with the request to mend it."""


class Sender(Protocol):
    """What the conversation needs of a client."""

    def send(self, request: dict[str, Any], seconds: float, most_characters: int) -> Reply:
        """The reply. Raises NoAnswer."""


class Outcome(Record, frozen=True):
    """The answer, the queries that were left for approval, and the evidence that the model was not shown."""

    answer: Answer
    queries: tuple[WantedQuery, ...] = ()
    left_out: tuple[str, ...] = ()


class Conversation:
    """One for each diagnosis. `clean` redacts."""

    def __init__(
        self, sender: Sender, claude: Claude, meter: Meter, probe: Probe, clean: Callable[[str], str], sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._sender, self._claude, self._meter, self._probe = sender, claude, meter, probe
        self._clean, self._sleep = clean, sleep
        self._queries: list[WantedQuery] = []
        self._went_on = False
        self._shown = ""

    def outcome(self) -> Outcome:
        """Raises NoAnswer. When the case does not fit, it is told more shortly, with what was looked up so far in it."""
        refused = NoAnswer("the case is larger than the model takes", "lower `limits: evidence_tokens:`")
        before = ""
        for divisor in SHRINKING:
            nonce = nonce_of(self._probe.case)
            block = blocks(nonce, self._clean)
            told = packet(self._probe.case, nonce, block, PACKET_CHARACTERS // divisor)
            if told.text == before and not self._went_on:  # short already: what was refused is not sent, and paid for, again
                continue
            before = self._shown = told.text
            self._went_on = False
            self._meter.start_over()
            try:
                return self._talk(told, block)
            except NoAnswer as error:
                if not error.too_large:
                    raise
                refused = error
        raise refused

    def _talk(self, told: Packet, block: Block) -> Outcome:
        messages: list[Message] = [{"role": "user", "content": [text_block(told.text)]}]
        asked, mended, silenced = dict[str, int](), False, False
        while True:
            last = silenced or self._is_last(messages)
            if last and not silenced:
                _say(messages, words("answer_now"))
            silenced = last
            reply = self._ask(messages, last=last)
            if reply.stop_reason == "pause_turn":
                messages.append({"role": "assistant", "content": list(reply.content)})
                continue
            if reply.calls and reply.stop_reason != "max_tokens" and not last:
                messages.append({"role": "assistant", "content": _sent_back(reply)})
                messages.append({"role": "user", "content": self._answered(reply.calls, asked, block)})
                if sum(asked.values()) - len(asked) >= MOST_REPEATS:
                    _say(messages, words("answer_now"))
                    silenced = True
                continue
            try:
                return Outcome(_read(reply, foreign_too=mended), tuple(self._queries), told.left_out)
            except ValueError as error:
                if mended:
                    raise NoAnswer(f"the model gave no usable answer, twice: {error}", "run it again, or set another `claude: model:`") from error
                mended = True
                _mend(messages, reply, str(error), self._clean)

    def _is_last(self, messages: Sequence[Message]) -> bool:
        return self._meter.is_last(_size(request(self._claude, messages, self._claude.output_tokens, last=False)))

    def _ask(self, messages: Sequence[Message], *, last: bool) -> Reply:
        """The reply to one request, tried again where that helps; each try is held against the ceilings and counted."""
        attempt = 1
        while True:
            wanted = request(self._claude, messages, self._claude.output_tokens, last=last)
            size = _size(wanted)
            wanted["max_tokens"] = self._meter.output_for(size)
            try:
                reply = self._sender.send(wanted, self._meter.seconds_left, wanted["max_tokens"] * _CHARACTERS_PER_TOKEN)
            except NoAnswer as error:
                # What an unfinished reply used is an estimate; more than was asked for is never billed.
                self._meter.count(replace(error.usage, output=min(error.usage.output, wanted["max_tokens"])), 0)
                wait = error.wait or 0.25 * 2**attempt
                if not error.again or attempt >= ATTEMPTS or wait >= self._meter.seconds_left:
                    raise
                self._sleep(wait)
                attempt += 1
            else:
                self._meter.count(reply.usage, size)
                accepted = _accepted(reply)
                self._went_on = True
                return accepted

    def _answered(self, calls: Sequence[Call], asked: dict[str, int], block: Block) -> list[Message]:
        """One result for each call, in one message: the vendor refuses a call without its result."""
        results = []
        for number, one in enumerate(calls):
            result = self._result(one, asked, block) if number < MOST_CALLS else Result(f"Not looked up: at most {MOST_CALLS} at once.", failed=True)
            failed = {"is_error": True} if result.failed else {}
            results.append({"type": "tool_result", "tool_use_id": one.id, "content": result.text, **failed})
        return results

    def _result(self, one: Call, asked: dict[str, int], block: Block) -> Result:
        if one.arguments is None:
            return Result("The arguments are no JSON object.", failed=True)
        key = f"{one.name} {json.dumps(one.arguments, sort_keys=True)}"
        asked[key] = asked.get(key, 0) + 1
        if asked[key] > 1:
            return Result("This was asked before, and its answer stands above. Ask something else, or answer.", failed=True)
        result = call(one.name, one.arguments, self._probe.ask, block, self._shown)
        self._shown += result.text
        if result.query is not None and result.query not in self._queries:
            if len(self._queries) >= MOST_QUERIES:
                return Result(f"Not recorded: at most {MOST_QUERIES} queries may wait for approval.", failed=True)
            self._queries.append(result.query)
        return result


def _accepted(reply: Reply) -> Reply:
    """Raises NoAnswer for a reply that ends the conversation."""
    if reply.stop_reason == "refusal":
        why = f" ({one_line(reply.explanation)[:40]})" if reply.explanation else ""
        raise NoAnswer(f"the model refused to answer{why}", "set another `claude: model:`, or `diagnoser: rules` for such cases")
    if reply.stop_reason == "model_context_window_exceeded":
        raise NoAnswer("the conversation became larger than the model takes", "lower `limits: evidence_tokens:`", too_large=True)
    return reply


def _read(reply: Reply, *, foreign_too: bool) -> Answer:
    """Raises ValueError with what is wrong, for the model."""
    if reply.stop_reason == "max_tokens":
        raise ValueError(f"it was cut off after {reply.usage.output:,} tokens; be shorter")
    if reply.calls:
        raise ValueError("it asked for a tool where none may be asked any more")
    answer = claude_answer.read(reply.text)
    if not foreign_too and claude_answer.is_foreign(answer):
        raise ValueError("it is not written in English")
    return answer


def _mend(messages: list[Message], reply: Reply, cause: str, clean: Callable[[str], str]) -> None:
    """Ask once more. What was cut off, is empty or holds a secret is not repeated; the vendor takes neither an empty text nor a call without its result."""
    notice = text_block(words("repair").replace("{cause}", cut(one_line(cause), 400)))
    texts = [block.get("text", "") for block in reply.content if block.get("type") == "text"]
    whole = reply.stop_reason != "max_tokens" and not reply.calls and texts and all(text.strip() for text in texts)
    if whole and len(reply.text) <= _LONGEST_REPEATED and clean(reply.text) == reply.text:
        messages.append({"role": "assistant", "content": list(reply.content)})
        messages.append({"role": "user", "content": [notice]})
    else:
        _say(messages, notice["text"])


def _say(messages: list[Message], text: str) -> None:
    """Behind what the model reads last; never into what it wrote."""
    if messages[-1]["role"] == "user":
        messages[-1]["content"].append(text_block(text))
    else:
        messages.append({"role": "user", "content": [text_block(text)]})


def _sent_back(reply: Reply) -> list[Message]:
    """Untouched, but for a call whose arguments were no object: it must be one to be sent."""
    return [{**block, "input": {}} if block.get("type") == "tool_use" and not isinstance(block.get("input"), dict) else block for block in reply.content]


def _size(wanted: dict[str, Any]) -> int:
    return len(json.dumps(wanted).encode())
