"""What is found beside, within and across something else that is found: one time takes it all, and a second time finds nothing."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.redaction.redaction import PLACEHOLDER, WITHHELD, Redactor, Span
from bot.core.redaction.rules import WITH_ADDRESSES
from tests.fuzzing import FUZZ
from tests.marked import filled

KNOWN = filled("{w24}")
OWN = "own secret of the bot"
PEM_BODY = filled("{w64}")
# One of each kind that a rule finds, and what stands in a text that went through a door before.
FINDINGS = (
    *(KNOWN, OWN, filled("ghp_{w36}"), filled("xoxb-{n10}-{w18}"), filled("sk-ant-{w32}"), filled("AKIA{u16}"), filled("{n9}:AA{w33}")),
    *(filled("eyJ{w20}.eyJ{w20}.{w30}"), filled("$2b$10${w53}"), f"-----BEGIN PRIVATE KEY-----\n{PEM_BODY}\n-----END PRIVATE KEY-----"),
    *("Authorization: Basic dXNlcjpodW50ZXIy", filled("Bearer {w20}"), "Cookie: sid=abcdefg1; theme=dark", "curl -u bob:hunter22 h", "mysql -phunter22"),
    *("https://bob1:hunter22@h", "postgres://app:hunter22@db/x", filled("?sig={w20}"), filled("https://hooks.slack.com/services/T0/B0/{w24}")),
    *("password=hunter22", '{"api_key":"a1b2c3d4e5"}', filled("token {w16}"), filled("<secret>{w16}</secret>"), "the password is hunter22"),
    *("ada@example.co", "GET /?u=ada%40example.co", "card 4111111111111111", "4111 1111 1111 1111", "219-09-9999", "(415) 555-2671", "+14155552671"),
    *("otp=482913", "DE89370400440532013000", "AB123456C", "10.1.2.3", "2001:db8::7", "[secret:key:1]", "[secret:phone:12\\]"),
)
BORDERS = ("", "", "", " ", ".", ",", ":", ";", "=", "@", "/", "&", "-", "_", "|", '"', "\\n", "\n", "%3D", "password=", "://", "a", "7")


def redactor() -> Redactor:
    """One that has seen a secret under its key, and knows another beforehand."""
    made = Redactor(WITH_ADDRESSES, own=(OWN,))
    made.text(f"api_key={KNOWN}")
    return made


def taken_at_once(text: str) -> None:
    """A second time takes nothing more, neither for the same redactor nor at the next door, and what one look finds is gone."""
    ours = redactor()
    spans = ours.spans(text)
    once = ours.text(text)
    assert once != WITHHELD
    assert ours.text(once) == once
    assert Redactor(WITH_ADDRESSES).text(once) == once
    left = PLACEHOLDER.sub("\0", once)
    found = Counter(text[span.start : span.end] for span in spans)
    assert [piece for piece, times in found.items() if left.count(piece) > text.count(piece) - times] == []


def test_two_that_touch() -> None:
    """Each kind behind each other, with nothing between."""
    for first, second in product(FINDINGS, repeat=2):
        taken_at_once(first + second)


@pytest.mark.slow
@FUZZ
@given(st.lists(st.sampled_from(FINDINGS) | st.sampled_from(BORDERS), min_size=2, max_size=9).map("".join))
def test_several_in_a_row(text: str) -> None:
    """In any order, glued or with a border between."""
    taken_at_once(text)


@pytest.mark.slow
@FUZZ
@given(st.sampled_from(FINDINGS), st.sampled_from(FINDINGS), st.integers(0, 100))
def test_one_within_another(outer: str, inner: str, at: int) -> None:
    """The inner one may break the outer one, which its placeholder would make whole again."""
    taken_at_once(outer[:at] + inner + outer[at:])


@pytest.mark.parametrize(
    ("text", "made"),
    [
        (f"ada@example.co{KNOWN}", "[secret:email:1][secret:key:1]"),
        (f"card 4111111111111111{OWN}", "card [secret:card:1][secret:own:1]"),
        ("password=[secret:a:1]hunter22", "password=[secret:a:1][secret:password:1]"),
        ("password=hunter22[secret:a:1]", "password=[secret:password:1][secret:a:1]"),
        ("password=[secret:a:1]ab1", "password=[secret:a:1][secret:password:1]"),
        ("password=[secret:a:1]a1.", "password=[secret:a:1]a1."),
        ("[secret:a:1]password=hunter22", "[secret:a:1]password=[secret:password:1]"),
        ("api_key=[secret:key:1]: refused", "api_key=[secret:key:1]: refused"),
        ("[secret:ip:1]:8080/a1b2c3d4e5", "[secret:ip:1]:8080/a1b2c3d4e5"),
    ],
)
def test_what_stands_beside_a_placeholder(text: str, made: str) -> None:
    """One that stands there already protects nothing beside it, and gives nothing away by its own words."""
    assert redactor().text(text) == made


@pytest.mark.parametrize(("text", "made"), [("abcdefghi", "".join(f"[secret:x:{number}]" for number in range(1, 10))), ("abcdefghij", WITHHELD)])
def test_a_text_that_is_never_done_is_withheld(text: str, made: str) -> None:
    """Where each look uncovers the next find, ten looks must do; the last one finds nothing."""

    def next_letter(covered: str, _lowered: str) -> Iterator[Span]:
        for letter in re.finditer("[a-z]", covered):
            yield Span(letter.start(), letter.end(), "x")
            return

    slow = Redactor((next_letter,))
    assert slow.text(text) == made
    assert [gap.cause for gap in slow.gaps()] == (["withheld: each look through it uncovered one more secret"] if made == WITHHELD else [])
