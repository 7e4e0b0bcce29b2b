"""What a model, its vendor or the network can do wrong: asked again where that helps, else the rules stand in and the report says why."""

import json
from collections.abc import Callable

import pytest
from msgspec.structs import replace

from bot.config import Configuration, Settings
from bot.config.claude import Claude
from bot.diagnosers.claude import ClaudeDiagnoser
from bot.diagnosers.claude_client import connect
from bot.diagnosers.rules import RulesDiagnoser
from bot.errors import BadConfiguration
from bot.model import Diagnosis
from tests.claude_room import GOOD, Desk, Waits, asked, log_line, room, settings
from tests.fakes import transfer_case
from tests.fakes.anthropic_rules import Json
from tests.fakes.anthropic_server import FakeAnthropic, Turn, refuse, says, text, thinking, uses
from tests.fakes.loopback import Answer, Request

pytestmark = pytest.mark.slow

PROSE = Turn((text("The lock is missing. I would revert the commit."),))
SEARCH = Turn((uses("search_logs", {"words": ["leaf"]}, "t1"),), "tool_use")
GERMAN = "Der Commit hat die Sperre der Zeile entfernt, deshalb belegen zwei Überweisungen zugleich dasselbe Blatt."
CUT = json.dumps(GOOD)[:300]


def is_message(request: Request) -> bool:
    """A request to the model."""
    return request.path == "/v1/messages"


def failing(answer: Answer, times: int = 1) -> Callable[[FakeAnthropic], None]:
    """Prepares a server to fail the next requests so."""
    return lambda server: server.fail(is_message, answer, times=times)


def last_text(body: Json) -> str:
    """What the last message of a request says."""
    return "\n".join(str(block.get("text", "")) for block in body["messages"][-1]["content"])


@pytest.mark.parametrize(
    ("first", "told"),
    [
        (PROSE, "not one JSON object"),
        (Turn((text(CUT),)), "not one JSON object"),
        (Turn((text(CUT),), "max_tokens"), "cut off"),
        (Turn(()), "empty"),
        (Turn((thinking("…"),)), "empty"),
        (Turn((text(" "),)), "empty"),
        (Turn((text(json.dumps({**GOOD, "verdict": "panic"})),)), "does not fit the schema"),
        (Turn((text(json.dumps({**GOOD, "branch": "main"})),)), "does not fit the schema"),
        (Turn((text(json.dumps({**GOOD, "summary": "转账失败，因为两次转账占用了同一个叶子。", "root_cause": "行锁被删除。"})),)), "not written in English"),
        (says({**GOOD, "summary": GERMAN, "root_cause": GERMAN}), "not written in English"),
        (says({**GOOD, "summary": " ", "root_cause": "\u200b"}), "it says nothing in summary and root_cause"),
        (Turn((text("[" * 100_000),)), "does not fit the schema"),
        (Turn((text("x" * 230_000),)), "characters"),
        (Turn((uses("search_logs", {}, "t1"),), "max_tokens"), "cut off"),
    ],
)
def test_an_answer_that_does_not_fit_is_asked_for_once_more(first: Turn, told: str) -> None:
    """With the reason; the second one is taken."""
    diagnosis, server, _ = asked([first, says(GOOD)])

    assert (diagnosis.fallback, server.refused) == ("", [])
    assert told in last_text(server.bodies[1])


def test_two_answers_that_do_not_fit_are_enough() -> None:
    """The rules answer; the cost of both is told."""
    diagnosis, server, _ = asked([PROSE])

    assert (len(server.bodies), diagnosis.diagnoser) == (2, "rules")
    assert diagnosis.fallback.startswith("The model gave no usable answer, twice: the answer is not one JSON object")
    assert diagnosis.spend is not None
    assert diagnosis.spend.requests == 2


def test_another_language_is_taken_when_it_comes_twice() -> None:
    """A diagnosis that some can read is better than none."""
    foreign = {**GOOD, "summary": "转账失败，因为两次转账占用了同一个叶子。", "root_cause": "行锁被删除。"}

    diagnosis, _, _ = asked([says(foreign)])

    assert (diagnosis.fallback, diagnosis.summary) == ("", foreign["summary"])


def test_calls_that_cannot_be_carried_out_are_answered_as_failures() -> None:
    """A tool that does not exist, wrong arguments, and more calls at once than are looked up."""
    many = [uses("look_up_error_code", {"code": str(number)}, f"m{number}") for number in range(9)]
    wrong = [uses("run_shell", {"command": "id"}, "a"), uses("search_logs", {"words": "leaf", "type": "x"}, "b"), uses("read_code", {"path": 3}, "c")]
    broken = uses("read_code", "{not json", "d")  # type: ignore[arg-type]

    diagnosis, server, desk = asked([Turn((*wrong, broken), "tool_use"), Turn(tuple(many), "tool_use"), says(GOOD)])

    assert (diagnosis.fallback, server.refused) == ("", [])
    assert all(block["is_error"] for block in server.bodies[1]["messages"][-1]["content"])
    assert "There is no tool of that name" in server.bodies[1]["messages"][-1]["content"][0]["content"]
    assert len(desk.asked) == 8
    assert server.bodies[2]["messages"][-1]["content"][8]["is_error"]


def test_the_same_call_for_ever_is_ended() -> None:
    """It is looked up once; then no tool may be asked any more."""
    diagnosis, server, desk = asked([SEARCH])

    assert len(desk.asked) == 1
    assert len(server.bodies) <= 6
    assert server.bodies[-1]["tool_choice"] == {"type": "none"}
    assert "asked for a tool" in diagnosis.fallback


def test_many_different_calls_end_with_the_turns() -> None:
    """A model that never answers costs a bounded number of requests."""

    def more(body: Json) -> Turn:
        return Turn((uses("look_up_error_code", {"code": str(len(body["messages"]))}, f"t{len(body['messages'])}"),), "tool_use")

    diagnosis, server, _ = asked([more], Claude(turns=4))

    assert len(server.bodies) == 4
    assert diagnosis.diagnoser == "rules"


@pytest.mark.parametrize("turn", [Turn((text("x" * 5_000),), cut_after=900), Turn((text("x" * 5_000),), broken=b"event: ping\ndata: {}\n\n")])
def test_a_stream_that_breaks_off_is_asked_for_again(turn: Turn) -> None:
    """What had been written by then counts as spent."""
    diagnosis, server, _ = asked([turn, says(GOOD)])

    assert (diagnosis.fallback, len(server.bodies)) == ("", 2)
    assert diagnosis.spend is not None
    assert diagnosis.spend.requests == 2


@pytest.mark.parametrize(
    "answer",
    [
        refuse(529, "overloaded_error", "Overloaded"),
        refuse(500, "api_error", "Internal server error"),
        refuse(504, "timeout_error", "Timed out"),
        refuse(429, "rate_limit_error", "slow down", headers={"retry-after": "7"}),
        Answer(cut=True),
    ],
)
def test_what_passes_is_waited_for(answer: Answer) -> None:
    """Two repeats at most, after a pause that the vendor may name."""
    waits = Waits()
    with FakeAnthropic([says(GOOD)]) as server:
        failing(answer, 2)(server)
        diagnosis = room(server, waits=waits).diagnose(transfer_case.case(), Desk(transfer_case.case()))

    assert diagnosis.fallback == ""
    assert waits.slept == ([7.0, 7.0] if answer.headers.get("retry-after") else [0.5, 1.0])


@pytest.mark.parametrize(
    ("answer", "told", "requests"),
    [
        (refuse(529, "overloaded_error", "Overloaded"), "The vendor is overloaded (529)", 3),
        (refuse(429, "rate_limit_error", "x", code="enforced_spend_limit_reached"), "The account has reached its spending limit (429)", 1),
        (refuse(401, "authentication_error", "invalid x-api-key"), "The key is not valid (401)", 1),
        (refuse(402, "billing_error", "Your credit balance is too low"), "The account has no credit left (402)", 1),
        (refuse(403, "permission_error", "no"), "The key may not use this model (403)", 1),
        (refuse(404, "not_found_error", "model"), "There is no such model (404)", 1),
        (refuse(400, "invalid_request_error", "effort: \x1b[31m not\nsupported"), "The vendor refused the request (400): effort: not supported", 1),
        (refuse(413, "request_too_large", "Request exceeds the maximum size"), "The case is larger than the model takes (413)", 1),
        (Answer(307, b"", {"Location": "https://evil.example/v1/messages"}), "The address leads elsewhere (307)", 1),
        (Answer(200, b"<html>proxy</html>", {"Content-Type": "text/html"}), "The connection to the vendor failed or broke off", 3),
    ],
)
def test_what_does_not_pass_is_told(answer: Answer, told: str, requests: int) -> None:
    """The rules answer, with the vendor's reason and what to do; a spending limit is not asked twice."""
    diagnosis, server, _ = asked([says(GOOD)], prepare=failing(answer, 9))

    assert diagnosis.diagnoser == "rules"
    assert diagnosis.fallback.startswith(told)
    assert "; to do: " in diagnosis.fallback
    assert len([request for request in server.requests if is_message(request)]) == requests


@pytest.mark.parametrize("reason", ["stop_sequence", "tool_use", "something_new"])
def test_an_answer_counts_whatever_the_reason_why_it_stopped(reason: str) -> None:
    """As long as it is whole and no tool is asked for."""
    diagnosis, server, _ = asked([Turn((text(json.dumps(GOOD)),), reason)])

    assert (diagnosis.fallback, len(server.bodies)) == ("", 1)


def test_a_refusal_is_final() -> None:
    """It is not argued with."""
    diagnosis, server, _ = asked([Turn((text("I cannot"),), "refusal", category="cyber")])

    assert diagnosis.fallback.startswith("The model refused to answer (cyber)")
    assert len(server.bodies) == 1


def test_a_packet_larger_than_the_window_is_told_more_shortly() -> None:
    """Until it fits; what was left out is told to the model and to the reader."""
    case = transfer_case.case()
    lines = tuple(log_line(number, f"line {number} " + "leaf balance of transfer " * 60) for number in range(5, 160))

    diagnosis, server, _ = asked([says(GOOD)], case=replace(case, evidence=(*case.evidence, *lines)), prepare=lambda server: setattr(server, "window", 17_000))

    assert diagnosis.fallback == ""
    sizes = [len(json.dumps(body)) for body in server.bodies]
    assert len(sizes) >= 2
    assert sizes == sorted(sizes, reverse=True)
    assert "Not shown, because the packet would be too large" in server.bodies[-1]["messages"][0]["content"][0]["text"]
    assert "had no room in what the model was shown: E" in diagnosis.root_cause.unsettled[-1]


def test_a_packet_that_is_short_already_is_not_sent_again_as_it_is() -> None:
    """The same bytes would be refused once more, and may have to be paid for."""
    diagnosis, server, _ = asked([says(GOOD)], prepare=lambda server: setattr(server, "window", 10))

    assert "larger than the model takes (400)" in diagnosis.fallback
    assert len(server.bodies) == len({json.dumps(body["messages"]) for body in server.bodies})


def test_a_case_that_would_cost_too_much_is_told_more_shortly() -> None:
    """Before the first request; the ceiling holds."""
    case = transfer_case.case()
    lines = tuple(log_line(number, f"line {number} " + "leaf balance of transfer " * 60) for number in range(5, 160))

    diagnosis, server, _ = asked([says(GOOD)], Claude(dollars=0.12), case=replace(case, evidence=(*case.evidence, *lines)))

    assert diagnosis.fallback == ""
    assert len(json.dumps(server.bodies[0])) < 90_000
    assert diagnosis.spend is not None
    assert diagnosis.spend.dollars < 0.12


def test_a_conversation_that_outgrows_the_window_begins_anew() -> None:
    """With what was looked up in the packet."""
    diagnosis, server, _ = asked([SEARCH, Turn((), "model_context_window_exceeded"), says(GOOD)])

    assert diagnosis.fallback == ""
    assert [len(body["messages"]) for body in server.bodies] == [1, 3, 1]


def test_the_seconds_are_held() -> None:
    """No request begins after them."""
    with FakeAnthropic([SEARCH]) as server:
        diagnosis = room(server, Claude(seconds=10), waits=Waits(step=4)).diagnose(transfer_case.case(), Desk(transfer_case.case()))

    assert "seconds was reached" in diagnosis.fallback or "took too long" in diagnosis.fallback
    assert len(server.bodies) <= 2


def test_a_model_without_a_price_is_not_asked() -> None:
    """Its cost could not be held."""
    diagnosis, server, _ = asked([says(GOOD)], Claude(model="claude-new"))

    assert (server.bodies, diagnosis.fallback) == ([], "There is no price for claude-new; to do: set `claude: prices:`.")


def test_without_a_key_or_a_library_there_is_no_client() -> None:
    """A sentence, and the way out."""
    bare = Settings(settings("", Claude()).root, Configuration(), {})
    with pytest.raises(BadConfiguration, match="ANTHROPIC_API_KEY is not set"):
        connect(bare)
    with pytest.raises(BadConfiguration, match=r"vertex needs google-auth\[requests\], which is not installed|a region and a project"):
        connect(settings("", Claude(provider="vertex")))


@pytest.mark.parametrize("address", ["http://127.0.0.1:notaport", "api.anthropic.com", "ftp://127.0.0.1", "https://", "http://[::1"])
def test_an_address_that_is_none_is_told_before_anything_is_sent(address: str) -> None:
    """A sentence without the address, which may hold a password."""
    with pytest.raises(BadConfiguration) as told:
        connect(settings(address, Claude()))

    assert told.value.cause == "ANTHROPIC_BASE_URL is not the address of a server"
    assert "127.0.0.1" not in str(told.value) + told.value.remedy


def test_a_vendor_that_is_not_there_is_told() -> None:
    """Nothing listens at the address."""
    with FakeAnthropic([PROSE]) as server:
        url = server.url
    made = settings(url, Claude())
    desk = Desk(transfer_case.case())

    diagnosis: Diagnosis = ClaudeDiagnoser(made, RulesDiagnoser(made.configuration.severities), connect(made), None, Waits().clocks()).diagnose(desk.case, desk)

    assert diagnosis.fallback.startswith("The connection to the vendor failed")
