"""A model on loopback and everything around it that a diagnosis needs: a case, look-ups, rules, a ledger, clocks that do not wait."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from bot.config import Configuration, Settings
from bot.config.claude import Claude
from bot.diagnosers.claude import ClaudeDiagnoser, Clocks
from bot.diagnosers.claude_client import connect
from bot.diagnosers.rules import RulesDiagnoser
from bot.errors import ForgeError
from bot.model import Case, Diagnosis, Evidence
from bot.model.questions import Answer, Question
from bot.ports import Ledger
from tests.claude_answers import GOOD
from tests.fakes import transfer_case
from tests.fakes.anthropic_server import KEY, FakeAnthropic, Script

__all__ = ["GOOD", "TODAY", "Desk", "Paid", "Waits", "asked", "log_line", "room", "settings"]

TODAY = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


class Desk:
    """A Probe with prepared answers, by the question's kind; remembers what it was asked."""

    def __init__(self, case: Case, answers: Mapping[str, Answer] | None = None) -> None:
        self._case, self._answers = case, dict(answers or {})
        self.asked: list[Question] = []

    @property
    def case(self) -> Case:
        """With all that was looked up."""
        return self._case

    def ask(self, question: Question) -> Answer:
        """Prepared, or nothing found."""
        self.asked.append(question)
        answer = self._answers.get(type(question).__name__, Answer(f"asked {question}"))
        known = {evidence.id for evidence in self._case.evidence}
        self._case = replace(self._case, evidence=(*self._case.evidence, *(one for one in answer.evidence if one.id not in known)))
        return answer


class Paid:
    """A Ledger that knows one sum, or does not know it."""

    def __init__(self, dollars: float | None = 0.0) -> None:
        self.dollars = dollars
        self.days: list[date] = []

    def spent(self, day: date) -> float:
        """The sum."""
        self.days.append(day)
        if self.dollars is None:
            raise ForgeError("adding up what was spent", "GitHub refused (403)", "give the job pull-requests: read")
        return self.dollars


class Waits:
    """Clocks that do not wait: sleeping moves the seconds on."""

    def __init__(self, step: float = 0.0) -> None:
        self.seconds, self.slept = 0.0, list[float]()
        self._step = step

    def clocks(self) -> Clocks:
        """As the diagnoser takes them."""
        return Clocks(lambda: TODAY, self._monotonic, self._sleep)

    def _monotonic(self) -> float:
        self.seconds += self._step
        return self.seconds

    def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds


def settings(url: str, claude: Claude, **environ: str) -> Settings:
    """With the key of the server on loopback."""
    return Settings(Path.cwd(), Configuration(claude=claude), {"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": url, **environ})


def room(server: FakeAnthropic, claude: Claude | None = None, ledger: Ledger | None = None, waits: Waits | None = None, **environ: str) -> ClaudeDiagnoser:
    """The diagnoser at that server, through the vendor's own client."""
    made = settings(server.url, claude or Claude(), **environ)
    return ClaudeDiagnoser(made, RulesDiagnoser(made.configuration.severities), connect(made), ledger or Paid(), (waits or Waits()).clocks())


def asked(
    script: Sequence[Script],
    claude: Claude | None = None,
    *,
    case: Case | None = None,
    answers: Mapping[str, Answer] | None = None,
    ledger: Ledger | None = None,
    prepare: Callable[[FakeAnthropic], object] = lambda _: None,
    server: AbstractContextManager[Any] | None = None,
) -> tuple[Diagnosis, FakeAnthropic, Desk]:
    """One diagnosis by a scripted model: what came of it, what the server saw, what was looked up."""
    with server or FakeAnthropic(script) as model:
        prepare(model)
        desk = Desk(case or transfer_case.case(), answers)
        return room(model, claude, ledger).diagnose(desk.case, desk), model, desk


def log_line(number: int, words: str) -> Evidence:
    """One more piece of evidence."""
    return Evidence("log", "opensearch prod", f"https://logs.example/E{number}", words, f"E{number}", transfer_case.TIME, "words")
