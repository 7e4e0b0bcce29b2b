"""opensearch-py with a deadline and patience: asked to slow down, it waits; refused, it says why and what to do."""

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from opensearchpy import OpenSearch, Urllib3AWSV4SignerAuth, Urllib3HttpConnection
from opensearchpy.exceptions import ImproperlyConfigured, OpenSearchException, TransportError

from bot.config import Secret
from bot.sources import aws_session
from bot.sources.opensearch_query import Json
from bot.sources.opensearch_refusal import Asked, refusal

_BUSY = (429, 502, 503, 504)
_ATTEMPTS = 3
_PAUSE = 1.0
"""Seconds to wait when the server does not say how many."""


class Credentials:
    """What the environment holds for a cluster: a user name and password, and the way to an AWS session."""

    def __init__(
        self,
        username: Secret | None = None,
        password: Secret | None = None,
        session: Callable[[str | None], aws_session.AwsSession] = aws_session.open_session,
    ) -> None:
        self.username = username
        self.password = password
        self.session = session


class OpenSearchClient:
    """One conversation with a cluster. `until` and `clock` are in seconds that only grow; every method raises SourceError."""

    def __init__(self, asked: Asked, credentials: Credentials, until: float, clock: Callable[[], float], sleep: Callable[[float], None]) -> None:
        self.asked = asked
        self._until, self._clock, self._sleep = until, clock, sleep
        self._client = _connected(asked, credentials)

    def field_capabilities(self, indices: str, names: Collection[str], *, ignore_missing: bool) -> Json:
        """`_field_caps`: how each name is mapped, by type and index."""
        params = {"fields": ",".join(names), "ignore_unavailable": str(ignore_missing).lower()}
        return self._object("reading the mapping", lambda timeout: self._client.field_caps(index=indices, params={**params, "request_timeout": timeout}))

    def search(self, doing: str, body: Json, indices: str | None = None, *, ignore_missing: bool = False) -> Json:
        """One search; `indices` is None when the body names a point in time. The answer has `hits.hits` and `_shards`."""
        params: dict[str, Any] = {"ignore_unavailable": "true"} if ignore_missing and indices else {}

        def request(timeout: float) -> Any:
            # The server gives up a little earlier than we do, and then answers with what it has.
            bounded = {**body, "timeout": f"{max(int(timeout * 800), 100)}ms"}
            return self._client.search(index=indices, body=bounded, params={**params, "request_timeout": timeout})

        answer = self._object(doing, request)
        hits = answer.get("hits")
        if not isinstance(hits, dict) or not isinstance(hits.get("hits"), list):
            raise self.asked.refused(
                doing, "an answer without hits", f"check that {self.asked.cluster.url} is an OpenSearch cluster: `curl {self.asked.cluster.url}`"
            )
        return answer

    def count(self, body: Json, indices: str) -> int:
        """How many documents a query finds."""
        answer = self._object("counting errors", lambda timeout: self._client.count(index=indices, body=body, params={"request_timeout": timeout}))
        return answer["count"] if isinstance(answer.get("count"), int) else 0

    def open_point_in_time(self, indices: str, keep_alive: str) -> str:
        """The id of a point in time, which the caller must close."""
        answer = self._object(
            "opening a point in time", lambda timeout: self._client.create_pit(index=indices, params={"keep_alive": keep_alive, "request_timeout": timeout})
        )
        if not isinstance(answer.get("pit_id"), str):
            raise self.asked.refused(
                "opening a point in time", "an answer without an id", "see whether this cluster knows points in time (OpenSearch 2.4 and later)"
            )
        return str(answer["pit_id"])

    def close_point_in_time(self, pit_id: str) -> bool:
        """Whether it could be closed; else it ends with its keep-alive."""
        try:
            self._client.delete_pit(body={"pit_id": [pit_id]}, params={"request_timeout": 5})
        except OpenSearchException:
            return False
        return True

    def _object(self, doing: str, request: Callable[[float], Any]) -> Json:
        answer = self._patiently(doing, request)
        if not isinstance(answer, dict):
            raise self.asked.refused(doing, "an answer that is no JSON object", f"check that {self.asked.cluster.url} is an OpenSearch cluster")
        return answer

    def _patiently(self, doing: str, request: Callable[[float], Any]) -> Any:
        for attempt in range(1, _ATTEMPTS + 1):
            left = self._until - self._clock()
            if left <= 0:
                raise self.asked.too_late(doing)
            try:
                return request(left)
            except OpenSearchException as error:
                pause = _pause(error)
                if pause is None or attempt == _ATTEMPTS or pause >= self._until - self._clock():
                    raise refusal(doing, error, self.asked) from error
                self._sleep(pause)
            except RecursionError as error:
                raise self.asked.refused(doing, "an answer nested too deeply to be read", "look for a hostile document in these indices") from error
        raise self.asked.too_late(doing)


class _Connection(Urllib3HttpConnection):
    """Keeps the Retry-After header, which opensearch-py drops when it raises."""

    def perform_request(  # noqa: PLR0917 - opensearch-py's signature
        self,
        method: str,
        url: str,
        params: Mapping[str, Any] | None = None,
        body: bytes | None = None,
        timeout: float | None = None,
        ignore: Collection[int] = (),
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        answer = super().perform_request(method, url, params, body, timeout, (*ignore, 429, 503), headers)
        status, answered, raw = answer
        if status in (429, 503):
            raise TransportError(status, "busy", {"retry_after": answered.get("Retry-After"), "body": raw[:500]})
        return answer


def _pause(error: OpenSearchException) -> float | None:
    """Seconds to wait before the same request may be sent again; None when waiting does not help."""
    if not isinstance(error, TransportError) or error.status_code not in _BUSY:
        return None
    told = error.info.get("retry_after") if isinstance(error.info, dict) else None
    return float(told) if isinstance(told, str) and told.isdecimal() and len(told) < 6 else _PAUSE


def _connected(asked: Asked, credentials: Credentials) -> OpenSearch:
    cluster, doing = asked.cluster, "connecting"
    parts = urlsplit(cluster.url)
    try:
        port = parts.port
    except ValueError:
        port = 0
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise asked.refused(doing, "its url is none", f"set `opensearch: {asked.environment}: url:` to something like https://search.example.net:9200")
    if parts.username or parts.password:
        raise asked.refused(doing, "its url holds credentials", f"take them out of the url, and set `auth: basic`, {asked.variables}")
    if cluster.ca_file and not Path(cluster.ca_file).is_file():
        raise asked.refused(doing, f"no file {cluster.ca_file}", f"correct `opensearch: {asked.environment}: ca_file:`")
    secure = parts.scheme == "https"
    try:
        return OpenSearch(
            hosts=[{"host": parts.hostname, "port": port or (443 if secure else 80), "url_prefix": parts.path.strip("/")}],
            http_auth=_authentication(asked, credentials),
            connection_class=_Connection,
            use_ssl=secure,
            verify_certs=True,
            ca_certs=cluster.ca_file,
            max_retries=0,
        )
    except ImproperlyConfigured as error:
        raise asked.refused(doing, str(error), f"correct `opensearch: {asked.environment}:`") from error


def _authentication(asked: Asked, credentials: Credentials) -> Any:
    if asked.cluster.auth == "none":
        return None
    if asked.cluster.auth == "basic":
        if credentials.username is None or credentials.password is None:
            missing = "user name" if credentials.username is None else "password"
            raise asked.refused("signing in", f"no {missing} in the environment", f"set {asked.variables}")
        return (credentials.username.reveal(), credentials.password.reveal())
    return _signer(asked, credentials)


def open_session(asked: Asked, credentials: Credentials) -> aws_session.AwsSession:
    """The AWS session that requests are signed with. Raises SourceError."""
    session = aws_session.opened(lambda: credentials.session(asked.cluster.region), asked.name)
    asked.profile = session.profile_name
    return session


def _signer(asked: Asked, credentials: Credentials) -> Urllib3AWSV4SignerAuth:
    session = open_session(asked, credentials)
    found = aws_session.credentials_of(session, asked.name)
    region = asked.cluster.region or session.region_name
    if not region:
        raise asked.refused("signing in", "no AWS region is set", f"set `{asked.key} region:`")
    # The session's own object, not frozen keys: the signer freezes per request, so that keys may be renewed in between.
    return Urllib3AWSV4SignerAuth(found, region, asked.cluster.service)
