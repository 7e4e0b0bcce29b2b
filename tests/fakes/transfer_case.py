"""A case and its diagnosis, whole: transfers fail again after a commit took the row lock out. `said` goes into every field that outsiders write."""

from datetime import UTC, datetime

from bot.model import (
    AffectedCode,
    Alert,
    Assessment,
    Case,
    Citation,
    CodePlace,
    Commit,
    Diagnosis,
    Evidence,
    FixCheck,
    Gap,
    HistoricalContext,
    LogEvent,
    Occurrence,
    PastEntry,
    Permalink,
    Prevention,
    RootCause,
    Signature,
    WantedQuery,
)

TIME = datetime(2025, 12, 17, 9, 12, 44, tzinfo=UTC)
THREAD = Permalink("acme.slack.com", "C08RB8T6CNS", "1765962764.835579")
NAME = "transfer_handler_ValidationError_a3f2c1"
HARMLESS = "insufficient leaf balance"


def fix() -> Commit:
    """The earlier fix."""
    return Commit(
        "transfers", "4be91d0712ab" + "0" * 28, "Mia", TIME, "Lock the row", "transfers/leaves.py", "changed the failing lines", (), ("with_for_update()",)
    )


def culprit(said: str = HARMLESS) -> Commit:
    """The commit that took the fix out again."""
    return Commit(
        *("transfers", "9c0ffee012ab" + "0" * 28, said, TIME, f"perf: {said}", "transfers/leaves.py", "changed the failing lines"),
        removed=("    rows = query.with_for_update()", said),
        added=("    rows = query", said),
        permalink="https://github.com/acme/transfers/commit/9c0ffee0",
        pull_request="https://github.com/acme/transfers/pull/41",
    )


def place(said: str = HARMLESS) -> CodePlace:
    """Where it fails."""
    link = "https://github.com/acme/transfers/blob/9c0ffee0/transfers/leaves.py#L42"
    return CodePlace("transfers", "9c0ffee0", "transfers/leaves.py", 42, "reserve_leaves", 41, f"    # {said}\n    raise ValidationError()\n", link)


def case(said: str = HARMLESS) -> Case:
    """The case, with what outsiders say in every text of theirs."""
    event = LogEvent(
        TIME, f"ValidationError: {said}", "https://logs.example/E1", "ERROR", "transfers", "ValidationError", f"Traceback\n{said}", "4bf92f3577b34da6"
    )
    past = PastEntry(
        *(NAME, f"knowledge/errors/{NAME}.md", said, "resolved", "medium", TIME, 3, "same"),
        resolution=f"Row lock in reserve_leaves. {said}",
        resolved_at=TIME,
        root_cause=f"A race. {said}",
    )
    evidence = (
        Evidence("log", "opensearch prod", event.place, f"{event.message}\n{event.stack}", "E1", TIME, f"message:{said}", event),
        Evidence("code", "code", "https://github.com/acme/transfers", place(said).snippet, "E2", None, "", place(said)),
        Evidence(
            "fix", "code", "transfers", said, "E3", TIME, "", FixCheck(NAME, fix(), stands=False, missing=("with_for_update()",), removed_by=culprit(said))
        ),
        Evidence("commit", "code", said, said, "E4", TIME, "", culprit(said)),
    )
    alert = Alert(
        *(THREAD, TIME, "prod", said),
        error_type="ValidationError",
        culprit="transfer_handler",
        message=said,
        service=said,
        release=said,
        trace_ids=("4bf92f3577b34da6a3ce929d0e0e4736", said),
    )
    gaps = (Gap("sentry", said, said, said), Gap(said, "the trace", "session expired", "run `aws sso login`"))
    similar = PastEntry("other_TimeoutError_123456", "knowledge/errors/other_TimeoutError_123456.md", said, "diagnosed", "low", TIME, 1, "similar", said)
    return Case(alert, Signature(NAME, "a3f2c1" + "0" * 26, "transfer_handler", "ValidationError", said), TIME, TIME, evidence, gaps, (past, similar))


def diagnosis(said: str = HARMLESS) -> Diagnosis:
    """A diagnosis as a model might write it, with the outsider's words echoed in every text."""
    return Diagnosis(
        diagnoser="rules",
        verdict="act now",
        summary=f"Transfers fail again: {said}",
        category="application",
        bug_class="race condition",
        assessment=Assessment("high", f"Money does not move. {said}", "< 1 hour", f"on-call engineer {said}"),
        root_cause=RootCause(
            *(True, f"The row lock was removed. {said}", "high"),
            five_whys=("Two transfers read the same leaf.", said),
            citations=(Citation("E1", said), Citation("E2", "raise ValidationError()")),
            unsettled=(said,),
        ),
        history=HistoricalContext("regression", TIME, f"Row lock. {said}", f"It does. {said}", f"knowledge/errors/{NAME}.md"),
        blast_radius=f"Every transfer. {said}",
        affected_code=(AffectedCode("transfers/leaves.py", 42, "reserve_leaves", said, place().permalink),),
        immediate_fix=f"Revert the commit. {said}",
        long_term_fix=f"Keep the lock.\n\n{said}",
        verification=said,
        prevention=Prevention(said, said, said),
        next_steps=("Revert 9c0ffee0.", said),
        resolution_tips=(said,),
        wanted_queries=(WantedQuery(f"SELECT 1 -- {said}", said, said),),
    )


def occurrence(said: str = HARMLESS) -> Occurrence:
    """The occurrence an entry records of it."""
    alert = case(said).alert
    return Occurrence(THREAD, TIME, "prod", said, said, alert.trace_ids, diagnosis(said))
