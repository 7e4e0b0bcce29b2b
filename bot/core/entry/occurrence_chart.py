"""A chart of how often an error came, as Mermaid that GitHub draws; only where there is enough to see."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

FEWEST, FEWEST_DAYS, MOST_BARS = 6, 2, 31

Bucket = Callable[[datetime], datetime]


def chart(times: Sequence[datetime]) -> str:
    """A fenced bar chart by day, week, month or year, at most 31 bars; empty for fewer than 6 occurrences, or all on one day."""
    if len(times) < FEWEST or len({_day(time) for time in times}) < FEWEST_DAYS:
        return ""
    name, shown, bars = next((one for one in _scales(times) if len(one[2]) <= MOST_BARS), list(_scales(times))[-1])
    bars = bars[-MOST_BARS:]
    labels = ", ".join(f'"{at:{shown}}"' for at, _ in bars)
    counts = ", ".join(str(count) for _, count in bars)
    most = max(count for _, count in bars)
    lines = ("xychart-beta", f'  title "Occurrences by {name}"', f"  x-axis [{labels}]", f'  y-axis "alerts" 0 --> {most}', f"  bar [{counts}]")
    return "```mermaid\n" + "\n".join(lines) + "\n```"


def _scales(times: Sequence[datetime]) -> list[tuple[str, str, list[tuple[datetime, int]]]]:
    return [
        ("day", "%m-%d", _counted(times, _day, lambda at: at + timedelta(days=1))),
        ("week, from its Monday", "%m-%d", _counted(times, _week, lambda at: at + timedelta(days=7))),
        ("month", "%Y-%m", _counted(times, _month, lambda at: _month(at + timedelta(days=31)))),
        ("year", "%Y", _counted(times, _year, lambda at: _year(at + timedelta(days=366)))),
    ]


def _counted(times: Sequence[datetime], bucket: Bucket, following: Bucket) -> list[tuple[datetime, int]]:
    """Every bucket from the first to the last, the empty ones too; a span that no chart can show ends after one bar too many."""
    counts = Counter(map(bucket, times))
    bars, at, last = list[tuple[datetime, int]](), min(counts), max(counts)
    while at <= last and (len(bars) <= MOST_BARS or bucket is _year) and at.year < 9000:
        bars.append((at, counts[at]))
        at = following(at)
    return bars


def _day(time: datetime) -> datetime:
    return time.replace(hour=0, minute=0, second=0, microsecond=0)


def _week(time: datetime) -> datetime:
    return _day(time) - timedelta(days=time.weekday())


def _month(time: datetime) -> datetime:
    return _day(time).replace(day=1)


def _year(time: datetime) -> datetime:
    return _month(time).replace(month=1)
