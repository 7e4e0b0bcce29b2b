"""CloudWatch Logs: the errors around an alert, how often they stood there, and every line of the failing request."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from bot.clock import utc_now
from bot.config import Fields, Limits
from bot.config.sources import CloudWatchLogs
from bot.core.links import cloudwatch_link
from bot.core.links.cloudwatch_link import ConsoleLink
from bot.errors import SourceError
from bot.model import Checkup, Findings, Gap, Inquiry, LogEvent
from bot.sources import aws_session
from bot.sources.cloudwatch import checkup as cloudwatch_checkup
from bot.sources.cloudwatch import groups as cloudwatch_groups
from bot.sources.cloudwatch import insights as cloudwatch_insights
from bot.sources.cloudwatch import paging as cloudwatch_paging
from bot.sources.cloudwatch import query as cloudwatch_query
from bot.sources.cloudwatch.client import LogsClient, connected, side_by_side
from bot.sources.cloudwatch.groups import Group, Groups
from bot.sources.cloudwatch.insights import Query
from bot.sources.cloudwatch.lines import events
from bot.sources.cloudwatch.paging import Lines, Search, counted, told
from bot.sources.cloudwatch.refusal import Asked
from bot.sources.cloudwatch.requests import followed, pattern_of, requests_in
from bot.sources.cloudwatch.window import Reading, Window
from bot.sources.cloudwatch.words import look_up

TRACE_MARGIN = timedelta(minutes=10)
"""A request may begin long before its error is logged, and go on after."""
_CALLS_SHARE, _ANSWER_SHARE = 0.65, 0.3
"""Of the time a source is given: until when calls may begin, and how long one may take, so that all is handed over in time."""


class CloudWatchSource:
    """Log groups of one account and region, for the alerts of one environment.

    `configured` are all such groups by environment, this one's among them: a link that none of them covers is told once.
    """

    def __init__(  # noqa: PLR0913 - the four after the star are for tests
        self,
        environment: str,
        configured: Mapping[str, CloudWatchLogs],
        fields: Fields,
        limits: Limits,
        *,
        session: Callable[[str | None], aws_session.AwsSession] = aws_session.open_session,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._asked = Asked(environment, configured[environment])
        self._configured, self._fields, self._limits = configured, fields, limits
        self._session, self._clock, self._sleep, self._now = session, clock, sleep, now
        self._connection: Any = None
        self._known: Groups | None = None

    @property
    def name(self) -> str:
        """As gaps and evidence call it."""
        return self._asked.name

    def gather(self, inquiry: Inquiry) -> Findings:
        """Round one: the error most like the alert first. Later rounds: the lines of its traces and requests, oldest first. Raises SourceError."""
        links = [link for url in inquiry.alert.log_links for link in cloudwatch_link.read(url, inquiry.alert.time)]
        ours = [link for link in links if covers(self._asked.logs, link)]
        gaps = tuple(self._uncovered(links, inquiry)) if inquiry.search else ()
        at_home = inquiry.alert.environment == self._asked.environment
        if not (at_home or ours) or not (inquiry.search or inquiry.trace_ids or inquiry.words):
            return Findings(gaps=gaps)
        client = self._client()
        known = self._groups(client)
        candidates = known.groups if at_home else tuple(group for group in known.groups if group.name in {link.group for link in ours})
        service = inquiry.service or inquiry.alert.service
        groups, left = cloudwatch_groups.chosen(candidates, (link.group for link in ours), service, self._asked.logs.most_groups)
        if inquiry.words:
            return look_up(client, inquiry, self._askable(groups, inquiry.start, inquiry.end), self._fields, self._limits)
        if not inquiry.search:
            return self._traced(client, inquiry, groups)
        found = Window(client, inquiry, Reading(self._fields, self._limits, self._now())).read(groups, ours)
        more = (self._left_out(len(groups), left),) if left else ()
        return msgspec.structs.replace(found, gaps=tuple(dict.fromkeys((*gaps, *known.gaps, *more, *found.gaps))))

    def examine(self) -> Iterable[Checkup]:
        """Who we are, each configured group, one search, and one Insights query where they are allowed."""
        try:
            opened = aws_session.opened(lambda: self._session(self._asked.logs.region), self.name)
            yield from aws_session.examine_session(opened, self.name)
            client = self._client()
            yield from cloudwatch_checkup.examine(client, self._groups(client), self._now())
        except SourceError as error:
            yield Checkup(self.name, False, f"{error.doing}: {error.cause}", error.remedy)

    def _client(self) -> LogsClient:
        seconds = self._limits.source_seconds
        if self._connection is None:
            self._connection = connected(self._asked, self._session, max(_ANSWER_SHARE * seconds, 0.1))
        return LogsClient(self._asked, self._connection, self._clock() + _CALLS_SHARE * seconds, self._clock, self._sleep)

    def _groups(self, client: LogsClient) -> Groups:
        """What the configured names stand for, asked once."""
        if self._known is None:
            self._known = cloudwatch_groups.read(client, self._asked.logs.groups)
        return self._known

    def _left_out(self, taken: int, left: int) -> Gap:
        cause = f"`groups:` stands for {taken + left} log groups, {taken} of which were asked: those of the alert's service first"
        return self._asked.gap("errors in the other log groups", cause, f"name fewer `{self._asked.key} groups:`, or raise `most_groups:`")

    def _uncovered(self, links: Sequence[ConsoleLink], inquiry: Inquiry) -> Iterable[Gap]:
        """Groups that the alert links to and that no environment names: told by the source of the alert's environment, else by the first."""
        environment = inquiry.alert.environment
        teller = environment if environment in self._configured else next(iter(self._configured))
        if teller != self._asked.environment:
            return
        for link in links:
            if not any(covers(logs, link) for logs in self._configured.values()):
                cause = f"the alert links to {link.group} in {link.region}, which no `cloudwatch:` of the configuration names"
                yield self._asked.gap(f"log group {link.group}", cause, f"add it to `cloudwatch:` with `region: {link.region}` and `groups: [{link.group}]`")

    def _askable(self, groups: Sequence[Group], start: datetime, end: datetime) -> list[Group]:
        return [group for group in groups if cloudwatch_groups.unreadable(group, (start, end), self._now(), self._asked)[1]]

    def _traced(self, client: LogsClient, inquiry: Inquiry, groups: Sequence[Group]) -> Findings:
        """The lines that name the traces, and the whole requests of Lambda that they belong to."""
        ids, pattern = pattern_of(inquiry.trace_ids)
        if not ids:
            return Findings()
        start, end, limit = inquiry.start - TRACE_MARGIN, inquiry.end + TRACE_MARGIN, self._limits.trace_events
        askable = self._askable(groups, start, end)
        searches = [Search(group, pattern, start, end, limit, newest_first=False) for group in askable if group.filterable]
        answers = side_by_side(searches, lambda search: cloudwatch_paging.read(client, search))
        read = [(search.group, _naming(answer, ids)) for search, answer in zip(searches, answers, strict=True) if isinstance(answer, Lines)]
        gaps = [self._asked.gap_of(answer) for answer in answers if isinstance(answer, SourceError)]
        gaps += [gap for _, answer in read for gap in answer.gaps]
        queries = [f"{self.name}: trace {', '.join(ids)} in {told(searches)} → {counted([answer for _, answer in read])}"] if read else []
        lines = [line for _, answer in read for line in answer.lines]
        whole = tuple(followed(client, requests_in(read), self._fields, limit))
        others, more = self._queried(
            client, [group for group in askable if not group.filterable], Query((), cloudwatch_query.one_of(ids), start, end, self._now())
        )
        inside = {event.place: event for one in whole for event in one.events}
        single = events((*lines, *cloudwatch_insights.lines(others)), self._fields, self._asked.logs.region)
        found = [*inside.values(), *(event for event in single if event.place not in inside)]
        kept = sorted((_of_trace(event, ids) for event in found), key=lambda event: event.time)[:limit]
        if len(found) > limit or any(answer.more and not answer.gaps for _, answer in read):
            cause = f"it has more events than the first {len(kept):,}, which were kept"
            gaps.append(self._asked.gap("the whole trace", cause, "raise `limits: trace_events:`"))
        return Findings(
            tuple(kept),
            tuple(evidence for one in whole for evidence in one.evidence),
            tuple(dict.fromkeys((*gaps, *more.gaps, *(gap for one in whole for gap in one.gaps)))),
            (*queries, *more.queries, *(query for one in whole for query in one.queries)),
        )

    def _queried(self, client: LogsClient, groups: Sequence[Group], query: Query) -> tuple[cloudwatch_insights.Rows, Findings]:
        """Lines of groups that know Insights only, where it is allowed; `query.text` is the condition."""
        nothing = cloudwatch_insights.Rows(())
        if not groups or not self._asked.logs.insights:
            return nothing, Findings()
        text = cloudwatch_query.lines_query(query.text, self._limits.trace_events, newest_first=False)
        try:
            answer = cloudwatch_insights.run(client, msgspec.structs.replace(query, groups=tuple(groups), text=text))
        except SourceError as error:
            return nothing, Findings(gaps=(self._asked.gap_of(error),))
        where = f"{', '.join(group.name for group in groups)} {cloudwatch_paging.span(query.start, query.end)}"
        return answer, Findings(queries=(f"{self.name}: `{text}` in {where} → {len(answer.rows):,} lines, {answer.scanned_gb:.3f} GB scanned",))


def covers(logs: CloudWatchLogs, link: ConsoleLink) -> bool:
    """Whether the configuration names the group that a link shows."""
    if logs.region != link.region:
        return False
    names = [name.partition(":log-group:") for name in logs.groups]
    plain = [(after or before, before.rpartition(":")[2] if after else None) for before, _, after in names]
    return any(
        (link.group.startswith(name.removesuffix("*")) if name.endswith("*") else link.group == name) and account in (None, link.account)
        for name, account in plain
    )


def _naming(answer: Lines, ids: Sequence[str]) -> Lines:
    """Those of the lines that hold one of the ids: what else speaks AWS's protocol may read a pattern of several terms otherwise."""
    return msgspec.structs.replace(answer, lines=tuple(line for line in answer.lines if any(one in line.text for one in ids)))


def _of_trace(event: LogEvent, ids: Sequence[str]) -> LogEvent:
    """A line of a followed request belongs to the trace that was asked for, whatever it names itself."""
    return event if event.trace_id in ids else msgspec.structs.replace(event, trace_id=ids[0])
