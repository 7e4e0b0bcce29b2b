"""Some alerts of an entry become an entry of their own, letter by letter: blocks, rows, the short form, counts and times."""

import pytest
from msgspec.structs import replace

from bot.core.alert import permalink as permalinks
from bot.core.entry.earlier import HEADER
from bot.core.entry.entry import Entry
from bot.core.entry.identity import folded, folded_in
from bot.core.entry.instant_answers import counted, instant_answers, judged
from bot.core.entry.over_time import told
from bot.core.entry.splitting import Apart, split
from tests.joined_entries import META, entry
from tests.numbered_alerts import block, identity, link, note, row

HISTORY = "## Diagnosis History\n\n"
NEW = f"# New\n\n{HISTORY}_None recorded yet._\n\n## Mine\n"


def table(*lines: str) -> str:
    """Rows in their table."""
    return f"### Earlier occurrences\n\n{HEADER}\n{''.join(lines)}\n" if lines else ""


def page(history: str, *alerts: int, newline: str = "\n", **changes: object) -> Entry:
    """An entry with these alerts and this history."""
    seen = {"first_seen": note(min(alerts)).time, "last_seen": note(max(alerts)).time}
    meta = replace(META, **{"occurrences": len(alerts), "threads": tuple(map(link, alerts)), **seen, **changes})
    return entry(f"# Old\n\n{HISTORY}{history}## Theirs\n\nx\n", meta, newline)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_blocks_and_rows_go_along(newline: str) -> None:
    """Those of the alerts, numbered anew on either side; what was around them stays, with the page's own line ends; a new page has those of every system."""
    whole = page(f"{block(4, 3)}{block(3, 2)}{table(row(2, 1), row(1, 0))}", 0, 1, 2, 3, newline=newline)
    left, made = split(whole, Apart("new", NEW, (link(1), link(3))))

    assert left.body == f"# Old\n\n{HISTORY}{block(2, 2)}{table(row(1, 0))}## Theirs\n\nx\n".replace("\n", newline)
    assert made.body == f"# New\n\n{HISTORY}{block(2, 3)}{table(row(1, 1))}## Mine\n"
    assert (left.meta.occurrences, left.meta.threads, left.meta.related) == (2, (link(0), link(2)), ("new",))
    assert (left.meta.first_seen, left.meta.last_seen) == (note(0).time, note(2).time)
    assert (made.meta.occurrences, made.meta.threads, made.meta.related) == (2, (link(1), link(3)), ("kept",))
    assert (made.meta.first_seen, made.meta.last_seen) == (note(1).time, note(3).time)
    assert (made.meta.signature, made.meta.title, made.meta.error_type, made.meta.culprit) == ("new", "t", "E", "c")


def test_a_block_goes_as_a_person_left_it() -> None:
    """Its words are theirs; a table that holds nothing any more goes."""
    edited = block(2, 1).replace("Words 1.", "Words 1, says Ada.")
    left, made = split(page(f"{edited}{table(row(1, 0))}", 0, 1), Apart("new", NEW, (link(0), link(1))))

    assert left.body == f"# Old\n\n{HISTORY}## Theirs\n\nx\n"
    assert made.body == f"# New\n\n{HISTORY}{edited}{table(row(1, 0))}## Mine\n"
    assert (left.meta.occurrences, left.meta.threads, left.meta.first_seen) == (1, (), note(0).time)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_alerts_that_were_answered_at_once_go_along(newline: str) -> None:
    """With what reviews made of them: the one entry is not judged by answers of the other. A table that holds nothing any more goes."""
    whole = page(block(1, 0), 0, newline=newline)
    for number in (1, 2):
        whole = counted(whole, permalinks.parse(link(number)), note(0).time)
    whole = judged(whole, "corrected", "2025-12-20", note(0).time)
    left, made = split(whole, Apart("new", NEW, (link(0), link(2))))
    rest, alone = split(left, Apart("newer", NEW, (link(1),)))

    for one, number, at in ((left, 1, 1), (made, 2, 2), (alone, 1, 1)):
        assert [(row.number, row.url, row.outcome) for row in instant_answers(one)] == [(number, link(at), "corrected")]
    assert instant_answers(rest) == ()
    assert "Answered at once" not in rest.body


def test_rows_that_go_are_one_table() -> None:
    """One below the other, without a blank line between."""
    left, made = split(page(table(row(4, 3), row(3, 2), row(2, 1), row(1, 0)), 0, 1, 2, 3), Apart("new", NEW, tuple(map(link, (0, 2, 3)))))

    assert left.body == f"# Old\n\n{HISTORY}{table(row(1, 1))}## Theirs\n\nx\n"
    assert made.body == f"# New\n\n{HISTORY}_None recorded yet._\n\n{table(row(3, 3), row(2, 2), row(1, 0))}## Mine\n"


def test_alerts_of_the_short_form_go_too() -> None:
    """The block that counts them is made anew; an alert that nobody named stays there."""
    every = [identity(number) for number in range(4)]
    body = told(f"# Old\n\n{HISTORY}x\n\n## Theirs\n", every[:3], every, "\n")
    whole = entry(body, replace(META, occurrences=4, threads=(link(3),), first_seen=note(0).time, last_seen=note(3).time))
    left, made = split(whole, Apart("new", NEW, (link(1),)))

    assert folded_in(left.body) == {every[0], every[2]}
    assert "| 2025-12 | 2 |" in left.body
    assert (left.meta.occurrences, left.meta.threads) == (3, (link(3),))
    assert (made.meta.occurrences, made.meta.threads, folded_in(made.body)) == (1, (link(1),), frozenset())
    by_hand = page(f"{folded(every[:1])}\n\n", 3)
    assert folded_in(split(by_hand, Apart("new", NEW, (link(3),)))[0].body) == {every[0]}


@pytest.mark.parametrize(
    ("occurrences", "moved", "count", "first"),
    [(3, 1, 2, 1), (3, 2, 1, 2), (3, 3, 1, 0), (7, 1, 6, 0), (7, 3, 4, 0), (2, 1, 2, 0)],
)
def test_what_stays_is_counted(occurrences: int, moved: int, count: int, first: int) -> None:
    """Never fewer than the alerts that are known, and at least one; where not every alert is known, the times stay."""
    left, made = split(page("x\n\n", 0, 1, 2, occurrences=occurrences), Apart("new", NEW, tuple(map(link, range(moved)))))

    assert (left.meta.occurrences, left.meta.first_seen, left.meta.last_seen) == (count, note(first).time, note(2).time)
    assert (made.meta.occurrences, made.meta.last_seen) == (moved, note(moved - 1).time)


def test_what_was_said_of_the_whole_is_not_said_of_the_part() -> None:
    """Resolution, review, issue, counts of answers and earlier names stay where they were."""
    said: dict[str, object] = {
        "status": "resolved", "resolution": "a lock", "resolved_at": "2025-12-20T00:00:00Z", "tracking_issue": "https://a", "held": 3, "failed": 2,
        "reviewed_by": ("mira",), "reviewed_at": "2025-12-20T00:00:00Z", "replaced_by": "other", "fingerprint": f"v1:{'a' * 32}", "owners": ("@a",),
        "aliases": ("older",),
    }  # fmt: skip
    whole = page("x\n\n", 0, 1, **said)  # type: ignore[arg-type]
    left, made = split(whole, Apart("new", NEW, (link(1),)))

    assert {key: getattr(left.meta, key) for key in said} == said
    assert (made.meta.status, made.meta.resolution, made.meta.resolved_at, made.meta.tracking_issue) == ("diagnosed", "", "", "")
    assert (made.meta.held, made.meta.failed, made.meta.reviewed_by, made.meta.reviewed_at) == (0, 0, (), "")
    assert (made.meta.replaced_by, made.meta.fingerprint, made.meta.owners, made.meta.aliases) == ("", "", ("@a",), ())
    left, made = split(whole, Apart("older", NEW, (link(1),), replace(META, fingerprint=f"v1:{'b' * 32}", title="The pool is empty", error_type="PoolError")))
    assert left.meta.aliases == ()
    assert (made.meta.fingerprint, made.meta.title, made.meta.error_type) == (f"v1:{'b' * 32}", "The pool is empty", "PoolError")
