"""The present moment, for adapters and jobs that need it in the middle of their work; what can is handed a time instead."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """Aware, in UTC."""
    return datetime.now(UTC)
