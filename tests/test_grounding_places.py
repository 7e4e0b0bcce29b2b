"""Fields of a diagnosis that are no prose: each place, reference, time, recurrence and promise that a case carries, and each that it does not."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from bot.core.grounding.case import Known
from bot.core.grounding.quotes import complaint
from bot.core.grounding.records import assessment, history, place
from bot.model import AffectedCode, Assessment, Citation, CodePlace, Commit, Evidence, FixCheck, Frame, HistoricalContext, PastEntry, PastFix, Trend
from tests.fakes.transfer_case import TIME
from tests.test_grounding_case import ALERT, CASE

READ = CodePlace("repo", "abcdef12", "a.py", 12, "reserve", 10, "def reserve\nb\nc\nd", "https://x.example/12")
COMMIT = Commit("repo", "abcdef1234", "Mia", TIME, "x", "b.py", "changed the failing lines", pull_request="https://x.example/pull/7")
PAST = PastEntry("name", "errors/name.md", "title", "diagnosed", "high", TIME - timedelta(days=2), 2, "same")
DAY = timedelta(days=1)


def shown(*details: Any, kind: Any = "code") -> tuple[Evidence, ...]:
    """Evidence with these details."""
    return tuple(Evidence(kind, "x", "https://x.example/place", "what drain does", f"E{n}", detail=detail) for n, detail in enumerate(details, 1))


def placed(line: int, function: str = "", path: str = "a.py", evidence: tuple[Evidence, ...] = (), **alert: Any) -> tuple[AffectedCode | None, list[str]]:
    """What is left of a claimed place, and what is told."""
    told: list[str] = []
    case = replace(CASE, evidence=evidence or shown(READ), alert=replace(ALERT, **alert))
    claimed = AffectedCode(path, line, function, "issue", "https://evil.example")
    return place(claimed, Known(case), lambda field, claim: told.append(f"{field}: {claim}")), told


def test_a_place_that_was_read_stands() -> None:
    """From its first line to its last; with its link only where it is the very line."""
    for line in (10, 11, 13):
        assert placed(line) == (AffectedCode("a.py", line, "", "issue"), [])
    assert placed(12) == (AffectedCode("a.py", 12, "", "issue", READ.permalink), [])
    for line in (9, 14):
        assert placed(line) == (None, [f"Affected code: a place that was not read: a.py:{line}"])


def test_a_file_that_was_read_as_a_whole_takes_any_line() -> None:
    """With its link, which names no line; a place of the very line goes before it."""
    whole = replace(READ, line=0, first_line=0, snippet="", permalink="https://x.example/a")
    assert placed(700, evidence=shown(whole)) == (AffectedCode("a.py", 700, "", "issue", "https://x.example/a"), [])
    assert placed(12, evidence=shown(whole, READ)) == (AffectedCode("a.py", 12, "", "issue", READ.permalink), [])
    assert placed(12, evidence=shown(READ, replace(READ, line=11, permalink="no")))[0] == AffectedCode("a.py", 12, "", "issue", READ.permalink)


def test_a_function_of_a_place_is_one_that_the_case_names() -> None:
    """Another one becomes the one that stands around the line."""
    for function in ("reserve", "drain"):
        assert placed(11, function) == (AffectedCode("a.py", 11, function, "issue"), [])
    left, told = placed(11, "zebra " + "x" * 200)
    assert left == AffectedCode("a.py", 11, "reserve", "issue")
    assert told == [f"Affected code: a function that is not in the code that was read: zebra {'x' * 113}…"]


def test_a_file_that_was_only_named_takes_a_function_that_was_said() -> None:
    """By a commit at any line, by a frame at its own; where the file was read, only what was read counts."""
    kept, gone = AffectedCode("b.py", 7, "", "issue"), "Affected code: a place that was not read: b.py:7"
    commit = shown(COMMIT, kind="commit")
    assert placed(7, "", "b.py", commit) == (kept, [])
    assert placed(7, "drain", "b.py", commit) == (replace(kept, function="drain"), [])
    assert placed(7, "zebra", "b.py", commit) == (None, [gone])
    assert placed(7, "", "b.py") == (None, [gone])
    assert placed(7, "", "b.py", frames=(Frame("f", "b.py", 7),)) == (kept, [])
    assert placed(7, "", "b.py", frames=(Frame("f", "b.py", 8),)) == (None, [gone])
    assert placed(7, "", "b.py", (*commit, *shown(replace(READ, path="b.py")))) == (None, [gone])


def historic(claimed: HistoricalContext, **parts: Any) -> tuple[HistoricalContext, list[str]]:
    """What is left of what is said of the past, and what is told."""
    told: list[str] = []
    return history(claimed, Known(replace(CASE, **parts)), lambda field, claim: told.append(f"{field}: {claim}")), told


FIXED = replace(PAST, fix=PastFix("name", "words", "abcdef99", "#41"))


@pytest.mark.parametrize("reference", ["name", "errors/name.md", "abcdef99", "#41", "abcdef1234", "https://x.example/pull/7", "https://x.example/place"])
def test_a_reference_is_one_of_the_case(reference: str) -> None:
    """An entry by name or page, its fix by commit or request, a commit, its request, a place of evidence."""
    claimed = HistoricalContext("recurring", reference=reference)
    assert historic(claimed, history=(FIXED,), evidence=shown(COMMIT)) == (claimed, [])
    assert historic(HistoricalContext("new", reference=reference)) == (
        HistoricalContext("new"),
        [f"Historical context: a reference that the case does not hold: {reference}"],
    )


def test_a_reference_that_nothing_holds_is_told_in_short() -> None:
    """The beginning of it; what has no reference is left alone."""
    for reference in ("nam", "None", "x" * 300):
        left, told = historic(
            HistoricalContext("recurring", reference=reference),
            history=(replace(PAST, fix=PastFix("name", "words")),),
            evidence=shown(replace(COMMIT, pull_request=None)),
        )
        assert left.reference is None
        assert told == [f"Historical context: a reference that the case does not hold: {reference if len(reference) < 200 else 'x' * 199 + '…'}"]
    assert historic(HistoricalContext("new")) == (HistoricalContext("new"), [])


def test_a_time_of_the_past_is_one_of_an_entry() -> None:
    """When it was last seen, or any earlier time."""
    past = replace(PAST, seen=(TIME - 5 * DAY,))

    def kept(moment: datetime, *entries: PastEntry) -> tuple[datetime | None, list[str]]:
        left, told = historic(HistoricalContext("recurring" if entries else "new", last_seen=moment), history=entries)
        return left.last_seen, told

    for moment in (past.last_seen, *past.seen):
        assert kept(moment, past) == (moment, [])
    told = "Historical context: last seen 2025-12-14 09:12 UTC, which no entry says"
    assert kept(TIME - 3 * DAY, past) == kept(TIME - 3 * DAY) == (None, [told])


def test_an_earlier_resolution_needs_a_past() -> None:
    """An entry, also one of an error like it, a proof, or counts of earlier times."""
    said = HistoricalContext("new", previous_resolution="Row lock.")
    for parts in ({"history": (replace(PAST, relation="similar"),)}, {"evidence": shown(Trend("x"), kind="history")}):
        assert historic(said, **parts) == (said, [])
    proof = shown(FixCheck("name", COMMIT, stands=True), kind="fix")
    assert historic(said, evidence=proof) == (said, [])
    assert historic(said) == (
        HistoricalContext("new"),
        ["Historical context: an earlier resolution, though nothing of the past is known: Row lock."],
    )
    assert historic(replace(said, previous_resolution="x" * 170))[1][0].endswith(f"known: {'x' * 159}…")


PROOF = shown(FixCheck("name", COMMIT, stands=True), kind="fix")


@pytest.mark.parametrize(
    ("claimed", "parts", "left", "told"),
    [
        ("new", {}, "new", ""),
        ("recurring", {}, "new", "“recurring”, though no entry of this error is known"),
        ("regression", {}, "new", "“regression”, though no entry of this error is known"),
        ("recurring", {"history": (replace(PAST, relation="similar"),)}, "new", "“recurring”, though no entry of this error is known"),
        ("new", {"history": (replace(PAST, relation="similar"),)}, "new", ""),
        ("new", {"history": (PAST,)}, "recurring", "“new”, though it is known as name"),
        ("recurring", {"history": (PAST,)}, "recurring", ""),
        ("regression", {"history": (PAST,)}, "recurring", "“regression”, though no entry says that it was ever resolved"),
        ("regression", {"history": (PAST, replace(PAST, status="resolved"))}, "regression", ""),
        ("regression", {"history": (PAST,), "evidence": PROOF}, "regression", ""),
        ("regression", {"evidence": PROOF}, "regression", ""),
        ("recurring", {"evidence": PROOF}, "recurring", ""),
        ("new", {"evidence": PROOF}, "new", ""),
    ],
)  # fmt: skip
def test_a_recurrence_is_that_of_the_entries(claimed: Any, parts: dict[str, Any], left: str, told: str) -> None:
    """Of this error itself; a proof stands for one that was resolved."""
    made, lines = historic(HistoricalContext(claimed), **parts)
    assert (made.recurrence, lines) == (left, [f"Historical context: {told}"] if told else [])


def test_only_what_is_configured_is_promised() -> None:
    """Each promise by itself; without a configuration nothing is looked at."""
    for time, people, lines in (
        ("< 1 hour", "call", []),
        ("< 2 hours", "call", ["Severity: response time that the configuration does not have: < 2 hours"]),
        ("< 1 hour", "x" * 170, [f"Severity: escalation that the configuration does not have: {'x' * 159}…"]),
        ("", "", []),
    ):
        told: list[str] = []
        claimed = Assessment("high", "x", time, people)
        made = assessment(claimed, Known(CASE, ("< 1 hour", "call")), lambda field, claim: told.append(f"{field}: {claim}"))  # noqa: B023 - called at once
        assert told == lines
        assert (made.response_time, made.escalation) == (time if time == "< 1 hour" else "", people if people == "call" else "")
        assert assessment(claimed, Known(CASE), lambda _, __: None) == claimed


@pytest.mark.parametrize(
    ("citation", "told"),
    [
        (Citation("E1", "drain"), ""),
        (Citation("E1", "what\n  drain"), ""),
        (Citation("E1", "x.example"), ""),
        (Citation("E1", "hat dr"), ""),
        (Citation("E1", "Drain"), "a quotation that does not stand in E1: “Drain”"),
        (Citation("E1", "doe"), "a quotation from E1 that is too short to say anything: “doe”"),
        (Citation("E1", "does"), ""),
        (Citation("E1", "a - b c"), "a quotation from E1 that is too short to say anything: “a - b c”"),
        (Citation("E9", "drain"), "a quotation from E9, which is no evidence of this case: “drain”"),
        (Citation("E" * 30, "x" * 170), f"a quotation from {'E' * 19}…, which is no evidence of this case: “{'x' * 159}…”"),
    ],
)  # fmt: skip
def test_a_quotation_stands_or_it_is_told_why_not(citation: Citation, told: str) -> None:
    """White space apart; four letters or digits at the least."""
    assert complaint(citation, Known(replace(CASE, evidence=shown(None)))) == told
