"""A hostile Slack message costs little and breaks nothing."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.slack_message import collect


def section(text: str) -> dict[str, Any]:
    """A mrkdwn section block."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def rich_text(*elements: dict[str, Any]) -> dict[str, Any]:
    """A rich_text block."""
    return {"type": "rich_text", "elements": list(elements)}


def words(text: str) -> dict[str, Any]:
    """A rich_text_section of plain words."""
    return {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}


@pytest.mark.slow
def test_deep_nesting_and_five_megabytes_are_bounded() -> None:
    """A hostile message costs little and raises nothing."""
    nest: dict[str, Any] = section("bottom")
    for _ in range(5000):
        nest = {"type": "container", "blocks": [nest]}
    million = 1_000_000
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


@pytest.mark.slow
@settings(max_examples=30, deadline=None)
@given(st.dictionaries(st.sampled_from(KEYS), ANYTHING, max_size=6))
def test_no_shape_makes_it_raise(message: dict[str, Any]) -> None:
    """Wrong types anywhere are passed over."""
    text, links = collect(message)
    assert isinstance(text, str)
    assert all(link.startswith(("http", "HTTP")) for link in links)
