"""An answer of a model that fits the transfer case."""

from typing import Any

GOOD: dict[str, Any] = {
    "verdict": "act now",
    "summary": "Transfers fail because two of them take the same leaf.",
    "category": "application",
    "bug_class": "race condition",
    "severity": "high",
    "severity_reason": "Transfers of users fail.",
    "cause_known": True,
    "root_cause": "The row lock was taken out of reserve_leaves, so two transfers reserve the same leaf.",
    "five_whys": ["Two transfers reserved one leaf.", "Nothing locks the row.", "A commit removed the lock."],
    "citations": [{"evidence": "E1", "quote": "ValidationError: insufficient leaf balance"}, {"evidence": "E4", "quote": "rows = query.with_for_update()"}],
    "unsettled": [],
    "rivals": [
        {
            "statement": "The balance really is too low.",
            "decided_by": "The balance of the leaf at that time.",
            "citations": [{"evidence": "E1", "quote": "leaf"}],
        }
    ],
    "past_applies": "It does: the earlier fix no longer stands (E3).",
    "blast_radius": "One transfer is seen; how many more is not known.",
    "affected_code": [{"evidence": "E2", "issue": "reads without a lock"}, {"evidence": "E9", "issue": "made up"}],
    "immediate_fix": "Revert the commit.",
    "long_term_fix": "Lock the row.",
    "verification": "Two transfers at once leave one of them waiting.",
    "prevention_test": "Two transfers of one leaf at the same time.",
    "prevention_check": "",
    "prevention_alert": "",
    "next_steps": ["Revert it."],
    "resolution_tips": ["Look for with_for_update first."],
}
