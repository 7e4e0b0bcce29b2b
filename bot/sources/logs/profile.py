"""What the beginning of a log file tells of the rest: what kind of file it is, and how it writes its times."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Literal, NamedTuple

from bot.core.logs.carrier import begins_event
from bot.core.logs.document import FieldNames
from bot.core.logs.form import Form, Needle, form_of
from bot.core.logs.stamp import DAYLESS
from bot.core.logs.time import Dating
from bot.regex import regex
from bot.sources.logs.blocks import Block
from bot.sources.logs.exports import POSTGRES_COLUMNS, is_array, is_postgres_table, table_delimiter
from bot.sources.logs.levels import unknown_level
from bot.sources.logs.sought import Stretch

Kind = Literal["lines", "array", "table", "binary"]
SAMPLE = 256 * 1024
_LINES = 200
_FEW = 50
_MOST_FORMS = 3
_POSTGRES_HEAD = 4_000
# Levels told by a letter or a number: klog, syslog's priority; also within what a container runtime puts around them.
_WORDLESS = regex(rb'(?:^|"log": ?"|std(?:out|err) [FP] )(?:[IWEF]\d{4} \d\d:\d\d|<\d{1,3}>)', re.MULTILINE)
_YEARLESS = regex(rb'(?:^|"log": ?"|std(?:out|err) [FP] |^<\d{1,3}>)(?:[IWEF]\d{4} \d\d:|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d (?!\d{4}))', re.MULTILINE)
_OTHER_FILES = {
    b"\x7fELF": "a program",
    b"PK\x03\x04": "a zip archive",
    b"BZh": "packed with bzip2",
    b"\xfd7zXZ": "packed with xz",
    b"\x04\x22\x4d\x18": "packed with lz4",
    b"SQLite format 3": "a SQLite database",
    b"LPKSHHRH": "a binary journal of systemd",
    b"\x89PNG": "a picture",
    b"\xff\xfe": "UTF-16 text",
    b"\xfe\xff": "UTF-16 text",
}
_NULS = 0.02


Dated = tuple[Form | None, datetime]
"""How a line writes its time, and when that is."""


class Profile(NamedTuple):
    """What a file is like. `forms` are the ways in which it writes times, None where one of them cannot be foretold or there are too many."""

    kind: Kind
    what: str = ""
    delimiter: str = ","
    columns: tuple[str, ...] = ()
    """Of a table that does not name them itself."""
    forms: frozenset[Form] | None = None
    wordless: bool = False
    unwritten: frozenset[str] = frozenset()
    """What its times leave out: years, days."""
    times: tuple[datetime, ...] = ()
    """Of the first lines that have one."""
    unknown_level: str = ""
    """A field that tells its lines' level by what means none."""

    def needles(self, stretch: Stretch | None) -> tuple[Needle, ...] | None:
        """What finds the times of a stretch in this file's bytes; None where nothing does."""
        if stretch is None or not self.forms:
            return None
        found = [form.needles(stretch.start, stretch.end) for form in self.forms]
        return tuple({needle for needles in found if needles is not None for needle in needles}) if None not in found else None

    def fits(self, ends: tuple[Dated, Dated] | None) -> bool:
        """Whether lines write their times in these forms."""
        return ends is not None and self.forms is not None and all(form in self.forms for form, _ in ends)


def profile(sample: bytes, name: str, fields: FieldNames, dating: Dating) -> Profile:
    """The profile of a file that begins so. `name` only tells a table from lines with commas."""
    if what := _binary(sample):
        return Profile("binary", what)
    text = sample.decode("utf-8", "replace").removeprefix("\ufeff")
    if is_array(text):
        return Profile("array")
    if is_postgres_table(text[:_POSTGRES_HEAD]):
        return Profile("table", columns=POSTGRES_COLUMNS)
    if ".csv" in name.lower() or ".tsv" in name.lower() or text[:1] in ('"', "@", "_"):
        delimiter = table_delimiter(text.partition("\n")[0], fields)
        if delimiter is not None and not form_of(text.partition("\n")[0], fields, dating):
            return Profile("table", delimiter=delimiter)
    first = list(dated(sample, 0, len(sample), fields, dating))
    forms = frozenset(form for form, _ in first)
    known = frozenset(form for form in forms if form is not None)
    foretold = known if known and len(known) == len(forms) <= _MOST_FORMS else None
    wordless = _WORDLESS.search(sample) is not None
    unwritten = frozenset(what for what, sign in (("years", _YEARLESS), ("days", DAYLESS)) if sign.search(sample))
    unknown = unknown_level(text, fields, dating)
    return Profile("lines", forms=foretold, wordless=wordless, unwritten=unwritten, times=tuple(time for _, time in first), unknown_level=unknown)


def time_of(line: bytes, fields: FieldNames, dating: Dating) -> datetime | None:
    """The time of a line that begins an event."""
    found = form_of(line.decode("utf-8", "replace"), fields, dating)
    return found[1] if found is not None else None


def ends_of(block: Block, fields: FieldNames, dating: Dating) -> tuple[Dated, Dated] | None:
    """The first and the last line of a block that have a time; None where that is not seen at once."""
    first = next(dated(block.data, 0, block.end, fields, dating, _FEW), None)
    begin = block.end
    for _ in range(_FEW if first else 0):
        begin = block.data.rfind(b"\n", 0, max(begin - 1, 0)) + 1
        last = next(dated(block.data, begin, block.end, fields, dating, 1), None)
        if last is not None:
            return (first, last) if first else None
    return None


def dated(data: bytes | bytearray, begin: int, end: int, fields: FieldNames, dating: Dating, count: int = _LINES) -> Iterator[Dated]:
    """Those of the first `count` lines from a byte on that have a time; what has none can be in no window."""
    while begin < end and count:
        count -= 1
        stop = data.find(b"\n", begin, end)
        stop = end if stop < 0 else stop
        if begins_event(data, begin) and (found := form_of(data[begin:stop].decode("utf-8", "replace").removeprefix("\ufeff"), fields, dating)):
            yield found
        begin = stop + 1


def _binary(sample: bytes) -> str:
    for magic, what in _OTHER_FILES.items():
        if sample.startswith(magic):
            return what
    return "binary" if sample.count(b"\0") > _NULS * len(sample) else ""
