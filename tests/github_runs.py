"""A GitHub with runs, releases and merges around an alert, and the source that reads them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from bot.config import DEFAULT_ENVIRONMENTS, Secret
from bot.config.sources import GitHubActivity
from bot.core.alert.alert import alerts
from bot.model import Evidence, Findings, Frame, Inquiry, Message, Permalink
from bot.sources.github.github_activity import GitHubActivitySource
from bot.sources.github.runs import Access
from tests.fakes.github_actions import GitHubWithActions, LogStorage
from tests.fakes.github_state import TOKEN

ALERT = datetime(2025, 12, 17, 9, 12, 44, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
HANDLER = Frame("transfer", "/srv/app/transfers/handler.py", 12)
PERMALINK = Permalink("acme.slack.com", "C024BE91L", "1765962764.000100")


@pytest.fixture
def storage() -> Iterator[LogStorage]:
    """Where logs lie."""
    with LogStorage() as server:
        yield server


@pytest.fixture
def github(tmp_path: Path, storage: LogStorage) -> Iterator[GitHubWithActions]:
    """A deploy that went well yesterday, one that failed before the alert, and what was merged between them."""
    with GitHubWithActions(tmp_path, storage) as server:
        fill(server)
        yield server


def fill(server: GitHubWithActions) -> None:
    """What happened before the alert."""
    server.ran(ALERT - 30 * HOUR)
    server.ran(ALERT - 26 * HOUR)
    failed = server.ran(ALERT - 20 * MINUTE, "failure", display_title="Rename the leaf column (#12)")
    server.job(failed, "build", "", ALERT - 19 * MINUTE, conclusion="success")
    server.job(failed, "deploy", log(ALERT - 15 * MINUTE), ALERT - 15 * MINUTE)
    server.ran(ALERT - 2 * HOUR, file="lint.yml", event="pull_request", head_branch="topic")
    server.ran(ALERT - 3 * HOUR, "failure", file="lint.yml", event="pull_request", head_branch="topic")
    server.release("v1.3.0", ALERT - 40 * HOUR)
    server.release("v1.4.0", ALERT - HOUR, name="Leaves")
    server.release("v1.5.0", None)
    server.merge_pull(9, "Before the good deploy", ALERT - 27 * HOUR)
    server.merge_pull(11, "Say more in the log", ALERT - 5 * HOUR, "docs/log.md")
    server.merge_pull(12, "Rename the leaf column", ALERT - HOUR / 2, "src/transfers/handler.py", "migrations/0042.sql")
    server.merge_pull(13, "Given up", None)
    server.merge_pull(14, "Later", ALERT + HOUR)


def log(start: datetime) -> str:
    """What a job prints: a step before, the failing one, the cleaning up."""
    said = ((-60, "Set up"), (1, "applying 0042"), (2, 'column "leaf" does not exist'), (3, "##[error]Process completed with exit code 1."), (90, "Post"))
    return "\n".join(f"{start + timedelta(seconds=second):%Y-%m-%dT%H:%M:%S}.0000000Z {line}" for second, line in said)


def source(
    github: GitHubWithActions, *, token: str | None = TOKEN, seconds: float = 20, deploys_known: bool = False, **configured: object
) -> GitHubActivitySource:
    """The source for that repository; its logs may come from the loopback storage."""
    activity = GitHubActivity(**{"repository": github.repository, "workflows": ("deploy.yml",), "log_hosts": ("127.0.0.1",), **configured})  # type: ignore[arg-type]
    return GitHubActivitySource(activity, Access(github.url, github.url, Secret(token) if token else None), seconds, deploys_known=deploys_known)


def inquiry(text: str = "Error: transfers do not answer", **more: object) -> Inquiry:
    """Round one for an alert with that text."""
    (alert,) = alerts(Message(PERMALINK, text), DEFAULT_ENVIRONMENTS, "prod", 5)
    return msgspec.structs.replace(Inquiry(msgspec.structs.replace(alert, time=ALERT), ALERT - 5 * MINUTE, ALERT + MINUTE), **more)


def ask(github: GitHubWithActions, asked: Inquiry | None = None, **more: object) -> Findings:
    """The answer in round one."""
    return source(github, **more).gather(asked or inquiry())  # type: ignore[arg-type]


def starting(findings: Findings, words: str) -> Evidence:
    """The one piece that begins so."""
    (found,) = [one for one in findings.evidence if one.text.startswith(words)]
    return found
