"""An OpenSearch cluster for tests: osmem, a real one in memory, behind a proxy that counts and fails."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.request import Request as HttpRequest
from urllib.request import urlopen

import pytest

from bot.config import Limits, OpenSearchCluster, Secret
from bot.errors import SourceError
from bot.model import Alert, Findings, Inquiry, Permalink
from bot.sources.opensearch.opensearch import OpenSearchSource
from tests.fakes.fault_proxy import FaultProxy

NOON = datetime(2025, 12, 16, 12, 0, tzinfo=UTC)
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
DASHED = "4bf92f35-77b3-4da6-a3ce-929d0e0e4736"
DATE: dict[str, Any] = {"@timestamp": {"type": "date"}}
KEYWORD = {"type": "keyword"}
ALERT = Alert(
    Permalink("acme.slack.com", "C1", "1765886400.000000"),
    NOON,
    "prod",
    "ValidationError: insufficient leaf balance",
    error_type="ValidationError",
    culprit="transfer_handler",
    message="insufficient leaf balance",
)
FIRST = Inquiry(ALERT, NOON - timedelta(minutes=5), NOON + timedelta(minutes=1))


def following(*trace_ids: str) -> Inquiry:
    """A later round: only the traces are new."""
    return Inquiry(ALERT, FIRST.start, FIRST.end, search=False, trace_ids=trace_ids)


def given_document(message: str, seconds: float = -10, level: str = "ERROR", **fields: object) -> dict[str, object]:
    """A log document so many seconds from the alert."""
    return {"@timestamp": (NOON + timedelta(seconds=seconds)).isoformat(), "level": level, "message": message, **fields}


@dataclass
class Cluster:
    """osmem behind a proxy that counts and fails."""

    proxy: FaultProxy
    upstream: str
    waited: list[float] = field(default_factory=list)

    def index(self, name: str, *documents: dict[str, object], properties: dict[str, Any] | None = None) -> None:
        """Create an index and fill it, past the proxy."""
        self._send("PUT", f"/{name}", {"mappings": {"properties": properties or {**DATE, "trace_id": KEYWORD, "message": {"type": "text"}, "level": KEYWORD}}})
        if documents:
            lines = "".join(f'{{"index":{{"_index":"{name}"}}}}\n{json.dumps(document)}\n' for document in documents)
            self._send("POST", "/_bulk?refresh=true", lines)

    def put(self, index: str, name: str, document: dict[str, object]) -> None:
        """One document, called so."""
        self._send("PUT", f"/{index}/_doc/{name}?refresh=true", document)

    def source(self, limits: Limits | None = None, *, username: Secret | None = None, password: Secret | None = None, **cluster: Any) -> OpenSearchSource:
        """A source on this cluster's `logs-*` unless told otherwise."""
        told = OpenSearchCluster(**{"url": self.proxy.url, "indices": ("logs-*",), **cluster})
        return OpenSearchSource("prod", told, limits or Limits(), username, password, sleep=self.waited.append)

    def refusal(self, inquiry: Inquiry = FIRST, **cluster: Any) -> SourceError:
        """The error that gathering ends in."""
        with pytest.raises(SourceError) as caught:
            self.source(**cluster).gather(inquiry)
        return caught.value

    def calls(self, part: str = "") -> int:
        """How many requests came through."""
        return sum(1 for request in self.proxy.requests if part in request.path)

    def _send(self, method: str, path: str, body: object) -> None:
        raw = body if isinstance(body, str) else json.dumps(body)
        content = {"Content-Type": "application/x-ndjson" if isinstance(body, str) else "application/json"}
        with urlopen(HttpRequest(self.upstream + path, raw.encode(), content, method=method)) as response:  # noqa: S310 - loopback
            answer = json.loads(response.read())
        assert not answer.get("errors"), answer


def messages(findings: Findings) -> list[str]:
    """What the events say."""
    return [event.message for event in findings.events]
