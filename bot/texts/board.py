"""The dashboard issue: what waits, what was rejected, what is stale, what comes back, and boxes that do what they say."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from bot.core.entry.entry import EntryMeta
from bot.core.entry.times import last_thread
from bot.core.plain_text.plain_text import cut
from bot.core.request.pull_request_marks import first_alert
from bot.core.upkeep.board_figures import BoardFigures, ReturningGap, Spent, Waiting
from bot.core.upkeep.board_ticks import DONE, MOST_DONE, Tick, box
from bot.model.review import UNKNOWN, ReviewRequest
from bot.texts.markdown import code, inline, link

LIMIT = 65_000
"""GitHub takes 65,536 characters in an issue."""
SMALLEST = 8_000
MOST_ROWS = 100
_ABOUT = (
    "Kept by the bot, daily and after every tick: tick a box, and it is done and told at the end. What you write above or below this part stays.\n"
    "Closing this issue turns the board off; open it again to turn it on."
)


Rows = tuple[tuple[str, ...], ...]


class Section(NamedTuple):
    """Title, a line of what it means, the first rows (each a line and its boxes), and how many rows there are in all."""

    title: str
    words: str
    rows: Rows
    total: int


def board(figures: BoardFigures, done: tuple[str, ...], entry_url: Callable[[str], str], *, room: int = LIMIT, kept: frozenset[Tick] = frozenset()) -> str:
    """The bot's part, within `room` characters: where there is too much, each section shows fewer rows and says how many more there are.

    `done` are the lines of what was done, newest first; `kept` are ticks that nobody has followed yet.
    """
    sections = _sections(figures, entry_url, kept)
    for most in (MOST_ROWS, 50, 25, 12, 6, 3, 1):
        text = _page(figures, sections, done, most)
        if len(text) <= max(room, SMALLEST):
            return text
    return _page(figures, sections, done[:1], 0)


def offered(figures: BoardFigures) -> frozenset[Tick]:
    """Every box that the board would show if it had room for all."""
    from_requests = (tick for waiting in figures.waiting for tick, _ in _waiting_ticks(waiting.request))
    rejected = (tick for request in figures.rejected for tick, _ in _ended_ticks(request, unanswered=False))
    unanswered = (tick for request in figures.unanswered for tick, _ in _ended_ticks(request, unanswered=True))
    entries = (tick for meta in (*figures.unfixed, *figures.quiet, *figures.unreviewed, *figures.distrusted) for tick, _ in _entry_ticks(meta))
    return frozenset((*from_requests, *rejected, *unanswered, *entries))


def line(now: datetime, words: str) -> str:
    """One line of what was done; `words` are Markdown."""
    return f"- {now.astimezone(UTC):%Y-%m-%d %H:%M} UTC: {cut(' '.join(words.split()), 560)}"


def lasted(length: timedelta) -> str:
    """In whole days, hours or minutes, rounded down, so that the board does not change with every look."""
    minutes = int(length.total_seconds() // 60)
    for unit, name in ((1440, "day"), (60, "hour")):
        if minutes >= unit:
            return f"{minutes // unit} {name}{'' if minutes // unit == 1 else 's'}"
    return "less than an hour"


def dollars(amount: float) -> str:
    """Two digits behind the point; four where two would say nothing."""
    return f"${amount:.2f}" if amount >= 0.01 or amount == 0 else f"${amount:.4f}"


def _page(figures: BoardFigures, sections: Iterable[Section], done: tuple[str, ...], most: int) -> str:
    parts = [_ABOUT, _summary(figures)]
    for section in sections:
        shown = [text for row in section.rows[:most] for text in row]
        shown += [f"- and {section.total - most} more"] if section.total > most else []
        parts.append("\n\n".join(part for part in (f"## {section.title}", section.words, "\n".join(shown)) if part))
    parts.append(_spent(figures.spent))
    parts.append("\n\n".join((DONE, "\n".join(done[:MOST_DONE]) or "Nothing yet.")))
    return "\n\n".join(parts)


def _summary(figures: BoardFigures) -> str:
    overdue = sum(waiting.overdue for waiting in figures.waiting)
    told = [
        f"**{len(figures.waiting)}** waiting{f', **{overdue}** overdue' if overdue else ''}",
        f"**{len(figures.rejected)}** rejected",
        f"**{len(figures.unfixed)}** recurring without a fix",
        f"**{len(figures.quiet) + len(figures.unreviewed)}** stale",
        f"**{len(figures.gaps)}** {'source' if len(figures.gaps) == 1 else 'sources'} that cannot be seen",
        f"{dollars(figures.spent.week)} this week",
    ]
    broken = f"\n\n{figures.broken} {'entry' if figures.broken == 1 else 'entries'} cannot be read: `bot check knowledge` says why." if figures.broken else ""
    return " · ".join(told) + broken


def _sections(figures: BoardFigures, entry_url: Callable[[str], str], kept: frozenset[Tick]) -> list[Section]:
    def boxes(ticks: list[tuple[Tick, str]]) -> tuple[str, ...]:
        return tuple(f"  {box(tick, words, ticked=tick in kept)}" for tick, words in ticks)

    def entries(title: str, about: str, metas: tuple[EntryMeta, ...], words: Callable[[EntryMeta], str]) -> Section:
        rows = tuple((_entry(meta, entry_url, words(meta)), *boxes(_entry_ticks(meta))) for meta in metas[:MOST_ROWS])
        return Section(title, about, rows, len(metas))

    def ended(title: str, about: str, requests: tuple[ReviewRequest, ...], *, unanswered: bool) -> Section:
        rows = tuple((_ended(one), *boxes(_ended_ticks(one, unanswered=unanswered))) for one in requests[:MOST_ROWS])
        return Section(title, about, rows, len(requests))

    waiting = tuple((_waiting(one), *boxes(_waiting_ticks(one.request))) for one in figures.waiting[:MOST_ROWS])
    gaps = tuple((_gap(gap),) for gap in figures.gaps[:MOST_ROWS])
    rejected, lapsed = (
        "Closed without merging: a “no” to what was proposed.",
        "No “no”: nobody answered, or the alert moved to another request. The next alert of the error is proposed again.",
    )
    sections = (
        Section("Waiting for review", "" if waiting else "Nothing waits.", waiting, len(figures.waiting)),
        ended("Rejected", rejected, figures.rejected, unanswered=False),
        ended("Closed by the bot", lapsed, figures.unanswered, unanswered=True),
        entries("Recurring without a fix", "", figures.unfixed, lambda meta: f"{meta.occurrences} times, last {meta.last_seen[:10]}"),
        entries("Open, but not seen for long", "Fixed without a word? Then say so.", figures.quiet, lambda meta: f"last {meta.last_seen[:10]}"),
        entries("Not reviewed for long", "", figures.unreviewed, lambda meta: f"reviewed {meta.reviewed_at[:10] or 'never'}, last {meta.last_seen[:10]}"),
        entries("Wrong more often than right", "Their instant answers failed.", figures.distrusted, lambda meta: f"held {meta.held}, failed {meta.failed}"),
        Section("Gaps that come back", "Sources that several diagnoses of the last days could not ask.", gaps, len(figures.gaps)),
    )
    return [section for section in sections if section.total or section.title == "Waiting for review"]


def _waiting_ticks(request: ReviewRequest) -> list[tuple[Tick, str]]:
    number = str(request.number)
    return [(Tick("remind", number), "remind again"), (Tick("decline", number), "close as a no"), *_again(request)]


def _ended_ticks(request: ReviewRequest, *, unanswered: bool) -> list[tuple[Tick, str]]:
    number = str(request.number)
    declining = [(Tick("decline", number), "close as a no")] if unanswered else []
    return [(Tick("reopen", number), "reopen"), *declining, *_again(request)]


def _again(request: ReviewRequest) -> list[tuple[Tick, str]]:
    return [(Tick("diagnose", str(request.number)), "diagnose again")] if first_alert(request.body) else []


def _entry_ticks(meta: EntryMeta) -> list[tuple[Tick, str]]:
    resolve = [(Tick("resolve", meta.signature), "resolve")] if meta.status in ("diagnosed", "regressed") else []
    return [*resolve, *([(Tick("diagnose", meta.signature), "diagnose again")] if last_thread(meta) else [])]


def _waiting(one: Waiting) -> str:
    request = one.request
    facts = (
        "**overdue**" if one.overdue else "",
        one.severity or "",
        f"waits {lasted(one.waits)}" if request.opened != UNKNOWN else "nobody knows since when",
        f"promised within {_limit(one.limit)}" if one.overdue and one.limit else "",
        f"reminded {one.reminded:%Y-%m-%d}" if one.reminded else "",
    )
    return f"- {_request(request)} · {' · '.join(filter(None, facts))}"


def _limit(length: timedelta) -> str:
    return lasted(length) if length >= timedelta(hours=1) else f"{int(length.total_seconds() // 60)} minutes"


def _ended(request: ReviewRequest) -> str:
    return f"- {_request(request)} · closed {request.ended or request.updated:%Y-%m-%d}"


def _request(request: ReviewRequest) -> str:
    return link(cut(f"{request.number}: {request.title}", 140), request.url)


def _entry(meta: EntryMeta, entry_url: Callable[[str], str], words: str) -> str:
    title = link(cut(meta.title, 120), entry_url(f"knowledge/errors/{meta.signature}.md"))
    return f"- {title} · {meta.severity} · {meta.status} · {inline(words)}"


def _gap(gap: ReturningGap) -> str:
    return f"- **{inline(gap.source)}**: {code(gap.cause)}, in {gap.requests} requests on {gap.days} {'day' if gap.days == 1 else 'days'}"


def _spent(spent: Spent) -> str:
    models = "".join(f"\n- {inline(model) if model else 'model not told'}: {dollars(amount)}" for model, amount in spent.by_model)
    return f"## Spend\n\n{dollars(spent.today)} today, {dollars(spent.week)} in the last seven days (UTC).{chr(10) if models else ''}{models}"
