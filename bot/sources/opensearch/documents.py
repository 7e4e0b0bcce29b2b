"""Hits become log events, each with a link that a person can open: in Discover where Dashboards is configured, else the document itself."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from urllib.parse import quote, urlsplit

from msgspec.structs import replace

from bot.core.links import dashboards_link
from bot.core.links.dashboards_link import Selection
from bot.core.logs.document import event
from bot.core.logs.line import with_line_inside
from bot.core.logs.time import moment
from bot.core.plain_text.plain_text import encodable
from bot.model import Gap, LogEvent
from bot.regex import regex
from bot.sources.opensearch.paging import Pages
from bot.sources.opensearch.query import Json
from bot.sources.opensearch.refusal import Asked

_MARGIN = timedelta(minutes=1)
_PLAIN = regex(r"(?!(?i:and|or|not)\Z)[\w.-]{1,256}", re.ASCII)
"""Names of indices and documents that Discover's search bar takes as they are."""


class Documents:
    """Reads what one cluster answers. `index_id` is asked once a link is written: which index pattern it opens."""

    def __init__(self, asked: Asked, index_id: Callable[[], str]) -> None:
        self._asked, self._index_id = asked, index_id

    def read(self, pages: Pages) -> tuple[tuple[LogEvent, ...], tuple[Gap, ...]]:
        """The events in the order of their hits; documents that cannot be read are a gap."""
        found = [self._event(hit) for hit in pages.hits]
        events = tuple(one for one in found if one is not None)
        lost = len(found) - len(events)
        if not lost:
            return events, tuple(pages.gaps)
        gap = Gap(self._asked.name, "every document", f"{lost:,} had no readable time or content", f"check `{self._asked.key} fields:`")
        return events, (*pages.gaps, gap)

    def search_place(self, query: str, start: datetime, end: datetime) -> str:
        """Where a person sees what a Lucene query finds in this time."""
        cluster = self._asked.cluster
        if cluster.dashboards_url is None:
            return f"{self._base()}/{quote(','.join(cluster.indices), safe=',*')}/_search"
        return dashboards_link.write(Selection(query, "lucene", index_id=self._index_id(), start=start, end=end), cluster.dashboards_url)

    def _event(self, hit: Json) -> LogEvent | None:
        document, sort = hit.get("_source"), hit.get("sort")
        if not isinstance(document, Mapping):
            return None
        sorted_at = moment(sort[-1]) if isinstance(sort, list) and sort else None
        found = event(document, self._asked.cluster.fields, "", sorted_at)
        return None if found is None else replace(with_line_inside(found), place=self._place(hit, found.time))

    def _place(self, hit: Json, time: datetime) -> str:
        index, name = (encodable(str(hit.get(key, ""))[:512]) for key in ("_index", "_id"))
        base = self._asked.cluster.dashboards_url
        if base is not None and _PLAIN.fullmatch(index) and _PLAIN.fullmatch(name):
            only = f"_index:{index} and _id:{name}"
            return dashboards_link.write(Selection(only, index_id=self._index_id(), start=time - _MARGIN, end=time + _MARGIN), base)
        return f"{self._base()}/{quote(index, safe='')}/_doc/{quote(name, safe='')}"

    def _base(self) -> str:
        """The cluster's address, for whoever may read it directly."""
        parts = urlsplit(self._asked.cluster.url)
        return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"
