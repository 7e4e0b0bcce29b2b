"""What OpenSearch refuses, and why a connection fails, in words that say what to do."""

import re
from typing import Any

from opensearchpy.exceptions import ConnectionError as Unreachable
from opensearchpy.exceptions import ConnectionTimeout, OpenSearchException, SerializationError, SSLError, TransportError

from bot.config import OpenSearchCluster
from bot.core.plain_text.plain_text import cut, one_line
from bot.errors import SourceError
from bot.sources import aws_session


class Asked:
    """The cluster that is being asked, as errors speak of it. `profile` is known once an AWS session is open."""

    def __init__(self, label: str, cluster: OpenSearchCluster) -> None:
        self.label = label
        self.cluster = cluster
        self.profile: str | None = None

    @property
    def environment(self) -> str:
        """The environment whose alerts it is asked for."""
        return self.cluster.environment or self.label

    @property
    def name(self) -> str:
        """The source's name."""
        return f"opensearch {self.label}"

    @property
    def key(self) -> str:
        """The part of the configuration that is about this cluster."""
        return f"opensearch: {self.label}:"

    @property
    def variables(self) -> str:
        """The environment variables that credentials come from."""
        name = re.sub(r"\W", "_", self.label).upper()
        return f"OPENSEARCH_USERNAME and OPENSEARCH_PASSWORD (or OPENSEARCH_{name}_USERNAME and OPENSEARCH_{name}_PASSWORD)"

    def refused(self, doing: str, cause: str, remedy: str) -> SourceError:
        """The error of this cluster."""
        return SourceError(f"{doing} (OpenSearch {self.label})", cause, remedy)

    def too_late(self, doing: str) -> SourceError:
        """The deadline came first."""
        return self.refused(doing, "no answer within the deadline", "raise `limits: source_seconds:`, narrow `window:`, or name fewer `indices:`")


def refusal(doing: str, error: OpenSearchException, asked: Asked) -> SourceError:
    """The error with its remedy. Only status, type and reason are quoted: the rest of an answer may hold anything."""
    if isinstance(error, SerializationError):
        remedy = f"check `{asked.key} url:`: a login page or a proxy answers there; use the cluster's API endpoint, not Dashboards"
        return asked.refused(doing, "an answer that is not JSON (a web page?)", remedy)
    if isinstance(error, Unreachable):
        return _unreachable(doing, error, asked)
    if isinstance(error, TransportError):
        return _answered(doing, error, asked)
    return asked.refused(doing, type(error).__name__, f"check `{asked.key}` in .github/knowledge-bot.yml")


def is_missing_index(error: BaseException | None) -> bool:
    """404 for an index, not for the whole API."""
    return isinstance(error, TransportError) and error.status_code == 404 and "index" in str(error.error)


def status_of(error: SourceError) -> int | None:
    """The HTTP status that an error came from, None where there was none."""
    cause = error.__cause__
    return cause.status_code if isinstance(cause, TransportError) and isinstance(cause.status_code, int) else None


def reason(error: TransportError) -> str:
    """The reason that OpenSearch gives, on one line."""
    told: Any = error.info.get("error") if isinstance(error.info, dict) else None
    if isinstance(told, dict):
        roots = told.get("root_cause")
        first = roots[0] if isinstance(roots, list) and roots and isinstance(roots[0], dict) else told
        return cut(one_line(str(first.get("reason") or told.get("reason") or told.get("type") or "")), 300)
    message = error.info.get("message") or error.info.get("Message") if isinstance(error.info, dict) else None
    return cut(one_line(str(told or message or "")), 300)


def _unreachable(doing: str, error: Unreachable, asked: Asked) -> SourceError:
    url, underlying = asked.cluster.connect_to or asked.cluster.url, error.info
    if isinstance(error, ConnectionTimeout):
        return asked.too_late(doing)
    if isinstance(error, SSLError):
        remedy = f"set `{asked.key} ca_file:` to the authority that signed its certificate; if it speaks plain HTTP, begin `url:` with http://"
        return asked.refused(doing, f"no secure connection to {url}: {_tls_reason(str(error.error))}", remedy)
    if isinstance(underlying, Exception) and type(underlying).__module__.startswith("botocore"):
        return asked.refused(doing, *aws_session.remedy(underlying, asked.profile))
    if "timed out" in str(error.error):
        return asked.refused(doing, f"{url} does not answer", "check network, VPN and the cluster's security group")
    cause = (
        "the connection was refused" if "refused" in str(error.error) else "its name is not known" if "resol" in str(error.error) else "the connection broke"
    )
    return asked.refused(doing, f"{url}: {cause}", f"check `{asked.key} url:`, the network and VPN: `curl {url}`")


def _tls_reason(text: str) -> str:
    match = re.search(r"(certificate verify failed: [^(\n]{1,120}|[A-Z_]{5,60})", text)
    return match[1].strip() if match else "TLS failed"


def _answered(doing: str, error: TransportError, asked: Asked) -> SourceError:
    status, told = error.status_code, reason(error)
    if isinstance(status, int) and 300 <= status < 400:
        remedy = f"set `{asked.key} url:` to the cluster's API endpoint, not Dashboards"
        return asked.refused(doing, f"HTTP {status}: it redirects, as login pages do", remedy)
    remedies: dict[object, str] = {
        400: f"correct `{asked.key} error_query:` or `fields:`",
        401: _sign_in(asked),
        403: _permission(told, asked),
        404: f"correct `{asked.key} indices:`; `GET /_cat/indices` lists what there is" if is_missing_index(error) else f"check `{asked.key} url:`",
        429: "it has too many requests: wait and run it again, or narrow `window:` and `indices:`",
    }
    unwell = "see whether the cluster is healthy: `GET /_cluster/health`; then run it again"
    return asked.refused(doing, f"HTTP {status}{f': {told}' if told else ''}", remedies.get(status, unwell))


def _sign_in(asked: Asked) -> str:
    if asked.cluster.auth == "basic":
        return f"check {asked.variables}"
    if asked.cluster.auth == "sigv4":
        return "sign in again (`aws sso login`), and see that this cluster takes SigV4: else set `auth: basic`"
    return f"set `{asked.key} auth:` to basic or sigv4"


def _permission(told: str, asked: Asked) -> str:
    if asked.cluster.auth != "sigv4":
        return (
            f"give this user read access to {', '.join(asked.cluster.indices)} (indices:data/read/*), or sign in as another"
            if asked.cluster.auth == "basic"
            else _sign_in(asked)
        )
    profile = f" --profile {asked.profile}" if asked.profile and asked.profile != "default" else ""
    if "expired" in told:
        return f"the AWS session has expired: run `aws sso login{profile}`"
    if "signature" in told.lower() or "credential should be scoped" in told.lower():
        return f"check `region:` and `service:` of this cluster ({asked.cluster.service}; es for a domain, aoss for Serverless), and this machine's clock"
    return (
        f"allow es:ESHttpGet, es:ESHttpPost and es:ESHttpDelete on this domain for the role (`aws sts get-caller-identity{profile}` names it), map the role to "
        f"read access in the cluster, and check `service: {asked.cluster.service}` (es for a domain, aoss for Serverless)"
    )
