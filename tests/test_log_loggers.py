"""Errors as widespread loggers write them in JSON, each under names of its own, read without any configuration."""

import json

import pytest

from bot.config import Fields
from bot.core.logs.lines import lines_to_events
from bot.core.logs.matching import trace_of
from bot.model import LogEvent

NODE = "PaymentError: card refused\n    at pay (/app/pay.js:3:1)\n    at post (/app/routes.js:9:4)"
NET = "Shop.StockException: no such article\n   at Shop.Stock.Take() in /src/Stock.cs:line 9"
GO = "main.handle\n\t/src/main.go:11\nmain.main\n\t/src/main.go:3"


@pytest.mark.parametrize(
    ("document", "level", "error_type", "message", "frames"),
    [
        (
            {"level": 50, "time": 1765962764000, "msg": "request failed", "err": {"type": "PaymentError", "message": "card refused", "stack": NODE}},
            *("ERROR", "PaymentError", "request failed", 2),
        ),
        (
            {"Timestamp": "2025-12-17T09:12:44Z", "Level": "Error", "MessageTemplate": "Taking {Article}", "Exception": NET},
            *("ERROR", "Shop.StockException", "Taking {Article}", 1),
        ),
        ({"asctime": "2025-12-17 09:12:44,123", "levelname": "ERROR", "name": "shop", "message": "job failed"}, "ERROR", None, "job failed", 0),
        ({"datetime": "2025-12-17T09:12:44+00:00", "level": 400, "level_name": "ERROR", "message": "no stock"}, "ERROR", None, "no stock", 0),
        ({"@t": "2025-12-17T09:12:44Z", "@l": "Error", "@mt": "Taking {Article}", "@x": NET}, "ERROR", "Shop.StockException", "Taking {Article}", 1),
        ({"Timestamp": "2025-12-17T09:12:44Z", "LogLevel": "Error", "Message": "no stock"}, "ERROR", None, "no stock", 0),
        ({"timestamp": "2025-12-17T09:12:44Z", "level": "error", "event": "no stock", "exception": NODE}, "ERROR", "PaymentError", "no stock", 2),
        ({"timestamp": "2025-12-17T09:12:44Z", "level": "ERROR", "fields": {"message": "no stock"}, "target": "shop"}, "ERROR", None, "no stock", 0),
        ({"t": "2025-12-17T09:12:44Z", "lvl": "eror", "msg": "no stock"}, "ERROR", None, "no stock", 0),
        ({"timestamp": "2025-12-17T09:12:44Z", "severity": "ERROR", "jsonPayload": {"message": "no stock"}}, "ERROR", None, "no stock", 0),
        ({"timestamp": "2025-12-17T09:12:44Z", "level": "error", "msg": "dial failed", "stacktrace": GO}, "ERROR", None, "dial failed", 2),
        (
            {
                "timestamp": "2025-12-17T09:12:44Z",
                "level": "ERROR",
                "message": "job failed",
                "exception": {"class": "Cart::Empty", "message": "no lines", "backtrace": ["app/cart.rb:1:in `sum'", "app/jobs.rb:2:in `run'"]},
            },
            *("ERROR", "Cart::Empty", "job failed", 2),
        ),
        (
            {"timestamp": "2025-12-17T09:12:44Z", "status": "error", "level": "error", "message": "x", "error": {"kind": "ValueError", "stack": NODE}},
            *("ERROR", "ValueError", "x", 2),
        ),
    ],
    ids=["pino", "Serilog", "python-json-logger", "Monolog", "Serilog, compact", ".NET", "structlog", "tracing", "log15", "Google", "zap", "Rails", "Datadog"],
)
def test_the_error_is_read_where_its_logger_puts_it(document: dict[str, object], level: str, error_type: str | None, message: str, frames: int) -> None:
    """Type, message and trace of one line."""
    (event,) = lines_to_events([(1, json.dumps(document))], Fields(), "app.log")

    assert isinstance(event, LogEvent)
    assert (event.level, event.error_type, event.message) == (level, error_type, message)
    assert sum(" at " in line or ".go:" in line or ".rb:" in line for line in event.stack.splitlines()) == frames


def read(document: dict[str, object]) -> LogEvent:
    """The event of one line."""
    (event,) = lines_to_events([(1, json.dumps(document))], Fields(), "app.log")
    assert isinstance(event, LogEvent)
    return event


def test_serilogs_compact_form_is_read() -> None:
    """The message is written out from its template; what a format made of a property stands apart."""
    event = read(
        {
            "@t": "2025-12-17T09:12:44.1234567Z",
            "@mt": "Taking {Article} for {@User} took {Elapsed:0.0} ms, {{so}} {Unknown}",
            "@l": "Error",
            "@x": NET,
            "@r": ["12.3"],
            "@tr": "4bf92f3577b34da6a3ce929d0e0e4736",
            "Article": 7,
            "User": {"Id": 3},
            "Elapsed": 12.345,
        }
    )
    assert (event.time.isoformat(), event.level) == ("2025-12-17T09:12:44.123456+00:00", "ERROR")
    assert event.message == 'Taking 7 for {"Id": 3} took 12.3 ms, {so} {Unknown}'
    assert (event.error_type, event.stack, event.trace_id) == ("Shop.StockException", NET, "4bf92f3577b34da6a3ce929d0e0e4736")


@pytest.mark.parametrize(
    ("document", "level", "message"),
    [
        ({"@t": "2025-12-17T09:12:44Z", "@m": "Started on 80", "@i": "a1b2"}, "INFO", "Started on 80"),
        ({"@t": "2025-12-17T09:12:44Z", "@mt": "Started on {Port}", "Port": 80}, "INFO", "Started on 80"),
        ({"@t": "2025-12-17T09:12:44Z", "@mt": "Slow: {Port}", "@l": "Warning", "@r": 3, "Port": None}, "WARN", "Slow: null"),
        ({"Timestamp": "2025-12-17T09:12:44Z", "Level": "Error", "MessageTemplate": "No {Leaf}", "Properties": {"Leaf": "acc-1"}}, "ERROR", "No acc-1"),
    ],
)
def test_serilog_says_information_by_saying_no_level(document: dict[str, object], level: str, message: str) -> None:
    """In the compact form only; both have templates."""
    event = read(document)
    assert (event.level, event.message) == (level, message)


def test_a_hostile_template_is_bounded() -> None:
    """Many places, long properties, unfinished braces."""
    event = read({"@t": "2025-12-17T09:12:44Z", "@mt": "{A}{" * 20_000, "A": "x" * 100_000, "@r": [[]] * 1000})
    assert len(event.message) < 21_000


CAUSE = {"type": "Error", "message": "connect ECONNREFUSED 10.0.0.1:5432", "stack": "Error: connect ECONNREFUSED 10.0.0.1:5432\n    at connect (node:net:1:2)"}
NESTED = f"{NODE} {{\n  [cause]: Error: connect ECONNREFUSED 10.0.0.1:5432\n      at connect (node:net:1:2)\n}}"


@pytest.mark.parametrize(
    "error",
    [
        {"stack": NESTED},
        {"err": {"type": "PaymentError", "message": "card refused", "stack": NESTED}},
        {"error": NESTED},
        {"err": {"type": "PaymentError", "stack": NODE, "cause": CAUSE}},
        {"err": {"type": "PaymentError", "stack": NODE, "cause": {"message": "no pool", "cause": CAUSE}}},
        {"stack": NODE, "cause": {"name": "Error", "message": "connect ECONNREFUSED 10.0.0.1:5432"}},
    ],
    ids=["stack", "pino", "text", "object", "objects", "without a stack"],
)
def test_the_root_cause_of_a_chain_is_read_however_it_is_nested(error: dict[str, object]) -> None:
    """Within the stack, or as an object beside it."""
    event = read({"time": 1765962764000, "level": "error", "msg": "request failed", **error})
    chain = trace_of(event).chain
    assert event.message == "request failed"
    assert (chain[0].error_type, chain[-1].message) == ("PaymentError", "connect ECONNREFUSED 10.0.0.1:5432")


@pytest.mark.parametrize("loops", [{"cause": "x"}, {"cause": {}}, {"cause": {"cause": {"cause": 3}}}])
def test_a_cause_that_says_nothing_adds_nothing(loops: dict[str, object]) -> None:
    """Whatever stands under its name."""
    assert read({"time": 1765962764000, "level": "error", "msg": "request failed", "stack": NODE, **loops}).stack == NODE


@pytest.mark.parametrize(
    ("document", "level", "message"),
    [
        ({"time": "2025-12-17T09:12:44Z", "level": "ERROR", "msg": "x", "error": "dial: refused"}, "ERROR", "x: dial: refused"),
        ({"time": "2025-12-17T09:12:44Z", "level": "ERROR", "msg": "x: dial: refused", "error": "dial: refused"}, "ERROR", "x: dial: refused"),
        ({"timestamp": "2025-12-17T09:12:44Z", "level": "ERROR", "fields": {"message": "x", "error": "refused"}, "target": "pay"}, "ERROR", "x: refused"),
        ({"@timestamp": "2025-12-17T09:12:44Z", "log.level": "ERROR", "message": "x", "error.message": "refused"}, "ERROR", "x: refused"),
        ({"@timestamp": "2025-12-17T09:12:44Z", "log": {"syslog": {"severity": {"code": 3, "name": "Error"}}}, "message": "x"}, "ERROR", "x"),
        ({"Timestamp": "2025-12-17T09:12:44Z", "LogLevel": "Critical", "Message": "x", "State": {"Message": "x"}}, "CRITICAL", "x"),
        ({"version": "1.1", "host": "web", "timestamp": 1765962764.1, "level": 3, "short_message": "x"}, "ERROR", "x"),
        ({"datetime": "2025-12-17T09:12:44Z", "level": 400, "level_name": "ERROR", "channel": "app", "message": "x"}, "ERROR", "x"),
        ({"asctime": "2025-12-17 09:12:44,123", "levelname": "ERROR", "message": "x"}, "ERROR", "x"),
        ({"timestamp": "2025-12-17T09:12:44Z", "level": "error", "event": "x"}, "ERROR", "x"),
        ({"timestamp": 1765962764123, "level": "ERROR", "formattedMessage": "x"}, "ERROR", "x"),
        ({"timestamp": "2025-12-17 09:12:44.123 UTC", "error_severity": "FATAL", "state_code": "53300", "message": "x"}, "FATAL", "x"),
        ({"timeUnixNano": "1765962764123000000", "severityNumber": 17, "body": {"stringValue": "x"}}, "ERROR", "x"),
        ({"time": "2025-12-17T09:12:44Z", "category": "AppServiceConsoleLogs", "level": "Error", "properties": {"message": "x"}}, "ERROR", "x"),
    ],
    ids=[
        *("slog", "said twice", "tracing", "ECS", "ECS, syslog", "Microsoft.Extensions.Logging", "GELF", "Monolog", "python-json-logger", "structlog"),
        *("logback", "PostgreSQL", "OpenTelemetry", "Azure"),
    ],
)
def test_level_message_and_error_stand_where_the_logger_puts_them(document: dict[str, object], level: str, message: str) -> None:
    """What the error says of itself is a part of what the line says."""
    event = read(document)
    assert (event.level, event.message) == (level, message)


@pytest.mark.parametrize(
    "payload",
    [
        {"textPayload": f"{NODE}", "severity": "DEFAULT"},
        {"jsonPayload": {"message": "request failed", "stack_trace": NODE}, "severity": "ERROR"},
    ],
)
def test_google_cloud_puts_a_document_around_the_line(payload: dict[str, object]) -> None:
    """Text or a document, with the container and the trace beside it."""
    about = {"resource": {"labels": {"container_name": "pay"}}, "trace": "projects/acme/traces/4bf92f3577b34da6a3ce929d0e0e4736"}
    event = read({"timestamp": "2025-12-17T09:12:44Z", **about, **payload})
    assert (event.service, event.error_type, event.trace_id) == ("pay", "PaymentError", "4bf92f3577b34da6a3ce929d0e0e4736")
    assert event.level in ("", "ERROR")


def test_what_gelf_calls_otherwise_is_read() -> None:
    """One's own fields begin with an underscore, the version is the format's, and a panic stands below the message."""
    panic = f"panic: no leaf\n\ngoroutine 7 [running]:\n{GO}"
    document = {"version": "1.1", "host": "web", "short_message": "panic: no leaf", "full_message": panic, "timestamp": 1765962764.1, "level": 2}
    event = read(document | {"_service": "pay", "_trace_id": "4bf92f3577b34da6a3ce929d0e0e4736"})
    assert (event.level, event.message, event.service) == ("CRITICAL", "panic: no leaf", "pay")
    assert (event.trace_id, event.release) == ("4bf92f3577b34da6a3ce929d0e0e4736", None)
    assert event.stack == panic
    assert read(document | {"_version": "7.2.0"}).release == "7.2.0"


TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


def test_clickhouses_schema_of_opentelemetry_is_read() -> None:
    """The columns of the collector's exporter."""
    stack = "shop.StockError: none left\n\tat shop.Stock.take(Stock.java:9)"
    row = {"Timestamp": "2025-12-17 09:12:44.123456789", "TraceId": TRACE, "SpanId": "00f067aa0ba902b7", "SeverityText": "ERROR", "SeverityNumber": 17}
    row |= {"ServiceName": "shop", "Body": "charge failed", "ResourceAttributes": {"service.version": "2.3.1"}}
    event = read(row | {"LogAttributes": {"exception.type": "shop.StockError", "exception.stacktrace": stack}})
    assert (event.level, event.message, event.service, event.trace_id) == ("ERROR", "charge failed", "shop", TRACE)
    assert (event.release, event.span_id, event.error_type, event.stack) == ("2.3.1", "00f067aa0ba902b7", "shop.StockError", stack)
    assert read(row | {"SeverityText": ""}).level == "ERROR"


def test_structlogs_traceback_of_objects_is_one() -> None:
    """`dict_tracebacks`: the last error raised first, then what caused it."""
    errors = [
        {"exc_type": "PaymentError", "exc_value": "card refused", "is_cause": False, "frames": [{"filename": "/app/pay.py", "lineno": 31, "name": "charge"}]},
        {"exc_type": "ConnectionError", "exc_value": "no route", "is_cause": True, "frames": [{"filename": "/app/net.py", "lineno": 9, "name": "call"}, 7]},
    ]
    event = read({"timestamp": "2025-12-17T09:12:44Z", "level": "error", "event": "request_failed", "exception": errors})
    assert [(link.error_type, link.message) for link in trace_of(event).chain] == [("PaymentError", "card refused"), ("ConnectionError", "no route")]
    assert (event.message, event.error_type) == ("request_failed", "PaymentError")
    assert read({"timestamp": "2025-12-17T09:12:44Z", "event": "x", "exception": [{}, {"frames": 3}]}).stack == ""


@pytest.mark.parametrize(
    ("document", "level", "error_type", "message"),
    [
        ({"level": "ERROR", "message": {"errorType": "Refused", "errorMessage": "card refused", "stackTrace": [NODE]}}, "ERROR", "Refused", "card refused"),
        ({"level": "ERROR", "message": "x", "errorType": "ValueError", "errorMessage": "bad", "stackTrace": ["f"]}, "ERROR", "ValueError", "x: bad"),
        ({"level": "error", "message": {"code": 7, "message": "card refused"}}, "ERROR", None, "card refused"),
        ({"level": "ERROR+4", "msg": "x"}, "ERROR", None, "x"),
        ({"level": "INFO-2", "msg": "x"}, "INFO", None, "x"),
        ({"status": 500, "message": "[500] POST /", "error": "ActiveRecord::RecordInvalid: no name"}, "", "ActiveRecord::RecordInvalid", None),
        ({"level": "info", "message": "retried", "error": "shop.TimeoutError: late"}, "INFO", None, None),
        ({"t": {"$date": "2025-12-17T09:12:44.123+00:00"}, "s": "E", "c": "STORAGE", "msg": "x", "attr": {"error": "no disk"}}, "ERROR", None, "x: no disk"),
        ({"t": {"$date": "2025-12-17T09:12:44.123+00:00"}, "s": "I", "c": "STORAGE", "msg": "x"}, "INFO", None, "x"),
    ],
    ids=["Lambda, Node.js", "Lambda, Python", "an object", "slog", "slog, below", "lograge", "a calm line", "MongoDB", "MongoDB, calm"],
)
def test_what_went_wrong_is_read_under_other_names(document: dict[str, object], level: str, error_type: str | None, message: str | None) -> None:
    """An error told by its text alone counts where no level says otherwise."""
    event = read(document if "t" in document else {"timestamp": "2025-12-17T09:12:44Z", **document})
    assert (event.level, event.error_type) == (level, error_type)
    assert message in (None, event.message)


def test_the_console_of_dotnet_keeps_the_trace_in_its_scopes() -> None:
    """A list of objects."""
    scopes = [{"ConnectionId": "0HN"}, {"SpanId": "00f067aa0ba902b7", "TraceId": TRACE, "ParentId": "0000000000000000"}]
    assert read({"Timestamp": "2025-12-17T09:12:44Z", "LogLevel": "Error", "Message": "x", "Scopes": scopes}).trace_id == TRACE


@pytest.mark.parametrize("text", [f"[shop,{TRACE},00f067aa0ba902b7] boom", f"ERROR 1 --- [shop] [main] [{TRACE}-00f067aa0ba902b7] c.a.X : boom"])
def test_a_text_names_its_trace_between_brackets(text: str) -> None:
    """Spring Cloud Sleuth's and Micrometer's, and Spring Boot's own, within a document too. What a field says goes before."""
    event = read({"@timestamp": "2025-12-17T09:12:44Z", "level": "ERROR", "message": text})
    assert (event.trace_id, event.span_id, event.service) == (TRACE, "00f067aa0ba902b7", "shop")
    told = read({"@timestamp": "2025-12-17T09:12:44Z", "message": text, "trace_id": "a" * 32, "service": "pay"})
    assert (told.trace_id, told.service) == ("a" * 32, "pay")


@pytest.mark.parametrize(
    ("request_log", "level"),
    [
        ({"method": "POST", "path": "/pay", "status": 500}, "ERROR"),
        ({"request": "GET /pay HTTP/1.1", "status": "502"}, "ERROR"),
        ({"http": {"request": {"method": "GET"}, "response": {"status_code": 503}}}, "ERROR"),
        ({"req": {"method": "GET"}, "res": {"statusCode": 504}}, "ERROR"),
        ({"method": "POST", "path": "/pay", "status": 404}, ""),
        ({"method": "POST", "path": "/pay", "status": 5000}, ""),
        ({"method": "POST", "path": "/pay", "status": 500, "level": "info"}, "INFO"),
        ({"message": "batch", "status": 500}, ""),
    ],
)
def test_a_request_that_failed_is_an_error_where_no_level_is_told(request_log: dict[str, object], level: str) -> None:
    """As in a plain access log; a number without a request may count anything."""
    assert read({"time": "2025-12-17T09:12:44Z", **request_log}).level == level


@pytest.mark.parametrize(
    ("reason", "kind", "level"),
    [
        *(("OOMKilling", "Warning", "ERROR"), ("BackOff", "Warning", "ERROR"), ("FailedScheduling", "Warning", "ERROR")),
        *(("Unhealthy", "Warning", "WARN"), ("Started", "Normal", "INFO")),
    ],
)
@pytest.mark.parametrize("around", ["", "event"])
def test_an_event_of_kubernetes_is_read(reason: str, kind: str, level: str, around: str) -> None:
    """Its time is the last of several, its service the workload of the pod."""
    about = {"involvedObject": {"kind": "Pod", "name": "pay-5f7c9d8b6-x2x4z"}, "metadata": {"creationTimestamp": "2025-12-17T08:00:00Z"}}
    told: dict[str, object] = {**about, "type": kind, "reason": reason, "message": "it was so", "lastTimestamp": "2025-12-17T09:12:44Z"}
    document: dict[str, object] = {"verb": "ADDED", around: told} if around else told
    event = read(document)
    assert (event.level, event.service, event.message) == (level, "pay", f"{reason}: it was so")
    assert f"{event.time:%H:%M:%S}" == "09:12:44"


@pytest.mark.parametrize("odd", [{"type": "Warning"}, {"type": "Warning", "reason": 7}, {"type": ["Warning"], "reason": "BackOff"}, {"event": {"type": "x"}}])
def test_what_only_looks_like_an_event_of_kubernetes_stays(odd: dict[str, object]) -> None:
    """A type and no reason, or none that are words."""
    event = read({"time": "2025-12-17T09:12:44Z", "message": "x", **odd})
    assert (event.level, event.message) == ("", "x")
