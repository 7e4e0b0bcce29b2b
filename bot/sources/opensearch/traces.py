"""The events of the alert's traces in one cluster, wherever its indices keep the trace id, however long the trace is."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from bot.config import Limits
from bot.core.logs import trace_id
from bot.errors import SourceError
from bot.model import Findings, Gap, Inquiry
from bot.sources.opensearch import paging as opensearch_paging
from bot.sources.opensearch import query as opensearch_query
from bot.sources.opensearch.client import OpenSearchClient
from bot.sources.opensearch.documents import Documents
from bot.sources.opensearch.query import IndexFields, Json
from bot.sources.opensearch.refusal import Asked

TRACE_MARGIN = timedelta(minutes=10)
"""A request may begin long before its error is logged, and go on after."""
_MAX_TRACES = 20
_MAX_INDICES = 3_000
"""Characters of index names in one address: OpenSearch takes 4,096 in all (http.max_initial_line_length)."""


class Traces:
    """Asks for traces, and reads what comes back."""

    def __init__(self, asked: Asked, limits: Limits, documents: Documents) -> None:
        self._asked, self._limits, self._documents = asked, limits, documents

    def searches(self, inquiry: Inquiry, mapping: IndexFields) -> list[tuple[str, Json]]:
        """(indices, body): one search; a second where a path is nested in some indices only, since a nested query fails in the others."""
        fields, ids = self._asked.cluster.fields, trace_id.every(inquiry.trace_ids[:_MAX_TRACES])
        window = opensearch_query.between(mapping, *_around(inquiry))
        plain = opensearch_query.trace(ids, window, fields, mapping)
        searches = [(",".join(self._asked.cluster.indices), plain)]
        for path, indices in mapping.nested:
            body = opensearch_query.trace(ids, window, fields, mapping, path)
            if indices:
                searches.append((_newest(indices), body))
            else:
                plain["query"]["bool"]["should"] += body["query"]["bool"]["should"]
        return searches

    def findings(
        self, client: OpenSearchClient, inquiry: Inquiry, searches: Sequence[tuple[str, Json]], answers: Sequence[Json | SourceError], *, ignore_missing: bool
    ) -> Findings:
        """The events, oldest first, from the first pages and those that follow. Raises the SourceError that stands for a first page."""
        limit = self._limits.trace_events
        read = []
        for search, answer in zip(searches, answers, strict=True):
            if isinstance(answer, SourceError):
                raise answer
            pages = opensearch_paging.read(client, search, limit, "the trace", ignore_missing=ignore_missing, first=answer)
            read.append((pages, *self._documents.read(pages)))
        events = sorted(dict.fromkeys(found for _, events, _ in read for found in events), key=lambda found: found.time)[:limit]
        total = max(len(events), *(pages.total for pages, _, _ in read))
        gaps = [gap for pages, _, unread in read for gap in (*pages.gaps, *unread)]
        if total > len(events) and len(events) >= limit:
            remedy = "raise `limits: trace_events:` in .github/knowledge-bot.yml"
            gaps.append(Gap(self._asked.name, "the whole trace", f"{total:,} events, the first {len(events):,} were read", remedy))
        notes = "".join(f", {note}" for pages, _, _ in read for note in pages.notes)
        where = f"{', '.join(inquiry.trace_ids[:_MAX_TRACES])} in {','.join(self._asked.cluster.indices)} {span(*_around(inquiry))}"
        count = sum(pages.count for pages, _, _ in read)
        query = f"{self._asked.name}: trace {where} → {len(events):,} of {total:,} in {count} page{'' if count == 1 else 's'}{notes}"
        return Findings(tuple(events), gaps=tuple(dict.fromkeys(gaps)), queries=(query,))


def span(start: datetime, end: datetime) -> str:
    """A window in words."""
    return f"{start.astimezone(UTC):%Y-%m-%d %H:%M:%S}-{end.astimezone(UTC):%H:%M:%S}Z"


def _around(inquiry: Inquiry) -> tuple[datetime, datetime]:
    return inquiry.start - TRACE_MARGIN, inquiry.end + TRACE_MARGIN


def _newest(indices: tuple[str, ...]) -> str:
    """As many names as an address holds; those that sort last are the newest where names carry dates."""
    kept: list[str] = []
    for name in sorted(indices, reverse=True):
        if sum(map(len, kept)) + len(kept) + len(name) > _MAX_INDICES:
            break
        kept.append(name)
    return ",".join(kept)
