"""CloudWatch Logs answers for the errors around an alert; what it could not see is a gap."""

from datetime import timedelta

import pytest

from bot.config import Limits
from bot.core.links import cloudwatch_link
from bot.core.links.cloudwatch_link import ConsoleLink
from bot.model import Findings, Trend
from tests.cloudwatch_account import NOON, REQUEST, STREAM, TRANSFERS, XRAY, Account, at, causes, following, given_request, inquiry, messages

pytestmark = pytest.mark.slow

pytest_plugins = ["tests.cloudwatch_fixtures"]


def test_the_error_most_like_the_alert_comes_first(account: Account) -> None:
    """Then errors before other lines, the newest first; across groups; the operator's filter and the window bound it in the server."""
    account.server.put(
        TRANSFERS, "a", (at(-400), "ERROR too early"), (at(-20), "INFO all is well"), (at(-30), "ERROR ValidationError: insufficient leaf balance")
    )
    account.server.put("/aws/lambda/other", "b", (at(-5), "ERROR pool exhausted"), (at(-4), "0 errors seen"))
    findings = account.source().gather(inquiry())
    assert messages(findings)[:2] == ["ValidationError: insufficient leaf balance", "pool exhausted"]
    assert "too early" not in messages(findings)
    assert findings.events[0].service == "transfers"
    assert findings.gaps == ()
    assert findings.queries[0].startswith("cloudwatch prod: errors where ?ERROR ?Error")
    assert findings.queries[0].endswith("in /aws/lambda/other, /aws/lambda/transfers 2025-12-16 11:55:00-12:01:00Z → 3 lines in 2 pages")
    asked = account.server.asked("FilterLogEvents")[0]
    assert (asked["startTime"], asked["endTime"], asked["startFromHead"]) == (1765886100000, 1765886460000, False)


def test_every_event_links_to_its_line_in_the_console(account: Account) -> None:
    """Group, stream, time and the event itself."""
    account.server.put(TRANSFERS, STREAM, (at(-30), "ERROR insufficient leaf balance"))
    [event] = account.source().gather(inquiry()).events
    [link] = cloudwatch_link.read(event.place, NOON)
    assert link == ConsoleLink("us-west-2", TRANSFERS, STREAM, at(-30), event_id=f"{0:056d}")


def test_empty_pages_are_not_the_end(account: Account) -> None:
    """While there is a token there may be more; streams are put into one order of time."""
    account.server.empty_pages, account.server.page = 3, 1
    account.server.put(TRANSFERS, "a", (at(-30), "ERROR one"), (at(-10), "ERROR three"))
    account.server.put(TRANSFERS, "b", (at(-20), "ERROR two"))
    findings = account.source().gather(inquiry(error_type=None, message=None, text="x", culprit=None))
    assert messages(findings) == ["three", "two", "one"]
    assert "→ 3 lines in 6 pages" in findings.queries[0]


def test_pages_that_never_end_are_given_up(account: Account) -> None:
    """After so many calls; what was found by then is kept."""
    account.server.endless = True
    account.server.put(TRANSFERS, "a", (at(-30), "ERROR one"))
    findings = account.source(TRANSFERS).gather(inquiry())
    assert "it was not done after 20 pages" in causes(findings)
    assert len(account.server.asked("FilterLogEvents")) <= 41


def test_before_2024_aws_knows_no_newest_first(account: Account) -> None:
    """The oldest are read then."""
    shift = timedelta(days=800)
    account.server.group(TRANSFERS, created=1_500_000_000_000)
    account.server.put(TRANSFERS, "a", (at(-30) - shift, "ERROR insufficient leaf balance"))
    old = inquiry(time=NOON - shift)
    findings = account.source().gather(type(old)(old.alert, old.start - shift, old.end - shift))
    assert messages(findings) == ["insufficient leaf balance"]
    assert "startFromHead" not in account.server.asked("FilterLogEvents")[0]


def test_more_errors_than_are_read_do_not_hide_the_alerts_own(account: Account) -> None:
    """The alert's words are looked for once more, quoted."""
    account.server.put(TRANSFERS, "a", (at(-200), 'ERROR ValidationError: insufficient leaf balance for "leaf" 17'))
    account.server.put(TRANSFERS, "a", *((at(-n / 10), f"ERROR noise {n}") for n in range(30)))
    findings = account.source(limits=Limits(error_events=10)).gather(inquiry())
    assert messages(findings)[0] == 'ValidationError: insufficient leaf balance for "leaf" 17'
    assert len(findings.events) == 10
    assert '?"ValidationError" ?"insufficient leaf balance"' in [asked.get("filterPattern") for asked in account.server.asked("FilterLogEvents")]
    assert any("the 10 kept are the most like the alert" in query for query in findings.queries)


@pytest.mark.parametrize("words", ['" ?"x', "?a -b %.*% { $.a = 1 }", "[a, b]", '"; | stats count(*)', "x" * 20_000, "\x00\x1b[31m", ""])
def test_words_of_an_alert_never_become_syntax(account: Account, words: str) -> None:
    """Neither of filter patterns nor of Insights."""
    account.server.put(TRANSFERS, "a", (at(-30), "ERROR one"))
    findings = account.source(insights=True).gather(inquiry(text=words, error_type=words, message=words, culprit=words))
    assert messages(findings) == ["one"]
    assert findings.gaps == ()
    patterns = {asked.get("filterPattern", "") for asked in account.server.asked("FilterLogEvents")} - {account.logs().filter}
    assert all(pattern.count('"') in (0, 2, 4) and "{" not in pattern and "[" not in pattern for pattern in patterns)


def test_an_alert_of_another_environment_is_not_asked(account: Account) -> None:
    """Nothing is said of it either; nor is anything asked without a lead for logs."""
    assert account.source().gather(inquiry(environment="dev")) == Findings()
    assert account.source().gather(following()) == Findings()
    assert account.source().gather(following('no " id')) == Findings()
    assert account.server.asked("FilterLogEvents") == []


def test_a_stack_trace_that_came_line_by_line_is_one_error(account: Account) -> None:
    """Agents without a multi-line pattern send each line alone; only the first matches the filter."""
    lines = (
        "Traceback (most recent call last):",
        '  File "/app/api.py", line 3, in transfer_handler',
        "    check(leaf)",
        "leaves.Short: insufficient leaf balance",
    )
    account.server.put(
        "/ecs/api", "ecs/api/1", (at(-40), "started"), (at(-30), "ERROR insufficient leaf balance"), *((at(-29.9), line) for line in lines), (at(-29.5), "next")
    )
    findings = account.source("/ecs/api").gather(inquiry(error_type=None))
    assert findings.events[0].stack.splitlines()[-1] == "leaves.Short: insufficient leaf balance"
    assert findings.events[0].error_type == "leaves.Short"
    assert "next" in messages(findings)
    assert "started" not in messages(findings)


def test_lines_of_json_are_read_by_the_configured_fields(account: Account) -> None:
    """And by the names that Lambda's runtimes use; a time that cannot be right gives way to CloudWatch's own."""
    account.server.put(
        TRANSFERS,
        "a",
        (
            at(-30),
            '{"timestamp":"2025-12-16T03:59:30","level":"error","msg":"no leaf balance","service":"api","traceId":"4bf92f3577b34da6a3ce929d0e0e4736"}',
        ),
        (
            at(-20),
            '{"level":"ERROR","errorType":"KeyError","errorMessage":"leaf","stackTrace":["  File \\"/var/task/a.py\\", line 3, in f\\n"],"requestId":"'
            + REQUEST
            + '"}',
        ),
        (
            at(-10),
            f"2025-12-16T11:59:50.000Z\t{REQUEST}\tERROR\tInvoke Error \t"
            + '{"errorType":"TypeError","errorMessage":"x is not a leaf","stack":["TypeError: x","    at f (/a.js:1:2)"]}',
        ),
    )
    first, second, third = sorted(account.source().gather(inquiry()).events, key=lambda event: event.time)
    assert (first.time, first.level, first.service, first.trace_id) == (at(-30), "ERROR", "api", "4bf92f3577b34da6a3ce929d0e0e4736")
    assert (second.message, second.error_type, second.trace_id) == ("leaf", "KeyError", REQUEST)
    assert (third.message, third.error_type, third.level, third.trace_id) == ("x is not a leaf", "TypeError", "ERROR", REQUEST)


def test_hostile_lines_are_only_text(account: Account) -> None:
    """Binary, control characters, megabytes, JSON in JSON, and no text at all."""
    lines = [
        "ERROR \x00\x1b[31m\u202e",
        "ERROR " + "x" * 1_000_000,
        '{"message":"{\\"message\\":\\"{ERROR\\"}"}',
        '{"ERROR":' * 900,
        "ERROR \ud7ff",
        "\nERROR",
        '{"time":99999999999999999999,"msg":"ERROR"}',
    ]
    account.server.put(TRANSFERS, "a", *((at(-n - 1), line) for n, line in enumerate(lines)))
    findings = account.source().gather(inquiry())
    assert len(findings.events) == len(lines)
    assert max(len(event.message) for event in findings.events) < 21_000
    assert not any("\x1b" in event.message or "\x00" in event.message for event in findings.events)


def test_counts_by_reading(account: Account) -> None:
    """Without Insights, what names the error's type is read over the hour before and after."""
    account.server.put(
        TRANSFERS,
        STREAM,
        *((at(-60 * n - 1), "ERROR ValidationError: insufficient leaf balance") for n in range(12)),
        (at(300), "ERROR ValidationError: again"),
    )
    account.server.put(TRANSFERS, STREAM.replace("[42]", "[41]"), (at(-3_000), "ERROR ValidationError: x"))
    findings = account.source().gather(inquiry())
    over_time, by_version, by_stream = [evidence for evidence in findings.evidence if evidence.kind == "metric"]
    assert isinstance(over_time.detail, Trend)
    assert over_time.detail.counts == (("11:10", 1), ("11:45", 2), ("11:50", 5), ("11:55", 5), ("12:05", 1))
    assert over_time.detail.statement == (
        'lines with "ValidationError": 14 between 11:00 and 13:00 UTC, 13 of them before the five minutes of the alert (12:00); '
        "the first from 11:10, most from 11:55 (5 in five minutes)"
    )
    assert by_version.text.splitlines()[1:] == [f"{TRANSFERS} version 42: 13", f"{TRANSFERS} version 41: 1"]
    assert "by stream" in by_stream.text
    [link] = cloudwatch_link.read(over_time.place, NOON)
    assert (link.group, link.start, link.end, link.pattern) == (TRANSFERS, at(-3_600), at(3_600), '"ValidationError"')


def test_counts_that_are_cut_off_are_at_least(account: Account) -> None:
    """Five pages of a group."""
    account.server.page = 2
    account.server.put(TRANSFERS, STREAM, *((at(-n - 1), "ERROR ValidationError: insufficient leaf balance") for n in range(40)))
    [evidence] = account.source(limits=Limits(error_events=4)).gather(inquiry()).evidence
    assert 'lines with "ValidationError": >= 10 between' in evidence.text
    assert "read back to 11:55" in evidence.text


def test_nothing_is_counted_where_nothing_was_found(account: Account) -> None:
    """Calls are spared."""
    account.server.group(TRANSFERS)
    findings = account.source(insights=True).gather(inquiry())
    assert findings.evidence == ()
    assert account.server.asked("StartQuery") == []


def test_the_trace_of_an_event_is_that_of_its_request(account: Account) -> None:
    """An unhandled error names no request: the START before it in its stream does, and its REPORT names the X-Ray trace."""
    given_request(account.server, trace=XRAY)
    first = account.source().gather(inquiry()).events[0]
    assert (first.message, first.error_type, first.trace_id) == ("ValidationError: insufficient leaf balance", "ValidationError", XRAY)
    assert "transfer_handler" in first.stack
