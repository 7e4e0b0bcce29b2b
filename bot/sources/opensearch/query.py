"""The bodies of OpenSearch searches; words of an alert go through `match` only, which has no syntax to break or abuse."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from bot.config import Fields
from bot.core.logs.document import ERROR_NUMBERS, ERROR_WORDS, SEVERE_NUMBERS, SEVERITY_NUMBERS, unnamed
from bot.model import Alert, Record

Json = dict[str, Any]
_ANALYSED = {"text", "match_only_text"}
_TEXT = {*_ANALYSED, "keyword", "constant_keyword", "wildcard", "version"}
_COUNTED = {"keyword", "constant_keyword", "long", "integer", "short", "unsigned_long", "ip"}
_TIMES = {"date", "date_nanos"}
_FLAT = {"flat_object", "flattened"}
"""Objects that are mapped as one field: what is in them can be searched, and is in no mapping."""
_KINDS = ("service", "release", "user", "error_type")
"""Kinds of fields whose values are counted."""
_LONGEST_NAMES = 3_000
"""Characters of field names in one address: OpenSearch takes 4,096 in all (http.max_initial_line_length)."""
_NUMBERS = {"long", "integer", "short", "byte", "double", "float"}
_ERROR_VALUES = " OR ".join((*(spelt for word in ERROR_WORDS for spelt in (word, word.upper(), word.capitalize())), *ERROR_NUMBERS))
"""A keyword is found only as it is written; a number is lenient about words."""
_SEVERE_VALUES = " OR ".join(SEVERE_NUMBERS)
"""One by one: a keyword knows no range of numbers."""
_TEMPLATE = "@mt"
"""Serilog's compact form: what stands in the template's places are fields of any name."""


class IndexFields(Record, frozen=True):
    """How the indices map the configured fields. Nothing is known where the cluster does not let us ask: names are taken as they are."""

    time: str
    text: frozenset[str]
    analysed: frozenset[str] = frozenset()
    """Those of `text` that are cut into words."""
    nested: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Paths that are nested objects, with the indices in which they are; no index: in all that have the path."""
    flat: frozenset[str] = frozenset()
    """Trace fields within such an object."""
    levels: tuple[str, ...] = ()
    """Level fields of words or numbers."""
    severities: tuple[str, ...] = ()
    """Fields of OpenTelemetry's severity number."""
    templated: bool = False
    """Whether messages are written out from fields that no configuration names."""
    numbered: bool = False
    """Whether the levels are numbers in all of these fields."""
    counted: tuple[tuple[str, str], ...] = ()
    """Kind of field (service, release, user, error_type), and the name by which its values can be counted."""
    nanos: bool = False
    known: bool = False
    timed: bool = True
    traced: bool = True


def asked_fields(fields: Fields) -> tuple[str, ...]:
    """Every name whose mapping matters, with the parents of dotted trace fields (they may be nested), and the keywords beside texts that are counted."""
    parents = (parent for name in fields.trace for parent in _parents(name))
    searched = (*fields.time, *fields.message, *fields.error_type, *fields.stack, *fields.trace, *parents, *fields.level, *SEVERITY_NUMBERS)
    counted = [part for kind in _KINDS for name in getattr(fields, kind) for part in (name, f"{name}.keyword")]
    names, room = dict.fromkeys(searched), _LONGEST_NAMES - sum(len(name) + 1 for name in dict.fromkeys(searched))
    for name in counted:
        room -= len(name) + 1
        if room > 0:
            names[name] = None
    return tuple(names)


def _parents(name: str) -> list[str]:
    return [".".join(name.split(".")[:depth]) for depth in range(1, name.count(".") + 1)]


def read_mapping(capabilities: Json, fields: Fields) -> IndexFields:
    """What `_field_caps` says: by name, by type, the indices that map it so."""
    found = capabilities.get("fields")
    kinds: dict[str, dict[str, Any]] = {name: types for name, types in found.items() if isinstance(types, dict)} if isinstance(found, dict) else {}
    # A number is a time too when it counts milliseconds; a date is preferred.
    time = next((name for accepted in (_TIMES, {"long"}) for name in fields.time if accepted & set(kinds.get(name, ()))), None)
    wanted = (*fields.message, *fields.error_type, *fields.stack, *fields.trace)
    parents = [name for name in asked_fields(fields) if "nested" in kinds.get(name, ())]
    flat = frozenset(name for name in fields.trace if any(_FLAT & set(kinds.get(parent, ())) for parent in _parents(name)))
    nested = tuple((name, tuple(kinds[name]["nested"].get("indices", ())) if len(kinds[name]) > 1 else ()) for name in parents)
    counted = ((kind, name) for kind in _KINDS if (name := _counted_by(getattr(fields, kind), kinds)))
    levels, severities = (tuple(name for name in names if set(kinds.get(name, ())) & (_TEXT | _NUMBERS)) for names in (fields.level, SEVERITY_NUMBERS))
    return IndexFields(
        time=time or fields.time[0],
        text=frozenset(name for name in wanted if kinds.get(name) and set(kinds[name]) <= _TEXT),
        analysed=frozenset(name for name in wanted if kinds.get(name) and set(kinds[name]) <= _ANALYSED),
        nested=nested,
        levels=levels,
        severities=severities,
        templated=_TEMPLATE in kinds,
        numbered=bool(levels) and not any(set(kinds[name]) & _TEXT for name in levels),
        counted=tuple(counted),
        nanos=time is not None and set(kinds[time]) >= _TIMES,
        known=True,
        timed=time is not None,
        flat=flat,
        traced=bool(flat) or any(name in kinds for name in fields.trace),
    )


def _counted_by(names: Sequence[str], kinds: dict[str, dict[str, Any]]) -> str | None:
    """The first name, or the keyword beside it, whose values every index that has it can count."""
    every = (part for name in names for part in (name, f"{name}.keyword"))
    return next((name for name in every if kinds.get(name) and set(kinds[name]) <= _COUNTED), None)


def unread_mapping(fields: Fields) -> IndexFields:
    """When the mapping could not be read."""
    return IndexFields(fields.time[0], frozenset((*fields.message, *fields.error_type, *fields.stack, *fields.trace)))


def between(mapping: IndexFields, start: datetime, end: datetime, *, upto: bool = False) -> Json:
    """Epoch milliseconds fit dates, and numbers that hold milliseconds, alike. With `upto` the end itself is left out."""
    bounds = {"gte": int(start.timestamp() * 1000), "lt" if upto else "lte": int(end.timestamp() * 1000), "format": "epoch_millis"}
    return {"range": {mapping.time: bounds}}


def error_query(configured: str, fields: Fields, mapping: IndexFields) -> str:
    """What tells errors from the rest: as the operator wrote it, else what the level or its number says, in the fields that there are."""
    if configured:
        return configured
    words = [f"{name}:({_ERROR_VALUES})" for name in _levels(fields, mapping)]
    return " OR ".join((*words, *(f"{name}:({_SEVERE_VALUES})" for name in mapping.severities)))


def errors_told(configured: str, fields: Fields, mapping: IndexFields) -> str:
    """`error_query`, for a reader: which words of which fields, without each way to write them."""
    if configured:
        return configured
    levels, numbers = ", ".join(_levels(fields, mapping)), ", ".join(mapping.severities)
    words = f"{levels} says {', '.join(ERROR_WORDS)}, {' or '.join(ERROR_NUMBERS)}, in any case" if levels else ""
    return " or ".join(filter(None, (words, f"{numbers} is {SEVERE_NUMBERS[0]} to {SEVERE_NUMBERS[-1]}" if numbers else "")))


def _levels(fields: Fields, mapping: IndexFields) -> tuple[str, ...]:
    """Where levels are looked for: without a mapping anywhere, except where numbers tell them alone."""
    return mapping.levels or (() if mapping.severities else fields.level)


def any_line(window: Json) -> Json:
    """How many documents there are in the window at all, error or not."""
    return {"query": {"bool": {"filter": [window]}}, "size": 0, "track_total_hits": 10_000}


def operators_query(error_query: str) -> Json:
    """The one place for query syntax: written by the operator, never by an alert."""
    return {"query_string": {"query": error_query, "allow_leading_wildcard": False, "lenient": True}}


def errors(alert: Alert, window: Json, error_query: str, fields: Fields, mapping: IndexFields) -> Json:
    """Errors of the window, those most like the alert first, of equals the newest."""
    return most_alike([window, operators_query(error_query)], alert, fields, mapping)


def holding(words: Sequence[str], service: str, window: Json, fields: Fields, mapping: IndexFields) -> Json:
    """What holds every word, error or not, the newest first; of a service alone where one is named. A word is a phrase to match, never syntax."""
    texts = searched_texts(fields, mapping)
    conditions = [window, *(_any_phrase((*texts, *fields.service), word) for word in words)]
    if service:
        conditions.append(_any_phrase(fields.service, service))
    return {
        "query": {"bool": {"filter": conditions}},
        "sort": [by_time(mapping, "desc")],
        "_source": source_fields(fields, mapping),
        "track_total_hits": 10_000,
    }


def searched_texts(fields: Fields, mapping: IndexFields) -> list[str]:
    """The fields whose words can be found one by one: those that are cut into words, and the names and ids that are one."""
    said = (*fields.message, *fields.stack)
    names = [name for name in said if name in (mapping.analysed if mapping.known else mapping.text)]
    return [*names, *(name for name in (*fields.error_type, *fields.trace) if name in mapping.text)]


def most_alike(conditions: Sequence[Json], alert: Alert, fields: Fields, mapping: IndexFields) -> Json:
    """What fulfils all conditions, those most like the alert first, of equals the newest."""
    return {
        "query": {"bool": {"filter": list(conditions), "should": list(_likeness(alert, fields, mapping))}},
        "sort": [{"_score": {"order": "desc"}}, by_time(mapping, "desc")],
        "_source": source_fields(fields, mapping),
        "track_total_hits": 10_000,
    }


def trace(ids: Sequence[str], window: Json, fields: Fields, mapping: IndexFields, path: str | None = None) -> Json:
    """All events of these traces, oldest first; within the nested objects at `path`, or in plain fields."""
    names = [name for name in fields.trace if path is None or name.startswith(f"{path}.")]
    if path is None:
        names = [name for name in names if name in mapping.text or name in mapping.flat] or names
    # What is flat is a keyword, and need not take phrases.
    clauses: list[Json] = [{"match" if name in mapping.flat else "match_phrase": {name: one}} for name in names for one in ids]
    if path is not None:
        clauses = [{"nested": {"path": path, "ignore_unmapped": True, "query": clause}} for clause in clauses]
    return {
        "query": {"bool": {"filter": [window], "should": clauses, "minimum_should_match": 1}},
        "sort": [by_time(mapping, "asc")],
        "_source": source_fields(fields, mapping),
        "track_total_hits": True,
    }


def by_time(mapping: IndexFields, order: str) -> Json:
    """Sort by the time field; milliseconds and nanoseconds compare only when told to."""
    return {mapping.time: {"order": order, "unmapped_type": "date", **({"numeric_type": "date_nanos"} if mapping.nanos else {})}}


def source_fields(fields: Fields, mapping: IndexFields) -> list[str] | bool:
    """Only what an event is made of travels; whole documents (True) where it may be made of any field."""
    if mapping.templated:
        return True
    named = (name for kind in fields.__struct_fields__ for name in getattr(fields, kind))
    return list(dict.fromkeys((*named, *unnamed(fields))))


def _likeness(alert: Alert, fields: Fields, mapping: IndexFields) -> Iterable[Json]:
    message = (alert.message or alert.text)[:500].strip()
    messages = [name for name in fields.message if name in mapping.text]
    stacks = [name for name in fields.stack if name in mapping.text]
    for name in messages:
        if message:
            yield _match(name, message, 1.0)
            yield {"match_phrase": {name: {"query": message[:200], "slop": 3, "boost": 4.0}}}
        if alert.error_type:
            yield _match(name, alert.error_type[:200], 1.0)
    for name in (*messages, *stacks):
        if alert.culprit:
            yield _match(name, alert.culprit[:200], 2.0)
    for name in fields.error_type:
        if alert.error_type and name in mapping.text:
            yield _match(name, alert.error_type[:200], 3.0)


def _any_phrase(names: Sequence[str], words: str) -> Json:
    return {"bool": {"should": [{"match_phrase": {name: words}} for name in dict.fromkeys(names)], "minimum_should_match": 1}}


def _match(name: str, words: str, boost: float) -> Json:
    return {"match": {name: {"query": words, "boost": boost, "lenient": True}}}
