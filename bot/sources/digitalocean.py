"""DigitalOcean's App Platform: the last deployments of an app, and what building or deploying said when it failed."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from bot.config import Secret
from bot.config.sources import DigitalOceanApp
from bot.core.logs.time import moment
from bot.core.plain_text.plain_text import cut, one_line
from bot.errors import SourceError
from bot.http_client import HttpClient, System, segment
from bot.model import Checkup, Deploy, Evidence, Findings, Gap, Inquiry
from bot.regex import regex

_SHARE = 0.85
_DEPLOYMENTS, _LOG_BYTES, _LINES = 20, 8_000_000, 60
_GOOD, _BAD = ("ACTIVE", "SUPERSEDED"), ("ERROR", "CANCELED")
_SHA = regex(r"\b[0-9a-f]{40}\b")
_ID = regex(r"[A-Za-z0-9][A-Za-z0-9-]{0,63}")
_STORES = (".digitaloceanspaces.com", ".ondigitalocean.com", ".digitalocean.com")
"""Where DigitalOcean keeps logs that have ended; the address it gives carries its own permission, and gets no token."""


class DigitalOceanSource:
    """One app of one environment: one call for its deployments, and two for each of two logs of the newest that failed."""

    def __init__(self, environment: str, app: DigitalOceanApp, token: Secret | None, seconds: float = 30) -> None:
        self._environment, self._app, self._token, self._seconds = environment, app, token, seconds

    @property
    def name(self) -> str:
        """As gaps and evidence call it."""
        return f"digitalocean {self._app.app[:8]}"

    def gather(self, inquiry: Inquiry) -> Findings:
        """Deployments before the alert, the newest first, and the logs of one that failed. Raises SourceError when the API refuses."""
        if not inquiry.search or inquiry.alert.environment != self._environment or not self._ours(inquiry):
            return Findings()
        if self._token is None:
            remedy = "pass the secret DIGITALOCEAN_TOKEN (a token with the scope app:read) to the diagnose job"
            return Findings(gaps=(Gap(self.name, "the deployments of the app", "DIGITALOCEAN_TOKEN is not set", remedy),))
        client = self._client()
        found = [one for one in self._deployments(client) if (time := _created(one)) and time <= inquiry.alert.time]
        evidence = [self._evidence(one, inquiry.alert.environment) for one in found[:5]]
        failed = next((one for one in found[:5] if one.get("phase") in _BAD), None)
        logs = self._logs(client, failed) if failed is not None else Findings()
        asked = f"deployments before the alert → {len(found)}"
        return Findings(evidence=(*evidence, *logs.evidence), gaps=logs.gaps, queries=(asked, *logs.queries))

    def examine(self) -> Iterable[Checkup]:
        """Whether the app can be seen."""
        if self._token is None:
            yield Checkup(self.name, False, "DIGITALOCEAN_TOKEN is not set", "make a token with the scope app:read and set DIGITALOCEAN_TOKEN")
            return
        try:
            count = len(self._deployments(self._client()))
        except SourceError as error:
            yield Checkup(self.name, False, error.cause, error.remedy)
            return
        yield Checkup(self.name, True, f"{count} deployments can be seen")

    def _ours(self, inquiry: Inquiry) -> bool:
        service = inquiry.service or inquiry.alert.service
        return not self._app.services or service is None or service in self._app.services

    def _client(self) -> HttpClient:
        token = self._token.reveal() if self._token else ""
        system = System("DigitalOcean", "`digitalocean: url:`", "DIGITALOCEAN_TOKEN", "give the token the scope app:read", "`digitalocean: app:`")
        return HttpClient(self._app.url, system, self._seconds * _SHARE, headers={"Authorization": f"Bearer {token}"})

    def _deployments(self, client: HttpClient) -> list[Mapping[str, Any]]:
        doing = "listing the deployments"
        answer = client.get_json(f"/v2/apps/{segment(self._app.app)}/deployments", {"per_page": _DEPLOYMENTS, "page": 1}, doing=doing)
        listed = answer.get("deployments") if isinstance(answer, Mapping) else None
        if not isinstance(listed, list):
            raise SourceError(f"{doing} (DigitalOcean)", "the answer is of another shape than a list", "check that the address is that of the API")
        read = [one for one in listed if isinstance(one, Mapping) and _created(one)]
        if listed and not read:
            cause = f"none of {len(listed)} deployments has a time that can be read"
            raise SourceError(f"{doing} (DigitalOcean)", cause, "open the app in the control panel; check that the address is that of the API")
        return sorted(read, key=lambda one: _created(one) or datetime.min.replace(tzinfo=UTC), reverse=True)

    def _evidence(self, one: Mapping[str, Any], environment: str) -> Evidence:
        time, cause, phase = _created(one), _text(one.get("cause")), _text(one.get("phase"))
        commits = tuple(dict.fromkeys(_SHA.findall(str(one)[:20_000])))
        release = commits[0][:7] if commits else _text(one.get("id"))[:8]
        detail = Deploy(self._app.services[0] if self._app.services else "", environment, release, time, next(iter(commits), None)) if time else None
        good = phase in _GOOD
        text = f"deployment {_text(one.get('id'))}: {phase.lower() or 'unknown'}{f', {cause}' if cause else ''}{f', commit {release}' if commits else ''}"
        place = f"app {self._app.app}"
        return Evidence("deploy", self.name, place, text, time=time, query=f"the last {_DEPLOYMENTS} deployments", detail=detail if good else None)

    def _logs(self, client: HttpClient, failed: Mapping[str, Any]) -> Findings:
        evidence: list[Evidence] = []
        gaps: list[Gap] = []
        asked: list[str] = []
        for kind in ("BUILD", "DEPLOY"):
            doing = f"reading the {kind.lower()} log"
            try:
                lines, whole = self._log(client, _text(failed.get("id")), kind, doing)
            except SourceError as error:
                gaps.append(Gap(self.name, f"the {kind.lower()} log of the deployment that failed", error.cause, error.remedy))
                continue
            asked.append(f"{kind.lower()} log of {_text(failed.get('id'))[:8]} → {'' if whole else 'the first '}{len(lines)} lines")
            if lines:
                text = "\n".join(_telling(lines))
                evidence.append(Evidence("log", self.name, f"app {self._app.app}", text, time=_created(failed), query=f"{asked[-1]}, its end"))
        return Findings(evidence=tuple(evidence), gaps=tuple(gaps), queries=tuple(asked))

    def _log(self, client: HttpClient, deployment: str, kind: str, doing: str) -> tuple[list[str], bool]:
        """Its lines, and whether these are all of them."""
        if not _ID.fullmatch(deployment):
            raise SourceError(doing, "the deployment has no id of the usual form", "open the app in the control panel")
        path = f"/v2/apps/{segment(self._app.app)}/deployments/{segment(deployment)}/logs"
        answer = client.get_json(path, {"type": kind, "follow": "false"}, doing=doing)
        urls = answer.get("historic_urls") if isinstance(answer, Mapping) else None
        url = next((one for one in urls if isinstance(one, str)), "") if isinstance(urls, list) else ""
        if not url:
            return [], True
        parts = urlsplit(url)
        own = parts.netloc == urlsplit(self._app.url).netloc
        if not own and (parts.scheme != "https" or not (parts.hostname or "").endswith(_STORES)):
            raise SourceError(doing, "its log is kept at an address that is not DigitalOcean's", "open the deployment in the control panel")
        system = System("DigitalOcean's log store", "`digitalocean: url:`", "DIGITALOCEAN_TOKEN", "run the diagnosis again: such an address expires")
        store = HttpClient(f"{parts.scheme}://{parts.netloc}", system, client.left)
        query = parse_qsl(parts.query, keep_blank_values=True)
        answer = store.get_text(parts.path, query, doing=doing, most_bytes=_LOG_BYTES)
        return answer.text.splitlines(), not answer.cut


def _telling(lines: Sequence[str]) -> list[str]:
    """The end of a log, and before it the lines that speak of errors."""
    errors = [line for line in lines[:-_LINES] if re.search(r"(?i)\b(?:error|fatal|failed|exception|denied|timed? ?out)\b", line[:2000])]
    kept = [*errors[-20:], *(["…"] if errors else []), *lines[-_LINES:]]
    return [cut(one_line(line), 400) for line in kept]


def _created(one: Mapping[str, Any]) -> datetime | None:
    return moment(one.get("created_at"))


def _text(value: Any) -> str:
    return cut(one_line(str(value)), 300) if isinstance(value, str | int) else ""
