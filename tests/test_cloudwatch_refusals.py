"""Whatever CloudWatch Logs refuses, or answers in its place, is told with a remedy; nothing of it stops a diagnosis."""

import boto3
import pytest
from botocore import exceptions

from bot.config import Fields, Limits
from bot.errors import SourceError
from bot.model import Findings
from bot.sources.cloudwatch.cloudwatch import CloudWatchSource
from tests.cloudwatch_account import TRANSFERS, Account, at, causes, following, inquiry, messages
from tests.fakes.cloudwatch import on, refusal
from tests.fakes.loopback import Answer

pytestmark = pytest.mark.slow

pytest_plugins = ["tests.cloudwatch_fixtures"]

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


@pytest.fixture
def logs(account: Account) -> Account:
    """Two groups with an error each."""
    account.server.put(TRANSFERS, "a", (at(-30), "ERROR insufficient leaf balance"))
    account.server.put("/aws/lambda/other", "b", (at(-20), "ERROR pool exhausted"))
    return account


def told(account: Account, **settings: object) -> str:
    """What becomes of a round: its gaps, or its error as the gap that it becomes."""
    try:
        return causes(account.source(**settings).gather(inquiry()))  # type: ignore[arg-type]
    except SourceError as error:
        return f"{error.doing}: {error.cause} → {error.remedy}"


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("ExpiredTokenException", "the temporary AWS keys have expired → assume the role again"),
        ("UnrecognizedClientException", "AWS does not accept these keys"),
        ("InvalidSignatureException", "the clock of this machine"),
    ],
)
def test_credentials_that_fail_end_it_at_once(logs: Account, code: str, says: str) -> None:
    """One call, one sentence."""
    logs.server.fail(lambda _: True, refusal(code), times=99)
    assert says in told(logs)
    assert len(logs.server.requests) == 1


def test_no_credentials_at_all(account: Account) -> None:
    """Nothing is asked."""
    account.session = boto3.Session(region_name="us-west-2")
    assert "no AWS credentials were found" in told(account)


def test_a_session_that_cannot_be_opened(account: Account) -> None:
    """A profile that is not there."""

    def fails(_: str | None) -> boto3.Session:
        raise exceptions.ProfileNotFound(profile="ops")

    source = CloudWatchSource("prod", {"prod": account.logs()}, Fields(), Limits(), session=fails)
    with pytest.raises(SourceError) as caught:
        source.gather(inquiry())
    assert "AWS_PROFILE" in caught.value.remedy


def test_a_permission_that_is_missing_is_named(logs: Account) -> None:
    """Each action by its name, with the group it is for."""
    logs.server.denied = {"FilterLogEvents"}
    findings = logs.source().gather(inquiry())
    assert "not authorized to perform: logs:FilterLogEvents" in causes(findings)
    assert f"allow logs:FilterLogEvents on {TRANSFERS} for this role" in causes(findings)
    assert len(logs.server.asked("FilterLogEvents")) == 2
    logs.server.denied = {"StartQuery"}
    assert "allow logs:StartQuery on /aws/lambda/other, /aws/lambda/transfers" in causes(logs.source(insights=True).gather(inquiry()))


def test_groups_that_may_not_be_described_are_read_all_the_same(logs: Account) -> None:
    """A name stands for itself; a wildcard for nothing."""
    logs.server.denied = {"DescribeLogGroups"}
    findings = logs.source(TRANSFERS, "/aws/lambda/*").gather(inquiry())
    assert messages(findings) == ["insufficient leaf balance"]
    assert [gap.wanted for gap in findings.gaps] == [f"what {name} stands for and how long it is kept" for name in (TRANSFERS, "/aws/lambda/*")]
    assert "allow logs:DescribeLogGroups" in causes(findings)


def test_a_group_of_another_class_that_may_not_be_described(account: Account) -> None:
    """Only the refusal tells of it."""
    account.server.group(TRANSFERS, kind="INFREQUENT_ACCESS")
    account.server.denied = {"DescribeLogGroups"}
    assert "set `cloudwatch: prod: insights: true`, and allow logs:DescribeLogGroups" in causes(account.source(TRANSFERS).gather(inquiry()))


def test_asked_to_slow_down_it_waits(logs: Account) -> None:
    """Longer each time, and then goes on; no event is lost."""
    logs.server.fail(on("FilterLogEvents"), refusal("ThrottlingException", "Rate exceeded"), times=2)
    findings = logs.source(TRANSFERS).gather(inquiry())
    assert messages(findings) == ["insufficient leaf balance"]
    assert findings.gaps == ()
    assert logs.waited == [1.0, 2.0]


def test_throttled_beyond_patience_is_a_gap(logs: Account) -> None:
    """Within the deadline, and with a remedy."""
    logs.server.fail(on("FilterLogEvents"), refusal("ThrottlingException", "Rate exceeded"), times=99)
    assert "AWS kept refusing for too many calls (ThrottlingException) → wait and run it again" in told(logs)


def test_a_group_deleted_meanwhile_is_a_gap_beside_the_others(logs: Account) -> None:
    """Between two rounds."""
    source = logs.source()
    source.gather(inquiry())
    del logs.server.groups["/aws/lambda/other"]
    findings = source.gather(inquiry())
    assert messages(findings) == ["insufficient leaf balance"]
    assert "no /aws/lambda/other in us-west-2 of this account → correct `cloudwatch: prod: groups:`" in causes(findings)


def test_a_filter_that_aws_does_not_take_is_told(logs: Account) -> None:
    """The operator can mend it."""
    assert "InvalidParameterException: Invalid filter pattern → correct `cloudwatch: prod: filter:`" in told(logs, filter="{ $.level")


HTML = Answer(200, b"<html>Sign in</html>", {"Content-Type": "text/html"})


@pytest.mark.parametrize(
    "answer",
    [
        HTML,
        Answer(403, b"<html>Forbidden</html>", {"Content-Type": "text/html"}),
        Answer(302, b"", {"Location": "https://login.example/"}),
        Answer(200, b'{"events": [{"mess'),
        Answer(200, b"[" * 100_000),
        Answer(200, b""),
        Answer(200, [1]),
        Answer(200, {"events": {"a": 1}}),
        Answer(200, {"events": [3]}),
        Answer(200, {"found": []}),
    ],
)
def test_what_is_no_answer_of_cloudwatch_is_a_gap(logs: Account, answer: Answer) -> None:
    """A login page, a proxy's page, a page cut in the middle, a shape that changed; redirects are not followed."""
    logs.server.fail(on("FilterLogEvents"), answer, times=99)
    assert "an answer that cannot be read (a web page, or cut off?)" in told(logs)


@pytest.mark.parametrize(
    "event",
    [
        {"timestamp": "x", "message": "ERROR a"},
        {"timestamp": 1765886380000},
        {"timestamp": 1765886380000, "message": {"a": 1}},
        {"timestamp": -5, "message": "ERROR a"},
        {"timestamp": 10**30, "message": "ERROR a"},
        {},
    ],
)
def test_events_of_another_shape_are_passed_over(logs: Account, event: dict[str, object]) -> None:
    """The others stay."""
    good = {"timestamp": 1765886390000, "message": "ERROR insufficient leaf balance", "logStreamName": "a", "eventId": "1", "ingestionTime": "x"}
    logs.server.fail(on("FilterLogEvents"), Answer(200, {"events": [event, good], "nextToken": 5}))
    assert "insufficient leaf balance" in messages(logs.source(TRANSFERS).gather(inquiry()))


def test_a_page_that_breaks_off_keeps_the_pages_before_it(logs: Account) -> None:
    """And says after how many it ended."""
    logs.server.page = 1
    logs.server.put(TRANSFERS, "a", (at(-25), "ERROR two"), (at(-24), "ERROR three"))
    logs.server.fail(lambda request: b"nextToken" in request.body and b"1/1" in request.body, Answer(cut=True), times=9)
    findings = logs.source(TRANSFERS).gather(inquiry(error_type=None, message="three", culprit=None))
    assert "three" in messages(findings)
    assert "it broke off after page 1: CloudWatch Logs in us-west-2 does not answer" in causes(findings)


def test_a_slow_answer_ends_within_the_deadline(logs: Account) -> None:
    """What the other groups answered is kept."""
    logs.server.fail(lambda request: b"other" in request.body and b"filterPattern" in request.body, Answer(delay=2.0), times=9)
    findings = logs.source(limits=Limits(source_seconds=1.5)).gather(inquiry())
    assert "insufficient leaf balance" in messages(findings)
    assert "does not answer" in causes(findings)


def test_nobody_listens(account: Account) -> None:
    """The endpoint is named among what to check."""
    assert "check network and VPN, `cloudwatch: prod: region:` and `endpoint:`" in told(account, endpoint="http://127.0.0.1:9")


def test_later_rounds_fail_as_softly(logs: Account) -> None:
    """A trace that cannot be searched is a gap of its own."""
    source = logs.source()
    source.gather(inquiry())
    logs.server.fail(on("FilterLogEvents"), HTML, times=99)
    findings = source.gather(following(TRACE))
    assert findings.events == ()
    assert "cannot be read" in causes(findings)


def test_no_secret_stands_in_what_is_told(logs: Account) -> None:
    """Neither key nor signature."""
    logs.server.fail(on("FilterLogEvents"), refusal("AccessDeniedException", "no"), times=99)
    findings: Findings = logs.source().gather(inquiry())
    assert "allow logs:FilterLogEvents" in causes(findings)
    assert "made-up" not in repr(findings)
    assert "AKIA" not in repr(findings)
