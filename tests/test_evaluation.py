"""How an answer is graded: what is right, what falls short, and what is sure and wrong."""

import msgspec
import pytest

from bot.core.replay.grades import Expected, Grade, Outcome, Places, graded
from bot.model import AffectedCode, Assessment, Confidence, Diagnosis, HistoricalContext, RootCause, Spend, Verified

STORY = "The pool is full since a report holds its connections."
POOL = Expected(
    STORY,
    category=("database",),
    cause=("connection", "pool | in use"),
    step_short=("time-out | timed out",),
    places=Places(service="orders"),
    not_as_cause=("deploy 41",),
    never=("rm -rf",),
)
NOTHING = Expected(STORY, no_cause=True)


def answer(statement: str, *, known: bool = True, confidence: Confidence = "medium", summary: str = "failed in orders") -> Diagnosis:
    """A diagnosis of the database that states this cause."""
    return Diagnosis(
        diagnoser="rules",
        verdict="fix soon",
        summary=summary,
        category="database",
        bug_class="resource exhaustion",
        assessment=Assessment("high", "it fails", "< 1 hour", "on call"),
        root_cause=RootCause(known, statement, confidence if known else "none"),
        history=HistoricalContext("new"),
    )


def outcome(diagnosis: Diagnosis, expected: Expected = POOL) -> Outcome:
    """How it is graded."""
    return graded("pool-full", expected, diagnosis)


@pytest.mark.parametrize(
    ("statement", "grade"),
    [
        ("Every connection of the pool was taken", "right"),
        ("Every `connection` was IN USE", "right"),
        ("The call timed out", "one step short"),
        ("A certificate expired", "right area"),
        ("Every connection of the pool was taken by deploy 41", "wrong area"),
    ],
)
def test_the_four_grades(statement: str, grade: Grade) -> None:
    """All that is asked for; the step before it; only the category; blaming what must not be blamed."""
    assert outcome(answer(statement)).grade == grade


def test_a_word_begins_where_a_word_begins() -> None:
    """A carpool is no pool, pools are."""
    assert outcome(answer("connections of the carpool")).missing == ("pool | in use",)
    assert outcome(answer("connections of both pools")).grade == "right"


def test_the_summary_names_no_cause() -> None:
    """A summary repeats the alert's words, so that only the statement counts; it may name the service."""
    assert outcome(answer("Something failed", summary="connection pool of orders")).grade == "right area"


def test_a_place_that_is_asked_for_and_not_named_falls_short() -> None:
    """The cause without its service is one step short, and says what is missing."""
    found = outcome(answer("Every connection of the pool was taken", summary="failed"))

    assert (found.grade, found.missing) == ("one step short", ("service orders",))


def test_code_is_named_among_the_affected_places() -> None:
    """By path and function, whatever its class."""
    asked = msgspec.structs.replace(POOL, places=Places(code="app/pool.py:take"))
    diagnosis = answer("Every connection of the pool was taken")

    assert outcome(diagnosis, asked).missing == ("code app/pool.py:take",)
    listed = msgspec.structs.replace(diagnosis, affected_code=(AffectedCode("app/pool.py", 3, "Pool.take", "raises"),))
    assert outcome(listed, asked).grade == "right"


def test_the_commit_without_what_is_wrong_with_it_is_one_step_short() -> None:
    """Whoever names the commit has found the place, not yet the cause."""
    asked = msgspec.structs.replace(POOL, places=Places(commit="4be91d07aa12"))

    assert outcome(answer("4be91d0 changed the failing lines"), asked).grade == "one step short"


def test_unknown_is_never_more_than_one_step_short() -> None:
    """Leads that name the cause are no answer; that it was not known is counted apart."""
    found = outcome(answer("Every connection of the pool was taken", known=False))

    assert (found.grade, found.unknown_though_seen, found.surely_wrong) == ("one step short", True, False)


@pytest.mark.parametrize(("confidence", "sure"), [("high", True), ("medium", True), ("low", False)])
def test_sure_and_wrong(confidence: Confidence, *, sure: bool) -> None:
    """A wrong cause at high or medium confidence is what must never happen."""
    assert outcome(answer("A certificate expired", confidence=confidence)).surely_wrong is sure


def test_only_unknown_is_right_where_there_is_no_cause() -> None:
    """Any cause is wrong there, and surely wrong where it is sure."""
    named = outcome(answer("A certificate expired"), NOTHING)

    assert outcome(answer("Nothing was seen", known=False), NOTHING).grade == "right"
    assert (named.grade, named.surely_wrong) == ("wrong area", True)


def test_what_must_never_be_said_is_looked_for_everywhere() -> None:
    """In a next step, too; a thing that must not be blamed may be told where nothing is blamed."""
    ordered = msgspec.structs.replace(answer("Every connection of the pool was taken"), next_steps=("run rm -rf /srv",))
    told = outcome(answer("Nothing is known; deploy 41 went live before it", known=False), NOTHING)

    assert (outcome(ordered).grade, outcome(ordered).forbidden) == ("wrong area", ("rm -rf",))
    assert told.forbidden == ()


def test_what_it_cost_and_what_was_verified_is_kept() -> None:
    """Tokens of every kind are added up."""
    spent = msgspec.structs.replace(
        answer("x"), spend=Spend("m", 3, 100, 20, cache_read_tokens=7, dollars=0.25, seconds=2.5), verified=Verified(4, ("quote from E9",))
    )

    found = outcome(spent)

    assert (found.requests, found.tokens, found.dollars, found.seconds, found.claims, found.unfounded) == (3, 127, 0.25, 2.5, 4, 1)
