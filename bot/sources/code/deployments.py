"""What went live before the alert: GitHub's deployments, or the versions that were tagged."""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from pathlib import Path
from time import monotonic
from typing import NamedTuple, Protocol
from urllib.parse import quote, urlsplit

import msgspec

from bot.config import Codebase, Secret
from bot.core.links.repository_address import Address, address
from bot.core.plain_text.plain_text import cut, one_line
from bot.core.suspects.release_name import version
from bot.errors import SourceError
from bot.github_client import connect, refused
from bot.model import Checkup, Deploy, Evidence, Findings, Gap, Inquiry
from bot.regex import regex
from bot.sources.code.clone import Clones
from bot.sources.code.reading import base_url, opened
from bot.sources.code.running_commit import own_names

SOURCE = "deployments"
_LOOKED_AT = 3
"""Deployments whose statuses are asked for: with the list itself four calls a codebase."""
_TAGS = 5
_PAGE = 100
_DEADLINE_SHARE = 0.9
"""Of the time a source is given: what was found by then must still be handed over."""
_SHA = regex(r"[0-9a-f]{40,64}")
_REFUSED = regex(r"GitHub answered (401|403|404)\b(?!.*rate limit)", re.IGNORECASE)


_TIMEOUT = 7
"""Seconds for one answer of GitHub."""


class GitHubAccess(NamedTuple):
    """Where GitHub is, the token for a codebase at a scheme and host, and how many seconds there are for all questions together."""

    server_url: str
    api_url: str
    token: Callable[[Codebase, str], Secret | None]
    seconds: float = 30


class DeploymentSource:
    """Answers the first inquiry with the last deploys to the alert's environment, the newest first. `seconds` limits one git command."""

    def __init__(self, root: Path, codebases: tuple[Codebase, ...], access: GitHubAccess, clones: Clones | None = None, seconds: float = 10) -> None:
        self._root, self._codebases, self._access, self._clones, self._seconds = root, codebases, access, clones, seconds
        self._until = 0.0

    @property
    def name(self) -> str:
        """As gaps and evidence call it."""
        return SOURCE

    def gather(self, inquiry: Inquiry) -> Findings:
        """Evidence of kind "deploy" for each codebase that the failing service runs; all of them when the alert names no service."""
        if not inquiry.search:
            return Findings()
        self._until = monotonic() + _DEADLINE_SHARE * self._access.seconds
        service = inquiry.service or inquiry.alert.service
        ours = [one for one in self._codebases if service is None or not one.services or service in one.services]
        evidence: list[Evidence] = []
        gaps: list[Gap] = []
        for codebase in ours:
            try:
                evidence += self._deploys(codebase, inquiry, service if service in codebase.services else None)
            except SourceError as error:
                gaps.append(Gap(SOURCE, f"the deploys of {codebase.name}", error.cause, error.remedy))
        return Findings(evidence=tuple(evidence), gaps=tuple(gaps))

    def examine(self) -> Iterable[Checkup]:
        """Whether GitHub shows the deployments, with one call a codebase; tags are looked at with the code."""
        for codebase in self._codebases:
            if codebase.deploys != "github":
                continue
            self._until = monotonic() + _DEADLINE_SHARE * self._access.seconds
            name = f"deployments {codebase.name}"
            try:
                found = self._listed(codebase, None)
            except SourceError as error:
                yield Checkup(name, False, error.cause, error.remedy)
                continue
            names = ", ".join(sorted({cut(one_line(one.environment), 40) for one in found})[:5])
            seen = f"environments: {names}" if names else "none yet"
            remedy = "" if names else "deploy once with `environment:` in a workflow, or leave `deploys` out"
            yield Checkup(name, bool(names), seen, remedy)

    def _deploys(self, codebase: Codebase, inquiry: Inquiry, service: str | None) -> Iterator[Evidence]:
        environment = inquiry.alert.environment
        found, query = (
            self._of_github(codebase, environment, inquiry.alert.time) if codebase.deploys == "github" else self._of_tags(codebase, inquiry.alert.time)
        )
        for deploy in found:
            yield _evidence(msgspec.structs.replace(deploy, service=service or codebase.name, environment=environment), codebase, query)

    def _of_tags(self, codebase: Codebase, before: datetime) -> tuple[list[Deploy], str]:
        checkout, _ = opened(self._root, codebase, self._seconds, self._clones)
        base = base_url(codebase)
        found = checkout.deploys_by_tag(before, _TAGS, own_names(codebase))
        if not found:
            raise SourceError(
                "reading tags", "no tag holds a version that is older than the alert", "fetch the tags (`git fetch --tags`), or leave `deploys` out"
            )
        linked = [msgspec.structs.replace(one, permalink=f"{base}/releases/tag/{quote(one.release, safe='')}" if base else None) for one in found]
        return linked, "git for-each-ref --sort=-creatordate refs/tags"

    def _of_github(self, codebase: Codebase, environment: str, before: datetime) -> tuple[list[Deploy], str]:
        name = codebase.deploy_environments.get(environment, environment)
        listed = self._listed(codebase, name)
        older = [one for one in listed if one.created <= before]
        if not older:
            cause = f"GitHub knows no deployment to {name!r} before the alert"
            remedy = "name GitHub's environment under `deploy_environments` of this codebase"
            raise SourceError("reading deployments", cause if len(listed) < _PAGE else f"the last {_PAGE} deployments are all later than the alert", remedy)
        base = base_url(codebase)
        permalink = f"{base}/deployments/{quote(name, safe='')}" if base else None
        found: list[Deploy] = []
        for one in older[:_LOOKED_AT]:
            live = min((at for at, state in one.states() if state == "success" and at <= before), default=None)
            if live:
                found.append(Deploy(codebase.name, environment, one.release, live, one.sha, permalink))
        return sorted(found, key=lambda one: one.time, reverse=True), f"deployments of {self._where(codebase).slug} to {name}"

    def _listed(self, codebase: Codebase, environment: str | None) -> list["_Listed"]:
        """The newest hundred, in one call."""
        where = self._where(codebase)
        token = self._access.token(codebase, f"{urlsplit(self._access.server_url).scheme}://{where.host}")
        if token is None:
            raise SourceError(
                "reading deployments", "there is no token to ask GitHub with", f"set CODE_TOKEN to a token with `deployments: read` on {where.slug}"
            )
        left = self._until - monotonic()
        if left <= 0:
            raise SourceError("reading deployments", "the time for GitHub was used up", "raise `limits.source_seconds`")

        def states(one: _Deployment) -> list[tuple[datetime, str]]:
            with _told(where.slug):
                return [(_aware(status.created_at), status.state) for status in islice(one.get_statuses(), _PAGE)]

        with _told(where.slug):
            repository = connect(token, where.slug, self._access.api_url, None, patience=int(left / 2), timeout=max(1, min(_TIMEOUT, int(left / 4))))
            found: Iterable[_Deployment] = repository.get_deployments(environment=environment) if environment else repository.get_deployments()
            listed = [(one, str(one.sha), str(one.ref), str(one.environment), _aware(one.created_at)) for one in islice(found, _PAGE)]
        return [_Listed(sha, _release(ref, sha), there, at, partial(states, one)) for one, sha, ref, there, at in listed if _SHA.fullmatch(sha)]

    def _where(self, codebase: Codebase) -> Address:
        where = address(codebase.url or "") or address(codebase.repository or "")
        if where is None or where.host != urlsplit(self._access.server_url).netloc.lower() or where.slug.count("/") != 1:
            cause = f"`url` or `repository` of this codebase is no repository on {self._access.server_url}"
            raise SourceError("reading deployments", cause, "correct it, or set `deploys: tags`")
        return where


class _Listed(NamedTuple):
    sha: str
    release: str
    environment: str
    created: datetime
    states: Callable[[], list[tuple[datetime, str]]]


class _Status(Protocol):
    @property
    def created_at(self) -> datetime: ...
    @property
    def state(self) -> str: ...


class _Deployment(Protocol):
    """What is used of the client's deployment."""

    @property
    def sha(self) -> str: ...
    @property
    def ref(self) -> str: ...
    @property
    def environment(self) -> str: ...
    @property
    def created_at(self) -> datetime: ...
    def get_statuses(self) -> Iterable[_Status]: ...


@contextmanager
def _told(slug: str) -> Iterator[None]:
    """A refusal as a SourceError, with what a reader of deployments can do about it."""
    try:
        with refused("reading deployments", SourceError):
            yield
    except SourceError as error:
        remedy = f"give CODE_TOKEN `deployments: read` on {slug}" if _REFUSED.search(error.cause) else error.remedy
        raise SourceError(error.doing, error.cause, remedy) from error
    except (TypeError, AttributeError, LookupError) as error:  # what the client raises for JSON of another shape
        raise SourceError("reading deployments", f"the answer was not GitHub's ({type(error).__name__})", "check GITHUB_API_URL") from error


def _release(ref: str, sha: str) -> str:
    """A tag as it is, anything that names no version as its commit: `main` tells nobody what ran."""
    return cut(one_line(ref), 80) if version(ref) else sha[:12]


def _aware(time: datetime) -> datetime:
    try:
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except OverflowError:
        return time.replace(tzinfo=UTC)  # before the first day or after the last: no deploy of this alert


def _evidence(deploy: Deploy, codebase: Codebase, query: str) -> Evidence:
    commit = f" ({deploy.commit[:7]})" if deploy.commit and not deploy.commit.startswith(deploy.release) else ""
    text = f"{deploy.service} {deploy.release}{commit} was deployed to {deploy.environment} on {deploy.time:%Y-%m-%d %H:%M:%S} UTC"
    place = deploy.permalink or f"{codebase.name}@{(deploy.commit or deploy.release)[:12]}"
    return Evidence("deploy", SOURCE, place, text, time=deploy.time, query=query, detail=deploy)
