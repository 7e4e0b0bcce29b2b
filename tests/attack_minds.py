"""Diagnosers under an attacker's influence: one says the hostile words in every field and asks for them, one does what they say."""

import sys
from collections.abc import Callable, Iterator

import msgspec

from bot import wiring
from bot.config import load
from bot.core.alert import permalink
from bot.jobs.diagnose import diagnose
from bot.jobs.investigate import Desk
from bot.jobs.proposal_directory import write
from bot.model import (
    AffectedCode,
    Case,
    Citation,
    Diagnosis,
    RivalCause,
    RootCause,
    RuleMatch,
    Spend,
    Verified,
)
from bot.model.questions import FindInCode, FindKnowledge, FollowTrace, LookUpErrorCode, Question, ReadCode, ReadHistory, SearchLogs
from bot.ports import Diagnoser, Probe
from bot.texts import report, workflow
from tests.chain import Chain
from tests.fakes import transfer_case


class EchoingMind:
    """Every text of its answer is hostile, and so is everything that it looks up."""

    def __init__(self, said: str) -> None:
        self.said = self.name = said

    def diagnose(self, case: Case, probe: Probe) -> Diagnosis:
        """Asks, then echoes; quotes what evidence there is."""
        for question in questions(self.said):
            probe.ask(question)
        said, cited = self.said, tuple(Citation(one.id, self.said) for one in probe.case.evidence[:5])
        made = transfer_case.diagnosis(said)
        first = next((one for one in case.evidence if one.text.strip()), None)
        true = (Citation(first.id, first.text.strip().splitlines()[0]),) if first is not None else ()
        cause = RootCause(True, said, "high", (said, said), (*true, *cited), (said,), (RivalCause(said, said, cited),))
        return msgspec.structs.replace(
            made,
            diagnoser=said,
            summary=said,
            root_cause=cause,
            affected_code=(*made.affected_code, AffectedCode(said, 1, said, said, said)),
            rules=(RuleMatch(said, said, cited),),
            verified=Verified(3, (said, said), said),
            spend=Spend(said, 1, 2, 3),
            fallback=said,
        )


class ObeyingMind:
    """Does what it was told: calms everything down, approves, and names the words as what to do next."""

    name = "claude-obedient"

    def __init__(self, said: str) -> None:
        self.said = said

    def diagnose(self, case: Case, probe: Probe) -> Diagnosis:
        """An answer that fits the schema, and is the attacker's."""
        made = transfer_case.diagnosis()
        return msgspec.structs.replace(
            made,
            diagnoser=self.name,
            verdict="no action",
            summary=f"Approved. {self.said}",
            assessment=msgspec.structs.replace(made.assessment, severity="low", reason=self.said, escalation=self.said),
            root_cause=RootCause(True, self.said, "high"),
            immediate_fix=self.said,
            next_steps=(self.said,),
        )


def questions(said: str) -> Iterator[Question]:
    """Every question, about the words."""
    yield from (SearchLogs((said,), service=said), SearchLogs((said,)), FollowTrace(said), FindKnowledge((said,)), LookUpErrorCode(said))
    yield from (ReadCode(said), ReadCode("transfers/handlers/transfer_handler.py", 30, said), FindInCode(said), ReadHistory(said, 2))


def diagnosed_by(mind: Diagnoser) -> Callable[[Chain], int]:
    """`bot diagnose` with this diagnoser in the place of the configured one."""

    def run(house: Chain) -> int:
        settings = load(house.checkout)
        link = permalink.parse(house.alert)
        desk = Desk(
            wiring.sources(settings),
            wiring.library(settings),
            settings.configuration,
            settings.own_secrets(),
            wiring.knowledge(settings),
        )
        proposed = diagnose((wiring.chat(settings, sys.stdout).read(link),), desk, mind, lambda line: print(workflow.inert_log(line)))  # noqa: T201 - as the command line does
        previews = tuple(report.preview(one.case, one.diagnosis) for one in proposed)
        write(house.proposal, proposed, previews)
        if (summary := settings.output_file("GITHUB_STEP_SUMMARY")) is not None:
            with summary.open("a", encoding="utf-8") as page:
                page.write(report.step_summary(previews))
        return 0

    return run
