"""The marks in a pull request's text: the bot's part is replaced, everything around it stays, and nobody speaks for the bot."""

from bot.core.request.pull_request_marks import BEGIN, END, contents_of, framed, labels_of, merge_body


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


def test_words_behind_a_deleted_end_are_never_replaced() -> None:
    """Somebody deleted the line that ends the bot's part, and wrote there: two updates later it still stands."""
    broken = framed("Old words.", "c1").removesuffix(END) + "\nWritten by a person.\n"

    once = merge_body(broken, framed("New words.", "c2"))
    twice = merge_body(once, framed("Newest words.", "c3"))

    assert contents_of(once) == ("c2",)
    assert contents_of(twice)[0] == "c3"
    assert "Written by a person." in twice
    assert "New words." not in twice
