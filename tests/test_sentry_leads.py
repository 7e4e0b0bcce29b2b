"""Which issue the Sentry source takes for the alert's: by its link, its short id or its words; and what later rounds add."""

import msgspec
import pytest

from bot.config import Configuration
from bot.core.entry.library import Library
from bot.core.logs.matching import failing_event
from bot.jobs.investigate import Desk, investigate
from bot.model import Findings, Message, Permalink
from tests.fakes.sentry import FakeSentry, Issue
from tests.sentry_asking import inquiry, kinds, link, source, the
from tests.sentry_events import AT, RELEASE, SECRETS, TRACE, event

pytest_plugins = ["tests.sentry_fixtures"]
pytestmark = pytest.mark.slow


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


def test_a_trace_is_asked_for_as_sentry_spells_it(sentry: FakeSentry) -> None:
    """Logs may call it as X-Ray does; what is no id of Sentry's stays as it is."""
    asking, first = source(sentry), inquiry(link(sentry))
    asking.gather(first)
    sentry.requests.clear()
    asking.gather(msgspec.structs.replace(first, search=False, trace_ids=(f"1-{TRACE[:8]}-{TRACE[8:]}", TRACE, "order-17")))

    assert [request.query["query"] for request in sentry.requests] == [f'trace:["{TRACE}", "order-17"]']


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


@pytest.mark.parametrize(
    "text", ["ValidationError\ninsufficient leaf balance\ntransfers.handler in transfer\nShort ID: TRANSFERS-4F", "please look", "TypeError: quite another one"]
)
def test_a_link_can_be_the_alert_itself(sentry: FakeSentry, text: str) -> None:
    """Sentry's own message in Slack, or nothing but its link: type, message, service, release and trace come from the event."""
    permalink = Permalink("acme.slack.com", "C1", "1772618700.000100")
    message = Message(permalink, text, (link(sentry, "issues/4412/?environment=production&referrer=slack"),))
    desk = Desk((source(sentry),), Library.read({}), Configuration())
    (case,) = (closed.case for closed in investigate(message, desk, lambda _: None))

    assert (case.alert.service, case.alert.release, case.alert.trace_ids) == ("transfers", RELEASE, (TRACE,))
    assert case.evidence[0].place.startswith(link(sentry, "issues/4412/events/"))
    assert case.gaps == ()
    # First seen at 09:04, deployed at 09:50: the deploy did not bring it.
    assert not any("no occurrence from before" in evidence.text for evidence in case.evidence)
    assert [word for word in SECRETS if word in msgspec.json.encode(case).decode()] == []


def test_an_alert_of_another_organization(sentry: FakeSentry) -> None:
    """A link to this Sentry, but to others' issues: nothing is asked."""
    assert source(sentry).gather(inquiry(f"{sentry.home}/organizations/other/issues/4412/")) == Findings()
    assert sentry.requests == []
