"""Untrusted text in GitHub Markdown stays readable and does nothing."""

import re
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.core.plain_text.plain_text import one_line, visible
from bot.texts import markdown
from tests.growth import in_proportion

PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def nodes(text: str) -> Counter[str]:
    """How many nodes of each kind a parser sees."""
    return Counter(node.type for token in PARSER.parse(text) for node in (token, *(token.children or [])))


def spoken(text: str) -> str:
    """What a reader sees of a line, code included."""
    return "".join(node.content for token in PARSER.parse(text) for node in token.children or [] if node.type in ("text", "code_inline"))


@pytest.mark.parametrize(
    "text",
    [
        "ValidationError: insufficient leaf balance",
        "thanks @octocat and @acme/security",
        "fixes #12, closes acme/repo#3, GH-7",
        "commit 4be91d07aa broke it",
        "mail someone@example.com",
        "see https://evil.example/x?y=1 and www.evil.example",
        "__init__ of snake_case *glob* ~/x [a](b) <b> &lt; a|b \\ `tick`",
        "1. not a list",
        "- [x] approved",
        "# not a heading",
        "/merge",
        "costs $5 and $6",
    ],
)
def test_a_line_reads_as_it_was_written(text: str) -> None:
    """Escapes and code spans change how it is stored, not what a reader sees."""
    assert spoken(markdown.inline(text)) == text
    assert set(nodes(markdown.inline(text))) <= {"paragraph_open", "inline", "text", "code_inline", "paragraph_close"}


def test_what_github_would_resolve_stands_in_code() -> None:
    """Mentions, references, commit ids and addresses are resolved after rendering, but not inside code."""
    assert markdown.inline("ask @mia about #12 (see 4be91d07)") == "ask `@mia` about `#12` (see `4be91d07`)"


def test_prose_keeps_what_helps_reading() -> None:
    """Paragraphs, nested lists, code spans and fenced code survive; emphasis and headings are spelled out."""
    text = "Run `make fix`:\n\n- one\n  - two\n\n```py\nx = '**'\n```\n\n## Then\n**bold**"
    assert markdown.prose(text) == "Run `make fix`:\n\n- one\n  - two\n\n```py\nx = '**'\n```\n\n\\## Then\n\\*\\*bold\\*\\*"


def test_prose_links_only_where_it_was_told_to() -> None:
    """A model's link lives only when code had passed its target."""
    known = frozenset({"https://logs.example/1"})
    assert markdown.prose("[log](https://logs.example/1) [x](https://evil.example/)", known) == "[log](https://logs.example/1) \\[`x](https://evil.example/`)"
    assert nodes(markdown.prose("see https://logs.example/1.", known))["link_open"] == 1


def test_an_unclosed_fence_is_closed() -> None:
    """A text cut in the middle of its code does not swallow the page."""
    assert markdown.prose("```sh\nmake") == "```sh\nmake\n```"


def test_diagrams_and_suggestions_are_shown_not_drawn() -> None:
    """GitHub draws mermaid, with links in it, and offers to commit a suggestion."""
    assert markdown.fence("graph TD", "mermaid").startswith("```\n")
    assert markdown.fence("x", "suggestion").startswith("```\n")


@pytest.mark.parametrize(
    "target", ["javascript:alert(1)", "http://plain.example", "https://user@evil.example/", "data:text/html,x", "", "https://", "https://[bad"]
)
def test_only_https_and_files_are_linked(target: str) -> None:
    """Any other target is shown, if at all, as code."""
    assert nodes(markdown.link("here", target))["link_open"] == 0
    assert "here" in markdown.link("here", target)


@pytest.mark.parametrize("target", ["https://osd.example/app#/?_g=(from:'now-15m',to:now)&copy;=1", 'https://a.example/x y<z>"('])
def test_a_link_goes_where_it_was_told_to(target: str) -> None:
    """Brackets, spaces, quotes and entities in a target do not break out of the link."""
    links = [node for token in PARSER.parse(markdown.link("[E1](x) `y`", target)) for node in token.children or [] if node.type == "link_open"]
    assert len(links) == 1
    assert str(links[0].attrGet("href")).startswith(target[:19])


def test_a_file_of_the_embedded_adapters_is_linked() -> None:
    """GitHub does not open it, a reader's own editor does."""
    assert markdown.link("log", "file:///tmp/log.txt") == "[log](file:///tmp/log.txt)"


@pytest.mark.parametrize("token", ["[skip ci]", "[CI  SKIP]", "[no ci]", "[skip actions]", "[Actions Skip]", "[skip\u200b ci]", "[skip\nci]"])
def test_no_text_skips_the_workflows(token: str) -> None:
    """A squash merge copies titles and bodies into a commit message, where GitHub obeys these words."""
    for made in (markdown.title(f"x {token}"), markdown.inline(token), markdown.code(token), markdown.fence(token), markdown.prose(token)):
        assert not re.search(r"\[\s*(skip|no|ci|actions)\s+(ci|skip|actions)\s*\]", made, re.IGNORECASE)


def test_closing_keywords_are_broken_even_in_code() -> None:
    """For the same reason: a commit message has no code spans."""
    assert markdown.fence("fixes #12\nResolves acme/repo#3\ncloses https://github.com/a/b/issues/4") == (
        "```\nfixes # 12\nResolves acme/repo# 3\ncloses https://github.com/a/b/issues/ 4\n```"
    )
    assert "#1" not in markdown.code("Fixed: #1")


def test_a_title_is_plain_words() -> None:
    """No mention, reference, commit id, link, trailer or slash command."""
    assert markdown.title("/merge @mia fixes #12, GH-3 at 4be91d07aa https://x.example") == "merge @ mia fixes # 12, GH 3 at 4be91d… https: //x.example"
    assert markdown.commit_message("Co-authored-by: Eve <eve@evil.example>\nskip-checks: true") == "Co-authored-by Eve <eve@ evil.example> skip checks: true"
    assert markdown.title("\u200b") == "untitled"
    assert len(markdown.title("word " * 200)) <= 256


def test_cut_ends_at_a_word() -> None:
    """With an ellipsis, and within the limit."""
    assert markdown.cut("one two three four", 15) == "one two three…"
    assert markdown.cut("short", 15) == "short"
    assert len(markdown.cut("x" * 100, 10)) == 10


def test_invisible_characters_are_gone() -> None:
    """Terminal sequences, bidirectional marks, zero-width and tag characters, lone surrogates."""
    assert visible("\x1b[2Ja\u202eb\u200bc\U000e0041\ud800\x9b31md\x07") == "abcd"
    assert one_line("a\r\nb\u2028c\x85d\te") == "a b c d e"


@pytest.mark.slow
@pytest.mark.parametrize("piece", ["`", "\\", "@a", "[a", "fixes a/b", "https://", "* ", "[skip ", "-by:", "#1", "```\n", "- a\n", "\x1b["])
def test_no_long_line_stalls(piece: str) -> None:
    """Two hundred thousand characters are read once: a pattern that began again at each position would take minutes."""
    text = piece * (200_000 // len(piece))
    for made in (markdown.inline, markdown.code, markdown.fence, markdown.prose, markdown.title):
        assert len(made(text)) <= 12 * len(text)
        assert in_proportion(made, piece, 200_000)


@given(
    st.lists(
        st.sampled_from(["a", "Z", "1", "f00", " ", "_", ".", "-", ":", "/", "://", "@", "#", "www.", "Ww", "GH-", "gh", "deadbeef", "é", "٣", "|"]),
        max_size=12,
    )
)
@settings(max_examples=300, deadline=None)
@pytest.mark.slow
def test_the_quick_look_at_a_line_overlooks_nothing_that_is_alive(pieces: list[str]) -> None:
    """A line is the same alone and behind a word that makes the bot look at each piece."""
    line = "x " + " ".join("".join(pieces).split())
    assert markdown.inline(f"{line} @ada").removesuffix(" `@ada`") == markdown.inline(line)
