"""Reviewers come from CODEOWNERS as GitHub reads it."""

import pytest

from bot.core.code.codeowners import owners

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


@pytest.mark.parametrize(
    ("pattern", "path", "owned"),
    [
        ("docs/*", "docs/a.md", True),
        ("docs/*", "docs/deep/a.md", False),
        ("*", "deep/er/a.md", True),
        ("/*", "deep/a.md", False),
        ("*.js", "deep/a.js", True),
        ("apps/", "deep/apps/a.js", True),
        ("/apps/", "deep/apps/a.js", False),
        ("/apps/github", "apps/github/a.js", True),
        ("apps/", "apps", False),
        ("**/logs", "build/logs/deep/a.log", True),
        ("a/**/z.py", "a/z.py", True),
        ("a/**/z.py", "a/b/c/z.py", True),
        ("a/**", "a/b/c.py", True),
        ("a/**", "a", False),
        ("a?c.py", "abc.py", True),
        ("my\\ docs/", "my docs/a.md", True),
        ("!a.py", "a.py", False),
        ("[ab].py", "a.py", False),
        ("A.py", "a.py", False),
    ],
)
def test_patterns_are_githubs(pattern: str, path: str, owned: bool) -> None:
    """Those of its documentation, and what it says is not supported."""
    assert owners(f"{pattern} @ada\n", path) == (("ada",) if owned else ())


def test_lines_that_are_not_valid_are_passed_over() -> None:
    """Sections of GitLab, negation, and words that can be nobody; an empty owner list is meant."""
    text = "* @ada\n[Database]\n^[Docs][2] @bo\n!a.py @bo\na.py nobody\n# a.py @bo\na.py\t@cy\t# said in passing\n"
    assert owners(text, "a.py") == ("cy",)
    assert owners("* @ada\na.py nobody\n", "a.py") == ("ada",)
    assert owners("* @ada\na.py\n", "a.py") == ()


def test_a_file_of_three_megabytes_is_not_read() -> None:
    """As GitHub does."""
    assert owners("* @ada\n" + "#" * 3_000_000, "a.py") == ()
