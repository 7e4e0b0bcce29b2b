"""What a page shows as output is made by a program, and a test compares it; `python -m tests.test_docs_output` writes docs/reviewing.md anew."""

import re
from datetime import UTC, datetime

import pytest

from bot.config.sources import ErrorEvents
from bot.core.logs.error_counts import queries
from bot.texts.pull_request_queries import queries_section
from tests.pages import ROOT, Page, pages

REVIEWING = ROOT / "docs" / "reviewing.md"
MADE = {
    "docs/tour.md": "tests/test_tour.py",
    "docs/rules.md": "tests/test_rule_book.py",
    "docs/evaluation.md": "tests/test_evaluation_page.py",
    "docs/samples": "tests/test_samples.py",
    "docs/upkeep.md": "tests/test_upkeep_page.py",
    "docs/benchmarks.md": "tests/test_benchmarks.py",
    "docs/reviewing.md": "tests/test_docs_output.py",
    "README.md": "tests/test_readme.py",
    "knowledge/SCHEMA.md": "tests/test_check.py",
    "docs/lint-rules.md": "tests/test_lint.py",  # files before and after, with the words that the linter prints
}
"""Page or folder → the test that makes what it shows once more."""
TYPED = {
    "docs/entries.md": "Fixes-error: ",  # what a person writes into a commit message
    "docs/intake.md": '{"event_type": ',  # what a person configures at the vendor's
    "docs/setup.md": "https://github.com/organizations/",  # an address to open
    "docs/runbooks.md": "---\ntitle: Prices are missing\n",  # a file that a person writes; tests/test_runbook.py reads it
}
"""Page → how its blocks begin that are typed by a person, and no output."""


def sample() -> str:
    """A query as a reviewer meets it: the first of those over the table of errors that the example configuration names."""
    events = ErrorEvents(table="error_events", time="created_at", code="error_code", category="error_category", user="user_id")
    shown = queries_section(queries(events, datetime(2025, 12, 17, 9, 12, 44, tzinfo=UTC))[:1], "prod")
    return shown.partition("\n\n")[2].partition("\n\n")[2]


def filled(text: str) -> str:
    """The page with its sample."""
    block = f"<!-- sample:query -->\n````markdown\n{sample()}\n````\n<!-- /sample:query -->"
    return re.sub(r"<!-- sample:query -->.*?<!-- /sample:query -->", lambda _: block, text, flags=re.DOTALL)


def test_the_query_is_shown_as_a_reviewer_meets_it() -> None:
    """From the code that writes it into a pull request."""
    text = REVIEWING.read_text(encoding="utf-8")

    assert text == filled(text)
    assert text.count("### Query 1: ") == 1


@pytest.mark.parametrize("path", [*pages(), "evaluation/README.md", "knowledge/rules/README.md", "knowledge/runbooks/README.md"])
def test_no_output_is_typed_by_hand(path: str) -> None:
    """A block that is neither a command nor a file to write is made by a program; a prompt stands only where what follows it is."""
    if any(path == made or path.startswith(f"{made}/") for made in MADE):
        return
    page = Page(path)
    shown = [block for language in ("", "text", "console", "markdown", "diff", "output", "log") for block in page.fences(language)]
    commands = [line for language in ("sh", "bash") for block in page.fences(language) for line in block.splitlines()]

    assert [block for block in shown if not block.startswith(TYPED.get(path, "\0"))] == []
    assert [line for line in commands if line.startswith("$ ")] == []


def test_what_makes_a_page_is_there() -> None:
    """Each test that compares names its page."""
    for made, test in MADE.items():
        name = made.rpartition("/")[2]
        assert (ROOT / made).exists()
        assert any(word in (ROOT / test).read_text(encoding="utf-8") for word in (made, name, name.removesuffix(".md"))), f"{test} does not speak of {made}"


if __name__ == "__main__":
    REVIEWING.write_text(filled(REVIEWING.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
