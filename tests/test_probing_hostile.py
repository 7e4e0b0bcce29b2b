"""Every question takes hostile words: it is answered or says why not, and nothing in it becomes a path, an option or a pattern."""

from pathlib import Path

import pytest

from bot.core.redaction.redaction import Redactor
from bot.jobs.probing import CaseProbe
from tests import probing
from tests.attack_minds import questions
from tests.test_attack import PAYLOADS


@pytest.mark.slow
@pytest.mark.parametrize("said", PAYLOADS, ids=range(len(PAYLOADS)))
def test_every_question_takes_hostile_words(tmp_path: Path, said: str) -> None:
    """What it says of itself is bounded, the case keeps its name, and no file appears."""
    probing.repository(tmp_path)
    probe = CaseProbe(probing.case(), probing.lookups(tmp_path, probing.sources(tmp_path)), Redactor())

    for question in questions(said):
        answer = probe.ask(question)
        assert len(answer.asked) < 2_000
        assert all(len(gap.wanted) + len(gap.cause) < 1_500 for gap in answer.gaps)
    assert probe.case.signature == probing.case().signature
    assert not list(tmp_path.rglob("pwned"))
