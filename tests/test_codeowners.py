"""Reviewers come from CODEOWNERS as GitHub reads it."""

import pytest

from bot.core.codeowners import owners

ENTRY = "knowledge/errors/transfer_handler_ValidationError_848eac.md"


@pytest.mark.parametrize(
    ("codeowners", "expected"),
    [
        ("* @ada", ("ada",)),
        ("* @ada\n/knowledge/ @acme/knowledge @mira", ("acme/knowledge", "mira")),
        ("/knowledge/errors/transfer_* @acme/transfers\n", ("acme/transfers",)),
        ("knowledge/errors/*.md @ada", ("ada",)),
        ("errors/ @ada", ("ada",)),
        ("**/errors/ @ada", ("ada",)),
        ("*.md @ada # people who write", ("ada",)),
        ("* @ada\n/knowledge/", ()),
        ("# * @ada", ()),
        ("/docs/ @ada", ()),
        ("* someone@example.com @ada @not;a;name", ("ada",)),
        ("knowledge/errors/ @ada\r\n", ("ada",)),
        ("", ()),
        ("(" * 400 + " @ada\n" + "*" * 5000 + " @bo", ("bo",)),
    ],
)
def test_the_last_pattern_that_matches_wins(codeowners: str, expected: tuple[str, ...]) -> None:
    """Anchored and floating patterns, folders, stars, comments, teams, e-mail owners, rubbish."""
    assert owners(codeowners, ENTRY) == expected
