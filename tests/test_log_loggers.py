"""Errors as widespread loggers write them in JSON, each under names of its own, read without any configuration."""

import json

import pytest

from bot.config import Fields
from bot.core.logs.lines import lines_to_events
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
