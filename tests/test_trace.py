"""A trace is read as a way through services; clocks that differ are noticed."""

from msgspec.structs import replace

from bot.core.logs.trace import clock_skews, span_of, timeline
from tests.log_events import request, said


def test_the_way_is_told_by_who_speaks_inside_whose_turn() -> None:
    """Services in order, with their depth."""
    stops = timeline(request(0, "trace-1")).stops
    assert [(stop.service, stop.depth, stop.lines) for stop in stops] == [("gateway", 0, 2), ("orders", 1, 2), ("prices", 2, 2)]


def test_the_deepest_failing_service_is_told_apart_from_the_first_error() -> None:
    """Of errors at different depths, the one farthest from the entrance."""
    trace = [
        said(0, "gateway", "accepted"),
        said(1, "orders", "calling"),
        said(2, "orders", "retrying", level="ERROR"),
        said(3, "prices", "no table", level="ERROR"),
        said(4, "orders", "gave up", level="ERROR"),
    ]
    read = timeline(list(reversed(trace)))
    assert (read.first_error, read.deepest) == (trace[2], trace[3])
    assert [stop.errors for stop in read.stops] == [0, 2, 1]


def test_span_parents_are_believed_before_turns() -> None:
    """Prices speaks inside the turn of orders and is called by the gateway all the same."""
    trace = [
        said(0, "gateway", "in span_id=aaaa"),
        said(1, "orders", "in span_id=bbbb parent_id=aaaa"),
        said(2, "prices", "in span_id=cccc parent_span_id=aaaa"),
    ]
    assert [stop.depth for stop in timeline(trace).stops] == [0, 1, 1]
    assert span_of(trace[2]) == ("cccc", "aaaa")


def test_parents_in_a_circle_end() -> None:
    """A hostile log cannot keep us busy."""
    trace = [said(0, "a", "x span_id=aaaa parent_id=bbbb"), said(1, "b", "x span_id=bbbb parent_id=aaaa")]
    assert len(timeline(trace).stops) == 2


def test_nothing_has_no_way() -> None:
    """No event, no error."""
    assert timeline([]) == ((), None, None)


def test_a_clock_that_is_behind_is_noticed() -> None:
    """A child that begins before its parent, every time."""
    events = [
        event
        for number in range(4)
        for event in (
            said(number, "orders", f"call span_id=aaa{number}", trace=f"t{number}"),
            said(number - 0.7, "prices", f"asked span_id=bbb{number} parent_id=aaa{number}", trace=f"t{number}"),
        )
    ]
    (skew,) = clock_skews(events)
    assert (skew.service, skew.caller, skew.seconds, skew.seen) == ("prices", "orders", 0.7, 4)


def test_one_odd_call_is_no_skew() -> None:
    """Lines are written late now and then."""
    events = [
        event
        for number in range(5)
        for event in (
            said(number, "orders", f"call span_id=aaa{number}", trace=f"t{number}"),
            said(number + (0.1 if number else -0.7), "prices", f"asked span_id=bbb{number} parent_id=aaa{number}", trace=f"t{number}"),
        )
    ]
    assert clock_skews(events) == ()


def test_spans_are_taken_from_fields_before_words() -> None:
    """Loggers that know their span say so beside the line; what the fields leave out the line may hold."""
    plain = said(0, "orders", "call span_id=aaaa parent_span_id=bbbb")
    assert span_of(plain) == ("aaaa", "bbbb")
    assert span_of(replace(plain, span_id="cccc", parent_span_id="dddd")) == ("cccc", "dddd")
    assert span_of(replace(plain, span_id="cccc")) == ("cccc", "bbbb")
    assert span_of(replace(plain, message="call", parent_span_id="dddd")) == (None, "dddd")


def test_depth_and_skew_are_told_by_fields_alone() -> None:
    """As structured logs have them."""
    events = [
        event
        for number in range(4)
        for event in (
            replace(said(number, "orders", "call", trace=f"t{number}"), span_id=f"aaa{number}"),
            replace(said(number - 0.7, "prices", "asked", level="ERROR", trace=f"t{number}"), span_id=f"bbb{number}", parent_span_id=f"aaa{number}"),
        )
    ]
    [skew] = clock_skews(events)
    assert (skew.service, skew.caller, skew.seconds) == ("prices", "orders", 0.7)
    assert {stop.service: stop.depth for stop in timeline(events).stops} == {"prices": 1, "orders": 0}
