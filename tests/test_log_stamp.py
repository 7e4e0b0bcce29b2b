"""Plain lines are read in the forms of the usual loggers: time, level, who sent them, and what they say."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from bot.config import Fields
from bot.core.logs.lines import plain_line
from bot.core.logs.stamp import stamped
from bot.core.logs.time import Dating, moment

AROUND = datetime(2025, 12, 17, 9, 15, tzinfo=UTC)
DATING = Dating(UTC, AROUND)
SECOND = datetime(2025, 12, 17, 9, 12, 43, tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "level", "service", "message"),
    [
        ("2025-12-17T09:12:43Z ERROR boom", "ERROR", "", "boom"),
        ("2025-12-17T09:12:43.000000000Z ERROR boom", "ERROR", "", "boom"),
        ("2025-12-17 09:12:43,000 - app - ERROR - boom", "ERROR", "", "app: boom"),
        ("2025-12-17 10:12:43+01:00 ERROR boom", "ERROR", "", "boom"),
        ("2025-12-17 09:12:43.000 UTC [123] ERROR:  boom", "ERROR", "", "123: boom"),
        ("2025/12/17 09:12:43 [error] 12#12: *3 boom", "ERROR", "", "12#12: *3 boom"),
        ("2025/12/17 09:12:43 main.go:12: boom", "", "", "main.go:12: boom"),
        ("E1217 09:12:43.000000   12345 file.go:123] boom", "ERROR", "", "file.go:123] boom"),
        ("F1217 09:12:43.000000 1 file.go:123] boom", "FATAL", "", "file.go:123] boom"),
        ('<34>1 2025-12-17T09:12:43Z host app 123 ID47 [ex@1 a="b]"] boom', "CRITICAL", "app", "boom"),
        ("<11>1 2025-12-17T09:12:43Z host app - - - boom", "ERROR", "app", "boom"),
        ("<11>Dec 17 09:12:43 host app[12]: boom", "ERROR", "app", "boom"),
        ("Dec 17 09:12:43 host systemd[1]: boom", "", "systemd", "boom"),
        ('10.0.0.1 - bob [17/Dec/2025:09:12:43 +0000] "GET /x HTTP/1.1" 502 12 "-" "curl"', "ERROR", "", '10.0.0.1 - bob "GET /x HTTP/1.1" 502 12 "-" "curl"'),
        ('10.0.0.1 - - [17/Dec/2025:10:12:43 +0100] "GET /x HTTP/1.1" 404 12', "WARN", "", '10.0.0.1 - - "GET /x HTTP/1.1" 404 12'),
        ("[Wed Dec 17 09:12:43.000000 2025] [core:error] [pid 1] boom", "ERROR", "", "[pid 1] boom"),
        ("17-Dec-2025 09:12:43.000 SEVERE [main] boom", "SEVERE", "", "[main] boom"),
        ("17 Dec 2025 09:12:43,000 ERROR boom", "ERROR", "", "boom"),
        ("Dec 17, 2025 9:12:43 AM com.acme.Foo bar", "", "", "com.acme.Foo bar"),
        ("25/12/17 09:12:43 INFO executor.Backend: boom", "INFO", "", "executor.Backend: boom"),
        ("20251217-09:12:43:000|Step|30002312|boom", "", "", "Step|30002312|boom"),
        ("1765962763 ERROR boom", "ERROR", "", "boom"),
        ("1765962763.000 ERROR boom", "ERROR", "", "boom"),
        ("1765962763000 ERROR boom", "ERROR", "", "boom"),
        ("1765962763000000 ERROR boom", "ERROR", "", "boom"),
        ("1765962763000000000 ERROR boom", "ERROR", "", "boom"),
        ("0|api      | 2025-12-17T09:12:43: ERROR boom", "ERROR", "api", "boom"),
        ("api-1  | 2025-12-17 09:12:43 ERROR boom", "ERROR", "api", "boom"),
        ("[pod/api-7d9f8c6b5-x2x4z/main] 2025-12-17T09:12:43Z ERROR boom", "ERROR", "api", "boom"),
        ("api-7d9f8c6b5-x2x4z main 2025-12-17T09:12:43Z ERROR boom", "ERROR", "api", "boom"),
        ('time="2025-12-17T09:12:43Z" level=error msg=boom', "ERROR", "", "boom"),
    ],
)
def test_a_line_of_a_usual_logger_is_read(line: str, level: str, service: str, message: str) -> None:
    """Whatever stands first: a time, a level, a priority, an address, a sender."""
    found = plain_line(line, "p", DATING)
    assert found is not None
    assert (found.time, found.level, found.service, found.message) == (SECOND, level, service, message)


@pytest.mark.parametrize(
    "line",
    [
        "at 2025-12-17T09:12:43Z it broke",
        "java.io.IOException: boom",
        "    at f (a.js:1:2)",
        "Feb 30 09:12:43 host app: x",
        "INFO:  127.0.0.1 - OK",
        "12345 x",
        "",
    ],
)
def test_what_only_looks_like_a_stamp_is_none(line: str) -> None:
    """A time in the middle of a sentence, a day that does not exist, a number."""
    assert stamped("2025-12-17T09:12:43Z boom", DATING) is not None
    assert stamped(line, DATING) is None


@pytest.mark.parametrize(
    ("around", "written", "year"),
    [
        (datetime(2026, 1, 1, 0, 5, tzinfo=UTC), "Dec 31 23:59:00", 2025),
        (datetime(2025, 12, 31, 23, 59, tzinfo=UTC), "Jan  1 00:01:00", 2026),
        (datetime(2028, 3, 1, tzinfo=UTC), "Feb 29 12:00:00", 2028),
    ],
)
def test_a_year_that_is_not_written_is_the_nearest_to_the_alert(around: datetime, written: str, year: int) -> None:
    """Also over New Year, and for a day that only leap years have."""
    found = moment(written, Dating(UTC, around))
    assert found is not None
    assert found.year == year
    assert moment(written) is None


def test_a_time_without_zone_is_of_the_configured_one() -> None:
    """A written zone always counts."""
    dating = Dating(timezone(timedelta(hours=2)))
    assert moment("2025-12-17 11:12:43", dating) == SECOND
    assert moment("2025-12-17 09:12:43Z", dating) == SECOND


@pytest.mark.parametrize(
    "written",
    [
        "Dec 17, 2025 @ 09:12:43.000",
        "Wed, 17 Dec 2025 09:12:43 GMT",
        "17/Dec/2025:09:12:43 +0000",
        "2025.12.17 09:12:43",
        "Wed Dec 17 09:12:43 2025",
        "Dec 17, 2025 9:12:43 AM",
    ],
)
def test_a_field_may_hold_a_time_in_words(written: str) -> None:
    """Exports of Discover, RFC 1123, ctime."""
    assert moment(written) == SECOND


@pytest.mark.parametrize(
    "line",
    [
        "a-" * 50_000,
        "[" * 100_000,
        "11:58:22" + " a=b" * 30_000,
        "pid=1 " * 20_000,
        "<34>1 2025-12-17T09:12:43Z h a - - " + '[a="' * 20_000,
        "1 " * 50_000,
        " " * 100_000,
        "api-1 " + " " * 100_000,
    ],
)
def test_a_hostile_line_costs_no_more_than_its_length(line: str) -> None:
    """No pattern backtracks; the suite's own time would show it."""
    found = plain_line(line, "p", DATING, Fields())
    assert found is None or len(found.message) <= len(line)


@pytest.mark.parametrize(
    "line",
    [
        "<11>1 2025-12-17T09:12:43Z host a\x1b[31mpp 1 - - boom",
        "<11>Dec 17 09:12:43 host a\u115fpp[12]: boom",
        "a\u115fpp-1  | 2025-12-17T09:12:43Z boom",
        "Dec 17 09:12:43 host a\u3164pp[1]: boom",
    ],
)
def test_what_nobody_can_see_is_no_part_of_who_sent_it(line: str) -> None:
    """Sequences of a terminal, letters without a form."""
    found = plain_line(line, "p", DATING, Fields())
    assert found is not None
    assert found.service == "app"
