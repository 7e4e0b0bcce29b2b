"""Before anything is diagnosed: the entry of an error is weighed, and answers where it fits. The claim of an earlier job is weighed anew."""

from collections.abc import Callable
from datetime import datetime

from msgspec.structs import replace

from bot.clock import utc_now
from bot.config import Configuration
from bot.core.entry.library import Library
from bot.core.grounding.grounding import grounded
from bot.core.recurrence import recurrence
from bot.core.recurrence.recalled_diagnosis import diagnosis_of
from bot.diagnosers.rule_book import RuleBook
from bot.diagnosers.rules import RulesDiagnoser
from bot.errors import BadProposal
from bot.jobs.proposal_directory import Proposed
from bot.model import Case, Diagnosis, Recalled, Verified
from bot.texts import recall


class Recollection:
    """What the knowledge folder of the default branch answers at once. Asks no source and no model."""

    def __init__(self, library: Library, configuration: Configuration, rules: RuleBook | None = None, now: Callable[[], datetime] = utc_now) -> None:
        self.library = library
        self._configuration = configuration
        self._rules = RulesDiagnoser(configuration.severities, rules)
        self._now = now

    def weigh(self, case: Case) -> Recalled | None:
        """Whether its entry answers; None where there is none, or the team wants none of this."""
        policy = self._configuration.recurrence
        if not policy.enabled or self.library.find(case.signature) is None:
            return None
        return recurrence.weigh(case, self.library, self._second(case), policy, self._now())

    def answer(self, recalled: Recalled) -> Diagnosis:
        """The diagnosis that the entry stands for. Only for a decision that `weigh` made of this library."""
        entry = self.library.entries[recalled.signature]
        response = self._configuration.severities.of(entry.meta.severity)
        return diagnosis_of(entry, recalled, response.response_time, response.escalation)

    def instead(self, case: Case, recalled: Recalled | None, name: str) -> Diagnosis:
        """What the rules say where the entry was to answer and does not fit any more: the alert is not lost."""
        return replace(self._second(case), fallback=recall.instead(name), recalled=recalled)

    def settled(self, one: Proposed) -> Proposed:
        """The case with an answer of this library, where the directory claims that one was given; nothing of the claim is believed."""
        claim = one.diagnosis.recalled
        if claim is None or not claim.fits:
            return one
        recalled = self.weigh(one.case)
        if recalled is not None and recalled.fits:
            return replace(one, diagnosis=self.answer(recalled))
        return replace(one, diagnosis=self.instead(one.case, recalled, one.case.signature.name))

    def _second(self, case: Case) -> Diagnosis:
        said = replace(self._rules.diagnose(case), verified=Verified())
        return grounded(said, case, self._configuration.severities.texts())[0]


def settled(one: Proposed, recollection: Recollection | None) -> Proposed:
    """As `Recollection.settled`. Raises BadProposal for a claim that nobody is there to weigh."""
    if recollection is None:
        if one.diagnosis.recalled is not None and one.diagnosis.recalled.fits:
            raise BadProposal("reading the proposal", "it claims an answer from the knowledge folder, which is not at hand", "run `bot diagnose --again`")
        return one
    return recollection.settled(one)
