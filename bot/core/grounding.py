"""What a diagnosis claims is checked against the case: a quote must stand in its evidence, a line of code must have been read there.

What does not hold is taken out and named, so that a reviewer never sees an invented quotation, line or link.
"""

from collections.abc import Iterator

from msgspec.structs import replace

from bot.core.plain_text import cut, one_line
from bot.model import AffectedCode, Case, Citation, CodePlace, Commit, Confidence, Diagnosis, Evidence, FixCheck, HistoricalContext, LogEvent, RootCause

UNKNOWN = "Unknown: a cause was named, but nothing that was quoted for it stands in the evidence."
_LOWER: dict[Confidence, Confidence] = {"high": "medium", "medium": "low", "low": "low", "none": "none"}


def grounded(diagnosis: Diagnosis, case: Case) -> tuple[Diagnosis, tuple[str, ...]]:
    """The diagnosis with only what the case carries, and a line for each claim that was taken out. Applying it twice changes nothing."""
    removed: list[str] = []
    cause = _cause(diagnosis.root_cause, case, removed)
    code = tuple(place for place in (_place(claimed, case, removed) for claimed in diagnosis.affected_code) if place is not None)
    history = _history(diagnosis.history, case, removed)
    if removed and cause.known:
        cause = replace(cause, confidence=_LOWER[cause.confidence])
    return replace(diagnosis, root_cause=cause, affected_code=code, history=history), tuple(removed)


def _cause(cause: RootCause, case: Case, removed: list[str]) -> RootCause:
    texts = {evidence.id: _folded(" ".join(_words(evidence))) for evidence in case.evidence}
    kept = []
    for citation in cause.citations:
        if _stands(citation, texts):
            kept.append(citation)
        else:
            where = "there is no such evidence" if citation.evidence not in texts else "it does not stand there"
            removed.append(f"quote from {cut(one_line(citation.evidence), 20)}, {where}: “{cut(one_line(citation.quote), 160)}”")
    if not cause.known:
        return replace(cause, citations=tuple(kept), confidence="none")
    if kept:
        return replace(cause, citations=tuple(kept))
    removed.append(f"cause without a quotation that stands: {cut(one_line(cause.statement), 300)}")
    claim = f"Whether this holds, which no evidence shows: {one_line(cause.statement)}"
    return RootCause(False, UNKNOWN, "none", unsettled=(claim, *cause.unsettled))


def _stands(citation: Citation, texts: dict[str, str]) -> bool:
    quote = _folded(citation.quote)
    return any(character.isalnum() for character in quote) and quote in texts.get(citation.evidence, "")


def _words(evidence: Evidence) -> Iterator[str]:
    """Everything of a piece of evidence that may be quoted: its text and what its detail was read from."""
    yield evidence.text
    detail = evidence.detail
    if isinstance(detail, LogEvent):
        yield from (detail.message, detail.stack)
    elif isinstance(detail, CodePlace):
        yield detail.snippet
    elif isinstance(detail, Commit):
        yield from (detail.subject, *detail.removed, *detail.added)
    elif isinstance(detail, FixCheck):
        yield from (detail.fix.subject, *detail.fix.added, *detail.fix.removed, *detail.missing)


def _place(claimed: AffectedCode, case: Case, removed: list[str]) -> AffectedCode | None:
    """The place as the evidence has it, its link included; a file that is known only by name carries no line to check."""
    details = [evidence.detail for evidence in case.evidence]
    read = [detail for detail in details if isinstance(detail, CodePlace) and detail.path == claimed.path]
    exact = next((place for place in read if place.line in (claimed.line, 0)), None)
    if exact is not None:
        return replace(claimed, permalink=exact.permalink)
    commits = [detail.fix if isinstance(detail, FixCheck) else detail for detail in details if isinstance(detail, Commit | FixCheck)]
    if not read and any(commit.path == claimed.path for commit in commits):
        return replace(claimed, permalink=None)
    removed.append(f"code that was not read: {cut(one_line(claimed.path), 200)}:{claimed.line}")
    return None


def _history(history: HistoricalContext, case: Case, removed: list[str]) -> HistoricalContext:
    if history.reference is not None and history.reference not in _references(case):
        removed.append(f"reference that the case does not hold: {cut(one_line(history.reference), 200)}")
        history = replace(history, reference=None)
    if history.last_seen is not None and history.last_seen not in {past.last_seen for past in case.history}:
        removed.append(f"last seen {history.last_seen:%Y-%m-%d %H:%M} UTC, which no entry says")
        history = replace(history, last_seen=None)
    seen_before = case.history or any(isinstance(evidence.detail, FixCheck) for evidence in case.evidence)
    if history.recurrence != "new" and not seen_before:
        removed.append(f"“{history.recurrence}”, though nothing of the past is known")
        history = replace(history, recurrence="new")
    return history


def _references(case: Case) -> set[str]:
    known = {past.signature for past in case.history} | {past.path for past in case.history} | {evidence.place for evidence in case.evidence}
    known |= {past.fix.commit for past in case.history if past.fix and past.fix.commit}
    for evidence in case.evidence:
        detail = evidence.detail
        commits = (detail.fix, detail.removed_by, detail.carried_by) if isinstance(detail, FixCheck) else (detail,)
        for commit in commits:
            if isinstance(commit, Commit):
                known |= {text for text in (commit.sha, commit.permalink, commit.pull_request) if text}
    return known


def _folded(text: str) -> str:
    return " ".join(text.split())
