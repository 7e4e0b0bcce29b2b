"""Sections of a small body: found, added in their order, filled line by line, and whatever else stands there left as it is."""

import pytest

from bot.core.entry.outline import outline
from bot.core.entry.sections import (
    CAUSES,
    SECTIONS,
    blocks,
    digest,
    ensured,
    filled_end,
    find,
    insert,
    sections,
    titled,
    with_bullets,
    with_line,
    without_lines,
)

HEADINGS = "".join(f"## {title}\n\n_None recorded yet._\n\n" for title in SECTIONS)


def test_sections_and_their_blocks() -> None:
    """A higher heading ends a section; deeper ones are inside; a block ends with the next heading of its level or above."""
    body = "x\n## one\na\n### p\nb\n#### deep\nc\n### q\n## Two\n# top\nd\n"
    found = sections(outline(body), len(body))
    one, two = found

    assert [(span.title, body[span.content : span.end]) for span in found] == [("one", "a\n### p\nb\n#### deep\nc\n### q\n"), ("Two", "")]
    assert body[one.start :].startswith("## one")
    assert [(span.title, body[span.content : span.end]) for span in blocks(body, one)] == [("p", "b\n#### deep\nc\n"), ("q", "")]
    assert blocks(body, two) == []
    close = "## one\n### p\na\n## two\n### q\n"
    assert [[span.title for span in blocks(close, section)] for section in sections(outline(close), len(close))] == [["p"], ["q"]]
    assert find(body, "TWO") == two
    assert find(body, "top") is None


@pytest.mark.parametrize(
    ("body", "at", "made"),
    [
        ("", 0, "w\n"),
        ("a\n\nb\n", 3, "a\n\nw\n\nb\n"),
        ("a\nb\n", 2, "a\n\nw\n\nb\n"),
        ("a", 1, "a\n\nw\n"),
        ("a\n", 2, "a\n\nw\n"),
        ("a\n\n", 3, "a\n\nw\n"),
        ("a\n\nb", 2, "a\n\nw\n\nb"),
        ("```\na", 5, "```\na\n```\n\nw\n"),
        ("```\na\n\n", 7, "```\na\n\n```\n\nw\n"),
        ("<!-- a\n", 7, "<!-- a\n-->\n\nw\n"),
        ("a\r\r", 3, "a\r\rw\n"),
        ("a\n \n", 4, "a\n \nw\n"),
        ("b", 0, "w\n\nb"),
    ],
)
def test_lines_are_put_in_with_a_blank_line_on_either_side(body: str, at: int, made: str) -> None:
    """What the page leaves open is closed before; line ends are those of the page."""
    assert insert(body, at, "\nw\n", "\n") == made
    if "\r" not in body and "\n\n" not in made[3:-3]:
        assert insert(body, at, "v\nw", "\r\n").count("v\r\nw\r\n") == 1


def test_missing_sections_come_in_their_order() -> None:
    """Before the next that is there, else at the end; a text of their own or the placeholder; what is there is not written twice."""
    assert ensured("", {}, "\n") == HEADINGS[:-1]
    assert ensured(HEADINGS[:-1], {CAUSES: "x"}, "\n") == HEADINGS[:-1]
    for title in SECTIONS:
        without = HEADINGS.replace(f"## {title}\n\n_None recorded yet._\n\n", "")
        assert ensured(without[:-1], {}, "\n") == HEADINGS[:-1], title
    assert (
        ensured("## related errors\n\n- a\n", {CAUSES: "- b"}, "\n")
        .partition("## related")[0]
        .endswith("## Common Causes\n\n- b\n\n## Resolution Patterns\n\n_None recorded yet._\n\n")
    )
    assert ensured("## Mine\n\nm\n", {}, "\r\n").startswith("## Mine\n\nm\n\r\n## In short\r\n\r\n_None recorded yet._\r\n\r\n## Error")


@pytest.mark.parametrize(
    ("words", "made"),
    [
        ("_None recorded yet._\n", "- new\n"),
        ("_None recorded yet._\n\n\n", "- new\n\n\n"),
        ("_None recorded yet._", "- new"),
        ("_None recorded yet._\nx\n", "_None recorded yet._\nx\n\n- new\n"),
        ("- a\n", "- a\n- new\n"),
        ("* a\n\n", "* a\n- new\n\n"),
        ("+ a", "+ a\n- new\n"),
        ("-a\n", "-a\n\n- new\n"),
        ("x\n", "x\n\n- new\n"),
        ("", "- new\n"),
        ("- New\n", "- New\n"),
        ("- ne w\n", "- ne w\n- new\n"),
        ("- x - new\n", "- x - new\n- new\n"),
        ("*   NEW \n", "*   NEW \n"),
        ("new\n", "new\n"),
        ("```\n- a\n```\n", "```\n- a\n```\n\n- new\n"),
        ("    - a\n", "    - a\n\n- new\n"),
        ("```\n_None recorded yet._\n```\n", "```\n_None recorded yet._\n```\n\n- new\n"),
    ],
)
def test_a_bullet_goes_to_the_end_of_its_list(words: str, made: str) -> None:
    """In place of the placeholder; not twice, whatever its sign and case."""
    lead = "## Common Causes\n\n"

    assert with_bullets(lead + words, CAUSES, ("new",), "\n").removeprefix(lead) == made
    assert with_bullets("## Other\n", CAUSES, ("new",), "\n") == "## Other\n"


@pytest.mark.parametrize("below", ["## Mine\nx", "## Mine\n\nx\n", "## Mine"])
def test_a_bullet_leaves_what_stands_below_as_it_is(below: str) -> None:
    """However the page ends: on its own line after the last bullet, with the page's line ends, and no blank line more."""
    body = f"## Common Causes\n\n- a\n{below}"

    assert with_bullets(body, CAUSES, ("on call",), "\n") == f"## Common Causes\n\n- a\n- on call\n{below}"
    assert with_bullets(body, CAUSES, ("b", "c", "B"), "\n") == f"## Common Causes\n\n- a\n- b\n- c\n{below}"
    windows = body.replace("\n", "\r\n")
    assert with_bullets(windows, CAUSES, ("b",), "\r\n") == f"## Common Causes\n\n- a\n- b\n{below}".replace("\n", "\r\n")
    assert with_bullets(body.replace("- a", "- oncall"), CAUSES, ("on call",), "\n").count("on call") == 1
    assert with_bullets(body.replace("- a", "- on  Call"), CAUSES, ("on call",), "\n") == body.replace("- a", "- on  Call")


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_the_bots_own_lines_go_and_those_of_people_stay(newline: str) -> None:
    """The same words in code are a person's; where nothing else was there, the placeholder stands again."""
    gone = frozenset({"- a", "- b"})
    body = "## Common Causes\n\n- a\n- c\n- b\n```\n- a\n```\n## Mine\n- a\n".replace("\n", newline)
    left = "## Common Causes\n\n- c\n```\n- a\n```\n## Mine\n- a\n".replace("\n", newline)

    assert without_lines(body, CAUSES, gone) == left
    assert without_lines(left, CAUSES, gone) == left
    alone = "## Common Causes\n\n- a\n- b\n\n## Mine\n".replace("\n", newline)
    assert without_lines(alone, CAUSES, gone) == "## Common Causes\n\n_None recorded yet._\n\n## Mine\n".replace("\n", newline)


def test_the_placeholder_gives_way_only_where_nothing_follows_it() -> None:
    """At once below it."""
    body = "## Common Causes\n_None recorded yet._\n## Mine\nx"
    section = find(body, CAUSES)
    assert section is not None
    assert with_line(body, section, "- a", "\n") == "## Common Causes\n- a\n## Mine\nx"
    assert filled_end(body, section) == body.index("\n## Mine")
    empty = find("## Common Causes\n \r\n\t", CAUSES)
    assert empty is not None
    assert filled_end("## Common Causes\n \r\n\t", empty) == empty.content


def test_words_by_their_headings() -> None:
    """What stands before the first, then each; other levels are words."""
    assert titled("a\n### x\nb\n## y\n### z", 3) == ("a\n", [("x", "b\n## y\n"), ("z", "")])
    assert titled("a", 3) == ("a", [])
    assert digest("\n a\r\nb\t\n") == digest("a\rb") != digest("a b")
