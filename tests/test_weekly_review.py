"""The review of a week or month: exact bounds, figures that add up, a page that people own, and what follows its merge."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from bot.commands.review import period_of
from bot.config import Configuration
from bot.config.knowledge import Reviews
from bot.core.entry.entry import render
from bot.core.entry.library import Library
from bot.core.lint.lint import check
from bot.core.upkeep import review_page, review_period
from bot.core.upkeep.review_figures import ReviewFigures, figures
from bot.core.upkeep.review_patterns import Seen, patterns
from bot.errors import BadCommand, BotError, ChatError
from bot.jobs.weekly_review import ReviewDesk, publish_reviews, review
from bot.model import IssueDraft, Permalink, Proposal, PullRequest, Reply, Standing, TrackingIssue
from bot.model.posted import Posted
from bot.model.review import UNKNOWN
from bot.texts import weekly_review
from tests.fakes.upkeep_desk import FakeRequests
from tests.upkeep import MONDAY, NOW, a_request, a_week, an_entry, at, cost

WEEK = review_period.named("2026-W47")
TUESDAY = at(24)
"""After it."""


def of_week(**changes: object) -> ReviewFigures:
    """The figures of the shop's week."""
    entries, requests = a_week()
    return replace(figures(entries, requests, WEEK), **changes)


@pytest.mark.parametrize(
    ("name", "start", "end"),
    [
        ("2026-W47", "2026-11-16", "2026-11-23"),
        ("2026-W53", "2026-12-28", "2027-01-04"),
        ("2027-W01", "2027-01-04", "2027-01-11"),
        ("2026-W01", "2025-12-29", "2026-01-05"),
        ("2026-11", "2026-11-01", "2026-12-01"),
        ("2026-12", "2026-12-01", "2027-01-01"),
        ("2028-02", "2028-02-01", "2028-03-01"),
    ],
)
def test_weeks_and_months_begin_at_midnight_in_utc(name: str, start: str, end: str) -> None:
    """ISO weeks, also at the ends of years; the end belongs to the next."""
    period = review_period.named(name)

    assert (period.start.isoformat(), period.end.isoformat()) == (f"{start}T00:00:00+00:00", f"{end}T00:00:00+00:00")
    assert period.holds(period.start)
    assert not period.holds(period.end)
    assert period.before.end == period.start
    assert review_period.of(period.end - timedelta(microseconds=1), period.kind) == period


@pytest.mark.parametrize("name", ["2027-W53", "2026-W54", "2026-W00", "2026-13", "2026-00", "0000-01", "last week", "2026-W47x", "../../x", "٢٠٢٦-11", ""])
def test_what_is_no_week_or_month_is_refused(name: str) -> None:
    """With what to write instead."""
    with pytest.raises(BadCommand) as refused:
        review_period.named(name)
    assert "2026-W47" in refused.value.remedy


def test_the_command_line_names_a_period() -> None:
    """The last whole week or month by default; not both, not one that has not begun, not one for the other."""
    assert period_of("", "", NOW).name == "2026-W46"
    assert period_of("", "last", NOW).name == "2026-10"
    assert period_of("", "", datetime(2027, 1, 4, tzinfo=UTC)).name == "2026-W53"
    assert period_of("2026-W47", "", NOW) == WEEK
    for week, month in (("2026-W47", "2026-11"), ("2026-W49", ""), ("2026-11", ""), ("", "2026-W47")):
        with pytest.raises(BadCommand):
            period_of(week, month, NOW)


def test_the_figures_add_up() -> None:
    """Occurrences by the times of the alerts; new, recurring, regressed, resolved and stale; the week before beside each."""
    told = of_week()

    assert (told.occurrences.now, told.occurrences.before, told.errors.now) == (8, 6, 4)
    assert (sum(told.daily), sum(told.daily_before)) == (8, 6)
    assert told.daily == (2, 2, 2, 1, 1, 0, 0)
    assert [row.now for row in told.top] == [4, 2, 1, 1]
    assert [len(rows) for rows in (told.new, told.recurring, told.regressed, told.resolved, told.stale)] == [1, 2, 1, 1, 1]
    assert [(count.name, count.now, count.before) for count in told.services] == [("transfers", 7, 3), ("accounts", 1, 2), ("web", 1, 1), ("payments", 0, 2)]
    assert {count.name: count.now for count in told.severities} == {"critical": 4, "high": 4}


def test_an_error_came_back_in_the_week_of_its_first_alert_after_the_resolution() -> None:
    """Not in the weeks before, of which the entry tells as well, nor in each week after; and it was resolved all the same."""
    came = an_entry("tree is stale", [at(9), at(16), at(23)], status="regressed", resolution="Lock", resolved_at="2026-11-12T12:00:00Z")
    told = [figures([came], [], review_period.named(week)) for week in ("2026-W46", "2026-W47", "2026-W48")]

    assert [len(one.regressed) for one in told] == [0, 1, 0]
    assert [len(one.resolved) for one in told] == [1, 0, 0]


def test_the_times_and_rates_of_the_requests() -> None:
    """Alert to request, request to merge, first alert to resolution; merge and edit rate; spend by model."""
    told = of_week()

    assert (told.to_diagnosis.count, told.to_diagnosis.middle) == (4, timedelta(minutes=4))
    assert (told.to_merge.count, told.to_merge.middle, told.to_merge.ninth) == (2, timedelta(hours=13), timedelta(days=1))
    assert told.to_resolution.middle == timedelta(days=9)
    assert (told.requests.opened, told.requests.merged, told.requests.edited, told.requests.rejected, told.requests.waiting) == (4, 2, 1, 1, 2)
    assert told.requests.merge_rate == pytest.approx(2 / 3)
    assert told.requests.edit_rate == 0.5
    assert [told.spent, told.spent_before] == pytest.approx([0.7, 0.5])
    assert told.by_model[0] == ("claude-sonnet-5-5", 0.41)


def test_a_moment_on_the_edge_counts_once() -> None:
    """The last microsecond of Sunday is this week's, Monday's midnight the next one's."""
    edge = WEEK.end
    entries = [an_entry("edge", [edge - timedelta(microseconds=1), edge, WEEK.start, WEEK.start - timedelta(microseconds=1)])]
    weeks = [WEEK.before, WEEK, review_period.named("2026-W48")]

    assert [figures(entries, [], week).occurrences.now for week in weeks] == [1, 2, 1]


def test_requests_without_anything_to_measure_are_only_counted() -> None:
    """No alert in the body, an end without a time, an alert of years ago or of the future, no marks."""
    requests = [
        a_request(1, opened=at(17), body="no link"),
        a_request(2, opened=at(17), body="no link", state="merged", ended=None),
        a_request(3, opened=at(17), body="https://acme.slack.com/archives/C1/p1000000000000000"),
        a_request(4, opened=at(17), body="https://acme.slack.com/archives/C1/p9999999999000000"),
        a_request(5, opened=at(17), branch="errata/review/2026-W46"),
    ]
    requests.append(a_request(6, opened=UNKNOWN, body="no link", state="merged", ended=at(17)))
    told = figures([], requests, WEEK)

    assert (told.requests.opened, told.to_diagnosis.count, told.to_merge.count, told.spent) == (5, 0, 0, 0)
    assert "unknown" not in weekly_review.page(told)


def test_an_entry_that_was_merged_into_another_counts_once() -> None:
    """Its old page holds the same alerts; a withdrawn entry's alerts did happen."""
    kept = an_entry("kept", [at(17), at(18)])
    stub = an_entry("old name", [at(17)], status="withdrawn", replaced_by=kept.meta.signature)
    gone = an_entry("withdrawn", [at(19)], status="withdrawn")

    assert figures([kept, stub, gone], [], WEEK).occurrences.now == 3


def test_broken_entries_are_counted_and_no_others_are_lost() -> None:
    """Ten among many, and front matters with times that nobody can read."""
    entries, requests = a_week()
    files = {f"knowledge/errors/{entry.meta.signature}.md": render(entry) for entry in entries}
    files |= {f"knowledge/errors/broken{number}.md": "---\nsignature: [" for number in range(10)}
    library = Library.read(files)
    told = figures(library.entries.values(), requests, WEEK, broken=len(library.broken))

    assert told.occurrences.now == 8
    assert "10 entries could not be read and are not counted." in weekly_review.page(told)


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


class FakeChannels:
    """A chat that remembers posts, and refuses when asked to."""

    def __init__(self) -> None:
        self.posts: dict[str, Reply] = {}
        self.archived = False

    def find_post(self, channel: str, marker: str, since: datetime) -> str | None:
        """See `Channels.find_post`."""
        if self.archived:
            raise ChatError("looking for our post", "the channel is archived", "set `reviews: channel:` to another one")
        return marker if marker in self.posts else None

    def post(self, channel: str, reply: Reply) -> str:
        """See `Channels.post`."""
        assert channel == "C0REVIEWS"
        self.posts[reply.marker] = reply
        return "1.1"

    def messages(self, channel: str, after: str, before: str) -> Iterator[Posted]:
        """See `Channels.messages`."""
        yield from ()

    def reactions(self, thread: Permalink, ts: str) -> dict[str, int]:
        """See `Channels.reactions`."""
        return {}

    def mark(self, message: Permalink, name: str) -> bool:
        """See `Channels.mark`."""
        return True


class FakeTracker:
    """Issues by marker."""

    def __init__(self) -> None:
        self.issues: dict[str, TrackingIssue] = {}
        self.drafts: list[IssueDraft] = []

    def find(self, *markers: str) -> TrackingIssue | None:
        """See `Tracker.find`."""
        return next((self.issues[one] for one in markers if one in self.issues), None)

    def open(self, draft: IssueDraft) -> TrackingIssue:
        """See `Tracker.open`."""
        self.drafts.append(draft)
        self.issues[draft.marker] = TrackingIssue(f"#{len(self.drafts)}", f"https://github.com/acme/k/issues/{len(self.drafts)}", open=True)
        return self.issues[draft.marker]


class Publishing:
    """Merged pages, and the job that publishes them."""

    def __init__(self, **policy: object) -> None:
        self.channels, self.tracker = FakeChannels(), FakeTracker()
        self.configuration = Configuration(reviews=Reviews(**{"channel": "C0REVIEWS", **policy}))  # type: ignore[arg-type]
        self.pages = {"knowledge/reviews/2026-W47.md": weekly_review.page(of_week())}

    def run(self, now: datetime = TUESDAY, only: str = "") -> tuple[BotError, ...]:
        """Publish."""
        desk = ReviewDesk(self.channels, self.tracker, self.configuration, lambda path: f"https://github.com/acme/k/blob/main/{path}")  # type: ignore[arg-type]
        return publish_reviews(self.pages, desk, now, lambda _: None, only)


def test_a_merged_review_is_posted_and_tracked_once() -> None:
    """With what stands before the first section, and the patterns' words with links that lead somewhere."""
    house = Publishing()
    assert (house.run(), house.run()) == ((), ())

    (post,) = house.channels.posts.values()
    (draft,) = house.tracker.drafts
    words = str(post.blocks[0])
    assert "*8 occurrences* of 4 errors" in words
    assert "<https://github.com/acme/k/blob/main/knowledge/reviews/2026-W47.md|The whole review>" in words
    assert draft.title == "Recurring: Several errors come out of `transfer_handler`"
    assert "](https://github.com/acme/k/blob/main/knowledge/errors/transfer_handler" in draft.body
    assert draft.marker == "pattern/culprit/transfer-handler/2026-W47"


def test_what_people_left_is_what_is_published() -> None:
    """A pattern that they took out is not tracked, one that they reworded is tracked in their words; Slack's marks in their words are inert."""
    house = Publishing()
    page = house.pages["knowledge/reviews/2026-W47.md"]
    house.pages["knowledge/reviews/2026-W47.md"] = page.partition("## Recurring patterns")[0].replace("- **8", "<!channel> <@U123> **8")
    house.run()
    assert house.tracker.drafts == []
    assert "<!channel>" not in str(house.channels.posts)

    other = Publishing()
    other.pages["knowledge/reviews/2026-W47.md"] = page.replace("Several errors come out of", "Rewrite").replace("\n", "\r\n")
    other.run()
    assert other.tracker.drafts[0].title == "Recurring: Rewrite `transfer_handler`"


def test_a_pattern_that_is_tracked_is_not_tracked_again_next_week() -> None:
    """While its issue is open; once that was closed, it is. A run again of the same week opens nothing."""
    house = Publishing()
    house.run()
    first = "pattern/culprit/transfer-handler/2026-W47"
    house.pages["knowledge/reviews/2026-W48.md"] = house.pages["knowledge/reviews/2026-W47.md"]
    house.run(at(30) + timedelta(days=1))
    assert len(house.tracker.drafts) == 1

    house.tracker.issues[first] = replace(house.tracker.issues[first], open=False)
    house.run(only="2026-W47")
    assert len(house.tracker.drafts) == 1
    house.run(at(30) + timedelta(days=1))
    assert [draft.marker for draft in house.tracker.drafts] == [first, "pattern/culprit/transfer-handler/2026-W48"]


def test_a_review_of_a_week_that_is_not_over_is_published_when_it_is_merged() -> None:
    """A person asked for it, and merged it."""
    house = Publishing()
    house.run(at(20))

    assert list(house.channels.posts) == ["review/2026-W47"]


def test_old_reviews_are_not_posted_unless_named() -> None:
    """And a page that is no review is nothing at all."""
    house = Publishing()
    house.pages |= {"knowledge/reviews/README.md": "# Reviews\n", "knowledge/reviews/2026-W99.md": "# x\n", "knowledge/reviews/2025-W10.md": "# Old\n"}
    house.run(MONDAY + timedelta(days=60))
    assert house.channels.posts == {}
    house.run(only="2025-W10")
    assert list(house.channels.posts) == ["review/2025-W10"]
    with pytest.raises(BadCommand):
        house.run(only="2026-W12")


def test_an_archived_channel_does_not_keep_the_issues_from_being_opened() -> None:
    """The failure is told."""
    house = Publishing()
    house.channels.archived = True

    assert [type(one) for one in house.run()] == [ChatError]
    assert len(house.tracker.drafts) == 1


def test_nothing_is_posted_or_tracked_unless_configured() -> None:
    """Both are keys of `reviews`."""
    house = Publishing(channel="", track=False)
    house.run()

    assert (house.channels.posts, house.tracker.drafts) == ({}, [])


def test_spend_is_of_the_days_it_was_spent() -> None:
    """Whenever its request was opened; the bounds are those of the week."""
    marks = "".join(cost(2.0**n, day, case=f"a{n}") for n, day in enumerate((at(15), at(16), at(22), at(23))))

    assert figures([], [a_request(1, spend=marks)], WEEK).spent == 6
