"""What a diagnosis claims is held against the case, whoever made it: what the case does not carry is taken out or marked, counted, and told.

A field that is no prose (a citation, a place, a reference, a time) is taken out; a sentence is marked, for it may be true, and a reader can judge.
The confidence is computed from what is left. Once more over the same answer changes nothing.
"""

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from bot.core.grounding import confidence
from bot.core.grounding.advice import is_general, is_imperative
from bot.core.grounding.borrowed import is_borrowed
from bot.core.grounding.case import Known
from bot.core.grounding.claims import Tone, claims
from bot.core.grounding.leads import FROM_THE_PAST, UNKNOWN
from bot.core.grounding.links import without_foreign_links
from bot.core.grounding.past import speaks_of_the_past
from bot.core.grounding.quotes import complaint, is_of_today
from bot.core.grounding.records import assessment, history, place
from bot.core.grounding.sentences import marked, plain, without_lead
from bot.core.plain_text.plain_text import cut, one_line, visible
from bot.model import AffectedCode, Case, Citation, Diagnosis, Prevention, RivalCause, RootCause, RuleMatch, Verified, WantedQuery

RULES = "rules"
"""The diagnoser whose causes are sentences that people reviewed."""
MOST_TEXT, MOST_LINE, MOST_ITEMS, MOST_CITATIONS, MOST_TOLD = 8_000, 2_000, 60, 60, 200
"""Bounds of what is read; all of it is longer than what anybody is shown."""


def grounded(diagnosis: Diagnosis, case: Case, configured: Sequence[str] = (), addresses: Sequence[str] = ()) -> tuple[Diagnosis, tuple[str, ...]]:
    """The diagnosis with only what the case carries, and a line for each claim that was not found now.

    `diagnosis.verified` of the result tells all of them, also those of an earlier pass: whoever takes a diagnosis from a diagnoser, takes its own
    `verified` off first. `configured` are the texts that the configuration promises (response times, escalations), `addresses` those below which
    a link may lead, each ending in `/`.
    """
    met = diagnosis.diagnoser == RULES and any(one.citations for one in diagnosis.rules)
    pass_ = _Pass(Known(case, configured, addresses), reviewed=met)
    made = pass_.texts(pass_.records(diagnosis))
    before = diagnosis.verified.unfounded
    told = tuple(dict.fromkeys((*before, *pass_.told)))[:MOST_TOLD]
    cause, why = confidence.computed(made.root_cause, pass_.known, told, made.rules if made.diagnoser == RULES else ())
    verified = Verified(pass_.stood(made), told, why)
    return replace(made, root_cause=cause, verified=verified), tuple(line for line in told if line not in before)


class _Pass:
    """One pass over a diagnosis: what stood, and what is told of the rest."""

    def __init__(self, known: Known, *, reviewed: bool) -> None:
        self.known, self._reviewed = known, reviewed
        self.told: list[str] = []
        self._stood: set[tuple[str, str]] = set()
        self._cited_for: tuple[Citation, ...] = ()
        self._past_only = False
        """Whether the cause that was named is only one of an earlier time: a fix for it is not one for today."""

    def stood(self, made: Diagnosis) -> int:
        """How many claims stand: of the sentences, the citations, the places, and the past."""
        cited = {(one.evidence, one.quote) for one in _citations(made)}
        places = {(code.path, code.line) for code in made.affected_code}
        told = [made.history.reference, made.history.last_seen, None if made.history.recurrence == "new" else made.history.recurrence]
        return len(self._stood) + len(cited) + len(places) + sum(one is not None for one in told)

    def records(self, diagnosis: Diagnosis) -> Diagnosis:
        """Everything that is no prose."""
        places = (place(claimed, self.known, self._tell) for claimed in diagnosis.affected_code[:MOST_ITEMS])
        return replace(
            diagnosis,
            root_cause=self._cause(diagnosis.root_cause),
            affected_code=tuple(found for found in places if found is not None),
            history=history(diagnosis.history, self.known, self._tell),
            assessment=assessment(diagnosis.assessment, self.known, self._tell),
            rules=tuple(replace(rule, citations=self._cited("Rules", rule.citations)) for rule in diagnosis.rules[:MOST_ITEMS]),
            wanted_queries=diagnosis.wanted_queries[:MOST_ITEMS],
        )

    def _cause(self, cause: RootCause) -> RootCause:
        kept = self._cited_for = self._cited("Root cause", cause.citations)
        rivals = tuple(replace(rival, citations=self._cited("Also possible", rival.citations)) for rival in cause.rivals[:MOST_ITEMS])
        cause = replace(cause, citations=kept, rivals=rivals)
        if not cause.known:
            return cause
        statement = one_line(plain(cause.statement))
        if not kept:
            self._tell("Root cause", f"a cause without a quotation that stands: {cut(statement, 300)}")
            claim = f"Whether this holds, which no evidence shows: {cut(statement, 1_000)}"
            return replace(cause, known=False, statement=UNKNOWN, five_whys=(), unsettled=(claim, *cause.unsettled))
        if not any(is_of_today(one, self.known) for one in kept) or is_borrowed(statement, self.known, kept, guided=self._reviewed):
            self._past_only = True
            self._tell("Root cause", f"a cause that only the past tells, and no evidence of today: {cut(statement, 300)}")
            old = RivalCause(cut(statement, 1_000), "Evidence of today that shows it; what was true then need not be true now.", kept)
            return replace(cause, known=False, statement=FROM_THE_PAST, five_whys=(), citations=(), rivals=(old, *rivals)[:MOST_ITEMS])
        return cause

    def _cited(self, field: str, citations: tuple[Citation, ...]) -> tuple[Citation, ...]:
        kept = []
        for citation in citations[:MOST_CITATIONS]:
            if problem := complaint(citation, self.known):
                self._tell(field, problem)
            else:
                kept.append(citation)
        return tuple(kept)

    def texts(self, made: Diagnosis) -> Diagnosis:
        """Every sentence: of what is so, of what was, of what to do."""
        prevention = made.prevention
        return replace(
            made,
            summary=self._line("Summary", made.summary, "claim"),
            root_cause=self._cause_texts(made.root_cause),
            assessment=replace(made.assessment, reason=self._line("Severity", made.assessment.reason, "claim")),
            history=replace(
                made.history,
                previous_resolution=self._line("Historical context", made.history.previous_resolution, "past"),
                applies=self._line("Historical context", made.history.applies, "past"),
            ),
            blast_radius=self._text("Blast radius", made.blast_radius, "claim"),
            affected_code=tuple(self._code(code) for code in made.affected_code),
            immediate_fix=self._text("Fix", made.immediate_fix, "advice"),
            long_term_fix=self._text("Fix", made.long_term_fix, "advice"),
            verification=self._text("Verification", made.verification, "advice"),
            prevention=Prevention(*(self._line("Prevention", words, "advice") for words in (prevention.test, prevention.check, prevention.alert))),
            next_steps=self._lines("Next steps", made.next_steps, "advice"),
            resolution_tips=self._lines("Tips", made.resolution_tips, "advice"),
            wanted_queries=tuple(self._query(query) for query in made.wanted_queries),
            rules=tuple(self._rule(rule) for rule in made.rules),
        )

    def _cause_texts(self, cause: RootCause) -> RootCause:
        rivals = tuple(
            replace(rival, statement=self._line("Also possible", rival.statement, "past"), decided_by=self._line("Also possible", rival.decided_by, "advice"))
            for rival in cause.rivals
        )
        return replace(
            cause,
            statement=self._text("Root cause", cause.statement, "claim"),
            five_whys=self._lines("Root cause", cause.five_whys, "claim"),
            unsettled=self._lines("Unsettled", cause.unsettled, "advice"),
            rivals=rivals,
        )

    def _code(self, code: AffectedCode) -> AffectedCode:
        return replace(code, issue=self._line("Affected code", code.issue, "claim"))

    def _query(self, query: WantedQuery) -> WantedQuery:
        return replace(query, purpose=self._line("Queries", query.purpose, "advice"), expected_rows=self._line("Queries", query.expected_rows, "advice"))

    def _rule(self, rule: RuleMatch) -> RuleMatch:
        return replace(rule, reason=self._line("Rules", rule.reason, "claim"))

    def _lines(self, field: str, lines: tuple[str, ...], tone: Tone) -> tuple[str, ...]:
        return tuple(self._line(field, line, tone) for line in lines[:MOST_ITEMS])

    def _line(self, field: str, text: str, tone: Tone) -> str:
        return self._text(field, text, tone, MOST_LINE)

    def _text(self, field: str, text: str, tone: Tone, most: int = MOST_TEXT) -> str:
        if not text:
            return text
        words, foreign = without_foreign_links(visible(text), self.known)
        for link in foreign:
            self._tell(field, f"a link that no evidence has: {link}")
        if len(plain(words)) > most:
            words = cut(plain(words), most)
        return marked(words, self._doubted(field, tone))

    def _doubted(self, field: str, tone: Tone) -> Callable[[str, bool], bool]:
        def is_unfounded(sentence: str, code: bool) -> bool:
            words = sentence if code else without_lead(sentence)
            meant: Tone = "advice" if tone == "claim" and not code and (is_imperative(words) or is_general(words)) else tone
            found = claims(words, self.known, meant, code=code)
            self._stood.update((claim.what, claim.text) for claim in found if claim.stands)
            for claim in found:
                if not claim.stands:
                    self._tell(field, f"{claim.what} that no evidence has: {one_line(claim.text)}")
            old = (
                not code
                and (meant == "claim" or (self._past_only and field == "Fix"))
                and not speaks_of_the_past(words)
                and is_borrowed(words, self.known, self._cited_for, guided=self._reviewed)
            )
            if old:
                self._tell(field, f"what only the past tells: {cut(one_line(words), 160)}")
            return old or any(not claim.stands for claim in found)

        return is_unfounded

    def _tell(self, field: str, claim: str) -> None:
        self.told.append(f"{field}: {claim}")


def _citations(made: Diagnosis) -> list[Citation]:
    cause = made.root_cause
    return [*cause.citations, *(one for rival in cause.rivals for one in rival.citations), *(one for rule in made.rules for one in rule.citations)]
