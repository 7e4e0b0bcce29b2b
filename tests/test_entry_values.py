"""Values of an entry at their borders: what a front matter holds, where an entry leads, how like it is, when it happened."""

import pytest
from msgspec.structs import replace

from bot.core.entry import front_matter, front_patch, old_entry
from bot.core.entry.entry import Entry, amended, parse
from bot.core.entry.front_values import Value
from bot.core.entry.life import Ending, reopened, resolution, resolved
from bot.core.entry.likeness import Likeness, Traits, Wanted, likeness, traits, wanted
from bot.core.entry.meta import EntryMeta
from bot.core.entry.remains import remains, shown
from bot.core.entry.sections import digest, find, insert, with_bullets, with_line
from bot.core.entry.times import alert_times
from bot.core.entry.yaml_tree import YamlFault, tree
from bot.core.request.pull_request_marks import first_alert
from bot.errors import BadCommand, BadEntry
from tests.occurrences import alert, signature

FRONT = """---
signature: a_B_a3f2c1
title: t
status: diagnosed
severity: high
category: application
error_type: B
culprit: a
services:
  - one
  - two
  -   three
environments: [p, q]
first_seen: "2025-12-17T09:12:44Z"
last_seen: "2025-12-17T09:12:44Z"
occurrences: 3
threads: []
schema: 1
---
"""
ENTRY = parse(FRONT + "# t\n")


def changed(front: str, **changes: object) -> str:
    """The front matter after a change."""
    return amended(parse(front), changes).front  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("before", "new", "after"),
    [
        ("  - one\n  - two\n", ("three",), ""), ("  - two\n", ("one", "three"), ""), ("  -   three\n", ("one", "two"), ""),
        ("- one\n  - two\n  -   three\n", (), "[]\n"), ("  - two\n", ("one", "x", "two", "three"), '  - "x"\n  - two\n'),
        ("  -   three\n", ("one", "two", "three", "x"), '  -   three\n  - "x"\n'), ("- one", ("x", "y", "one", "two", "three"), '- "x"\n  - "y"\n  - one'),
        ("- one\n  - two\n  -   three\n", ("two", "one", "three"), '- "two"\n  - "one"\n  - "three"\n'),
        ("- one\n  - two\n  -   three\n", ("one", "x"), '- "one"\n  - "x"\n'), ("- one\n  - two\n  -   three\n", ("x",), '- "x"\n'),
    ],
)  # fmt: skip
def test_items_of_a_list_come_and_go(before: str, new: tuple[str, ...], after: str) -> None:
    """Where they were only taken out their lines go; where they were only added lines come; else the list is made anew."""
    expected = FRONT.replace(before, after)
    assert changed(FRONT, services=new) == expected
    assert changed(FRONT.replace("\n", "\r\n"), services=new) == expected.replace("\n", "\r\n")


def test_a_list_with_words_of_a_person_is_made_anew_as_a_whole() -> None:
    """A comment at an item that goes, an item twice, a text of several lines: no line is taken out by itself."""
    commented = FRONT.replace("  - two\n", "  - two # mine\n")
    assert changed(commented, services=("one", "two")) == commented.replace("  -   three\n", "")
    assert changed(commented, services=("one", "three")) == FRONT.replace("- one\n  - two\n  -   three\n", '- "one"\n  - "three"\n')
    twice = FRONT.replace("  - two\n", "  - one\n")
    assert changed(twice, services=("one", "three")) == FRONT.replace("- one\n  - two\n  -   three\n", '- "one"\n  - "three"\n')
    flow = FRONT.replace("[p, q]", "[p, q] # mine")
    assert changed(flow, environments=("q",)) == FRONT.replace("[p, q]", '["q"] # mine')
    assert changed(FRONT, environments=()) == FRONT.replace("[p, q]", "[]")
    assert changed(FRONT, environments=("p", "q", "r", "s")) == FRONT.replace("[p, q]", '[p, q, "r", "s"]')
    reading = front_matter.read(FRONT.replace("- two", "- |\n    two\n"))
    assert reading.block is not None
    inner = FRONT.replace("- two", "- |\n    two\n")[reading.block.start : reading.block.end]
    assert front_patch.plain_items(inner, reading.values["services"]) == [True, True, True]
    assert front_patch.plain_items("a: [b, # c\n d]\n", Value(1, 3, 14, ((4, 5), (12, 13)), "[b, # c\n d]")) == [False, False]
    assert front_patch.plain_items("a: [b, d]\n", Value(1, 3, 9, ((4, 5), (7, 8)), "[b, d]")) == [True, True]
    assert front_patch.plain_items("- - b\n- c # d\n- e \nx - f\n- g", Value(1, 0, 0, ((4, 5), (8, 9), (16, 17), (23, 24), (27, 28)), "- -")) == [
        False, False, True, False, True,
    ]  # fmt: skip
    assert front_patch.quoted("\x1f \x7e\x7f\xff\u0100\ud800") == '"\\x1f ~\\x7fÿĀ\\ud800"'


@pytest.mark.parametrize(
    ("text", "line", "cause"),
    [
        ("x", 1, "the first line is not `---`"), ("--\na: b\n---\n", 1, "the first line is not `---`"), ("---\na: b\n", 1, "the front matter is not closed"),
        ("---\na: b\n...\n", 3, "the front matter ends with `...`"), ("---\n\n>>>>>>> x\n---\n", 3, "a merge-conflict marker: `>>>>>>>`"),
        ("---\na: b\n=======\n---\n", 3, "a merge-conflict marker: `=======`"), ("---\n||||||| a b\n---\n", 2, "a merge-conflict marker: `|||||||`"),
        ("---\n- a\n---\n", 2, "the front matter is not a list of `key: value` lines"),
        ("---\n{a: b}\n---\n", 2, "the front matter is not a list of `key: value` lines"),
        ("---\na: b\n? [c]\n: d\n---\n", 3, "a key that is not a single word"),
        ("---\na: b\nc: d\na: e\n---\n", 4, "the key `a` stands twice (first on line 2)"),
        ("---\na: b\nc: {d: e}\n---\n", 3, "a nested mapping, an anchor, an alias or a tag"),
        ("---\na: b\nc: !x [d]\n---\n", 3, "a nested mapping, an anchor, an alias or a tag"),
        ("---\na: &x [d]\n---\n", 2, "a nested mapping, an anchor, an alias or a tag"),
        ("---\na: !x d\n---\n", 2, "a nested mapping, an anchor, an alias or a tag"),
        ("---\na:\n  - b\n  - [c]\n---\n", 4, "a list inside a list, a mapping, an anchor, an alias or a tag"),
        ("---\na: [[[b]]]\n---\n", 2, "a list inside a list, a mapping, an anchor, an alias or a tag"),
        ("---\na: b\nc: [[[[d]]]]\n---\n", 3, "lists or mappings inside each other"),
        ("---\na: b\nc: 'd\n---\n", 4, "not valid YAML: found unexpected end of stream"), (f"---\n{'x' * 1_000_000}", 1, "the file is larger than 1 MB"),
        (f"---\n{'é' * 500_000}", 1, "the file is larger than 1 MB"),
    ],
)  # fmt: skip
def test_a_front_matter_that_cannot_be_read_has_one_problem(text: str, line: int, cause: str) -> None:
    """With its line in the file."""
    (problem,) = front_matter.read(text).problems
    assert (problem.line, problem.cause) == (line, cause)


def test_the_block_may_be_closed_in_several_ways() -> None:
    """By three dashes or more, with blanks, at the end of the file or before the body; a byte-order mark belongs to it."""
    for text in ("---\na: b\n---", "---\na: b\n---\n", "----\t\na: b\n-----  \n", "\ufeff---\na: b\n---\n", "---\r\na: b\r\n---\r\n"):
        block = front_matter.locate(text + ("" if text[-1] == "-" else "body"))
        assert text[block.start : block.end].rstrip() == "a: b"
        assert block.body == len(text)
    assert front_matter.locate("---\na: >>>>>>> b\n  --- \n=======x\n--\n---\n").body == 40


@pytest.mark.parametrize(
    ("key", "value", "good"),
    [
        ("threads", "https://acme.slack.com/archives/C1/p1765962764000100", True), ("threads", "https://localhost:8080/archives/C1/p1765962764000100", True),
        ("threads", "https://a.b/archives/C1/p1765962764000100?thread_ts=1.2&cid=C1", True),
        ("threads", "alert:pagerduty/AAAAAAAAAAAAAAAA2/p1765962764000100", True),
        ("threads", "alert:pagerduty/AAAAAAAAAAAAAAAA1/p1765962764000100", False), ("threads", "alert:Pager/AAAAAAAAAAAAAAAAA/p1765962764000100", False),
        ("threads", "alert:/AAAAAAAAAAAAAAAAA/p1765962764000100", False), ("threads", "http://a.b/archives/C1/p1765962764000100", False),
        ("threads", "https://a.b/archives/C1/p176596276400010", False), ("threads", "https://a.b/archives/C1/p1765962764000100 x", False),
        ("threads", "x https://a.b/archives/C1/p1765962764000100", False), ("threads", "https://a.b:x/archives/C1/p1765962764000100", False),
        ("fingerprint", f"v1:{'a' * 32}", True), ("fingerprint", f"v12:{'0' * 32}", True), ("fingerprint", f"v1:{'a' * 33}", False),
        ("fingerprint", f"v1:{'a' * 31}", False),
        ("fingerprint", f"v:{'a' * 32}", False), ("fingerprint", f"v1:{'A' * 32}", False), ("fingerprint", "x", False),
        ("fingerprint", f"xv1:{'a' * 32}", False),
        ("aliases", "a" * 120, True), ("aliases", "a" * 121, False), ("aliases", "", False), ("aliases", "a b", False), ("aliases", "A.b_c-9", True),
        ("related", "a/b", False), ("held", 0, True), ("held", -1, False), ("failed", -1, False), ("failed", 0, True), ("reviewed_at", "soon", False),
    ],
)  # fmt: skip
def test_a_value_has_its_form(key: str, value: object, good: bool) -> None:
    """And another one is refused."""
    written = f'["{value}"]' if key in ("threads", "aliases", "related") else f'"{value}"' if isinstance(value, str) else str(value)
    front = FRONT.replace("threads: []", f"{key}: {written}" + ("" if key == "threads" else "\nthreads: []"))
    assert (front_matter.read(front).problems == ()) == good


def test_a_change_that_the_style_defeats_names_its_keys() -> None:
    """Only those that differ, with what to do."""
    odd = parse(FRONT.replace("title: t\n", "title: |\n  t\n").replace("services:\n  - one\n  - two\n  -   three\n", "services: [one,\n # c\n two]\n"))
    assert amended(odd, {"title": "u"}).meta.title == "u"
    with pytest.raises(BadEntry) as caught:
        amended(Entry(ENTRY.meta, "no front", ""), {"title": "u"})
    assert (caught.value.doing, caught.value.cause, caught.value.remedy) == (
        "updating a_B_a3f2c1",
        "its front matter cannot be read",
        "run `bot check knowledge`",
    )
    with pytest.raises(BadEntry) as caught:
        amended(replace(ENTRY, front=FRONT.replace("severity: high", "severity: low")), {"title": "u", "occurrences": 3, "culprit": "b"})
    assert caught.value.cause == "the values of title, culprit are written in a way that cannot be changed alone"


def test_what_ended_it_leads_to_one_commit_and_one_request() -> None:
    """In the words or before them; where neither reads back it is refused."""
    assert resolution(Ending("by x", "", "", "acme/sub/x#12")) == "by x, pull request acme/sub/x#12"
    assert resolution(Ending("see #3", "", "4be91d07")) == "see #3, commit 4be91d07"
    assert resolution(Ending("see #3", "", "", "#12")) == "pull request #12: see #3"
    assert resolution(Ending("x", "", "4be91d07", "#12")) == "x, commit 4be91d07, pull request #12"
    with pytest.raises(BadCommand) as caught:
        resolution(Ending("", "", "4be91d07", "#" + "1" * 10))
    assert caught.value.doing == "reading the pull request"
    ended = resolved(parse(FRONT), "words", "2020-01-01T00:00:00Z", "", ("a",))
    assert (ended.meta.status, ended.meta.resolution, ended.meta.resolved_at) == ("resolved", "words", "2025-12-17T09:12:44Z")
    assert "## Resolution Patterns\n\n- a\n" in ended.body
    assert reopened(ended).meta.status == "diagnosed"


def test_an_entry_is_like_an_error_by_place_and_words() -> None:
    """Words of the type and the culprit do not count again; nor do words within other words."""
    error = Wanted("typeerror", "go", ("alpha", "beta"))
    assert likeness(Traits("typeerror", "x", "alpha beta"), error) == Likeness(8.0, same_type=True, words=("alpha", "beta"))
    assert likeness(Traits("typeerror", "x", "alpha"), error) == Likeness(5.5, same_type=True, words=("alpha",))
    assert likeness(Traits("typeerror", "x", "alphabet beta"), error) == Likeness(5.5, same_type=True, words=("beta",))
    assert likeness(Traits("typeerror", "alpha", "alpha x"), error) == Likeness(0.0, same_type=True)
    assert likeness(Traits("alpha", "beta", "alpha beta"), error) == Likeness(0.0)
    assert likeness(Traits("x", "go", ""), Wanted("typeerror", "go", ())) == Likeness(0.0, same_culprit=True)
    assert likeness(Traits("typeerror", "go", ""), Wanted("typeerror", "go", ())) == Likeness(6.0, same_type=True, same_culprit=True)
    assert likeness(Traits("typeerror", "go", "zzz"), Wanted("typeerror", "go", ("alpha",))).score == 6.0
    assert likeness(Traits("x", "y", "alpha"), error) == Likeness(0.0)
    found = wanted(signature(message="alpha"), alert(message="x", key_terms=("beta", "gamma", "alpha")))
    assert found == Wanted("validationerror", "transfer_handler", ("alpha", "beta", "gamma"))
    for body, text in (
        ("## Error Signature\nA\n# B\nc", "\na\n"), ("x\n### Error Signature\nA", ""), ("x\n## Error Signature\nA\n## Error Signature\nB", "\na\n"),
        ("x\n##  error signature\nA\n### B\nc\n   ## D\ne", "\na\n### b\nc\n"), ("x ## Error Signature\nA", ""),
        ("x\n## Error Signature\nA\n    ## B\n", "\na\n    ## b\n"),
        (f"x\n## Error Signature\n{'a' * 5_000}", "\n" + "a" * 3_999), (f"x\n## Error Signature {'a' * 5_000}\nb", ""),
    ):  # fmt: skip
        assert traits(replace(ENTRY, body=body)).text == f"t {text}"
    assert traits(replace(ENTRY, meta=replace(ENTRY.meta, error_type="A.B", culprit="C"))) == Traits("b", "c", "t ")


def test_the_times_of_alerts_are_read_whole() -> None:
    """A longer number is none; neither is what stands inside a longer name."""
    meta: EntryMeta = replace(ENTRY.meta, occurrences=3)

    def times(history: str) -> list[str]:
        return [f"{time:%H:%M:%S.%f}" for time in alert_times(Entry(meta, "", f"## Diagnosis History\n\n{history}\n"))]

    assert times("/archives/C1/p1765962764000100") == times("alert:pd/A1/p1765962764000100") == ["09:12:44.000100"]
    assert times("/archives/C1/p17659627640001001") == times("xalert:pd/A1/p1765962764000100") == times("/archives/c1/p1765962764000100") == []
    assert times("<!-- errata:occurrence C1/1765962764.000100 x -->") == ["09:12:44.000100"]
    assert times("/archives/C1/p1765962764000100 /archives/C2/p1765962764000100 <!-- errata:occurrence C1/1765962764.000100 ") == ["09:12:44.000100"] * 2
    link = "https://a.slack.com/archives/C1/p1765962764000100"
    assert [first_alert(text) and first_alert(text)[0] for text in (f"{link}, {link[:-1]}1", f"{link}? x", f"{link}?a=b c", "http" + link[5:])] == [  # type: ignore[index]
        link, f"{link}?", f"{link}?a=b", None,
    ]  # fmt: skip


def test_older_pages_are_read_by_their_headings() -> None:
    """What stands in a section that entries still have is kept there, the rest are notes."""
    old = old_entry.read("\ufeffa\r\n# One\nb\n# Two\nc\n## No Occurrence 1\nd\n## Common Causes\ne\n## Common Causes\nf\n### Related Errors\ng")
    assert (old.heading, old.title, old.occurrences, old.history) == ("# One", "One", 0, "")
    assert old.sections == {"Common Causes": "e\n\nf\n### Related Errors\ng"}
    assert old.notes == "a\n\nb\n\n### Two\nc\n\n### No Occurrence 1\nd"
    assert old_entry.read("Handler: a\n# T\nHandler: b\n## Error Signature\nHandler: c\nError type: d").facts == {"handler": "a", "error type": "d"}
    assert old_entry.read("## X\nHandler: a\n## Y\nError type: b").facts == {"handler": "a"}
    assert old_entry.read("").notes == ""
    assert [old_entry.read(f"## Occurrence {number}\na").occurrences for number in ("2", "2 - today", "2nd", "1234567890")] == [1, 1, 0, 0]
    assert old_entry.is_old("\n".join(["# x"] * 39 + ["# Error: a in b"]))
    assert not old_entry.is_old("\n".join(["# x"] * 40 + ["# Error: a in b"]))


def test_what_remains_of_a_page_without_sections() -> None:
    """Is one part; a placeholder says nothing."""
    assert [(part.title, part.text) for part in remains("a\n# b\n")] == [("", "a\n# b\n"), ("", "")]
    assert [shown(part) for part in remains("a\n \n## B\n_None recorded yet._\n- c\n")] == [["a"], ["- c"], []]


def test_bullets_are_known_whatever_their_sign() -> None:
    """Only in their own section; a list of a person goes on."""
    body = "## A\n\n- One  two\n\n## B\n\n- x\n"
    assert with_bullets(body, "B", ("one two",), "\n") == f"{body}- one two\n"
    assert with_bullets(body, "A", ("one two",), "\n") == body
    assert with_bullets(body, "A", ("x",), "\n") == "## A\n\n- One  two\n- x\n\n## B\n\n- x\n"
    assert with_bullets(body.replace("- One", "  * One"), "A", ("ONE TWO",), "\n") == body.replace("- One", "  * One")
    for text, made in (("## A\n-x\n", "## A\n-x\n\n- b\n"), ("## A\n- x\n\n\n", "## A\n- x\n- b\n\n\n"), ("## A\r- x\r", "## A\r- x\r- b\n")):
        section = find(text, "A")
        assert section is not None
        assert with_line(text, section, "- b", "\n") == made
    section = find("## A\n```\n_None recorded yet._\n```\n", "A")
    assert section is not None
    assert with_line("## A\n```\n_None recorded yet._\n```\n", section, "- b", "\n") == "## A\n```\n_None recorded yet._\n```\n\n- b\n"
    assert insert("a\r\r", 3, "b", "\n") == "a\r\rb\n"
    assert (digest("a b"), digest(" a")) == (digest("a b "), digest("a"))


def test_yaml_is_refused_with_a_short_cause() -> None:
    """At most two hundred signs, at the line where the fault is, not where what it stands in began."""
    with pytest.raises(YamlFault) as caught:
        tree("a: b\nc:\n  - d\n  e: f\n")
    assert caught.value.line == 4
    with pytest.raises(YamlFault) as caught:
        tree("a: *" + "b" * 300)
    assert len(caught.value.cause) <= 208
    with pytest.raises(YamlFault) as caught:
        tree("%" * 500)
    assert (caught.value.line, caught.value.remedy) == (1, "mend it at that line; put texts in double quotes")
