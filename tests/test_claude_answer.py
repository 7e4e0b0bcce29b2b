"""What a model may decide, and what code makes of it."""

import json
from typing import Any

import pytest

from bot.config import Severities
from bot.core.grounding.grounding import grounded
from bot.diagnosers import claude_answer
from bot.diagnosers.claude_schema import schema_of
from bot.diagnosers.rules import RulesDiagnoser
from bot.model import Diagnosis
from tests.claude_answers import GOOD
from tests.fakes import transfer_case


def made(**changes: Any) -> Diagnosis:
    """The diagnosis of an answer with such changes."""
    case = transfer_case.case()
    answer = claude_answer.read(json.dumps({**GOOD, **changes}))
    return claude_answer.diagnosis(answer, case, RulesDiagnoser(Severities()).diagnose(case), Severities())


def test_the_schema_asks_for_every_field_and_nothing_else() -> None:
    """So that the answer that the vendor enforces is the one that is read."""
    schema = schema_of(claude_answer.Answer, whole=True)

    assert schema["required"] == list(schema["properties"]) == list(GOOD)
    assert not {"signature", "path", "branch", "permalink", "labels", "reviewers", "owners", "confidence"} & set(schema["properties"])


def test_quotes_of_a_diff_lose_their_sign_and_stand() -> None:
    """The sign is the packet's, not the evidence's."""
    quotes = [{"evidence": "[e4]", "quote": "-     rows = query.with_for_update()"}, {"evidence": "E1", "quote": "- not a diff"}]

    diagnosis = made(citations=quotes)

    assert [(one.evidence, one.quote) for one in diagnosis.root_cause.citations] == [("E4", "rows = query.with_for_update()"), ("E1", "- not a diff")]
    assert [one.evidence for one in grounded(diagnosis, transfer_case.case())[0].root_cause.citations] == ["E4"]


@pytest.mark.parametrize("around", ["```json\n{}\n```", "Here it is:\n\n{}", " {}\nThat is all."])
def test_what_stands_around_the_answer_costs_no_second_one(around: str) -> None:
    """A fence, or a word before it, from a provider that holds the model to no schema."""
    assert claude_answer.read(around.replace("{}", json.dumps(GOOD))) == claude_answer.read(json.dumps(GOOD))


@pytest.mark.parametrize(
    ("summary", "cause", "foreign"),
    [
        ("Transfers fail.", "Pool exhausted: checked_out=30, waiting=173.", False),
        ("Transfers fail because two of them take the same leaf.", "A commit removed the lock of the row, so both of them read it at once.", False),
        ("Les virements échouent depuis le déploiement de midi.", "Le verrou de la ligne manque, donc deux virements prennent la même feuille.", True),
    ],
)
def test_another_language_is_known_by_its_small_words(summary: str, cause: str, foreign: bool) -> None:
    """Few words tell nothing."""
    assert claude_answer.is_foreign(claude_answer.read(json.dumps({**GOOD, "summary": summary, "root_cause": cause}))) == foreign


@pytest.mark.parametrize(("said", "severity"), [("critical", "critical"), ("high", "high"), ("medium", "medium"), ("low", "medium")])
def test_a_severity_falls_by_one_step_at_most(said: str, severity: str) -> None:
    """The rules read `high` here; what it obliges to is the configuration's."""
    diagnosis = made(severity=said)

    assert diagnosis.assessment.severity == severity
    assert diagnosis.assessment.response_time == Severities().of(diagnosis.assessment.severity).response_time
    assert ("the model said low" in diagnosis.assessment.reason) is (said == "low")


def test_everything_is_bounded_and_visible() -> None:
    """No field is longer than a reader reads; nothing hides in it."""
    long, line = "word " * 2_000, "word " * 200
    diagnosis = made(summary=f"a\u202eb\x1b[31m{long}", root_cause=long, next_steps=[line] * 50, five_whys=[line] * 50, blast_radius=long, citations=[])

    assert diagnosis.summary.startswith("ab")
    assert len(diagnosis.summary) <= 600
    assert len(diagnosis.root_cause.statement) <= 4_000
    assert (len(diagnosis.next_steps), len(diagnosis.root_cause.five_whys)) == (12, 7)


def test_the_past_is_the_entrys_and_not_the_models() -> None:
    """It may say whether it applies, and nothing else of it."""
    rules = RulesDiagnoser(Severities()).diagnose(transfer_case.case())

    diagnosis = made(past_applies="It does not.")

    assert diagnosis.history.applies == "It does not."
    assert (diagnosis.history.recurrence, diagnosis.history.last_seen, diagnosis.history.reference) == (
        rules.history.recurrence,
        rules.history.last_seen,
        rules.history.reference,
    )
