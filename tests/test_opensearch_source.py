"""OpenSearch answers for the errors around an alert; what it could not see is a gap."""

import re

import pytest

from bot.config import Fields, Limits
from bot.core.logs.document import ERROR_NUMBERS, unnamed
from bot.model import Alert, Findings, Inquiry
from tests.fakes.fault_proxy import on
from tests.fakes.loopback import Answer
from tests.opensearch_cluster import ALERT, DATE, FIRST, NOON, TRACE, Cluster, following, given_document, messages

pytestmark = pytest.mark.slow

pytest_plugins = ["tests.opensearch_fixtures"]


def test_errors_most_like_the_alert_come_first(logs: Cluster) -> None:
    """Across indices, the operator's query telling errors from the rest, the window bounding both."""
    logs.index("logs-old", given_document("insufficient leaf balance", -400))
    findings = logs.source().gather(FIRST)
    assert messages(findings) == ["insufficient leaf balance", "pool exhausted"]
    first = findings.events[0]
    assert (first.level, first.error_type, first.trace_id) == ("ERROR", "ValidationError", TRACE)
    assert first.place.startswith(f"{logs.proxy.url}/logs-api/_doc/")
    assert findings.gaps == ()
    [query] = findings.queries
    assert query.startswith("opensearch prod: errors in logs-* 2025-12-16 11:55:00-12:01:00Z where level says alert, ")
    assert query.endswith("→ 2")
    assert logs.calls("_search") == 1


def test_of_equally_alike_the_newest_come_first_and_the_rest_is_cut(cluster: Cluster) -> None:
    """`limits.error_events` is the size of the one search."""
    cluster.index("logs-api", *(given_document("insufficient leaf balance", -n) for n in range(20)))
    findings = cluster.source(Limits(error_events=5)).gather(FIRST)
    assert [(NOON - event.time).seconds for event in findings.events] == [0, 1, 2, 3, 4]
    assert findings.queries[0].endswith("→ 20, the 5 most like the alert kept")


def test_more_than_ten_thousand_is_told_as_at_least(logs: Cluster) -> None:
    """The cluster stops counting there."""
    logs.proxy.alter(on("_search"), lambda answer: {**answer, "hits": {**answer["hits"], "total": {"value": 10000, "relation": "gte"}}})
    assert "→ >= 10,000, the 2 most like the alert kept" in logs.source().gather(FIRST).queries[0]


@pytest.mark.parametrize("words", ['") OR *:* (', "level:(ERROR", "a:/[/ ~ ^ \\ && || !", "<script>", "x" * 20_000, "{}[]", ""])
def test_words_of_an_alert_never_become_query_syntax(logs: Cluster, words: str) -> None:
    """What breaks or widens a query string is only text here."""
    alert = Alert(ALERT.permalink, NOON, "prod", words, error_type=words, culprit=words, message=words)
    findings = logs.source().gather(Inquiry(alert, FIRST.start, FIRST.end))
    assert sorted(messages(findings)) == ["insufficient leaf balance", "pool exhausted"]
    search = next(request for request in logs.proxy.requests if "_search" in request.path)
    [written] = [clause["query_string"]["query"] for clause in search.json["query"]["bool"]["filter"] if "query_string" in clause]
    assert re.fullmatch(rf"level:\([A-Za-z ]+ OR {' OR '.join(ERROR_NUMBERS)}\)", written)


def test_an_alert_of_another_environment_is_not_asked(logs: Cluster) -> None:
    """One cluster, one environment; and without a lead or anything to count nothing is asked."""
    other = Alert(ALERT.permalink, NOON, "dev", "x")
    assert logs.source().gather(Inquiry(other, FIRST.start, FIRST.end)) == Findings()
    assert logs.source().gather(Inquiry(Alert(ALERT.permalink, NOON, "prod", "x"), FIRST.start, FIRST.end, search=False)) == Findings()
    assert logs.calls() == 0


def test_a_cluster_is_asked_for_the_environment_that_it_names(logs: Cluster) -> None:
    """Several clusters may share one; each is called by its own name."""
    source = logs.source(environment="staging")
    assert source.gather(FIRST) == Findings()
    staged = Alert(ALERT.permalink, NOON, "staging", "x", message="insufficient leaf balance")
    assert len(source.gather(Inquiry(staged, FIRST.start, FIRST.end)).events) == 2
    assert source.name == "opensearch prod"


def test_failed_shards_are_a_gap_and_the_hits_stay(logs: Cluster) -> None:
    """How many, and why the first one failed."""
    failures = [{"shard": 0, "index": "logs-web", "reason": {"type": "circuit_breaking_exception", "reason": "Data too large"}}]
    logs.proxy.alter(on("_search"), lambda answer: {**answer, "_shards": {"total": 6, "successful": 3, "failed": 3, "failures": failures}})
    findings = logs.source().gather(FIRST)
    assert len(findings.events) == 2
    [gap] = findings.gaps
    assert gap.cause == "3 of 6 shards failed, first: Data too large"
    assert "_cat/shards" in gap.remedy


def test_a_search_that_ran_out_of_time_is_a_gap(logs: Cluster) -> None:
    """Partial hits are no proof that there is nothing more."""
    logs.proxy.alter(on("_search"), lambda answer: {**answer, "timed_out": True})
    findings = logs.source().gather(FIRST)
    assert len(findings.events) == 2
    assert [gap.cause for gap in findings.gaps] == ["the cluster ran out of time and answered with a part"]


def test_a_missing_index_is_a_gap_beside_the_others(logs: Cluster) -> None:
    """Its name is told, the rest is searched."""
    findings = logs.source(indices=("logs-*", "audit")).gather(FIRST)
    assert len(findings.events) == 2
    [gap] = findings.gaps
    assert "no such index [audit]" in gap.cause
    assert "opensearch: prod: indices:" in gap.remedy


@pytest.mark.parametrize("indices", [("nothing-*",), ("nothing",)])
def test_no_index_at_all_is_an_error(logs: Cluster, indices: tuple[str, ...]) -> None:
    """Zero shards searched is not "no errors found"."""
    error = logs.refusal(indices=indices)
    assert error.cause == f"no index matches {indices[0]}"
    assert "_cat/indices" in error.remedy


def test_a_time_field_that_is_no_date_is_an_error(cluster: Cluster) -> None:
    """A range on it would find nothing, silently."""
    cluster.index("logs-api", {"when": "2025-12-16T12:00:00Z", "message": "x"}, properties={"when": {"type": "date"}})
    error = cluster.refusal()
    assert error.cause == "none of @timestamp, timestamp, time, Timestamp, @t is a date in logs-*"
    assert "fields: time:" in error.remedy
    cluster.index("logs-web", {"when": NOON.isoformat(), "message": "insufficient leaf balance", "level": "error"}, properties={"when": {"type": "date"}})
    assert messages(cluster.source(fields=Fields(time=("when",))).gather(FIRST)) == ["insufficient leaf balance"]


def test_a_mapping_without_trace_field_is_a_gap(cluster: Cluster) -> None:
    """Nothing to search in; the remedy names the key."""
    cluster.index("logs-api", given_document("x"), properties=DATE)
    [gap] = cluster.source().gather(following(TRACE)).gaps
    assert "trace_id, trace.id, traceId, spans.trace_id" in gap.cause
    assert "fields: trace:" in gap.remedy


def test_a_mapping_that_may_not_be_read_is_done_without(logs: Cluster) -> None:
    """A role may allow searches only."""
    logs.proxy.fail(on("_field_caps"), Answer(403, {"error": {"reason": "no permissions for [indices:data/read/field_caps]"}}), times=9)
    assert messages(logs.source().gather(FIRST)) == ["insufficient leaf balance", "pool exhausted"]
    assert messages(logs.source().gather(following(TRACE))) == ["request received", "insufficient leaf balance"]


def test_doctor_sees_fields_and_errors(logs: Cluster) -> None:
    """Two harmless calls."""
    fields, errors = logs.source().examine()
    assert (fields.ok, fields.saw) == (True, "time in @timestamp, error_type in error_type.keyword")
    assert errors.ok
    assert "in the last 24 hours" in errors.saw
    assert logs.calls() == 2


def test_doctor_tells_what_gathering_would_meet(logs: Cluster) -> None:
    """With the same remedies."""
    [checkup] = logs.source(indices=("nothing-*",)).examine()
    assert (checkup.ok, checkup.saw) == (False, "reading the mapping (OpenSearch prod): no index matches nothing-*")
    assert "_cat/indices" in checkup.remedy
    indices, _ = logs.source(indices=("logs-*", "audit")).examine()
    assert not indices.ok


def test_only_what_is_read_travels(logs: Cluster) -> None:
    """Payloads stay where they are."""
    logs.source().gather(FIRST)
    search = next(request for request in logs.proxy.requests if "_search" in request.path)
    configured = {name for kind in Fields.__struct_fields__ for name in getattr(Fields(), kind)}
    assert set(search.json["_source"]) == {*configured, *unnamed(Fields())}


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ({"message": "request failed", "error": "connection refused"}, "request failed: connection refused"),
        ({"message": "request failed", "error": {"message": "connection refused"}}, "request failed: connection refused"),
        ({"message": "request failed", "err": {"message": "connection refused"}}, "request failed: connection refused"),
        ({"MessageTemplate": "no price for {Sku}", "Properties": {"Sku": "s-17"}}, "no price for s-17"),
    ],
)
def test_what_a_document_says_beside_its_message_is_read(cluster: Cluster, shape: dict[str, object], message: str) -> None:
    """As it is of log files: what the error says of itself, and what belongs into a template."""
    cluster.index("logs-api", {"@timestamp": NOON.isoformat(), "level": "error", "payload": "4111", **shape}, properties=DATE)
    assert messages(cluster.source().gather(FIRST)) == [message]


def test_causes_that_stand_as_objects_beside_the_stack_are_read(cluster: Cluster) -> None:
    """Below it, each with what it says."""
    inner = {"type": "Error", "message": "connect ECONNREFUSED", "cause": {"type": "Error", "message": "no route"}}
    error = {"type": "PriceError", "stack": "PriceError: no price\n    at price (/app/price.js:3:1)", "cause": inner}
    cluster.index("logs-api", given_document("no price", err=error), properties=DATE)
    [event] = cluster.source().gather(FIRST).events
    assert event.stack.endswith("\nCaused by: Error: connect ECONNREFUSED\nCaused by: Error: no route")


def test_a_level_that_is_only_a_number_of_opentelemetry_is_read(cluster: Cluster) -> None:
    """Of a trace's lines, too, which no query for errors has to find."""
    cluster.index("logs-api", {"@timestamp": NOON.isoformat(), "message": "m", "trace_id": TRACE, "severityNumber": 17}, properties=DATE)
    [event] = cluster.source().gather(following(TRACE)).events
    assert event.level == "ERROR"


@pytest.mark.parametrize(
    "shape",
    [
        {"level": "error", "message": "m", "service": "s", "trace_id": TRACE, "span_id": "a1b2c3d4", "parent_span_id": "e5f6a7b8"},
        {"log.level": "error", "message": "m", "service.name": "s", "trace.id": TRACE, "span": {"id": "a1b2c3d4"}, "parent": {"id": "e5f6a7b8"}},
        {"severityText": "ERROR", "body": "m", "serviceName": "s", "traceId": TRACE, "spanId": "a1b2c3d4", "parentSpanId": "e5f6a7b8"},
        {
            "severity": {"text": "Error"},
            "body": "m",
            "resource": {"attributes": {"service.name": "s"}},
            "traceId": TRACE,
            "spanId": "a1b2c3d4",
            "parentSpanId": "e5f6a7b8",
        },
        {
            "level": "ERROR",
            "message": "m",
            "kubernetes": {"container": {"name": "s"}},
            "spans": [{"trace_id": TRACE, "span_id": "a1b2c3d4", "parent_span_id": "e5f6a7b8"}],
        },
    ],
)
def test_the_usual_shapes_need_no_configuration(cluster: Cluster, shape: dict[str, object]) -> None:
    """Plain, ECS, OpenTelemetry as Data Prepper and as the collector write it, and lines wrapped with their spans."""
    cluster.index("logs-api", {"@timestamp": NOON.isoformat(), **shape}, {"@timestamp": NOON.isoformat(), **shape, **_calm(shape)}, properties=DATE)
    [event] = cluster.source().gather(FIRST).events
    assert (event.message, event.service, event.level, event.trace_id) == ("m", "s", "ERROR", TRACE)
    assert (event.span_id, event.parent_span_id) == ("a1b2c3d4", "e5f6a7b8")
    assert len(cluster.source().gather(following(TRACE)).events) == 2


def _calm(shape: dict[str, object]) -> dict[str, object]:
    [name] = set(shape) & {"level", "log.level", "severityText", "severity"}
    return {name: {"text": "INFO"} if name == "severity" else "INFO"}


def test_a_mapping_without_a_level_is_a_gap(cluster: Cluster) -> None:
    """Nothing tells errors from the rest, and silence would look like peace."""
    cluster.index("logs-api", {"@timestamp": NOON.isoformat(), "message": "m"}, properties=DATE)
    [gap] = cluster.source().gather(FIRST).gaps
    assert "nothing tells errors" in gap.cause
    assert "error_query:" in gap.remedy
    assert cluster.source(error_query="message:m").gather(FIRST).gaps == ()
