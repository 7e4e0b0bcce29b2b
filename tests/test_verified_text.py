"""What people see of the check: how much stood, what did not, how sure the cause is and why, what else it may be, who said it, what it cost."""

from datetime import date
from functools import cache

import pytest
from markdown_it import MarkdownIt
from msgspec.structs import replace

from bot.core.grounding.grounding import grounded
from bot.model import Citation, Diagnosis, RivalCause, RuleMatch, Spend, Verified
from bot.texts import entry_page, progress, pull_request, slack_markdown, verified
from tests.fakes import transfer_case

CASE = transfer_case.case()
SPEND = Spend("claude-sonnet-5-5", 4, 4_000, 1_900, 17_000, 400, 0.0712, 0.031, 38.4, date(2026, 11, 22))
CLAIMED = replace(
    transfer_case.diagnosis(),
    diagnoser="claude-sonnet-5-5",
    blast_radius="It hit 4,512 customers. Transfers are refused.",
    root_cause=replace(
        transfer_case.diagnosis().root_cause,
        citations=(Citation("E1", "insufficient leaf balance"), Citation("E2", "raise ValidationError()"), Citation("E2", "made up | here")),
        rivals=(RivalCause("The pool was empty", "The pool's gauge at 09:12", (Citation("E1", "insufficient leaf balance"),)),),
    ),
    rules=(RuleMatch("db-lost-lock", "the log says “insufficient”"), RuleMatch("app-race", "two writers")),
    spend=SPEND,
)


@cache
def made() -> Diagnosis:
    """What the check leaves of it."""
    return grounded(CLAIMED, CASE)[0]


def body() -> str:
    """The pull request's text."""
    return pull_request.body(CASE, made(), entry_path="knowledge/errors/x.md")


def test_the_summary_counts_what_was_found_and_lists_what_was_not() -> None:
    """A row, and the list folded below the table, each line inert."""
    shown = body()
    assert f"| Verified | {made().verified.claims} claims; **2 not found in the evidence** |" in shown
    assert "<summary>2 claims of the diagnosis were not found in the evidence</summary>" in shown
    assert "- Blast radius: a number that no evidence has: 4,512 customers" in shown
    assert "made up \\| here" in shown


def test_a_marked_sentence_is_marked_where_it_stands() -> None:
    """In the pull request, in the entry and in Slack; never as a link or a bracket."""
    page = entry_page.occurrence_block(replace(transfer_case.occurrence(), diagnosis=made()))
    assert "It hit 4,512 customers *(unverified)*. Transfers are refused." in body()
    assert "It hit 4,512 customers *(unverified)*. Transfers are refused." in page
    assert "It hit 4,512 customers _(unverified)_." in slack_markdown.text(page)
    assert "[unverified]" not in body() + page


def test_confidence_comes_with_its_reason_and_the_same_everywhere() -> None:
    """The thread is told the entry's words: it is never surer than the pull request."""
    page = entry_page.occurrence_block(replace(transfer_case.occurrence(), diagnosis=made()))
    said = verified.confidence(made())
    assert made().root_cause.confidence == "low"
    assert said.startswith("Confidence: **low** (a lead to check first). Quotations from a log and the code stand in the evidence; lowered by ")
    assert said in body()
    assert said in page
    assert "cause a lead only" in slack_markdown.text(page).splitlines()[0]


def test_rivals_and_rules_are_told() -> None:
    """Each with what would decide, and with its reason."""
    shown = body()
    assert "Also possible:\n\n- The pool was empty. What would decide: The pool's gauge at 09:12. Seen: E1 `insufficient leaf balance`." in shown
    assert "<summary>2 rules match</summary>" in shown
    assert "- **db-lost-lock**, the strongest: the log says “insufficient”" in shown


def test_the_cost_is_one_line() -> None:
    """Tokens as they were billed, money, time."""
    assert "| Cost | 4 requests · 21,400 tokens in (17,000 cached), 1,900 out · $0.07 (saved $0.03) · 38 s |" in body()
    assert "claude-sonnet-5-5 (a model; its claims were checked against the evidence)" in body()
    assert verified.cost(None) == ""
    assert "less than $0.01" in verified.cost(replace(SPEND, dollars=0.001, saved=0, note="The day's ceiling is not known."))


def test_a_fallback_says_why() -> None:
    """Who answered instead, in the request, the entry and the log."""
    stood_in = replace(made(), diagnoser="rules", fallback="The model refused to answer, so the rules did.")
    assert "| Diagnosed by | rules. The model refused to answer, so the rules did. |" in pull_request.report(CASE, stood_in)
    assert "diagnosed by rules: The model refused" in progress.diagnosis(stood_in)
    assert progress.diagnosis(made()).count("not in the evidence: ") == 2


def test_without_a_check_nothing_is_claimed_of_it() -> None:
    """An old diagnosis was not verified."""
    shown = pull_request.report(CASE, replace(made(), verified=Verified(), spend=None))
    assert "| Verified |" not in shown
    assert "| Cost |" not in shown


@pytest.mark.parametrize("said", ["</details><h1>x", "](https://evil.example)", "@mira `x` | y", "<!-- errata:end -->", "[unverified](https://evil.example/)"])
def test_what_was_not_found_stays_inert(said: str) -> None:
    """A made-up claim is shown, and does nothing."""
    hostile = replace(made(), verified=Verified(1, (said,), said), fallback=said, spend=replace(SPEND, model=said), rules=(RuleMatch(said, said),))
    shown = pull_request.report(CASE, hostile)
    assert said not in shown.replace(f"`{said}`", "")
    tokens = [node for token in MarkdownIt("commonmark", {"html": True}).enable("table").parse(shown) for node in (token, *(token.children or []))]
    assert not any(node.type == "link_open" and "evil" in str(node.attrGet("href")) for node in tokens)
