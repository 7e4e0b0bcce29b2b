"""Lint rules on front matter, on file names, and on what entries say of each other."""

import re
from collections.abc import Iterator, Mapping

from bot.core.entry.front_values import Kind
from bot.core.entry.identity import folded_in, identity_of
from bot.core.entry.meta import EntryMeta
from bot.core.lint.page import Found, Page, Rules
from bot.core.signature.signature import MAX_NAME

RULES = Rules()
_MERGE = "merge the two entries: `bot merge ONE OTHER`"
_COPY = "of a copy that is to tell of another error, take `threads` and the occurrences out: once merged, it would answer these threads again"
SAFE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-")


@RULES.folder("KB003", "keep knowledge/EXAMPLE.md beside the folder, and record a first error with `bot diagnose`")
def not_empty(pages: Mapping[str, Page]) -> Iterator[tuple[str, Found]]:
    """The folder holds at least one entry."""
    if not any(page.in_folder for page in pages.values()):
        yield "knowledge/errors", Found(1, "no entry found")


@RULES.page("KB010", "write the front matter as in knowledge/EXAMPLE.md")
def readable(page: Page) -> Iterator[Found]:
    """The front matter is flat YAML between two lines `---`, each key once, from the first line on."""
    yield from _problems(page, "unreadable")


@RULES.page("KB011", "remove the key; every key stands in knowledge/SCHEMA.md")
def known_keys(page: Page) -> Iterator[Found]:
    """Every key is one of the schema."""
    yield from _problems(page, "unknown key")


@RULES.page("KB012", "add the key; every key stands in knowledge/SCHEMA.md")
def all_keys(page: Page) -> Iterator[Found]:
    """Every mandatory key is there."""
    yield from _problems(page, "missing key")


@RULES.page("KB013", "write the value as knowledge/SCHEMA.md shows it")
def allowed_values(page: Page) -> Iterator[Found]:
    """Every value is of the type and among the values that the schema allows."""
    yield from _problems(page, "wrong value")


@RULES.page("KB014", "name the file as its signature; or write the file's name into `signature` and the old one into `aliases`")
def file_name(page: Page) -> Iterator[Found]:
    """The file is named as its signature, in letters, digits, `.`, `_` and `-`, at most 120 of them."""
    if not page.in_folder:
        return
    stem = page.name.removesuffix(".md")
    if not stem or len(stem) > MAX_NAME or stem.startswith(".") or not set(stem) <= SAFE:
        yield Found(1, f"{stem[:60]!r} is no name for an entry")
    elif (meta := _meta(page)) and meta.signature != stem:
        yield Found(page.key_line("signature"), f"the file is named {stem}, its signature is {meta.signature}")


@RULES.page("KB015", "mend the time that is wrong")
def times_in_order(page: Page) -> Iterator[Found]:
    """`first_seen` is not after `last_seen`, and `resolved_at` is not before `first_seen`."""
    meta = _meta(page)
    if meta and meta.first_seen > meta.last_seen:
        yield Found(page.key_line("first_seen"), f"first_seen ({meta.first_seen}) is after last_seen ({meta.last_seen})")
    if meta and meta.resolved_at and meta.resolved_at < meta.first_seen:
        yield Found(page.key_line("resolved_at"), f"resolved_at ({meta.resolved_at}) is before first_seen ({meta.first_seen})")


@RULES.page("KB016", "list each alert once, and count at least as many occurrences")
def counted(page: Page) -> Iterator[Found]:
    """`occurrences` is not smaller than the number of alerts that the entry knows, and no thread is listed twice."""
    meta = _meta(page)
    if meta is None:
        return
    known = max(len({*map(identity_of, meta.threads), *folded_in(page.body)}), len(meta.threads))
    if meta.occurrences < known:
        yield Found(page.key_line("occurrences"), f"{meta.occurrences} occurrences, but {known} threads")
    if len(set(meta.threads)) < len(meta.threads):
        yield Found(page.key_line("threads"), "a thread is listed twice")


@RULES.page("KB017", "say in `resolution` what ended it (name the commit) and in `resolved_at` when")
def resolved_how(page: Page) -> Iterator[Found]:
    """A resolved entry says how and when it was resolved."""
    meta = _meta(page)
    if meta and meta.status == "resolved" and not (meta.resolution.strip() and meta.resolved_at):
        missing = " and ".join(key for key, value in (("resolution", meta.resolution.strip()), ("resolved_at", meta.resolved_at)) if not value)
        yield Found(page.key_line("status"), f"resolved without {missing}")


@RULES.folder("KB018", _MERGE)
def one_owner(pages: Mapping[str, Page]) -> Iterator[tuple[str, Found]]:
    """A fingerprint, an alias and an occurrence have one entry; no alias is another's name unless that one leads here; no two names differ in case only."""
    named: dict[str, str] = {}
    for path in sorted(path for path, page in pages.items() if page.in_folder):
        # On many machines one of the two files would take the place of the other.
        if (other := named.setdefault(path.casefold(), path)) != path:
            yield path, Found(1, f"only upper and lower case tell it from {other}", "rename one of them: `bot rename`")
    owners: dict[str, str] = {}
    metas = {path: meta for path, page in sorted(pages.items()) if page.in_folder and (meta := _meta(page))}
    names = {meta.signature: path for path, meta in metas.items()}
    for path, meta in metas.items():
        for key, values in (("fingerprint", (meta.fingerprint,)), ("aliases", meta.aliases)):
            for value in filter(None, values):
                if _leads_to(value, meta.signature, metas, names):
                    continue
                other = names.get(value) or owners.setdefault(value, path)
                if other != path:
                    remedy = f"{_MERGE}; or, of a copy that is another error, take `fingerprint` out" if key == "fingerprint" else _MERGE
                    yield path, Found(pages[path].key_line(key), f"{key} {value} also belongs to {other}", remedy)
    yield from _copied(pages, metas)


def _copied(pages: Mapping[str, Page], metas: Mapping[str, EntryMeta]) -> Iterator[tuple[str, Found]]:
    """Entries that hold an occurrence of another one, seal and all, with its thread. Two errors of one message share a thread: each has its own words."""
    holders: dict[str, list[str]] = {}
    for path, meta in metas.items():
        for identity in dict.fromkeys(map(identity_of, meta.threads)) if meta.status != "withdrawn" else ():
            holders.setdefault(identity, []).append(path)
    told = set[str]()
    for identity, paths in holders.items():
        owners: dict[str, str] = {}
        for path in paths if len(paths) > 1 else ():
            mark = re.search(rf"<!-- errata:occurrence {re.escape(identity)} [0-9a-f]{{16}} -->", pages[path].body)
            if mark and (owner := owners.setdefault(mark[0], path)) != path and path not in told:
                told.add(path)
                yield path, Found(pages[path].key_line("threads"), f"threads are copied from {owner}", _COPY)


@RULES.folder("KB019", "name in `replaced_by` the entry that it was merged into or renamed to; or take the key out: the next alert then finds this entry again")
def replaced_by_something(pages: Mapping[str, Page]) -> Iterator[tuple[str, Found]]:
    """`replaced_by` stands in a withdrawn entry only, and leads to an entry that is there, not in a circle."""
    metas = {path: meta for path, page in sorted(pages.items()) if page.in_folder and (meta := _meta(page))}
    names = {alias: path for path, meta in metas.items() for alias in meta.aliases} | {meta.signature: path for path, meta in metas.items()}
    unread = {page.name.removesuffix(".md") for path, page in pages.items() if page.in_folder and path not in metas}
    for path, meta in metas.items():
        line = pages[path].key_line("replaced_by")
        if meta.replaced_by and meta.status != "withdrawn":
            yield path, Found(line, f"replaced by {meta.replaced_by[:120]}, but {meta.status}", "set `status` to `withdrawn`, or take `replaced_by` out")
        elif told := _astray(path, metas, names, unread):
            yield path, Found(line, f"replaced by {meta.replaced_by[:120]}, which {told}")


def _astray(path: str, metas: Mapping[str, EntryMeta], names: Mapping[str, str], unread: set[str]) -> str:
    seen = {path}
    while metas[path].replaced_by:
        following = names.get(metas[path].replaced_by)
        if following is None:
            return "" if metas[path].replaced_by in unread else "leads to no entry"  # what is wrong there is told there
        if following in seen:
            return "leads in a circle"
        seen.add(following)
        path = following
    return ""


def _leads_to(name: str, target: str, metas: Mapping[str, EntryMeta], names: Mapping[str, str]) -> bool:
    """Whether the entry of that name is withdrawn and replaced, step by step, by the target."""
    seen = set[str]()
    while name not in seen and (path := names.get(name)) is not None and metas[path].status == "withdrawn":
        seen.add(name)
        name = metas[path].replaced_by
        if name == target:
            return True
    return False


def _meta(page: Page) -> EntryMeta | None:
    return page.reading.meta if page.reading else None


def _problems(page: Page, kind: Kind) -> Iterator[Found]:
    for problem in page.reading.problems if page.reading else ():
        if problem.kind == kind:
            yield Found(problem.line, problem.cause, problem.remedy)
