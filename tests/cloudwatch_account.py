"""A CloudWatch account for tests: our own server, and a source that reads it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3

from bot.config import Fields, Limits
from bot.config.sources import CloudWatchLogs
from bot.model import Alert, Findings, Inquiry, Permalink
from bot.sources.cloudwatch.cloudwatch import CloudWatchSource
from tests.fakes.cloudwatch import CloudWatch

NOON = datetime(2025, 12, 16, 12, 0, tzinfo=UTC)
TRANSFERS = "/aws/lambda/transfers"
STREAM = "2025/12/16/[42]0123456789abcdef"
REQUEST = "8f5b2c1e-1111-4222-8333-444455556666"
XRAY = "1-5759e988-bd862e3fe1be46a994272793"
ALERT = Alert(
    Permalink("acme.slack.com", "C1", "1765886400.000000"),
    NOON,
    "prod",
    "ValidationError: insufficient leaf balance",
    error_type="ValidationError",
    culprit="transfer_handler",
    message="insufficient leaf balance",
)


def inquiry(**alert: Any) -> Inquiry:
    """Round one, for an alert that differs so far."""
    fields = {name: getattr(ALERT, name) for name in ALERT.__struct_fields__}
    return Inquiry(Alert(**{**fields, **alert}), NOON - timedelta(minutes=5), NOON + timedelta(minutes=1))


def following(*trace_ids: str) -> Inquiry:
    """A later round: only the traces are new."""
    return Inquiry(ALERT, NOON - timedelta(minutes=5), NOON + timedelta(minutes=1), search=False, trace_ids=trace_ids)


def at(seconds: float) -> datetime:
    """So many seconds from the alert."""
    return NOON + timedelta(seconds=seconds)


def messages(findings: Findings) -> list[str]:
    """What the events say."""
    return [event.message for event in findings.events]


def causes(findings: Findings) -> str:
    """What the gaps say, one a line: cause, then remedy."""
    return "\n".join(f"{gap.cause} → {gap.remedy}" for gap in findings.gaps)


LATER = at(3_600)
"""When the bot runs, unless a test says otherwise."""


@dataclass
class Account:
    """Our server, and what a source waited for."""

    server: CloudWatch
    session: boto3.Session
    waited: list[float] = field(default_factory=list)

    def source(self, *groups: str, limits: Limits | None = None, now: datetime = LATER, environment: str = "prod", **settings: Any) -> CloudWatchSource:
        """A source of these groups, all of Lambda's unless told otherwise."""
        configured = {environment: self.logs(*groups, **settings)}
        return self.among(configured, environment, limits, now)

    def among(self, configured: dict[str, CloudWatchLogs], environment: str, limits: Limits | None = None, now: datetime = LATER) -> CloudWatchSource:
        """The source of one of several environments."""
        return CloudWatchSource(
            environment,
            configured,
            Fields(),
            limits or Limits(),
            session=lambda _: self.session,
            sleep=self.waited.append,
            now=lambda: now,
        )

    def logs(self, *groups: str, **settings: Any) -> CloudWatchLogs:
        """A configuration that leads to our server."""
        return CloudWatchLogs(**{"region": "us-west-2", "groups": groups or ("/aws/lambda/*",), "endpoint": self.server.url, **settings})


def given_request(server: CloudWatch, request_id: str = REQUEST, begun: float = -12.0, stream: str = STREAM, *, trace: str = "") -> None:
    """A request of a Lambda function in Python that fails and then runs out of time."""
    traced = f"XRAY TraceId: {trace}\tSegmentId: 16c1e8fb6f9a3b2d\tSampled: true\t" if trace else ""
    server.put(
        TRANSFERS,
        stream,
        (at(begun), f"START RequestId: {request_id} Version: 42\n"),
        (at(begun + 1), "loading leaf 17\n"),
        (
            at(begun + 2),
            "[ERROR] ValidationError: insufficient leaf balance\rTraceback (most recent call last):\r"
            '\xa0\xa0File "/var/task/app.py", line 3, in transfer_handler\r\xa0\xa0\xa0\xa0check(leaf)\n',
        ),
        (at(begun + 3), f"2025-12-16T11:59:51.000Z {request_id} Task timed out after 3.00 seconds\n\n"),
        (at(begun + 3), f"END RequestId: {request_id}\n"),
        (
            at(begun + 3),
            f"REPORT RequestId: {request_id}\tDuration: 3003.17 ms\tBilled Duration: 3000 ms\tMemory Size: 128 MB\tMax Memory Used: 128 MB\t"
            f"Init Duration: 512.30 ms\tStatus: timeout\t{traced}\n",
        ),
    )
