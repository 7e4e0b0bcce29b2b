"""What is asked of every source, and everything that a diagnoser may know."""

from datetime import datetime
from typing import Literal

from bot.model.alert import Alert, Frame, Signature
from bot.model.evidence import Deploy, Evidence, Gap
from bot.model.record import Number, Record
from bot.model.words import Category, Severity, Status


class PastFix(Record, frozen=True):
    """What ended an earlier occurrence, as an entry's `resolution` names it; `commit` when it names one."""

    signature: str
    words: str
    commit: str | None = None
    pull_request: str | None = None
    """`#1234`, `!12` or `acme/transfers#1234`, when the resolution names a pull request."""


class Inquiry(Record, frozen=True):
    """What is asked of every source: the alert, the window around it, and the leads found so far.

    Round one has what the alert itself says; later rounds carry only the leads that are new. A source answers from
    the leads it understands and returns empty Findings for the rest.
    """

    alert: Alert
    start: datetime
    end: datetime
    search: bool = True
    """True in round one: look for errors in the window. Later rounds only follow leads."""
    trace_ids: tuple[str, ...] = ()
    frames: tuple[Frame, ...] = ()
    release: str | None = None
    service: str | None = None
    category: Category = "unknown"
    """What kind of failure it seems to be, from what is known so far."""
    before: Category | None = None
    """What it seemed to be in the round before; None in round one."""
    past_fixes: tuple[PastFix, ...] = ()
    began: datetime | None = None
    """When an error came first that is known and was not ended since; None for a new one. Only sources that read code use it."""
    deploys: tuple[Deploy, ...] = ()
    """Known deploys, the newest first; only sources that read code use them."""
    words: tuple[str, ...] = ()
    """A look-up of its own: every log event of the window that holds all of these words, error or not; only sources of logs answer it.
    With a service, only that service's events. Words are compared, whatever their case, and never read as a query's syntax."""
    helps: tuple[str, ...] = ()
    """Systems that a runbook wants asked whatever the category, by their names in the configuration; `late` are those not asked for in the round before."""
    late: tuple[str, ...] = ()
    skip: tuple[tuple[str, str], ...] = ()
    """Systems that a runbook leaves out, each with the reason."""


class PastEntry(Record, frozen=True):
    """What the knowledge folder says of this error, or of one like it."""

    signature: str
    path: str
    title: str
    status: Status
    severity: Severity
    last_seen: datetime
    occurrences: Number
    relation: Literal["same", "alias", "similar"]
    resolution: str = ""
    resolved_at: datetime | None = None
    root_cause: str = ""
    fix: PastFix | None = None
    seen: tuple[datetime, ...] = ()
    """The times of its alerts, oldest first."""


class Search(Record, frozen=True):
    """One question that a source was asked, as it was asked: query, window, how much there was and what was cut off."""

    source: str
    query: str


class Case(Record, frozen=True):
    """Everything a diagnoser may know: alert, evidence, gaps, history, and what was searched. Redacted before it is closed."""

    alert: Alert
    signature: Signature
    start: datetime
    end: datetime
    evidence: tuple[Evidence, ...] = ()
    gaps: tuple[Gap, ...] = ()
    history: tuple[PastEntry, ...] = ()
    searches: tuple[Search, ...] = ()
