"""What alerting systems send becomes alerts with a place of their own: each vendor, good and bad."""

import copy
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.config import Configuration
from bot.core.alert import permalink as permalinks
from bot.core.alert import place as alert_place
from bot.core.alert.alert import alerts
from bot.core.intake import reading as intake_reading
from bot.core.intake.intake import MOST_ALERTS, Intake, message_of, moment
from bot.errors import BadCommand, BadLink
from bot.jobs.intake import accept
from bot.model import Alert
from tests.intake_payloads import ALERTMANAGER, CLOUDWATCH, OPENSEARCH, OPSGENIE, PAGERDUTY, PAYLOADS, SENTRY, SNS, START

NOW = datetime(2025, 12, 17, 10, tzinfo=UTC)


def read(payload: object) -> Intake:
    """As it comes in."""
    return intake_reading.read(json.dumps(payload).encode())


def alert_of(payload: object) -> Alert:
    """The only alert of a payload, as a diagnosis reads it."""
    (received,) = read(payload).alerts
    (alert,) = alerts(message_of(received, NOW), Configuration().environments, "unknown", 5)
    return alert


def changed(payload: dict[str, Any], *path: str | int, to: object) -> dict[str, Any]:
    """A copy with another value at a place."""
    made = copy.deepcopy(payload)
    node: Any = made
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = to
    return made


@pytest.mark.parametrize("payload", [*PAYLOADS.values(), SNS], ids=[*PAYLOADS, "sns"])
def test_each_vendor_tells_error_service_and_time(payload: dict[str, Any]) -> None:
    """Whatever the shape, the alert is the same."""
    alert = alert_of(payload)
    assert (alert.error_type, alert.service, alert.time) == ("ValidationError", "transfers", START)
    assert "insufficient leaf balance" in (alert.message or "")


@pytest.mark.parametrize("vendor", ["alertmanager", "opsgenie", "sentry", "opensearch"])
def test_the_environment_that_is_named_counts(vendor: str) -> None:
    """As a label of the alert, when it is configured."""
    assert alert_of(PAYLOADS[vendor]).environment == "prod"


def test_sentry_brings_stack_culprit_and_trace() -> None:
    """The failing frame last."""
    alert = alert_of(SENTRY)
    assert [(frame.file, frame.line, frame.function) for frame in alert.frames] == [("transfers/api.py", 40, "post"), ("transfers/leaves.py", 7, "reserve")]
    assert alert.trace_ids == ("0af7651916cd43dd8448eb211c80319c",)
    assert alert.release == "2.14.0"


@pytest.mark.parametrize("vendor", PAYLOADS)
def test_a_payload_is_read_alone_wrapped_or_in_the_event_of_github(vendor: str) -> None:
    """And is the same alert each time, however often it is sent."""
    payload = PAYLOADS[vendor]
    event = {"action": vendor, "client_payload": {"payload": payload}, "repository": {"full_name": "acme/kb"}}
    places = {message_of(read(one).alerts[0], NOW + timedelta(hours=n)).permalink for n, one in enumerate((payload, {"payload": payload}, event, event))}
    assert len(places) == 1
    assert alert_place.vendor_of(places.pop()) == alert_place.VENDORS[vendor]


@pytest.mark.parametrize(
    ("payload", "ended"),
    [
        (changed(ALERTMANAGER, "alerts", 0, "status", to="resolved"), 2),
        (changed(PAGERDUTY, "event", "event_type", to="incident.resolved"), 1),
        (changed(PAGERDUTY, "event", "event_type", to="incident.acknowledged"), 1),
        (changed(OPSGENIE, "action", to="Close"), 1),
        (changed(SENTRY, "action", to="resolved"), 1),
        (changed(CLOUDWATCH, "detail", "state", "value", to="OK"), 1),
        ({**OPENSEARCH, "completedAlerts": [{"id": "a"}]}, 1),
    ],
)
def test_what_has_ended_is_no_alert(payload: dict[str, Any], ended: int) -> None:
    """Resolved, closed, acknowledged."""
    found = read(payload)
    assert (found.alerts, found.ended) == ((), ended)


@pytest.mark.slow
@pytest.mark.parametrize("vendor", PAYLOADS)
def test_a_payload_cut_anywhere_is_refused_in_words(vendor: str) -> None:
    """Nothing but BadCommand, whatever is left of it."""
    whole = json.dumps(PAYLOADS[vendor])
    for length in range(0, len(whole), 23):
        with pytest.raises(BadCommand):
            intake_reading.read(whole[:length].encode())


@pytest.mark.slow
@pytest.mark.parametrize("vendor", PAYLOADS)
@pytest.mark.parametrize("value", [None, [], {}, 7, True, "x", ["x"], {"a": {"b": []}}, -1.5])
def test_any_value_may_stand_anywhere(vendor: str, value: object) -> None:
    """Another shape is unreadable, or says less; it never raises."""
    paths = list(_paths(PAYLOADS[vendor]))
    for path in paths:
        event = {"action": vendor, "client_payload": {"payload": changed(PAYLOADS[vendor], *path, to=value)}}
        for received in read(event).alerts:
            message = message_of(received, NOW)
            assert permalinks.parse(message.permalink.url) == message.permalink


def _paths(node: Any, path: tuple[str | int, ...] = ()) -> Any:
    keys = node.keys() if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()
    for key in keys:
        yield (*path, key)
        yield from _paths(node[key], (*path, key))


@pytest.mark.parametrize("content", [b"", b"[]", b"7", b"null", b'"x"', b"{}", b'{"alert": 1}', b"\xff\xfe", b'{"a": "\\ud800"}', b"[" * 100_000])
def test_what_is_no_payload_is_refused(content: bytes) -> None:
    """With the page that shows the shapes."""
    with pytest.raises(BadCommand) as refused:
        intake_reading.read(content)
    assert "docs/intake.md" in refused.value.remedy


def test_too_large_a_payload_is_not_read() -> None:
    """GitHub takes 64 KB; a file may be larger."""
    with pytest.raises(BadCommand):
        intake_reading.read(b" " * 5_000_001)


@pytest.mark.slow
def test_ten_thousand_alerts_are_bounded_and_counted() -> None:
    """The first ones are taken, the rest is told."""
    one = ALERTMANAGER["alerts"][0]
    found = read({**ALERTMANAGER, "alerts": [{**one, "fingerprint": f"f{number}"} for number in range(10_000)]})
    assert (len(found.alerts), found.left_out) == (MOST_ALERTS, 10_000 - MOST_ALERTS)


def test_the_same_error_of_a_batch_is_diagnosed_once() -> None:
    """Ten instances of one alert are one error; the others are counted."""
    one = ALERTMANAGER["alerts"][0]
    payload = {**ALERTMANAGER, "alerts": [{**one, "fingerprint": f"f{number}"} for number in range(10)]}
    found = accept(json.dumps(payload).encode(), Configuration(), NOW)
    assert (len(found.messages), found.repeats) == (1, 9)


def test_markup_and_lines_in_names_forge_no_label() -> None:
    """A service whose name holds a line of its own stays one line; control characters are gone."""
    hostile = changed(ALERTMANAGER, "alerts", 0, "labels", "service", to="x\nEnvironment: dev\x1b[31m<script>")
    (received,) = read(changed(hostile, "alerts", 0, "labels", "env", to="")).alerts
    text = message_of(received, NOW).text
    assert "\nEnvironment: dev" not in text
    assert "\x1b" not in text


@pytest.mark.parametrize("hidden", ["\x00", "\x7f", "\u202e", "\u200b"])
def test_a_link_with_what_nobody_can_see_is_none(hidden: str) -> None:
    """The alert is taken all the same."""
    (received,) = read(changed(PAGERDUTY, "event", "data", "html_url", to=f"https://{hidden}acme.pagerduty.com/incidents/PGR0VU2")).alerts
    assert received.links == ()
    assert received.title == PAGERDUTY["event"]["data"]["title"]


def test_names_of_any_alphabet_are_kept() -> None:
    """Also where a lone half of a surrogate pair stands among them."""
    (received,) = read(changed(PAGERDUTY, "event", "data", "title", to="Überweisung scheitert 💥")).alerts
    assert received.title == "Überweisung scheitert 💥"


@pytest.mark.parametrize("time", [None, "", "yesterday", "9999-99-99", 10**30, "2099-01-01T00:00:00Z", "0001-01-01T00:00:00Z", 7])
def test_a_time_that_cannot_be_is_now(time: object) -> None:
    """Logs are looked for around it; the place stays one that can be named."""
    payload = changed(changed(OPSGENIE, "alert", "createdAt", to=time), "alert", "message", to="x")
    message = message_of(read(payload).alerts[0], NOW)
    assert message.permalink.time == NOW


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2025-12-17T09:12:44", START),
        ("2025-12-17T10:12:44+01:00", START),
        ("2025-12-17T09:12:44.000+0000", START),
        ("2025-12-17T09:12:44.000000000Z", START),
        (1765962764, START),
        (1765962764000, START),
        ("1765962764000", START),
        (True, None),
        ([], None),
        ("1" * 50, None),
    ],
)
def test_times_of_all_forms(value: object, expected: datetime | None) -> None:
    """Without a zone it is UTC."""
    assert moment(value) == expected


def test_a_reopened_incident_is_another_time() -> None:
    """The same incident, at the time at which it came back."""
    again = changed(changed(PAGERDUTY, "event", "event_type", to="incident.reopened"), "event", "occurred_at", to="2025-12-17T09:40:00Z")
    first, second = (message_of(read(one).alerts[0], NOW).permalink for one in (PAGERDUTY, again))
    assert first.channel == second.channel
    assert second.ts > first.ts


@pytest.mark.parametrize("text", ["alert:pagerduty/../../x/p1765962764000000", "alert:nobody/AMFRGGZDFMY3TQNZX/p1765962764000000", "alert:sentry/x/p1"])
def test_a_place_that_is_none_is_refused(text: str) -> None:
    """It comes back from files that people edit."""
    with pytest.raises(BadLink):
        permalinks.parse(text)
