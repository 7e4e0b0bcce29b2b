"""The closed vocabularies: words that a field may hold, and no others."""

from typing import Literal

Category = Literal["deployment", "database", "application", "infrastructure", "unknown"]
Severity = Literal["critical", "high", "medium", "low"]
Status = Literal["proposed", "diagnosed", "resolved", "regressed", "withdrawn"]
Verdict = Literal["act now", "fix soon", "watch", "no action", "unclear"]
Confidence = Literal["high", "medium", "low", "none"]
Recurrence = Literal["new", "recurring", "regression", "new variant"]
BugClass = Literal[
    "race condition",
    "missing value",
    "resource leak",
    "resource exhaustion",
    "logic error",
    "invalid input",
    "configuration",
    "dependency",
    "timeout",
    "external service",
    "permission",
    "unknown",
]
