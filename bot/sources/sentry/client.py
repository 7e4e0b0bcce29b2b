"""Sentry's web API, as far as it is asked: issues, their events, releases; every answer bounded, every cursor checked."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from bot.core.links.sentry_link import SHORT_ID
from bot.core.systems.sentry_shape import Json, objects
from bot.errors import SourceError
from bot.http_client import HttpClient, HttpRefusal, segment
from bot.model import Gap, Record
from bot.regex import regex

PAGE = 100
_ISSUE = regex(rf"\d{{1,20}}|{SHORT_ID}")
_EVENT = regex(r"[0-9a-f]{32}|latest")
_NEXT = regex(r'rel="next";\s{0,5}results="(?P<more>true|false)";\s{0,5}cursor="(?P<cursor>[\w:.-]{1,100})"')


class Page(Record, frozen=True):
    """What a list answered: its objects, whether there are more, how many in all where Sentry says it, what was asked, and what cut it off."""

    items: tuple[dict[str, Any], ...]
    more: bool
    asked: str
    total: int | None = None
    gap: Gap | None = None

    @property
    def count(self) -> str:
        """How many there are, as it is told."""
        if self.total is not None and self.total > len(self.items):
            return f"{len(self.items):,} of {self.total:,}"
        return f"{len(self.items):,}{' or more' if self.more else ''}"


class SentryClient:
    """One conversation about one organization. Every method raises SourceError; HttpRefusal with its status where Sentry answered."""

    def __init__(self, http: HttpClient, organization: str) -> None:
        self._http, self._root = http, f"/api/0/organizations/{segment(organization)}"
        self._projects = f"/api/0/projects/{segment(organization)}"

    def organization(self) -> Json:
        """The organization itself; needs org:read."""
        return self._object(f"{self._root}/", "reading the organization")

    def issue(self, issue: str) -> Json:
        """An issue by its number or its short id; needs event:read."""
        if not _ISSUE.fullmatch(issue):
            raise SourceError("reading the issue", "its id is none that Sentry gives", "copy the link from Sentry again")
        if issue.isdigit():
            return self._object(f"{self._root}/issues/{issue}/", "reading the issue")
        found = self._object(f"{self._root}/shortids/{segment(issue)}/", f"looking up {issue}")
        group = found.get("group")
        return group if isinstance(group, Mapping) else self._object(f"{self._root}/issues/{self._number(found, 'groupId')}/", "reading the issue")

    def issue_of(self, event: str) -> Json:
        """The issue that an event belongs to."""
        found = self._object(f"{self._root}/eventids/{self._event(event)}/", "looking up the event")
        return self._object(f"{self._root}/issues/{self._number(found, 'groupId')}/", "reading the issue")

    def event(self, issue: str, event: str = "latest") -> Json:
        """An event whole, by its id or the latest."""
        return self._object(f"{self._root}/issues/{segment(issue)}/events/{self._event(event)}/", "reading the event")

    def events(self, issue: str, query: Mapping[str, str], pages: int) -> Page:
        """The events of an issue, newest first, without their traces."""
        return self._list(f"{self._root}/issues/{segment(issue)}/events/", query, "listing its events", pages=pages)

    def search(self, query: Mapping[str, str], limit: int) -> Page:
        """Issues. `query` always has the key `query`: left out, Sentry searches `is:unresolved` and hides the rest."""
        return self._list(f"{self._root}/issues/", {"query": "", **query, "limit": str(limit)}, "searching issues")

    def release(self, version: str) -> Json:
        """A release; needs project:read or project:releases."""
        return self._object(f"{self._root}/releases/{segment(version)}/", "reading the release")

    def commits(self, version: str) -> Page:
        """The commits of a release; needs the same."""
        return self._list(f"{self._root}/releases/{segment(version)}/commits/", {"per_page": str(PAGE)}, "listing the release's commits")

    def suspects(self, project: str, event: str) -> tuple[dict[str, Any], ...]:
        """The commits that Sentry suspects. This endpoint is marked private by Sentry (EventFileCommittersEndpoint): it may not be there."""
        found = self._object(f"{self._projects}/{segment(project)}/events/{self._event(event)}/committers/", "asking for suspect commits")
        return tuple(dict(commit) for one in objects(found.get("committers"), 20) for commit in objects(one.get("commits"), 20))

    def names(self, what: str, key: str) -> tuple[str, ...]:
        """The names of the organization's projects or environments, the first page; need org:read."""
        page = self._list(f"{self._root}/{segment(what)}/", {}, f"listing its {what}")
        return tuple(name for item in page.items if isinstance(name := item.get(key), str))

    def releases(self) -> Page:
        """The newest release."""
        return self._list(f"{self._root}/releases/", {"per_page": "1"}, "listing releases")

    def _object(self, path: str, doing: str) -> Json:
        value = self._http.get_json(path, doing=doing)
        if not isinstance(value, dict):
            raise self._odd(doing)
        return value

    def _list(self, path: str, query: Mapping[str, str], doing: str, pages: int = 1) -> Page:
        items: dict[str, dict[str, Any]] = {}  # by id: what comes in meanwhile moves the pages
        asked, cursor = f"GET {path}{f'?{urlencode(query)}' if query else ''}", ""
        total, gap = None, None
        for number in range(pages):
            try:
                value, answer = self._http.get(path, {**query, **({"cursor": cursor} if cursor else {})}, doing=doing)
                if not isinstance(value, list):
                    raise self._odd(doing)
            except SourceError as error:
                if number == 0:
                    raise
                gap = Gap(self._http.system.name.lower(), "the older events", error.cause, error.remedy)
                break
            items |= {str(item.get("id") or f"{number}.{place}"): item for place, item in enumerate(value) if isinstance(item, dict)}
            total = _hits(answer.headers.get("x-hits", "")) if total is None else total
            cursor = _next_cursor(answer.headers.get("link", ""))
            if not cursor:
                break
        return Page(tuple(items.values()), bool(cursor), asked, total, gap)

    def _odd(self, doing: str) -> SourceError:
        system = self._http.system
        remedy = f"check that {system.address} is a Sentry, and its version"
        return HttpRefusal(f"{doing} ({system.name})", "an answer of another shape than Sentry's", remedy, 200)

    def _event(self, event: str) -> str:
        if not _EVENT.fullmatch(event):
            raise SourceError("reading the event", "its id is none that Sentry gives", "copy the link from Sentry again")
        return event

    def _number(self, found: Json, key: str) -> str:
        value = str(found.get(key))
        if not (value.isascii() and value.isdigit() and len(value) <= 20):
            raise self._odd("looking up the issue")
        return value


def is_event(name: str) -> bool:
    """Whether this is an event's id."""
    return name != "latest" and _EVENT.fullmatch(name) is not None


def span(start: datetime, end: datetime) -> dict[str, str]:
    """A time span as Sentry takes it: UTC without a zone."""
    return {"start": start.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S"), "end": end.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")}


def _next_cursor(link: str) -> str:
    """Sentry gives a next link even at the end; `results` says whether something is there."""
    match = _NEXT.search(link)
    return match["cursor"] if match and match["more"] == "true" else ""


def _hits(header: str) -> int | None:
    return int(header) if header.isascii() and header.isdigit() and len(header) < 12 else None
