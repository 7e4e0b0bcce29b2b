"""The front matter of an entry, read by the quick reader and the slow one, and changed value by value: one line each."""

import pytest

from bot.core.entry import front_matter, own_front
from bot.core.entry.front_patch import patched, plain_items, quoted
from bot.core.entry.front_values import time_value

LINES = """\
signature: "a"
title: "t"
status: "diagnosed"
severity: "high"
category: "application"
error_type: "E"
culprit: "c"
services: []
environments: ["prod"]
first_seen: "2025-12-10T00:00:00Z"
last_seen: "2025-12-17T00:00:00Z"
occurrences: 2
threads:
  - "https://a.slack.com/archives/C1/p1765526465120900"
schema: 1
"""


def front(*lines: str) -> str:
    """A front matter with these lines instead of those of the same key, or before the last."""
    made = LINES
    for line in lines:
        key = line.partition(":")[0]
        old = next((one for one in LINES.splitlines() if one.startswith(f"{key}:")), "schema: 1")
        made = made.replace(f"{old}\n", f"{line}\n" if old.startswith(f"{key}:") else f"{line}\n{old}\n")
    return f"---\n{made}---\n"


LINES_WITHOUT_TITLE = front().replace('title: "t"\n', "")
ITEMS = "put each item in double quotes, of the form that knowledge/SCHEMA.md shows"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (front('title: "a \\"b\\" \\\\ c"'), 'a "b" \\ c'),
        (front('title: "\\"x\\""'), '"x"'),
        (front('title: "é ü"'), "é ü"),
        (front('title: "# - [a, b]: c"'), "# - [a, b]: c"),
        (front('title: "a\\nb"'), None),
        (front('title: "a\\x41"'), None),
        (front("title: t"), None),
        (front('title: "a" # b'), None),
        (front('title: "a""'), None),
        (front('title: "\u2028"'), None),
        (front('title: ""'), None),
        (front("occurrences: 0"), None),
        (front("occurrences: 02"), None),
        (front('alias: "x"'), None),
        (front('first_seen: "2025-12-10"'), None),
        (front('first_seen: "2025-13-10T00:00:00Z"'), None),
        (front('first_seen: "2025-12-10T00:00:00Z "'), None),
        (front('title: "t"\ntitle: "t"'), None),
        (front("schema: 2"), None),
        (front()[1:], None),
        (front().replace("---\n", "--- \n", 1), None),
        (front() + "x", "t"),
        (front('services: ["a", "b"]'), "t"),
        (front('services: ["a","b"]'), None),
        (front('services:\n  - "a"\n  - "b"'), "t"),
        (front("services:\n  - a"), None),
        ("---\n---\n", None),
    ],
)
def test_the_quick_reader_says_what_the_slow_one_says(text: str, title: str | None) -> None:
    """Or leaves it to that one."""
    quick, slow = own_front.read(text), front_matter.read(text)

    assert (quick and quick[0].title) == title
    assert quick is None or (slow.meta, slow.block and slow.block.body) == quick


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (front("---\u2028"), (2, "a line inside the front matter reads as its end", "indent the dashes, or put the text in double quotes")),
        (front("title: [a"), (4, "not valid YAML: did not find expected ',' or ']'", "put the value in double quotes")),
        (front("title: {a: b}"), (3, "a nested mapping, an anchor, an alias or a tag", "keep the front matter flat: text, a number, or a list of texts")),
        (front("services: [a, [b]]"), (9, "a list inside a list, a mapping, an anchor, an alias or a tag", "list plain texts only")),
        (front("services: [[[[[a]]]]]"), (9, "lists or mappings inside each other", "keep the front matter flat: text, a number, or a list of texts")),
        (front("title: &a b"), (3, "a nested mapping, an anchor, an alias or a tag", "keep the front matter flat: text, a number, or a list of texts")),
        (front("...").replace("...\nschema: 1\n---\n", "...\n"), (16, "the front matter ends with `...`", "close it with a line `---`")),
        (front("======="), (16, "a merge-conflict marker: `=======`", "choose one side and delete the markers")),
        ("---\n- a\n---\n", (2, "the front matter is not a list of `key: value` lines", "write one key on each line (see knowledge/SCHEMA.md)")),
        ("---\na: b\n", (1, "the front matter is not closed", "add a line `---` after the last key")),
        (front("x" * 80 + ": 1"), (16, f"unknown key `{'x' * 60}`", "remove it, or write it in the body; every key stands in knowledge/SCHEMA.md")),
        (front("Resolved-At: x"), (16, "unknown key `Resolved-At`", "did you mean `resolved_at`?")),
        (LINES_WITHOUT_TITLE, (1, "the key `title` is missing", "add a line `title: …` (see knowledge/SCHEMA.md)")),
        (front("severity: loud"), (5, "`severity`: loud is none of its values", "write one of: critical, high, medium, low")),
        (front("title: [a, b]"), (3, "`title`: a list, where one value belongs", "write one value: title: …")),
        (front(f"services: {'a ' * 40}"), (9, "`services`: one value, where a list belongs", f'write a list: services: ["{("a " * 40)[:60]}"]')),
        (front("culprit: 5"), (8, "`culprit`: no text", 'put it in double quotes: culprit: "5"')),
        (front("services: [5]"), (9, "`services`: item 1 is no text", ITEMS)),
        (front("aliases: [a, b/c]"), (16, "`aliases`: item 2 is not of the right form", ITEMS)),
        (front("occurrences: many"), (13, "`occurrences`: no whole number", "write a whole number without quotes: occurrences: 3")),
        (front("first_seen: soon"), (11, "`first_seen`: no time", 'write a time in UTC: first_seen: "2025-12-17T09:12:44Z"')),
    ],
)
def test_what_cannot_be_read(text: str, told: tuple[int, str, str]) -> None:
    """The line, what it is, what to do."""
    (problem,) = front_matter.read(text).problems

    assert (problem.line, problem.cause, problem.remedy) == told


def test_every_problem_is_told_at_once() -> None:
    """In the order of their lines, each as what it is; nothing is taken from such a file."""
    reading = front_matter.read(LINES_WITHOUT_TITLE.replace('"high"', '"loud"').replace("schema: 1", "mine: 1\nschema: 2"))

    assert [(problem.line, problem.kind) for problem in reading.problems] == [
        (1, "missing key"), (4, "wrong value"), (15, "unknown key"), (16, "wrong value"),
    ]  # fmt: skip
    assert reading.meta is None
    assert front_matter.read(front("...")).problems[0].kind == "unreadable"
    assert front_matter.read(front("=======")).problems[0].kind == "conflict"


@pytest.mark.parametrize("source", ["services:", "services: []", "services: null", "services: x y"])
def test_a_list_without_items_has_none_to_take_out(source: str) -> None:
    """Also where there is no list."""
    reading = front_matter.read(front(source))

    assert plain_items("", reading.values["services"]) == []


@pytest.mark.parametrize(
    ("source", "items"),
    [
        ("services: [a, b] # c", "[a, b]"),
        ("services:\n- a\n- b", "- a\n- b"),
        ('services: "x" # c', '"x"'),
        ("services: []", "[]"),
        ("services: x y  # c", "x y"),
    ],
)
def test_a_value_is_known_by_its_place(source: str, items: str) -> None:
    """From its first sign to its last, without a comment."""
    reading = front_matter.read(front(source))

    assert reading.values["services"].source == items


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("2025-12-17", "2025-12-17T00:00:00Z"),
        (" 2025-12-17t09:12z ", "2025-12-17T09:12:00Z"),
        ("2025-12-17 09:12:44 +0100", "2025-12-17T08:12:44Z"),
        ("2025-12-17T09:12:44+01:00", "2025-12-17T08:12:44Z"),
        ("on 2025-12-17", None),
        ("2025-12-17 x", None),
        ("2025-02-30", None),
        ("", ""),
        (None, None),
        (5, None),
        (["2025-12-17"], None),
        ("2025-12-17T09:12:44.5Z", "2025-12-17T09:12:44Z"),
    ],
)
def test_a_time_in_each_form(value: object, read: object) -> None:
    """A day, a minute, with a zone or in UTC; nothing before or behind it."""
    assert time_value(value) == read


@pytest.mark.parametrize(
    ("line", "changes", "made"),
    [
        ("title: t # mine", {"title": "u"}, 'title: "u" # mine\n'),
        ("title: |\n  t", {"title": "u"}, 'title: "u"\n'),
        ("services: [a, b]", {"services": ("a", "c", "b", "d")}, 'services: [a, "c", b, "d"]\n'),
        ("services:\n- a # x\n- b", {"services": ("a", "c", "b", "d")}, 'services:\n- a # x\n- "c"\n- b\n- "d"\n'),
        ("services:\n  - a\n  - b # x\n  - c", {"services": ("b",)}, "services:\n  - b # x\n"),
        ("services:\n  - a # x\n  - b", {"services": ("b",)}, 'services:\n  - "b"\n'),
        ("services:\n  - |\n    a\n  - b", {"services": ("a\n", "x", "b")}, 'services:\n  - |\n    a\n  - "x"\n  - b\n'),
        ("services:\n  - b\n  - |\n    a", {"services": ("b", "a\n", "x")}, 'services:\n  - b\n  - |\n    a\n  - "x"\n'),
        ("services:\n  - |\n    a\n  - b", {"services": ("b",)}, "services:\n  - b\n"),
        ("services: [a, b]", {"services": ("b", "a")}, 'services: ["b", "a"]\n'),
        ("services: []", {"services": ("a",)}, 'services: ["a"]\n'),
        ("services:", {"services": ("a",)}, 'services: ["a"]\n'),
        ("services: [a]", {"services": ()}, "services: []\n"),
        ("resolution: x", {"resolution": "", "occurrences": 2}, 'resolution: ""\n'),
    ],
)
def test_only_the_value_is_written_anew(line: str, changes: dict[str, str | tuple[str, ...]], made: str) -> None:
    """Comments, quoting and order stay, and what follows stays where it is."""
    text = front(line) + "body\n"
    reading = front_matter.read(text)
    assert reading.block is not None
    assert reading.meta is not None

    assert patched(text, reading.block, reading.values, reading.meta, changes) == text.replace(f"{line}\n", made).removesuffix("body\n")


def test_a_list_below_its_key_becomes_an_empty_one() -> None:
    """Its lines do not go without a word: a key with nothing behind it would say something else."""
    text = front()
    reading = front_matter.read(text)
    assert reading.block is not None
    assert reading.meta is not None
    made = patched(text, reading.block, reading.values, reading.meta, {"threads": ()})
    assert made == text.replace('- "https://a.slack.com/archives/C1/p1765526465120900"\n', "[]\n")


def test_a_key_that_is_not_there_is_added() -> None:
    """At the end, with the file's line ends; an escape is one in every reader."""
    for newline in ("\n", "\r\n"):
        text = front().replace("\n", newline)
        reading = front_matter.read(text)
        assert reading.block is not None
        assert reading.meta is not None
        made = patched(text, reading.block, reading.values, reading.meta, {"replaced_by": "b"})
        assert made == text.removesuffix(f"---{newline}") + f'replaced_by: "b"{newline}---{newline}'
        assert [plain_items(text[reading.block.start : reading.block.end], reading.values[key]) for key in ("threads", "environments")] == [[True], [True]]
    assert quoted('a"\\\n\x85\ud800é') == '"a\\"\\\\\\x0a\\x85\\ud800é"'
