"""Cases for the rules of diagnosis, and what they make of them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from bot.config import Severities
from bot.core.grounding.grounding import grounded
from bot.diagnosers.rules import RulesDiagnoser
from bot.model import Alert, Case, CodePlace, Commit, Diagnosis, Evidence, FixCheck, Gap, LogEvent, PastEntry, PastFix, Permalink, Signature

ALERT = datetime(2025, 12, 17, 9, 12, 44, tzinfo=UTC)
HANDLER = "transfers/handlers/transfer_handler.py"
LOCK = "        .with_for_update(skip_locked=True)"
NAME = "transfer_handler_ValidationError_ce7c24"
ERROR = "ValidationError: insufficient leaf balance"


def commit(sha: str, subject: str, days: float, relation: Any = "changed the failing function", **more: Any) -> Commit:
    """A commit that many days before the alert."""
    return Commit("transfers", sha * 10, "Priya Raman", ALERT - timedelta(days=days), subject, HANDLER, relation, **more)


FIX = commit("490e", "Lock the leaves while selecting them (#1234)", 5, added=(LOCK,), pull_request="https://github.com/acme/transfers/pull/1234")
REMOVER = commit("1c9b", "perf: drop the row lock from leaf selection (#1251)", 0.8, removed=(LOCK,))


def event(message: str, service: str = "transfers", seconds: float = 1, level: str = "ERROR", trace: str | None = "7d1f", **more: Any) -> Evidence:
    """A log event so many seconds before the alert."""
    detail = LogEvent(ALERT - timedelta(seconds=seconds), message, f"logs/{service}.ndjson:1", level, service, trace_id=trace, **more)
    return Evidence("trace" if trace else "log", "files", detail.place, f"{detail.time:%H:%M:%S} {service} {level} {message}", time=detail.time, detail=detail)


def place(function: str = "select_leaves_for_transfer", path: str = HANDLER, line: int = 45) -> Evidence:
    """The failing line."""
    snippet = f'def {function}(session):\n    raise ValidationError("insufficient leaf balance")'
    detail = CodePlace("transfers", "7" * 40, path, line, function, line - 1, snippet, f"https://github.com/acme/transfers/blob/{'7' * 40}/{path}#L{line}")
    return Evidence("code", "code", detail.permalink or "", f"{path}:{line}\n{snippet}", detail=detail)


def changed(one: Commit) -> Evidence:
    """A commit as evidence."""
    return Evidence("commit", "code", one.sha, "\n".join([f"commit {one.sha[:7]}: {one.subject}", *one.removed, *one.added]), time=one.time, detail=one)


def fix_check(*, stands: bool = False, removed_by: Commit | None = REMOVER) -> Evidence:
    """What was found of the earlier fix."""
    detail = FixCheck(NAME, FIX, stands, () if stands else (LOCK,), None if stands else removed_by)
    text = "\n".join(
        [f"fix {FIX.sha[:7]}: {FIX.subject}", LOCK, *([f"removed by {removed_by.sha[:7]}: {removed_by.subject}"] if removed_by and not stands else [])]
    )
    return Evidence("fix", "code", FIX.sha, text, detail=detail)


def past(relation: Any = "same", status: Any = "resolved", **more: Any) -> PastEntry:
    """The entry that knows this error."""
    known = PastEntry(NAME, f"knowledge/errors/{NAME}.md", ERROR, status, "high", ALERT - timedelta(days=5.2), 2, relation)
    resolved = {"resolution": "Row lock, commit 490e490e490e", "resolved_at": ALERT - timedelta(days=4.7), "fix": PastFix(NAME, "Row lock", FIX.sha)}
    return msgspec.structs.replace(known, **{**(resolved if status == "resolved" else {}), **more})


def case(*evidence: Evidence, history: tuple[PastEntry, ...] = (), gaps: tuple[Gap, ...] = (), **alert: Any) -> Case:
    """A closed case: evidence numbered."""
    said = {"error_type": "ValidationError", "message": "insufficient leaf balance", "culprit": "transfer_handler", "service": "transfers", **alert}
    permalink = Permalink("acme.slack.com", "C08RB8T6CNS", "1765962764.000000")
    numbered = tuple(msgspec.structs.replace(one, id=f"E{number}") for number, one in enumerate(evidence, start=1))
    environment = said.pop("environment", "prod")
    text = said.pop("text", f"{said['error_type']}: {said['message']}")
    signature = Signature(NAME, "ce7c24", "transfer_handler", "ValidationError", "insufficient leaf balance")
    return Case(
        Alert(permalink, ALERT, environment, text, **said), signature, ALERT - timedelta(minutes=5), ALERT + timedelta(minutes=1), numbered, gaps, history
    )


def diagnose(given: Case) -> Diagnosis:
    """The rules' diagnosis; it must survive the check against the evidence untouched, and be the same each time."""
    diagnosis = RulesDiagnoser(Severities()).diagnose(given)
    assert diagnosis == RulesDiagnoser(Severities()).diagnose(given)
    kept, removed = grounded(diagnosis, given)
    assert removed == ()
    assert kept.verified.claims
    # The confidence is computed anew, from what was verified; not a word is marked.
    sure = msgspec.structs.replace(kept.root_cause, confidence=diagnosis.root_cause.confidence)
    assert msgspec.structs.replace(kept, verified=diagnosis.verified, root_cause=sure) == diagnosis
    return diagnosis
