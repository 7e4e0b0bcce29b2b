"""When an error happened: the times of its alerts, wherever in the page they stand, and times of the front matter."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from bot.core.entry.identity import folded
from bot.core.entry.times import alert_times, instant, last_thread
from tests.joined_entries import META, entry

LINK = "https://a.slack.com/archives/C1/p1765962764000100"
TIME = datetime(2025, 12, 17, 9, 12, 44, 100, tzinfo=UTC)


def times(history: str, *threads: str, occurrences: int = 9) -> list[datetime]:
    """Of an entry with these threads and this history."""
    return list(alert_times(entry(f"## Diagnosis History\n\n{history}\n\n## Mine\n\n{LINK[:-1]}9\n", replace(META, threads=threads, occurrences=occurrences))))


def test_alerts_in_the_short_form_have_a_time() -> None:
    """As those of the front matter have; an alert that stands in both counts once, and all are in order of time."""
    later, earlier = "C1/1765962765.000100", "C2/1765962763.999999"

    assert times(folded([later])) == [TIME.replace(second=45)]
    assert times(folded([later, earlier, "C1/1765962764.000100"]), LINK) == [TIME.replace(second=43, microsecond=999_999), TIME, TIME.replace(second=45)]
    assert times(folded([later]), LINK, occurrences=1) == [TIME, TIME.replace(second=45)]


@pytest.mark.parametrize(
    ("history", "found"),
    [
        (LINK, [TIME]),
        (f"[alert]({LINK}) {LINK}", [TIME]),
        ("alert:pagerduty/A1/p1765962764000100", [TIME]),
        ("<!-- errata:occurrence C1/1765962764.000100 0123 -->", [TIME]),
        (f"<!-- errata:occurrence C1/1765962764.000100 0123 -->\n{LINK}", [TIME]),
        (f"<!-- errata:occurrence C2/1765962764.000100 0123 -->\n{LINK}", [TIME, TIME]),
        (f"{LINK}0", []),
        (LINK[:-1], []),
        ("words", []),
    ],
)
def test_the_history_is_read_where_the_front_matter_does_not_name_all(history: str, found: list[datetime]) -> None:
    """Each alert once; other sections are a person's."""
    assert times(history) == times(history, occurrences=1) == found
    assert times(history, LINK, occurrences=1) == [TIME]
    assert times("", LINK, LINK[:-3] + "200") == [TIME, TIME.replace(microsecond=200)]


@pytest.mark.parametrize(
    ("stamp", "time"),
    [
        ("2025-12-17T09:12:44Z", TIME.replace(microsecond=0)),
        ("2025-12-17T10:12:44+01:00", TIME.replace(microsecond=0)),
        ("2025-12-17T09:12:44", TIME.replace(microsecond=0)),
        ("2025-12-17", TIME.replace(hour=0, minute=0, second=0, microsecond=0)),
        ("", None),
        ("soon", None),
    ],
)
def test_a_time_of_the_front_matter(stamp: str, time: datetime | None) -> None:
    """In UTC where it names no zone."""
    assert instant(stamp) == time
    assert time is None or instant(stamp).tzinfo is not None  # type: ignore[union-attr]


def test_the_latest_message_of_an_entry() -> None:
    """The last thread that was one; an alert of a pager has no address."""
    pager = "alert:pagerduty/A1/p1765962764000100"

    assert [last_thread(replace(META, threads=threads)) for threads in ((LINK, LINK + "0", pager), (LINK, pager), (pager,), ())] == [LINK + "0", LINK, "", ""]
