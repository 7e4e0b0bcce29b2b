"""Repeats of log events folded: how often, when first and last, in which services, with one of them as it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.core.logs.statements import Statement, failed, statements
from bot.model import LogEvent

_GRAVITY = {"WARN": 1}
_NAMED_SERVICES = 4


@dataclass(frozen=True)
class Fold:
    """Events that say the same but for what varies in it. `example` is the first of them."""

    example: LogEvent
    count: int
    first: datetime
    last: datetime
    services: tuple[str, ...]

    @property
    def repeats(self) -> str:
        """` (36 times in the window) from 09:02:12 to 09:04:58, in orders, payments`; empty for a single event."""
        if self.count == 1:
            return ""
        several = len(self.services) > 1
        named = ", ".join(self.services[:_NAMED_SERVICES]) + (
            f" and {len(self.services) - _NAMED_SERVICES} more" if len(self.services) > _NAMED_SERVICES else ""
        )
        times = "" if self.first == self.last else f" from {self.first:%H:%M:%S} to {self.last:%H:%M:%S}"
        return f" ({self.count} times in the window){times}{f', in {named}' if several else ''}"


Folds = dict[Statement, Fold]


def folded(events: Sequence[LogEvent], said: Sequence[Statement] | None = None) -> Folds:
    """The folds by what is said (`shared`), errors before warnings before the rest, the frequent first.

    `said` are the events' statements where they are known already.
    """
    groups: dict[Statement, list[LogEvent]] = {}
    for event, statement in zip(events, statements(events) if said is None else said, strict=True):
        groups.setdefault(shared(statement), []).append(event)
    folds = {statement: fold_of(group) for statement, group in groups.items()}
    return dict(sorted(folds.items(), key=lambda pair: (gravity(pair[1].example), -pair[1].count)))


def shared(statement: Statement) -> Statement:
    """The statement whichever service said it: what many services say is told once, with their names."""
    return Statement("", statement.level, statement.words)


def gravity(event: LogEvent) -> int:
    """0 for an error, 1 for a warning, 2 for the rest."""
    return 0 if failed(event) else _GRAVITY.get(event.level, 2)


def fold_of(events: Sequence[LogEvent]) -> Fold:
    """One fold of events, at least one, that say the same."""
    earliest = min(events, key=lambda event: event.time)
    services = tuple(sorted({event.service for event in events if event.service}))
    return Fold(earliest, len(events), earliest.time, max(event.time for event in events), services)
