"""What an index of texts and records says: days, numbers with their kind, words, references, commits."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.core.grounding.index import Index
from bot.core.grounding.spot import Spot
from tests.listing import listed

MOMENT = datetime(2025, 12, 17, 9, 12, 44, tzinfo=UTC)


def test_an_index_knows_its_days_and_clocks() -> None:
    """Those of records, and those that the texts name."""
    index = Index(["since 2024-02-29 at 23:59:01 or 7:05"], [MOMENT])
    assert index.dates == {(2025, 12, 17), (2024, 2, 29)}
    assert index.clocks == {"9:12", "9:12:44", "23:59", "23:59:01", "7:05"}
    assert Index(["x12024-02-29", "2024-02-299", "123:45", "12:345"]).dates == frozenset()
    for date, stands in (
        ((2025, 12, 17), True),
        ((0, 12, 17), True),
        ((2024, 12, 17), False),
        ((0, 0, 3), True),
        ((0, 0, 4), True),
        ((0, 0, 5), False),
        ((0, 0, 0), False),
    ):
        assert Spot(0, 0, "zz", "a date", date=date).found_in(index) == stands
    for day, weekday in (
        (datetime(2026, 1, 1, tzinfo=UTC), 4),
        (datetime(2024, 2, 29, tzinfo=UTC), 4),
        (datetime(2000, 3, 1, tzinfo=UTC), 3),
        (datetime(1900, 3, 4, tzinfo=UTC), 7),
    ):
        assert [n for n in range(1, 8) if Spot(0, 0, "zz", "a date", date=(0, 0, n)).found_in(Index([], [day]))] == [weekday]


@pytest.mark.parametrize(
    ("text", "kind", "values"),
    [
        ("30 s, 5ms; 1 GB", "time", [5, 30_000]), ("1 GB", "size", [1e9, 1024**3]), ("50%", "share", [50]), ("$4 or €7.5 or £3", "money", [3, 4, 7.5]),
        ("duration_ms=1200", "time", [1200]), ("backoff: 3", "time", [3, 3000]), ("elapsed=2.25", "time", [2.25, 2250]), ("heap_size=12", "size", [12]),
        ("cpu_ratio=0.5", "share", [0.5, 50]),
        ('"affected_users": 3', "people", [3]), ("$4", "money", [4]), ("times_9:12", "events", []), ("Count: 4", "events", [4]), ("users  = 5", "people", [5]),
        ("*Hits:* 5", "events", [5]),
        ("twelve users and two pods", "people", [12]), ("two pods", "machines", [2]), ("7 retries", "events", [7]), ("x7 retries #8 retries", "events", []),
        ("secs=4", "time", [4, 4000]), ("wait_sec=4", "time", [4, 4000]), ("pct=4", "share", [4, 400]), ("memory: 9", "size", [9]), ("bytes=8", "size", [8]),
        *((f"{key}=4", "time", [4, 4000])
          for key in listed("timeout duration elapsed latency took wait waited delay ttl interval age expires backoff s seconds")),
        *((f"{key}=4", "time", [4]) for key in listed("ms took.millis x-milliseconds")),
        *((f"{key}=4", "events", [4]) for key in listed("count total times hits n num occurrences doc_count") if key != "doc_count"),
    ],
)  # fmt: skip
def test_an_index_knows_its_numbers(text: str, kind: str, values: list[float]) -> None:
    """By the unit behind them, or by the name before them."""
    index = Index([text])
    for value in values:
        assert index.has_number(value, kind, 0)
        assert not index.has_number(value + 0.5, kind, 0.4)
        assert index.has_number(value + 0.5, kind, 0.5)
    assert index.largest(kind) == max(values, default=0)
    assert not index.has_number(min(values, default=1) - 1, kind, 0.5)


def test_an_index_says_whole_words() -> None:
    """Case and white space apart; not within longer words."""
    index = Index(["The  Pool\nis empty_now; (see #41, gh-7, !8, PR 12, request 15, mr 16, issue 17, /pull/13 and /issues/14)", "9c0ffee012ab"])
    for text in ("the pool is", "POOL", "empty_now", "see #41", "", "pool  is"):
        assert index.says(text) == bool(text)
    for text in ("oo", "empty", "he pool", "pool i", "now"):
        assert not index.says(text)
    assert index.references == {41, 7, 8, 12, 13, 14, 15, 16, 17}
    assert [index.has_commit(sha) for sha in ("9C0ffee", "9c0ffee012ab", "9c0ffee012abc", "c0ffee0", "0000000", "fffffff")] == [
        True,
        True,
        False,
        False,
        False,
        False,
    ]
    assert Index(["a"] * 3, spans=[timedelta(seconds=5)]).has_span(5_100, 100)
    assert not Index(["a"], spans=[timedelta(seconds=5)]).has_span(5_100, 99)
