"""A raw Slack message's text and links, wherever the posting app put them."""

from typing import Any

import pytest

from bot.core.alert.slack_message import collect, decode
from tests.slack_blocks import rich_text, section, words

DISCOVER = "https://logs.us-west-2.acme.io/app/discover#/?_g=(time:(from:now-15m,to:now))&_a=(query:(query:'level:ERROR'))"


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
    """What a button offers says nothing about the error."""
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
    """Formatted text and rich text of one sentence are one sentence."""
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
