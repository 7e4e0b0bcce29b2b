"""What follows the merge of a review: its post, and the issues of its patterns."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from bot.config import Configuration
from bot.config.knowledge import Reviews
from bot.errors import BadCommand, BotError, ChatError
from bot.jobs.weekly_review import ReviewDesk, publish_reviews
from bot.model import IssueDraft, Permalink, Reply, TrackingIssue
from bot.model.posted import Posted
from bot.texts import weekly_review
from tests.upkeep import MONDAY, at
from tests.weeks import of_week

TUESDAY = at(24)
"""After it."""


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
