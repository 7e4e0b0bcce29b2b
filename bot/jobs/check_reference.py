"""The linter's part for what stands beside the entries: codes, runbooks, post-mortems, reviews, and the pages made from them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from bot.core.entry.entry import name_in
from bot.core.entry.library import Library
from bot.core.knowledge.code_catalogue import KnownCode
from bot.core.knowledge.index_marks import marked
from bot.core.knowledge.postmortem import named
from bot.core.knowledge.runbook import Runbook, parse
from bot.core.lint.lint import CODES, POSTMORTEM, REFERENCE, RUNBOOK, Finding, page_findings
from bot.core.lint.lint import secrets_of as only_secrets
from bot.core.rules.codes import codes as standard_codes
from bot.errors import BadEntry
from bot.regex import regex
from bot.sources.knowledge.knowledge import KnowledgeFolder
from bot.texts.reference_pages import codes_page, runbooks_page

Secrets = Callable[[str], Iterable[tuple[int, str]]]
CODES_FILE, OTHER_ENDING, CODES_PAGE, RUNBOOKS_PAGE = "codes.yml", "codes.yaml", "codes.md", "runbooks/README.md"
_LINE = regex(r"line (\d{1,9}): ")


def findings(knowledge: KnowledgeFolder, secrets: Secrets) -> Iterator[Finding]:
    """What is to mend in codes.yml, the runbooks, the post-mortems and the reviews."""
    codes, broken = _codes(knowledge)
    runbooks, unread = _runbooks(knowledge)
    yield from (*broken, *unread)
    if knowledge.text(OTHER_ENDING) is not None:
        yield Finding(f"{knowledge.folder}/{OTHER_ENDING}", 1, CODES.id, "nothing reads it under this name", f"name it {CODES_FILE}, or put its codes there")
    yield from _unreachable(runbooks, codes)
    texts = {**knowledge.runbooks(), **knowledge.postmortems(), **knowledge.reviews()}
    yield from page_findings(texts, knowledge.exists, secrets)
    yield from only_secrets({f"{knowledge.folder}/{CODES_FILE}": knowledge.text(CODES_FILE) or ""}, secrets)
    yield from _postmortems(knowledge)
    if not broken and not unread:
        for name, wanted in _pages(knowledge, codes, runbooks).items():
            if wanted != (knowledge.text(name) or ""):
                yield Finding(f"{knowledge.folder}/{name}", 1, REFERENCE.id, "not what is made from the files beside it", REFERENCE.remedy)


def fix(root: Path, folder: str) -> list[Path]:
    """Write the pages of codes and runbooks anew, where there is something to write. What cannot be read leaves its page as it is."""
    knowledge = KnowledgeFolder(root, folder)
    codes, broken = _codes(knowledge)
    runbooks, unread = _runbooks(knowledge)
    written = []
    for name, text in _pages(knowledge, codes, runbooks).items():
        if not (broken if name == CODES_PAGE else unread):
            path = root / folder / name
            path.write_text(text, encoding="utf-8", newline="")
            written.append(path)
    return written


def listing(knowledge: KnowledgeFolder, added: Mapping[str, str]) -> str | None:
    """The page of the runbooks with these (path → text) beside those that are there; None where one of them cannot be read, or it stays as it is."""
    try:
        runbooks = [parse(text, path) for path, text in {**knowledge.runbooks(), **added}.items()]
    except BadEntry:
        return None
    page = knowledge.text(RUNBOOKS_PAGE) or ""
    made = runbooks_page(runbooks, page) if runbooks else page
    return made if made != page else None


def _pages(knowledge: KnowledgeFolder, codes: dict[str, KnownCode], runbooks: list[Runbook]) -> dict[str, str]:
    """Where nothing is left to list, a page that listed something says so."""
    pages = {}
    page = knowledge.text(CODES_PAGE) or ""
    if codes or marked(page):
        pages[CODES_PAGE] = codes_page(codes, page)
    page = knowledge.text(RUNBOOKS_PAGE) or ""
    if runbooks or marked(page):
        pages[RUNBOOKS_PAGE] = runbooks_page(runbooks, page)
    return pages


def _codes(knowledge: KnowledgeFolder) -> tuple[dict[str, KnownCode], list[Finding]]:
    try:
        return knowledge.codes(), []
    except BadEntry as error:
        return {}, [_finding(error, f"{knowledge.folder}/{CODES_FILE}", CODES.id)]


def _runbooks(knowledge: KnowledgeFolder) -> tuple[list[Runbook], list[Finding]]:
    read, unread = list[Runbook](), list[Finding]()
    for path, text in knowledge.runbooks().items():
        try:
            read.append(parse(text, path))
        except BadEntry as error:
            unread.append(_finding(error, path, RUNBOOK.id))
    return read, unread


def _unreachable(runbooks: list[Runbook], codes: dict[str, KnownCode]) -> Iterator[Finding]:
    """Runbooks that nothing chooses, and codes in a scope that no catalogue knows."""
    for one in runbooks:
        if not one.scoped:
            remedy = "name services, environments, categories, error_types, codes, says or facts"
            yield Finding(one.path, 1, RUNBOOK.id, "its scope names nothing, so that nothing chooses it", remedy, notice=True)
        for code in one.front.codes:
            stem = code.removesuffix("*").casefold()
            known = any(name.casefold().startswith(stem) if code.endswith("*") else name.casefold() == stem for name in codes)
            if not known and not standard_codes(f"SQLSTATE {code}").sqlstates:
                yield Finding(one.path, 1, RUNBOOK.id, f"its scope names the code {code}, which codes.yml does not know", "add the code there, or mend it here")


def _postmortems(knowledge: KnowledgeFolder) -> Iterator[Finding]:
    """Whether each is named by its date and its error, and the error is one that the folder knows."""
    names = {path: named(path) for path in knowledge.postmortems()}
    files = knowledge.entries() if names else {}
    known = {name_in(path) for path in files}
    astray = {path: name[1] for path, name in names.items() if name and name[1] not in known}
    library = Library.read(files) if astray else None  # an entry that was renamed by hand has its old name as an alias
    for path, name in names.items():
        if name is None:
            yield Finding(path, 1, POSTMORTEM.id, "its name is not a date and a signature", POSTMORTEM.remedy)
        elif path in astray and library is not None and library.called(name[1]) is None:
            yield Finding(path, 1, POSTMORTEM.id, f"there is no entry {name[1]}", "name it after the entry that the error has now, or put that one back")


def _finding(error: BadEntry, path: str, rule: str) -> Finding:
    match = _LINE.match(error.cause)
    return Finding(path, int(match[1]) if match else 1, rule, error.cause[match.end() :] if match else error.cause, error.remedy)
