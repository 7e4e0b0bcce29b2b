"""Kubernetes: the failing service's pods (restarts, limits, why a container ended), their events, and what the container before said last."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.config import Secret
from bot.config.sources import KubernetesNamespace
from bot.core.plain_text.plain_text import visible
from bot.core.systems.pods import Pod, happening, pod, pod_line, selector
from bot.errors import SourceError
from bot.http_client import HttpClient, System, segment
from bot.model import Checkup, Evidence, Findings, Gap, Inquiry

_ODD = "check that the address is that of the API server, and look with `kubectl get pods,events`"
_SHARE = 0.85
"""Of a source's time: what was found by then must still be handed over."""
_PODS, _EVENTS, _LOGS, _LINES = 100, 500, 2, 60
_AROUND = timedelta(hours=1)
_MOST_BYTES, _LOG_CHARACTERS = 4_000_000, 60_000
"""Of a last log: what is read, and what of its end is shown. The API can only be told to leave out the end."""


class KubernetesSource:
    """One namespace of one environment. `token` is a service account's; four calls at most, two of them for containers that ended."""

    def __init__(self, environment: str, namespace: KubernetesNamespace, url: str, token: Secret | None, seconds: float = 30) -> None:
        self._environment, self._namespace, self._url, self._token, self._seconds = environment, namespace, url, token, seconds

    @property
    def name(self) -> str:
        """As gaps and evidence call it."""
        return f"kubernetes {self._namespace.namespace}"

    def gather(self, inquiry: Inquiry) -> Findings:
        """Pods, events and last words of the failing service. Raises SourceError when the API server cannot be asked at all."""
        if not inquiry.search or inquiry.alert.environment != self._environment:
            return Findings()
        service = inquiry.service or inquiry.alert.service
        if not service:
            wanted = f"the pods of the failing service in {self._namespace.namespace}"
            return Findings(gaps=(Gap(self.name, wanted, "neither the alert nor its log events name a service", "log the service's name"),))
        labels = selector(service, self._namespace.services)
        client = self._client()
        pods, more, unread = self._pods(client, labels)
        asked = [f"pods with {labels} → {len(pods)}{f', cut off after {_PODS}' if more else ''}"]
        gaps = [Gap(self.name, f"{unread} of {unread + len(pods)} pods", "they have no name that a pod can have", _ODD)] if unread else []
        evidence = [self._pods_evidence(pods, labels)] if pods else []
        if not pods and not unread:
            remedy = f"name its pods' labels under `kubernetes: services: {{{service[:40]}: …}}`"
            gaps.append(Gap(self.name, f"the pods of {service[:80]}", f"no pod there has the labels {labels}", remedy))
        for part in (lambda: self._events(client, pods, inquiry), lambda: self._last_words(client, pods)):
            found = self._partly(part)
            evidence += found.evidence
            gaps += found.gaps
            asked += found.queries
        return Findings(evidence=tuple(evidence), gaps=tuple(gaps), queries=tuple(asked))

    def examine(self) -> Iterable[Checkup]:
        """Whether pods and events may be listed."""
        for what in ("pods", "events"):
            try:
                self._client().get_json(self._path(what), {"limit": 1}, doing=f"listing {what}")
            except SourceError as error:
                yield Checkup(f"{self.name} {what}", False, error.cause, error.remedy)
            else:
                yield Checkup(f"{self.name} {what}", True, f"{what} can be listed")

    def _client(self) -> HttpClient:
        system = System(
            "Kubernetes",
            "`kubernetes: url:` or KUBERNETES_URL",
            "KUBERNETES_TOKEN",
            "give the service account get and list on pods, pods/log and events in that namespace",
            "`kubernetes: namespace:`",
            "`kubernetes: ca_file:`",
        )
        headers = {"Authorization": f"Bearer {self._token.reveal()}"} if self._token else {}
        return HttpClient(self._url, system, self._seconds * _SHARE, headers=headers, ca_file=self._namespace.ca_file)

    def _path(self, what: str) -> str:
        return f"/api/v1/namespaces/{segment(self._namespace.namespace)}/{what}"

    def _pods(self, client: HttpClient, labels: str) -> tuple[list[Pod], bool, int]:
        """The pods, whether there are more, and how many of those listed could not be read."""
        doing = f"listing the pods of {self._namespace.namespace}"
        answer = client.get_json(self._path("pods"), {"labelSelector": labels, "limit": _PODS}, doing=doing)
        items = _items(answer, doing)
        pods = [read for item in items if (read := pod(item))]
        return pods, _goes_on(answer), len(items) - len(pods)

    def _pods_evidence(self, pods: Sequence[Pod], labels: str) -> Evidence:
        """The troubled ones first."""
        ordered = sorted(pods, key=lambda one: (-one.troubles, -one.restarts, one.name))
        text = "\n".join(line for one in ordered[:30] for line in pod_line(one))
        more = f"\n({len(pods) - 30} more pods)" if len(pods) > 30 else ""
        return Evidence("query result", self.name, f"namespace {self._namespace.namespace}", text + more, query=f"pods with {labels}, as they are now")

    def _partly(self, part: Callable[[], Findings]) -> Findings:
        try:
            return part()
        except SourceError as error:
            return Findings(gaps=(Gap(self.name, error.doing, error.cause, error.remedy),))

    def _events(self, client: HttpClient, pods: Sequence[Pod], inquiry: Inquiry) -> Findings:
        doing = f"listing the events of {self._namespace.namespace}"
        answer = client.get_json(self._path("events"), {"limit": _EVENTS}, doing=doing)
        items = _items(answer, doing)
        told = [event for item in items if (event := happening(item))]
        if items and not told:
            raise SourceError(doing, f"none of its {len(items)} events has a time that can be read", _ODD)
        names = {one.name for one in pods}
        start, end = inquiry.alert.time - _AROUND, inquiry.alert.time + _AROUND
        read = [event for event in told if start <= event.time <= end]
        ours = sorted((event for event in read if event.pod in names or any(event.pod.startswith(f"{one.owner}-") for one in pods if one.owner)), key=_when)
        query = f"events {start:%H:%M} to {end:%H:%M} UTC → {len(ours)} of {len(read)}{f', cut off after {_EVENTS}' if _goes_on(answer) else ''}"
        if not ours:
            return Findings(queries=(query,))
        lines = [
            f"{event.time:%H:%M:%S} {event.kind} {event.reason} {event.pod}: {event.message}{f' ({event.count} times)' if event.count > 1 else ''}"
            for event in ours
        ]
        text = "\n".join(lines[-40:])
        place = f"namespace {self._namespace.namespace}"
        return Findings(evidence=(Evidence("query result", self.name, place, text, time=ours[-1].time, query=query),), queries=(query,))

    def _last_words(self, client: HttpClient, pods: Sequence[Pod]) -> Findings:
        """The end of the log of containers that were ended and started again, the latest first."""
        ended = sorted(
            ((container.ended, one, container) for one in pods for container in one.containers if container.ended and container.restarts),
            key=lambda found: found[0] or datetime.min.replace(tzinfo=UTC),
            reverse=True,
        )
        evidence: list[Evidence] = []
        gaps: list[Gap] = []
        for time, one, container in ended[:_LOGS]:
            doing = f"reading the last log of {one.name}"
            query = {"container": container.name, "previous": "true", "tailLines": str(_LINES), "timestamps": "true"}
            try:
                answer = client.get_text(f"{self._path('pods')}/{segment(one.name)}/log", query, doing=doing, most_bytes=_MOST_BYTES)
            except SourceError as error:
                gaps.append(Gap(self.name, doing, error.cause, error.remedy))
                continue
            place = f"{one.name}/{container.name} (previous)"
            told = f"the last {_LINES} lines of the container that ended, {container.name} of {one.name}"
            said = visible(answer.text[-_LOG_CHARACTERS:]).strip() or "(it said nothing)"
            evidence.append(Evidence("log", self.name, place, said, time=time, query=told))
            if answer.cut:
                cause = f"its last {_LINES} lines are longer than {_MOST_BYTES // 1_000_000} MB, and only their beginning was read"
                gaps.append(Gap(self.name, f"the very last words of {one.name}", cause, f"look at them: `kubectl logs --previous {one.name} | tail -c 10000`"))
        return Findings(evidence=tuple(evidence), gaps=tuple(gaps), queries=tuple(f"last log of {one.name}" for _, one, _ in ended[:_LOGS]))


def _items(answer: Any, doing: str) -> list[Mapping[str, Any]]:
    items = answer.get("items") if isinstance(answer, Mapping) else None
    if not isinstance(items, list):
        raise SourceError(doing, "the answer is of another shape than a list", "check that the address is that of the API server")
    return [item for item in items if isinstance(item, Mapping)]


def _goes_on(answer: Any) -> bool:
    metadata = answer.get("metadata") if isinstance(answer, Mapping) else None
    return isinstance(metadata, Mapping) and bool(metadata.get("continue"))


def _when(event: Any) -> datetime:
    time: datetime = event.time
    return time
