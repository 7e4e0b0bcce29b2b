"""The pages beside the entries: the index of the knowledge folder, and the description of the schema."""

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any, Literal, get_args, get_origin, get_type_hints

import msgspec

from bot.core.entry import Entry
from bot.core.entry_meta import KEYS, OPTIONAL, SEVERITIES, TIMES, EntryMeta
from bot.core.front_patch import quoted
from bot.core.plain_text import cut
from bot.texts.markdown import code, inline, table

BEGIN, END = "<!-- errata:index:begin -->", "<!-- errata:index:end -->"
MAX_BYTES = 480_000
SHORT_LIST = 10
_MARKED = re.compile(re.escape(BEGIN) + r".*?" + re.escape(END), re.DOTALL)
_INTRODUCTION = """# Known errors

Every entry was reviewed before it was merged. What each key means stands in [SCHEMA.md](SCHEMA.md), a whole entry in [EXAMPLE.md](EXAMPLE.md).
"""
_ORDER = {"regressed": 0, "diagnosed": 1, "proposed": 1, "resolved": 2, "withdrawn": 3}


def index(entries: Iterable[Entry], page: str = "") -> str:
    """`knowledge/README.md`: counts, what needs attention, every entry. Text of `page` outside the markers stays as it is."""
    ordered = sorted(entries, key=lambda entry: entry.meta.signature)
    words = f"{BEGIN}\n{_index(ordered)}\n{END}"
    if _MARKED.search(page):
        newline = "\r\n" if "\r\n" in page else "\n"
        return _MARKED.sub(lambda _: words.replace("\n", newline), page, count=1)
    before = page.rstrip("\n") + "\n" if page.strip() else _INTRODUCTION
    return f"{before}\n{words}\n"


def commit_message(entries: int) -> str:
    """Of the commit that brings a new index."""
    return f"Update the index of {_number(entries, 'entry', 'entries')}"


def schema_page() -> str:
    """`knowledge/SCHEMA.md`, generated from the schema in code."""
    rows = tuple(_schema_row(key) for key in KEYS)
    example = "\n".join(f"{key}: {_example(key)}" for key in KEYS)
    return "\n".join(
        (
            "# The schema of an entry",
            "",
            "Generated from the code by `bot check knowledge --fix`; do not edit it here.",
            "",
            "An entry is `knowledge/errors/<signature>.md`: a front matter between two lines `---`, then the sections"
            " In short, Error Signature, Diagnosis History, Common Causes, Resolution Patterns and Related Errors.",
            "The front matter is flat. Put every text in double quotes, or YAML reads `no` as false and `0123` as 83.",
            "What you write anywhere in an entry stays as you wrote it when the bot updates the file.",
            "",
            table(("Key", "Mandatory", "Takes", "Meaning"), rows),
            "",
            "## Every key once",
            "",
            "```yaml",
            "---",
            example,
            "---",
            "```",
            "",
        )
    )


def _index(entries: list[Entry]) -> str:
    if not entries:
        return "No entry yet."
    known = [entry for entry in entries if entry.meta.status != "withdrawn"]
    back = sorted((entry for entry in known if entry.meta.status == "regressed"), key=_urgency)
    open_ones = sorted((entry for entry in known if entry.meta.status in ("diagnosed", "proposed")), key=_urgency)
    often = sorted(known, key=lambda entry: (-entry.meta.occurrences, entry.meta.signature))
    newest = sorted(known, key=lambda entry: (entry.meta.first_seen, entry.meta.signature), reverse=True)
    parts = [
        _counts(entries),
        _list("Came back after a fix", back),
        _list("Not resolved yet", open_ones),
        _list("Most frequent", often[:SHORT_LIST]),
        _list("Newest", newest[:SHORT_LIST]),
        _everything(entries),
    ]
    return "\n\n".join(part for part in parts if part)


def _counts(entries: list[Entry]) -> str:
    states = Counter(entry.meta.status for entry in entries)
    told = ", ".join(f"{states[state]} {state}" for state in ("regressed", "diagnosed", "proposed", "resolved", "withdrawn") if states[state])
    total = sum(entry.meta.occurrences for entry in entries)
    return f"{_number(len(entries), 'entry', 'entries')} ({told}), {_number(total, 'occurrence', 'occurrences')}."


def _list(title: str, entries: list[Entry]) -> str:
    if not entries:
        return ""
    lines = [
        f"- {_link(entry)} · {entry.meta.severity} · {_number(entry.meta.occurrences, 'occurrence', 'occurrences')} · last seen {entry.meta.last_seen[:10]}"
        for entry in entries[: SHORT_LIST * 2]
    ]
    more = len(entries) - len(lines)
    return f"## {title}\n\n" + "\n".join([*lines, *([f"- and {more} more in the table below"] if more > 0 else [])])


def _everything(entries: list[Entry]) -> str:
    """The table, what is open and grave first, cut before the page grows too large for GitHub to draw."""
    rows, size, ordered = list[tuple[str, ...]](), 0, sorted(entries, key=lambda entry: (_ORDER[entry.meta.status], *_urgency(entry)))
    for entry in ordered:
        meta = entry.meta
        row = (_link(entry), meta.status, meta.severity, meta.category, ", ".join(map(inline, meta.services[:5])), str(meta.occurrences), meta.last_seen[:10])
        size += len(" | ".join(row).encode()) + 5
        if size > MAX_BYTES - 40_000:
            break
        rows.append(row)
    words = table(("Error", "Status", "Severity", "Category", "Services", "Occurrences", "Last seen"), tuple(rows))
    left = len(ordered) - len(rows)
    return f"## All entries\n\n{words}" + (f"\n\n{left} more are in [errors](errors)." if left else "")


def _link(entry: Entry) -> str:
    return f"[{inline(cut(entry.meta.title, 160))}](errors/{entry.meta.signature}.md)"


def _urgency(entry: Entry) -> tuple[int, int, str]:
    return SEVERITIES.index(entry.meta.severity), -entry.meta.occurrences, entry.meta.signature


def _number(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


def _schema_row(key: str) -> tuple[str, ...]:
    notes = _notes(key)
    return code(key), "no" if key in OPTIONAL else "yes", _takes(key), str(notes.description)


def _takes(key: str) -> str:
    kind: Any = get_type_hints(EntryMeta)[key]
    if get_origin(kind) is Literal:
        return ", ".join(code(str(choice)) for choice in get_args(kind))
    if get_origin(kind) is tuple:
        return "a list of texts"
    if key in TIMES:
        return "a time in UTC"
    return "a whole number from 1" if kind is int else "text"


def _example(key: str) -> str:
    value = (_notes(key).examples or [""])[0]
    if isinstance(value, list):
        return f"[{', '.join(quoted(item) for item in value)}]"
    return quoted(value) if isinstance(value, str) else str(value)


def _notes(key: str) -> msgspec.Meta:
    notes: msgspec.Meta = get_type_hints(EntryMeta, include_extras=True)[key].__metadata__[0]
    return notes
