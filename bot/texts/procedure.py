"""What a quality system is told of an investigation, step by step, as plain text."""

from bot.core.grounding.leads import is_lead
from bot.core.plain_text.plain_text import cut, one_line
from bot.model import Case, Diagnosis
from bot.model.procedure import StepResult

MAX_LINE = 1_000


def diagnosed(case: Case, diagnosis: Diagnosis) -> tuple[StepResult, ...]:
    """The first three steps: what kind of error it is, what was looked at, why it happened."""
    row, cause = diagnosis.assessment, diagnosis.root_cause
    classified = (
        f"{diagnosis.category}, {diagnosis.bug_class}, severity {row.severity} ({_line(row.reason)})",
        f"Response time {row.response_time}; escalation: {row.escalation}",
        f"{case.signature.name}: {_line(diagnosis.summary)}",
    )
    gaps = [f"Not seen: {_line(gap.wanted)}: {_line(gap.cause)}" for gap in case.gaps[:20]]
    seen = (f"{len(case.evidence)} pieces of evidence from {len({one.source for one in case.evidence})} sources.", *gaps)
    whys = [f"{number}. {_line(why)}" for number, why in enumerate(cause.five_whys[:5], start=1)]
    unsettled = [f"Would settle it: {_line(one)}" for one in cause.unsettled[:10]]
    begins = "Cause" if cause.known else "Not proven" if is_lead(cause) else "Not known"
    why = (f"{begins} ({cause.confidence} confidence): {_line(cause.statement)}", *whys, *unsettled)
    return (
        StepResult("classification", "\n".join(classified)),
        StepResult("evidence", "\n".join(seen)),
        StepResult("root cause", "\n".join(why)),
        StepResult("fix", f"Proposed: {_line(diagnosis.immediate_fix) or 'nothing yet'}", done=False),
    )


def published(entry_url: str, approved_by: tuple[str, ...]) -> tuple[StepResult, ...]:
    """The entry was reviewed and stands in the knowledge folder."""
    by = f", reviewed by {', '.join(_line(name) for name in approved_by[:5])}" if approved_by else ""
    return (StepResult("documentation", f"Published{by}: {entry_url}"),)


def resolved(resolution: str, entry_url: str) -> tuple[StepResult, ...]:
    """What ended the error."""
    return (StepResult("fix", f"Resolved: {_line(resolution)}"), StepResult("prevention", f"What would have caught it stands in the entry: {entry_url}"))


def _line(text: str) -> str:
    return cut(one_line(text), MAX_LINE)
