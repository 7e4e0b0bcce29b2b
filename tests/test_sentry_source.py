"""The Sentry source against a Sentry on loopback: what it finds of an issue, and what it leaves out."""

from datetime import timedelta

import msgspec
import pytest

from bot.core.logs.matching import alike, failing_event
from bot.core.stacktrace import stacktrace
from bot.model import Deploy, LogEvent, Trend
from tests.fakes.sentry import TOKEN, FakeSentry
from tests.sentry_asking import inquiry, kinds, link, source, the
from tests.sentry_events import ALERT, AT, RELEASE, SECRETS, TRACE, event

pytest_plugins = ["tests.sentry_fixtures"]
pytestmark = pytest.mark.slow


def test_a_link_becomes_the_issue_with_everything_around_it(sentry: FakeSentry) -> None:
    """Event, issue, counts, breadcrumbs, other issues, deploy, release and suspect commits, from eight calls."""
    found = source(sentry).gather(inquiry(link(sentry)))

    assert found.gaps == ()
    assert kinds(found) == ["issue", "metric", "trace", "issue", "deploy", "commit", "commit"]  # the transaction's other issue is the release's
    assert [(one.error_type, one.service, one.release, one.trace_id) for one in found.events[:1]] == [("ValidationError", "transfers", RELEASE, TRACE)]
    assert found.events[0].place == link(sentry, f"issues/4412/events/{0:032x}/")
    assert stacktrace.read(found.events[0].stack).frames[0].file == "transfers/leaves.py"
    assert len(sentry.requests) == 8
    assert all(evidence.place.startswith(link(sentry, "")) for evidence in found.evidence)


@pytest.mark.parametrize("linked", ["issues/4412/", f"issues/4412/events/{2:032x}/", f"issues/4412/events/{9:032x}/"])
def test_the_other_events_are_handed_over_to_be_counted(sentry: FakeSentry, linked: str) -> None:
    """Without traces; the alert stays about the event that has one, also when it is not the nearest."""
    sentry.add(sentry.issues["4412"], event(7, ALERT + timedelta(seconds=30)))
    asked = inquiry(link(sentry, linked), error_type="ValidationError", message="insufficient leaf balance")
    found = source(sentry).gather(asked)

    assert [bool(one.stack) for one in found.events] == [True] + [False] * (len(found.events) - 1)
    assert failing_event(asked.alert, found.events[::-1]) is found.events[0]
    assert len({one.place for one in found.events}) == len(found.events)
    assert alike(found.events[0], found.events) == list(found.events)
    assert "transfers@2.13.1" in {one.release for one in found.events}


def test_the_issue_tells_its_history(sentry: FakeSentry) -> None:
    """State, first and last seen, releases, that it came back, what somebody noted, and the tags of the event."""
    told = the(source(sentry).gather(inquiry(link(sentry))), "issue").text

    assert told.splitlines()[0] == "ValidationError: insufficient leaf balance in transfers.handler in transfer"
    for part in ("TRANSFERS-4F unresolved, regressed", "5 events of 3 users in all", "first in transfers@2.10.0", "came back: transfers@2.14.0"):
        assert part in told
    assert "note: the row lock was missing" in told
    assert "this event: release=transfers@2.14.0 environment=production transaction=/transfers" in told


def test_counts_before_and_after(sentry: FakeSentry) -> None:
    """Events and users around the alert, as long before, by the hour, and what they share; no hour of the future."""
    found = the(source(sentry).gather(inquiry(link(sentry))), "metric")

    assert isinstance(found.detail, Trend)
    assert dict(found.detail.counts) == {"events around the alert": 4, "users of them": 3, "events in as long before": 0, "events listed before": 1}
    assert "4 events of 3 users in the 6 minutes around the alert (2026-03-04 10:00 to 10:06 UTC), 0 events in as many minutes before." in found.text
    assert "by the hour: 10:00 4, 09:00 1" in found.text
    assert "release transfers@2.14.0: 4 of 4" in found.text
    assert "99" not in found.text


def test_other_issues_resolved_ones_too(sentry: FakeSentry) -> None:
    """Sentry's default query would hide what is resolved; the issue itself is not among the others."""
    found = source(sentry).gather(inquiry(link(sentry)))
    told = the(found, "issue", "of release").text

    assert told.splitlines() == [
        "1 other issue of release transfers@2.14.0 (resolved ones too):",
        "TRANSFERS-4G: TimeoutError: pool exhausted (resolved, 1 events in all)",
    ]
    assert all("query" in request.query for request in sentry.requests if request.path.endswith("/issues/"))
    assert "query=release" in the(found, "issue", "of release").place


def test_release_deploy_and_suspects(sentry: FakeSentry) -> None:
    """The deploy under the alert's name of the environment; commits without their authors."""
    found = source(sentry).gather(inquiry(link(sentry)))
    deploy = the(found, "deploy").detail

    assert isinstance(deploy, Deploy)
    assert (deploy.service, deploy.environment, deploy.release, deploy.commit) == ("transfers", "prod", RELEASE, "9c0ffee0" * 5)
    assert the(found, "commit", "its commits").text.splitlines()[-1] == "9c0ffee09c0f 2026-03-04 09:30 acme/transfers: Drop the row lock"
    assert the(found, "commit", "suspects").text.splitlines()[-1].endswith("Drop the row lock (via SCM integration)")
    assert "releases/transfers%402.14.0/" in the(found, "commit", "its commits").place


def test_nobody_is_named(sentry: FakeSentry) -> None:
    """No user, author, cookie, header, variable or value of a query stands in what is handed over."""
    found = source(sentry).gather(inquiry(link(sentry)))
    told = msgspec.json.encode(found).decode()

    assert [word for word in (*SECRETS, "Mira", TOKEN, "evil.example", "10.0.0.1") if word in told] == []


def test_events_are_paged_and_the_rest_is_said(sentry: FakeSentry) -> None:
    """Three pages at most, by cursor; what was not reached is not counted as nothing."""
    sentry.page = 1
    found = source(sentry).gather(inquiry(link(sentry)))

    pages = [request for request in sentry.requests if request.path.endswith("/events/")]
    assert [request.query.get("cursor") for request in pages] == [None, "0:1:0", "0:2:0"]
    assert "at least 3 events" in the(found, "metric").text
    assert "as many minutes before were not reached" in the(found, "metric").text
    assert any("→ 3 or more" in query for query in found.queries)


def test_times_that_are_late_or_lack_a_zone(sentry: FakeSentry) -> None:
    """Without a zone it is UTC; an event of the future is not the one before the alert."""
    future = event(50, AT + timedelta(days=2))
    sentry.issues["4412"].events = [event(1, dateCreated="2026-03-04T10:03:00"), future]
    found = source(sentry).gather(inquiry(link(sentry)))

    assert [one.time.isoformat() for one in found.events] == ["2026-03-04T10:03:00+00:00"]
    assert isinstance(found.events[0], LogEvent)
