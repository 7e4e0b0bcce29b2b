"""Exports of search systems are read as they were saved: arrays in any layout, answers of APIs, tables."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.config import Fields, Limits, LogFiles
from bot.model import Alert, Findings, Inquiry, Permalink
from bot.sources.logs.files import FileSource

ALERT = datetime(2025, 12, 17, 9, 15, tzinfo=UTC)
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
DOCUMENTS = [
    {"@timestamp": f"2025-12-17T09:1{n}:00.000Z", "level": "ERROR" if n % 2 else "INFO", "message": f"m{n}", "trace_id": TRACE if n == 2 else "x"}
    for n in range(5)
]
HITS = {"took": 1, "hits": {"total": {"value": 5}, "hits": [{"_index": "x", "_id": "1", "_source": document} for document in DOCUMENTS]}}
EVENTS = {
    "events": [
        {
            "logStreamName": "s",
            "timestamp": 1765962600000 + 60_000 * n,
            "message": f"{'ERROR' if n % 2 else 'INFO'} m{n} {TRACE if n == 2 else ''}",
            "eventId": "1",
        }
        for n in range(5)
    ],
    "searchedLogStreams": [],
}
ROWS = {
    "results": [
        [{"field": "@timestamp", "value": f"2025-12-17 09:1{n}:00.000"}, {"field": "@message", "value": f"{'ERROR' if n % 2 else 'INFO'} m{n}"}]
        for n in range(5)
    ],
    "status": "Complete",
}


def gathered(root: Path, name: str, text: str | bytes) -> Findings:
    """What a source with one file of this text answers."""
    (root / name).write_bytes(text.encode() if isinstance(text, str) else text)
    alert = Alert(Permalink("acme.slack.com", "C1", "1765962900.000000"), ALERT, "prod", "boom")
    inquiry = Inquiry(alert, ALERT - timedelta(minutes=5), ALERT + timedelta(minutes=1), trace_ids=(TRACE,))
    return FileSource("files", root, (LogFiles((name,)),), Fields(), Limits()).gather(inquiry)


@pytest.mark.parametrize("indent", [None, 1, 4])
@pytest.mark.parametrize("exported", [DOCUMENTS, HITS, {"id": "x", "rawResponse": HITS}])
def test_an_array_is_read_in_any_layout(tmp_path: Path, exported: object, indent: int | None) -> None:
    """Discover's response, an answer of the search API, a plain array; on one line or indented. The place counts the elements."""
    findings = gathered(tmp_path, "export.json", json.dumps(exported, indent=indent))
    assert [(event.message, event.place) for event in findings.events] == [("m3", "export.json[3]"), ("m1", "export.json[1]"), ("m2", "export.json[2]")]
    assert findings.gaps == ()


@pytest.mark.parametrize("indent", [None, 4])
@pytest.mark.parametrize("exported", [EVENTS, ROWS])
def test_cloudwatchs_answers_are_read(tmp_path: Path, exported: object, indent: int | None) -> None:
    """`aws logs filter-log-events` and `get-query-results`."""
    findings = gathered(tmp_path, "export.json", json.dumps(exported, indent=indent))
    assert [(event.message.strip(), event.level) for event in findings.events if event.level == "ERROR"] == [("m3", "ERROR"), ("m1", "ERROR")]
    assert findings.gaps == ()


@pytest.mark.parametrize("first", ["[\n", "["])
def test_an_array_with_an_element_on_each_line_keeps_its_line_numbers(tmp_path: Path, first: str) -> None:
    """A person can open the line."""
    findings = gathered(tmp_path, "a.json", first + ",\n".join(map(json.dumps, DOCUMENTS)) + "\n]\n")
    assert findings.events[0].place == f"a.json:{4 + first.count(chr(10))}"
    assert findings.gaps == ()


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_table_of_discover_is_read(tmp_path: Path, delimiter: str) -> None:
    """Columns with `_source.`, times in words, quoted cells over several lines, a dash for what is absent."""
    header = ["@timestamp", "_source.level", "_source.message", "trace_id"]
    rows = [["Dec 17, 2025 @ 09:12:43.296", "ERROR", 'say ""no""\nand more', "-"], ["Dec 17, 2025 @ 09:13:00.000", "INFO", "fine", TRACE]]
    text = "\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in [header, *rows])
    findings = gathered(tmp_path, "discover.csv", text)
    assert [(event.message, event.level, event.trace_id, event.place) for event in findings.events] == [
        ('say "no"\nand more', "ERROR", None, "discover.csv:2"),
        ("fine", "INFO", TRACE, "discover.csv:4"),
    ]


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        (json.dumps(DOCUMENTS, indent=1)[:-40], "1 line that began like JSON could not be read as such"),
        (json.dumps(DOCUMENTS).replace('"m4"', "oops"), "1 line that began like JSON could not be read as such"),
        ("[" * 100_000, "1 line that began like JSON could not be read as such"),
        (json.dumps([{"level": "ERROR", "message": "no time"}] * 3), "3 lines without a time were not placed in the window"),
    ],
)
def test_a_broken_export_is_read_as_far_as_it_goes(tmp_path: Path, text: str, cause: str) -> None:
    """Cut off, mangled, nested without end, without times: told, never fatal."""
    assert [gap.cause for gap in gathered(tmp_path, "a.json", text).gaps] == [cause]


@pytest.mark.parametrize("text", ["[]", "{}", "[1, 2, 3]", '["a"]', "", "\ufeff[]", "null", "@timestamp,level,message\n"])
def test_an_export_without_documents_is_silent(tmp_path: Path, text: str) -> None:
    """Nothing was found, nothing was wrong."""
    assert gathered(tmp_path, "a.json", text).events == ()


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("2025-12-17T09:12:43Z ERROR x\n".encode("utf-16"), "UTF-16 text"),
        (b"\0\1\2" * 10_000, "binary"),
        (b"BZh91AY", "packed with bzip2"),
        (b"\x7fELF\2\1\1", "a program"),
    ],
)
def test_what_is_no_text_is_told(tmp_path: Path, text: bytes, what: str) -> None:
    """With what it seems to be."""
    [gap] = gathered(tmp_path, "a.log", text).gaps
    assert gap.cause == f"it is no log that can be read: {what}"


@pytest.mark.slow
@pytest.mark.parametrize("indent", [None, 2])
def test_an_array_is_streamed(tmp_path: Path, indent: int | None) -> None:
    """Twelve megabytes around what is sought; an element of twelve more is passed over and told."""
    filler = [{"@timestamp": "2025-12-17T03:00:00Z", "level": "INFO", "message": f"filler {n} {'x' * 200}"} for n in range(20_000)]
    large = {"@timestamp": "2025-12-17T09:12:00Z", "level": "ERROR", "message": "x" * 12_000_000}
    findings = gathered(tmp_path, "a.json", json.dumps([*filler, large, *DOCUMENTS, *filler], indent=indent))
    assert "m3" in [event.message for event in findings.events]
    assert [gap.cause for gap in findings.gaps] == ["1 line that began like JSON could not be read as such"]


def otlp(service: str, *said: tuple[int, str, str]) -> dict[str, object]:
    """A batch as the OpenTelemetry collector's file exporter writes it: of one service, each record with its severity, text and trace."""
    at = int(ALERT.timestamp()) - 60
    records = [
        {
            "timeUnixNano": str((at + number) * 10**9),
            "severityNumber": severity,
            "body": {"stringValue": text},
            "attributes": [{"key": "user.id", "value": {"intValue": "42"}}],
            "traceId": trace,
            "spanId": "00f067aa0ba902b7",
        }
        for number, (severity, text, trace) in enumerate(said)
    ]
    about = [{"key": name, "value": {"stringValue": value}} for name, value in (("service.name", service), ("service.version", "2.3.1"))]
    return {"resourceLogs": [{"resource": {"attributes": about}, "scopeLogs": [{"scope": {"name": "shop"}, "logRecords": records}]}]}


@pytest.mark.parametrize("indent", [None, 2])
def test_each_record_of_an_otlp_batch_is_an_event(tmp_path: Path, indent: int | None) -> None:
    """With its severity, body, attributes, trace and the resource's service; its neighbours in the batch are not of its trace."""
    batches = [otlp("shop", (17, "no stock", ""), (9, "asked", TRACE), (9, "calm", "")), otlp("stock", (21, "gone", TRACE))]
    findings = gathered(tmp_path, "logs.json", "\n".join(json.dumps(batch, indent=indent) for batch in batches) + "\n")
    assert [(event.message, event.level, event.service) for event in findings.events] == [
        ("no stock", "ERROR", "shop"),
        ("gone", "FATAL", "stock"),
        ("asked", "INFO", "shop"),
    ]
    gone = findings.events[1]
    assert (gone.trace_id, gone.span_id, gone.user, gone.release) == (TRACE, "00f067aa0ba902b7", "42", "2.3.1")
    assert findings.gaps == ()
    assert "2 lines" in findings.queries[0]


def test_an_error_of_otlp_stands_in_its_attributes(tmp_path: Path) -> None:
    """Type and stack by OpenTelemetry's names; a body may be a map; an unset time is that of its observation."""
    batch = otlp("shop", (17, "", TRACE))
    [record] = batch["resourceLogs"][0]["scopeLogs"][0]["logRecords"]  # type: ignore[index]  # made above
    stack = "shop.StockError: none left\n\tat shop.Stock.take(Stock.java:9)\n"
    told = {"exception.type": "shop.StockError", "exception.message": "none left", "exception.stacktrace": stack}
    body = {"kvlistValue": {"values": [{"key": "message", "value": {"stringValue": "request failed"}}, {"key": "list", "value": {"arrayValue": {}}}]}}
    record |= {"observedTimeUnixNano": record["timeUnixNano"], "timeUnixNano": "0", "body": body}
    record["attributes"] = [{"key": name, "value": {"stringValue": value}} for name, value in told.items()]
    [event] = gathered(tmp_path, "logs.json", json.dumps(batch)).events
    assert (event.message, event.error_type, event.stack) == ("request failed", "shop.StockError", stack.strip())


@pytest.mark.parametrize(
    "batch", [{"resourceLogs": [{}, 7]}, {"resourceLogs": [{"scopeLogs": [{"logRecords": [3, {"body": {}}]}], "resource": 3}]}, {"streams": [7]}]
)
def test_a_batch_of_another_shape_is_no_harm(tmp_path: Path, batch: object) -> None:
    """Whatever stands where records would."""
    assert gathered(tmp_path, "logs.json", json.dumps(batch)).events == ()


def test_what_grafana_downloads_is_an_array_of_lines(tmp_path: Path) -> None:
    """Times in nanoseconds, the labels in `fields`."""
    read = [{"line": "level=error msg=boom", "timestamp": "1765962840000000000", "fields": {"service_name": "shop"}}]
    [event] = gathered(tmp_path, "explore.json", json.dumps(read)).events
    assert (event.message, event.level, event.service) == ("boom", "ERROR", "shop")


STREAMS = [
    {
        "stream": {"app": "shop", "detected_level": "error"},
        "values": [["1765962840000000000", "no stock", {"trace_id": TRACE}], ["1765962780000000000", "ValueError: bad"]],
    },
    {"stream": {"service_name": "stock", "detected_level": "unknown"}, "values": [["1765962800000000000", "level=info msg=calm"]]},
]


@pytest.mark.parametrize("exported", [{"streams": STREAMS}, {"status": "success", "data": {"resultType": "streams", "result": STREAMS, "stats": {}}}])
@pytest.mark.parametrize("indent", [None, 1])
def test_the_lines_of_lokis_streams_are_events(tmp_path: Path, exported: object, indent: int | None) -> None:
    """As they are pushed, and as its API answers."""
    findings = gathered(tmp_path, "loki.json", json.dumps(exported, indent=indent))
    assert [(event.message, event.level, event.service, event.trace_id) for event in findings.events] == [
        ("no stock", "ERROR", "shop", TRACE),
        ("ValueError: bad", "ERROR", "shop", None),
    ]
    assert findings.gaps == ()


@pytest.mark.parametrize("labels", ["labels", "fields"])
def test_a_line_of_logcli_is_what_the_program_wrote(tmp_path: Path, labels: str) -> None:
    """Text, logfmt, a document, a stack of several lines; the times are Loki's. Grafana's download has the labels in `fields`."""
    said = (
        f"2025-12-17T09:14:00Z ERROR charge failed trace_id={TRACE}",
        'level=error msg="no stock"',
        json.dumps({"level": "error", "msg": "no leaf"}),
        "calm",
        "java.lang.IllegalStateException: boom",
        "\tat com.acme.A.b(A.java:3)",
    )
    about = {"app": "shop"}
    read = [{"line": line, "timestamp": f"2025-12-17T09:14:00.00{number}Z"} for number, line in enumerate(said)]
    lines = [{labels: about, **one} if labels == "labels" else {**one, labels: about} for one in read]
    findings = gathered(tmp_path, "loki.jsonl", "".join(f"{json.dumps(line)}\n" for line in lines))
    errors = [event for event in findings.events if event.level == "ERROR" or event.stack]
    assert [event.message for event in errors][-4:] == ["java.lang.IllegalStateException: boom", "no leaf", "no stock", f"charge failed trace_id={TRACE}"]
    assert {event.service for event in errors} == {"shop"}
    assert (errors[0].error_type, errors[-1].trace_id) == ("java.lang.IllegalStateException", TRACE)


def test_postgresqls_table_has_no_header(tmp_path: Path) -> None:
    """`csvlog`: the columns are known; a statement may have several lines, whatever the file is called."""
    session = '"shop","shop",4711,"10.0.0.1:5432",67.12,3,"INSERT",2025-12-17 09:00:00 UTC,3/7,1234'
    row = f'2025-12-17 09:14:00.123 UTC,{session},{{}},{{}},"{{}}",,,,,,"SELECT\n 1",,,"api","client backend",,0\n'
    text = (
        row.format("ERROR", "23505", 'duplicate key ""orders_pkey""')
        + row.format("LOG", "00000", "checkpoint")
        + row.format("FATAL", "53300", "too many clients")
    )
    findings = gathered(tmp_path, "postgresql.log", text)
    assert [(event.message, event.level) for event in findings.events] == [('duplicate key "orders_pkey"', "ERROR"), ("too many clients", "FATAL")]
    assert findings.gaps == ()


@pytest.mark.parametrize("indent", [None, 4])
def test_events_of_kubectl_are_read(tmp_path: Path, indent: int | None) -> None:
    """`kubectl get events -o json`: a list of items."""
    about = {"kind": "Event", "involvedObject": {"kind": "Pod", "name": "pay-0"}, "lastTimestamp": "2025-12-17T09:14:00Z"}
    items = [{**about, "reason": reason, "type": kind, "message": "it was so"} for reason, kind in (("Started", "Normal"), ("BackOff", "Warning"))]
    findings = gathered(tmp_path, "events.json", json.dumps({"apiVersion": "v1", "items": items, "kind": "List"}, indent=indent))
    assert [(event.level, event.service, event.message) for event in findings.events] == [("ERROR", "pay", "BackOff: it was so")]
    assert findings.gaps == ()
