"""What the evidence does not carry is taken out of a diagnosis, and named."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from bot.core.grounding import UNKNOWN, grounded
from bot.model import AffectedCode, Citation, Diagnosis, Evidence
from tests.fakes import transfer_case

CASE = transfer_case.case()
TRUE = transfer_case.diagnosis()


def citing(*citations: Citation) -> Diagnosis:
    """The diagnosis with these quotations instead of its own."""
    return replace(TRUE, root_cause=replace(TRUE.root_cause, citations=citations))


def naming(*places: AffectedCode) -> Diagnosis:
    """The diagnosis with these places instead of its own."""
    return replace(TRUE, affected_code=places)


def test_a_true_diagnosis_is_left_alone() -> None:
    """Every quote stands, every line was read."""
    assert grounded(TRUE, CASE) == (TRUE, ())


@pytest.mark.parametrize("quote", ["ValidationError:   insufficient\n leaf balance", "raise ValidationError()", "rows = query.with_for_update()"])
def test_white_space_does_not_matter(quote: str) -> None:
    """A quote may be wrapped; it may come from the text or from the detail it was read from."""
    evidence = {"V": "E1", "r": "E2"}[quote[0]] if "rows" not in quote else "E4"
    made, removed = grounded(citing(Citation(evidence, quote)), CASE)
    assert not removed
    assert made.root_cause.known


@pytest.mark.parametrize(
    "citation",
    [
        Citation("E1", "deadlock detected"),
        Citation("E2", "insufficient  balance leaf"),
        Citation("E99", "insufficient leaf balance"),
        Citation("E1", " … "),
        Citation("E1", ""),
    ],
)
def test_an_invented_quote_is_removed(citation: Citation) -> None:
    """The others stay; the confidence sinks a step; the reviewer is told."""
    made, removed = grounded(citing(Citation("E1", "insufficient leaf balance"), citation), CASE)
    assert made.root_cause.citations == (Citation("E1", "insufficient leaf balance"),)
    assert made.root_cause.confidence == "medium"
    assert len(removed) == 1
    assert citation.evidence in removed[0]


@pytest.mark.parametrize("citations", [(), (Citation("E1", "deadlock detected"),)])
def test_a_cause_without_a_true_quote_is_unknown(citations: tuple[Citation, ...]) -> None:
    """What was claimed becomes a question."""
    made, removed = grounded(citing(*citations), CASE)
    assert (made.root_cause.known, made.root_cause.confidence, made.root_cause.statement) == (False, "none", UNKNOWN)
    assert TRUE.root_cause.statement in made.root_cause.unsettled[0]
    assert removed


@pytest.mark.parametrize(("path", "line"), [("transfers/leaves.py", 43), ("/etc/shadow", 42), ("transfers/other.py", 1)])
def test_code_that_was_not_read_is_removed(path: str, line: int) -> None:
    """Path and line must be those of a place in the evidence."""
    made, removed = grounded(naming(AffectedCode(path, line, "f", "issue", "https://evil.example/")), CASE)
    assert made.affected_code == ()
    assert removed == (f"code that was not read: {path}:{line}",)


def test_the_link_of_a_place_is_the_one_that_was_read() -> None:
    """Links are never taken from a model."""
    made, _ = grounded(naming(replace(TRUE.affected_code[0], permalink="https://evil.example/")), CASE)
    assert made.affected_code == TRUE.affected_code


def test_a_file_known_from_a_commit_needs_no_line() -> None:
    """Where only a commit speaks of the file, there is no line to check."""
    commit = next(evidence for evidence in CASE.evidence if evidence.kind == "commit")
    case = replace(CASE, evidence=(Evidence("log", "x", "y", "insufficient leaf balance", "E1"), commit))
    made, removed = grounded(naming(AffectedCode("transfers/leaves.py", 7, "f", "issue", "https://evil.example/")), case)
    assert [place.permalink for place in made.affected_code] == [None]
    assert not any("not read" in claim for claim in removed)


def test_an_invented_past_is_removed() -> None:
    """A reference, a time or a recurrence that no entry and no evidence carries."""
    told = replace(TRUE.history, reference="https://evil.example/", last_seen=datetime(2001, 1, 1, tzinfo=UTC))
    made, removed = grounded(replace(TRUE, history=told), replace(CASE, history=(), evidence=CASE.evidence[:2]))
    assert (made.history.reference, made.history.last_seen, made.history.recurrence) == (None, None, "new")
    assert len(removed) == 3


def test_grounding_twice_is_grounding_once() -> None:
    """The second job checks again and finds nothing more."""
    made, _ = grounded(naming(AffectedCode("x", 1, "f", "i")), CASE)
    unknown, _ = grounded(citing(), CASE)
    assert grounded(made, CASE) == (made, ())
    assert grounded(unknown, CASE) == (unknown, ())
