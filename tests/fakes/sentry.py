"""A Sentry on loopback: keeps issues, events and releases, pages by cursor, knows scopes, and refuses what Sentry refuses."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

from tests.fakes.loopback import Answer, Loopback, Request

TOKEN = "sntryu_made-up"
SCOPES = ("event:read", "project:read", "org:read")
NOW = datetime(2026, 3, 4, 10, 6, tzinfo=UTC)
RETENTION = timedelta(days=90)
Json = dict[str, Any]


class Refused(Exception):
    """Sentry's refusal: a status and its sentence."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.answer = Answer(status, {"detail": detail})


@dataclass
class Issue:
    """An issue; `fields` are those of the API that a test sets."""

    id: str
    short_id: str
    project: str
    type: str
    value: str
    status: str = "unresolved"
    culprit: str = ""
    fields: Json = field(default_factory=dict)
    events: list[Json] = field(default_factory=list)


class FakeSentry(Loopback):
    """The web API of one organization is at `url`, below `prefix`. `requests` remembers everything that was asked."""

    def __init__(self, organization: str = "acme", prefix: str = "") -> None:
        super().__init__()
        self.organization, self.prefix = organization, prefix
        self.reset()

    def reset(self) -> None:
        """An empty organization again, for the next test on the same port."""
        self.requests.clear()
        self.faults.clear()
        self.scopes: tuple[str, ...] = SCOPES
        self.page = 100
        self.environments = ["production", "staging"]
        self.projects = ["transfers", "ledger"]
        self.issues: dict[str, Issue] = {}
        self.releases: dict[str, Json] = {}
        self.commits: dict[str, list[Json]] = {}
        self.suspects: dict[str, list[Json]] = {}
        self.has_committers = True

    @property
    def home(self) -> str:
        """What is configured as `url`."""
        return f"{self.url}{self.prefix}"

    def add(self, issue: Issue, *events: Json) -> Issue:
        """Keeps an issue with its events."""
        issue.events += events
        self.issues[issue.id] = issue
        return issue

    @property
    def asked(self) -> list[str]:
        """The paths below the organization, in their order."""
        root = f"{self.prefix}/api/0/organizations/{self.organization}/"
        return [request.path.removeprefix(root) for request in self.requests]

    def answer(self, request: Request) -> Answer:
        """What Sentry answers, with the headers of its rate limit."""
        try:
            answer = self._routed(request)
        except Refused as refused:
            answer = refused.answer
        limits = {"X-Sentry-Rate-Limit-Limit": "40", "X-Sentry-Rate-Limit-Remaining": "39", "X-Sentry-Rate-Limit-Reset": "1772618761"}
        return Answer(answer.status, answer.body, {**limits, **answer.headers})

    def _routed(self, request: Request) -> Answer:
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            raise Refused(401, "Invalid token")
        root = f"{self.prefix}/api/0/"
        if not request.path.startswith(root) or not request.path.endswith("/"):
            raise Refused(404, "The requested resource does not exist")
        # The path is taken apart as it came, so that an encoded slash stays in its segment.
        parts = [unquote(part) for part in request.path.removeprefix(root).strip("/").split("/")]
        if parts[:2] not in (["organizations", self.organization], ["projects", self.organization]):
            raise Refused(404, "The requested resource does not exist")
        for shape, scope, act in self._routes():
            match = re.fullmatch(shape, "/".join([parts[0], *parts[2:]]))
            if match:
                self._need(scope)
                return act(match, request)
        raise Refused(404, "The requested resource does not exist")

    def _routes(self) -> Sequence[tuple[str, str, Callable[[re.Match[str], Request], Answer]]]:
        return (
            ("organizations", "org:read", lambda _, __: Answer(body={"slug": self.organization, "name": "Acme"})),
            ("organizations/projects", "org:read", lambda _, __: Answer(body=[{"slug": name} for name in self.projects])),
            ("organizations/environments", "org:read", lambda _, __: Answer(body=[{"name": name} for name in self.environments])),
            ("organizations/issues", "event:read", lambda _, request: self._search(request)),
            ("organizations/issues/([^/]+)", "event:read", lambda match, _: Answer(body=self._issue(self._found(match[1])))),
            ("organizations/issues/([^/]+)/events", "event:read", lambda match, request: self._events(self._found(match[1]), request)),
            ("organizations/issues/([^/]+)/events/([^/]+)", "event:read", lambda match, _: self._event(self._found(match[1]), match[2])),
            ("organizations/shortids/([^/]+)", "event:read", lambda match, _: self._short(match[1])),
            ("organizations/eventids/([^/]+)", "event:read", lambda match, _: self._of_event(match[1])),
            ("organizations/releases", "project:read", lambda _, request: self._paged(list(self.releases.values()), request)),
            ("organizations/releases/([^/]+)", "project:read", lambda match, _: Answer(body=self._release(match[1]))),
            ("organizations/releases/([^/]+)/commits", "project:read", lambda match, request: self._paged(self._commits(match[1]), request)),
            ("projects/([^/]+)/events/([^/]+)/committers", "project:read", lambda match, _: self._committers(match[2])),
        )

    def _need(self, scope: str) -> None:
        if scope not in self.scopes:
            raise Refused(403, "You do not have permission to perform this action.")

    def _found(self, identifier: str) -> Issue:
        if identifier not in self.issues:
            raise Refused(404, "The requested resource does not exist")
        return self.issues[identifier]

    def _issue(self, issue: Issue) -> Json:
        return {
            "id": issue.id,
            "shortId": issue.short_id,
            "title": f"{issue.type}: {issue.value}",
            "culprit": issue.culprit,
            "level": "error",
            "status": issue.status,
            "permalink": f"https://evil.example/issues/{issue.id}/",
            "project": {"id": "7", "slug": issue.project, "name": issue.project},
            "metadata": {"type": issue.type, "value": issue.value},
            "count": str(len(issue.events)),
            "userCount": len({str(event.get("user")) for event in issue.events}),
            "firstSeen": min((event["dateCreated"] for event in issue.events), default="2026-01-01T00:00:00Z"),
            "lastSeen": max((event["dateCreated"] for event in issue.events), default="2026-01-01T00:00:00Z"),
            "assignedTo": {"name": "Mira Assigned"},
            **issue.fields,
        }

    def _short(self, short_id: str) -> Answer:
        issue = next((issue for issue in self.issues.values() if issue.short_id == short_id), None)
        if issue is None:
            raise Refused(404, "The requested resource does not exist")
        return Answer(body={"shortId": short_id, "groupId": issue.id, "group": self._issue(issue)})

    def _of_event(self, event: str) -> Answer:
        issue = next((issue for issue in self.issues.values() if any(one["eventID"] == event for one in issue.events)), None)
        if issue is None:
            raise Refused(404, "The requested resource does not exist")
        return Answer(body={"eventId": event, "groupId": issue.id, "projectSlug": issue.project, "organizationSlug": self.organization})

    def _event(self, issue: Issue, name: str) -> Answer:
        newest = sorted(issue.events, key=lambda event: str(event["dateCreated"]))
        found = newest[-1:] if name == "latest" else [event for event in issue.events if event["eventID"] == name]
        if not found:
            raise Refused(404, "No matching event found.")
        return Answer(body=found[0])

    def _events(self, issue: Issue, request: Request) -> Answer:
        inside = self._inside(request)
        found = sorted((event for event in issue.events if inside(event)), key=lambda event: str(event["dateCreated"]), reverse=True)
        return self._paged([{name: value for name, value in event.items() if name != "entries"} for event in found], request)

    def _search(self, request: Request) -> Answer:
        """The default of the query hides what is resolved."""
        inside = self._inside(request)
        terms = _terms(request.query.get("query", "is:unresolved"))
        found = [issue for issue in self.issues.values() if any(inside(event) and all(_fits(issue, event, term) for term in terms) for event in issue.events)]
        answer = self._paged([self._issue(issue) for issue in found], request)
        return Answer(answer.status, answer.body, {**answer.headers, "X-Hits": str(len(found))})

    def _inside(self, request: Request) -> Callable[[Json], bool]:
        environment = request.query.get("environment")
        if environment is not None and environment not in self.environments:
            raise Refused(404, "The requested resource does not exist")
        start, end = request.query.get("start", ""), request.query.get("end", "9")
        if start and (datetime.fromisoformat(start).replace(tzinfo=UTC) < NOW - RETENTION or start > end):
            raise Refused(400, "Invalid date range. Please try a more recent date range.")
        return lambda event: start <= event["dateCreated"][:19] <= end and environment in (None, _tags(event).get("environment"))

    def _paged(self, items: list[Json], request: Request) -> Answer:
        """Sentry names a next page even where there is none, with results="false"."""
        size = min(int(request.query.get("limit") or request.query.get("per_page") or 100), self.page)
        offset = int(request.query.get("cursor", "0:0:0").split(":")[1])
        more = str(len(items) > offset + size).lower()
        where = f"https://evil.example{request.path}"
        link = f'<{where}?cursor=0:0:1>; rel="previous"; results="false"; cursor="0:0:1", '
        link += f'<{where}?cursor=0:{offset + size}:0>; rel="next"; results="{more}"; cursor="0:{offset + size}:0"'
        return Answer(body=items[offset : offset + size], headers={"Link": link})

    def _release(self, version: str) -> Json:
        if version not in self.releases:
            raise Refused(404, "The requested resource does not exist")
        return {"version": version, **self.releases[version]}

    def _commits(self, version: str) -> list[Json]:
        self._release(version)
        return self.commits.get(version, [])

    def _committers(self, event: str) -> Answer:
        if not self.has_committers or event not in self.suspects:
            raise Refused(404, "No commits found for Release")
        return Answer(body={"committers": [{"author": {"name": "Mira Author", "email": "mira@acme.example"}, "commits": self.suspects[event]}]})


def _terms(query: str) -> list[tuple[str, list[str]]]:
    """`key:"value"`, `key:[a, b]`, `key:value` as pairs; anything else is refused, as Sentry refuses what it cannot parse."""
    text = r'"(?:[^"\\]|\\.)*"'
    term = rf"([\w.]+):(?:\[((?:{text}|[^\]\"])*)\]|({text})|(\S+))"
    if re.sub(term, "", query).strip():
        raise Refused(400, "Error parsing search query")
    found = []
    for match in re.finditer(term, query):
        values = re.findall(text, match[2]) if match[2] is not None else [match[3] or match[4]]
        found.append((match[1], [value[1:-1] if value.startswith('"') else value for value in values]))
    return found


def _fits(issue: Issue, event: Json, term: tuple[str, list[str]]) -> bool:
    key, values = term
    if key == "is":
        return issue.status in values
    trace = str(event.get("contexts", {}).get("trace", {}).get("trace_id", ""))
    held = {"project": issue.project, "error.type": issue.type, "message": f"{issue.type}: {issue.value}", "trace": trace, **_tags(event)}.get(key, "")
    return any(re.fullmatch(_pattern(value), held, re.IGNORECASE) for value in values)


def _pattern(value: str) -> str:
    """A star is a wildcard unless a backslash stands before it."""
    signs = re.findall(r"\\.|.", value)
    return "".join(".*" if sign == "*" else re.escape(sign[-1]) for sign in signs)


def _tags(event: Json) -> dict[str, str]:
    return {tag["key"]: tag["value"] for tag in event.get("tags", [])}
