"""Which of many log events an alert is about, and which error of a trace came first."""

import re
from collections.abc import Sequence
from functools import lru_cache

from bot.core.logs.document import is_error
from bot.core.signature.counted_frames import counted
from bot.core.signature.normalization import normalised
from bot.core.signature.signature import last_name
from bot.core.stacktrace import stacktrace
from bot.model import Alert, LogEvent
from bot.regex import regex

_WORD = regex(r"[^\W\d_]{2,60}(?:_[^\W\d_]{1,60}){0,10}")
_HUMPS = regex(r"[a-z][A-Z]")
_PLACEHOLDER = regex(r"<[a-z]{1,6}>")
_STOP = frozenset(
    (  # noqa: SIM905 - read as a sentence
        "a an the of to in on at by for from and or is was were be been has had not no with that this it as while when after before into error exception failed"
    ).split()
)
_DEEP = 5
"""Slashes of a page that is about one thing: `https://acme.sentry.io/issues/4412/`."""
_EXAMINED = 2_000
"""Characters of a text that are compared: what is alike says so early."""
_STACK_EXAMINED, _DESCRIBED = 20_000, 8_000
_MOST_CHAINED = 8
"""Errors of a chain that are compared, from the wrapper on."""

TRACE, TYPE, WORDS, CULPRIT, LEVEL, SERVICE, LATER = 6.0, 4.0, 4.0, 2.0, 1.0, 0.5, -1.0
"""Weights: a shared trace id settles it, type and message carry, the rest decides among likes. An alert comes after its error."""
_ENOUGH_WORDS, _MOST_WORDS = 0.34, 0.67
"""Shares of the words that must agree: within a service, and when the alert names another service than the event."""


def failing_event(alert: Alert, events: Sequence[LogEvent]) -> LogEvent | None:
    """The event that the alert is about: the most alike, of equals the nearest in time; None when none resembles it, and it links to none."""
    wanted = _words(_said(alert))
    best: tuple[float, float] | None = None
    found = None
    for event in events:
        likeness = _likeness(alert, wanted, event)
        rank = (round(likeness, 2), -abs((event.time - alert.time).total_seconds()))
        if likeness > 0 and (best is None or rank > best):
            best, found = rank, event
    return found or told_below(alert, events) or _linked(alert, events)


def alike(event: LogEvent, events: Sequence[LogEvent]) -> list[LogEvent]:
    """The events of this very error: same service, level and type, same message but for what varies in it, and thrown in the same function if they tell."""
    words, kind, site = normalised(event.message[:_EXAMINED]), _type(event), thrown_in(event)
    return [
        one
        for one in events
        if one.service == event.service
        and one.level == event.level
        and normalised(one.message[:_EXAMINED]) == words
        and _type(one) == kind
        and (not site or thrown_in(one) in (site, ""))
    ]


def earliest_error(events: Sequence[LogEvent]) -> LogEvent | None:
    """The error that came first, None when there is none."""
    return min((event for event in events if is_error(event)), key=lambda event: event.time, default=None)


def told_below(alert: Alert, events: Sequence[LogEvent]) -> LogEvent | None:
    """The error that some other line says of an alert whose title names only the alarm, as in `summary = transfer failed: deadlock detected`.

    A title is written for one error, a description for any: of that most words must agree, and only an error is meant.
    """
    if alert.error_type:
        return None
    # Of an annotation, `summary = transfer failed`, the name is taken away: what is set to a name reads as a value, which is not compared.
    lines = [_words(line.partition(" = ")[2] or line) for line in alert.text[:_DESCRIBED].splitlines()]
    told = [(max((_told(line, event) for line in lines), default=0.0), event) for event in events if is_error(event)]
    said = [(share, event.service == alert.service, -abs((event.time - alert.time).total_seconds()), event) for share, event in told if share >= _MOST_WORDS]
    return max(said, key=lambda one: one[:3], default=(None,))[-1]


def _linked(alert: Alert, events: Sequence[LogEvent]) -> LogEvent | None:
    """The event whose page lies below a page that the alert links to: a link with no words beside it can be the alert."""
    pages = tuple(page for link in alert.log_links if (page := f"{re.split('[?#]', link, maxsplit=1)[0].rstrip('/')}/").count("/") >= _DEEP)
    below = [event for event in events if event.place.startswith(pages)] if pages else []
    return min(below, key=lambda event: (not event.stack, abs(event.time - alert.time)), default=None)


def _likeness(alert: Alert, wanted: frozenset[str], event: LogEvent) -> float:
    """0 when the event has nothing of the alert but a level and a time, which any line has."""
    # `log.exception("submit failed")` says what was being done; what went wrong stands in the trace.
    overlap = _told(wanted, event)
    if wanted and _says_the_same(alert, event):
        overlap = 1.0
    traced = event.trace_id is not None and event.trace_id in alert.trace_ids
    told = overlap if overlap >= (_MOST_WORDS if _elsewhere(alert, event) else _ENOUGH_WORDS) else 0.0
    # A culprit that only passed on what failed below it, in other words and at another place, says nothing of the two.
    apart = told == 0 and _fails_elsewhere(alert, event)
    culprit = _names_culprit(alert, event) and not apart
    # The type alone is the alert's error only where nothing else of the two can be compared: every service has its TimeoutError.
    alone = not (apart or _elsewhere(alert, event) or (alert.message and alert.error_type))
    typed = _same_type(alert, event) and (traced or culprit or told > 0 or alone)
    # Nor is the culprit alone, where the event is of another type or shares no word: one function fails in many ways, and says much without failing.
    another = alert.error_type and (_types(event) or (alert.message and wanted and overlap == 0))
    named = culprit and (traced or typed or told > 0 or not another)
    resemblance = TRACE * traced + TYPE * typed + WORDS * told + CULPRIT * named
    if resemblance == 0:
        return 0.0
    same_service = bool(alert.service) and event.service == alert.service
    # Never to nothing: an alert that fired early is still about its error.
    return max(resemblance + LEVEL * is_error(event) + SERVICE * same_service + LATER * (event.time > alert.time), 0.1)


def is_of(alert: Alert, event: LogEvent) -> bool:
    """Whether the event says the alert's error, wrapped or not; one that only shares its trace, or type and culprit, need not."""
    chain = trace_of(event).chain[:_MOST_CHAINED]
    return any(is_same(alert, link) for link in (stacktrace.Link(event.error_type, event.message), *chain))


def is_same(alert: Alert, link: stacktrace.Link) -> bool:
    """Whether an error of a chain is the one that the alert names: no other type, and the same words but for what varies."""
    if alert.error_type and link.error_type and last_name(alert.error_type) != last_name(link.error_type):
        return False
    if not alert.message or not link.message:
        return bool(alert.error_type and link.error_type) or not alert.message
    wanted, said = normalised(alert.message[:_EXAMINED]), normalised(link.message[:_EXAMINED])
    return wanted in said or said in wanted or _overlap(_words(alert.message), _words(link.message)) >= _ENOUGH_WORDS


def type_in_logs(alert: Alert, event: LogEvent) -> str:
    """What the event calls the error that explains it, where the alert calls its own otherwise; empty where they agree or one of them names none."""
    theirs = trace_of(event).error_type or event.error_type or ""
    return theirs if alert.error_type and last_name(theirs) != last_name(alert.error_type) else ""


def trace_of(event: LogEvent) -> stacktrace.Trace:
    """What its stack says: the error that explains it, with its frames, and the chain around that. Empty without a stack."""
    return _read(event.stack[:_STACK_EXAMINED])


def thrown_in(event: LogEvent) -> str:
    """The function that failed, as it counts for the error's name: it tells two errors apart that one general message reports. Empty without a stack."""
    return next(iter(counted(trace_of(event).frames)[-1:]), "")


def _told(wanted: frozenset[str], event: LogEvent) -> float:
    """How much of the wanted words its message has, or that of an error of its chain."""
    return max(_overlap(wanted, _words(message)) for message in (event.message, *_thrown(event)))


def _thrown(event: LogEvent) -> tuple[str, ...]:
    """What the errors of its chain say."""
    return tuple(link.message for link in trace_of(event).chain[:_MOST_CHAINED] if link.message)


def _said(alert: Alert) -> str:
    """Its message, else its text, without the place that an alerting rule put behind it: `no price in price_handler`."""
    said = alert.message or alert.text
    if not alert.culprit:
        return said
    behind = re.search(rf"\s(?:in|at)\s+[`'\"]?{re.escape(alert.culprit)}(?:\(\))?[`'\"]?[\s.]*\Z", said)
    return said[: behind.start()] if behind else said


def _says_the_same(alert: Alert, event: LogEvent) -> bool:
    """Whether type and whole message are the alert's, but for what varies: so short ones are compared, of too few words to be alike otherwise."""
    if not alert.error_type or not alert.message or _elsewhere(alert, event) or not _same_type(alert, event):
        return False
    wanted = normalised(_said(alert)[:_EXAMINED].strip())
    return any(normalised(_untyped(message, alert.error_type)) == wanted for message in (event.message, *_thrown(event)))


def _untyped(message: str, error_type: str) -> str:
    """A message without the type that it begins with."""
    head, colon, rest = message[:_EXAMINED].strip().partition(": ")
    return rest.strip() if colon and last_name(head) == last_name(error_type) else message[:_EXAMINED].strip()


def _elsewhere(alert: Alert, event: LogEvent) -> bool:
    """Whether the alert names a service that the event is not of; `transfers` and `transfers-api` may be one."""
    ours, theirs = (alert.service or "").casefold(), event.service.casefold()
    return bool(ours and theirs) and ours not in theirs and theirs not in ours


def _fails_elsewhere(alert: Alert, event: LogEvent) -> bool:
    """Whether both have a stack trace, and other functions fail in them, whoever called these; a library's of the alert is one in the event's, too."""
    foreign = {(frame.module, frame.function) for frame in alert.frames if not frame.in_app}
    ours = counted(alert.frames)
    theirs = counted(tuple(frame for frame in trace_of(event).frames if (frame.module, frame.function) not in foreign))
    return bool(ours and theirs) and ours[-1] != theirs[-1]


def _same_type(alert: Alert, event: LogEvent) -> bool:
    if not alert.error_type:
        return _spoken_of(alert, event)
    name = last_name(alert.error_type)
    if types := _types(event):
        return name in types
    return re.search(rf"\b{re.escape(name)}\b", f"{event.message[:_EXAMINED]}\n{event.stack}") is not None


def _spoken_of(alert: Alert, event: LogEvent) -> bool:
    """Whether an alert that names no type as types are named (`…Error`, `…Exception`) speaks of the event's: `CatalogUnavailable in index_products`."""
    name = last_name(event.error_type or "")
    return _HUMPS.search(name) is not None and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", alert.text[:_EXAMINED]) is not None


def _names_culprit(alert: Alert, event: LogEvent) -> bool:
    if not alert.culprit:
        return False
    return re.search(rf"(?<!\w){re.escape(alert.culprit)}(?!\w)", f"{event.message[:_EXAMINED]}\n{event.stack}\n{event.service}") is not None


def _type(event: LogEvent) -> str:
    return last_name(event.error_type or trace_of(event).error_type or "")


def _types(event: LogEvent) -> frozenset[str]:
    """The types that it names of itself, and those of its chain: a wrapped error is that error, too."""
    named = (event.error_type, *(link.error_type for link in trace_of(event).chain[:_MOST_CHAINED]))
    return frozenset(last_name(one) for one in named if one)


@lru_cache(maxsize=512)
def _read(stack: str) -> stacktrace.Trace:
    return stacktrace.read(stack) if stack else stacktrace.Trace()


def _overlap(wanted: frozenset[str], words: frozenset[str]) -> float:
    """Share of the shorter text's words that the other has too; short texts must agree on more than one word."""
    common = len(wanted & words)
    shorter = min(len(wanted), len(words))
    return common / max(shorter, 3) if shorter else 0.0


def _words(text: str) -> frozenset[str]:
    plain = _PLACEHOLDER.sub(" ", normalised(text[:_EXAMINED]))
    return frozenset(word for word in _WORD.findall(plain) if word not in _STOP)
