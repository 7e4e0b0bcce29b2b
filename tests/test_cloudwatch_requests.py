"""Requests and traces are followed through CloudWatch; Insights counts and reads what filters do not, within its price."""

from datetime import timedelta

import pytest

from bot.config import Limits
from bot.model import Trend
from tests.cloudwatch_account import NOON, REQUEST, STREAM, TRANSFERS, XRAY, Account, at, causes, following, given_request, inquiry, messages
from tests.fakes.cloudwatch import on, refusal

pytestmark = pytest.mark.slow

pytest_plugins = ["tests.cloudwatch_fixtures"]

OTHER = "8f5b2c1e-1111-4222-8333-444455557777"
W3C = "5759e988bd862e3fe1be46a994272793"


def test_every_line_of_a_request_is_read(account: Account) -> None:
    """Those without its id too, and none of the request before it in the same stream."""
    given_request(account.server, OTHER, -200)
    given_request(account.server)
    findings = account.source().gather(following(REQUEST))
    assert [event.message.split(":")[0].split(" RequestId")[0] for event in findings.events] == [
        "START",
        "loading leaf 17",
        "ValidationError",
        "Task timed out after 3.00 seconds",
        "END",
        "REPORT",
    ]
    assert {event.trace_id for event in findings.events} == {REQUEST}
    assert [event.level for event in findings.events] == ["INFO", "", "ERROR", "ERROR", "INFO", "INFO"]
    assert findings.gaps == ()


def test_a_report_is_evidence_of_what_was_used(account: Account) -> None:
    """Memory against its limit, the cold start, how it ended."""
    given_request(account.server)
    [evidence] = account.source().gather(following(REQUEST)).evidence
    assert evidence.kind == "metric"
    assert evidence.text == (
        f"request {REQUEST} took 3,003 ms; used 128 of 128 MB (100 %), all of its memory; a cold start: 512 ms before that; it ran out of time"
    )
    assert isinstance(evidence.detail, Trend)
    assert evidence.detail.counts == (("duration ms", 3003), ("memory MB", 128), ("memory used MB", 128), ("init ms", 512))


def test_a_trace_of_xray_leads_to_the_request(account: Account) -> None:
    """Only its REPORT names the trace; another service writes the id as W3C does."""
    given_request(account.server, trace=XRAY)
    account.server.put("/ecs/api", "ecs/api/1", (at(-14), f'{{"level":"info","msg":"asking for a transfer","trace_id":"{W3C}"}}'))
    findings = account.source("/aws/lambda/*", "/ecs/*").gather(following(W3C))
    assert len(findings.events) == 7
    assert findings.events[0].message == "asking for a transfer"
    assert {event.trace_id for event in findings.events} == {W3C, XRAY}
    assert findings.queries[0].startswith(f"cloudwatch prod: trace {W3C}, {XRAY}, ")


def test_a_line_with_the_trace_leads_to_its_request(account: Account) -> None:
    """Where START and REPORT do not name the trace, they are looked for by the request's id."""
    given_request(account.server)
    account.server.put(TRANSFERS, STREAM, (at(-11.5), f'{{"level":"INFO","message":"begun","requestId":"{REQUEST}","xray_trace_id":"{XRAY}"}}'))
    assert len(account.source().gather(following(XRAY)).events) == 7


def test_a_trace_longer_than_the_limit_is_cut_and_told(account: Account) -> None:
    """The oldest are kept."""
    account.server.put("/ecs/api", "a", *((at(n), f"{n} trace_id={W3C}") for n in range(20)))
    findings = account.source("/ecs/api", limits=Limits(trace_events=5)).gather(following(W3C))
    assert [message.split()[0] for message in messages(findings)] == ["0", "1", "2", "3", "4"]
    assert "→ >= 5 lines" in findings.queries[0]
    assert causes(findings) == "it has more events than the first 5, which were kept → raise `limits: trace_events:`"


def test_a_request_longer_than_the_limit_is_told(account: Account) -> None:
    """How many of its lines were read."""
    given_request(account.server)
    account.server.put(TRANSFERS, STREAM, *((at(-11 + n / 100), f"printed {n}") for n in range(50)))
    findings = account.source(limits=Limits(trace_events=20)).gather(following(REQUEST))
    assert "it wrote more than the 20 lines that were read" in causes(findings)
    assert len(findings.events) == 20


def test_a_request_that_cannot_be_read_keeps_the_lines_that_name_it(account: Account) -> None:
    """The second search fails; the first was answered."""
    given_request(account.server)
    account.server.fail(lambda request: b"logStreamNames" in request.body, refusal("InternalFailure"), times=99)
    findings = account.source().gather(following(REQUEST))
    assert len(findings.events) == 4
    assert "CloudWatch Logs is unwell (InternalFailure)" in causes(findings)


def test_insights_counts_in_the_server(account: Account) -> None:
    """Every group at once; the query's window is in seconds; results that are not complete are not used."""
    account.server.running = 3
    account.server.put(TRANSFERS, STREAM, *((at(-300 * n - 1), "ERROR ValidationError: insufficient leaf balance") for n in range(4)))
    account.server.put("/aws/lambda/other", "a", (at(-2_000), "ERROR ValidationError"))
    findings = account.source(insights=True).gather(inquiry())
    detail = findings.evidence[0].detail
    assert isinstance(detail, Trend)
    assert detail.counts == (("11:25", 1), ("11:40", 1), ("11:45", 1), ("11:50", 1), ("11:55", 1))
    assert findings.evidence[1].text.splitlines()[1] == f"{TRANSFERS} version 42: 4"
    [started] = account.server.asked("StartQuery")
    assert started["logGroupNames"] == ["/aws/lambda/other", TRANSFERS]
    assert (started["startTime"], started["endTime"]) == (round(at(-3_600).timestamp()), round(at(3_600).timestamp()))
    assert account.waited == [0.25, 0.5, 1.0]
    assert "0.000 GB scanned" in findings.queries[-1]


def test_groups_of_infrequent_access_are_read_by_insights(account: Account) -> None:
    """Filters are refused there; without Insights that is a gap."""
    account.server.group("/aws/lambda/rare", kind="INFREQUENT_ACCESS")
    account.server.put(
        "/aws/lambda/rare", STREAM, (at(-30), "ERROR one"), (at(-20), f"fine {W3C}"), *((at(-10), "ERROR insufficient leaf balance") for _ in range(2))
    )
    findings = account.source(insights=True).gather(inquiry())
    assert messages(findings) == ["insufficient leaf balance", "one"]
    assert account.server.asked("FilterLogEvents") == []
    assert messages(account.source(insights=True).gather(following(W3C))) == [f"fine {W3C}"]
    without = account.source().gather(inquiry())
    assert without.events == ()
    assert "/aws/lambda/rare: of the class INFREQUENT_ACCESS" in causes(without)
    assert "set `cloudwatch: prod: insights:` to true" in causes(without)


def test_a_class_that_only_passes_events_on_is_told(account: Account) -> None:
    """Nobody can query it."""
    account.server.group("/aws/lambda/passing", kind="DELIVERY")
    assert "look where they are delivered to" in causes(account.source(insights=True).gather(inquiry()))


def test_a_filter_on_fields_needs_a_condition_of_its_own(account: Account) -> None:
    """Where it cannot be translated; one that is configured is used as it is."""
    account.server.group("/aws/lambda/rare", kind="ESSENTIALS")
    account.server.put("/aws/lambda/rare", STREAM, (at(-30), "level: bad, one"))
    pattern = '{ $.level = "ERROR" }'
    assert "set `cloudwatch: prod: insights_filter:`" in causes(account.source(insights=True, filter=pattern).gather(inquiry()))
    assert messages(account.source(insights=True, filter=pattern, insights_filter="@message like /bad/").gather(inquiry())) == ["level: bad, one"]


def test_a_query_that_would_scan_too_much_is_not_started(account: Account) -> None:
    """By what the group stores and for how long; counts are read in pages instead."""
    account.server.group(TRANSFERS, stored=10**12, created=round((NOON - timedelta(days=10)).timestamp() * 1000))
    account.server.put(TRANSFERS, STREAM, (at(-30), "ERROR ValidationError: insufficient leaf balance"))
    findings = account.source(insights=True).gather(inquiry())
    assert "it would scan about 58.1 GB, more than 5" in causes(findings)
    assert "most_scanned_gb" in causes(findings)
    assert len(findings.evidence) == 1
    assert account.server.asked("StartQuery") == []


def test_a_query_that_scans_more_than_was_thought_is_stopped(account: Account) -> None:
    """As soon as it says so."""
    account.server.running, account.server.scanned = 99, 6 * 10**9
    account.server.put(TRANSFERS, STREAM, (at(-30), "ERROR x"))
    findings = account.source(insights=True).gather(inquiry())
    assert "it had scanned 6.0 GB, more than 5; it was stopped" in causes(findings)
    assert [query.stopped for query in account.server.queries.values()] == [True]


def test_a_query_that_is_not_done_in_time_is_stopped(account: Account) -> None:
    """It would be paid for otherwise; where it may not be stopped, that is told."""
    account.server.running = 10**6
    account.server.put(TRANSFERS, STREAM, (at(-30), "ERROR x"))
    findings = account.source(insights=True, limits=Limits(source_seconds=1)).gather(inquiry())
    assert "no answer within the deadline; it was stopped" in causes(findings)
    account.server.denied = {"StopQuery"}
    findings = account.source(insights=True, limits=Limits(source_seconds=1)).gather(inquiry())
    assert "it could not be stopped (allow logs:StopQuery)" in causes(findings)


def test_a_query_that_fails_is_a_gap_and_the_errors_stay(account: Account) -> None:
    """Failed, cancelled by somebody, refused for too many at once."""
    account.server.put(TRANSFERS, STREAM, (at(-30), "ERROR x"))
    account.server.status = "Failed"
    assert "the query ended as Failed" in causes(account.source(insights=True).gather(inquiry()))
    account.server.status = "Complete"
    account.server.fail(on("StartQuery"), refusal("LimitExceededException", "concurrent queries"), times=9)
    findings = account.source(insights=True).gather(inquiry())
    assert "dashboards run them too" in causes(findings)
    assert messages(findings) == ["x"]
