"""Thousands of events become a page, with nothing important lost and nothing dropped silently."""

import msgspec
import pytest

from bot.core.logs.compaction import CHARACTERS_PER_TOKEN, TOKENS, evidence_of
from bot.core.logs.folding import folded
from bot.model import Evidence, LogEvent, Trend
from tests.log_events import request, said


def size(page: tuple[Evidence, ...]) -> int:
    """Characters of all texts."""
    return sum(len(evidence.text) for evidence in page)


def trends(page: tuple[Evidence, ...]) -> list[str]:
    """What the page tells of the whole."""
    return [evidence.detail.statement for evidence in page if isinstance(evidence.detail, Trend)]


def given_long_trace(lines: int = 1_000, errors: int = 30) -> list[LogEvent]:
    """One trace of many lines, some of them errors that differ."""
    every = lines // errors
    return [
        said(
            n,
            f"service-{n % 7}",
            f"lock {n} held by job {n * 7}" if n % every == 0 else f"step {n} of the plan took {n % 90} ms",
            level="ERROR" if n % every == 0 else "INFO",
            trace="t1",
        )
        for n in range(lines)
    ]


def test_repeats_fold_into_the_first_with_count_times_and_services() -> None:
    """Errors before warnings before the rest."""
    events = [
        said(0, "api", "beat 1"),
        said(1, "api", "pool at 190 of 200", level="WARN"),
        said(2, "api", "timeout after 30 s for 10.0.0.1", level="ERROR"),
        said(9, "web", "timeout after 45 s for 10.0.0.2", level="ERROR"),
        said(3, "api", "beat 2"),
    ]
    folds = list(folded(events).values())
    assert [(fold.example, fold.count) for fold in folds] == [(events[2], 2), (events[1], 1), (events[0], 2)]
    assert folds[0].services == ("api", "web")
    assert folds[0].repeats == " (2 times in the window) from 09:00:02 to 09:00:09, in api, web"


def test_a_general_message_is_told_once_for_each_function_that_failed() -> None:
    """`request failed` of another function neither counts for the failing event nor goes untold."""
    stack = 'Traceback (most recent call last):\n  File "/app/prices.py", line 12, in {}\n    raise it\nKeyError: 7'
    events = [
        msgspec.structs.replace(said(n, "stock", "request failed", level="ERROR"), stack=stack.format(function), error_type="KeyError")
        for n, function in enumerate(("price_of", "wallet_of", "price_of", "wallet_of", "wallet_of"))
    ]
    page = evidence_of(events[0], events, (), "files")

    assert [(evidence.text.splitlines()[0], "in price_of" in evidence.text) for evidence in page] == [
        ("2025-03-04T09:00:00.000Z stock ERROR request failed (2 times in the window) from 09:00:00 to 09:00:02", True),
        ("2025-03-04T09:00:01.000Z stock ERROR request failed (3 times in the window) from 09:00:01 to 09:00:04", False),
    ]


def test_a_short_trace_stands_line_by_line_between_the_failing_event_and_the_other_errors() -> None:
    """In order of time."""
    trace = request(0, "t1", broken=True)
    other = said(5, "mail", "mailbox is full", level="ERROR")
    page = evidence_of(trace[-1], [trace[-1], other], trace, "files")
    assert [evidence.kind for evidence in page] == ["log", "trace", "trace", "trace", "log", "metric"]
    assert [evidence.place for evidence in page[:5]] == [trace[3].place, trace[0].place, trace[1].place, trace[2].place, other.place]


def test_the_way_of_the_trace_is_told() -> None:
    """With the first error and the deepest service that failed."""
    trace = request(0, "t1", broken=True)
    (told,) = trends(evidence_of(trace[-1], trace, trace, "files"))
    assert told == "the trace went through 3 services in 0.4 s; the first error was in orders, the deepest service that failed"


def test_a_trace_through_two_systems_is_one_way() -> None:
    """Told once, with the first error of both; a line that was shipped to both counts once."""
    trace = request(0, "t1", broken=True)
    other = [*trace[:1], said(0.3, "stock", "no stock", level="ERROR", trace="t1")]
    (told,) = trends(evidence_of(trace[-1], trace, trace, "files", elsewhere=other))
    assert told == "the trace went through 4 services in 0.4 s; the first error was in stock, the deepest service that failed"
    assert trends(evidence_of(None, other, other, "opensearch prod", elsewhere=None)) == []


def test_the_failing_event_says_how_often_it_came() -> None:
    """Other services that say the same are counted apart."""
    window = [*(said(n, "api", f"lock {n} is held", level="ERROR") for n in range(5)), said(9, "web", "lock 9 is held", level="ERROR")]
    page = evidence_of(window[2], window, [], "files")
    assert "lock 2 is held (5 times in the window) from 09:00:00 to 09:00:04; the same 1 times in other services" in page[0].text
    assert len(page) == 1


def test_every_error_of_a_long_trace_stands_on_a_page_a_twentieth_its_size() -> None:
    """The other lines are folded, the telling ones kept."""
    trace = given_long_trace()
    page = evidence_of(trace[0], trace, trace, "files")
    text = "\n".join(evidence.text for evidence in page)
    assert all(event.message in text for event in trace if event.level == "ERROR")
    assert size(page) <= TOKENS * CHARACTERS_PER_TOKEN
    assert "times in the window" in text


@pytest.mark.parametrize("tokens", [300, 1_000, TOKENS])
def test_the_budget_is_kept_and_what_is_left_out_is_counted(tokens: int) -> None:
    """Kinds of errors beyond any budget are counted together."""
    names = [f"{one}{two}" for one in ("ledger", "wallet", "router", "signer", "mailer", "oracle") for two in ("", "store", "index", "queue", "cache", "proxy")]
    events = [said(n, "api", f"the {name} {'x' * n} broke its promise to {name[::-1]} {'why' * 60}", level="ERROR") for n, name in enumerate(names)]
    page = evidence_of(events[0], events, [], "files", tokens)
    shown = sum(isinstance(evidence.detail, LogEvent) for evidence in page)
    assert size(page) <= tokens * CHARACTERS_PER_TOKEN
    assert shown == len(events) or f"not shown: {len(events) - shown} errors" in trends(page)[-1]


def test_what_is_new_in_the_failing_minutes_is_told() -> None:
    """Against the minutes before the failing event's kind first appeared."""
    window = [event for n in range(30) for event in request(n, f"t{n}", broken=n >= 20)]
    window += [said(25.5, "prices", "table of prices is being rebuilt")]
    page = evidence_of(next(event for event in window if event.level == "ERROR"), window, [], "files")
    (told,) = [statement for statement in trends(page) if "new since" in statement]
    assert told == "1 kind of lines is new since 09:00:20 UTC, not one among the 123 lines before"


def test_a_clock_behind_is_told() -> None:
    """In a sentence with its count."""
    trace = [
        event
        for n in range(3)
        for event in (said(n, "orders", f"call span_id=aaa{n}", trace="t"), said(n - 0.7, "prices", f"asked span_id=bbb{n} parent_id=aaa{n}", trace="t"))
    ]
    page = evidence_of(trace[0], trace, trace, "files")
    assert trends(page)[0] == "the clock of prices is about 0.7 s behind that of orders, so the order of their lines cannot be trusted (seen in 3 calls)"


def test_nothing_comes_to_nothing() -> None:
    """No event, no evidence."""
    assert evidence_of(None, [], [], "files") == ()


def test_lines_that_are_all_equal_are_one() -> None:
    """With their count."""
    events = [LogEvent(said(n, "api", "same").time, "same", f"p{n}", "INFO", "api") for n in range(500)]
    (only,) = evidence_of(None, events, [], "files")
    assert "same (500 times in the window)" in only.text


def test_hostile_texts_are_cut_and_made_visible() -> None:
    """Megabytes, escape sequences, a stack without end."""
    events = [
        said(0, "api", "\x1b[31mred\x00" + "x" * 5_000_000, level="ERROR", stack="at frame\n" * 50_000),
        said(1, "api", '{"message":"{\\"inner\\": true}"}'),
        said(10**9, "api", "from the future", level="ERROR"),
    ]
    page = evidence_of(events[0], events, events, "files")
    assert size(page) <= TOKENS * CHARACTERS_PER_TOKEN
    assert "\x1b" not in page[0].text
    assert "characters left out" in page[0].text


@pytest.mark.slow
def test_thirty_thousand_errors_that_differ_keep_the_budget() -> None:
    """What does not fit is counted."""
    letters = str.maketrans("0123456789", "abcdefghij")
    events = [said(n, "api", f"{str(n * 7919).translate(letters)} met {str(n * 104729).translate(letters)} at noon", level="ERROR") for n in range(30_000)]
    page = evidence_of(events[0], events, [], "files")
    assert size(page) <= TOKENS * CHARACTERS_PER_TOKEN
    assert "not shown: " in trends(page)[-1]


def test_the_count_of_a_message_of_several_lines_stands_behind_the_first() -> None:
    """Behind the last it would read as a part of it: of an SQL statement, say."""
    events = [said(n, "db", "deadlock detected\nSTATEMENT:  UPDATE items", level="ERROR") for n in range(3)]
    (line,) = (evidence.text for evidence in evidence_of(events[-1], events, [], "files") if evidence.kind == "log")

    first, second = line.split("\n")
    assert " deadlock detected (3 times in the window)" in first
    assert second == "STATEMENT:  UPDATE items"
