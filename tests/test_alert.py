"""What an alert says of itself, and how many errors a message speaks of."""

import json

import pytest

from bot.config import DEFAULT_ENVIRONMENTS, Environment
from bot.core.alert.alert import alerts
from bot.core.signature import signature
from bot.model import Alert, Message, Permalink
from tests.test_stacktrace import PYTHON

PLACE = Permalink("acme.slack.com", "C08RB8T6CNS", "1765962764.835579")
PROD = "https://log.us-west-2.sparkinfra.example/_dashboards/goto/8fe39392be1e352209f6a8b9f878ef33"


def read(text: str, *links: str, limit: int = 5, environments: tuple[Environment, ...] = DEFAULT_ENVIRONMENTS) -> tuple[Alert, ...]:
    """The alerts of a message with this text and these links."""
    return alerts(Message(PLACE, text, links), environments, "prod", limit)


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


CHAINED = """Traceback (most recent call last):
  File "/app/billing/invoice.py", line 41, in load
    row = db.fetch(key)
psycopg.errors.UniqueViolation: duplicate key value violates unique constraint "invoices_pkey"
DETAIL:  Key (id)=(8812) already exists.

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/app/billing/invoice_handler.py", line 20, in post
    return load(key)
billing.errors.InvoiceError: invoice 8812 could not be loaded
"""
NESTED = """2026-01-05 10:11:12.345 ERROR [http-nio-8080-exec-7] c.a.p.PaymentController - request failed
org.springframework.web.util.NestedServletException: Request processing failed
\tat org.springframework.web.servlet.FrameworkServlet.doPost(FrameworkServlet.java:909)
Caused by: java.net.SocketTimeoutException: Read timed out
\tat com.acme.pay.GatewayClient.send(GatewayClient.java:102)
\tat com.acme.pay.PaymentController.post(PaymentController.java:31)
\t... 54 more
"""
DOTNET = """Unhandled exception. System.InvalidOperationException: Could not settle batch 99
 ---> Npgsql.NpgsqlException (0x80004005): Exception while reading from stream
   at Acme.Ledger.BatchStore.Load(Guid id) in /src/Acme.Ledger/BatchStore.cs:line 48
   --- End of inner exception stack trace ---
   at Acme.Ledger.Settler.Settle(Guid id) in /src/Acme.Ledger/Settler.cs:line 21
"""
PHP = """PHP Fatal error:  Uncaught App\\Exception\\StockException: no stock in /var/www/app/src/Stock/Reserve.php:55
Stack trace:
#0 /var/www/app/src/Http/OrderController.php(31): App\\Stock\\Reserve->take('SKU-991', 2)
#1 {main}

Next RuntimeException: order failed in /var/www/app/src/Http/OrderController.php:34
Stack trace:
#0 /var/www/app/vendor/symfony/http-kernel/HttpKernel.php(181): App\\Http\\OrderController->post(Object(Request))
#1 {main}
  thrown in /var/www/app/src/Http/OrderController.php on line 34
"""


@pytest.mark.parametrize(
    ("trace", "error_type", "culprit"),
    [
        (CHAINED, "psycopg.errors.UniqueViolation", "invoice"),
        (NESTED, "java.net.SocketTimeoutException", "GatewayClient"),
        (DOTNET, "Npgsql.NpgsqlException", "BatchStore"),
        (PHP, "App\\Exception\\StockException", "Reserve"),
    ],
    ids=["python", "java", "dotnet", "php"],
)
def test_a_chain_of_causes_is_one_error_however_it_is_carried(trace: str, error_type: str, culprit: str) -> None:
    """As printed, in a fence, as a line of JSON, as a list of lines, printed over several lines, or escaped: one alert, the same name."""
    as_list = {"level": "error", "stack_trace": trace.split("\n")}
    carried = [
        trace,
        f"It broke again\n```\n{trace}```",
        json.dumps({"level": "error", "stack_trace": trace}),
        json.dumps(as_list),
        json.dumps(as_list, indent=2),
        "2026-01-05T10:11:12Z ERROR " + trace.replace("\n", "\\n").replace("\t", "\\t"),
    ]
    found = [read(text) for text in carried]

    assert [(len(alerts), alerts[0].error_type, alerts[0].culprit) for alerts in found] == [(1, error_type, culprit)] * len(carried)
    assert len({signature.current(alert).name for (alert,) in found}) == 1


def test_each_of_several_traces_keeps_its_frames() -> None:
    """Two pasted traces, or two lines of a log, are two errors, each with its own frames."""
    first, second = CHAINED.split("During", maxsplit=1)[0], DOTNET
    pasted, logged = read(f"2 errors\n```\n{first}```\nand\n```\n{second}```"), read("\n".join(json.dumps({"stack": text}) for text in (first, second, first)))

    for both in (pasted, logged):
        assert [(alert.culprit, alert.frames[-1].function) for alert in both] == [("invoice", "load"), ("BatchStore", "Load")]


POOL = """java.lang.IllegalStateException: pool is exhausted
\tat com.acme.pay.Pool.lease(Pool.java:14)
\tSuppressed: java.io.IOException: Stream closed
\t\tat com.acme.pay.Pool.close(Pool.java:40)
"""
RECOVERED = """panic: no stock [recovered]
\tpanic: no stock

goroutine 7 [running]:
main.Reserve(0x1)
\t/app/reserve.go:12 +0x1d

goroutine 9 [select]:
main.Watch(0x2)
\t/app/watch.go:40 +0x2f
"""
NULL = "java.lang.NullPointerException\n\tat com.acme.pay.Cart.total(Cart.java:9)\n"
RUST = "thread 'main' panicked at src/leaves.rs:31:5:\nno leaf\nstack backtrace:\n   0: rust_begin_unwind\n             at ./src/leaves.rs:31:5\n"
RUBY = "app/cart.rb:3:in `add': no such product (KeyError)\n\tfrom app/cart.rb:9:in `post'\n"
OPENED = {POOL: "java.lang.IllegalStateException", NULL: "java.lang.NullPointerException", CHAINED: "psycopg.errors.UniqueViolation", RECOVERED: "panic"} | {
    RUST: "panic",
    RUBY: "KeyError",
    NESTED: "java.net.SocketTimeoutException",
    DOTNET: "Npgsql.NpgsqlException",
    PHP: "App\\Exception\\StockException",
}


@pytest.mark.parametrize("between", ["{}\n{}", "2 errors\n```\n{}```\n```\n{}```", "{}{}"], ids=["blank line", "fences", "nothing"])
@pytest.mark.parametrize("first", OPENED)
def test_a_head_that_is_no_cause_begins_another_error(first: str, between: str) -> None:
    """However close the two traces stand, each is an error of its own; what is chained, suppressed or another goroutine's is none."""
    for second in OPENED:
        if first != second:
            assert [alert.error_type for alert in read(between.format(first, second))] == [OPENED[first], OPENED[second]]


@pytest.mark.parametrize("cause", ["caused by: ", "Caused By: ", "cause: ", "Root Cause: ", "nested exception is: ", "original: ", "From previous event:\n"])
def test_a_cause_goes_on_with_its_error_however_its_library_writes_it(cause: str) -> None:
    """One case, and under the name that it had."""
    text = f"TransferError: could not save\n    at save (/app/x.js:9:1)\n{cause}TypeError: inner is undefined\n    at inner (/app/y.js:3:4)\n"
    assert len(read(text)) == 1


@pytest.mark.slow
def test_the_error_below_ten_thousand_frames_is_found() -> None:
    """Of a text that is too long both ends are read."""
    frames = "".join(f'  File "/app/step.py", line {n}, in step\n    step({n})\n' for n in range(1, 10_000))
    (alert,) = read(f"Traceback (most recent call last):\n{frames}RecursionError: maximum recursion depth exceeded")

    assert (alert.error_type, alert.culprit) == ("RecursionError", "step")
