"""Fixtures of the OpenSearch tests: one server for all, an empty cluster for each."""

from collections.abc import Iterator

import pytest
from osmem_server import OsmemServer

from tests.fakes.fault_proxy import FaultProxy
from tests.opensearch_cluster import TRACE, Cluster, given_document


@pytest.fixture(scope="session")
def opensearch() -> Iterator[OsmemServer]:
    """The server; its Japanese dictionary would take longer to load than all tests to run."""
    with OsmemServer.start(japanese=False) as server:
        yield server


@pytest.fixture(scope="session")
def opensearch_proxy() -> Iterator[FaultProxy]:
    """One for all tests, since starting and stopping it takes longer than most of them."""
    with FaultProxy() as running:
        yield running


@pytest.fixture
def cluster(opensearch_proxy: FaultProxy, opensearch: OsmemServer) -> Iterator[Cluster]:
    """An empty cluster."""
    with opensearch.clone() as clone:
        opensearch_proxy.aim(clone.url)
        yield Cluster(opensearch_proxy, clone.url)


@pytest.fixture
def logs(cluster: Cluster) -> Cluster:
    """A cluster with two errors and an info."""
    cluster.index(
        "logs-api",
        given_document("insufficient leaf balance", -30, error_type="ValidationError", trace_id=TRACE),
        given_document("request received", -40, "INFO", trace_id=TRACE),
    )
    cluster.index("logs-web", given_document("pool exhausted", -5))
    return cluster
