"""How the cost of reading grows with the length of what is read: told by comparing two lengths, so that no machine is too slow for it."""

import time
from collections.abc import Callable

_TIMES = 8
_TRIES = 3
_LEAST_SECONDS = 0.005
"""Below this a measurement says nothing; what stays below it at the whole length costs nobody anything."""


def in_proportion(read: Callable[[str], object], piece: str, length: int) -> bool:
    """Whether text made of this piece costs as much more as it is longer, in processor time, and not the square of that."""
    short, whole = piece * max(1, length // _TIMES // len(piece)), piece * (length // len(piece))
    bound = 4 * _TIMES * max(_LEAST_SECONDS, _seconds(read, short))
    return any(_seconds(read, whole) < bound for _ in range(_TRIES))


def _seconds(read: Callable[[str], object], text: str) -> float:
    started = time.process_time()
    read(text)
    return time.process_time() - started
