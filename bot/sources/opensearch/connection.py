"""A connection to an OpenSearch cluster: who signs in, by which authority it is trusted, and through which tunnel it leads."""

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from opensearchpy import OpenSearch, Urllib3AWSV4SignerAuth, Urllib3HttpConnection
from opensearchpy.exceptions import ImproperlyConfigured, TransportError

from bot.config import Secret
from bot.sources import aws_session
from bot.sources.opensearch.refusal import Asked

_PORTS = {"https": 443, "http": 80}


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


class _Connection(Urllib3HttpConnection):
    """Keeps the Retry-After header, which opensearch-py drops when it raises; through a tunnel, checks the name that the certificate is for."""

    def __init__(self, server_name: str | None = None, **told: Any) -> None:
        super().__init__(**told)
        if server_name is not None and self.use_ssl:
            self.pool.conn_kw["server_hostname"] = server_name

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


class _SignedFor:
    """Signs for the cluster's own address where the connection goes to a tunnel: the signature covers the Host header."""

    def __init__(self, signer: Callable[..., Any], tunnel: str, origin: str) -> None:
        self._signer, self._tunnel, self._origin = signer, tunnel, origin

    def __call__(self, method: str, url: str, body: Any, headers: Any = None) -> Any:
        return self._signer(method, f"{self._origin}{url.removeprefix(self._tunnel)}", body, headers)


def connected(asked: Asked, credentials: Credentials) -> OpenSearch:
    """A client of the cluster; nothing is sent yet. Raises SourceError."""
    cluster, doing = asked.cluster, "connecting"
    url = _checked(asked, "url", cluster.url)
    if cluster.ca_file and not Path(cluster.ca_file).is_file():
        raise asked.refused(doing, f"no file {cluster.ca_file}", f"correct `{asked.key} ca_file:`")
    there = url if cluster.connect_to is None else _checked(asked, "connect_to", cluster.connect_to)
    through = there is not url
    try:
        return OpenSearch(
            hosts=[{"host": there.hostname, "port": _port(there), "url_prefix": url.path.strip("/")}],
            http_auth=_authentication(asked, credentials, (_origin(there), _named(url)) if through else None),
            connection_class=_Connection,
            use_ssl=there.scheme == "https",
            verify_certs=True,
            ca_certs=cluster.ca_file,
            max_retries=0,
            server_name=url.hostname if through else None,
            headers={"host": _host(url)} if through else {},
        )
    except ImproperlyConfigured as error:
        raise asked.refused(doing, str(error), f"correct `{asked.key}`") from error


def _checked(asked: Asked, key: str, address: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        port: int | None = parts.port
    except ValueError:
        parts, port = urlsplit(""), 0
    if parts.scheme not in _PORTS or not parts.hostname or port == 0:
        raise asked.refused("connecting", f"its {key} is none", f"set `{asked.key} {key}:` to something like https://search.example.net:9200")
    if parts.username or parts.password:
        raise asked.refused("connecting", f"its {key} holds credentials", f"take them out of the {key}, and set `auth: basic`, {asked.variables}")
    return parts


def _port(parts: SplitResult) -> int:
    return parts.port or _PORTS[parts.scheme]


def _host(parts: SplitResult) -> str:
    """As the Host header names it, and the signature: a port that goes without saying is left out."""
    name = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else str(parts.hostname)
    return name if _port(parts) == _PORTS[parts.scheme] else f"{name}:{parts.port}"


def _named(parts: SplitResult) -> str:
    return f"{parts.scheme}://{_host(parts)}"


def _origin(parts: SplitResult) -> str:
    """As opensearch-py writes it, with its port."""
    name = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else str(parts.hostname)
    return f"{parts.scheme}://{name}:{_port(parts)}"


def _authentication(asked: Asked, credentials: Credentials, tunnel: tuple[str, str] | None) -> Any:
    if asked.cluster.auth == "none":
        return None
    if asked.cluster.auth == "basic":
        if credentials.username is None or credentials.password is None:
            missing = "user name" if credentials.username is None else "password"
            raise asked.refused("signing in", f"no {missing} in the environment", f"set {asked.variables}")
        return (credentials.username.reveal(), credentials.password.reveal())
    signer = _signer(asked, credentials)
    return signer if tunnel is None else _SignedFor(signer, *tunnel)


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
