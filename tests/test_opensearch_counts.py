"""OpenSearch counts how often the error was logged, since when, where and for whom, in the call that reads the trace; what it cannot count is a gap."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from bot.config import Limits
from bot.model import Evidence, Findings, Inquiry, Trend
from tests.fakes.fault_proxy import on
from tests.fakes.loopback import Answer
from tests.opensearch_cluster import ALERT, DATE, FIRST, KEYWORD, TRACE, Cluster, following, given_document, messages

pytestmark = pytest.mark.slow

pytest_plugins = ["tests.opensearch_fixtures"]

HOUR = 3_600


@pytest.fixture
def busy(cluster: Cluster) -> Cluster:
    """Twelve failures of version 1.3 around the alert, older ones of 1.2, and errors of another kind before it."""
    told: dict[str, Any] = {"service": "transfers", "error_type": "ValidationError"}
    failing = [
        given_document(f"insufficient leaf balance for wallet {n}", -7 * n, trace_id=TRACE, release="1.3", user={"id": f"u{n % 4}"}, **told) for n in range(12)
    ]
    older = [given_document(f"insufficient leaf balance for wallet {h}", -h * HOUR, release="1.2", user={"id": "u1"}, **told) for h in (5, 30, 100, 400)]
    others = [given_document("pool exhausted", -900 - 60 * n, service="web", release="1.2") for n in range(20)]
    cluster.index("logs-api", *failing, *older, *others)
    return cluster


def trends(findings: Findings) -> list[Trend]:
    """What the pieces of evidence count."""
    assert all(evidence.kind == "metric" for evidence in findings.evidence)
    return [evidence.detail for evidence in findings.evidence if isinstance(evidence.detail, Trend)]


def counted(cluster: Cluster, **told: Any) -> tuple[Evidence, ...]:
    """What the round after the first counts."""
    return cluster.source(**told).gather(following(TRACE)).evidence


def test_how_often_since_when_and_for_whom(busy: Cluster) -> None:
    """By hour of the day before, by service, by version, by user; numbers in the messages do not tell errors apart."""
    often, spread, apart = trends(busy.source().gather(following(TRACE)))
    assert often.statement == (
        "Errors like this one: 12 in the 6 minutes around the alert, 1 in the 24 hours before, 15 in 7 days; "
        "first seen 2025-12-12 08:00 UTC, last 2025-12-16 12:00 UTC."
    )
    assert dict(often.counts) | {"2025-12-16 07:00": 1, "2025-12-16 11:00": 11} == dict(often.counts)
    assert len(often.counts) == 26
    assert spread.statement == (
        "Of the 12 around the alert: service transfers 12 (before: transfers 1); version 1.3 12 (before: 1.2 1); 4 different users (1 before)."
    )
    assert "version 1.3 (12 now, 0 of 20 before)" in apart.statement
    assert "u1" not in repr((often, spread, apart))


def test_counting_costs_no_call_of_its_own(busy: Cluster) -> None:
    """Mapping, errors, trace with the counts: three; asked again, nothing is counted again."""
    source = busy.source()
    source.gather(FIRST)
    source.gather(following(TRACE))
    assert [request.path for request in busy.proxy.requests] == ["/logs-*/_field_caps", "/logs-*/_search", "/_msearch"]
    assert source.gather(following()) == Findings()
    assert source.gather(following("0af7651916cd43dd8448eb211c80319c")).evidence == ()
    assert busy.calls() == 4


def test_each_piece_says_how_it_was_counted_and_where_to_look(busy: Cluster) -> None:
    """The very query, the window, and a link."""
    often = counted(busy, dashboards_url="https://log.example/_dashboards", dashboards_index="9094")[0]
    assert re.match(r"errors like this one from 2025-12-09 12:01 to 2025-12-16 12:01Z: \{.*insufficient leaf balance", often.query)
    assert often.place.startswith("https://log.example/_dashboards/app/discover#/?_g=(time:(from:'2025-12-15T11:55:00.000Z',to:'2025-12-16T12:01:00.000Z'))")
    assert counted(busy)[0].place == f"{busy.proxy.url}/logs-*/_search"


def test_without_a_trace_the_counts_are_asked_for_alone(busy: Cluster) -> None:
    """An alert that says what failed is enough."""
    findings = busy.source().gather(following())
    assert (findings.events, len(findings.evidence)) == ((), 3)
    assert [query.split(": ", 1)[1] for query in findings.queries] == [
        "counted errors like this one from 2025-12-09 12:01 to 2025-12-16 12:01Z → 15",
        "compared the errors of the window with those from 2025-12-16 10:55Z on → 12",
    ]


def test_an_error_that_was_never_seen_is_no_evidence(busy: Cluster) -> None:
    """Only that it was looked for."""
    findings = busy.source().gather(Inquiry(replace(ALERT, message="quota of the archive reached", error_type=None), FIRST.start, FIRST.end, search=False))
    assert not any("Errors like this one" in trend.statement for trend in trends(findings))
    assert findings.queries[0].endswith("→ 0")


@pytest.mark.parametrize(
    ("alert", "count"),
    [
        (replace(ALERT, message="Insufficient LEAF balance for wallet 99999"), 15),
        (replace(ALERT, message=None), 15),
        (replace(ALERT, message="balance", error_type="ValidationError"), 15),
        (replace(ALERT, message="balance", error_type="app.errors.ValidationError"), 15),
        (replace(ALERT, message="balance", error_type="TimeoutError"), 0),
        (replace(ALERT, message='") OR *:* ('), 0),
    ],
)
def test_what_counts_as_the_same_error(busy: Cluster, alert: Any, count: int) -> None:
    """Most words of the message; with few words the type as well; never the syntax of a query."""
    findings = busy.source().gather(Inquiry(alert, FIRST.start, FIRST.end, search=False))
    assert findings.queries[0].endswith(f"→ {count}")


def test_keywords_and_numbers_are_counted_where_the_mapping_allows(cluster: Cluster) -> None:
    """A message that is a keyword is compared whole; a text without a keyword beside it is not counted by."""
    properties = {**DATE, "message": KEYWORD, "level": KEYWORD, "service": {"type": "text"}, "release": {"type": "long"}}
    cluster.index("logs-api", *(given_document("insufficient leaf balance", -n, service="a", release=7) for n in range(3)), properties=properties)
    often, spread = trends(cluster.source().gather(following()))
    assert "3 in the 6 minutes" in often.statement
    assert spread.statement == "Of the 3 around the alert: version 7 3."


def test_a_mapping_that_may_not_be_read_still_lets_errors_be_counted(busy: Cluster) -> None:
    """By time only."""
    busy.proxy.fail(on("_field_caps"), Answer(403, {"error": {"reason": "no"}}), times=9)
    findings = busy.source().gather(following(TRACE))
    assert len(findings.events) == 12
    assert all("service" not in trend.statement for trend in trends(findings))


def test_without_the_permission_for_msearch_each_is_asked_alone(busy: Cluster) -> None:
    """It is a permission of its own (indices:data/read/msearch); a short trace stays within six calls."""
    busy.proxy.fail(on("_msearch"), Answer(403, {"error": {"reason": "no permissions for [indices:data/read/msearch]"}}), times=9)
    source = busy.source()
    source.gather(FIRST)
    findings = source.gather(following(TRACE))
    assert (len(findings.events), len(findings.evidence), findings.gaps) == (12, 3, ())
    assert busy.calls() == 6


def only(number: int, change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Changes one answer of several."""
    return lambda answer: {**answer, "responses": [change(one) if place == number else one for place, one in enumerate(answer["responses"])]}


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        (lambda _: {"error": {"type": "search_phase_execution_exception", "root_cause": [{"reason": "Data too large"}]}, "status": 500}, "Data too large"),
        (lambda _: {"error": "gone", "status": "odd"}, "gone"),
        (lambda _: {}, "an answer without hits"),
        (lambda _: [], "an answer without hits"),
        (lambda answer: {key: value for key, value in answer.items() if key != "aggregations"}, "an answer without counts"),
        (lambda answer: {**answer, "timed_out": True}, "the cluster ran out of time"),
        (lambda answer: {**answer, "_shards": {"total": 4, "failed": 2}}, "2 of 4 shards failed"),
    ],
)
def test_counts_that_fail_cost_only_themselves(busy: Cluster, change: Callable[[Any], Any], cause: str) -> None:
    """The trace and the other counts stand."""
    busy.proxy.alter(on("_msearch"), only(1, change))
    findings = busy.source().gather(following(TRACE))
    assert len(findings.events) == 12
    [gap] = findings.gaps
    assert cause in gap.cause
    assert gap.remedy
    assert any("sets the" in trend.statement for trend in trends(findings))


@pytest.mark.parametrize(
    "aggregations",
    [
        None,
        [],
        {"window": None},
        {"window": {"doc_count": "many"}, "before": {"doc_count": 1}},
        {"window": {"doc_count": 1, "service": {"buckets": [None, 7, {"key": None}, {"key": "x" * 9_000, "doc_count": 1}]}}, "before": {"doc_count": -1}},
        {"window": {"doc_count": 1, "users": {"value": "NaN"}}, "before": {"doc_count": 0}, "first": {"value": None}, "last": {"value": 1e300}},
        {"window": {"doc_count": 1}, "before": {"doc_count": 0}, "day": {"hours": {"buckets": {"a": 1}}}},
    ],
)
def test_counts_of_another_shape_are_left_out(busy: Cluster, aggregations: object) -> None:
    """Never an exception, never a number that was not counted."""
    busy.proxy.alter(on("_msearch"), only(1, lambda answer: {**answer, "aggregations": aggregations}))
    findings = busy.source().gather(following(TRACE))
    assert len(findings.events) == 12
    assert all(len(evidence.text) < 5_000 for evidence in findings.evidence)


@pytest.mark.parametrize("body", [{"responses": []}, {"responses": {}}, {"took": 1}, [], b"<html>", b'{"responses": [', b"[" * 100_000])
def test_an_answer_that_is_none_is_an_error(busy: Cluster, body: object) -> None:
    """Nothing was answered, not even the trace."""
    busy.proxy.fail(on("_msearch"), Answer(200, body), times=9)
    error = busy.refusal(following(TRACE))
    assert error.cause
    assert error.remedy


def test_a_busy_cluster_is_waited_for_in_a_call_of_several_too(busy: Cluster) -> None:
    """It may refuse the one search that matters and answer the rest."""
    state = {"left": 1}

    def refusing(answer: Any) -> Any:
        state["left"] -= 1
        return only(0, lambda one: {"error": {"type": "rejected"}, "status": 429} if state["left"] >= 0 else one)(answer)

    busy.proxy.alter(on("_msearch"), refusing)
    assert len(busy.source().gather(following(TRACE)).events) == 12
    assert busy.waited == [1.0]


def test_a_trace_that_fails_does_not_lose_the_counts(busy: Cluster) -> None:
    """And the other way round."""
    busy.proxy.alter(on("_msearch"), only(0, lambda _: {"error": {"reason": "boom"}, "status": 500}))
    findings = busy.source(Limits()).gather(following(TRACE))
    assert (messages(findings), len(findings.evidence)) == ([], 3)
    assert [gap.cause for gap in findings.gaps] == ["HTTP 500: boom"]
