"""The diagnosis by rules: deterministic, without a model, every sentence from the evidence."""

from dataclasses import replace

from bot.config import Severities
from bot.core.logs.matching import is_of
from bot.core.plain_text.plain_text import cut, one_line
from bot.core.rules import triage
from bot.core.rules.ranking import ranked
from bot.diagnosers import advice, clues, facts
from bot.diagnosers.causes import root_cause
from bot.diagnosers.clues import Clues, headed
from bot.diagnosers.past import context, fragments, lost_fix
from bot.diagnosers.rule_book import RuleBook, shipped
from bot.model import AffectedCode, Assessment, BugClass, Case, Diagnosis, HistoricalContext, RootCause, RuleMatch, Severity, Verdict
from bot.ports import Probe

_RAISED_BY_CODE = frozenset(
    {"ValidationError", "ValidationException", "ValueError", "ArgumentError", "IllegalArgumentException", "InvalidArgumentException", "ArgumentException"}
)


class RulesDiagnoser:
    """Knows the response matrix and the rules; the same case always gives the same diagnosis."""

    name = "rules"

    def __init__(self, severities: Severities, book: RuleBook | None = None) -> None:
        self._severities, self._book = severities, book or shipped()

    def diagnose(self, case: Case, probe: Probe | None = None) -> Diagnosis:  # noqa: ARG002 - rules look nothing up
        """A Diagnosis for any case, however thin; where it does not carry a cause, `root_cause.known` is False."""
        read = clues.read(case)
        seen = replace(read, matches=ranked(self._book.rules, facts.sight(read), facts.evidence_of(read)))
        cause, history = root_cause(seen), context(seen)
        bug_class = _bug_class(seen)
        assessment = self._assessment(seen, history)
        return Diagnosis(
            diagnoser=self.name,
            verdict=_verdict(seen, cause, assessment.severity),
            summary=_summary(seen),
            category=triage.category(seen.rule, (*seen.places, *case.alert.frames, *_own_type(seen)))[0],
            bug_class=bug_class,
            assessment=assessment,
            root_cause=cause,
            history=history,
            blast_radius=advice.blast_radius(seen),
            affected_code=_affected(seen),
            immediate_fix=advice.immediate_fix(seen),
            long_term_fix=advice.long_term_fix(seen),
            verification=advice.verification(seen),
            prevention=advice.prevention(seen, bug_class),
            next_steps=advice.next_steps(seen),
            resolution_tips=advice.resolution_tips(seen),
            rules=tuple(RuleMatch(match.rule.id, match.reason, match.citations) for match in seen.matches),
        )

    def _assessment(self, seen: Clues, history: HistoricalContext) -> Assessment:
        found = triage.severity(
            triage.Sighting(
                environment=one_line(seen.case.alert.environment),
                texts=(
                    seen.case.alert.text,
                    *(part.detail.message for part in ((seen.failing,) if seen.failing else ())),
                    *(one.detail.message for one in seen.trace),
                ),
                events=seen.events,
                raised=bool(seen.places or seen.case.alert.frames or (seen.failing and seen.failing.detail.stack)),
                regression=history.recurrence == "regression",
                symptom=seen.rule,
            )
        )
        response = self._severities.of(found.severity)
        reason = f'{found.reason} ("{found.words}")' if found.words else found.reason
        return Assessment(found.severity, reason, response.response_time, response.escalation)


def _own_type(seen: Clues) -> tuple[str, ...]:
    """The type of the error where only code raises it: as good as a frame of that code, and no word on the cause."""
    name = (seen.case.alert.error_type or "").rpartition(".")[2]
    return (name,) if name in _RAISED_BY_CODE else ()


def _bug_class(seen: Clues) -> BugClass:
    lost = lost_fix(seen)
    against = triage.bug_class_of_fix(lost.detail.missing) if lost else None
    return against or (seen.rule.bug_class if seen.rule else "unknown")


def _verdict(seen: Clues, cause: RootCause, severity: Severity) -> Verdict:
    if severity == "critical" or (severity == "high" and (cause.known or seen.events > 1)):
        return "act now"
    if seen.failing is None and not seen.places and not cause.known:
        return "unclear"
    if severity == "low":
        return "watch"
    return "fix soon" if severity == "high" or cause.known or seen.places else "watch"


def _summary(seen: Clues) -> str:
    where = f" in {seen.place.function}()" if seen.place else ""
    # What the error says is most often a whole sentence: only a function is "of" a service.
    service = f" {'of' if where and not seen.raised else 'in'} {seen.service}" if seen.service else ""
    # The failing line may raise what the alert's error came from; of an event that only shares the trace, or the culprit, not even that is known.
    known = seen.failing is not None and is_of(seen.case.alert, seen.failing.detail)
    came = f", from {cut(one_line(seen.raised.error_type or ''), 100)}{where}" if seen.raised and known else ""
    words = f"{seen.error.rstrip('.:;, ') or seen.error}{'' if seen.raised else where}{service}, {one_line(seen.case.alert.environment)}{came}"
    lost = lost_fix(seen)
    if lost and lost.detail.removed_by:
        return f"{words}: its fix of {lost.detail.fix.time:%Y-%m-%d} was removed on {lost.detail.removed_by.time:%Y-%m-%d}"
    return f"{words}: failed first in {seen.origin.detail.service}" if seen.origin else words


def _affected(seen: Clues) -> tuple[AffectedCode, ...]:
    lost = lost_fix(seen)
    raised = headed(seen.raised) if seen.raised else seen.error
    found = []
    for number, place in enumerate(seen.places):
        code = place.detail
        if lost and code.path == lost.detail.fix.path and number == 0:
            issue = f"raises {raised}; missing there: {fragments(lost.detail.missing)}"
        else:
            issue = f"raises {raised}" if number == 0 else "on the way there"
        found.append(AffectedCode(code.path, code.line, code.function, issue, code.permalink))
    return tuple(found)
