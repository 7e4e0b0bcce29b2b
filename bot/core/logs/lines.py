"""Lines of a log file become events: JSON and plain text mixed, a stack trace joined to the line that it belongs to."""

from collections.abc import Callable, Iterable, Iterator
from typing import Literal

import msgspec

from bot.core.logs.carrier import Carried, carried, is_stack, relayed
from bot.core.logs.document import MAX_TEXT, FieldNames, assembled
from bot.core.logs.line import STACK_LINE, documented, plain_line, told_level
from bot.core.logs.time import Dating
from bot.core.stacktrace import stacktrace
from bot.model import LogEvent, Record

__all__ = ["Unplaced", "flagged_events", "lines_to_events", "plain_line"]

_CONTINUATION_LINES = 400
_PARTIAL_TEXT = 10 * MAX_TEXT


class Unplaced(Record, frozen=True):
    """A line that could not become an event of its own."""

    line: int
    why: Literal["no time", "broken JSON"]


class _Open:
    """The event that the next lines may continue, and what `wanted` said of its first."""

    def __init__(self, event: LogEvent, flag: int, *, structured: bool) -> None:
        self.event, self.flag = event, flag
        self.structured = structured
        self.lines: list[str] = []
        self._size = 0

    def takes(self, line: str) -> bool:
        """Any line without a time continues a plain line; only what looks like a stack continues a JSON document."""
        return not self.structured or STACK_LINE.match(line) is not None or self.ends_stack(line)

    def ends_stack(self, line: str) -> bool:
        """Python prints the error's type below its stack, without indentation."""
        return bool(self.lines and stacktrace.HEAD.match(line[:400]))

    def add(self, line: str) -> None:
        if len(self.lines) < _CONTINUATION_LINES and self._size < MAX_TEXT:
            self.lines.append(line[:2000])
            self._size += len(line)

    def closed(self) -> tuple[LogEvent, int]:
        if not self.lines:
            return self.event, self.flag
        event, text = self.event, "\n".join(self.lines)
        if not event.level:
            event = msgspec.structs.replace(event, level=told_level(self.lines[0]))
        if any(stacktrace.is_frame(line) or line.startswith("Traceback (most recent") for line in self.lines):
            head = f"{event.message}\n" if stacktrace.is_frame(self.lines[0]) else ""
            return assembled(msgspec.structs.replace(event, stack=f"{event.stack}\n{head}{text}" if event.stack else head + text)), self.flag
        return assembled(msgspec.structs.replace(event, message=f"{event.message}\n{text}")), self.flag


class _Joining:
    """The state between lines: the event that is still open, and whether what comes belongs to one that was passed over."""

    def __init__(self, fields: FieldNames, path: str, wanted: Callable[[str], int] | None, dating: Dating) -> None:
        self._fields, self._path, self._wanted, self._dating = fields, path, wanted, dating
        self._open: _Open | None = None
        self._passing = False
        self._relaying = False
        """Whether the last line came through a carrier."""
        self._begun = ""
        """A line that its carrier cut and continues in the next one."""

    def end(self, *, passing: bool = False) -> Iterator[tuple[LogEvent, int]]:
        """Close the open event; with `passing`, what comes without a time is nobody's."""
        if self._open is not None:
            yield self._open.closed()
        self._open, self._passing = None, passing

    def take(self, number: int, line: str) -> Iterator[tuple[LogEvent | Unplaced, int]]:
        """What this line makes known: the event before it when it begins a new one, and what is wrong with it."""
        inside = carried(line, self._dating)
        if inside is None and self._relaying and self._open is not None and (last := relayed(line)) and self._open.ends_stack(last.text):
            inside = last
        self._relaying = inside is not None
        if inside is not None:
            if inside.partial or self._begun:
                self._begun = (self._begun + inside.text)[:_PARTIAL_TEXT]
                if inside.partial:
                    return
                inside, self._begun = inside._replace(text=self._begun), ""
            if is_stack(inside.text) or (self._open is not None and self._open.ends_stack(inside.text)):
                if self._open is not None:
                    self._open.add(inside.text)
                    return
                if self._passing:
                    return
        yield from self._placed(number, line, inside)

    def _placed(self, number: int, line: str, inside: Carried | None) -> Iterator[tuple[LogEvent | Unplaced, int]]:
        structured = (inside.text if inside else line).lstrip()[:3].lstrip("[, ")[:1] == "{"
        flag = self._wanted(line) if self._wanted is not None and structured else 1
        begun, broken = self._event(number, line, inside, structured=structured) if flag else (None, False)
        if begun is not None and not structured and self._wanted is not None:
            flag = self._wanted(line)
        timeless = structured and bool(flag) and begun is None and not broken
        if broken:
            yield Unplaced(number, "broken JSON"), 0
        if timeless:
            yield Unplaced(number, "no time"), 0
        if begun is not None or not flag or timeless:
            yield from self.end(passing=begun is None or not flag)
            self._open = _Open(begun, flag, structured=structured) if begun is not None and flag else None
        elif self._open is not None and self._open.takes(line):
            self._open.add(line)
        elif not self._passing and not broken:
            yield Unplaced(number, "no time"), 0

    def _event(self, number: int, line: str, inside: Carried | None, *, structured: bool) -> tuple[LogEvent | None, bool]:
        """The event that begins with this line, and whether the line is broken JSON."""
        place = f"{self._path}:{number}"
        if structured:
            return documented(line, self._fields, place, self._dating, inside)
        return plain_line(line, place, self._dating, self._fields, inside), False


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
