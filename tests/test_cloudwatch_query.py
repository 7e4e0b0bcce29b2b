"""Filter patterns and Insights queries hold words of an alert as text, never as syntax."""

from datetime import UTC, datetime

import pytest

from bot.model import Alert, Permalink
from bot.sources.cloudwatch.query import any_of, condition, ids, one_of, words


@pytest.mark.parametrize(
    ("error_type", "message", "expected"),
    [
        ("ValidationError", "insufficient leaf balance", ("ValidationError", "insufficient leaf balance")),
        ("acme.errors.Boom", None, ("Boom",)),
        (None, 'no "leaf" with id 17 in \\table', ("with id 17 in",)),
        ('x" ?"y', '"" ?" %.*% { $.a = 1 } [a, b]', ()),
        (None, "12 34", ()),
        (None, "first line is long enough\nsecond line", ("first line is long enough",)),
        ("Boom", "x" * 5_000, ("Boom", "x" * 99)),
    ],
)
def test_the_words_of_an_alert(error_type: str | None, message: str | None, expected: tuple[str, ...]) -> None:
    """Its type, and the longest part of its message without quotes, backslashes or braces."""
    alert = Alert(
        Permalink("acme.slack.com", "C1", "1765886400.000000"), datetime(2025, 12, 16, 12, 0, tzinfo=UTC), "prod", "", error_type=error_type, message=message
    )
    assert words(alert) == expected


def test_a_pattern_for_any_of_some_words() -> None:
    """One alone needs no question mark; what does not fit in 1,024 characters is left out."""
    assert any_of(["a b"]) == '"a b"'
    assert any_of(["a", "b"]) == '?"a" ?"b"'
    assert len(any_of("x" * 50 for _ in range(100))) <= 1_024
    assert any_of([]) == ""


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("ERROR", '@message like "ERROR"'),
        ("ERROR leaf", '@message like "ERROR" and @message like "leaf"'),
        ('?ERROR ?"timed out"', '(@message like "ERROR" or @message like "timed out")'),
        ("ERROR -health", '@message like "ERROR" and not @message like "health"'),
        ('"say \\"no\\""', '@message like "say \\"no\\""'),
        ("%time[rd] out/in%", "@message like /time[rd] out\\/in/"),
        ("back\\slash", '@message like "back\\\\slash"'),
        ('{ $.level = "ERROR" }', None),
        ("[ip, user, status = 5*]", None),
        ('"open', None),
        ("  ", None),
    ],
)
def test_a_filter_pattern_as_a_condition_of_insights(pattern: str, expected: str | None) -> None:
    """Patterns made of terms; those on fields and columns are not translated."""
    assert condition(pattern) == expected


def test_ids_that_could_break_out_are_left_out() -> None:
    """Whatever an alert calls a trace id."""
    assert ids(['a" or 1', "4bf92f3577b34da6a3ce929d0e0e4736", "x y z a", "0000-0000", "4bf92f3577b34da6a3ce929d0e0e4736"]) == (
        "4bf92f3577b34da6a3ce929d0e0e4736",
    )
    assert one_of(["a", "b"]) == '(@message like "a" or @message like "b")'
