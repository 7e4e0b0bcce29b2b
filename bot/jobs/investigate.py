"""From an alert to closed cases: read it, ask the sources, follow the leads, number the evidence."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from msgspec.structs import replace

from bot.config import Configuration
from bot.core.alert import alert as alerts
from bot.core.entry.library import Library
from bot.core.entry.times import begun
from bot.core.knowledge.runbook import system_of
from bot.core.links import unread_link
from bot.core.logs import trace_id, trend
from bot.core.logs.compaction import evidence_of
from bot.core.logs.matching import alike, earliest_error, failing_event, is_of, told_below
from bot.core.plain_text.plain_text import cut, one_line
from bot.core.redaction.redaction import Redactor
from bot.core.rules import triage
from bot.core.rules.ranking import ranked
from bot.core.rules.sight import Said, Sight
from bot.core.signature import signature as signatures
from bot.core.stacktrace import stacktrace
from bot.core.suspects import culprit
from bot.diagnosers.rule_book import RuleBook, shipped
from bot.jobs.closed_case import Closed
from bot.jobs.gathering import gather
from bot.jobs.guidance import Guidance
from bot.jobs.lookups import Lookups
from bot.jobs.redacting import redactor_of
from bot.model import Alert, Case, Category, CodePlace, Deploy, Evidence, Frame, Gap, Inquiry, LogEvent, Message, PastEntry, Permalink, Record, Search
from bot.ports import Chat, ReferenceShelf, Say, Source
from bot.texts import progress


class Desk(Lookups):
    """What an investigation needs: the adapters, what is known already, and the configuration."""

    def __init__(
        self,
        sources: Sequence[Source],
        library: Library,
        configuration: Configuration,
        own_secrets: tuple[str, ...] = (),
        shelf: ReferenceShelf | None = None,
        *,
        rules: RuleBook | None = None,
    ) -> None:
        super().__init__(sources, library, configuration, shelf)
        self.rules = rules or shipped()
        self.own_secrets = own_secrets
        self.own = tuple(prefix for codebase in configuration.code for prefix in codebase.in_app)


class _Seen(Record, frozen=True):
    """What the rounds have brought so far, redacted where it came in."""

    window: dict[str, tuple[LogEvent, ...]] = {}
    trace: dict[str, tuple[LogEvent, ...]] = {}
    evidence: tuple[Evidence, ...] = ()
    gaps: tuple[Gap, ...] = ()
    searches: tuple[Search, ...] = ()

    def events(self) -> list[LogEvent]:
        """All of them, each once."""
        return list(dict.fromkeys(event for found in (*self.window.values(), *self.trace.values()) for event in found))


def read(permalink: Permalink, chat: Chat, say: Say) -> Message:
    """The message of an alert, and no other. Raises ChatError."""
    say(progress.reading(permalink))
    return chat.read(permalink)


def investigate(message: Message, desk: Desk, say: Say) -> Iterator[Closed]:
    """One case, with its redactor, for each error that the message speaks of; what sources cannot see is a Gap."""
    configuration = desk.configuration
    found = alerts.alerts(message, configuration.environments, configuration.default_environment, configuration.limits.errors_per_message, desk.own)
    for number, alert in enumerate(found, start=1):
        investigation = _Investigation(desk, redactor_of(configuration, desk.own_secrets), say)
        case = investigation.case(alert)
        say(progress.case(case, number, len(found), desk.library.unreadable(case.signature)))
        yield Closed(case, investigation.redactor)


class _Investigation:
    """One alert on its way to its case: each round asks the sources, and adds what they say, redacted, to what was seen before."""

    def __init__(self, desk: Desk, redactor: Redactor, say: Say) -> None:
        self.redactor = redactor
        self._desk, self._say = desk, say
        self._guidance = Guidance(desk.shelf, desk.rules.rules)

    def case(self, posted: Alert) -> Case:
        """The alert with everything that was gathered for it, closed."""
        said = self.redactor.record(posted)
        first = self._first(said)
        searched = self._asked(first, _Seen())
        failing = failing_event(said, searched.events())
        leads, history = self._led(first, said, failing, searched)
        seen = self._asked(leads, searched)
        found = failing_event(said, seen.events())
        if found is not None and (failing is None or found.place != failing.place):
            # The trace led to the very event, which no search of the window had brought: what it tells is followed, and comes first.
            failing = found
            leads, history = self._led(leads, said, failing, seen)
            led = self._asked(leads, replace(seen, evidence=searched.evidence))
            seen = replace(led, evidence=tuple(dict.fromkeys((*led.evidence, *seen.evidence))))
        seen = _counted(self._followed_to_origin(leads, seen), failing, history, first, leads.service)
        alert = leads.alert
        unread = () if failing else tuple(_unread(self._desk, alert))
        gaps = tuple(dict.fromkeys((*_misread(self._desk, alert), *self._desk.library.gaps(), *self._desk.rules.gaps(), *unread, *seen.gaps)))
        evidence = _numbered(failing, seen, self._desk.configuration.limits.evidence_tokens)
        case = Case(alert, signatures.of(alert), first.start, first.end, evidence, gaps, history, tuple(dict.fromkeys(seen.searches)))
        closed = self.redactor.record(self._guidance.added(case))
        return replace(closed, signature=signatures.of(closed.alert), gaps=(*closed.gaps, *self.redactor.gaps()))

    def _first(self, said: Alert) -> Inquiry:
        """What the first round asks: the window around the alert is searched."""
        window = self._desk.configuration.window
        start, end = said.time - timedelta(minutes=window.minutes_before), said.time + timedelta(minutes=window.minutes_after)
        return self._guidance.steered(Inquiry(said, start, end, category=self._category(said, said.frames)))

    def _led(self, asked: Inquiry, said: Alert, failing: LogEvent | None, seen: _Seen) -> tuple[Inquiry, tuple[PastEntry, ...]]:
        """What to follow after a round, with the alert as its failing event completes it; and what is known of that error."""
        # Once more: a token that stood bare in the alert may be known by now, from a log line that names it.
        alert = self.redactor.record(_completed(said, failing, self._desk.own))
        history = tuple(self.redactor.record(past) for past in self._desk.library.past(signatures.of(alert), alert))
        frames = _frames(alert, failing, self._desk.own)
        leads = replace(
            asked,
            alert=alert,
            search=False,
            category=self._category(alert, frames),
            before=asked.category,
            trace_ids=tuple(one for one in alert.trace_ids if one not in asked.trace_ids),
            frames=frames,
            release=alert.release,
            service=alert.service,
            past_fixes=tuple(past.fix for past in history if past.fix is not None),
            began=next((begun(past, alert.time) for past in history if past.relation != "similar"), None),
            deploys=tuple(evidence.detail for evidence in seen.evidence if isinstance(evidence.detail, Deploy)),
        )
        return self._guidance.steered(leads, failing), history

    def _asked(self, inquiry: Inquiry, seen: _Seen) -> _Seen:
        """A round: what was seen before, and what all sources answer."""
        found = gather(self._desk.sources, inquiry, self._desk.configuration.limits.source_seconds)
        answers = {name: self.redactor.record(findings) for name, findings in found.items()}
        for name, findings in answers.items():
            if told := progress.findings(name, findings):
                self._say(told)
        ids = (*inquiry.alert.trace_ids, *inquiry.trace_ids)
        events = {name: trace_id.unified(findings.events, ids) for name, findings in answers.items() if findings.events}
        window, trace = ({name: trace_id.unified(known, ids) for name, known in before.items()} for before in (seen.window, seen.trace))
        return _Seen(
            {**window, **events} if inquiry.search else window,
            trace if inquiry.search else _joined(trace, events),
            seen.evidence + tuple(evidence for findings in answers.values() for evidence in findings.evidence),
            seen.gaps + tuple(gap for findings in answers.values() for gap in findings.gaps),
            seen.searches + tuple(Search(name, query.removeprefix(f"{name}: ")) for name, findings in answers.items() for query in findings.queries),
        )

    def _followed_to_origin(self, leads: Inquiry, seen: _Seen) -> _Seen:
        """When the trace failed first somewhere else, the code of that place is read too."""
        origin = earliest_error([event for events in seen.trace.values() for event in events])
        if origin is None or origin.service == leads.service or not origin.stack:
            return seen
        frames = stacktrace.read(origin.stack, self._desk.own).frames
        if not frames or frames == leads.frames:
            return seen
        there = replace(leads, before=leads.category, trace_ids=(), frames=frames, service=origin.service, release=origin.release, past_fixes=(), began=None)
        return self._asked(there, seen)

    def _category(self, alert: Alert, frames: Sequence[Frame]) -> Category:
        """What the alert's own words, and then the failing event's, say of its kind."""
        said = ": ".join(part for part in (alert.error_type, alert.message) if part) or alert.text
        texts = (Said(said, "alert"), Said(alert.text, "alert"))
        return triage.category(next(iter(ranked(self._desk.rules.rules, Sight(texts))), None), frames)[0]


def _counted(seen: _Seen, failing: LogEvent | None, history: Sequence[PastEntry], asked: Inquiry, service: str | None) -> _Seen:
    """What the counts tell: this error's events against the deploys of its `service`, and its earlier occurrences against the clock."""
    same = sorted(alike(failing, seen.events()), key=lambda event: event.time) if failing else []
    searched = {event for window in seen.window.values() for event in window}
    # Of what only a trace led to, the first says when it was first seen; to count the events of one request would say that all are of one user.
    events = [event for event in same if event in searched] or same[:1]
    alert = asked.alert
    # Without one event of it nothing says when it was first seen.
    deploys = [evidence.detail for evidence in seen.evidence if isinstance(evidence.detail, Deploy) and events]
    if not service:
        # Of an unnamed service all deploys were asked for: the others' began nothing here.
        read = {evidence.detail.repository for evidence in seen.evidence if isinstance(evidence.detail, CodePlace)}
        deploys = [deploy for deploy in deploys if deploy.service in read]
    earlier = [time for past in history if past.relation != "similar" for time in past.seen if time < alert.time]
    # An issue of an error tracker says when it was first seen; its page is that of its events.
    issues = [one for one in seen.evidence if one.kind == "issue" and failing is not None and failing.place.startswith(one.place)]
    earlier += [one.time for one in issues if one.time is not None and one.time < alert.time]
    found = trend.trends(events, deploys, earlier, same[0].time if same else alert.time, asked.start)
    return replace(seen, evidence=(*seen.evidence, *map(trend.evidence_of, found)))


def _unread(desk: Desk, alert: Alert) -> Iterator[Gap]:
    """Links that nobody followed. Where the failing event was found all the same, nothing is missed by that."""
    systems = {system_of(source.name) or "" for source in desk.sources}
    for link in unread_link.unread(alert.log_links, systems, alert.time):
        yield Gap("alert", f"what {cut(one_line(link.url), 120)} shows", link.cause, link.remedy)


def _misread(desk: Desk, alert: Alert) -> Iterator[Gap]:
    """An environment that the alert names and nobody configured."""
    if named := alerts.unknown_environment(alert, desk.configuration.environments):
        cause = f"no environment of the configuration is called so: it was read as {alert.environment}, and that one's sources were asked"
        yield Gap("alert", f"the environment {named} of the alert", cause, "add it under `environments:`")


def _completed(alert: Alert, failing: LogEvent | None, own: tuple[str, ...]) -> Alert:
    """What the alert leaves out is taken from the event it is about; what it says itself stays."""
    if failing is None:
        return alert
    trace = stacktrace.read(failing.stack or failing.message, own)
    named = alert.error_type is not None
    # A title that only names the alarm is the same for many errors: what failed is told by the event, which the alert's description led to.
    said = None if not is_of(alert, failing) and told_below(alert, [failing]) else alert.message
    return replace(
        alert,
        error_type=alert.error_type or failing.error_type or trace.error_type,
        message=alert.message if named and alert.message else trace.message or said or failing.message,
        culprit=alert.culprit or culprit.named(trace),
        service=alert.service or failing.service or None,
        release=alert.release or failing.release,
        trace_ids=tuple(dict.fromkeys((*alert.trace_ids, *([failing.trace_id] if failing.trace_id else [])))),
    )


def _frames(alert: Alert, failing: LogEvent | None, own: tuple[str, ...]) -> tuple[Frame, ...]:
    """The event's stack is whole and of this very failure; the alert's may be cut."""
    return (stacktrace.read(failing.stack, own).frames if failing and failing.stack else ()) or alert.frames


def _joined(one: dict[str, tuple[LogEvent, ...]], other: dict[str, tuple[LogEvent, ...]]) -> dict[str, tuple[LogEvent, ...]]:
    return {name: tuple(dict.fromkeys((*one.get(name, ()), *other.get(name, ())))) for name in (*one, *(n for n in other if n not in one))}


def _numbered(failing: LogEvent | None, seen: _Seen, tokens: int) -> tuple[Evidence, ...]:
    logs: list[Evidence] = []
    # A trace that runs through several systems is one way: told once, by the first of them.
    teller = next(iter(seen.trace), None)
    for name in dict.fromkeys((*seen.window, *seen.trace)):
        window, trace = seen.window.get(name, ()), seen.trace.get(name, ())
        here = failing if failing in (*window, *trace) else None
        elsewhere = tuple(event for other, events in seen.trace.items() if other != name for event in events) if name == teller else None
        logs += evidence_of(here, window, trace, name, tokens, elsewhere=elsewhere)
    leading = [evidence for evidence in logs if evidence.detail is failing]
    rest = [evidence for evidence in logs if evidence.detail is not failing]
    ordered = [*leading, *seen.evidence, *rest]
    return tuple(replace(evidence, id=f"E{number}") for number, evidence in enumerate(ordered, start=1))
