"""Whatever is written into a page, a Slack message or a pull request, it stays text and breaks nothing around it."""

import re
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.core.request.pull_request_marks import BEGIN, END, contents_of, framed, labels_of, merge_body
from bot.texts import markdown, mrkdwn

pytestmark = pytest.mark.slow

PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
HUMAN = st.text().filter(lambda text: "errata:" not in text)


def nodes(text: str) -> Counter[str]:
    """How many nodes of each kind a parser sees."""
    return Counter(node.type for token in PARSER.parse(text) for node in (token, *(token.children or [])))


@given(st.text(max_size=60))
@settings(max_examples=60, deadline=None)
def test_any_line_is_one_inert_paragraph(text: str) -> None:
    """Whatever comes in, no node but text and code comes out, in a paragraph, a list and a table."""
    line = markdown.inline(text)
    plain = {"paragraph_open", "inline", "text", "code_inline", "paragraph_close"}
    assert set(nodes(line)) <= plain
    assert nodes(f"| a | b |\n| --- | --- |\n| {line} | {markdown.code(text, in_table=True)} |")["td_open"] == 2
    assert nodes(f"- {line}")["list_item_open"] == 1


@given(st.text(max_size=80))
@settings(max_examples=60, deadline=None)
def test_a_fence_holds_everything(text: str) -> None:
    """Nothing inside closes it, and nothing after it is swallowed."""
    seen = PARSER.parse(f"before\n\n{markdown.fence(text, 'python')}\n\nafter")
    assert [token.type for token in seen if token.level == 0] == ["paragraph_open", "paragraph_close", "fence", "paragraph_open", "paragraph_close"]


@given(st.text(alphabet="`~- \n*#[]()>1.|<ab", max_size=80))
@settings(max_examples=60, deadline=None)
def test_prose_has_paragraphs_lists_and_code_only(text: str) -> None:
    """All other syntax of a written text shows as characters."""
    allowed = {"paragraph", "bullet_list", "ordered_list", "list_item", "inline", "text", "code_inline", "fence", "softbreak"}
    assert {kind.removesuffix("_open").removesuffix("_close") for kind in nodes(markdown.prose(text))} <= allowed


@given(st.lists(st.sampled_from(["`a b`", "<https://a.example/x|label>", "&amp;", "word", "```\nx\ny\n```", "\n", " "]), max_size=30), st.integers(40, 120))
@settings(max_examples=60, deadline=None)
def test_ready_text_is_cut_between_its_pieces(pieces: list[str], limit: int) -> None:
    """Never inside an entity, a link, a code span or an open block."""
    made = mrkdwn.shortened(" ".join(pieces), limit)
    assert len(made) <= limit
    assert made.count("```") % 2 == 0
    rest = re.sub(r"```.*?```", "", made, flags=re.DOTALL)
    assert rest.count("`") % 2 == 0
    assert not re.search(r"[<>]|&(?!amp;)", re.sub(r"<https://a\.example/x\|label>", "", rest))


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


@given(st.lists(st.text(min_size=1), max_size=5))
def test_labels_come_back_as_they_were(labels: list[str]) -> None:
    """Also those with quotes, arrows and line breaks."""
    assert labels_of(framed("body", "c1", tuple(labels))) == tuple(labels)
