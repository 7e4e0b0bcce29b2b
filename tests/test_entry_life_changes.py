"""An entry resolved, withdrawn, renamed or left as a stub, letter by letter; and names and references that are refused."""

import pytest
from msgspec.structs import replace

from bot.core.entry.front_patch import front_of
from bot.core.entry.life import Ending, new_name, renamed, reopened, resolution, resolved, stub, withdrawn
from bot.core.entry.occurrence_block import sealed_in_short
from bot.core.entry.sections import SECTIONS
from bot.errors import BadCommand
from tests.joined_entries import META, entry


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("body", "made"),
    [
        ("\n# Title\n\nwords\n", "\n# Title\n\n> Gone.\n\nwords\n"),
        ("\nx\n# Title\nwords\n# Other\n", "\nx\n# Title\n\n> Gone.\n\nwords\n# Other\n"),
        ("## Section\n\nwords\n", "> Gone.\n\n## Section\n\nwords\n"),
        ("```\n# code\n```\n", "> Gone.\n\n```\n# code\n```\n"),
        ("# Title", "# Title\n\n> Gone.\n"),
    ],
)
def test_a_withdrawn_entry_says_so_below_its_title(body: str, made: str, newline: str) -> None:
    """At the top where it has none; no other line moves."""
    gone = withdrawn(entry(body, newline=newline), "> Gone.")

    assert gone.body == made.replace("\n", newline)
    assert gone.meta == replace(META, status="withdrawn")
    assert gone.front == front_of(gone.meta, newline)


def test_a_resolved_entry_says_by_what() -> None:
    """First in the summary that is the bot's, and among the resolutions that worked; opened again, it is diagnosed, and they stay."""
    parts = dict.fromkeys(SECTIONS, "_None recorded yet._") | {"In short": sealed_in_short("- It fails.")}
    start = entry("".join(f"## {title}\n\n{words}\n\n" for title, words in parts.items()))
    ended = resolved(start, "a lock", "2025-12-20T00:00:00Z", "- **Resolved:** a lock", ("Take the lock.", "take  the LOCK."))
    now = {"In short": sealed_in_short("- **Resolved:** a lock\n- It fails."), "Resolution Patterns": "- Take the lock."}

    assert ended.body == "".join(f"## {title}\n\n{words}\n\n" for title, words in (parts | now).items())
    assert ended.meta == replace(META, status="resolved", resolution="a lock", resolved_at="2025-12-20T00:00:00Z")
    assert reopened(ended).body == "".join(
        f"## {title}\n\n{words}\n\n" for title, words in (parts | now | {"In short": sealed_in_short("- It fails.")}).items()
    )
    assert reopened(ended).meta == replace(ended.meta, status="diagnosed")
    assert resolved(start, "a lock", "2025-12-09T00:00:00Z", "", ()).meta.resolved_at == META.first_seen
    assert resolved(entry("x\n"), "a lock", "2025-12-20T00:00:00Z", "", ()).body.count("_None recorded yet._") == len(SECTIONS)


def test_an_entry_under_another_name_keeps_the_old_one() -> None:
    """As its latest alias, once; its new name is neither an alias nor related."""
    known = entry("x\n", replace(META, aliases=("older", "new"), related=("new", "other")))
    made = renamed(known, "new")

    assert (made.meta.signature, made.meta.aliases, made.meta.related, made.body) == ("new", ("older", "kept"), ("other",), "x\n")
    assert renamed(entry("x\n", replace(META, aliases=("kept", "older"))), "new").meta.aliases == ("kept", "older")


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_what_is_left_under_an_old_name(newline: str) -> None:
    """It leads on, and says nothing else; with its fingerprint only where the error is still that one."""
    print_ = f"v1:{'a' * 32}"
    meta = replace(META, aliases=("older",), related=("other",), tracking_issue="https://a.example/1", fingerprint=print_, resolution="a lock")
    left = stub(entry("words\n", meta, newline), "target", "# Moved\n\nSee target.\n", keeps_fingerprint=True)

    assert left.body == "# Moved\n\nSee target.\n".replace("\n", newline)
    assert left.meta == replace(meta, status="withdrawn", replaced_by="target", aliases=(), related=(), tracking_issue="")
    assert stub(entry("words\n", meta), "target", "x", keeps_fingerprint=False).meta == replace(left.meta, fingerprint="")


@pytest.mark.parametrize(
    ("given", "doing", "cause", "remedy"),
    [
        (Ending("x", "", "z" * 80), "reading the commit", f"'{'z' * 60}' is no commit id", "give 7 to 40 hex digits, as `git log` prints them"),
        (Ending("x", "", "", "z" * 80), "reading the pull request", f"'{'z' * 60}' names none", "give its address, `#12`, or `owner/name#12`"),
        (Ending("x", "", "", f"#{'1' * 10}"), "reading the pull request", f"'#{'1' * 10}' names none", "give its address, `#12`, or `owner/name#12`"),
    ],
)
def test_a_reference_that_cannot_be_read(given: Ending, doing: str, cause: str, remedy: str) -> None:
    """What it was, cut short, and what to give instead."""
    with pytest.raises(BadCommand) as caught:
        resolution(given)
    assert (caught.value.doing, caught.value.cause, caught.value.remedy) == (doing, cause, remedy)


def test_words_that_name_others_stand_behind() -> None:
    """So that commit and pull request are the first that are read back; those that name none, or the same, stand before."""
    assert resolution(Ending("See abcdef1 in #3", "", "4be91d0712ab", "#12")) == "commit 4be91d0712ab, pull request #12: See abcdef1 in #3"
    assert resolution(Ending("See #12", "", "4be91d0712ab", "#12")) == "See #12, commit 4be91d0712ab, pull request #12"
    assert resolution(Ending("", "", " 4BE91D07 ", " #12 ")) == "commit 4be91d07, pull request #12"
    assert resolution(Ending("x. ", "")) == "x"


@pytest.mark.parametrize(("name", "told"), [("a b", "'a b'"), ("a/" * 40, f"'{'a/' * 30}'"), (f"a\n{'b' * 80}", f"'a {'b' * 58}'"), ("", "''")])
def test_a_name_that_is_refused_is_told_in_one_short_line(name: str, told: str) -> None:
    """With what a name may be."""
    with pytest.raises(BadCommand) as caught:
        new_name(name)
    assert (caught.value.doing, caught.value.cause) == ("naming the entry", f"{told} is no name for an entry")
    assert caught.value.remedy == "use 1 to 120 letters, digits, `.`, `_` or `-`; no dot at either end, no two in a row, no `.md`"
