"""Two entries become one, or one two: history by time, and every line of a person in the outcome."""

import re
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.entry import life as entry_life
from bot.core.entry.entry import Entry, amended, parse, render
from bot.core.entry.identity import identities
from bot.core.entry.joining import joined
from bot.core.entry.occurrence_block import occurrence_blocks
from bot.core.entry.sections import find
from bot.core.entry.splitting import Apart, split
from bot.core.lint.lint import check
from bot.errors import BadEntry
from bot.texts.entry_life import split_body, stub_body, title_line
from bot.texts.entry_page import new_entry, record_occurrence
from tests.occurrences import FIRST, SECOND, THIRD, occurrence, signature
from tests.test_entry_properties import HANDWRITING, body_start

TIMES = tuple(f"17659{hour:02}000.000100" for hour in range(40))


def entry(message: str = "insufficient leaf balance", *stamps: str, **changes: object) -> Entry:
    """An entry with alerts of these ts."""
    made = new_entry(signature(message=message), occurrence(stamps[0]))
    for ts in stamps[1:]:
        made = record_occurrence(made, occurrence(ts))
    return amended(made, changes)  # type: ignore[arg-type]


def numbers(one: Entry) -> list[tuple[int, str]]:
    """Number and ts of the whole occurrences, as they stand."""
    return [(block.number, block.identity.partition("/")[2]) for block in occurrence_blocks(one.body)]


def test_history_is_joined_by_time() -> None:
    """Blocks between each other, numbered anew, still the bot's own; counts, times, places, severity and aliases of both."""
    gone = entry("the pool is empty", SECOND, services=("ledger",), severity="critical", first_seen="2025-12-01T00:00:00Z", aliases=("older_name",))
    kept = entry("insufficient leaf balance", FIRST, THIRD, owners=("@acme/transfers",))
    both = joined(gone, kept, (title_line(gone),))
    assert numbers(both) == [(3, THIRD), (2, SECOND), (1, FIRST)]
    assert all(block.intact for block in occurrence_blocks(both.body))
    assert (both.meta.occurrences, both.meta.severity, both.meta.services) == (3, "critical", ("transfers", "ledger"))
    assert (both.meta.first_seen, both.meta.last_seen) == ("2025-12-01T00:00:00Z", kept.meta.last_seen)
    assert both.meta.aliases == (gone.meta.signature, "older_name")
    assert [thread[-16:] for thread in both.meta.threads] == [ts.replace(".", "") for ts in (FIRST, SECOND, THIRD)]
    assert both.meta.owners == ("@acme/transfers",)
    assert parse(render(both)) == both
    assert "### From " in both.body, "what made the other error that error is kept"


@pytest.mark.slow
def test_rows_and_folded_alerts_are_joined_too() -> None:
    """Sixty alerts and three: none is lost, none is counted twice, the latest five stand whole."""
    gone, kept = entry("the pool is empty", *TIMES), entry("insufficient leaf balance", FIRST, SECOND, THIRD)
    both = joined(gone, kept)
    assert set(identities(both)) == {*identities(gone), *identities(kept)}
    assert both.meta.occurrences == 43
    assert [number for number, _ in numbers(both)] == [43, 42, 41, 40, 39]
    assert [line.split("|")[1].strip() for line in both.body.splitlines() if line.endswith("--> |")] == [str(number) for number in range(38, 8, -1)]
    assert record_occurrence(both, occurrence(TIMES[3], cause="Another.")) == both
    assert check({f"knowledge/errors/{both.meta.signature}.md": render(both)}) == []


def test_an_alert_of_both_is_counted_once() -> None:
    """One message told of two errors that turn out to be one."""
    both = joined(entry("the pool is empty", FIRST, SECOND), entry("insufficient leaf balance", FIRST))
    assert (both.meta.occurrences, len(both.meta.threads)) == (2, 2)
    assert numbers(both) == [(2, SECOND), (1, FIRST)]


@pytest.mark.parametrize(
    ("gone", "kept", "expected"),
    [
        (("diagnosed", ""), ("diagnosed", ""), ("diagnosed", "")),
        (("resolved", "2025-12-13T00:00:00Z"), ("diagnosed", ""), ("regressed", "2025-12-13T00:00:00Z")),
        (("resolved", "2026-01-01T00:00:00Z"), ("diagnosed", ""), ("resolved", "2026-01-01T00:00:00Z")),
        (("resolved", "2025-12-13T00:00:00Z"), ("resolved", "2025-12-20T00:00:00Z"), ("resolved", "2025-12-20T00:00:00Z")),
        (("regressed", "2025-12-13T00:00:00Z"), ("resolved", "2025-12-20T00:00:00Z"), ("regressed", "2025-12-20T00:00:00Z")),
    ],
)
def test_what_ended_the_two(gone: tuple[str, str], kept: tuple[str, str], expected: tuple[str, str]) -> None:
    """The later resolution counts; an alert after it is a regression."""
    one = entry("the pool is empty", FIRST, status=gone[0], resolved_at=gone[1], resolution="a lock" if gone[1] else "")
    other = entry("insufficient leaf balance", SECOND, status=kept[0], resolved_at=kept[1], resolution="a pool" if kept[1] else "")
    both = joined(one, other).meta
    assert (both.status, both.resolved_at) == expected


def test_the_stub_keeps_comments_and_leads_on() -> None:
    """A few lines, legal for the linter; a person's comment in the front matter stays where it was."""
    commented = parse(render(entry("the pool is empty", SECOND)).replace('severity: "high"', 'severity: "high"  # Ada: money'))
    kept = entry("insufficient leaf balance", FIRST)
    both = joined(commented, kept)
    left = entry_life.stub(commented, kept.meta.signature, stub_body(commented, kept.meta.signature, "merge"), keeps_fingerprint=True)
    assert "# Ada: money" in left.front
    assert (left.meta.status, left.meta.replaced_by) == ("withdrawn", kept.meta.signature)
    assert len(render(left)) < 1_500
    files = {f"knowledge/errors/{one.meta.signature}.md": render(one) for one in (both, left)}
    assert check(files) == []


def test_alerts_become_an_entry_of_their_own() -> None:
    """Whole occurrences and rows go along; both are numbered by time and name each other; joined again, nothing is lost."""
    whole = entry("insufficient leaf balance", *TIMES[:12])
    links = tuple(whole.meta.threads[number] for number in (1, 5, 11))
    left, made = split(whole, Apart("leaves_1a2b3c", split_body(whole, "2026-01-05"), links))
    assert (left.meta.occurrences, made.meta.occurrences) == (9, 3)
    assert [number for number, _ in numbers(made)] == [3]
    assert made.meta.threads == links
    assert (made.meta.related, left.meta.related) == ((whole.meta.signature,), ("leaves_1a2b3c",))
    assert made.meta.first_seen == "2025-12-16T16:03:20Z"
    assert left.meta.last_seen < whole.meta.last_seen
    files = {f"knowledge/errors/{one.meta.signature}.md": render(one) for one in (left, made)}
    assert check(files) == []
    assert set(identities(joined(made, left))) == set(identities(whole))


@st.composite
def written(draw: st.DrawFn, text: str) -> tuple[str, list[str]]:
    """The entry with lines of a person in up to three places, and those lines."""
    lines = text.split("\n")
    first, end = body_start(text), len(lines) - 1
    theirs: list[str] = []
    for place in sorted((min(first + at, end) for at in draw(st.lists(st.integers(0, 120), min_size=1, max_size=3))), reverse=True):
        words = draw(HANDWRITING)
        lines[place:place] = words
        theirs += words
    newline = draw(st.sampled_from(["\n", "\r\n"]))
    return newline.join(lines), theirs


ONE = render(entry("the pool is empty", SECOND, *TIMES[:8]))
OTHER = render(entry("insufficient leaf balance", FIRST, THIRD))
quick = settings(deadline=None, max_examples=20, derandomize=True)


@pytest.mark.slow
@quick
@given(written(ONE), written(OTHER))
def test_every_line_of_a_person_stands_in_the_outcome(gone: tuple[str, list[str]], kept: tuple[str, list[str]]) -> None:
    """Of either entry, byte for byte; and what is made can be read again."""
    try:
        one, other = parse(gone[0]), parse(kept[0])
    except BadEntry:
        return
    both = joined(one, other, (title_line(one),))
    assert parse(render(both)) == both
    there = Counter(re.split(r"\r\n|\n", render(both)))
    for theirs in (gone[1], kept[1]):
        for line in filter(str.strip, theirs):
            assert there[line], line
    assert set(identities(both)) == {*identities(one), *identities(other)}


@pytest.mark.slow
@quick
@given(written(ONE))
def test_every_line_of_a_person_stands_in_one_of_the_two_after_a_split(whole: tuple[str, list[str]]) -> None:
    """In the entry, or with the occurrence that they wrote it into."""
    try:
        one = parse(whole[0])
    except BadEntry:
        return
    left, made = split(one, Apart("leaves_1a2b3c", split_body(one, "2026-01-05"), one.meta.threads[:2]))
    there = set(re.split(r"\r\n|\n", render(left) + "\n" + render(made)))
    assert [line for line in whole[1] if line.strip() and line not in there] == []
    assert parse(render(left)) == left


def test_a_summary_that_a_person_wrote_is_kept_beside_the_other() -> None:
    """Two summaries cannot be one: that of the entry that went stands at the end, whole."""
    edited = parse(render(entry("the pool is empty", SECOND)).replace("nothing known so far", "an empty account"))
    both = joined(edited, entry("insufficient leaf balance", FIRST))
    section = find(both.body, f"In short, of {edited.meta.signature}")
    assert section is not None
    assert "an empty account" in both.body[section.content :]
