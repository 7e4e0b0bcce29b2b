"""Bytes of a log file in blocks of whole lines, however long a line is; a block ends where an event begins, so that no stack is torn apart."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from bot.core.logs.carrier import begins_event

BLOCK = 1024 * 1024
LINE_HEAD, LINE_TAIL = 960 * 1024, 64 * 1024
"""Of a longer line both ends are kept: loggers put the time at either."""
_LINES_BACK = 400
_NEWLINE = 10


class Block(NamedTuple):
    """Whole lines: the first `end` bytes of `data`. `cut`: bytes left out of a line too long to be held.

    The next block is read into the same bytes.
    """

    data: bytearray
    end: int
    cut: int = 0


def blocks(read_into: Callable[[memoryview], int]) -> Iterator[Block]:
    """The rest of a file."""
    data = bytearray(BLOCK)
    room = memoryview(data)
    held = 0
    while count := read_into(room[held:]):
        held += count
        end = _end_of_events(data, held)
        if end == 0 and held < BLOCK:
            continue
        if end == 0:
            line, end, held, left_out = _long_line(data, room, read_into)
            yield Block(line, len(line), left_out)
        else:
            yield Block(data, end)
        held -= end
        data[:held] = data[end : end + held]
    if held:
        yield Block(data, held)


class LineNumbers:
    """Numbers the lines of a file, block after block; `count` of them have passed."""

    def __init__(self) -> None:
        self.count = 0

    def lines_of(self, block: Block, regions: Iterable[tuple[int, int]]) -> Iterator[tuple[int, bytes, bool]]:
        """The lines of parts of a block, in order, with their numbers; too long ones cut to their ends, and whether they were."""
        passed = 0
        for begin, end in regions:
            self.count += block.data.count(b"\n", passed, begin)
            passed = end
            for line in bytes(block.data[begin:end]).removesuffix(b"\n").split(b"\n"):
                self.count += 1
                too_long = len(line) > LINE_HEAD + LINE_TAIL
                yield self.count, line[:LINE_HEAD] + line[-LINE_TAIL:] if too_long else line, too_long or block.cut > 0
        self.count += block.data.count(b"\n", passed, block.end)
        if passed < block.end and block.data[block.end - 1] != _NEWLINE:
            self.count += 1


def _end_of_events(data: bytearray, held: int) -> int:
    """Where the last event that has begun in the data begins, since it may go on; 0 where that is all there is."""
    newest = data.rfind(b"\n", 0, held) + 1
    begin = newest
    for _ in range(_LINES_BACK):
        if begin == 0:
            break
        if begin < held and begins_event(data, begin):
            return begin
        begin = data.rfind(b"\n", 0, begin - 1) + 1
    return newest


def _long_line(data: bytearray, room: memoryview, read_into: Callable[[memoryview], int]) -> tuple[bytearray, int, int, int]:
    """Both ends of a line that does not fit; where what follows it begins in the data, and where it ends; how many bytes were left out."""
    head, tail, length = data[:LINE_HEAD], data[-LINE_TAIL:], len(data)
    while held := read_into(room):
        end = data.find(b"\n", 0, held) + 1
        tail = (tail + data[max(0, (end or held) - LINE_TAIL) : end or held])[-LINE_TAIL:]
        length += end or held
        if end:
            return head + tail, end, held, length - len(head) - len(tail)
    return head + tail, 0, 0, length - len(head) - len(tail)
