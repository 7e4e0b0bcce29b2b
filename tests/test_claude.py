"""The model's diagnosis through the vendor's own client, against a Messages API on loopback that refuses what the real one refuses."""

import json

import pytest

from bot.config.claude import Claude
from bot.core.grounding.grounding import grounded
from bot.model import Gap, WantedQuery
from bot.model.questions import Answer, FollowTrace, SearchLogs
from tests.claude_room import GOOD, Desk, Paid, asked, log_line, room
from tests.fakes import transfer_case
from tests.fakes.anthropic_rules import Json
from tests.fakes.anthropic_server import KEY, FakeAnthropic, Turn, says, text, thinking, uses

pytestmark = pytest.mark.slow

LOOKS = Turn(
    (thinking("What else?"), uses("search_logs", {"words": ["leaf"], "minutes_before": 10}, "t1"), uses("follow_trace", {"trace_id": "4bf9"}, "t2")), "tool_use"
)


def results(body: Json) -> list[Json]:
    """The tool results in the last message of a request."""
    return [block for block in body["messages"][-1]["content"] if block["type"] == "tool_result"]


def test_most_alerts_need_no_look_up() -> None:
    """One request: the packet goes out, an answer by the schema comes back, and code adds what is not the model's to decide."""
    diagnosis, server, desk = asked([says(GOOD)])

    assert (diagnosis.fallback, server.refused, len(server.bodies), desk.asked) == ("", [], 1, [])
    assert (diagnosis.diagnoser, diagnosis.verdict, diagnosis.root_cause.known) == ("claude-sonnet-5-5", "act now", True)
    assert diagnosis.assessment.response_time == "< 1 hour"
    assert diagnosis.history.recurrence == "regression"
    assert [(code.path, code.line, code.permalink) for code in diagnosis.affected_code] == [
        ("transfers/leaves.py", 42, "https://github.com/acme/transfers/blob/9c0ffee0/transfers/leaves.py#L42")
    ]
    assert [rival.statement for rival in diagnosis.root_cause.rivals] == ["The balance really is too low."]
    assert grounded(diagnosis, desk.case)[0].root_cause.known


def test_look_ups_are_answered_together_and_thinking_goes_back_untouched() -> None:
    """Parallel calls have their results in one message; the server refuses altered thinking blocks and missing results."""
    found = Answer("words leaf, 10 minutes", evidence=(log_line(7, "leaf 12 was taken twice"),), left_out="3 more lines")
    failed = Answer("trace 4bf9", gaps=(Gap("opensearch prod", "the trace", "session expired", "sign in"),))

    diagnosis, server, desk = asked([LOOKS, says(GOOD)], answers={"SearchLogs": found, "FollowTrace": failed})

    assert (diagnosis.fallback, server.refused) == ("", [])
    assert desk.asked == [SearchLogs(("leaf",), 10), FollowTrace("4bf9")]
    first, second = results(server.bodies[1])
    assert (first["tool_use_id"], "is_error" in first, second["tool_use_id"], second["is_error"]) == ("t1", False, "t2", True)
    for words in ("asked: words leaf, 10 minutes", "[E7]", "leaf 12 was taken twice", "left out: 3 more lines"):
        assert words in first["content"]
    assert "session expired" in second["content"]


def test_what_was_shown_already_is_named_and_not_sent_again() -> None:
    """Tokens are paid for once: a look-up that leads to evidence of the packet, or of an earlier look-up, says where it stands."""
    case, new = transfer_case.case(), log_line(9, "a line that is new")
    found = {"SearchLogs": Answer("asked", (case.evidence[0], new))}
    again = Turn((uses("search_logs", {"words": ["lock"]}, "t2"),), "tool_use")

    _, server, _ = asked([LOOKS, again, says(GOOD)], answers=found, case=case)

    first, second = (results(body)[0]["content"] for body in server.bodies[1:])
    assert (f"stands above already: {case.evidence[0].id}\n" in first, "a line that is new" in first) == (True, True)
    assert f"stands above already: {case.evidence[0].id}, E9\n" in second
    assert "a line that is new" not in second


def test_nothing_found_is_an_answer_and_no_failure() -> None:
    """What was looked for and is not there is told apart from what could not be looked for."""
    _, server, _ = asked([LOOKS, says(GOOD)])

    assert all("is_error" not in result and "nothing was found" in result["content"] for result in results(server.bodies[1]))


def test_a_query_is_left_for_approval_and_never_asked_of_anything() -> None:
    """Only what the guard lets through is recorded, and the model is told that it did not run."""
    good = {"sql": "SELECT id FROM leaves WHERE taken > 1 LIMIT 10;", "purpose": "Was it taken twice?", "expected_rows": "one"}
    bad = {"sql": "DELETE FROM leaves", "purpose": "x", "expected_rows": "y"}

    diagnosis, server, desk = asked([Turn((uses("propose_query", good, "q1"), uses("propose_query", bad, "q2")), "tool_use"), says(GOOD)])

    assert diagnosis.wanted_queries == (WantedQuery("SELECT id FROM leaves WHERE taken > 1 LIMIT 10", "Was it taken twice?", "one"),)
    first, second = results(server.bodies[1])
    assert "Recorded" in first["content"]
    assert (second["is_error"], "Not recorded" in second["content"]) == (True, True)
    assert desk.asked == []


def test_what_stays_the_same_is_read_from_the_cache() -> None:
    """System prompt and tools are the same bytes for every case, and the vendor bills them as read."""
    with FakeAnthropic([LOOKS, says(GOOD)]) as server:
        diagnoser = room(server)
        first = diagnoser.diagnose(transfer_case.case(), Desk(transfer_case.case()))
        other = transfer_case.case("out of memory")
        second = diagnoser.diagnose(other, Desk(other))

    assert server.refused == []
    assert {json.dumps([body["system"], body["tools"]]) for body in server.bodies} == {json.dumps([server.bodies[0]["system"], server.bodies[0]["tools"]])}
    assert first.spend is not None
    assert second.spend is not None
    assert first.spend.cache_write_tokens > 0
    assert first.spend.cache_read_tokens > first.spend.cache_write_tokens / 2  # the second request reads what the first wrote
    assert second.spend.cache_read_tokens > 1_000
    assert second.spend.saved > 0


def test_what_was_spent_is_told_at_the_configured_prices() -> None:
    """Tokens as the vendor counts them; dollars by input, cache read, cache write and output."""
    diagnosis, _, _ = asked([LOOKS, says(GOOD)])

    spend = diagnosis.spend
    assert spend is not None
    assert (spend.model, spend.requests, str(spend.day)) == ("claude-sonnet-5-5", 2, "2026-11-20")
    paid = spend.input_tokens * 2 + spend.cache_read_tokens * 0.2 + spend.cache_write_tokens * 2.5 + spend.output_tokens * 10
    assert spend.dollars == pytest.approx(paid / 1e6, abs=1e-6)
    assert 0.001 < spend.dollars < 0.1


def test_the_key_stands_in_no_text_and_no_body() -> None:
    """It travels in its header only, also when a log line holds it."""
    diagnosis, server, _ = asked([Turn((text(f"not json {KEY}"),)), says({**GOOD, "immediate_fix": f"use {KEY}"})], case=transfer_case.case(f"leaked {KEY}"))

    assert KEY not in json.dumps(server.bodies)
    assert KEY not in repr(diagnosis)
    assert "[secret:" in diagnosis.immediate_fix
    assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"


def test_a_paused_turn_is_continued() -> None:
    """The paused content goes back as it is."""
    diagnosis, server, _ = asked([Turn((thinking("Long."), text("…")), "pause_turn"), says(GOOD)])

    assert (diagnosis.fallback, server.refused) == ("", [])
    assert server.bodies[1]["messages"][-1]["role"] == "assistant"


def test_no_request_when_the_day_is_spent() -> None:
    """The rules answer and say so."""
    diagnosis, server, _ = asked([says(GOOD)], ledger=Paid(20.0))

    assert (diagnosis.diagnoser, server.bodies, diagnosis.spend) == ("rules", [], None)
    assert diagnosis.fallback == "The ceiling of $20 for a day was reached; to do: raise `claude: dollars_per_day:` if that is too low."


def test_the_day_may_end_in_the_middle() -> None:
    """What was spent until then is told; what one process spent counts for its next diagnosis, too."""
    ledger = Paid(19.95)
    wordy = Turn((thinking("x" * 18_000), text("The lock is missing.")))
    with FakeAnthropic([wordy]) as server:
        diagnoser = room(server, Claude(output_tokens=1_024), ledger)
        first = diagnoser.diagnose(transfer_case.case(), Desk(transfer_case.case()))
        second = diagnoser.diagnose(transfer_case.case(), Desk(transfer_case.case()))

    assert first.spend is not None
    assert first.spend.requests == 1
    assert first.fallback.startswith("The ceiling of $20 for a day was reached")
    assert second.fallback.startswith("The ceiling of $20 for a day was reached")
    assert (second.spend, len(server.bodies), len(ledger.days)) == (None, 1, 1)


def test_a_day_that_cannot_be_read_is_not_guessed() -> None:
    """Without it nothing is spent, unless the configuration says to go on; then the report tells it."""
    closed, server, _ = asked([says(GOOD)], ledger=Paid(None))
    open_, _, _ = asked([says(GOOD)], Claude(unknown_day="continue"), ledger=Paid(None))

    assert server.bodies == []
    assert "GitHub refused (403)" in closed.fallback
    assert open_.fallback == ""
    assert open_.spend is not None
    assert "ceiling of the day was not held" in open_.spend.note


def test_the_last_request_asks_for_the_answer() -> None:
    """When no further request is allowed, no tool may be called, and the model is told."""
    diagnosis, server, _ = asked([LOOKS, says(GOOD)], Claude(turns=2))

    assert diagnosis.fallback == ""
    assert [body["tool_choice"]["type"] for body in server.bodies] == ["auto", "none"]
    assert "No more can be looked up" in server.bodies[1]["messages"][-1]["content"][-1]["text"]
