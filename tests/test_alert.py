"""What an alert says of itself, and how many errors a message speaks of."""

import pytest

from tests.alert_reading import PLACE, read
from tests.test_stacktrace import PYTHON

PROD = "https://log.us-west-2.sparkinfra.example/_dashboards/goto/8fe39392be1e352209f6a8b9f878ef33"


def test_a_labelled_alert() -> None:
    """Type, message, culprit, service, release and trace come from what is labelled."""
    (alert,) = read(
        "ValidationError in transfer_handler\nTransfer failed: ValidationError: insufficient leaf balance\n"
        "Service: transfers\nRelease: transfers@2025.12.16-3\ntrace_id: 018c1234-5678-9abc-def0-123456789abc",
        PROD,
    )

    assert (alert.error_type, alert.message, alert.culprit) == ("ValidationError", "insufficient leaf balance", "transfer_handler")
    assert (alert.service, alert.release) == ("transfers", "transfers@2025.12.16-3")
    assert alert.trace_ids == ("018c1234-5678-9abc-def0-123456789abc",)
    assert alert.log_links == (PROD,)
    assert alert.key_terms == ("insufficient", "leaf", "balance")
    assert alert.time == PLACE.time


@pytest.mark.parametrize(
    "label",
    [
        "*Service:* transfers",
        "*Service:*\ntransfers",
        "*Service*\ntransfers",
        "*Service*\n`transfers`\n*Environment*\nprod",
        "service=transfers",
        '"service": "transfers"',
        "Service: `transfers`",
        "| service: transfers |",
        "_Service_: transfers",
        "x_service\n:fire: Service: transfers",
        "container: istio-proxy\nservice: transfers",
        "container: transfers",
    ],
)
def test_labels_as_people_and_tools_write_them(label: str) -> None:
    """Bold labels, fields over two lines, `key=value` and JSON are all read."""
    assert read(f"TimeoutError: no answer\n{label}")[0].service == "transfers"


def test_a_pasted_trace() -> None:
    """A stack trace gives type, message, frames and the culprit."""
    (alert,) = read(f"transfers crashed\n```\n{PYTHON}```")

    assert (alert.error_type, alert.message) == ("transfers.errors.ValidationError", "insufficient leaf balance")
    assert alert.frames[-1].function == "select_leaves"
    assert alert.culprit == "transfer_handler"


@pytest.mark.parametrize(
    "headline",
    [
        "TimeoutError in pay_worker: bank did not answer",
        "*TimeoutError* in `pay_worker`: bank did not answer",
        "*TimeoutError in pay_worker():* bank did not answer",
        ":fire: `TimeoutError` in *pay_worker* : bank did not answer",
    ],
)
def test_a_headline_that_names_all(headline: str) -> None:
    """Type, place and message in one line, however it is marked."""
    (alert,) = read(headline)

    assert (alert.error_type, alert.culprit, alert.message) == ("TimeoutError", "pay_worker", "bank did not answer")


JAVA = """*ERROR* checkout prod
```java.sql.SQLTransientConnectionException: HikariPool-1 - Connection is not available.
\tat com.zaxxer.hikari.pool.HikariPool.createTimeoutException(HikariPool.java:696)
\tat com.acme.checkout.OrderRepository.find(OrderRepository.java:41)```"""
GO = """payments panic
```panic: runtime error: invalid memory address

goroutine 1 [running]:
main.(*Server).Pay(0x0)
\t/app/server.go:31 +0x1d```"""


@pytest.mark.parametrize(
    ("text", "error_type", "culprit", "message"),
    [
        ("TypeError: Cannot read properties of undefined\ncheckout/cart in addItem", "TypeError", "addItem", "Cannot read properties of undefined"),
        (":red_circle: *IntegrityError*\n```duplicate key value```\nState: *New*", "IntegrityError", None, "duplicate key value"),
        ("*IntegrityError*\nState: *New*", "IntegrityError", None, None),
        (JAVA, "java.sql.SQLTransientConnectionException", "OrderRepository", "HikariPool-1 - Connection is not available."),
        (GO, "panic", "server", "runtime error: invalid memory address"),
        ('level=error service=ledger err="context deadline exceeded"', None, None, "context deadline exceeded"),
        ("db-1: FATAL: remaining connection slots are reserved", None, None, "db-1: FATAL: remaining connection slots are reserved"),
    ],
    ids=["sentry", "headline and fence", "headline and label", "java", "go", "logfmt", "plain"],
)
def test_alerts_as_tools_write_them(text: str, error_type: str | None, culprit: str | None, message: str | None) -> None:
    """Type, place and message wherever a tool puts them; the place is ours, not a library's."""
    (alert,) = read(text)

    assert (alert.error_type, alert.culprit, alert.message) == (error_type, culprit, message)


def test_several_errors_are_several_alerts() -> None:
    """Each error of a message is an alert with its own culprit."""
    first, second = read("Handler: lightning_handler\nTransferError: duplicate transfer\n\nHandler: sync_worker\nTimeoutError: node did not answer")

    assert (first.error_type, first.message) == ("TransferError", "duplicate transfer")
    assert first.culprit == "lightning_handler"
    assert (second.error_type, second.message) == ("TimeoutError", "node did not answer")


def test_the_same_error_twice_is_one_alert() -> None:
    """A headline and a body that say the same are one problem."""
    (alert,) = read("TimeoutError: node 7 did not answer\nprod: TimeoutError: node 7 did not answer in 30s")

    assert alert.message == "node 7 did not answer in 30s"


def test_at_most_the_limit() -> None:
    """A message of many errors yields as many alerts as the limit allows, the first ones."""
    found = read("\n".join(f"Kind{chr(65 + n)}Error: problem {chr(97 + n)}" for n in range(12)), limit=3)

    assert [alert.error_type for alert in found] == ["KindAError", "KindBError", "KindCError"]


@pytest.mark.parametrize(
    ("text", "link", "environment"),
    [
        ("x", "https://log.dev.dev.sparkinfra.example/_dashboards/goto/1", "dev"),
        ("x", "https://log.loadtest.dev.sparkinfra.example/_dashboards/goto/1", "loadtest"),
        ("x", PROD, "prod"),
        ("env: loadtest\nfailed", "https://log.example/_dashboards/goto/1", "loadtest"),
        ("see log.dev.dev.example", "https://log.example/_dashboards/goto/1", "dev"),
        ("nothing told", "https://log.example/_dashboards/goto/1", "prod"),
    ],
)
def test_the_environment(text: str, link: str, environment: str) -> None:
    """The log link tells it, else the label, else the text, else the default."""
    assert read(text, link)[0].environment == environment


@pytest.mark.slow
@pytest.mark.parametrize("text", ["", "   \n ", "queue failed to drain", "🔥", "x" * 300_000, ":" * 50_000, "Error" * 50_000, "\x00\x1b"])
def test_an_alert_that_says_little_is_still_one(text: str) -> None:
    """A message without type, link or trace is one alert that says so."""
    (alert,) = read(text)

    assert alert.frames == ()
    assert alert.error_type is None
    assert len(alert.text) <= 200_000


def test_other_links_are_no_log_links() -> None:
    """Only links that lead to logs count."""
    assert read("TimeoutError: x", "https://wiki.example/runbook", PROD)[0].log_links == (PROD,)
    assert read("TimeoutError: x", "https://git.example/acme/x/issues/new", "https://git.example/acme/x/issues/slow-start")[0].log_links == ()


@pytest.mark.parametrize("issue", ["4412", "TRANSFERS-4F", "LEDGER_API-7/events/latest", "4412?project=3"])
def test_an_issue_of_a_sentry_of_ones_own_is_a_log_link(issue: str) -> None:
    """Whatever its host is called; by number or by short id."""
    link = f"https://errors.acme.example/organizations/acme/issues/{issue}"
    assert read("TimeoutError: x", link)[0].log_links == (link,)
