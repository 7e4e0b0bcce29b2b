"""Links to the CloudWatch console are read into group, stream and time, and written so that they lead there again."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.core.links.cloudwatch_link import ConsoleLink, console, read, write

NOON = datetime(2025, 12, 16, 12, 0, tzinfo=UTC)
GROUP = "/aws/lambda/transfers"
STREAM = "2025/12/16/[$LATEST]8c1f0123456789ab"
HOME = "https://us-west-2.console.aws.amazon.com/cloudwatch/home?region=us-west-2"
EVENTS = f"{HOME}#logsV2:log-groups/log-group/$252Faws$252Flambda$252Ftransfers/log-events"


def test_a_link_to_one_event_is_escaped_as_the_console_does() -> None:
    """Names twice, the query once more than usual, with a dollar for each percent sign."""
    link = ConsoleLink("us-west-2", GROUP, STREAM, NOON, None, "?ERROR", "381")
    assert write(link) == (
        f"{EVENTS}/2025$252F12$252F16$252F$255B$2524LATEST$255D8c1f0123456789ab$3Fstart$3D1765886400000$26filterPattern$3D$253FERROR$26refEventId$3D381"
    )


@pytest.mark.parametrize(
    "link",
    [
        ConsoleLink("us-west-2", GROUP),
        ConsoleLink("us-west-2", "a#b.c_d-e/f", "ecs/app/1234 ?&=%2F+ü~'()!"),
        ConsoleLink("us-gov-west-1", GROUP, STREAM, NOON, NOON + timedelta(milliseconds=1)),
        ConsoleLink("cn-north-1", GROUP, None, NOON, None, '{ $.level = "ERROR" && $.x = "?&=+%" }'),
        ConsoleLink("ap-southeast-2", GROUP, STREAM, NOON, None, "", "38123456789"),
    ],
)
def test_what_is_written_is_read_back(link: ConsoleLink) -> None:
    """In every partition of AWS."""
    assert read(write(link), NOON) == (link,)
    assert write(link).startswith(console(link.region))


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (f"{EVENTS}", ConsoleLink("us-west-2", GROUP)),
        (f"{HOME}#logsV2:log-groups/log-group/$252Faws$252Flambda$252Ftransfers", ConsoleLink("us-west-2", GROUP)),
        (
            f"{HOME}#logsV2:log-groups/log-group/%252Faws%252Flambda%252Ftransfers/log-events/$3Fstart$3D-3600000",
            ConsoleLink("us-west-2", GROUP, None, NOON - timedelta(hours=1)),
        ),
        (EVENTS.replace("$", "%24"), ConsoleLink("us-west-2", GROUP)),
        (
            f"{EVENTS}$3FfilterPattern$3D$2522a$2Bb$2522$26start$3D1765886400000$26end$3D1765886460000",
            ConsoleLink("us-west-2", GROUP, None, NOON, NOON + timedelta(minutes=1), '"a b"'),
        ),
        (
            f"https://console.aws.amazon.com/cloudwatch/home?region=eu-west-1#logEventViewer:group={GROUP};stream={STREAM};start=2025-12-16T12:00:00Z",
            ConsoleLink("eu-west-1", GROUP, STREAM, NOON),
        ),
        (EVENTS.replace("https://us-west-2.", "https://123456789012-abcd1234.us-west-2."), ConsoleLink("us-west-2", GROUP, account="123456789012")),
        (
            "https://acme.awsapps.com/start/#/console?account_id=1&destination=https%3A%2F%2Fus-west-2.console.aws.amazon.com%2Fcloudwatch%2Fhome%3Fregion%3Dus-west-2"
            "%23logsV2%3Alog-groups%2Flog-group%2F%24252Fecs%24252Ftransfers",
            ConsoleLink("us-west-2", "/ecs/transfers"),
        ),
        (
            f"{HOME}#logsV2:logs-insights$3FqueryDetail$3D~(end~0~start~-3600~timeType~'RELATIVE~unit~'seconds~editorString~'fields*20*40x~source~(~'*2fecs*2ftransfers))",
            ConsoleLink("us-west-2", "/ecs/transfers", None, NOON - timedelta(hours=1), NOON),
        ),
        (
            f"{HOME}#logsV2:logs-insights$3FqueryDetail$3D$257E$2528end$257E$25272025-12-16T12*3a00*3a00.000Z$257Estart$257E$25272025-12-16T11*3a00*3a00.000Z"
            "$257EtimeType$257E$2527ABSOLUTE$257Esource$257E$2528$257E$2527arn*3aaws*3alogs*3aus-west-2*3a123456789012*3alog-group*3a*2fecs*2fx$2529$2529",
            ConsoleLink("us-west-2", "/ecs/x", None, NOON - timedelta(hours=1), NOON, account="123456789012"),
        ),
    ],
)
def test_every_form_of_the_console_is_read(url: str, expected: ConsoleLink) -> None:
    """Relative times count from the alert; access portals and multi-session hosts lead to the same place."""
    assert read(url, NOON) == (expected,)


def test_an_insights_link_shows_several_groups() -> None:
    """What it queries is left alone: it is a stranger's text."""
    url = f"{HOME}#logsV2:logs-insights$3FqueryDetail$3D~(end~0~start~-5~unit~'minutes~editorString~'*7c*20limit~source~(~'*2fecs*2fa~'*2fecs*2fb))"
    assert [(link.group, link.start) for link in read(url, NOON)] == [("/ecs/a", NOON - timedelta(minutes=5)), ("/ecs/b", NOON - timedelta(minutes=5))]


TAIL = f"{HOME}#logsV2:live-tail$3FlogGroupArns$3D~(~'arn*3aaws*3alogs*3aus-west-2*3a123456789012*3alog-group*3a*2fecs*2fa*3a*2a"


@pytest.mark.parametrize(
    ("url", "links"),
    [
        (f"{TAIL})", [("/ecs/a", None, "123456789012")]),
        (f"{TAIL})$26logStreamNames$3D~(~'web*2f1)", [("/ecs/a", "web/1", "123456789012")]),
        (f"{TAIL}~'arn*3aaws*3alogs*3aus-west-2*3a123456789012*3alog-group*3ab)", [("/ecs/a", None, "123456789012"), ("b", None, "123456789012")]),
        (f"{HOME}#logsV2:live-tail", []),
        (f"{HOME}#logsV2:live-tail$3FlogGroupArns$3D~(~'arn", []),
    ],
)
def test_live_tail_names_its_groups(url: str, links: list[tuple[str, str | None, str]]) -> None:
    """It has no time: the window's counts."""
    assert [(link.group, link.stream, link.account) for link in read(url, NOON)] == links
    assert all(link.start is None for link in read(url, NOON))


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://[",
        "https://evil.example/cloudwatch/home?region=us-west-2#logsV2:log-groups/log-group/a",
        "https://console.aws.amazon.com.evil.example/cloudwatch/home?region=us-west-2#logsV2:log-groups/log-group/a",
        "http://us-west-2.console.aws.amazon.com/cloudwatch/home?region=us-west-2#logsV2:log-groups/log-group/a",
        "https://console.aws.amazon.com/cloudwatch/home#logsV2:log-groups/log-group/a",
        "https://console.aws.amazon.com/cloudwatch/home?region=../x#logsV2:log-groups/log-group/a",
        f"{HOME}#alarmsV2:alarm/TransfersErrors",
        f"{HOME}#logsV2:log-groups/log-group/a$2520b/log-events",
        f"{HOME}#logsV2:log-groups/log-group/",
        f"{HOME}#logsV2:logs-insights$3FqueryDetail$3D~(source~(",
        "https://acme.awsapps.com/start/#/console?destination=https%3A%2F%2Fevil.example%2F",
        f"{HOME}#logsV2:log-groups/log-group/{'a' * 20_000}",
    ],
)
def test_what_is_no_link_to_logs_is_nothing(url: str) -> None:
    """Other hosts, other pages, names that no group can have."""
    assert read(url, NOON) == ()


def test_times_that_no_calendar_has_are_left_out() -> None:
    """The group is still known; a stream with control characters is none."""
    [link] = read(f"{EVENTS}/a$250Ab$3Fstart$3D-999999999999999$26end$3D99999999999999999999$26refEventId$3Dx", NOON)
    assert (link.group, link.stream, link.start, link.end, link.event_id) == (GROUP, None, None, None, None)
