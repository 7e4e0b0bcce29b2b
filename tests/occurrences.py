"""Occurrences and signatures for tests of the knowledge folder."""

from typing import Any

import msgspec

from bot.core.signature import signature as signatures
from bot.model import Alert, Assessment, Diagnosis, HistoricalContext, Occurrence, Permalink, RootCause, Severity, Signature

FIRST, SECOND, THIRD = "1765526465.120900", "1765962764.000100", "1766062764.000200"


def alert(**changes: Any) -> Alert:
    """The insufficient balance in transfer_handler."""
    link = Permalink("acme.slack.com", "C0ALERTS1", FIRST)
    usual = Alert(link, link.time, "prod", "x", error_type="ValidationError", culprit="transfer_handler", message="insufficient leaf balance")
    return msgspec.structs.replace(usual, **changes)


def signature(**changes: Any) -> Signature:
    """The signature of that alert."""
    return signatures.of(alert(**changes))


def occurrence(
    ts: str = FIRST, *, severity: Severity = "high", cause: str = "The row lock is gone.", fix: str = "Take the lock again.", **changes: Any
) -> Occurrence:
    """One time that it happened."""
    link = Permalink("acme.slack.com", "C0ALERTS1", ts)
    diagnosis = Diagnosis(
        diagnoser="rules",
        verdict="act now",
        summary="Transfers fail.",
        category="application",
        bug_class="race condition",
        assessment=Assessment(severity, "money moves", "< 1 hour", "on-call engineer"),
        root_cause=RootCause(bool(cause), cause, "high"),
        history=HistoricalContext("new"),
        immediate_fix=fix,
        next_steps=("Look at the lock.",),
    )
    usual = Occurrence(link, link.time, "prod", "transfers", "2.3.1", ("4bf92f3577b34da6a3ce929d0e0e4736",), diagnosis)
    return msgspec.structs.replace(usual, **changes)
