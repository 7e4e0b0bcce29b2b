"""In large files only what can matter is read; it must be what reading every line would have found, at the same line."""

import gzip
import json
import os
import random
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.config import Fields, Limits, LogFiles
from bot.core.logs.form import form_of
from bot.core.logs.time import Dating
from bot.model import Alert, Findings, Inquiry, LogEvent, Permalink
from bot.sources.logs.blocks import Block
from bot.sources.logs.files import FileSource
from bot.sources.logs.profile import profile
from bot.sources.logs.scan import SMALL
from bot.sources.logs.sought import Sought, Stretch

DAY = datetime(2025, 12, 17, tzinfo=UTC)
ALERT = DAY + timedelta(hours=9, minutes=15)
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
STACK = '\nTraceback (most recent call last):\n  File "a.py", line 1, in f\nKeyError: 1'
PAD = "x" * 150


def gathered(root: Path, *paths: str, limits: Limits | None = None, clock: Callable[[], float] | None = None, timezone: str = "UTC") -> Findings:
    """Round one for an alert at a quarter past nine that names a trace."""
    alert = Alert(Permalink("acme.slack.com", "C1", "1765962900.000000"), ALERT, "prod", "boom")
    inquiry = Inquiry(alert, ALERT - timedelta(minutes=5), ALERT + timedelta(minutes=1), trace_ids=(TRACE,))
    files = (LogFiles(paths, timezone=timezone),)
    bounds = limits or Limits(source_seconds=300)
    source = FileSource("files", root, files, Fields(), bounds, clock) if clock else FileSource("files", root, files, Fields(), bounds)
    return source.gather(inquiry)


def ndjson(at: datetime, number: int, trace: str, error: bool) -> str:
    """A document, some errors with a stack below it."""
    document = {"@timestamp": f"{at:%Y-%m-%dT%H:%M:%S.%f}Z", "level": "ERROR" if error else "INFO", "trace_id": trace, "message": f"m{number} {PAD}"}
    return json.dumps(document) + STACK * (error and number % 3 == 0)


def plain(at: datetime, number: int, trace: str, error: bool) -> str:
    """A line of Python's logging."""
    return f"{at:%Y-%m-%d %H:%M:%S},000 {'ERROR' if error else 'INFO'} [w] app - m{number} trace_id={trace} {PAD}" + STACK * (error and number % 3 == 0)


def klog(at: datetime, number: int, trace: str, error: bool) -> str:
    """A level of one letter, no year."""
    return f"{'E' if error else 'I'}{at:%m%d %H:%M:%S.%f}   12345 file.go:1] m{number} trace_id={trace} {PAD}"


def docker(at: datetime, number: int, trace: str, error: bool) -> str:
    """A stack whose lines are documents each."""
    texts = [f"{'ERROR' if error else 'INFO'} m{number} trace_id={trace} {PAD}", *(STACK.split("\n")[1:] if error and number % 3 == 0 else [])]
    return "\n".join(json.dumps({"log": f"{text}\n", "stream": "stdout", "time": f"{at:%Y-%m-%dT%H:%M:%S.%f}Z"}) for text in texts)


def elixir(at: datetime, number: int, trace: str, error: bool) -> str:
    """A clock without a date."""
    level, stack = ("error", STACK * (number % 3 == 0)) if error else ("info", "")
    return f"{at:%H:%M:%S}.{at.microsecond // 1000:03} trace_id={trace} [{level}] m{number} {PAD}{stack}"


def nginx(at: datetime, number: int, trace: str, error: bool) -> str:
    """No level: the status tells. A number of bytes may look like one."""
    return f'10.0.0.7 - - [{at:%d/%b/%Y:%H:%M:%S} +0000] "GET /m{number} HTTP/1.1" {502 if error else 200} {number % 600} "-" "{trace} {PAD}"'


def haproxy(at: datetime, number: int, trace: str, error: bool) -> str:
    """The time of syslog, without a year."""
    told = f"in app/a 0/0/1/2/9 {503 if error else 200} 217 - - ---- 1/1 0/0"
    return f'{at:%b %d %H:%M:%S} lb haproxy[7]: 10.0.1.2:33 [{at:%d/%b/%Y:%H:%M:%S}.655] {told} "GET /m{number} {trace} {PAD}"'


def envoy(at: datetime, number: int, trace: str, error: bool) -> str:
    """The request right behind the time."""
    return f'[{at:%Y-%m-%dT%H:%M:%S.%f}Z] "POST /m{number} HTTP/1.1" {503 if error else 200} - via_upstream - "-" 0 91 10 9 "10.0.0.1" "{trace}" "{PAD}"'


def json_access(at: datetime, number: int, trace: str, error: bool) -> str:
    """Without a level, too."""
    return json.dumps({"time": f"{at:%Y-%m-%dT%H:%M:%S.%f}Z", "path": f"/m{number} {PAD}", "method": "GET", "status": 520 if error else 200, "trace": trace})


Writer = Callable[[datetime, int, str, bool], str]
ROW = 10_000


def given_log(path: Path, write: Writer, seconds: Sequence[float]) -> list[tuple[str, int]]:
    """A log larger than what is read line by line, its lines at these seconds of the day; the messages and lines of the errors of the window."""
    chance = random.Random(7)  # noqa: S311 - the same every time
    line, expected, texts = 1, [], []
    for number, second in enumerate(seconds):
        at = DAY + timedelta(seconds=second)
        error = chance.random() < 0.05
        text = write(at, number, TRACE if number % 97 == 0 else f"{chance.getrandbits(128):032x}", error)
        if error and ALERT - timedelta(minutes=5) <= at <= ALERT + timedelta(minutes=1):
            expected.append((f"m{number}", line))
        texts.append(text)
        line += text.count("\n") + 1
    data = "\n".join(texts).encode()
    assert len(data) > SMALL
    path.write_bytes(gzip.compress(data, 1) if path.suffix == ".gz" else data)
    return expected


def errors_of(findings: Findings) -> list[tuple[str, int]]:
    """The errors by message, with their lines."""
    found = [event for event in findings.events if event.level == "ERROR" and event.trace_id != TRACE]
    return sorted((named(event), int(event.place.rpartition(":")[2])) for event in found)


def named(event: LogEvent) -> str:
    """Which of the lines it is."""
    match = re.search(r"\bm\d+\b", event.message)
    return match[0] if match else ""


IN_ORDER = [6 * 3600 * n / ROW + 6 * 3600 for n in range(ROW)]
JITTERED = [second + 40 * ((n * 7919) % 100) / 100 for n, second in enumerate(IN_ORDER)]
SHUFFLED = random.Random(3).sample(IN_ORDER, ROW)  # noqa: S311
LAID_END_TO_END = IN_ORDER[::2] + IN_ORDER[1::2]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("write", "seconds"),
    [
        pytest.param(ndjson, IN_ORDER, id="documents in order"),
        pytest.param(ndjson, LAID_END_TO_END, id="documents end to end"),
        pytest.param(plain, JITTERED, id="plain lines nearly in order"),
        pytest.param(plain, SHUFFLED, id="plain lines shuffled"),
        pytest.param(klog, IN_ORDER, id="klog in order"),
        pytest.param(klog, SHUFFLED, id="klog shuffled"),
        pytest.param(docker, JITTERED, id="docker nearly in order"),
        pytest.param(docker, SHUFFLED, id="docker shuffled"),
        pytest.param(elixir, IN_ORDER, id="a clock in order"),
        pytest.param(elixir, SHUFFLED, id="a clock shuffled"),
    ],
)
def test_what_is_read_is_what_all_lines_hold(tmp_path: Path, write: Writer, seconds: Sequence[float]) -> None:
    """In whatever order the lines stand; stacks stay with their errors, line numbers are those of the file."""
    expected = given_log(tmp_path / "a.log", write, seconds)
    findings = gathered(tmp_path, "a.log", limits=Limits(source_seconds=300, error_events=5_000))
    assert errors_of(findings) == sorted(one for one in expected if int(one[0][1:]) % 97)
    assert all(event.stack for event in findings.events if event.level == "ERROR" and int(named(event)[1:]) % 3 == 0 and write is not klog)
    assert [event for event in findings.events if event.trace_id == TRACE] != []


@pytest.mark.slow
@pytest.mark.parametrize("seconds", [IN_ORDER, SHUFFLED], ids=["in order", "shuffled"])
@pytest.mark.parametrize("write", [nginx, haproxy, envoy, json_access])
def test_of_a_large_access_log_the_lines_that_failed_are_found(tmp_path: Path, write: Writer, seconds: Sequence[float]) -> None:
    """The same as when all of its lines are read."""
    expected = given_log(tmp_path / "a.log", write, seconds)
    findings = gathered(tmp_path, "a.log", limits=Limits(source_seconds=300, error_events=5_000))
    found = sorted(
        (named(event), int(event.place.rpartition(":")[2]))
        for event in findings.events
        if event.level == "ERROR" and event.time <= ALERT + timedelta(minutes=1) and event.time >= ALERT - timedelta(minutes=5)
    )
    assert [one for one in found if int(one[0][1:]) % 97] == sorted(one for one in expected if int(one[0][1:]) % 97)


@pytest.mark.slow
def test_a_packed_log_is_gone_through(tmp_path: Path) -> None:
    """There is no way but through."""
    expected = given_log(tmp_path / "a.log.gz", ndjson, IN_ORDER)
    findings = gathered(tmp_path, "a.log.gz", limits=Limits(source_seconds=300, error_events=5_000))
    assert errors_of(findings) == sorted(one for one in expected if int(one[0][1:]) % 97)


@pytest.mark.slow
def test_of_a_log_in_order_little_is_read(tmp_path: Path) -> None:
    """And the query says how much was passed over."""
    given_log(tmp_path / "a.log", ndjson, IN_ORDER)
    query = gathered(tmp_path, "a.log").queries[0]
    assert "(3 MB before and after passed over by their times)" in query


@pytest.mark.slow
def test_a_stretch_out_of_order_is_noticed(tmp_path: Path) -> None:
    """A log restored in the middle of another: then all of it is read."""
    window = (ALERT - DAY).total_seconds()
    restored = [window - 200 + n / 10 for n in range(1_500)]
    expected = given_log(tmp_path / "a.log", ndjson, IN_ORDER[:1_500] + restored + IN_ORDER[3_000:])
    assert {line < 3_000 for _, line in expected} == {True, False}
    findings = gathered(tmp_path, "a.log", limits=Limits(source_seconds=300, error_events=5_000))
    assert errors_of(findings) == sorted(one for one in expected if int(one[0][1:]) % 97)


@pytest.mark.slow
def test_when_time_runs_out_over_counting_the_place_is_told_by_bytes(tmp_path: Path) -> None:
    """What was found is handed over all the same."""
    given_log(tmp_path / "a.log", ndjson, IN_ORDER)
    ticks = iter([0.0] * 3 + [1e9] * 1_000)
    findings = gathered(tmp_path, "a.log", clock=lambda: next(ticks))
    assert any("after byte" in event.place for event in findings.events) or findings.gaps[-1].cause.startswith("the deadline came at a.log")


@pytest.mark.slow
def test_a_file_of_another_time_is_not_read(tmp_path: Path) -> None:
    """One whose last change lies before the window, and a packed one that begins after it; the query counts them."""
    given_log(tmp_path / "a.log", ndjson, IN_ORDER)
    given_log(tmp_path / "a.log.1", ndjson, [second / 10 for second in IN_ORDER])
    given_log(tmp_path / "a.log.2.gz", ndjson, [second + 4 * 3600 for second in IN_ORDER])
    os.utime(tmp_path / "a.log.1", (DAY.timestamp() + 9_000, DAY.timestamp() + 9_000))
    findings = gathered(tmp_path, "a.log*")
    assert {event.place.partition(":")[0] for event in findings.events} == {"a.log"}
    assert "in 3 files" in findings.queries[0]
    assert "(2 files of another time not read)" in findings.queries[0]


@pytest.mark.parametrize(("written", "zone"), [("2025-12-17 11:14:00", "+02:00"), ("2025-12-17 10:14:00", "Europe/Berlin"), ("2025-12-17T09:14:00Z", "+02:00")])
def test_times_without_a_zone_are_of_the_configured_one(tmp_path: Path, written: str, zone: str) -> None:
    """A zone that is written counts."""
    (tmp_path / "a.log").write_text(f"{written} ERROR boom\n")
    [event] = gathered(tmp_path, "a.log", timezone=zone).events
    assert event.time == ALERT - timedelta(minutes=1)


def test_a_year_that_was_guessed_is_told(tmp_path: Path) -> None:
    """Syslog writes none."""
    (tmp_path / "a.log").write_text("Dec 17 09:14:00 host app[1]: ERROR boom\n")
    findings = gathered(tmp_path, "a.log")
    assert findings.events[0].time == ALERT - timedelta(minutes=1)
    assert "1 line, years taken from the alert's time → 1" in findings.queries[0]


@pytest.mark.parametrize(
    "line",
    [
        "2025-12-17 09:14:10,000 ERROR x",
        '{"time":1765962850000}',
        "E1217 09:14:10.1 1 f.go:1] x",
        "Dec 17 09:14:10 h a: x",
        "<3>Dec 17 09:14:10 h a: x",
        '1.1.1.1 - - [17/Dec/2025:10:14:10 +0100] "GET',
        '{"log":"x","stream":"stdout","time":"2025-12-17T09:14:10Z"}',
    ],
)
def test_the_bytes_of_a_time_are_foretold_from_another_line(line: str) -> None:
    """So that lines of the window are found without reading the others; minutes beside it are not."""
    found = form_of(line, Fields(), Dating(UTC, ALERT))
    assert found is not None
    assert found[0] is not None
    inside, before = (found[0].needles(ALERT + timedelta(minutes=first), ALERT + timedelta(minutes=last)) for first, last in [(-5, 1), (-40, -2)])
    data = line.encode()
    assert [list(needle.places(data, len(data))) != [] for needle in inside or ()] == [True]
    assert [place for needle in before or () for place in needle.places(data, len(data))] == []


def test_a_long_window_is_looked_for_by_the_hour() -> None:
    """A whole day would take 1,440 texts."""
    found = form_of("2025-12-17T09:14:10Z x", Fields(), Dating())
    assert found is not None
    assert found[0] is not None
    needles = found[0].needles(DAY, DAY + timedelta(hours=23)) or ()
    assert (len(needles), needles[0].prefix) == (24, b"2025-12-17T00")


@pytest.mark.parametrize("write", [nginx, haproxy, envoy])
def test_of_an_access_log_only_the_lines_that_may_have_failed_are_read(write: Writer) -> None:
    """A line that told no failing status by its bytes would be read for nothing, and nearly all are such."""
    lines = [write(ALERT, number, "x" * 32, number == 250) for number in range(500)]
    data = "\n".join(lines).encode()
    seen = profile(data, "access.log", Fields(), Dating(UTC, ALERT))
    window = Stretch(ALERT - timedelta(minutes=5), ALERT + timedelta(minutes=1))
    sought = Sought(window, (), window)
    read = sought.regions(Block(bytearray(data), len(data)), seen.needles(window), near=True, wordless=seen.wordless)
    assert [data[begin:end].decode().rstrip("\n") for begin, end in read] == [lines[250]]
