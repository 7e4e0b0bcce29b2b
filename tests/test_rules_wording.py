"""What the rules' diagnosis says reads well and stands, whichever rule of the catalogue holds."""

import re
from datetime import datetime, timedelta

import pytest

from bot.config import Severities
from bot.core.grounding.grounding import grounded
from bot.core.rules.rule import Rule
from bot.diagnosers.rule_book import shipped
from bot.diagnosers.rules import RulesDiagnoser
from bot.model import Case, Diagnosis
from tests.alert_reading import read
from tests.rule_cases import ALERT, REMOVER, case, diagnose, event, fix_check, past, place

RULES = shipped().rules
_BADLY = re.compile(r"[.:;,] in billing\b|[^.]\.\.\Z|\btells of a\b|[Ff]irst look at (?:who|which|what|when|where|whether|how|that)\b")


def told(words: str) -> tuple[Case, Diagnosis]:
    """An alert of these words with the line in the log that says the same."""
    alert = read(words)[0]
    given = case(event(words, "billing"), error_type=alert.error_type, message=alert.message, culprit=alert.culprit, service="billing", text=words)
    return given, RulesDiagnoser(Severities()).diagnose(given)


@pytest.mark.parametrize("rule", RULES, ids=[rule.id for rule in RULES])
def test_every_rule_makes_sentences_that_read_well_and_stand(rule: Rule) -> None:
    """For each of its examples: what failed is in a service, not of it; no stop stands within a sentence; nothing of it is struck out."""
    for words in rule.examples.match:
        if not isinstance(words, str):
            continue
        given, diagnosis = told(words)
        assert diagnosis.summary.endswith(" in billing, prod")
        assert " of billing" not in diagnosis.summary
        sentences = (diagnosis.summary, diagnosis.root_cause.statement, diagnosis.immediate_fix, *diagnosis.next_steps, *diagnosis.resolution_tips)
        assert not any(
            re.search(r"[.:;,] in billing|[^.]\.\.$|\ba [aeio][a-z]|(?:look at|look first at) (?:who|which|what|when|where|whether|how|that)\b", one)
            for one in sentences
        )
        assert grounded(diagnosis, given)[1] == ()


def test_a_whole_sentence_is_followed_by_where_it_was_said() -> None:
    """A function is of a service; an error that is a sentence is not, and its stop does not stand before that."""
    message = "The statement took too long."
    assert diagnose(case(event(message), message=message)).summary == "ValidationError: The statement took too long in transfers, prod"
    assert diagnose(case(event(message), place("load"), message=message)).summary == "ValidationError: The statement took too long in load() of transfers, prod"
    assert diagnose(case(event(message), message=message, service=None)).summary.startswith("ValidationError: The statement took too long")


def test_a_line_just_before_tells_which_failure_it_was() -> None:
    """Whatever the rule is called, with or without an article."""
    tips = diagnose(case(event("out of memory: 512 MiB used", seconds=9), event("insufficient leaf balance"))).resolution_tips
    assert 'A line like "out of memory: 512 MiB used" just before it tells what it was: out of memory.' in tips


@pytest.mark.parametrize(
    ("days", "last", "told"),
    [
        ((-9, -2, 1, 3), ALERT - timedelta(days=2), "It was seen 3 times before and never resolved."),
        ((-9, 0, 3), ALERT - timedelta(days=9), "It was seen twice before and never resolved."),
        ((0,), None, "It was seen once before and never resolved."),
        ((0, 1), None, "Its entry knows of no alert before this one, and of no resolution."),
        ((), None, "It was seen once before and never resolved."),
    ],
    ids=["later ones", "itself and a later one", "itself", "only itself and later ones", "without times"],
)
def test_what_came_after_an_alert_was_not_before_it(days: tuple[int, ...], last: datetime | None, told: str) -> None:
    """One that is diagnosed late, or again, finds itself and later alerts recorded; an entry may count more than it has times of."""
    seen = tuple(ALERT + timedelta(days=day) for day in days)
    often = 5 if len(days) == 4 else 4 if len(days) == 3 else 2
    known = past(status="diagnosed", seen=seen, occurrences=often, last_seen=max(seen, default=ALERT + timedelta(days=1)))
    history = diagnose(case(event("insufficient leaf balance"), history=(known,))).history
    assert (history.last_seen, history.applies) == (last, told)


def test_a_lost_fix_is_proven_whatever_happened_after_the_alert() -> None:
    """The error was last seen before the fix was removed, and the alerts after this one say nothing of that."""
    known = past(seen=(ALERT - timedelta(days=5), ALERT + timedelta(days=1)), last_seen=ALERT + timedelta(days=1))
    found = diagnose(case(event("ValidationError: insufficient leaf balance"), place(), fix_check(removed_by=REMOVER), history=(known,)))
    assert (found.root_cause.confidence, found.history.last_seen) == ("high", ALERT - timedelta(days=5))


def test_the_stop_of_a_message_does_not_stand_within_a_sentence() -> None:
    """Neither in the steps, nor before where it was logged, nor twice at the end of what was quoted."""
    message = "HikariPool-1 - Connection is not available, request timed out after 30000ms."
    found = diagnose(case(event(message), message=message))
    told = (found.root_cause.statement, *found.root_cause.five_whys, found.verification)
    assert "timed out" in found.root_cause.statement
    assert not any(re.search(r"(?:ms|…)\.(?:”\.| [a-z(])", one) for one in told)
