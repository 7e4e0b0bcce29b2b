"""How often an error stood in the logs, in steps of five minutes over the hour before and after its alert, and from where."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from bot.core.links.cloudwatch_link import ConsoleLink, write
from bot.core.logs import lambda_lines
from bot.core.logs.time import moment
from bot.core.plain_text.plain_text import cut, one_line
from bot.model import Evidence, Record, Trend
from bot.sources.cloudwatch.paging import Line

AROUND = timedelta(hours=1)
_STEP = 300
_SHOWN = 8


class Count(Record, frozen=True):
    """So many lines of one stream in the five minutes that begin at `begin`."""

    begin: datetime
    group: str
    stream: str
    lines: int


class Counted(Record, frozen=True):
    """What was counted: `what` in words, `query` as it was asked, `at_least` when not all was read."""

    what: str
    query: str
    start: datetime
    end: datetime
    counts: tuple[Count, ...]
    at_least: bool = False


def of_lines(lines: Iterable[Line]) -> tuple[Count, ...]:
    """The counts of lines that were read."""
    found = Counter((_begin(line.time), line.group, line.stream) for line in lines)
    return tuple(Count(*key, number) for key, number in sorted(found.items()))


def of_rows(rows: Iterable[dict[str, str]]) -> tuple[Count, ...]:
    """The counts that Insights answered with; times without a zone are UTC."""
    found = []
    for row in rows:
        begin, number = moment(row.get("begin")), row.get("lines", "").partition(".")[0]
        if begin is not None and number.isdecimal() and len(number) < 16:
            found.append(Count(begin, row.get("@log", "").rpartition(":")[2], row.get("@logStream", ""), int(number)))
    return tuple(sorted(found, key=lambda count: (count.begin, count.group, count.stream)))


def evidence(counted: Counted, at: datetime, source: str, region: str, pattern: str = "") -> tuple[Evidence, ...]:
    """What the counts tell: over time, and, where there are several, by version and stream. Nothing when nothing was counted."""
    total = sum(count.lines for count in counted.counts)
    if not total:
        return ()
    groups = Counter[str]()
    for count in counted.counts:
        groups[count.group] += count.lines
    place = write(ConsoleLink(region, groups.most_common(1)[0][0], None, counted.start, counted.end, pattern))
    told = [_over_time(counted, at), *_by_origin(counted)]
    return tuple(Evidence("metric", source, place, _text(trend), time=at, query=counted.query, detail=trend) for trend in told)


def _over_time(counted: Counted, at: datetime) -> Trend:
    steps = Counter[datetime]()
    for count in counted.counts:
        steps[count.begin] += count.lines
    alert_step = _begin(at)
    before = sum(number for begin, number in steps.items() if begin < alert_step)
    most, number = max(steps.items(), key=lambda pair: (pair[1], pair[0]))
    some = ">= " if counted.at_least else ""
    total, earlier = f"{some}{sum(steps.values()):,}", f"{some if before else ''}{before:,}"
    begun = f"{'read back to' if counted.at_least else 'the first from'} {_clock(min(steps))}"
    peak = f", most from {_clock(most)} ({number:,} in five minutes)" if len(steps) > 1 else ""
    statement = (
        f"{counted.what}: {total} between {_clock(counted.start)} and {_clock(counted.end)} UTC, "
        f"{earlier} of them before the five minutes of the alert ({_clock(alert_step)}); {begun}{peak}"
    )
    return Trend(statement, tuple((_clock(begin), steps[begin]) for begin in sorted(steps)))


def _by_origin(counted: Counted) -> Iterable[Trend]:
    versions, streams = Counter[str](), Counter[str]()
    for count in counted.counts:
        name = one_line(count.group[:200])
        versions[f"{name} version {lambda_lines.version(count.stream)}" if lambda_lines.version(count.stream) else name] += count.lines
        streams[f"{name} {one_line(count.stream[:200])}"] += count.lines
    for kind, origins in (("version" if any(" version " in name for name in versions) else "log group", versions), ("stream", streams)):
        if len(origins) > 1:
            counts = tuple(origins.most_common(_SHOWN))
            more = f", and from {len(origins) - len(counts)} more" if len(origins) > len(counts) else ""
            first = f"{cut(counts[0][0], 120)} wrote {counts[0][1]:,} of {sum(origins.values()):,}"
            yield Trend(f"{counted.what} by {kind}: {first}{more}", counts)


def _text(trend: Trend) -> str:
    return "\n".join((trend.statement, *(f"{name}: {number:,}" for name, number in trend.counts)))


def _begin(time: datetime) -> datetime:
    seconds = int(time.timestamp())
    return datetime.fromtimestamp(seconds - seconds % _STEP, UTC)


def _clock(time: datetime) -> str:
    return f"{time.astimezone(UTC):%H:%M}"


def window(at: datetime, now: datetime) -> tuple[datetime, datetime]:
    """The hour before an alert, and the one after it as far as it has passed."""
    return at - AROUND, max(min(at + AROUND, now), at)
