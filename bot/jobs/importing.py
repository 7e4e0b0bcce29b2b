"""Older pages become entries and runbooks of today. Nothing is overwritten, nothing is lost, and what could not be read is told."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from bot.core.entry import old_entry
from bot.core.entry.entry import parse, path_of, render
from bot.core.entry.library import Library
from bot.core.entry.meta import SIGNATURE, EntryMeta, higher
from bot.core.entry.old_entry import Old
from bot.core.entry.recording import MAX_TITLE
from bot.core.knowledge import runbook
from bot.core.lint.body import invisible
from bot.core.plain_text.plain_text import cut, one_line
from bot.core.redaction.redaction import Redactor
from bot.core.signature import signature as signatures
from bot.core.signature.signature import name_of
from bot.errors import BadCommand, BadEntry
from bot.model import Alert, File, Permalink, Record
from bot.regex import regex
from bot.texts import imported

_SUFFIXES = (".md", ".markdown")
MAX_FILES, MAX_BYTES = 20_000, 1_000_000
_NOWHERE, _BEGINNING = Permalink("", "", "0000000000.000000"), datetime(1970, 1, 1, tzinfo=UTC)
_NEVER = "1970-01-01T00:00:00Z"
_SEEN = ("first seen", "last seen")
_NAME = regex(SIGNATURE)
_SIGNED = regex(r"_[0-9a-f]{6}\Z")
_RELATED = regex(r"([A-Za-z0-9._-]{1,120})\.md\b")
Exists = Callable[[str], bool]


class Taken(Record, frozen=True):
    """What an import comes to: files to write, and a sentence for each page that is not among them or was joined to another."""

    files: tuple[File, ...] = ()
    reports: tuple[str, ...] = ()
    listing: tuple[File, ...] = ()
    """The page that lists the runbooks, where it changes: the one page that is written over."""


class _Page(Record, frozen=True):
    path: str
    stem: str
    text: str


def read_folder(folder: Path) -> tuple[dict[str, str], tuple[str, ...]]:
    """Path below the folder → text of every Markdown page in it, and a sentence for each that cannot be read. Raises BadCommand."""
    if not folder.is_dir():
        raise BadCommand(f"importing {folder}", "there is no such folder", "name the folder that holds the older pages")
    pages, reports = dict[str, str](), list[str]()
    files = sorted(file for file in folder.rglob("*") if file.suffix.casefold() in _SUFFIXES)
    if len(files) > MAX_FILES:
        raise BadCommand(f"importing {folder}", f"it holds more than {MAX_FILES} pages", "import it one folder at a time")
    for file in files:
        name = file.relative_to(folder).as_posix()
        try:
            if file.is_symlink() or not file.is_file():
                reports.append(f"{name}: not read: it is a link, or no file")
            elif file.stat().st_size > MAX_BYTES:
                reports.append(f"{name}: not read: larger than 1 MB")
            else:
                pages[name] = file.read_bytes().decode("utf-8")
        except UnicodeDecodeError as error:
            reports.append(f"{name}: not read: it is not UTF-8 (byte {error.start}); save it as UTF-8 and import again")
        except OSError as error:
            reports.append(f"{name}: not read: {error.strerror or 'the disk refused'}")
    return pages, tuple(reports)


def take(pages: Mapping[str, str], library: Library, exists: Exists, redactor: Redactor) -> Taken:
    """What becomes of these pages (path → text), in order of their paths; `exists` answers for paths of the repository."""
    files, reports = list[File](), list[str]()
    old: dict[tuple[str, str, str], list[tuple[_Page, Old]]] = {}
    shared = {stem for stem, count in Counter(_slug(PurePosixPath(path).stem) for path in pages).items() if count > 1}
    for path, text in sorted(pages.items()):
        page = _Page(redactor.text(path), PurePosixPath(path).stem, _seen(path, redactor.text(text), reports))
        if not page.text.strip():
            reports.append(f"{page.path}: not read: it is empty")
        elif old_entry.is_old(page.text):
            content = old_entry.read(page.text)
            culprit, error_type, message = old_entry.named(content, page.stem)
            # Without a message, nothing but the name tells two errors of one function apart.
            key = (culprit.casefold(), error_type.casefold(), message.casefold() or page.stem.casefold())
            old.setdefault(key, []).append((page, content))
        else:
            # Pages of one name in several folders are told apart by their folders.
            slug = _slug(page.stem)
            _take_runbook(page, _slug(path.rpartition(".")[0]) if slug in shared else slug, exists, files, reports)
    for group in old.values():
        _take_entry(_distinct(group, reports), library, exists, files, reports)
    return Taken(tuple(files), tuple(reports))


def _distinct(group: list[tuple[_Page, Old]], reports: list[str]) -> list[tuple[_Page, Old]]:
    """Each content once; first the page whose name is a signature, then the older."""
    found: dict[str, tuple[_Page, Old]] = {}
    for page, content in sorted(group, key=lambda one: (not _SIGNED.search(one[0].stem), min(one[1].times, default="9"), one[0].path)):
        first = found.setdefault(page.text, (page, content))[0]
        if first is not page:
            reports.append(f"{page.path}: not taken: word for word the same as {first.path}")
    return list(found.values())


def _take_entry(group: list[tuple[_Page, Old]], library: Library, exists: Exists, files: list[File], reports: list[str]) -> None:
    page = group[0][0]
    name = _file_name(page.stem)
    path = path_of(name)
    known = library.find(signatures.of(_alert(group[0][1], page.stem))) if library.entries.get(name) is None else None
    if exists(path) or known is not None or any(file.path.casefold() == path.casefold() for file in files):
        there = path_of(known.meta.signature) if known is not None else path
        reports += [f"{one.path}: not taken: {there} is there already, and stays as it is" for one, _ in group]
        return
    try:
        made = imported.entry(_meta(name, group, library), [(one.path, content) for one, content in group], old_entry.named(group[0][1], page.stem)[2])
        text = render(made)
        parse(text, path)
    except BadEntry as error:
        reports += [f"{one.path}: not taken: {error.cause}; {error.remedy}" for one, _ in group]
        return
    files.append(File(path, text))
    reports += [f"{one.path}: joined to {path}: both tell of the same error" for one, _ in group[1:]]
    if not any(content.times or "first seen" in content.facts for _, content in group):
        reports.append(f"{page.path}: taken without a time: it tells none; `first_seen` says 1970 until you mend it")


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:80].strip("-")


def _seen(path: str, text: str, reports: list[str]) -> str:
    """The text without characters that nobody sees, which no page may hold."""
    bom, rest = ("\ufeff", text[1:]) if text.startswith("\ufeff") else ("", text)
    plain = rest.isascii() and rest.isprintable()
    seen = rest if plain else "".join(mark for mark in rest if mark in "\r\n" or not invisible(mark))
    if len(seen) < len(rest):
        reports.append(f"{path}: taken without what cannot be seen in it, {len(rest) - len(seen)} of its characters")
    return bom + seen


def _take_runbook(page: _Page, slug: str, exists: Exists, files: list[File], reports: list[str]) -> None:
    title = imported.first_heading(page.text)
    path = f"knowledge/runbooks/{slug or 'page'}.md"
    if slug in ("readme", "index"):
        reports.append(f"{page.path}: not taken: a page that lists others; `bot check knowledge --fix` makes one")
    elif exists(path) or any(file.path == path for file in files):
        reports.append(f"{page.path}: not taken: {path} is there already, and stays as it is")
    elif _is_runbook(page.text, path):
        files.append(File(path, page.text))
    elif not title:
        reports.append(f"{page.path}: not read: it has no heading that says what it is about; give it one and import again")
    else:
        text = imported.runbook(title, page.text.removeprefix("\ufeff"), page.path)
        try:
            found = runbook.parse(text, path)
        except BadEntry as error:
            reports.append(f"{page.path}: not taken: {error.cause}; {error.remedy}")
            return
        files.append(File(path, text))
        if not found.scoped:
            reports.append(f"{page.path}: taken as {path}, but nothing in it says when it helps; give it a scope (docs/runbooks.md)")


def _is_runbook(text: str, path: str) -> bool:
    try:
        runbook.parse(text, path)
    except BadEntry:
        return False
    return True


def _meta(name: str, group: list[tuple[_Page, Old]], library: Library) -> EntryMeta:
    olds = [old for _, old in group]
    culprit, error_type, message = old_entry.named(olds[0], group[0][0].stem)
    times = sorted(filter(None, (*(time for old in olds for time in old.times), *(old_entry.time_of(old.facts.get(key, "")) for old in olds for key in _SEEN))))
    threads = tuple(dict.fromkeys(thread for old in olds for thread in old.threads))
    today = signatures.of(_alert(olds[0], group[0][0].stem))
    others = (*(_file_name(page.stem) for page, _ in group[1:]), *([today.name] if message and library.find(today) is None else []))
    severities = [old.severity for old in olds if old.severity is not None] or ["medium"]
    severity = severities[0]
    for one in severities:
        severity = higher(severity, one)
    return EntryMeta(
        signature=name,
        title=cut(one_line(f"{error_type} in {culprit}" + (f": {message}" if message else "")), MAX_TITLE),
        status="diagnosed",
        severity=severity,
        category="unknown",
        error_type=cut(error_type, MAX_TITLE),
        culprit=cut(culprit, MAX_TITLE),
        services=_listed(olds, "service"),
        environments=_listed(olds, "environments"),
        first_seen=times[0] if times else _NEVER,
        last_seen=times[-1] if times else _NEVER,
        occurrences=max(1, sum(_count(old) for old in olds), len(threads)),
        threads=tuple(sorted(threads, key=lambda link: link[-16:])),
        aliases=tuple(dict.fromkeys(one for one in others if one != name)),
        related=_related(olds, name, library),
        schema=1,
    )


def _alert(old: Old, stem: str) -> Alert:
    """The error as an alert of today would tell it, for the name that it has today."""
    culprit, error_type, message = old_entry.named(old, stem)
    return Alert(_NOWHERE, _BEGINNING, "", message, error_type=error_type, culprit=culprit, message=message)


def _count(old: Old) -> int:
    told = old.facts.get("occurrences", "")
    return max(old.occurrences, int(told) if told.isascii() and told.isdigit() and len(told) < 7 else 0)


def _listed(olds: Iterable[Old], key: str) -> tuple[str, ...]:
    parts = (part.strip(" `*[]{}") for old in olds for part in re.split(r"[,/]", old.facts.get(key, "")))
    return tuple(dict.fromkeys(cut(one_line(part), 80) for part in parts if part))[:20]


def _related(olds: Iterable[Old], name: str, library: Library) -> tuple[str, ...]:
    """Entries that are there, of those that the old page leads to."""
    found = (stem for old in olds for stem in _RELATED.findall(old.sections.get("Related Errors", "")))
    return tuple(dict.fromkeys(stem for stem in found if stem != name and stem in library.entries))[:5]


def _file_name(stem: str) -> str:
    """The old name where it can stay, for the sake of old links; else what is left of it."""
    if _NAME.match(stem) and not stem.startswith("."):
        return stem
    plain = re.sub(r"[^A-Za-z0-9._-]+", "_", one_line(stem)).strip("._-")[:100]
    return plain or name_of("imported", "page", "0" * 32, 6)
