"""What a quality system keeps of an investigation: a run of its procedure, with a result for each step."""

from typing import Literal

from bot.model.record import Record

StepName = Literal["classification", "evidence", "root cause", "fix", "documentation", "prevention"]
STEPS: tuple[StepName, ...] = ("classification", "evidence", "root cause", "fix", "documentation", "prevention")
RunEnd = Literal["completed", "failed"]


class StepResult(Record, frozen=True):
    """What came of a step. A step that is not `done` is under way; `result` is plain text."""

    step: StepName
    result: str
    done: bool = True


class RunRecord(Record, frozen=True):
    """What is written into a run at one time. `marker` is the alert's `channel/ts`, by which the run is found again; `signature` names the
    error once it is known; `end` closes the run, and `reason` says why where it failed."""

    marker: str
    signature: str = ""
    steps: tuple[StepResult, ...] = ()
    end: RunEnd | None = None
    reason: str = ""
