"""The knowledge folder knows its errors by name, by fingerprint and by alias, and never gives one name to two."""

import msgspec
import pytest

from bot.core.entry.entry import Entry, amended, parse, path_of, render
from bot.core.entry.library import Library, fix_of, prints_of, root_cause_of
from bot.core.signature.signature import fingerprint
from bot.model import Frame, Signature
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


def test_a_copy_with_the_same_fingerprint_is_not_the_errors_entry() -> None:
    """Whoever began an entry of another error from it may have left the fingerprint in; a page that only leads elsewhere is none either."""
    copy = entry(signature="zzz")
    assert Library([entry(), copy]).name_for(signature()) == signature().name
    assert Library([entry(status="withdrawn", replaced_by="zzz"), copy]).name_for(signature()) == "zzz"


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
    for unknown in ("", f"v9:{'0' * 32}"):
        assert Library([entry(fingerprint=unknown)]).name_for(signature()) == signature().name


def first_version(**changes: str) -> Entry:
    """The entry as the first algorithm made it: its name, its fingerprint."""
    then, name = signature().earlier
    return entry(signature=name, fingerprint=then, **changes)


def elsewhere() -> Signature:
    """Another error today, which the first algorithm could not tell from the usual one: it looked at libraries' proxies."""
    return msgspec.structs.replace(signature(message="another sentence"), earlier=signature().earlier)


def test_an_entry_of_the_first_algorithm_receives_the_next_occurrence_under_its_old_name() -> None:
    """File and name stay; the fingerprint becomes today's; every other character is what it would have been anyway."""
    old = first_version()
    library = Library([old])
    assert library.find(signature()) is old
    assert library.name_for(signature()) == signature().earlier[1]
    recorded = record_occurrence(old, occurrence(SECOND), library.named(signature()))
    unlifted = record_occurrence(old, occurrence(SECOND))
    assert recorded.meta.signature == old.meta.signature
    assert recorded.meta.fingerprint == fingerprint(signature())
    assert render(recorded) == render(unlifted).replace(f'fingerprint: "{signature().earlier[0]}"', f'fingerprint: "{fingerprint(signature())}"')
    assert render(recorded) != render(unlifted)
    again = Library([parse(render(recorded))])
    assert again.name_for(signature()) == signature().earlier[1]
    assert [(past.signature, past.relation) for past in again.past(signature(), alert())] == [(old.meta.signature, "same")]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_what_people_wrote_into_an_old_entry_stays(newline: str) -> None:
    """Comments and order of the front matter, words in the body, line ends."""
    text = render(first_version()).replace("status:", "# ours\nstatus:", 1) + "\n## Our notes\n\nCall Ada.\n"
    old = parse(text.replace("\n", newline))
    lifted = render(record_occurrence(old, occurrence(SECOND), signature()))
    assert f"{newline}# ours{newline}status:" in lifted
    assert lifted.endswith(f"## Our notes{newline}{newline}Call Ada.{newline}")
    assert f'fingerprint: "{fingerprint(signature())}"{newline}' in lifted


def test_the_first_of_two_errors_claims_an_old_entry() -> None:
    """What one algorithm took for one error may be two for the next: the second gets a name of its own."""
    old = first_version()
    assert Library([old]).name_for(elsewhere()) == old.meta.signature
    claimed = record_occurrence(old, occurrence(SECOND), signature())
    library = Library([claimed])
    assert library.name_for(signature()) == old.meta.signature
    assert library.name_for(elsewhere()) == elsewhere().name
    assert Library([old]).knowing(claimed).name_for(elsewhere()) == elsewhere().name


def test_an_old_name_is_found_as_an_alias_and_does_not_lift_another_errors_entry() -> None:
    """A merged entry keeps its own fingerprint: it is that of the error that it was made for."""
    kept = entry("another message", aliases=(signature().earlier[1],))
    library = Library([kept])
    assert library.find(signature()) is kept
    assert [past.relation for past in library.past(signature(), alert())] == ["alias"]
    assert record_occurrence(kept, occurrence(SECOND), signature()).meta.fingerprint == kept.meta.fingerprint


def test_a_grown_old_name_is_found() -> None:
    """Eight digits, where six had collided."""
    then, name = signature().earlier
    grown = name[:-6] + then[3:11]
    other = entry("another message", signature=name, fingerprint=f"v1:{'0' * 32}")
    library = Library([other, entry(signature=grown, fingerprint="")])
    assert library.name_for(signature()) == grown


@pytest.mark.parametrize("digits", [8, 10, 12, 16, 20, 32])
def test_a_grown_old_name_that_was_cut_is_found(digits: int) -> None:
    """The first algorithm kept names within 120 characters by cutting what stands before the digits."""
    long = signature(culprit="c" * 60, error_type="E" * 40)
    then, name = long.earlier
    grown = f"{name[:-7][: 119 - digits]}_{then[3 : 3 + digits]}"
    assert len(grown) <= 120
    assert Library([entry(signature=grown, fingerprint="")]).name_for(long) == grown


def test_an_error_has_a_name_even_where_others_bear_all_of_its_own() -> None:
    """The longest: no diagnosis is lost because somebody gave its names away."""
    mine = signature()
    names = [mine.name, *(f"{mine.name[:-6]}{mine.fingerprint[:digits]}" for digits in (8, 10, 12, 16, 20, 32))]
    assert Library([entry("another message", signature=name) for name in names]).name_for(mine) == names[-1]


def test_an_entry_of_a_newer_algorithm_is_trusted_by_its_name_and_left_alone() -> None:
    """An older version of the bot must not undo what a newer one wrote."""
    newer = entry(fingerprint=f"v9:{'0' * 32}")
    assert Library([newer]).find(signature()) is newer
    assert record_occurrence(newer, occurrence(SECOND), signature()).meta.fingerprint == f"v9:{'0' * 32}"


def test_a_broken_file_keeps_the_old_name() -> None:
    """It is mended under that name; a second file would be a second truth."""
    name = signature().earlier[1]
    assert Library.read({path_of(name): "no front matter"}).name_for(signature()) == name


def test_the_trace_is_read_as_it_was_then() -> None:
    """Where the reading has changed, the old reading still finds the old name."""
    text = "System.InvalidOperationException: gone\n   at Acme.Leaves.<Select>d__3.MoveNext() in C:\\b\\Leaves.cs:line 3\n"
    today = Frame("Select", "C:\\b\\Leaves.cs", 3, "Acme.Leaves")
    found = signature(text=text, error_type="System.InvalidOperationException", message="gone", culprit="Leaves", frames=(today,))
    assert "Leaves_InvalidOperationException_03fa1c" in found.earlier
    assert len(prints_of(found)) >= 3


@pytest.mark.slow
def test_of_ten_thousand_entries_the_nearest_are_taken() -> None:
    """How long that takes, `python -m bench` says."""
    made = entry()
    body = made.body + "\n\nwords of people, and more of them. " * 80
    metas = (
        msgspec.structs.replace(made.meta, signature=f"x_{n}", culprit=f"c{n % 50}", error_type=("a.TimeoutError", "b.LeafError")[n % 2]) for n in range(10_000)
    )
    library = Library([Entry(meta, made.front, body) for meta in metas])
    past = library.past(signature(culprit="c7", error_type="LeafError"), alert())
    assert len(past) == 3


def test_names_that_grow_stay_within_the_limit() -> None:
    """120 characters, whatever the digits."""
    long = signature(culprit="c" * 90, error_type="E" * 60)
    other = amended(new_entry(signature(message="another"), occurrence()), {"signature": long.name})
    assert len(Library([other]).name_for(long)) <= 120


def test_broken_files_are_skipped_and_told() -> None:
    """One unreadable entry does not hide the others."""
    library = Library.read({"knowledge/errors/a.md": "no front matter", f"knowledge/errors/{signature().name}.md": render(entry())})
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


@pytest.mark.parametrize(
    ("resolution", "commit", "pull_request"),
    [
        ("fixed by #12", None, "#12"),
        ("https://github.com/acme/transfers/pull/1234", None, "acme/transfers#1234"),
        ("Row lock, commit 490457ef50e9 (acme/transfers#1234)", "490457ef50e9", "acme/transfers#1234"),
        ("restarted the node", None, None),
    ],
)
def test_the_pull_request_that_a_resolution_names(resolution: str, commit: str | None, pull_request: str | None) -> None:
    """By number or address; beside a commit both are kept."""
    fix = fix_of(entry(resolution=resolution))
    assert fix is not None
    assert (fix.commit, fix.pull_request) == (commit, pull_request)


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
