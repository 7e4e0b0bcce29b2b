"""Older pages are taken over with every line of theirs, once, and never over an entry that is there."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.__main__ import main
from bot.core.entry.changes import IMPORTED
from bot.core.entry.entry import Entry, amended, parse, path_of
from bot.core.entry.library import Library
from bot.core.knowledge import runbook
from bot.core.lint.lint import check
from bot.core.redaction.redaction import Redactor
from bot.jobs.check import findings, fix
from bot.jobs.importing import Taken, read_folder, take
from bot.texts.entry_page import new_entry
from tests.occurrences import occurrence, signature
from tests.work_tree import WorkTree

STEM = "transfer_handler_ValidationError_a3f2c1"
PAGE = """\
# Error: ValidationError in transfer_handler

**First seen:** 2025-12-10 14:23:11 UTC
**Last seen:** 2025-12-15 17:30:45 UTC
**Occurrences:** 3
**Environments:** dev/prod

## Error Signature
- Handler: transfer_handler
- Error Type: ValidationError
- Key Message: insufficient leaf balance
- Signature Hash: a3f2c1

## Diagnosis History

### Occurrence 1 - 2025-12-10 14:23:11 UTC

**Environment:** prod
**Trace ID:** 018c1234-5678-9abc-def0-123456789abc
**Thread:** https://acme.slack.com/archives/C0ALERTS1/p1765376591000100

## Error Summary
Transfer operation failed.

## Root Cause
The leaf selection did not account for locked leaves.

```python
## Common Causes
leaves = db.query(Leaf)  # the lock is missing
```

## Severity
High - REGRESSION of previously fixed issue

---

## Common Causes
- Two transfers at once

## Resolution Patterns
- [To be populated as fixes are applied]

## Related Errors
- [the other](lightning_handler_TimeoutError_f7e9b2.md)

## What Ada found
Ask   her.

---

### Occurrence 2 - 2025-12-15 17:30:45 UTC

## Proposed Fix
Re-apply the lock.
"""
OTHER = (
    PAGE.replace("transfer_handler", "lightning_handler").replace("ValidationError", "TimeoutError").replace("insufficient leaf balance", "node unavailable")
)


def taken(pages: dict[str, str], *entries: Entry, there: tuple[str, ...] = ()) -> Taken:
    """What becomes of these pages beside these entries."""
    paths = {*there, *(path_of(one.meta.signature) for one in entries)}
    return take(pages, Library(entries), paths.__contains__, Redactor())


def only(made: Taken) -> str:
    """The text of the one file."""
    assert len(made.files) == 1
    return made.files[0].text


def test_an_older_entry_becomes_one_of_today_under_its_old_name() -> None:
    """What it says of itself stands in the front matter; occurrences stand together, whatever order the old file had."""
    made = taken({f"{STEM}.md": PAGE})
    assert made.files[0].path == f"knowledge/errors/{STEM}.md"
    entry = parse(only(made))
    meta = entry.meta
    assert (meta.signature, meta.error_type, meta.culprit, meta.severity, meta.status) == (STEM, "ValidationError", "transfer_handler", "high", "diagnosed")
    assert (meta.first_seen, meta.last_seen, meta.occurrences, meta.environments) == ("2025-12-10T14:23:11Z", "2025-12-15T17:30:45Z", 3, ("dev", "prod"))
    assert meta.threads == ("https://acme.slack.com/archives/C0ALERTS1/p1765376591000100",)
    assert meta.aliases == (signature().name,)
    history = entry.body.partition("## Diagnosis History")[2].partition("\n## Common Causes\n\n- Two")[0]
    assert history.index("### Occurrence 1") < history.index("#### Root Cause") < history.index("### Occurrence 2") < history.index("#### Proposed Fix")
    assert "### What Ada found\nAsk   her." in entry.body.partition("## Imported notes")[2]
    assert "- **Why it happens:** The leaf selection did not account for locked leaves." in entry.body
    assert "- **What to do:** Re-apply the lock." in entry.body


def test_an_imported_entry_says_that_it_is_one() -> None:
    """So that publishing answers none of its threads."""
    assert IMPORTED in parse(only(taken({f"{STEM}.md": PAGE}))).body


def test_the_next_alert_of_the_error_finds_the_imported_entry() -> None:
    """By the name that it has today."""
    entry = parse(only(taken({f"{STEM}.md": PAGE})))
    assert Library([entry]).find(signature()) == entry


def test_nothing_of_an_older_page_is_lost_and_the_linter_is_content() -> None:
    """Every line stands in the new file; links between pages that come together stay alive."""
    made = taken({f"{STEM}.md": PAGE, "lightning_handler_TimeoutError_f7e9b2.md": OTHER})
    texts = {file.path: file.text for file in made.files}
    assert all(line in texts[f"knowledge/errors/{STEM}.md"] for line in PAGE.splitlines())
    assert check(texts) == []


LINES = st.sampled_from(
    [*PAGE.splitlines(), "", "# Error: A in b", "### Occurrence 9", "```", "~~~", "<!--", "-->", "    code", "## x ##", "Setext\n---", "- item", "  # deep"]
)


@given(st.lists(LINES, min_size=1, max_size=60))
@settings(max_examples=300, deadline=None)
@pytest.mark.slow
def test_whatever_the_order_of_its_lines_nothing_is_lost(lines: list[str]) -> None:
    """Pages that people put together by hand; what is not taken is told."""
    page = "\n".join(lines)
    made = taken({f"{STEM}.md": page})
    assert len(made.files) + len(made.reports) >= 1
    for file in made.files:
        assert all(line.strip() in file.text for line in page.splitlines())


def test_two_files_of_one_error_are_joined_and_the_same_file_twice_is_taken_once() -> None:
    """The one whose name is a signature leads; the other's name stays as an alias."""
    later = PAGE.replace("### Occurrence 2 - 2025-12-15", "### Occurrence 3 - 2025-12-16").replace("Ask   her.", "Ask Bob.")
    made = taken({"a/by-hand.md": later, f"{STEM}.md": PAGE, "copy.md": PAGE})
    entry = parse(only(made))
    assert entry.meta.signature == STEM
    assert "by-hand" in entry.meta.aliases
    assert (entry.meta.occurrences, entry.meta.last_seen) == (6, "2025-12-16T17:30:45Z")
    assert all(line in made.files[0].text for line in (*PAGE.splitlines(), *later.splitlines()))
    assert made.reports == (
        f"copy.md: not taken: word for word the same as {STEM}.md",
        f"a/by-hand.md: joined to knowledge/errors/{STEM}.md: both tell of the same error",
    )


def test_an_entry_that_is_there_is_never_written_over() -> None:
    """Neither under the same name, nor under the name that the error has today."""
    assert taken({f"{STEM}.md": PAGE}, there=(f"knowledge/errors/{STEM}.md",)) == Taken(
        (), (f"{STEM}.md: not taken: knowledge/errors/{STEM}.md is there already, and stays as it is",)
    )
    known = new_entry(signature(), occurrence())
    made = taken({f"{STEM}.md": PAGE}, known)
    assert made.files == ()
    assert f"{path_of(known.meta.signature)} is there already" in made.reports[0]
    assert taken({f"{STEM}.md": PAGE}, amended(known, {"aliases": (STEM,)})).files == ()


def test_a_loose_page_becomes_a_runbook_whose_scope_is_what_it_names() -> None:
    """A page that has none is told; one that is a runbook already stays as it is."""
    made = taken({"Redis is FULL!.md": "# Redis is full\n\nSays `OutOfMemoryError`.\n", "plain.md": "# Plain\n\nCall Ada.\n"})
    redis, plain = made.files
    assert redis.path == "knowledge/runbooks/redis-is-full.md"
    found = runbook.parse(redis.text, redis.path)
    assert (found.title, found.front.error_types, found.scoped) == ("Redis is full", ("OutOfMemoryError",), True)
    assert "Says `OutOfMemoryError`." in found.body
    assert made.reports == (f"plain.md: taken as {plain.path}, but nothing in it says when it helps; give it a scope (docs/runbooks.md)",)
    assert only(taken({"x.md": redis.text})) == redis.text


def test_what_cannot_be_taken_is_told() -> None:
    """Empty, without a heading, a list of others, hostile names."""
    made = taken({"a.md": " \n", "b.md": "words alone\n", "README.md": "# All\n", "../../../etc/x y.md": PAGE, "no-time.md": "# Error: A in b\n\nwords\n"})
    assert {file.path for file in made.files} == {"knowledge/errors/x_y.md", "knowledge/errors/no-time.md"}
    assert [report.partition(": ")[0] for report in made.reports] == ["README.md", "a.md", "b.md", "no-time.md"]


def test_secrets_are_not_imported() -> None:
    """Neither in an entry nor in a runbook."""
    secret = "ghp_abcdefghijklmnopqrstuvwxyz0123456789"
    made = taken({f"{STEM}.md": PAGE.replace("Ask   her.", f"token={secret}"), "r.md": f"# R\n\ntoken={secret}\n"})
    assert len(made.files) == 2
    assert not [file for file in made.files if secret in file.text]


def test_the_command_writes_once_and_changes_nothing_the_second_time(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Files that are not UTF-8, links and folders are told; a knowledge folder that leads elsewhere is not written to."""
    old, root = tmp_path / "old", tmp_path / "root"
    (old / "deep").mkdir(parents=True)
    root.mkdir()
    (old / "deep" / f"{STEM}.md").write_text(PAGE, encoding="utf-8")
    (old / "redis.md").write_bytes(b"\xef\xbb\xbf# Redis\r\n\r\nwords of an IOError\r\n")
    (old / "latin.md").write_bytes("# Größe".encode("latin-1"))
    (old / "link.md").symlink_to(tmp_path / "elsewhere.md")
    assert main(["--root", str(root), "import", str(old)]) == 0
    told = capsys.readouterr().out
    assert "latin.md: not read: it is not UTF-8" in told
    assert "link.md: not read: it is a link" in told
    assert "2 pages imported" in told
    files = {file: file.read_bytes() for file in root.rglob("*.md")}
    assert {file.relative_to(root).as_posix() for file in files} == {
        f"knowledge/errors/{STEM}.md",
        "knowledge/runbooks/redis.md",
        "knowledge/runbooks/README.md",
    }
    assert main(["--root", str(root), "import", str(old)]) == 0
    assert "nothing to import" in capsys.readouterr().out
    assert {file: file.read_bytes() for file in root.rglob("*.md")} == files
    assert main(["--root", str(root), "import", str(tmp_path / "nowhere")]) == 1
    outside, other = tmp_path / "outside", tmp_path / "other"
    outside.mkdir()
    (other / "knowledge").mkdir(parents=True)
    (other / "knowledge" / "errors").symlink_to(outside)
    assert main(["--root", str(other), "import", str(old)]) == 1
    assert list(outside.iterdir()) == []


def test_a_folder_of_too_many_or_too_large_pages_is_told(tmp_path: Path) -> None:
    """Nothing is read into memory without a bound."""
    (tmp_path / "large.md").write_text("# x\n" * 300_000, encoding="utf-8")
    assert read_folder(tmp_path) == ({}, ("large.md: not read: larger than 1 MB",))


@pytest.mark.slow
def test_an_import_can_be_a_pull_request(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """On the forge that needs no account: one request, which a second run leaves as it is."""
    root, old = tmp_path / "root", tmp_path / "old"
    (root / ".github").mkdir(parents=True)
    old.mkdir()
    (old / f"{STEM}.md").write_text(PAGE, encoding="utf-8")
    tree = WorkTree.begun(root)
    tree.commits({".github/knowledge-bot.yml": "forge: local\n"})
    assert main(["--root", str(root), "import", str(old), "--propose"]) == 0
    assert "Import 1 older page" in capsys.readouterr().out
    assert not (root / "knowledge").exists()
    head = tree("rev-parse", "errata/import/old")
    assert "## Imported notes" in tree("show", f"{head}:knowledge/errors/{STEM}.md")
    assert main(["--root", str(root), "import", str(old), "--propose"]) == 0
    assert tree("rev-parse", "errata/import/old") == head


def test_what_is_proposed_passes_the_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A page without a scope is told as a notice; the runbooks' list is written with it; what cannot be seen is left out; names of two folders do not meet."""
    root, old = tmp_path / "root", tmp_path / "old"
    for name, text in {"a/page.md": "# One\n\nwords\n", "b/page.MD": "# Two\x00\u202e\n\nwords of a KeyError\n", "c.markdown": "# Three\n\nwords\n"}.items():
        (old / name).parent.mkdir(parents=True, exist_ok=True)
        (old / name).write_text(text, encoding="utf-8")
    (root / "knowledge").mkdir(parents=True)
    fix(root, "knowledge")
    assert main(["--root", str(root), "import", str(old)]) == 0
    assert "b/page.MD: taken without what cannot be seen in it, 2 of its characters" in capsys.readouterr().out
    found = findings(root, "knowledge")
    assert {(one.path, one.rule, one.notice) for one in found if "runbooks" in one.path} == {
        ("knowledge/runbooks/a-page.md", "KB043", True),
        ("knowledge/runbooks/c.md", "KB043", True),
    }
    listed = (root / "knowledge" / "runbooks" / "README.md").read_text(encoding="utf-8")
    assert all(f"]({name}.md)" in listed for name in ("a-page", "b-page", "c"))


def test_what_the_check_will_ask_for_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A link to a page that was not taken, half of a merge; links between the pages are none of that."""
    root, old = tmp_path / "root", tmp_path / "old"
    old.mkdir()
    root.mkdir()
    (old / "one.md").write_text("# One\n\nA KeyError: [two](two.md), [gone](gone.md)\n", encoding="utf-8")
    (old / "two.md").write_text("# Two\n\n<<<<<<< ours\nKeyError\n", encoding="utf-8")
    assert main(["--root", str(root), "import", str(old)]) == 0
    told = capsys.readouterr().out
    assert "knowledge/runbooks/one.md: line 8: the link to gone.md leads nowhere" in told
    assert "two.md leads nowhere" not in told
    assert "knowledge/runbooks/two.md: line 8: a merge-conflict marker" in told
