"""A model in the whole house: chosen by the configuration, from the alert to the pull request that says what it cost, and seen by doctor."""

import json
from pathlib import Path

import pytest

from bot import wiring
from bot.config import Configuration, Settings
from bot.config.claude import Claude
from bot.core.request.pull_request_marks import spends_of
from bot.diagnosers.claude import ClaudeDiagnoser
from bot.diagnosers.rules import RulesDiagnoser
from bot.errors import BadConfiguration
from tests.chain import Chain
from tests.claude_room import GOOD
from tests.fakes.anthropic_server import KEY, FakeAnthropic, Turn, says, uses

pytestmark = pytest.mark.slow

ANSWER = {
    **GOOD,
    "citations": [{"evidence": "E1", "quote": "ValidationError"}],
    "rivals": [],
    "affected_code": [],
    "five_whys": [],
    "past_applies": "",
}


def chosen(environ: dict[str, str], diagnoser: str = "auto", claude: Claude | None = None) -> object:
    """Who diagnoses with that configuration and environment."""
    return wiring.diagnoser(Settings(Path.cwd(), Configuration(diagnoser=diagnoser, claude=claude or Claude()), environ))  # type: ignore[arg-type]


def test_who_diagnoses_follows_the_configuration() -> None:
    """Auto takes what is set up; claude says what is missing; bedrock takes the cloud's credentials."""
    key = {"ANTHROPIC_API_KEY": KEY}

    assert isinstance(chosen({}), RulesDiagnoser)
    assert isinstance(chosen(key, "rules"), RulesDiagnoser)
    assert isinstance(chosen(key), ClaudeDiagnoser)
    assert isinstance(chosen({}, claude=Claude(provider="bedrock", region="eu-central-1")), ClaudeDiagnoser)
    assert isinstance(chosen({}, claude=Claude(provider="bedrock")), RulesDiagnoser)
    with pytest.raises(BadConfiguration, match="Bedrock has no region"):
        chosen({}, "claude", Claude(provider="bedrock"))
    with pytest.raises(BadConfiguration, match="ANTHROPIC_API_KEY is not set"):
        chosen({}, "claude")
    with pytest.raises(BadConfiguration, match="there is no price for claude-new"):
        chosen(key, "claude", Claude(model="claude-new"))


def test_from_the_alert_to_a_request_that_says_what_it_cost(house: Chain, monkeypatch: pytest.MonkeyPatch) -> None:
    """The model looks something up, the rules stand behind it; the next diagnosis of the day counts what this one cost."""
    with FakeAnthropic([Turn((uses("search_logs", {"words": ["leaf"]}, "t1"),), "tool_use"), says(ANSWER)]) as model:
        monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
        monkeypatch.setenv("ANTHROPIC_BASE_URL", model.url)
        assert (house.diagnose(), house.propose()) == (0, 0)
        (number,) = house.github.pulls()
        body = house.github.items[number]["body"]
        (spent,) = spends_of(body)

        config = house.checkout / ".github" / "knowledge-bot.yml"
        config.write_text(f"{config.read_text()}\nclaude:\n  dollars_per_day: {spent.dollars:.6f}\n")
        assert house.diagnose() == 0

    assert model.refused == []
    assert len(model.bodies) == 2
    assert spent.dollars > 0
    assert "claude-sonnet-5-5" in body
    assert "2 requests" in body
    for secret in (KEY, "xoxb-made-up"):
        assert secret not in body + json.dumps(model.bodies)
    (diagnosis,) = house.proposal.glob("*/diagnosis.json")
    second = json.loads(diagnosis.read_bytes())
    assert (second["diagnoser"], "for a day was reached" in second["fallback"]) == ("rules", True)


def test_doctor_looks_at_the_model(house: Chain, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a key the rules are named; with one: its price, that the vendor knows it, what the day cost."""
    house.run("doctor")
    assert "the rules (ANTHROPIC_API_KEY is not set" in capsys.readouterr().out
    with FakeAnthropic([says(ANSWER)]) as model:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", model.url)
        monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
        house.run("doctor")
        told = capsys.readouterr().out
        monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-wrong-wrong")
        house.run("doctor")
        wrong = capsys.readouterr().out

    for words in ("claude-sonnet-5-5: $2 in, $10 out", "the vendor knows it (active)", "$0.00 of $20"):
        assert words in told
    assert "the key is not valid (401)" in wrong
    assert "sk-ant-wrong-wrong" not in wrong
