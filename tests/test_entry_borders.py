"""What goes into an entry and what is folded in it, at each border: one more or one less is another thing."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from bot.core.entry.changes import Telling, touched
from bot.core.entry.earlier import HEADER, row_of, row_text, rows, with_rows
from bot.core.entry.entry import Entry, amended, parse, path_of
from bot.core.entry.front_patch import front_of
from bot.core.entry.history_folding import folded as fold
from bot.core.entry.identity import folded, folded_in
from bot.core.entry.joining import joined, renumbered
from bot.core.entry.occurrence_block import block_text, occurrence_blocks
from bot.core.entry.recording import begin, record, severity_after, status_after, title_of, with_block
from bot.core.entry.splitting import Apart, split
from bot.errors import BadEntry
from bot.model import Permalink
from tests.numbered_alerts import HEAD, TAIL, down, entry, identity, link, note
from tests.occurrences import signature


def shape(one: Entry) -> tuple[list[int], list[int], int, int]:
    """Numbers of the blocks, numbers of the rows, how many stand in the short form, how many in `threads`."""
    return ([block.number for block in occurrence_blocks(one.body)], [row.number for row in rows(one.body)], len(folded_in(one.body)), len(one.meta.threads))


def test_five_stay_whole_and_thirty_as_rows() -> None:
    """The sixth becomes a row, the thirty-first row a line of the short form, and its thread goes with it."""
    assert shape(fold(entry(down(4, 0), (), tuple(range(5))))) == ([5, 4, 3, 2, 1], [], 0, 5)
    assert shape(fold(entry(down(5, 0), (), tuple(range(6))))) == ([6, 5, 4, 3, 2], [1], 0, 6)
    assert shape(fold(entry(down(6, 0), (), tuple(range(7))))) == ([7, 6, 5, 4, 3], [2, 1], 0, 7)
    table = down(29, 0)
    assert shape(fold(entry((), table, tuple(range(30))))) == ([], list(down(30, 1)), 0, 30)
    one = fold(entry((), down(30, 0), tuple(range(31)), last_seen="2026-01-01T00:00:00Z"))
    assert shape(one) == ([], list(down(31, 2)), 1, 30)
    assert folded_in(one.body) == {identity(0)}
    assert identity(0) not in one.front
    assert "| 2025-12 | 1 |" in one.body


def test_threads_that_the_page_does_not_tell_are_folded_beyond_the_latest_35() -> None:
    """An import may bring hundreds; those with a comment of a person stay, and so do those that the short form cannot give back."""
    assert shape(fold(entry((), (), tuple(range(35))))) == ([], [], 0, 35)
    many = entry((), (), tuple(range(37)), last_seen="2026-01-06T00:00:00Z")
    assert shape(fold(many)) == ([], [], 2, 35)
    assert folded_in(fold(many).body) == {identity(0), identity(1)}
    told = entry((0,), (), tuple(range(37)), last_seen="2026-01-06T00:00:00Z")
    assert (shape(fold(told))[0], set(folded_in(fold(told).body))) == ([1], {identity(1)})
    commented = replace(many, front=many.front.replace(f'"{link(0)}"\n', f'"{link(0)}" # Ada\n'))
    assert folded_in(fold(commented).body) == {identity(1)}
    assert f'"{link(0)}" # Ada\n' in fold(commented).front
    row = entry((), down(30, 0), tuple(range(31)), last_seen="2026-01-01T00:00:00Z")
    kept = fold(replace(row, front=row.front.replace(f'"{link(0)}"\n', f'"{link(0)}" # Ada\n')))
    assert (shape(kept), rows(kept.body)[-1].number) == (([], list(down(31, 1)), 0, 31), 1)


def test_fewer_rows_stay_where_the_entry_would_be_too_large() -> None:
    """Thirty, ten, none, then three whole ones, two, one; where nothing helps, all stay. The file is 60 kB at most, to the byte, in whatever letters."""
    full = entry(down(34, 30), down(29, 0), (), last_seen="2026-01-05T00:00:00Z", occurrences=35)
    assert shape(fold(full))[:2] == ([35, 34, 33, 32, 31], list(down(30, 1)))
    room = 60_000 - len(fold(full).front) - len(fold(full).body)

    def kept(words: str) -> list[int]:
        found = shape(fold(replace(full, body=f"{full.body}{words}\n")))
        return [len(found[0]), len(found[1]), found[2]]

    assert kept("x" * (room - 1)) == kept("é" * (room // 2 - 1)) == [5, 30, 0]
    assert kept("x" * room) == kept("é" * (room // 2) + "x" * (room % 2)) == [5, 10, 20]
    assert [kept("x" * (room + more)) for more in (1_000, 1_100, 1_900, 2_300, 2_400, 2_600)] == [
        [5, 10, 20], [5, 0, 30], [3, 0, 32], [2, 0, 33], [1, 0, 34], [5, 30, 0],
    ]  # fmt: skip


def test_a_block_that_a_person_changed_is_not_folded() -> None:
    """It stays whole, whatever its age; the others go."""
    one = entry(down(6, 0), (), tuple(range(7)))
    edited = replace(one, body=one.body.replace("Words 0.", "Words 0, says Ada."))
    assert shape(fold(edited)) == ([7, 6, 5, 4, 3, 1], [2], 0, 7)


def test_a_row_is_the_first_line_of_its_block() -> None:
    """Comments and blank lines are no words, bars are escaped; an alert without an address is named by its identity."""
    body = f"{HEAD}{block_text(note(0, text='<!-- c -->' + chr(10) + chr(10) + 'a | b' + chr(10) + 'c'), 7, note(0).time)}\n\n{TAIL}"
    (block,) = occurrence_blocks(body)
    start = r"| 7 | 2025-12-01T00:00:00Z | a \| b | "
    assert row_of(body, block, {}).startswith(f"{start}`{identity(0)}` <!-- ")
    assert row_of(body, block, {identity(0): "alert:x/y"}).startswith(f"{start}`{identity(0)}` <!-- ")
    assert row_of(body, block, {identity(0): link(0)}).startswith(f"{start}[alert]({link(0)}) <!-- ")
    empty = f"{HEAD}{block_text(note(0, text=''), 7, note(0).time)}\n\n{TAIL}"
    assert row_of(empty, occurrence_blocks(empty)[0], {}).startswith("| 7 | 2025-12-01T00:00:00Z |  | `")


def test_rows_go_below_the_ruler_of_their_table() -> None:
    """With the page's own line ends; what people wrote in the table stays; a table that ends the page is begun a new line."""
    row = (identity(1), row_text(2, f"| t | w | `{identity(1)}`"))
    older = (identity(0), row_text(1, f"| t | w | `{identity(0)}`"))
    head = f"## Diagnosis History\n\n### Earlier occurrences\n\n{HEADER}"
    assert with_rows(head, [row], "\n") == f"{head}\n{row[1]}\n"
    assert with_rows(f"{head}\n| by hand |\n", [older, row], "\n") == f"{head}\n{row[1]}\n{older[1]}\n| by hand |\n"
    windows = f"{head}\n{older[1]}\n\n## Next\n".replace("\n", "\r\n")
    assert with_rows(windows, [row], "\r\n") == f"{head}\n{row[1]}\n{older[1]}\n\n## Next\n".replace("\n", "\r\n")
    assert with_rows("x\n", [row], "\n") == f"x\n\n### Earlier occurrences\n\n{HEADER}\n{row[1]}\n"
    assert with_rows("## Diagnosis History\n\n## Next\n", [row], "\n") == f"{head}\n{row[1]}\n\n## Next\n"
    assert rows(f"{head}\n{row[1]}  \n")[0].number == 2
    assert rows(f"{head}\n{row[1]} x\n") == rows(f"{head}\n    {row[1]}\n") == rows(f"{row[1]}\n{head}") == rows(f"{head}\n## Next\n{row[1]}\n") == []
    assert rows(f"{head}\n```\n{row[1]}\n```\n") == []


def test_a_new_entry_says_what_is_known() -> None:
    """And `unknown` where nothing is."""
    one = begin(signature(), note(0, owners=("@a",)), "Title", "Heading")
    meta = one.meta
    assert (meta.status, meta.occurrences, meta.threads, meta.first_seen, meta.last_seen) == ("diagnosed", 1, (link(0),), note(0).time, note(0).time)
    assert (meta.error_type, meta.culprit, meta.services, meta.environments, meta.owners) == (
        "ValidationError", "transfer_handler", ("transfers",), ("prod",), ("@a",),
    )  # fmt: skip
    bare = begin(replace(signature(), error_type=" ", culprit=""), note(0, service=None, environment=" "), "Title", "Heading").meta
    assert (bare.error_type, bare.culprit, bare.services, bare.environments) == ("unknown", "unknown", (), ())
    assert one.body.startswith("\n# Heading\n\n## In short\n\n<!-- errata:in-short ")
    assert "## Diagnosis History\n\n### Occurrence 1 - 2025-12-01T00:00:00Z\n<!-- errata:occurrence C0ALERTS1/1764547200.000100 " in one.body
    assert title_of(signature(message="a b")) == "ValidationError in transfer_handler: a b"
    assert title_of(signature(message="")) == "ValidationError in transfer_handler"
    long = title_of(signature(message="word " * 60))
    assert (len(long), long[-1]) == (137, "…")


@pytest.mark.parametrize(
    ("status", "resolved_at", "time", "after", "severity"),
    [
        ("diagnosed", "", "2025-12-02", "diagnosed", "medium"), ("withdrawn", "", "2025-12-02", "diagnosed", "medium"),
        ("resolved", "2025-12-02", "2025-12-01", "resolved", "medium"), ("resolved", "2025-12-02", "2025-12-02", "resolved", "medium"),
        ("resolved", "2025-12-02", "2025-12-03", "regressed", "high"), ("regressed", "2025-12-02", "2025-12-03", "regressed", "medium"),
    ],
)  # fmt: skip
def test_an_error_comes_back_after_its_resolution(status: str, resolved_at: str, time: str, after: str, severity: str) -> None:
    """One step graver, once."""
    meta = replace(entry().meta, status=status, resolved_at=resolved_at, severity="medium")
    assert (status_after(meta, time), severity_after(meta, time)) == (after, severity)
    assert severity_after(replace(meta, severity="critical"), time) == "critical"


def test_a_block_stands_among_the_others_by_its_time() -> None:
    """The newest first; below the last dated one, or before what people wrote there; the placeholder gives way."""

    def order(history: str) -> str:
        return with_block(f"## Diagnosis History\n\n{history}## Next\n", "### new\nw", "2025-12-05T00:00:00Z", "\n").removeprefix("## Diagnosis History\n\n")

    def dated(day: int) -> str:
        return f"### Occurrence 1 - 2025-12-{day:02}T00:00:00Z\n\n"

    assert order("_None recorded yet._\n\n") == "### new\nw\n\n## Next\n"
    assert order("") == "### new\nw\n\n## Next\n"
    assert order("Words.\n\n") == "Words.\n\n### new\nw\n\n## Next\n"
    assert order(f"{dated(6)}{dated(4)}") == f"{dated(6)}### new\nw\n\n{dated(4)}## Next\n"
    assert order(dated(5)) == f"### new\nw\n\n{dated(5)}## Next\n"
    assert order(f"{dated(7)}{dated(6)}### mine\n\n") == f"{dated(7)}{dated(6)}### new\nw\n\n### mine\n\n## Next\n"
    assert order("### mine\n\n### yours\n\n") == "### new\nw\n\n### mine\n\n### yours\n\n## Next\n"
    assert with_block("x\n", "### new\nw", "", "\r\n") == "x\n\r\n### new\r\nw\r\n"
    windows = with_block("## Diagnosis History\r\n\r\n_None recorded yet._\r\n", "### new\nw", "", "\r\n")
    assert windows == "## Diagnosis History\r\n\r\n### new\r\nw\r\n"


def test_lists_end_at_twenty_and_places_at_fifty() -> None:
    """What is left out stands in the history."""
    for there, added in ((19, 1), (20, 0)):
        one = entry((0,), (), (0,))
        one = replace(one, body=one.body.replace("## Common Causes\n\n_None recorded yet._\n", "## Common Causes\n\n" + "- c\n" * there))
        after = record(one, note(1, causes=("new",), resolutions=("fix",))).body
        assert (after.count("- new\n"), after.count("- fix\n")) == (added, 1)
    for there, all_ in ((49, 50), (50, 50)):
        one = entry((0,), (), (0,), services=tuple(f"s{n}" for n in range(there)))
        assert len(record(one, note(1)).meta.services) == all_


def test_an_occurrence_changes_what_it_may() -> None:
    """An earlier one the first time, a later one the last; an alert that is there is not counted again."""
    one = entry((2,), (), (2,), first_seen=note(2).time, category="unknown", fingerprint=f"v1:{'a' * 32}")
    prints = (f"v2:{'b' * 32}", f"v1:{'a' * 32}")
    for number, first, last, threads in ((1, 1, 2, (1, 2)), (3, 2, 3, (2, 3))):
        after = record(one, note(number, fingerprints=prints, owners=("@a",))).meta
        assert [block.number for block in occurrence_blocks(record(one, note(number)).body)] == ([3, 2] if number == 1 else [2, 3])
        assert (after.first_seen, after.last_seen, after.threads) == (note(first).time, note(last).time, tuple(map(link, threads)))
        assert (after.occurrences, after.severity, after.category, after.owners, after.fingerprint) == (2, "high", "application", ("@a",), prints[0])
    assert record(one, note(3, fingerprints=prints[:1])).meta.fingerprint == one.meta.fingerprint
    owned = record(replace(one, meta=replace(one.meta, owners=("@b",)), front=front_of(replace(one.meta, owners=("@b",)))), note(3, owners=("@a",)))
    assert owned.meta.owners == ("@b",)
    again = record(one, note(2, text="Other words."))
    assert (again.meta.occurrences, again.meta.category, "Other words." in again.body, "Words 2." in again.body) == (1, "application", True, False)
    assert record(one, note(2)) == one
    edited = replace(one, body=one.body.replace("Words 2.", "Mine."))
    assert record(edited, note(2, text="Other words.")) == edited
    row = entry((2,), (1,), (1, 2))
    assert record(row, note(1, text="Other words.")) == row


def test_two_entries_become_one_and_one_becomes_two() -> None:
    """Numbers by time; the alerts of both once; what moves out of an entry is the other's alone."""
    one, other = entry((2, 0), (), (0, 2)), entry((), (3, 1), (1, 3))
    other = replace(other, meta=replace(other.meta, signature="o"))
    both = joined(other, one)
    assert shape(both) == ([3, 1], [4, 2], 0, 4)
    assert both.meta.threads == tuple(map(link, range(4)))
    again = joined(replace(one, meta=replace(one.meta, signature="o")), one)
    assert (shape(again), again.meta.occurrences) == (([2, 1], [], 0, 2), 2)
    assert shape(renumbered(replace(one, meta=replace(one.meta, occurrences=12))))[0] == [12, 11]
    left, new = split(both, Apart("n", f"# n\n\n{HEAD.partition(chr(10) * 2)[2]}{TAIL}", (link(1), link(2)), replace(both.meta, fingerprint="v1:" + "c" * 32)))
    assert (shape(left), shape(new)) == (([1], [2], 0, 2), ([2], [1], 0, 2))
    assert (left.meta.related, new.meta.related, new.meta.signature, new.meta.fingerprint) == (("n",), ("a_B_a3f2c1",), "n", "v1:" + "c" * 32)
    assert (new.meta.first_seen, new.meta.last_seen, new.meta.occurrences) == (note(1).time, note(2).time, 2)
    assert (left.meta.first_seen, left.meta.last_seen, left.meta.occurrences, left.meta.threads) == (note(0).time, note(3).time, 2, (link(0), link(3)))
    more, _ = split(amended(both, {"occurrences": 9}), Apart("n", f"# n\n\n{HEAD}{TAIL}", (link(3),)))
    assert (more.meta.occurrences, more.meta.last_seen) == (8, note(3).time)
    whole, _ = split(amended(both, {"aliases": ("n", "m"), "related": ("n",)}), Apart("n", HEAD + TAIL, tuple(map(link, range(4)))))
    assert (whole.meta.occurrences, whole.meta.aliases, whole.meta.related, whole.meta.first_seen) == (1, ("m",), ("n",), "2025-12-01T00:00:00Z")


def test_forty_threads_are_corrected_and_folded_alerts_answered() -> None:
    """The newest; the others are counted. An alert without a message waits for nothing."""

    def telling(words: str) -> Callable[[Entry, Permalink], Telling]:
        told = iter([words, *"ba" * 200])
        return lambda *_: Telling(next(told), recorded=False)

    for count, left in ((40, 0), (41, 1)):
        one = entry((), (), tuple(range(count)), last_seen="2026-02-01T00:00:00Z")
        found = touched(one, replace(one, body="x"), (), telling("a"))
        assert (len(found.corrected), found.left, found.corrected[-1].ts, found.new) == (40, left, identity(count - 1)[10:], ())
    channels = ["C2/1764547200.000100", "D2/1764547201.000100", "G2/1764547202.000100", "AX/1764547203.000100"]
    for threads, host in (((), "slack.com"), ((5,), "acme.slack.com")):
        one = entry((), (), threads, last_seen=note(5).time)
        one = replace(one, body=f"## Diagnosis History\n\n{folded(channels)}\n")
        expected = [Permalink(host, *name.split("/")) for name in channels[:3]]
        assert list(touched(None, one, (), telling("")).new)[:3] == expected
        assert len(touched(None, one, (), telling("")).new) == 3 + len(threads)


def test_what_cannot_be_done_says_why() -> None:
    """With the part that is wrong, cut short."""
    with pytest.raises(BadEntry, match=f"^naming the entry|'{'a/' * 30}' is no file name"):
        path_of("a/" * 31)
    odd = parse(entry().front.replace("owners: []", "owners: [] # x\n").replace('culprit: "a"', "culprit: &a a".replace("&a ", "")) + "b")
    assert amended(odd, {"culprit": "b"}).meta.culprit == "b"
