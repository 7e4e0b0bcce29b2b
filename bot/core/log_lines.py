"""Lines of a log file become events: JSON and plain text mixed, a stack trace joined to the line that it belongs to."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Literal

import msgspec

from bot.core import stacktrace
from bot.core.log_document import MAX_TEXT, FieldNames, assembled, document_in, event, is_trace_id, level
from bot.core.log_time import moment
from bot.model import LogEvent, Record

_WORDS = r"TRACE|DEBUG|INFO|NOTICE|WARN(?:ING)?|ERR(?:OR)?|SEVERE|CRIT(?:ICAL)?|FATAL|PANIC|ALERT|EMERG(?:ENCY)?"
_STAMP = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?: ?(?:Z|UTC|[+-]\d\d:?\d\d))?"
_STAMPED = re.compile(rf"\W{{0,3}}(?:(?P<level>{_WORDS})\W{{1,4}})?(?P<time>{_STAMP})\b(?P<rest>[^\n]*)", re.DOTALL)
_CONTAINER = re.compile(r"\s{1,3}std(?:out|err) [FP] ")
_LEVEL = re.compile(
    rf"(?<![\w.])(?:(?P<plain>{_WORDS})|\[(?P<boxed>{_WORDS.lower()})\]|(?<!.)(?P<lead>{_WORDS.lower()})(?=:)|level=\"?(?P<named>[a-z]{{3,12}})\"?)(?![\w.])"
)
_PAIR = re.compile(r"([A-Za-z_][\w.-]{0,60})=(\"(?:[^\"\\]|\\.){0,20000}\"|[^\s\"]{0,2000})")
_LOGFMT = re.compile(r"(?:time|ts|timestamp|level|lvl)=\S")
_TRACE = re.compile(r"\btrace[_.-]?id[\"']?\s?[=:]\s?[\"']?([\w-]{8,64})", re.IGNORECASE | re.ASCII)
_SERVICE = re.compile(r"\b(?:service|app)=\"?([\w.-]{1,80})", re.ASCII)
_STACK_LINE = re.compile(r"\s|Traceback \(most recent|Caused by|\.\.\. \d{1,5} more|During handling of|The above exception|goroutine \d|panic: ")
_CONTINUATION_LINES = 400
_SEPARATORS = " \t-:|]"


class Unplaced(Record, frozen=True):
    """A line that could not become an event of its own."""

    line: int
    why: Literal["no time", "broken JSON"]


class _Open:
    """The event that the next lines may continue."""

    def __init__(self, event: LogEvent, *, structured: bool) -> None:
        self.event = event
        self.structured = structured
        self.lines: list[str] = []
        self._size = 0

    def takes(self, line: str) -> bool:
        """Any line without a time continues a plain line; only what looks like a stack continues a JSON document."""
        return not self.structured or _STACK_LINE.match(line) is not None or bool(self.lines and stacktrace.HEAD.match(line[:400]))

    def add(self, line: str) -> None:
        if len(self.lines) < _CONTINUATION_LINES and self._size < MAX_TEXT:
            self.lines.append(line[:2000])
            self._size += len(line)

    def closed(self) -> LogEvent:
        if not self.lines:
            return self.event
        text = "\n".join(self.lines)
        if any(stacktrace.is_frame(line) or line.startswith("Traceback (most recent") for line in self.lines):
            head = f"{self.event.message}\n" if stacktrace.is_frame(self.lines[0]) else ""
            return assembled(msgspec.structs.replace(self.event, stack=f"{self.event.stack}\n{head}{text}" if self.event.stack else head + text))
        return assembled(msgspec.structs.replace(self.event, message=f"{self.event.message}\n{text}"))


def lines_to_events(
    lines: Iterable[tuple[int, str]], fields: FieldNames, path: str, wanted: Callable[[str], bool] | None = None
) -> Iterator[LogEvent | Unplaced]:
    """Events in the order of numbered lines, `place` being `path:line`; holds no more than one of them at a time.

    `wanted` is asked of the line that begins an event, before JSON is parsed; what it refuses is passed over together with
    what continues it. A broken JSON line is told as Unplaced also when an event could be saved from it.
    """
    pending: _Open | None = None
    passing = False
    for number, raw in lines:
        line = raw.rstrip("\r\n")
        if not line.strip():
            continue
        structured = line.lstrip()[:1] == "{"
        refused = structured and wanted is not None and not wanted(line)
        begun, complaint = (None, None) if refused else _begun(line, fields, path, number)
        if begun is not None and not structured and wanted is not None and not wanted(line):
            refused, begun = True, None
        if complaint is not None:
            yield complaint
        if refused or begun is not None or (complaint is not None and complaint.why == "no time"):
            if pending is not None:
                yield pending.closed()
            pending = _Open(begun, structured=structured) if begun is not None else None
            passing = begun is None
        elif pending is not None and pending.takes(line):
            pending.add(line)
        elif not passing and complaint is None:
            yield Unplaced(number, "no time")
    if pending is not None:
        yield pending.closed()


def plain_line(text: str, place: str) -> LogEvent | None:
    """The event of a line that begins with a time (its level before or after it) or is written in logfmt; None for any other."""
    text = text[: 2 * MAX_TEXT]
    if _LOGFMT.match(text):
        return _logfmt(text, place)
    match = _STAMPED.match(text)
    time = moment(match["time"]) if match else None
    if match is None or time is None:
        return None
    rest = match["rest"].lstrip(f"{_SEPARATORS},")
    word, message = (match["level"], rest) if match["level"] else _level_apart(rest)
    # Most lines have neither, and looking for a word is far cheaper than for a pattern.
    trace = _TRACE.search(text) if "trace" in text or "Trace" in text or "TRACE" in text else None
    service = _SERVICE.search(text) if "service=" in text or "app=" in text else None
    trace_id = trace[1] if trace and is_trace_id(trace[1]) else None
    return assembled(LogEvent(time, message, place, level(word), service[1] if service else "", trace_id=trace_id))


def _begun(line: str, fields: FieldNames, path: str, number: int) -> tuple[LogEvent | None, Unplaced | None]:
    """The event that begins with this line, and what is wrong with the line."""
    place = f"{path}:{number}"
    if line.lstrip()[:1] != "{":
        return _wrapped(line, fields, place) or plain_line(line, place), None
    document = document_in(line)
    if document is None:
        return event(_saved(line, fields), fields, place), Unplaced(number, "broken JSON")
    found = event(document, fields, place)
    return found, None if found is not None else Unplaced(number, "no time")


def _wrapped(line: str, fields: FieldNames, place: str) -> LogEvent | None:
    """A JSON document behind a time, as container runtimes (`<time> stderr F {…}`) and some loggers write it."""
    match = _STAMPED.match(line)
    if match is None or not (rest := _CONTAINER.sub("", match["rest"], count=1).lstrip()).startswith("{"):
        return None
    document = document_in(rest)
    return event(document, fields, place, moment(match["time"])) if document is not None else None


def _saved(line: str, fields: FieldNames) -> dict[str, object]:
    """What can be read from a JSON line that was cut: the fields whose names stand in it as they are."""
    saved: dict[str, object] = {}
    for name in (*fields.time, *fields.level, *fields.message, *fields.service, *fields.trace, *fields.error_type, *fields.stack):
        match = re.search(rf'"{re.escape(name)}"\s{{0,5}}:\s{{0,5}}(?:"(?P<text>(?:[^"\\]|\\.){{0,{MAX_TEXT}}})|(?P<number>\d{{1,20}}))', line)
        if match:
            opened = document_in(f'{{"it":"{match["text"]}"}}') if match["text"] is not None else {"it": match["number"]}
            saved[name] = opened["it"] if opened else ""
    return saved


def _level_apart(rest: str) -> tuple[str, str]:
    """Level and message; what stood before the level (a logger's name, a thread) stays in front of the message."""
    match = _LEVEL.search(rest[:160])
    if match is None:
        return "", rest
    before, after = rest[: match.start()].strip(f"{_SEPARATORS}["), rest[match.end() :].lstrip(_SEPARATORS)
    return match["plain"] or match["boxed"] or match["lead"] or match["named"], f"{before}: {after}" if before and after else after or before


def _logfmt(text: str, place: str) -> LogEvent | None:
    pairs: dict[str, str] = {}
    for name, value in _PAIR.findall(text):
        pairs.setdefault(name.lower(), value[1:-1].replace('\\"', '"').replace("\\n", "\n") if value[:1] == '"' else value)
    time = next((at for name in ("time", "timestamp", "ts") if (at := moment(pairs.get(name)))), None)
    if time is None:
        return None
    said = [pairs[name] for name in ("msg", "message", "error", "err") if pairs.get(name)]
    trace_id = next((pairs[name] for name in ("trace_id", "traceid", "trace.id") if is_trace_id(pairs.get(name, ""))), None)
    service = pairs.get("service") or pairs.get("app") or ""
    return assembled(LogEvent(time, ": ".join(said[:2]) or text, place, level(pairs.get("level") or pairs.get("lvl") or ""), service[:200], trace_id=trace_id))
