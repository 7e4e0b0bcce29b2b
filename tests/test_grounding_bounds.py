"""How much of a diagnosis is read, what counts as stood, and under which name each field is told."""

from typing import Any

import pytest
from msgspec.structs import replace

from bot.core.grounding.grounding import grounded
from bot.core.grounding.leads import FROM_THE_PAST, UNKNOWN
from bot.core.grounding.sentences import MARK
from bot.model import (
    AffectedCode,
    Assessment,
    Case,
    Citation,
    CodePlace,
    Diagnosis,
    Evidence,
    HistoricalContext,
    PastEntry,
    Prevention,
    RivalCause,
    RootCause,
    RuleMatch,
    Verified,
    WantedQuery,
)
from tests.fakes.transfer_case import TIME
from tests.test_grounding_case import CASE

PLACE = CodePlace("r", "abcdef12", "a.py", 0, "f", 0, "")
SMALL = replace(
    CASE,
    evidence=(
        Evidence("log", "s", "x", "the leaf was locked", "E1"),
        Evidence("code", "s", "x", "with lock", "E2", detail=PLACE),
        Evidence("history", "s", "errors/old.md", "the certificate expired", "E3"),
        Evidence("knowledge", "s", "knowledge/runbooks/x.md", "renew every passport", "E4"),
    ),
)
QUOTE, OTHER, OLD = Citation("E1", "the leaf was locked"), Citation("E2", "with lock"), Citation("E3", "the certificate expired")
CAUSE = RootCause(True, "Nothing waits.", "high", citations=(QUOTE,))
EMPTY = Diagnosis("rules", "act now", "", "application", "race condition", Assessment("high", "", "", ""), CAUSE, HistoricalContext("new"))
WRONG = "See PR 9."
TOLD = "a pull request or issue that no evidence has: 9"


def checked(case: Case = SMALL, **fields: Any) -> tuple[Diagnosis, tuple[str, ...]]:
    """The diagnosis with these fields, after the check, and what was told."""
    return grounded(replace(EMPTY, **fields), case)


def marked_fields(made: object) -> int:
    """How many marks stand in it."""
    return str(made).count(MARK)


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"summary": WRONG}, "Summary"),
        ({"assessment": Assessment("high", WRONG, "", "")}, "Severity"),
        ({"history": HistoricalContext("new", applies=WRONG)}, "Historical context"),
        ({"blast_radius": WRONG}, "Blast radius"),
        ({"immediate_fix": WRONG}, "Fix"),
        ({"long_term_fix": WRONG}, "Fix"),
        ({"verification": WRONG}, "Verification"),
        ({"prevention": Prevention(test=WRONG)}, "Prevention"),
        ({"prevention": Prevention(check=WRONG)}, "Prevention"),
        ({"prevention": Prevention(alert=WRONG)}, "Prevention"),
        ({"next_steps": (WRONG,)}, "Next steps"),
        ({"resolution_tips": (WRONG,)}, "Tips"),
        ({"wanted_queries": (WantedQuery("SELECT 1", WRONG, ""),)}, "Queries"),
        ({"wanted_queries": (WantedQuery("SELECT 1", "", WRONG),)}, "Queries"),
        ({"rules": (RuleMatch("r", WRONG),)}, "Rules"),
        ({"affected_code": (AffectedCode("a.py", 1, "", WRONG),)}, "Affected code"),
        ({"root_cause": replace(CAUSE, statement=WRONG)}, "Root cause"),
        ({"root_cause": replace(CAUSE, five_whys=(WRONG,))}, "Root cause"),
        ({"root_cause": replace(CAUSE, unsettled=(WRONG,))}, "Unsettled"),
        ({"root_cause": replace(CAUSE, rivals=(RivalCause(WRONG, ""),))}, "Also possible"),
        ({"root_cause": replace(CAUSE, rivals=(RivalCause("", WRONG),))}, "Also possible"),
    ],
)  # fmt: skip
def test_each_field_is_read_and_told_by_its_name(fields: dict[str, Any], name: str) -> None:
    """And its sentence is marked, where it stands."""
    made, told = checked(**fields)
    assert told == (f"{name}: {TOLD}",)
    assert marked_fields(made) == 1
    assert made.verified.unfounded == told


CLAIM, SEEN = "It hit 77 leaves.", "It failed 77 times."


@pytest.mark.parametrize(
    ("fields", "tone"),
    [
        ({"summary": CLAIM}, "claim"), ({"assessment": Assessment("high", CLAIM, "", "")}, "claim"), ({"blast_radius": CLAIM}, "claim"),
        ({"rules": (RuleMatch("r", CLAIM),)}, "claim"), ({"affected_code": (AffectedCode("a.py", 1, "", CLAIM),)}, "claim"),
        ({"root_cause": replace(CAUSE, statement=CLAIM)}, "claim"), ({"root_cause": replace(CAUSE, five_whys=(CLAIM,))}, "claim"),
        ({"summary": "Allow 77 leaves."}, "advice"), ({"summary": "By default 77 leaves are kept."}, "advice"), ({"summary": "1. Allow 77 leaves."}, "advice"),
        ({"immediate_fix": "So 77 leaves."}, "advice"), ({"long_term_fix": "So 77 leaves."}, "advice"), ({"verification": "So 77 leaves."}, "advice"),
        ({"prevention": Prevention(*("So 77 leaves.",) * 3)}, "advice"), ({"next_steps": ("So 77 leaves.",)}, "advice"),
        ({"resolution_tips": ("So 77 leaves.",)}, "advice"), ({"wanted_queries": (WantedQuery("", *("So 77 leaves.",) * 2),)}, "advice"),
        ({"root_cause": replace(CAUSE, unsettled=("So 77 leaves.",))}, "advice"),
        ({"root_cause": replace(CAUSE, rivals=(RivalCause("", "So 77 leaves."),))}, "advice"),
    ],
)  # fmt: skip
def test_each_field_has_its_tone(fields: dict[str, Any], tone: str) -> None:
    """What to do may name a number that nobody saw; what is so may not, unless it tells somebody what to do."""
    assert bool(checked(**fields)[1]) == (tone == "claim")


def test_what_is_said_of_the_past_stands_on_knowledge() -> None:
    """An earlier resolution, whether it applies, and a rival; not a summary."""
    past = PastEntry("n", "p.md", "It hit 77 leaves", "diagnosed", "high", TIME, 1, "similar")
    case = replace(SMALL, history=(past,))
    of_the_past: tuple[dict[str, Any], ...] = (
        {"history": HistoricalContext("new", previous_resolution=CLAIM)},
        {"history": HistoricalContext("new", applies=CLAIM)},
        {"root_cause": replace(CAUSE, rivals=(RivalCause(CLAIM, ""),))},
    )
    for fields in of_the_past:
        assert checked(case, **fields)[1] == ()
        assert checked(replace(SMALL, history=(replace(past, title="x"),)), **fields)[1] != ()
    for fields, name in (
        ({"summary": CLAIM}, "Summary"), ({"blast_radius": CLAIM}, "Blast radius"), ({"assessment": Assessment("high", CLAIM, "", "")}, "Severity"),
        ({"rules": (RuleMatch("r", CLAIM),)}, "Rules"), ({"affected_code": (AffectedCode("a.py", 1, "", CLAIM),)}, "Affected code"),
        ({"root_cause": replace(CAUSE, statement=CLAIM)}, "Root cause"), ({"root_cause": replace(CAUSE, five_whys=(CLAIM,))}, "Root cause"),
    ):  # fmt: skip
        assert checked(case, **fields)[1] == (f"{name}: a number that no evidence has: 77",)


BAD = Citation("E9", "nobody said it")


@pytest.mark.parametrize(
    "fields",
    [
        {"root_cause": replace(CAUSE, citations=(*(QUOTE,) * 60, BAD))},
        {"root_cause": replace(CAUSE, rivals=(*(RivalCause("", ""),) * 60, RivalCause("", "", (BAD,))))},
        {"root_cause": replace(CAUSE, rivals=(RivalCause("", "", (*(QUOTE,) * 60, BAD)),))},
        {"root_cause": replace(CAUSE, five_whys=(*("x",) * 60, WRONG))},
        {"root_cause": replace(CAUSE, unsettled=(*("x",) * 60, WRONG))},
        {"rules": (*(RuleMatch("r", ""),) * 60, RuleMatch("r", WRONG, (BAD,)))},
        {"rules": (RuleMatch("r", "", (*(QUOTE,) * 60, BAD)),)},
        {"affected_code": (*(AffectedCode("a.py", 1, "", ""),) * 60, AffectedCode("z.py", 1, "", WRONG))},
        {"next_steps": (*("x",) * 60, WRONG)},
        {"resolution_tips": (*("x",) * 60, WRONG)},
        {"wanted_queries": (*(WantedQuery("", "", ""),) * 60, WantedQuery("", WRONG, ""))},
    ],
)  # fmt: skip
def test_lists_are_read_up_to_sixty(fields: dict[str, Any]) -> None:
    """Of anything, each by itself; what is beyond is not looked at and not kept."""
    made, told = checked(**fields)
    cause = made.root_cause
    lists = [cause.citations, cause.rivals, cause.five_whys, cause.unsettled, made.rules, made.affected_code, made.next_steps, made.resolution_tips]
    within = [*(one.citations for one in cause.rivals), *(one.citations for one in made.rules)]
    assert told == ()
    assert max(map(len, (*lists, *within, made.wanted_queries))) == 60


def test_an_old_cause_is_the_first_of_its_rivals() -> None:
    """With its quotations, and sixty of them at the most; the whys of it go."""
    rival = RivalCause("y", "z")
    made, told = checked(root_cause=replace(CAUSE, statement="x" * 1_001, citations=(OLD,), rivals=(rival,) * 60, five_whys=("why",)))
    cause = made.root_cause
    old = RivalCause("x" * 999 + "…", "Evidence of today that shows it; what was true then need not be true now.", (OLD,))
    assert (cause.known, cause.statement, cause.five_whys, cause.citations, cause.rivals) == (False, FROM_THE_PAST, (), (), (old, *(rival,) * 59))
    assert told == (f"Root cause: a cause that only the past tells, and no evidence of today: {'x' * 299}…",)


def test_a_cause_without_a_quotation_becomes_a_question() -> None:
    """The first of what is unsettled, without a mark of its own."""
    made, told = checked(root_cause=replace(CAUSE, statement=f"Why {MARK}\n{'x' * 1_000}", citations=(), five_whys=("why",), unsettled=("open",)))
    cause = made.root_cause
    assert cause.unsettled == (f"Whether this holds, which no evidence shows: Why {'x' * 995}…", "open")
    assert (cause.known, cause.statement, cause.five_whys) == (False, UNKNOWN, ())
    assert UNKNOWN == "Unknown: a cause was named, but nothing that was quoted for it stands in the evidence."
    assert told == (f"Root cause: a cause without a quotation that stands: Why {'x' * 295}…",)
    unknown = replace(CAUSE, known=False, citations=())
    assert checked(root_cause=unknown)[0].root_cause == replace(unknown, confidence="none")


def test_one_quotation_of_today_is_enough() -> None:
    """Beside one of the past."""
    for citations in ((QUOTE, OLD), (OLD, QUOTE)):
        made, told = checked(root_cause=replace(CAUSE, citations=citations))
        assert (made.root_cause.known, made.root_cause.citations, told) == (True, citations, ())


def test_what_stands_is_counted_once() -> None:
    """Claims of sentences, quotations, places, and what the past says; nothing of what was taken out."""
    assert checked(root_cause=replace(CAUSE, known=False, citations=()))[0].verified.claims == 0
    assert checked()[0].verified.claims == 1
    assert checked(root_cause=replace(CAUSE, citations=(QUOTE, QUOTE, OTHER)))[0].verified.claims == 2
    assert checked(root_cause=replace(CAUSE, rivals=(RivalCause("", "", (OTHER, QUOTE)),)), rules=(RuleMatch("r", "", (OLD,)),))[0].verified.claims == 3
    places = (AffectedCode("a.py", 1, "", ""), AffectedCode("a.py", 2, "", ""), AffectedCode("a.py", 2, "", ""))
    assert checked(affected_code=places)[0].verified.claims == 3
    assert checked(summary="See E1 and E2, or E1.")[0].verified.claims == 3
    assert checked(summary="See E1 and E9.")[0].verified.claims == 2
    past = PastEntry("n", "p.md", "x", "resolved", "high", TIME, 1, "same")
    case = replace(SMALL, history=(past,))
    for history, stood in (
        (HistoricalContext("recurring"), 1),
        (HistoricalContext("recurring", TIME), 2),
        (HistoricalContext("regression", TIME, reference="n"), 3),
    ):
        assert checked(case, history=history)[0].verified.claims == 1 + stood


def test_what_was_told_before_is_told_still() -> None:
    """Once, first, and not as new; two hundred lines at the most."""
    before = Verified(3, (f"Summary: {TOLD}", "Fix: old"), "x")
    made, told = checked(summary=WRONG, blast_radius=WRONG, verified=before)
    assert made.verified.unfounded == (*before.unfounded, f"Blast radius: {TOLD}")
    assert told == (f"Blast radius: {TOLD}",)
    made, told = checked(blast_radius=WRONG, verified=Verified(3, tuple(f"Fix: {n}" for n in range(200)), "x"))
    assert (len(made.verified.unfounded), told) == (200, ())


def test_only_rules_that_diagnosed_are_reviewed_words() -> None:
    """And only where evidence meets one of them: then a runbook may say the same."""
    statement = replace(CAUSE, statement="Renew every passport.", citations=(OTHER,))
    met, unmet = (RuleMatch("r", ""), RuleMatch("s", "", (QUOTE,))), (RuleMatch("r", ""),)
    for diagnoser, rules, known in (("rules", met, True), ("rules", unmet, False), ("rules", (), False), ("claude", met, False)):
        assert checked(diagnoser=diagnoser, rules=rules, root_cause=statement)[0].root_cause.known == known


def test_a_fix_of_an_old_cause_is_marked() -> None:
    """Where the cause was only one of an earlier time; elsewhere a fix may say what knowledge says."""
    fix = "Replace the certificate, it expired."
    old = replace(CAUSE, statement="The certificate expired.", citations=(OLD,))
    for field in ("immediate_fix", "long_term_fix"):
        made, told = checked(root_cause=old, **dict[str, Any]({field: fix}))
        assert told[1:] == (f"Fix: what only the past tells: {fix}",)
        assert marked_fields(made) == 1
        assert checked(**dict[str, Any]({field: fix}))[1] == ()
    assert checked(root_cause=old, verification=fix)[1][1:] == ()
    assert checked(summary="So the certificate expired.")[1] == ("Summary: what only the past tells: So the certificate expired.",)
    assert checked(summary="Earlier the certificate expired.")[1] == ()
    assert checked(summary="```\nthe certificate expired\n```\n")[1] == ()
    assert checked(summary="```\ndrop_all() by default\n```\n")[1] == ("Summary: a function that no evidence has: drop_all()",)
    assert checked(summary="It is drop_all() by default.")[1] == ()
    assert checked(summary=f"So the certificate expired {'x' * 160}.")[1] == (f"Summary: what only the past tells: So the certificate expired {'x' * 132}…",)


def test_a_text_is_cut_only_where_it_is_too_long() -> None:
    """Without its marks two thousand characters of a line, eight thousand of a text."""
    for field, most in (("summary", 2_000), ("blast_radius", 8_000), ("immediate_fix", 8_000)):
        whole = "x" * most
        assert getattr(checked(**dict[str, Any]({field: whole}))[0], field) == whole
        assert getattr(checked(**dict[str, Any]({field: f"{whole} {MARK}"}))[0], field) == f"{whole} {MARK}"
        assert getattr(checked(**dict[str, Any]({field: f"{whole}x"}))[0], field) == f"{whole[1:]}…"
