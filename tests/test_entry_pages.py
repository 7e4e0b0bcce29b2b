"""Pages as Markdown has them: where headings are, what hides them, what is left open; and pages of the older format."""

import pytest

from bot.core.entry import old_entry
from bot.core.entry.outline import outline
from bot.core.entry.remains import closed
from bot.core.entry.sections import insert
from tests.listing import listed

TAGS = listed(
    "address article aside blockquote body center dd details dialog dir div dl dt figcaption figure footer form h1 h6 header hr html iframe legend li link "
    "main menu nav ol "
    "option p param section summary table tbody td tfoot th thead title tr ul",
)


def titles(text: str) -> list[str]:
    """The headings of a page."""
    return [one.title for one in outline(text).headings]


def test_html_hides_headings_until_it_ends() -> None:
    """Each tag that begins a block, each way in which one ends."""
    for tag in TAGS:
        for opening in (f"<{tag}>", f"</{tag}>", f"<{tag.upper()} x", f"<{tag}\t", f"<{tag}/>", f"<{tag}"):
            assert titles(f"x\n{opening}\n# a\n\n# b") == ["b"]
        assert titles(f"x\n<{tag}zz>\n# a\n\n# b") == ["a", "b"]
    for tag in ("script", "pre", "style", "textarea"):
        assert titles(f"<{tag}>\n\n# a\n</{tag.upper()}>\n# b") == ["b"]
        assert titles(f"<{tag}\n\n# a\nx </{tag}> y\n# b") == ["b"]
        assert titles(f"<{tag}> </{tag}>\n# a") == ["a"]
        assert titles(f"x\n<{tag}zz>\n# a") == ["a"]
    assert titles("<!--\n\n# a\nx --> y\n# b") == ["b"]
    assert titles("<?\n\n# a\n?>\n# b") == ["b"]
    for tag in ("<x>", "<x-1 a>", "<x a=b c='d' e=\"f\" />", "</x >", "<x:y>"[:0] + "<x _a.b:c-d = e>"):
        assert titles(f"{tag}\n# a\n\n# b") == ["b"]
        assert titles(f"x\n{tag}\n# a\n\n# b") == ["a", "b"]
        assert titles(f"{tag} y\n# a\n\n# b") == ["a", "b"]
    for text in ("<1x>", "<x a='b>", "<x a=>", "< x>", "<x a b=`>"):
        assert titles(f"{text}\n# a") == ["a"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("# a\n## b ##\n###### c\n####### d\n#e\n   # f\n    # g", ["a", "b", "c", "f"]), ("# a #b\n#\n# ##\n#\tx\t#", ["a #b", "", "", "x"]),
        ("```\n# a\n```\n# b", ["b"]), ("~~~ x\n# a\n```\n~~~~\n# b", ["b"]), ("````\n# a\n```\n````\n# b", ["b"]), ("``` x`\n# a", ["a"]),
        ("```\n# a\n    ```\n# b", []),
        ("- a\n  # b\n# c", ["c"]), ("- a\n# c", ["c"]), ("1. a\n   # b\n\n# c", ["c"]), ("123456789. a\n           # b\n# c", ["c"]),
        ("-\n\n  # b", ["b"]), ("-\n  # b", []),
        ("x\n2. y\n   # a", ["a"]), ("x\n1. y\n   # a", []), ("x\n-\n  # a", ["a"]), ("- - - -\n  # a", ["a"]), ("***\n# a", ["a"]),
        ("* * x\n    # a", []), ("-     x\n  # a", []),
        ("- ```\n  # a\nx\n# b", ["b"]), ("x\n    # a\n# b", ["b"]), ("> # a\n# b", ["b"]), ("a\n===\n# b", ["b"]), ("+ x\n\n\n  # a\n# b", ["b"]),
        ("-x\n  # a", ["a"]),
    ],
)  # fmt: skip
def test_headings_stand_outside_of_code_and_lists(text: str, found: list[str]) -> None:
    """As GitHub reads them, with any line end."""
    assert titles(text) == found
    assert titles(text.replace("\n", "\r\n")) == found


def test_what_a_page_leaves_open_can_be_closed() -> None:
    """By the line that its last block asks for."""
    for text, end in (("```\nx", "```"), ("~~~~ x", "~~~~"), ("<!-- x", "-->"), ("<pre>\nx", "</pre>"), ("<? x", "?>"), ("<div>\nx", ""), ("x", "")):
        assert outline(text).open_end == end
        assert closed(text) == (f"{text}\n{end}" if end else text)
    assert closed("## closed\n```") == "## closed\n```\n```"
    assert insert("a\n```", 5, "b", "\n") == "a\n```\n```\n\nb\n"


def test_an_old_page_is_taken_apart() -> None:
    """Title, facts, times, severity, threads; headings of a report stay below their occurrence."""
    link = "https://acme.slack.com/archives/C0ALERTS1/p1765526465120900"
    text = (
        f"intro\n# Error: KeyError in run\nHandler: `go`\n\n## Error Signature\n**Error type:** `KeyErr`\n"
        f"- Key message: [To be filled]\n- Key message: it broke\n"
        f"## Severity\n\nhigh, maybe critical\n## Diagnosis History\n"
        f"### Occurrence 1 - 2025-12-17 09:12\n## Summary\nx {link}\n### Occurrence 2 (2025-12-18)\ny {link}\n"
        "## Odd\nz\n   ## Common Causes #\n- a\n# Other\nw\n"
    )
    old = old_entry.read(text)
    assert (old.heading, old.title, old.occurrences, old.severity, old.threads) == (
        "# Error: KeyError in run",
        "Error: KeyError in run",
        2,
        "critical",
        (link,),
    )
    assert old.facts == {"handler": "go", "error type": "KeyErr", "key message": "it broke"}
    assert old.times == ("2025-12-17T09:12:00Z", "2025-12-18T00:00:00Z")
    assert old.history == f"### Occurrence 1 - 2025-12-17 09:12\n#### Summary\nx {link}\n\n### Occurrence 2 (2025-12-18)\ny {link}\n## Odd\nz".replace(
        "\n## Odd", "\n#### Odd"
    )
    assert old.sections["Common Causes"] == "###    ## Common Causes #\n\n- a".replace("###    ", "#")
    assert old.notes == "intro\n\nHandler: `go`\n\n### Severity\n\nhigh, maybe critical\n\n### Other\nw"
    assert old_entry.named(old, "stem") == ("go", "KeyErr", "it broke")
    bare = old_entry.read("# Error: KeyError in run\n")
    assert old_entry.named(bare, "stem") == ("run", "KeyError", "")
    assert old_entry.named(old_entry.read("x"), "stem") == ("stem", "unknown", "")
    for line, severity in (
        ("## Severity of it\n\nlow", "low"),
        ("## No severity\n\nlow", None),
        ("## severity\n\n\nx\nlow", None),
        ("### Severity\nMEDIUM", "medium"),
        ("## Severity\nxhigh", None),
        (f"## Severity\n{' ' * 400}low", None),
    ):
        assert old_entry.read(line).severity == severity
    assert old_entry.read("# Error: a in b\nHandler: [Link to x]\nHandler: see [Links to x]\nHandler: go").facts == {"handler": "go"}
    assert old_entry.read("## Occurrence 1\n ## x\n").history == "### Occurrence 1\n### x"
    assert old_entry.named(old_entry.read("# Odd Error: a in b"), "stem") == ("stem", "unknown", "")
    assert old_entry.read("### Occurrence 1\n## a\n###### b\n").history == "### Occurrence 1\n#### a\n###### b"
    for page, is_old in (
        ("# Error: a in b", True),
        ("## Error: a in b", False),
        ("## Error Signature", True),
        ("# Error Signature", False),
        ("# Error: a", False),
    ):
        assert old_entry.is_old(page) == is_old
    assert [old_entry.time_of(words) for words in ("x 2025-12-17T09:12:44.5 y", "2025-13-01", "none")] == ["2025-12-17T09:12:44Z", "", ""]


def test_each_line_is_of_a_kind() -> None:
    """As what it stands in."""
    for text, kinds in (
        ("~~~\nx\n~~~\ny", "cccp"),
        ("```\n\n```", "ccc"),
        ("<!--\nx -->\ny", ["comment", "comment", "prose"]),
        ("<p>\nx\n\ny", "hhpp"),
        ("    x\ny", "cp"),
        ("x\n    y", "pp"),
    ):
        found = [line.kind for line in outline(text).lines]
        assert found == kinds or "".join(kind[0] for kind in found) == kinds
