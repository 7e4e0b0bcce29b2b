"""Whether merging an entry also opens a tracking issue, and why."""

from collections.abc import Collection

from bot.model import Severity, Status


def reason(*, severity: Severity, status: Status, occurrences: int, severities: Collection[Severity], regressions: bool, count: int) -> str | None:
    """The rule of the policy that asks for an issue, as the end of "a tracking issue, because …"; None when none does."""
    if status == "regressed" and regressions:
        return "it was resolved before and came back"
    if severity in severities:
        return f"its severity is {severity}"
    if count and occurrences >= count:
        return f"it happened {occurrences} times"
    return None
