"""What a pass through log files kept, counted and could not see."""

import heapq
from collections.abc import Callable
from datetime import datetime

import msgspec

from bot.model import Gap, LogEvent
from bot.sources.logs.blocks import LINE_HEAD, LINE_TAIL


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

    def alike(self) -> "Kept":
        """An empty one, for a file whose events may yet be dropped."""
        return Kept(self._limit, self._order)

    def take(self, other: "Kept", place: Callable[[str], str]) -> None:
        """Offer what another kept, and count what it was offered; `place` makes the place of an event out of the one it has."""
        for event in other.events():
            self.offer(msgspec.structs.replace(event, place=place(event.place)))
        self.offered += other.offered - len(other.events())


class Tally:
    """The counts of one pass, and what was no file that could be read."""

    def __init__(self) -> None:
        self.lines = self.passed_over = 0
        self.no_time = self.broken = self.cut = 0
        self.unwritten: frozenset[str] = frozenset()
        self.files_passed_over = 0
        self.stopped_at = ""
        self.refusals: dict[str, tuple[str, str]] = {}

    def refuse(self, shown: str, cause: str, remedy: str = "") -> None:
        """Remember what of a file could not be read."""
        self.refusals.setdefault(shown, (cause, remedy or f"make {shown} readable for this user, or take it out of `files:`"))

    def add(self, other: "Tally") -> None:
        """Count what was counted of one file."""
        self.lines, self.passed_over = self.lines + other.lines, self.passed_over + other.passed_over
        self.no_time, self.broken, self.cut = self.no_time + other.no_time, self.broken + other.broken, self.cut + other.cut
        self.unwritten, self.stopped_at = self.unwritten | other.unwritten, self.stopped_at or other.stopped_at
        self.refusals.update(other.refusals)

    def gaps(self, source: str) -> tuple[Gap, ...]:
        """What this pass could not see."""
        found = [Gap(source, f"log lines of {shown}", cause, remedy) for shown, (cause, remedy) in self.refusals.items()]
        if self.stopped_at:
            remedy = "raise `limits.source_seconds`, or name fewer and smaller files"
            found.append(Gap(source, "the rest of the log files", f"the deadline came at {self.stopped_at}", remedy))
        if self.no_time:
            cause = f"{lines(self.no_time)} without a time {_were(self.no_time)} not placed in the window"
            found.append(Gap(source, "every line in its place", cause, "name the time's field in `fields: time:`; plain lines must begin with a time"))
        if self.broken:
            cause = f"{lines(self.broken)} that began like JSON could not be read as such"
            found.append(Gap(source, "every line as JSON", cause, "see whether the logger cuts or mixes its lines"))
        if self.cut:
            kept = f"{LINE_HEAD // 1024} KB from the beginning and {LINE_TAIL // 1024} KB from the end were kept"
            found.append(Gap(source, "every line whole", f"{lines(self.cut)} {_were(self.cut)} too long: {kept}", "log less into one line"))
        return tuple(found)

    def looked(self) -> str:
        """How much was looked at, for the query."""
        told = lines(self.lines)
        if self.passed_over:
            told += f" ({self.passed_over / 10**6:,.0f} MB before and after passed over by their times)"
        if self.files_passed_over:
            told += f" ({files(self.files_passed_over)} of another time not read)"
        return told + (f", {' and '.join(sorted(self.unwritten))} taken from the alert's time" if self.unwritten else "")


def lines(count: int) -> str:
    """The count in words."""
    return f"{count:,} line{'s' * (count != 1)}"


def files(count: int) -> str:
    """As `lines`."""
    return f"{count} file{'s' * (count != 1)}"


def _were(count: int) -> str:
    return "was" if count == 1 else "were"
