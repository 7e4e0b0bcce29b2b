"""The knowledge folder knows its errors by name, by fingerprint and by alias, and never gives one name to two."""

import msgspec
import pytest

from bot.core.entry import Entry, amended, render
from bot.core.library import Library, fix_of, root_cause_of
from bot.texts.entry_page import new_entry, record_occurrence
from tests.occurrences import FIRST, SECOND, alert, occurrence, signature


def entry(message: str = "insufficient leaf balance", **meta: str | tuple[str, ...]) -> Entry:
    """An entry of an error with this message."""
    return amended(new_entry(signature(message=message), occurrence(FIRST)), meta)


def test_an_error_is_found_under_its_name() -> None:
    """And one that is not there keeps its own name."""
    known = entry()
    library = Library([known])
    assert library.find(signature()) == known
    assert library.find(signature(message="something else")) is None
    assert library.name_for(signature(message="something else")) == signature(message="something else").name


def test_a_renamed_entry_is_found_by_its_fingerprint() -> None:
    """People may give an entry a better name."""
    library = Library([entry(signature="race_in_transfer_handler")])
    assert library.name_for(signature()) == "race_in_transfer_handler"
    assert library.named(signature()) == msgspec.structs.replace(signature(), name="race_in_transfer_handler")


def test_an_entry_that_was_merged_into_another_is_found_by_its_alias() -> None:
    """Aliases keep old names alive."""
    kept = entry("another message", aliases=(signature().name,))
    library = Library([kept])
    assert library.find(signature()) == kept
    assert [(past.signature, past.relation) for past in library.past(signature(), alert())] == [(kept.meta.signature, "alias")]


def test_two_errors_with_the_same_short_name_get_two_files() -> None:
    """On a collision of the six digits the hex grows; the entry that was there is not touched."""
    mine = signature()
    other = entry("another message", signature=mine.name)
    library = Library([other])
    name = library.name_for(mine)
    assert name == f"transfer_handler_ValidationError_{mine.fingerprint[:8]}"
    taken = entry("a third message", signature=name)
    assert Library([other, taken]).name_for(mine) == f"transfer_handler_ValidationError_{mine.fingerprint[:10]}"
    assert Library([other, entry(signature=name)]).name_for(mine) == name


def test_an_entry_without_fingerprint_or_of_another_algorithm_is_known_by_its_name() -> None:
    """What cannot be compared is not a collision."""
    for fingerprint in ("", f"v9:{'0' * 32}"):
        assert Library([entry(fingerprint=fingerprint)]).name_for(signature()) == signature().name


def test_names_that_grow_stay_within_the_limit() -> None:
    """120 characters, whatever the digits."""
    long = signature(culprit="c" * 90, error_type="E" * 60)
    other = amended(new_entry(signature(message="another"), occurrence()), {"signature": long.name})
    assert len(Library([other]).name_for(long)) <= 120


def test_broken_files_are_skipped_and_told() -> None:
    """One unreadable entry does not hide the others."""
    library = Library.read({"knowledge/errors/a.md": "no front matter", "knowledge/errors/b.md": render(entry())})
    assert list(library.entries) == [signature().name]
    assert [(path, error.cause) for path, error in library.broken] == [("knowledge/errors/a.md", "line 1: the first line is not `---`")]
    assert library.broken[0][1].doing == "reading knowledge/errors/a.md"


def test_the_past_of_an_error_holds_its_fix() -> None:
    """What ended it, the commit that did, when, and why it had happened."""
    known = entry(status="resolved", resolution="Row lock in reserve_leaves, commit 4be91d07 (#12)", resolved_at="2025-12-12T16:40:00Z")
    (past,) = Library([known]).past(signature(), alert())
    assert (past.relation, past.status, past.occurrences) == ("same", "resolved", 1)
    assert past.fix is not None
    assert past.fix.commit == "4be91d07"
    assert past.root_cause == "The row lock is gone."
    assert past.path == f"knowledge/errors/{signature().name}.md"
    assert past.last_seen.isoformat() == "2025-12-12T08:01:05+00:00"
    assert past.resolved_at is not None


@pytest.mark.parametrize(
    ("resolution", "commit"),
    [
        ("commit 4be91d07", "4be91d07"),
        ("12345e67 put the lock back", "12345e67"),
        ("see https://github.com/acme/x/commit/4be91d07aa", "4be91d07aa"),
        ("see https://github.com/acme/x/pull/1234567", None),
        ("issue #1234567", None),
        ("it was defaced and effaced", None),
        ("4bf92f35-77b3-4da6-a3ce-929d0e0e4736", None),
        ("reverted 1234567, then 9f8e7d6c", "9f8e7d6c"),
        ("reverted 1234567", "1234567"),
        ("restarted the pod", None),
    ],
)
def test_the_commit_that_a_resolution_names(resolution: str, commit: str | None) -> None:
    """A commit id, not an issue number, a word or a UUID."""
    fix = fix_of(entry(resolution=resolution))
    assert fix is not None
    assert fix.commit == commit


def test_without_a_resolution_there_is_no_fix() -> None:
    """An empty sentence is none."""
    assert fix_of(entry()) is None


def test_the_cause_is_read_back_in_plain_words() -> None:
    """What Markdown needs as escapes is gone again, and people's words count; an unknown cause is none."""
    known = record_occurrence(entry(), occurrence(SECOND, cause="a[0] < b_c, see `x | y` & <n>"))
    assert root_cause_of(known) == "a[0] < b_c, see `x | y` & <n>"
    assert root_cause_of(record_occurrence(entry(), occurrence(SECOND, cause=""))) == ""
    by_hand = Entry(known.meta, known.front, known.body.replace("**Why it happens:** ", "**Why it happens:** Ada says: ", 1))
    assert root_cause_of(by_hand).startswith("Ada says: ")


def test_like_errors_follow_the_likest_first() -> None:
    """Same type and same words count, another message of another place does not; withdrawn entries are left out; three at most."""

    def other(culprit: str, error_type: str, message: str, status: str = "diagnosed") -> Entry:
        made = new_entry(signature(culprit=culprit, error_type=error_type, message=message), occurrence())
        return amended(made, {"status": status})

    near = [other("transfer_handler", "ValidationError", f"insufficient leaf balance of kind {word}") for word in ("red", "blue")]
    same_words = other("ledger", "ValidationError", "insufficient leaf balance")
    far = other("cron", "TimeoutError", "node did not answer")
    withdrawn = other("transfer_handler", "ValidationError", "insufficient leaf balance, duplicate", "withdrawn")
    fourth = other("transfer_handler", "ValidationError", "insufficient leaf")
    past = Library([far, same_words, *near, withdrawn, fourth]).past(signature(), alert())
    assert {one.relation for one in past} == {"similar"}
    assert len(past) == 3
    assert {one.signature for one in past[:2]} == {one.meta.signature for one in near}
    assert far.meta.signature not in {one.signature for one in Library([far]).past(signature(), alert())}
