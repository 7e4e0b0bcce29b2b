"""The linter's rules on text, each asked by itself of a small page, and the secrets of a patch."""

import pytest

from bot.core.entry.entry import render
from bot.core.entry.sections import SECTIONS
from bot.core.knowledge.index_marks import BEGIN, END
from bot.core.lint import body
from bot.core.lint.diff import secrets_added
from bot.core.lint.lint import RULES, check
from bot.core.lint.page import Page, PageCheck
from bot.texts.entry_page import new_entry
from tests.occurrences import occurrence, signature

TOKEN = "SECRET"


def page(text: str, path: str = "knowledge/notes.md") -> Page:
    """A page of a folder in which every path leads somewhere."""
    return Page(path, text, lambda _path: True, lambda text: [(text.find(TOKEN), "word")] if TOKEN in text else [])


def marked(text: str) -> list[tuple[int, int, str]]:
    """Each word SECRET with the digit behind it is one."""
    return [(at, at + 7, "word") for at in range(len(text)) if text.startswith(TOKEN, at)]


@pytest.mark.parametrize(
    ("check", "text", "told"),
    [
        (body.links_lead_somewhere, "[a](../../x.md) [b](../x.md) [c](x..)", [(1, "the link to ../../x.md leads nowhere")]),
        (body.links_lead_somewhere, "[a](x%00y)\n\n[a](/../x)\n[a](/x)", [(1, "the link to x%00y leads nowhere"), (3, "the link to /../x leads nowhere")]),
        (body.links_lead_somewhere, "[r]: ../../../etc/passwd", [(1, "the link to ../../../etc/passwd leads nowhere")]),
        (body.no_secrets, "a\n\nb SECRET", [(3, "looks like a secret (word)")]),
        (body.no_secrets, "\nSECRET", [(2, "looks like a secret (word)")]),
        (body.no_conflicts, "a\n<<<<<<< HEAD", [(2, "a merge-conflict marker: `<<<<<<<`")]),
        (body.no_markup, "a\n![b][c] <id>", [(2, "raw HTML: `<id`"), (2, "an image")]),
        (body.no_markup, "see ![b][c] there", [(1, "an image")]),
        (body.no_markup, "[a\\](<id>) [b](<c>) [d\\\\](<e>)", [(1, "raw HTML: `<id`")]),
        (body.no_markup, "a <`x`id> b", []),
        (body.closed, "```", [(1, "the closing ``` is missing")]),
        (body.closed, "<!-- a\nb", [(2, "the closing --> is missing")]),
        (body.closed, "a\n```\nb", [(3, "the closing ``` is missing")]),
        (body.closed, "```\nb\n```", []),
        (body.all_sections, "## In short", []),
        (body.sections_in_order, "## Related Errors\n## In short\n## In short", []),
        (body.nothing_invisible, "a\n\u200bb\u202e", [(2, "the invisible character U+200B")]),
        (body.nothing_invisible, "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", []),
        (body.nothing_invisible, "ad\u200cmin \u06cc\u200c", [(1, "the invisible character U+200C")]),
    ],
)
def test_what_a_page_is_told(check: PageCheck, text: str, told: list[tuple[int, str]]) -> None:
    """At its line; what only entries must have is not asked of it."""
    assert [(one.line, one.message) for one in check(page(text))] == told


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("[^1]: Footnote of the pool", []),
        ("[Note]: the pool is small", []),
        ("take f[0](1, 2)", []),
        ('[a](b.md "t") [a]( c.md ) [a](<d e.md>)', ["b.md", "c.md", "d e.md"]),
        ("[a](b(c).md) [a](d.md (t)) [a](e.md", ["b(c).md", "d.md", "e.md"]),
        ("[a](pool_(database).md) [a](retry().md)", ["pool_(database).md", "retry().md"]),
        ('[x]: b.md "t"', ["b.md"]),
        ("[x]: <b c.md>", ["b c.md"]),
    ],
)
def test_what_is_a_link_on_github_is_followed(text: str, targets: list[str]) -> None:
    """And prose with brackets is none."""
    lost = Page("knowledge/a.md", text, lambda _path: False, lambda _text: ())
    assert [one.message for one in body.links_lead_somewhere(lost)] == [f"the link to {target} leads nowhere" for target in targets]


def test_links_that_the_bot_makes_anew_are_not_followed() -> None:
    """A request that takes an entry out has nothing to mend in the index; what people wrote around it is theirs."""
    text = f"[a](errors/a.md)\n{BEGIN}\n- [b](errors/b.md)\n{END}\n[c](errors/c.md)"
    lost = Page("knowledge/README.md", text, lambda _path: False, lambda _text: ())
    assert [one.line for one in body.links_lead_somewhere(lost)] == [1, 5]
    unmarked = Page("knowledge/README.md", text.replace(END, ""), lambda _path: False, lambda _text: ())
    assert [one.line for one in body.links_lead_somewhere(unmarked)] == [1, 3, 5]


@pytest.mark.parametrize(
    ("words", "is_heading"),
    [
        ("### In short", True),
        ("## In_short", True),
        ("In short\n--- \t", True),
        ("In short\n- one row lock", False),
        ("In short\n--- a", False),
        ("In short\nthe lock is gone ---", False),
        ("**In short:**", False),
        ("## Inshort", False),
        ("```\n## In short:\n```", False),
    ],
)
def test_which_headings_people_read_as_a_section(words: str, is_heading: bool) -> None:
    """One of another form; not the words above a list, in bold, as one word or in code. What to do stands with it."""
    others = "".join(f"\n## {title}\n" for title in SECTIONS if title != "In short")
    (found,) = body.all_sections(page(f"---\na: b\n---\n{words}\n{others}", "errors/a.md"))
    said = f"`{words.partition(chr(10))[0]}` is not read as" if is_heading else "the section `## In short` is missing"

    assert (found.line, found.message.removesuffix(" the section `## In short`")) == (4, said)
    assert found.remedy == ("write the heading as `## In short`, or the bot adds a second one" if is_heading else "")


@pytest.mark.parametrize("heading", ["### In short", "# In short", "## **In short**", "## In short :clock1:", "## In Short:", "In short\n---", "In short\n==="])
def test_a_heading_that_only_people_read_as_the_section_is_named(heading: str) -> None:
    """The bot would add a second one."""
    entry = render(new_entry(signature(), occurrence()))
    changed = entry.replace("## In short", heading)
    (found,) = [one for one in check({"knowledge/errors/x.md": changed}) if one.rule == "KB020"]
    line = changed[: changed.index(heading)].count("\n") + 1
    assert (found.line, found.message) == (line, f"`{heading.partition(chr(10))[0]}` is not read as the section `## In short`")
    renamed = [one for one in check({"knowledge/errors/x.md": entry.replace("## In short", "## Kurzfassung")}) if one.rule == "KB020"]
    assert [one.message for one in renamed] == ["the section `## In short` is missing"]


@pytest.mark.parametrize(
    ("path", "is_entry"),
    [
        ("knowledge/errors/a.md", True),
        ("errors/a.md", True),
        ("knowledge/EXAMPLE.md", True),
        ("EXAMPLE.md", True),
        ("xerrors/a.md", False),
        ("errors/old/a.md", False),
        ("knowledge/errors.md", False),
        ("knowledge/a.md", False),
        ("knowledge/example.md", False),
        ("knowledge/", False),
    ],
)
def test_which_files_are_entries(path: str, is_entry: bool) -> None:
    """Those in a folder `errors`, and the example; other pages are not asked for front matter."""
    one = page("# Notes\n", path)

    assert one.is_entry is is_entry
    assert (one.reading is not None) is is_entry
    assert one.in_folder is (is_entry and not path.endswith("EXAMPLE.md"))


def test_a_key_is_told_at_its_line() -> None:
    """Or at the first line where it is not written."""
    one = page("---\na: b\nsignature: c\n---\n", "errors/a.md")

    assert [one.key_line("signature"), one.key_line("aliases"), page("signature: a").key_line("signature")] == [3, 1, 1]


def test_an_entry_needs_every_section() -> None:
    """Also one whose front matter is whole; told at the first line below it. Only one that leads on needs none."""
    keys = (
        "signature: a\ntitle: t\nstatus: {}\nseverity: high\ncategory: application\nerror_type: E\nculprit: c\nservices: []\nenvironments: [prod]\n"
        "first_seen: 2025-12-10\nlast_seen: 2025-12-17\noccurrences: 1\nthreads: [https://a.slack.com/archives/C1/p1765526465120900]\n{}schema: 1\n"
    )
    short = "".join(f"## {title}\n" for title in ("In short", "error signature", "Diagnosis History", "Common Causes", "Resolution Patterns"))
    standing, went = (f"---\n{keys.format(*values)}---\n{short}" for values in (("diagnosed", ""), ("withdrawn", "replaced_by: b\n")))

    assert [(one.line, one.message) for one in body.all_sections(page(standing, "errors/a.md"))] == [(17, "the section `## Related Errors` is missing")]
    assert list(body.all_sections(page(went, "errors/a.md"))) == []
    assert list(body.all_sections(page(f"{standing}## Related Errors\n", "errors/a.md"))) == []


def test_what_is_found_is_no_notice() -> None:
    """It fails the check; only a notice does not."""
    found = check({"knowledge/a.md": "<id>\n"})

    assert [(one.rule, one.notice) for one in found] == [("KB032", False), ("KB003", False)]


def test_every_rule_says_what_holds_and_what_to_do() -> None:
    """A sentence, and a remedy of several words, for each of them: both are shown to whoever breaks it."""
    for rule in RULES:
        assert rule.text.endswith("."), rule.id
        assert rule.text[0].isupper() or rule.text[0] == "`", rule.id
        assert len(rule.remedy.split()) > 3, rule.id


def test_sections_of_an_entry_stand_in_order() -> None:
    """The first may stand first; each is held against the latest before it."""
    text = "---\na: b\n---\n## Mine\n## In short\n## Common Causes\n## error signature\n## Diagnosis History\n## In short\n## Resolution Patterns\n"

    assert [(one.line, one.message) for one in body.sections_in_order(page(text, "errors/a.md"))] == [
        (7, "`## error signature` stands after `## Common Causes`"),
        (8, "`## Diagnosis History` stands after `## Common Causes`"),
        (9, "the section `## In short` stands twice"),
    ]


@pytest.mark.parametrize(
    ("final", "history", "told"),
    [
        ("+\n+SECRET1 a", "", [(2, "")]),
        ("+SECRET1 a\n+SECRET2", "+SECRET1 b\n+SECRET2", [(1, ""), (2, "")]),
        ("+SECRET1", "+SECRET2 x\n+SECRET2 y", [(1, ""), (1, ", in commit bbbbbbbbbb")]),
        ("+fine", "+SECRET3", [(1, ", in commit bbbbbbbbbb")]),
    ],
)
def test_a_secret_of_a_patch_is_told_where_it_stands(final: str, history: str, told: list[tuple[int, str]]) -> None:
    """At its line in the last state, whatever stands behind it; else once, with the commit that holds it."""
    last, every = (f"commit {'b' * 40}\n+++ b/a.md\n@@ -9,0 +1,{words.count('+')} @@\n{words}\n" for words in (final, history))

    assert [(one.line, one.message) for one in secrets_added(last, every, marked)] == [(line, f"looks like a secret (word){where}") for line, where in told]
