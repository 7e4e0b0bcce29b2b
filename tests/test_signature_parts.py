"""The parts of a name: where and what, how they are cut, and which of them count."""

import pytest

from bot.core.signature import signature
from bot.core.signature.recased import recased
from bot.model import Frame
from tests.occurrences import alert

PLACES = """
transfer_handler → transfer_handler
 a.b.Run  → a.b.Run
src/app/leaves.py → leaves
C:\\app\\leaves.py → leaves
leaves.pyx → leaves
leaves.js → leaves
leaves.mjs → leaves
leaves.cts → leaves
leaves.tsx → leaves
leaves.jsx → leaves
leaves.vue → leaves
leaves.svelte → leaves
leaves.rb → leaves
leaves.go → leaves
leaves.rs → leaves
leaves.java → leaves
leaves.kt → leaves
leaves.kts → leaves
leaves.scala → leaves
leaves.groovy → leaves
leaves.clj → leaves
leaves.cljs → leaves
leaves.php → leaves
leaves.cs → leaves
leaves.fs → leaves
leaves.vb → leaves
leaves.swift → leaves
leaves.m → leaves
leaves.mm → leaves
leaves.dart → leaves
leaves.ex → leaves
leaves.exs → leaves
leaves.erl → leaves
leaves.c → leaves
leaves.cc → leaves
leaves.cpp → leaves
leaves.cxx → leaves
leaves.h → leaves
leaves.hpp → leaves
leaves.lua → leaves
leaves.pl → leaves
leaves.pm → leaves
leaves.txt → leaves.txt
leaves.pya → leaves.pya
/transfers/8812 → /transfers
/transfers/8812/leaves → /transfers/leaves
/transfers/1 → /transfers
/users/0199502d-9301-7790-8004-b77561fd6e44 → /users
/users/4f2a9c1 → /users
/users/4f2a9c → /users/4f2a9c
/users/DEADBEEF → /users/DEADBEEF
/users/DEADBEE7 → /users
/users/01ARZ3NDEKTSV4RRFFQ69G5FAV → /users
/users/v2 → /users/v2
Foo.run.func1 → Foo.run
"""
TYPES = """
ValidationError → ValidationError
django.core.ValidationError → ValidationError
Outer$Refused → Refused
Outer$Refused$1 → Refused
Outer$12 → Outer
Outer$1Local → 1Local
Outer$1$Refused → Refused
Outer$1234567 → 1234567
Outer+Refused → Refused
a::Refused → Refused
A\\Refused → Refused
a/b.Refused → Refused
Result<Row> → Result
Result`1 → Result
List[int] → List
Refused(7) → Refused
Refused it → RefusedIt
Fatal error → FatalError
Refused 7 → Refused
a.Refused. → Refused
... → ...
"""
CUTS = (
    ("a b", "a_b"),
    ("a..b", "a_b"),
    ("a.b-c", "a.b-c"),
    ("a...", "a"),
    ("_-a", "a"),
    ("é", "unknown"),
    ("x" * 61, "x" * 60),
    ("x" * 59 + "-y", "x" * 59),
)


def _cases(table: str) -> list[tuple[str, str]]:
    return [(given, read) for given, _, read in (line.partition(" → ") for line in table.strip("\n").split("\n"))]


def test_the_place_of_a_culprit() -> None:
    """A file's stem, an endpoint without ids, else a plain name."""
    assert [(given, signature.place(given)) for given, _ in _cases(PLACES)] == _cases(PLACES)


def test_the_last_name_of_a_type() -> None:
    """Without packages, outer classes, parameters and arguments."""
    assert [(given, signature.last_name(given)) for given, _ in _cases(TYPES)] == _cases(TYPES)


@pytest.mark.parametrize(("culprit", "part"), CUTS)
def test_a_part_is_safe_for_a_file(culprit: str, part: str) -> None:
    """Letters, digits, dots and dashes, at most sixty."""
    assert signature.current(alert(culprit=culprit)).culprit == part


def test_an_alert_that_says_nothing_is_of_an_unknown_place_and_type() -> None:
    """Both as a word of its own in the name."""
    for nothing in (None, ""):
        made = signature.current(alert(culprit=nothing, service=nothing, error_type=nothing))
        assert (made.culprit, made.error_type) == ("unknown", "unknown")
        assert made.name.rpartition("_")[0] == "unknown_unknown"
    assert signature.current(alert(message=None)).message == ""


def test_half_a_character_in_a_culprit_is_no_obstacle() -> None:
    """What cannot be written counts as a question mark, and as an underscore in the name."""
    assert signature.current(alert(culprit="a\ud800b")).culprit == "a_b"
    assert signature.current(alert(culprit="a\ud800b")).fingerprint == signature.current(alert(culprit="a?b")).fingerprint


def test_a_type_is_cut_at_forty() -> None:
    """And a whole name at 120."""
    assert signature.current(alert(error_type="T" * 41)).error_type == "T" * 40
    assert signature.name_of("c" * 60, "T" * 40, "0123456789abcdef", 6) == f"{'c' * 60}_{'T' * 40}_012345"
    assert signature.name_of("c" * 80, "T" * 40, "0123456789abcdef", 6) == f"{'c' * 80}_{'T' * 32}_012345"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"message": "leaf 7 lost"}, {"message": "leaf 0xff lost"}, True),
        ({"message": "leaf 7/0xff lost"}, {"message": "leaf 7 lost"}, True),
        ({"message": "leaf 7 lost"}, {"message": "leaf lost"}, False),
        ({"message": None}, {"message": ""}, True),
        ({"culprit": None, "service": "leaves"}, {"culprit": "leaves"}, True),
        ({"culprit": None}, {"culprit": ""}, True),
        ({"error_type": None}, {"error_type": ""}, True),
        ({"culprit": "x" * 60 + "a"}, {"culprit": "x" * 60 + "b"}, False),
        ({"frames": (Frame("a", "a.py"),)}, {"frames": (Frame("a", "/y/a.py", 8),)}, True),
        ({"frames": (Frame("a", "a.py"),)}, {"frames": (Frame("b", "a.py"),)}, False),
        ({"frames": (Frame("a", "a.py"),)}, {"frames": ()}, False),
    ],
)
def test_what_counts(one: dict[str, object], other: dict[str, object], same: bool) -> None:
    """Place, type, words and frames; not which value stands somewhere."""
    assert (signature.of(alert(**one)).fingerprint == signature.of(alert(**other)).fingerprint) is same


@pytest.mark.parametrize(
    ("words", "said", "shown"),
    [
        ("node … refused", "Node LN-7 Refused", "Node … Refused"),
        ("a a", "a A", "a A"),
        ("leaf b", "B Leaf", "Leaf b"),
        ("a bc bc", "a BC bc", "a BC bc"),
        ("ab", "a AB", "AB"),
        ("ς", "ΑΣ", "ς"),
        ("no", "", "no"),
        ("ß ss", "İ ß SS", "ß ss"),
        ("a b", "A" + "x" * 19_998 + "B", "A B"),
        ("a b", "A" + "x" * 19_999 + "B", "A b"),
        ("a  b", "A b", "A  b"),
        ("x" * 400 + "y", "X" * 400 + "Y", "X" * 400 + "Y"),
    ],
)
def test_capitals_come_back(words: str, said: str, shown: str) -> None:
    """Those of the same words in their order."""
    assert recased(words, said) == shown
