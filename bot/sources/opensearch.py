"""OpenSearch: the errors around an alert in one search, then the whole trace of the failing request across services."""

import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlsplit

from opensearchpy.exceptions import TransportError

from bot.config import Limits, OpenSearchCluster, Secret
from bot.core.log_document import event
from bot.core.log_time import moment
from bot.errors import SourceError
from bot.model import Checkup, Findings, Gap, Inquiry, LogEvent
from bot.sources import aws_session, opensearch_paging, opensearch_query
from bot.sources.opensearch_client import OpenSearchClient
from bot.sources.opensearch_connection import Credentials, open_session
from bot.sources.opensearch_paging import Pages
from bot.sources.opensearch_query import IndexFields, Json
from bot.sources.opensearch_refusal import Asked, is_missing_index

TRACE_MARGIN = timedelta(minutes=10)
"""A request may begin long before its error is logged, and go on after."""
_DEADLINE_SHARE = 0.9
"""Of the time a source is given: what was found by then must still be handed over."""
_MAX_TRACES = 20
_MAX_INDICES = 3_000
"""Characters of index names in one address: OpenSearch takes 4,096 in all (http.max_initial_line_length)."""


class OpenSearchSource:
    """One cluster, for the alerts of one environment. A diagnosis costs at most six calls: mapping, errors, and for the trace
    one, or four when it is longer than a page."""

    def __init__(  # noqa: PLR0913 - the three after the star are for tests
        self,
        environment: str,
        cluster: OpenSearchCluster,
        limits: Limits,
        username: Secret | None = None,
        password: Secret | None = None,
        *,
        session: Callable[[str | None], aws_session.AwsSession] = aws_session.open_session,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._cluster, self._limits = cluster, limits
        self._asked = Asked(environment, cluster)
        self._credentials = Credentials(username, password, session)
        self._clock, self._sleep = clock, sleep
        self._mapping: IndexFields | None = None
        self._ignore_missing = False

    @property
    def name(self) -> str:
        """As gaps and evidence call it."""
        return self._asked.name

    def gather(self, inquiry: Inquiry) -> Findings:
        """Errors most like the alert first; events of the inquiry's traces oldest first. Raises SourceError."""
        if inquiry.alert.environment != self._asked.environment or not (inquiry.search or inquiry.trace_ids):
            return Findings()
        client = self._client()
        mapping, gaps = self._known_mapping(client)
        errors = self._errors(client, inquiry, mapping) if inquiry.search else Findings()
        if not inquiry.trace_ids:
            return _together(errors, gaps=gaps)
        try:
            traced = self._traced(client, inquiry, mapping)
        except SourceError as error:
            if not errors.events:
                raise
            traced = Findings(gaps=(Gap(self.name, error.doing, error.cause, error.remedy),))
        return _together(errors, traced, gaps=gaps)

    def examine(self) -> Iterable[Checkup]:
        """The AWS session where requests are signed, the mapping, and a count of the last day's errors."""
        try:
            if self._cluster.auth == "sigv4":
                yield from aws_session.examine_session(open_session(self._asked, self._credentials), self.name)
            client = self._client()
            mapping, gaps = self._known_mapping(client)
            yield self._mapping_checkup(mapping, gaps)
            day = {"range": {mapping.time: {"gte": "now-24h"}}}
            body = {"query": {"bool": {"filter": [day, opensearch_query.operators_query(self._cluster.error_query)]}}}
            count = client.count(body, ",".join(self._cluster.indices))
            yield Checkup(f"{self.name} errors", True, f"{count:,} in the last 24 hours by `{self._cluster.error_query}`")
        except SourceError as error:
            yield Checkup(self.name, False, f"{error.doing}: {error.cause}", error.remedy)

    def _client(self) -> OpenSearchClient:
        until = self._clock() + _DEADLINE_SHARE * self._limits.source_seconds
        return OpenSearchClient(self._asked, self._credentials, until, self._clock, self._sleep)

    def _known_mapping(self, client: OpenSearchClient) -> tuple[IndexFields, tuple[Gap, ...]]:
        """How the indices map our fields, asked once; an index that is missing is a gap, none at all a SourceError."""
        if self._mapping is not None:
            return self._mapping, ()
        gaps: tuple[Gap, ...] = ()
        try:
            capabilities = self._capabilities(client)
        except SourceError as error:
            if is_missing_index(error.__cause__):
                self._ignore_missing = True
                gaps = (Gap(self.name, "every index", error.cause, error.remedy),)
                capabilities = self._capabilities(client)
            elif isinstance(error.__cause__, TransportError) and error.__cause__.status_code in (400, 403, 405):
                # Not everybody may read mappings. The search itself will tell whether anything may be read at all.
                self._mapping = opensearch_query.unread_mapping(self._cluster.fields)
                return self._mapping, ()
            else:
                raise
        self._mapping = self._checked(capabilities)
        return self._mapping, gaps

    def _capabilities(self, client: OpenSearchClient) -> Json:
        names = opensearch_query.asked_fields(self._cluster.fields)
        return client.field_capabilities(",".join(self._cluster.indices), names, ignore_missing=self._ignore_missing)

    def _checked(self, capabilities: Json) -> IndexFields:
        asked, fields = self._asked, self._cluster.fields
        if capabilities.get("indices") == []:
            cause = f"no index matches {', '.join(self._cluster.indices)}"
            raise asked.refused("reading the mapping", cause, f"correct `{asked.key} indices:`; `GET /_cat/indices` lists what there is")
        mapping = opensearch_query.read_mapping(capabilities, fields)
        if not mapping.timed:
            cause = f"none of {', '.join(fields.time)} is a date in {', '.join(self._cluster.indices)}"
            raise asked.refused("reading the mapping", cause, f"set `{asked.key} fields: time:` to the field that holds the time")
        return mapping

    def _mapping_checkup(self, mapping: IndexFields, gaps: tuple[Gap, ...]) -> Checkup:
        if gaps:
            return Checkup(f"{self.name} indices", False, gaps[0].cause, gaps[0].remedy)
        if mapping.known and not mapping.traced:
            cause = f"none of {', '.join(self._cluster.fields.trace)} is in the mapping"
            return Checkup(f"{self.name} fields", False, cause, f"set `{self._asked.key} fields: trace:` to the field that holds the trace id")
        read = f"time in {mapping.time}" if mapping.known else f"the mapping may not be read; {mapping.time} is taken as the time"
        return Checkup(f"{self.name} fields", True, read)

    def _errors(self, client: OpenSearchClient, inquiry: Inquiry, mapping: IndexFields) -> Findings:
        window = opensearch_query.between(mapping, inquiry.start, inquiry.end)
        body = opensearch_query.errors(inquiry.alert, window, self._cluster.error_query, self._cluster.fields, mapping)
        indices = ",".join(self._cluster.indices)
        pages = Pages(self.name)
        answer = client.search("searching errors", {**body, "size": self._limits.error_events}, indices, ignore_missing=self._ignore_missing)
        pages.take(answer, "the errors of the window")
        if _shards_asked(answer) == 0:
            remedy = f"correct `{self._asked.key} indices:`; `GET /_cat/indices` lists what there is"
            raise self._asked.refused("searching errors", f"no index matches {indices}", remedy)
        events, gaps = self._read(pages)
        where = f"in {indices} {_span(inquiry.start, inquiry.end)} where {self._cluster.error_query}"
        cut = f", the {len(events):,} most like the alert kept" if pages.total > len(events) else ""
        return Findings(events, gaps=gaps, queries=(f"{self.name}: errors {where} → {pages.matched}{cut}",))

    def _traced(self, client: OpenSearchClient, inquiry: Inquiry, mapping: IndexFields) -> Findings:
        ids = inquiry.trace_ids[:_MAX_TRACES]
        if mapping.known and not mapping.traced:
            cause = f"none of {', '.join(self._cluster.fields.trace)} is in the mapping"
            return Findings(gaps=(Gap(self.name, "the trace", cause, f"set `{self._asked.key} fields: trace:` to the field that holds the trace id"),))
        start, end = inquiry.start - TRACE_MARGIN, inquiry.end + TRACE_MARGIN
        window = opensearch_query.between(mapping, start, end)
        limit = self._limits.trace_events
        searches = self._trace_searches(ids, window, mapping)
        answers = [opensearch_paging.read(client, search, limit, "the trace", ignore_missing=self._ignore_missing) for search in searches]
        read = [self._read(pages) for pages in answers]
        events = sorted(dict.fromkeys(found for events, _ in read for found in events), key=lambda found: found.time)[:limit]
        total = max(len(events), *(pages.total for pages in answers))
        gaps = [gap for pages, (_, unread) in zip(answers, read, strict=True) for gap in (*pages.gaps, *unread)]
        if total > len(events) and len(events) >= limit:
            remedy = "raise `limits: trace_events:` in .github/knowledge-bot.yml"
            gaps.append(Gap(self.name, "the whole trace", f"{total:,} events, the first {len(events):,} were read", remedy))
        notes = "".join(f", {note}" for pages in answers for note in pages.notes)
        where = f"{', '.join(ids)} in {','.join(self._cluster.indices)} {_span(start, end)}"
        query = f"{self.name}: trace {where} → {len(events):,} of {total:,} in {sum(pages.count for pages in answers)} pages{notes}"
        return Findings(tuple(events), gaps=tuple(dict.fromkeys(gaps)), queries=(query,))

    def _trace_searches(self, ids: tuple[str, ...], window: Json, mapping: IndexFields) -> list[tuple[str, Json]]:
        """One search; a second where a path is nested in some indices only: a nested query fails in the others."""
        fields = self._cluster.fields
        plain = opensearch_query.trace(ids, window, fields, mapping)
        searches = [(",".join(self._cluster.indices), plain)]
        for path, indices in mapping.nested:
            body = opensearch_query.trace(ids, window, fields, mapping, path)
            if indices:
                searches.append((_newest(indices), body))
            else:
                plain["query"]["bool"]["should"] += body["query"]["bool"]["should"]
        return searches

    def _read(self, pages: Pages) -> tuple[tuple[LogEvent, ...], tuple[Gap, ...]]:
        found = [self._event(hit) for hit in pages.hits]
        events = tuple(one for one in found if one is not None)
        lost = len(found) - len(events)
        if not lost:
            return events, tuple(pages.gaps)
        gap = Gap(self.name, "every document", f"{lost:,} had no readable time or content", f"check `{self._asked.key} fields:`")
        return events, (*pages.gaps, gap)

    def _event(self, hit: Json) -> LogEvent | None:
        document, sort = hit.get("_source"), hit.get("sort")
        if not isinstance(document, Mapping):
            return None
        sorted_at = moment(sort[-1]) if isinstance(sort, list) and sort else None
        return event(document, self._cluster.fields, self._place(hit), sorted_at)

    def _place(self, hit: Json) -> str:
        """The document's address, which a person who may read the cluster can open."""
        parts = urlsplit(self._cluster.url)
        index, name = (quote(str(hit.get(key, ""))[:512], safe="") for key in ("_index", "_id"))
        return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}/{index}/_doc/{name}"


def _together(*findings: Findings, gaps: tuple[Gap, ...]) -> Findings:
    return Findings(
        events=tuple(dict.fromkeys(found for one in findings for found in one.events)),
        gaps=tuple(dict.fromkeys((*gaps, *(gap for one in findings for gap in one.gaps)))),
        queries=tuple(query for one in findings for query in one.queries),
    )


def _newest(indices: tuple[str, ...]) -> str:
    """As many names as an address holds; those that sort last are the newest where names carry dates."""
    kept: list[str] = []
    for name in sorted(indices, reverse=True):
        if sum(map(len, kept)) + len(kept) + len(name) > _MAX_INDICES:
            break
        kept.append(name)
    return ",".join(kept)


def _shards_asked(answer: Json) -> int | None:
    shards = answer.get("_shards")
    total = shards.get("total") if isinstance(shards, dict) else None
    return total if isinstance(total, int) else None


def _span(start: datetime, end: datetime) -> str:
    return f"{start.astimezone(UTC):%Y-%m-%d %H:%M:%S}-{end.astimezone(UTC):%H:%M:%S}Z"
