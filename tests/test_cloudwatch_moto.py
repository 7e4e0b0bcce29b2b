"""The same source against moto, which other people wrote from AWS's behaviour: groups, streams, pages, retention, terms of filters."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from bot.config import Fields, Limits
from bot.config.sources import CloudWatchLogs
from bot.model import Alert, Inquiry, Permalink
from bot.sources.cloudwatch.cloudwatch import CloudWatchSource

pytestmark = pytest.mark.slow

REQUEST = "8f5b2c1e-1111-4222-8333-444455556666"
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
STREAM = "2025/12/16/[42]0123456789abcdef"
GROUP = "/aws/lambda/transfers"


@dataclass(frozen=True)
class Moto:
    """An empty account. `now` is this very moment: as AWS does, moto refuses events that are older than two weeks."""

    url: str
    session: boto3.Session
    writer: Any
    now: datetime

    def put(self, group: str, stream: str, *events: tuple[float, str]) -> None:
        """Write events so many seconds from now, creating group and stream."""
        if not any(one["logGroupName"] == group for one in self.writer.describe_log_groups(logGroupNamePrefix=group)["logGroups"]):
            self.writer.create_log_group(logGroupName=group)
        self.writer.create_log_stream(logGroupName=group, logStreamName=stream)
        told = [{"timestamp": round((self.now + timedelta(seconds=seconds)).timestamp() * 1000), "message": message} for seconds, message in sorted(events)]
        self.writer.put_log_events(logGroupName=group, logStreamName=stream, logEvents=told)

    def source(self, *groups: str, limits: Limits | None = None, later: timedelta = timedelta()) -> CloudWatchSource:
        """A source whose filter is one term: moto answers with everything to any other."""
        logs = CloudWatchLogs("us-west-2", groups or ("/aws/lambda/*",), filter="ERROR", endpoint=self.url)
        return CloudWatchSource("prod", {"prod": logs}, Fields(), limits or Limits(), session=lambda _: self.session, now=lambda: self.now + later)

    def inquiry(self, **later: Any) -> Inquiry:
        """Round one, or a later one."""
        permalink = Permalink("acme.slack.com", "C1", "1765886400.000000")
        alert = Alert(permalink, self.now, "prod", "x", error_type="ValidationError", message="insufficient leaf balance")
        return Inquiry(alert, self.now - timedelta(minutes=5), self.now + timedelta(minutes=1), **later)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Where moto listens."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(scope="module")
def session() -> boto3.Session:
    """Made-up keys."""
    return boto3.Session(aws_access_key_id="AKIAEXAMPLE", aws_secret_access_key="made-up", region_name="us-west-2")


@pytest.fixture
def moto(address: str, session: boto3.Session) -> Moto:
    """An account as new."""
    writer = session.client("logs", endpoint_url=address)
    for group in writer.describe_log_groups()["logGroups"]:
        writer.delete_log_group(logGroupName=group["logGroupName"])
    return Moto(address, session, writer, datetime.now(UTC).replace(microsecond=0))


def test_errors_of_several_groups_are_found(moto: Moto) -> None:
    """By wildcard, in the window, most like the alert first."""
    moto.put(GROUP, "a", (-400, "ERROR too early"), (-30, "ERROR ValidationError: insufficient leaf balance"), (-20, "INFO fine"))
    moto.put("/aws/lambda/other", "b", (-10, "ERROR pool exhausted"))
    moto.put("/ecs/other", "b", (-10, "ERROR not asked"))
    moto.writer.create_log_group(logGroupName="/aws/lambda/empty")
    findings = moto.source().gather(moto.inquiry())
    found = [event.message for event in findings.events]
    assert found[0] == "ValidationError: insufficient leaf balance"
    assert "pool exhausted" in found
    assert not {"too early", "not asked"} & set(found)
    assert findings.gaps == ()


def test_pages_are_read_to_their_end(moto: Moto) -> None:
    """With tokens, up to the limit."""
    moto.put(GROUP, "a", *((-n / 100, f"{n} trace_id={TRACE}") for n in range(300)))
    inquiry = moto.inquiry(search=False, trace_ids=(TRACE,))
    assert len(moto.source().gather(inquiry).events) == 300
    assert len(moto.source(limits=Limits(trace_events=70)).gather(inquiry).events) == 70


def test_a_request_of_lambda_is_followed(moto: Moto) -> None:
    """Within its stream, lines without its id too."""
    report = f"REPORT RequestId: {REQUEST}\tDuration: 12.50 ms\tBilled Duration: 13 ms\tMemory Size: 256 MB\tMax Memory Used: 90 MB"
    lines = (f"START RequestId: {REQUEST} Version: 42", "printed", f"END RequestId: {REQUEST}", report)
    moto.put(GROUP, STREAM, (-60, "printed before"), *((-30 + n, line) for n, line in enumerate(lines)), (-20, "printed after"))
    findings = moto.source().gather(moto.inquiry(search=False, trace_ids=(REQUEST,)))
    assert [event.message.split(" RequestId")[0] for event in findings.events] == ["START", "printed", "END", "REPORT"]
    assert findings.evidence[0].text == f"request {REQUEST} took 12 ms; used 90 of 256 MB (35 %)"


def test_retention_is_read_from_the_group(moto: Moto) -> None:
    """As AWS describes it."""
    moto.put(GROUP, "a", (-30, "ERROR x"))
    moto.writer.put_retention_policy(logGroupName=GROUP, retentionInDays=3)
    findings = moto.source(GROUP, later=timedelta(days=9)).gather(moto.inquiry())
    assert any("keeps events for 3 days: all of the window" in gap.cause for gap in findings.gaps)


def test_a_group_that_is_missing_is_refused_as_by_aws(moto: Moto) -> None:
    """By the listing, and by a search after it was deleted."""
    moto.put(GROUP, "a", (-30, "ERROR x"))
    source = moto.source(GROUP, "/ecs/none")
    assert [gap.wanted for gap in source.gather(moto.inquiry()).gaps] == ["log group /ecs/none"]
    moto.writer.delete_log_group(logGroupName=GROUP)
    assert any(gap.cause == f"no {GROUP} in us-west-2 of this account" for gap in source.gather(moto.inquiry()).gaps)
