"""What is said once a review is merged: the post in the channel, the issues of its patterns; and what the log tells of a review."""

from bot.core.plain_text.plain_text import cut
from bot.core.upkeep.review_page import ReviewPage, TrackedPattern
from bot.core.upkeep.review_period import Period
from bot.model import IssueDraft, PullRequest, Reply, TrackingIssue
from bot.texts import mrkdwn, slack_markdown
from bot.texts.markdown import link, reviewed
from bot.texts.markdown import title as plain
from bot.texts.weekly_review import name

MAX_POST = 2_600
"""Of a section block; Slack takes 3,000."""


def post(period: Period, merged: ReviewPage, url: str, marker: str) -> Reply:
    """The message for the channel: what stands before the first section, as it was merged, and a link to the page."""
    title = merged.title or f"Review: {name(period)}"
    words = mrkdwn.shortened(slack_markdown.text(merged.summary), MAX_POST)
    lines = [f"*{mrkdwn.line(title, 200)}*", words, _whole(url)]
    text = "\n".join(line for line in lines if line)
    section: dict[str, object] = {"type": "section", "text": {"type": "mrkdwn", "text": mrkdwn.shortened(text, 2_990), "verbatim": True}}
    return Reply(mrkdwn.line(title, 200), (section,), marker)


def _whole(url: str) -> str:
    """A link where Slack takes one; else the place in plain words."""
    label = "The whole review"
    linked = mrkdwn.link(url, label)
    return linked if linked != label else f"{label}: {mrkdwn.code(url)}"


def issue(pattern: TrackedPattern, period: Period, url: str, entries: str) -> IssueDraft:
    """The tracking issue of a pattern. `entries` is the address of the folder that relative links of the page lead to."""
    words = reviewed(pattern.text).replace("](../errors/", f"]({entries}/")
    body = f"{words}\n\nFrom the review of {link(name(period), url)}."
    return IssueDraft(plain(cut(f"Recurring: {pattern.title}", 200)), body[:60_000], f"{pattern.key}/{period.name}", ("recurring",))


def exists(period: Period, request: PullRequest | None) -> str:
    """A line of the log: what people may have edited is not written over."""
    return f"the review of {name(period)} {f'waits in {request.url}' if request else 'was merged'}; it is left as it is"


def posted(period: Period, channel: str) -> str:
    """A line of the log."""
    return f"posted the review of {name(period)} to {channel}"


def posted_before(period: Period) -> str:
    """A line of the log."""
    return f"the review of {name(period)} was posted before"


def none_merged() -> str:
    """A line of the log."""
    return "no review of the last weeks is merged"


def tracked_before(found: TrackingIssue) -> str:
    """A line of the log."""
    return f"already tracked in {found.url}"


def why_tracked(period: Period) -> str:
    """The end of "opened …, because"."""
    return f"the review of {name(period)} names it as a recurring pattern"


def proposed(request: PullRequest) -> str:
    """A line of the log."""
    return f"pull request {request.url}; merging it publishes the review"
