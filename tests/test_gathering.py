"""Sources are asked side by side; one that fails or hangs costs its own evidence only."""

import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

import pytest

from bot.errors import SourceError
from bot.jobs.gathering import gather
from bot.model import Alert, Checkup, Findings, Gap, Inquiry, Permalink

NOW = datetime(2025, 12, 17, 9, 12, tzinfo=UTC)
INQUIRY = Inquiry(Alert(Permalink("acme.slack.com", "C1", "1765962764.835579"), NOW, "prod", ""), NOW, NOW)


class Answering:
    """A source that answers by a function."""

    def __init__(self, name: str, answer: Callable[[], Findings]) -> None:
        self.name = name
        self._answer = answer

    def gather(self, inquiry: Inquiry) -> Findings:
        """What it was told to answer."""
        assert inquiry is INQUIRY
        return self._answer()

    def examine(self) -> Iterable[Checkup]:
        """Nothing to examine."""
        return ()


def test_they_are_asked_at_the_same_time() -> None:
    """Two sources that wait for each other both answer."""
    meeting = threading.Barrier(2, timeout=5)

    def answer() -> Findings:
        meeting.wait()
        return Findings(queries=("asked",))

    found = gather([Answering("one", answer), Answering("two", answer)], INQUIRY, 5)

    assert {name: findings.queries for name, findings in found.items()} == {"one": ("asked",), "two": ("asked",)}


def test_a_source_that_cannot_answer_is_a_gap() -> None:
    """Its error becomes a gap with its remedy, and the other answers."""

    def refused() -> Findings:
        raise SourceError("searching the logs", "the session has expired", "run `aws sso login`")

    found = gather([Answering("broken", refused), Answering("whole", lambda: Findings(queries=("q",)))], INQUIRY, 5)

    assert found["broken"].gaps == (Gap("broken", "searching the logs", "the session has expired", "run `aws sso login`"),)
    assert found["whole"].queries == ("q",)


def test_a_source_that_hangs_is_a_gap() -> None:
    """What is not there at the deadline is a gap that names the setting."""
    never = threading.Event()

    def hanging() -> Findings:
        never.wait(30)
        return Findings()

    found = gather([Answering("slow", hanging), Answering("quick", lambda: Findings(queries=("q",)))], INQUIRY, 0.05)
    never.set()

    assert "source_seconds" in found["slow"].gaps[0].remedy
    assert found["quick"].queries == ("q",)


def test_a_bug_in_a_source_is_not_hidden() -> None:
    """An exception that is no SourceError reaches the door, where it is reported as ours, with the source that raised it."""

    def broken() -> Findings:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError) as raised:
        gather([Answering("buggy", broken)], INQUIRY, 5)
    assert raised.value.__notes__ == ["while the source buggy was asked; without it in the configuration the others go on"]
