"""`bot check`: real folders, its exit code, and what a person, Actions and other tools read."""

import io
import json
from pathlib import Path

import pytest
from git import Repo

from bot.__main__ import main
from bot.errors import BadCommand
from bot.jobs.check import check, findings, fix
from bot.sources.code.branch_patches import patches_since
from bot.sources.knowledge.knowledge import KnowledgeFolder
from bot.texts.schema_page import schema_page
from tests.lint_pages import GOOD, NAME

# Made up, and put together here so that no scanner takes this file for a leak.
SECRET = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
OTHER = "pTgadDZF" + "lRJmCG9"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository whose knowledge folder has nothing to mend."""
    errors = tmp_path / "knowledge" / "errors"
    errors.mkdir(parents=True)
    (errors / f"{NAME}.md").write_text(GOOD, encoding="utf-8", newline="")
    (tmp_path / "knowledge" / "SCHEMA.md").write_text(schema_page(), encoding="utf-8")
    return tmp_path


def checked(root: Path, *, as_json: bool = False, annotations: bool = False) -> tuple[int, str]:
    """Exit code and output."""
    out = io.StringIO()
    return check(root, "knowledge", out, as_json=as_json, annotations=annotations), out.getvalue()


def test_a_good_folder_passes(root: Path) -> None:
    """Exit code 0 and one line."""
    assert checked(root) == (0, "1 entry read, nothing to mend.\n")
    assert checked(root, as_json=True) == (0, "[]\n")


def test_the_folder_may_be_named_by_its_whole_path(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As a shell completes it; the pages keep their names."""
    assert main(["--root", str(root), "check", str(root / "knowledge")]) == 0
    assert capsys.readouterr().out == "1 entry read, nothing to mend.\n"


def test_a_finding_says_where_what_and_how(root: Path) -> None:
    """`path:line: RULE message`, the remedy below, exit code 1."""
    (root / "knowledge" / "errors" / "x.md").write_text("hello", encoding="utf-8")
    code, words = checked(root)
    assert code == 1
    assert words.startswith("knowledge/errors/x.md:1: KB010 the first line is not `---`\n    begin the file with")
    assert words.endswith("2 entries read, 1 finding. Each rule with an example: docs/lint-rules.md\n")


def test_findings_are_annotations_in_actions(root: Path) -> None:
    """One workflow command each, and nothing that a file holds can be another one."""
    (root / "knowledge" / "errors" / "50%,a.md").write_text(GOOD.replace("schema: 1", "schema: 1\n::set-output name=x: 1"), encoding="utf-8")
    code, words = checked(root, annotations=True)
    commands = [line for line in words.splitlines() if line.startswith("::")]
    assert code == 1
    assert commands
    assert all(line.startswith("::error file=knowledge/errors/50%25%2Ca.md,line=") for line in commands)
    assert "##[" not in words


def test_findings_as_json(root: Path) -> None:
    """For other tools: the same fields."""
    (root / "knowledge" / "errors" / "x.md").write_text("hello", encoding="utf-8")
    code, words = checked(root, as_json=True, annotations=True)
    assert code == 1
    (finding,) = json.loads(words)
    assert (finding["path"], finding["line"], finding["rule"]) == ("knowledge/errors/x.md", 1, "KB010")
    assert set(finding) == {"path", "line", "rule", "message", "remedy"}


def test_an_empty_or_missing_folder_fails(tmp_path: Path) -> None:
    """Not a silent pass."""
    code, words = checked(tmp_path)
    assert code == 1
    assert "knowledge/errors:1: KB003 no entry found" in words
    (tmp_path / "knowledge" / "errors").mkdir(parents=True)
    assert checked(tmp_path)[0] == 1


def test_the_schema_page_must_be_current(root: Path) -> None:
    """Edited, missing, and written anew."""
    page = root / "knowledge" / "SCHEMA.md"
    page.write_text(schema_page() + "more\n", encoding="utf-8")
    assert "knowledge/SCHEMA.md:1: KB040 not what this version of the bot writes" in checked(root)[1]
    page.unlink()
    assert "knowledge/SCHEMA.md:1: KB040 missing" in checked(root)[1]
    assert fix(root, "knowledge") == [page]
    assert checked(root)[0] == 0


def test_words_of_a_person_in_the_schema_page_do_not_go_without_a_word(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """How many lines were replaced, and where to keep them; nothing where nothing of the kind stood there."""
    page = root / "knowledge" / "SCHEMA.md"
    page.write_text(schema_page().replace("\n", "\r\n") + "\nAsk Mira before you add a key.\n\nOr Jonas.\n", encoding="utf-8", newline="")
    command = ["--root", str(root), "check", "knowledge", "--fix"]
    assert main(command) == 0
    said = capsys.readouterr().out
    assert "knowledge/SCHEMA.md: replaced 2 lines that this version does not write; `git diff` shows them." in said
    assert "Keep words of your own in knowledge/README.md" in said
    assert page.read_text(encoding="utf-8") == schema_page()
    assert main(command) == 0
    assert "replaced" not in capsys.readouterr().out


def test_json_stands_alone_where_pages_are_written_anew_first(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What was written, and what of a person's words that replaced, is told beside it."""
    page = root / "knowledge" / "SCHEMA.md"
    page.write_text("Ask Mira before you add a key.\n", encoding="utf-8")
    assert main(["--root", str(root), "check", "knowledge", "--fix", "--json"]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out) == []
    assert f"wrote {page}" in said.err
    assert "replaced 1 line" in said.err


def test_secrets_and_dead_links_are_found_on_disk(root: Path) -> None:
    """With the real redaction rules and the real files; the secret is not repeated."""
    token = "ghp_" + "Zk3vT9qLw2XyB7nRd5Hs8JpCmAf4Ge6UtQ1o"
    (root / "docs").mkdir()
    (root / "docs" / "here.md").write_text("x", encoding="utf-8")
    (root / "knowledge" / "README.md").write_text(f"# x\n\n[a](../docs/here.md) [b](../docs/gone.md)\n\n{token}\n", encoding="utf-8")
    code, words = checked(root)
    assert code == 1
    assert "knowledge/README.md:3: KB030 the link to ../docs/gone.md leads nowhere" in words
    assert "knowledge/README.md:5: KB031" in words
    assert "here.md leads" not in words
    assert token not in words


def test_files_that_cannot_be_read_are_told(root: Path) -> None:
    """Not UTF-8, and links out of the folder; the others are still read."""
    errors = root / "knowledge" / "errors"
    (errors / "latin.md").write_bytes(b"caf\xe9")
    (root / "secret.md").write_text("top secret", encoding="utf-8")
    (errors / "link.md").symlink_to(root / "secret.md")
    (errors / "loop.md").symlink_to(errors / "loop.md")
    code, words = checked(root)
    assert code == 1
    assert "knowledge/errors/latin.md:1: KB001 not UTF-8 (byte 3)" in words
    assert "knowledge/errors/link.md:1: KB001 a link that leads out of the knowledge folder" in words
    assert "knowledge/errors/loop.md:1: KB001" in words
    assert "top secret" not in words
    assert list(KnowledgeFolder(root).entries()) == [f"knowledge/errors/{NAME}.md"]


def test_files_are_read_character_for_character(root: Path) -> None:
    """BOM and line ends arrive as they are."""
    text = "\ufeff" + GOOD.replace("\n", "\r\n")
    (root / "knowledge" / "errors" / f"{NAME}.md").write_bytes(text.encode())
    assert KnowledgeFolder(root).entries() == {f"knowledge/errors/{NAME}.md": text}
    assert checked(root)[0] == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    "yaml", ["a: " + "[" * 50_000, "a: " + "{a: " * 50_000, "? " * 50_000, "a:\n  " + "- " * 50_000 + "x", "a: &a [x]\n" + "b: [*a, *a]\n" * 1_000]
)
def test_front_matter_that_a_stranger_brings_is_read_no_deeper_than_it_may_be(root: Path, yaml: str) -> None:
    """Nested without end, or an alias bomb: one finding, and soon."""
    (root / "knowledge" / "errors" / f"{NAME}.md").write_text(f"---\n{yaml}\n---\n", encoding="utf-8")
    code, words = checked(root)

    assert code == 1
    assert words.count("KB010") == 1
    assert "flat" in words or "single word" in words


@pytest.mark.slow
@pytest.mark.parametrize("body", ["- " * 100_000 + "x", "# " + " #" * 100_000 + "x", "<a" + " b" * 100_000, "[a](" * 20_000, "`" * 100_000, "<!--" * 20_000])
def test_a_page_that_a_stranger_brings_cannot_stall_or_flood(root: Path, body: str) -> None:
    """Whatever Markdown it makes, the check ends, and its output stays small."""
    (root / "knowledge" / "errors" / f"{NAME}.md").write_text(f"{GOOD}\n{body}\n", encoding="utf-8")
    _, words = checked(root, annotations=True)

    assert len(words) < 1_000_000
    assert words.splitlines()[-1].startswith("1 entry read")


def committed(root: Path, text: str, file: str = "knowledge/runbooks/a.md") -> str:
    """The id of a commit that gives this file this text."""
    path = root / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    git = Repo.init(root, initial_branch="main")
    git.git.add(".")
    git.git.execute(["git", "-c", "user.name=Li", "-c", "user.email=li@example.com", "commit", "--quiet", "-m", "change"])
    return git.head.commit.hexsha


@pytest.mark.slow
def test_a_pull_request_is_looked_through_commit_by_commit(root: Path) -> None:
    """A secret is told at its line, one that a later commit took out by its commit, and neither is shown."""
    base = committed(root, "one\ntwo\n")
    gone = committed(root, f"one\ntwo\n{SECRET}\n")
    committed(root, "one\ntwo\n", "knowledge/runbooks/a.md")
    committed(root, f"plain\npassword: {OTHER}\n", "knowledge/codes.yml")
    committed(root, f"password: {OTHER}\n", "src/app.yml")
    out = io.StringIO()
    code = check(root, "knowledge", out, as_json=False, annotations=False, patches=patches_since(root, base, ("knowledge", ".github")))
    assert code == 1
    assert f"knowledge/runbooks/a.md:1: KB031 looks like a secret (github-token), in commit {gone[:10]}" in out.getvalue()
    assert "knowledge/codes.yml:2: KB031 looks like a secret (password)\n" in out.getvalue()
    assert "src/app.yml" not in out.getvalue()
    assert SECRET not in out.getvalue()
    assert OTHER not in out.getvalue()


@pytest.mark.slow
@pytest.mark.parametrize("base", ["main", "--output=/tmp/x", "0" * 40, "1234567"])
def test_a_base_that_is_no_commit_of_this_checkout_is_refused(root: Path, base: str) -> None:
    """Rather no result than one about half of the pull request."""
    committed(root, "one\n")
    with pytest.raises(BadCommand, match="looking through what was added"):
        patches_since(root, base, ("knowledge",))


def test_a_page_that_nothing_reads_is_named(root: Path) -> None:
    """An entry in a folder of its own, or under another ending, fails the check; a draft of a runbook is a notice; pictures are nobody's business."""
    for name in ("errors/billing/a.md", "errors/b.MD", "errors/billing/graph.png", "errors/.notes/c.md", "runbooks/drafts/d.md"):
        (root / "knowledge" / name).parent.mkdir(parents=True, exist_ok=True)
        (root / "knowledge" / name).write_text("x", encoding="utf-8")
    found = [one for one in findings(root, "knowledge") if one.rule == "KB004"]
    assert [(one.path, one.notice) for one in found] == [
        ("knowledge/errors/b.MD", False),
        ("knowledge/errors/billing/a.md", False),
        ("knowledge/runbooks/drafts/d.md", True),
    ]


def test_a_page_about_the_folder_of_entries_is_no_entry(root: Path) -> None:
    """Its text is read as that of any page; diagnoses and the index know nothing of it."""
    (root / "knowledge" / "errors" / "README.md").write_text("# Our errors\n\n[gone](gone.md)\n", encoding="utf-8")
    code, words = checked(root)
    assert code == 1
    assert words.splitlines()[0] == "knowledge/errors/README.md:3: KB030 the link to gone.md leads nowhere"
    assert words.splitlines()[-1].startswith("1 entry read, 1 finding.")
    folder = KnowledgeFolder(root)
    assert list(folder.entries()) == [f"knowledge/errors/{NAME}.md"]
    (root / "knowledge" / "errors" / "README.md").write_bytes(b"\xff")
    assert folder.unread_entries() == ()
    assert [one.path for one in folder.unread()] == ["knowledge/errors/README.md"]


def test_no_finding_shows_a_secret_whichever_rule_it_is_of(root: Path) -> None:
    """A broken link that holds a token is told without it, and runbooks are looked through, too."""
    (root / "knowledge" / "runbooks").mkdir()
    (root / "knowledge" / "runbooks" / "b.md").write_text(f"use {SECRET}", encoding="utf-8")
    (root / "knowledge" / "README.md").write_text(f"[see]({SECRET}/page.md)\n", encoding="utf-8")
    code, words = checked(root)
    assert code == 1
    assert "KB030" in words
    assert "knowledge/runbooks/b.md:1: KB031 looks like a secret (github-token)" in words
    assert SECRET not in words
    assert SECRET not in checked(root, as_json=True)[1]
