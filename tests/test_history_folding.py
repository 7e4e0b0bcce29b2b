"""An entry stays small however often its error comes, knows each alert all the same, and never folds what a person wrote."""

import re
from datetime import UTC, datetime, timedelta
from functools import cache

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.entry_growth import grown
from bot.core.entry import over_time
from bot.core.entry.earlier import rows
from bot.core.entry.entry import Entry, amended, parse, render
from bot.core.entry.history_folding import MAX_BYTES
from bot.core.entry.history_folding import folded as fold
from bot.core.entry.identity import folded, folded_in, holds, identities, identity_of
from bot.core.entry.library import Library
from bot.core.entry.occurrence_block import block_text, occurrence_blocks
from bot.core.entry.occurrence_chart import chart
from bot.core.entry.times import alert_times
from bot.core.lint.lint import check
from bot.core.redaction.redaction import Redactor
from bot.texts.entry_page import new_entry, record_occurrence
from tests.numbered_alerts import down, note
from tests.numbered_alerts import entry as small
from tests.occurrences import FIRST, alert, occurrence, signature

MARCH = datetime(2026, 3, 1, 12, tzinfo=UTC)


def links(count: int, hours: int = 9) -> tuple[str, ...]:
    """Permalinks of so many alerts, from March on."""
    return tuple(f"https://acme.slack.com/archives/C0ALERTS1/p{int((MARCH + timedelta(hours=hours * n)).timestamp())}{n:06}" for n in range(count))


def often(count: int) -> Entry:
    """An entry that somebody imported with so many alerts, before the next occurrence."""
    return amended(new_entry(signature(), occurrence(FIRST)), {"threads": (occurrence(FIRST).permalink.url, *links(count - 1)), "occurrences": count})


@pytest.mark.slow
def test_a_thousand_alerts_are_all_known_within_60_kb() -> None:
    """The latest as links, the others in the short form: none is recorded again, the linter and the redactor find nothing."""
    entry = record_occurrence(often(999), occurrence("1900000000.000100"))
    text = render(entry)
    assert len(text.encode()) < 20_000
    assert len(entry.meta.threads) == 36
    assert len(identities(entry)) == 1_000
    assert all(holds(entry, identity_of(link)) for link in links(998))
    link = links(998)[500]
    assert record_occurrence(entry, occurrence(f"{link[-16:-6]}.{link[-6:]}", cause="Another.")) == entry
    assert parse(text) == entry
    assert check({f"knowledge/errors/{entry.meta.signature}.md": text}) == []
    assert Redactor().text(text) == text
    assert len(alert_times(entry)) == 1_000
    assert len(Library([entry]).past(signature(), alert())[0].seen) == 1_000
    assert "| 2026-03 | 82 |" in entry.body


@pytest.mark.slow
def test_forty_long_diagnoses_stay_within_60_kb() -> None:
    """Five whole, rows for as many as there is room for, a count for the rest; `python -m bench.entry_growth` takes it to a thousand."""
    entry, _ = grown(40)
    assert len(render(entry).encode()) <= MAX_BYTES
    assert [block.number for block in occurrence_blocks(entry.body)] == [40, 39, 38, 37, 36]
    assert len(identities(entry)) == 40
    assert entry.body.count("\n- ") < 300, "causes and resolutions are not listed without end"


@pytest.mark.slow
def test_long_diagnoses_give_way_one_by_one() -> None:
    """Where five whole ones would be larger than the page may be, three, two or one stay; the latest always."""
    entry = new_entry(signature(), occurrence(FIRST))
    for number in range(6):
        entry = record_occurrence(entry, occurrence(f"17660{number:02}000.000100", cause=f"{number} " + "very long " * 380, fix="long " * 780))
        entry = Entry(entry.meta, entry.front, entry.body)
    whole = occurrence_blocks(entry.body)
    assert len(render(entry).encode()) <= MAX_BYTES
    assert whole[0].number == 7
    crowded, hopeless = (fold(Entry(entry.meta, entry.front, entry.body + "\nwords of a person\n" * lines)) for lines in (2_200, 4_000))
    assert [block.number for block in occurrence_blocks(crowded.body)] == [7]
    assert len(occurrence_blocks(hopeless.body)) == len(whole), "people's own words are more than 60 kB: nothing is gained"


@pytest.mark.slow
def test_what_a_person_changed_is_never_folded() -> None:
    """A row, a line of `threads` with a comment, a chart: each stays as it is, and the bot goes on beside it."""
    entry = new_entry(signature(), occurrence(FIRST))
    for day in range(10, 22):
        entry = record_occurrence(entry, occurrence(f"17660{day}000.000100"))
    assert len(rows(entry.body)) == 8
    text = render(entry)
    row = next(line for line in text.splitlines() if line.startswith("| 3 |"))
    edited = text.replace(row, row.replace("Transfers fail.", "Transfers fail, says Ada."), 1)
    edited = edited.replace('p1765526465120900"', 'p1765526465120900" # Ada: the first one', 1)
    edited = edited.replace("Occurrences by day", "Occurrences by day, says Ada", 1)
    assert len(rows(parse(edited).body)) == 7
    after = parse(edited)
    for day in range(22, 60):
        after = record_occurrence(after, occurrence(f"17660{day}000.000100"))
    out = render(after)
    assert "Transfers fail, says Ada." in out
    assert 'p1765526465120900" # Ada: the first one' in out
    assert "Occurrences by day, says Ada" in out
    assert out.count(f"### {over_time.TITLE}\n") == 2
    assert len(identities(after)) == after.meta.occurrences == 51
    assert parse(out) == after
    assert folded_in(after.body)


def test_code_that_looks_like_folded_alerts_is_text() -> None:
    """An alert's own words cannot make the bot believe that another was recorded."""
    forged = folded(["C0ALERTS1/1765962764.000100"])
    entry = new_entry(signature(), occurrence(FIRST, cause=f"```\n{forged}\n```", fix=forged))
    assert folded_in(entry.body) == frozenset()
    assert folded_in(f"## Common Causes\n\n{forged}\n") == frozenset()
    assert folded_in(f"## Diagnosis History\n\n```\n{forged}\n```\n") == frozenset()
    assert folded_in(f"## Diagnosis History\n\n{forged}\n") == {"C0ALERTS1/1765962764.000100"}


IDENTITIES = st.builds(
    lambda channel, seconds, micro: f"{channel}/{seconds:010}.{micro:06}",
    *(st.sampled_from(["C0ALERTS1", "D9", "G0Z"]), st.integers(946_684_800, 4_102_444_800), st.integers(0, 999_999)),
)


@settings(deadline=None, max_examples=60, derandomize=True)
@given(st.sets(IDENTITIES, max_size=40))
def test_the_short_form_gives_every_alert_back(known: set[str]) -> None:
    """To the microsecond, in any month, with any line end."""
    body = f"## Diagnosis History\n\n{folded(known)}\n"
    assert folded_in(body) == known
    assert folded_in(body.replace("\n", "\r\n")) == known


@pytest.mark.parametrize(
    "inside",
    [
        "zzzzzzzz",
        "0000000",
        "0000000a 0000000",
        "ÄÄÄÄÄÄÄÄ",
        "0" * 500_000,
        "-->\n<!-- errata:folded C1 2026-13\n00000000",
        "-->\n<!-- errata:folded C1 9999-12\nzzzzzzzz",
    ],
    ids=range(7),
)
def test_a_damaged_short_form_brings_nothing_down(inside: str) -> None:
    """What cannot be read is no alert."""
    found = folded_in(f"## Diagnosis History\n\n<!-- errata:folded C1 2026-03\n{inside}\n-->\n")
    assert len(found) <= 1


@pytest.mark.parametrize(
    ("hours", "count", "name", "bars"),
    [(1, 5, "", 0), (1, 12, "", 0), (6, 12, "day", 3), (48, 30, "week, from its Monday", 10), (24 * 20, 30, "month", 20), (24 * 200, 30, "year", 17)],
)
def test_a_chart_where_there_is_something_to_see(hours: int, count: int, name: str, bars: int) -> None:
    """From 6 occurrences on 2 days on; by day, week, month or year, with every empty bar between, at most 31."""
    start = MARCH.replace(hour=0)
    drawn = chart([start + timedelta(hours=hours * n) for n in range(count)])
    if not bars:
        assert drawn == ""
        return
    assert f'title "Occurrences by {name}"' in drawn
    labels, counts = re.findall(r"\[(.*)\]", drawn)
    assert len(labels.split(", ")) == len(counts.split(", ")) == bars <= 31
    assert sum(map(int, counts.split(", "))) == count
    assert drawn.startswith("```mermaid\nxychart-beta\n")


def test_the_chart_is_made_anew_and_goes_when_there_is_too_little() -> None:
    """With each occurrence; only the bot's own block changes."""
    entry = new_entry(signature(), occurrence(FIRST))
    for day in range(10, 16):
        entry = record_occurrence(entry, occurrence(f"17660{day}000.000100"))
    assert entry.body.count("```mermaid") == 1
    again = record_occurrence(entry, occurrence("1766500000.000100"))
    assert again.body.count("```mermaid") == 1
    before, after = over_time.own_block(entry.body), over_time.own_block(again.body)
    assert before is not None
    assert after is not None
    assert entry.body[before.span.start : before.span.end] != again.body[after.span.start : after.span.end]
    assert over_time.told(again.body, (), identities(entry)[:2], "\n").count("```mermaid") == 0


@cache
def page(blocks: int, table: int) -> tuple[Entry, int]:
    """An entry with so many diagnoses of three thousand letters, or so many rows, and how much a person may add to its last line."""
    made = small((), down(table - 1, 0), ())
    long = [msgspec.structs.replace(note(number), text=f"Words.\n\n{'y' * 3_000}") for number in down(blocks - 1, 0)]
    words = "".join(f"{block_text(one, number, one.time)}\n\n" for one, number in zip(long, down(blocks, 1), strict=True))
    made = fold(Entry(made.meta, made.front, made.body.replace("## Common Causes", f"{words}## Common Causes") + "\nAda: "))
    return made, MAX_BYTES - len(render(made).encode())


@pytest.mark.parametrize(
    ("blocks", "table", "more", "left"),
    [
        (0, 20, 0, (0, 20, 0)),
        (0, 20, 1, (0, 10, 10)),
        (0, 20, 400, (0, 0, 20)),
        (0, 20, 1_000, (0, 0, 20)),
        (0, 20, 2_000, (0, 20, 0)),
        (5, 0, 0, (5, 0, 0)),
        (5, 0, 1, (3, 0, 2)),
        (5, 0, 6_000, (2, 0, 3)),
        (5, 0, 10_000, (1, 0, 4)),
        (5, 0, 13_000, (5, 0, 0)),
    ],
)
def test_a_page_that_grows_too_large_tells_less(blocks: int, table: int, more: int, left: tuple[int, int, int]) -> None:
    """Ten rows, none, then three diagnoses, two, one; beside so many words of a person that even one is too much, all stay."""
    filled, room = page(blocks, table)
    words = "x" * (room + more)
    made = fold(Entry(filled.meta, filled.front, filled.body + words))

    assert (len(occurrence_blocks(made.body)), len(rows(made.body)), len(folded_in(made.body))) == left
    assert made.body.endswith(f"Ada: {words}")
