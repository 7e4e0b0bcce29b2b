"""Lambda's own lines tell which request a line belongs to and what the request used."""

import pytest

from bot.core.logs.lambda_lines import Mark, Usage, ended_badly, mark, request_id, requests, usage, version, without_request, xray_id

ONE, TWO = "8f5b2c1e-1111-4222-8333-444455556666", "8f5b2c1e-1111-4222-8333-444455557777"
XRAY = "1-5759e988-bd862e3fe1be46a994272793"
REPORT = f"REPORT RequestId: {ONE}\tDuration: 3003.17 ms\tBilled Duration: 3600 ms\tMemory Size: 128 MB\tMax Memory Used: 37 MB\t"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (f"{REPORT}\n", Usage(ONE, 3003.17, 128, 37)),
        (f"{REPORT}Init Duration: 512.30 ms\tXRAY TraceId: {XRAY}\tSegmentId: 1\tSampled: true\t\n", Usage(ONE, 3003.17, 128, 37, 512.3)),
        (f"{REPORT}Restore Duration: 80 ms\tBilled Restore Duration: 81 ms\tStatus: timeout", Usage(ONE, 3003.17, 128, 37, 80.0, "timeout")),
        (f"{REPORT}Status: error\tError Type: Runtime.ExitError", Usage(ONE, 3003.17, 128, 37, None, "error", "Runtime.ExitError")),
        (
            f'{{"time":"2025-12-16T12:00:00Z","type":"platform.report","record":{{"requestId":"{ONE}","metrics":{{"durationMs":12.5,"billedDurationMs":13,'
            '"memorySizeMB":256,"maxMemoryUsedMB":90,"initDurationMs":7},"status":"failure","errorType":"Function.X"}}',
            Usage(ONE, 12.5, 256, 90, 7.0, "failure", "Function.X"),
        ),
        (f"REPORT RequestId: {ONE}", Usage(ONE, 0.0, 0, 0)),
        (f'{{"type":"platform.report","record":{{"requestId":"{ONE}","metrics":{{"durationMs":"x","memorySizeMB":-1}}}}}}', Usage(ONE, 0.0, 0, 0)),
        (f"START RequestId: {ONE} Version: 42", None),
        ("REPORT RequestId: ../etc/passwd", None),
        ('{"type":"platform.report","record":3}', None),
        ("", None),
    ],
)
def test_a_report_tells_what_a_request_used(line: str, expected: Usage | None) -> None:
    """In Lambda's text and JSON formats; figures that are none count as nothing."""
    assert usage(line) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (f"START RequestId: {ONE} Version: $LATEST", ONE),
        (f"2025-12-16T12:00:00.000Z\t{ONE}\tERROR\tboom", ONE),
        (f"[ERROR]\t2025-12-16T12:00:00.000Z\t{ONE}\tboom", ONE),
        (f"2025-12-16T12:00:03.003Z {ONE} Task timed out after 3.00 seconds", ONE),
        (f"RequestId: {ONE} Error: Runtime exited with error: signal: killed", ONE),
        (f'{{"level":"ERROR","requestId":"{ONE}","message":"boom"}}', ONE),
        (f'{{"message":"x","function_request_id":"{ONE}"}}', ONE),
        ("2025-12-16T12:00:00.000Z\tundefined\tERROR\tboom", None),
        ('{"requestId":"not an id"}', None),
        ("{broken", None),
        (f"a user {ONE} did something", None),
    ],
)
def test_the_request_that_a_line_names(line: str, expected: str | None) -> None:
    """As the runtimes of Node.js and Python, the platform, and loggers of JSON write it; any other UUID is none."""
    assert request_id(line) == expected


def test_a_line_without_an_id_belongs_to_the_request_before_it() -> None:
    """From START to REPORT; between two requests to none."""
    lines = [
        f"END RequestId: {TWO}",
        "between",
        f"START RequestId: {ONE} Version: 1",
        "printed",
        f"END RequestId: {ONE}",
        REPORT,
        "after",
        f"START RequestId: {TWO} Version: 1",
        "x",
    ]
    assert requests(lines) == [TWO, None, ONE, ONE, ONE, ONE, None, TWO, TWO]


def test_marks_of_the_json_format() -> None:
    """`platform.start` and its like."""
    assert mark(f'{{"type":"platform.start","record":{{"requestId":"{ONE}","version":"42"}}}}') == Mark("START", ONE)
    assert mark('{"type":"platform.initStart","record":{}}') is None


def test_how_a_function_was_ended() -> None:
    """Out of time, or its process gone."""
    assert ended_badly(f"2025-12-16T12:00:03.003Z {ONE} Task timed out after 3.01 seconds")
    assert not ended_badly("Task took 3 seconds")
    assert ended_badly(f"RequestId: {ONE} Error: Runtime exited with error: exit status 1")
    assert not ended_badly("runtime is fine")


def test_the_id_does_not_stand_at_the_head_of_a_message() -> None:
    """What remains begins with the time."""
    assert without_request(f"2025-12-16T12:00:00.000Z\t{ONE}\tERROR\tboom") == "2025-12-16T12:00:00.000Z\tERROR\tboom"
    assert without_request(f"order {ONE} failed") == f"order {ONE} failed"


def test_the_trace_that_a_header_names_is_its_root() -> None:
    """A shorter id is none of X-Ray's."""
    assert xray_id(f"X-Amzn-Trace-Id: Root={XRAY};Parent=53995c3f42cd8ad8;Sampled=1") == XRAY
    assert xray_id("Root=1-abc") is None


def test_a_stream_names_the_version() -> None:
    """Streams of other services do not."""
    assert version("2025/12/16/[42]0123456789abcdef") == "42"
    assert version("2025/12/16/transfers[$LATEST]0123456789abcdef") == "$LATEST"
    assert version("ecs/transfers/0123456789abcdef") is None
