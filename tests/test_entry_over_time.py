"""How often an error came: a chart of it, and the oldest alerts as a count for each month."""

from datetime import UTC, datetime, timedelta

from bot.core.entry import over_time
from bot.core.entry.meta import higher
from bot.core.entry.occurrence_chart import chart

DAY = datetime(2025, 12, 17, 9, 12, 44, tzinfo=UTC)


def test_a_chart_is_of_days_weeks_months_or_years() -> None:
    """At most 31 bars, none for fewer than six alerts or a single day."""

    def of(*days: int) -> str:
        return chart([DAY + timedelta(days=day) for day in days])

    assert of(0, 0, 0, 0, 0) == of(0, 0, 0, 0, 0, 0) == of(0, 1, 1, 1, 1) == ""
    assert '"12-17", "12-18", "12-19"]\n  y-axis "alerts" 0 --> 4\n  bar [4, 0, 2]' in of(0, 0, 0, 0, 2, 2)
    assert (of(0, 0, 0, 0, 0, 30).count('", "'), "by day" in of(0, 0, 0, 0, 0, 30)) == (30, True)
    assert 'by week, from its Monday"\n  x-axis ["12-15", "12-22"' in of(0, 0, 0, 0, 0, 31)
    assert 'by month"\n  x-axis ["2025-12", "2026-01", "2026-02"' in of(0, 0, 0, 0, 0, 250)
    assert 'by year"\n  x-axis ["2025", "2026", "2027", "2028"]' in of(0, 0, 0, 0, 0, 1_000)
    assert 'by year"\n  x-axis ["2071"' in of(0, 0, 0, 0, 0, 365 * 75 + 60)
    assert higher("low", "high") == higher("high", "low") == "high"


ALERTS = ("C1/1760000000.000100", "C1/1765962764.000100", "C1/1765962765.000100")


def test_the_oldest_alerts_are_a_count_for_each_month() -> None:
    """In a block with a seal, made anew; one that a person edited is theirs."""
    body = "# t\n\n## Diagnosis History\n\nx\n\n## Related Errors\n\ny\n"
    whole = over_time.told(body, ALERTS, ALERTS, "\n")
    assert whole.startswith("# t\n\n## Diagnosis History\n\nx\n\n### ")
    assert whole.endswith("\n\n## Related Errors\n\ny\n")
    assert "\n\n| Month | Occurrences |\n|---|---|\n| 2025-12 | 2 |\n| 2025-10 | 1 |\n\n" in whole
    own = over_time.own_block(whole)
    assert own is not None
    assert own.folded == frozenset(ALERTS)
    assert over_time.told(whole, ALERTS, ALERTS, "\n") == whole
    assert over_time.told(whole, (), (), "\n") == body
    assert over_time.told(body, (), ALERTS, "\n") == body
    assert over_time.own_block(whole.replace("| 2025-10 | 1 |", "| 2025-10 | 3 |")) is None
    assert over_time.own_block(body) is None
    assert over_time.told("z", ALERTS, ALERTS, "\n").startswith("z\n\n### ")
    assert "```mermaid" in over_time.told(body, (), tuple(f"C1/17{n}000000.000100" for n in range(60, 66)), "\n")
