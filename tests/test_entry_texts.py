"""What is read from an entry's text and written into it: pages, values, tables, seals and names, each border with an example."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from bot.core.entry.earlier import HEADER, row_of, row_text, rows, with_rows, without_empty_table
from bot.core.entry.entry import amended, made, path_of
from bot.core.entry.front_values import time_value
from bot.core.entry.library import Library, is_other, named_as_its_file, root_cause_of, unescaped
from bot.core.entry.life import Ending, new_name, renamed, resolution, stub, withdrawn
from bot.core.entry.likeness import likeness, traits, wanted
from bot.core.entry.occurrence_block import in_short_span, in_short_words, occurrence_blocks, sealed_in_short
from bot.core.entry.standing_row import standing_row, with_standing
from bot.core.entry.times import alert_times, instant, last_thread
from bot.core.request.pull_request_marks import first_alert
from bot.errors import BadCommand, BadEntry
from bot.model import Gap
from bot.texts.entry_page import new_entry, record_occurrence
from tests.listing import listed
from tests.occurrences import SECOND, alert, occurrence, signature

ENTRY = record_occurrence(new_entry(signature(), occurrence()), occurrence(SECOND))
DAY = datetime(2025, 12, 17, 9, 12, 44, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "time"),
    [
        ("2025-12-17", "2025-12-17T00:00:00Z"), ("2025-12-17T09:12", "2025-12-17T09:12:00Z"), ("2025-12-17 09:12:44", "2025-12-17T09:12:44Z"),
        ("2025-12-17t09:12:44.25z", "2025-12-17T09:12:44Z"), ("2025-12-17 09:12:44 +02:00", "2025-12-17T07:12:44Z"), ("2025-12-17T09:12-0130",
        "2025-12-17T10:42:00Z"),
        (" 2025-12-17T09:12:44Z ", "2025-12-17T09:12:44Z"), ("2025-12-17T09:12:44 Z", "2025-12-17T09:12:44Z"), (DAY.date(), "2025-12-17T00:00:00Z"),
        (DAY, "2025-12-17T09:12:44Z"),
        (DAY.replace(tzinfo=None), "2025-12-17T09:12:44Z"), ("", ""), ("soon", None), (5, None), (None, None), ("2025-13-17", None),
        ("2025-12-17T09:12x", None), ("20251217", None),
    ],
)  # fmt: skip
def test_a_time_may_be_written_in_many_ways(written: object, time: object) -> None:
    """And is read as one in UTC, or not at all."""
    assert time_value(written) == time


def test_a_row_stands_for_an_occurrence() -> None:
    """Sealed, so that a changed one is known; a bar within it is escaped."""
    entry, block = ENTRY, occurrence_blocks(ENTRY.body)[0]
    row = row_of(entry.body, block, {})
    assert row.endswith(" -->" + " |")
    assert f"`{block.identity}`" in row
    first = entry.body[block.span.content :].split("\n")[2].strip()
    assert row.startswith(f"| {block.number} | {block.time} | {first} | ")
    assert "[alert](https://x)" in row_of(entry.body, block, {block.identity: "https://x"})
    body = with_rows(
        "# t\n\n## Diagnosis History\n\nwords\n",
        [("C1/1.000001", row_text(3, "| t | a \\| b | `C1/1.000001`")), ("C1/2.000001", row_text(4, "| u | c | `C1/2.000001`"))],
        "\n",
    )
    assert [(one.number, one.time, one.identity, one.rest) for one in rows(body)] == [
        (4, "u", "C1/2.000001", "| u | c | `C1/2.000001`"),
        (3, "t", "C1/1.000001", "| t | a \\| b | `C1/1.000001`"),
    ]
    assert rows(body.replace("| c |", "| d |")) == [one._replace(start=one.start, end=one.end) for one in rows(body)][1:]
    assert rows(body.replace("| 4 |", "|4 |"))[0].number == 3
    more = with_rows(body, [("C1/3.000001", row_text(5, "| v | e | [alert](https://a.slack.com/archives/C1/p0000000003000001)"))], "\n")
    assert [one.number for one in rows(more)] == [5, 4, 3]
    assert more.count(HEADER) == 1
    head = f"## Diagnosis History\n\n### Earlier occurrences\n\n{HEADER}\n"
    assert without_empty_table(head) == "## Diagnosis History\n\n"
    assert without_empty_table(f"{head}| x |\n") == f"{head}| x |\n"
    assert rows(f"## Diagnosis History\n\n{row_text(12, '| t | a | `C1/1.000001`')}\n")[0].number == 12
    assert with_rows(body, [], "\n") == body


def test_a_summary_is_known_by_its_seal() -> None:
    """Edited, or of another kind, it is a person's."""
    body = f"## In short\n\n{sealed_in_short('one' + chr(10) + 'two')}\n\n## Error Signature\n\nx\n"
    assert in_short_words(body) == "one\ntwo"
    start, end = in_short_span(body) or (0, 0)
    assert (body[start:].startswith("<!-- errata:in-short "), body[:end].endswith("two")) == (True, True)
    assert in_short_span(body.replace("two", "three")) is None
    assert in_short_span(body.replace("errata:in-short", "errata:occurrence")) is None
    assert in_short_span("x") is None
    row = standing_row("resolved", "by a lock", "2025-12-17T09:12:44Z")
    assert row == "- **Resolved:** 2025-12-17: by a lock"
    assert in_short_words(with_standing(body, row, "\n")) == f"{row}\none\ntwo"
    again = standing_row("regressed", "by a lock", "2025-12-17T09:12:44Z")
    assert again == "- **Came back:** it was resolved on 2025-12-17 (by a lock), and happened again since."
    assert in_short_words(with_standing(with_standing(body, row, "\n"), again, "\n")) == f"{again}\none\ntwo"
    assert in_short_words(with_standing(with_standing(body, again, "\n"), "", "\n")) == "one\ntwo"
    assert standing_row("resolved", "", "") == "- **Resolved:** before: nobody wrote down by what"
    assert standing_row("regressed", "x", "") == "- **Came back:** it was resolved (x), and happened again since."
    assert (standing_row("diagnosed", "x", ""), with_standing("x", row, "\n")) == ("", "x")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (Ending("A lock.", "", "4be91d0712ab"), "A lock, commit 4be91d0712ab"), (Ending("A lock", "", "", "#12"), "A lock, pull request #12"),
        (Ending("", "", "4BE91D07", "acme/x#12"), "commit 4be91d07, pull request acme/x#12"), (Ending(" A  lock ;:, ", ""), "A lock"),
        (Ending("See abcdef1 and x", "", "4be91d0712ab"), "commit 4be91d0712ab: See abcdef1 and x"), (Ending("x" * 700, ""), "x" * 599 + "…"),
    ],
)  # fmt: skip
def test_what_ended_it_is_read_back_from_the_words(given: Ending, words: str) -> None:
    """Commit and pull request behind the words, or before them where the words name others."""
    assert resolution(given) == words


@pytest.mark.parametrize(
    ("given", "cause"),
    [
        (Ending("x", "", "zzz"), "'zzz' is no commit id"),
        (Ending("x", "", "", "soon"), "'soon' names none"),
        (Ending("x", "", "", "x #12 y"), ""),
        (Ending("x", "", "", "12"), "'12' names none"),
    ],
)
def test_what_names_no_commit_or_request_is_refused(given: Ending, cause: str) -> None:
    """With what it was; a reference within other words is taken out of them."""
    if cause:
        with pytest.raises(BadCommand, match=cause):
            resolution(given)
    else:
        assert resolution(given) == "x, pull request #12"


def test_a_name_can_be_a_files() -> None:
    """No dot or dash first, no two dots, no ending that git or the folder uses."""
    for name in ("a", "a.b", "a_b-c", "x" * 120, "mdx", ".md"[1:]):
        assert new_name(name) == name
    for name in ("", ".a", "-a", "a..b", "a.", "a.lock", "a.md", "a.MD", "a/b", "x" * 121, "a b", "a\n", "README"):
        with pytest.raises(BadCommand, match="is no name for an entry"):
            new_name(name)
    assert path_of("a.b") == "knowledge/errors/a.b.md"
    for name in (".a", "a/b", "a\n", ""):
        with pytest.raises(BadEntry, match="is no file name"):
            path_of(name)


def test_an_entry_goes_under_another_name() -> None:
    """The old one stays an alias; what is left leads to it; a file renamed by hand goes by its own name."""
    name = ENTRY.meta.signature
    moved = renamed(amended(ENTRY, {"aliases": ("z", "new"), "related": ("new", "y")}), "new")
    assert (moved.meta.signature, moved.meta.aliases, moved.meta.related) == ("new", ("z", name), ("y",))
    left = stub(ENTRY, "new", "# gone\n", keeps_fingerprint=False)
    assert (left.meta.status, left.meta.replaced_by, left.meta.fingerprint, left.body) == ("withdrawn", "new", "", "# gone\n")
    assert stub(ENTRY, "new", "", keeps_fingerprint=True).meta.fingerprint == ENTRY.meta.fingerprint
    assert "\n\n> gone\n\n" in withdrawn(ENTRY, "> gone").body[:200]
    assert named_as_its_file(ENTRY, "a/by_hand.md").meta.aliases == (name,)
    assert named_as_its_file(ENTRY, "a/.x.md") == named_as_its_file(ENTRY, f"a/{name}.md") == named_as_its_file(ENTRY, "a/b c.md") == ENTRY
    library = Library(
        [
            moved,
            replace(left, meta=replace(left.meta, signature="old", replaced_by="new")),
            replace(left, meta=replace(left.meta, signature="older", replaced_by="z")),
        ]
    )
    found = [library.called(one) for one in ("new", "z", "old", "older", "nowhere")]
    assert [one and one.meta.signature for one in found] == ["new", "new", "new", "new", None]
    again = Library([moved, left]).knowing(replace(moved, body="again"))
    assert (set(again.entries), again.entries["new"].body) == ({"new", name}, "again")
    circle = Library(
        [replace(left, meta=replace(left.meta, signature="a", replaced_by="b")), replace(left, meta=replace(left.meta, signature="b", replaced_by="a"))]
    )
    assert [one and one.meta.signature for one in (circle.called("a"), circle.called("b"))] == ["a", "b"]
    assert (library.known_as("z"), library.known_as("q")) == (("new",), ())
    for print_, name_, prints, other in (
        ("v1:a", "n", ("v1:b",), True),
        ("v1:a", "n", ("v1:a",), False),
        ("v2:a", "n", ("v1:b",), False),
        ("", "n", ("v1:b",), False),
        ("v1:a", "m", ("v1:b",), False),
    ):
        assert is_other(replace(ENTRY, meta=replace(ENTRY.meta, signature="n", fingerprint=print_)), name_, prints) == other


def test_files_that_cannot_be_read_are_a_gap() -> None:
    """Three are told, the others counted."""
    broken = tuple((f"{n}.md", BadEntry("reading", f"cause {n}", "mend")) for n in range(5))
    assert Library([], broken).gaps() == (
        Gap(
            "knowledge",
            "what these entries know of the past",
            "0.md: cause 0; 1.md: cause 1; 2.md: cause 2; and 2 more",
            "`bot check knowledge` says how to mend each",
        ),
    )
    assert Library([], broken[:3]).gaps()[0].cause == "0.md: cause 0; 1.md: cause 1; 2.md: cause 2"
    assert Library([]).gaps() == ()


def test_the_words_behind_markdown() -> None:
    """Escapes, code spans and our own links taken off."""
    for written, words in (
        ("a \\* b \\_ c", "a * b _ c"), ("`a \\* b`", "`a \\* b`"), ("``a ` \\* b``", "``a ` \\* b``"), ("[`4be91d0`](https://x.example/1)", "`4be91d0`"),
        ("a &amp; b", "a & b"),
        ("[pull request 12](<https://x.example>)", "`pull request 12`"), ("[x](https://x.example)", "[x](https://x.example)"), ("` a \\* `", "` a \\* `"),
        ("\\a", "\\a"),
    ):  # fmt: skip
        assert unescaped(written) == words
    assert root_cause_of(replace(ENTRY, body="x")) == ""
    for line, cause in (("A race. (high confidence)", "A race."), ("Not known yet. x", ""), ("A \\* b", "A * b"), ("", "")):
        assert root_cause_of(replace(ENTRY, body=f"## In short\n\n- **Why it happens:** {line}\n\n## Error Signature\n")) == cause


def test_likeness_is_counted() -> None:
    """Three for the type, three for the culprit, five for all words; five are enough."""
    sig = signature(message="insufficient leaf balance of tree")
    error = wanted(sig, alert(message="x"))
    error = error._replace(words=("leaf", "balance", "tree", "pool"))
    same = traits(ENTRY)._replace(error_type=error.error_type, culprit=error.culprit, text="leaf balance")
    assert likeness(same, error)[:3] == (8.5, True, True)
    assert likeness(same, error).words == ("leaf", "balance")
    assert likeness(same._replace(text=""), error) == (6.0, True, True, ())
    assert likeness(same._replace(text="", culprit="x"), error) == (0.0, True, False, ())
    assert likeness(same._replace(culprit="x"), error)[0] == 5.5
    assert likeness(same._replace(culprit="x", error_type="y"), error)[0] == 0
    assert likeness(same._replace(culprit="x", error_type="y", text="leaf balance tree pool"), error)[0] == 5
    unknown = error._replace(error_type="unknown", culprit="unknown")
    assert likeness(same._replace(error_type="unknown", culprit="unknown"), unknown)[:3] == (0.0, False, False)
    body = "x\n  ##  error signature ##\n\n**Key words:** leaf <br>\nbalance\n## Next\nother\n"
    assert traits(replace(ENTRY, body="x")).text == f"{ENTRY.meta.title.casefold()} "
    title = ENTRY.meta.title.casefold()
    for words, read in (("x\n## Error Signature\nLeaf\nb\n## Next\no", "\nleaf\nb\n"), ("## Error Signature\nLeaf", "\nleaf"), ("x\n## Error Signature", "")):
        assert traits(replace(ENTRY, body=words)).text == f"{title} {read}"
    assert "leaf" in traits(replace(ENTRY, body=body)).text
    assert "other" not in traits(replace(ENTRY, body=body)).text
    common = listed("and are can could does for from has not the this that was were with while when error exception failed")
    kept = wanted(signature(message=f"{' '.join(common)} **Leaf** <td> balance xy"), alert(message="x")).words
    assert "balance" in kept
    assert not {*common, "leaf", "xy"} & set(kept)


def test_when_an_error_happened() -> None:
    """Of links, marks and the short form; the last chat message; the first alert of a request."""
    assert [f"{time:%d %H:%M:%S.%f}" for time in alert_times(ENTRY)] == [f"{time:%d %H:%M:%S.%f}" for time in sorted(alert_times(ENTRY))]
    assert len(alert_times(ENTRY)) == 2
    hidden = replace(ENTRY, meta=replace(ENTRY.meta, threads=()))
    assert alert_times(hidden) == alert_times(ENTRY)
    other = replace(
        hidden,
        body="/archives/C9/p1765962700000100\n\n## Diagnosis History\n\n"
        "x alert:pagerduty/AAAAAAAAAAAAAAAAA/p1765962764000100 y /archives/C1/p1765962765000200 z\n"
        "<!-- errata:occurrence C1/1765962766.000300 x -->\n## Related Errors\n/archives/C9/p1765962700000100\n",
    )
    assert [f"{time:%H:%M:%S.%f}" for time in alert_times(other)] == ["09:12:44.000100", "09:12:45.000200", "09:12:46.000300"]
    assert instant("2025-12-17T09:12:44") == instant("2025-12-17T09:12:44Z") == DAY
    assert (instant(""), instant("soon")) == (None, None)
    assert last_thread(replace(ENTRY.meta, threads=("https://a", "https://b", "alert:x"))) == "https://b"
    assert last_thread(replace(ENTRY.meta, threads=())) == ""
    link = "https://acme.slack.com/archives/C1/p1765962764000100"
    assert first_alert(f"x {link}?thread_ts=1.2&cid=C1 y") == (f"{link}?thread_ts=1.2&cid=C1", DAY.replace(microsecond=100))
    assert first_alert("x") is None


def test_what_is_known_of_an_entry_as_past() -> None:
    """When it was seen, and by which name it was found."""
    library = Library([ENTRY])
    (past,) = library.past(signature(), alert())
    assert (past.relation, past.signature, len(past.seen), past.occurrences, past.resolved_at) == ("same", ENTRY.meta.signature, 2, 2, None)
    meta = replace(ENTRY.meta, signature="merged", fingerprint="", aliases=(signature().name,))
    (past,) = Library([replace(ENTRY, meta=meta)]).past(signature(), alert())
    assert (past.relation, past.signature) == ("alias", "merged")


def test_what_cannot_be_read_is_refused_with_what_to_do() -> None:
    """A front matter that was lost, or a new one that breaks the schema."""
    with pytest.raises(BadEntry, match="its front matter cannot be read") as caught:
        amended(replace(ENTRY, front="x"), {"held": 2})
    assert caught.value.remedy == "run `bot check knowledge`"
    with pytest.raises(BadEntry, match=f"the new entry {ENTRY.meta.signature}"):
        made(replace(ENTRY.meta, title=""), "")


def test_how_to_recognise_an_error_stays_as_it_was_said_first() -> None:
    """A later occurrence does not cut it down to the title; where a person gave the error another culprit, it is said anew."""
    said = f"node LN-{'a' * 60} with the name {'b' * 60} is not there after 30.5 s"
    first = new_entry(signature(message=said), occurrence(), said)
    row = next(line for line in first.body.split("\n") if line.startswith("- **How to recognise it:**"))
    again = record_occurrence(first, occurrence(SECOND, cause="Another cause."))
    assert "- **Why it happens:** Another cause." in again.body
    assert row in again.body
    moved = record_occurrence(amended(first, {"culprit": "sync_handler"}), occurrence(SECOND))
    assert row not in moved.body
    assert "`ValidationError` in `sync_handler`, saying `" in moved.body
