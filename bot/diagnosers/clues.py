"""What of a case tells something: the failing event and line, the trace and where it failed first, commits, fixes, the past."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from bot.core.logs.document import is_error
from bot.core.logs.matching import earliest_error, failing_event, is_of, is_same, trace_of
from bot.core.plain_text.plain_text import cut, one_line
from bot.core.rules.ranking import Match
from bot.core.signature.heading import message_of, undecorated
from bot.core.stacktrace.stacktrace import Link, Trace
from bot.model import Case, Citation, CodePlace, Commit, Evidence, FixCheck, LogEvent, PastEntry
from bot.regex import regex

_REPEATED = regex(r" \((\d{1,9}) times in the window\)")
_UNTIL = regex(r" times in the window\) from [\d:]{8} to ([01]\d|2[0-3]):([0-5]\d):([0-5]\d)")
D = TypeVar("D", LogEvent, CodePlace, Commit, FixCheck)


@dataclass(frozen=True)
class Seen(Generic[D]):
    """A piece of evidence with its detail."""

    evidence: Evidence
    detail: D

    def quote(self, *wanted: str) -> Citation | None:
        """A citation of the first of these texts that stands in the evidence, cut to one line."""
        lines = [line for text in wanted for line in text.splitlines() if line.strip()]
        found = next((line.strip() for line in lines if line.strip() in self.evidence.text), None)
        return Citation(self.evidence.id, found[:300]) if found else None


@dataclass(frozen=True)
class Clues:
    """The telling parts of a case. `origin` is the first error of the trace when another service had it."""

    case: Case
    failing: Seen[LogEvent] | None
    trace: tuple[Seen[LogEvent], ...]
    origin: Seen[LogEvent] | None
    others: tuple[Seen[LogEvent], ...]
    places: tuple[Seen[CodePlace], ...]
    commits: tuple[Seen[Commit], ...]
    fixes: tuple[Seen[FixCheck], ...]
    past: PastEntry | None
    matches: tuple[Match, ...] = ()
    """The rules that hold, the strongest first."""

    @property
    def rule(self) -> Match | None:
        """The strongest rule that holds."""
        return self.matches[0] if self.matches else None

    @property
    def place(self) -> CodePlace | None:
        """The failing line."""
        return self.places[0].detail if self.places else None

    @property
    def events(self) -> int:
        """How often this very error was seen in the window; 0 without any event of it."""
        match = _REPEATED.search(self.failing.evidence.text) if self.failing else None
        return int(match[1]) if match else int(self.failing is not None)

    @property
    def first_seen(self) -> datetime:
        """The failing event's time, the alert's without one."""
        return self.failing.detail.time if self.failing else self.case.alert.time

    @property
    def error(self) -> str:
        """`ValidationError: insufficient leaf balance`, in one line, a part of a sentence."""
        alert = self.case.alert
        known = ": ".join(part for part in (alert.error_type, undecorated(alert.message or "")) if part)
        return cut(one_line(known or (self.failing.detail.message if self.failing else alert.text)), 200).rstrip(".") or "an error without words"

    @property
    def shape(self) -> str:
        """The error as its next event will say it: what varies in its message is an ellipsis."""
        alert = self.case.alert
        known = ": ".join(part for part in (alert.error_type, message_of(self.case.signature, alert.message or "")) if part)
        return cut(one_line(known), 200).rstrip(".") or self.error

    @property
    def logged(self) -> str:
        """What the failing event says: the alert's error, or its own words where it only shares the trace or the culprit with that."""
        if self.failing is None or is_of(self.case.alert, self.failing.detail):
            return self.error
        return f"“{cut(one_line(self.failing.detail.message), 200).rstrip('.')}”"

    @property
    def raised(self) -> Link | None:
        """What the failing line raises, where that is another error than the alert's: of a chain, each frame is of one error. None where it is the same."""
        if self.place is None:
            return None
        file = self.place.path.rpartition("/")[2]
        for seen in (self.failing, self.origin):
            trace = trace_of(seen.detail) if seen else Trace()
            if trace.error_type and any((frame.file or "").replace("\\", "/").rpartition("/")[2] == file for frame in trace.frames):
                link = Link(trace.error_type, trace.message)
                return None if is_same(self.case.alert, link) else link
        return None

    @property
    def service(self) -> str:
        """The failing service, empty when nothing names it."""
        return one_line(self.case.alert.service or (self.failing.detail.service if self.failing else ""))


def last_seen(seen: Seen[LogEvent]) -> datetime:
    """When an event, which may stand for many that say the same, was seen last."""
    found, time = _UNTIL.search(seen.evidence.text), seen.detail.time
    if found is None:
        return time
    hour, minute, second = map(int, found.groups())
    last = time.replace(hour=hour, minute=minute, second=second)
    # A window is shorter than a day: what reads earlier by half of one is of the next.
    return max(time, last if time - last < timedelta(hours=12) else last + timedelta(days=1))


def headed(link: Link) -> str:
    """`ValidationError: insufficient leaf balance` of one error of a chain."""
    return cut(one_line(": ".join(part for part in (link.error_type, link.message) if part)), 200).rstrip(".")


def read(case: Case) -> Clues:
    """The clues of a case, whatever of it is there."""
    logs = [Seen(evidence, evidence.detail) for evidence in case.evidence if isinstance(evidence.detail, LogEvent)]
    failing = _failing(case, logs)
    trace = _trace(case, logs, failing)
    origin = _origin(failing, trace)
    inside = {id(seen) for seen in trace}
    return Clues(
        case=case,
        failing=failing,
        trace=trace,
        origin=origin,
        others=tuple(seen for seen in logs if seen is not failing and id(seen) not in inside and is_error(seen.detail)),
        places=tuple(Seen(evidence, evidence.detail) for evidence in case.evidence if isinstance(evidence.detail, CodePlace)),
        commits=tuple(Seen(evidence, evidence.detail) for evidence in case.evidence if isinstance(evidence.detail, Commit)),
        fixes=tuple(Seen(evidence, evidence.detail) for evidence in case.evidence if isinstance(evidence.detail, FixCheck)),
        past=next((past for past in case.history if past.relation != "similar"), None),
    )


def _failing(case: Case, logs: Sequence[Seen[LogEvent]]) -> Seen[LogEvent] | None:
    found = failing_event(case.alert, [seen.detail for seen in logs])
    return next((seen for seen in logs if seen.detail is found), None)


def _trace(case: Case, logs: Sequence[Seen[LogEvent]], failing: Seen[LogEvent] | None) -> tuple[Seen[LogEvent], ...]:
    ids = {failing.detail.trace_id} if failing and failing.detail.trace_id else set(case.alert.trace_ids)
    return tuple(sorted((seen for seen in logs if seen.detail.trace_id in ids - {None}), key=lambda seen: seen.detail.time))


def _origin(failing: Seen[LogEvent] | None, trace: Sequence[Seen[LogEvent]]) -> Seen[LogEvent] | None:
    first = earliest_error([seen.detail for seen in trace])
    if failing is None or first is None or first.service == failing.detail.service or first.time >= failing.detail.time:
        return None
    return next(seen for seen in trace if seen.detail is first)
