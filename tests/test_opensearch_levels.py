"""What a cluster takes for an error where nobody wrote an `error_query`, and what it means that it found none."""

import pytest

from tests.fakes.fault_proxy import on
from tests.fakes.loopback import Answer
from tests.opensearch_cluster import DATE, NOON, Cluster, given_document, messages
from tests.opensearch_cluster import FIRST as ASKED

pytestmark = pytest.mark.slow

pytest_plugins = ["tests.opensearch_fixtures"]

TEXT = {"type": "text"}


@pytest.mark.parametrize("level", ["err", "ERR", "crit", "emerg", "SEVERE", "Severe", "panic", "dpanic", "alert", "Critical", "60"])
def test_every_word_for_an_error_is_found(cluster: Cluster, level: str) -> None:
    """Whatever the reader of files takes for one: syslog's, Java's and Go's, as they are written in a keyword."""
    cluster.index("logs-api", given_document("m", level=level), given_document("calm", level="info"))
    assert messages(cluster.source().gather(ASKED)) == ["m"]


@pytest.mark.parametrize(
    "shape",
    [
        {"levelname": "ERROR", "message": "m"},
        {"level": 400, "level_name": "ERROR", "message": "m"},
        {"@l": "Error", "@m": "m"},
        {"LogLevel": "Error", "Message": "m"},
        {"lvl": "eror", "msg": "m"},
        {"log_level": "error", "event": "m"},
        {"level": 50, "msg": "m"},
    ],
)
def test_loggers_write_their_levels_under_other_names(cluster: Cluster, shape: dict[str, object]) -> None:
    """python-json-logger, Monolog, Serilog, .NET, log15, structlog, and pino's numbers."""
    calm = {name: value if name in ("level_name", "message", "msg", "event", "@m", "Message") else "info" for name, value in shape.items() if name != "level"}
    cluster.index("logs-api", {"@timestamp": NOON.isoformat(), **shape}, {"@timestamp": NOON.isoformat(), **calm, "level_name": "INFO"}, properties=DATE)
    found = cluster.source().gather(ASKED)
    assert [(event.message, event.level) for event in found.events] == [("m", "ERROR")]
    assert found.gaps == ()


@pytest.mark.parametrize("mapped", ["long", "keyword"])
@pytest.mark.parametrize("named", ["severityNumber", "severity_number", "severity.number", "SeverityNumber"])
def test_the_number_of_opentelemetry_tells_errors_alone(cluster: Cluster, named: str, mapped: str) -> None:
    """Found, and counted, by the server's query; no other field has the level."""
    number = {"type": mapped}
    mapping = {"severity": {"properties": {"number": number}}} if "." in named else {named: number}
    documents = [
        {"@timestamp": NOON.isoformat(), "body": said, **({"severity": {"number": level}} if "." in named else {named: level})}
        for said, level in (("m", 17), ("gone", 21), ("calm", 9), ("late", 13), ("fine", 1))
    ]
    cluster.index("logs-api", *documents, properties={**DATE, **mapping, "body": TEXT})
    found = cluster.source().gather(ASKED)
    assert {(event.message, event.level) for event in found.events} == {("m", "ERROR"), ("gone", "FATAL")}
    assert found.gaps == ()
    assert f"{named} is 17 to 24 → 2" in found.queries[0]


def test_serilogs_message_is_written_out_from_its_properties(cluster: Cluster) -> None:
    """The compact form keeps what stands in the template's places under any name."""
    trace = {"@x": "Shop.StockException: none left\n   at Shop.Stock.Take() in /src/Stock.cs:line 9", "@tr": "4bf92f3577b34da6a3ce929d0e0e4736"}
    document = {"@t": NOON.isoformat(), "@mt": "Taking {Article} for {Customer}", "@l": "Error", "Article": 4711, "Customer": "c-7", **trace}
    calm = {"@t": NOON.isoformat(), "@mt": "Took {Article}", "Article": 4711}
    cluster.index("logs-api", document, calm, properties={"@t": {"type": "date"}, "@mt": TEXT, "@l": {"type": "keyword"}})
    found = cluster.source().gather(ASKED)
    [event] = found.events
    assert (event.message, event.level, event.error_type) == ("Taking 4711 for c-7", "ERROR", "Shop.StockException")
    assert event.trace_id == trace["@tr"]


def test_no_error_is_told_with_how_many_lines_there_were(cluster: Cluster) -> None:
    """Peace, where somebody spoke."""
    cluster.index("logs-api", *(given_document("calm", -number, "INFO") for number in range(3)))
    found = cluster.source().gather(ASKED)
    assert found.queries[0].endswith("→ 0 of 3 lines")
    assert found.gaps == ()


def test_a_window_without_any_line_is_a_gap(cluster: Cluster) -> None:
    """The logs were deleted, are late or stand elsewhere: nobody looked."""
    cluster.index("logs-api", given_document("long ago", -90_000))
    found = cluster.source().gather(ASKED)
    [gap] = found.gaps
    assert gap.cause == "logs-* hold no line of that time"
    assert "`opensearch: prod: indices:`" in gap.remedy
    assert found.queries[0].endswith("→ 0 of 0 lines")


def test_where_lines_may_not_be_counted_the_errors_are(cluster: Cluster) -> None:
    """It is no loss of the search itself."""
    cluster.index("logs-api", given_document("calm", level="INFO"))
    refused = Answer(403, {"error": {"type": "security_exception", "reason": "no permissions"}})
    cluster.proxy.fail(lambda request: on("_search")(request) and request.json.get("size") == 0, refused)
    found = cluster.source().gather(ASKED)
    assert found.queries[0].endswith("→ 0")
    assert found.gaps == ()


def test_levels_that_are_other_numbers_are_told(cluster: Cluster) -> None:
    """Syslog counts from 0 to 7; which numbers are errors, the operator says."""
    cluster.index("logs-api", {"@timestamp": NOON.isoformat(), "message": "m", "level": 3}, properties={**DATE, "level": {"type": "long"}, "message": TEXT})
    [gap] = cluster.source().gather(ASKED).gaps
    assert "level is a number" in gap.cause
    assert "level:[0 TO 3]" in gap.remedy
    assert messages(cluster.source(error_query="level:[0 TO 3]").gather(ASKED)) == ["m"]
