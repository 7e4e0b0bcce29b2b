"""OpenSearch: the errors around an alert and what its links select, the trace of the failing request across services, and how often it fails."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence

from bot.config import Limits, OpenSearchCluster, Secret
from bot.core.links.index_pattern import covers
from bot.core.logs.words import LogWords
from bot.errors import SourceError
from bot.model import Checkup, Evidence, Findings, Gap, Inquiry
from bot.sources import aws_session
from bot.sources.opensearch import counts as opensearch_counts
from bot.sources.opensearch import dashboards as opensearch_dashboards
from bot.sources.opensearch import frequency as opensearch_frequency
from bot.sources.opensearch import query as opensearch_query
from bot.sources.opensearch import silence as opensearch_silence
from bot.sources.opensearch.client import OpenSearchClient, Search
from bot.sources.opensearch.connection import Credentials, open_session
from bot.sources.opensearch.counts import Counting
from bot.sources.opensearch.dashboards import Dashboards
from bot.sources.opensearch.documents import Documents
from bot.sources.opensearch.links import AlertLinks
from bot.sources.opensearch.mapping import KnownMapping, no_index
from bot.sources.opensearch.paging import Pages, first_size
from bot.sources.opensearch.query import IndexFields, Json
from bot.sources.opensearch.refusal import Asked
from bot.sources.opensearch.traces import Traces, span

_DEADLINE_SHARE = 0.9
"""Of the time a source is given: what was found by then must still be handed over."""


class OpenSearchSource:
    """One cluster, for the alerts of one environment. A diagnosis costs three calls: the mapping, the errors (with what the alert's links
    select), and the trace with the counts; three more for a trace that is longer than a page."""

    def __init__(  # noqa: PLR0913 - the three at the end are for tests
        self,
        label: str,
        cluster: OpenSearchCluster,
        limits: Limits,
        username: Secret | None = None,
        password: Secret | None = None,
        *,
        elsewhere: Sequence[str] = (),
        session: Callable[[str | None], aws_session.AwsSession] = aws_session.open_session,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._cluster, self._limits = cluster, limits
        self._asked = Asked(label, cluster)
        self._credentials = Credentials(username, password, session)
        self._clock, self._sleep = clock, sleep
        self._until = 0.0
        self._mapping = KnownMapping(self._asked)
        self._documents = Documents(self._asked, self._index_id)
        self._traces = Traces(self._asked, limits, self._documents)
        self._links = AlertLinks(self._asked, self._dashboards, self._titles, elsewhere)
        self._patterns: tuple[Mapping[str, str] | None] | None = None
        self._counted: set[tuple[str, str | None, str | None]] = set()

    @property
    def name(self) -> str:
        """As gaps and evidence call it."""
        return self._asked.name

    def gather(self, inquiry: Inquiry) -> Findings:
        """Errors most like the alert first; events of the inquiry's traces oldest first; once for an alert the counts. Raises SourceError."""
        if inquiry.alert.environment != self._asked.environment:
            return Findings(gaps=tuple(self._links.names_another_environment(inquiry)) if inquiry.search else ())
        if not (inquiry.search or inquiry.trace_ids or inquiry.words or self._is_uncounted(inquiry)):
            return Findings()
        client = self._client()
        mapping, gaps = self._mapping.known(client)
        if inquiry.words:
            return _together(self._holding(client, inquiry, mapping), gaps=gaps)
        errors = self._errors(client, inquiry, mapping) if inquiry.search else Findings()
        if inquiry.search and not inquiry.trace_ids:
            return _together(errors, gaps=gaps)
        try:
            followed = self._followed(client, inquiry, mapping)
        except SourceError as error:
            if not errors.events:
                raise
            followed = Findings(gaps=(self._gap(error),))
        return _together(errors, followed, gaps=gaps)

    def examine(self) -> Iterable[Checkup]:
        """The AWS session where requests are signed, the mapping, a count of the last day's errors, and Dashboards where it is named."""
        try:
            if self._cluster.auth == "sigv4":
                yield from aws_session.examine_session(open_session(self._asked, self._credentials), self.name)
            client = self._client()
            yield self._mapping.checkup(client)
            mapping, _ = self._mapping.known(client)
            errors, shown = self._error_query(mapping), opensearch_query.errors_told(self._cluster.error_query, self._cluster.fields, mapping)
            day = {"range": {mapping.time: {"gte": "now-24h"}}}
            count = client.count({"query": {"bool": {"filter": [day, opensearch_query.operators_query(errors)]}}}, ",".join(self._cluster.indices))
            yield Checkup(f"{self.name} errors", True, f"{count:,} in the last 24 hours by `{shown}`")
            if (dashboards := self._dashboards()) is not None:
                saw = f"{len(dashboards.index_patterns()):,} index patterns; links to evidence open {self._index_id()}"
                yield Checkup(f"{self.name} Dashboards", True, saw)
        except SourceError as error:
            yield Checkup(self.name, False, f"{error.doing}: {error.cause}", error.remedy)

    def _client(self) -> OpenSearchClient:
        self._until = self._clock() + _DEADLINE_SHARE * self._limits.source_seconds
        return OpenSearchClient(self._asked, self._credentials, self._until, self._clock, self._sleep)

    def _error_query(self, mapping: IndexFields) -> str:
        return opensearch_query.error_query(self._cluster.error_query, self._cluster.fields, mapping)

    def _errors(self, client: OpenSearchClient, inquiry: Inquiry, mapping: IndexFields) -> Findings:
        """The errors of the window and what the alert's links select, in one call."""
        indices, errors = ",".join(self._cluster.indices), self._error_query(mapping)
        window = opensearch_query.between(mapping, inquiry.start, inquiry.end)
        body = opensearch_query.errors(inquiry.alert, window, errors, self._cluster.fields, mapping)
        selected, gaps = self._links.selected(inquiry, mapping)
        size = {"size": self._limits.error_events}
        searches: list[Search] = [("searching errors", {**body, **size}, indices)]
        searches += [("searching what the alert's link selects", {**one.body, **size}, one.indices) for one in selected]
        shown = opensearch_query.errors_told(self._cluster.error_query, self._cluster.fields, mapping)
        told = [f"errors in {indices} {span(inquiry.start, inquiry.end)} where {shown}", *(one.told for one in selected)]
        answers = client.search_all(searches, ignore_missing=self._mapping.ignore_missing)
        if isinstance(answers[0], SourceError) and all(isinstance(answer, SourceError) for answer in answers):
            raise answers[0]
        read = [self._read(answer, what, words) for answer, what, words in zip(answers, _wanted(len(answers)), told, strict=True)]
        if not read[0].events and not read[0].gaps:
            heard, gap = opensearch_silence.heard(client, window, mapping, self._asked, ignore_missing=self._mapping.ignore_missing)
            read[0] = Findings(queries=tuple(f"{query}{heard}" for query in read[0].queries))
            gaps += [gap] if gap else []
        return _together(*read, gaps=tuple(gaps))

    def _holding(self, client: OpenSearchClient, inquiry: Inquiry, mapping: IndexFields) -> Findings:
        """A look-up: the events of the window that hold all of the words. Raises SourceError."""
        what, indices, fields = LogWords(inquiry.words, inquiry.service or ""), ",".join(self._cluster.indices), self._cluster.fields
        if not opensearch_query.searched_texts(fields, mapping):
            cause = "no field of `fields: message:` or `stack:` is mapped as text, so single words cannot be found"
            return Findings(gaps=(Gap(self.name, str(what), cause, f"name an analysed field in `{self._asked.key} fields: message:`"),))
        window = opensearch_query.between(mapping, inquiry.start, inquiry.end)
        body = opensearch_query.holding(what.words, what.service, window, fields, mapping)
        search: Search = ("looking up words", {**body, "size": self._limits.error_events}, indices)
        (answer,) = client.search_all([search], ignore_missing=self._mapping.ignore_missing)
        if isinstance(answer, SourceError):
            raise answer
        pages = Pages(self.name)
        pages.take(answer, "what holds the words")
        events, gaps = self._documents.read(pages)
        cut = f", the newest {len(events):,} kept" if pages.total > len(events) else ""
        return Findings(events, gaps=gaps, queries=(f"{self.name}: {what} in {indices} {span(inquiry.start, inquiry.end)} → {pages.matched}{cut}",))

    def _read(self, answer: Json | SourceError, wanted: str, told: str) -> Findings:
        if isinstance(answer, SourceError):
            return Findings(gaps=(self._gap(answer),))
        pages = Pages(self.name)
        pages.take(answer, wanted)
        if _shards_asked(answer) == 0 and wanted == _ERRORS:
            raise no_index("searching errors", self._asked)
        events, gaps = self._documents.read(pages)
        cut = f", the {len(events):,} most like the alert kept" if pages.total > len(events) else ""
        return Findings(events, gaps=gaps, queries=(f"{self.name}: {told} → {pages.matched}{cut}",))

    def _followed(self, client: OpenSearchClient, inquiry: Inquiry, mapping: IndexFields) -> Findings:
        """The traces, and once for an alert the counts, in one call."""
        traceable = bool(inquiry.trace_ids) and (mapping.traced or not mapping.known)
        untraced = (self._mapping.untraced(),) if inquiry.trace_ids and not traceable else ()
        traces = self._traces.searches(inquiry, mapping) if traceable else []
        counting = self._counting(inquiry, mapping)
        size = first_size(self._limits.trace_events)
        searches: list[Search] = [("reading the trace", {**body, "size": size}, indices) for indices, body in traces]
        if counting is not None:
            indices = ",".join(self._cluster.indices)
            searches += [("counting errors like this one", counting.week, indices), ("comparing with the hour before", counting.apart, indices)]
        if not searches:
            return Findings(gaps=untraced)
        answers = client.search_all(searches, ignore_missing=self._mapping.ignore_missing)
        if isinstance(answers[0], SourceError) and all(isinstance(answer, SourceError) for answer in answers):
            raise answers[0]
        counts = self._counts(inquiry, mapping, counting, answers[len(traces) :]) if counting is not None else Findings()
        return _together(self._traced(client, inquiry, traces, answers[: len(traces)]), counts, gaps=untraced)

    def _traced(self, client: OpenSearchClient, inquiry: Inquiry, traces: list[tuple[str, Json]], answers: list[Json | SourceError]) -> Findings:
        if not traces:
            return Findings()
        try:
            return self._traces.findings(client, inquiry, traces, answers, ignore_missing=self._mapping.ignore_missing)
        except SourceError as error:
            return Findings(gaps=(self._gap(error),))

    def _is_uncounted(self, inquiry: Inquiry) -> bool:
        """Counted in the round after the first: by then the alert says what its failing event said."""
        alert = inquiry.alert
        return not inquiry.search and bool(alert.message or alert.error_type) and _key(inquiry) not in self._counted

    def _counting(self, inquiry: Inquiry, mapping: IndexFields) -> Counting | None:
        if not self._is_uncounted(inquiry):
            return None
        self._counted.add(_key(inquiry))
        return opensearch_counts.counting(inquiry, self._error_query(mapping), self._cluster.fields, mapping)

    def _counts(self, inquiry: Inquiry, mapping: IndexFields, counting: Counting, answers: Sequence[Json | SourceError]) -> Findings:
        errors, words = self._error_query(mapping), " AND ".join(counting.words[:12])
        query = f"({errors}) AND ({words})" if words else errors
        gaps = [self._gap(answer) for answer in answers if isinstance(answer, SourceError)]
        week, apart = ({} if isinstance(answer, SourceError) else answer for answer in answers)
        asked = opensearch_frequency.Asked(inquiry, self.name, self._documents.search_place(query, inquiry.start - opensearch_counts.DAY, inquiry.end))
        told: list[Evidence] = list(opensearch_frequency.frequency(week, asked, counting.like))
        told += [one] if (one := opensearch_frequency.apart(apart, asked, counting.words)) else []
        for answer, wanted in ((week, "the counts"), (apart, "the comparison with the hour before")):
            gaps += opensearch_frequency.lost(answer, self._asked, wanted)
        return Findings(
            evidence=tuple(told), gaps=tuple(gaps), queries=tuple(f"{self.name}: {line}" for line in opensearch_frequency.told(inquiry, week, apart))
        )

    def _gap(self, error: SourceError) -> Gap:
        return Gap(self.name, error.doing, error.cause, error.remedy)

    def _dashboards(self) -> Dashboards | None:
        return opensearch_dashboards.opened(self._asked, self._credentials, self._client, lambda: self._until - self._clock())

    def _titles(self) -> Mapping[str, str] | None:
        """The index patterns of Dashboards, asked once; None where they cannot be read."""
        if self._patterns is None:
            try:
                dashboards = self._dashboards()
                self._patterns = (dashboards.index_patterns() if dashboards is not None else None,)
            except SourceError:
                # It only decides what a link opens first; doctor tells of it.
                self._patterns = (None,)
        return self._patterns[0]

    def _index_id(self) -> str:
        """The index pattern that links open: as configured, else the one whose title is our indices or holds them all, else their names."""
        indices = ",".join(self._cluster.indices)
        if self._cluster.dashboards_index is not None:
            return self._cluster.dashboards_index
        titles = (self._titles() or {}) if self._cluster.auth != "sigv4" else {}
        exact = (name for name, title in titles.items() if title == indices)
        wide = (name for name, title in titles.items() if all(covers(title, index) for index in self._cluster.indices))
        return next(exact, None) or next(wide, None) or indices


_ERRORS = "the errors of the window"


def _wanted(count: int) -> list[str]:
    return [_ERRORS, *("what the alert's link selects" for _ in range(count - 1))]


def _key(inquiry: Inquiry) -> tuple[str, str | None, str | None]:
    return inquiry.alert.permalink.url, inquiry.alert.error_type, inquiry.alert.message


def _together(*findings: Findings, gaps: tuple[Gap, ...]) -> Findings:
    return Findings(
        events=tuple(dict.fromkeys(found for one in findings for found in one.events)),
        evidence=tuple(evidence for one in findings for evidence in one.evidence),
        gaps=tuple(dict.fromkeys((*gaps, *(gap for one in findings for gap in one.gaps)))),
        queries=tuple(query for one in findings for query in one.queries),
    )


def _shards_asked(answer: Json) -> int | None:
    shards = answer.get("_shards")
    total = shards.get("total") if isinstance(shards, dict) else None
    return total if isinstance(total, int) else None
