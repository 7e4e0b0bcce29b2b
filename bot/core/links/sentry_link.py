"""What a link to Sentry names, in any of its shapes, and the link that a person opens; what does not fit a strict pattern is not taken over.

Shapes: sentry.io/organizations/acme/issues/1/, acme.sentry.io/issues/1/events/<id>/, regions (de.sentry.io), one's own server below a path,
the older /acme/transfers/issues/1/, short ids (TRANSFERS-4F), Discover's project:event, traces, alert rules; Slack's app adds parameters.
"""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import SplitResult, parse_qs, unquote, urlencode, urlsplit

from bot.model import Record
from bot.regex import regex

SLUG = r"[A-Za-z0-9_][A-Za-z0-9_-]{0,99}"
SHORT_ID = r"[A-Z0-9][A-Z0-9_-]{0,79}-[A-Z0-9]{1,12}"
_NUMBER = r"\d{1,20}"
_ID = r"[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}"
_LONGEST = 4_000
_NO_ORGANIZATION = frozenset({"www", "us", "de", "eu", "app", "api", "docs", "status", "blog"})
"""First labels of sentry.io hosts that are regions or pages."""


def _shape(pattern: str) -> re.Pattern[str]:
    return regex(rf"(?:organizations/(?P<organization>{SLUG})/)?{pattern}(?:/|$)")


_SHAPES = (
    _shape(rf"issues/(?P<issue>{_NUMBER}|{SHORT_ID})(?:/events/(?P<event>{_ID}))?"),
    regex(rf"(?P<organization>{SLUG})/(?P<project>{SLUG})/issues/(?P<issue>{_NUMBER}|{SHORT_ID})(?:/events/(?P<event>{_ID}))?(?:/|$)"),
    _shape(rf"projects/(?P<project>{SLUG})/events/(?P<event>{_ID})"),
    regex(rf"(?:projects/)?(?P<organization>{SLUG})/(?P<project>{SLUG})/events/(?P<event>{_ID})(?:/|$)"),
    _shape(rf"[a-z/-]{{1,60}}/(?P<project>{SLUG}):(?P<event>{_ID})"),
    _shape(rf"[a-z/-]{{1,60}}/trace/(?P<trace>{_ID})"),
    _shape(rf"(?:issues/)?alerts/rules/(?:details/|{SLUG}/)?(?P<rule>{_NUMBER})"),
    _shape(r"issues"),
)
_IN_QUERY = regex(rf"(?<![\w-]){SHORT_ID}(?![\w-])")
_LABELLED = regex(rf"short[ -]?id[*_`]{{0,3}}\s{{0,3}}:[*_`]{{0,3}}\s{{0,3}}[*_`<]{{0,3}}(?P<id>{SHORT_ID})(?![\w-])", re.IGNORECASE)
_ENVIRONMENT = regex(r"[A-Za-z0-9][\w .:-]{0,63}", re.ASCII)


class SentryLink(Record, frozen=True):
    """What a link names. `issue` is a number or a short id; `event` and `trace` are 32 hexadecimal digits; `environment` is Sentry's own name."""

    organization: str | None = None
    issue: str | None = None
    event: str | None = None
    project: str | None = None
    environment: str | None = None
    trace: str | None = None
    rule: str | None = None


def parse(url: str, home: str) -> SentryLink | None:
    """What a link names on the Sentry at `home`; None when it leads elsewhere or names nothing. Its host is never asked."""
    if len(url) > _LONGEST or not url.isprintable():
        return None
    try:
        parts = urlsplit(url.strip())
        below = _below(parts, urlsplit(home))
        path = re.sub("/{2,}", "/", unquote(below or "")).strip("/").removeprefix("api/0/")
        match = next((found for shape in _SHAPES if (found := shape.match(path))), None)
        return _named(parts, match.groupdict()) if match else None
    except ValueError:  # a port that is none, too many parameters
        return None


def named(urls: Iterable[str], home: str, organization: str) -> tuple[SentryLink, ...]:
    """What the links name in this organization, the most exact first: an event, an issue, a trace, an alert rule."""
    found = [link for url in urls if (link := parse(url, home)) and (link.organization or organization).lower() == organization.lower()]
    return tuple(sorted(dict.fromkeys(found), key=lambda link: (link.event is None, link.issue is None, link.trace is None)))


def of_another(urls: Iterable[str], home: str, organization: str) -> bool:
    """Whether the links lead to this Sentry, but only to other organizations of it."""
    found = [link.organization for url in urls if (link := parse(url, home)) and link.organization]
    return bool(found) and all(name.lower() != organization.lower() for name in found)


def short_ids(text: str, projects: Iterable[str]) -> tuple[str, ...]:
    """Short ids that a text names: those it labels so, and those of the given projects. Other words have that form too (UTF-8, tickets)."""
    own = {project.upper() for project in projects}
    labelled = [match["id"].upper() for match in _LABELLED.finditer(text[:20_000])]
    bare = [found for found in _IN_QUERY.findall(text[:20_000]) if found.rpartition("-")[0] in own]
    return tuple(dict.fromkeys((*labelled, *bare)))[:5]


def origin(home: str, organization: str) -> str:
    """Where people read this organization: its own host on sentry.io, below /organizations on one's own server. Without a slash at its end."""
    parts = urlsplit(home)
    if _hosted(parts):
        return f"https://{organization.lower()}.sentry.io"
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}/organizations/{organization}"


def issue_place(home: str, organization: str, issue: str, event: str | None = None) -> str:
    """The page of an issue, or of one of its events."""
    return f"{origin(home, organization)}/issues/{issue}/{f'events/{event}/' if event else ''}"


def search_place(home: str, organization: str, query: tuple[tuple[str, str], ...]) -> str:
    """The page that shows what a search of issues finds."""
    return f"{origin(home, organization)}/issues/?{urlencode(query)}"


def _hosted(parts: SplitResult) -> bool:
    host = (parts.hostname or "").lower()
    return host == "sentry.io" or host.endswith(".sentry.io")


def _below(parts: SplitResult, home: SplitResult) -> str | None:
    """The path below the server's own prefix; None for another server."""
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return None
    if _hosted(home):
        label = parts.hostname.lower().removesuffix("sentry.io")
        return parts.path if _hosted(parts) and label.count(".") <= 1 and parts.port in (None, 443) else None
    prefix = home.path.rstrip("/")
    same = parts.hostname.lower() == (home.hostname or "").lower() and _port(parts) == _port(home)
    return parts.path.removeprefix(prefix) if same and f"{parts.path}/".startswith(f"{prefix}/") else None


def _port(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)


def _named(parts: SplitResult, groups: dict[str, str | None]) -> SentryLink | None:
    parameters = parse_qs(parts.query, max_num_fields=50) if len(parts.query) < _LONGEST else {}
    issue = groups.get("issue") or next(iter(_IN_QUERY.findall(_first(parameters, "query"))), None)
    organization = groups.get("organization") or _of_host(parts)
    project, environment = groups.get("project") or _first(parameters, "project"), _first(parameters, "environment")
    link = SentryLink(
        organization,
        issue,
        _plain(groups.get("event")),
        project if re.fullmatch(SLUG, project) else None,
        environment if _ENVIRONMENT.fullmatch(environment) else None,
        _plain(groups.get("trace")),
        groups.get("rule"),
    )
    return link if link.issue or link.event or link.trace or link.rule else None


def _of_host(parts: SplitResult) -> str | None:
    label = (parts.hostname or "").lower().removesuffix(".sentry.io") if _hosted(parts) else ""
    return label if re.fullmatch(SLUG, label) and label not in _NO_ORGANIZATION else None


def _first(parameters: dict[str, list[str]], name: str) -> str:
    return next(_strings(parameters.get(name, [])), "")


def _strings(values: Iterable[str]) -> Iterator[str]:
    return (value[:500] for value in values if value)


def _plain(identifier: str | None) -> str | None:
    return identifier.replace("-", "").lower() if identifier else None
