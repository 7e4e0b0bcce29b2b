"""The stack traces within a message: one error each, however many causes are chained and however they are carried."""

import json

import pytest

from bot.core.signature import signature
from tests.alert_reading import read

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
