"""The linter's rules on text, each asked by itself of a small page, and the secrets of a patch."""

import pytest

from bot.core.lint import body
from bot.core.lint.diff import secrets_added
from bot.core.lint.page import Page, PageCheck

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
        (body.no_conflicts, "a\n<<<<<<< HEAD", [(2, "a merge-conflict marker: `<<<<<<<`")]),
        (body.no_markup, "a\n![b][c] <id>", [(2, "raw HTML: `<id`"), (2, "an image")]),
        (body.closed, "a\n```\nb", [(3, "the closing ``` is missing")]),
        (body.closed, "```\nb\n```", []),
        (body.all_sections, "## In short", []),
        (body.sections_in_order, "## Related Errors\n## In short\n## In short", []),
        (body.nothing_invisible, "a\n\u200bb\u202e", [(2, "the invisible character U+200B")]),
    ],
)
def test_what_a_page_is_told(check: PageCheck, text: str, told: list[tuple[int, str]]) -> None:
    """At its line; what only entries must have is not asked of it."""
    assert [(one.line, one.message) for one in check(page(text))] == told


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
