"""A chart of how often an error came, as Mermaid that GitHub draws; only where there is enough to see."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

FEWEST, FEWEST_DAYS, MOST_BARS = 6, 2, 31

Bucket = Callable[[date], date]


def chart(times: Sequence[datetime]) -> str:
    """A fenced bar chart by day, week, month or year, at most 31 bars; empty for fewer than 6 occurrences, or all on one day."""
    days = [time.date() for time in times]
    if len(days) < FEWEST or len(set(days)) < FEWEST_DAYS:
        return ""
    scales = _scales(days)
    name, shown, bars = next((one for one in scales if len(one[2]) <= MOST_BARS), scales[-1])
    bars = bars[-MOST_BARS:]
    labels = ", ".join(f'"{at:{shown}}"' for at, _ in bars)
    counts = ", ".join(str(count) for _, count in bars)
    most = max(count for _, count in bars)
    lines = ("xychart-beta", f'  title "Occurrences by {name}"', f"  x-axis [{labels}]", f'  y-axis "alerts" 0 --> {most}', f"  bar [{counts}]")
    return "```mermaid\n" + "\n".join(lines) + "\n```"


def _scales(days: Sequence[date]) -> list[tuple[str, str, list[tuple[date, int]]]]:
    return [
        ("day", "%m-%d", _counted(days, _day, lambda at: at + timedelta(days=1))),
        ("week, from its Monday", "%m-%d", _counted(days, _week, lambda at: at + timedelta(days=7))),
        ("month", "%Y-%m", _counted(days, _month, lambda at: _month(at + timedelta(days=31)))),
        ("year", "%Y", _counted(days, _year, lambda at: _year(at + timedelta(days=366)))),
    ]


def _counted(days: Sequence[date], bucket: Bucket, following: Bucket) -> list[tuple[date, int]]:
    """Every bucket from the first to the last, the empty ones too; a span that no chart can show ends after one bar too many."""
    counts = Counter(map(bucket, days))
    bars, at, last = list[tuple[date, int]](), min(counts), max(counts)
    while at <= last and (len(bars) <= MOST_BARS or bucket is _year) and at.year < 9000:
        bars.append((at, counts[at]))
        at = following(at)
    return bars


def _day(day: date) -> date:
    return day


def _week(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _month(day: date) -> date:
    return day.replace(day=1)


def _year(day: date) -> date:
    return day.replace(month=1, day=1)
