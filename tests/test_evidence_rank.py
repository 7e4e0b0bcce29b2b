"""The line that explains a failure stands before the lines that only stand near it."""

import pytest

from bot.core.logs.evidence_rank import ranked
from bot.core.logs.statements import emitter, failed
from bot.model import LogEvent
from tests.log_events import request, said


def given_window(broken_from: int = 40, requests: int = 60) -> list[LogEvent]:
    """A request each second; from some second on they break."""
    return [event for number in range(requests) for event in request(number, f"trace-{number:04}", broken=number >= broken_from)]


def messages(events: list[LogEvent], failing: LogEvent | None = None) -> list[str]:
    """What the ranked events say, best first."""
    return [events[number].message for number in ranked(events, failing)]


def test_the_last_words_of_the_called_service_come_early() -> None:
    """Prices says nothing wrong; it only says nothing more."""
    assert "asking the table of prices" in messages(given_window())[:4]


def test_a_statement_that_is_no_longer_followed_leads_also_without_any_error() -> None:
    """The flow itself changed: what used to come next does not."""
    silent = [event for event in given_window() if event.level != "ERROR"]
    assert messages(silent)[0] in {"asking the table of prices", "pricing the order", "request accepted"}


def test_the_alerts_own_error_leads_the_errors() -> None:
    """Whatever else fails more often."""
    own = said(50.9, "mail", "could not send", level="ERROR")
    events = [*given_window(), own]
    assert messages(events, own)[0] == "could not send"


def test_an_error_that_is_new_leads_one_that_was_there_before() -> None:
    """What failed all the time did not break anything now."""
    old = [said(second + 0.9, "mail", "mailbox is full", level="ERROR") for second in range(60)]
    found = messages(sorted([*given_window(), *old], key=lambda event: event.time))
    assert found.index("order 50 has no price") < found.index("mailbox is full")


def test_each_statement_stands_once() -> None:
    """Hundreds of repeats take one place, and none is missing."""
    events = given_window()
    found = ranked(events)
    assert len(found) == len({events[number].message.translate(str.maketrans("", "", "0123456789")) for number in range(len(events))})


def test_without_trace_ids_the_lines_before_an_error_are_its_surroundings() -> None:
    """Plain files often have none."""
    events = [said(number, "api", f"beat {number}") for number in range(50)]
    events += [said(50, "api", "cannot lock the ledger"), said(51, "api", "transfer failed", level="ERROR")]
    assert messages(events)[:2] == ["transfer failed", "cannot lock the ledger"]


@pytest.mark.parametrize("events", [[], [said(0, "api", "alone")], [said(0, "api", "same", trace="t1")] * 5])
def test_little_or_nothing_is_ranked_too(events: list[LogEvent]) -> None:
    """No line, one line, the same line again."""
    assert len(ranked(events)) == min(1, len(events))


def test_a_pod_before_the_line_names_its_service() -> None:
    """Where nothing else does."""
    assert emitter(said(0, "", "orders-api-5b67c48447-mv5hb started")) == "orders-api"
    assert emitter(said(0, "", "started at once")) == ""


def test_a_level_inside_json_behind_a_prefix_is_read() -> None:
    """A shipper's prefix hides the document from the reader of lines."""
    assert failed(said(0, "", 'pod-1 {"severity":"error","message":"no"}', level=""))
    assert not failed(said(0, "", 'pod-1 {"severity":"info","message":"error"}', level=""))
