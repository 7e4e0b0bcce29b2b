"""Dashboards links of an alert: what they select becomes a search of its own, beside that for errors and never wider than the configured indices."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from bot.config import Fields
from bot.core.links import dashboards_filter, dashboards_link, dashboards_query
from bot.core.links.dashboards_link import Reading, Selection
from bot.core.links.dashboards_tokens import Unreadable
from bot.core.links.index_pattern import within
from bot.core.plain_text.plain_text import cut, one_line
from bot.errors import SourceError
from bot.model import Gap, Inquiry
from bot.sources.opensearch import query as opensearch_query
from bot.sources.opensearch.dashboards import Dashboards
from bot.sources.opensearch.query import IndexFields, Json
from bot.sources.opensearch.refusal import Asked

MOST_LINKS = 3
LONGEST = timedelta(hours=24)
"""A link may select weeks; the part of it nearest to the alert is searched."""
_AFTER = timedelta(hours=1)
_PRIVATE = ("private", "__user__")


class Selected(NamedTuple):
    """A search that a link asks for; `told` says which, for the list of what was asked."""

    body: Json
    indices: str
    told: str


class AlertLinks:
    """Reads the links of one alert. `elsewhere` are the addresses of other Dashboards that the configuration names: their links are theirs to read."""

    def __init__(
        self, asked: Asked, dashboards: Callable[[], Dashboards | None], titles: Callable[[], Mapping[str, str] | None], elsewhere: Sequence[str]
    ) -> None:
        self._asked, self._dashboards, self._titles = asked, dashboards, titles
        self._elsewhere = tuple(elsewhere)

    def names_another_environment(self, inquiry: Inquiry) -> Iterator[Gap]:
        """A link into this cluster's Dashboards, in an alert of an environment that it is not asked for."""
        base = self._asked.cluster.dashboards_url
        for link in inquiry.alert.log_links:
            if base is not None and dashboards_link.path_below(link, base) is not None:
                cause = f"the alert is of {inquiry.alert.environment}, this cluster is asked for {self._asked.environment}"
                yield self._gap(link, cause, f"correct `environments:`, or name a cluster for {inquiry.alert.environment} under `opensearch:`")
                return

    def selected(self, inquiry: Inquiry, mapping: IndexFields) -> tuple[list[Selected], list[Gap]]:
        """What the links of the alert ask for, and what of it cannot be had."""
        found: list[Selected] = []
        gaps: list[Gap] = []
        for link in self._ours(inquiry.alert.log_links):
            try:
                reading = self._reading(link, inquiry.alert.time)
                gaps += [self._gap(link, one.cause, one.remedy, "all" if reading.selection else "") for one in reading.unread]
                if reading.selection is not None:
                    search, gap = self._search(link, reading.selection, inquiry, mapping)
                    found += [search] if search else []
                    gaps += [gap] if gap else []
            except SourceError as error:
                gaps.append(self._gap(link, error.cause, error.remedy))
        return found, gaps

    def _ours(self, links: Sequence[str]) -> list[str]:
        base = self._asked.cluster.dashboards_url
        candidates = [link for link in links if dashboards_link.is_dashboards(link) or (base and dashboards_link.path_below(link, base) is not None)]
        others = [link for link in candidates if any(dashboards_link.path_below(link, other) is not None for other in self._elsewhere)]
        return [link for link in dict.fromkeys(candidates) if link not in others][:MOST_LINKS]

    def _reading(self, link: str, at: datetime) -> Reading:
        asked, base = self._asked, self._asked.cluster.dashboards_url
        path = dashboards_link.path_below(link, base) if base is not None else None
        if base is None:
            if "/goto/" not in link.partition("?")[0]:
                return dashboards_link.parse(link, at)
            raise asked.refused("resolving the short link", "the address of Dashboards is not known", f"set `{asked.key} dashboards_url:`")
        if path is None:
            remedy = f"check `{asked.key} dashboards_url:` ({base})"
            raise asked.refused("reading the link", "it leads to another Dashboards than the one that is configured", remedy)
        short = dashboards_link.short_link(link, path)
        if short is None:
            return dashboards_link.parse(link, at)
        if short.tenant in _PRIVATE:
            remedy = "share it from a tenant that others see, or link the whole address"
            raise asked.refused("resolving the short link", "it stands in somebody's private tenant", remedy)
        dashboards = self._dashboards()
        if dashboards is None:
            raise asked.refused("resolving the short link", "Dashboards is not configured", f"set `{asked.key} dashboards_url:`")
        return dashboards_link.parse(f"{base.rstrip('/')}{dashboards.target(short)}", at)

    def _search(self, link: str, selection: Selection, inquiry: Inquiry, mapping: IndexFields) -> tuple[Selected | None, Gap | None]:
        """None for a link that selects all there is; with a gap where its query is not taken over."""
        fields = self._asked.cluster.fields
        indices, note = self._indices(selection)
        conditions, gap = [dashboards_filter.clause(one) for one in selection.filters], None
        try:
            query = dashboards_query.search(selection.query, selection.language, _word_fields(fields, mapping))
            conditions += [query] if query is not None else []
        except Unreadable as error:
            remedy = "look at it in Discover; its filters are searched all the same" if conditions else "look at it in Discover"
            gap = self._gap(link, f"its query is not taken over: {error}", remedy, "all")
        if not conditions:
            return None, gap
        start, end, cut_off = _bounded(selection, inquiry)
        body = opensearch_query.most_alike([opensearch_query.between(mapping, start, end), *conditions], inquiry.alert, fields, mapping)
        told = f"{_words(selection)} in {','.join(indices)} {start.astimezone(UTC):%Y-%m-%d %H:%M:%S} to {end.astimezone(UTC):%Y-%m-%d %H:%M:%S}Z"
        return Selected(body, ",".join(indices), f"what the alert's link selects: {told}{cut_off}{note}"), gap

    def _indices(self, selection: Selection) -> tuple[tuple[str, ...], str]:
        """What of the configured indices the link is about. Raises SourceError when it is none of them."""
        configured, asked = self._asked.cluster.indices, self._asked
        title = selection.index
        if title is None and selection.index_id is not None:
            titles = self._titles()
            title = (titles or {}).get(selection.index_id)
            if title is None and not within(selection.index_id, configured):
                return configured, ", its index pattern being unknown" if titles is None else ", its index pattern being gone"
            title = title or selection.index_id
        if title is None:
            return configured, ""
        allowed = within(title, configured)
        if not allowed:
            remedy = f"add it to `{asked.key} indices:` if it may be read"
            raise asked.refused("reading the link", f"it searches {cut(one_line(title), 100)}, none of the configured indices", remedy)
        return allowed, ""

    def _gap(self, link: str, cause: str, remedy: str, how_much: str = "") -> Gap:
        what = f"{how_much} that" if how_much else "what"
        return Gap(self._asked.name, f"{what} {cut(one_line(link), 120)} selects", cause, remedy)


def _word_fields(fields: Fields, mapping: IndexFields) -> list[str]:
    """Where words without a field are looked for: in what an event is told by."""
    names = (*fields.message, *fields.error_type, *fields.stack, *fields.trace)
    return [*(name for name in names if name in mapping.text), *mapping.levels] or list(fields.message)


def _bounded(selection: Selection, inquiry: Inquiry) -> tuple[datetime, datetime, str]:
    """The link's time, or the window's where it has none; at most a day of it, the nearest to the alert."""
    start, end = selection.start or inquiry.start, selection.end or inquiry.end
    if end < start:
        start, end = end, start
    if end - start <= LONGEST:
        return start, end, ""
    latest = min(end, inquiry.alert.time + _AFTER) if inquiry.alert.time >= start else start + LONGEST
    first = max(start, latest - LONGEST)
    return first, max(latest, first), f", of {_length(end - start)} the day nearest to the alert"


def _length(span: timedelta) -> str:
    return f"{span.days} days" if span.days > 1 else f"{round(span.total_seconds() / 3600)} hours"


def _words(selection: Selection) -> str:
    filters = [f"{'not ' if one.negate else ''}{one.field} {one.kind} {' '.join(map(str, one.values))}".strip() for one in selection.filters]
    return cut(one_line("; ".join(filter(None, (selection.query, *filters)))), 300)
