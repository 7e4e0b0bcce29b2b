"""Which items of one sequence are those of another: by unique common items first, so that the cost stays near linear."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

_SMALL = 40_000
"""Product of two lengths up to which every item is compared with every other."""

_CHUNK = 128


class Block(NamedTuple):
    """`size` items from `old` on are the same as those from `new` on."""

    old: int
    new: int
    size: int


def aligned(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[Block]:
    """The stretches that both sequences share, in their order (patience diff; difflib where little is left)."""
    found: list[Block] = []
    waiting = [(0, len(old), 0, len(new))]
    while waiting:
        a, b, c, d = waiting.pop()
        start = _common(old, new, (a, b, c, d))
        if start:
            found.append(Block(a, c, start))
            a, c = a + start, c + start
        end = _common_end(old, new, (a, b, c, d))
        if end:
            found.append(Block(b - end, d - end, end))
            b, d = b - end, d - end
        if a == b or c == d:
            continue
        anchors = _anchors(old[a:b], new[c:d])
        if anchors:
            waiting += _between([(a + i, c + j) for i, j in anchors], (a, b, c, d), found)
        elif (b - a) * (d - c) <= _SMALL:
            blocks = SequenceMatcher(None, old[a:b], new[c:d], autojunk=False).get_matching_blocks()
            found += [Block(a + i, c + j, size) for i, j, size in blocks if size]
    return _joined(sorted(found))


def _common(old: Sequence[Hashable], new: Sequence[Hashable], bounds: tuple[int, int, int, int]) -> int:
    a, b, c, d = bounds
    most, n = min(b - a, d - c), 0
    while n + _CHUNK <= most and old[a + n : a + n + _CHUNK] == new[c + n : c + n + _CHUNK]:
        n += _CHUNK
    return next((m for m in range(n, most) if old[a + m] != new[c + m]), most)


def _common_end(old: Sequence[Hashable], new: Sequence[Hashable], bounds: tuple[int, int, int, int]) -> int:
    a, b, c, d = bounds
    most, n = min(b - a, d - c), 0
    while n + _CHUNK <= most and old[b - n - _CHUNK : b - n] == new[d - n - _CHUNK : d - n]:
        n += _CHUNK
    return next((m for m in range(n, most) if old[b - 1 - m] != new[d - 1 - m]), most)


def _anchors(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Items that stand once on either side, the longest series of them that is in order on both."""
    once_old = {item for item, count in Counter(old).items() if count == 1}
    counts = Counter(new)
    where = {item: at for at, item in enumerate(new) if counts[item] == 1}
    pairs = [(at, where[item]) for at, item in enumerate(old) if item in once_old and item in where]
    ends: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for number, (_, at) in enumerate(pairs):
        length = bisect_left(ends, at)
        before.append(last[length - 1] if length else -1)
        ends[length : length + 1] = [at]
        last[length : length + 1] = [number]
    series: list[tuple[int, int]] = []
    number = last[-1] if last else -1
    while number >= 0:
        series.append(pairs[number])
        number = before[number]
    return series[::-1]


def _between(anchors: list[tuple[int, int]], bounds: tuple[int, int, int, int], found: list[Block]) -> list[tuple[int, int, int, int]]:
    a, b, c, d = bounds
    rest = []
    for i, j in anchors:
        found.append(Block(i, j, 1))
        rest.append((a, i, c, j))
        a, c = i + 1, j + 1
    return [*rest, (a, b, c, d)]


def _joined(blocks: list[Block]) -> list[Block]:
    joined: list[Block] = []
    for block in blocks:
        last = joined[-1] if joined else None
        if last and last.old + last.size == block.old and last.new + last.size == block.new:
            joined[-1] = Block(last.old, last.new, last.size + block.size)
        else:
            joined.append(block)
    return joined
