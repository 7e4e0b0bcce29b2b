"""Which lines of a message speak of which of its errors: labels above or below, apart or not, in fences or without."""

import pytest

from tests.alert_reading import read

FIRST = """Traceback (most recent call last):
  File "/app/billing/invoice.py", line 41, in load
    row = db.fetch(key)
KeyError: 'customer'
"""
SECOND = """Traceback (most recent call last):
  File "/app/ledger/book.py", line 12, in post
    book(entry)
ValueError: negative amount
"""


@pytest.mark.parametrize(
    ("text", "services"),
    [
        ("Service: billing\n```{0}```\nService: ledger\n```{1}```", ("billing", "ledger")),
        ("*Service:* billing\n{0}*Service:* ledger\n{1}", ("billing", "ledger")),
        ("Two errors\n\n*Service:*\nbilling\n\n```\n{0}```\n\n*Service:*\nledger\n\n```\n{1}```", ("billing", "ledger")),
        ("Service: billing\n```{0}```\nbut also:\nService: ledger\n```{1}```", ("billing", "ledger")),
        ("Service: billing\n```{0}```\n\n```{1}```", ("billing", None)),
        ("Two errors\n```{0}```\nService: ledger\n```{1}```", (None, "ledger")),
        ("Owner: x\nService: shop\n\nService: billing\n```{0}```\n\nService: ledger\n```{1}```", ("billing", "ledger")),
    ],
    ids=["fences", "no fences", "apart", "with words between", "only the first", "only the second", "the nearest"],
)
def test_a_trace_takes_the_label_that_stands_nearest_above_it(text: str, services: tuple[str | None, str | None]) -> None:
    """In its own part of the message; one without a label takes none of the other's."""
    assert tuple(alert.service for alert in read(text.format(FIRST, SECOND))) == services


@pytest.mark.parametrize(
    ("text", "services"),
    [
        ("```{0}```\nService: billing\n\n```{1}```\nService: ledger", ("billing", "ledger")),
        ("{0}Service: billing\n{1}Service: ledger", ("billing", "ledger")),
        ("Two errors\n```\n{0}```\nService: billing\n\n```\n{1}```", ("billing", None)),
    ],
    ids=["fences", "no fences", "only the first"],
)
def test_labels_below_stay_with_the_trace_above_them(text: str, services: tuple[str | None, str | None]) -> None:
    """Where one stands below the last trace, or right below the first and apart from the second."""
    assert tuple(alert.service for alert in read(text.format(FIRST, SECOND))) == services


@pytest.mark.parametrize(
    "text",
    [
        "Two errors\n```{0}```\n```{1}```\nService: shop",
        "{0}{1}*Service:*\nshop",
        "```{0}```\n\n```{1}```\n\nService: shop",
        "KeyError: a\nValueError: b\nService: shop",
    ],
    ids=["fences", "no fences", "apart", "headlines"],
)
def test_one_label_below_all_errors_is_of_each(text: str) -> None:
    """It is the message's; of two labels each has its own."""
    assert [alert.service for alert in read(text.format(FIRST, SECOND))] == ["shop", "shop"]


def test_the_other_labels_go_with_the_service() -> None:
    """Release, place and trace of one error are not told of the other."""
    labels = "Service: {0}\nRelease: {0}@2\nHandler: {0}_handler\ntrace_id: {1}"
    one, other = "018c1234-5678-9abc-def0-123456789abc", "018c1234-5678-9abc-def0-aaaaaaaaaaaa"
    first, second = read(f"{labels.format('billing', one)}\n```{FIRST}```\n{labels.format('ledger', other)}\n```{SECOND}```")

    assert (first.release, first.culprit, first.trace_ids) == ("billing@2", "billing_handler", (one,))
    assert (second.release, second.culprit, second.trace_ids) == ("ledger@2", "ledger_handler", (other,))


def test_labels_of_a_headline_are_not_those_of_the_trace_below_it() -> None:
    """What a headline bears below itself stays with it; with a label of the same kind above each headline, each has its own."""
    headline, trace = read(f"ValidationError: transfer failed\nService: transfers\n```{FIRST}```")
    assert (headline.service, trace.service) == ("transfers", None)

    first, second = read("Service: a\nTransferError: duplicate transfer\nService: b\nTimeoutError: node did not answer")
    assert (first.service, second.service) == ("a", "b")


def test_a_headline_and_its_trace_are_one_error() -> None:
    """Also where the headline goes on behind a message that is all value, and another trace follows with its own label."""
    first, second = read(f"KeyError: 'customer' in prod\nService: billing\n```{FIRST}```\nService: ledger\n```{SECOND}```")
    assert [(alert.error_type, alert.service, len(alert.frames)) for alert in (first, second)] == [("KeyError", "billing", 1), ("ValueError", "ledger", 1)]


@pytest.mark.parametrize(
    "text",
    [
        '[Triggered] Error rate is high on service:pay env:prod\nerror.type:net.ReadTimeout error.message:"no answer in 30s"',
        "exception.type: net.ReadTimeout\nexception.message: no answer in 30s\nservice.name: pay",
        '{"log.level": "ERROR", "error.type": "net.ReadTimeout", "error.message": "no answer in 30s", "service.name": "pay"}',
    ],
    ids=["datadog", "opentelemetry", "elastic"],
)
def test_an_error_in_two_fields(text: str) -> None:
    """Type and message as Datadog, OpenTelemetry and the Elastic common schema name them: one alert of that type."""
    (alert,) = read(text)
    assert (alert.error_type, alert.message, alert.service) == ("net.ReadTimeout", "no answer in 30s", "pay")


@pytest.mark.parametrize("between", ["`transfers.handlers in transfer_handler`\n", "transfers/handlers in transfer_handler\n\n"])
def test_a_message_below_the_place_that_sentry_puts_under_the_type(between: str) -> None:
    """The place is the culprit, and what stands under it the message."""
    (alert,) = read(f":red_circle: *ValidationError*\n{between}```insufficient leaf balance```\nState: *New*   First Seen: *1 minute ago*")
    assert (alert.error_type, alert.culprit, alert.message) == ("ValidationError", "transfer_handler", "insufficient leaf balance")
