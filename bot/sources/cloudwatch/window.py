"""Round one in CloudWatch: the errors of the window, the alert's own words where these are not enough, what stood around the failing line, and counts."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from bot.config import Fields, Limits
from bot.core.links import cloudwatch_link
from bot.core.links.cloudwatch_link import ConsoleLink
from bot.core.logs import lambda_lines
from bot.core.logs.document import is_error
from bot.core.logs.matching import failing_event
from bot.core.plain_text.plain_text import cut
from bot.errors import SourceError
from bot.model import Evidence, Findings, Gap, Inquiry, LogEvent, Record
from bot.sources.cloudwatch import counts as cloudwatch_counts
from bot.sources.cloudwatch import groups as cloudwatch_groups
from bot.sources.cloudwatch import insights as cloudwatch_insights
from bot.sources.cloudwatch import paging as cloudwatch_paging
from bot.sources.cloudwatch import query as cloudwatch_query
from bot.sources.cloudwatch.client import LogsClient, side_by_side
from bot.sources.cloudwatch.counts import Counted
from bot.sources.cloudwatch.groups import Group
from bot.sources.cloudwatch.insights import Query
from bot.sources.cloudwatch.lines import events
from bot.sources.cloudwatch.paging import Line, Lines, Search, counted, span, told
from bot.sources.cloudwatch.requests import LONGEST_REQUEST

_MOST_LINKS = 3
_LINKED_SPAN = timedelta(hours=1)
"""A link that shows more is about a day, not about a moment."""
_LINKED_MARGIN = timedelta(minutes=1)
_BEFORE, _AFTER = timedelta(seconds=5), timedelta(seconds=2)
_AROUND_LINES = 300
_COUNT_GROUPS, _COUNT_PAGES, _COUNT_LINES = 3, 5, 20_000


class Reading(Record, frozen=True):
    """How lines are read, and what time it is."""

    fields: Fields
    limits: Limits
    now: datetime


class Window:
    """The errors around one alert, as they come in. Nothing here raises: what fails is a gap."""

    def __init__(self, client: LogsClient, inquiry: Inquiry, reading: Reading) -> None:
        self._client, self._asked, self._inquiry, self._reading = client, client.asked, inquiry, reading
        self._lines: dict[tuple[str, str, str], Line] = {}
        self._whole: dict[tuple[str, str, str], Line] = {}
        self._cut: set[str] = set()
        self._refused: set[str] = set()
        self._read: list[LogEvent] = []
        self._read_at = (0, 0)
        self._gaps: list[Gap] = []
        self._queries: list[str] = []
        self._evidence: list[Evidence] = []

    def read(self, groups: Sequence[Group], links: Sequence[ConsoleLink]) -> Findings:
        """Ask the groups, first by the operator's filter."""
        pattern = self._asked.logs.filter
        askable = self._askable(groups, self._inquiry.start, self._inquiry.end)
        self._filter(askable, pattern, f"errors where {pattern}")
        self._query_others([group for group in askable if not group.filterable])
        self._like_the_alert(askable)
        self._linked(groups, links)
        self._around_failing(groups)
        self._count(askable)
        return self._findings()

    def _askable(self, groups: Iterable[Group], start: datetime, end: datetime) -> list[Group]:
        found = []
        for group in groups:
            gap, ask = cloudwatch_groups.unreadable(group, (start, end), self._reading.now, self._asked)
            self._gaps += [gap] if gap else []
            found += [group] if ask else []
        return found

    def _filter(self, groups: Iterable[Group], pattern: str, what: str) -> None:
        start, end = self._inquiry.start, self._inquiry.end
        limit = self._reading.limits.error_events
        self._search([Search(group, pattern, start, end, limit) for group in groups if group.filterable], what)

    def _search(self, searches: Sequence[Search], what: str) -> None:
        """One question to several groups, side by side."""
        if not searches:
            return
        answers = side_by_side(searches, lambda search: cloudwatch_paging.read(self._client, search))
        whole = not searches[0].pattern
        read: list[Lines] = []
        for search, answer in zip(searches, answers, strict=True):
            if isinstance(answer, SourceError):
                self._gaps.append(self._asked.gap_of(answer))
                self._refused.add(search.group.name)
                continue
            read.append(answer)
            self._gaps += answer.gaps
            self._cut |= {search.group.name} if answer.more else set()
            (self._whole if whole else self._lines).update({_key(line): line for line in answer.lines})
        if read:
            self._queries.append(f"{self._asked.name}: {what} in {told(searches)} → {counted(read)}")

    def _query_others(self, groups: Sequence[Group]) -> None:
        """Groups that know Insights only: one query for all of them."""
        if not groups:
            return
        logs, names = self._asked.logs, ", ".join(group.name for group in groups)
        where = logs.insights_filter or cloudwatch_query.condition(logs.filter)
        if not logs.insights or where is None:
            key, value = ("insights", "true") if not logs.insights else ("insights_filter", 'a condition such as @message like "ERROR"')
            cause = f"{cut(names, 300)}: of the class {groups[0].kind}, which FilterLogEvents does not read, only Logs Insights, which is paid by the gigabyte"
            self._gaps.append(self._asked.gap("log events of these groups", cause, f"set `{self._asked.key} {key}:` to {value}"))
            return
        words = cloudwatch_query.words(self._inquiry.alert)
        either = f"({where}) or {cloudwatch_query.one_of(words)}" if words else where
        limit = self._reading.limits.error_events
        text = cloudwatch_query.lines_query(either, limit, newest_first=True)
        try:
            answer = cloudwatch_insights.run(self._client, Query(tuple(groups), text, self._inquiry.start, self._inquiry.end, self._reading.now))
        except SourceError as error:
            self._gaps.append(self._asked.gap_of(error))
            return
        found = cloudwatch_insights.lines(answer)[::-1]  # as they were written
        self._lines.update({_key(line): line for line in found})
        when = span(self._inquiry.start, self._inquiry.end)
        self._queries.append(f"{self._asked.name}: `{text}` in {cut(names, 300)} {when} → {len(found):,} lines, {answer.scanned_gb:.3f} GB scanned")

    def _like_the_alert(self, groups: Sequence[Group]) -> None:
        """The alert's own words, where there were more errors than were read, or none that resembles it."""
        words = cloudwatch_query.words(self._inquiry.alert)
        alike = failing_event(self._inquiry.alert, self._events())
        wanted = [group for group in groups if group.name not in self._refused and (alike is None or group.name in self._cut)]
        if words and wanted:
            self._filter(wanted, cloudwatch_query.any_of(words), f"lines with {cloudwatch_query.any_of(words)}")

    def _linked(self, groups: Sequence[Group], links: Sequence[ConsoleLink]) -> None:
        """What a link of the alert shows: its stream around its time, the requests its filter names, its group outside the window."""
        named = {group.name: group for group in groups if group.filterable}
        for link in links[:_MOST_LINKS]:
            group = named.get(link.group)
            if group is None:
                continue
            if link.account and group.account and link.account != group.account:
                cause = f"the alert links to it in account {link.account}; these credentials read {group.account}"
                remedy = "use a role of that account, or link it to this one and name the group's ARN"
                self._gaps.append(self._asked.gap(f"log group {link.group}", cause, remedy))
            elif (search := self._shown(link, group)) and self._askable([group], search.start, search.end):
                self._search([search], "what the alert's link shows")

    def _shown(self, link: ConsoleLink, group: Group) -> Search | None:
        """The search for what a link shows; None when the window has it already. Of its filter only ids of requests are taken over."""
        requests, streams = lambda_lines.request_ids(link.pattern)[:_MOST_LINKS], (link.stream,) if link.stream else ()
        start = (link.start or self._inquiry.start) - _LINKED_MARGIN
        end = (link.end or link.start or self._inquiry.end) + _LINKED_MARGIN
        if not timedelta() < end - start <= _LINKED_SPAN + 2 * _LINKED_MARGIN:
            start, end = self._inquiry.start, self._inquiry.end
        if start >= self._inquiry.start - _LINKED_MARGIN and end <= self._inquiry.end + _LINKED_MARGIN and not (requests or streams):
            return None
        pattern = cloudwatch_query.any_of(requests) or ("" if streams else self._asked.logs.filter)
        return Search(group, pattern, start, end, _AROUND_LINES, newest_first=not streams, streams=streams)

    def _around_failing(self, groups: Sequence[Group]) -> None:
        """What stood around the failing line in its stream, where its stack or its request is not known yet."""
        failing = failing_event(self._inquiry.alert, self._events())
        if failing is None or (failing.stack and failing.trace_id):
            return
        at = next(iter(cloudwatch_link.read(failing.place, failing.time)), None)
        group = next((group for group in groups if at and group.name == at.group), None)
        if at is None or group is None or not group.filterable or at.stream is None or at.start is None:
            return
        of_lambda = lambda_lines.version(at.stream) is not None
        if of_lambda and failing.trace_id:
            return  # the next round reads the whole request
        start = at.start - (LONGEST_REQUEST if of_lambda else _BEFORE)
        self._search([Search(group, "", start, at.start + _AFTER, _AROUND_LINES, streams=(at.stream,), pages=3)], "what stood around the failing line")

    def _count(self, groups: Sequence[Group]) -> None:
        """How often it was said in the hour before and after: by Insights where that is allowed, else by reading on, up to a bound."""
        failing = failing_event(self._inquiry.alert, self._events())
        found = {line.group for line in self._lines.values()}
        words = cloudwatch_query.words(self._inquiry.alert)[:1] if failing is not None else ()
        if not found:
            return
        start, end = cloudwatch_counts.window(self._inquiry.alert.time, self._reading.now)
        answer = self._by_insights(groups, words, start, end) if self._asked.logs.insights else None
        if answer is None:
            at = {link.group for link in cloudwatch_link.read(failing.place, failing.time)} if failing is not None else set()
            ordered = sorted((group for group in groups if group.name in found and group.filterable), key=lambda group: group.name not in at)
            answer = self._by_reading(ordered[:_COUNT_GROUPS], words, start, end)
        if answer is not None:
            pattern = cloudwatch_query.any_of(words) if words else self._asked.logs.filter
            self._evidence += cloudwatch_counts.evidence(answer, self._inquiry.alert.time, self._asked.name, self._asked.logs.region, pattern)

    def _by_insights(self, groups: Sequence[Group], words: Sequence[str], start: datetime, end: datetime) -> Counted | None:
        logs = self._asked.logs
        where = cloudwatch_query.one_of(words) if words else logs.insights_filter or cloudwatch_query.condition(logs.filter)
        if where is None:
            return None
        text = cloudwatch_query.counts_query(where)
        rows: list[dict[str, str]] = []
        # A query may name groups of one class only.
        for several in ([group for group in groups if group.filterable], [group for group in groups if not group.filterable]):
            if not several:
                continue
            try:
                answer = cloudwatch_insights.run(self._client, Query(tuple(several), text, start, end, self._reading.now))
            except SourceError as error:
                self._gaps.append(self._asked.gap_of(error))
                return None
            rows += answer.rows
            where_asked = f"{cut(', '.join(group.name for group in several), 300)} {span(start, end)}"
            self._queries.append(f"{self._asked.name}: `{text}` in {where_asked} → {len(answer.rows):,} counts, {answer.scanned_gb:.3f} GB scanned")
        return Counted(_said(words), f"{text} ({span(start, end)})", start, end, cloudwatch_counts.of_rows(rows), len(rows) >= cloudwatch_query.MOST_ROWS)

    def _by_reading(self, groups: Sequence[Group], words: Sequence[str], start: datetime, end: datetime) -> Counted | None:
        pattern = cloudwatch_query.any_of(words) if words else self._asked.logs.filter
        searches = [Search(group, pattern, start, end, _COUNT_LINES, pages=_COUNT_PAGES) for group in groups]
        answers = side_by_side(searches, lambda search: cloudwatch_paging.read(self._client, search))
        read = [answer for answer in answers if isinstance(answer, Lines)]
        self._gaps += [self._asked.gap_of(answer) for answer in answers if isinstance(answer, SourceError)]
        if not read:
            return None
        question = f"lines with {pattern} in {told(searches)}"
        self._queries.append(f"{self._asked.name}: {question} → {counted(read)}")
        lines = [line for answer in read for line in answer.lines]
        return Counted(_said(words), question, start, end, cloudwatch_counts.of_lines(lines), any(answer.more for answer in read))

    def _events(self) -> list[LogEvent]:
        """What was read so far, oldest first; where a stream was read whole, its stacks and requests are known."""
        if self._read_at == (len(self._lines), len(self._whole)):
            return self._read
        region, fields = self._asked.logs.region, self._reading.fields
        whole = events(self._whole.values(), fields, region, contiguous=True)
        inside = {event.place for event in whole}
        single = [line for key, line in self._lines.items() if key not in self._whole]
        self._read = sorted((*whole, *(event for event in events(single, fields, region) if event.place not in inside)), key=lambda event: event.time)
        self._read_at = (len(self._lines), len(self._whole))
        return self._read

    def _findings(self) -> Findings:
        found = self._events()
        failing = failing_event(self._inquiry.alert, found)
        ordered = sorted(found, key=lambda event: (event is not failing, not is_error(event), -event.time.timestamp()))
        kept = ordered[: self._reading.limits.error_events]
        if len(kept) < len(ordered):
            self._queries.append(
                f"{self._asked.name}: of {len(ordered):,} events the {len(kept):,} kept are the most like the alert, errors and the newest first"
            )
        return Findings(tuple(kept), tuple(self._evidence), tuple(dict.fromkeys(self._gaps)), tuple(self._queries))


def _said(words: Sequence[str]) -> str:
    return f'lines with "{words[0]}"' if words else "errors"


def _key(line: Line) -> tuple[str, str, str]:
    """What tells lines apart: Insights gives them no id."""
    return line.group, line.stream, line.id or f"{line.time.isoformat()} {line.text[:200]}"
