"""The Sentry source against a Sentry on loopback: what it finds, what it asks, and what it says when it cannot see."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from bot.config import Limits, Secret
from bot.core import stacktrace
from bot.core.matching import failing_event
from bot.errors import SourceError
from bot.model import Alert, Deploy, Evidence, Findings, Inquiry, LogEvent, Permalink, Trend
from bot.source_config import SentryOrganization
from bot.sources.sentry import SentrySource
from tests.fakes.loopback import Answer, Request
from tests.fakes.sentry import TOKEN, FakeSentry, Issue
from tests.sentry_events import ALERT, AT, SECRETS, TRACE, event

NAMES = {"prod": "production"}
RELEASE = "transfers@2.14.0"
HTML = {"Content-Type": "text/html"}


@pytest.fixture(scope="module")
def running() -> Iterator[FakeSentry]:
    """A Sentry below a path, as self-hosted ones are."""
    with FakeSentry(prefix="/sentry") as server:
        yield server


@pytest.fixture
def sentry(running: FakeSentry) -> FakeSentry:
    """The same with the transfer issue in it: four events of three users around the alert, one an hour before."""
    running.reset()
    events = [event(number, AT - timedelta(seconds=20 * number)) for number in range(4)] + [
        event(9, AT - timedelta(hours=1), tags={"release": "transfers@2.13.1"})
    ]
    activity = [
        {"type": "set_regression", "dateCreated": "2026-03-04T09:04:00Z", "data": {"version": RELEASE}, "user": {"name": "Mira Fixer"}},
        {"type": "note", "dateCreated": "2026-02-01T08:00:00Z", "data": {"text": "the row lock was missing"}, "user": {"name": "Mira Fixer"}},
    ]
    hours = [[int((AT - timedelta(hours=back)).timestamp()) // 3600 * 3600, count] for back, count in ((2, 0), (1, 1), (0, 4), (-3, 99))]
    more = {"substatus": "regressed", "firstRelease": {"version": "transfers@2.10.0"}, "activity": activity, "stats": {"24h": hours}}
    running.add(
        Issue("4412", "TRANSFERS-4F", "transfers", "ValidationError", "insufficient leaf balance", culprit="transfers.handler in transfer", fields=more),
        *events,
    )
    running.add(
        Issue("4413", "TRANSFERS-4G", "transfers", "TimeoutError", "pool exhausted", status="resolved"),
        event(21, AT, contexts={"trace": {"trace_id": "f" * 32}}),
    )
    running.add(Issue("4414", "LEDGER-7", "ledger", "KeyError", "'leaf'"), event(31, AT, tags={"release": "ledger@1.0.0", "transaction": "/ledger"}))
    finished = {"environment": "production", "dateFinished": "2026-03-04T09:50:00Z"}
    running.releases = {
        RELEASE: {"dateCreated": "2026-03-04T09:40:00Z", "newGroups": 2, "commitCount": 1, "lastDeploy": finished, "lastCommit": {"id": "9c0ffee0" * 5}}
    }
    commit = {"id": "9c0ffee0" * 5, "message": "Drop the row lock\n\nFaster.", "dateCreated": "2026-03-04T09:30:00Z", "repository": {"name": "acme/transfers"}}
    running.commits = {RELEASE: [{**commit, "author": {"name": "Mira Author", "email": "mira@acme.example"}}]}
    running.suspects = {f"{n:032x}": [{**commit, "score": 4, "suspectCommitType": "via SCM integration"}] for n in range(4)}
    return running


class Time:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now, self.slept = 1_772_618_700.0, list[float]()

    def __call__(self) -> float:
        """Seconds."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.slept.append(seconds)
        self.now += seconds


def source(sentry: FakeSentry, token: str | None = TOKEN, time: Time | None = None, **configured: Any) -> SentrySource:
    """The source of that Sentry; its clock stands still but for sleeping."""
    time = time or Time()
    organization = SentryOrganization(**{"organization": "acme", "url": sentry.home, "environments": NAMES, **configured})
    return SentrySource(organization, Limits(), Secret(token) if token else None, clock=time, sleep=time.sleep, now=time)


def inquiry(*links: str, **alert: Any) -> Inquiry:
    """What round one asks for an alert of production."""
    told = {"text": "Something failed", **alert}
    posted = Alert(Permalink("acme.slack.com", "C1", "1772618700.000100"), ALERT, "prod", log_links=links, **told)
    return Inquiry(posted, ALERT - timedelta(minutes=5), ALERT + timedelta(minutes=1))


def link(sentry: FakeSentry, rest: str = "issues/4412/") -> str:
    """A link as people copy it from that Sentry."""
    return f"{sentry.home}/organizations/acme/{rest}"


def kinds(findings: Findings) -> list[str]:
    """What kinds of evidence there are."""
    return [evidence.kind for evidence in findings.evidence]


def the(findings: Findings, kind: str, word: str = "") -> Evidence:
    """The first piece of evidence of a kind with a word in it."""
    return next(evidence for evidence in findings.evidence if evidence.kind == kind and word in evidence.text)


def test_a_link_becomes_the_issue_with_everything_around_it(sentry: FakeSentry) -> None:
    """Event, issue, counts, breadcrumbs, other issues, deploy, release and suspect commits, from eight calls."""
    found = source(sentry).gather(inquiry(link(sentry)))

    assert found.gaps == ()
    assert kinds(found) == ["issue", "metric", "trace", "issue", "deploy", "commit", "commit"]  # the transaction's other issue is the release's
    assert [(one.error_type, one.service, one.release, one.trace_id) for one in found.events] == [("ValidationError", "transfers", RELEASE, TRACE)]
    assert found.events[0].place == link(sentry, f"issues/4412/events/{0:032x}/")
    assert stacktrace.read(found.events[0].stack).frames[0].file == "transfers/leaves.py"
    assert len(sentry.requests) == 8
    assert all(evidence.place.startswith(link(sentry, "")) for evidence in found.evidence)


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


@pytest.mark.parametrize(
    ("rest", "event_id"),
    [
        (f"issues/4412/events/{2:032x}/?project=7&referrer=slack", 2),
        ("issues/4412/?environment=production&alert_type=issue", 0),
        ("issues/TRANSFERS-4F/", 0),
        (f"projects/transfers/events/{9:032x}/", 9),
        ("issues/?query=TRANSFERS-4F", 0),
    ],
)
def test_any_shape_of_link(sentry: FakeSentry, rest: str, event_id: int) -> None:
    """The event that is linked, else the last one before the alert."""
    found = source(sentry).gather(inquiry(link(sentry, rest)))

    assert found.events[0].place == link(sentry, f"issues/4412/events/{event_id:032x}/")
    assert found.gaps == ()


def test_a_short_id_in_the_text(sentry: FakeSentry) -> None:
    """Sentry's message in Slack names it where the link was lost."""
    found = source(sentry).gather(inquiry(text="ValidationError\nShort ID: TRANSFERS-4F"))

    assert found.events[0].place.startswith(link(sentry, "issues/4412/"))


def test_without_a_link_type_and_message_find_it(sentry: FakeSentry) -> None:
    """The issue most like the alert, in the window and the environment, in the configured projects."""
    asked = inquiry(error_type="acme.ValidationError", message="insufficient leaf balance", text="ValidationError: insufficient leaf balance")
    found = source(sentry, projects=("transfers",)).gather(asked)

    assert found.events[0].place.startswith(link(sentry, "issues/4412/"))
    assert failing_event(asked.alert, found.events) is found.events[0]
    first = sentry.requests[0].query
    assert first["query"] == 'error.type:["acme.ValidationError", "ValidationError"] project:["transfers"]'
    assert (first["environment"], first["start"], first["end"]) == ("production", "2026-03-04T10:00:00", "2026-03-04T10:06:00")
    assert any(query.endswith('project:["transfers"] → 1') for query in found.queries)


def test_without_a_type_the_message_finds_it(sentry: FakeSentry) -> None:
    """The part of the message that does not vary is looked for."""
    found = source(sentry).gather(inquiry(message="transfer 881 has insufficient leaf balance"))
    assert found.events == ()  # "has insufficient…" stands in no issue; what the window holds is told
    sentry.requests.clear()
    found = source(sentry).gather(inquiry(message="#881: insufficient leaf balance"))

    assert sentry.requests[0].query["query"] == 'message:"*insufficient leaf balance*"'
    assert found.events[0].error_type == "ValidationError"


def test_what_else_fails_when_nothing_is_like_the_alert(sentry: FakeSentry) -> None:
    """No event is made the alert's; the issues of the window are told, in all projects."""
    found = source(sentry).gather(inquiry(error_type="MemoryError", message="cannot allocate buffers"))

    assert found.events == ()
    assert the(found, "issue").text.startswith("3 other issues with events around the alert")
    assert len(sentry.requests) == 3


def test_words_of_an_alert_are_no_query(sentry: FakeSentry) -> None:
    """An alert that writes Sentry's query language finds nothing by it: the fake refuses what it cannot parse."""
    found = source(sentry).gather(inquiry(error_type='X"] is:resolved OR ["', message='oh " is:unresolved " no * never'))

    assert found.events == ()
    assert found.gaps == ()


def test_an_environment_that_sentry_does_not_know(sentry: FakeSentry) -> None:
    """It answers 404 for one: then all are searched, and the gap says what to write."""
    found = source(sentry, environments={}).gather(inquiry(link(sentry)))

    assert len(found.events) == 1
    assert [gap.cause for gap in found.gaps] == ["Sentry knows no environment 'prod', so all were looked at"]
    assert "environments: {prod: …}" in found.gaps[0].remedy


def test_the_link_says_the_environment(sentry: FakeSentry) -> None:
    """Sentry's own name in the link goes before the configuration's."""
    source(sentry, environments={}).gather(inquiry(link(sentry, "issues/4412/?environment=staging")))

    assert {request.query["environment"] for request in sentry.requests if "environment" in request.query} == {"staging"}


def test_later_rounds_follow_new_leads_once(sentry: FakeSentry) -> None:
    """Other issues of the trace are looked for once; what is known already is not asked again."""
    sentry.add(Issue("4415", "LEDGER-8", "ledger", "LeafGone", "no such leaf"), event(41, AT, tags={"release": "ledger@1.0.0"}))
    asking, first = source(sentry), inquiry(link(sentry))
    asking.gather(first)
    sentry.requests.clear()
    later = msgspec.structs.replace(first, search=False, trace_ids=(TRACE,), release=RELEASE)
    found = asking.gather(later)

    assert the(found, "issue").text.splitlines()[0] == f"2 other issues in trace {TRACE} (resolved ones too):"
    assert [request.query["query"] for request in sentry.requests] == [f'trace:["{TRACE}"]']
    assert asking.gather(later) == Findings()
    assert asking.gather(msgspec.structs.replace(later, trace_ids=())) == Findings()


def test_a_release_that_others_named(sentry: FakeSentry) -> None:
    """Sentry found no issue of its own: the release of the log line leads to its commits, once."""
    asking, first = source(sentry), inquiry(text="")
    asking.gather(first)
    later = msgspec.structs.replace(first, search=False, release=RELEASE)

    assert kinds(asking.gather(later)) == ["issue", "deploy", "commit"]
    assert asking.gather(later) == Findings()


def test_a_release_that_sentry_does_not_know_is_no_gap(sentry: FakeSentry) -> None:
    """Logs may call a release otherwise."""
    asking, first = source(sentry), inquiry(text="")
    asking.gather(first)

    assert asking.gather(msgspec.structs.replace(first, search=False, release="2.14.0")).gaps == ()
    asking.gather(first)
    assert asking.gather(msgspec.structs.replace(first, search=False, release="feature/x ../..")).gaps == ()


def test_an_alert_of_another_organization(sentry: FakeSentry) -> None:
    """A link to this Sentry, but to others' issues: nothing is asked."""
    assert source(sentry).gather(inquiry(f"{sentry.home}/organizations/other/issues/4412/")) == Findings()
    assert sentry.requests == []


def test_a_project_that_is_not_named_is_not_read(sentry: FakeSentry) -> None:
    """The issue's words do not come along; the gap says what to add."""
    found = source(sentry, projects=("ledger",)).gather(inquiry(link(sentry)))

    assert found.events == ()
    assert "add transfers to `projects:`" in found.gaps[0].remedy
    assert "insufficient" not in msgspec.json.encode(found).decode()


def test_events_are_paged_and_the_rest_is_said(sentry: FakeSentry) -> None:
    """Three pages at most, by cursor; what was not reached is not counted as nothing."""
    sentry.page = 1
    found = source(sentry).gather(inquiry(link(sentry)))

    pages = [request for request in sentry.requests if request.path.endswith("/events/")]
    assert [request.query.get("cursor") for request in pages] == [None, "0:1:0", "0:2:0"]
    assert "at least 3 events" in the(found, "metric").text
    assert "as many minutes before were not reached" in the(found, "metric").text
    assert any("→ 3 or more" in query for query in found.queries)


def test_a_page_that_breaks_off_keeps_what_came(sentry: FakeSentry) -> None:
    """The second page of events fails: the first counts, and the gap says so."""
    sentry.page = 2
    sentry.fail(lambda request: "cursor" in request.query, Answer(500, {}), times=9)
    found = source(sentry).gather(inquiry(link(sentry)))

    assert "at least 2 events" in the(found, "metric").text
    assert [gap.wanted for gap in found.gaps] == ["the older events"]


def test_a_window_that_sentry_no_longer_keeps(sentry: FakeSentry) -> None:
    """The issue and its latest event are told still; the gap speaks of the time that events are kept."""
    asked = inquiry(link(sentry))
    old = msgspec.structs.replace(asked, start=asked.start - timedelta(days=400), end=asked.end - timedelta(days=400))
    found = source(sentry).gather(old)

    assert len(found.events) == 1
    assert len(found.gaps) == 1
    assert found.gaps[0].cause.endswith("Please try a more recent date range.")
    assert "30 or 90 days" in found.gaps[0].remedy


def any_request(_: Request) -> bool:
    """Every request."""
    return True


@pytest.mark.parametrize(
    ("answer", "cause", "remedy"),
    [
        (Answer(401, {"detail": "Token expired"}), "HTTP 401: Token expired", "set SENTRY_AUTH_TOKEN"),
        (Answer(200, b"<html>Sign in to continue", HTML), "a web page instead of data", "`sentry: url:`"),
        (Answer(302, b"", {"Location": "https://evil.example/"}), "HTTP 302: it redirects", "`sentry: url:`"),
        (Answer(403, {"detail": "You do not have permission"}), "HTTP 403", "event:read, project:read and org:read"),
        (Answer(200, []), "another shape than Sentry's", "`sentry: url:`"),
        (Answer(200, {}), "another shape than Sentry's", "`sentry: url:`"),
        (Answer(200, b'[{"id": "44'), "not JSON, or is cut off", "`sentry: url:`"),
        (Answer(429, {"detail": "rate limited"}, {"Retry-After": "900"}), "HTTP 429: rate limited", "wait and run it again"),
        (Answer(500, {"detail": "Internal Error"}), "HTTP 500: Internal Error", "it is not well"),
        (Answer(cut=True), "the connection broke", "`sentry: url:`"),
    ],
)
def test_what_goes_wrong_is_told(sentry: FakeSentry, answer: Answer, cause: str, remedy: str) -> None:
    """Never an exception but SourceError, never a token; each has a cause and a remedy."""
    sentry.fail(any_request, answer, times=99)
    try:
        found = source(sentry).gather(inquiry(link(sentry), error_type="ValidationError"))
    except SourceError as error:
        told = [(error.cause, error.remedy)]
    else:
        assert (found.events, found.evidence) == ((), ())
        told = [(gap.cause, gap.remedy) for gap in found.gaps]

    assert any(cause in said and remedy in todo for said, todo in told), told
    assert TOKEN not in repr(told)


def test_it_waits_as_told(sentry: FakeSentry) -> None:
    """A rate limit whose end is near is waited out."""
    time = Time()
    sentry.fail(any_request, Answer(429, {"detail": "rate limited"}, {"X-Sentry-Rate-Limit-Reset": "1772618705"}), times=1)

    assert len(source(sentry, time=time).gather(inquiry(link(sentry))).events) == 1
    assert time.slept == [pytest.approx(5.1)]


def test_a_token_that_is_refused_in_between(sentry: FakeSentry) -> None:
    """What was found by then is kept, and nothing more is asked in later rounds that would be refused too."""
    sentry.fail(lambda request: "/releases/" in request.path, Answer(401, {"detail": "Token expired"}), times=9)
    found = source(sentry).gather(inquiry(link(sentry)))

    assert len(found.events) == 1
    assert [(gap.cause, gap.wanted) for gap in found.gaps] == [("HTTP 401: Token expired", "the rest")]


def test_missing_scopes_cost_their_part(sentry: FakeSentry) -> None:
    """Without project:read there are no releases, in one gap; the event stands."""
    sentry.scopes = ("event:read",)
    found = source(sentry).gather(inquiry(link(sentry)))

    assert len(found.events) == 1
    assert [gap.wanted for gap in found.gaps] == ["the release, the release's commits, suspect commits"]
    assert "project:read" in found.gaps[0].remedy


def test_an_issue_that_is_gone_is_searched_for(sentry: FakeSentry) -> None:
    """A dead link costs a gap; the alert's words are looked for still."""
    asked = inquiry(link(sentry, "issues/1/"), error_type="ValidationError", message="insufficient leaf balance")
    found = source(sentry).gather(asked)

    assert found.events[0].place.startswith(link(sentry, "issues/4412/"))
    assert [(gap.wanted, gap.cause) for gap in found.gaps] == [("the issue that the alert links to", "HTTP 404: The requested resource does not exist")]


def test_an_event_that_is_gone(sentry: FakeSentry) -> None:
    """The latest stands in for it, and the gap says so."""
    found = source(sentry).gather(inquiry(link(sentry, f"issues/4412/events/{'e' * 32}/")))

    assert found.events[0].place == link(sentry, f"issues/4412/events/{0:032x}/")
    assert [gap.wanted for gap in found.gaps] == ["the whole event"]


def test_a_server_without_suspect_commits(sentry: FakeSentry) -> None:
    """The endpoint is private: that it is not there is no gap."""
    sentry.has_committers = False
    found = source(sentry).gather(inquiry(link(sentry)))

    assert found.gaps == ()
    assert any("suspect commits → none known" in query for query in found.queries)


@pytest.mark.parametrize(
    ("token", "configured", "cause", "remedy"),
    [
        (None, {}, "it has no token", "set SENTRY_AUTH_TOKEN"),
        (TOKEN, {"organization": "acme/../x"}, "is no organization's slug", "set `sentry: organization:`"),
        (TOKEN, {"url": "sentry.acme.example"}, "its address is none", "`sentry: url:`"),
        (TOKEN, {"url": "https://u:pw12345@sentry.io"}, "holds credentials", "SENTRY_AUTH_TOKEN"),
        (TOKEN, {"ca_file": "/nowhere/ca.pem", "url": "https://sentry.io"}, "holds no certificate", "PEM"),
        ("two\nlines", {}, "characters that no token has", "SENTRY_AUTH_TOKEN"),
    ],
)
def test_half_configured_is_one_sentence(sentry: FakeSentry, token: str | None, configured: dict[str, Any], cause: str, remedy: str) -> None:
    """Asked, examined: the same sentence, once; later rounds do not repeat it."""
    asking = source(sentry, token, **configured)
    with pytest.raises(SourceError, match=cause) as caught:
        asking.gather(inquiry(text="x"))

    assert remedy in caught.value.remedy
    assert asking.gather(msgspec.structs.replace(inquiry(text="x"), search=False, trace_ids=(TRACE,))) == Findings()
    assert [(check.ok, remedy in check.remedy) for check in asking.examine()] == [(False, True)]
    assert "pw12345" not in repr(caught.value)
    assert sentry.requests == []


def test_doctor_looks_at_each_scope(sentry: FakeSentry) -> None:
    """One call for each scope, and the names of the configuration."""
    checks = list(source(sentry, projects=("transfers",)).examine())

    assert [(check.name, check.ok) for check in checks] == [
        (f"sentry acme {what}", True) for what in ("org:read", "event:read", "project:read", "projects", "environments")
    ]
    sentry.scopes = ("org:read",)
    assert [check.ok for check in source(sentry).examine()] == [True, False, False, True]


def test_doctor_names_what_is_not_there(sentry: FakeSentry) -> None:
    """Projects and environments that Sentry does not have are named, with those that it has."""
    checks = list(source(sentry, projects=("payments",), environments={"prod": "live"}).examine())

    assert [check.saw for check in checks if not check.ok] == [
        "there is no payments; there are: ledger, transfers",
        "there is no live; there are: production, staging",
    ]


def test_a_token_for_uploads_is_recognised(sentry: FakeSentry) -> None:
    """sntrys_ tokens are for releases only: said where the server only says no."""
    sentry.fail(any_request, Answer(403, {"detail": "no"}), times=9)

    assert all("can only upload releases" in check.remedy for check in source(sentry, "sntrys_x").examine())


def test_oddities_of_an_answer_break_nothing(sentry: FakeSentry) -> None:
    """Fields of other types, times that are none, control characters and huge texts."""
    odd: dict[str, Any] = {
        "metadata": [],
        "firstSeen": 7,
        "lastSeen": "soon",
        "count": {},
        "stats": [],
        "activity": {"a": 1},
        "shortId": "A\x1b[31m\u202eB",
        "status": None,
    }
    sentry.issues["4412"].fields = odd
    sentry.issues["4412"].events = [event(1, tags={"transaction": "t" * 9_000}, user=["x"], release="1.0", contexts=None or {}), event(2, entries="gone")]
    sentry.releases[RELEASE] = {"dateCreated": {}, "lastDeploy": [], "newGroups": "many"}
    sentry.commits[RELEASE] = [{"id": 7, "message": None, "repository": "x"}]
    found = source(sentry).gather(inquiry(link(sentry)))

    assert len(found.events) == 1
    assert "\x1b" not in msgspec.json.encode(found).decode()
    assert max(len(evidence.text) for evidence in found.evidence) < 5_000


def test_times_that_are_late_or_lack_a_zone(sentry: FakeSentry) -> None:
    """Without a zone it is UTC; an event of the future is not the one before the alert."""
    future = event(50, AT + timedelta(days=2))
    sentry.issues["4412"].events = [event(1, dateCreated="2026-03-04T10:03:00"), future]
    found = source(sentry).gather(inquiry(link(sentry)))

    assert [one.time.isoformat() for one in found.events] == ["2026-03-04T10:03:00+00:00"]
    assert isinstance(found.events[0], LogEvent)
