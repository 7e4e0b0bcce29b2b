"""What the Sentry source says when it cannot see: refusals, odd answers, half a configuration; and what doctor sees."""

from datetime import timedelta
from pathlib import Path
from time import monotonic
from typing import Any

import msgspec
import pytest

from bot import wiring
from bot.config import Limits, Secret, Settings, parse
from bot.config.sources import SentryOrganization
from bot.errors import SourceError
from bot.model import Findings
from bot.sources.sentry.sentry import SentrySource
from tests.fakes.loopback import Answer, Request
from tests.fakes.sentry import TOKEN, FakeSentry
from tests.sentry_asking import Time, inquiry, link, source, the
from tests.sentry_events import RELEASE, TRACE, event

pytest_plugins = ["tests.sentry_fixtures"]
pytestmark = pytest.mark.slow
HTML = {"Content-Type": "text/html"}


def test_an_environment_that_sentry_does_not_know(sentry: FakeSentry) -> None:
    """It answers 404 for one: then all are searched, and the gap says what to write."""
    found = source(sentry, environments={}).gather(inquiry(link(sentry)))

    assert found.events
    assert [gap.cause for gap in found.gaps] == ["Sentry knows no environment 'prod', so all were looked at"]
    assert "environments: {prod: …}" in found.gaps[0].remedy


def test_a_project_that_is_not_named_is_not_read(sentry: FakeSentry) -> None:
    """The issue's words do not come along; the gap says what to add."""
    found = source(sentry, projects=("ledger",)).gather(inquiry(link(sentry)))

    assert found.events == ()
    assert "add transfers to `projects:`" in found.gaps[0].remedy
    assert "insufficient" not in msgspec.json.encode(found).decode()


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

    assert source(sentry, time=time).gather(inquiry(link(sentry))).events
    assert time.slept == [pytest.approx(5.1)]


def test_a_token_that_is_refused_in_between(sentry: FakeSentry) -> None:
    """What was found by then is kept, and nothing more is asked in later rounds that would be refused too."""
    sentry.fail(lambda request: "/releases/" in request.path, Answer(401, {"detail": "Token expired"}), times=9)
    found = source(sentry).gather(inquiry(link(sentry)))

    assert found.events
    assert [(gap.cause, gap.wanted) for gap in found.gaps] == [("HTTP 401: Token expired", "the rest")]


def test_a_slow_sentry_costs_what_it_did_not_answer(sentry: FakeSentry) -> None:
    """Within the deadline; what came before is kept."""
    asking = SentrySource(SentryOrganization("acme", url=sentry.home), Limits(source_seconds=1), Secret(TOKEN))
    sentry.fail(lambda request: "/releases/" in request.path, Answer(delay=60), times=9)
    begun = monotonic()
    found = asking.gather(inquiry(link(sentry)))

    assert found.events
    assert {gap.cause for gap in found.gaps} == {"Sentry knows no environment 'prod', so all were looked at", "no answer within the deadline"}
    assert monotonic() - begun < 30
    sentry.fail(any_request, Answer(delay=60), times=9)
    late = asking.gather(inquiry(link(sentry)))
    assert (late.events, late.evidence) == ((), ())
    assert {gap.cause for gap in late.gaps} == {"no answer within the deadline"}
    assert all("source_seconds" in gap.remedy for gap in late.gaps)


def test_missing_scopes_cost_their_part(sentry: FakeSentry) -> None:
    """Without project:read there are no releases, in one gap; the event stands."""
    sentry.scopes = ("event:read",)
    found = source(sentry).gather(inquiry(link(sentry)))

    assert found.events
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

    checkups = tuple(source(sentry, "sntrys_x").examine())

    assert checkups
    assert all("can only upload releases" in check.remedy for check in checkups)


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

    assert found.events
    assert "\x1b" not in msgspec.json.encode(found).decode()
    assert max(len(evidence.text) for evidence in found.evidence) < 5_000


def test_each_organization_has_its_token_or_the_common_one(sentry: FakeSentry, tmp_path: Path) -> None:
    """Built from configuration and environment; not configured, there is none. Evidence may link to where people read."""
    text = f"sentry: [{{organization: acme, url: '{sentry.home}'}}, {{organization: Beta-2, url: '{sentry.home}'}}, {{organization: hosted}}]"
    environment = {"SENTRY_AUTH_TOKEN": TOKEN, "SENTRY_BETA_2_AUTH_TOKEN": "another"}
    settings = Settings(tmp_path, parse(text), environment)
    built = wiring.sources(settings)

    assert [one.name for one in built] == ["sentry acme", "sentry Beta-2", "sentry hosted"]
    assert built[0].gather(inquiry(link(sentry))).events
    with pytest.raises(SourceError, match="HTTP 401"):
        built[1].gather(inquiry(text="x", error_type="ValidationError"))
    assert sentry.requests[-1].headers["authorization"] == "Bearer another"
    assert "https://hosted.sentry.io/" in wiring.addresses(settings)
    assert not [one for one in wiring.sources(Settings(tmp_path, parse(""), environment)) if one.name.startswith("sentry")]
