"""Parts of an entry, each by itself in a few lines: rows, seals, the chart, the standing row, names, likeness, lists of codes."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from bot.core.entry import library, likeness, occurrence_chart, over_time, standing_row
from bot.core.entry.earlier import row_of, row_text, rows, with_rows
from bot.core.entry.entry import Entry, conflicts, path_of
from bot.core.entry.front_patch import front_of
from bot.core.entry.life import new_name
from bot.core.entry.occurrence_block import Block, numbered, occurrence_blocks, sealed_in_short
from bot.core.entry.old_entry import is_old, time_of
from bot.core.entry.old_entry import read as read_old
from bot.core.entry.sections import Span, digest
from bot.core.entry.yaml_tree import YamlFault, tree
from bot.errors import BadCommand, BadEntry
from tests.joined_entries import META, entry

HISTORY = "## Diagnosis History\n\n"


def block(words: str, number: int = 1, seal: str = "") -> str:
    """An occurrence as the bot writes it; with another seal somebody changed it."""
    heading = f"### Occurrence {number} - T"
    seal = seal or digest(f"{heading}\n\n{words.strip()}")
    return f"{heading}\n<!-- errata:occurrence C1/1.2 {seal} -->\n\n{words}\n"


@pytest.mark.parametrize(
    ("marks", "lines"),
    [
        ("a\n", []),
        ("<<<<<<< HEAD\na\n=======\n>>>>>>> b\n", [1, 4]),
        (">>>>>>>\n", [1]),
        ("a\n||||||| b\n", [2]),
        ("<<<<<<<\t\n", [1]),
        ("<<<<<<<x\n", []),
        ("```\n<<<<<<< HEAD\n```\n", []),
        ("a <<<<<<< HEAD\n", []),
        ("=======\n", []),
    ],
)
def test_conflict_markers_of_a_body(marks: str, lines: list[int]) -> None:
    """One kind is enough; by the line of the file."""
    made = entry(marks)

    assert conflicts(made) == [made.front.count("\n") + line for line in lines]


def test_a_block_under_another_number() -> None:
    """The seal follows while nobody edited it; the same words elsewhere in it stay."""
    body = HISTORY + block("Occurrence 1 - it says", 1)
    (one,) = occurrence_blocks(body)
    (other,) = occurrence_blocks(HISTORY + block("a", 1, "0" * 16))

    assert one.intact
    assert not other.intact
    assert numbered(body, one, 12) == block("Occurrence 1 - it says", 12)
    assert numbered(HISTORY + block("a", 1, "0" * 16), other, 12) == block("a", 12, "0" * 16)
    assert occurrence_blocks(HISTORY + block("a").replace("\n<!--", "\n\nx <!--")) == []
    assert occurrence_blocks(HISTORY + block("a").replace("### Occurrence", "### An Occurrence")) == []


@pytest.mark.parametrize(
    ("words", "link", "row"),
    [
        ("<!-- x -->\n\n  It | failed.  \nmore", "https://l", "| 3 | T | It \\| failed. | [alert](https://l)"),
        ("a \\| b", "", "| 3 | T | a \\| b | `C1/1.2`"),
        ("\n<!-- x -->\n", "alert:pd/A1/p1", "| 3 | T |  | `C1/1.2`"),
    ],
)
def test_a_row_stands_for_a_block(words: str, link: str, row: str) -> None:
    """With its first line; nothing where it says nothing."""
    one = Block(Span("x", 0, 0, len(words)), 3, "T", "C1/1.2", intact=True)

    assert row_of(words, one, {"C1/1.2": link} if link else {}).rpartition(" <!-- ")[0] == row


def test_rows_stand_newest_first() -> None:
    """In a table that is begun where there is none; a row that somebody changed is none of the bot's, and stays."""
    new = [(f"C1/{n}.000001", row_text(n, f"| T | a{n} | `C1/{n}.000001`")) for n in (1, 3, 2)]
    body = with_rows(f"{HISTORY}x\n", new, "\n")

    assert [row.number for row in rows(body)] == [3, 2, 1]
    assert [row.number for row in rows(body.replace("| a3 |", "| b3 |"))] == [2, 1]
    assert [row.number for row in rows(with_rows(body.replace("| a3 |", "| b3 |"), [("C1/9.000001", row_text(9, "| T | z | `C1/9.000001`"))], "\n"))] == [
        9,
        2,
        1,
    ]
    assert rows(body.replace("## Diagnosis History", "## Mine")) == []
    assert with_rows(body, [], "\n") == body


@pytest.mark.parametrize(
    ("row", "words", "made"),
    [
        ("- **Resolved:** x", "a\n- b", "- **Resolved:** x\na\n- b"),
        ("", "- **Resolved:** x\na", "a"),
        ("", "- **Came back:** x\na", "a"),
        ("- **Resolved:** y", "- **Came back:** x\n- **Resolved:** z\na", "- **Resolved:** y\na"),
    ],
)
def test_the_first_row_of_a_summary(row: str, words: str, made: str) -> None:
    """In place of an earlier one; only while the summary is the bot's own."""
    lead, tail = "## In short\n\n", "\n\n## Error Signature\n"

    assert standing_row.with_standing(lead + sealed_in_short(words) + tail, row, "\n") == lead + sealed_in_short(made) + tail
    edited = lead + sealed_in_short(words) + "more" + tail
    assert standing_row.with_standing(edited, row, "\n") == edited
    assert standing_row.with_standing("x", row, "\n") == "x"


def test_the_block_that_counts_is_known_by_its_seal() -> None:
    """Made, found, made anew in its place, and gone when nothing is left to tell."""
    ids = [f"C1/17655264{n:02}.000000" for n in range(8)]
    body = over_time.told(f"{HISTORY}words\n\n## Mine\n", ids[:2], ids, "\n")
    own = over_time.own_block(body)

    assert own is not None
    assert own.folded == frozenset(ids[:2])
    assert "| 2025-12 | 2 |" in body
    assert body.endswith("-->\n\n## Mine\n")
    assert over_time.told(body, ids[:3], ids, "\n") == over_time.told(f"{HISTORY}words\n\n## Mine\n", ids[:3], ids, "\n")
    assert over_time.told(body, (), (), "\n") == f"{HISTORY}words\n\n## Mine\n"
    assert over_time.own_block(body.replace("| 2025-12 | 2 |", "| 2025-12 | 3 |")) is None
    assert over_time.own_block(body.replace(" -->\n\nOlder", " --> \n\nOlder")) is not None
    assert over_time.own_block(body.replace(" -->\n\nOlder", " -->x\n\nOlder")) is None


@pytest.mark.parametrize(
    ("days", "name", "bars"),
    [
        ((0, 0, 0, 0, 0, 1), "day", 2),
        ((0, 1, 2, 3, 30, 30), "day", 31),
        ((0, 1, 2, 3, 4, 31), "week, from its Monday", 5),
        ((0, 1, 2, 3, 4, 300), "month", 11),
        ((0, 1, 2, 3, 4, 4000), "year", 11),
        ((0, 0, 0, 0, 0, 0), "", 0),
        ((0, 1, 2, 3, 4), "", 0),
    ],
)
def test_the_scale_of_a_chart(days: tuple[int, ...], name: str, bars: int) -> None:
    """As fine as fits into thirty-one bars; none for few alerts, or for one day."""
    made = occurrence_chart.chart([datetime(2026, 1, 5, 9, tzinfo=UTC) + timedelta(days=day) for day in days])

    assert (made.partition("Occurrences by ")[2].partition('"')[0], made.partition("x-axis")[2].partition("]")[0].count('"') // 2) == (name, bars)


def test_a_stub_and_a_file_that_was_renamed_by_hand() -> None:
    """Only a withdrawn entry leads on; a file's name counts, and the name inside it becomes an alias."""
    assert library.is_stub(replace(META, status="withdrawn", replaced_by="b"))
    assert not library.is_stub(replace(META, replaced_by="b"))
    assert not library.is_stub(replace(META, status="withdrawn"))
    meta = replace(META, aliases=("old", "new"))
    made = library.named_as_its_file(Entry(meta, front_of(meta), ""), "errors/new.md").meta
    assert (made.signature, made.aliases) == ("new", ("old", "kept"))
    assert library.named_as_its_file(Entry(meta, front_of(meta), ""), "errors/.new.md").meta == meta
    assert library.named_as_its_file(Entry(meta, "", ""), "errors/new.md").meta == meta


@pytest.mark.parametrize("heading", ["\n## Error Signature\n", "## error signature\n", "   ##\tError Signature ##\r\n", "##  Error Signature\t#\n"])
def test_an_error_is_compared_with_what_its_section_says(heading: str) -> None:
    """Whoever wrote the heading; up to the next one."""
    made = likeness.traits(Entry(META, "", f"# x\nbefore\n{heading}the POOL\n### deeper\nis empty\n# After\nno\n"))

    assert made.text.split() == ["t", "the", "pool", "###", "deeper", "is", "empty"]
    assert likeness.traits(Entry(META, "", f"before\n{heading.replace('rror', 'rrors')}a")).text.split() == ["t"]


@pytest.mark.parametrize("name", ["a/b", "", "x" * 121, ".a", "-a", "a..b", "a.", "a.lock", "a.md", "a.MD", "a\n", "a b"])
def test_a_name_that_no_file_can_have(name: str) -> None:
    """Neither given by a person nor made."""
    with pytest.raises(BadCommand):
        new_name(name)
    if name in ("a/b", "", "x" * 121, ".a", "a\n", "a b"):
        with pytest.raises(BadEntry):
            path_of(name)
    assert (new_name("A.b_c-9"), path_of("A.b_c-9")) == ("A.b_c-9", "knowledge/errors/A.b_c-9.md")


def test_the_older_format() -> None:
    """An occurrence is one by the beginning of its heading; what a report says below stays with it; times with and without a zone are in UTC."""
    text = "# Error: E in f\n\n## Occurrence 1 (2025-12-17 09:12)\nwords\n## Cause\nmore\n## An Occurrence 2\nx\n## Common Causes\n- a\n## Notes\nn\n"
    old = read_old(text)

    assert (old.occurrences, old.times, list(old.sections), old.notes) == (1, ("2025-12-17T09:12:00Z",), ["Common Causes"], "### Notes\nn")
    assert "Cause" in old.history
    assert "An Occurrence 2" in old.history
    assert [time_of(words) for words in ("on 2025-12-17T09:12:44.5", "2025-12-17", "2025-13-17", "x")] == [
        "2025-12-17T09:12:44Z",
        "2025-12-17T00:00:00Z",
        "",
        "",
    ]
    assert [is_old(words) for words in ("# Error: E in f", "## Error Signature", "# An Error: E in f", "### Error Signature")] == [True, True, False, False]


def test_a_heading_deep_in_a_report_begins_no_occurrence() -> None:
    """It stays with the report in which it stands, and is not counted."""
    old = read_old("# Error: E in f\n\n## Occurrence 1\n#### Occurrence 2 was alike\nx\n")
    assert (old.occurrences, old.history, old.notes) == (1, "### Occurrence 1\n##### Occurrence 2 was alike\nx", "")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: [[[[b]]]]", 1),
        ("a: {b: {c: {d: e}}}", 0),
        ("x: y\na: {b: {c: {d: [e]}}}", 2),
        ("a: [[[b]]]", 0),
        ("a: &x b", 1),
        ("a: b\na: c", 2),
        ("? [a]\n: b", 1),
        ("a: [b", 2),
    ],
)
def test_a_tree_is_four_deep(text: str, line: int) -> None:
    """And no deeper; what is wrong is told with its line."""
    if not line:
        assert tree(text).data
        return
    with pytest.raises(YamlFault) as fault:
        tree(text, 5)
    assert fault.value.line == 4 + line
