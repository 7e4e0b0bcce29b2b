"""A whole trace is read from OpenSearch, however it is mapped and however long it is."""

from datetime import timedelta
from typing import Any

import pytest

from bot.config import Fields, Limits
from tests.fakes.fault_proxy import on
from tests.fakes.loopback import Answer
from tests.opensearch_cluster import DASHED, DATE, FIRST, KEYWORD, NOON, TRACE, Cluster, following, given_document, messages

pytestmark = pytest.mark.slow

pytest_plugins = ["tests.opensearch_fixtures"]


@pytest.mark.parametrize(
    ("document", "properties"),
    [
        ({"trace_id": DASHED}, {"trace_id": KEYWORD}),
        ({"trace_id": DASHED}, {"trace_id": {"type": "text"}}),
        ({"trace": {"id": DASHED}}, {"trace": {"properties": {"id": KEYWORD}}}),
        ({"trace.id": DASHED}, {}),
        ({"spans": [{"trace_id": "other"}, {"trace_id": DASHED}]}, {}),
        ({"spans": [{"trace_id": DASHED}]}, {"spans": {"properties": {"trace_id": KEYWORD}}}),
        ({"spans": [{"trace_id": DASHED}]}, {"spans": {"type": "nested", "properties": {"trace_id": KEYWORD}}}),
        ({"spans": [{"trace_id": DASHED}]}, {"spans": {"type": "nested", "properties": {"trace_id": {"type": "text"}}}}),
    ],
)
def test_a_trace_is_found_wherever_its_id_stands(cluster: Cluster, document: dict[str, object], properties: dict[str, Any]) -> None:
    """Keyword or text, nested or plain objects, dotted keys."""
    cluster.index("logs-api", {**given_document("wanted", level="INFO"), **document}, given_document("other", trace_id="x"), properties={**DATE, **properties})
    findings = cluster.source().gather(following(DASHED))
    assert messages(findings) == ["wanted"]
    assert findings.gaps == ()


def test_a_trace_runs_through_indices_that_map_it_differently(cluster: Cluster) -> None:
    """Nested here, a plain object there, a keyword, a dotted key, a time in milliseconds: one trace, in order of time."""
    nested = {"spans": {"type": "nested", "properties": {"trace_id": KEYWORD}}}
    cluster.index("logs-nested", given_document("b", -30, "INFO", spans=[{"trace_id": DASHED}]), properties={**DATE, **nested})
    cluster.index("logs-object", given_document("c", -20, spans=[{"trace_id": DASHED}]), properties=DATE)
    cluster.index("logs-keyword", given_document("a", -500, trace_id=DASHED), given_document("long before", -2000, trace_id=DASHED))
    millis = int((NOON - timedelta(seconds=10)).timestamp() * 1000)
    cluster.index("logs-dotted", {"@timestamp": millis, "trace.id": DASHED, "message": "d"}, properties={"@timestamp": {"type": "long"}})
    findings = cluster.source().gather(following(DASHED))
    assert messages(findings) == ["a", "b", "c", "d"]
    assert findings.gaps == ()
    assert cluster.calls() == 2


def test_several_traces_are_asked_for_together(cluster: Cluster) -> None:
    """One call for all that are new, with the counts."""
    cluster.index("logs-api", *(given_document(f"m{n}", -n, trace_id=f"{TRACE}{n}") for n in range(4)))
    assert messages(cluster.source().gather(following(f"{TRACE}1", f"{TRACE}3"))) == ["m3", "m1"]
    assert [cluster.calls("_msearch"), cluster.calls("_search")] == [1, 0]


def given_long_trace(cluster: Cluster, length: int, every: int = 3) -> None:
    """So many lines of one trace, `every` of them at the same millisecond."""
    lines = [given_document(f"line {n}", -200 + (n // every) / 1000, "INFO", trace_id=TRACE) for n in range(length)]
    cluster.index("logs-a", *lines[::2])
    cluster.index("logs-b", *lines[1::2])


@pytest.mark.parametrize("every", [1, 7, 700])
def test_a_long_trace_is_paged_without_loss_or_repeat(cluster: Cluster, every: int) -> None:
    """Lines that share their millisecond at the edge of a page are neither lost nor doubled; the point in time is closed."""
    given_long_trace(cluster, 1_200, every)
    findings = cluster.source(Limits(trace_events=2_000)).gather(following(TRACE))
    assert sorted(int(event.message.split()[1]) for event in findings.events) == list(range(1_200))
    assert [event.time for event in findings.events] == sorted(event.time for event in findings.events)
    assert findings.gaps == ()
    assert [request.method for request in cluster.proxy.requests if "point_in_time" in request.path] == ["POST", "DELETE"]


def test_a_diagnosis_costs_at_most_six_calls(cluster: Cluster) -> None:
    """Errors, then a trace of 1,200 lines cut at the limit of 1,000, which is told."""
    given_long_trace(cluster, 1_200)
    cluster.index("logs-c", given_document("insufficient leaf balance", trace_id=TRACE))
    source = cluster.source()
    source.gather(FIRST)
    findings = source.gather(following(TRACE))
    assert len(findings.events) == 1_000
    [gap] = findings.gaps
    assert (gap.wanted, gap.cause) == ("the whole trace", "1,201 events, the first 1,000 were read")
    assert "trace_events" in gap.remedy
    assert findings.queries[0].endswith("→ 1,000 of 1,201 in 2 pages")
    assert cluster.calls() == 6


def test_a_short_trace_costs_one_call(logs: Cluster) -> None:
    """No point in time is opened for a single page."""
    source = logs.source()
    source.gather(FIRST)
    assert source.gather(following(TRACE)).queries[0].endswith("→ 2 of 2 in 1 page")
    assert logs.calls() == 3


@pytest.mark.parametrize("status", [400, 404, 403])
def test_without_points_in_time_a_trace_is_paged_all_the_same(cluster: Cluster, status: int) -> None:
    """Older clusters and some Serverless collections have none; the query says so."""
    given_long_trace(cluster, 700)
    cluster.proxy.fail(on("point_in_time"), Answer(status, {"error": "no handler found", "status": status}))
    findings = cluster.source().gather(following(TRACE))
    assert len(findings.events) == 700
    assert findings.queries[0].endswith(f"without a point in time (HTTP {status})")


def test_a_trace_that_breaks_off_keeps_its_first_page(cluster: Cluster) -> None:
    """And the point in time is closed even then."""
    given_long_trace(cluster, 700)
    cluster.proxy.fail(lambda request: request.path == "/_search", Answer(500, {"error": {"type": "boom", "reason": "disk"}}))
    findings = cluster.source().gather(following(TRACE))
    assert len(findings.events) == 500
    assert any(gap.wanted == "the rest of the trace" and "HTTP 500: disk" in gap.cause for gap in findings.gaps)
    assert cluster.proxy.requests[-1].method == "DELETE"


def test_a_point_in_time_that_cannot_be_closed_is_told(cluster: Cluster) -> None:
    """It ends by itself: no reason to fail."""
    given_long_trace(cluster, 700)
    cluster.proxy.fail(lambda request: request.method == "DELETE", Answer(500))
    findings = cluster.source().gather(following(TRACE))
    assert len(findings.events) == 700
    assert "could not be closed" in findings.queries[0]


def test_a_cluster_is_asked_in_the_spelling_that_it_keeps(cluster: Cluster) -> None:
    """The alert names X-Ray's id, one service logs W3C's and another Datadog's."""
    xray, w3c, datadog = "1-5759e988-bd862e3fe1be46a994272793", "5759e988bd862e3fe1be46a994272793", "16266516598257821587"
    documents = (given_document(name, seconds, trace_id=one) for name, seconds, one in (("w3c", -9, w3c), ("datadog", -5, datadog), ("other", -5, TRACE)))
    cluster.index("logs-api", *documents)
    found = cluster.source().gather(following(xray))
    assert [event.message for event in found.events] == ["w3c", "datadog"]
    assert f"trace {xray} in" in found.queries[0]


def test_a_trace_within_a_flat_object_is_found(cluster: Cluster) -> None:
    """Its name is in no mapping; the object's is."""
    properties = {**DATE, "attributes": {"type": "flat_object"}, "message": {"type": "text"}, "level": KEYWORD}
    cluster.index("logs-api", given_document("m", attributes={"trace_id": TRACE}), given_document("other", attributes={}), properties=properties)
    source = cluster.source(fields=Fields(trace=("attributes.trace_id",)))
    found = source.gather(following(TRACE))
    assert (messages(found), found.gaps) == (["m"], ())
    assert all(checkup.ok for checkup in source.examine())
