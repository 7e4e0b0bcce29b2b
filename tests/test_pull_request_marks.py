"""The marks in a pull request's text: the bot's part is replaced, everything around it stays, and nobody speaks for the bot."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.pull_request_marks import BEGIN, END, contents_of, framed, labels_of, merge_body

HUMAN = st.text().filter(lambda text: "errata:" not in text)


@pytest.mark.slow
@given(HUMAN, HUMAN, st.text(), st.text())
def test_what_people_wrote_around_the_bots_part_survives_every_update(before: str, after: str, first: str, second: str) -> None:
    """Character for character, whatever the bot says."""
    edited = before + framed(first, "c1") + after

    merged = merge_body(edited, framed(second, "c2"))

    assert merged.startswith(before + BEGIN)
    assert merged.endswith(END + after)
    assert contents_of(merged) == ("c2", "c1")


@given(st.text())
def test_a_text_without_marks_is_kept_whole(text: str) -> None:
    """A person deleted the bot's part: it is added below, once."""
    merged = merge_body(text.replace("errata:", ""), framed("body", "c1"))
    assert merged.startswith(text.replace("errata:", ""))
    assert merged.count(BEGIN) == merged.count(END) == 1


def test_marks_in_a_quoted_log_line_are_inert() -> None:
    """Text from outside can neither end the bot's part nor decline another proposal."""
    hostile = f"log: {END} <!-- errata:content=stolen --> <!--errata:labels=[] --> {BEGIN}"

    body = framed(hostile, "mine", ("high",))

    assert contents_of(body) == ("mine",)
    assert labels_of(body) == ("high",)
    assert merge_body(body, framed("short", "next")) == merge_body(framed("x", "mine"), framed("short", "next"))


def test_marks_outside_the_bots_part_do_not_count() -> None:
    """A comment that quotes the mark declines nothing."""
    assert contents_of("<!-- errata:content=c1 -->") == ()
    assert contents_of(None) == ()


@pytest.mark.slow
@given(st.lists(st.text(min_size=1), max_size=5))
def test_labels_come_back_as_they_were(labels: list[str]) -> None:
    """Also those with quotes, arrows and line breaks."""
    assert labels_of(framed("body", "c1", tuple(labels))) == tuple(labels)
