"""A hostile Slack message costs little and breaks nothing."""

import json
from typing import Any

import pytest

from bot.core.alert.slack_message import collect
from tests.slack_blocks import rich_text, section, words


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
