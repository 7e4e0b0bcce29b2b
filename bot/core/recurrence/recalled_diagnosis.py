"""The diagnosis that a reviewed entry stands for: its own words, and nothing that anybody thought of today."""

from datetime import datetime

from bot.core.entry.entry import Entry, path_of
from bot.core.recurrence.reviewed_text import read
from bot.model import Assessment, Diagnosis, HistoricalContext, Recalled, RootCause, Severity, Verdict

DIAGNOSER = "knowledge"
_VERDICTS: dict[Severity, Verdict] = {"critical": "act now", "high": "act now", "medium": "fix soon", "low": "watch"}


def diagnosis_of(entry: Entry, recalled: Recalled, response_time: str, escalation: str) -> Diagnosis:
    """From the text as it stands in the entry; `response_time` and `escalation` are those of its severity."""
    meta, says = entry.meta, read(entry)
    day = meta.reviewed_at[:10]
    return Diagnosis(
        diagnoser=DIAGNOSER,
        verdict=says.verdict or _VERDICTS[meta.severity],
        summary=meta.title,
        category=meta.category,
        bug_class=says.bug_class,
        assessment=Assessment(meta.severity, f"as its entry says, reviewed on {day}", response_time, escalation),
        root_cause=RootCause(bool(says.cause), says.cause, says.confidence if says.cause else "none"),
        history=HistoricalContext(
            "recurring",
            datetime.fromisoformat(meta.last_seen),
            meta.resolution,
            f"It was answered from the entry as it was reviewed on {day}; nothing of today speaks against it.",
            path_of(meta.signature),
        ),
        immediate_fix=says.action,
        recalled=recalled,
    )
