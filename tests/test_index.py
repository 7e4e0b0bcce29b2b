"""The index says what needs attention first, keeps what people wrote around it, and the schema page follows the code."""

from pathlib import Path

import frontmatter
import msgspec
import pytest
from markdown_it import MarkdownIt

from bot.core.entry import Entry, amended
from bot.core.entry_meta import KEYS
from bot.core.front_patch import Setting
from bot.core.lint import check
from bot.texts.entry_page import new_entry
from bot.texts.index import BEGIN, END, commit_message, index, schema_page
from tests.conftest import project
from tests.occurrences import occurrence, signature


def entry(message: str, **meta: Setting) -> Entry:
    """An entry of an error with this message."""
    return amended(new_entry(signature(message=message), occurrence()), meta)


def test_regressions_stand_before_everything_else() -> None:
    """Then what is open, gravest first; what is resolved stands in the table only."""
    page = index(
        [
            entry("open low", severity="low"),
            entry("open critical", severity="critical"),
            entry("came back", status="regressed"),
            entry("done", status="resolved", resolution="x", resolved_at="2025-12-20T00:00:00Z"),
            entry("gone", status="withdrawn"),
        ]
    )
    assert "5 entries (1 regressed, 2 diagnosed, 1 resolved, 1 withdrawn), 5 occurrences." in page
    head = page[: page.index("## Most frequent")]
    assert head.index("came back") < head.index("open critical") < head.index("open low")
    assert "done" not in head
    assert "gone" not in page[: page.index("## All entries")]
    table = page[page.index("## All entries") :]
    order = [table.index(words) for words in ("came back", "open critical", "open low", "done", "gone")]
    assert order == sorted(order)


def test_the_index_is_the_same_whatever_the_order_of_the_files() -> None:
    """So that nothing is committed when nothing changed."""
    entries = [entry(f"message {word}") for word in ("red", "green", "blue")]
    page = index(entries)
    assert index(reversed(entries)) == page
    assert index(entries, page) == page


def test_text_around_the_markers_stays() -> None:
    """A team may write above and below; a page without markers gets the index at its end."""
    page = f"# Ours\r\n\r\n{BEGIN}\r\nold\r\n{END}\r\n\r\nAsk Ada.\r\n"
    new = index([entry("x")], page)
    assert new.startswith("# Ours\r\n\r\n" + BEGIN)
    assert new.endswith(f"{END}\r\n\r\nAsk Ada.\r\n")
    assert "old" not in new
    assert new.count("\n") == new.count("\r\n")
    assert index([], "# Ours\n\nAsk Ada.").startswith(f"# Ours\n\nAsk Ada.\n\n{BEGIN}\n")


def test_every_link_of_the_index_leads_to_its_entry() -> None:
    """Relative to the folder, also for a title that a stranger wrote."""
    hostile = entry("x", title="](http://e.example) | <img src=x> ![i](y) @ada #12")
    page = index([hostile, entry("y")])
    paths = {f"knowledge/errors/{one.meta.signature}.md" for one in (hostile, entry("y"))} | {"knowledge/SCHEMA.md", "knowledge/EXAMPLE.md"}
    assert [finding for finding in check({"knowledge/README.md": page}, paths.__contains__) if finding.rule != "KB003"] == []
    tokens = [child for token in MarkdownIt("gfm-like", {"linkify": False}).parse(page) for child in token.children or ()]
    targets = {str(token.attrs["href"]) for token in tokens if token.type == "link_open"}
    assert targets == {path.removeprefix("knowledge/") for path in paths}
    assert not [token for token in tokens if token.type in ("image", "html_inline")]


@pytest.mark.slow
def test_a_very_large_folder_still_has_a_page_that_github_draws() -> None:
    """Less than 500 kB, and the page says how many are left out."""
    one = entry("a rather long message " * 5)
    metas = [msgspec.structs.replace(one.meta, signature=f"{one.meta.signature}_{number:04}") for number in range(2500)]
    many = [msgspec.structs.replace(one, meta=meta) for meta in metas]
    page = index(many)
    assert len(page.encode()) <= 500_000
    assert "more are in [errors](errors)." in page
    assert "2500 entries" in page


def test_the_commit_message_counts() -> None:
    """One line."""
    assert (commit_message(1), commit_message(3)) == ("Update the index of 1 entry", "Update the index of 3 entries")


def test_the_schema_page_shows_every_key_once_and_its_example_is_valid() -> None:
    """Generated from the code, in its order."""
    page = schema_page()
    rows = [line.split("`")[1] for line in page.splitlines() if line.startswith("| `")]
    assert rows == list(KEYS)
    block = page.partition("```yaml\n")[2].partition("```")[0]
    metadata, _ = frontmatter.parse(block)
    assert list(metadata) == list(KEYS)
    text = block + "\n## In short\n\n## Error Signature\n\n## Diagnosis History\n\n## Common Causes\n\n## Resolution Patterns\n\n## Related Errors\n"
    path = f"knowledge/errors/{metadata['signature']}.md"
    assert check({path: text}) == []


def test_the_pages_in_this_repository_are_current() -> None:
    """SCHEMA.md is what the code writes; the example entry has nothing to mend."""
    folder = Path(project()) / "knowledge"
    assert (folder / "SCHEMA.md").read_text(encoding="utf-8") == schema_page()
    example = (folder / "EXAMPLE.md").read_text(encoding="utf-8")
    assert [finding for finding in check({"knowledge/EXAMPLE.md": example}) if finding.rule != "KB003"] == []
