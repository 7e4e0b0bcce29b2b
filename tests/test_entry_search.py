"""Entries are found by words and by name, as the folder is now, whatever became of the cache."""

import os
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.knowledge_entries import entry, write
from bench.knowledge_folder import figures
from bot.core.entry.entry import amended, parse, render
from bot.core.entry.library import Library
from bot.core.knowledge.search_words import any_of, line_with, words_of
from bot.core.signature import signature as signatures
from bot.sources.knowledge.entry_cache import CACHE, EntryCache
from bot.sources.knowledge.entry_library import EntryTexts, FolderLibrary
from bot.sources.knowledge.entry_search import EntrySearch
from bot.sources.knowledge.knowledge import KnowledgeFolder
from tests.conftest import project
from tests.occurrences import alert, signature

SECOND = 1_000_000_000


def folder(root: Path, count: int = 12, broken: int = 0) -> EntrySearch:
    """A knowledge folder with made-up entries."""
    write(root, count, broken)
    return EntrySearch(root)


def put(root: Path, name: str, text: str, kind: str = "errors") -> Path:
    """A page of the folder."""
    file = root / "knowledge" / kind / f"{name}.md"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def names(search: EntrySearch, typed: str) -> list[str]:
    """What is found, the best first."""
    return [hit.name for hit in search.search(typed)]


def test_an_entry_is_found_by_its_name_its_words_and_parts_of_its_words(tmp_path: Path) -> None:
    """With the line that matches."""
    search = folder(tmp_path)
    name, text = entry(5)
    meta = parse(text).meta
    assert search.search(name)[0].name == name
    hit = search.search(f"case5 {meta.culprit}")[0]
    assert (hit.name, hit.path, hit.title, hit.status) == (name, f"knowledge/errors/{name}.md", meta.title, meta.status)
    assert "case5" in hit.line
    assert name in names(search, meta.error_type[:-5].lower())


def test_what_changes_in_the_folder_is_found_at_once(tmp_path: Path) -> None:
    """Added, changed in place, renamed, removed."""
    search = folder(tmp_path)
    assert names(search, "zeppelin") == []
    name, text = entry(3)
    file = put(tmp_path, name, text.replace("## Common Causes", "## Common Causes\n\nThe zeppelin."))
    assert names(search, "zeppelin") == [name]
    put(tmp_path, name, text.replace("## Common Causes", "## Common Causes\n\nThe dirigible."))
    assert names(search, "zeppelin") == []
    assert names(search, "dirigible") == [name]
    file.rename(file.with_name("renamed.md"))
    assert names(search, "dirigible") == ["renamed"]
    assert names(search, name)[0] == "renamed"
    file.with_name("renamed.md").unlink()
    assert names(search, "dirigible") == []


def test_a_large_folder_is_looked_through_once_a_minute(tmp_path: Path) -> None:
    """A file that is added, removed or replaced is noticed at once; one changed in place, after the minute."""
    now = [2_000_000_000 * SECOND]
    write(tmp_path, 12, 0)
    search = EntrySearch(tmp_path, EntryCache(tmp_path, now=lambda: now[0], small=5))
    assert names(search, "zeppelin") == []
    name, text = entry(3)
    put(tmp_path, name, text + "\nzeppelin\n")
    assert names(search, "zeppelin") == []
    now[0] += 61 * SECOND
    assert names(search, "zeppelin") == [name]
    put(tmp_path, "another", text.replace("case3", "dirigible"))
    assert names(search, "dirigible") == ["another"]


@pytest.mark.parametrize("damage", ["cut", "foreign", "older", "empty", "folder", "trigger"])
def test_a_cache_that_is_not_ours_is_made_anew(tmp_path: Path, damage: str) -> None:
    """Whatever stands in its place, the answers are those of the folder."""
    search = folder(tmp_path)
    name = entry(5)[0]
    assert names(search, name)[0] == name
    search.close()
    file = tmp_path / CACHE
    if damage == "cut":
        file.write_bytes(file.read_bytes()[:9_000])
    elif damage == "foreign":
        file.write_bytes(b"no database" * 100)
    elif damage == "empty":
        file.write_bytes(b"")
    elif damage == "folder":
        file.unlink()
        file.mkdir()
    else:
        with sqlite3.connect(file) as connection:
            connection.execute("PRAGMA user_version = 1" if damage == "older" else "CREATE TRIGGER t AFTER DELETE ON pages BEGIN SELECT 1; END")
        connection.close()
    assert names(EntrySearch(tmp_path), name)[0] == name
    assert names(EntrySearch(tmp_path), "case5")[0] == name


def test_a_cache_that_leads_elsewhere_is_not_written_to(tmp_path: Path) -> None:
    """A link in the checkout cannot make us write outside of it; the search works without a cache."""
    outside = tmp_path / "outside"
    outside.mkdir()
    root = tmp_path / "root"
    search = folder(root)
    (root / ".errata").symlink_to(outside)
    assert names(search, "case5")[0] == entry(5)[0]
    assert list(outside.rglob("*.sqlite*")) == []


def test_words_are_never_the_syntax_of_a_query(tmp_path: Path) -> None:
    """Quotes, operators and columns of the query language are words, or nothing."""
    search = folder(tmp_path, 3)
    for typed in (
        '"',
        "a OR b",
        "NEAR(a b)",
        "title:case1",
        "* ^",
        "case1*",
        "-case1",
        "a' UNION SELECT 1 --",
        "\x00",
        "(((",
        "{names}: x",
        "é" * 5_000,
        "AND",
        "日本",
    ):
        search.search(typed)
    assert names(search, "title:case1")[0] == entry(1)[0]
    assert any_of(words_of('a" OR "b')) == '"a" OR "or" OR "b"'


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
@pytest.mark.slow
def test_whatever_is_typed_is_searched_for(typed: str) -> None:
    """No text is an error."""
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE words USING fts5(body)")
    connection.execute("INSERT INTO words VALUES (?)", (" ".join(words_of(typed)),))
    if words := words_of(typed):
        assert len(connection.execute("SELECT * FROM words WHERE words MATCH ?", (any_of(words),)).fetchall()) == 1
    connection.close()


def test_broken_files_are_found_by_words_and_told_apart(tmp_path: Path) -> None:
    """Ten of them keep nothing else from being found."""
    search = folder(tmp_path, 12, broken=10)
    assert len(search.broken()) == 10
    assert names(search, "case5")[0] == entry(5)[0]
    put(tmp_path, "half", "# Half an entry\n\nzeppelin\n")
    assert [(hit.name, hit.title, hit.status) for hit in search.search("zeppelin")] == [("half", "Half an entry", "")]


def test_runbooks_are_found_beside_entries_and_withdrawn_entries_come_last(tmp_path: Path) -> None:
    """By their title; the page that lists them is none."""
    search = folder(tmp_path, 2)
    put(tmp_path, "redis", '---\ntitle: "Redis is full"\ncategories: [database]\n---\n\n# Redis\n\nLook at case1.\n', "runbooks")
    put(tmp_path, "README", "# Runbooks\n\ncase1\n", "runbooks")
    name, text = entry(1)
    put(tmp_path, name, render(amended(parse(text), {"status": "withdrawn"})))
    assert next((hit.path, hit.title) for hit in search.search("case1")) == ("knowledge/runbooks/redis.md", "Redis is full")
    assert names(search, "case1") == ["redis", name]


def test_post_mortems_and_reviews_are_found_by_their_headings_and_words(tmp_path: Path) -> None:
    """They are no entries: none is broken, none stands in the library."""
    search = folder(tmp_path, 2)
    put(tmp_path, "2025-12-17-x_Y_aaaaaa", "# Post-mortem: zeppelin lost\n\nThe mast broke.\n", "postmortems")
    put(tmp_path, "2025-W51", "# Review: Week 51\n\nThe zeppelin came back.\n", "reviews")
    found = {hit.path: hit.title for hit in search.search("zeppelin")}
    assert found == {"knowledge/postmortems/2025-12-17-x_Y_aaaaaa.md": "Post-mortem: zeppelin lost", "knowledge/reviews/2025-W51.md": "Review: Week 51"}
    assert names(search, "mast") == ["2025-12-17-x_Y_aaaaaa"]
    assert (search.broken(), len(search.names()), search.nearest(("zeppelin",), 9)) == ((), 2, ())


def test_the_texts_of_a_large_folder_are_read_when_they_are_asked_for(tmp_path: Path) -> None:
    """As a folder that was read whole says them; earlier names of several entries are all known."""
    search = folder(tmp_path, 3)
    name = entry(1)[0]
    for one in (1, 2):
        put(tmp_path, entry(one)[0], render(amended(parse(entry(one)[1]), {"aliases": ("an_old_name",)})))
    texts = EntryTexts(search)
    assert dict(texts) == KnowledgeFolder(tmp_path).entries()
    assert f"knowledge/errors/{name}x.md" not in texts
    assert set(FolderLibrary(search).known_as("an_old_name")) == set(Library.read(dict(texts)).known_as("an_old_name")) == {entry(1)[0], entry(2)[0]}


def test_the_line_that_is_shown_is_one_short_line_without_marks() -> None:
    """The first of those that hold most of the words; hidden marks are none."""
    text = "<!-- alpha beta -->\n- **alpha** only\n> alpha and BETA\x1b[31m\nalpha beta again"
    assert line_with(text, ("alpha", "beta")) == "alpha and BETA"
    assert line_with(text, ("gamma",)) == ""
    assert len(line_with("alpha " * 10_000, ("alpha",))) <= 200


@pytest.mark.slow
def test_several_searches_at_once_find_the_same(tmp_path: Path) -> None:
    """Processes that build the cache at the same moment, and threads while the folder changes."""
    write(tmp_path, 100, 0)
    code = f"""
from pathlib import Path
from bot.sources.knowledge.entry_search import EntrySearch
print(EntrySearch(Path({str(tmp_path)!r})).search("case7")[0].name)
"""
    started = [subprocess.Popen([sys.executable, "-c", code], cwd=project(), stdout=subprocess.PIPE, text=True) for _ in range(3)]
    assert {child.communicate(timeout=60)[0].strip() for child in started} == {entry(7)[0]}
    found: list[list[str]] = []

    def search() -> None:
        for _ in range(5):
            with_own = EntrySearch(tmp_path)
            found.append(names(with_own, "case7")[:1])
            with_own.close()

    threads = [threading.Thread(target=search) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(300, 312):
        put(tmp_path, *entry(number))
    for thread in threads:
        thread.join(timeout=60)
    assert found == [[entry(7)[0]]] * 15
    assert not [file for file in os.listdir(tmp_path / ".errata/search") if file.endswith(".partial")]


@pytest.mark.slow
def test_the_library_of_a_large_folder_answers_as_one_that_read_everything(tmp_path: Path) -> None:
    """Names, fingerprints, aliases, neighbours, broken files."""
    write(tmp_path, 150, 10)
    one, text = entry(11)
    put(tmp_path, one, render(amended(parse(text), {"aliases": ("an_old_name",)})))
    put(tmp_path, "by_hand", entry(900)[1])
    whole, lazy = Library.read(KnowledgeFolder(tmp_path).entries()), FolderLibrary(EntrySearch(tmp_path))
    assert dict(lazy.entries) == dict(whole.entries)
    assert (len(lazy.entries), "by_hand" in lazy.entries, lazy.entries.get("nowhere")) == (151, True, None)
    assert {path for path, _ in whole.broken} < {path for path, _ in lazy.broken}
    for number in (11, 12, 50, 900):
        meta = parse(entry(number)[1]).meta
        error = alert(error_type=meta.error_type, culprit=meta.culprit, message=meta.title.partition(": ")[2])
        named = signatures.of(error)
        assert lazy.name_for(named) == whole.name_for(named)
        assert lazy.past(named, error)[0] == whole.past(named, error)[0]
    asked = msgspec.structs.replace(signature(), name="an_old_name", fingerprint="0" * 32, earlier=())
    assert lazy.find(asked) == whole.find(asked) is not None
    other = amended(parse(text), {"signature": "elsewhere", "aliases": ("found_on_a_branch",)})
    assert lazy.knowing(other).find(msgspec.structs.replace(asked, name="found_on_a_branch")) == other


@pytest.mark.slow
def test_the_figures_of_a_large_folder_hold_in_a_small_one(tmp_path: Path) -> None:
    """Ten broken entries among them. What is found and how large it is; how long it takes is for the bench."""
    write(tmp_path, 600, 10)
    missed = [figure.row() for figure in figures(tmp_path, 600, queries=20) if not figure.holds and figure.unit not in ("s", "ms")]
    assert missed == []
