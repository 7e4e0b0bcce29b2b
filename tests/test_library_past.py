"""What the knowledge folder tells of an error's past: which entry it is, why it happened, what ended it, and when."""

from datetime import UTC, datetime

import msgspec
import pytest
from msgspec.structs import replace

from bot.core.entry.entry import Entry
from bot.core.entry.front_patch import front_of
from bot.core.entry.identity import folded
from bot.core.entry.library import Library, fix_of, is_other, named_as_its_file, prints_of, root_cause_of, unescaped
from bot.errors import BadEntry
from bot.model import Gap, PastFix, Signature
from tests.joined_entries import META, entry
from tests.occurrences import alert, signature

OWN = signature()
PRINT = prints_of(OWN)[0]
HEAD = "# t\n\n## In short\n\n"
CAUSE = "line 1: the first line is not `---`"


def known(name: str, print_: str = "", *aliases: str, **changes: object) -> Entry:
    """An entry of that name."""
    return entry("# t\n", replace(META, signature=name, fingerprint=print_, aliases=aliases, **changes))


@pytest.mark.parametrize(
    ("one", "relation"),
    [
        (known(OWN.name), "same"),
        (known(OWN.name, PRINT), "same"),
        (known("a_better_name", PRINT), "same"),
        (known("a_better_name", PRINT, OWN.name), "same"),
        (known("another", "", OWN.name), "alias"),
        (known("another", f"v1:{'0' * 32}", OWN.name), "alias"),
        (known(OWN.name, f"v9:{'0' * 32}"), "same"),
    ],
)
def test_an_entry_is_of_this_very_error_or_of_one_it_was_merged_with(one: Entry, relation: str) -> None:
    """By its name or its fingerprint; under an alias it is another's."""
    (past,) = Library([one]).past(OWN, alert())

    assert (past.signature, past.relation) == (one.meta.signature, relation)


def test_an_entry_under_the_name_of_an_earlier_algorithm_is_the_same() -> None:
    """By that name, or by that fingerprint."""
    older: Signature = msgspec.structs.replace(OWN, earlier=(f"v1:{'b' * 32}", "older_name"))

    assert prints_of(older) == (PRINT, f"v1:{'b' * 32}")
    for one in (known("older_name"), known("older_name", f"v1:{'b' * 32}"), known("a_better_name", f"v1:{'b' * 32}")):
        (past,) = Library([one]).past(older, alert())
        assert (past.signature, past.relation) == (one.meta.signature, "same")
    assert Library([known("older_name", PRINT.replace(PRINT[-4:], "0000"))]).past(older, alert()) == ()


def test_a_name_may_belong_to_a_different_error() -> None:
    """Only where both fingerprints are of one algorithm and differ; an alias is trusted."""
    prints = (f"v2:{'a' * 32}", f"v1:{'b' * 32}")

    assert is_other(known("n", f"v2:{'c' * 32}"), "n", prints)
    assert is_other(known("n", f"v1:{'c' * 32}"), "n", prints)
    for one in (known("n"), known("n", prints[0]), known("n", prints[1]), known("n", f"v9:{'c' * 32}"), known("m", f"v2:{'c' * 32}", "n")):
        assert not is_other(one, "n", prints)


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        ("- **Why it happens:** A lock is gone.", "A lock is gone."),
        ("- **Why it happens:** A lock is gone. (high confidence)", "A lock is gone."),
        ("- **Why it happens:** (low confidence) is what they said", "(low confidence) is what they said"),
        ("- **Why it happens:** Not known yet. Look at the lock.", ""),
        ("- **Why it happens:** It was Not known yet.", "It was Not known yet."),
        ("- **What it is:** x\n- **Why it happens:** y\n- **Why it happens:** z", "y"),
        ("Ada: - **Why it happens:** x\n- **Why it happens:** y", "y"),
        ("  - **Why it happens:** x", ""),
        ("- **Why it happened:** x", ""),
        ("- **Why it happens:** x\r\n- more", "x"),
        ("- **Why it happens:** a\\[0\\] &lt; b, see [`4be91d07`](https://a.b/c)", "a[0] < b, see `4be91d07`"),
        ("", ""),
    ],
)
def test_why_it_happens(words: str, cause: str) -> None:
    """As the first such line of the summary says, without the confidence; empty while nobody knows."""
    assert root_cause_of(entry(f"{HEAD}{words}\n\n## Error Signature\n\n- **Why it happens:** other\n")) == cause
    assert root_cause_of(entry(f"# t\n\n## Error Signature\n\n{words}\n")) == ""
    assert root_cause_of(entry(f"- **Why it happens:** before\n\n{HEAD}{words}\n")) == cause


@pytest.mark.parametrize(
    ("markdown", "words"),
    [
        ("a\\*b\\_c", "a*b_c"),
        ("a\\b", "a\\b"),
        ("`a\\*b`", "`a\\*b`"),
        ("``a ` b``", "``a ` b``"),
        ("&amp;lt;", "&lt;"),
        ("[`4be91d07`](<https://a.b/c>)", "`4be91d07`"),
        ("[4be91d07](https://a.b/c)", "`4be91d07`"),
        ("[pull request 12](https://a.b/c)", "`pull request 12`"),
        ("[`merge request 12`](https://a.b/c)", "`merge request 12`"),
        ("[words](https://a.b/c)", "[words](https://a.b/c)"),
        ("[4be91d07](http://a.b/c)", "[4be91d07](http://a.b/c)"),
    ],
)
def test_markdown_as_it_was_before(markdown: str, words: str) -> None:
    """Escapes are gone; code and links of people stay."""
    assert unescaped(markdown) == words


def test_what_is_told_of_an_entry() -> None:
    """Its values, its fix, and when each of its alerts was posted, those of the short form too."""
    body = f"{HEAD}- **Why it happens:** A lock.\n\n## Diagnosis History\n\n{folded(['C1/1765526464.000000'])}\n"
    meta = replace(META, signature=OWN.name, resolution="a lock, commit 4be91d07, pull request #12", resolved_at="2025-12-20T00:00:00Z", status="resolved")
    (past,) = Library([Entry(meta, front_of(meta), body)]).past(OWN, alert())

    assert (past.signature, past.path, past.title, past.status) == (OWN.name, f"knowledge/errors/{OWN.name}.md", "t", "resolved")
    assert (past.severity, past.occurrences, past.root_cause, past.resolution) == ("high", 1, "A lock.", meta.resolution)
    assert (past.last_seen, past.resolved_at) == (datetime(2025, 12, 17, tzinfo=UTC), datetime(2025, 12, 20, tzinfo=UTC))
    assert past.seen == (datetime(2025, 12, 12, 8, 1, 4, tzinfo=UTC), datetime(2025, 12, 12, 8, 1, 5, tzinfo=UTC))
    assert past.fix == PastFix(OWN.name, meta.resolution, "4be91d07", "#12")
    assert fix_of(known("n", resolution="  ")) is None


def test_errors_like_it_stand_by_their_likeness() -> None:
    """Three at most, the likest first, then by name; withdrawn ones and the entry itself are left out."""
    like = {"error_type": "ValidationError", "culprit": "transfer_handler"}
    near = [known(name, **like, title="insufficient leaf balance" if name == "d" else "x") for name in "cdba"]
    found = Library([*near, known("gone", **like, status="withdrawn"), known(OWN.name, PRINT, **like), known("far")]).neighbours(OWN, alert())

    assert [(one.past.signature, one.past.relation, one.likeness is None) for one in found] == [
        (OWN.name, "same", True), ("d", "similar", False), ("a", "similar", False), ("b", "similar", False),
    ]  # fmt: skip


def test_an_entry_is_led_to_by_its_names() -> None:
    """By an earlier name, and on from a stub; a circle, or a stub that leads nowhere, is given itself."""
    stub = {"status": "withdrawn"}
    library = Library([
        known("a", "", "old"), known("b", replaced_by="a", **stub), known("c", replaced_by="old", **stub), known("d", replaced_by="b", **stub),
        known("e", replaced_by="f", **stub), known("f", replaced_by="e", **stub), known("g", replaced_by="nowhere", **stub), known("h", **stub),
    ])  # fmt: skip

    assert [one and one.meta.signature for one in map(library.called, ("a", "old", "b", "c", "d", "e", "f", "g", "h", "nowhere"))] == [
        "a", "a", "a", "a", "a", "e", "f", "g", "h", None,
    ]  # fmt: skip
    assert library.known_as("old") == ("a",)
    assert library.known_as("a") == ()


def test_files_that_cannot_be_read_are_one_gap() -> None:
    """Three are named, the others counted; their names are kept."""
    assert Library([]).gaps() == ()
    for count, more in ((1, ""), (3, ""), (4, "; and 1 more"), (9, "; and 6 more")):
        files = {f"knowledge/errors/{number}.md": "x" for number in range(count)}
        (gap,) = Library.read(files).gaps()
        told = "; ".join(f"knowledge/errors/{number}.md: {CAUSE}" for number in range(min(count, 3)))
        assert gap == Gap("knowledge", "what these entries know of the past", told + more, "`bot check knowledge` says how to mend each")
    broken = Library.read({"b.md": "x"}, [("a.md", BadEntry("reading", "gone", "look"))])
    assert [path for path, _ in broken.broken] == ["a.md", "b.md"]


def test_a_file_that_was_renamed_by_hand() -> None:
    """Goes by its own name; the name inside is an alias, after those it had."""
    made = named_as_its_file(known("inside", "", "older", "file"), "knowledge/errors/file.md").meta

    assert (made.signature, made.aliases) == ("file", ("older", "inside"))
    assert named_as_its_file(known("inside"), "inside.md").meta.aliases == ()
    assert named_as_its_file(known("inside"), "knowledge/errors/two words.md").meta.signature == "inside"


def test_an_entry_of_a_branch_stands_in_for_the_one_of_its_name() -> None:
    """The others stay, and so do files that cannot be read."""
    library = Library([known("a", title="then"), known("b")], (("c.md", BadEntry("reading", "gone", "look")),))
    made = library.knowing(known("a", title="now"))

    assert {name: one.meta.title for name, one in made.entries.items()} == {"a": "now", "b": "t"}
    assert made.broken == library.broken
    assert library.entries["a"].meta.title == "then"
