"""Log files read line by line in flat memory, until a deadline, everything that was odd about them counted."""

import gzip
import heapq
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, cast

from bot.config import Fields
from bot.core.log_lines import lines_to_events
from bot.model import Gap, LogEvent

LINE_HEAD, LINE_TAIL = 256 * 1024, 16 * 1024
"""Of a longer line both ends are kept: loggers put the time at either."""
_LINES_PER_LOOK = 2_000
"""The clock is read once for so many lines."""


class Kept:
    """The `limit` events that come first by `order` (seconds), however many are offered; `offered` counts them all."""

    def __init__(self, limit: int, order: Callable[[datetime], float]) -> None:
        self.offered = 0
        self._limit, self._order = limit, order
        self._heap: list[tuple[float, int, LogEvent]] = []

    def offer(self, event: LogEvent) -> None:
        """Keep it if it is among the first."""
        self.offered += 1
        entry = (-self._order(event.time), -self.offered, event)
        if len(self._heap) < self._limit:
            heapq.heappush(self._heap, entry)
        elif entry[:2] > self._heap[0][:2]:
            heapq.heapreplace(self._heap, entry)

    def events(self) -> tuple[LogEvent, ...]:
        """The kept ones in their order."""
        return tuple(event for _, _, event in sorted(self._heap, key=lambda entry: entry[:2], reverse=True))


class LogReading:
    """One pass through files. `paths` maps what is shown of a path to the path."""

    def __init__(self, paths: dict[str, Path], fields: Fields, until: float, clock: Callable[[], float]) -> None:
        self.lines = 0
        self._paths, self._fields = paths, fields
        self._until, self._clock = until, clock
        self._no_time = self._broken = self._cut = 0
        self._stopped_at = ""
        self._refusals: list[tuple[str, str]] = []

    def events(self, wanted: Callable[[str], bool]) -> Iterator[LogEvent]:
        """The events whose first line is wanted, file after file."""
        for shown, path in self._paths.items():
            if self._stopped_at:
                return
            try:
                with _opened(path) as file:
                    yield from self._of_file(file, shown, wanted)
            except (OSError, EOFError) as error:
                self._refusals.append((shown, (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__))

    def gaps(self, source: str) -> tuple[Gap, ...]:
        """What this pass could not see."""
        found = [
            Gap(source, f"log lines of {shown}", cause, f"make {shown} readable for this user, or take it out of `files:`") for shown, cause in self._refusals
        ]
        if self._stopped_at:
            remedy = "raise `limits.source_seconds`, or name fewer and smaller files"
            found.append(Gap(source, "the rest of the log files", f"the deadline came at {self._stopped_at}", remedy))
        if self._no_time:
            remedy = "name the time's field in `fields: time:`; plain lines must begin with a time"
            found.append(
                Gap(source, "every line in its place", f"{_lines(self._no_time)} without a time {_were(self._no_time)} not placed in the window", remedy)
            )
        if self._broken:
            found.append(
                Gap(
                    source,
                    "every line as JSON",
                    f"{_lines(self._broken)} that began like JSON could not be read as such",
                    "see whether the logger cuts or mixes its lines",
                )
            )
        if self._cut:
            kept = f"{LINE_HEAD // 1024} KB from the beginning and {LINE_TAIL // 1024} KB from the end were kept"
            found.append(Gap(source, "every line whole", f"{_lines(self._cut)} {_were(self._cut)} too long: {kept}", "log less into one line"))
        return tuple(found)

    def _of_file(self, file: BinaryIO, shown: str, wanted: Callable[[str], bool]) -> Iterator[LogEvent]:
        for found in lines_to_events(self._numbered(file, shown), self._fields, shown, wanted):
            if isinstance(found, LogEvent):
                yield found
            elif found.why == "no time":
                self._no_time += 1
            else:
                self._broken += 1

    def _numbered(self, file: BinaryIO, shown: str) -> Iterator[tuple[int, str]]:
        number = 0
        while head := file.readline(LINE_HEAD):
            number += 1
            self.lines += 1
            if number % _LINES_PER_LOOK == 0 and self._clock() > self._until:
                self._stopped_at = f"{shown}:{number}"
                return
            line = head if head.endswith(b"\n") else head + self._tail(file)
            yield number, line.decode("utf-8", "replace").removeprefix("\ufeff")

    def _tail(self, file: BinaryIO) -> bytes:
        tail, length = b"", 0
        while more := file.readline(LINE_HEAD):
            length += len(more)
            tail = (tail + more)[-LINE_TAIL:]
            if more.endswith(b"\n"):
                break
        self._cut += length > LINE_TAIL
        return tail


def _opened(path: Path) -> BinaryIO:
    return cast(BinaryIO, gzip.open(path, "rb")) if path.suffix == ".gz" else path.open("rb")


def _were(count: int) -> str:
    return "was" if count == 1 else "were"


def _lines(count: int) -> str:
    return f"{count:,} line{'s' * (count != 1)}"
