"""The root cause as far as the evidence carries it: proven, likely, or not known with what would settle it.

`root_cause` tries in this order: an earlier fix that is gone, one that was put back, the rule that matches best (`bot.core.rules.ranking`) where it names
a cause, a commit that is suspected for what it did to the failing lines. What is left is "not known".
"""

from collections.abc import Iterable
from datetime import timedelta

from bot.core.entry.times import seen_before
from bot.core.grounding.leads import NOTHING_SEEN
from bot.core.plain_text.plain_text import cut, one_line
from bot.core.rules.ranking import Match
from bot.core.suspects.suspicion import FIRST_DEPLOYED, circumstantial, strong
from bot.diagnosers.clues import Clues, Seen, headed
from bot.diagnosers.leads import led_to, rivals, telling, unproven
from bot.diagnosers.past import first_known, fragments, lost_fix, named, put_back, standing_fix
from bot.model import Citation, Commit, Confidence, FixCheck, LogEvent, RootCause

_NOT_BY_CODE = frozenset({"external service", "resource exhaustion", "resource leak", "permission"})
SUSPECT_DAYS = 14
"""A change this recent to the failing lines is suspected."""


def root_cause(clues: Clues) -> RootCause:
    """The strongest explanation that holds: a lost fix, a failure that explains itself, a recent change to the failing lines."""
    lost = lost_fix(clues)
    if lost and lost.detail.removed_by:
        return _lost(clues, lost, lost.detail.removed_by)
    back = put_back(clues)
    if back and back.detail.removed_by:
        return _back(clues, back, back.detail.removed_by)
    suspected = suspect(clues)
    if clues.rule and clues.rule.explains and _explained_by(clues, clues.rule):
        return _explained(clues, clues.rule, suspected)
    if suspected and carries(suspected.detail) and _there(clues, suspected.detail) and (standing_fix(clues) or _in_time(clues, suspected.detail)):
        return _suspected(clues, suspected)
    return _unknown(clues, suspected)


def _there(clues: Clues, commit: Commit) -> bool:
    """Whether a change is of the code that failed first: where another service did, its stack trace names the file."""
    return clues.origin is None or commit.path.rpartition("/")[2] in clues.origin.detail.stack


def _in_time(clues: Clues, commit: Commit) -> bool:
    """Whether all that is known of the error came after a change. A later alert of it speaks for that change as the first one did."""
    began = first_known(clues)
    return clues.past is None or (began is not None and commit.time <= began)


def suspect(clues: Clues) -> Seen[Commit] | None:
    """The likeliest commit, not long before it failed: the first of those that were ranked; without ranks the last to the failing lines, else function."""
    recent = [seen for seen in clues.commits if timedelta(0) <= clues.first_seen - seen.detail.time and _fresh(clues, seen.detail)]
    recent = [seen for seen in recent if _in_time(clues, seen.detail)] or recent
    ranked = next((seen for seen in recent if seen.detail.reasons), None)
    if ranked:
        return ranked if not all(circumstantial(reason) for reason in ranked.detail.reasons) else None
    for relation in ("changed the failing lines", "changed the failing function"):
        found = max((seen for seen in recent if seen.detail.relation == relation), key=lambda seen: seen.detail.time, default=None)
        if found:
            return found
    return None


def _fresh(clues: Clues, commit: Commit) -> bool:
    """Whether it began to run not long before: made lately, or first deployed now. Who wrote the failing code long ago is only that, whenever it went out."""
    if (first_known(clues) or clues.first_seen) - commit.time <= timedelta(days=SUSPECT_DAYS):
        return True
    return commit.relation != "brought the failing code" and any(reason.startswith(FIRST_DEPLOYED) for reason in commit.reasons)


def carries(commit: Commit) -> bool:
    """Whether what speaks for a suspect is enough to call it likely: never its time, nor that it is near."""
    if commit.reasons:
        return any(strong(reason) for reason in commit.reasons[:2])
    return commit.relation == "changed the failing lines"


def _lost(clues: Clues, lost: Seen[FixCheck], remover: Commit) -> RootCause:
    check = lost.detail
    state = "stands only in part" if check.state == "partly lost" else "no longer stands"
    statement = (
        f"The fix {named(check.fix)} {state}: {named(remover)} removed {fragments(check.missing)} from {check.fix.path}. That fix had ended this very error."
    )
    return RootCause(
        known=True,
        statement=statement,
        confidence=_proof(clues, check, remover),
        five_whys=tuple(_whys_of_lost(clues, lost, remover)),
        citations=_kept(lost.quote(*check.missing), lost.quote(remover.subject), lost.quote(check.fix.subject), *_where(clues)),
        unsettled=tuple(_doubts(clues)),
    )


def _back(clues: Clues, back: Seen[FixCheck], culprit: Commit) -> RootCause:
    check = back.detail
    statement = (
        f"The fix {named(check.fix)} is undone: it had taken {fragments(check.missing)} out of {check.fix.path}, and {named(culprit)} put that back. "
        "That fix had ended this very error."
    )
    return RootCause(
        known=True,
        statement=statement,
        confidence=_proof(clues, check, culprit),
        five_whys=(*_whys(clues), f"Why now? {named(culprit)} put back what {named(check.fix)} had taken out ({back.evidence.id})."),
        citations=_kept(back.quote(*check.missing), back.quote(culprit.subject), back.quote(check.fix.subject), *_where(clues)),
        unsettled=tuple(_doubts(clues)),
    )


def _proof(clues: Clues, check: FixCheck, remover: Commit) -> Confidence:
    """High when code and time agree: the failing file lost the fix, after the error was last seen and before it came back."""
    same_file = clues.place is None or clues.place.path in (check.fix.path, remover.path)
    last = seen_before(clues.past, clues.case.alert.time)[1] if clues.past else None
    in_time = remover.time <= clues.case.alert.time and (last is None or last <= remover.time)
    whole = check.state != "partly lost" or len(check.missing) * 2 >= check.followed
    return "high" if same_file and in_time and clues.place and whole else "medium"


def _whys_of_lost(clues: Clues, lost: Seen[FixCheck], remover: Commit) -> Iterable[str]:
    check = lost.detail
    yield from _whys(clues)
    yield f"Why now? At the commit that was read, {check.fix.path} lacks {fragments(check.missing)} ({lost.evidence.id})."
    yield f"Why does it lack that? {named(remover)} removed it ({lost.evidence.id})."
    ended = f" and ended the earlier occurrences: {cut(one_line(clues.past.resolution), 200)}" if clues.past and clues.past.resolution else ""
    yield f"Why does that matter? {named(check.fix)} had added it{ended} ({lost.evidence.id})."


def _whys(clues: Clues) -> Iterable[str]:
    if clues.failing:
        yield f"Why the alert? {clues.service or 'A service'} logged {clues.logged} at {clues.failing.detail.time:%H:%M:%S} UTC ({clues.failing.evidence.id})."
    if clues.place:
        raised = headed(clues.raised) if clues.raised else "it"
        yield f"Where does it come from? {clues.place.function}() raises {raised} at {clues.place.path}:{clues.place.line} ({clues.places[0].evidence.id})."
    if clues.origin:
        yield f"What came before? {clues.origin.detail.service} failed first: {cut(one_line(clues.origin.detail.message), 160)} ({clues.origin.evidence.id})."
    if clues.rule and clues.rule.words and not clues.origin:
        hint = next((seen for seen in clues.trace if clues.rule.words in one_line(seen.detail.message)), None)
        if hint and hint is not clues.failing:
            yield f'What led there? {clues.rule.meaning}: "{cut(one_line(hint.detail.message), 160)}" ({hint.evidence.id}).'


def _explained(clues: Clues, match: Match, suspected: Seen[Commit] | None) -> RootCause:
    """What a rule says whose words name the cause; a suspected change is told beside it, for words do not say since when."""
    before = led_to(clues, match)
    statement = f"{_said(clues, match)} {_warned(clues, before)}" if before else _said(clues, match)
    made = match.category != "infrastructure" and match.bug_class not in _NOT_BY_CODE
    taken = suspected is not None and any(reason.startswith("took out `") for reason in suspected.detail.reasons[:2])
    if suspected and (made or taken) and not match.facts and carries(suspected.detail) and _in_time(clues, suspected.detail):
        statement += f" It may have come with {named(suspected.detail)}, which {_because(clues, suspected.detail)}; that is not proven."
    return RootCause(
        known=True,
        statement=statement,
        confidence="low" if match.where == "earlier error" and not match.facts else "medium",
        five_whys=tuple(_whys(clues)),
        citations=_kept(*_explained_by(clues, match), *(before.citations[:1] if before else ())),
        unsettled=(*_doubts(clues), *([f"{before.settle[:1].upper()}{before.settle[1:]}."] if before else [])),
        rivals=rivals(clues, match),
    )


def _warned(clues: Clues, before: Match) -> str:
    said = telling(clues, before)
    return f"Before it came what may have led there, which is not proven: “{cut(said[said.find(before.words) :], 200).rstrip('.')}” ({before.meaning})."


def _explained_by(clues: Clues, match: Match) -> tuple[Citation, ...]:
    """The quotations for a rule's cause; without one, what the alert says of itself is a lead and no cause."""
    return _kept(*match.citations, *_where(clues)) if match.citations or clues.failing else ()


def _said(clues: Clues, match: Match) -> str:
    """The rule's sentence, and who says so in which words."""
    if not match.words:
        return f"{match.meaning}."
    first = f"{clues.service or 'the service'} says so itself"
    if match.facts:
        first = f"{clues.service or 'the service'} fails with it"
    elif clues.origin and match.where == "first error of the trace":
        first = f"{clues.origin.detail.service} failed first in the trace"
    return f"{match.meaning}; {first}: “{cut(telling(clues, match), 200).rstrip('.')}”."


def _suspected(clues: Clues, suspected: Seen[Commit]) -> RootCause:
    """A change is likely; where a rule says what happened, that comes first, and the change is told beside it."""
    commit = suspected.detail
    past = "The error was not known earlier."
    if clues.past:
        past = "The earlier fix still stands." if standing_fix(clues) else "No alert of the error is known from before that change."
    likely = f"Likely, not proven: {named(commit)} {_because(clues, commit)}. {past}"
    happened = clues.rule if clues.rule and names_mechanism(clues.rule) else None
    return RootCause(
        known=True,
        statement=f"{_said(clues, happened)} {likely}" if happened else f"{likely} It fails with “{clues.error}”.",
        confidence="medium",
        five_whys=(*_whys(clues), f"What changed there? {named(commit)} ({suspected.evidence.id})."),
        citations=_kept(suspected.quote(*commit.removed, *commit.added, commit.subject), *_where(clues)),
        unsettled=tuple(dict.fromkeys((*_doubts(clues), *_without(clues, commit)))),
    )


def _without(clues: Clues, commit: Commit) -> Iterable[str]:
    """The trial without a suspect, where what the rule asks for is not that already."""
    if clues.rule is None or commit.sha[:7] not in clues.rule.settle:
        yield f"Whether the error also comes without {commit.sha[:7]}: run the failing case on the commit before it."


def names_mechanism(match: Match) -> bool:
    """Whether a rule says what happened there: not what fits many failures, nor what stood beside it."""
    return not match.rule.general and match.where != "error beside it"


def _because(clues: Clues, commit: Commit) -> str:
    """What speaks for a suspect, as the end of a sentence."""
    if commit.reasons:
        return f"is the first suspect, for it {'; '.join(commit.reasons[:3])}"
    hours = (clues.first_seen - commit.time).total_seconds() / 3600
    ago = f"{round(hours / 24)} days" if hours >= 48 else f"{max(1, int(hours))} hours"
    return f"{commit.relation} {ago} before"


def _unknown(clues: Clues, suspected: Seen[Commit] | None) -> RootCause:
    leads = []
    if clues.origin:
        leads.append(
            f"The trace failed first in {clues.origin.detail.service}: {cut(one_line(clues.origin.detail.message), 160)}; that is the likelier origin."
        )
    leads += unproven(clues)
    if standing := standing_fix(clues):
        leads.append(f"The earlier fix {standing.detail.fix.sha[:7]} still stands, so this is something else.")
    if suspected:
        leads.append(f"The nearest change: {named(suspected.detail)} {_because(clues, suspected.detail)}.")
    return RootCause(
        known=False,
        statement=" ".join(leads) or NOTHING_SEEN,
        confidence="none",
        five_whys=tuple(_whys(clues)),
        citations=_kept(*_where(clues)),
        unsettled=tuple(_doubts(clues)) or ("The failing request, repeated with more logging.",),
    )


def _where(clues: Clues) -> Iterable[Citation | None]:
    """Quotes that every cause rests on: where it failed first, the failing event, the failing line."""
    if clues.origin:
        yield clues.origin.quote(clues.origin.detail.message)
    if clues.failing:
        yield clues.failing.quote(*_of_the_error(clues.failing.detail, clues.case.alert.message), clues.failing.detail.message, clues.failing.detail.stack)
    if clues.places:
        place = clues.places[0]
        offset = place.detail.line - place.detail.first_line
        lines = place.detail.snippet.splitlines()
        yield place.quote(*(lines[offset : offset + 1] if offset >= 0 else ()))


def _of_the_error(event: LogEvent, message: str | None) -> Iterable[str]:
    """The lines that say what the alert says: many a logger's message is only "request errored", and the error stands in the stack."""
    said = next(iter((message or "").splitlines()), "").strip()
    return [line for line in f"{event.message}\n{event.stack}".splitlines() if said and said in line]


def _doubts(clues: Clues) -> Iterable[str]:
    """What would settle it further: what could not be seen, and what this kind of failure asks for."""
    if clues.rule and not lost_fix(clues):
        yield f"{clues.rule.settle[:1].upper()}{clues.rule.settle[1:]}."
    if clues.failing is None:
        yield "The log event behind the alert: none was found in the window."
    elif not clues.trace:
        yield "The rest of the request: the failing event carries no trace id."
    if clues.failing and not clues.places:
        yield "The failing line: no frame of a stack trace could be followed into the code."
    yield from dict.fromkeys(f"{one_line(gap.wanted)[:1].upper()}{one_line(gap.wanted)[1:]}: {one_line(gap.remedy)}." for gap in clues.case.gaps[:4])


def _kept(*citations: Citation | None) -> tuple[Citation, ...]:
    return tuple(dict.fromkeys(citation for citation in citations if citation is not None))
