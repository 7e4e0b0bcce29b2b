"""What two entries hold of alerts, as one: threads by time, what stands in the short form, blocks and rows of either line end, sections side by side."""

import pytest
from msgspec.structs import replace

from bot.core.entry.earlier import HEADER
from bot.core.entry.entry import Entry
from bot.core.entry.identity import folded, folded_in, identity_of
from bot.core.entry.joining import joined, renumbered
from bot.core.entry.over_time import own_block, told
from bot.core.entry.sections import SECTIONS
from tests.joined_entries import GONE, META, entry
from tests.numbered_alerts import block, identity, link, row

HISTORY = "## Diagnosis History\n\n"


def sections(**words: str) -> str:
    """A page with every section; those named by their first word hold these words."""
    return "".join(f"## {title}\n\n{words.get(title.partition(' ')[0], '_None recorded yet._')}\n\n" for title in SECTIONS)


def of(alerts: tuple[int, ...], history: str = "", newline: str = "\n", *, gone: bool = False, **changes: object) -> Entry:
    """An entry with these alerts as threads, and this history."""
    meta = replace(GONE if gone else META, **{"threads": tuple(map(link, alerts)), "occurrences": max(len(alerts), 1), **changes})
    return entry(sections(Diagnosis=history.rstrip("\n") or "_None recorded yet._"), meta, newline)


def test_threads_stand_in_order_of_time() -> None:
    """Whatever their host and channel; those of the same moment by channel. A link of the entry that stays is kept as it is."""
    at = ("p1765526465120900", "p1765526465120901", "p1765526464000000")
    first, second = f"https://z.slack.com/archives/A1/{at[0]}", f"https://a.slack.com/archives/B1/{at[0]}"
    third, fourth = f"https://a.slack.com/archives/A1/{at[1]}", f"https://z.slack.com/archives/Z1/{at[2]}"
    pair = joined(of((), gone=True, threads=(third, second), occurrences=2), of((), threads=(fourth, first), occurrences=2))
    again = joined(of((), gone=True, threads=(f"{first}?thread_ts=1765526465.120900&cid=A1",)), of((), threads=(first,)))

    assert pair.meta.threads == (fourth, first, second, third)
    assert again.meta.threads == (first,)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("theirs", ["\n", "\r\n"])
def test_an_alert_in_the_short_form_needs_no_thread(newline: str, theirs: str) -> None:
    """Of either entry; it is counted once, and is held once."""
    gone = of((1,), folded([identity(0)]), theirs, gone=True, occurrences=2)
    kept = of((0, 2), "", newline)
    both = joined(gone, kept)

    assert [identity_of(thread) for thread in both.meta.threads] == [identity(1), identity(2)]
    assert (both.meta.occurrences, set(folded_in(both.body))) == (3, {identity(0)})
    other = joined(of((0, 1), "", theirs, gone=True), of((2,), folded([identity(0)]), newline, occurrences=2))
    assert [identity_of(thread) for thread in other.meta.threads] == [identity(1), identity(2)]
    assert (other.meta.occurrences, set(folded_in(other.body))) == (3, {identity(0)})


def test_the_months_of_both_are_one_block() -> None:
    """Of the bot; what a person copied of it is theirs, and is not held twice."""
    gone = of((), told("", [identity(0)], [identity(0)], "\n"), gone=True)
    kept = of((), told("", [identity(1)], [identity(1)], "\n"))
    both = joined(gone, kept)
    own = own_block(both.body)

    assert own is not None
    assert own.folded == {identity(0), identity(1)}
    assert both.body.count("### Occurrences over time") == 1
    assert "| 2025-12 | 2 |" in both.body
    edited = joined(gone, of((), told("", [identity(1)], [identity(1)], "\n").replace("| 2025-12 | 1 |", "| 2025-12 | one |")))
    own = own_block(edited.body)
    assert own is not None
    assert own.folded == {identity(0)}
    assert folded_in(edited.body) == {identity(0), identity(1)}


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("theirs", ["\n", "\r\n"])
def test_blocks_and_rows_of_both(newline: str, theirs: str) -> None:
    """By time, numbered anew, with the line ends of the entry that stays."""
    table = f"### Earlier occurrences\n\n{HEADER}\n"
    gone = of((0, 3), f"{block(2, 3)}{table}{row(1, 0)}", theirs, gone=True)
    kept = of((1, 2), f"{block(2, 2)}{table}{row(1, 1)}", newline)
    history = f"{block(4, 3)}{block(3, 2)}{table}{row(2, 1)}{row(1, 0)}"

    assert joined(gone, kept).body == sections(Diagnosis=history.rstrip("\n")).replace("\n", newline)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_the_first_block_takes_the_place_of_the_placeholder(newline: str) -> None:
    """With no blank line more than between any two sections."""
    both = joined(of((0,), f"{block(1, 0)}\n\n", gone=True), of((), "", newline))

    assert both.body == sections(Diagnosis=block(2, 0).rstrip("\n")).replace("\n", newline)


def test_a_block_of_both_is_taken_once_unless_a_person_changed_it() -> None:
    """What they wrote into the other's is kept beside it."""
    same = joined(of((0,), block(1, 0), gone=True), of((0,), block(1, 0)))
    edited = block(1, 0).replace("Words 0.", "Words 0, says Ada.")
    beside = joined(of((0,), edited, gone=True), of((0,), block(1, 0)))

    assert same.body == sections(Diagnosis=block(1, 0).rstrip("\n"))
    assert [beside.body.count(words) for words in ("Words 0.", "Words 0, says Ada.", "### Occurrence 1 ")] == [1, 1, 2]


def test_numbers_follow_the_count() -> None:
    """The latest alert bears the count of all, however few of them the page tells."""
    assert renumbered(of((0, 1), f"{block(2, 1)}{block(1, 0)}", occurrences=9)).body == sections(Diagnosis=f"{block(9, 1)}{block(8, 0)}".rstrip("\n"))
    assert renumbered(of((0, 1), f"{block(5, 1)}{block(4, 0)}", occurrences=1)).body == sections(Diagnosis=f"{block(2, 1)}{block(1, 0)}".rstrip("\n"))
    assert renumbered(of((0,), f"{block(5, 1)}{block(4, 0)}")).body == sections(Diagnosis=f"{block(5, 1)}{block(1, 0)}".rstrip("\n"))


@pytest.mark.parametrize(
    ("kept", "gone", "made"),
    [
        ({"Error": "x", "Diagnosis": "y"}, {"Error": "y"}, {"Error": "x\n\n### From gone\n\ny", "Diagnosis": "y"}),
        ({"Error": "x", "Diagnosis": "y"}, {"Diagnosis": "x"}, {"Error": "x", "Diagnosis": "y\n\n### From gone\n\nx"}),
        ({"Common": "- a", "Resolution": "- b"}, {"Common": "- b"}, {"Common": "- a\n- b", "Resolution": "- b"}),
        ({"Common": "- a", "Resolution": "- b"}, {"Resolution": "- a"}, {"Common": "- a", "Resolution": "- b\n- a"}),
        ({"Error": "x"}, {"Error": "x"}, {"Error": "x"}),
        ({"Error": "x\nz"}, {"Error": "x\ny"}, {"Error": "x\nz\n\n### From gone\n\nx\ny"}),
        ({"Common": "- a"}, {"Common": "- b\n- a\nc"}, {"Common": "- a\n\n### From gone\n\n- b\n- a\nc"}),
        ({"Related": "- a"}, {"Related": "- a"}, {"Related": "- a"}),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_sections_side_by_side(kept: dict[str, str], gone: dict[str, str], made: dict[str, str], newline: str) -> None:
    """A line counts as there when it stands in that very section, not before it and not after it."""
    both = joined(entry(sections(**gone), GONE), entry(sections(**kept), META, newline))

    assert both.body == sections(**made).replace("\n", newline)
