"""Logs as they are exported: JSON arrays and answers of search systems, whatever their size and layout, and tables (CSV)."""

import codecs
import csv
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from bot.core.logs.carrier import carried_by, documents_in, row_document
from bot.core.logs.document import FieldNames, document_in
from bot.core.logs.line import of_carried, of_document
from bot.core.logs.lines import Unplaced
from bot.core.logs.stamp import uncoloured
from bot.core.logs.time import Dating
from bot.model import LogEvent
from bot.regex import regex

Found = tuple[LogEvent | Unplaced, int]
_PIECE = 1024 * 1024
_LARGEST_ITEM = 8 * 1024 * 1024
"""Characters of one document; a larger one is passed over."""
_CONTAINER_HEAD = regex(r"\[\s{0,200}(?:\[\s{0,200})?\{")
_BATCH = regex(
    r'\{\s{0,200}(?:"(?:resource_?[lL]ogs|streams)"\s{0,20}:\s{0,20}\['
    r'|"status"\s{0,20}:\s{0,20}"success",\s{0,200}"data"\s{0,20}:\s{0,20}\{\s{0,200}"resultType"\s{0,20}:\s{0,20}"streams")'
)
"""A batch of OTLP, or what is pushed to Loki, one on each line; or what Loki's API answers."""
_HEAD = 64 * 1024
_OVERLAP = 1_000
"""Characters of what was passed over that may be the beginning of what is looked for."""
_POSTGRES = regex(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} [A-Z]{1,5},(?:[^,]{0,200},){10}(?:LOG|ERROR|FATAL|PANIC|WARNING|NOTICE|INFO|DEBUG\d?),[0-9A-Z]{5},")
POSTGRES_COLUMNS = (
    *("log_time", "user_name", "database_name", "process_id", "connection_from", "session_id", "session_line_num", "command_tag", "session_start_time"),
    *("virtual_transaction_id", "transaction_id", "error_severity", "sql_state_code", "message", "detail", "hint", "internal_query"),
    *("internal_query_pos", "context", "query", "query_pos", "location", "application_name", "backend_type", "leader_pid", "query_id"),
)
"""Those of `log_destination = csvlog`, which writes no header (postgresql.org/docs/current/runtime-config-logging.html)."""
_BETWEEN = regex(r"[\s,\]]{0,4000}")
_NEXT_ITEM = regex(r"\}\s{0,200},\s{0,200}\{")
_DECODER = json.JSONDecoder(strict=False)
_DELIMITERS = (",", "\t", ";")
_LARGEST_CELL = 4 * 1024 * 1024
_TIME_COLUMNS = frozenset({"@timestamp", "timestamp", "time", "_time", "date", "datetime"})


class Reading(NamedTuple):
    """How an export is read: what is wanted of the text of an item, and what its fields and times mean. `shown` is its name in places.

    `passed` is told of each item, wanted or not.
    """

    shown: str
    passed: Callable[[], None]
    wanted: Callable[[str], int]
    fields: FieldNames
    dating: Dating


_AFTER_BRACKET = ("", "{", "[", "]", '"')


def is_array(sample: str) -> bool:
    """Whether a file that begins so holds JSON that is not one document on each line."""
    text = sample.lstrip("\ufeff \t\r\n")
    lines = text.split("\n", 2)
    if text[:1] == "[":
        if text[1:].lstrip()[:1] not in _AFTER_BRACKET:
            return False  # a time in brackets, as Apache and Monolog write it
        first = lines[0].strip().removeprefix("[").strip()
        second = lines[1].strip() if len(lines) > 1 else ""
        whole = first == "" or document_in(first.rstrip(",]")) is not None
        return not (whole and (document_in(second.rstrip(",]")) is not None or (len(lines) > 2 and second[:1] == "{" and second[-1:] in ",}]")))
    if text[:1] != "{":
        return False
    if _BATCH.match(text):
        return True
    if len(lines) == 1 or (document := document_in(lines[0])) is None:
        pretty = len(lines) > 1 and lines[0].rstrip()[-1:] in "{[," and lines[1].lstrip()[:1] in ('"', "{", "}")
        return pretty or (_container(text) and (len(lines) == 1 or len(lines[0]) >= len(sample)))
    found = documents_in(document)
    return len(lines) < 3 and "_source" not in document and (len(found) != 1 or found[0] is not document)


def _container(text: str) -> bool:
    head = _CONTAINER_HEAD.search(text)
    return head is not None and re.search(r'"(?:events|hits|results|logEvents|rows|records|items)"\s{0,20}:\s{0,20}\[', text[: head.end()]) is not None


def array_events(read: Callable[[int], bytes], reading: Reading) -> Iterator[Found]:
    """The events of JSON arrays of any size, elements read one by one; what stands around the arrays is passed over. `place` is `file[element]`."""
    for number, text in enumerate(_items(read)):
        reading.passed()
        flag = reading.wanted(text) if text else 1
        if flag:
            yield from _events(_decoded(text), f"{reading.shown}[{number}]", number, flag, reading)


def table_events(read: Callable[[int], bytes], reading: Reading, delimiter: str, columns: tuple[str, ...] = ()) -> Iterator[Found]:
    """The events of a table whose first line names the `columns`, where they are not known.

    `place` is `file:line` of a row's end, as a line may lie within quotes.
    """
    csv.field_size_limit(_LARGEST_CELL)
    rows = csv.reader(_lines(read), delimiter=delimiter)
    header = columns or [_column(name, reading.fields) for name in next(rows, [])]
    begin = rows.line_num + 1
    while True:
        try:
            row = next(rows, None)
        except csv.Error:
            yield Unplaced(begin, "broken JSON"), 0
            begin = rows.line_num + 1
            continue
        if row is None:
            return
        reading.passed()
        if row and (flag := reading.wanted(delimiter.join(row))):
            yield from _events(row_document(header, row), f"{reading.shown}:{begin}", begin, flag, reading)
        begin = rows.line_num + 1


def is_postgres_table(first_line: str) -> bool:
    """Whether a file that begins so is PostgreSQL's `csvlog`."""
    return _POSTGRES.match(first_line) is not None


def table_delimiter(first_line: str, fields: FieldNames) -> str | None:
    """What separates the columns, when a line names columns and one of them is a time; None when it is no such line."""
    for delimiter in _DELIMITERS:
        names = [name.strip().strip('"\ufeff').removeprefix("_source.") for name in first_line.strip().split(delimiter)]
        if len(names) > 1 and any(name in fields.time or name.lower() in _TIME_COLUMNS for name in names):
            return delimiter
    return None


def _events(item: object, place: str, number: int, flag: int, reading: Reading) -> Iterator[Found]:
    documents = documents_in(item)
    if not documents:
        yield Unplaced(number, "broken JSON"), 0
    for document in documents:
        # What was wanted of a whole batch stands in one of its records, and says nothing of the others.
        own = flag if len(documents) == 1 else reading.wanted(json.dumps(document, ensure_ascii=False, default=str))
        if own:
            found = _event(document, place, reading)
            yield (found, own) if found is not None else (Unplaced(number, "no time"), 0)


def _event(document: Mapping[str, object], place: str, reading: Reading) -> LogEvent | None:
    carrier = carried_by(document, reading.dating)
    if carrier is not None:
        return of_carried(carrier._replace(text=uncoloured(carrier.text)), reading.fields, place, reading.dating)
    return of_document(document, reading.fields, place, reading.dating)


def _decoded(text: str) -> object:
    try:
        return json.loads(text, strict=False) if text else None
    except (ValueError, RecursionError):
        return None


def _items(read: Callable[[int], bytes]) -> Iterator[str]:
    """The text of each element, "" for one that is too large or broken."""
    window = _Window(read)
    while window.fill():
        if window.steps_over_separators() and window.at >= len(window.text):
            continue
        if window.at_element():
            yield window.element()
        elif window.text[window.at] == "[":
            window.at, window.inside = window.at + 1, True
        else:
            window.to_next_array()


class _Window:
    """The part of the text that is held, read on from `at`; `inside` an array, what begins with a bracket is an element."""

    def __init__(self, read: Callable[[int], bytes]) -> None:
        self.text, self.at, self.inside = "", 0, False
        self._read = read
        self._decode = codecs.getincrementaldecoder("utf-8-sig")("replace")
        self._ended = False

    def fill(self, *, more: bool = False) -> bool:
        """Have something to read at `at`, with `more` more than there was; False at the end."""
        if not more and (self._ended or len(self.text) - self.at >= _PIECE // 2):
            return self.at < len(self.text)
        while not self._ended and (more or len(self.text) - self.at < _PIECE // 2):
            piece = self._read(_PIECE)
            self._ended = not piece
            self.text = self.text[self.at :] + self._decode.decode(piece, final=self._ended)
            self.at, more = 0, False
        return self.at < len(self.text)

    def steps_over_separators(self) -> bool:
        """Whether there were any."""
        match = _BETWEEN.match(self.text, self.at)
        before, self.at = self.at, match.end() if match else self.at
        return self.at > before

    def at_element(self) -> bool:
        """Whether a document begins here, and not something that holds an array of them."""
        bracket = self.text[self.at]
        return bracket in "{[" if self.inside else bracket == "{" and not _container(self.text[self.at : self.at + _HEAD])

    def to_next_array(self) -> None:
        """Go to the first element of the next array of documents, or on through the text."""
        head = _CONTAINER_HEAD.search(self.text, self.at)
        self.inside = head is not None
        if head is not None:
            self.at = head.start() + 1
        else:
            self._skip_what_is_held()

    def element(self) -> str:
        """The text of the element at `at`, and step over it; "" when it is broken or too large."""
        while True:
            try:
                _, end = _DECODER.raw_decode(self.text, self.at)
            except (ValueError, RecursionError):
                if len(self.text) - self.at <= _LARGEST_ITEM and not self._ended:
                    self.fill(more=True)
                    continue
                self._pass_over()
                return ""
            begin, self.at = self.at, end
            return self.text[begin:end]

    def _pass_over(self) -> None:
        """Go on with the next that looks like an element."""
        while (found := _NEXT_ITEM.search(self.text, self.at)) is None and not self._ended:
            self._skip_what_is_held()
        self.at = found.end() - 1 if found is not None else len(self.text)

    def _skip_what_is_held(self) -> None:
        self.at = len(self.text) if self._ended else max(self.at + 1, len(self.text) - _OVERLAP)
        self.fill(more=True)


def _lines(read: Callable[[int], bytes]) -> Iterator[str]:
    decode = codecs.getincrementaldecoder("utf-8-sig")("replace")
    rest = ""
    while piece := read(_PIECE):
        *whole, rest = (rest + decode.decode(piece)).replace("\0", "").split("\n")
        yield from (f"{line}\n" for line in whole)
        if len(rest) > _LARGEST_CELL:
            yield f"{rest}\n"
            rest = ""
    if rest:
        yield rest


def _column(name: str, fields: FieldNames) -> str:
    """A column's name as the fields are called: `_source.Service` is `service` where only that is known."""
    bare = name.strip().strip("\ufeff").removeprefix("_source.")
    known = {*fields.time, *fields.message, *fields.level, *fields.service, *fields.trace}
    return bare if bare in known or bare.lower() not in known else bare.lower()
