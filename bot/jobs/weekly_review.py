"""The review of a week or month: a page as a pull request; after its merge a post in the channel, and issues for recurring patterns."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec

from bot.config import Configuration
from bot.config.tracking import ISSUE_TRACKERS
from bot.core.entry.library import Library
from bot.core.redaction.redaction import Redactor
from bot.core.upkeep import review_page
from bot.core.upkeep.review_figures import ReviewFigures, figures
from bot.core.upkeep.review_page import TrackedPattern
from bot.core.upkeep.review_period import Period
from bot.errors import BadCommand, BotError
from bot.jobs.page_request import PageRequest, propose_pages, unfinished_content
from bot.model import File, PullRequest, Standing
from bot.ports import Channels, Forge, RequestHistory, Say, Tracker
from bot.texts import progress, review_words, weekly_review

RECENT = {"week": timedelta(days=21), "month": timedelta(days=45)}
"""How long after its end a review is still posted without being named."""
LOOKED_BACK = 9
"""Reviews whose issue of the same pattern is looked for, this one included."""
MOST_PATTERNS = 20
"""People may add some to the page."""


def review(period: Period, history: RequestHistory, library: Library, forge: Forge, configuration: Configuration, say: Say) -> PullRequest | None:
    """Propose the page of a period. What is there already, waiting or merged, belongs to people and is left. Raises ForgeError."""
    policy = configuration.reviews
    requests = history.requests(period.before.start)
    told = figures(library.entries.values(), requests, period, pattern_from=policy.pattern_from, broken=len(library.broken))
    if told.empty and not policy.empty:
        say(weekly_review.nothing(period))
        return None
    request = PageRequest(
        branch=f"errata/review/{period.name}",
        path=review_page.path_of(period),
        title=weekly_review.request_title(period),
        body=weekly_review.request_body(told, channel=bool(policy.channel), track=policy.track and configuration.tracker in ISSUE_TRACKERS),
        commit_message=weekly_review.request_title(period),
        labels=("errata", "review"),
    )
    standing = forge.standing(request.branch, request.path)
    if _is_peoples(standing):
        say(review_words.exists(period, standing.open))
        return standing.open
    opened = propose_pages(request, forge, lambda there: _page(there, told), say)
    if opened is not None:
        say(review_words.proposed(opened))
    return opened


def _page(standing: Standing, told: ReviewFigures) -> tuple[File, ...]:
    """The page; what a crash left stands on its branch already, and no request shows it."""
    if _is_peoples(standing):
        return ()
    return (File(review_page.path_of(told.period), standing.text or Redactor().text(weekly_review.page(told))),)


def _is_peoples(standing: Standing) -> bool:
    unfinished = standing.open is None and standing.branch_exists and standing.left_behind is None
    return standing.text is not None and not unfinished and not unfinished_content(standing)


class ReviewDesk(NamedTuple):
    """The adapters of publishing; `page_url` is where people read a page of the default branch."""

    channels: Channels | None
    tracker: Tracker | None
    configuration: Configuration
    page_url: Callable[[str], str]


def publish_reviews(pages: Mapping[str, str], desk: ReviewDesk, now: datetime, say: Say, only: str = "") -> tuple[BotError, ...]:
    """Post merged reviews (path → text of the default branch) and track their patterns; each step looks for its own mark first.

    Without a name those of the last weeks. Returns what could not be done. Raises BadCommand for a name that no page has.
    """
    periods = [(period, path) for path in sorted(pages) if (period := review_page.period_of(path)) is not None]
    chosen = [pair for pair in periods if pair[0].name == only or (not only and pair[0].start <= now <= pair[0].end + RECENT[pair[0].kind])]
    if only and not chosen:
        raise BadCommand(f"publishing the review {only[:40]}", "no such review is merged", "see knowledge/reviews for those that are")
    if not chosen:
        say(review_words.none_merged())
    newest = {period.kind: period.name for period, _ in chosen}
    failures: list[BotError] = []
    for period, path in chosen:
        # Patterns of an older review were tracked when it was merged: issues that were closed since are not opened again.
        failures += published_review(period, path, pages[path], desk, say, track=bool(only) or newest[period.kind] == period.name)
    return tuple(failures)


def published_review(period: Period, path: str, text: str, desk: ReviewDesk, say: Say, *, track: bool = True) -> tuple[BotError, ...]:
    """One merged review, as people left it: its post, and an issue for each pattern that stands in it."""
    failures: list[BotError] = []
    merged = review_page.read(text)
    url = desk.page_url(path)
    channel = desk.configuration.reviews.channel
    try:
        if channel and desk.channels is not None:
            marker = f"review/{period.name}"
            if desk.channels.find_post(channel, marker, period.start) is not None:
                say(review_words.posted_before(period))
            else:
                made = review_words.post(period, merged, url, marker)
                desk.channels.post(channel, msgspec.structs.replace(Redactor().record(made), marker=marker))
                say(review_words.posted(period, channel))
    except BotError as error:
        failures.append(error)
    if desk.tracker is None and merged.patterns and track and desk.configuration.reviews.track:
        say(progress.no_issues("pattern", len(merged.patterns)))
    for pattern in merged.patterns[:MOST_PATTERNS] if track and desk.configuration.reviews.track else ():
        try:
            _track(pattern, period, url, desk, say)
        except BotError as error:
            failures.append(error)
    return tuple(failures)


def _track(pattern: TrackedPattern, period: Period, url: str, desk: ReviewDesk, say: Say) -> None:
    """An issue for a pattern, unless this review opened one before, or an earlier review's is still open."""
    if desk.tracker is None:
        return
    at = period
    for _ in range(LOOKED_BACK):
        found = desk.tracker.find(f"{pattern.key}/{at.name}")
        if found is not None and (found.open or at == period):
            say(review_words.tracked_before(found))
            return
        at = at.before
    draft = review_words.issue(pattern, period, url, desk.page_url("knowledge/errors"))
    opened = desk.tracker.open(msgspec.structs.replace(Redactor().record(draft), marker=draft.marker))
    say(progress.tracked(opened, review_words.why_tracked(period)))
