"""Lint the knowledge folder: every finding, for a person, for Actions, or as JSON."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Literal, TextIO

import msgspec

from bot.core.lint.diff import secrets_added
from bot.core.lint.lint import ASTRAY, GENERATED, RULE_FILE, UNREAD, Finding
from bot.core.lint.lint import check as lint
from bot.core.lint.lint import secrets_of as only_secrets
from bot.core.plain_text.plain_text import cut
from bot.core.redaction.redaction import Redactor
from bot.core.rules.check import verdicts
from bot.diagnosers.rule_book import own
from bot.diagnosers.rule_book import texts as rule_texts
from bot.jobs import check_reference
from bot.sources.knowledge.knowledge import KnowledgeFolder
from bot.texts.findings import report, summary
from bot.texts.schema_page import schema_page
from bot.texts.workflow import annotation

SCHEMA = "SCHEMA.md"
Patches = tuple[str, str]
"""Unified diffs of what a branch adds: its last state, and commit by commit."""
MAX_SHOWN = 1_000  # what a pull request brings must not fill the log; the last line counts all


def check(root: Path, folder: str, out: TextIO, as_json: bool, annotations: bool, patches: Patches = ("", "")) -> int:
    """Print every finding; 1 when one of them is more than a notice, 0 otherwise. `folder` is relative to `root`. Raises OSError only for `out`."""
    found = findings(root, folder, patches)
    failed = int(any(not finding.notice for finding in found))
    if as_json:
        out.write(msgspec.json.format(msgspec.json.encode(found), indent=2).decode() + "\n")
        return failed
    for finding in found[:MAX_SHOWN]:
        if annotations:
            level: Literal["error", "notice"] = "notice" if finding.notice else "error"
            out.write(annotation(level, cut(f"{finding.message}. {finding.remedy}", 1_000), title=finding.rule, file=finding.path, line=finding.line) + "\n")
        out.write(report(finding) + "\n")
    out.write(summary(found, len(KnowledgeFolder(root, folder).entries())) + "\n")
    return failed


def findings(root: Path, folder: str, patches: Patches = ("", "")) -> list[Finding]:
    """What is to mend, in order of path and line. No message shows what looks like a secret, whichever rule it is of."""
    knowledge = KnowledgeFolder(root, folder)
    files = knowledge.read_all()
    redactor = Redactor()
    secrets = partial(_secrets, redactor)
    unread = [Finding(one.path, 1, UNREAD.id, one.cause, one.remedy) for one in knowledge.unread()]
    unread += map(partial(_astray, knowledge.folder), knowledge.astray())
    found = [*unread, *lint(files, knowledge.exists, secrets), *_stale_schema(files, knowledge.folder)]
    found += check_reference.findings(knowledge, secrets)
    found += [*_rule_files(root, knowledge.folder), *only_secrets(rule_texts(root / folder / "rules", root)[0], secrets)]
    found += secrets_added(*patches, lambda text: ((span.start, span.end, span.kind) for span in redactor.spans(text)))
    shown = (msgspec.structs.replace(finding, message=redactor.text(finding.message)) for finding in found)
    return sorted(dict.fromkeys(shown), key=lambda finding: (finding.path, finding.line, finding.rule))


def fix(root: Path, folder: str) -> list[Path]:
    """Write the generated pages anew, and return where they are."""
    page = root / folder / SCHEMA
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(schema_page(), encoding="utf-8", newline="\n")
    return [page, *check_reference.fix(root, folder)]


def replaced(root: Path, folder: str) -> str:
    """What `fix` is about to take out of the schema page, in a sentence; empty where every line of it is one that this version writes."""
    written = set(schema_page().split("\n"))
    others = [line for line in (KnowledgeFolder(root, folder).text(SCHEMA) or "").splitlines() if line.strip() and line.rstrip() not in written]
    if not others:
        return ""
    count = "1 line" if len(others) == 1 else f"{len(others)} lines"
    return f"{folder}/{SCHEMA}: replaced {count} that this version does not write; `git diff` shows them. Keep words of your own in {folder}/README.md"


def _astray(folder: str, path: str) -> Finding:
    """A draft of a runbook may lie anywhere; an entry that nothing reads is forgotten."""
    return Finding(path, 1, ASTRAY.id, "nothing reads it here", ASTRAY.remedy, notice=not path.startswith(f"{folder}/errors/"))


def _stale_schema(files: dict[str, str], folder: str) -> Iterable[Finding]:
    path = f"{folder}/{SCHEMA}"
    text = files.get(path)
    if text is None or text.replace("\r\n", "\n") != schema_page():
        yield Finding(path, 1, GENERATED.id, "missing" if text is None else "not what this version of the bot writes", GENERATED.remedy)


def _rule_files(root: Path, folder: str) -> Iterable[Finding]:
    """What is wrong with the team's rules of diagnosis; their examples are held against them."""
    layer = own(root / folder / "rules", root)
    yield from (Finding(one.path, one.line, RULE_FILE.id, one.cause, one.remedy) for one in layer.broken)
    for one in verdicts(layer.rules):
        if one.failed:
            yield Finding(f"{folder}/rules", 1, RULE_FILE.id, f"the example of `{one.rule}` {one.failed}: {one.example}", RULE_FILE.remedy)


def _secrets(redactor: Redactor, text: str) -> Iterable[tuple[int, str]]:
    return ((span.start, span.kind) for span in redactor.spans(text))
