"""The part of a log file, kept in the order of time, that a stretch can be in: found by halving, without reading the rest."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from bot.core.logs.carrier import begins_event
from bot.sources.logs.blocks import BLOCK
from bot.sources.logs.opening import LogStream

DISORDER = timedelta(minutes=2)
"""How far a line may stand before an earlier one: several writers, buffers that are emptied late."""
_PROBES = 64
_NEAR = 256 * 1024
_LOOK = 64 * 1024
_FARTHEST = 1024 * 1024
_LINES = 50

TimeOf = Callable[[bytes], datetime | None]


class Part(NamedTuple):
    """Bytes of a file, from the beginning of a line to the beginning of another."""

    begin: int
    end: int


def part_of(stream: LogStream, size: int, start: datetime, end: datetime, time_of: TimeOf) -> Part | None:
    """The part that holds all lines from start to end; None when the file is seen not to be in order, or its times cannot be read."""
    probes: list[tuple[int, datetime]] = []
    for number in range(_PROBES):
        probe = _time_at(stream, size * number // _PROBES, size, time_of)
        if probe is None or (probes and probe[1] < probes[-1][1] - DISORDER):
            return None
        probes.append(probe)
    first, last = start - DISORDER, end + DISORDER
    begin = _halved(stream, _bracket(probes, first, size), lambda time: time < first, time_of)
    stop = _halved(stream, _bracket(probes, last, size), lambda time: time <= last, time_of)
    if begin is None or stop is None:
        return None
    # The lower end of the one, since what is sought may begin right after it; the upper end of the other.
    return Part(begin.begin, max(stop.end, begin.begin))


def _bracket(probes: list[tuple[int, datetime]], limit: datetime, size: int) -> Part:
    """The offsets of the last probe before a time and of the first after it."""
    before = max((offset for offset, time in probes if time < limit), default=0)
    return Part(before, min((offset for offset, time in probes if time > limit and offset > before), default=size))


def _halved(stream: LogStream, around: Part, is_before: Callable[[datetime], bool], time_of: TimeOf) -> Part | None:
    begin, end = around
    while end - begin > _NEAR:
        probe = _time_at(stream, (begin + end) // 2, end, time_of)
        if probe is None:
            # Only lines without a time, or a very long one, up to the end: they belong to what comes before them.
            return Part(begin, end)
        if is_before(probe[1]):
            if probe[0] <= begin:
                break
            begin = probe[0]
        else:
            if probe[0] >= end:
                break
            end = probe[0]
    return Part(begin, end)


def _time_at(stream: LogStream, offset: int, end: int, time_of: TimeOf) -> tuple[int, datetime] | None:
    """The first line at or after an offset that has a time, and where it begins."""
    origin = max(offset - 1, 0)
    stream.seek(origin)
    data, at = b"", 0 if offset == 0 else -1
    while len(data) < _FARTHEST and origin + len(data) < end and (piece := stream.read(_LOOK)):
        data += piece
        if at < 0:
            at = data.find(b"\n") + 1 or -1
        while 0 <= at < len(data) and (stop := data.find(b"\n", at)) >= 0:
            if begins_event(data, at) and (time := time_of(data[at:stop])) is not None:
                return origin + at, time
            at = stop + 1
    return None


def in_order(stream: LogStream, before: Part, limit: datetime, time_of: TimeOf, goes_on: Callable[[], bool]) -> tuple[int, bool] | None:
    """Read what was passed over: how many lines it has, and whether a line of each megabyte is before `limit`. None where time ran out."""
    stream.seek(before.begin, before.end)
    data = bytearray(BLOCK)
    room, lines, kept = memoryview(data), 0, True
    while held := stream.read_into(room):
        if not goes_on():
            return None
        lines += data.count(b"\n", 0, held)
        time = _a_time(data, held, time_of)
        kept = kept and (time is None or time <= limit)
    return lines, kept


def _a_time(data: bytearray, held: int, time_of: TimeOf) -> datetime | None:
    """The time of the first whole line of a block that has one."""
    at = data.find(b"\n", 0, held) + 1
    for _ in range(_LINES):
        stop = data.find(b"\n", at, held)
        if at == 0 or stop < 0:
            break
        if begins_event(data, at) and (time := time_of(bytes(data[at:stop]))) is not None:
            return time
        at = stop + 1
    return None
