"""What an alert's Dashboards links select is searched beside the errors; a link that cannot be followed is a gap a person can act on."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from bot.config import Limits, OpenSearchCluster, Secret
from bot.core.links import dashboards_link
from bot.core.links.addresses import linked_below
from bot.model import Case, Evidence, Findings, Gap, Inquiry, Signature
from bot.sources.opensearch.opensearch import OpenSearchSource
from tests.fakes.dashboards import LOGIN, FakeDashboards
from tests.fakes.fault_proxy import on
from tests.fakes.loopback import Answer
from tests.opensearch_cluster import ALERT, FIRST, NOON, TRACE, Cluster, following, given_document, messages

pytestmark = pytest.mark.slow

pytest_plugins = ["tests.opensearch_fixtures"]

POOL = "/app/discover#/?_g=(time:(from:now-15m,to:now))&_a=(index:'9094',query:(language:kuery,query:'message:retrying'))"


@pytest.fixture
def dashboards() -> Iterator[FakeDashboards]:
    """One with the index pattern of the logs, and one of somebody else's."""
    with FakeDashboards() as running:
        running.patterns = {"9094": "logs-*", "7777": "secrets-*"}
        yield running


@pytest.fixture
def quiet(logs: Cluster) -> Cluster:
    """The two errors, and lines that are none, in and outside the time of the link."""
    logs.index("logs-quiet", *(given_document(f"retrying {n}", -n * 60, "INFO", trace_id=TRACE) for n in (1, 10, 20)))
    logs.index("secrets-1", given_document("retrying secretly", -60))
    return logs


def linking(*links: str) -> Inquiry:
    """The first round for an alert with these links."""
    return Inquiry(replace(ALERT, log_links=links), FIRST.start, FIRST.end)


def asked(cluster: Cluster, dashboards: FakeDashboards, *links: str, **told: Any) -> Findings:
    """What comes of an alert with these links."""
    return cluster.source(dashboards_url=dashboards.address, **told).gather(linking(*links))


def the_gap(findings: Findings) -> Gap:
    """The only one; the errors are there all the same."""
    assert messages(findings)[:2] == ["insufficient leaf balance", "pool exhausted"]
    [gap] = findings.gaps
    assert gap.remedy
    return gap


def test_a_short_link_is_resolved_and_searched_beside_the_errors(quiet: Cluster, dashboards: FakeDashboards) -> None:
    """In one call, with its own time at the alert's; both stand."""
    findings = asked(quiet, dashboards, dashboards.share(POOL))
    assert sorted(messages(findings)) == ["insufficient leaf balance", "pool exhausted", "retrying 1", "retrying 10"]
    assert findings.gaps == ()
    assert "what the alert's link selects: message:retrying in logs-* 2025-12-16 11:45:00 to 2025-12-16 12:00:00Z → 2" in findings.queries[1]
    assert [quiet.calls("_field_caps"), quiet.calls("_msearch"), quiet.calls()] == [1, 1, 2]
    assert dashboards.requests[0].path == "/_dashboards/api/short_url/8fe39392be1e352209f6a8b9f878ef33"


@pytest.mark.parametrize(
    "form", [POOL, f"/w/space1{POOL}", POOL.replace("discover#/?_g", "data-explorer/discover#?_g").replace("_a=(index:'9094',query", "_q=(query")]
)
def test_a_whole_link_needs_no_resolving(quiet: Cluster, dashboards: FakeDashboards, form: str) -> None:
    """Whatever its form."""
    assert "retrying 10" in messages(asked(quiet, dashboards, f"{dashboards.address}{form}"))
    assert not any("short_url" in request.path for request in dashboards.requests)


def test_filters_of_a_link_narrow_and_hostile_ones_are_dropped_and_told(quiet: Cluster, dashboards: FakeDashboards) -> None:
    """A script never reaches the cluster."""
    filters = "filters:!((meta:(),query:(match_phrase:(message:'retrying 10'))),(meta:(type:custom),script:(script:(source:'evil'))))"
    findings = asked(quiet, dashboards, f"{dashboards.address}{POOL.replace('query:(language', f'{filters},query:(language')}")
    assert [message for message in messages(findings) if "retrying" in message] == ["retrying 10"]
    assert "a filter of the kind custom is not taken over" in the_gap(findings).cause
    assert not any(b"evil" in request.body for request in quiet.proxy.requests)


@pytest.mark.parametrize("query", ["/.*.*.*/", "*retrying", "message:(a", "a~9"])
def test_a_query_that_is_not_taken_over_is_told(quiet: Cluster, dashboards: FakeDashboards, query: str) -> None:
    """It is searched neither in part nor as text of a query string."""
    findings = asked(quiet, dashboards, f"{dashboards.address}{POOL.replace('kuery', 'lucene').replace('message:retrying', query)}")
    assert "its query is not taken over" in the_gap(findings).cause
    assert len(findings.events) == 2


def test_a_link_that_selects_everything_is_no_search(quiet: Cluster, dashboards: FakeDashboards) -> None:
    """The errors of the window say it better."""
    findings = asked(quiet, dashboards, f"{dashboards.address}{POOL.replace('message:retrying', '')}")
    assert (len(findings.events), findings.gaps) == (2, ())


def test_a_link_over_weeks_is_cut_to_the_day_of_the_alert(quiet: Cluster, dashboards: FakeDashboards) -> None:
    """And the query says so."""
    findings = asked(quiet, dashboards, f"{dashboards.address}{POOL.replace('now-15m', 'now-30d')}")
    assert "2025-12-15 12:00:00 to 2025-12-16 12:00:00Z, of 30 days the day nearest to the alert" in findings.queries[1]


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        (("'9094'", "'7777'"), "it searches secrets-*, none of the configured indices"),
        (("'9094'", "'secrets-*'"), ""),
        (("_a=(index:'9094',query:(", "_q=(query:(dataset:(id:x,title:'secrets-*',type:INDEXES),"), "it searches secrets-*, none of the configured indices"),
    ],
)
def test_a_link_to_other_indices_reads_nothing_of_them(quiet: Cluster, dashboards: FakeDashboards, change: tuple[str, str], cause: str) -> None:
    """Not even where the pattern is not known: then the configured ones are searched."""
    findings = asked(quiet, dashboards, f"{dashboards.address}{POOL.replace(*change)}")
    assert "retrying secretly" not in messages(findings)
    assert not any(b"secrets" in request.body or "secrets" in request.path for request in quiet.proxy.requests)
    assert (the_gap(findings).cause if cause else "") == cause


def test_a_short_link_of_another_tenant_needs_its_name(quiet: Cluster, dashboards: FakeDashboards) -> None:
    """From the configuration, or from the link itself."""
    link = dashboards.share(POOL, tenant="ops")
    gap = the_gap(asked(quiet, dashboards, link))
    assert "it was deleted, or belongs to another tenant" in gap.cause
    assert "dashboards_tenant:" in gap.remedy
    assert "retrying 10" in messages(asked(quiet, dashboards, link, dashboards_tenant="ops"))
    assert "retrying 10" in messages(asked(quiet, dashboards, f"{link}?security_tenant=ops"))
    assert "private tenant" in the_gap(asked(quiet, dashboards, f"{link}?security_tenant=private")).cause
    the_gap(asked(quiet, dashboards, f"{link}?security_tenant=a%0d%0ab"))
    assert "securitytenant" not in [request for request in dashboards.requests if "short_url" in request.path][-1].headers


@pytest.mark.parametrize(
    ("answer", "cause", "remedy"),
    [
        (Answer(404, {"message": "Not Found"}), "Dashboards does not know it", "dashboards_tenant:"),
        (LOGIN, "a web page", "dashboards_url:"),
        (Answer(302, b"", {"Location": "/_dashboards/app/login"}), "it redirects, as login pages do", "dashboards_url:"),
        (Answer(401, {"message": "Authentication required"}), "HTTP 401", "OPENSEARCH_USERNAME"),
        (Answer(403, {"message": "no"}), "HTTP 403: no", "read saved objects"),
        (Answer(200, ["/app/discover"]), "does not stand for a page", "share the whole address"),
        (Answer(200, {"url": "https://evil.example/app/discover#/?_a=(query:(query:x))"}), "does not stand for a page", "whole address"),
        (Answer(200, {"url": "//evil.example/app/discover"}), "does not stand for a page", "whole address"),
        (Answer(200, {"url": "/app/discover#/?_g=h@abc&_a=h@def"}), "state:storeInSessionStorage", "short link"),
        (Answer(200, {"url": "/app/management"}), "no link to Discover", "Discover"),
        (Answer(200, {"url": "/app/visualize#/create"}), "a dashboard without a query", "Discover"),
        (Answer(200, b'{"url": "/app/disc'), "not JSON, or is cut off", "dashboards_url:"),
        (Answer(429, {}, {"Retry-After": "600"}), "HTTP 429", "wait"),
        (Answer(500, {}), "HTTP 500", "run it again"),
        (Answer(200, cut=True), "the connection", "dashboards_url:"),
    ],
)
def test_a_short_link_that_cannot_be_resolved_is_a_gap(quiet: Cluster, dashboards: FakeDashboards, answer: Answer, cause: str, remedy: str) -> None:
    """And costs its own evidence only."""
    link = dashboards.share(POOL)
    dashboards.fail(on("short_url"), answer, times=9)
    gap = the_gap(asked(quiet, dashboards, link))
    assert cause in gap.cause
    assert remedy in gap.remedy
    assert "evil" not in gap.cause


def test_a_slow_dashboards_is_not_waited_for_long(quiet: Cluster, dashboards: FakeDashboards) -> None:
    """Half of what is left at most; the errors have their time."""
    link = dashboards.share(POOL)
    dashboards.fail(on("short_url"), Answer(200, {}, delay=1.5), times=9)
    source = quiet.source(Limits(source_seconds=1), dashboards_url=dashboards.address)
    assert the_gap(source.gather(linking(link))).cause == "no answer within the deadline"


def test_links_are_resolved_with_the_clusters_user_and_only_at_the_configured_address(quiet: Cluster, dashboards: FakeDashboards) -> None:
    """A look-alike is never asked, and never given the password."""
    dashboards.user = ("reader", "hunter2")
    link = dashboards.share(POOL)
    with FakeDashboards() as other:
        other.share(POOL)
        source = quiet.source(username=Secret("reader"), password=Secret("hunter2"), auth="basic", dashboards_url=dashboards.address)
        elsewhere = other.share(POOL)
        findings = source.gather(linking(link, elsewhere))
        assert other.requests == []
    assert "retrying 10" in messages(findings)
    assert "another Dashboards than the one that is configured" in findings.gaps[0].cause
    assert "hunter2" not in repr(findings)


def test_without_its_address_a_short_link_says_what_to_set(quiet: Cluster) -> None:
    """A whole link is read all the same; a link to something else is not ours."""
    host = "https://log.us-west-2.example/_dashboards"
    gap = the_gap(quiet.source().gather(linking(f"{host}/goto/8fe39392be1e352209f6a8b9f878ef33")))
    assert gap.cause == "the address of Dashboards is not known"
    assert gap.remedy == "set `opensearch: prod: dashboards_url:`"
    assert "retrying 10" in messages(quiet.source().gather(linking(f"{host}{POOL}")))
    assert quiet.source().gather(linking("https://sentry.io/issues/1", "https://console.aws.example/cloudwatch")).gaps == ()


def test_a_link_into_this_cluster_from_another_environments_alert_is_a_gap(quiet: Cluster, dashboards: FakeDashboards) -> None:
    """The patterns that tell environments may be wrong; without a link it is silent."""
    source = quiet.source(dashboards_url=dashboards.address)
    staged = replace(ALERT, environment="staging", log_links=(dashboards.share(POOL),))
    [gap] = source.gather(Inquiry(staged, FIRST.start, FIRST.end)).gaps
    assert gap.cause == "the alert is of staging, this cluster is asked for prod"
    assert source.gather(Inquiry(replace(staged, log_links=()), FIRST.start, FIRST.end)) == Findings()
    assert quiet.calls() == 0


def test_of_several_clusters_each_reads_its_own_links(quiet: Cluster, dashboards: FakeDashboards) -> None:
    """A link into the Dashboards of another one is that one's, and no gap here."""
    source = OpenSearchSource("audit", OpenSearchCluster(quiet.proxy.url, ("logs-*",)), Limits(), elsewhere=[dashboards.address])
    findings = source.gather(Inquiry(replace(ALERT, environment="audit", log_links=(dashboards.share(POOL),)), FIRST.start, FIRST.end))
    assert (findings.gaps, len(findings.queries), dashboards.requests) == ((), 1, [])


def test_every_event_links_to_itself_in_discover(quiet: Cluster, dashboards: FakeDashboards) -> None:
    """The link survives into a case, selects that document and no other, and opens the index pattern of the logs."""
    source = quiet.source(dashboards_url=dashboards.address)
    [event] = [one for one in source.gather(FIRST).events if one.message == "pool exhausted"]
    reading = dashboards_link.parse(event.place, NOON)
    assert reading.selection is not None
    assert (reading.selection.index_id, reading.selection.start, reading.selection.end) == (
        "9094",
        event.time - timedelta(minutes=1),
        event.time + timedelta(minutes=1),
    )
    assert messages(quiet.source().gather(linking(event.place)))[2:] == []
    case = Case(ALERT, Signature("x", "y", "c", "t", "m"), NOON, NOON, evidence=(Evidence("log", "opensearch prod", event.place, "x"),))
    assert linked_below(case, (f"{dashboards.address}/",)).evidence[0].place == event.place
    assert len([request for request in dashboards.requests if "_find" in request.path]) == 1


@pytest.mark.parametrize(
    ("patterns", "told", "index_id"),
    [
        ({"a": "metrics-*", "b": "logs-*"}, {}, "b"),
        ({"a": "metrics-*", "b": "*"}, {}, "b"),
        ({"a": "metrics-*"}, {}, "logs-*"),
        ({"a": "metrics-*"}, {"dashboards_index": "mine"}, "mine"),
    ],
)
def test_links_open_the_index_pattern_that_holds_the_indices(
    quiet: Cluster, dashboards: FakeDashboards, patterns: dict[str, str], told: dict[str, str], index_id: str
) -> None:
    """As configured, of the same name, wider; else the indices themselves, which is what some setups call it."""
    dashboards.patterns = patterns
    selection = dashboards_link.parse(asked(quiet, dashboards, **told).events[0].place, NOON).selection
    assert selection is not None
    assert selection.index_id == index_id


def test_a_dashboards_that_does_not_answer_costs_no_link(quiet: Cluster, dashboards: FakeDashboards) -> None:
    """It only decides which index pattern opens; doctor tells."""
    dashboards.fail(on("_find"), LOGIN, times=9)
    findings = asked(quiet, dashboards)
    assert findings.gaps == ()
    assert findings.events[0].place.startswith(f"{dashboards.address}/app/discover#/")
    checkup = list(quiet.source(dashboards_url=dashboards.address).examine())[-1]
    assert (checkup.ok, "web page" in checkup.saw) == (False, True)


def test_doctor_sees_dashboards(quiet: Cluster, dashboards: FakeDashboards) -> None:
    """How many patterns it may read, and which one links open."""
    checkup = list(quiet.source(dashboards_url=dashboards.address).examine())[-1]
    assert (checkup.ok, checkup.saw) == (True, "2 index patterns; links to evidence open 9094")


def test_a_document_with_an_odd_name_keeps_its_plain_address(cluster: Cluster, dashboards: FakeDashboards) -> None:
    """Quotes and slashes have no place in a query."""
    cluster.index("logs-api", given_document("x"))
    cluster.proxy.alter(
        on("_search"), lambda answer: {**answer, "hits": {**answer["hits"], "hits": [{**hit, "_id": 'a" or *'} for hit in answer["hits"]["hits"]]}}
    )
    [event] = asked(cluster, dashboards).events
    assert event.place == f"{cluster.proxy.url}/logs-api/_doc/a%22%20or%20%2A"


def test_a_later_round_does_not_follow_links_again(quiet: Cluster, dashboards: FakeDashboards) -> None:
    """They were searched in the first."""
    source = quiet.source(dashboards_url=dashboards.address)
    link = dashboards.share(POOL)
    source.gather(linking(link))
    before = len(dashboards.requests)
    source.gather(replace(following(TRACE), alert=replace(ALERT, log_links=(link,))))
    assert len(dashboards.requests) == before
