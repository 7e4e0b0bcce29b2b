"""GitHub's refusals in words: what to do, in whole sentences."""

import pytest

from bot.core.systems.github_refusals import refusal


@pytest.mark.parametrize(
    ("wait", "remedy"),
    [
        ("1", "run this again in 1 second"),
        ("2", "run this again in 2 seconds"),
        ("0", "run this again in 0 seconds"),
        ("soon", "run this again in some minutes; `gh api rate_limit` says when the limit is reset"),
    ],
)
def test_a_limit_says_when_to_come_back(wait: str, remedy: str) -> None:
    """In the number that it is."""
    assert refusal(429, {"message": "Too many requests"}, {"Retry-After": wait}).remedy == remedy
