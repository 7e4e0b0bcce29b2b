"""What a diagnoser says of a case: the report and its parts."""

from datetime import date, datetime

from bot.model.record import Number, Record
from bot.model.words import BugClass, Category, Confidence, Recurrence, Severity, Verdict


class Citation(Record, frozen=True):
    """A quote that must stand, word for word, in the evidence of that id."""

    evidence: str
    quote: str


class RivalCause(Record, frozen=True):
    """Another cause that the evidence does not rule out, and what would decide."""

    statement: str
    decided_by: str
    citations: tuple[Citation, ...] = ()


class RootCause(Record, frozen=True):
    """Why it failed. `known` is False where the evidence does not carry a cause; `unsettled` then says what would."""

    known: bool
    statement: str
    confidence: Confidence
    five_whys: tuple[str, ...] = ()
    citations: tuple[Citation, ...] = ()
    unsettled: tuple[str, ...] = ()
    rivals: tuple[RivalCause, ...] = ()


class Assessment(Record, frozen=True):
    """Severity with its reason, and what it obliges to."""

    severity: Severity
    reason: str
    response_time: str
    escalation: str


class HistoricalContext(Record, frozen=True):
    """What the past says, weighed: `applies` is a sentence, never assumed."""

    recurrence: Recurrence
    last_seen: datetime | None = None
    previous_resolution: str = ""
    applies: str = ""
    reference: str | None = None


class AffectedCode(Record, frozen=True):
    """A place in the code that the diagnosis names."""

    path: str
    line: Number
    function: str
    issue: str
    permalink: str | None = None


class Prevention(Record, frozen=True):
    """What would have caught it: a test, a check in CI, an alert."""

    test: str = ""
    check: str = ""
    alert: str = ""


class WantedQuery(Record, frozen=True):
    """A database query a person must approve before it runs; `sql` is exactly what would run."""

    sql: str
    purpose: str
    expected_rows: str


class RuleMatch(Record, frozen=True):
    """A rule that holds for a case, and the words of the evidence by which it does. The first of several made the diagnosis."""

    rule: str
    reason: str
    citations: tuple[Citation, ...] = ()


class Spend(Record, frozen=True):
    """What a model cost: tokens as the vendor bills them, US dollars by the configured prices, seconds of the clock.

    `saved` is what the cached tokens would have cost more, had they not been cached.
    """

    model: str
    requests: Number
    input_tokens: Number
    output_tokens: Number
    cache_read_tokens: Number = 0
    cache_write_tokens: Number = 0
    dollars: float = 0
    saved: float = 0
    seconds: float = 0
    day: date | None = None
    """The day, in UTC, on which it was spent."""
    note: str = ""
    """What a reader must know of it: that the day's ceiling could not be held."""


class Verified(Record, frozen=True):
    """What was held against the evidence: how many claims stand, and a line for each that was taken out or marked.

    `confidence` says in words from what the confidence was computed.
    """

    claims: Number = 0
    unfounded: tuple[str, ...] = ()
    confidence: str = ""


class Hint(Record, frozen=True):
    """What a person said before a diagnosis was made again; `by` is a login."""

    by: str
    text: str


class Recalled(Record, frozen=True):
    """What was weighed before anything was diagnosed: whether a reviewed entry answers the alert at once, and every reason in a sentence.

    From a proposal directory it is a claim: the job that may write weighs the entry of the default branch once more.
    """

    signature: str
    fits: bool
    reasons: tuple[str, ...] = ()
    reviewed_by: tuple[str, ...] = ()
    reviewed_at: datetime | None = None


class Diagnosis(Record, frozen=True):
    """The report. Every diagnoser fills the same fields; the schema is the contract."""

    diagnoser: str
    verdict: Verdict
    summary: str
    category: Category
    bug_class: BugClass
    assessment: Assessment
    root_cause: RootCause
    history: HistoricalContext
    blast_radius: str = ""
    affected_code: tuple[AffectedCode, ...] = ()
    immediate_fix: str = ""
    long_term_fix: str = ""
    verification: str = ""
    prevention: Prevention = Prevention()
    next_steps: tuple[str, ...] = ()
    resolution_tips: tuple[str, ...] = ()
    wanted_queries: tuple[WantedQuery, ...] = ()
    rules: tuple[RuleMatch, ...] = ()
    verified: Verified = Verified()
    spend: Spend | None = None
    fallback: str = ""
    """Why the rules stood in for the model, as a sentence; empty when nothing stood in."""
    recalled: Recalled | None = None
    """Whether the entry of this error answered at once; None where there is no entry, or a diagnosis was asked for."""
    hints: tuple[Hint, ...] = ()
    """What people said before this diagnosis was made again; empty for the first one."""
