"""Whatever people do to an entry, the bot's updates keep every line of theirs; and what is accepted is read without loss."""

import contextlib
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.core.entry.entry import Entry, amended, parse, render
from bot.core.entry.outline import outline
from bot.errors import BadEntry
from bot.texts.entry_page import new_entry, record_occurrence
from tests.occurrences import FIRST, SECOND, THIRD, occurrence, signature

pytestmark = pytest.mark.slow

quick = settings(deadline=None, max_examples=30, derandomize=True)
NEW = render(new_entry(signature(), occurrence(FIRST)))
TWO = render(record_occurrence(parse(NEW), occurrence(SECOND)))

LINES = st.sampled_from(
    [
        "",
        "Ada: see the runbook.",
        "---",
        "```",
        "~~~",
        "````",
        "  ```",
        "    code",
        "## Notes",
        "## Common Causes",
        "### Occurrence 9 - by hand",
        "# Title",
        "> quoted",
        "- item",
        "  - nested",
        "1. one",
        "<!--",
        "-->",
        "<!-- note -->",
        "<div>",
        "</div>",
        "| a | b |",
        "text  ",
        "\ttab",
        "é 😀 \u2028",
        "\\",
        "*",
        "=======",
        "<details>",
    ]
)
HANDWRITING = st.lists(LINES, min_size=1, max_size=6)


def body_start(text: str) -> int:
    """Index of the first line after the front matter."""
    return text.split("\n").index("---", 1) + 1


@st.composite
def edited(draw: st.DrawFn) -> tuple[str, list[str]]:
    """An entry with lines of a person in up to three places, marked so that each can be found again; and those lines."""
    lines = draw(st.sampled_from([NEW, TWO])).split("\n")
    for name in draw(st.lists(st.sampled_from(["## In short", "## Common Causes", "## Diagnosis History", "## Related Errors"]), max_size=2)):
        lines = [f"## Renamed {name[3:]}" if line == name else line for line in lines]
    theirs: list[str] = []
    first, end = body_start("\n".join(lines)), len(lines) - 1
    for place in sorted((min(first + at, end) for at in draw(st.lists(st.integers(0, 90), min_size=1, max_size=3))), reverse=True):
        written = draw(HANDWRITING)
        lines[place:place] = written
        theirs = written + theirs
    newline, bom, last = draw(st.sampled_from(["\n", "\r\n"])), draw(st.sampled_from(["", "\ufeff"])), draw(st.booleans())
    while not last and lines and not lines[-1]:
        lines.pop()
    while not last and theirs and not theirs[-1]:
        theirs.pop()
    return bom + newline.join(lines), theirs


def holds_in_order(text: str, lines: list[str]) -> bool:
    """Whether the lines stand in the text in this order, each as it was, other lines between them or not."""
    rest = iter(re.split(r"\r\n|\n", text))
    return all(any(line == other for other in rest) for line in lines)


@quick
@given(edited())
def test_every_line_of_a_person_survives_in_order(case: tuple[str, list[str]]) -> None:
    """Two more occurrences on top of any edit; only the bot's own lines may go."""
    text, theirs = case
    try:
        entry = parse(text)
    except BadEntry:
        return
    after = record_occurrence(record_occurrence(entry, occurrence(THIRD, cause="The pool is empty.")), occurrence("1766162764.000300"))
    assert holds_in_order(render(after), theirs)
    assert after.meta.occurrences == entry.meta.occurrences + 2
    assert parse(render(after)) == after


@quick
@given(edited())
def test_what_is_accepted_is_read_without_loss(case: tuple[str, list[str]]) -> None:
    """render(parse(text)) == text, and recording an alert that is there changes nothing the second time."""
    text, _ = case
    entry = parse(text)
    assert render(entry) == text
    once = record_occurrence(entry, occurrence(THIRD))
    assert record_occurrence(once, occurrence(THIRD)) == once


@quick
@given(edited())
def test_every_section_is_there_afterwards(case: tuple[str, list[str]]) -> None:
    """Once each as the bot reads it; the new block is found again."""
    after = record_occurrence(parse(case[0]), occurrence(THIRD))
    titles = [heading.title.casefold() for heading in outline(after.body).headings]
    for title in ("in short", "error signature", "diagnosis history", "common causes", "resolution patterns", "related errors"):
        assert title in titles
    assert "occurrence 2 - 2025-12-18t12:59:24z" in titles or "occurrence 3 - 2025-12-18t12:59:24z" in titles


@quick
@given(st.text(max_size=40), st.lists(st.text(max_size=12), max_size=3))
def test_any_text_can_be_kept_in_the_front_matter(text: str, items: list[str]) -> None:
    """Quoted so that YAML gives it back; what is no character of UTF-8 is refused."""
    entry = parse(NEW)
    changed: Entry = amended(entry, {"resolution": text, "owners": tuple(items)})
    assert (changed.meta.resolution, changed.meta.owners) == (text, tuple(items))
    assert parse(render(changed)) == changed
    assert changed.body == entry.body


@quick
@given(st.text(alphabet="-=.:#[]{}'\"|>&*!%@`\\ \n\tabno01é\x85", max_size=40))
def test_no_front_matter_brings_the_reader_down(front: str) -> None:
    """Either an entry or BadEntry, whatever stands there."""
    for text in (f"---\n{front}\n---\n", NEW.replace('culprit: "transfer_handler"', f"culprit: {front}")):
        with contextlib.suppress(BadEntry):
            assert render(parse(text)) == text


MARKDOWN = st.sampled_from(
    [
        "",
        "text",
        "## In short",
        "  ## In short",
        "    ## In short",
        "### x ###",
        "```",
        "````",
        "~~~",
        "  ```",
        "    ```",
        "   ~~~ py",
        "- item",
        "  more",
        "- ```",
        "1. one",
        "   ```",
        "<!--",
        "<!-- x -->",
        "-->",
        "<div>",
        "</details>",
        "<pre>",
        "</pre>",
        "> ```",
        "> ## q",
        "```a`b",
        "* * *",
        "---",
        "#no",
        "##",
        "`````",
        "- - x",
        "\t## tab",
        "-",
        "10) x",
    ]
)


@settings(deadline=None, max_examples=120, derandomize=True)
@given(st.lists(MARKDOWN, max_size=12))
def test_headings_are_those_that_markdown_sees(lines: list[str]) -> None:
    """The outline agrees with a CommonMark parser on every top-level heading of that form."""
    text = "\n".join(lines)
    tokens = MarkdownIt("commonmark").parse(text)
    expected = [token.map[0] for token in tokens if token.type == "heading_open" and token.level == 0 and token.map and token.markup.startswith("#")]
    page = outline(text)
    assert [text.count("\n", 0, heading.start) for heading in page.headings] == expected
    assert "".join(text[line.start : line.end] for line in page.lines) == text


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_recorded_occurrence_only_adds_lines_to_the_body(newline: str) -> None:
    """Beside the summary, no line of the body goes when nothing was edited."""
    before = NEW.replace("\n", newline)
    after = render(record_occurrence(parse(before), occurrence(SECOND)))
    kept = [line for line in parse(before).body.split(newline) if not line.startswith("<!-- errata:in-short")]
    assert holds_in_order(after, kept)
