"""The first message: everything that was gathered, in blocks, within a budget; and what a person sees of it before it is sent."""

import json

from msgspec.structs import replace

from bot.config.claude import Claude
from bot.core.redaction.redaction import Redactor
from bot.diagnosers.claude_packet import Packet, blocks, nonce_of, packet
from bot.diagnosers.claude_prompt import request, show_prompt, text_block
from bot.diagnosers.claude_tools import definitions
from bot.model import Case, Evidence
from bot.sources.code.commit_evidence import commit_evidence
from tests.fakes import transfer_case


def told(case: Case, characters: int = 100_000) -> Packet:
    """The packet of a case."""
    return packet(case, nonce_of(case), blocks(nonce_of(case), Redactor().text), characters)


def with_lines(count: int, length: int) -> Case:
    """A case with so many more pieces of evidence."""
    case = transfer_case.case()
    more = (Evidence("log", "opensearch", f"https://logs.example/E{n}", f"line {n} {'x' * length} end{n}", f"E{n}") for n in range(5, 5 + count))
    return replace(case, evidence=(*case.evidence, *more))


def test_everything_that_was_gathered_is_told() -> None:
    """Alert, history, evidence with its details, gaps."""
    text = told(transfer_case.case()).text

    for words in (
        "ValidationError",
        "environment: prod",
        "same: ",
        "[E2] · code",
        "transfers/leaves.py:42 in reserve_leaves",
        "the earlier fix, 4be91d0712ab of 2025-12-17 (Lock the row): does not stand",
        "missing of it: with_for_update()",
        "undone by:\ncommit 9c0ffee012ab",
        "-     rows = query.with_for_update()",
        "sentry: insufficient leaf balance",
    ):
        assert words in text


def test_what_the_text_of_a_commit_says_is_not_told_twice() -> None:
    """Tokens are paid for once; what a shortened text no longer says is told beside it."""
    case = transfer_case.case()
    commit = replace(transfer_case.culprit(), reasons=("removed a guard",))
    whole = replace(commit_evidence(commit), id="E5")
    long = replace(whole, text=f"{'x' * 8_000}\n{whole.text}\n{'x' * 8_000}")

    once, beside = (told(replace(case, evidence=(one,))).text for one in (whole, long))

    assert [once.count(words) for words in ("removed a guard", "rows = query.with_for_update()", "perf: insufficient leaf balance")] == [1, 1, 1]
    assert "suspected because: removed a guard" in beside


def test_a_smaller_budget_shortens_every_piece_before_it_leaves_one_out() -> None:
    """Both ends of a piece stay; what is not shown is named."""
    case = with_lines(20, 5_000)
    whole, short, least = told(case, 200_000), told(case, 60_000), told(case, 8_000)

    assert (whole.left_out, short.left_out) == ((), ())
    assert "characters left out" not in whole.text
    assert "characters left out" in short.text
    assert all(f"end{n}" in short.text for n in range(5, 25))
    assert least.left_out
    assert f"{len(least.left_out)} of 24 pieces of evidence: {least.left_out[0]}" in least.text
    assert all(len(one.text) <= limit for one, limit in ((whole, 200_000), (short, 60_000), (least, 8_000)))


def test_the_same_case_gives_the_same_bytes() -> None:
    """So that a replay costs what the cache costs."""
    assert told(transfer_case.case()) == told(transfer_case.case())
    assert nonce_of(transfer_case.case()) != nonce_of(transfer_case.case("other"))


def test_what_is_shown_is_what_is_sent_and_holds_no_secret() -> None:
    """System prompt, tools, schema and first message; the bot's own secrets are taken out once more."""
    case = transfer_case.case("hunter2hunter2 stands here")

    shown = show_prompt(case, Claude(), ("hunter2hunter2",))

    assert "hunter2hunter2" not in shown
    assert "[secret:own:1] stands here" in shown
    first = shown.partition("===== first message =====\n")[2].rstrip("\n")
    assert first == packet(case, nonce_of(case), blocks(nonce_of(case), Redactor(own=("hunter2hunter2",)).text), 160_000).text
    assert json.loads(shown.partition("=====\n")[2].partition("\n===== system")[0])["tools"] == definitions()


def test_a_request_marks_what_comes_again() -> None:
    """After the system prompt, after the packet whatever is said behind it, at the end; the messages themselves are not changed."""
    messages = [{"role": role, "content": [text_block(role)]} for role in ("user", "assistant", "user")]

    sent = request(Claude(cache="1h"), messages, 1_024, last=True)

    marks = [block.get("cache_control") for message in sent["messages"] for block in message["content"]]
    assert marks == [{"type": "ephemeral", "ttl": "1h"}, None, {"type": "ephemeral", "ttl": "1h"}]
    assert "cache_control" not in json.dumps(messages)
    assert sent["tool_choice"] == {"type": "none"}


def test_the_packet_stays_in_the_cache_when_a_notice_follows_it() -> None:
    """The mark stands behind the packet itself."""
    messages = [{"role": "user", "content": [text_block("packet"), text_block("notice")]}]

    (sent,) = request(Claude(), messages, 1_024, last=False)["messages"]

    assert ["cache_control" in block for block in sent["content"]] == [True, True]


def test_every_tool_is_closed_and_strict() -> None:
    """One for each question, and one that leaves a query for approval."""
    tools = definitions()

    assert [tool["name"] for tool in tools] == [
        *("search_logs", "follow_trace", "read_code", "find_in_code", "read_history", "find_knowledge", "look_up_error_code", "propose_query"),
    ]
    assert all(tool["strict"] and tool["input_schema"]["additionalProperties"] is False for tool in tools)
