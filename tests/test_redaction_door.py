"""The door itself: what is remembered, merged, counted and withheld."""

from collections.abc import Iterator
from itertools import chain, repeat

import pytest

from bot.core.redaction.redaction import SHORTEST_OWN, WITHHELD, Redactor, Span
from bot.core.redaction.rules import RULES
from bot.model import Gap
from tests.marked import filled

VALUE = "a1B2c3D4e5F6"


def rule(*spans: Span) -> object:
    """A rule that always finds these."""

    def find(text: str, lowered: str) -> Iterator[Span]:
        assert len(text) == len(lowered)
        yield from spans

    return find


@pytest.mark.parametrize(
    ("spans", "made"),
    [
        ((Span(0, 3, "a"), Span(3, 5, "b")), "[secret:a:1][secret:b:1]5678"),
        ((Span(0, 3, "a"), Span(2, 5, "b")), "[secret:a:1]5678"),
        ((Span(2, 5, "a"), Span(0, 3, "b")), "[secret:a:1]5678"),
        ((Span(0, 9, "a"), Span(2, 5, "b")), "[secret:a:1]"),
        ((Span(2, 5, "a"), Span(0, 9, "b")), "[secret:a:1]"),
        ((Span(4, 4, "a"), Span(5, 4, "b")), "012345678"),
        ((Span(7, 9, "a"), Span(1, 2, "a")), "0[secret:a:1]23456[secret:a:2]"),
        ((Span(0, 3, "a"), Span(2, 5, "b"), Span(4, 7, "c")), "[secret:a:1]78"),
        ((Span(4, 7, "a"), Span(2, 5, "b"), Span(0, 3, "c")), "[secret:a:1]78"),
    ],
)
def test_spans_that_overlap_are_one(spans: tuple[Span, ...], made: str) -> None:
    """Of the kind of the rule that came first."""
    redactor = Redactor((rule(*spans),))  # type: ignore[arg-type]

    assert redactor.text("012345678"[: max(9, 0)]) == made


@pytest.mark.parametrize(
    ("secret", "kind", "kept"),
    [
        (VALUE, "key", True),
        (VALUE[:11], "key", False),
        ("abcdefghijkl", "key", False),
        ("123456789012", "key", False),
        (f"{VALUE}\nx", "key", False),
        (filled("{w4000}"), "key", True),
        (filled("{w4001}"), "key", False),
        *((VALUE, kind, False) for kind in ("email", "card", "iban", "national-number", "phone", "code", "ip")),
    ],
)
def test_what_is_remembered(secret: str, kind: str, kept: bool) -> None:
    """Long values of letters and digits that are no person's."""

    def find(text: str, _lowered: str) -> Iterator[Span]:
        if text.startswith("key="):
            yield Span(4, len(text), kind)

    redactor = Redactor((find,))
    redactor.text(f"key={secret}")

    assert (redactor.text(f"got {secret} twice {secret}") == f"got [secret:{kind}:1] twice [secret:{kind}:1]") is kept


def test_two_hundred_are_remembered() -> None:
    """Each costs a search in every text; the first kind stays."""
    redactor = Redactor()
    for number in range(201):
        redactor.text(f"secret={VALUE}x{number:03}")

    assert redactor.text(f"{VALUE}x199") == "[secret:key:200]"
    assert redactor.text(f"{VALUE}x200") == f"{VALUE}x200"


def test_own_secrets_are_known_beforehand() -> None:
    """From six signs on, whatever their form."""
    redactor = Redactor(own=("admin", "admin1", "a\nb c d"))

    assert SHORTEST_OWN == 6
    assert WITHHELD == "[withheld: redaction failed]"
    assert redactor.text("admin admin1 a\nb c d") == "admin [secret:own:1] [secret:own:2]"
    assert redactor.spans("x admin1") == [Span(2, 8, "own")]


def test_placeholders_stay() -> None:
    """Whole, also where a rule finds something in them or over them."""
    text = "a [secret:key:1] b"

    for span in (Span(0, 3, "x"), Span(15, 18, "x"), Span(4, 6, "x"), Span(0, 18, "x")):
        assert Redactor((rule(span),)).text(text) == text  # type: ignore[arg-type]
    assert Redactor((rule(Span(0, 2, "x"), Span(16, 18, "x")),)).text(text) == "[secret:x:1][secret:key:1][secret:x:2]"  # type: ignore[arg-type]


def test_letters_that_grow_in_lower_case_do_not_shift_anything() -> None:
    """`İ` is two in lower case."""
    assert Redactor(RULES).text(f"İ password={VALUE} PASSWORD={VALUE}") == "İ password=[secret:password:1] PASSWORD=[secret:password:1]"
    assert Redactor().text("İ CONTRASEÑA=hunter22") == "İ CONTRASEÑA=[secret:password:1]"
    assert Redactor(RULES).text(f"{'İ' * 30} password={VALUE}") == f"{'İ' * 30} password=[secret:password:1]"


def test_what_cannot_be_seen_hides_nothing() -> None:
    """Marks of no width within a key."""
    for mark in "\u00ad\u200b\u200f\u2060\u2064\ufeff\U000e0001":
        assert VALUE not in Redactor().text(f"pass{mark}word={VALUE}")
    assert Redactor().text("caf\u00e9 \u2028") == "caf\u00e9 \u2028"


@pytest.mark.parametrize(("ticks", "withheld"), [((0.0, 0.5, 0.5), False), ((0.0, 0.6, 0.6), True), ((0.0, 0.5, 0.6), True)])
def test_the_clock_is_asked_after_each_find_and_each_rule(ticks: tuple[float, ...], withheld: bool) -> None:
    """Half a second is allowed, more is not; each look at the text begins anew."""
    times = chain(ticks, repeat(ticks[-1]))
    redactor = Redactor((rule(Span(0, 1, "a")),), clock=lambda: next(times), seconds=0.5)  # type: ignore[arg-type]

    assert (redactor.text("xy") == WITHHELD) is withheld
    assert bool(redactor.gaps()) is withheld


def test_a_rule_that_never_ends_is_left() -> None:
    """After each find, not only after each rule."""
    ticks = (number / 10 for number in range(20))

    def endless(_text: str, _lowered: str) -> Iterator[Span]:
        while True:
            yield Span(0, 1, "a")

    redactor = Redactor((endless,), clock=lambda: next(ticks), seconds=0.5)

    assert redactor.text("xy") == WITHHELD
    assert next(ticks) < 1


@pytest.mark.parametrize("error", [ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError])
def test_each_way_in_which_a_rule_breaks_withholds(error: type[Exception]) -> None:
    """One gap for each cause, counted; the same text counts once."""

    def broken(_text: str, _lowered: str) -> Iterator[Span]:
        raise error

    redactor = Redactor((broken,))

    assert (redactor.text("a"), redactor.text("a")) == (WITHHELD, WITHHELD)
    assert redactor.gaps() == (
        Gap(
            "bot",
            "1 text of the evidence",
            "withheld: a rule of redaction failed on it",
            "read it at its source; tell the bot's maintainers what kind of text it is, not the text itself",
        ),
    )
    assert redactor.text("b") == WITHHELD
    assert [gap.wanted for gap in redactor.gaps()] == ["2 texts of the evidence"]
    assert redactor.spans("abc") == [Span(0, 3, "withheld")]
