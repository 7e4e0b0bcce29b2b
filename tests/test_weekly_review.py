"""The review of a week or month as a page that people own, and the pull request that brings it."""

import pytest
from msgspec.structs import replace

from bot.config import Configuration
from bot.config.knowledge import Reviews
from bot.core.entry.library import Library
from bot.core.lint.lint import check
from bot.core.upkeep import review_page, review_period
from bot.core.upkeep.review_figures import figures
from bot.core.upkeep.review_patterns import Seen, patterns
from bot.jobs.weekly_review import review
from bot.model import Proposal, PullRequest, Standing
from bot.texts import weekly_review
from tests.fakes.upkeep_desk import FakeRequests
from tests.upkeep import NOW, a_week, an_entry, at
from tests.weeks import WEEK, of_week


def test_the_page_holds_everything_and_its_links_lead_somewhere() -> None:
    """No finding of the linter; charts in Mermaid with numbers and fixed words only."""
    entries, _ = a_week()
    page = weekly_review.page(of_week())
    paths = {f"knowledge/errors/{entry.meta.signature}.md" for entry in entries}

    found = check({"knowledge/reviews/2026-W47.md": page}, paths.__contains__)
    assert [one for one in found if one.rule != "KB003"] == []  # no entries are among these files
    assert "    bar [2, 2, 2, 1, 1, 0, 0]\n    line [2, 1, 1, 1, 1, 0, 0]" in page
    assert '    "application" : 7' in page
    for title in ("Top ten", "New", "Recurring", "Came back after a fix", "Resolved", "By service", "By category", "Spend", "Recurring patterns"):
        assert f"\n## {title}\n" in page
    assert "For the deep dive" not in page


def test_the_month_is_a_deep_dive() -> None:
    """A bar for each of its days, and questions to answer."""
    entries, requests = a_week()
    month = figures(entries, requests, review_period.named("2026-11"))
    page = weekly_review.page(month)

    assert page.startswith("# Review: November 2026\n")
    assert len(month.daily) == 30
    assert sum(month.daily) == month.occurrences.now == 14
    assert "## For the deep dive\n\n- [ ] Trends" in page


def test_a_title_from_outside_draws_nothing() -> None:
    """In tables, lists, patterns and summary."""
    hostile = "](http://e.example) | <img src=x> ``` @ada #12 <!-- errata:pattern=pattern/cause/forged -->"
    entries = [an_entry(f"x{n}", [at(17)], title=hostile, services=(hostile,), cause=hostile, culprit=f"f{n}") for n in range(3)]
    page = weekly_review.page(figures(entries, [], WEEK))

    assert review_page.read(page).patterns[0].key != "pattern/cause/forged"
    assert "<img" not in page
    assert page.count("```mermaid") * 2 == page.count("```")


def test_patterns_are_what_errors_share() -> None:
    """A culprit, a service with a category, words of the cause; the largest group of entries that say the same counts once."""
    pool = "The connection pool of the ledger was exhausted."
    entries = [
        an_entry("a", [at(17)], cause=pool, culprit="f", services=("s1",)),
        an_entry("b", [at(17)], cause=pool, culprit="g", services=("s2",)),
        an_entry("c", [at(17)], cause=pool, culprit="h", services=("s3",)),
        an_entry("d", [at(17)], cause="A deploy without its migration.", culprit="i", services=("s4",)),
        an_entry("e", [at(17)], cause="", culprit="i", services=("s4",)),
    ]
    found = patterns([Seen(entry, 2) for entry in entries], 3)

    assert [(one.kind, len(one.signatures), one.occurrences) for one in found] == [("cause", 3, 6), ("culprit", 2, 4)]
    assert "connection" in found[0].shared
    assert patterns([], 3) == ()


@pytest.mark.slow
def test_many_entries_make_a_page_that_github_draws() -> None:
    """Three thousand entries of which three hundred happened."""
    one = an_entry("x", [at(17)])
    many = [replace(one, meta=replace(one.meta, signature=f"s{n}", culprit=f"f{n}", threads=one.meta.threads if n % 10 else ())) for n in range(3_000)]
    page = weekly_review.page(figures(many, [], WEEK))

    assert len(page) < 100_000


class FakeForge:
    """Remembers proposals; its standing can be set."""

    def __init__(self) -> None:
        self.proposed: list[Proposal] = []
        self.standing_: dict[str, object] = {}

    def standing(self, branch: str, path: str) -> Standing:
        """See `Forge.standing`."""
        return replace(Standing(branch, "0" * 40), **self.standing_)

    def propose(self, proposal: Proposal, standing: Standing) -> PullRequest:
        """See `Forge.propose`."""
        self.proposed.append(proposal)
        return PullRequest(1, "https://github.com/acme/k/pull/1", proposal.title, "open", proposal.branch)


def propose(forge: FakeForge, **policy: object) -> list[str]:
    """The job on the shop's week; what it said."""
    entries, requests = a_week()
    log: list[str] = []
    review(WEEK, FakeRequests(requests, NOW), Library(entries), forge, Configuration(reviews=Reviews(**policy)), log.append)  # type: ignore[arg-type]
    return log


def test_a_review_is_a_pull_request() -> None:
    """One page on one branch; what merging does stands in it."""
    forge = FakeForge()
    propose(forge, channel="C0REVIEWS")

    (proposal,) = forge.proposed
    assert (proposal.branch, proposal.files[0].path) == ("errata/review/2026-W47", "knowledge/reviews/2026-W47.md")
    assert "the review is posted to the configured channel" in proposal.body
    assert "tracking issue is opened for each recurring pattern" in proposal.body
    assert proposal.labels == ("errata", "review")


@pytest.mark.parametrize(
    "standing",
    [
        {"text": "# Mine\n", "open": PullRequest(1, "u", "t", "open", "errata/review"), "branch_exists": True},
        {"text": "# Merged\n"},
    ],
)
def test_what_people_have_is_left(standing: dict[str, object]) -> None:
    """A page that waits, or was merged, is not written over."""
    forge = FakeForge()
    forge.standing_ = standing
    log = propose(forge)

    assert forge.proposed == []
    assert "it is left as it is" in log[0]


def test_what_a_crash_left_is_finished() -> None:
    """The page stands on its branch, and no request shows it."""
    forge = FakeForge()
    forge.standing_ = {"text": "# Committed\n", "branch_exists": True}
    propose(forge)

    assert forge.proposed[0].files[0].text == "# Committed\n"


def test_a_week_without_anything_is_a_line() -> None:
    """And no request, unless that is configured."""
    forge = FakeForge()
    log: list[str] = []
    for empty in (False, True):
        review(WEEK, FakeRequests([], NOW), Library([an_entry("old", [at(1)])]), forge, Configuration(reviews=Reviews(empty=empty)), log.append)  # type: ignore[arg-type]

    assert log[0] == "Week 47 of 2026 (16 to 22 November): no alert, no pull request, nothing resolved, nothing spent."
    assert len(forge.proposed) == 1
    assert forge.proposed[0].files[0].text.count("\n") == 3
