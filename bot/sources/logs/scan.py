"""One log file read for what is sought: line by line where it is small, else only the lines whose bytes can tell of it."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import msgspec

from bot.config import Fields
from bot.core.logs.form import Needle
from bot.core.logs.lines import Unplaced, flagged_events
from bot.core.logs.time import Dating
from bot.model import LogEvent
from bot.sources.logs.blocks import BLOCK, Block, LineNumbers, blocks
from bot.sources.logs.exports import Reading, array_events, table_events
from bot.sources.logs.opening import LogStream, Unreadable
from bot.sources.logs.order import DISORDER, Part, in_order, part_of
from bot.sources.logs.profile import SAMPLE, ends_of, profile, time_of
from bot.sources.logs.sought import TRACE, WINDOW, Sought
from bot.sources.logs.tally import Kept, Tally

SMALL = 2 * BLOCK
"""A file up to this size is read line by line, so that everything odd about it is counted."""
_LINES_PER_LOOK = 2_000
"""The clock is read once for so many lines."""
_CLOCKS_DIFFER = timedelta(hours=1)
"""What a file's last line may be later than the time of its last change."""

_YEAR_2100 = 4_102_444_800
"""Seconds; file systems can say anything."""

Place = Callable[[str], str]


class LogFile(NamedTuple):
    """A file to read: how it is called, where it is, and what its times and lines leave out."""

    shown: str
    path: Path
    dating: Dating
    service: str = ""
    """Of lines that name none."""


class OutOfOrderError(Exception):
    """A file that seemed to be in the order of time is not."""


class FileScan:
    """One file. What it keeps is in `errors` and `traced`, what it counts in `tally`."""

    def __init__(self, file: LogFile, stream: LogStream, sought: Sought, fields: Fields, goes_on: Callable[[], bool]) -> None:
        self.tally = Tally()
        self._file, self._stream, self._sought, self._fields, self._goes_on = file, stream, sought, fields, goes_on
        self._trouble = ""
        self._sample = b""
        while len(self._sample) < SAMPLE and (piece := self._from_stream(SAMPLE - len(self._sample))):
            self._sample += piece
        self._waiting = self._sample
        self._profile = profile(self._sample, file.path.name, fields, file.dating)

    def of_another_time(self) -> bool:
        """Whether its first lines and its last change show that it holds nothing of what is sought."""
        seen = self._profile.times
        if self._stream.length <= SAMPLE or self._profile.kind != "lines" or not seen:
            return False
        span = self._sought.span
        changed = datetime.fromtimestamp(min(max(self._stream.changed, 0), _YEAR_2100), UTC) + _CLOCKS_DIFFER
        ordered = all(later >= earlier - DISORDER for earlier, later in itertools.pairwise(seen))
        # A plain file is asked for its order all over; of a packed one, only the beginning can be seen.
        late = self._stream.size is None and ordered and seen[0] > span.end + DISORDER
        return late or (seen[0] <= changed < span.start)

    def begins_late(self) -> bool:
        """Whether the window began before this file did."""
        window = self._sought.window
        return window is not None and bool(self._profile.times) and self._profile.times[0] > window.start

    def run(self, errors: Kept, traced: Kept, *, through: bool = False) -> Place:
        """Read, with `through` all of it. Gives what makes the final place of an event out of the one that it has. Raises OutOfOrderError."""
        self.errors, self.traced, self.tally = errors, traced, Tally()
        if self._profile.kind == "binary":
            self.tally.refuse(self._file.shown, f"it is no log that can be read: {self._profile.what}", "take it out of `files:`, or unpack or convert it")
            return _as_it_is
        part = None if through else self._part()
        if self._stream.size is not None:
            self._waiting = b""
            self._stream.seek(*(part or (0, self._stream.size)))
        for found, flag in self._found(part):
            self._take(found, flag)
        self.tally.unwritten = self._profile.unwritten
        if (said := self._profile.unknown_level) and self._sought.window is not None and self._sought.words is None:
            cause = f"its level is no word and no number of a known logger (`{said}`): only lines with a stack trace or an error's type were taken for errors"
            self.tally.refuse(self._file.shown, cause, "have the logger write the level as a word (error), or name the field that has one in `fields: level:`")
        if self._trouble:
            self.tally.refuse(self._file.shown, self._trouble)
        if part is None or self._stream.size is None:
            return _as_it_is
        self.tally.passed_over = self._stream.size - (part.end - part.begin)
        return self._placing(part)

    def _part(self) -> Part | None:
        size, span = self._stream.size, self._sought.span
        if size is None or size <= SMALL or self._profile.kind != "lines":
            return None
        return part_of(self._stream, size, span.start, span.end, self._time_of)

    def _time_of(self, line: bytes) -> datetime | None:
        return time_of(line, self._fields, self._file.dating)

    def _found(self, part: Part | None) -> Iterator[tuple[LogEvent | Unplaced, int]]:
        file, kind = self._file, self._profile.kind
        if kind == "lines":
            return flagged_events(self._numbered(part), self._fields, file.shown, self._sought.flag, file.dating)
        reading = Reading(file.shown, self._count, self._sought.flag, self._fields, file.dating)
        return array_events(self._read, reading) if kind == "array" else table_events(self._read, reading, self._profile.delimiter, self._profile.columns)

    def _count(self) -> None:
        self.tally.lines += 1

    def _numbered(self, part: Part | None) -> Iterator[tuple[int, str]]:
        """The lines that are to be read, with their numbers; where some are left out, the numbers leap."""
        small = len(self._sample) < SAMPLE if self._stream.size is None else self._stream.size <= SMALL
        needles = self._profile.needles(self._sought.window)
        numbers = LineNumbers()
        for block in blocks(self._read_into):
            regions = [(0, block.end)] if small else self._regions(block, needles, ordered=part is not None)
            for number, line, cut in numbers.lines_of(block, regions):
                if number % _LINES_PER_LOOK == 0 and not self._goes_on():
                    self._stop(number if part is None else None)
                    return
                self.tally.cut += cut
                yield number, line.decode("utf-8", "replace").removeprefix("\ufeff")
            self.tally.lines = numbers.count

    def _regions(self, block: Block, needles: Sequence[Needle] | None, *, ordered: bool) -> list[tuple[int, int]]:
        """Where lines are in order, either most of a block is of the window or nothing of it."""
        window, ends = self._sought.window, ends_of(block, self._fields, self._file.dating)
        if ordered and window is not None and ends is not None and (ends[0][1] > window.end + DISORDER or ends[1][1] < window.start - DISORDER):
            return self._sought.traced(block)
        timed = needles if self._profile.fits(ends) else None
        return self._sought.regions(block, timed, near=ordered, wordless=self._profile.wordless)

    def _take(self, found: LogEvent | Unplaced, flag: int) -> None:
        if isinstance(found, Unplaced):
            self.tally.no_time += found.why == "no time"
            self.tally.broken += found.why == "broken JSON"
            return
        if self._file.service and not found.service:
            found = msgspec.structs.replace(found, service=self._file.service)
        kind = self._sought.of(found, flag)
        if kind & WINDOW:
            self.errors.offer(found)
        if kind & TRACE:
            self.traced.offer(found)

    def _placing(self, part: Part) -> Place:
        """Lines were counted from the part's beginning: count those before it, and see on the way whether they are in order."""
        if not (self.errors.offered or self.traced.offered) or part.begin == 0:
            return _as_it_is
        before = in_order(self._stream, Part(0, part.begin), self._sought.span.start, self._time_of, self._goes_on)
        if before is None:
            return lambda place: f"{self._file.shown} (line {place.rpartition(':')[2]} after byte {part.begin})"
        count, ordered = before
        if not ordered:
            raise OutOfOrderError
        return lambda place: f"{self._file.shown}:{int(place.rpartition(':')[2]) + count}"

    def _read(self, size: int) -> bytes:
        if self._waiting:
            piece, self._waiting = self._waiting, b""
            return piece
        if not self._goes_on():
            self._stop(None)
            return b""
        return self._from_stream(size)

    def _read_into(self, room: memoryview) -> int:
        if not self._waiting and not self._goes_on():
            self._stop(None)
            return 0
        if self._waiting:
            piece, self._waiting = self._waiting[: len(room)], self._waiting[len(room) :]
            room[: len(piece)] = piece
            return len(piece)
        try:
            return 0 if self._trouble else self._stream.read_into(room)
        except Unreadable as error:
            self._trouble = error.cause
            return 0

    def _from_stream(self, size: int) -> bytes:
        """What broke is told at the end: what came before it counts."""
        try:
            return b"" if self._trouble else self._stream.read(size)
        except Unreadable as error:
            self._trouble = error.cause
            return b""

    def _stop(self, number: int | None) -> None:
        self.tally.stopped_at = self.tally.stopped_at or (
            f"{self._file.shown}:{number}" if number else f"{self._file.shown}, after {self._stream.given:,} bytes"
        )


def _as_it_is(place: str) -> str:
    return place
