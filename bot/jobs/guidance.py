"""What people wrote that concerns a case: the runbooks whose scope holds, which also say whom to ask, and what the codes in the alert mean."""

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from bot.core.knowledge import code_sightings, shelf
from bot.core.knowledge.code_catalogue import KnownCode
from bot.core.knowledge.runbook import Runbook, parse
from bot.core.knowledge.runbook_choice import Chosen, Sighted, chosen, guided
from bot.core.plain_text.plain_text import cut, one_line
from bot.core.rules.ranking import Match, ranked
from bot.core.rules.rule import Rule
from bot.core.rules.sight import HINTS
from bot.core.rules.triage import category
from bot.diagnosers import clues, facts
from bot.errors import BadEntry
from bot.model import Alert, Case, Evidence, Gap, Inquiry, LogEvent, Search
from bot.ports import ReferenceShelf

_MOST_GAPS = 3
_NAMING = 3
"""Rules, the strongest first, whose runbooks count as named: what was said elsewhere at that time is no reason."""


class Guidance:
    """Runbooks and codes of one shelf, read once; what cannot be read is a gap, and the rest counts."""

    def __init__(self, kept: ReferenceShelf | None, rules: Sequence[Rule]) -> None:
        self._rules = rules
        self.gaps: tuple[Gap, ...] = ()
        self.codes: dict[str, KnownCode] = {}
        self.runbooks: tuple[Runbook, ...] = tuple(self._read(kept)) if kept else ()
        if kept:
            self._read_codes(kept)

    def _read(self, kept: ReferenceShelf) -> Iterator[Runbook]:
        for path, text in kept.runbooks().items():
            try:
                yield parse(text, path)
            except BadEntry as error:
                if len(self.gaps) < _MOST_GAPS:
                    self.gaps = (*self.gaps, Gap(shelf.SOURCE, f"whether the runbook {path} applies", error.cause, error.remedy))

    def _read_codes(self, kept: ReferenceShelf) -> None:
        try:
            self.codes = kept.codes()
        except BadEntry as error:
            self.gaps = (*self.gaps, Gap(shelf.SOURCE, "the team's own error codes", error.cause, error.remedy))

    def steered(self, inquiry: Inquiry, failing: LogEvent | None = None) -> Inquiry:
        """The inquiry with the systems that runbooks want asked or skipped, by what the alert and the failing event say."""
        if not self.runbooks:
            return inquiry
        helps, skip = guided(chosen(self.runbooks, self._sighted(inquiry.alert, failing, inquiry))[0])
        return replace(inquiry, helps=helps, late=tuple(one for one in helps if one not in inquiry.helps) if inquiry.before is not None else (), skip=skip)

    def added(self, case: Case) -> Case:
        """The case with the runbooks and the codes that concern it, numbered on as knowledge: a quotation of what people wrote, no evidence of today.

        A code that the catalogue does not know is a gap, where there is a catalogue.
        """
        read = clues.read(case)
        matches = ranked(self._rules, facts.sight(read), facts.evidence_of(read))
        seen = self._seen(case, read, matches)
        found = code_sightings.sighted(seen.words, self.codes)
        picked, more = chosen(self.runbooks, seen)
        told = [*(_code(code, self.codes[code]) for code in found.known), *(_quoted(one, seen) for one in picked)]
        numbered = [replace(one, id=f"E{len(case.evidence) + number}") for number, one in enumerate(told, start=1)]
        gaps = (*case.gaps, *self.gaps, *(code_sightings.gap(code) for code in found.new if self.codes))
        searches = (*case.searches, *self._searches(len(picked), more, len(found.known)))
        return replace(case, evidence=(*case.evidence, *numbered), gaps=tuple(dict.fromkeys(gaps)), searches=searches)

    def _sighted(self, alert: Alert, failing: LogEvent | None, inquiry: Inquiry) -> Sighted:
        words = _words(alert, failing)
        return Sighted(
            words=words,
            service=one_line(alert.service or (failing.service if failing else "")),
            environment=one_line(alert.environment),
            category=inquiry.category,
            error_types=_types(alert, failing),
            codes=self._codes_in(words),
        )

    def _seen(self, case: Case, read: clues.Clues, matches: Sequence[Match]) -> Sighted:
        alert, failing = case.alert, read.failing.detail if read.failing else None
        words = _words(alert, failing)
        shown = tuple(fact.name for fact in facts.sight(read).facts)
        deployed = facts.sight(read).deployed is not None
        return Sighted(
            words=words,
            service=read.service,
            environment=one_line(alert.environment),
            category=category(matches[0] if matches else None, (*read.places, *alert.frames))[0],
            error_types=_types(alert, failing),
            codes=self._codes_in(words),
            facts=(*shown, *(("after_deploy",) if deployed else ())),
            named=tuple(match.rule.runbook for match in matches[:_NAMING] if match.rule.runbook and match.where not in HINTS),
        )

    def _codes_in(self, words: str) -> tuple[str, ...]:
        found = code_sightings.sighted(words, self.codes)
        return (*found.known, *found.new)

    def _searches(self, picked: int, more: int, codes: int) -> Iterator[Search]:
        if self.runbooks:
            rest = f", {more} more fit as well" if more else ""
            yield Search(shelf.SOURCE, f"runbooks whose scope holds, of {len(self.runbooks)} → {picked}{rest}")
        if self.codes:
            yield Search(shelf.SOURCE, f"codes of knowledge/codes.yml in the alert → {codes}")


def _words(alert: Alert, failing: LogEvent | None) -> str:
    said = (alert.error_type, alert.message, alert.text, failing.error_type if failing else "", failing.message if failing else "")
    return "\n".join(cut(part, 6_000) for part in said if part)


def _types(alert: Alert, failing: LogEvent | None) -> tuple[str, ...]:
    return tuple(kind for kind in dict.fromkeys((alert.error_type, failing.error_type if failing else None)) if kind)


def _code(code: str, known: KnownCode) -> Evidence:
    text = f"knowledge/codes.yml {code} means, as people wrote at an earlier time: {one_line(known.told)}"
    return Evidence("knowledge", shelf.SOURCE, f"knowledge/codes.yml {code}", text, query=code)


def _quoted(one: Chosen, seen: Sighted) -> Evidence:
    runbook = one.runbook
    page = shelf.Page(runbook.path, "runbook", runbook.title, runbook.body)
    quoted = shelf.quoted(page, (*seen.error_types, *seen.codes, cut(one_line(seen.words), 200)))
    head = f"{shelf.CHOSEN}{cut(one_line(runbook.title), 120)}; chosen by {one.reason}"
    return replace(quoted, query=head)
