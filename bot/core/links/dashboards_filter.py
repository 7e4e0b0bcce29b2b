"""The filters of a Discover link: only the shapes that its filter bar makes are taken over, as clauses of our own making."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal, TypeGuard

from bot.core.links.date_math import resolved
from bot.core.plain_text.plain_text import cut, one_line
from bot.model import Record
from bot.regex import regex

Json = dict[str, Any]
Scalar = str | int | float | bool
FIELD = regex(r"(?!_)[\w@][\w@.-]{0,126}[\w@]|[\w@]|_id|_index")
"""Names of fields that a link may speak of: no wildcard, no script, none of the engine's own but the name of a document and of its index."""
_BOUNDS = ("gte", "gt", "lte", "lt")
_MOST_VALUES = 50
_LONGEST_VALUE = 1_000
MOST_FILTERS = 30


class Filter(Record, frozen=True):
    """One pill of the filter bar. `values` are those of a phrase or of phrases; `bounds` those of a range, by name (gte, gt, lte, lt)."""

    kind: Literal["phrase", "phrases", "range", "exists"]
    field: str
    values: tuple[Scalar, ...] = ()
    bounds: tuple[tuple[str, Scalar], ...] = ()
    negate: bool = False


def read(filters: object, at: datetime) -> Iterator[Filter | str]:
    """Each filter of a link's state that is switched on; for one of another shape the sentence that says what it was. `at` anchors relative times."""
    if not isinstance(filters, Sequence) or isinstance(filters, str):
        return
    for number, told in enumerate(filters):
        if number >= MOST_FILTERS:
            yield f"{len(filters) - MOST_FILTERS} filters beyond the first {MOST_FILTERS}"
            return
        meta = _part(told, "meta")
        if meta.get("disabled") is True:
            continue
        found = _filter(told, at, negate=meta.get("negate") is True) if isinstance(told, Mapping) else None
        yield found if found is not None else f"a filter of the kind {_kind(told, meta)}"


def as_state(one: Filter) -> Json:
    """The filter as Discover keeps it in a link."""
    meta: Json = {"alias": None, "disabled": False, "key": one.field, "negate": one.negate, "type": one.kind}
    if one.kind == "exists":
        return {"exists": {"field": one.field}, "meta": {**meta, "value": "exists"}}
    if one.kind == "range":
        return {"meta": {**meta, "params": dict(one.bounds)}, "range": {one.field: dict(one.bounds)}}
    if one.kind == "phrase":
        return {"meta": {**meta, "params": {"query": one.values[0]}}, "query": {"match_phrase": {one.field: one.values[0]}}}
    phrases = [{"match_phrase": {one.field: value}} for value in one.values]
    return {"meta": {**meta, "params": list(one.values)}, "query": {"bool": {"minimum_should_match": 1, "should": phrases}}}


def clause(one: Filter) -> Json:
    """The filter as a clause of a search. A phrase goes through `multi_match`, which is lenient about a field's type where `match_phrase` is not."""
    if one.kind == "exists":
        inner: Json = {"exists": {"field": one.field}}
    elif one.kind == "range":
        inner = {"range": {one.field: dict(one.bounds)}}
    else:
        inner = {"bool": {"should": [phrase(value, (one.field,)) for value in one.values], "minimum_should_match": 1}}
    return {"bool": {"must_not": [inner]}} if one.negate else inner


def phrase(value: Scalar, fields: Sequence[str]) -> Json:
    """These words in this order, in one of the fields."""
    return {"multi_match": {"query": value, "type": "phrase", "fields": list(fields), "lenient": True}}


def _filter(told: Mapping[str, object], at: datetime, *, negate: bool) -> Filter | None:
    """By what would be searched, never by what the label says of it."""
    query = _part(told, "query")
    bodies = [body for body in (query, told) if _SHAPES & set(body)]
    if len(bodies) != 1 or len(_SHAPES & set(bodies[0])) != 1:
        return None
    body = bodies[0]
    if "exists" in body:
        field = _part(body, "exists").get("field")
        return Filter("exists", field, negate=negate) if _is_field(field) else None
    if "range" in body:
        return _range(_part(body, "range"), at, negate=negate)
    if "bool" in body:
        return _phrases(_part(body, "bool"), negate=negate)
    found = _phrase(body)
    return Filter("phrase", found[0], (found[1],), negate=negate) if found else None


_SHAPES = frozenset({"exists", "range", "bool", "match_phrase", "match"})


def _phrase(body: Mapping[str, object]) -> tuple[str, Scalar] | None:
    """`match_phrase: {field: value}`, or the `match` with `type: phrase` of older links."""
    if set(body) - {"match_phrase", "match"}:
        return None
    wanted = _part(body, "match_phrase") or _part(body, "match")
    if len(wanted) != 1:
        return None
    [(field, value)] = wanted.items()
    if isinstance(value, Mapping):
        if "match" in body and value.get("type") != "phrase":
            return None
        value = value.get("query")
    return (field, value) if _is_field(field) and _is_value(value) else None


def _phrases(told: Mapping[str, object], *, negate: bool) -> Filter | None:
    should = told.get("should")
    if set(told) - {"should", "minimum_should_match"} or not isinstance(should, list) or not 0 < len(should) <= _MOST_VALUES:
        return None
    found = [_phrase(one) if isinstance(one, Mapping) else None for one in should]
    pairs = [pair for pair in found if pair is not None]
    if len(pairs) != len(found) or len({field for field, _ in pairs}) != 1:
        return None
    return Filter("phrases", pairs[0][0], tuple(value for _, value in pairs), negate=negate)


def _range(told: Mapping[str, object], at: datetime, *, negate: bool) -> Filter | None:
    if len(told) != 1:
        return None
    [(field, limits)] = told.items()
    if not _is_field(field) or not isinstance(limits, Mapping):
        return None
    bounds = tuple((name, _anchored(limits[name], at, name)) for name in _BOUNDS if _is_value(limits.get(name)))
    given = [name for name in limits if name in _BOUNDS and limits[name] is not None]
    return Filter("range", field, bounds=bounds, negate=negate) if bounds and len(bounds) == len(given) else None


def _anchored(value: Scalar, at: datetime, bound: str) -> Scalar:
    """A relative time means the alert's, not that of the search."""
    if not isinstance(value, str) or not value.startswith("now"):
        return value
    found = resolved(value, at, end=bound in ("lte", "gt"))
    return found.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z") if found else value


def _kind(told: object, meta: Mapping[str, object]) -> str:
    kind = meta.get("type")
    if isinstance(kind, str) and kind:
        return cut(one_line(kind), 40)
    names = [name for name in told if name not in ("meta", "$state")] if isinstance(told, Mapping) else []
    return cut(one_line(", ".join(map(str, names[:3]))), 60) or "that Discover does not make"


def _part(told: object, name: str) -> Mapping[str, object]:
    inner = told.get(name) if isinstance(told, Mapping) else None
    return inner if isinstance(inner, Mapping) else {}


def _is_field(name: object) -> TypeGuard[str]:
    return isinstance(name, str) and FIELD.fullmatch(name) is not None


def _is_value(value: object) -> TypeGuard[Scalar]:
    if isinstance(value, str):
        return len(value) <= _LONGEST_VALUE
    return isinstance(value, bool | int | float) and abs(value) < 10**18
