"""What the cluster counted, as evidence: how often and since when, where and for whom, and what sets the failing minutes apart."""

import json
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from bot.core.logs.time import moment
from bot.core.plain_text.plain_text import cut, one_line
from bot.model import Evidence, Gap, Inquiry, Trend
from bot.sources.opensearch.counts import HOUR, WEEK, hours_of
from bot.sources.opensearch.paging import partial
from bot.sources.opensearch.query import Json
from bot.sources.opensearch.refusal import Asked as Cluster

_LONGEST_VALUE = 80
_LONGEST_QUERY = 2_000
_LARGEST = 2**63 - 1
"""Counts of the cluster are longs; what is larger is none of them, and no share can be computed of it."""
_TELLING = 2.0
"""How many times as large a share among the errors of the window must be as among those of the hour before."""
_FEWEST = 3
_MOST_TOLD, _MOST_WORDS, _SHORTEST_WORD = 6, 4, 4


class Asked(NamedTuple):
    """The inquiry that was counted for, by which source, and where a person sees the same."""

    inquiry: Inquiry
    source: str
    place: str


def frequency(answer: Json, asked: Asked, query: Json) -> Iterator[Evidence]:
    """How often errors like the alert's were logged, and by whom. Nothing when there was none in seven days, or the answer has another shape."""
    found = _part(answer, "aggregations")
    week, window, before = _total(answer), _count(_part(found, "window")), _count(_part(found, "before"))
    if not week or window is None or before is None:
        return
    start, end = asked.inquiry.start, asked.inquiry.end
    first, last = (_seen(_part(found, name)) for name in ("first", "last"))
    shown = f"errors like this one from {_stamp(end - WEEK)} to {_stamp(end)}Z: {json.dumps(query, ensure_ascii=False)}"
    how = cut(one_line(shown), _LONGEST_QUERY)
    minutes = max(1, round((end - start).total_seconds() / 60))
    statement = f"Errors like this one: {window:,} in the {minutes} minutes around the alert, {before:,} in the 24 hours before, {week:,} in 7 days"
    if first is not None and last is not None:
        earlier = " or earlier" if first - (end - WEEK) < HOUR else ""
        statement += f"; first seen {_stamp(first)} UTC{earlier}, last {_stamp(last)} UTC"
    hours = _hours(_part(_part(found, "day"), "hours"), start, end)
    yield _evidence(asked, how, Trend(f"{statement}.", hours), [f"{name}: {count}" for name, count in hours if count], last)
    spread = _spread(_part(found, "window"), _part(found, "before"), window, before)
    if spread is not None:
        yield _evidence(asked, how, spread, [], last)


def apart(answer: Json, asked: Asked, known: Collection[str]) -> Evidence | None:
    """What is more common among the errors of the window than among those of the hour before; None when nothing is, or there were none before.

    `known` are words that need not be told: the alert has them.
    """
    found = _part(answer, "aggregations")
    telling = [
        (f"{name} {value}", here, before, earlier)
        for kind, name in (("service", "service"), ("release", "version"), ("error_type", "type"))
        for value, here, before, earlier in _significant(_part(found, kind))
    ]
    words = [one for one in _significant(_part(_part(found, "sample"), "words")) if one[0] not in known and len(one[0]) >= _SHORTEST_WORD]
    told = [*telling[:_MOST_TOLD], *((f"the word “{value}”", here, before, earlier) for value, here, before, earlier in words[:_MOST_WORDS])]
    if not told:
        return None
    total = _total(answer)
    named = "; ".join(f"{name} ({here:,} now, {before:,} of {earlier:,} before)" for name, here, before, earlier in told)
    statement = f"What sets the {total:,} errors of these minutes apart from those of the hour before: {named}."
    start, end = asked.inquiry.start, asked.inquiry.end
    how = f"significant terms and words of the errors from {_stamp(start)} to {_stamp(end)}Z against those from {_stamp(start - HOUR)}Z on"
    return _evidence(asked, how, Trend(statement, tuple((name, here) for name, here, _, _ in told)), [], None)


def told(inquiry: Inquiry, week: Json, compared: Json) -> tuple[str, ...]:
    """One line for each question, with its count."""
    start, end = inquiry.start, inquiry.end
    lines = [f"counted errors like this one from {_stamp(end - WEEK)} to {_stamp(end)}Z → {_total(week):,}"] if week else []
    return (*lines, *([f"compared the errors of the window with those from {_stamp(start - HOUR)}Z on → {_total(compared):,}"] if compared else []))


def lost(answer: Json, asked: Cluster, wanted: str) -> list[Gap]:
    """What is missing from an answer: shards that failed, time that ran out, counts that are not there."""
    if not answer:
        return []
    gaps = list(partial(asked.name, wanted, answer))
    if "aggregations" not in answer and _total(answer):
        gaps.append(Gap(asked.name, wanted, "an answer without counts", f"see whether {asked.cluster.url} answers aggregations: a proxy may take them out"))
    return gaps


def _spread(window: Json, before: Json, here: int, earlier: int) -> Trend | None:
    """Services, versions and users of the window, and of the day before it where they were others."""
    counts: list[tuple[str, int]] = []
    parts: list[str] = []
    for kind, name in (("service", "service"), ("release", "version")):
        now, then = _values(_part(window, kind)), _values(_part(before, kind))
        if now:
            parts.append(f"{name} {', '.join(f'{value} {count:,}' for value, count in now)}" + (f" (before: {_told(then)})" if then else ""))
            counts += [(f"{name} {value}", count) for value, count in now] + [(f"{name} {value}, day before", count) for value, count in then]
    users, users_before = (_number(_part(of, "users").get("value")) for of in (window, before))
    if users:
        parts.append(f"{users:,} different user{'s' * (users != 1)}" + (f" ({users_before:,} before)" if users_before is not None and earlier else ""))
        counts += [("users", users), ("users, day before", users_before or 0)]
    if not parts or not here:
        return None
    return Trend(f"Of the {here:,} around the alert: {'; '.join(parts)}.", tuple(counts))


def _told(values: Sequence[tuple[str, int]]) -> str:
    return ", ".join(f"{value} {count:,}" for value, count in values[:4])


def _significant(aggregation: Json) -> Iterator[tuple[str, int, int, int]]:
    """Value, its count in the window, its count before, and how many there were before. The background holds both."""
    total, background = _number(aggregation.get("doc_count")), _number(aggregation.get("bg_count"))
    if not total or background is None or background <= total:
        return
    earlier = background - total
    for bucket in _buckets(aggregation):
        here, both = _number(bucket.get("doc_count")), _number(bucket.get("bg_count"))
        if here is None or both is None or here < _FEWEST:
            continue
        before = max(both - here, 0)
        if here / total >= _TELLING * before / earlier:
            yield _value(bucket), here, before, earlier


def _hours(aggregation: Json, start: datetime, end: datetime) -> tuple[tuple[str, int], ...]:
    """Every hour of the day before and of the window, those without an error too."""
    found: dict[datetime, int] = {}
    for bucket in _buckets(aggregation):
        at, count = moment(bucket.get("key")), _count(bucket)
        if at is not None and count is not None:
            found[at.astimezone(UTC)] = count
    return tuple((f"{hour:%Y-%m-%d %H:%M}", found.get(hour, 0)) for hour in hours_of(start, end))


def _values(aggregation: Json) -> list[tuple[str, int]]:
    return [(_value(bucket), count) for bucket in _buckets(aggregation) if (count := _count(bucket))]


def _value(bucket: Json) -> str:
    return cut(one_line(str(bucket.get("key_as_string", bucket.get("key", "")))[:500]), _LONGEST_VALUE) or "(empty)"


def _buckets(aggregation: Json) -> list[Json]:
    buckets = aggregation.get("buckets")
    return [bucket for bucket in buckets if isinstance(bucket, dict)] if isinstance(buckets, list) else []


def _seen(aggregation: Json) -> datetime | None:
    value = aggregation.get("value")
    return moment(value) if isinstance(value, int | float) else None


def _total(answer: Json) -> int:
    total = _part(answer, "hits").get("total")
    return _number(total.get("value") if isinstance(total, dict) else total) or 0


def _count(part: Json) -> int | None:
    return _number(part.get("doc_count"))


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _LARGEST else None


def _part(of: object, name: str) -> Json:
    inner = of.get(name) if isinstance(of, dict) else None
    return inner if isinstance(inner, dict) else {}


def _evidence(asked: Asked, query: str, trend: Trend, lines: Sequence[str], time: datetime | None) -> Evidence:
    return Evidence("metric", asked.source, asked.place, "\n".join((trend.statement, *lines)), time=time, query=query, detail=trend)


def _stamp(time: datetime) -> str:
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M}"
