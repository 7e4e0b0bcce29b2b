"""What an entry knows better than a diagnosis: an error that was resolved and happens again is a regression, and graver for that."""

from datetime import datetime
from typing import Protocol

import msgspec

from bot.core.entry.entry import Entry
from bot.core.entry.meta import EntryMeta, higher
from bot.core.entry.recording import severity_after
from bot.core.entry.times import alert_times, instant, iso
from bot.model import Assessment, Diagnosis, Severity, Status


class Row(Protocol):
    """What a severity obliges to (`bot.config.Response`)."""

    @property
    def response_time(self) -> str: ...  # noqa: D102 - the configuration says it

    @property
    def escalation(self) -> str: ...  # noqa: D102 - as above


class Matrix(Protocol):
    """The response matrix (`bot.config.Severities`)."""

    def of(self, severity: Severity) -> Row: ...  # noqa: D102 - the configuration says it


def as_regression(diagnosis: Diagnosis, status: Status) -> Diagnosis:
    """The diagnosis told as a regression, where the entry says so with this alert; a new variant stays one: the earlier fix still stands."""
    if status != "regressed" or diagnosis.history.recurrence in ("regression", "new variant"):
        return diagnosis
    return msgspec.structs.replace(diagnosis, history=msgspec.structs.replace(diagnosis.history, recurrence="regression"))


def graver(diagnosis: Diagnosis, entry: Entry, time: datetime, matrix: Matrix) -> Diagnosis:
    """The diagnosis with the severity that the entry has with it, where this alert is the one that brought the error back.

    The same again once the entry is regressed, so that a second run says the same.
    """
    found = diagnosis.assessment
    severity = higher(severity_after(entry.meta, iso(time)), found.severity) if _brings_back(entry, time) else found.severity
    if severity == found.severity:
        return diagnosis
    why = "for that" if diagnosis.history.recurrence == "regression" else "because it was resolved and came back"
    row, reason = matrix.of(severity), f"{found.reason}; raised from {found.severity} {why}"
    return msgspec.structs.replace(diagnosis, assessment=Assessment(severity, reason, row.response_time, row.escalation))


def as_grave(diagnosis: Diagnosis, meta: EntryMeta, matrix: Matrix) -> Diagnosis:
    """The diagnosis as a request tells it: with the entry's severity, where the error came back and this alert alone is less grave than that."""
    found, severity = diagnosis.assessment, higher(meta.severity, diagnosis.assessment.severity)
    if meta.status != "regressed" or severity == found.severity:
        return diagnosis
    row = matrix.of(severity)
    reason = f"{found.reason}; {found.severity} for this alert alone, but the error was resolved and came back, and its entry is {severity}"
    return msgspec.structs.replace(diagnosis, assessment=Assessment(severity, reason, row.response_time, row.escalation))


def _brings_back(entry: Entry, time: datetime) -> bool:
    """Whether an alert of that time is the first since the resolution."""
    ended = instant(entry.meta.resolved_at)
    if entry.meta.status not in ("resolved", "regressed") or ended is None or time <= ended:
        return False
    return entry.meta.status == "resolved" or not any(ended < other < time for other in alert_times(entry))
