"""One trace, spelt as W3C, X-Ray, B3 and Datadog spell it, in alerts, searches and events."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from bot.config import Configuration, Fields, Limits, LogFiles
from bot.core.alert.alert import alerts
from bot.core.entry.library import Library
from bot.core.logs.trace_id import every, spellings, unified
from bot.jobs.investigate import Desk, investigate
from bot.model import Inquiry, LogEvent, Message, Permalink, Trend
from bot.sources.logs.files import FileSource
from tests.log_events import NINE

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
UUID = "4bf92f35-77b3-4da6-a3ce-929d0e0e4736"
W3C = "5759e988bd862e3fe1be46a994272793"
XRAY = "1-5759e988-bd862e3fe1be46a994272793"
DATADOG = "16266516598257821587"
"""The last 64 bits of the two above."""
SHORT = "a3ce929d0e0e4736"
REQUEST = "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"
PLACE = Permalink("acme.slack.com", "C1", "1765886400.000000")


@pytest.mark.parametrize("one", [W3C, XRAY, W3C.upper()])
def test_a_trace_is_looked_for_in_every_spelling(one: str) -> None:
    """The id itself first."""
    assert spellings(one)[0] == one
    assert {W3C, XRAY, DATADOG} <= set(spellings(one))


def test_a_short_id_is_a_number_too() -> None:
    """B3 of 64 bits, padded by W3C, counted by Datadog."""
    number, padded = str(int(SHORT, 16)), f"{'0' * 16}{SHORT}"
    assert set(spellings(SHORT)) == set(spellings(number)) == set(spellings(padded)) == {SHORT, number, padded}


@pytest.mark.parametrize("other", ["order-17", "18446744073709551616", "1234567890"])
def test_what_no_tracer_writes_stays_alone(other: str) -> None:
    """A word, a number beyond 64 bits, a time."""
    assert spellings(other) == (other,)


@pytest.mark.parametrize("one", [TRACE, UUID, UUID.upper()])
def test_a_uuid_is_the_same_digits_set_apart(one: str) -> None:
    """What one library writes as 32 digits, another writes as a UUID. The last spelling tells that they are one."""
    assert {TRACE, UUID} <= set(spellings(one))
    assert (spellings(one)[0], spellings(one)[-1]) == (one, spellings(TRACE)[-1])


def test_the_ids_themselves_come_before_their_other_spellings() -> None:
    """What does not fit into a query is cut off at its end."""
    assert every([XRAY, REQUEST, XRAY])[:3] == (XRAY, REQUEST, W3C)


def test_events_of_one_trace_are_called_alike() -> None:
    """As the alert calls it, else what is compared later would be two traces; others keep their ids."""
    events = [LogEvent(NINE, "m", f"a:{number}", trace_id=one) for number, one in enumerate((W3C, DATADOG, XRAY, TRACE, None))]
    found = unified(events, [XRAY])
    assert [event.trace_id for event in found] == [XRAY, XRAY, XRAY, TRACE, None]
    assert found[2] is events[2]


@pytest.mark.parametrize(
    ("text", "id_"),
    [
        (f"traceparent: 00-{TRACE}-00f067aa0ba902b7-03", TRACE),
        (f"b3: {TRACE}-00f067aa0ba902b7-1", TRACE),
        (f"X-B3-TraceId: {SHORT}", SHORT),
        (f"*Trace*\n`{TRACE}`", TRACE),
        (f"*Trace:* `{TRACE}`", TRACE),
        (f"trace=projects/acme/traces/{TRACE}", TRACE),
        (f"X-Amzn-Trace-Id: Root={XRAY};Parent=53995c3f42cd8ad8", XRAY),
        (f"dd.trace_id={DATADOG}", DATADOG),
        (f"ERROR [checkout,{TRACE},00f067aa0ba902b7] 1 --- [main] boom", TRACE),
        (f"ERROR [checkout,{SHORT},00f067aa0ba902b7,true] boom", SHORT),
        (f"ERROR 1 --- [checkout] [nio-8080-exec-1] [{TRACE}-00f067aa0ba902b7] c.a.Pay : boom", TRACE),
        (f"<https://jaeger.acme.example/trace/{SHORT}|Jaeger>", SHORT),
    ],
)
def test_the_alert_names_its_trace_in_many_ways(text: str, id_: str) -> None:
    """Headers, labels with and without `id`, and links to where traces are shown."""
    links = tuple(part for part in (text[1:-1].partition("|")[0],) if part.startswith("https://"))
    (alert,) = alerts(Message(PLACE, f"KeyError: no price\n{'' if links else text}", links), (), "prod", 5)
    assert alert.trace_ids == (id_,)


@pytest.mark.parametrize("text", ["stack trace: see below", "Trace: 17 lines", f"backtrace{TRACE}", f"request {TRACE}", f"[pay,{'0' * 32},{'0' * 16}] boom"])
def test_no_trace_is_made_up(text: str) -> None:
    """The word alone is not enough, nor is the id."""
    (alert,) = alerts(Message(PLACE, f"KeyError: no price\n{text}", ()), (), "prod", 5)
    assert alert.trace_ids == ()


def test_one_trace_in_two_spellings_is_one() -> None:
    """The first stays."""
    (alert,) = alerts(Message(PLACE, f"KeyError: no price\ntrace_id: {W3C}\nRoot={XRAY}", ()), (), "prod", 5)
    assert alert.trace_ids == (W3C,)


def test_a_uuid_of_the_alert_leads_to_the_lines_that_have_its_digits(tmp_path: Path) -> None:
    """And the other way round."""
    for alerted, logged in ((UUID, TRACE), (TRACE, UUID)):
        line = {"time": PLACE.time.isoformat(), "level": "info", "message": f"from {logged}", "trace_id": logged}
        (tmp_path / "api.ndjson").write_text(json.dumps(line) + "\n")
        (alert,) = alerts(Message(PLACE, f"KeyError: no price\ntrace_id: {alerted}", ()), (), "prod", 5)
        inquiry = Inquiry(alert, PLACE.time, PLACE.time, search=False, trace_ids=alert.trace_ids)
        found = FileSource("files", tmp_path, (LogFiles(("api.ndjson",)),), Fields(), Limits()).gather(inquiry)
        assert [event.message for event in found.events] == [f"from {logged}"]


def test_a_link_among_several_errors_belongs_to_none() -> None:
    """It does not say whose it is."""
    message = Message(PLACE, "KeyError: no price\n\nValueError: no number", (f"https://jaeger.acme.example/trace/{TRACE}",))
    assert [alert.trace_ids for alert in alerts(message, (), "prod", 5)] == [(), ()]


def test_two_systems_that_spell_a_trace_apart_tell_of_one_way(tmp_path: Path) -> None:
    """The error of the alert stands in one, what failed before it in the other."""
    lines = (("shop", "KeyError: no price for sku 4711", 9, W3C), ("stock", "table is locked", 10, DATADOG))
    for service, said, seconds, trace in lines:
        line = {"time": (PLACE.time - timedelta(seconds=seconds)).isoformat(), "level": "ERROR", "service": service, "message": said, "trace_id": trace}
        (tmp_path / f"{service}.ndjson").write_text(json.dumps(line) + "\n")
    sources = [FileSource(f"files {service}", tmp_path, (LogFiles((f"{service}.ndjson",)),), Fields(), Limits()) for service, *_ in lines]
    message = Message(PLACE, f"KeyError: no price for sku 4711\nservice: shop\nRoot={XRAY}", ())
    (case,) = (closed.case for closed in investigate(message, Desk(sources, Library.read({}), Configuration()), lambda _: None))

    assert {one.detail.trace_id for one in case.evidence if isinstance(one.detail, LogEvent)} == {XRAY}
    assert case.alert.trace_ids == (XRAY,)
    [way] = [one.text for one in case.evidence if isinstance(one.detail, Trend) and "the trace went through" in one.text]
    assert way.startswith("the trace went through 2 services in 1.0 s; the first error was in stock")
