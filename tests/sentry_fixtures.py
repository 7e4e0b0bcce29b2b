"""Fixtures of the tests of Sentry: one server for all, a new organization for each."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.fakes.sentry import FakeSentry, Issue
from tests.sentry_events import AT, RELEASE, event


@pytest.fixture(scope="session")
def sentry_server() -> Iterator[FakeSentry]:
    """A Sentry below a path, as self-hosted ones are."""
    with FakeSentry(prefix="/sentry") as server:
        yield server


@pytest.fixture
def sentry(sentry_server: FakeSentry) -> FakeSentry:
    """The same with the transfer issue in it: four events of three users around the alert, one an hour before."""
    sentry_server.reset()
    fill(sentry_server)
    return sentry_server


def fill(sentry_server: FakeSentry) -> None:
    """The transfer issue: four events of three users around the alert, one an hour before; and issues that are not meant."""
    events = [event(number, AT - timedelta(seconds=20 * number)) for number in range(4)] + [
        event(9, AT - timedelta(hours=1), tags={"release": "transfers@2.13.1"})
    ]
    activity = [
        {"type": "set_regression", "dateCreated": "2026-03-04T09:04:00Z", "data": {"version": RELEASE}, "user": {"name": "Mira Fixer"}},
        {"type": "note", "dateCreated": "2026-02-01T08:00:00Z", "data": {"text": "the row lock was missing"}, "user": {"name": "Mira Fixer"}},
    ]
    hours = [[int((AT - timedelta(hours=back)).timestamp()) // 3600 * 3600, count] for back, count in ((2, 0), (1, 1), (0, 4), (-3, 99))]
    more = {"substatus": "regressed", "firstRelease": {"version": "transfers@2.10.0"}, "activity": activity, "stats": {"24h": hours}}
    sentry_server.add(
        Issue("4412", "TRANSFERS-4F", "transfers", "ValidationError", "insufficient leaf balance", culprit="transfers.handler in transfer", fields=more),
        *events,
    )
    sentry_server.add(
        Issue("4413", "TRANSFERS-4G", "transfers", "TimeoutError", "pool exhausted", status="resolved"),
        event(21, AT, contexts={"trace": {"trace_id": "f" * 32}}),
    )
    sentry_server.add(Issue("4414", "LEDGER-7", "ledger", "KeyError", "'leaf'"), event(31, AT, tags={"release": "ledger@1.0.0", "transaction": "/ledger"}))
    finished = {"environment": "production", "dateFinished": "2026-03-04T09:50:00Z"}
    sentry_server.releases = {
        RELEASE: {"dateCreated": "2026-03-04T09:40:00Z", "newGroups": 2, "commitCount": 1, "lastDeploy": finished, "lastCommit": {"id": "9c0ffee0" * 5}}
    }
    commit = {"id": "9c0ffee0" * 5, "message": "Drop the row lock\n\nFaster.", "dateCreated": "2026-03-04T09:30:00Z", "repository": {"name": "acme/transfers"}}
    sentry_server.commits = {RELEASE: [{**commit, "author": {"name": "Mira Author", "email": "mira@acme.example"}}]}
    sentry_server.suspects = {f"{n:032x}": [{**commit, "score": 4, "suspectCommitType": "via SCM integration"}] for n in range(4)}
