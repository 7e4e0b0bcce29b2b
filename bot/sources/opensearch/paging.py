"""A search read to its end or to a limit: the first page plainly, the rest within one point in time."""

from collections.abc import Iterator
from typing import Any

from bot.errors import SourceError
from bot.model import Gap
from bot.sources.opensearch.client import OpenSearchClient
from bot.sources.opensearch.query import Json
from bot.sources.opensearch.refusal import status_of

PAGE = 500
_NO_POINT_IN_TIME = (400, 403, 404, 405, 501)
"""Not known (before OpenSearch 2.4, some Serverless collections) or not granted."""


class Pages:
    """What was read: hits in their order, how many there are, and what went wrong on the way."""

    def __init__(self, source: str) -> None:
        self.hits: list[Json] = []
        self.total = 0
        self.at_least = False
        self.count = 0
        self.notes: list[str] = []
        self.gaps: list[Gap] = []
        self._source = source
        self._seen: set[tuple[str, str]] = set()

    @property
    def matched(self) -> str:
        """How many documents match, "at least" said where the cluster stopped counting."""
        return f"{'>= ' if self.at_least else ''}{self.total:,}"

    def take(self, answer: Json, wanted: str) -> int:
        """Add a page, without the hits that an earlier one had; how many hits were new."""
        self.count += 1
        self._count(answer["hits"])
        before = len(self.hits)
        for hit in answer["hits"]["hits"]:
            key = (str(hit.get("_index")), str(hit.get("_id"))) if isinstance(hit, dict) else ("", "")
            if key not in self._seen and isinstance(hit, dict):
                self._seen.add(key)
                self.hits.append(hit)
        self.gaps += [gap for gap in partial(self._source, wanted, answer) if gap not in self.gaps]
        return len(self.hits) - before

    def _count(self, hits: Json) -> None:
        total = hits.get("total")
        value = total.get("value") if isinstance(total, dict) else total
        self.total = max(self.total, value if isinstance(value, int) else len(hits["hits"]))
        self.at_least = self.at_least or (isinstance(total, dict) and total.get("relation") == "gte")

    @property
    def last(self) -> int | None:
        """The time of the last hit, in the unit of the sort."""
        sort = self.hits[-1].get("sort") if self.hits else None
        return sort[0] if isinstance(sort, list) and sort and isinstance(sort[0], int) else None

    def at(self, time: int) -> int:
        """How many hits share a time."""
        return sum(1 for hit in self.hits if hit.get("sort") == [time])


def first_size(limit: int) -> int:
    """Hits of a first page: two pages at most reach the limit, 500 each while it is 1,000."""
    return min(max(PAGE, -(-limit // 2)), limit)


def read(client: OpenSearchClient, search: tuple[str, Json], limit: int, wanted: str, *, ignore_missing: bool = False, first: Json | None = None) -> Pages:
    """All hits of a search sorted by time alone, up to `limit`. Raises SourceError for the first page; later ones become gaps.

    `first` is the first page where it was read already, with `first_size` hits asked for.

    Two pages at most (500 each while the limit is 1,000), so that calls stay few. A page begins one unit of time before the
    end of the one before and drops what that one had: this needs no tiebreaker (`_shard_doc` needs OpenSearch 3.3, sorting by
    `_id` loads the ids of whole indices into the heap), and nothing that shares its time with another is lost.
    """
    indices, body = search
    pages = Pages(client.asked.name)
    size = first_size(limit)
    pages.take(first or client.search(f"reading {wanted}", {**body, "size": size}, indices, ignore_missing=ignore_missing), wanted)
    if len(pages.hits) < size or len(pages.hits) >= limit:
        return pages
    pit_id = None
    try:
        pit_id = _point_in_time(client, indices, pages)
        place: tuple[Json, str | None] = ({}, indices) if pit_id is None else ({"pit": {"id": pit_id, "keep_alive": "1m"}}, None)
        for following in _following(pages, size, limit):
            answer = client.search(f"reading {wanted}", {**body, **place[0], **following}, place[1], ignore_missing=ignore_missing)
            if not pages.take(answer, wanted) or len(answer["hits"]["hits"]) < following["size"]:
                break
    except SourceError as error:
        pages.gaps.append(Gap(client.asked.name, f"the rest of {wanted}", error.cause, error.remedy))
    finally:
        if pit_id is not None and not client.close_point_in_time(pit_id):
            pages.notes.append("the point in time could not be closed; it ends by itself within a minute")
    del pages.hits[limit:]
    return pages


def _following(pages: Pages, size: int, limit: int) -> Iterator[dict[str, Any]]:
    while len(pages.hits) < limit and (last := pages.last) is not None:
        yield {"size": min(size, limit - len(pages.hits)) + pages.at(last), "search_after": [last - 1]}


def _point_in_time(client: OpenSearchClient, indices: str, pages: Pages) -> str | None:
    if client.asked.cluster.service == "aoss":
        pages.notes.append("without a point in time, which Serverless does not keep")
        return None
    try:
        return client.open_point_in_time(indices, "1m")
    except SourceError as error:
        if status_of(error) not in _NO_POINT_IN_TIME:
            raise
        pages.notes.append(f"without a point in time (HTTP {status_of(error)})")
        return None


def partial(source: str, wanted: str, answer: Json) -> Iterator[Gap]:
    """Shards that failed and time that ran out: the hits stand, but they are not all."""
    shards = answer.get("_shards")
    failed = shards.get("failed", 0) if isinstance(shards, dict) else 0
    if isinstance(shards, dict) and isinstance(failed, int) and failed > 0:
        yield Gap(source, f"all of {wanted}", f"{failed} of {shards.get('total', '?')} shards failed{_first_reason(shards)}", _SHARDS)
    if answer.get("timed_out") is True:
        yield Gap(source, f"all of {wanted}", "the cluster ran out of time and answered with a part", "raise `limits: source_seconds:` or narrow `window:`")


_SHARDS = "see what ails them: `GET /_cluster/health` and `GET /_cat/shards?v`; then run it again"


def _first_reason(shards: Json) -> str:
    failures = shards.get("failures")
    first = failures[0] if isinstance(failures, list) and failures and isinstance(failures[0], dict) else {}
    told = first.get("reason")
    text = told.get("reason") or told.get("type") if isinstance(told, dict) else told
    return f", first: {' '.join(str(text).split())[:200]}" if text else ""
