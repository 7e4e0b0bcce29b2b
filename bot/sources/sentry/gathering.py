"""One inquiry put to Sentry: the issue by its link or by its words, its event, its counts, its release, and what else fails with it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from bot.core.links.sentry_link import SentryLink
from bot.core.logs.matching import failing_event
from bot.core.logs.time import moment
from bot.core.systems import sentry_counts, sentry_event, sentry_query
from bot.core.systems.sentry_shape import Json, inner, tags, text
from bot.errors import SourceError
from bot.http_client import HttpRefusal
from bot.model import Alert, Evidence, Findings, Gap, Inquiry, LogEvent
from bot.sources.sentry import evidence as sentry_evidence
from bot.sources.sentry.client import Page, SentryClient, is_event, span
from bot.sources.sentry.evidence import Place

BEFORE = timedelta(hours=24)
"""How far back the events of an issue are listed, to count before and after."""
_EVENT_PAGES, _CANDIDATES, _OTHERS, _MOST_LINKS = 3, 25, 25, 3
_SIDE_BY_SIDE = 4
_SIGNED_OUT = 401
T = TypeVar("T")


class Gathering:
    """What one inquiry brings. `environment` is Sentry's name of it, None when events are not narrowed to one."""

    def __init__(self, client: SentryClient, place: Place, inquiry: Inquiry, projects: Sequence[str], most_events: int, environment: str | None) -> None:
        self._client, self._place, self._inquiry, self._most_events = client, place, inquiry, most_events
        self._projects, self.environment = tuple(projects), environment
        self.issue: str | None = None
        self.releases: set[str] = set()
        self.traces: set[str] = set()
        self._events: list[LogEvent] = []
        self._evidence: list[Evidence] = []
        self._gaps: list[Gap] = []
        self._queries: list[str] = []

    @property
    def is_empty(self) -> bool:
        """Whether nothing was found so far."""
        return not (self._events or self._evidence)

    def findings(self, more: tuple[Gap, ...] = ()) -> Findings:
        """Everything so far; what has one cause is one gap."""
        wanted: dict[tuple[str, str], list[str]] = {}
        for gap in (*self._gaps, *more):
            wanted.setdefault((gap.cause, gap.remedy), []).append(gap.wanted)
        gaps = tuple(Gap(self._place.source, ", ".join(dict.fromkeys(names)), *told) for told, names in wanted.items())
        return Findings(tuple(self._events), tuple(self._evidence), gaps, tuple(self._queries))

    def linked(self, links: Iterable[SentryLink]) -> bool:
        """Follows the first link that names an issue which can be read; False when none does."""
        for link in [link for link in links if link.issue or link.event][:_MOST_LINKS]:
            found = self._tried("the issue that the alert links to", lambda link=link: self._issue(link))  # type: ignore[misc]
            if found is not None:
                self._about(found, link.event)
                return True
        return False

    def searched(self, trace: str | None = None) -> None:
        """Looks for the alert's issue by its trace, type and message; whatever fails in the window when there is no such issue."""
        alert = self._inquiry.alert
        for query in ([sentry_query.term("trace", trace)] if trace else []) + list(sentry_query.likely(alert)):
            page = self._tried("issues like the alert", lambda query=query: self._issues(query, "date", _CANDIDATES))  # type: ignore[misc]
            if page is None:
                return
            best = _most_alike(alert, page)
            if best is not None:
                self._about(best, None)
                return
        page = self._tried("issues of the window", lambda: self._issues("", "freq", _OTHERS))
        if page is not None:
            self._add(sentry_evidence.others(page, "with events around the alert", set(), self._place, self._shown("")))

    def traced(self, ids: Sequence[str], own: str | None) -> None:
        """Other issues of the same traces, of any project."""
        query = sentry_query.one_of("trace", ids)
        page = self._tried("other issues of the trace", lambda: self._issues(query, "date", _OTHERS, narrowed=False))
        if page is not None:
            self._add(sentry_evidence.others(page, f"in trace {', '.join(ids)}", {own or ""}, self._place, self._shown(query)))

    def released(self, version: str) -> None:
        """A release that others named: what Sentry knows of it."""
        self._beside(None, self._inquiry.service or "", version, None, None)

    def _issue(self, link: SentryLink) -> Json:
        found = self._client.issue(link.issue) if link.issue else self._client.issue_of(link.event or "")
        project = text(inner(found, "project"), "slug")
        if not text(found, "id", limit=20).isdigit():
            raise SourceError("reading the issue", "an answer of another shape than Sentry's", "check `sentry: url:`, and the server's version")
        if self._projects and project not in self._projects:
            remedy = f"add {project or 'it'} to `projects:` of this organization under `sentry:`, if it may be read"
            raise SourceError("reading the issue", f"it is of the project {project or 'without a name'}, which is not among those named", remedy)
        self._queries.append(f"{self._place.source}: issue {text(found, 'shortId', 'id')} → found")
        return found

    def _about(self, found: Json, event: str | None) -> None:
        """The issue's events, one of them whole, and what goes with it."""
        identifier, project = text(found, "id", limit=20), text(inner(found, "project"), "slug", limit=100)
        self.issue = identifier
        page = self._tried("its events over time", lambda: self._listed(identifier))
        name = event or (sentry_counts.nearest(page.items, self._inquiry.alert.time) if page else None)
        whole = self._whole(identifier, name)
        link = self._place.issue(identifier, text(whole, "eventID", "id", limit=32) or None) if whole else self._place.issue(identifier)
        self._add(sentry_evidence.issue(found, whole, self._place))
        if page is not None:
            self._gaps += [page.gap] if page.gap else []
            self._add(sentry_evidence.counts(found, page, self._inquiry, self._place))
        if not whole:
            return
        service = tags(whole).get("service") or project
        self._take(whole, link, service)
        self._take_occurrences(page.items if page else (), identifier, service)
        self._beside(identifier, project, sentry_event.release(whole), sentry_event.transaction(whole), (text(whole, "eventID", "id", limit=32), link))

    def _whole(self, issue: str, event: str | None) -> Json:
        whole = self._tried("the whole event", lambda: self._client.event(issue, event or "latest"))
        if whole is None and event is not None:
            whole = self._tried("the latest event", lambda: self._client.event(issue))
        self._queries.append(f"{self._place.source}: event {event or 'latest'} of issue {issue} → {'read' if whole else 'not read'}")
        return whole or {}

    def _take(self, whole: Json, link: str, service: str) -> None:
        found = sentry_event.log_event(whole, link, service)
        if found is None:
            self._gaps.append(Gap(self._place.source, "the event", "it has no time that can be read", f"look at it in Sentry: {link}"))
            return
        self._events.append(found)
        self._add(sentry_evidence.before(whole, link, self._place))

    def _take_occurrences(self, listed: Sequence[Json], issue: str, service: str) -> None:
        """The other events of the issue, for what counts tell. Those that would seem nearer to the alert than the whole event are left out:
        the alert is about the one with the trace."""
        if not self._events:
            return
        known = self._nearness(self._events[0])
        for one in listed[: self._most_events]:
            name = text(one, "eventID", "id", limit=40).replace("-", "").lower()
            found = sentry_event.occurrence(one, self._place.issue(issue, name), service) if is_event(name) else None
            if found is not None and found.place != self._events[0].place and self._nearness(found) >= known:
                self._events.append(found)

    def _nearness(self, event: LogEvent) -> tuple[bool, timedelta]:
        """As `bot.core.logs.matching` weighs it: an alert comes after its error."""
        at = self._inquiry.alert.time
        return event.time > at, abs(event.time - at)

    def _beside(self, own: str | None, project: str, release: str | None, transaction: str | None, event: tuple[str, str] | None) -> None:
        """Issues of the same release and transaction, the release with its commits, suspect commits: asked side by side."""
        asks: dict[str, Callable[[], object]] = {}
        if release:
            self.releases.add(release)
            asks["other issues of the release"] = lambda: self._issues(sentry_query.term("release", release), "freq", _OTHERS)
            if nameable(release):
                asks["the release"] = lambda: self._client.release(release)
                asks["the release's commits"] = lambda: self._client.commits(release)
        if transaction:
            asks["other issues of the transaction"] = lambda: self._issues(sentry_query.term("transaction", transaction), "freq", _OTHERS)
        if event and project:
            asks["suspect commits"] = lambda: self._client.suspects(project, event[0])
        with ThreadPoolExecutor(_SIDE_BY_SIDE) as pool:
            futures = {wanted: pool.submit(ask) for wanted, ask in asks.items()}
        answers = {wanted: self._tried(wanted, future.result) for wanted, future in futures.items()}
        known = {own or ""}
        for wanted, key, value in (("other issues of the release", "release", release), ("other issues of the transaction", "transaction", transaction)):
            page = answers.get(wanted)
            if isinstance(page, Page) and value:
                self._add(sentry_evidence.others(page, f"of {key} {value}", known, self._place, self._shown(sentry_query.term(key, value))))
                known |= {str(found.get("id")) for found in page.items}
        self._add_release(answers, project)
        found = answers.get("suspect commits")
        if isinstance(found, tuple) and event:
            self._add(sentry_evidence.suspects(found, event[1], self._place))

    def _add_release(self, answers: Mapping[str, object], project: str) -> None:
        found, commits = answers.get("the release"), answers.get("the release's commits")
        if not isinstance(found, Mapping):
            return
        alert = self._inquiry.alert
        names = (alert.environment, self.environment or alert.environment)
        self._add(sentry_evidence.deploy(found, project, names, alert.time, self._place))
        self._add(sentry_evidence.release(found, commits if isinstance(commits, Page) else None, self._place))

    def _listed(self, issue: str) -> Page:
        start, end = self._inquiry.start - BEFORE, self._inquiry.end
        page = self._filtered(lambda more: self._client.events(issue, {**span(start, end), **more, "per_page": "100"}, _EVENT_PAGES))
        self._queries.append(f"{self._place.source}: events of issue {issue} {_spoken(start, end)} → {page.count}")
        return page

    def _issues(self, query: str, sort: str, limit: int, *, narrowed: bool = True) -> Page:
        start, end = self._inquiry.start, self._inquiry.end
        whole = " ".join(part for part in (query, sentry_query.one_of("project", self._projects) if self._projects and narrowed else "") if part)
        page = self._filtered(lambda more: self._client.search({"query": whole, "sort": sort, **span(start, end), **more}, limit))
        self._queries.append(f"{self._place.source}: issues {_spoken(start, end)} where {whole or 'any'} → {page.count}")
        return page

    def _filtered(self, ask: Callable[[Mapping[str, str]], Page]) -> Page:
        """Narrowed to the environment. Sentry answers 404 for one that it does not know: then without, which is told."""
        if self.environment is None:
            return ask({})
        try:
            return ask({"environment": self.environment})
        except HttpRefusal as error:
            if error.status != 404:
                raise
            page = ask({})
            cause = f"Sentry knows no environment {self.environment!r}, so all were looked at"
            remedy = f"say what Sentry calls it: `environments: {{{self._inquiry.alert.environment}: …}}` of this organization under `sentry:`"
            self._gaps.append(Gap(self._place.source, f"only what happened in {self._inquiry.alert.environment}", cause, remedy))
            self.environment = None
            return page

    def _shown(self, query: str) -> tuple[tuple[str, str], ...]:
        return (("query", query), *span(self._inquiry.start, self._inquiry.end).items())

    def _add(self, evidence: Evidence | None) -> None:
        if evidence is not None:
            self._evidence.append(evidence)

    def _tried(self, wanted: str, ask: Callable[[], T]) -> T | None:
        """The answer; a refusal costs this answer only, and is told. A token that is refused once is refused always: that is raised."""
        try:
            return ask()
        except HttpRefusal as error:
            if error.status == _SIGNED_OUT:
                raise
            if error.status == 404 and wanted in ("suspect commits", "the release", "the release's commits"):
                self._queries.append(f"{self._place.source}: {wanted} → none known")
                return None
            remedy = "Sentry keeps events for 30 or 90 days, by plan: see what the issue's page still shows" if error.status == 400 else error.remedy
            self._gaps.append(Gap(self._place.source, wanted, error.cause, remedy))
        except SourceError as error:
            self._gaps.append(Gap(self._place.source, wanted, error.cause, error.remedy))
        return None


def nameable(release: str) -> bool:
    """Whether a release may have this name: Sentry takes no slash, backslash or white space in it, nor `.` and `..`."""
    return 0 < len(release) <= 200 and release not in (".", "..") and release.isprintable() and not any(sign in r"/\ " for sign in release)


def _most_alike(alert: Alert, page: Page) -> Json | None:
    """The issue that speaks of the alert's error, None when none does."""
    candidates: dict[LogEvent, Json] = {}
    for found in page.items:
        metadata, time = inner(found, "metadata"), moment(found.get("lastSeen"))
        name = text(found, "id", limit=20)
        if time is not None and name.isdigit():
            kind, said = text(metadata, "type"), text(metadata, "value", limit=1_000) or text(found, "title", limit=1_000)
            stack = text(found, "culprit")
            candidates[LogEvent(min(time, alert.time), f"{kind}: {said}" if kind else said, name, "ERROR", "", kind or None, stack)] = found
    best = failing_event(alert, list(candidates))
    return candidates[best] if best is not None else None


def _spoken(start: datetime, end: datetime) -> str:
    day = "" if start.astimezone(UTC).date() == end.astimezone(UTC).date() else "%Y-%m-%d "
    return f"{start.astimezone(UTC):%Y-%m-%d %H:%M:%S} to {end.astimezone(UTC):{day}%H:%M:%S} UTC"
