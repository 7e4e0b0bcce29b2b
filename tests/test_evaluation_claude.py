"""The way to the model, from a case to its score, against a scripted server: it proves the machinery, not the answers."""

import re
from functools import partial
from pathlib import Path

import pytest

from bot import wiring
from bot.jobs.evaluate import Run, evaluate
from bot.jobs.investigate import Desk
from bot.ports import Chat, Diagnoser
from tests.claude_room import GOOD
from tests.fakes.anthropic_rules import Json
from tests.fakes.anthropic_server import KEY, FakeAnthropic, Turn, says

pytestmark = pytest.mark.slow

CASES = Path(__file__).resolve().parent.parent / "evaluation" / "cases"
CASE = "certificate-beside-another-services-deploy"
ONE = Run(processes=1)


def diagnosing(body: Json) -> Turn:
    """What a good model would say of that case, with a quotation from the packet that it was sent."""
    packet = str(body["messages"][0]["content"])
    found = re.search(r"E\d+", packet)
    assert found
    quote = {"evidence": "E1", "quote": "certificate has expired or is not yet valid"}
    answer = {
        **GOOD,
        "summary": "The gateway cannot reach the ledger.",
        "category": "infrastructure",
        "bug_class": "configuration",
        "root_cause": "The certificate of the ledger has expired.",
        "five_whys": [],
        "citations": [quote],
        "rivals": [],
        "past_applies": "",
        "affected_code": [],
    }
    return says(answer)


def opened(server: FakeAnthropic, key: str = KEY) -> "partial[tuple[Chat, Desk, Diagnoser]]":
    """A desk whose model is that server."""
    return partial(wiring.replay, environ={"ANTHROPIC_API_KEY": key, "ANTHROPIC_BASE_URL": server.url})


def test_an_answer_of_the_model_is_graded_with_what_it_cost() -> None:
    """The case's packet goes out, the answer is grounded and graded, tokens and money are kept."""
    with FakeAnthropic([diagnosing]) as server:
        (outcome,) = evaluate(CASES, "claude", opened(server), CASE, ONE).outcomes

    assert (outcome.grade, outcome.known, outcome.failure, outcome.fallback) == ("right", True, "", "")
    assert outcome.requests == len(server.bodies) >= 1
    assert outcome.tokens > 500
    assert 0 < outcome.dollars < 1


def test_the_rules_stand_in_and_it_is_told() -> None:
    """A key that is refused: the rules answer, and the outcome says so."""
    with FakeAnthropic([diagnosing]) as server:
        (outcome,) = evaluate(CASES, "claude", opened(server, key="sk-ant-another"), CASE, ONE).outcomes

    assert outcome.fallback
    assert outcome.dollars == 0


def test_what_lies_beyond_the_ceiling_is_not_asked() -> None:
    """A run that may cost nothing asks nobody, and says so for each case."""
    (outcome,) = evaluate(CASES, "claude", wiring.replay, CASE, Run(processes=1, dollars=0)).outcomes

    assert outcome.failure == "not asked: the run had reached its ceiling of 0 dollars"
