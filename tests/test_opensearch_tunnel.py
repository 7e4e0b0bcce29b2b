"""Other ways to a cluster: through a tunnel, with an authority of one's own, as one of several clusters, signed for Serverless."""

import base64
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import NoCredentialsError
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from msgspec.structs import replace

from bot import wiring
from bot.config import Limits, OpenSearchCluster, Settings, parse
from bot.errors import SourceError
from bot.sources.opensearch.opensearch import OpenSearchSource
from tests.fakes.dashboards import FakeDashboards
from tests.fakes.fault_proxy import FaultProxy, on
from tests.fakes.loopback import Answer, Request
from tests.opensearch_cluster import ALERT, FIRST, TRACE, Cluster, following, given_document, messages

pytestmark = pytest.mark.slow

pytest_plugins = ["tests.opensearch_fixtures"]

REAL = "search-logs.us-west-2.es.example"


class Session:
    """An AWS session with made-up keys."""

    profile_name = "ops"
    region_name = "us-west-2"

    def get_credentials(self) -> Any:
        """Always the same."""
        return Credentials("AKIAEXAMPLE", "made-up")

    def client(self, service_name: str, **settings: Any) -> Any:
        """Doctor's."""
        raise NoCredentialsError


def signed(url: str, **told: Any) -> OpenSearchSource:
    """A source that signs its requests."""
    cluster = OpenSearchCluster(**{"url": url, "indices": ("logs-*",), "auth": "sigv4", **told})
    return OpenSearchSource("prod", cluster, Limits(), session=lambda _: Session())


def is_signed_for(request: Request, url: str) -> bool:
    """Whether AWS would take the signature of a request that it receives under this address."""
    taken = AWSRequest(request.method, url, data=request.body or None, headers={"X-Amz-Content-SHA256": request.headers["x-amz-content-sha256"]})
    taken.context["timestamp"] = request.headers["x-amz-date"]
    signer = SigV4Auth(Credentials("AKIAEXAMPLE", "made-up"), "es", "us-west-2")
    taken.headers["X-Amz-Date"] = request.headers["x-amz-date"]
    signature = signer.signature(signer.string_to_sign(taken, signer.canonical_request(taken)), taken)
    return request.headers["authorization"].endswith(f"Signature={signature}")


def test_through_a_tunnel_requests_are_signed_for_the_real_host(logs: Cluster) -> None:
    """The Host header names it too, though the connection goes elsewhere."""
    source = signed(f"https://{REAL}", connect_to=logs.proxy.url)
    events = source.gather(FIRST).events
    assert len(events) == 2
    assert events[0].place.startswith(f"https://{REAL}/logs-api/_doc/")
    for request in logs.proxy.requests:
        assert request.headers["host"] == REAL
    search = next(request for request in logs.proxy.requests if request.path.endswith("_search"))
    assert is_signed_for(search, f"https://{REAL}/logs-*/_search")
    assert not is_signed_for(search, f"{logs.proxy.url}/logs-*/_search")


def test_a_port_of_its_own_is_part_of_the_name(logs: Cluster) -> None:
    """In the Host header, and so in the signature."""
    with pytest.raises(SourceError):
        signed(f"https://{REAL}:9200/prefix", connect_to=logs.proxy.url).gather(FIRST)
    assert logs.proxy.requests[0].headers["host"] == f"{REAL}:9200"
    assert logs.proxy.requests[0].path.startswith("/prefix/")


@pytest.mark.parametrize(
    ("address", "cause"), [("localhost:9200", "its connect_to is none"), ("https://me:secret@localhost:9200", "its connect_to holds credentials")]
)
def test_a_tunnel_that_is_none_is_refused(cluster: Cluster, address: str, cause: str) -> None:
    """Before anything is sent, and without the secret."""
    error = cluster.refusal(connect_to=address)
    assert error.cause == cause
    assert "secret" not in f"{error} {error.remedy}"


def test_a_tunnel_that_is_closed_says_so(cluster: Cluster) -> None:
    """It is the tunnel that must be opened, not the cluster."""
    assert "http://127.0.0.1:9: the connection was refused" in cluster.refusal(connect_to="http://127.0.0.1:9").cause


class TlsHost(FaultProxy):
    """The cluster as one meets it in the wild: behind TLS, with Dashboards on the same host."""

    def __init__(self, upstream: str, certificate: Path) -> None:
        super().__init__(upstream)
        self.dashboards = FakeDashboards()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)

    def answer(self, request: Request) -> Answer:
        """By path."""
        return self.dashboards.answer(request) if request.path.startswith(self.dashboards.base) else super().answer(request)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """For the real host's name only, by an authority that nobody else trusts."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, REAL)])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(REAL)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "made.pem"
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file


@pytest.fixture
def secured(logs: Cluster, certificate: Path) -> Iterator[Cluster]:
    """The two errors behind TLS."""
    with TlsHost(logs.upstream, certificate) as host:
        yield Cluster(host, logs.upstream)


def tunnel(cluster: Cluster) -> str:
    """Where it begins."""
    return cluster.proxy.url.replace("http://", "https://")


def test_the_certificate_must_be_the_real_hosts(secured: Cluster, certificate: Path) -> None:
    """By one's own authority; the name of the tunnel's end is nothing that it says."""
    told: dict[str, Any] = {"connect_to": tunnel(secured), "ca_file": str(certificate)}
    assert len(secured.source(url=f"https://{REAL}", **told).gather(FIRST).events) == 2
    assert "no secure connection" in secured.refusal(url="https://another.example", **told).cause
    assert "CERTIFICATE_VERIFY_FAILED" in secured.refusal(url=f"https://{REAL}", connect_to=tunnel(secured)).cause
    assert "no secure connection" in secured.refusal(url=tunnel(secured), ca_file=str(certificate)).cause


def test_dashboards_on_the_same_host_is_behind_the_same_tunnel(secured: Cluster, certificate: Path) -> None:
    """And is trusted by the same authority."""
    host = secured.proxy
    assert isinstance(host, TlsHost)
    link = host.dashboards.share("/app/discover#/?_a=(query:(language:kuery,query:'message:received'))").replace(host.dashboards.url, f"https://{REAL}")
    source = secured.source(url=f"https://{REAL}", connect_to=tunnel(secured), ca_file=str(certificate), dashboards_url=f"https://{REAL}/_dashboards")
    findings = source.gather(replace(FIRST, alert=replace(ALERT, log_links=(link,))))
    assert ("request received" in messages(findings), findings.gaps) == (True, ())
    assert {request.headers["host"] for request in host.requests} == {REAL}


def test_where_requests_are_signed_short_links_are_read_from_the_index_of_dashboards(logs: Cluster) -> None:
    """Its API takes no signature behind a login of its own; the saved objects are documents."""
    target = "/app/discover#/?_a=(index:'9094',query:(language:kuery,query:'message:received'))"
    keyword = {"type": "keyword"}
    properties = {"type": keyword, "url": {"properties": {"url": {"type": "text"}}}, "index-pattern": {"properties": {"title": {"type": "text"}}}}
    saved: dict[str, dict[str, object]] = {
        "url:8fe39392": {"type": "url", "url": {"url": target}},
        "index-pattern:9094": {"type": "index-pattern", "index-pattern": {"title": "logs-*"}},
    }
    logs.index(".kibana", properties=properties)
    for name, document in saved.items():
        logs.put(".kibana", name, document)
    source = signed(logs.proxy.url, dashboards_url="https://log.example/_dashboards")
    known, unknown = ("https://log.example/_dashboards/goto/8fe39392", "https://log.example/_dashboards/goto/00000000")
    findings = source.gather(replace(FIRST, alert=replace(ALERT, log_links=(known, unknown))))
    assert "request received" in messages(findings)
    [gap] = findings.gaps
    assert "Dashboards does not know it" in gap.cause
    logs.proxy.fail(on(".kibana"), Answer(403, {"message": "User is not authorized"}), times=9)
    refused = source.gather(replace(FIRST, alert=replace(ALERT, log_links=(known,))))
    assert len(refused.events) == 2
    assert "HTTP 403" in refused.gaps[0].cause


def test_serverless_is_never_asked_for_a_point_in_time(cluster: Cluster) -> None:
    """It keeps none; the pages are read without."""
    cluster.index("logs-a", *(given_document(f"line {n}", -200 + n / 10, "INFO", trace_id=TRACE) for n in range(700)))
    findings = signed(cluster.proxy.url, service="aoss").gather(following(TRACE))
    assert len(findings.events) == 700
    assert cluster.calls("point_in_time") == 0
    assert "without a point in time, which Serverless does not keep" in findings.queries[0]
    assert "/us-west-2/aoss/aws4_request" in cluster.proxy.requests[-1].headers["authorization"]


CONFIGURATION = """
opensearch:
  prod:
    url: {url}
    indices: [logs-*]
    auth: basic
    dashboards_url: https://log.example/_dashboards
  prod-audit:
    environment: prod
    url: {url}
    indices: [logs-*]
    auth: basic
  old:
    environment: prod
    url: {url}
    indices: [logs-*]
    auth: basic
"""


def test_several_clusters_may_share_an_environment(logs: Cluster, tmp_path: Path) -> None:
    """Each with its own credentials, else those of the environment, else those of all; links below any of them stay links."""
    secrets = {"OPENSEARCH_USERNAME": "all", "OPENSEARCH_PASSWORD": "x", "OPENSEARCH_PROD_PASSWORD": "y", "OPENSEARCH_PROD_AUDIT_USERNAME": "auditor"}
    settings = Settings(tmp_path, parse(CONFIGURATION.format(url=logs.proxy.url)), secrets)
    sources = [source for source in wiring.sources(settings) if source.name.startswith("opensearch")]
    assert [source.name for source in sources] == ["opensearch prod", "opensearch prod-audit", "opensearch old"]
    for source, pair in zip(sources, ("all:y", "auditor:y", "all:y"), strict=True):
        assert len(source.gather(FIRST).events) == 2
        assert logs.proxy.requests[-1].headers["authorization"] == f"Basic {base64.b64encode(pair.encode()).decode()}"
    assert {f"{logs.proxy.url}/", "https://log.example/_dashboards/"} <= set(wiring.addresses(settings))
