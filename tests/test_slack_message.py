"""A raw Slack message's text and links, wherever the posting app put them."""

import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.slack_message import collect, decode

DISCOVER = "https://logs.us-west-2.acme.io/app/discover#/?_g=(time:(from:now-15m,to:now))&_a=(query:(query:'level:ERROR'))"


def section(text: str) -> dict[str, Any]:
    """A mrkdwn section block."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def rich_text(*elements: dict[str, Any]) -> dict[str, Any]:
    """A rich_text block."""
    return {"type": "rich_text", "elements": list(elements)}


def words(text: str) -> dict[str, Any]:
    """A rich_text_section of plain words."""
    return {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}


@pytest.mark.parametrize(
    ("posted", "read"),
    [
        ("<https://x.io/a?b=1&amp;c=2|logs> &amp; more", "logs & more"),
        ("see <https://x.io/a?b=1&amp;c=2>", "see https://x.io/a?b=1&c=2"),
        ("<@U024BE7LH> <@U024BE7LH|ada> <#C024BE91L|alerts> <#C024BE91L>", "@user @ada #alerts #channel"),
        ("<!here> <!channel> <!subteam^S012|@oncall> <!subteam^S012>", "@here @channel @oncall @group"),
        ("<!date^1765864885^{date_short}|Dec 16> <!date^1765864885^{date}^https://x.io>", "Dec 16 1765864885"),
        ("Map&lt;String, List&lt;int&gt;&gt;", "Map<String, List<int>>"),
        ("&amp;lt; stays &lt;", "&lt; stays <"),
        ("&lt;@U024BE7LH&gt; &lt;!here&gt;", "<@U024BE7LH> <!here>"),
        ("a < b > c, <module> at <0x7f>, &nbsp;", "a < b > c, <module> at <0x7f>, &nbsp;"),
        ("<mailto:a@b.io|a@b.io>", "a@b.io"),
    ],
)
def test_slack_tokens_become_what_a_reader_sees(posted: str, read: str) -> None:
    """Tokens first, entities once and last: what was escaped stays text."""
    assert decode(posted) == read


def test_an_alert_reads_the_same_whoever_it_mentions() -> None:
    """Two mentions, one signature."""
    assert decode("<@U1AAAAAAA> transfer failed") == decode("<@U2BBBBBBB> transfer failed")


def test_every_place_is_read_in_slacks_order() -> None:
    """Text, blocks, attachments, files."""
    text, _ = collect(
        {
            "files": [{"name": "trace.txt", "preview": "Traceback (most recent call last):\n  File &lt;x&gt;"}],
            "attachments": [
                {
                    "pretext": "from Sentry",
                    "title": "ValidationError",
                    "text": "insufficient leaf balance",
                    "fields": [{"title": "service", "value": "transfers"}, {"title": "", "value": "alone"}],
                    "fallback": "not shown",
                    "footer": "acme",
                    "blocks": [section("inside")],
                }
            ],
            "blocks": [
                {"type": "header", "text": {"type": "plain_text", "text": "Alert &amp; more"}},
                section("in *transfer_handler*") | {"fields": [{"type": "mrkdwn", "text": "*env*: prod"}, {"type": "plain_text", "text": "<!here> verbatim"}]},
                {
                    "type": "context",
                    "elements": [{"type": "mrkdwn", "text": "host a.us-west-2"}, {"type": "image", "image_url": "https://x.io/i.png", "alt_text": "i"}],
                },
                {"type": "markdown", "text": "**bold** words"},
                {"type": "divider"},
            ],
            "text": "first",
        }
    )
    assert text.splitlines() == [
        "first",
        "Alert & more",
        "in *transfer_handler*",
        "*env*: prod",
        "<!here> verbatim",
        "host a.us-west-2",
        "**bold** words",
        "from Sentry",
        "ValidationError",
        "insufficient leaf balance",
        "service: transfers",
        "alone",
        "inside",
        "acme",
        "trace.txt",
        "Traceback (most recent call last):",
        "  File &lt;x&gt;",
    ]


def test_rich_text_of_every_kind_is_read() -> None:
    """Lists, quotes, preformatted text, mentions, links and emoji; indentation of a stack trace stays."""
    text, links = collect(
        {
            "blocks": [
                rich_text(
                    {
                        "type": "rich_text_section",
                        "elements": [
                            {"type": "emoji", "name": "fire"},
                            {"type": "text", "text": " paging "},
                            {"type": "user", "user_id": "U1"},
                            {"type": "usergroup", "usergroup_id": "S1"},
                            {"type": "channel", "channel_id": "C1"},
                            {"type": "broadcast", "range": "channel"},
                            {"type": "date", "timestamp": 1765864885, "format": "{date}", "fallback": "Dec 16"},
                            {"type": "text", "text": " see "},
                            {"type": "link", "url": "https://x.io/a?b=1&c=2", "text": "logs"},
                            {"type": "link", "url": "https://x.io/bare"},
                        ],
                    },
                    {"type": "rich_text_list", "style": "bullet", "indent": 0, "elements": [words("one"), words("two")]},
                    {"type": "rich_text_list", "style": "ordered", "indent": 1, "elements": [words("three")]},
                    {"type": "rich_text_quote", "elements": [{"type": "text", "text": "quoted"}]},
                    {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "Traceback:\n    raise X(a &lt; b)\n"}]},
                )
            ]
        }
    )
    assert text.splitlines() == [
        ":fire: paging @user@group#channel@channelDec 16 see logshttps://x.io/bare",
        "• one",
        "• two",
        "  1. three",
        "> quoted",
        "Traceback:",
        "    raise X(a < b)",
    ]
    assert links == ("https://x.io/a?b=1&c=2", "https://x.io/bare")


def test_tables_are_read_by_row() -> None:
    """Cells are raw or rich text."""
    cell = {"type": "raw_text", "text": "service"}
    text, _ = collect(
        {
            "blocks": [
                {
                    "type": "table",
                    "rows": [
                        [cell, {"type": "rich_text", "elements": [words("transfers")]}],
                        [{"type": "raw_text", "text": "count"}, {"type": "raw_text", "text": "3"}],
                    ],
                }
            ]
        }
    )
    assert text.splitlines() == ["service | transfers", "count | 3"]


def test_links_are_kept_apart_wherever_they_stand() -> None:
    """Tokens, bare links, buttons, menus, titles, rich text; entities resolved, brackets of Discover links kept, each once."""
    _, links = collect(
        {
            "text": f"<https://x.io/a?b=1&amp;c=2|logs> and (see {DISCOVER}). https://x.io/a?b=1&amp;c=2",
            "blocks": [
                {
                    "type": "actions",
                    "elements": [
                        {"type": "button", "text": {"type": "plain_text", "text": "Open"}, "url": "https://x.io/button"},
                        {"type": "overflow", "options": [{"url": "https://x.io/menu"}]},
                    ],
                },
                section("hi") | {"accessory": {"type": "button", "text": {"type": "plain_text", "text": "Go"}, "url": "https://x.io/accessory"}},
            ],
            "attachments": [{"title": "t", "title_link": "https://x.io/title", "actions": [{"type": "button", "text": "Ack", "url": "https://x.io/ack"}]}],
            "files": [{"name": "n", "preview": "GET https://x.io/file, then"}],
        }
    )
    assert links == (
        "https://x.io/a?b=1&c=2",
        DISCOVER,
        "https://x.io/button",
        "https://x.io/menu",
        "https://x.io/accessory",
        "https://x.io/title",
        "https://x.io/ack",
        "https://x.io/file",
    )


def test_button_labels_are_no_part_of_the_alert() -> None:
    """ "Acknowledge" says nothing about the error."""
    text, _ = collect(
        {"text": "down", "blocks": [{"type": "actions", "elements": [{"type": "button", "text": {"type": "plain_text", "text": "Acknowledge"}}]}]}
    )
    assert text == "down"


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "file:///etc/passwd", "slack://channel", "https://x.io/a b", "https://x.io/\x1b[31m", "https://", "//x.io"]
)
def test_only_web_links_are_links(url: str) -> None:
    """Anything that a browser should not be sent to is left out."""
    assert collect({"attachments": [{"title": "t", "title_link": url}], "blocks": [{"type": "button", "url": url}]})[1] == ()


@pytest.mark.parametrize(
    "message",
    [
        {"text": "*ValidationError* in `transfer_handler`", "blocks": [rich_text(words("ValidationError in transfer_handler"))]},
        {"text": "ValidationError in transfer_handler", "blocks": [section("*ValidationError* in `transfer_handler`")]},
        {"text": "ValidationError in transfer_handler", "attachments": [{"fallback": "ValidationError in transfer_handler"}]},
    ],
)
def test_a_fallback_repeated_in_blocks_is_said_once(message: dict[str, Any]) -> None:
    """mrkdwn and rich text of one sentence are one sentence."""
    assert collect(message)[0].count("transfer_handler") == 1


def test_what_a_larger_part_holds_whole_is_not_said_apart() -> None:
    """A summary line that the block repeats as its first; and lines that only look alike stay."""
    text, _ = collect({"text": "transfer failed", "blocks": [section("*transfer failed*\nbalance -5"), section("balance 5"), section("transfer")]})
    assert text.splitlines() == ["*transfer failed*", "balance -5", "balance 5", "transfer"]


def test_a_stack_trace_keeps_its_repeated_lines() -> None:
    """Repetition within one part, as in recursion, is content."""
    trace = "Traceback:\n  walk(node)\n  walk(node)\nRecursionError"
    assert collect({"text": trace})[0] == trace


def test_the_fallback_speaks_only_when_nothing_else_does() -> None:
    """An attachment of image and fallback alone is read by its fallback."""
    assert collect({"attachments": [{"fallback": "CPU &gt; 90%", "image_url": "https://x.io/i.png"}]})[0] == "CPU > 90%"
    assert collect({"attachments": [{"fallback": "CPU", "text": "disk"}]})[0] == "disk"


def test_a_forwarded_message_is_read() -> None:
    """Its blocks stand in an envelope inside the attachment."""
    assert collect({"attachments": [{"message_blocks": [{"team": "T1", "message": {"blocks": [rich_text(words("forwarded"))]}}]}]})[0] == "forwarded"


def test_unknown_kinds_of_block_are_read_by_the_usual_keys() -> None:
    """Slack adds kinds; an alert in one is better read than lost."""
    block = {
        "type": "card",
        "title": {"type": "plain_text", "text": "Down"},
        "body": {"type": "mrkdwn", "text": "since <https://x.io|noon>"},
        "blocks": [section("deeper")],
    }
    assert collect({"blocks": [block]}) == ("Down\nsince noon\ndeeper", ("https://x.io",))


def test_deep_nesting_and_five_megabytes_are_bounded() -> None:
    """A hostile message costs little and raises nothing."""
    nest: dict[str, Any] = section("bottom")
    for _ in range(5000):
        nest = {"type": "container", "blocks": [nest]}
    million = 1_000_000
    began = time.process_time()
    for message in (
        {"blocks": [nest]},
        {"text": "a" * 5 * million},
        {"text": "<https://x.io|" * 400_000},
        {"text": "https://x.io/" + ")" * 5 * million},
        {"text": "<" * 5 * million, "blocks": [section("&amp;" * 100_000)] * 400},
        {"blocks": [section(f"line {number}") for number in range(20_000)]},
        {"blocks": [rich_text(*[words("x" * 40_000)] * 400)]},
    ):
        text, links = collect(message)
        assert len(text) <= 201_000
        assert len(links) <= 200
    assert time.process_time() - began < 5


def test_text_can_always_be_written_to_a_file() -> None:
    """Lone surrogates, which JSON lets through, do not reach a file."""
    text, links = collect(json.loads('{"text": "bad \\ud800 <https://x.io/\\ud800>"}'))
    assert text.encode()
    assert "".join(links).encode()


KEYS = (
    "text",
    "blocks",
    "attachments",
    "files",
    "type",
    "elements",
    "fields",
    "title",
    "value",
    "url",
    "title_link",
    "rows",
    "fallback",
    "preview",
    "indent",
    "message_blocks",
    "message",
    "options",
    "timestamp",
    "accessory",
)
KINDS = (
    "section",
    "rich_text",
    "rich_text_list",
    "rich_text_section",
    "rich_text_quote",
    "table",
    "button",
    "overflow",
    "mrkdwn",
    "plain_text",
    "link",
    "date",
    "header",
    "odd",
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.sampled_from(KINDS),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6),
    max_leaves=25,
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(KEYS), ANYTHING, max_size=6))
def test_no_shape_makes_it_raise(message: dict[str, Any]) -> None:
    """Wrong types anywhere are passed over."""
    text, links = collect(message)
    assert isinstance(text, str)
    assert all(link.startswith(("http", "HTTP")) for link in links)
