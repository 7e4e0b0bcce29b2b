"""The answer in the alert's thread: what the reviewer merged, word for word, in Slack blocks; a long one goes on in further messages.

Limits (slack_sdk block models; bolt-js issue 2509 for the total): 50 blocks, 3,000 characters for a section, about 13,200 for a whole message.
"""

from datetime import UTC, datetime

from bot.core.entry.changes import places
from bot.core.entry.entry import Entry
from bot.core.entry.meta import EntryMeta
from bot.core.request.reply_marks import marker
from bot.model import Permalink, Record, Reply, TrackingIssue
from bot.texts import mrkdwn
from bot.texts.mrkdwn_pieces import pieces, width
from bot.texts.reply_words import Said, opened, said
from bot.texts.response_time import within

MAX_SECTION = 2_900
MAX_TOTAL = 10_000
MAX_BLOCKS = 45
MAX_TEXT = 1_000
MAX_OWNERS = 5
MAX_PARTS = 12
"""An entry is kept below 60 kB; one that a person made longer is told as far as this."""


class About(Record, frozen=True):
    """What stands around the words: where they come from, who approved them, where the work goes on.

    `corrected` is a whole sentence of ready mrkdwn, empty for a first answer; `opening`, ready mrkdwn too, takes the place of the first line's
    beginning, and the summary's cause follows it; `at_once` says that nobody approved this answer, and who reviewed its words stands above;
    `moved_to` is the address of the entry that took this one's place.
    Response time and escalation are those of the entry's severity.
    """

    entry_url: str
    pull_request: str | None = None
    approved_by: tuple[str, ...] = ()
    tracked: TrackingIssue | None = None
    corrected: str = ""
    opening: str = ""
    at_once: bool = False
    moved_to: str = ""
    response_time: str = ""
    escalation: str = ""


def replies(entry: Entry, thread: Permalink, about: About) -> tuple[Reply, ...]:
    """The messages for one thread of an entry, each with the mark by which it is found again. The first line is verdict and answer."""
    words = said(entry, thread)
    words = opened(words, about.opening) if about.opening else words
    closing = [_section(_links(about, words)), _context(_approved(entry, about))]
    raised = _raised(entry, thread, about, words)
    begin = "" if about.opening else " ".join(filter(None, ("" if raised else words.by, words.first)))
    first = [words.headline, *filter(None, (about.corrected, raised, begin)), *words.parts]
    pages = _pages([piece for part in first for piece in pieces(part, MAX_SECTION)], MAX_TOTAL - _size(closing))
    name, many = entry.meta.signature, len(pages)
    shown = [_context(f"Continued below: {many - 1} more {'message' if many == 2 else 'messages'}.")] if many > 1 else []
    opening = Reply(mrkdwn.shortened(words.headline, MAX_TEXT), (*map(_section, pages[0]), *closing, *shown), marker(name, thread))
    return (opening, *(_continued(name, thread, page, number, many, about) for number, page in enumerate(pages[1:], start=2)))


def corrected_line(meta: EntryMeta, at: datetime | None, by: tuple[str, ...]) -> str:
    """What stands above an answer that was corrected after it was posted: "_Corrected on 2025-12-18 by mira._"."""
    what = "Moved to another entry" if meta.replaced_by else "Withdrawn" if meta.status == "withdrawn" else "Corrected"
    day = f" on {at.astimezone(UTC):%Y-%m-%d}" if at is not None else ""
    names = f" by {', '.join(mrkdwn.line(name, 80) for name in by[:5])}" if by else ""
    return f"_{what}{day}{names}._"


def folded(signature: str, thread: Permalink, part: int) -> Reply:
    """In the place of a further message that a correction left without words."""
    words = "The answer above was corrected and is whole without this message."
    return Reply(words, (_context(words),), marker(signature, thread, part))


def _raised(entry: Entry, thread: Permalink, about: About, words: Said) -> str:
    """A regression is graver than its diagnosis says on its own: the newest thread is told what that obliges to."""
    meta = entry.meta
    newest = (thread.channel, thread.ts) == next(reversed(places(meta.threads)), None)
    if meta.status != "regressed" or not newest or f"severity *{meta.severity}*" in words.headline:
        return ""
    by = f"respond within {within(about.response_time)}" if about.response_time else ""
    row = "; ".join(mrkdwn.line(text, 300) for text in (by, about.escalation) if text)
    return f"*Severity raised to {meta.severity}*, because it was resolved and came back{f': {row}' if row else ''}."


def _continued(signature: str, thread: Permalink, page: list[str], number: int, many: int, about: About) -> Reply:
    rest = [_section(f"The rest stands in the {_link('entry', about.entry_url)}.")] if number == MAX_PARTS else []
    blocks = (_context(f"Continued, {number} of {many}"), *map(_section, page), *rest)
    return Reply(mrkdwn.shortened(page[0], MAX_TEXT), blocks, marker(signature, thread, number))


def _pages(all_pieces: list[str], first_room: int) -> list[list[str]]:
    """Pieces in messages, in order; the first has less room."""
    pages, room = list[list[str]]([[]]), first_room - 200
    for piece in all_pieces:
        if pages[-1] and (width(piece) > room or len(pages[-1]) >= MAX_BLOCKS):
            if len(pages) == MAX_PARTS:
                break
            pages.append([])
            room = MAX_TOTAL - 400
        pages[-1].append(piece)
        room -= width(piece)
    return pages


def _links(about: About, words: Said) -> str:
    shown = [_link("the entry that took its place", about.moved_to)] if about.moved_to else []
    shown.append(_link("entry", about.entry_url))
    if about.pull_request:
        shown.append(_link("pull request", about.pull_request))
    if about.tracked is not None:
        shown.append(_link(f"tracking issue {about.tracked.reference}" + ("" if about.tracked.open else " (closed)"), about.tracked.url))
    if words.code:
        shown.append(_link("failing code", words.code))
    folder = about.entry_url.rpartition("/errors/")[0]
    shown += [_link(f"runbook {name.removesuffix('.md')}", f"{folder}/runbooks/{name}") for name in words.runbooks if folder]
    return mrkdwn.shortened("*More:* " + " · ".join(shown), MAX_SECTION)


def _approved(entry: Entry, about: About) -> str:
    names = ", ".join(mrkdwn.line(name, 80) for name in about.approved_by[:5])
    owners = ", ".join(mrkdwn.code(owner, 120) for owner in entry.meta.owners[:MAX_OWNERS])
    told = (
        f"Owners: {owners}." if owners else "",
        "" if about.at_once else f"Reviewed and merged by {names or 'a person'}.",
        "The entry is the place for corrections.",
    )
    return mrkdwn.shortened(" ".join(filter(None, told)), 1_500)


def _link(label: str, target: str) -> str:
    linked = mrkdwn.link(target, label)
    return linked if linked.startswith("<") else f"{linked} {mrkdwn.code(target, 300)}"


def _size(blocks: list[dict[str, object]]) -> int:
    return sum(width(str(block)) for block in blocks)


def _section(words: str) -> dict[str, object]:
    return {"type": "section", "text": _text(words)}


def _context(words: str) -> dict[str, object]:
    return {"type": "context", "elements": [_text(words)]}


def _text(words: str) -> dict[str, object]:
    return {"type": "mrkdwn", "text": words, "verbatim": True}
