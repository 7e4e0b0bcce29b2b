"""Whatever OpenSearch refuses comes back as a sentence with a remedy, and without a secret."""

import base64
import socket

import pytest

from bot.config import Limits, Secret
from bot.errors import SourceError
from bot.model import Inquiry
from tests.fakes.fault_proxy import on
from tests.fakes.loopback import Answer
from tests.opensearch_cluster import ALERT, FIRST, TRACE, Cluster, messages

pytestmark = pytest.mark.slow

pytest_plugins = ["tests.opensearch_fixtures"]


def test_a_broken_error_query_names_the_key_to_correct(logs: Cluster) -> None:
    """It is the operator's own."""
    error = logs.refusal(error_query="level:(ERROR OR")
    assert "HTTP 400" in error.cause
    assert "error_query" in error.remedy


@pytest.mark.parametrize(
    ("status", "auth", "remedy"),
    [
        (401, "none", "auth:"),
        (401, "basic", "OPENSEARCH_USERNAME and OPENSEARCH_PASSWORD (or OPENSEARCH_PROD_USERNAME"),
        (403, "basic", "read access to logs-*"),
        (302, "none", "API endpoint"),
        (500, "none", "_cluster/health"),
    ],
)
def test_a_refusal_says_what_to_do(logs: Cluster, status: int, auth: str, remedy: str) -> None:
    """And never holds the credentials."""
    logs.proxy.fail(on("/"), Answer(status, {"error": {"reason": "no"}}), times=99)
    with pytest.raises(SourceError) as caught:
        logs.source(username=Secret("reader"), password=Secret("hunter2"), auth=auth).gather(FIRST)
    error = caught.value
    assert error.doing.endswith("(OpenSearch prod)")
    assert str(status) in error.cause
    assert remedy in error.remedy
    assert "hunter2" not in f"{error} {error.remedy}"


def test_basic_credentials_are_sent_and_missing_ones_named(logs: Cluster) -> None:
    """Nothing is sent when one is missing."""
    logs.source(username=Secret("reader"), password=Secret("hunter2"), auth="basic").gather(FIRST)
    assert logs.proxy.requests[0].headers["authorization"] == f"Basic {base64.b64encode(b'reader:hunter2').decode()}"
    before = logs.calls()
    error = logs.refusal(auth="basic")
    assert error.cause == "no user name in the environment"
    assert "OPENSEARCH_PROD_USERNAME" in error.remedy
    assert logs.calls() == before


def test_credentials_in_the_url_are_refused_and_not_repeated(logs: Cluster) -> None:
    """They would end in every link."""
    error = logs.refusal(url=logs.proxy.url.replace("http://", "http://me:hunter2@"))
    assert "holds credentials" in error.cause
    assert "hunter2" not in f"{error} {error.remedy}"


def test_too_many_requests_is_waited_for_as_long_as_told(logs: Cluster) -> None:
    """Retry-After is honoured within the deadline."""
    logs.proxy.fail(on("_search"), Answer(429, {"error": "slow down"}, {"Retry-After": "7"}))
    assert len(logs.source().gather(FIRST).events) == 2
    assert logs.waited == [7.0]


@pytest.mark.parametrize(("told", "waited"), [({"Retry-After": "600"}, []), ({}, [1.0, 1.0])])
def test_too_many_requests_for_too_long_is_an_error(logs: Cluster, told: dict[str, str], waited: list[float]) -> None:
    """A wait beyond the deadline is not begun; neither is a fourth attempt."""
    logs.proxy.fail(on("_search"), Answer(429, {}, told), times=99)
    error = logs.refusal()
    assert error.cause.startswith("HTTP 429")
    assert logs.waited == waited


def test_a_hiccup_of_the_gateway_is_tried_again(logs: Cluster) -> None:
    """502 to 504 pass."""
    logs.proxy.fail(on("_search"), Answer(502, b"<html>bad gateway</html>", {"Content-Type": "text/html"}))
    assert len(logs.source().gather(FIRST).events) == 2


def test_a_slow_cluster_meets_the_deadline(logs: Cluster) -> None:
    """What has not come by then is given up, and the setting is named."""
    logs.proxy.fail(on("_search"), Answer(200, {}, delay=1.0))
    with pytest.raises(SourceError) as caught:
        logs.source(Limits(source_seconds=0.2)).gather(FIRST)
    assert caught.value.cause == "no answer within the deadline"
    assert "source_seconds" in caught.value.remedy


def test_a_trace_that_fails_does_not_lose_the_errors(logs: Cluster) -> None:
    """Both asked in one round: the errors stand, the trace is a gap."""
    logs.proxy.fail(lambda request: "_search" in request.path and "minimum_should_match" in request.body.decode(), Answer(500, {"error": "x"}), times=9)
    findings = logs.source().gather(Inquiry(ALERT, FIRST.start, FIRST.end, trace_ids=(TRACE,)))
    assert len(findings.events) == 2
    assert [gap.wanted for gap in findings.gaps] == ["reading the trace (OpenSearch prod)"]


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"<html><title>Log in</title></html>", {"Content-Type": "text/html"}),
        (b"<html>", {}),
        ([1, 2], {}),
        ({"ok": True}, {}),
        ({"hits": {"hits": None}}, {}),
        ({"hits": "many"}, {}),
        (b'{"hits": {"total": {"value": 2}, "hits": [{"_id": "1", "_sour', {}),
        (b'{"a":' * 100_000, {}),
    ],
)
def test_an_answer_of_another_shape_is_an_error(logs: Cluster, body: object, headers: dict[str, str]) -> None:
    """A login page with status 200, a proxy's words, another API."""
    logs.proxy.fail(on("_search"), Answer(200, body, headers), times=9)
    error = logs.refusal()
    assert error.cause
    assert error.remedy


def test_a_connection_that_breaks_is_an_error(logs: Cluster) -> None:
    """In the middle of the answer, every time; once is tried again."""
    logs.proxy.fail(on("_search"), Answer(cut=True), times=99)
    error = logs.refusal()
    assert error.cause
    assert error.remedy


@pytest.mark.parametrize("hit", [None, 7, {}, {"_source": None}, {"_source": []}, {"_source": {"message": "x", "@timestamp": []}, "_id": {"a": 1}}])
def test_a_hit_of_another_shape_costs_only_itself(logs: Cluster, hit: object) -> None:
    """The others stand, and what could not be read is told."""
    logs.proxy.alter(on("_search"), lambda answer: {**answer, "hits": {**answer["hits"], "hits": [*answer["hits"]["hits"], hit]}})
    findings = logs.source().gather(FIRST)
    assert "pool exhausted" in messages(findings)


def test_nobody_there_is_an_error_with_the_url(cluster: Cluster) -> None:
    """Refused connections name what to try."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
    error = cluster.refusal(url=url)
    assert error.cause == f"{url}: the connection was refused"
    assert f"curl {url}" in error.remedy


def test_tls_that_fails_names_the_authority(cluster: Cluster) -> None:
    """Here the other side speaks plain HTTP."""
    error = cluster.refusal(url=cluster.proxy.url.replace("http://", "https://"))
    assert "no secure connection" in error.cause
    assert "ca_file" in error.remedy
    assert cluster.refusal(ca_file="/nowhere/ca.pem").cause == "no file /nowhere/ca.pem"


@pytest.mark.parametrize("url", ["", "search.example.net", "ftp://x", "http://x:abc", "http://"])
def test_a_url_that_is_none_is_an_error(cluster: Cluster, url: str) -> None:
    """Before anything is sent."""
    assert cluster.refusal(url=url).cause == "its url is none"
