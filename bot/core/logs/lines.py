"""Lines of a log file become events: JSON and plain text mixed, a stack trace joined to the line that it belongs to."""

from collections.abc import Callable, Iterable, Iterator
from typing import Literal, NamedTuple

from bot.core.logs import postgresql
from bot.core.logs.carrier import Carried, carried, relayed
from bot.core.logs.document import MAX_TEXT, FieldNames, level
from bot.core.logs.line import documented, is_by_default, of_carried, plain_line
from bot.core.logs.open_event import OF_ONE_TRACE, FirstLine, OpenEvent
from bot.core.logs.stack_lines import PANICS, is_inside, is_panic, is_timeless, kind_of
from bot.core.logs.stamp import Stamp, stamped, uncoloured
from bot.core.logs.time import Dating
from bot.model import LogEvent, Record

__all__ = ["Unplaced", "flagged_events", "lines_to_events", "plain_line"]

_PARTIAL_TEXT = 10 * MAX_TEXT
_MOST_OPEN = 8


class Unplaced(Record, frozen=True):
    """A line that could not become an event of its own."""

    line: int
    why: Literal["no time", "broken JSON"]


class _Joining:
    """The state between lines: the events that are still open, one for each stream, and whether what comes belongs to one that was passed over."""

    def __init__(self, fields: FieldNames, path: str, wanted: Callable[[str], int] | None, dating: Dating) -> None:
        self._fields, self._path, self._wanted, self._dating = fields, path, wanted, dating
        self._open: dict[str, OpenEvent[_Line]] = {}
        self._last = ""
        """The stream of the last line: what comes without a time belongs to it."""
        self._passing = False
        self._passed: _Line | None = None
        """The line that was passed over last, while what comes belongs to it."""
        self._begun: dict[str, tuple[int, str, Carried]] = {}
        """Lines that their carrier cut and continues in the stream's next one: number and line of the first piece, and what came so far."""

    def end(self, *, passing: bool = False) -> Iterator[tuple[LogEvent | Unplaced, int]]:
        """Close what is open or cut off; with `passing`, what comes without a time is nobody's."""
        begun, self._begun = self._begun, {}
        for each in begun.values():
            yield from self._whole(*each)
        still_open, self._open = self._open, {}
        for one in still_open.values():
            yield from self._closed(one)
        self._passing, self._passed = passing, None

    def take(self, number: int, line: str) -> Iterator[tuple[LogEvent | Unplaced, int]]:
        """What this line makes known: the event before it when it begins a new one, and what is wrong with it."""
        inside = carried(line, self._dating)
        if inside is None or not (inside.partial or inside.stream in self._begun):
            yield from self._whole(number, line, inside)
            return
        first, begun = (number, line), self._begun.pop(inside.stream, None)
        if begun is not None and begun[2].time and inside.time and abs(inside.time - begun[2].time) > OF_ONE_TRACE:
            yield from self._whole(*begun)
        elif begun is not None:
            first, inside = begun[:2], inside._replace(text=(begun[2].text + inside.text)[:_PARTIAL_TEXT])
        if not inside.partial:
            yield from self._whole(number, line, inside)
            return
        if len(self._begun) >= _MOST_OPEN:
            yield from self._whole(*self._begun.pop(next(iter(self._begun))))
        self._begun[inside.stream] = (*first, inside)

    def _whole(self, number: int, line: str, inside: Carried | None) -> Iterator[tuple[LogEvent | Unplaced, int]]:
        """As `take`, of a line that its carrier does not continue."""
        stamp = None
        structured = (inside.text if inside else line).lstrip()[:3].lstrip("[, ")[:1] == "{"
        told = inside
        if inside is None and not structured and line[0] not in " \t" and (stamp := stamped(line[: 2 * MAX_TEXT], self._dating)) is not None:
            told = relayed(line, stamp)
        read = _Line(number, line, inside, told, stamp, structured)
        if not structured and (open_one := self._open.get(self._last)) is not None and (more := postgresql.more_of(open_one.first.written, read.written)):
            open_one.add(more, told.time if told else None)
            return
        if told is not None and not structured:
            if not told.text.strip():
                return
            before = self._open.get(told.stream)
            if before is not None and before.takes_carried(told):
                before.add_carried(told)
                self._last = told.stream
                return
            if before is not None and before.holds(told, read):
                return
            if before is None and self._passing and is_inside(told.text):
                return
        yield from self._placed(read)

    def _placed(self, read: "_Line") -> Iterator[tuple[LogEvent | Unplaced, int]]:
        number, line = read.number, read.line
        flag = self._wanted(line) if self._wanted is not None and read.structured else 1
        begun, broken = self._event(read) if flag else (None, False)
        if begun is not None and not read.structured and self._wanted is not None:
            flag = self._wanted(line)
        timeless = read.structured and bool(flag) and begun is None and not broken
        if broken:
            yield Unplaced(number, "broken JSON"), 0
        if timeless:
            yield Unplaced(number, "no time"), 0
        if begun is not None or not flag or timeless:
            yield from self._begin(begun if flag else None, flag, read)
        else:
            yield from self._undated(read, broken=broken)

    def _undated(self, read: "_Line", *, broken: bool) -> Iterator[tuple[LogEvent | Unplaced, int]]:
        """A line without a time goes on with the last event, or is an event of its own at the time of that."""
        last = self._open.get(self._last)
        if last is not None and last.takes(read.line):
            last.add(read.line)
            return
        own = last.untagged(read.line) if last is not None else read.line
        if (begun := self._dated(read.number, own, last)) is not None:
            flag = self._wanted(read.line) if self._wanted is not None else 1
            yield from self._begin(begun if flag else None, flag, read._replace(told=Carried(own, None, stream=self._last)))
        elif not broken and (last is not None or not self._passing):
            yield Unplaced(read.number, "no time"), 0

    def _begin(self, begun: LogEvent | None, flag: int, read: "_Line") -> Iterator[tuple[LogEvent | Unplaced, int]]:
        """Close what the new event ends: its stream's, those that are long silent, the eldest of too many."""
        stream, time = (read.told.stream, read.told.time) if read.told else ("", None)
        silent = [name for name, each in self._open.items() if name == stream or (time and each.time and abs(time - each.time) > OF_ONE_TRACE)]
        if not silent and len(self._open) >= _MOST_OPEN:
            silent = [next(iter(self._open))]
        for name in silent:
            yield from self._closed(self._open.pop(name))
        self._last, self._passing, self._passed = stream, begun is None, read if begun is None else None
        if begun is not None:
            own = read.told.text if read.told else read.line
            by_default = not read.structured and is_by_default(read.carrier_level, own)
            self._open[stream] = OpenEvent(begun, flag, FirstLine(own, read.written, read.line), time, structured=read.structured, by_default=by_default)

    def _closed(self, ended: "OpenEvent[_Line]") -> Iterator[tuple[LogEvent | Unplaced, int]]:
        """The event, and those of the lines that were held for it in vain."""
        yield ended.closed()
        for _, read in ended.held:
            flag = self._wanted(read.line) if self._wanted is not None else 1
            found = self._event(read)[0] if flag else None
            if found is not None:
                yield found, flag

    def _dated(self, number: int, line: str, last: "OpenEvent[_Line] | None") -> LogEvent | None:
        """A panic, or a line of a logger that writes no times: it happened after the line before it, be it one that was passed over."""
        timeless = is_timeless(line)
        if not timeless and kind_of(line) not in PANICS:
            return None
        passed = self._passed if timeless or is_panic(line) else None
        before = last.event if last else self._event(passed)[0] if passed else None
        return of_carried(Carried(line, before.time, before.service), self._fields, f"{self._path}:{number}", self._dating) if before else None

    def _event(self, read: "_Line") -> tuple[LogEvent | None, bool]:
        """The event that begins with this line, and whether the line is broken JSON."""
        place = f"{self._path}:{read.number}"
        if read.structured:
            return documented(read.line, self._fields, place, self._dating, read.inside)
        return plain_line(read.line, place, self._dating, self._fields, read.inside, read.stamp), False


class _Line(NamedTuple):
    """A line and what was read of it before it is placed.

    `inside`: what a carrier put a document or a prefix around. `told`: that, or the text behind the time that a logger put before it, whose
    `stamp` this is.
    """

    number: int
    line: str
    inside: Carried | None
    told: Carried | None
    stamp: Stamp | None
    structured: bool

    @property
    def written(self) -> str:
        """The line as its program wrote it."""
        return self.inside.text if self.inside else self.line

    @property
    def carrier_level(self) -> str:
        """What the carrier says of the line."""
        return self.inside.level if self.inside else level(self.stamp.priority) if self.stamp and self.stamp.priority else ""


def lines_to_events(
    lines: Iterable[tuple[int, str]],
    fields: FieldNames,
    path: str,
    wanted: Callable[[str], int] | None = None,
    dating: Dating = Dating(),  # noqa: B008
) -> Iterator[LogEvent | Unplaced]:
    """Events of numbered lines, `place` being `path:line`: in the order in which they end.

    An event is open until its stream (an output, a process) begins the next, so that one of another stream may come before it. No more are open
    at a time than `_MOST_OPEN`, and of no more streams a line that its carrier cut; the eldest is given as it is.

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
        line = uncoloured(raw).rstrip("\r\n")
        if line.strip(" \t[],"):
            yield from joining.take(number, line)
    yield from joining.end()
