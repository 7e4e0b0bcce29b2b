"""When merging an entry also opens a tracking issue."""

import msgspec
import pytest

from bot.config.tracking import Tracking
from bot.core.entry.entry import parse
from bot.core.entry.meta import EntryMeta
from bot.core.request.tracking import reason
from tests.conftest import project

EXAMPLE = parse((project() / "knowledge" / "EXAMPLE.md").read_text(encoding="utf-8")).meta


def entry(**said: object) -> EntryMeta:
    """The example's front matter, with other values."""
    return msgspec.structs.replace(EXAMPLE, **{"status": "diagnosed", "severity": "low", "occurrences": 1, **said})


@pytest.mark.parametrize(
    ("meta", "policy", "because"),
    [
        (entry(status="regressed"), Tracking(), "it was resolved before and came back"),
        (entry(status="regressed"), Tracking(regressions=False), None),
        (entry(severity="critical"), Tracking(), "its severity is critical"),
        (entry(severity="high"), Tracking(), None),
        (entry(severity="high"), Tracking(severities=("critical", "high")), "its severity is high"),
        (entry(occurrences=5), Tracking(), "it happened 5 times"),
        (entry(occurrences=4), Tracking(), None),
        (entry(occurrences=900), Tracking(occurrences=0), None),
        (entry(status="resolved", severity="critical", occurrences=9), Tracking(), None),
    ],
)
def test_the_policy(meta: EntryMeta, policy: Tracking, because: str | None) -> None:
    """Regression first, then severity, then the count; each can be turned off. What is resolved asks for nothing."""
    assert reason(meta, policy) == because


@pytest.mark.parametrize(("latest", "because"), [("2025-12-20T10:00:00Z", None), ("2025-12-20T10:00:01Z", "its severity is critical")])
def test_an_alert_of_after_the_resolution_asks_for_an_issue(latest: str, because: str | None) -> None:
    """Also where the entry still says that it is resolved; one of before does not, however late it is merged."""
    meta = entry(status="resolved", severity="critical", resolved_at="2025-12-20T10:00:00Z")
    assert reason(meta, Tracking(), latest) == because
