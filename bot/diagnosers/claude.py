"""The diagnosis by a model that looks things up; whatever keeps it from an answer, the rules stand in and the report says why."""

import time
from collections.abc import Callable
from datetime import date, datetime

from msgspec.structs import replace

from bot.clock import utc_now
from bot.config import Settings
from bot.core.redaction.redaction import Redactor
from bot.diagnosers import claude_answer
from bot.diagnosers.claude_conversation import Conversation, Outcome, Sender
from bot.diagnosers.claude_refusals import NoAnswer
from bot.diagnosers.claude_spend import Meter
from bot.errors import BotError
from bot.model import Case, Diagnosis
from bot.ports import Diagnoser, Ledger, Probe


class Clocks:
    """What the diagnoser takes from the machine: the time of day, seconds that only grow, and waiting."""

    def __init__(
        self, now: Callable[[], datetime] = utc_now, monotonic: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self.now, self.monotonic, self.sleep = now, monotonic, sleep


class ClaudeDiagnoser:
    """A Diagnoser. `ledger` says what the day cost so far; None where no day is kept, as in an evaluation."""

    def __init__(self, settings: Settings, rules: Diagnoser, sender: Sender, ledger: Ledger | None = None, clocks: Clocks | None = None) -> None:
        self._claude = settings.configuration.claude
        self._severities = settings.configuration.severities
        self._own_secrets = settings.own_secrets()
        self._rules, self._sender, self._ledger = rules, sender, ledger
        self._clocks = clocks or Clocks()
        self._spent: dict[date, float] = {}
        self._own: dict[date, float] = {}

    @property
    def name(self) -> str:
        """The model's id."""
        return self._claude.model

    def diagnose(self, case: Case, probe: Probe) -> Diagnosis:  # noqa: ARG002 - the probe holds the case, with what is looked up
        """Always a Diagnosis: the model's, or the rules' with `fallback` set. What was spent is told in both."""
        today = self._clocks.now().date()
        prices = self._claude.price()
        if prices is None:
            return self._fallen_back(probe, NoAnswer(f"there is no price for {self._claude.model}", "set `claude: prices:`"), None)
        redactor = Redactor(own=self._own_secrets)
        meter: Meter | None = None
        note = ""
        try:
            left, note = self._left(today)
            meter = Meter(self._claude, prices, today, left, self._clocks.monotonic)
            outcome = Conversation(self._sender, self._claude, meter, probe, redactor.text, self._clocks.sleep).outcome()
        except NoAnswer as error:
            return self._fallen_back(probe, error, meter, note)
        finally:
            if meter is not None:
                self._own[today] = self._own.get(today, 0.0) + meter.dollars
        return redactor.record(replace(self._diagnosis(outcome, probe), spend=replace(meter.spend(self.name), note=note)))

    def _diagnosis(self, outcome: Outcome, probe: Probe) -> Diagnosis:
        case = probe.case
        made = claude_answer.diagnosis(outcome.answer, case, self._rules.diagnose(case, probe), self._severities)
        cause = made.root_cause
        if outcome.left_out:
            cause = replace(cause, unsettled=(*cause.unsettled, _unseen(outcome.left_out, len(case.evidence))))
        return replace(made, diagnoser=self.name, root_cause=cause, wanted_queries=outcome.queries)

    def _left(self, today: date) -> tuple[float | None, str]:
        """What the day still allows, and what a reader must know of it. Raises NoAnswer when it cannot be known and must be."""
        if self._ledger is None:
            return None, ""
        if today not in self._spent:
            try:
                self._spent[today] = self._ledger.spent(today)
            except BotError as error:
                if self._claude.unknown_day == "rules":
                    raise NoAnswer(f"what was spent today is not known: {error.doing}: {error.cause}", error.remedy) from error
                return None, f"the ceiling of the day was not held: {error.doing}: {error.cause}"
        return self._claude.dollars_per_day - self._spent[today] - self._own.get(today, 0.0), ""

    def _fallen_back(self, probe: Probe, error: NoAnswer, meter: Meter | None, note: str = "") -> Diagnosis:
        """The rules' diagnosis, of all that was looked up until then."""
        cause = error.cause[:1].upper() + error.cause[1:]
        spend = replace(meter.spend(self.name), note=note) if meter is not None and meter.requests else None
        told = Redactor(own=self._own_secrets).text(f"{cause}; to do: {error.remedy}.")
        return replace(self._rules.diagnose(probe.case, probe), fallback=told, spend=spend)


def _unseen(left_out: tuple[str, ...], count: int) -> str:
    named = ", ".join(left_out[:20]) + (f" and {len(left_out) - 20} more" if len(left_out) > 20 else "")
    return f"{len(left_out)} of {count} pieces of evidence had no room in what the model was shown: {named}"
