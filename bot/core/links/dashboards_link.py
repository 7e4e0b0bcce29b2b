"""Links of OpenSearch Dashboards: what a Discover link selects, and the link that selects it. Nothing is fetched here.

A dashboard (`/app/dashboards`, `/app/visualize`) is read for the query, filters and time above its panels; what the panels ask is not in the link.

The forms: classic `/app/discover#/?_g&_a`, Data Explorer `/app/data-explorer/discover#?_a&_q&_g` (2.10 and later, its query in `_q`, with a
dataset from 2.18 on), `/app/explore/logs/#/?_q&_g` (3.x, the query flat in `_q`), and short links `/goto/<id>` (OpenSearch Dashboards:
`src/plugins/discover/public/url_generator.ts`, `src/plugins/share/common/short_url_routes.ts`).
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from bot.core.links import dashboards_filter
from bot.core.links.dashboards_filter import Filter
from bot.core.links.dashboards_state import IN_SESSION, State, read, written
from bot.core.links.dashboards_tokens import Language
from bot.core.links.date_math import resolved
from bot.core.plain_text.plain_text import cut, one_line
from bot.model import Record
from bot.regex import regex

LONGEST = 50_000
_LONGEST_QUERY = 10_000
_APP = regex(r"/app/(?P<app>discover|data-explorer/discover|explore/[\w-]{1,40}|kibana|dashboards|visualize)/?", re.ASCII)
_WITH_PANELS, _WITH_PANELS_OLD = ("dashboards", "visualize"), ("/dashboard", "/visualize")
_OF_DASHBOARDS = regex(r"/(?:_dashboards|_plugin/kibana)(?:/|\Z)|/app/(?:discover|data-explorer|explore|kibana|dashboards|visualize)\b|/goto/", re.ASCII)
_SHORT = regex(r"(?P<space>/w/[\w-]{1,64})?/goto/(?P<id>[\w-]{6,64})", re.ASCII)
_TENANT = regex(r"[\w@-][\w .@-]{0,63}", re.ASCII)
_ONE_DOCUMENT = regex(r"/(?:doc/[\w.-]{1,200}/(?P<index>[\w.-]{1,200})|context/[\w.-]{1,200}/(?P<id>[\w=-]{1,512}))/?", re.ASCII)

_PIPED = {"esql": "ES|QL", "sql": "SQL"}

SESSION_HASH = (
    "its query is kept in the browser that made it (state:storeInSessionStorage)",
    "share it as a short link made by *Share → Permalinks → Snapshot*, or switch that setting off in Dashboards",
)
PANELS = (
    "it opens a dashboard without a query of its own, and what its panels ask is not in the link",
    "open the panel's documents in Discover, and share that address; or put the error's words into the alert",
)
SAVED_SEARCH = ("it opens a saved search, which is not in the link", "open it, change its query or time once, and share the address that results")


class Selection(Record, frozen=True):
    """What a Discover link selects. `index` is the title of an index pattern where the link holds one, else `index_id` names a saved one."""

    query: str = ""
    language: Language = "kuery"
    filters: tuple[Filter, ...] = ()
    index: str | None = None
    index_id: str | None = None
    start: datetime | None = None
    end: datetime | None = None


class Unread(Record, frozen=True):
    """What of a link is not taken over: why, and what to do."""

    cause: str
    remedy: str


class Reading(Record, frozen=True):
    """What came of a link: no selection where it holds none that can be read."""

    selection: Selection | None
    unread: tuple[Unread, ...] = ()


class ShortLink(Record, frozen=True):
    """A link that Dashboards must be asked for: `path` is that of its resolver, relative to Dashboards' address; `tenant` what the link names."""

    id: str
    path: str
    tenant: str | None = None


def is_dashboards(url: str) -> bool:
    """Whether this looks like a link into Dashboards, whoever's."""
    parts = _split(url)
    return parts is not None and _OF_DASHBOARDS.search(parts.path) is not None


def path_below(url: str, dashboards_url: str) -> str | None:
    """The path of a link that stands below the address of Dashboards; None for any other. Scheme, host and port must be the same."""
    parts, base = _split(url), _split(dashboards_url)
    if parts is None or base is None or _origin(parts) != _origin(base) or parts.username or parts.password:
        return None
    prefix = base.path.rstrip("/")
    return parts.path.removeprefix(prefix) or "/" if parts.path == prefix or parts.path.startswith(f"{prefix}/") else None


def short_link(url: str, path: str) -> ShortLink | None:
    """The short link at a path below Dashboards (`path_below`); None when it is another kind of link."""
    match = _SHORT.fullmatch(path.rstrip("/"))
    if match is None:
        return None
    tenant = dict(parse_qsl(urlsplit(url).query[:2_000])).get("security_tenant")
    return ShortLink(match["id"], f"{match['space'] or ''}/api/short_url/{match['id']}", tenant if tenant and _TENANT.fullmatch(tenant) else None)


def parse(url: str, at: datetime) -> Reading:
    """What a whole link to Discover or to a dashboard selects; whole or as a short link keeps it (`/app/discover#/?…`). Relative times are those at `at`.

    The link is hostile: its state is bounded before it is decoded, and of its filters only known shapes are taken.
    """
    parts = _split(url)
    app = _APP.search(parts.path) if parts is not None else None
    if parts is None or app is None:
        return _unread("it is no link to Discover or a dashboard", "link to Discover, with the query that shows the error")
    route, _, _ = parts.fragment.partition("?")
    states, problems = read(f"{parts.query}&{parts.fragment.partition('?')[2]}")
    if IN_SESSION in problems:
        return Reading(None, (Unread(*SESSION_HASH),))
    document = _ONE_DOCUMENT.fullmatch(route)
    if document is not None:
        return _document(document, parts.fragment, _time(states, at))
    if problems:
        return _unread("its address cannot be read: it is cut off, or of a form that is not known", "copy the whole address from Discover's *Share* menu")
    if elsewhere := _asked_elsewhere(app["app"], route, states):
        return _unread(*elsewhere)
    return _selected(states, at)


def _asked_elsewhere(app: str, route: str, states: Mapping[str, State]) -> tuple[str, str] | None:
    """Why the query of a page is not in its link."""
    if _list(states, "filters"):
        return None
    if app in _WITH_PANELS or route.startswith(_WITH_PANELS_OLD):
        return None if _is_asked(_query_of(states)) else PANELS
    return SAVED_SEARCH if "/view/" in f"{route}/" and not _query_of(states) else None


def write(selection: Selection, dashboards_url: str) -> str:
    """The classic form, which later versions take as well. Times to the millisecond; the inverse of `parse` for what `parse` can give."""
    state: dict[str, Any] = {"query": {"language": selection.language, "query": selection.query}}
    if selection.filters:
        state["filters"] = [dashboards_filter.as_state(one) for one in selection.filters]
    if named := selection.index_id or selection.index:
        state["index"] = named
    if selection.index is not None:
        state["query"]["dataset"] = {"id": named, "title": selection.index, "type": "INDEX_PATTERN"}
    time = {name: _stamp(moment) for name, moment in (("from", selection.start), ("to", selection.end)) if moment is not None}
    shown = f"_g={written({'time': time})}&_a={written(state)}" if time else f"_a={written(state)}"
    return f"{dashboards_url.rstrip('/')}/app/discover#/?{shown}"


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _split(url: str) -> Any:
    if len(url) > LONGEST:
        return None
    try:
        parts = urlsplit(url.strip())
        _ = parts.port
    except ValueError:
        return None
    return parts


def _origin(parts: Any) -> tuple[str, str, int | None]:
    return parts.scheme, (parts.hostname or "").lower(), parts.port or {"https": 443, "http": 80}.get(parts.scheme)


def _selected(states: Mapping[str, State], at: datetime) -> Reading:
    told = _query_of(states)
    text, language, unread = _text_of(told)
    filters = [one for name in ("_q", "_a", "_g") for one in dashboards_filter.read(states.get(name, {}).get("filters"), at)]
    remedy = "its other conditions are searched; look at this one in Discover"
    unread += [Unread(f"{one} is not taken over", remedy) for one in filters if isinstance(one, str)]
    dataset = told.get("dataset")
    index, index_id, refused = _index_of(dataset if isinstance(dataset, Mapping) else {}, states.get("_a", {}))
    if refused is not None:
        return Reading(None, (refused,))
    start, end = _time(states, at)
    return Reading(Selection(text, language, tuple(one for one in filters if isinstance(one, Filter)), index, index_id, start, end), tuple(unread))


def _query_of(states: Mapping[str, State]) -> Mapping[str, Any]:
    """The query moved from `_a` to `_q`, where explore keeps it flat; a link without one selects all."""
    for name in ("_q", "_a"):
        state = states.get(name, {})
        query = state.get("query")
        if isinstance(query, Mapping):
            return query
        if isinstance(query, str):
            return state
    return {}


def _is_asked(told: Mapping[str, Any]) -> bool:
    """Whether a query selects anything: an empty one selects all."""
    text = told.get("query")
    return bool(text.strip()) if isinstance(text, str) else bool(told.keys() - {"language", "dataset", "query"})


def _text_of(told: Mapping[str, Any]) -> tuple[str, Language, list[Unread]]:
    language, text = str(told.get("language", "kuery")), told.get("query", "")
    for name, called in _PIPED.items():  # Kibana 8 keeps these under their own names: `query:(esql:'FROM logs-* | …')`
        if name in told:
            language, text = called, told[name]
    inner = told.get("query_string")
    if isinstance(inner, Mapping):  # Kibana 5 and earlier
        language, text = "lucene", inner.get("query", "")
    known: dict[str, Language] = {"kuery": "kuery", "lucene": "lucene", "ppl": "PPL"}
    if not isinstance(text, str) or len(text) > _LONGEST_QUERY:
        return "", "kuery", [Unread("its query is none that Discover makes", "look at it in Discover")]
    if language.lower() not in known:
        cause = f"its query is in {cut(one_line(language), 40)}, which is not read"
        return "", "kuery", [Unread(cause, "share a link whose query is in DQL or Lucene")] if text.strip() else []
    return text, known[language.lower()], []


def _index_of(dataset: Mapping[str, Any], state: Mapping[str, Any]) -> tuple[str | None, str | None, Unread | None]:
    """Title and id of what is searched. A dataset that is no index (S3, Prometheus) is none of the cluster's."""
    kind, title, named = (_text(dataset.get(name)) for name in ("type", "title", "id"))
    if kind is not None and kind not in ("INDEX_PATTERN", "INDEXES"):
        return None, None, Unread(f"it searches {cut(one_line(kind), 40)}, no index of this cluster", "link to Discover with an index pattern of this cluster")
    if title is not None:
        return title, named if named != title else None, None
    metadata = state.get("metadata")
    return None, named or _text(state.get("index")) or (_text(metadata.get("indexPattern")) if isinstance(metadata, Mapping) else None), None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and 0 < len(value) <= 500 else None


def _list(states: Mapping[str, State], name: str) -> Sequence[object]:
    return [one for state in states.values() if isinstance(found := state.get(name), list) for one in found]


def _time(states: Mapping[str, State], at: datetime) -> tuple[datetime | None, datetime | None]:
    time = states.get("_g", {}).get("time")
    if not isinstance(time, Mapping):
        return None, None
    start, end = resolved(time.get("from"), at), resolved(time.get("to"), at, end=True)
    return (start, end) if start is None or end is None or start <= end else (end, start)


def _document(found: re.Match[str], fragment: str, time: tuple[datetime | None, datetime | None]) -> Reading:
    """`#/doc/<pattern>/<index>?id=<document>` and `#/context/<pattern>/<document>`."""
    named = found["id"] or dict(parse_qsl(fragment.partition("?")[2][:4_000])).get("id")
    if not named:
        return _unread("the document that it opens is not in it", "copy the whole address")
    one = Filter("phrase", "_id", (unquote(named)[:512],))
    return Reading(Selection(filters=(one,), index=found["index"], start=time[0], end=time[1]))


def _unread(cause: str, remedy: str) -> Reading:
    return Reading(None, (Unread(cause, remedy),))
