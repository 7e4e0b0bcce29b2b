"""A link to Discover is read for what it selects, and what is selected is written as a link again; what a link may not ask is left out."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.core.links import dashboards_link
from bot.core.links.dashboards_filter import Filter
from bot.core.links.dashboards_link import Selection, ShortLink
from bot.core.links.date_math import resolved

AT = datetime(2025, 12, 16, 12, 34, 56, 789000, tzinfo=UTC)
BASE = "https://log.us-west-2.example/_dashboards"
MORNING = (datetime(2025, 12, 16, 10, tzinfo=UTC), datetime(2025, 12, 16, 11, tzinfo=UTC))
CLASSIC = (
    f"{BASE}/app/discover#/?_g=(filters:!(),refreshInterval:(pause:!t,value:0),time:(from:now-15m,to:now))&_a=(columns:!(_source),filters:!(),"
    "index:'9094b2a0-1234',interval:auto,query:(language:kuery,query:'level:%20ERROR%20and%20a%2Bb'),sort:!())"
)
EXPLORER = (
    f"{BASE}/app/data-explorer/discover#?_a=(discover:(columns:!(_source),isDirty:!f,sort:!()),metadata:(indexPattern:'9094b2a0-1234',view:discover))"
    "&_g=(filters:!(),time:(from:'2025-12-16T10:00:00.000Z',to:'2025-12-16T11:00:00.000Z'))&_q=(filters:!(),query:(language:lucene,query:'level:ERROR'))"
)
DATASET = (
    f"{BASE}/w/c0kZbl/app/data-explorer/discover#?_a=(discover:(columns:!(_source)),metadata:(view:discover))&_q=(filters:!(),query:(dataset:(dataSource:"
    "(id:'c50be440',title:logs,type:OpenSearch),id:'9094b2a0-1234',timeFieldName:'@timestamp',title:'logs-*',type:INDEX_PATTERN),language:kuery,query:pool))"
)
EXPLORE = (
    f"{BASE}/w/19jD-R/app/explore/logs/#/?_g=(filters:!(),time:(from:now-6h,to:now))&_q=(dataset:(id:d1f424b0,timeFieldName:time,"
    "title:'logs-otel-v1*',type:INDEX_PATTERN),language:PPL,query:'source%3Dlogs-otel-v1%2A%20%7C%20where%20severityText%20%3D%20!'ERROR!'')"
)
OLD = f"{BASE}/app/kibana#/discover?_g=()&_a=(index:'logs-*',query:(query_string:(analyze_wildcard:!t,query:'level:ERROR')))"


def selected(url: str) -> Selection:
    """What a link selects, all of it taken over."""
    reading = dashboards_link.parse(url, AT)
    assert reading.unread == ()
    assert reading.selection is not None
    return reading.selection


@pytest.mark.parametrize(
    ("url", "selection"),
    [
        (CLASSIC, Selection("level: ERROR and a+b", index_id="9094b2a0-1234", start=AT - timedelta(minutes=15), end=AT)),
        (EXPLORER, Selection("level:ERROR", "lucene", index_id="9094b2a0-1234", start=MORNING[0], end=MORNING[1])),
        (DATASET, Selection("pool", index="logs-*", index_id="9094b2a0-1234")),
        (
            EXPLORE,
            Selection(
                "source=logs-otel-v1* | where severityText = 'ERROR'", "PPL", index="logs-otel-v1*", index_id="d1f424b0", start=AT - timedelta(hours=6), end=AT
            ),
        ),
        (OLD, Selection("level:ERROR", "lucene", index_id="logs-*")),
        (f"{BASE}/app/discover#/doc/9094b2a0/logs-api?id=a%20b", Selection(filters=(Filter("phrase", "_id", ("a b",)),), index="logs-api")),
        (f"{BASE}/app/discover#/context/9094b2a0/abc_-1?_a=(columns:!(x))", Selection(filters=(Filter("phrase", "_id", ("abc_-1",)),))),
        ("/app/discover#/?_a=(query:(language:kuery,query:x))", Selection("x")),
    ],
)
def test_every_form_of_a_link_is_read(url: str, selection: Selection) -> None:
    """Classic, Data Explorer, with a dataset, explore, old Kibana's, a single document; percent-decoded once, relative times at the alert's."""
    assert selected(url) == selection


@pytest.mark.parametrize(
    ("url", "cause"),
    [
        (f"{BASE}/app/discover#/?_g=h@44136fa&_a=h@9293ff4", "state:storeInSessionStorage"),
        (f"{BASE}/app/discover#/view/2b0e-41?_g=(time:(from:now-1h,to:now))", "saved search"),
        (CLASSIC[:-40], "cut off"),
        (f"{BASE}/app/discover#/?_a={'(a:' * 3000}", "cut off"),
        (f"{BASE}/app/discover#/?_a=(!(a):b)", "cut off"),
        (f"{BASE}/app/discover#/?_a=(a:1E99)", "cut off"),
        (f"{BASE}/app/discover#/?_a=(a:{'9' * 9000})", "cut off"),
        (f"{BASE}/app/management", "no link to Discover"),
        (f"{BASE}/app/dashboards#/view/7adfa750", "a dashboard without a query"),
        (f"{BASE}/app/dashboards#/view/7adfa750?_g=(time:(from:now-1h,to:now))&_a=(query:(language:kuery,query:''))", "a dashboard without a query"),
        (f"{BASE}/app/visualize#/edit/7adfa750", "a dashboard without a query"),
        (f"{BASE}/app/kibana#/dashboard/7adfa750?_g=()", "a dashboard without a query"),
        ("https://[/app/discover", "no link to Discover"),
        (f"{BASE}/app/discover#/?_a=({'x' * 60_000})", "no link to Discover"),
        (EXPLORE.replace("INDEX_PATTERN", "S3"), "it searches S3"),
    ],
)
def test_a_link_that_cannot_be_read_says_why(url: str, cause: str) -> None:
    """And what to share instead."""
    reading = dashboards_link.parse(url, AT)
    assert reading.selection is None
    assert cause in reading.unread[0].cause
    assert reading.unread[0].remedy


DASHBOARD = (
    f"{BASE}/app/dashboards#/view/7adfa750-4c81?_g=(filters:!(),refreshInterval:(pause:!t,value:0),time:(from:now-15m,to:now))&_a=(description:'',"
    "filters:!(),fullScreenMode:!f,options:(hidePanelTitles:!f),query:(language:kuery,query:'level:ERROR'),timeRestore:!f,title:Shop,viewMode:view)"
)


@pytest.mark.parametrize(
    "url", [DASHBOARD, DASHBOARD.replace("dashboards#/view", "visualize#/edit"), DASHBOARD.replace("dashboards#/view", "kibana#/dashboard")]
)
def test_what_stands_above_the_panels_of_a_dashboard_is_followed(url: str) -> None:
    """Its query and its time; filters alone as well."""
    assert selected(url) == Selection("level:ERROR", start=AT - timedelta(minutes=15), end=AT)
    filtered = url.replace("query:'level:ERROR'", "query:''").replace("filters:!()", "filters:!((meta:(),query:(match_phrase:(app:pay))))")
    assert {one.field for one in selected(filtered).filters} == {"app"}


@pytest.mark.parametrize(("name", "called"), [("esql", "ES|QL"), ("sql", "SQL")])
def test_a_query_of_kibana_under_its_own_name_is_told(name: str, called: str) -> None:
    """Else the link would seem to select all there is."""
    url = f"{BASE}/app/discover#/?_g=(time:(from:now-15m,to:now))&_a=(dataSource:(type:{name}),query:({name}:'FROM logs-* | WHERE level == \"ERROR\"'))"
    reading = dashboards_link.parse(url, AT)
    assert reading.selection == Selection(start=AT - timedelta(minutes=15), end=AT)
    assert (called in reading.unread[0].cause, "DQL or Lucene" in reading.unread[0].remedy) == (True, True)


def test_a_language_that_is_not_read_is_told_and_the_rest_stays() -> None:
    """SQL chooses what is shown, not only what is found."""
    reading = dashboards_link.parse(EXPLORE.replace("PPL", "SQL"), AT)
    assert reading.selection == Selection(index="logs-otel-v1*", index_id="d1f424b0", start=AT - timedelta(hours=6), end=AT)
    assert "SQL" in reading.unread[0].cause


FILTERS: list[tuple[str, Filter | None]] = [
    ("meta:(type:phrase,key:level,negate:!f),query:(match_phrase:(level:ERROR))", Filter("phrase", "level", ("ERROR",))),
    ("meta:(negate:!t),query:(match_phrase:(level:(query:ERROR)))", Filter("phrase", "level", ("ERROR",), negate=True)),
    ("meta:(),query:(match:(code:(query:500,type:phrase)))", Filter("phrase", "code", (500,))),
    ("meta:(),query:(bool:(minimum_should_match:1,should:!((match_phrase:(a:x)),(match_phrase:(a:!t)))))", Filter("phrases", "a", ("x", True))),
    ("meta:(),range:(took:(gte:5,lt:!n))", Filter("range", "took", bounds=(("gte", 5),))),
    (
        "meta:(),range:('@timestamp':(gte:now-1h,lte:now))",
        Filter("range", "@timestamp", bounds=(("gte", "2025-12-16T11:34:56.789Z"), ("lte", "2025-12-16T12:34:56.789Z"))),
    ),
    ("exists:(field:trace_id),meta:(type:exists)", Filter("exists", "trace_id")),
    ("meta:(),query:(exists:(field:trace_id))", Filter("exists", "trace_id")),
    ("meta:(type:custom),script:(script:(source:'while(true){}'))", None),
    ("meta:(type:phrase),query:(script:(script:(source:x)))", None),
    ("meta:(type:phrase,key:level),query:(bool:(must:!((script:(script:x)))))", None),
    ("meta:(),query:(bool:(should:!((match_phrase:(a:x)),(regexp:(a:'.*'))),minimum_should_match:1))", None),
    ("meta:(),query:(bool:(should:!((match_phrase:(a:x)),(match_phrase:(b:x))),minimum_should_match:1))", None),
    ("meta:(),query:(match_phrase:(a:x),wildcard:(a:'*'))", None),
    ("meta:(),query:(match_phrase:('*':x))", None),
    ("meta:(),query:(match_phrase:(_source:x))", None),
    ("meta:(),query:(match_phrase:(a:(query:(a:b))))", None),
    ("meta:(),query:(query_string:(query:'*:*'))", None),
    ("meta:(),query:(wildcard:(a:'*b*'))", None),
    ("meta:(type:spatial_filter),geo_bounding_box:(a:(top_left:x))", None),
    ("meta:(),query:(match_phrase:(a:x)),exists:(field:b)", None),
    ("meta:(),range:(a:(gte:(x:y)))", None),
    ("meta:(),range:(a:(gte:1e400))", None),
    ("meta:(),range:(a:(boost:9))", None),
]


@pytest.mark.parametrize(("state", "expected"), FILTERS)
def test_only_known_filters_are_taken_over(state: str, expected: Filter | None) -> None:
    """By what would be searched, whatever the label says; a script, a regular expression or a wildcard is told, and never part of the search."""
    reading = dashboards_link.parse(f"{BASE}/app/discover#/?_a=(filters:!(({state})),query:(language:kuery,query:''))", AT)
    assert reading.selection is not None
    assert reading.selection.filters == ((expected,) if expected else ())
    assert len(reading.unread) == (0 if expected else 1)


def test_filters_that_are_switched_off_do_not_count() -> None:
    """Nor do more than thirty."""
    off = "(meta:(disabled:!t),query:(match_phrase:(a:x)))"
    on = "(meta:(),query:(match_phrase:(a:x)))"
    reading = dashboards_link.parse(f"{BASE}/app/discover#/?_q=(filters:!({','.join([off, *[on] * 40])}))", AT)
    assert reading.selection is not None
    assert len(reading.selection.filters) == 29
    assert "beyond the first 30" in reading.unread[0].cause


@pytest.mark.parametrize(
    ("text", "end", "moment"),
    [
        ("now", False, AT),
        ("now-15m", False, AT - timedelta(minutes=15)),
        ("now-1d/d", False, datetime(2025, 12, 15, tzinfo=UTC)),
        ("now/d", True, datetime(2025, 12, 16, 23, 59, 59, 999000, tzinfo=UTC)),
        ("now/w", False, datetime(2025, 12, 14, tzinfo=UTC)),
        ("now/M", False, datetime(2025, 12, 1, tzinfo=UTC)),
        ("now/y", True, datetime(2025, 12, 31, 23, 59, 59, 999000, tzinfo=UTC)),
        ("now/h", False, datetime(2025, 12, 16, 12, tzinfo=UTC)),
        ("now-10M", False, datetime(2025, 2, 16, 12, 34, 56, 789000, tzinfo=UTC)),
        ("now-1w+1d-1s", False, AT - timedelta(days=6, seconds=1)),
        ("2025-12-16T10:00:00.000Z", False, MORNING[0]),
        ("now-999999y", False, None),
        ("nowhere", False, None),
        ("now-", False, None),
        ("yesterday", False, None),
        (None, False, None),
        (["now"], False, None),
    ],
)
def test_relative_times_are_the_alerts(text: object, end: bool, moment: datetime | None) -> None:
    """Rounded to where a period begins, as the end of a range to its last millisecond."""
    assert resolved(text, AT, end=end) == moment


@pytest.mark.parametrize(
    ("url", "path"),
    [
        (f"{BASE}/goto/8fe39392", "/goto/8fe39392"),
        (f"{BASE.upper().replace('HTTPS', 'https').replace('_DASHBOARDS', '_dashboards')}/goto/x", "/goto/x"),
        (BASE, "/"),
        ("https://log.us-west-2.example:443/_dashboards/app/discover#/?_a=()", "/app/discover"),
        ("https://log.us-west-2.example/_dashboardsX/goto/8fe39392", None),
        ("https://log.us-west-2.example.evil.example/_dashboards/goto/8fe39392", None),
        ("https://log.us-west-2.example@evil.example/_dashboards/goto/8fe39392", None),
        ("https://me:secret@log.us-west-2.example/_dashboards/goto/8fe39392", None),
        ("http://log.us-west-2.example/_dashboards/goto/8fe39392", None),
        ("https://log.us-west-2.example:8443/_dashboards/goto/8fe39392", None),
        ("https://log.us-west-2.example:x/_dashboards/goto/8fe39392", None),
    ],
)
def test_a_link_is_ours_only_below_the_configured_address(url: str, path: str | None) -> None:
    """Scheme, host, port and path."""
    assert dashboards_link.path_below(url, BASE) == path


@pytest.mark.parametrize(
    ("link", "short"),
    [
        ("/goto/8fe39392be1e352209f6a8b9f878ef33", ShortLink("8fe39392be1e352209f6a8b9f878ef33", "/api/short_url/8fe39392be1e352209f6a8b9f878ef33")),
        ("/w/c0kZbl/goto/aB_-1234?security_tenant=ops", ShortLink("aB_-1234", "/w/c0kZbl/api/short_url/aB_-1234", "ops")),
        ("/goto/../../api/x", None),
        ("/goto/a%2Fb", None),
        ("/goto/", None),
        ("/app/discover", None),
    ],
)
def test_a_short_link_names_what_to_ask(link: str, short: ShortLink | None) -> None:
    """Its id is letters, figures, `_` and `-`: nothing climbs out of the resolver's path."""
    path = dashboards_link.path_below(BASE + link, BASE)
    assert path is not None
    assert dashboards_link.short_link(BASE + link, path) == short


def test_the_link_that_is_written_is_short_and_survives_an_address_check() -> None:
    """Nothing in it is escaped that an address check takes for a climb."""
    link = dashboards_link.write(Selection("_index:logs-api and _id:1YQ_-x", index_id="9094", start=MORNING[0], end=MORNING[1]), f"{BASE}/")
    assert link == (
        f"{BASE}/app/discover#/?_g=(time:(from:'2025-12-16T10:00:00.000Z',to:'2025-12-16T11:00:00.000Z'))"
        "&_a=(index:'9094',query:(language:kuery,query:'_index:logs-api%20and%20_id:1YQ_-x'))"
    )
