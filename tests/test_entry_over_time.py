"""How often an error came: a chart of it, and the oldest alerts as a count for each month."""

from datetime import UTC, datetime, timedelta

from bot.core.entry import over_time
from bot.core.entry.identity import folded
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
    assert over_time.told(whole, ALERTS[:2], ALERTS, "\n") == over_time.told(body, ALERTS[:2], ALERTS, "\n")
    assert over_time.told("z", ALERTS, ALERTS, "\n").startswith("z\n\n### ")
    assert "```mermaid" in over_time.told(body, (), tuple(f"C1/17{n}000000.000100" for n in range(60, 66)), "\n")


def test_the_chart_stands_above_the_months() -> None:
    """With a blank line between, below the heading and the mark; the months newest first, and the alerts in hidden form at the end."""
    alerts = tuple(f"C1/17{n}000000.000100" for n in range(60, 66))
    body = over_time.told("## Diagnosis History\n\nx\n", alerts[:2], alerts, "\n")
    heading, mark, words = body.removeprefix("## Diagnosis History\n\nx\n\n").split("\n", 2)

    assert (heading, mark[:22], mark[-4:]) == ("### Occurrences over time", "<!-- errata:over-time ", " -->")
    assert words == (
        f"\n{chart([DAY.fromtimestamp(1_760_000_000 + 1_000_000 * n, UTC) for n in range(6)])}\n\n"
        "Older occurrences, which are no longer told one by one; this page still knows each alert, so that none is recorded twice.\n\n"
        f"| Month | Occurrences |\n|---|---|\n| 2025-10 | 2 |\n\n{folded(alerts[:2])}\n"
    )
    assert over_time.told(body.replace("\n", "\r\n"), alerts[:2], alerts, "\r\n") == body.replace("\n", "\r\n")


def test_a_chart_is_drawn_bar_by_bar() -> None:
    """An alert counts to its day whatever the hour, the empty days between too; the axis ends at the highest bar."""
    times = [DAY.replace(hour=0, minute=0, second=0), DAY.replace(hour=23, minute=59), *(DAY + timedelta(days=2, hours=hour) for hour in range(4))]

    assert chart(times) == (
        '```mermaid\nxychart-beta\n  title "Occurrences by day"\n  x-axis ["12-17", "12-18", "12-19"]\n  y-axis "alerts" 0 --> 4\n  bar [2, 0, 4]\n```'
    )
    monday = datetime(2026, 1, 5, 0, 0, tzinfo=UTC)
    week = chart([monday, monday - timedelta(seconds=1), *(monday + timedelta(days=6, hours=hour) for hour in (0, 23)), *[monday + timedelta(days=70)] * 2])
    assert '"12-29", "01-05", "01-12"' in week
    assert "bar [1, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2]" in week
    month = chart([*[datetime(2026, 1, 31, 23, tzinfo=UTC)] * 3, *[datetime(2026, 2, 1, tzinfo=UTC)] * 2, datetime(2026, 12, 31, 23, tzinfo=UTC)])
    assert '"2026-01", "2026-02", "2026-03"' in month
    assert "bar [3, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]" in month
    year = chart([*[datetime(2026, 12, 31, 23, tzinfo=UTC)] * 3, *[datetime(2027, 1, 1, tzinfo=UTC)] * 2, datetime(2030, 1, 1, tzinfo=UTC)])
    assert '"2026", "2027", "2028", "2029", "2030"' in year
    assert "bar [3, 2, 0, 0, 1]" in year


def test_what_a_copy_below_holds_is_not_held_by_the_block() -> None:
    """A person who kept an older block beside it keeps those alerts too: the bot's own is made anew without them."""
    one = over_time.told("## Diagnosis History\n\n", ALERTS[:1], ALERTS, "\n")
    older = over_time.told("", ALERTS[1:], ALERTS, "\n").replace("| 2025-12 | 2 |", "| 2025-12 | 2 (mine) |")
    own = over_time.own_block(f"{one}\n{older}")
    assert own is not None
    assert own.folded == frozenset(ALERTS[:1])
