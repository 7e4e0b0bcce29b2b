"""Whether merging an entry also opens a tracking issue, and why."""

from collections.abc import Collection
from typing import Protocol

from bot.core.entry.meta import EntryMeta
from bot.model import Severity


class Policy(Protocol):
    """When merging opens an issue (`bot.config.Tracking`)."""

    @property
    def severities(self) -> Collection[Severity]: ...  # noqa: D102 - the configuration says it

    @property
    def regressions(self) -> bool: ...  # noqa: D102 - as above

    @property
    def occurrences(self) -> int: ...  # noqa: D102 - as above


def reason(meta: EntryMeta, policy: Policy, latest: str = "") -> str | None:
    """The rule of the policy that asks for an issue, as the end of "a tracking issue, because …"; None when none does.

    `latest` is the time of the newest new alert, as an entry writes it. A resolved entry asks for none but for an alert of after its
    resolution: what is merged late, and happened before, does not say that the error came back.
    """
    if meta.status == "resolved" and latest <= meta.resolved_at:
        return None
    if meta.status == "regressed" and policy.regressions:
        return "it was resolved before and came back"
    if meta.severity in policy.severities:
        return f"its severity is {meta.severity}"
    if policy.occurrences and meta.occurrences >= policy.occurrences:
        return f"it happened {meta.occurrences} times"
    return None
