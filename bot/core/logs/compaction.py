"""Thousands of log events become a page: every kind of error kept, repeats folded and counted, the lines that explain first, within a budget."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence

from bot.core.logs import log_trends
from bot.core.logs.evidence_rank import ranked
from bot.core.logs.folding import Fold, fold_of, folded, gravity, shared
from bot.core.logs.statements import Statement, failed, statements
from bot.core.plain_text.plain_text import cut, visible
from bot.model import Evidence, EvidenceKind, LogEvent

TOKENS = 3_500
CHARACTERS_PER_TOKEN = 4
_WHOLE_TRACE = 60
"""A trace of no more lines is shown line by line, when it fits."""
_WARNINGS, _OTHER_LINES = 4, 14
"""Lines outside the trace that are no errors themselves but may explain one."""
_FOR_FAILING, _FOR_ERRORS, _FOR_TRENDS = 0.25, 0.6, 0.15
"""Shares of the budget: the failing event's, that of all errors before they are told more shortly, and what is told of the whole."""
_LONGEST, _SHORT, _SHORTEST = 600, 300, 120
"""Characters of a message that are shown; the second of lines that are no errors, the last of errors when they are many."""


def evidence_of(
    failing: LogEvent | None,
    window: Sequence[LogEvent],
    trace: Sequence[LogEvent],
    source: str,
    tokens: int = TOKENS,
    *,
    elsewhere: Sequence[LogEvent] | None = (),
) -> tuple[Evidence, ...]:
    """What one source's events come to: the failing event, its trace in order of time, the other errors folded, then what the whole tells.

    `elsewhere` are the trace's events of other sources: its way through the services is told with them; None where another source tells it.
    The texts together keep within `tokens` of four characters. Every kind of error is told, more shortly when they are many; nothing is dropped
    silently: what is not shown is counted in the last piece.
    """
    page = _Page(failing, window, trace, tokens * CHARACTERS_PER_TOKEN, elsewhere)
    if not page.events:
        return ()
    page.take_failing()
    page.take_errors()
    page.take_rest()
    return (*page.lines(source), *page.trends(source))


class _Page:
    """The page as it fills: which events are shown with which text, and which statements are told by them."""

    def __init__(
        self, failing: LogEvent | None, window: Sequence[LogEvent], trace: Sequence[LogEvent], characters: int, elsewhere: Sequence[LogEvent] | None
    ) -> None:
        unique = {event.place: event for event in (*window, *trace, *((failing,) if failing else ()))}
        self.events = sorted(unique.values(), key=lambda event: event.time)
        self._said = statements(self.events)
        self._folds = folded(self.events, self._said)
        self._key = {event.place: shared(said) for event, said in zip(self.events, self._said, strict=True)}
        self._failing, self._traced, self._elsewhere = failing, {event.place for event in trace}, elsewhere
        self._characters, self._used = characters, 0
        self._for_trends = int(characters * _FOR_TRENDS)
        self._shown: dict[str, tuple[LogEvent, str]] = {}
        self._told: set[Statement] = set()

    def take_failing(self) -> None:
        """The failing event first, the longest, with how often its service said it and who else did."""
        if self._failing is None:
            return
        whole = self._folds[self._key[self._failing.place]]
        own = next(said for event, said in zip(self.events, self._said, strict=True) if event.place == self._failing.place)
        alike = fold_of([event for event, said in zip(self.events, self._said, strict=True) if said == own])
        others = whole.count - alike.count
        also = f"; the same {others} times in other services" if others else ""
        self._take(self._failing, _text(self._failing, f"{alike.repeats}{also}", int(self._characters * _FOR_FAILING)))

    def take_errors(self) -> None:
        """Each error of the trace when that leaves room, else and elsewhere each kind once, shorter when they are many."""
        errors = [event for event in self.events if failed(event) and event.place not in self._shown]
        traced = self._each([event for event in errors if event.place in self._traced])
        room = int(self._characters * _FOR_ERRORS) - self._used
        if _size(traced) <= room * 3 // 4:
            for event, text in traced:
                self._take(event, text)
            room -= _size(traced)
        kinds = {key: self._folds[key] for event in errors if (key := self._key[event.place]) not in self._told}
        limit = next((limit for limit in (_LONGEST, _SHORT) if self._fit(kinds.values(), limit, room)), _SHORTEST)
        for fold in kinds.values():
            if not self._take_if_room(fold.example, _text(fold.example, fold.repeats, limit)):
                break

    def take_rest(self) -> None:
        """The whole of a short trace; then the most telling lines of the trace, and a few from elsewhere, one of each statement."""
        rest = self._each([event for event in self.events if event.place in self._traced and event.place not in self._shown])
        if len(rest) <= _WHOLE_TRACE and self._used + _size(rest) <= self._characters - self._for_trends:
            for event, text in rest:
                self._take(event, text)
        order = [self.events[number] for number in ranked(self.events, self._failing, self._said)]
        self._take_telling([event for event in order if event.level == "WARN"], _WARNINGS)
        self._take_telling(order, _OTHER_LINES)

    def _take_telling(self, order: Sequence[LogEvent], elsewhere: int) -> None:
        """One of each statement that is not told yet, with at most so many from outside the trace."""
        for event in order:
            outside = event.place not in self._traced
            if self._key[event.place] in self._told or (outside and elsewhere <= 0):
                continue
            if not self._take_if_room(event, _text(event, self._folds[self._key[event.place]].repeats, _SHORT)):
                break
            elsewhere -= outside

    def lines(self, source: str) -> list[Evidence]:
        """The failing event, the trace in order of time, then the rest: errors before warnings before others."""
        own = self._failing.place if self._failing else None
        first = [_evidence(*self._shown[own], "log", source)] if own in self._shown else []
        inside = [pair for place, pair in self._shown.items() if place in self._traced and place != own]
        outside = [pair for place, pair in self._shown.items() if place not in self._traced and place != own]
        return [
            *first,
            *(_evidence(*pair, "trace", source) for pair in sorted(inside, key=lambda pair: pair[0].time)),
            *(_evidence(*pair, "log", source) for pair in sorted(outside, key=lambda pair: gravity(pair[0]))),
        ]

    def trends(self, source: str) -> list[Evidence]:
        """What the events tell as a whole, as far as there is room; what is left out always."""
        own = [event for event in self.events if event.place in self._traced]
        # One line may have been shipped to several systems.
        trace = [] if self._elsewhere is None else list({(event.time, event.message): event for event in (*self._elsewhere, *own)}.values())
        tellers: tuple[Callable[[], Sequence[Evidence | None]], ...] = (
            lambda: log_trends.skews(self.events, source),
            lambda: (log_trends.way(trace, source),),
            lambda: (log_trends.novelty(self.events, self._said, self._failing, self._folds, source) if self._failing else None,),
        )
        rest = log_trends.left_out(self._folds, self._told, len(self.events) - len(self._shown), source, self._characters - self._used)
        found = []
        self._used += len(rest.text) if rest else 0
        for teller in tellers:
            for evidence in teller():
                if evidence is not None and self._used + len(evidence.text) <= self._characters:
                    found.append(evidence)
                    self._used += len(evidence.text)
        return [*found, *((rest,) if rest else ())]

    def _fit(self, folds: Collection[Fold], limit: int, room: int) -> bool:
        return len(folds) * _SHORTEST <= room and sum(len(_text(fold.example, fold.repeats, limit)) for fold in folds) <= room

    def _each(self, events: Sequence[LogEvent]) -> list[tuple[LogEvent, str]]:
        """The events one by one; the first of those alike tells of the repeats that are not among them."""
        inside = Counter(self._key[event.place] for event in events)
        pieces, begun = [], set(self._told)
        for event in events:
            key = self._key[event.place]
            more = key not in begun and self._folds[key].count > inside[key]
            begun.add(key)
            pieces.append((event, _text(event, self._folds[key].repeats if more else "", _LONGEST)))
        return pieces

    def _take(self, event: LogEvent, text: str) -> None:
        self._shown[event.place] = (event, text)
        self._told.add(self._key[event.place])
        self._used += len(text)

    def _take_if_room(self, event: LogEvent, text: str) -> bool:
        fits = self._used + len(text) <= self._characters - self._for_trends
        if fits:
            self._take(event, text)
        return fits


def _size(pieces: Sequence[tuple[LogEvent, str]]) -> int:
    return sum(len(text) for _, text in pieces)


def _text(event: LogEvent, repeats: str, limit: int) -> str:
    head = " ".join(part for part in (event.time.isoformat(timespec="milliseconds").replace("+00:00", "Z"), event.service, event.level.upper()) if part)
    room = limit if not event.stack else limit // 2 if limit > _LONGEST else limit
    stack = f"\n{_ends(event.stack, limit)}" if event.stack else ""
    first, end, more = cut(visible(event.message[: 4 * room]), room).partition("\n")
    return f"{head} {first}{repeats}{end}{more}{stack}"


def _ends(stack: str, limit: int) -> str:
    """Both ends of a stack, in whole lines where there are any: who called, and what failed."""
    if len(stack) <= limit:
        return stack
    head, tail = stack[: limit // 2], stack[-(limit // 2) :]
    head, tail = head.rpartition("\n")[0] or head, tail.partition("\n")[2] or tail
    return f"{head}\n… ({len(stack) - len(head) - len(tail):,} characters left out)\n{tail}"


def _evidence(event: LogEvent, text: str, kind: EvidenceKind, source: str) -> Evidence:
    return Evidence(kind, source, event.place, text, time=event.time, detail=event)
