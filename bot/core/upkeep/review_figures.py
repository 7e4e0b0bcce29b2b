"""What a week or month came to, counted from the entries and from the bot's own requests."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from statistics import median

from bot.core.entry.entry import Entry
from bot.core.entry.meta import EntryMeta
from bot.core.entry.times import alert_times, instant
from bot.core.request.pull_request_marks import first_alert, is_lapsed, spends_of
from bot.core.upkeep.review_patterns import Pattern, Seen, patterns
from bot.core.upkeep.review_period import Period
from bot.model import Record
from bot.model.review import UNKNOWN, ReviewRequest

TOP = 10
STALE = timedelta(days=90)
"""Without an alert for so long, an open entry is stale; 0 days to diagnosis beyond it are none."""
LONGEST_DIAGNOSIS = timedelta(days=7)
"""An alert older than this, when its request was opened, was not what it was opened for."""


class Count(Record, frozen=True):
    """Occurrences of something in the period, and in the one before."""

    name: str
    now: int
    before: int


class Row(Record, frozen=True):
    """An entry, and how often it happened in the period and in the one before."""

    meta: EntryMeta
    now: int
    before: int


class Took(Record, frozen=True):
    """How long something took: of how many, the middle one, and the one that nine of ten stay below."""

    count: int = 0
    middle: timedelta = timedelta(0)
    ninth: timedelta = timedelta(0)


class Requests(Record, frozen=True):
    """The bot's own requests: opened in the period, and how those ended that ended in it. `edited` counts the merged ones that people had changed."""

    opened: int = 0
    merged: int = 0
    edited: int = 0
    rejected: int = 0
    unanswered: int = 0
    waiting: int = 0

    @property
    def merge_rate(self) -> float | None:
        """Merged of those that a person decided on; None where nothing was decided."""
        decided = self.merged + self.rejected
        return self.merged / decided if decided else None

    @property
    def edit_rate(self) -> float | None:
        """Edited of those that were merged; None where none was."""
        return self.edited / self.merged if self.merged else None


class ReviewFigures(Record, frozen=True):
    """A review's numbers. Lists of rows are whole and in their order; `top` is the first ten; `daily` has one count for each day."""

    period: Period
    occurrences: Count
    errors: Count
    daily: tuple[int, ...]
    daily_before: tuple[int, ...]
    top: tuple[Row, ...] = ()
    new: tuple[Row, ...] = ()
    recurring: tuple[Row, ...] = ()
    regressed: tuple[Row, ...] = ()
    resolved: tuple[Row, ...] = ()
    stale: tuple[Row, ...] = ()
    services: tuple[Count, ...] = ()
    categories: tuple[Count, ...] = ()
    severities: tuple[Count, ...] = ()
    to_diagnosis: Took = Took()
    to_merge: Took = Took()
    to_resolution: Took = Took()
    requests: Requests = Requests()
    spent: float = 0
    spent_before: float = 0
    by_model: tuple[tuple[str, float], ...] = ()
    patterns: tuple[Pattern, ...] = ()
    broken: int = 0

    @property
    def empty(self) -> bool:
        """Whether nothing happened: no alert, no request, nothing resolved, nothing spent."""
        told = (
            self.occurrences.now,
            self.requests.opened,
            self.requests.merged,
            self.requests.rejected,
            self.requests.unanswered,
            len(self.resolved),
            self.spent,
        )
        return not any(told)


def figures(entries: Iterable[Entry], requests: Sequence[ReviewRequest], period: Period, *, pattern_from: int = 3, broken: int = 0) -> ReviewFigures:
    """Count. What people wrote into a front matter by hand may be anything: a time that cannot be read is no time."""
    own = (entry for entry in entries if not entry.meta.replaced_by)  # what an old name holds stands under the new one
    known = [(entry, alert_times(entry)) for entry in sorted(own, key=lambda entry: entry.meta.signature)]
    before = period.before
    rows = [(Row(entry.meta, _within(times, period), _within(times, before)), entry, times) for entry, times in known]
    live = [row for row, _, _ in rows if row.now]
    often = sorted(live, key=lambda row: (-row.now, row.meta.signature))
    first = {entry.meta.signature: min(times, default=instant(entry.meta.first_seen)) for entry, times in known}
    fresh = {name for name, time in first.items() if period.holds(time)}
    back = {row.meta.signature for row, _, times in rows if _came_back(row.meta, times, period)}
    shown = [row for row, _, _ in rows if row.meta.status != "withdrawn"]
    seen = [Seen(entry, row.now) for row, entry, _ in rows if row.now]
    alerts = [time for _, times in known for time in times]
    return ReviewFigures(
        period=period,
        occurrences=Count("occurrences", sum(row.now for row in live), sum(row.before for row, _, _ in rows)),
        errors=Count("errors", len(live), sum(1 for row, _, _ in rows if row.before)),
        daily=_daily(alerts, period),
        daily_before=_daily(alerts, before),
        top=tuple(often[:TOP]),
        new=tuple(row for row in often if row.meta.signature in fresh),
        recurring=tuple(row for row in often if row.meta.signature not in fresh | back),
        regressed=tuple(row for row in often if row.meta.signature in back),
        resolved=tuple(row for row in shown if row.meta.status in ("resolved", "regressed") and period.holds(instant(row.meta.resolved_at))),
        stale=tuple(sorted((row for row in shown if _is_stale(row.meta, period)), key=lambda row: (row.meta.last_seen, row.meta.signature))),
        services=_counted(rows_ := [row for row, _, _ in rows], lambda meta: tuple(dict.fromkeys(meta.services)) or ("no service named",)),
        categories=_counted(rows_, lambda meta: (meta.category,)),
        severities=_counted(rows_, lambda meta: (meta.severity,)),
        to_diagnosis=_took(_diagnosed(requests, {entry.meta.signature: times for entry, times in known}, period)),
        to_merge=_took(_merges(requests, period)),
        to_resolution=_took(_resolutions(shown, first, period)),
        requests=_requests(requests, period),
        spent=sum(spent(requests, period).values()),
        spent_before=sum(spent(requests, before).values()),
        by_model=tuple(sorted(spent(requests, period).items(), key=lambda pair: (-pair[1], pair[0]))),
        patterns=patterns(seen, pattern_from),
        broken=broken,
    )


def spent(requests: Iterable[ReviewRequest], period: Period) -> dict[str, float]:
    """US dollars by model, from the marks of days within the period."""
    dollars = dict[str, float]()
    for one in (spend for request in requests for spend in spends_of(request.body)):
        if period.start.date() <= one.day < period.end.date():
            dollars[one.model] = dollars.get(one.model, 0) + one.dollars
    return dollars


def _within(times: Iterable[datetime], period: Period) -> int:
    return sum(1 for time in times if period.holds(time))


def _daily(times: Iterable[datetime], period: Period) -> tuple[int, ...]:
    days = Counter((time - period.start).days for time in times if period.holds(time))
    return tuple(days[number] for number in range(period.days))


def _came_back(meta: EntryMeta, times: Iterable[datetime], period: Period) -> bool:
    """Whether its first alert after the resolution lies in the period; where no time of a resolution can be read, any alert of a regressed entry."""
    if meta.status != "regressed":
        return False
    ended = instant(meta.resolved_at)
    if ended is None:
        return any(period.holds(time) for time in times)
    return period.holds(min((time for time in times if time > ended), default=None))


def _is_stale(meta: EntryMeta, period: Period) -> bool:
    last = instant(meta.last_seen)
    return meta.status in ("diagnosed", "regressed") and last is not None and period.end - last > STALE


def _counted(rows: Iterable[Row], names: Callable[[EntryMeta], tuple[str, ...]]) -> tuple[Count, ...]:
    now, before = Counter[str](), Counter[str]()
    for row in rows:
        for name in names(row.meta) if row.now or row.before else ():
            now[name] += row.now
            before[name] += row.before
    return tuple(Count(name, now[name], before[name]) for name in sorted({*now, *before}, key=lambda name: (-now[name], -before[name], name)))


def _diagnosed(requests: Iterable[ReviewRequest], times: dict[str, tuple[datetime, ...]], period: Period) -> list[timedelta]:
    """From the alert to the opening of its request; the alert is the one that the request tells of, else the last of its entry before it."""
    found = []
    for one in requests:
        if not period.holds(one.opened) or not one.branch.startswith("kb/"):
            continue
        told = first_alert(one.body)
        alerts = (*((told[1],) if told else ()), *times.get(one.branch.removeprefix("kb/"), ()))
        lengths = [one.opened - alert for alert in alerts if timedelta(0) <= one.opened - alert <= LONGEST_DIAGNOSIS]
        found += [min(lengths)] if lengths else []
    return found


def _merges(requests: Iterable[ReviewRequest], period: Period) -> list[timedelta]:
    merged = (one for one in requests if one.state == "merged" and one.opened != UNKNOWN)
    return [one.ended - one.opened for one in merged if one.ended is not None and period.holds(one.ended)]


def _resolutions(rows: Iterable[Row], first: dict[str, datetime | None], period: Period) -> list[timedelta]:
    found = []
    for row in rows:
        began, ended = first[row.meta.signature], instant(row.meta.resolved_at)
        if began is not None and ended is not None and period.holds(ended) and ended >= began:
            found.append(ended - began)
    return found


def _took(lengths: Sequence[timedelta]) -> Took:
    if not lengths:
        return Took()
    ordered = sorted(length.total_seconds() for length in lengths)
    ninth = ordered[min(len(ordered) - 1, -(-len(ordered) * 9 // 10) - 1)]
    return Took(len(ordered), timedelta(seconds=median(ordered)), timedelta(seconds=ninth))


def _requests(requests: Iterable[ReviewRequest], period: Period) -> Requests:
    told = list(requests)
    ended = [one for one in told if period.holds(one.ended)]
    merged = [one for one in ended if one.state == "merged"]
    closed = [one for one in ended if one.state == "closed"]
    lapsed = sum(is_lapsed(one.body, one.ended) for one in closed)
    return Requests(
        opened=sum(period.holds(one.opened) for one in told),
        merged=len(merged),
        edited=sum(bool(one.edited_by) for one in merged),
        rejected=len(closed) - lapsed,
        unanswered=lapsed,
        waiting=sum(one.opened < period.end and (one.ended is None or one.ended >= period.end) for one in told),
    )
