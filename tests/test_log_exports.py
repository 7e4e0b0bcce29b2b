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
