"""The linter on what stands beside the entries: codes, runbooks, post-mortems, and the pages made from them."""

import io
from pathlib import Path

import pytest

from bot.core.entry.entry import render
from bot.core.knowledge.code_catalogue import KnownCode, parse
from bot.core.knowledge.index_marks import BEGIN
from bot.core.knowledge.runbook import parse as runbook
from bot.jobs.check import check, findings, fix
from bot.texts.entry_page import new_entry
from bot.texts.reference_pages import codes_page, runbooks_page
from tests.conftest import project
from tests.occurrences import occurrence, signature

NAME = signature().name
BOOK = "---\ntitle: Prices\nservices: [shop]\ncodes: [SHOP_EMPTY]\n---\n# Prices\n\nLook, then do.\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with an entry, a code, a runbook, and their pages."""
    write(tmp_path, f"errors/{NAME}.md", render(new_entry(signature(), occurrence())))
    write(tmp_path, "codes.yml", "SHOP_EMPTY: no prices are loaded\n")
    write(tmp_path, "runbooks/prices.md", BOOK)
    fix(tmp_path, "knowledge")
    return tmp_path


def write(root: Path, name: str, text: str) -> None:
    """A file of the knowledge folder."""
    file = root / "knowledge" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def told(root: Path) -> list[str]:
    """The findings, each on a line."""
    return [f"{one.path.removeprefix('knowledge/')}:{one.line} {one.rule} {one.message}" for one in findings(root, "knowledge")]


def test_pages_are_written_and_current(root: Path) -> None:
    """By --fix; what people write around the markers stays; a change of the list makes the page stale."""
    assert told(root) == []
    page = root / "knowledge" / "codes.md"
    page.write_text("Ours.\n\n" + page.read_text())
    assert told(root) == []
    write(root, "codes.yml", "SHOP_EMPTY: no prices are loaded\nSHOP_FULL: no room\n")
    assert told(root) == ["codes.md:1 KB044 not what is made from the files beside it"]
    fix(root, "knowledge")
    assert told(root) == []
    assert page.read_text().startswith("Ours.\n")
    assert "`SHOP_FULL`" in page.read_text()
    assert "[Prices](prices.md)" in (root / "knowledge" / "runbooks" / "README.md").read_text()


def test_this_repository_is_clean() -> None:
    """Its own codes, runbooks and pages."""
    out = io.StringIO()
    assert check(project(), "knowledge", out, as_json=False, annotations=False) == 0, out.getvalue()


def test_a_page_whose_codes_or_runbooks_are_gone_says_so(root: Path) -> None:
    """And is stale until it does."""
    write(root, "codes.yml", "")
    (root / "knowledge" / "runbooks" / "prices.md").unlink()
    assert [line for line in told(root) if "KB044" in line] == [
        "codes.md:1 KB044 not what is made from the files beside it",
        "runbooks/README.md:1 KB044 not what is made from the files beside it",
    ]
    fix(root, "knowledge")
    assert told(root) == []
    assert "No code yet." in (root / "knowledge" / "codes.md").read_text()
    assert "No runbook yet." in (root / "knowledge" / "runbooks" / "README.md").read_text()


def test_a_runbook_whose_name_has_spaces_is_linked() -> None:
    """Markdown ends a target at a space, and at a bracket."""
    book = runbook(BOOK.replace("codes: [SHOP_EMPTY]\n", ""), "knowledge/runbooks/ödd name (1).md")
    assert "[Prices](%C3%B6dd%20name%20%281%29.md)" in runbooks_page([book], "")


def test_a_runbook_without_a_scope_is_a_notice_that_fails_no_check(root: Path) -> None:
    """It is told all the same, and in Actions it is no error."""
    write(root, "runbooks/x.md", "---\ntitle: X\n---\nwords\n")
    fix(root, "knowledge")
    (root / "knowledge" / "EXAMPLE.md").unlink(missing_ok=True)
    found = [one for one in findings(root, "knowledge") if one.rule == "KB043"]
    assert [one.notice for one in found] == [True]
    out = io.StringIO()
    wrong = [one for one in findings(root, "knowledge") if not one.notice]
    assert check(root, "knowledge", out, as_json=False, annotations=True) == bool(wrong)
    assert "::notice file=knowledge/runbooks/x.md" in out.getvalue()
    assert "KB043 notice: its scope names nothing" in out.getvalue()


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("codes.yml", "A1: x\nA1: y\n", "codes.yml:2 KB042 `A1` stands twice (first on line 1)"),
        ("codes.yaml", "SHOP_EMPTY: x\n", "codes.yaml:1 KB042 nothing reads it under this name"),
        ("codes.yml", "SHOP_EMPTY: x\npassword: hunter2-and-more\n", "codes.yml:2 KB031 looks like a secret (password)"),
        ("runbooks/loose.md", "# No front matter\n", "runbooks/loose.md:1 KB043 no front matter: the first line is not `---`"),
        ("runbooks/x.md", "---\ntitle: X\n---\nwords\n", "runbooks/x.md:1 KB043 its scope names nothing, so that nothing chooses it"),
        (
            "runbooks/x.md",
            "---\ntitle: X\ncodes: [NOBODY_KNOWS]\n---\nwords\n",
            "runbooks/x.md:1 KB043 its scope names the code NOBODY_KNOWS",
        ),
        ("runbooks/x.md", BOOK + "[gone](gone.md)\n", "runbooks/x.md:9 KB030 the link to gone.md leads nowhere"),
        ("runbooks/x.md", BOOK + "<script>\n", "runbooks/x.md:9 KB032 raw HTML: `<script`"),
        ("postmortems/notes.md", "# Notes\n", "postmortems/notes.md:1 KB045 its name is not a date and a signature"),
        ("postmortems/2025-12-17-nobody_X_aaaaaa.md", "# X\n", "postmortems/2025-12-17-nobody_X_aaaaaa.md:1 KB045 there is no entry nobody_X_aaaaaa"),
    ],
)
def test_each_fault_is_found(root: Path, name: str, text: str, found: str) -> None:
    """With the line, and a remedy."""
    write(root, name, text)
    assert any(one.startswith(found) for one in told(root))
    assert all(one.remedy for one in findings(root, "knowledge"))


def test_a_post_mortem_of_an_entry_is_fine(root: Path) -> None:
    """Named by its day and its error."""
    write(root, f"postmortems/2025-12-17-{NAME}.md", "# Post-mortem\n")
    assert told(root) == []


def test_each_name_that_a_post_mortem_may_have_is_fine(root: Path) -> None:
    """The second alert of a day has its time in it; an entry that was renamed by hand is still the page's."""
    write(root, f"postmortems/2025-12-17T101502-{NAME}.md", "# Post-mortem\n")
    assert told(root) == []
    entry = root / "knowledge" / "errors" / f"{NAME}.md"
    entry.rename(entry.with_stem("leaves-run-out"))
    assert [one for one in told(root) if "KB045" in one] == []
    write(root, f"postmortems/2025-99-99-{NAME}.md", "# Post-mortem\n")
    assert [one for one in told(root) if "KB045" in one] == [f"postmortems/2025-99-99-{NAME}.md:1 KB045 its name is not a date and a signature"]


def test_what_cannot_be_read_leaves_its_page(root: Path) -> None:
    """--fix does not throw away a page because the file that it is made from is broken for a while."""
    before = (root / "knowledge" / "codes.md").read_text()
    write(root, "codes.yml", "a: [")
    fix(root, "knowledge")
    assert (root / "knowledge" / "codes.md").read_text() == before


def test_pages_stay_within_what_github_shows() -> None:
    """Five thousand long codes: whole rows, and where the rest stands; hostile texts are inert."""
    page = codes_page({f"C_{number}": KnownCode("m" * 500) for number in range(5_000)}, "")
    assert len(page.encode()) < 500_000
    assert "The rest stands in codes.yml" in page
    hostile = codes_page(parse('X_1: "@here [x](https://evil.example) <!-- --> | a"'), "")
    assert "\\[`x](https://evil.example`)" in hostile.partition(BEGIN)[2]
    assert "`@here`" in hostile
    assert runbooks_page([], "").count("No runbook yet.") == 1
    assert "Prices" in runbooks_page([runbook(BOOK, "knowledge/runbooks/prices.md")], "")
