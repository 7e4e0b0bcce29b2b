"""What two entries say of themselves as one, and which threads a merge concerns."""

import pytest
from msgspec.structs import replace

from bot.core.entry.changes import Telling, touched
from bot.core.entry.earlier import HEADER, row_text, rows
from bot.core.entry.entry import Entry, amended
from bot.core.entry.front_patch import front_of
from bot.core.entry.joining import joined
from bot.core.entry.meta import EntryMeta
from bot.core.entry.occurrence_block import occurrence_blocks
from bot.model import Permalink
from bot.texts.entry_page import new_entry, record_occurrence
from tests.occurrences import SECOND, occurrence, signature

ENTRY = record_occurrence(new_entry(signature(), occurrence()), occurrence(SECOND))


def test_threads_that_a_merge_concerns() -> None:
    """New ones, and those whose words changed while nothing new came."""
    link = Permalink("acme.slack.com", *next((one.identity.split("/")[0], one.identity.split("/")[1]) for one in occurrence_blocks(ENTRY.body)))
    start = new_entry(signature(), occurrence())

    def telling(words: str, recorded: bool) -> Telling:
        return Telling(words, recorded)

    def corrected(then: tuple[str, bool], now: tuple[str, bool], before: Entry = ENTRY, after: Entry = ENTRY) -> int:
        told = iter([one for _ in range(9) for one in (then, now)])
        return len(touched(before, after, (), lambda *_: telling(*next(told))).corrected)

    assert [corrected(("a", True), ("b", True)), corrected(("a", True), ("a", True)), corrected(("a", True), ("b", False))] == [2, 0, 0]
    assert [corrected(("a", False), ("a", True)), corrected(("a", False), ("b", False)), corrected(("a", False), ("a", False))] == [2, 2, 0]
    assert [corrected(("a", False), ("b", False), start), corrected(("a", True), ("b", True), start)] == [0, 1]
    gone = amended(ENTRY, {"status": "withdrawn"})
    assert [
        corrected(("a", True), ("a", True), after=gone),
        corrected(("a", True), ("a", True), before=gone),
        corrected(("a", True), ("a", True), gone, gone),
    ] == [2, 2, 0]
    assert len(touched(None, ENTRY, (), lambda *_: telling("", True)).new) == 2
    assert touched(None, gone, (), lambda *_: telling("", True)).new == ()
    assert [one.ts for one in touched(start, ENTRY, (), lambda *_: telling("", True)).new] == [link.ts]
    assert touched(None, replace(ENTRY, body=f"{ENTRY.body}<!-- errata:imported -->"), (), lambda *_: telling("", True)).new == ()
    assert touched(None, ENTRY, (start,), lambda *_: telling("", True)).new == (link,)


def other(**changes: object) -> Entry:
    """Another entry, with these values."""
    entry = new_entry(signature(message="the pool is empty"), occurrence("1765000000.000001"))
    meta = replace(entry.meta, signature="other_E_123456", **changes)
    return Entry(meta, front_of(meta), entry.body)


def kept(**changes: object) -> EntryMeta:
    """What two entries say of themselves as one; `_x` is a value of the one that stays."""
    meta = replace(ENTRY.meta, **{key[1:]: value for key, value in changes.items() if key.startswith("_")})
    entry = Entry(meta, front_of(meta), "# t\n")
    gone = other(**{key: value for key, value in changes.items() if not key.startswith("_")})
    return joined(replace(gone, body="# o\n"), entry).meta


def test_two_entries_are_counted_together() -> None:
    """Counts are added, times are the first and the last, lists hold both, an entry's own names are left out."""
    meta = kept(
        held=2,
        failed=3,
        _held=4,
        _failed=5,
        occurrences=4,
        _occurrences=9,
        severity="critical",
        services=("z",),
        owners=("@b",),
        _owners=("@a", "@b"),
        aliases=("q",),
        related=("r", "q"),
    )
    assert (meta.held, meta.failed, meta.occurrences, meta.severity, meta.owners) == (6, 8, 13, "critical", ("@a", "@b"))
    assert (meta.aliases, meta.related, meta.services[-1]) == (("other_E_123456", "q"), ("r",), "z")
    assert len(kept().threads) == 3


@pytest.mark.parametrize(
    ("one", "other_", "status", "words"),
    [
        (("diagnosed", "", ""), ("diagnosed", "", ""), "diagnosed", ""), (("resolved", "a", "2030"), ("resolved", "b", "2031"), "resolved", "b"),
        (("resolved", "a", "2031"), ("resolved", "b", "2030"), "resolved", "a"),
        (("regressed", "a", "2030"), ("diagnosed", "", ""), "regressed", "a"), (("diagnosed", "", ""), ("regressed", "b", "2030"), "regressed", "b"),
        (("diagnosed", "", ""), ("resolved", "b", "2030"), "resolved", "b"),
        (("diagnosed", "", ""), ("resolved", "b", "2020"), "regressed", "b"), (("resolved", "a", "2020"), ("diagnosed", "", ""), "regressed", "a"),
        (("resolved", "a", "2030"), ("resolved", "b", "2030"), "resolved", "a"),
        (("resolved", "a", ""), ("resolved", "b", ""), "resolved", "a"), (("resolved", "a", ""), ("resolved", "b", "2020"), "resolved", "b"),
    ],
)  # fmt: skip
def test_the_later_end_counts(one: tuple[str, str, str], other_: tuple[str, str, str], status: str, words: str) -> None:
    """And what happened after it is a regression."""
    at = [f"{year}-01-01T00:00:00Z" if year else "" for year in (one[2], other_[2])]
    meta = kept(_status=one[0], _resolution=one[1], _resolved_at=at[0], status=other_[0], resolution=other_[1], resolved_at=at[1])
    assert (meta.status, meta.resolution) == (status, words)


def test_what_people_wrote_in_both_is_kept() -> None:
    """Bullets join a list, other words come below a heading with the name; sections of its own stand at the end."""
    theirs = other()
    body = theirs.body.replace("## Related Errors\n", "## Related Errors\n\n- one\n- two\n").replace(
        "## Diagnosis History\n", "## Diagnosis History\n\nMira called.\n"
    )
    whole = joined(Entry(theirs.meta, theirs.front, f"{body}\n## Runbook\n\nCall Mira.\n\n# Odd\n\nx\n"), ENTRY).body
    assert "- one\n- two\n" in whole
    assert "### From other_E_123456\n\nMira called.\n" in whole
    assert "\n## Runbook\n\nCall Mira.\n\n# Odd\n\nx\n" in whole
    assert [one.identity for one in occurrence_blocks(whole)] == sorted(
        (one.identity for one in occurrence_blocks(whole)), key=lambda one: one.split("/")[1], reverse=True
    )
    assert [one.number for one in occurrence_blocks(whole)] == [3, 2, 1]


@pytest.mark.parametrize(
    ("changes", "key", "value"),
    [
        ({"category": "database"}, "category", ENTRY.meta.category), ({"category": "database", "_category": "unknown"}, "category", "database"),
        ({"first_seen": "2020-01-01T00:00:00Z"}, "first_seen", "2020-01-01T00:00:00Z"),
        ({"last_seen": "2030-01-01T00:00:00Z"}, "last_seen", "2030-01-01T00:00:00Z"),
        ({"tracking_issue": "https://a"}, "tracking_issue", "https://a"), ({"tracking_issue": "https://a", "_tracking_issue": "https://b"}, "tracking_issue", "https://b"),
        ({"related": ("r", ENTRY.meta.signature)}, "related", ("r",)), ({"_aliases": ("other_E_123456",)}, "aliases", ("other_E_123456",)),
    ],
)  # fmt: skip
def test_one_value_of_two(changes: dict[str, object], key: str, value: object) -> None:
    """Each by itself."""
    assert getattr(kept(**changes), key) == value


def test_rows_and_words_before_the_sections_are_joined() -> None:
    """Rows go into the table; words get a heading with the name, a title of their own needs none."""
    theirs = other()
    row = row_text(1, "| 2025-01-01T00:00:00Z | it failed | `C1/1735689600.000100`")
    for top, shown in (("hello", "## From other_E_123456\n\nhello"), ("# Odd title", "# Odd title")):
        body = f"{top}\n\n## Diagnosis History\n\n### Earlier occurrences\n\n{HEADER}\n{row}\n\n## Common Causes\n\nc\n"
        whole = joined(Entry(theirs.meta, theirs.front, body), ENTRY).body
        assert [one.identity for one in rows(whole)] == ["C1/1735689600.000100"]
        assert f"\n\n{shown}\n" in whole
        assert ("\n## From" in whole) == (top == "hello")
        assert "### From other_E_123456\n\nc\n" in whole
        assert all(one.intact for one in occurrence_blocks(whole))


def test_lines_that_are_there_already_are_not_written_again() -> None:
    """Only in their own section; a heading without words comes along where it is a section of a person, and only there."""
    start = Entry(
        ENTRY.meta,
        ENTRY.front,
        "# t\n\n## Error Signature\n\none\n\n## Diagnosis History\n\ntwo\n\n## Common Causes\n\n- three\n\n## Related Errors\n\n- four\n",
    )

    def whole(body: str) -> str:
        theirs = other()
        return joined(Entry(theirs.meta, theirs.front, body), start).body

    assert "### From other_E_123456\n\ntwo\n" not in whole("## Diagnosis History\n\ntwo\n")
    assert "### From other_E_123456\n\none\n" in whole("## Diagnosis History\n\none\n")
    assert "### From other_E_123456\n\n- four\n" in whole("## Diagnosis History\n\n- four\n")
    assert whole("## Common Causes\n\n- three\n- four\n").count("- three\n- four\n") == 1
    assert whole("## Common Causes\n").count("## Common Causes") == 1
    assert "## Runbook\n" in whole("## Runbook\n")
    assert "## From" not in whole("\n")
