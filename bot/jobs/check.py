"""Lint the knowledge folder: every finding, for a person, for Actions, or as JSON."""

from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

import msgspec

from bot.core.lint import GENERATED, UNREAD, Finding
from bot.core.lint import check as lint
from bot.core.plain_text import cut
from bot.core.redaction import Redactor
from bot.sources.knowledge import KnowledgeFolder
from bot.texts.findings import report, summary
from bot.texts.index import schema_page
from bot.texts.workflow import annotation

SCHEMA = "SCHEMA.md"
MAX_SHOWN = 1_000  # what a pull request brings must not fill the log; the last line counts all


def check(root: Path, folder: str, out: TextIO, as_json: bool, annotations: bool) -> int:
    """Print every finding; 0 when there is none, 1 otherwise. `folder` is relative to `root`. Raises OSError only for `out`."""
    found = findings(root, folder)
    if as_json:
        out.write(msgspec.json.format(msgspec.json.encode(found), indent=2).decode() + "\n")
        return 1 if found else 0
    for finding in found[:MAX_SHOWN]:
        if annotations:
            out.write(annotation("error", cut(f"{finding.message}. {finding.remedy}", 1_000), title=finding.rule, file=finding.path, line=finding.line) + "\n")
        out.write(report(finding) + "\n")
    out.write(summary(found, len(KnowledgeFolder(root, folder).entries())) + "\n")
    return 1 if found else 0


def findings(root: Path, folder: str) -> list[Finding]:
    """What is to mend, in order of path and line."""
    knowledge = KnowledgeFolder(root, folder)
    files = knowledge.read_all()
    unread = [Finding(one.path, 1, UNREAD.id, one.cause, one.remedy) for one in knowledge.unread()]
    found = [*unread, *lint(files, knowledge.exists, _secrets), *_stale_schema(files, knowledge.folder)]
    return sorted(found, key=lambda finding: (finding.path, finding.line, finding.rule))


def fix(root: Path, folder: str) -> Path:
    """Write the generated schema page anew, and return where it is."""
    page = root / folder / SCHEMA
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(schema_page(), encoding="utf-8", newline="\n")
    return page


def _stale_schema(files: dict[str, str], folder: str) -> Iterable[Finding]:
    path = f"{folder}/{SCHEMA}"
    text = files.get(path)
    if text is None or text.replace("\r\n", "\n") != schema_page():
        yield Finding(path, 1, GENERATED.id, "missing" if text is None else "not what this version of the bot writes", GENERATED.remedy)


def _secrets(text: str) -> Iterable[tuple[int, str]]:
    return ((span.start, span.kind) for span in Redactor().spans(text))
