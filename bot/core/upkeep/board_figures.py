"""How everything stands at a moment: what waits, what was rejected, what is stale, what comes back, what cannot be seen, what it cost."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from bot.core.entry.entry import EntryMeta
from bot.core.entry.times import instant
from bot.core.request.pull_request_marks import gaps_of, is_lapsed, reminders_of, spends_of
from bot.core.upkeep.overdue import severity_of
from bot.model import Record, Severity
from bot.model.review import UNKNOWN, ReviewRequest

REMEMBERED = timedelta(days=30)
"""How long a closed request is shown."""
WEEK = timedelta(days=7)


class Thresholds(Record, frozen=True):
    """From when on something is shown. Lengths in days; `gaps_from` counts requests, `recurring_from` occurrences."""

    unreviewed: int = 180
    quiet: int = 90
    recurring_from: int = 3
    gap_days: int = 7
    gaps_from: int = 3


class Waiting(Record, frozen=True):
    """A request that waits for review. `limit` is the response time of its severity, where it has one."""

    request: ReviewRequest
    severity: Severity | None
    waits: timedelta
    limit: timedelta | None = None
    reminded: datetime | None = None

    @property
    def overdue(self) -> bool:
        """Whether it waits longer than was promised."""
        return self.limit is not None and self.request.opened != UNKNOWN and self.waits > self.limit


class ReturningGap(Record, frozen=True):
    """A source that several diagnoses could not ask; `cause` is what came back last."""

    source: str
    cause: str
    requests: int
    days: int


class Spent(Record, frozen=True):
    """US dollars of today and of the last seven days, and those of the seven days by model, the dearest first."""

    today: float = 0
    week: float = 0
    by_model: tuple[tuple[str, float], ...] = ()


class BoardFigures(Record, frozen=True):
    """Everything the dashboard shows, each list in its order."""

    waiting: tuple[Waiting, ...] = ()
    rejected: tuple[ReviewRequest, ...] = ()
    unanswered: tuple[ReviewRequest, ...] = ()
    unfixed: tuple[EntryMeta, ...] = ()
    unreviewed: tuple[EntryMeta, ...] = ()
    quiet: tuple[EntryMeta, ...] = ()
    gaps: tuple[ReturningGap, ...] = ()
    distrusted: tuple[EntryMeta, ...] = ()
    spent: Spent = Spent()
    broken: int = 0


def figures(
    requests: Iterable[ReviewRequest],
    metas: Iterable[EntryMeta],
    limits: Mapping[Severity, timedelta | None],
    thresholds: Thresholds,
    now: datetime,
    broken: int = 0,
) -> BoardFigures:
    """`limits` are the response times, `broken` how many entries could not be read."""
    told = sorted(requests, key=lambda one: (one.opened, one.number))
    ended = [one for one in told if one.state == "closed" and now - (one.ended or one.updated) <= REMEMBERED]
    known = sorted((meta for meta in metas if meta.status != "withdrawn"), key=lambda meta: meta.signature)
    unfixed = [meta for meta in known if meta.status != "resolved" and not meta.resolution and meta.occurrences >= thresholds.recurring_from]
    quiet = [meta for meta in known if meta.status in ("diagnosed", "regressed") and _older(meta.last_seen, thresholds.quiet, now)]
    silent = {meta.signature for meta in quiet}
    unreviewed = [meta for meta in known if meta.signature not in silent and _older(meta.reviewed_at or meta.last_seen, thresholds.unreviewed, now)]
    return BoardFigures(
        waiting=tuple(_waiting(one, limits, now) for one in told if one.state == "open"),
        rejected=tuple(one for one in reversed(ended) if not is_lapsed(one.body, one.ended)),
        unanswered=tuple(one for one in reversed(ended) if is_lapsed(one.body, one.ended)),
        unfixed=tuple(sorted(unfixed, key=lambda meta: (-meta.occurrences, meta.signature))),
        unreviewed=tuple(sorted(unreviewed, key=lambda meta: (meta.reviewed_at or meta.last_seen, meta.signature))),
        quiet=tuple(sorted(quiet, key=lambda meta: (meta.last_seen, meta.signature))),
        gaps=_gaps(told, thresholds, now),
        distrusted=tuple(sorted((meta for meta in known if meta.failed > meta.held), key=lambda meta: (meta.held - meta.failed, meta.signature))),
        spent=spent(told, now),
        broken=broken,
    )


def spent(requests: Iterable[ReviewRequest], now: datetime) -> Spent:
    """What the marks of the requests tell of the last seven days."""
    today, by_model, of_today = now.astimezone(UTC).date(), dict[str, float](), 0.0
    for one in (spend for request in requests for spend in spends_of(request.body)):
        if timedelta(0) <= today - one.day < WEEK:
            by_model[one.model] = by_model.get(one.model, 0) + one.dollars
            of_today += one.dollars if one.day == today else 0
    ordered = tuple(sorted(by_model.items(), key=lambda pair: (-pair[1], pair[0])))
    return Spent(of_today, sum(by_model.values()), ordered)


def _waiting(request: ReviewRequest, limits: Mapping[Severity, timedelta | None], now: datetime) -> Waiting:
    severity = severity_of(request)
    reminders = reminders_of(request.body)
    limit = limits.get(severity) if severity else None
    return Waiting(request, severity, max(now - request.opened, timedelta(0)), limit, max(reminders, default=None))


def _older(stamp: str, days: int, now: datetime) -> bool:
    time = instant(stamp)
    return days > 0 and time is not None and now - time > timedelta(days=days)


def _gaps(requests: Iterable[ReviewRequest], thresholds: Thresholds, now: datetime) -> tuple[ReturningGap, ...]:
    since = (now - timedelta(days=thresholds.gap_days)).astimezone(UTC).date()
    told = [(gap, request.number) for request in requests for gap in gaps_of(request.body) if since <= gap.day <= now.astimezone(UTC).date()]
    found = []
    for source in sorted({gap.source for gap, _ in told}):
        own = sorted(((gap, number) for gap, number in told if gap.source == source), key=lambda pair: (pair[0].day, pair[1]))
        numbers = {number for _, number in own}
        if len(numbers) >= thresholds.gaps_from:
            found.append(ReturningGap(source, own[-1][0].cause, len(numbers), len({gap.day for gap, _ in own})))
    return tuple(sorted(found, key=lambda gap: (-gap.requests, gap.source)))
