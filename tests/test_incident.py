"""Several errors of one cause: told as one incident, in the request that comes later and in its entry."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.alert import alert_marks
from bot.core.alert.incident import Sighting, companions, incidents
from bot.core.request.pull_request_marks import framed, merge_body, part_of
from bot.errors import ForgeError
from bot.jobs.incident import Companion, Incidents, with_section
from bot.model import Alert, Permalink, Proposal
from bot.model.review import ReviewRequest

TIME = datetime(2025, 12, 17, 9, 12, 44, tzinfo=UTC)


def sighting(name: str, seconds: int = 0, *, release: str = "", traces: tuple[str, ...] = (), environment: str = "prod") -> Sighting:
    """An error so many seconds after the first."""
    return Sighting(name, f"https://acme.slack.com/archives/C0ALERTS1/{name}{seconds}", TIME + timedelta(seconds=seconds), environment, release, traces)


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        (sighting("a"), sighting("b", 50), "within one minute of each other"),
        (sighting("a"), sighting("b", 70), None),
        (sighting("a", release="2.14.0"), sighting("b", 3000, release="2.14.0"), "the same release 2.14.0 within an hour"),
        (sighting("a", release="2.14.0"), sighting("b", 4000, release="2.14.0"), None),
        (sighting("a", traces=("t1", "t2")), sighting("b", 40_000, traces=("t2",)), "the same trace t2"),
        (sighting("a"), sighting("b", 5, environment="dev"), None),
        (sighting("a"), sighting("a", 5), None),
    ],
)
def test_what_makes_two_errors_one_incident(one: Sighting, other: Sighting, reason: str | None) -> None:
    """Trace, release or minute, never across environments; the same error twice is a recurrence."""
    found = incidents((other, one))
    assert [incident.reason for incident in found] == ([reason] if reason else [])
    assert [why for _, why in companions(one, (other,))] == ([reason] if reason else [])


def test_a_slow_drip_is_no_incident() -> None:
    """An error every fifty seconds for an hour: each minute has its own."""
    found = incidents([sighting(f"e{number}", 50 * number) for number in range(72)])
    assert [len(incident.sightings) for incident in found] == [2] * 36


@given(st.lists(st.builds(sighting, st.sampled_from("abcd"), st.integers(0, 5_000), release=st.sampled_from(["", "1", "2"])), max_size=30))
@pytest.mark.slow
def test_every_error_is_in_at_most_one_incident(seen: list[Sighting]) -> None:
    """Whatever order they come in."""
    found = [one for incident in incidents(seen) for one in incident.sightings]
    assert len(found) <= len(seen)
    assert sorted(found, key=repr) == sorted([one for incident in incidents(seen[::-1]) for one in incident.sightings], key=repr)


def alert(**more: object) -> Alert:
    """An alert of that time."""
    link = Permalink("acme.slack.com", "C0ALERTS1", "1765962764.000100")
    return Alert(**{"permalink": link, "time": link.time, "environment": "prod", "text": "", **more})  # type: ignore[arg-type]


def test_a_mark_gives_the_alert_back() -> None:
    """Place, time and what it may have in common with others; text that would close the comment does not."""
    one = alert(release="2.14.0 --> <b>", trace_ids=("t1",))
    body = framed("words", "c0ffee", spend=alert_marks.mark(one))
    (told,) = alert_marks.read(part_of(body))
    assert (told.place, told.release, told.traces) == (one.permalink, "2.14.0 --> <b>", ("t1",))
    assert body.count("-->") == body.count("<!--")


def test_marks_of_earlier_alerts_are_carried_along() -> None:
    """The newest first."""
    first, second = (framed("words", "c0ffee", spend=alert_marks.mark(alert(release=release))) for release in ("1", "2"))
    assert [told.release for told in alert_marks.read(part_of(merge_body(first, second)))] == ["2", "1"]


@pytest.mark.parametrize(
    "words",
    ["{}", '{"place": 7, "at": "x"}', '{"place": "https://evil.example/x", "at": "2025-12-17T09:12:44Z"}', '{"place": "alert:x/y", "at": "2025-12-17"}', "{{"],
)
def test_a_forged_mark_says_nothing(words: str) -> None:
    """A description can be edited by people."""
    assert alert_marks.read(f"<!-- errata:alert={words} -->") == ()


class History:
    """The bot's requests, given."""

    def __init__(self, *requests: ReviewRequest) -> None:
        self.given = requests

    def requests(self, since: datetime) -> tuple[ReviewRequest, ...]:
        """All of them."""
        return self.given


class Broken:
    """A forge that does not answer."""

    def requests(self, since: datetime) -> tuple[ReviewRequest, ...]:
        """Never."""
        raise ForgeError("listing", "GitHub does not answer", "wait")


def request(name: str, one: Alert, state: str = "open") -> ReviewRequest:
    """A request that tells of an alert."""
    body = framed("words", "c0ffee", spend=alert_marks.mark(one))
    return ReviewRequest(7, "https://github.com/acme/kb/pull/7", "title", f"kb/{name}", state, TIME, TIME, body=body)  # type: ignore[arg-type]


def found(history: object, one: Alert) -> tuple[tuple[Companion, ...], list[str]]:
    """The companions of an alert, and what was said."""
    said: list[str] = []
    return Incidents(history, said.append).of(occurrence_case(one), "mine"), said  # type: ignore[arg-type]


def occurrence_case(one: Alert) -> object:
    """Only its alert counts."""

    class WithAlert:
        alert = one

    return WithAlert()


@pytest.fixture
def companion() -> Companion:
    """Another request of the same incident."""
    (one,), _ = found(History(request("theirs", alert())), alert())
    return one


def test_the_request_names_its_companions(companion: Companion) -> None:
    """With the reason and a link; GitHub shows the link on the other request too."""
    proposal = with_section(Proposal("kb/mine", (), "m", "t", "body", "c"), (companion,))
    assert "Alerted at the same time as another error" in proposal.body
    assert "[theirs](https://github.com/acme/kb/pull/7): within one minute" in proposal.body


def test_the_minute_alone_is_told_as_that(companion: Companion) -> None:
    """No incident and no cause is claimed of it; a shared trace makes an incident, whose cause is open too."""
    plain = Proposal("kb/mine", (), "m", "t", "body", "c")
    alone = with_section(plain, (companion,)).body
    together = with_section(plain, (companion, Companion("other", "https://github.com/acme/kb/pull/8", "the same trace t2"))).body
    assert "incident" not in alone
    assert "whether they have one cause is open" in alone
    assert "Part of one incident with 2 other errors" in together
    assert "whether they have one cause is not known" in together


def test_declined_requests_and_the_own_one_are_no_companions() -> None:
    """A "no" belongs to nothing."""
    assert found(History(request("theirs", alert(), "closed"), request("mine", alert())), alert())[0] == ()


def test_a_history_that_cannot_be_read_keeps_no_request_from_being_opened() -> None:
    """It is told."""
    companions_, said = found(Broken(), alert())
    assert companions_ == ()
    assert "GitHub does not answer" in said[0]
