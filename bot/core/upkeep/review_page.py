"""A review as it was merged, read back: people may have changed any of it, and what they left is what is posted and tracked."""

import re

from bot.core.request.pull_request_marks import inert
from bot.core.upkeep.review_period import Period, named
from bot.errors import BadCommand
from bot.model import Record
from bot.regex import regex

FOLDER = "knowledge/reviews"
_MARK = regex(r"^<!-- errata:pattern=(pattern/(?:culprit|service|cause)/[a-z0-9-]{1,80}) -->[ \t]*$", re.MULTILINE)
_PATH = regex(re.escape(FOLDER) + r"/([0-9]{4}-(?:W[0-9]{2}|[0-9]{2}))\.md")


class TrackedPattern(Record, frozen=True):
    """A pattern's section of a merged review: heading and words, as people left them."""

    key: str
    title: str
    text: str


class ReviewPage(Record, frozen=True):
    """Title, what stands before the first section, and the patterns."""

    title: str
    summary: str
    patterns: tuple[TrackedPattern, ...] = ()


def mark(key: str) -> str:
    """The hidden line below a pattern's heading."""
    return f"<!-- errata:pattern={key} -->"


def path_of(period: Period) -> str:
    """Where a review is kept."""
    return f"{FOLDER}/{period.name}.md"


def period_of(path: str) -> Period | None:
    """The week or month of a page; None for a file that is no review."""
    found = _PATH.fullmatch(path)
    try:
        return named(found[1]) if found else None
    except BadCommand:
        return None


def read(text: str) -> ReviewPage:
    """Nothing of it is trusted: a review without a title or patterns has none. A pattern that stands twice counts once."""
    lines = text.replace("\r\n", "\n").lstrip("\ufeff")
    head, _, _ = lines.partition("\n## ")
    title, _, summary = head.strip().partition("\n")
    found = dict[str, TrackedPattern]()
    for heading, section in _thirds(lines):
        marked = _MARK.search(section)
        if marked:
            words = inert(_MARK.sub("", section)).strip()
            found.setdefault(marked[1], TrackedPattern(marked[1], heading.strip(), words))
    return ReviewPage(title.removeprefix("#").strip(), inert(summary).strip(), tuple(found.values()))


def _thirds(text: str) -> list[tuple[str, str]]:
    """Heading and words of each `###` section; one ends where the next heading of its level or above begins."""
    parts = re.split(r"^(#{1,3}) (.*)$", text, flags=re.MULTILINE)
    return [(parts[at + 1], parts[at + 2]) for at in range(1, len(parts) - 2, 3) if parts[at] == "###"]
