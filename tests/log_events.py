"""Log events for tests of what reads many of them."""

from datetime import UTC, datetime, timedelta

from bot.model import LogEvent

NINE = datetime(2025, 3, 4, 9, 0, tzinfo=UTC)


def said(seconds: float, service: str, message: str, *, level: str = "INFO", trace: str | None = None, stack: str = "") -> LogEvent:
    """An event so many seconds after nine; its place names it."""
    return LogEvent(NINE + timedelta(seconds=seconds), message, f"{service}:{seconds}:{message[:40]}", level, service, stack=stack, trace_id=trace)


def request(seconds: float, trace: str, *, broken: bool = False) -> list[LogEvent]:
    """A request through gateway, orders and prices. A broken one ends after prices asked its table; orders then logs the error."""
    asked = [
        said(seconds, "gateway", "request accepted", trace=trace),
        said(seconds + 0.1, "orders", "pricing the order", trace=trace),
        said(seconds + 0.2, "prices", "asking the table of prices", trace=trace),
    ]
    if broken:
        return [*asked, said(seconds + 0.4, "orders", f"order {int(seconds)} has no price", level="ERROR", trace=trace)]
    answered = [said(seconds + 0.3, "prices", "found a price", trace=trace), said(seconds + 0.4, "orders", "order priced", trace=trace)]
    return [*asked, *answered, said(seconds + 0.5, "gateway", "request answered", trace=trace)]
