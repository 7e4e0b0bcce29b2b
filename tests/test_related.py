"""Errors that belong together lead to each other, both ways, with the reason; what people wrote stays."""

import pytest
from msgspec.structs import replace

from bot.core.entry.entry import Entry, amended, parse, path_of, render
from bot.core.entry.front_patch import Setting
from bot.core.entry.joining import joined
from bot.core.knowledge.related import MOST, easily_mistaken, relatives
from bot.jobs.relating import related_links
from bot.model import MergedEntry, Permalink, Revision
from bot.texts.entry_life import title_line
from bot.texts.entry_page import new_entry, record_occurrence
from bot.texts.related import both_ways
from tests.occurrences import occurrence, signature

TRACE = "0af7651916cd43dd8448eb211c80319c"
LATER = Permalink("acme.slack.com", "C08RB8T6CNS", "1799999999.000100")
PLACEHOLDER = "_None recorded yet._"


def entry(message: str, culprit: str, body: tuple[str, str] = ("", ""), **changes: Setting) -> Entry:
    """An entry with one occurrence of its own trace; `body` replaces words of it."""
    seen = replace(occurrence(), trace_ids=(), release=None)
    made = amended(new_entry(signature(message=message, culprit=culprit), seen), changes)
    return replace(made, body=made.body.replace("## Common Causes", "\n".join((*body, "## Common Causes"))))


def files(*entries: Entry) -> dict[str, str]:
    """The folder."""
    return {path_of(one.meta.signature): render(one) for one in entries}


def linked(*entries: Entry, merged: Entry | None = None, before: str | None = None) -> dict[str, Entry]:
    """Name → entry after the first of them (or `merged`) was merged."""
    there = files(*entries)
    one = merged or entries[0]
    path = path_of(one.meta.signature)
    for revision in related_links((MergedEntry(path, before, there[path]),), there):
        assert revision.before == there[revision.path]
        there[revision.path] = revision.after
    assert related_links((MergedEntry(path, before, there[path]),), there) == ()
    return {parse(text).meta.signature: parse(text) for text in there.values()}


def section(one: Entry) -> str:
    """What stands under Related Errors."""
    return one.body.partition("## Related Errors\n")[2].strip()


@pytest.mark.parametrize(
    ("ours", "theirs", "why"),
    [
        (("- **Traces:** `" + TRACE + "`", ""), ("- **Traces:** `ffffffffffffffffffff`, `" + TRACE + "`", ""), "seen in the same trace"),
        (("Commit `7c0e52d9` took the lock out.", ""), ("", "[`7c0e52d`](https://github.com/a/b/commit/7c0e52d96a1f48)"), "both name commit `7c0e52d`"),
    ],
)
def test_what_two_errors_share_makes_them_related(ours: tuple[str, str], theirs: tuple[str, str], why: str) -> None:
    """A trace, or a commit that both name; each entry leads to the other."""
    one, other, third = entry("balance too low", "transfer", ours), entry("no route to host", "connect", theirs), entry("disk full", "write")
    after = linked(one, other, third)
    for here, there in ((one, other), (other, one)):
        found = after[here.meta.signature]
        assert found.meta.related == (there.meta.signature,)
        assert f"({there.meta.signature}.md): {why}" in section(found)
        assert PLACEHOLDER not in section(found)
    assert after[third.meta.signature] == third


def test_only_what_looks_alike_is_easily_mistaken() -> None:
    """Not what happened in the same trace, commit or release; what a person named or explained is theirs."""
    near = (f"- **Traces:** `{TRACE}`", "- **Release:** `2.4.1`\n- Commit `7c0e52d9` took the lock out.")
    one = entry("insufficient leaf balance for account", "transfer", near)
    beside = entry("no route to host", "connect", near)
    place = entry("connection reset by peer", "transfer", near)
    words = entry("insufficient leaf balance for customer account", "reserve")
    after = linked(one, beside, place, words)[one.meta.signature]
    assert set(after.meta.related) == {other.meta.signature for other in (beside, place, words)}
    assert set(easily_mistaken(after)) == {place.meta.signature, words.meta.signature}
    row = next(line for line in record_occurrence(after, replace(occurrence(), permalink=LATER)).body.splitlines() if "Easily mistaken" in line)
    assert place.meta.signature in row
    assert beside.meta.signature not in row
    said = f"({beside.meta.signature}.md): "
    explained = replace(after, body=after.body.replace(said, f"{said}it breaks first, and was "))
    assert beside.meta.signature in easily_mistaken(explained)
    assert easily_mistaken(amended(one, {"related": ("named_by_hand_a1b2c3",)})) == ("named_by_hand_a1b2c3",)


def test_the_same_function_and_type_and_nearly_the_same_words_are_reasons_and_a_shared_release_is_not_enough() -> None:
    """A release is told beside another reason."""
    release = ("- **Release:** `2.4.1`", "")
    one = entry("insufficient leaf balance for account", "transfer", release)
    same_place = entry("connection reset by peer", "transfer", release)
    same_words = entry("insufficient leaf balance for customer account", "reserve")
    only_release = entry("disk is full", "write", release)
    after = linked(one, same_place, same_words, only_release)
    found = {relative.entry.meta.signature: relative.reasons for relative in relatives(one, (one, same_place, same_words, only_release))}
    assert found[same_place.meta.signature] == ("`transfer` fails in both with the same type", "seen in the same release, `2.4.1` of transfers")
    assert found[same_words.meta.signature] == ("nearly the same words",)
    assert set(after[one.meta.signature].meta.related) == {same_place.meta.signature, same_words.meta.signature}
    assert after[only_release.meta.signature] == only_release


def test_withdrawn_entries_and_errors_that_say_nothing_are_nobodys_relatives() -> None:
    """Two unknown functions are not the same one."""
    one, gone = entry("a", "transfer"), entry("b", "transfer", status="withdrawn")
    assert linked(one, gone)[one.meta.signature] == one
    assert linked(one, gone, merged=gone)[one.meta.signature] == one
    nameless = [amended(entry(word, "x"), {"error_type": "unknown", "culprit": "unknown"}) for word in ("red", "green")]
    assert all(after.meta.related == () for after in linked(*nameless).values())


def test_at_most_five_the_nearest_first() -> None:
    """An entry that has five is left alone, and so are its relatives."""
    one = entry("a", "transfer", (f"- **Traces:** `{TRACE}`", ""))
    many = [entry(f"word{letter}", "transfer") for letter in "bcdefgh"]
    near = entry("zz", "elsewhere", (f"- **Traces:** `{TRACE}`", ""))
    after = linked(one, *many, near)
    assert len(after[one.meta.signature].meta.related) == MOST
    assert after[one.meta.signature].meta.related[0] == near.meta.signature
    backs = [name for name, found in after.items() if one.meta.signature in found.meta.related]
    assert sorted(backs) == sorted(after[one.meta.signature].meta.related)


def test_what_people_wrote_stays_and_what_they_named_or_took_out_is_theirs() -> None:
    """A name that stands under Related Errors is not said again, whatever is said of it; one that was taken out is not put back."""
    one, other = entry("a", "transfer"), entry("b", "transfer")
    told = replace(one, body=one.body.replace(PLACEHOLDER, f"Ada: not {other.meta.signature}, that one is the disk.\r\nKept  as it is."))
    assert linked(told, other)[one.meta.signature] == told
    words = replace(one, body=one.body.replace(PLACEHOLDER, "Ask Ada."))
    after = linked(words, other)[one.meta.signature]
    assert section(after).startswith("Ask Ada.\n\n- [")
    taken_out = render(amended(one, {"related": (other.meta.signature,)}))
    assert linked(one, other, before=taken_out)[one.meta.signature] == one


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_an_entry_that_took_another_in_leads_to_neither(newline: str) -> None:
    """The bot's own two lines go; what people wrote of the other one stays."""
    one, other = entry("a", "transfer"), entry("b", "transfer")
    after = linked(one, other)
    theirs = f"- [b]({other.meta.signature}.md): ask Ada"
    for words, left in (("", PLACEHOLDER), (theirs, theirs)):
        kept = parse(render(after[one.meta.signature]).rstrip("\n").replace("\n", newline) + newline + words)
        gone = after[other.meta.signature]
        both = joined(gone, kept, (title_line(gone), *both_ways(gone, kept)))
        assert section(replace(both, body=both.body.replace("\r\n", "\n"))) == left
        assert both.meta.related == ()


def test_a_hostile_title_is_no_link_and_no_heading() -> None:
    """It stands in another entry's page."""
    one, other = entry("a", "transfer"), entry("b", "transfer", title="](http://e.example) # x <!-- @ada")
    after = linked(one, other)[one.meta.signature]
    assert "](http://e.example)" not in section(after).replace("\\](", "")
    assert "<!--" not in section(after)
    assert after.meta.related == (other.meta.signature,)


def test_broken_entries_and_other_changes_of_the_same_run_are_kept() -> None:
    """What the run already changes is the ground; a front matter that cannot be read is left."""
    one, other = entry("a", "transfer"), entry("b", "transfer")
    there = {**files(one, other), "knowledge/errors/broken.md": 'culprit: "transfer"\n---'}
    path = path_of(one.meta.signature)
    tracked = Revision(path, there[path], render(amended(one, {"tracking_issue": "https://example.com/1"})))
    revisions = {revision.path: revision for revision in related_links((MergedEntry(path, None, there[path]),), there, (tracked, Revision("x.md", None, "y")))}
    assert set(revisions) == {path, path_of(other.meta.signature), "x.md"}
    assert revisions[path].before == there[path]
    meta = parse(revisions[path].after).meta
    assert (meta.tracking_issue, meta.related) == ("https://example.com/1", (other.meta.signature,))
