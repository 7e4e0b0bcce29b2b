"""Untrusted text in Slack's mrkdwn makes no mention, no link and no broken block."""

import re

import pytest

from bot.texts import mrkdwn


@pytest.mark.parametrize("text", ["<!channel>", "<@U012AB3CD>", "<!subteam^S1>", "<https://evil.example|ok>", "&<!here", "<\u200b!channel>"])
def test_no_token_survives(text: str) -> None:
    """Every angle bracket and ampersand is an entity."""
    for made in (mrkdwn.escape(text), mrkdwn.line(text), mrkdwn.code(text), mrkdwn.fence(text)):
        assert not re.search(r"[<>]|&(?!amp;|lt;|gt;)", made)


def test_escaping_is_exactly_three_entities() -> None:
    """In the order that Slack asks for, and nothing else encoded."""
    assert mrkdwn.escape("a & b < c > d 'e' \"f\"") == "a &amp; b &lt; c &gt; d 'e' \"f\""


def test_text_is_cut_before_it_is_escaped() -> None:
    """So no entity is halved."""
    assert mrkdwn.escape("&&&&&&&&&&", 4) == "&amp;&amp;&amp;…"


def test_backticks_inside_do_not_end_the_code() -> None:
    """Slack knows no longer fence: a grave accent stands for them."""
    assert mrkdwn.code("a `b` c") == "`a ˋbˋ c`"
    assert mrkdwn.fence("x\n```\n<!here>") == "```\nx\nˋˋˋ\n&lt;!here&gt;\n```"
    assert mrkdwn.code("") == mrkdwn.fence("") == ""


def test_a_line_is_not_formatted_by_its_author() -> None:
    """Asterisks, underscores and tildes around words are replaced by look-alikes; inside words they stay."""
    assert mrkdwn.line("*bold* snake_case 2*3\n~x~") == "∗bold∗ snake_case 2*3 ∼x∼"


def test_links_go_to_https_only() -> None:
    """Anything else gives the label."""
    assert mrkdwn.link("https://a.example/x?a=1&b=<2>|3", "a | b") == "<https://a.example/x?a=1&amp;b=%3C2%3E%7C3|a / b>"
    assert mrkdwn.link("javascript:alert(1)", "x") == mrkdwn.link("https://", "x") == mrkdwn.link("https://u@evil.example", "x") == "x"
