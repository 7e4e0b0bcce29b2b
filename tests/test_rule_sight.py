"""What rules do not look at: what a caller sent of his own, and the mere name of a type."""

import pytest

from bot.core.rules.ranking import ranked
from bot.core.rules.rule import Sample
from bot.core.rules.sight import sight_of
from bot.diagnosers.rule_book import shipped


def _ids(sample: str | Sample) -> set[str]:
    return {match.rule.id for match in ranked(shipped().rules, sight_of(sample))}


@pytest.mark.parametrize(
    "line",
    [
        'handler failed ua="Mozilla/5.0 (too many open files)" path=/a',
        '{"message": "handler failed", "user_agent": "no space left on device"}',
        "query failed q='how to fix connection refused'",
        '10.0.0.9 - - [02/Mar/2026:09:12:44 +0000] "GET /a HTTP/1.1" 200 12 "https://x.example/?deadlock-detected" "too many connections"',
    ],
)
def test_what_a_caller_sent_matches_no_rule(line: str) -> None:
    """The browser's name, the page before, and what was searched for."""
    assert _ids(line) == set()


def test_words_beside_what_a_caller_sent_still_match() -> None:
    """Only the caller's value is left out."""
    assert "os-disk-full" in _ids('No space left on device ua="Mozilla/5.0" path=/a')


@pytest.mark.parametrize("line", ["ValidationError", "ValidationError: insufficient leaf balance", "ValueError: 7"])
def test_a_type_that_code_raises_itself_is_no_refused_input(line: str) -> None:
    """It needs words that say so; nor does a check that a change took away raise it."""
    assert not _ids(Sample(line, fact="suspect_removed_guard")) & {"http-bad-request", "app-removed-guard"}


def test_a_type_with_words_of_refused_input_matches() -> None:
    """The words stand beside the type."""
    assert "http-bad-request" in _ids("ValidationError: field email is required")
