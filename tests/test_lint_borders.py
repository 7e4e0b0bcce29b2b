"""Where each rule of the linter begins and ends: the neighbour that it lets stand, the line it names, and what it says to do."""

import pytest

from bot.core.entry.entry import render
from bot.core.lint.lint import check
from bot.texts.entry_page import new_entry
from tests.lint_pages import BODY_LINE, ENTRY, GOOD, NAME, PATH, changed, elsewhere, line_of, told, withdrawn
from tests.occurrences import occurrence, signature


def test_a_page_that_is_no_entry_needs_no_front_matter() -> None:
    """Only files in a folder `errors`, and EXAMPLE.md, are read as entries; their names need not fit."""
    text = "# Notes\n\n## In short\n\n## Resolution Patterns\n"
    others = {"knowledge/README.md": text, "errorless/notes.md": text, "errors.md": text, "xerrors/a.md": text, PATH: GOOD}

    assert check(others) == []
    assert {one.rule for one in check({"errors/a b.md": text, PATH: GOOD})} == {"KB010", "KB014"}
    assert {one.rule for one in check({"knowledge/EXAMPLE.md": text, PATH: GOOD})} == {"KB010"}


@pytest.mark.parametrize("name", ["", ".hidden", "ä", "a b", "n" * 121])
def test_a_name_that_is_none(name: str) -> None:
    """Empty, hidden, with other letters, or too long; it is shown shortened."""
    found = check({f"knowledge/errors/{name}.md": GOOD})

    assert told(found) == [f"1: KB014 {name[:60]!r} is no name for an entry"]


def test_a_renamed_file_is_mended_as_the_rule_says() -> None:
    """The old name among the aliases is not enough: the new one must be the signature."""
    path, half = "knowledge/errors/leaf_balance.md", changed(aliases=f'["{NAME}"]')

    assert {one.rule for one in check({path: half})} == {"KB014"}
    assert check({path: changed(half, signature='"leaf_balance"')}) == []


def test_a_name_may_have_120_characters() -> None:
    """And dots, dashes and capitals."""
    name = "A.b-c_9".ljust(120, "x")

    assert check({f"knowledge/errors/{name}.md": GOOD.replace(NAME, name)}) == []


@pytest.mark.parametrize(
    ("key", "value", "finding"),
    [
        ("first_seen", "2030-01-01", "KB015 first_seen (2030-01-01T00:00:00Z) is after last_seen"),
        ("resolved_at", "2001-01-01", "KB015 resolved_at (2001-01-01T00:00:00Z) is before first_seen"),
    ],
)
def test_times_are_in_order(key: str, value: str, finding: str) -> None:
    """The finding stands at the key."""
    text = changed(**{key: value})
    found = [one for one in told(check({PATH: text})) if "KB015" in one]

    assert [one.startswith(f"{line_of(text, key)}: {finding}") for one in found] == [True]


def test_the_same_moment_is_in_order() -> None:
    """First and last may be one, and what is resolved at once is not resolved before."""
    at = str(ENTRY.meta.first_seen)

    assert check({PATH: changed(first_seen=at, last_seen=at, resolved_at=at)}) == []


@pytest.mark.parametrize(
    ("keys", "missing"),
    [
        ({"resolution": '""', "resolved_at": "2030-01-01"}, "resolution"),
        ({"resolution": '"  "', "resolved_at": "2030-01-01"}, "resolution"),
        ({"resolution": "fixed in 1a2b3c4"}, "resolved_at"),
        ({}, "resolution and resolved_at"),
    ],
)
def test_a_resolved_entry_says_how_and_when(keys: dict[str, str], missing: str) -> None:
    """What is missing is named; with both nothing is, and an open entry needs neither."""
    text = changed(status="resolved", **keys)

    assert told(check({PATH: text})) == [f"{line_of(text, 'status')}: KB017 resolved without {missing}"]
    assert check({PATH: changed(status="resolved", resolution="fixed", resolved_at="2030-01-01")}) == []
    assert check({PATH: changed(**keys)}) == []


def test_occurrences_are_at_least_the_alerts() -> None:
    """As many are enough; a thread that stands twice is told at the threads."""
    threads = tuple(f"https://acme.slack.com/archives/C0ALERTS1/p17655264651209{number:02}" for number in range(3))
    few, twice = changed(threads=f"[{', '.join(threads)}]", occurrences="2"), changed(threads=f"[{threads[0]}, {threads[0]}]", occurrences="2")

    assert told(check({PATH: few})) == [f"{line_of(few, 'occurrences')}: KB016 2 occurrences, but 3 threads"]
    assert check({PATH: changed(threads=f"[{', '.join(threads)}]", occurrences="3")}) == []
    assert told(check({PATH: twice})) == [f"{line_of(twice, 'threads')}: KB016 a thread is listed twice"]


def test_names_that_differ_in_case_only() -> None:
    """On many machines one file would take the place of the other."""
    upper = NAME.upper()
    found = check({PATH: GOOD, f"knowledge/errors/{upper}.md": GOOD.replace(NAME, upper, 1).replace("fingerprint:", "#")})

    assert [(one.path, one.line, one.message, one.remedy) for one in found if "case" in one.message] == [
        (PATH, 1, f"only upper and lower case tell it from knowledge/errors/{upper}.md", "rename one of them: `bot rename`")
    ]


def test_two_entries_of_one_fingerprint() -> None:
    """The second is told, at the key, with the path of the first; no fingerprint at all is nobody's."""
    later = elsewhere(GOOD.replace(NAME, "zz"))
    path = "knowledge/errors/zz.md"

    assert told(check({PATH: GOOD, path: later})) == [
        f"{line_of(later, 'fingerprint')}: KB018 fingerprint {ENTRY.meta.fingerprint} also belongs to {PATH}",
    ]
    assert check({PATH: changed(fingerprint='""'), path: elsewhere(changed(fingerprint='""')).replace(NAME, "zz")}) == []


def test_a_copy_that_kept_its_threads() -> None:
    """Merged so, it would answer them again; two errors of one message share their thread, and what was withdrawn answers nothing."""
    copy, path = changed(fingerprint='""').replace(NAME, "zz"), "knowledge/errors/zz.md"
    edited = copy.replace("The row lock is gone.", "Nobody knows.")
    sibling = render(new_entry(signature(message="other"), occurrence(cause="The pool is empty.")))

    for one in (copy, edited):
        assert told(check({PATH: GOOD, path: one})) == [f"{line_of(one, 'threads')}: KB018 threads are copied from {PATH}"]
    assert check({PATH: GOOD, f"knowledge/errors/{signature(message='other').name}.md": sibling}) == []
    assert check({PATH: GOOD, "knowledge/errors/old.md": withdrawn("old", "")}) == []


def test_an_alias_of_two_entries() -> None:
    """It has one owner, unless its entry was withdrawn for this one, in one step or several."""
    owner = changed(aliases="[old]")
    old, older = "knowledge/errors/old.md", "knowledge/errors/older.md"

    assert check({PATH: owner, old: withdrawn("old", NAME)}) == []
    assert check({PATH: changed(aliases="[older]"), older: withdrawn("older", "old"), old: withdrawn("old", NAME)}) == []
    assert [one.rule for one in check({PATH: owner, old: withdrawn("old", "older"), older: withdrawn("older", "")})] == ["KB018"]
    assert [one.rule for one in check({PATH: owner, old: elsewhere(changed(fingerprint='""')).replace(NAME, "old", 1)})] == ["KB018"]


def test_what_an_entry_is_replaced_by() -> None:
    """An entry that is there, and at its end one that stands; found by its alias, too."""
    one, two = "knowledge/errors/one.md", "knowledge/errors/two.md"
    gone = withdrawn("one", "gone")
    line = line_of(gone, "replaced_by")

    assert told(check({PATH: GOOD, one: gone})) == [f"{line}: KB019 replaced by gone, which leads to no entry"]
    assert told(check({one: withdrawn("one", "two"), two: withdrawn("two", "one")})) == [
        f"{line}: KB019 replaced by two, which leads in a circle",
        f"{line}: KB019 replaced by one, which leads in a circle",
    ]
    assert check({one: withdrawn("one", "nick"), PATH: changed(aliases="[nick]")}) == []
    standing = changed(replaced_by="one" + "x" * 130)
    (found,) = check({PATH: standing})
    assert found.message == f"replaced by one{'x' * 117}, but {ENTRY.meta.status}"
    assert found.remedy == "set `status` to `withdrawn`, or take `replaced_by` out"


def test_sections_out_of_order() -> None:
    """Named with what they stand after; a second one with what to do; sections of one's own may stand anywhere."""
    text = GOOD.replace("## In short", "## Mine\n\n## In short", 1)
    late = GOOD + "\n## Common Causes\n"
    (found,) = check({PATH: late})

    assert check({PATH: text}) == []
    assert (found.line, found.message, found.remedy) == (
        line_of(late, "## Related") + late.partition("## Related")[2].count("\n") - 1,
        found.message,
        "join the two",
    )
    assert found.message == "the section `## Common Causes` stands twice"
    assert told(check({PATH: GOOD.replace("## Related Errors", "## related errors")})) == []
    assert told(check({PATH: GOOD.replace("## Related Errors", "## Related")})) == [f"{BODY_LINE}: KB020 the section `## Related Errors` is missing"]


def test_what_is_left_open() -> None:
    """Told at the last line."""
    text = GOOD.rstrip("\n") + "\n\n~~~\nopen"

    assert told(check({PATH: text})) == [f"{text.count(chr(10)) + 1}: KB023 the closing ~~~ is missing"]
