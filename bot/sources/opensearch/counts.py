"""How often an error like the alert's was logged, where, in which version and to how many users: counted in the cluster, no document travels."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.config import Fields
from bot.core.signature.normalization import normalised
from bot.core.signature.signature import last_name
from bot.model import Alert, Inquiry, Record
from bot.regex import regex
from bot.sources.opensearch.query import IndexFields, Json, between, operators_query

DAY, WEEK, HOUR = timedelta(hours=24), timedelta(days=7), timedelta(hours=1)
_MOST_VALUES = 8
_SAMPLE = 200
"""Documents of each shard that words are read from: reading a text again costs."""
_MOST_WORDS = 40
_SAME = "75%"
"""So many of the words of a message must agree, since the rest may be names and numbers."""
_FEW_WORDS = 3
_PLACEHOLDER = regex(r"<[a-z]{1,6}>")
_WORD = regex(r"[^\W\d_]{2,60}(?:_[^\W\d_]{1,60}){0,10}")


class Counting(Record, frozen=True):
    """What is counted: errors like the alert's, in `week` with its `day` and window, and what sets all errors of the window `apart` from the hour before."""

    like: Json
    week: Json
    apart: Json
    words: tuple[str, ...]


def counting(inquiry: Inquiry, error_query: str, fields: Fields, mapping: IndexFields) -> Counting | None:
    """None when the alert says too little to know its like."""
    alert = inquiry.alert
    words = tuple(dict.fromkeys(_WORD.findall(_PLACEHOLDER.sub(" ", normalised(alert.message or "")))))[:_MOST_WORDS]
    like = _like(alert, words, fields, mapping)
    if not like:
        return None
    errors = operators_query(error_query)
    return Counting(
        like={"bool": {"filter": like}},
        week=_week(inquiry, [errors, *like], mapping),
        apart=_apart(inquiry, errors, fields, mapping),
        words=words,
    )


def _like(alert: Alert, words: Sequence[str], fields: Fields, mapping: IndexFields) -> list[Json]:
    """Most words of the message; the type too where there are few words, or none."""
    messages = [name for name in fields.message if name in mapping.analysed]
    whole = [name for name in fields.message if name in mapping.text and name not in mapping.analysed]
    conditions = []
    if words and messages:
        text = " ".join(words)
        conditions.append(_any({"match": {name: {"query": text, "minimum_should_match": _SAME, "lenient": True}}} for name in messages))
    elif alert.message and whole:
        conditions.append(_any({"match": {name: {"query": alert.message[:8_000], "lenient": True}}} for name in whole))
    if alert.error_type and len(words) < _FEW_WORDS:
        told = [name for name in (*fields.error_type, *fields.message, *fields.stack) if name in mapping.text]
        names = dict.fromkeys((alert.error_type[:200], last_name(alert.error_type)[:200]))
        conditions += [_any({"match_phrase": {name: one}} for name in told for one in names)] if told else []
    return conditions


def _any(clauses: Iterable[Json]) -> Json:
    return {"bool": {"should": list(clauses), "minimum_should_match": 1}}


def _week(inquiry: Inquiry, conditions: Sequence[Json], mapping: IndexFields) -> Json:
    """One search of seven days: first and last, the hours of the last day, and for the window and the day before it who and where."""
    who = _who(mapping)
    window, before = between(mapping, inquiry.start, inquiry.end), between(mapping, inquiry.start - DAY, inquiry.start, upto=True)
    hours: Json = {"date_histogram": {"field": mapping.time, "fixed_interval": "1h", "min_doc_count": 1}}
    return {
        "query": {"bool": {"filter": [between(mapping, inquiry.end - WEEK, inquiry.end), *conditions]}},
        "size": 0,
        "track_total_hits": True,
        "aggs": {
            "first": {"min": {"field": mapping.time}},
            "last": {"max": {"field": mapping.time}},
            "day": {"filter": between(mapping, inquiry.start - DAY, inquiry.end), "aggs": {"hours": hours}},
            "window": {"filter": window, **({"aggs": who} if who else {})},
            "before": {"filter": before, **({"aggs": who} if who else {})},
        },
    }


def _who(mapping: IndexFields) -> Json:
    names = dict(mapping.counted)
    who: Json = {kind: {"terms": {"field": names[kind], "size": _MOST_VALUES}} for kind in ("service", "release") if kind in names}
    return who | ({"users": {"cardinality": {"field": names["user"]}}} if "user" in names else {})


def _apart(inquiry: Inquiry, errors: Json, fields: Fields, mapping: IndexFields) -> Json:
    """Errors of the window before a background that holds them and the hour before."""
    background = {"bool": {"filter": [between(mapping, inquiry.start - HOUR, inquiry.end), errors]}}
    aggs: Json = {
        kind: {"significant_terms": {"field": name, "background_filter": background, "min_doc_count": 3, "size": _MOST_VALUES}}
        for kind, name in mapping.counted
        if kind != "user"
    }
    message = next((name for name in fields.message if name in mapping.analysed), None)
    if message is not None:
        words: dict[str, Any] = {"field": message, "background_filter": background, "filter_duplicate_text": True, "min_doc_count": 3, "size": _MOST_VALUES}
        aggs["sample"] = {"sampler": {"shard_size": _SAMPLE}, "aggs": {"words": {"significant_text": words}}}
    return {
        "query": {"bool": {"filter": [between(mapping, inquiry.start, inquiry.end), errors]}},
        "size": 0,
        "track_total_hits": True,
        "aggs": aggs,
    }


def hours_of(start: datetime, end: datetime) -> list[datetime]:
    """The beginnings of the hours from a day before `start` to `end`, as `date_histogram` cuts them: from the epoch on, in UTC."""
    first = (start - DAY).astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return [first + number * HOUR for number in range(int((end - first) / HOUR) + 1)]
