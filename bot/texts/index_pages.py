"""The pages of the index below `knowledge/index/`: entries by service, category, severity and month."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from bot.core.entry.meta import SEVERITIES, EntryMeta
from bot.core.knowledge.index_marks import marked
from bot.core.plain_text.plain_text import cut, one_line
from bot.regex import regex
from bot.texts.index_rows import HEADER, Row, alerts_by_month, parts, standing, under
from bot.texts.markdown import inline, table

FOLDER = "knowledge/index"
KINDS = ("severity", "category", "service", "month")
MAX_SERVICES, MAX_MONTHS = 300, 240
"""Pages of their own: the services with most entries, the newest months. GitHub lists no more than 1,000 files of a folder."""
EMPTY = "No entry any more. [All known errors](../../README.md)"
_CATEGORIES = ("application", "database", "deployment", "infrastructure", "unknown")
_PATH = regex(rf"{FOLDER}/(?:{'|'.join(KINDS)})/[A-Za-z0-9][A-Za-z0-9._-]{{0,90}}\.md")
_TAME = regex(r"[a-z0-9](?:[a-z0-9_-]{0,58}[a-z0-9])?")
_HASHED = regex(r".*-[0-9a-f]{8}")
_NOT_TAKEN = frozenset({"readme", "other", "con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(10))})
_MONTH_HEADER = ("Error", "Status", "Severity", "Services", "Alerts", "New")
_ROOT = "../.."


class Page(NamedTuple):
    """One page before it is one. `entries` is how many it lists with the parts that follow it; 0 for a further part, and for a list of pages."""

    kind: str
    label: str
    words: str
    introduction: str
    entries: int


def path(kind: str, name: str, part: int = 1) -> str:
    """Of a page; names hold no dot, so that a part can never be another's page."""
    return f"{FOLDER}/{kind}/{name}.md" if part == 1 else f"{FOLDER}/{kind}/{name}.{part}.md"


def file_name(service: str) -> str:
    """Of a service's page: its own name where every system can keep it as it is, else what is left of it and a digest. No two services share one."""
    if _TAME.fullmatch(service) and service not in _NOT_TAKEN and not _HASHED.fullmatch(service):
        return service
    tame = re.sub(r"[^a-z0-9]+", "-", one_line(service)[:200].lower()).strip("-")[:40].strip("-")
    return f"{tame or 'service'}-{hashlib.sha256(service.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"


def is_left(path: str, text: str) -> bool:
    """Whether this is a page of the index that an earlier run made."""
    return _PATH.fullmatch(path) is not None and marked(text)


def made(rows: Sequence[Row]) -> dict[str, Page]:
    """Path → page, in order; `rows` are in order of their names. Those of withdrawn entries are listed too, the last of each page."""
    ordered = sorted(rows, key=standing)
    severities = {severity: list[Row]() for severity in SEVERITIES}
    categories = {category: list[Row]() for category in _CATEGORIES}
    for row in ordered:
        severities[row.meta.severity].append(row)
        categories[row.meta.category].append(row)
    found: dict[str, Page] = {}
    for severity, listed in severities.items():
        found |= _listed("severity", severity, severity, listed)
    for category, listed in categories.items():
        found |= _listed("category", category, category, listed)
    found |= _by_service(ordered)
    found |= _by_month(rows)
    return found


def counts(metas: Sequence[EntryMeta]) -> str:
    """How many entries, of which states, with how many occurrences."""
    states = Counter(meta.status for meta in metas)
    told = ", ".join(f"{states[state]} {state}" for state in ("regressed", "diagnosed", "proposed", "resolved", "withdrawn") if states[state])
    total = sum(meta.occurrences for meta in metas)
    return f"{len(metas)} {'entry' if len(metas) == 1 else 'entries'} ({told}), {total} {'occurrence' if total == 1 else 'occurrences'}."


def _by_service(ordered: Sequence[Row]) -> dict[str, Page]:
    found: dict[str, list[Row]] = {}
    for row in ordered:
        for service in dict.fromkeys(row.meta.services) or ("",):
            found.setdefault(service, []).append(row)
    largest = sorted(found, key=lambda name: (-len(found[name]), name))
    own = sorted(largest[:MAX_SERVICES], key=lambda name: (name.casefold(), name))
    pages: dict[str, Page] = {}
    for name in own:
        pages |= _listed("service", file_name(name), name or "no service", found[name])
    rest = {row.meta.signature: row for name in largest[MAX_SERVICES:] for row in found[name]}
    pages |= _listed("service", "other", "other services", sorted(rest.values(), key=standing))
    return pages | _overview("service", "Services", pages)


def _by_month(rows: Sequence[Row]) -> dict[str, Page]:
    found: dict[str, list[tuple[Row, str]]] = {}
    news = Counter[str]()
    for row in sorted(rows, key=lambda row: SEVERITIES.index(row.meta.severity)):
        began = row.meta.first_seen[:7]
        news[began] += 1
        for month, alerts in alerts_by_month(row.meta).items():
            line = f"{row.begins} {row.services} | {alerts or ''} | {'new' if month == began else ''} |"
            found.setdefault(month, []).append((row, line))
    pages: dict[str, Page] = {}
    for month in sorted(found, reverse=True)[:MAX_MONTHS]:
        seen = found[month]
        told = f"{len(seen)} {'error was' if len(seen) == 1 else 'errors were'} seen in {month}, {news[month]} of them for the first time."
        tables = [under(_MONTH_HEADER, chunk) for chunk in parts(seen)]
        pages |= _in_parts(("month", month, month), len(seen), tables, told)
    return pages | _overview("month", "Months", pages)


def _listed(kind: str, name: str, label: str, rows: Sequence[Row]) -> dict[str, Page]:
    if not rows:
        return {}
    tables = [under(HEADER, chunk) for chunk in parts((row, row.line) for row in rows)]
    return _in_parts((kind, name, label), len(rows), tables, counts([row.meta for row in rows]))


def _in_parts(place: tuple[str, str, str], entries: int, tables: Sequence[str], told: str) -> dict[str, Page]:
    kind, name, label = place
    shown = inline(cut(one_line(label), 80)) or "no name"
    pages = {}
    for number, rows in enumerate(tables, start=1):
        title = f"# {kind.capitalize()}: {shown}" + (f", part {number}" if number > 1 else "")
        words = [told if number == 1 else "", _ways(kind, name, number, len(tables)), rows]
        introduction = f"{title}\n\n[All known errors]({_ROOT}/README.md)\n"
        pages[path(kind, name, number)] = Page(kind, shown, "\n\n".join(one for one in words if one), introduction, entries if number == 1 else 0)
    return pages


def _ways(kind: str, name: str, number: int, last: int) -> str:
    """Links between the parts: the first names all, the others their neighbours."""
    if last == 1:
        return ""
    if number == 1:
        return "Goes on in " + ", ".join(_part(kind, name, other) for other in range(2, last + 1)) + "."
    ways = dict.fromkeys((1, number - 1, *([number + 1] if number < last else [])))
    return " · ".join(_part(kind, name, other) for other in ways)


def _part(kind: str, name: str, number: int) -> str:
    return f"[part {number}]({path(kind, name, number).rpartition('/')[2]})"


def _overview(kind: str, title: str, pages: Mapping[str, Page]) -> dict[str, Page]:
    """The list of a folder's pages, which GitHub shows with the folder."""
    rows = tuple(_overview_rows(pages))
    introduction = f"# {title}\n\n[All known errors]({_ROOT}/README.md)\n"
    return {path(kind, "README"): Page(kind, title, table((title[:-1], "Entries"), rows), introduction, 0)} if rows else {}


def _overview_rows(pages: Mapping[str, Page]) -> Iterator[tuple[str, ...]]:
    for where, page in pages.items():
        if page.entries:
            yield f"[{page.label}]({where.rpartition('/')[2]})", str(page.entries)
