"""Where the linter's rules on text begin and end: conflict markers, links, markup, what nobody sees, secrets in a patch."""

import pytest

from bot.core.lint.body import invisible, small
from bot.core.lint.diff import Added, added, secrets_added
from bot.core.lint.lint import RULES, check, page_findings, secrets_of
from bot.core.lint.page import Page
from tests.lint_pages import GOOD, HISTORY, NAME, PATH, marked, told, withdrawn


@pytest.mark.parametrize("mark", ["<<<<<<< HEAD", ">>>>>>> branch", "||||||| base", "<<<<<<<"])
def test_conflict_markers(mark: str) -> None:
    """Seven signs at the beginning of a line; six, eight or later in it are none."""
    line = GOOD.count("\n") + 2

    assert told(check({PATH: f"{GOOD}\n{mark}\n"})) == [f"{line}: KB022 a merge-conflict marker: `{mark[:7]}`"]
    for harmless in (mark[1:], mark[0] + mark, f"x {mark}", f"{mark[:7]}x"):
        assert not [one for one in check({PATH: f"{GOOD}\n{harmless}\n"}) if one.rule == "KB022"], harmless


@pytest.mark.parametrize(
    ("words", "target"),
    [
        ("[a](gone.md)", "gone.md"),
        ("[a]( gone.md)", "gone.md"),
        ("[a](<gone file.md>)", "gone file.md"),
        ("\\\\[a](gone.md)", "gone.md"),
        ("[a \\] b](gone.md)", "gone.md"),
        ("![a](gone.png)", "gone.png"),
        ("[ref]: gone.md", "gone.md"),
        ("   [ref]:gone.md", "gone.md"),
        ("[ref]: <gone.md>", "gone.md"),
        (f"[a]({'x' * 130})", "x" * 120),
        ("[a](gone.md?x=1#y)", "gone.md?x=1#y"),
        ("[a](/../errors)", "/../errors"),
        ("[a](%00)", "%00"),
        ("[a](1http:x)", "1http:x"),
    ],
)
def test_a_link_that_leads_nowhere_is_named(words: str, target: str) -> None:
    """In every way in which Markdown writes one."""
    found = [one for one in check({PATH: f"{GOOD}\n{words}\n"}) if one.rule == "KB030"]

    assert told(found) == [f"{GOOD.count(chr(10)) + 2}: KB030 the link to {target} leads nowhere"]


@pytest.mark.parametrize(
    "words",
    [
        "\\[a](gone.md)",
        "    [ref]: gone.md",
        "[a](git+ssh://x)",
        "[a](//host/x)",
        "[a](#x)",
        f"[a]({NAME}.md?plain=1)",
        "[a](./../errors/../errors/" + NAME + ".md)",
    ],
)
def test_a_link_that_is_none_or_leads_elsewhere(words: str) -> None:
    """Escaped, code, another scheme, an anchor, a query, a way around."""
    assert check({PATH: f"{GOOD}\n{words}\n"}) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("<id>", "raw HTML: `<id`"),
        ("</id>", "raw HTML: `<id`"),
        ("<a href=x>", "raw HTML: `<a`"),
        ("\\\\<b/>", "raw HTML: `<b`"),
        ("<h1", "raw HTML: `<h1`"),
        ("<x-y>", "raw HTML: `<x-y`"),
        ("![x][y]", "an image"),
        ("\\\\![x][y]", "an image"),
    ],
)
def test_markup_is_named(words: str, said: str) -> None:
    """A tag, open or closed, and an image."""
    assert told(check({PATH: f"{GOOD}\n{words}\n"})) == [f"{GOOD.count(chr(10)) + 2}: KB032 {said}"]


@pytest.mark.parametrize(
    "words", ["\\<id>", "\\![x][y]", "<DETAILS>", "x<sub>2</sub> <sup>3</sup> <kbd>a</kbd> <br/>", "<1>", "<a.b>", "``a ` <id>``", "<!-- <id> -->"]
)
def test_markup_that_is_none(words: str) -> None:
    """Escaped, harmless, no tag, code, a comment."""
    assert check({PATH: f"{GOOD}\n{words}\n"}) == []


def test_a_link_in_angles_is_no_tag() -> None:
    """Neither in a link nor in a definition."""
    assert check({PATH: f"{GOOD}\n[a](<{NAME}.md>) [b]: <x>\n"}) == []
    assert [one.rule for one in check({PATH: f"{GOOD}\n(<id>) : <id>\n"})] == ["KB032", "KB032"]


@pytest.mark.parametrize(
    ("mark", "unseen"),
    [*((mark, True) for mark in "\x00\x1b\x7f\u202e\u200b\u2028\u2029\ufeff\ud800"), *((mark, False) for mark in "\t a\u200d\u00a0\u3000\u00e9\ue000\u2003")],
)
def test_what_nobody_sees(mark: str, unseen: bool) -> None:
    """Controls, formats, separators and halves of a pair; not what joins emoji, wide spaces, or what only lacks a glyph."""
    assert invisible(mark) is unseen


def test_an_invisible_character_is_told_once_a_line() -> None:
    """A mark of byte order at the very beginning and carriage returns at line ends are none."""
    assert check({"notes.md": "\ufeffa\r\nb\r\n", PATH: GOOD}) == []
    assert told(check({"notes.md": "a\n\u202e\u200b\nb\rc\n", PATH: GOOD})) == [
        "2: KB033 the invisible character U+202E",
        "3: KB033 the invisible character U+000D",
    ]


def test_secrets_are_told_at_most_twenty_times() -> None:
    """One line of one kind counts once."""
    text = "SECRET SECRET\n" * 25
    found = secrets_of({"a.txt": text}, lambda text: [(start, kind) for start, _, kind in marked(text)])

    assert told(found) == [f"{line}: KB031 looks like a secret (word)" for line in range(1, 21)]
    assert {one.remedy for one in found} == {next(rule.remedy for rule in RULES if rule.id == "KB031")}


def test_pages_that_are_no_entries_are_read_for_what_text_may_hold() -> None:
    """Links, secrets, markup, what is left open; every finding says what to do."""
    found = page_findings({"docs/a.md": "[x](y.md)\n<id>\n~~~\n"}, lambda _path: False, lambda _text: [(0, "word")])

    assert sorted(told(found)) == [
        "1: KB030 the link to y.md leads nowhere",
        "1: KB031 looks like a secret (word)",
        "2: KB032 raw HTML: `<id`",
        "3: KB023 the closing ~~~ is missing",
    ]
    assert all(one.remedy == next(rule.remedy for rule in RULES if rule.id == one.rule) for one in found)


def test_a_patch_tells_what_it_adds() -> None:
    """By the counts of each hunk: a line that looks like a head is still a line of the file."""
    patch = (
        f"commit {'a' * 40}\n--- a/x.md\n+++ b/x.md\n@@ -1 +1 @@\n-old\n+new\n@@ -9,0 +10,2 @@ def f\n+++ b/not.md\n+two\n"
        f'+++ "b/sp ace.md"\t2025\n@@ -0,0 +1 @@\n+only\n\\ No newline\ncommit {"b" * 64}\n+++ plain\n@@ -5,2 +4,0 @@\n-a\n-b\n@@ -1,0 +7,3 @@\n+cut'
    )

    long = "@@ -12,10 +345,11 @@\n" + "-a\n" * 10 + "+b\n" * 11 + "+++ b/y.md\n@@ -10 +20 @@\n-a\n+c"

    assert [(one.path, one.line, one.text.count("b"), one.commit) for one in added(long)] == [("", 345, 11, ""), ("y.md", 20, 0, "")]
    assert list(added(f" commit {'a' * 40}\ncommit {'a' * 39}\n@@ -1 +1 @@\n+x")) == [Added("", 1, "x")]
    assert list(added(patch)) == [
        Added("x.md", 1, "new", "a" * 40),
        Added("x.md", 10, "++ b/not.md\ntwo", "a" * 40),
        Added("b/sp ace.md".removeprefix("b/"), 1, "only", "a" * 40),
        Added("plain", 4, "", "b" * 64),
        Added("plain", 7, "cut", "b" * 64),
    ]


def test_a_line_that_was_removed_begins_no_hunk() -> None:
    """Whatever stands in it; the next hunk is where the patch says."""
    patch = "+++ b/a.md\n@@ -5,2 +4,0 @@\n-see @@ -1 +9 @@\n-+++ b/b.md\n@@ -8 +8 @@\n-old @@ -1 +9 @@\n+real\n"

    assert list(added(patch)) == [Added("a.md", 4, ""), Added("a.md", 8, "real")]


def test_a_secret_that_a_later_commit_took_out_is_still_told() -> None:
    """At the first line of its file, with its commit, once; one that still stands is told at its line only."""
    final = f"+++ b/a.md\n{HISTORY}"
    history = f"commit {'c' * 40}\n+++ b/a.md\n{HISTORY}commit {'d' * 40}\n+++ b/b.md\n@@ -0,0 +1 @@\n+x SECRET\n"

    assert told(secrets_added(final, history, marked)) == ["5: KB031 looks like a secret (word)"]
    assert told(secrets_added("+++ b/a.md\n@@ -0,0 +1,3 @@\n+SECRET\n+\n+SECRET\n", "", marked)) == [
        "1: KB031 looks like a secret (word)",
        "3: KB031 looks like a secret (word)",
    ]
    (gone,) = secrets_added("", history, marked)
    assert (gone.path, gone.line, gone.message) == ("a.md", 1, f"looks like a secret (word), in commit {'c' * 10}")
    assert gone.remedy == "revoke the secret now: the commit keeps it, though a later one took it out; then rewrite the branch without it"
    assert "SECRET" not in str(gone)


@pytest.mark.parametrize(("size", "said"), [(500_000, []), (500_001, ["500 kB"]), (501_999, ["501 kB"])])
def test_a_page_is_not_larger_than_half_a_megabyte(size: int, said: list[str]) -> None:
    """In bytes; what cannot be written so is no reason to fall."""
    page = Page("a.md", "é" * 100 + "\ud800" + "x" * (size - 201), lambda _path: True, lambda _text: ())

    assert [(one.line, one.message) for one in small(page)] == [(1, message) for message in said]


def test_an_entry_that_leads_on_needs_no_sections() -> None:
    """It only says where the entry went; one whose front matter cannot be read is not asked for them either."""
    went = withdrawn("one", NAME)
    bare = went[: went.index("\n---\n", 4) + 5] + "\nIt went.\n"

    assert check({"knowledge/errors/one.md": bare, PATH: GOOD}) == []
    assert {one.rule for one in check({"knowledge/errors/one.md": "no front matter", PATH: GOOD})} == {"KB010"}
    assert {one.rule for one in check({"knowledge/errors/one.md": bare.replace("schema: 1\n", ""), PATH: GOOD})} == {"KB012", "KB020"}


def test_conflict_markers_in_code_are_code() -> None:
    """In a page and in an entry; in front matter the reader tells them."""
    assert check({PATH: f"{GOOD}\n```\n<<<<<<< HEAD\n```\n"}) == []
    marked_front = GOOD.replace("\ntitle:", "\n<<<<<<< HEAD\ntitle:")
    assert [(one.rule, one.message, one.remedy) for one in check({PATH: marked_front})] == [
        ("KB022", "a merge-conflict marker: `<<<<<<<`", "choose one side and delete the markers")
    ]
    assert [one.line for one in page_findings({"a.md": "a\n<<<<<<< HEAD\n"}, lambda _path: True, lambda _text: ())] == [2]


def test_angles_of_a_link_are_no_tag() -> None:
    """With a space before them, and longer than one character."""
    assert check({PATH: f"{GOOD}\n[a]( <{NAME}.md>)\n"}) == []
    assert [one.rule for one in check({PATH: f"{GOOD}\n[a](x<id>)\n"})] == ["KB030", "KB032"]
