"""All lint rules over the knowledge folder: text in, findings out."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from bot.core.lint import body as lint_body
from bot.core.lint import front as lint_front
from bot.core.lint.page import Finding, Found, Page, Rule

__all__ = [
    "ASTRAY",
    "CODES",
    "GENERATED",
    "POSTMORTEM",
    "REFERENCE",
    "RULES",
    "RULE_FILE",
    "RUNBOOK",
    "UNREAD",
    "Finding",
    "check",
    "page_findings",
    "secrets_of",
]

UNREAD = Rule("KB001", "Every file is UTF-8 text that lies inside the knowledge folder.", "save it as UTF-8 inside the folder")
_LIES = "Entries, runbooks, post-mortems and reviews lie in their folder itself, as `.md`."
ASTRAY = Rule("KB004", _LIES, "move it into the folder itself, as `.md`: nothing else is read")
GENERATED = Rule("KB040", "The schema page is the one that this version of the bot writes.", "write it anew: `bot check knowledge --fix`")
RULE_FILE = Rule("KB041", "A rule of diagnosis can be used, and its own examples hold.", "mend the rule; `bot rules test` shows each example")
CODES = Rule("KB042", "The list of error codes can be read.", "write each code as one line, or as a record with `meaning:`")
RUNBOOK = Rule("KB043", "A runbook can be read, and something can choose it.", "mend its front matter; docs/runbooks.md shows every key")
REFERENCE = Rule("KB044", "The pages of codes and runbooks are those that are made from them.", "write them anew: `bot check knowledge --fix`")
POSTMORTEM = Rule("KB045", "A post-mortem is named by its date and by an error that has an entry.", "name it `2025-12-17-<signature>.md`, after an entry")
_OF_FILES = (UNREAD, ASTRAY, GENERATED, RULE_FILE, CODES, RUNBOOK, REFERENCE, POSTMORTEM)
RULES: tuple[Rule, ...] = tuple(sorted((*_OF_FILES, *lint_front.RULES.rules, *lint_body.RULES.rules), key=lambda rule: rule.id))


def check(
    files: Mapping[str, str],
    exists: Callable[[str], bool] | None = None,
    find_secrets: Callable[[str], Iterable[tuple[int, str]]] = lambda _text: (),
) -> list[Finding]:
    """Every finding in these files (path from the repository's root → text), in order of path, line and rule.

    Files in a folder `errors`, and EXAMPLE.md, are checked as entries, others as pages. `exists` answers for link targets
    (default: `files` is all there is); `find_secrets` yields offset and kind.
    """
    there = exists or files.__contains__
    pages = {path: Page(path, text, there, find_secrets) for path, text in files.items()}
    found = [_finding(rule, path, one) for rule in RULES for path, one in _found(rule, pages)]
    return sorted(found, key=lambda finding: (finding.path, finding.line, finding.rule, finding.message))


def _found(rule: Rule, pages: Mapping[str, Page]) -> Iterator[tuple[str, Found]]:
    if rule.of_folder:
        yield from rule.of_folder(pages)
    if rule.of_page:
        for path, page in pages.items():
            for one in rule.of_page(page):
                yield path, one


def secrets_of(files: Mapping[str, str], find_secrets: Callable[[str], Iterable[tuple[int, str]]]) -> list[Finding]:
    """Only the rule about secrets, for files that are neither entries nor pages of the index."""
    rule = lint_body.no_secrets_rule()
    pages = (Page(path, text, files.__contains__, find_secrets) for path, text in files.items())
    return [_finding(rule, page.path, one) for page in pages for one in lint_body.no_secrets(page)]


def page_findings(files: Mapping[str, str], exists: Callable[[str], bool], find_secrets: Callable[[str], Iterable[tuple[int, str]]]) -> list[Finding]:
    """What the rules about text say of pages that are no entries."""
    pages = [Page(path, text, exists, find_secrets) for path, text in files.items()]
    return [_finding(rule, page.path, one) for rule in lint_body.RULES.rules for page in pages if rule.of_page for one in rule.of_page(page)]


def _finding(rule: Rule, path: str, one: Found) -> Finding:
    return Finding(path, one.line, rule.id, one.message, one.remedy or rule.remedy)
