"""Lines of a log file become events: JSON and plain text mixed, a stack trace joined to the line that it belongs to."""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

import msgspec

from bot.core.logs.carrier import Carried, carried, relayed
from bot.core.logs.document import ERROR_LEVELS, MAX_TEXT, FieldNames, assembled
from bot.core.logs.line import documented, of_carried, plain_line, told_level
from bot.core.logs.stack_lines import StackLines, is_inside, kind_of
from bot.core.logs.stamp import Stamp, stamped
from bot.core.logs.time import Dating
from bot.core.stacktrace import stacktrace
from bot.model import LogEvent, Record
from bot.regex import regex

__all__ = ["Unplaced", "flagged_events", "lines_to_events", "plain_line"]

_CONTINUATION_LINES = 400
_PARTIAL_TEXT = 10 * MAX_TEXT
_MOST_OPEN = 8
_OF_ONE_TRACE, _OF_ONE_FAILURE, _AT_ONCE = timedelta(seconds=1), timedelta(milliseconds=100), timedelta(milliseconds=5)
"""How far apart the carried times of two lines may be: within a trace, of a trace and the line that introduces it, of a message of several lines."""
_FAILURE = regex(r"error|exception|fail|fatal|panic|unhandled|uncaught|never retrieved|crash|abort", re.IGNORECASE)
_PANICS = ("go", "rust")


class Unplaced(Record, frozen=True):
    """A line that could not become an event of its own."""

    line: int
    why: Literal["no time", "broken JSON"]


class _Open:
    """The event that the next lines may continue, and what `wanted` said of its first. `own` is that line as its program wrote it."""

    def __init__(self, event: LogEvent, flag: int, own: str, time: datetime | None, *, structured: bool) -> None:
        self.event, self.flag = event, flag
        self.structured = structured
        self.lines: list[str] = []
        self.time = time
        """Its last line's, where each line has one; None where they have none."""
        self._size = 0
        self._stack = StackLines()
        self._own = own if not structured and self._stack.begin(own) else ""
        if self._stack.kind in _PANICS and not event.level:
            self.event = msgspec.structs.replace(event, level="PANIC")

    def takes(self, line: str) -> bool:
        """Any line without a time continues a plain line; only what looks like a stack continues a JSON document. A panic is an event of its own."""
        if not self._stack.kind and kind_of(line) in _PANICS and not self._introduces(line):
            return False
        return self._stack.takes(line, lambda _: True) or not self.structured

    def takes_carried(self, line: Carried) -> bool:
        """Of lines that each have a time: what goes on with the trace, or begins the one that this event introduces, in the same moment."""
        if self.time is None or line.time is None or "\n" in line.text:
            return False
        apart = abs(line.time - self.time)
        # Syslog's times are whole seconds.
        coarse = not (self.time.microsecond or line.time.microsecond)
        if apart > (_OF_ONE_TRACE if self._stack.kind or coarse else _OF_ONE_FAILURE):
            return False
        return self._stack.takes(line.text, self._introduces, at_once=not coarse and apart <= _AT_ONCE)

    def _introduces(self, line: str) -> bool:
        """Whether a trace that begins right behind it can belong to it: it tells of a failure itself."""
        level = self.event.level
        if level == "WARN":
            return kind_of(line) not in _PANICS
        if level:
            return level in ERROR_LEVELS or self.event.error_type is not None
        return _FAILURE.search(self.event.message[:400]) is not None

    def add(self, line: str, time: datetime | None = None) -> None:
        self.time = time
        if len(self.lines) < _CONTINUATION_LINES and self._size < MAX_TEXT:
            self.lines.append(line[:2000])
            self._size += len(line)

    def closed(self) -> tuple[LogEvent, int]:
        if not self.lines:
            return self.event, self.flag
        event, text = self.event, "\n".join(self.lines)
        if not event.level:
            event = msgspec.structs.replace(event, level=told_level(self.lines[0]))
        if self._stack.kind == "group" and self._stack.raised and event.error_type is None:
            event = msgspec.structs.replace(event, error_type=self._stack.raised.partition(":")[0])
        if self._stack.is_stack or any(stacktrace.is_frame(line) or line.startswith("Traceback (most recent") for line in self.lines):
            if self._own:
                return assembled(self._headed(event, text)), self.flag
            head = f"{event.message}\n" if stacktrace.is_frame(self.lines[0]) else ""
            return assembled(msgspec.structs.replace(event, stack=f"{event.stack}\n{head}{text}" if event.stack else head + text)), self.flag
        return assembled(msgspec.structs.replace(event, message=f"{event.message}\n{text}")), self.flag

    def _headed(self, event: LogEvent, text: str) -> LogEvent:
        """Of a trace without a line that introduces it: what names the error is its message, and its first line is one of the stack."""
        known = event.error_type if self._stack.kind == "group" else None
        return msgspec.structs.replace(event, message=self._stack.raised or event.message, stack=f"{self._own}\n{text}", error_type=known)


class _Joining:
    """The state between lines: the events that are still open, one for each stream, and whether what comes belongs to one that was passed over."""

    def __init__(self, fields: FieldNames, path: str, wanted: Callable[[str], int] | None, dating: Dating) -> None:
        self._fields, self._path, self._wanted, self._dating = fields, path, wanted, dating
        self._open: dict[str, _Open] = {}
        self._last = ""
        """The stream of the last line: what comes without a time belongs to it."""
        self._passing = False
        self._begun: dict[str, str] = {}
        """Lines that their carrier cut and continues in the stream's next one."""

    def end(self, *, passing: bool = False) -> Iterator[tuple[LogEvent, int]]:
        """Close what is open; with `passing`, what comes without a time is nobody's."""
        for each in self._open.values():
            yield each.closed()
        self._open, self._passing = {}, passing

    def take(self, number: int, line: str) -> Iterator[tuple[LogEvent | Unplaced, int]]:
        """What this line makes known: the event before it when it begins a new one, and what is wrong with it."""
        inside, stamp = carried(line, self._dating), None
        if inside is not None and (inside := self._whole(inside)) is None:
            return
        structured = (inside.text if inside else line).lstrip()[:3].lstrip("[, ")[:1] == "{"
        told = inside
        if inside is None and not structured and line[0] not in " \t" and (stamp := stamped(line[: 2 * MAX_TEXT], self._dating)) is not None:
            told = relayed(line, stamp)
        if told is not None and not structured:
            if not told.text.strip():
                return
            before = self._open.get(told.stream)
            if before is not None and before.takes_carried(told):
                before.add(told.text, told.time)
                self._last = told.stream
                return
            if before is None and self._passing and is_inside(told.text):
                return
        yield from self._placed(number, line, inside, _Told(told, stamp, structured))

    def _whole(self, inside: Carried) -> Carried | None:
        """The line with what its carrier had cut off before; None while more of it is to come."""
        begun = self._begun.pop(inside.stream, "")
        if not begun and not inside.partial:
            return inside
        text = (begun + inside.text)[:_PARTIAL_TEXT]
        if inside.partial:
            self._begun[inside.stream] = text
            return None
        return inside._replace(text=text)

    def _placed(self, number: int, line: str, inside: Carried | None, told: "_Told") -> Iterator[tuple[LogEvent | Unplaced, int]]:
        flag = self._wanted(line) if self._wanted is not None and told.structured else 1
        begun, broken = self._event(number, line, inside, told) if flag else (None, False)
        if begun is not None and not told.structured and self._wanted is not None:
            flag = self._wanted(line)
        timeless = told.structured and bool(flag) and begun is None and not broken
        if broken:
            yield Unplaced(number, "broken JSON"), 0
        if timeless:
            yield Unplaced(number, "no time"), 0
        if begun is not None or not flag or timeless:
            yield from self._begin(begun if flag else None, flag, line, told)
        elif (last := self._open.get(self._last)) is not None:
            if last.takes(line):
                last.add(line)
            elif kind_of(line) in _PANICS:
                flag = self._wanted(line) if self._wanted is not None else 1
                yield from self._begin(self._panicked(number, line, last) if flag else None, flag, line, told)
            elif not broken:
                yield Unplaced(number, "no time"), 0
        elif not self._passing and not broken:
            yield Unplaced(number, "no time"), 0

    def _begin(self, begun: LogEvent | None, flag: int, line: str, told: "_Told") -> Iterator[tuple[LogEvent, int]]:
        """Close what the new event ends: its stream's, those that are long silent, the eldest of too many."""
        stream, time = (told.line.stream, told.line.time) if told.line else ("", None)
        silent = [name for name, each in self._open.items() if name == stream or (time and each.time and abs(time - each.time) > _OF_ONE_TRACE)]
        if not silent and len(self._open) >= _MOST_OPEN:
            silent = [next(iter(self._open))]
        for name in silent:
            yield self._open.pop(name).closed()
        self._last, self._passing = stream, begun is None
        if begun is not None:
            self._open[stream] = _Open(begun, flag, told.line.text if told.line else line, time, structured=told.structured)

    def _panicked(self, number: int, line: str, last: _Open) -> LogEvent | None:
        """A panic that has no time of its own happened after the line before it."""
        return of_carried(Carried(line, last.event.time, last.event.service), self._fields, f"{self._path}:{number}", self._dating)

    def _event(self, number: int, line: str, inside: Carried | None, told: "_Told") -> tuple[LogEvent | None, bool]:
        """The event that begins with this line, and whether the line is broken JSON."""
        place = f"{self._path}:{number}"
        if told.structured:
            return documented(line, self._fields, place, self._dating, inside)
        return plain_line(line, place, self._dating, self._fields, inside, told.stamp), False


class _Told(NamedTuple):
    """What was read of a line before it is placed: its text behind the time that a carrier or a logger put before it, and that time's stamp."""

    line: Carried | None
    stamp: Stamp | None
    structured: bool


def lines_to_events(
    lines: Iterable[tuple[int, str]],
    fields: FieldNames,
    path: str,
    wanted: Callable[[str], int] | None = None,
    dating: Dating = Dating(),  # noqa: B008
) -> Iterator[LogEvent | Unplaced]:
    """Events in the order of numbered lines, `place` being `path:line`; holds no more than one of them at a time.

    `wanted` is asked of the line that begins an event, before JSON is parsed; what it refuses is passed over together with
    what continues it. A broken JSON line is told as Unplaced also when an event could be saved from it. Where numbers leap, lines
    were left out: a line without a time is not missed there.
    """
    return (found for found, _ in flagged_events(lines, fields, path, wanted, dating))


def flagged_events(
    lines: Iterable[tuple[int, str]], fields: FieldNames, path: str, wanted: Callable[[str], int] | None, dating: Dating
) -> Iterator[tuple[LogEvent | Unplaced, int]]:
    """As `lines_to_events`, each event with what `wanted` answered of its first line."""
    joining = _Joining(fields, path, wanted, dating)
    last = None
    for number, raw in lines:
        if last is not None and number != last + 1:
            yield from joining.end(passing=True)
        last = number
        line = raw.rstrip("\r\n")
        if line.strip(" \t[],"):
            yield from joining.take(number, line)
    yield from joining.end()
