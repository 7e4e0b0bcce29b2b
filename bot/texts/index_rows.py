"""Rows and parts of the index: what one entry's line says, and how a page that grows too large is split so that a new line moves no other."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple
from zlib import crc32

from bot.core.entry.meta import SEVERITIES, EntryMeta
from bot.core.plain_text.plain_text import cut
from bot.regex import regex
from bot.texts.markdown import inline

MAX_BYTES = 400_000
"""Of the rows of one page: GitHub draws no page above 512 kB, and people write around ours."""
_ENOUGH, _ONE_IN = 150_000, 256
_MAX_TITLE, _MAX_SERVICES = 160, 5
_ORDER = {"regressed": 0, "diagnosed": 1, "proposed": 1, "resolved": 2, "withdrawn": 3}
_EPOCH = date(1970, 1, 1)
_STAMP = regex(r"/p(\d{10})\d{6}")
_SECONDS = slice(-16, -6)  # of a link that ends with its stamp
_BELOW = "../../errors"
HEADER = ("Error", "Status", "Severity", "Category", "Services", "Occurrences", "Last seen")


class Row(NamedTuple):
    """One entry with what every page says of it, made once: its title and its services as Markdown."""

    meta: EntryMeta
    label: str
    services: str
    begins: str
    """The row's first cells on a page two folders below: the entry, status and severity."""
    line: str
    """The whole row under `HEADER`."""

    def link(self) -> str:
        """To the entry's page, from the front page."""
        return f"[{self.label}](errors/{self.meta.signature}.md)"


def rows_of(metas: Iterable[EntryMeta]) -> list[Row]:
    """In order of their names."""
    return [_row(meta) for meta in sorted(metas, key=lambda meta: meta.signature)]


def _row(meta: EntryMeta) -> Row:
    services, label = _names(meta.services), inline(cut(meta.title, _MAX_TITLE))
    begins = f"{_link(label, meta.signature)} {meta.status} | {meta.severity} |"
    return Row(meta, label, services, begins, f"{begins} {meta.category} | {services} | {meta.occurrences} | {meta.last_seen[:10]} |")


def _link(label: str, signature: str) -> str:
    return f"| [{label}]({_BELOW}/{signature}.md) |"


def standing(row: Row) -> tuple[int, int, str]:
    """What is open and grave first, then by name: one more occurrence moves no row."""
    return _ORDER[row.meta.status], SEVERITIES.index(row.meta.severity), row.meta.signature


def urgency(row: Row) -> tuple[int, int, str]:
    """For short lists: the gravest and most frequent first."""
    return SEVERITIES.index(row.meta.severity), -row.meta.occurrences, row.meta.signature


def parts(lines: Iterable[tuple[Row, str]]) -> Iterator[list[str]]:
    """The lines, given beside their rows, in pages of at most `MAX_BYTES`. A page ends at rows whose names say so: one that comes or goes changes one page."""
    part, size = list[str](), 0
    for row, line in lines:
        length = len(line if line.isascii() else line.encode()) + 1
        if part and (size + length > MAX_BYTES or (size > _ENOUGH and crc32(row.meta.signature.encode()) % _ONE_IN == 0)):
            yield part
            part, size = [], 0
        part.append(line)
        size += length
    yield part


def under(header: tuple[str, ...], lines: Iterable[str]) -> str:
    """A table of these rows."""
    return "\n".join((f"| {' | '.join(header)} |", f"|{' --- |' * len(header)}", *lines))


def whole_table(rows: Sequence[Row]) -> str:
    """Every row in one table, for the front page of a small folder."""
    return under(HEADER, (f"| {row.link()} |{row.line.removeprefix(_link(row.label, row.meta.signature))}" for row in sorted(rows, key=standing)))


def alerts_by_month(meta: EntryMeta) -> dict[str, int]:
    """`2026-11` → how many alerts of that month the entry lists; 0 for the months of its first and last time when no alert tells of them."""
    counts = {meta.first_seen[:7]: 0, meta.last_seen[:7]: 0}
    for thread in meta.threads:
        seconds = thread[_SECONDS] if thread[-18:-16] == "/p" else stamp.group(1) if (stamp := _STAMP.search(thread)) else ""
        if seconds.isdecimal():
            month = _month(int(seconds) // 86_400)
            counts[month] = counts.get(month, 0) + 1
    return counts


@lru_cache(maxsize=20_000)
def _month(day: int) -> str:
    """Of a day since 1970."""
    return (_EPOCH + timedelta(days=day)).isoformat()[:7]


@lru_cache(maxsize=20_000)
def _names(services: tuple[str, ...]) -> str:
    shown = ", ".join(inline(cut(service, 80)) for service in services[:_MAX_SERVICES])
    return f"{shown}, …" if len(services) > _MAX_SERVICES else shown
