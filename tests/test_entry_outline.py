"""Lines and headings of a page at the borders of Markdown's rules: lists, paragraphs, fences, tags, rules."""

import pytest

from bot.core.entry.outline import outline


def kinds(text: str) -> str:
    """A letter for each line: prose, code, html, comment (as `-`)."""
    return "".join({"comment": "-"}.get(line.kind, line.kind[0]) for line in outline(text).lines)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("x\n  \n    a", "ppc"), ("x\n   a", "pp"), ("   a", "p"), ("    a", "c"), ("> a\n    b", "pp"), (">\n    b", "pc"), ("***\n    a", "pc"),
        ("* * *\n    a", "pc"), ("- - -\n    a", "pc"), ("___\n    a", "pc"), ("# a\n    b", "pc"), ("---\nx\n    a", "ppp"), ("a # b\n    c", "pp"),
        ("a ```\n    c", "pp"), ("a ***\n    c", "pp"), ("-***\n    a", "pp"), ("-```\n    a", "pp"), ("> a # b\n    c", "pp"), ("> ```\n    a", "pc"),
        ("> ---\n    a", "pc"), ("a\n===\n    b", "ppc"), ("===\n    b", "pp"), ("--\n    b", "pp"), ("__ _\n===\n    b", "ppp"),
        # A fence is closed by as many signs or more, at most three columns in, and by nothing else on its line.
        ("```\nx\n```   \ny", "cccp"), ("```\nx\n``` y\nz", "cccc"), ("```\n   ```\ny", "ccp"), ("```\n    ```\ny", "ccc"), ("```\n``` `\n```", "ccc"),
        ("``` x\ny\n```\nz", "cccp"), ("``` x`\ny", "pp"), ("~~~ x`\ny", "cc"), ("```\nx ```\ny", "ccc"), ("- ```\n  ```\n\ny", "ccpp"),
        ("- ```\n     ```\n  y", "ccp"),
        ("- ```\n      ```\n  y", "ccc"), ("- ```\n \n  a", "ccc"), ("- ```\n  a\nb", "ccp"), ("- ```\n a", "cp"), ("```\n~~~\n```\na", "cccp"),
        ("  ```\na\n```\nb", "cccp"),
        # Items: the content begins one to four columns after the sign, or one after it where code or nothing follows.
        ("- a\n\n  b\n\n      c", "ppppc"), ("- a\n\n     b", "ppp"), ("-    a\n\n        b", "ppp"), ("-    a\n\n         b", "ppc"),
        ("-    - x\n\n          y", "ppp"),
        ("-    - x\n\n           y", "ppc"), ("-     - x\n\n    y", "cpp"), ("-     a\n\n     b\n\n      c", "cpppc"), ("-\ta\n\n    b", "ppp"),
        ("-\ta\n\n        b", "ppc"),
        ("-  \n     a", "pp"), ("-  \n      a", "pc"), ("10. a\n\n       b", "ppp"), ("10. a\n\n        b", "ppc"), ("1) a\n\n      b", "ppp"),
        ("1) a\n\n       b", "ppc"),
        ("+ a\n\n      b", "ppc"), ("- - - x\n      # a", "pp"), ("- - a\n\n        b", "ppc"), ("- - a\n\n       b", "ppp"), ("- a\n\n b\n\n    c", "ppppc"),
        ("-a\n\n    b", "ppc"), ("1.a\n\n    b", "ppc"), ("- > a\n    b", "pp"), ("- # a\n      b", "pc"), ("- # a\n     b", "pp"), ("- <div>\n  x\ny", "hhp"),
        ("-\n  <!--\n\n  x\ny", "p---p"), ("    - a\n\n      b", "cpc"), ("   - a\n\n      b", "ppp"), ("- a\n\n      - b\n\n        c", "ppcpc"),
        ("<x> y\nb", "pp"), ("</x> y\nb", "pp"), ("<x>\t \nb", "hh"),
        ("x\n-\n    a", "ppc"), ("x\n2. y\n\n    a", "pppc"), ("x\n1. y\n\n    a", "pppp"), ("- x\n-\n\n    y", "pppc"),
        ("<?\n?>\n    x", "hhc"), ("<!-- a -->\n    b", "-c"), ("x\n<!-- a -->\n    b", "p-c"), ("<x>\n\n    b", "hpc"), ("> ```\n</x>", "ph"),
        ("- a\n</x>\nb", "ppp"),
        ("a\n</x>\nb", "ppp"), ("a <div>\n    b", "pp"), ("a <x>\nb", "pp"), ("<div>\na\n \nb", "hhpp"), ("<pre>\n\na", "hhh"), ("<!--\n\n-->\na", "---p"),
    ],
)  # fmt: skip
def test_each_line_stands_in_something(text: str, found: str) -> None:
    """With any line end."""
    assert kinds(text) == found
    assert kinds(text.replace("\n", "\r\n")) == kinds(text.replace("\n", "\r")) == found


@pytest.mark.parametrize("words", ["x", "x # y", "x ```", "x ***", "x - y", "x <div>", "x > y", "x 1. y", "===", "#x", "``", "**", "-x", "</x>"])
def test_a_paragraph_of_an_item_goes_on_without_indentation(words: str) -> None:
    """What begins nothing of its own does not end the item: the heading below is still inside."""
    assert [one.title for one in outline(f"- a\n{words}\n  # b\n# c").headings] == ["c"]
    assert [one.title for one in outline(f"- a\n\n{words}\n\n  # b\n# c").headings] == ["b", "c"]


@pytest.mark.parametrize("words", ["# y", "```\n```", "***", "> y", "<div>\n", "<!-- -->"])
def test_what_begins_something_ends_the_item(words: str) -> None:
    """Even right after its paragraph."""
    assert outline(f"- a\n{words}\n\n  # b\n").headings[-1].title == "b"


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("#   a   ##\n#  ##\n# #\n#", ["a", "", "", ""]), ("# a#\n# a \\#", ["a#", "a \\#"]), ("- a\n\n  -\n\n\n  # x\n# y", ["y"]), ("-\n\n# x", ["x"]),
        ("- a\n\n\n  # x", []), ("- - a\n\n    # x\n\n  # y\n\n# z", ["z"]), ("1234567890. a\n# x", ["x"]), ("123456789. a\n\n           # x", []),
        ("1234567890. a\n\n   # x", ["x"]), ("x\n- y\n  # a", []), ("x\n2) y\n   # a", ["a"]), ("- x\n2. y\n   # a", []), ("- x\n  2. y\n     # a", []),
        ("x\n1.\n   # a", ["a"]), ("+\n+ x\n  # a", []), ("* a\n*\n  # b", []), ("- a\n <!-- b -->\n  # c", ["c"]),
        ("   1. x\n    <div>\n# h", ["h"]), ("<x  a >\n# a", []), ("<x a=bc>\n# a", []), ("<x a='bc'>\n# a", []), ('<x a="bc">\n# a', []),
        ("<x a=''>\n# a", []),
        ("<x>  \n# a", []), ("<x> y\n# a", ["a"]), ("</x> y\n# a", ["a"]), ("<x a = 'b' c>\n# a", []),
        ("<x a b='c'd>\n# a", ["a"]), ("<x/>\n# a", []), ("<x />\n# a", []), ("</x  >\n# a", []),
        ("</x a>\n# a", ["a"]),
        ("<x-y9>\n# a", []), ("<9x>\n# a", ["a"]), ("<x 9a>\n# a", ["a"]), ("<x _a:b.c-9>\n# a", []), ("x<y>\n# a", ["a"]),
        ("<style>\n\n# a\n</style>\n# b", ["b"]),
        ("<script x\n\n# a\n</script>\n# b", ["b"]), ("x <!--\n# a", ["a"]), ("x <?\n# a", ["a"]), ("<scripts>\n\n# a", ["a"]), ("<pre\n\n# a", []),
        ("<prex\n# a", ["a"]),
    ],
)  # fmt: skip
def test_headings_at_the_borders(text: str, titles: list[str]) -> None:
    """Where one more sign makes it another thing."""
    assert [one.title for one in outline(text).headings] == titles


def test_offsets_and_depth_are_bounded() -> None:
    """A heading's offsets are those of its line; fifty lists inside each other are read, no more."""
    heading = outline("a\r\n  ## b ##\r\nc").headings[0]
    assert (heading.level, heading.title, heading.start, heading.end) == (2, "b", 3, 14)
    assert [(line.start, line.end, line.text) for line in outline("a\r\nb\rc\n\nd").lines] == [(0, 3, "a"), (3, 5, "b"), (5, 7, "c"), (7, 8, ""), (8, 9, "d")]
    assert (outline("- " * 50 + "```").open_end, outline("- " * 51 + "```").open_end) == ("```", "")
    assert outline("").lines == ()


TAGS = (
    "address article aside blockquote body center dd details dialog dir div dl dt figcaption figure footer form h1 h6 header hr html iframe legend li link "
    "main menu nav ol option p param section summary table tbody td tfoot th thead title tr ul"
)


@pytest.mark.parametrize("tag", TAGS.split())
def test_a_tag_that_hides_what_follows(tag: str) -> None:
    """Up to the next blank line, even in a paragraph; a longer name is another tag."""
    for words in (f"<{tag}>", f"</{tag} x", f"<{tag.upper()}/>", f"<{tag}\ty", f"<{tag}"):
        assert kinds(f"a\n{words}\n# b\n\nc") == "phhpp", words
    assert kinds(f"a\n<{tag}y>\nb") == kinds(f"a\n<{tag}/ >\nb") == kinds(f"a\nx<{tag}>\nb") == "ppp"


def test_a_line_is_hidden_where_markdown_means_nothing() -> None:
    """In code, comments and raw HTML."""
    assert [line.hidden for line in outline("a\n```\n```\n\n<!-- -->\n<div>\n\nb").lines] == [False, True, True, False, True, True, False, False]
