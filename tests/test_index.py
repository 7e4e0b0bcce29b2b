"""The index says what needs attention first, keeps what people wrote around it, and stays small and still whatever the folder holds."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import frontmatter
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bench.knowledge_entries import entries
from bot.core.entry.entry import Entry, amended, parse, render
from bot.core.entry.front_patch import Setting
from bot.core.entry.meta import KEYS, EntryMeta
from bot.core.knowledge.index_marks import BEGIN, END
from bot.core.lint.lint import check
from bot.jobs.indexing import MAX_BATCH, batches, revisions
from bot.model import Revision
from bot.texts.entry_page import new_entry
from bot.texts.index import FRONT, commit_message, pages
from bot.texts.index_pages import EMPTY, MAX_SERVICES, file_name
from bot.texts.schema_page import schema_page
from tests.conftest import project
from tests.occurrences import occurrence, signature


def meta(message: str, **changes: Setting) -> EntryMeta:
    """An entry of an error with this message."""
    return entry(message, **changes).meta


def entry(message: str, **changes: Setting) -> Entry:
    """The same, whole."""
    return amended(new_entry(signature(message=message), occurrence()), changes)


def index(entries: Iterable[EntryMeta], page: str = "") -> str:
    """The front page."""
    return pages(entries, {FRONT: page})[FRONT]


def test_an_entry_whose_file_was_renamed_by_hand_is_linked_there() -> None:
    """Under the name of the file, also before the name inside follows; a file whose name can be no entry's is left out."""
    text = render(entry("a"))
    (front, *_) = [one.after for one in revisions({"knowledge/errors/renamed.md": text, "knowledge/errors/a b.md": text}, {}) if one.path == FRONT]
    assert "(errors/renamed.md)" in front
    assert entry("a").meta.signature not in front


def test_what_is_left_under_an_old_name_is_neither_listed_nor_counted() -> None:
    """Its alerts stand under the new one; an entry that was withdrawn is still an entry."""
    kept, gone = meta("kept", occurrences=8), meta("gone", status="withdrawn")
    left = meta("left", status="withdrawn", replaced_by=kept.signature, occurrences=5)
    made = pages([kept, gone, left], {})

    assert "2 entries (1 diagnosed, 1 withdrawn), 9 occurrences." in made[FRONT]
    assert not [path for path, text in made.items() if left.signature in text]


def targets(path: str, page: str) -> set[str]:
    """Where the links of a page lead, from the repository's root."""
    tokens = [child for token in MarkdownIt("gfm-like", {"linkify": False}).parse(page) for child in token.children or ()]
    assert not [token for token in tokens if token.type in ("image", "html_inline")]
    found = (str(token.attrs["href"]) for token in tokens if token.type == "link_open")
    return {(Path("/") / Path(path).parent / target).resolve().relative_to("/").as_posix() for target in found}


def test_regressions_stand_before_everything_else() -> None:
    """Then what is open, by severity, gravest first; what is resolved stands in the table only."""
    page = index(
        [
            meta("open low", severity="low"),
            meta("open critical", severity="critical"),
            meta("came back", status="regressed"),
            meta("done", status="resolved", resolution="x", resolved_at="2025-12-20T00:00:00Z"),
            meta("gone", status="withdrawn"),
        ]
    )
    assert "5 entries (1 regressed, 2 diagnosed, 1 resolved, 1 withdrawn), 5 occurrences." in page
    head = page[: page.index("## Browse")]
    assert head.index("came back") < head.index("### Critical") < head.index("open critical") < head.index("### Low") < head.index("open low")
    assert "done" not in head
    assert "gone" not in page[: page.index("## All entries")]
    table = page[page.index("## All entries") :]
    order = [table.index(words) for words in ("came back", "open critical", "open low", "done", "gone")]
    assert order == sorted(order)


def test_a_severity_that_is_the_heading_is_not_said_again() -> None:
    """Where entries of all severities stand together, each says its own."""
    page = index([meta("open low", severity="low"), meta("came back", severity="high", status="regressed")])
    (back,) = (line for line in page.split("\n") if line.startswith("- ") and "came back" in line)
    (waits,) = (line for line in page.split("\n") if line.startswith("- ") and "open low" in line)
    assert " · high · 1 occurrence" in back
    assert "### Low" in page
    assert waits.endswith(".md) · 1 occurrence · last seen " + meta("open low").last_seen[:10])


def test_each_entry_stands_on_the_pages_of_its_services_category_severity_and_months() -> None:
    """Every page is reached from the front page, and every link of every page leads to something that is there."""
    one = meta("x", services=("transfers", "Ledger API"), severity="high", threads=(), first_seen="2025-12-12T08:00:00Z", last_seen="2026-02-01T00:00:00Z")
    made = pages([one, meta("y", services=(), severity="low", category="database")], {})
    there = {*made, f"knowledge/errors/{one.signature}.md", f"knowledge/errors/{meta('y').signature}.md", "knowledge/SCHEMA.md", "knowledge/EXAMPLE.md"}
    for kind, name in (("service", "transfers"), ("service", file_name("Ledger API")), ("severity", "high"), ("category", "application"), ("month", "2025-12")):
        assert one.signature in made[f"knowledge/index/{kind}/{name}.md"]
    assert one.signature in made["knowledge/index/month/2026-02.md"]
    assert "2026-01" not in "".join(made)
    found = {path: targets(path, page) for path, page in made.items()}
    assert set().union(*found.values()) <= there
    assert {path for path in made if not path.endswith("README.md")} <= found[FRONT]


def test_the_index_is_the_same_whatever_the_order_of_the_files() -> None:
    """So that nothing is committed when nothing changed."""
    metas = [meta(f"message {word}") for word in ("red", "green", "blue")]
    made = pages(metas, {})
    assert pages(reversed(metas), {}) == made
    assert pages(metas, made) == made


def test_text_around_the_markers_stays() -> None:
    """A team may write above and below, on every page; a page without markers gets the index at its end."""
    page = f"# Ours\r\n\r\n{BEGIN}\r\nold\r\n{END}\r\n\r\nAsk Ada.\r\n"
    path = "knowledge/index/severity/high.md"
    made = pages([meta("x", severity="high")], {FRONT: page, path: page})
    for new in (made[FRONT], made[path]):
        assert new.startswith("# Ours\r\n\r\n" + BEGIN)
        assert new.endswith(f"{END}\r\n\r\nAsk Ada.\r\n")
        assert "old\r\n" not in new
        assert new.count("\n") == new.count("\r\n")
    assert index([], "# Ours\n\nAsk Ada.").startswith(f"# Ours\n\nAsk Ada.\n\n{BEGIN}\n")
    assert index([], f"{END}\n{BEGIN}" * 3).count("No entry yet.") == 1


def test_a_page_whose_entries_are_gone_says_so_and_keeps_what_people_wrote() -> None:
    """A page that was never the bot's is left alone."""
    path, theirs = "knowledge/index/service/old-shop.md", "knowledge/index/service/notes.md"
    before = pages([meta("x", services=("old-shop",))], {})[path] + "\nAda knows the shop.\n"
    after = pages([meta("x", services=("new-shop",))], {path: before, theirs: "ours alone"})
    assert EMPTY in after[path]
    assert meta("x").signature not in after[path]
    assert after[path].endswith("\nAda knows the shop.\n")
    assert theirs not in after
    assert pages([meta("x", services=("new-shop",))], {path: after[path]})[path] == after[path]


def test_a_hostile_service_gets_a_page_of_its_own_inside_the_folder() -> None:
    """Names that differ only in case or in marks do not share one, and none is a path, a reserved name or another's further part."""
    names = [
        "api",
        "API",
        "a/p/i",
        "../../README",
        "README",
        "other",
        "api.2",
        "con",
        "",
        "…",
        "a" * 300,
        "a" * 299 + "b",
        "api-0a1b2c3d",
        "](x) | <img src=x>\n# @ada",
    ]
    made = [file_name(name) for name in names]
    assert len({one.casefold() for one in made}) == len(names)
    assert all(set(one) <= set("abcdefghijklmnopqrstuvwxyz0123456789_-") and len(one) <= 60 for one in made)
    assert not {"readme", "other", "con"} & set(made)
    texts = pages([meta("x", services=tuple(names))], {})
    assert len([path for path in texts if path.startswith("knowledge/index/service/")]) == len(names) + 1
    for path, page in texts.items():
        assert "\n# @ada" not in page
        targets(path, page)


@given(st.lists(st.text(max_size=80), unique=True, max_size=20))
@settings(max_examples=200, deadline=None)
@pytest.mark.slow
def test_no_two_services_share_a_page(names: list[str]) -> None:
    """Whatever they are called."""
    assert len({file_name(name) for name in names}) == len(names)


def test_more_services_than_pages_share_the_page_of_the_others() -> None:
    """A folder of thousands of names stays one that GitHub can list."""
    one = meta("x")
    metas = [msgspec.structs.replace(one, signature=f"s{number}", services=(f"service-{number:04}",)) for number in range(MAX_SERVICES + 50)]
    made = pages(metas, {})
    services = [path for path in made if path.startswith("knowledge/index/service/")]
    assert len(services) == MAX_SERVICES + 2
    assert made["knowledge/index/service/other.md"].count("| [") == 50


def changed_lines(before: Mapping[str, str], after: Mapping[str, str]) -> int:
    """Lines that a commit of these pages would show as new."""
    return sum(len(set(text.splitlines()) - set(before.get(path, "").splitlines())) for path, text in after.items())


@pytest.mark.slow
def test_at_ten_thousand_entries_pages_are_split_and_one_more_occurrence_changes_few_lines() -> None:
    """No page above 500 kB, a small front page, each entry on its pages exactly once, and one new entry moves no other."""
    metas = [parse(text).meta for _, text in entries(10_000)]
    made = pages(metas, {})
    assert max(len(page.encode()) for page in made.values()) <= 500_000
    assert len(made[FRONT].encode()) <= 60_000
    severe = [page for path, page in made.items() if path.startswith("knowledge/index/severity/")]
    assert sum(page.count("\n| [") for page in severe) == len(metas)
    assert len(severe) > 4
    again = [msgspec.structs.replace(one, occurrences=one.occurrences + 1) if number == 77 else one for number, one in enumerate(metas)]
    assert changed_lines(made, pages(again, made)) <= 20
    more = [*metas, msgspec.structs.replace(metas[77], signature="zz_new_one", last_seen="2026-11-22T00:00:00Z")]
    after = pages(more, made)
    assert sum(made.get(path) != text for path, text in after.items()) <= 14
    assert changed_lines(made, after) <= 60


def test_revisions_name_only_pages_that_change_and_leave_broken_entries_out() -> None:
    """The front page comes last; a second run has nothing to say."""
    one = entry("x")
    texts = {f"knowledge/errors/{one.meta.signature}.md": one.front + one.body, "knowledge/errors/broken.md": "---\n", "knowledge/errors/c.md": "<<<<<<< a\n"}
    made = revisions(texts, {})
    assert made[-1].path == FRONT
    assert "1 entry (" in made[-1].after
    assert all(revision.before is None for revision in made)
    assert revisions(texts, {revision.path: revision.after for revision in made}) == ()


def test_many_large_pages_are_committed_in_turns() -> None:
    """None is larger than what GitHub takes at once, and none is lost."""
    changes = tuple(Revision(f"p{number}", None, "x" * (MAX_BATCH // 3)) for number in range(8))
    made = list(batches(changes))
    assert [one for batch in made for one in batch] == list(changes)
    assert [len(batch) for batch in made] == [3, 3, 2]


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
    assert [finding for finding in check({path: text}) if finding.rule != "KB019"] == []


def test_the_pages_in_this_repository_are_current() -> None:
    """SCHEMA.md and the index are what the code writes; the example entry has nothing to mend."""
    folder = Path(project()) / "knowledge"
    assert (folder / "SCHEMA.md").read_text(encoding="utf-8") == schema_page()
    example = (folder / "EXAMPLE.md").read_text(encoding="utf-8")
    assert [finding for finding in check({"knowledge/EXAMPLE.md": example}) if finding.rule != "KB003"] == []
    texts = {f"knowledge/errors/{file.name}": file.read_text(encoding="utf-8") for file in (folder / "errors").glob("*.md")}
    there = {
        f"knowledge/{file.relative_to(folder).as_posix()}": file.read_text(encoding="utf-8")
        for file in [folder / "README.md", *(folder / "index").rglob("*.md")]
    }
    assert revisions(texts, there) == ()
