"""Whatever stands in a diagnosis: checking it never raises, adds nothing but marks, is done after once, and leaves a valid record."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from bot.core.grounding.grounding import grounded
from bot.core.grounding.leads import FROM_THE_PAST, UNKNOWN
from bot.core.grounding.links import GONE
from bot.core.grounding.sentences import pieces, plain
from bot.core.plain_text.plain_text import visible
from bot.model import AffectedCode, Citation, Diagnosis, RivalCause, RuleMatch
from tests.fakes import transfer_case
from tests.growth import in_proportion

pytestmark = pytest.mark.slow

CASE = transfer_case.case()
PARTS = st.sampled_from(
    [
        *(
            "It failed",
            " 400 times",
            "4,512 customers",
            ". ",
            "! ",
            "… ",
            "\n",
            "\n\n",
            "```",
            "```sh\n",
            "`",
            '"',
            "“",
            "”",
            "[unverified]",
            " [unverified].",
            "(",
            ")",
            "- ",
            "1. ",
        ),
        *(
            "abc1234",
            "9c0ffee0",
            "#41",
            "#999",
            "E1",
            "E99",
            "@mira",
            "Greta Lind",
            " by ",
            "ask ",
            "https://evil.example/x",
            "https://logs.example/E1",
            "](",
            "![",
            "[",
        ),
        *(
            "transfers/leaves.py:42",
            "foo()",
            "09:12",
            "2025-12-17",
            "17 December",
            "30 s",
            "5%",
            "$4",
            "twice",
            "third time",
            "happened before",
            "insufficient leaf balance",
        ),
        *("。", "４００", "\u202e", "\x00", "\ud800", "é", "🙂", " ", "a", "E1,E2", "1-2 s", "v1.2.3", "x=5", "because", "if", "~"),
    ]
)
TEXT = st.one_of(st.lists(PARTS, max_size=14).map("".join), st.text(max_size=80))


@st.composite
def diagnoses(draw: st.DrawFn) -> Diagnosis:
    """The true diagnosis with anything in each of its texts."""
    true = transfer_case.diagnosis()
    lines = st.lists(TEXT, max_size=3).map(tuple)
    quotes = st.lists(
        st.builds(Citation, st.sampled_from(["E1", "E2", "E3", "E9", ""]), st.one_of(TEXT, st.just("insufficient leaf balance"))), max_size=3
    ).map(tuple)
    cause = replace(
        true.root_cause,
        known=draw(st.booleans()),
        confidence=draw(st.sampled_from(["high", "medium", "low", "none"])),
        statement=draw(TEXT),
        five_whys=draw(lines),
        citations=draw(quotes),
        unsettled=draw(lines),
        rivals=tuple(RivalCause(draw(TEXT), draw(TEXT), draw(quotes)) for _ in range(draw(st.integers(0, 2)))),
    )
    history = replace(
        true.history,
        recurrence=draw(st.sampled_from(["new", "recurring", "regression", "new variant"])),
        previous_resolution=draw(TEXT),
        applies=draw(TEXT),
        reference=draw(st.none() | TEXT),
    )
    return replace(
        true,
        summary=draw(TEXT),
        root_cause=cause,
        history=history,
        blast_radius=draw(TEXT),
        affected_code=(
            AffectedCode(draw(st.sampled_from(["transfers/leaves.py", "x"])), draw(st.integers(-5, 60)), draw(TEXT), draw(TEXT), draw(st.none() | TEXT)),
        ),
        immediate_fix=draw(TEXT),
        verification=draw(TEXT),
        next_steps=draw(lines),
        resolution_tips=draw(lines),
        rules=(RuleMatch(draw(TEXT), draw(TEXT), draw(quotes)),),
        assessment=replace(true.assessment, reason=draw(TEXT), response_time=draw(TEXT)),
    )


@given(diagnoses(), st.booleans())
@settings(max_examples=120, deadline=None)
def test_anything_is_checked_once_and_stays_a_record(claimed: Diagnosis, is_new: bool) -> None:
    """A second pass changes nothing; both passes leave what can be written and read back, but for what no JSON can hold."""
    case = replace(CASE, history=()) if is_new else CASE
    made, told = grounded(claimed, case, ("< 1 hour",), ("https://docs.acme.example/",))
    again, more = grounded(made, case, ("< 1 hour",), ("https://docs.acme.example/",))
    assert again == made
    assert more == ()
    assert bool(told) == bool(made.verified.unfounded)
    order = ["none", "low", "medium", "high"]
    assert order.index(made.root_cause.confidence) <= max(order.index(claimed.root_cause.confidence), 1)
    assert msgspec.json.decode(msgspec.json.encode(made.verified), type=type(made.verified)) == made.verified


@given(TEXT)
@settings(max_examples=120, deadline=None)
def test_nothing_is_added_to_a_text(text: str) -> None:
    """But marks, and the words that stand for a link that was left out."""
    made, _ = grounded(replace(transfer_case.diagnosis(), blast_radius=text), CASE)
    left = [word for word in plain(made.blast_radius).replace(GONE, " ").split() if word]
    assert all(word in plain(visible(text)) for word in left)


@given(TEXT)
@settings(max_examples=120, deadline=None)
def test_a_text_is_the_sum_of_its_sentences(text: str) -> None:
    """Character for character."""
    assert "".join(piece for piece, _ in pieces(text)) == text


@given(TEXT)
@settings(max_examples=100, deadline=None)
def test_a_cause_stays_only_with_a_quotation(text: str) -> None:
    """Whatever is claimed as a cause without one, it becomes unknown."""
    cause = replace(transfer_case.diagnosis().root_cause, statement=text, citations=(Citation("E9", text),))
    made, _ = grounded(replace(transfer_case.diagnosis(), root_cause=cause), CASE)
    assert (made.root_cause.known, made.root_cause.confidence) == (False, "none")
    assert made.root_cause.statement in (UNKNOWN, FROM_THE_PAST)


@pytest.mark.parametrize(
    ("piece", "length"),
    [
        ("`", 200_000),
        ("a", 500_000),
        ("1", 500_000),
        ('"', 200_000),
        ("[", 200_000),
        ("E1,", 180_000),
        ("a/", 200_000),
        ("1.2.", 320_000),
        ("x@", 180_000),
        (" ", 500_000),
        ("foo()", 300_000),
    ],
)
def test_a_hostile_text_takes_no_longer_than_a_long_one(piece: str, length: int) -> None:
    """In the diagnosis and in the evidence."""

    def both(text: str) -> None:
        grounded(replace(transfer_case.diagnosis(), blast_radius=text, next_steps=(text,) * 3, summary=f"It hit {text}"), CASE)
        grounded(replace(transfer_case.diagnosis(), blast_radius="It hit 400 customers of @mallory on 2020-01-01 at 12:13."), transfer_case.case(text))

    assert in_proportion(both, piece, length)
