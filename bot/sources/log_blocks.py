"""Bytes of a log file in blocks of whole lines, however long a line is; a block ends where an event begins, so that no stack is torn apart."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from bot.core.log_carrier import begins_event

BLOCK = 1024 * 1024
LINE_HEAD, LINE_TAIL = 256 * 1024, 16 * 1024
"""Of a longer line both ends are kept: loggers put the time at either."""
_LINES_BACK = 400


class Block(NamedTuple):
    """Whole lines, the number of the first, and the byte of the file it begins at. `cut` counts bytes left out of a line too long to be held."""

    data: bytes
    first: int
    offset: int
    lines: int
    cut: int = 0


def blocks(read: Callable[[int], bytes], offset: int = 0) -> Iterator[Block]:
    """The rest of a file; lines are numbered from 1."""
    rest, first = b"", 1
    while piece := read(BLOCK):
        data = rest + piece if rest else piece
        end = _end_of_events(data)
        if end == 0 and len(data) > LINE_HEAD + LINE_TAIL:
            data, rest, left_out = _long_line(data, read)
            yield Block(data, first, offset, 1, left_out)
            first, offset = first + 1, offset + len(data) + left_out
            continue
        rest = data[end:]
        if end:
            data = data[:end]
            lines = data.count(b"\n")
            yield Block(data, first, offset, lines)
            first, offset = first + lines, offset + end
    if rest:
        yield Block(rest, first, offset, rest.count(b"\n") + (not rest.endswith(b"\n")))


def lines_of(block: Block, begin: int, end: int) -> Iterator[tuple[int, bytes, bool]]:
    """The lines of a part of a block with their numbers, too long ones cut to their ends, and whether they were."""
    number = block.first + block.data.count(b"\n", 0, begin)
    for line in block.data[begin:end].removesuffix(b"\n").split(b"\n"):
        too_long = len(line) > LINE_HEAD + LINE_TAIL
        yield number, line[:LINE_HEAD] + line[-LINE_TAIL:] if too_long else line, too_long or block.cut > 0
        number += 1


def _end_of_events(data: bytes) -> int:
    """Where the last event that has begun in the data begins, since it may go on; 0 where that is all there is."""
    newest = data.rfind(b"\n") + 1
    begin = newest
    for _ in range(_LINES_BACK):
        if begin == 0:
            break
        if begin < len(data) and begins_event(data, begin):
            return begin
        begin = data.rfind(b"\n", 0, begin - 1) + 1
    return newest


def _long_line(data: bytes, read: Callable[[int], bytes]) -> tuple[bytes, bytes, int]:
    """Both ends of a line that does not fit, what follows it, and how many bytes were left out."""
    head, tail, length = data[:LINE_HEAD], data[LINE_HEAD:], len(data)
    while piece := read(BLOCK):
        end = piece.find(b"\n") + 1
        length += end or len(piece)
        tail = (tail[-LINE_TAIL:] + (piece[:end] if end else piece))[-LINE_TAIL:]
        if end:
            return head + tail, piece[end:], length - len(head) - len(tail)
    tail = tail[-LINE_TAIL:]
    return head + tail, b"", length - len(head) - len(tail)
