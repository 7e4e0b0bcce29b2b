"""What questions about a case are answered from: the sources, one question at a time each, the library, and what people keep beside it."""

import threading
from collections.abc import Sequence
from functools import partial
from time import monotonic

from bot.config import Configuration
from bot.core.entry.library import Library
from bot.errors import SourceError
from bot.jobs.gathering import Call
from bot.model import Findings
from bot.ports import CodeReader, ReferenceShelf, Source


class Lookups:
    """`replayed`: the case was closed elsewhere, and no source is asked about it again."""

    def __init__(
        self, sources: Sequence[Source], library: Library, configuration: Configuration, shelf: ReferenceShelf | None = None, *, replayed: bool = False
    ) -> None:
        self.sources, self.library, self.configuration, self.shelf, self.replayed = tuple(sources), library, configuration, shelf, replayed
        self._turns = {id(source): _Turn(source.name) for source in sources}

    @property
    def code(self) -> CodeReader | None:
        """The source that reads code, where one is configured."""
        return next((source for source in self.sources if isinstance(source, CodeReader)), None)

    def in_turn(self, source: Source | CodeReader, call: Call, seconds: float) -> tuple[str, Call]:
        """The call by the name of its source; it waits until the source is done with what it was asked before."""
        return source.name, partial(self._turns[id(source)].take, call, seconds)


class _Turn:
    """Sources keep what they learned between questions, so that only one may be asked at a time."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = threading.Lock()
        self._until = float("inf")

    def take(self, call: Call, seconds: float) -> Findings:
        """Raises SourceError when the source does not come back: at once, when an earlier question is overdue."""
        until = monotonic() + seconds
        busy = SourceError("waiting for its turn", f"{self._name} has not come back from an earlier question", "raise `limits.source_seconds`")
        if monotonic() > self._until or not self._lock.acquire(timeout=seconds):
            raise busy
        try:
            if monotonic() > until:  # whoever asked is gone
                raise busy
            self._until = until
            return call()
        finally:
            self._until = float("inf")
            self._lock.release()
