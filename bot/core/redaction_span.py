"""Where something secret stands in a text."""

from typing import NamedTuple


class Span(NamedTuple):
    """Characters `start` to `end` (exclusive) hold something of this kind: `github-token`, `email`, …"""

    start: int
    end: int
    kind: str
