"""The front page of the knowledge folder: counts, what needs attention, and the way to every other page of the index."""

from collections.abc import Iterable, Mapping, Sequence
from heapq import nlargest, nsmallest

from bot.core.entry.library import is_stub
from bot.core.entry.meta import SEVERITIES, EntryMeta
from bot.core.knowledge.index_marks import within
from bot.texts import index_pages
from bot.texts.index_rows import Row, rows_of, urgency, whole_table

FRONT = "knowledge/README.md"
SHORT_LIST, SMALL_FOLDER = 10, 100
"""Rows of a list that only shows the head; entries up to which the front page lists all of them."""
_MOST_SERVICES, _MOST_MONTHS = 40, 12
_INTRODUCTION = """# Known errors

Every entry was reviewed before it was merged. What each key means stands in [SCHEMA.md](SCHEMA.md), a whole entry in [EXAMPLE.md](EXAMPLE.md).
"""


def pages(entries: Iterable[EntryMeta], current: Mapping[str, str]) -> dict[str, str]:
    """Path → text of every page of the index, the front page last; `current` are those that are there, whose own words stay.

    What is left under an old name is listed nowhere: its alerts stand, and are counted, under the new one.
    A page that has nothing left to list says so: generated files are changed, not removed.
    """
    rows = rows_of(meta for meta in entries if not is_stub(meta))
    made = index_pages.made(rows)
    texts = {path: within(current.get(path, ""), page.words, page.introduction) for path, page in made.items()}
    texts |= {path: within(text, index_pages.EMPTY, "") for path, text in current.items() if index_pages.is_left(path, text) and path not in made}
    texts[FRONT] = within(current.get(FRONT, ""), _front(rows, made), _INTRODUCTION)
    return texts


def commit_message(entries: int) -> str:
    """Of the commit that brings a new index."""
    return f"Update the index of {_number(entries, 'entry', 'entries')}"


def _front(rows: Sequence[Row], made: Mapping[str, index_pages.Page]) -> str:
    if not rows:
        return "No entry yet."
    known = [row for row in rows if row.meta.status != "withdrawn"]
    back = sorted((row for row in known if row.meta.status == "regressed"), key=urgency)
    often = nsmallest(SHORT_LIST, known, key=lambda row: (-row.meta.occurrences, row.meta.signature))
    newest = nlargest(SHORT_LIST, known, key=lambda row: (row.meta.first_seen, row.meta.signature))
    sections = [
        index_pages.counts([row.meta for row in rows]),
        _list("## Came back after a fix", back, SHORT_LIST * 2),
        _unresolved(known),
        # Where the whole table is hardly longer than a list, a list of the same is in the way.
        *((_list("## Most frequent", often, SHORT_LIST), _list("## Newest", newest, SHORT_LIST)) if len(known) > SHORT_LIST else ()),
        _browse(made),
        f"## All entries\n\n{whole_table(rows)}" if len(rows) <= SMALL_FOLDER else "",
    ]
    return "\n\n".join(section for section in sections if section)


def _unresolved(known: Sequence[Row]) -> str:
    """By severity, each list short, with the way to the whole of it."""
    waiting = sorted((row for row in known if row.meta.status in ("diagnosed", "proposed")), key=urgency)
    lists = (
        _list(f"### {severity.capitalize()}", [row for row in waiting if row.meta.severity == severity], SHORT_LIST, index_pages.path("severity", severity))
        for severity in SEVERITIES
    )
    words = "\n\n".join(one for one in lists if one)
    return f"## Not resolved yet\n\n{words}" if words else ""


def _list(heading: str, rows: Sequence[Row], most: int, more: str = "") -> str:
    """`more` is the page of all that share the heading's severity; below such a heading no line repeats it."""
    if not rows:
        return ""
    lines = [
        " · ".join(
            [
                f"- {row.link()}",
                *(() if more else (row.meta.severity,)),
                _number(row.meta.occurrences, "occurrence", "occurrences"),
                f"last seen {row.meta.last_seen[:10]}",
            ]
        )
        for row in rows[:most]
    ]
    left = len(rows) - len(lines)
    where = f"[{left} more]({more.removeprefix('knowledge/')})" if more else f"{left} more"
    return f"{heading}\n\n" + "\n".join([*lines, *([f"- and {where}"] if left else [])])


def _browse(made: Mapping[str, index_pages.Page]) -> str:
    """Links to the first part of each page, with how many entries each lists."""
    by_kind: dict[str, list[tuple[str, index_pages.Page]]] = {}
    for path, page in made.items():
        if page.entries:
            by_kind.setdefault(page.kind, []).append((path.removeprefix("knowledge/"), page))
    most = {"service": _MOST_SERVICES, "month": _MOST_MONTHS}
    lines = []
    for kind in index_pages.KINDS:
        found = by_kind.get(kind, [])
        shown = found[: most.get(kind, len(found))]
        words = " · ".join(f"[{page.label}]({path}) {page.entries}" for path, page in shown)
        left = len(found) - len(shown)
        lines += [f"- **By {kind}:** {words}" + (f" · [{left} more](index/{kind}/README.md)" if left else "")] if shown else []
    return "## Browse\n\n" + "\n".join(lines)


def _number(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"
