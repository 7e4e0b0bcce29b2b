"""Sources asked side by side, each with its own deadline; what one cannot answer costs its own evidence only."""

import threading
from collections.abc import Callable, Sequence
from functools import partial
from time import monotonic
from types import TracebackType

from bot.core.knowledge.runbook import system_of
from bot.errors import SourceError
from bot.model import Findings, Gap, Inquiry
from bot.ports import Source

Call = Callable[[], Findings]


class _Asked:
    """One source being asked in a thread of its own. Inside `with self`, an exception is carried to the thread that asked."""

    def __init__(self, name: str, call: Call) -> None:
        self.name, self._call = name, call
        self._findings: Findings | None = None
        self._error: BaseException | None = None
        # A daemon: a source that hangs must not keep the finished process alive.
        self._thread = threading.Thread(target=self._run, name=f"source {name}", daemon=True)
        self._thread.start()

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> bool:
        self._error = error
        return True

    def _run(self) -> None:
        with self:
            self._findings = self._call()

    def findings(self, until: float, seconds: float) -> Findings:
        self._thread.join(max(0.0, until - monotonic()))
        error = self._error
        if isinstance(error, SourceError):
            return Findings(gaps=(Gap(self.name, error.doing, error.cause, error.remedy),))
        if error is not None:
            error.add_note(f"while the source {self.name} was asked; without it in the configuration the others go on")
            raise error
        return self._findings or _late(self.name, seconds)


def gather(sources: Sequence[Source], inquiry: Inquiry, seconds: float) -> dict[str, Findings]:
    """The answer of each source by its name; one that raises SourceError, or is not done after `seconds`, answers with a Gap.

    One that a runbook says to skip is not asked, which is told as a search; where that would leave nobody to ask, all are asked.
    """
    skipped = {source.name: reason for source in sources if (reason := dict(inquiry.skip).get(system_of(source.name) or ""))}
    if len(skipped) == len({source.name for source in sources}):
        skipped = {}
    left_out = {name: Findings(queries=(f"not asked: {reason}",)) for name, reason in skipped.items()}
    asked = side_by_side([(source.name, partial(source.gather, inquiry)) for source in sources if source.name not in skipped], seconds)
    return {source.name: (left_out | asked)[source.name] for source in sources}


def side_by_side(calls: Sequence[tuple[str, Call]], seconds: float) -> dict[str, Findings]:
    """As `gather`, for whatever is asked of the sources named."""
    asked = [_Asked(name, call) for name, call in calls]
    until = monotonic() + seconds
    return {one.name: one.findings(until, seconds) for one in asked}


def _late(name: str, seconds: float) -> Findings:
    remedy = "raise `limits.source_seconds` in the configuration, or narrow what this source searches"
    return Findings(gaps=(Gap(name, f"what {name} knows", f"it had not answered after {seconds:g} s", remedy),))
