"""Log files answer for errors in a window and for traces, whatever their size and state."""

import gzip
import json
import os
import tracemalloc
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from bot.config import Fields, Limits, LogFiles
from bot.model import Alert, Findings, Inquiry, Permalink
from bot.sources.logs.files import FileSource

NOON = datetime(2025, 12, 16, 12, 0, tzinfo=UTC)
TRACE, OTHER = "4bf92f3577b34da6a3ce929d0e0e4736", "aaaa2f3577b34da6a3ce929d0e0e4736"


def given_line(message: str, seconds: float = -10, level: str = "ERROR", **fields: object) -> str:
    """A JSON line so many seconds from the alert."""
    time = (NOON + timedelta(seconds=seconds)).isoformat()
    return json.dumps({"@timestamp": time, "level": level, "message": message, **fields})


def given_source(root: Path, lines: Sequence[str], limits: Limits | None = None, environment: str | None = None) -> FileSource:
    """A source with one file that holds these lines."""
    (root / "logs").mkdir(exist_ok=True)
    (root / "logs" / "api.log").write_text("".join(f"{line}\n" for line in lines))
    return FileSource("files", root, (LogFiles(("logs/*.log",), environment),), Fields(), limits or Limits())


def inquiry(environment: str = "prod") -> Inquiry:
    """Round one for an alert at noon."""
    alert = Alert(Permalink("acme.slack.com", "C1", "1765886400.000000"), NOON, environment, "boom")
    return Inquiry(alert, NOON - timedelta(minutes=5), NOON + timedelta(minutes=1))


def following(*trace_ids: str) -> Inquiry:
    """A later round."""
    first = inquiry()
    return Inquiry(first.alert, first.start, first.end, search=False, trace_ids=trace_ids)


def messages(findings: Findings) -> list[str]:
    """What the events say."""
    return [event.message for event in findings.events]


@pytest.mark.parametrize(
    "document",
    [
        {"timeUnixNano": f"{int(NOON.timestamp())}000000000", "severityNumber": 17, "body": {"stringValue": "no leaf"}},
        {"timestamp": NOON.timestamp(), "version": "1.1", "level": 3, "short_message": "no leaf"},
        {"timestamp": NOON.timestamp(), "gl2_source_input": "5f", "level": 3, "message": "no leaf"},
        {"timestamp": NOON.timestamp(), "severity_number": "17", "message": "no leaf"},
        {"timestamp": NOON.timestamp(), "levelno": 40, "message": "no leaf"},
        {"timestamp": NOON.timestamp(), "status": "error", "message": "no leaf"},
    ],
    ids=["OpenTelemetry", "GELF", "Graylog", "OpenTelemetry, as a text", "Python", "Datadog"],
)
def test_an_error_that_only_a_number_tells_is_found(tmp_path: Path, document: dict[str, object]) -> None:
    """Or Datadog's word; however its line is spaced. A calm line is passed over."""
    calm_values = {"severityNumber": 9, "severity_number": "9", "level": 6, "levelno": 20, "status": "info"}
    calm = {name: calm_values.get(name, value) for name, value in document.items()}
    lines = [json.dumps(document), json.dumps(calm), json.dumps(document, separators=(",", ":"))]
    findings = given_source(tmp_path, lines).gather(inquiry())
    assert (messages(findings), findings.gaps) == (["no leaf"] * 2, ())


@pytest.mark.parametrize("said", [{"level": 3}, {"severity": "E"}, {"log": {"level": 3}}])
def test_a_level_that_means_nothing_is_a_gap(tmp_path: Path, said: dict[str, object]) -> None:
    """Its errors cannot be told from the rest. Where one line says its level, or none has a field for it, nothing is missed."""
    line = {"timestamp": NOON.timestamp(), "message": "no leaf"}
    [gap] = given_source(tmp_path, [json.dumps(line | said)]).gather(inquiry()).gaps
    assert (gap.wanted, "`fields: level:`" in gap.remedy) == ("log lines of logs/api.log", True)
    for other in (line, line | {"level": "info"}):
        assert given_source(tmp_path, [json.dumps(other), *([json.dumps(line | said)] if "level" in other else [])]).gather(inquiry()).gaps == ()


def test_errors_of_the_window_come_newest_first(tmp_path: Path) -> None:
    """Infos, and errors outside the window, stay out; a stack or a type makes an error of any level."""
    source = given_source(
        tmp_path,
        [
            given_line("too early", -400),
            given_line("first", -100),
            given_line("info", -50, "INFO"),
            given_line("second", -20, "err"),
            given_line("third", 30, "INFO", error_type="KeyError"),
            given_line("too late", 90),
            "2025-12-16T11:59:59Z FATAL plain",
        ],
    )
    findings = source.gather(inquiry())
    assert messages(findings) == ["third", "plain", "second", "first"]
    assert [event.place for event in findings.events] == ["logs/api.log:5", "logs/api.log:7", "logs/api.log:4", "logs/api.log:2"]
    assert findings.gaps == ()
    assert findings.queries == ("files: errors 2025-12-16 11:55:00-12:01:00Z in 1 file, 7 lines → 4",)


def test_only_the_newest_are_kept_and_the_query_says_so(tmp_path: Path) -> None:
    """`limits.error_events` bounds what travels."""
    source = given_source(tmp_path, [given_line(f"e{n}", -n) for n in range(50)], Limits(error_events=3))
    findings = source.gather(inquiry())
    assert messages(findings) == ["e0", "e1", "e2"]
    assert findings.queries[0].endswith("→ 50, the newest 3 kept")


def test_a_trace_is_followed_through_all_files_in_order_of_time(tmp_path: Path) -> None:
    """Ten minutes around the window, every level, nested and dotted ids, plain lines too."""
    source = given_source(
        tmp_path, [given_line("b", -30, "INFO", trace_id=TRACE), given_line("x", -29, trace_id=OTHER), given_line("c", -20, spans=[{"trace_id": TRACE}])]
    )
    (tmp_path / "logs" / "worker.log").write_text(f"2025-12-16T11:50:00Z INFO a trace_id={TRACE}\n2025-12-16T11:30:00Z INFO long before trace_id={TRACE}\n")
    findings = source.gather(following(TRACE))
    assert messages(findings) == [f"a trace_id={TRACE}", "b", "c"]
    assert findings.queries == (f"files: trace {TRACE} 2025-12-16 11:45:00-12:11:00Z in 2 files, 5 lines → 3 of 3",)


def test_a_longer_id_that_begins_alike_is_another_trace(tmp_path: Path) -> None:
    """Ids are compared whole."""
    source = given_source(tmp_path, [given_line("no", trace_id=f"{TRACE}ff"), given_line("yes", trace_id=TRACE)])
    assert messages(source.gather(following(TRACE))) == ["yes"]


def test_a_trace_is_found_however_a_service_spells_it(tmp_path: Path) -> None:
    """X-Ray's and Datadog's ids of the trace that the alert names as W3C does."""
    source = given_source(tmp_path, [given_line(f"Root=1-{TRACE[:8]}-{TRACE[8:]}"), given_line("m", -5, dd={"trace_id": str(int(TRACE[16:], 16))})])
    findings = source.gather(following(TRACE))
    assert len(findings.events) == 2
    assert findings.queries[0].startswith(f"files: trace {TRACE} 2025")


def test_a_long_trace_is_cut_at_its_end_and_told(tmp_path: Path) -> None:
    """The beginning explains more than the end."""
    source = given_source(tmp_path, [given_line(f"t{n}", n - 100, "INFO", trace_id=TRACE) for n in range(30)], Limits(trace_events=10))
    findings = source.gather(following(TRACE))
    assert messages(findings) == [f"t{n}" for n in range(10)]
    [gap] = findings.gaps
    assert (gap.wanted, gap.cause) == ("the whole trace", "30 lines, the first 10 were kept")


def test_only_files_of_the_alerts_environment_answer(tmp_path: Path) -> None:
    """Files without environment answer for all."""
    source = given_source(tmp_path, [given_line("boom")], environment="dev")
    assert source.gather(inquiry("prod")) == Findings()
    assert messages(source.gather(inquiry("dev"))) == ["boom"]


def test_an_inquiry_without_leads_for_logs_is_answered_empty(tmp_path: Path) -> None:
    """Later rounds may carry frames only."""
    assert given_source(tmp_path, [given_line("boom")]).gather(following()) == Findings()


def test_lines_that_cannot_be_placed_are_counted(tmp_path: Path) -> None:
    """No time, broken JSON, undecodable bytes: told, never fatal."""
    source = given_source(tmp_path, ["hello", '{"level":"ERROR","message":"when?"}', given_line("boom"), '{"level": "ERROR", broken'])
    with (tmp_path / "logs" / "api.log").open("ab") as file:
        file.write(b"2025-12-16T11:59:00Z ERROR caf\xe9 \xff\x00\n")
    findings = source.gather(inquiry())
    assert messages(findings) == ["boom", "caf\ufffd \ufffd"]
    assert [gap.cause for gap in findings.gaps] == [
        "2 lines without a time were not placed in the window",
        "1 line that began like JSON could not be read as such",
    ]
    assert all(gap.remedy for gap in findings.gaps)


def test_a_stack_of_ten_thousand_frames_keeps_what_stands_behind_it(tmp_path: Path) -> None:
    """Release and trace are read although half a megabyte of frames stands before them."""
    stack = "com.acme.Depleted: no leaf\n" + "\tat com.acme.Tree.descend(Tree.java:7)\n" * 10_000
    findings = given_source(tmp_path, [given_line("no leaf", stack=stack, release="1.7.2", trace_id=TRACE)]).gather(inquiry())
    assert [(event.error_type, event.release, event.trace_id) for event in findings.events] == [("com.acme.Depleted", "1.7.2", TRACE)]
    assert findings.gaps == ()


@pytest.mark.slow
def test_a_line_of_five_megabytes_is_cut_and_told(tmp_path: Path) -> None:
    """Its time, level and beginning are saved, and the next line is whole."""
    source = given_source(tmp_path, [given_line("a" * 5_000_000, trace_id=TRACE), given_line("after", -5)])
    tracemalloc.start()
    findings = source.gather(inquiry())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [event.place for event in findings.events] == ["logs/api.log:2", "logs/api.log:1"]
    assert findings.events[1].message.startswith("aaaa")
    assert findings.events[1].trace_id == TRACE
    assert any("1 line was too long" in gap.cause for gap in findings.gaps)
    assert peak < 10_000_000


@pytest.mark.slow
def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    """A file is never held: ten kept events cost the same out of however many lines."""
    source = given_source(tmp_path, [given_line(f"e{n} " + "x" * 20_000, -10 - n / 1000) for n in range(600)], Limits(error_events=10))
    tracemalloc.start()
    findings = source.gather(inquiry())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(findings.events) == 10
    assert peak < 10_000_000


def test_a_missing_file_and_an_empty_glob_are_gaps(tmp_path: Path) -> None:
    """Each names what was looked for and where to correct it."""
    source = FileSource("files", tmp_path, (LogFiles(("app.log", "logs/*.log", ".")),), Fields(), Limits())
    findings = source.gather(inquiry())
    assert [(gap.wanted, gap.cause) for gap in findings.gaps] == [
        ("log lines of app.log", "no such file"),
        ("log lines of logs/*.log", "no file matches"),
        ("log lines of .", "it is no file"),
    ]
    assert all("files:" in gap.remedy for gap in findings.gaps)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_a_gap(tmp_path: Path) -> None:
    """The other files still answer."""
    source = given_source(tmp_path, [given_line("boom")])
    closed = tmp_path / "logs" / "closed.log"
    closed.write_text(given_line("hidden"))
    closed.chmod(0)
    findings = source.gather(inquiry())
    assert messages(findings) == ["boom"]
    assert [gap.cause for gap in findings.gaps] == ["Permission denied"]


def test_rotated_files_are_read_and_a_damaged_one_is_a_gap(tmp_path: Path) -> None:
    """Gzip is what rotation leaves."""
    (tmp_path / "a.log.gz").write_bytes(gzip.compress(given_line("boom").encode()))
    (tmp_path / "b.log.gz").write_bytes(b"no gzip")
    (tmp_path / "c.log.gz").write_bytes(gzip.compress(given_line("half").encode() * 100)[:-20])
    findings = FileSource("files", tmp_path, (LogFiles(("*.gz",)),), Fields(), Limits()).gather(inquiry())
    assert messages(findings)[0] == "boom"
    assert {gap.wanted for gap in findings.gaps} >= {"log lines of b.log.gz", "log lines of c.log.gz"}


@pytest.mark.slow
def test_reading_stops_at_the_deadline_and_keeps_what_it_has(tmp_path: Path) -> None:
    """The clock is looked at while reading."""
    ticks = iter(range(0, 10_000, 10))
    (tmp_path / "a.log").write_text("".join(f"{given_line(f'e{n}', -n / 1000)}\n" for n in range(4_500)))
    source = FileSource("files", tmp_path, (LogFiles(("a.log",)),), Fields(), Limits(source_seconds=20, error_events=10_000), clock=lambda: next(ticks))
    findings = source.gather(inquiry())
    assert [gap.cause for gap in findings.gaps] == ["the deadline came at a.log:2000"]
    assert len(findings.events) == 1_999


def test_a_path_outside_the_root_is_shown_whole(tmp_path: Path) -> None:
    """The maintainer may point anywhere; a person must find it."""
    (tmp_path / "root").mkdir()
    (tmp_path / "app.log").write_text(given_line("boom"))
    findings = FileSource("files", tmp_path / "root", (LogFiles(("../app.log",)),), Fields(), Limits()).gather(inquiry())
    assert findings.events[0].place == f"{(tmp_path / 'app.log').as_posix()}:1"


def test_a_byte_order_mark_and_windows_line_ends_are_no_obstacle(tmp_path: Path) -> None:
    """Windows services log so."""
    (tmp_path / "a.log").write_bytes(b"\xef\xbb\xbf" + given_line("one").encode() + b"\r\n" + given_line("two", -20).encode() + b"\r\n")
    assert messages(FileSource("files", tmp_path, (LogFiles(("a.log",)),), Fields(), Limits()).gather(inquiry())) == ["one", "two"]


def test_a_time_in_brackets_begins_no_json(tmp_path: Path) -> None:
    """Apache and Monolog write it so; an array of documents begins otherwise."""
    lines = ["[2025-12-16 11:59:30] production.ERROR: no leaf", "[2025-12-16 11:59:50] production.INFO: done", "[2025-12-16 11:59:55] [error] gone"]
    assert messages(given_source(tmp_path, lines).gather(inquiry())) == ["gone", "no leaf"]


def test_doctor_looks_at_every_path(tmp_path: Path) -> None:
    """What is missing has its remedy."""
    source = FileSource("files", tmp_path, (LogFiles(("logs/*.log", "gone.log")),), Fields(), Limits())
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "a.log").touch()
    found, gone = source.examine()
    assert (found.ok, found.saw) == (True, "1 file")
    assert (gone.ok, gone.saw) == (False, "no such file")
    assert gone.remedy


def test_a_log_that_ended_before_the_window_is_a_gap(tmp_path: Path) -> None:
    """Peace that nobody looked at; a calm line of the window is peace."""
    source = given_source(tmp_path, [given_line("boom", -7200), given_line("calm", -3600, "INFO")])
    (tmp_path / "logs" / "old.log").write_text(given_line("older", -9000) + "\n")
    [gap] = source.gather(inquiry()).gaps
    assert gap.cause == "the last line of logs/api.log is of 2025-12-16 11:00:00 UTC, before the window, and no other file goes on longer"
    assert source.gather(following(TRACE)).gaps == ()
    (tmp_path / "logs" / "web.log").write_text(given_line("calm", -30, "INFO") + "\n")
    assert source.gather(inquiry()).gaps == ()


def test_a_log_whose_newest_line_comes_first_has_not_ended(tmp_path: Path) -> None:
    """Exports are written so, and lines without a time end many a log."""
    lines = [given_line("calm", -30, "INFO"), given_line("calm", -7200, "INFO"), *["no time"] * 5]
    assert [gap.wanted for gap in given_source(tmp_path, lines).gather(inquiry()).gaps] == []


def test_whether_a_packed_log_ended_only_its_last_change_tells(tmp_path: Path) -> None:
    """It is not unpacked for that."""
    plain = given_source(tmp_path, [given_line("calm", -7200, "INFO")])
    packed = tmp_path / "logs" / "api.log.1.gz"
    packed.write_bytes(gzip.compress(given_line("calm", -8000, "INFO").encode()))
    source = FileSource("files", tmp_path, (LogFiles(("logs/api.log*",)),), Fields(), Limits())
    assert source.gather(inquiry()).gaps == ()
    os.utime(packed, (NOON.timestamp() - 8000, NOON.timestamp() - 8000))
    assert [gap.cause for gap in source.gather(inquiry()).gaps] == [
        "the last line of logs/api.log is of 2025-12-16 10:00:00 UTC, before the window, and no other file goes on longer"
    ]
    assert len(plain.gather(inquiry()).gaps) == 1


def test_lines_that_name_no_service_are_of_the_one_of_their_files(tmp_path: Path) -> None:
    """As `files: service:` says; a line that names one is of that."""
    given_source(tmp_path, [given_line("boom"), given_line("crash", service="ledger"), "2025-12-16T11:59:00Z ERROR bang"])
    source = FileSource("files", tmp_path, (LogFiles(("logs/*.log",), service="checkout"),), Fields(), Limits())
    assert {event.message: event.service for event in source.gather(inquiry()).events} == {"boom": "checkout", "crash": "ledger", "bang": "checkout"}
    [sought] = source.gather(msgspec.structs.replace(inquiry(), search=False, words=("bang",), service="checkout")).events
    assert sought.message == "bang"


def test_a_request_id_is_followed_where_the_configuration_names_it(tmp_path: Path) -> None:
    """By default it is none of a trace: a proxy and a service may each give their own."""
    request = "8f507cfc-1111-4697-b07a-ac58fc914c95"
    lines = [given_line("boom", request_id=request), given_line("asked", level="INFO", request_id=request), given_line("else", level="INFO")]
    by_default = given_source(tmp_path, lines)
    named = FileSource("files", tmp_path, (LogFiles(("logs/*.log",)),), Fields(trace=(*Fields().trace, "request_id")), Limits())
    assert [[event.trace_id for event in source.gather(inquiry()).events] for source in (by_default, named)] == [[None], [request]]
    assert messages(named.gather(following(request))) == ["boom", "asked"]


@pytest.mark.parametrize("clock", ["11:59:00.000 [error] boom", "[11:59:00 ERR] boom"])
def test_a_day_that_was_guessed_is_told(tmp_path: Path, clock: str) -> None:
    """Consoles write a time without a date."""
    findings = given_source(tmp_path, [clock]).gather(inquiry())
    assert [event.time for event in findings.events] == [NOON - timedelta(minutes=1)]
    assert "1 line, days taken from the alert's time → 1" in findings.queries[0]
