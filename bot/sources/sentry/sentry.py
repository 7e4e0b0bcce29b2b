"""Sentry: the issue that an alert links to or speaks of, as one organization's Sentry tells it."""

import re
import time
from collections.abc import Callable, Iterable

from bot.config import Limits, Secret
from bot.config.sources import SentryOrganization
from bot.core.links import sentry_link
from bot.core.links.sentry_link import SLUG, SentryLink
from bot.core.logs import trace_id
from bot.core.systems.sentry_shape import text
from bot.errors import SourceError
from bot.http_client import HttpClient, HttpRefusal, System
from bot.model import Alert, Checkup, Findings, Gap, Inquiry
from bot.regex import regex
from bot.sources.sentry.client import SentryClient
from bot.sources.sentry.evidence import Place
from bot.sources.sentry.gathering import Gathering

_DEADLINE_SHARE = 0.9
"""Of the time a source is given: what was found by then must still be handed over."""
_SCOPES = "event:read, project:read and org:read"
_MOST_TRACES = 3
_OF_SENTRY = regex(r"[0-9a-f]{32}")


class SentrySource:
    """One organization. A diagnosis costs eight calls for an issue that is found at its link, and at most twenty in all."""

    def __init__(
        self,
        organization: SentryOrganization,
        limits: Limits,
        token: Secret | None,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._configured, self._limits, self._token = organization, limits, token
        self._clock, self._sleep, self._now = clock, sleep, now
        self._home = organization.url.strip().rstrip("/").removesuffix("/api/0")
        self._before: Gathering | None = None

    @property
    def name(self) -> str:
        """As gaps and evidence call it."""
        return f"sentry {self._configured.organization}"

    def gather(self, inquiry: Inquiry) -> Findings:
        """The alert's issue and what goes with it; later, what else fails in its traces, and releases that others named. Raises SourceError."""
        alert = inquiry.alert
        if sentry_link.of_another(alert.log_links, self._home, self._configured.organization):
            return Findings()
        if inquiry.search:
            self._before = None
            links = self._links(alert)
            gathering = self._gathering(inquiry, links)
            findings = _partial(gathering, self.name, lambda: _first(gathering, links))
            self._before = gathering
            return findings
        before = self._before
        if before is None:  # it could not be asked in the first round either
            return Findings()
        spelt = dict.fromkeys(next(filter(_OF_SENTRY.fullmatch, trace_id.spellings(one)), one) for one in inquiry.trace_ids)
        traces = tuple(one for one in spelt if one not in before.traces)[:_MOST_TRACES]
        release = inquiry.release if inquiry.release and not before.releases and before.issue is None else None
        if not traces and release is None:
            return Findings()
        gathering = self._gathering(inquiry, ())
        gathering.environment = before.environment
        before.traces.update(traces)
        before.releases.update([release] if release else [])
        return _partial(gathering, self.name, lambda: _later(gathering, traces, release, before.issue))

    def examine(self) -> Iterable[Checkup]:
        """The token, and one call for each scope; the projects and environments that the configuration names."""
        try:
            client = self._client()
        except SourceError as error:
            yield Checkup(self.name, False, f"{error.doing}: {error.cause}", error.remedy)
            return
        yield self._examined("org:read", lambda: f"organization {text(client.organization(), 'slug', 'name')}")
        yield self._examined("event:read", lambda: f"issues can be read ({client.search({}, 1).count} listed)")
        yield self._examined("project:read", lambda: f"releases can be read ({client.releases().count} listed)")
        for what, key, wanted in (("projects", "slug", self._configured.projects), ("environments", "name", tuple(self._configured.environments.values()))):
            if wanted:
                yield self._examined(what, lambda what=what, key=key, wanted=wanted: self._all_there(what, wanted, client.names(what, key)))  # type: ignore[misc]

    def _links(self, alert: Alert) -> tuple[SentryLink, ...]:
        """What the alert's links name, then short ids of its text."""
        named = sentry_link.named(alert.log_links, self._home, self._configured.organization)
        if any(link.issue or link.event for link in named):
            return named
        return (*named, *(SentryLink(issue=short) for short in sentry_link.short_ids(alert.text, self._configured.projects)))

    def _gathering(self, inquiry: Inquiry, links: tuple[SentryLink, ...]) -> Gathering:
        ours = inquiry.alert.environment
        told = next((link.environment for link in links if link.environment), None)
        environment = told or self._configured.environments.get(ours, ours)
        place = Place(self.name, self._home, self._configured.organization)
        return Gathering(self._client(), place, inquiry, self._configured.projects, self._limits.error_events, environment or None)

    def _client(self) -> SentryClient:
        slug = self._configured.organization
        doing = f"looking at the configuration of {self.name}"
        if not re.fullmatch(SLUG, slug):
            raise SourceError(
                doing, f"{slug!r} is no organization's slug", "set `sentry: organization:` to the name in its address, https://acme.sentry.io: acme"
            )
        if self._token is None:
            raise SourceError(doing, "it has no token", f"set SENTRY_AUTH_TOKEN to the token of an internal integration with {_SCOPES}")
        token = self._token.reveal()
        permission = f"give the token the scopes {_SCOPES}"
        if token.startswith("sntrys_"):
            permission = f"an organization token (sntrys_…) can only upload releases: make an internal integration, and give its token {_SCOPES}"
        system = System(f"Sentry {slug}", "`sentry: url:`", "SENTRY_AUTH_TOKEN", permission, "`sentry: organization:`", "`sentry: ca_file:`")
        http = HttpClient(
            self._home,
            system,
            _DEADLINE_SHARE * self._limits.source_seconds,
            headers={"Authorization": f"Bearer {token}"},
            ca_file=self._configured.ca_file,
            clock=self._clock,
            sleep=self._sleep,
            now=self._now,
        )
        return SentryClient(http, slug)

    def _examined(self, what: str, ask: Callable[[], str]) -> Checkup:
        try:
            return Checkup(f"{self.name} {what}", True, ask())
        except SourceError as error:
            return Checkup(f"{self.name} {what}", False, error.cause, error.remedy)

    def _all_there(self, what: str, wanted: tuple[str, ...], there: tuple[str, ...]) -> str:
        missing = sorted(set(wanted) - set(there))
        if missing and len(there) < 100:  # a full page may hide the rest
            known = ", ".join(sorted(there)[:10]) or "none"
            raise SourceError(f"listing its {what}", f"there is no {', '.join(missing)}; there are: {known}", f"correct `sentry: {what}:`")
        return f"all there: {', '.join(wanted)}"


def _first(gathering: Gathering, links: tuple[SentryLink, ...]) -> None:
    if not gathering.linked(links):
        gathering.searched(next((link.trace for link in links if link.trace), None))


def _later(gathering: Gathering, traces: tuple[str, ...], release: str | None, own: str | None) -> None:
    if traces:
        gathering.traced(traces, own)
    if release:
        gathering.released(release)


def _partial(gathering: Gathering, name: str, work: Callable[[], None]) -> Findings:
    """What was found before a token was refused is kept. Raises SourceError when nothing was."""
    refused: tuple[Gap, ...] = ()
    try:
        work()
    except HttpRefusal as error:
        if gathering.is_empty:
            raise
        refused = (Gap(name, "the rest", error.cause, error.remedy),)
    return gathering.findings(refused)
