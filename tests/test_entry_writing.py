"""What is changed in an entry's text by a change of its values or its history: the places, and nothing beside them."""

import pytest
from msgspec.structs import replace

from bot.core.entry import front_matter, own_front
from bot.core.entry.entry import Entry, amended, conflicts, parse, render
from bot.core.entry.front_patch import front_of, patched, plain_items, quoted
from bot.core.entry.meta import OPTIONAL
from bot.core.entry.occurrence_block import numbered, occurrence_blocks
from bot.core.entry.outline import outline
from bot.core.entry.recording import in_order
from bot.core.entry.remains import remains, shown
from bot.core.entry.sections import blocks, digest, ensured, filled_end, find, insert, sections, titled, with_bullets, with_line
from bot.errors import BadEntry
from bot.texts.entry_page import new_entry, record_occurrence
from tests.occurrences import SECOND, occurrence, signature

ENTRY = record_occurrence(new_entry(signature(), occurrence()), occurrence(SECOND))
LINK = "https://acme.slack.com/archives/C0ALERTS1/p17659627640001"
FRONT = f"""---
signature: a_B_a3f2c1
title: "x: y"
status: diagnosed
severity: high
category: application
error_type: B
culprit: 'a'
services: [a, "b"]
environments: []
first_seen: 2025-12-17
last_seen: "2025-12-17T09:12:44Z"
occurrences: 3
threads:
  - {LINK}00
  - {LINK}01
  - {LINK}02 # mine
schema: 1
---
"""


def changed(front: str, **changes: object) -> str:
    """The front matter after a change."""
    reading = front_matter.read(front)
    assert reading.block is not None
    assert reading.meta is not None
    return patched(front, reading.block, reading.values, reading.meta, changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "before", "after"),
    [
        ({"title": 'a "b"\\'}, 'title: "x: y"', 'title: "a \\"b\\"\\\\"'), ({"status": "resolved"}, "status: diagnosed", 'status: "resolved"'),
        ({"culprit": "b"}, "culprit: 'a'", 'culprit: "b"'),
        ({"occurrences": 4}, "occurrences: 3", "occurrences: 4"), ({"services": ("a", "b", "c")}, '[a, "b"]', '[a, "b", "c"]'), ({"services": ("c", "a",
        "d", "b")}, "[a, ", '["c", a, "d", '),
        ({"services": ("b",)}, '[a, "b"]', '["b"]'), ({"services": ()}, '[a, "b"]', "[]"), ({"environments": ("p",)},
        "environments: []", 'environments: ["p"]'),
        ({"owners": ("x",)}, "schema: 1\n", 'schema: 1\nowners: ["x"]\n'), ({"threads": (f"{LINK}01", f"{LINK}02")}, f"  - {LINK}00\n", ""),
        ({"title": "x: y"}, "", ""),
        ({"threads": (f"{LINK}00", f"{LINK}01", f"{LINK}02", f"{LINK}03")}, "# mine\n", f'# mine\n  - "{LINK}03"\n'),
        ({"threads": (f"{LINK}09", f"{LINK}00", f"{LINK}01", f"{LINK}02")}, f"- {LINK}00", f'- "{LINK}09"\n  - {LINK}00'),
        ({"threads": (f"{LINK}02", f"{LINK}01")}, f"- {LINK}00\n  - {LINK}01\n  - {LINK}02", f'- "{LINK}02"\n  - "{LINK}01"'), ({"held": 2},
        "schema: 1\n", "schema: 1\nheld: 2\n"),
        ({"threads": (f"{LINK}00", f"{LINK}01")}, f"- {LINK}00\n  - {LINK}01\n  - {LINK}02", f'- "{LINK}00"\n  - "{LINK}01"'),
    ],
)  # fmt: skip
def test_only_the_value_changes(changes: dict[str, object], before: str, after: str) -> None:
    """Its line keeps its style, comments stay, with either line end."""
    assert FRONT.count(before) == 1 or not before
    assert changed(FRONT, **changes) == FRONT.replace(before, after)
    windows = FRONT.replace("\n", "\r\n")
    assert changed(windows, **changes) == FRONT.replace(before, after).replace("\n", "\r\n")


def test_block_texts_and_empty_values_change() -> None:
    """A folded text reaches into its line end; a key without a value has no space yet."""
    assert changed(FRONT.replace('"x: y"', "|\n  x\n  y"), title="z") == FRONT.replace('"x: y"', '"z"')
    assert changed(FRONT.replace('"x: y"', "|\n  x\n  y").replace("\n", "\r\n"), title="z") == FRONT.replace('"x: y"', '"z"').replace("\n", "\r\n")
    assert changed(FRONT.replace("environments: []", "environments:"), environments=("p",)) == FRONT.replace("environments: []", 'environments: ["p"]')
    reading = front_matter.read(FRONT)
    assert reading.block is not None
    inner = FRONT[reading.block.start : reading.block.end]
    assert plain_items(inner, reading.values["threads"]) == [True, True, False]
    assert plain_items(inner, reading.values["services"]) == [True, True]
    assert [quoted(text) for text in ("é", "\x07", "\u2028", "\ufeff", "\n", '"', "\xa0", "\x7f")] == [
        '"é"',
        '"\\x07"',
        '"\\u2028"',
        '"\\ufeff"',
        '"\\x0a"',
        '"\\""',
        '"\xa0"',
        '"\\x7f"',
    ]


def test_a_new_front_matter_shows_what_is_said() -> None:
    """In the order of the schema; what is written later only where it says something."""
    meta = front_matter.read(FRONT).meta
    assert meta is not None
    lines = front_of(meta).split("\n")
    assert lines[:4] == ["---", 'signature: "a_B_a3f2c1"', 'title: "x: y"', 'status: "diagnosed"']
    assert f'  - "{LINK}00"' in lines
    shown = ("held", "failed", "reviewed", "replaced", "threads", "schema", "owners", "resolved", "tracking", "fingerprint")
    assert [line for line in lines if line.startswith(shown)] == [
        "threads:", 'resolved_at: ""', 'tracking_issue: ""', "owners: []", 'fingerprint: ""', "schema: 1",
    ]  # fmt: skip
    more = front_of(replace(meta, held=1, failed=2, reviewed_by=("m",), reviewed_at="2025-12-17T09:12:44Z", replaced_by="x", threads=()), "\r\n")
    for line in ("held: 1", "failed: 2", 'reviewed_by: ["m"]', 'reviewed_at: "2025-12-17T09:12:44Z"', 'replaced_by: "x"', "threads: []"):
        assert f"\r\n{line}\r\n" in more
    assert own_front.read(front_of(meta)) == (meta, len(front_of(meta)))
    defaults = {key: getattr(meta, key) for key in OPTIONAL}
    assert defaults == OPTIONAL == {**dict.fromkeys(("resolution", "resolved_at", "tracking_issue", "reviewed_at", "replaced_by", "fingerprint"), ""),
                                    **dict.fromkeys(("owners", "aliases", "related", "reviewed_by"), ()), "held": 0, "failed": 0}  # fmt: skip


PROBLEMS = (
    ("title: \"x: y\"", "", "missing key", 1, "the key `title` is missing"), ("severity: high", "severity: high\ntitel: x",
    "unknown key", 6, "unknown key `titel`"),
    ("status: diagnosed", "status: done", "wrong value", 4, "`status`: done is none of its values"), ("occurrences: 3", "occurrences: 0",
    "wrong value", 13, "`occurrences`: 0 is too small"),
    ("2025-12-17\n", "soon\n", "wrong value", 11, "`first_seen`: no time"), ("schema: 1", "schema: 2", "wrong value", 18, "`schema`: 2 is none of its values"),
    ("title: \"x: y\"", "title: &a x", "unreadable", 3, ""), ("title: \"x: y\"", "<<<<<<< HEAD", "conflict", 3, ""), ("culprit: 'a'",
    "culprit: 'a'\nculprit: b", "unreadable", 9, ""),
    ("title: \"x: y\"", "title: ''", "wrong value", 3, "`title`: empty"), ("[a, \"b\"]", "x",
    "wrong value", 9, "`services`: one value, where a list belongs"),
    ("a_B_a3f2c1", "a/b", "wrong value", 2, "`signature`: not of the right form"), ("severity: high", "severity: no",
    "wrong value", 5, "`severity`: "),
)  # fmt: skip


@pytest.mark.parametrize(("before", "after", "kind", "line", "cause"), PROBLEMS)
def test_a_front_matter_says_what_is_wrong(before: str, after: str, kind: str, line: int, cause: str) -> None:
    """The kind, the line, the cause."""
    (problem, *_) = front_matter.read(FRONT.replace(before, after, 1)).problems
    assert (problem.kind, problem.line, problem.cause[: len(cause)]) == (kind, line, cause)


REMEDIES = (
    ("status: diagnosed", "status: done", "write one of: "), ("2025-12-17\n", "soon\n", 'write a time in UTC: first_seen: "2025-12-17T09:12:44Z"'),
    ("title: \"x: y\"", "title: [x]", "write one value: title: …"), ("[a, \"b\"]", "x", 'write a list: services: ["x"]'), ("title: \"x: y\"",
    "title: 5", 'put it in double quotes: title: "5"'),
    ("[a, \"b\"]", "[5]", "put each item in double quotes, of the form that knowledge/SCHEMA.md shows"), ("a_B_a3f2c1", "a/b",
    "see knowledge/SCHEMA.md for what `signature` takes"),
    ("title: \"x: y\"", "", "add a line `title: …` (see knowledge/SCHEMA.md)"), ("severity: high", "severity: high\nlast-seen: x", "did you mean `last_seen`?"),
    ("severity: high", "severity: high\nzzz: x", "remove it, or write it in the body; every key stands in knowledge/SCHEMA.md"),
)  # fmt: skip


@pytest.mark.parametrize(("before", "after", "remedy"), REMEDIES)
def test_a_front_matter_says_what_to_do(before: str, after: str, remedy: str) -> None:
    """In words that can be followed."""
    assert any(problem.remedy.startswith(remedy) for problem in front_matter.read(FRONT.replace(before, after, 1)).problems)


def test_what_only_yaml_can_read_is_left_to_it() -> None:
    """The quick reader takes what the bot writes, and nothing else."""
    front = ENTRY.front
    assert own_front.read(front) == (ENTRY.meta, len(front))
    for before, after in (
        ("---\n", "--- \n"), ("---\n", "\ufeff---\n"), ("\n---\n", "\n"), ('title: "', "title: '"), ('status: "', "status:  \""), ("occurrences: 2",
        "occurrences: 02"), ("occurrences: 2", "occurrences: -2"),
        ('title: "', 'title: "\\n'), ('title: "', 'title: "\x07'), ('title: "', 'title: "\u2028'), ("\nstatus:", "\ntitle: \"x\"\nstatus:"), ("\nstatus:",
        "\nzzz: \"x\"\nstatus:"), ("\nstatus:", "\n\nstatus:"),
        ("T09:", "t09:"), ("-17T", "-37T"), ("\nschema: 1", "\nschema: 2"), ("\nschema: 1", ""), ("\n", "\r\n"),
    ):  # fmt: skip
        assert before in front
        assert own_front.read(front.replace(before, after, 1)) is None
    assert own_front.read(f"{front}x") == (ENTRY.meta, len(front))
    assert own_front.read(front.replace('title: "', 'title: "é\\"\\\\')) is not None
    assert own_front.read(front + "x" * (250_000 - len(front))) is not None
    assert own_front.read(front + "x" * (250_001 - len(front))) is None


def test_an_entry_is_its_text() -> None:
    """Whatever its line ends; conflicts outside of code are refused with their line; a style that defeats a change, too."""
    text = FRONT + "# t\n\nx\n"
    for one in (text, text.replace("\n", "\r\n"), "\ufeff" + text):
        assert render(parse(one)) == one
    assert (parse(text).newline, parse(text.replace("\n", "\r\n")).newline) == ("\n", "\r\n")
    assert amended(parse(text), {"occurrences": 3}) == parse(text)
    assert amended(parse(text), {"occurrences": 5}).meta.occurrences == 5
    for words, found in (
        ("a\n<<<<<<< x\n=======\n>>>>>>> y\n", [21, 23]),
        ("||||||| x\n", [20]),
        ("<<<<<<<\n>>>>>>>\n|||||||\n", [20, 21, 22]),
        ("```\n<<<<<<< x\n```\n", []),
        ("<<<<<<<x", []),
        ("a <<<<<<< x", []),
    ):
        assert conflicts(Entry(parse(text).meta, FRONT, words)) == found
    with pytest.raises(BadEntry, match="line 21: a merge-conflict marker"):
        parse(FRONT + "a\n<<<<<<< x\n")
    with pytest.raises(BadEntry, match=r"line 3: unknown key `titel` \(and 1 more\)|line 1: the key `title` is missing \(and 1 more\)"):
        parse(FRONT.replace("title", "titel"))


def test_lines_are_put_between_lines() -> None:
    """With one blank line on either side, whatever stands there."""
    for before, after, made in (
        ("", "", "w\n"),
        ("a", "", "a\n\nw\n"),
        ("a\n", "", "a\n\nw\n"),
        ("a\n\n", "b", "a\n\nw\n\nb"),
        ("a\n", "\nb", "a\n\nw\n\nb"),
        ("a\n", "b", "a\n\nw\n\nb"),
        ("a\n \n", "", "a\n \nw\n"),
    ):
        assert insert(before + after, len(before), "\nw\n", "\n") == made
        windows = (before + after).replace("\n", "\r\n")
        assert insert(windows, len(before.replace("\n", "\r\n")), "w", "\r\n") == made.replace("\n", "\r\n")
    body = "# t\n\n## A\n\n- a\n\n### x\ny\n\n# Z\nz\n\n## B\n\n_None recorded yet._\n"
    assert [(one.title, body[one.content : one.end].strip()) for one in sections(outline(body), len(body))] == [
        ("A", "- a\n\n### x\ny"),
        ("B", "_None recorded yet._"),
    ]
    first = find(body, "a")
    assert first is not None
    assert [(one.title, body[one.content : one.end]) for one in blocks(body, first)] == [("x", "y\n\n")]
    assert body[: filled_end(body, first)].endswith("### x\ny")
    assert find(body, "c") is None
    assert titled("w\n## a\nb\n### c\n## d\ne", 2) == ("w\n", [("a", "b\n### c\n"), ("d", "e")])
    assert with_bullets(body, "B", ("one", "One ", "two"), "\n").endswith("## B\n\n- one\n- two\n")
    assert with_bullets(body, "c", ("one",), "\n") == body
    assert "- a\n\n### x\ny\n\n- one\n\n# Z" in with_bullets(body, "A", ("a", "- one"[2:]), "\n")
    for text, made in (
        ("## A\n\n* a", "## A\n\n* a\n- b\n"),
        ("## A\n\n```\n- a\n```\n", "## A\n\n```\n- a\n```\n\n- b\n"),
        ("## A\n", "## A\n\n- b\n"),
        ("## A\n_None recorded yet._\nx\n", "## A\n_None recorded yet._\nx\n\n- b\n"),
    ):
        section = find(text, "A")
        assert section is not None
        assert with_line(text, section, "- b", "\n") == made
    whole = ensured("## Common Causes\n\nx\n", {"In short": "short"}, "\n")
    assert [one.title for one in outline(whole).headings] == [
        "In short",
        "Error Signature",
        "Diagnosis History",
        "Common Causes",
        "Resolution Patterns",
        "Related Errors",
    ]
    assert whole.startswith("## In short\n\nshort\n\n## Error Signature\n\n_None recorded yet._\n\n")
    assert digest("\n a\r\nb\rc \n\t") == digest("a\nb\nc")
    assert len(digest("a")) == 16


def test_an_occurrence_gets_another_number() -> None:
    """Its seal follows while nobody edited it."""
    block = occurrence_blocks(ENTRY.body)[0]
    body = numbered(ENTRY.body, block, 7)
    (again,) = occurrence_blocks(f"## Diagnosis History\n\n{body}")
    assert (again.number, again.intact, again.identity, again.time) == (7, True, block.identity, block.time)
    edited = ENTRY.body.replace("**", "__")
    (first, *_) = occurrence_blocks(edited)
    assert not first.intact
    (again,) = occurrence_blocks(f"## Diagnosis History\n\n{numbered(edited, first, 7)}")
    assert (again.number, again.intact) == (7, False)
    assert "Occurrence 7" in body
    assert in_order((f"{LINK}00", f"{LINK}02"), f"{LINK}01") == (f"{LINK}00", f"{LINK}01", f"{LINK}02")
    assert in_order((f"{LINK}00",), f"{LINK}00") == (f"{LINK}00", f"{LINK}00")


def test_what_people_wrote_remains() -> None:
    """Without what the bot knows as its own; what stands between sections is a part by itself."""
    assert [shown(part) for part in remains("## Diagnosis History\n\n_None recorded yet._\n\nx\n")] == [[], ["x"], []]
    parts = remains("a\r\n\n## A\nb\n# Z\nc\n## B\nd\n")
    assert [(part.title, part.heading, part.text) for part in parts] == [
        ("", "", "a\n\n"),
        ("A", "## A", "b\n"),
        ("", "", "# Z\nc\n"),
        ("B", "## B", "d\n"),
        ("", "", ""),
    ]
    assert not any("Occurrence" in line for part in remains(ENTRY.body) for line in shown(part))
