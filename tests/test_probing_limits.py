"""What a diagnoser looks up ends in time and size: sources that are down or hang, deadlines, bounded answers, an end to asking."""

import threading
from pathlib import Path

from bot.config import Limits
from bot.config.claude import Claude
from bot.core.redaction.redaction import Redactor
from bot.errors import SourceError
from bot.jobs.probing import MOST_BYTES, MOST_QUESTIONS, CaseProbe
from bot.model import Evidence, Findings, Gap, Inquiry
from bot.model.questions import SearchLogs
from tests import probing
from tests.probing import Answering, nothing, said

ANY = SearchLogs(("price",))


def test_a_source_that_is_down_is_a_gap_and_others_answer(tmp_path: Path) -> None:
    """What was found is told beside what could not be asked; the gap is the case's, too."""

    def down(_: Inquiry) -> Findings:
        raise SourceError("searching the logs", "the session has expired", "run `aws sso login`")

    probe = probing.probe(tmp_path, (Answering(down, "broken"), Answering(said("price set"))))
    answer = probe.ask(ANY)

    assert answer.gaps == (Gap("broken", "searching the logs", "the session has expired", "run `aws sso login`"),)
    assert len(answer.evidence) == 1
    assert probe.case.gaps == answer.gaps


def test_a_source_that_hangs_costs_its_time_once(tmp_path: Path) -> None:
    """The first question waits for it; the next ones are told at once that it has not come back."""
    go = threading.Event()

    def hanging(_: Inquiry) -> Findings:
        go.wait(10)
        return Findings()

    limits = Limits(source_seconds=0.05)
    desk = probing.lookups(tmp_path, (Answering(hanging), Answering(said("price set"), "other")), limits=limits)
    probe = CaseProbe(probing.case(), desk, Redactor())
    try:
        first = probe.ask(ANY)
        second = probe.ask(SearchLogs(("set",)))
    finally:
        go.set()

    assert first.gaps[0].cause.startswith("it had not answered after 0.05")
    assert second.gaps[0].cause == "logs has not come back from an earlier question"
    assert [len(one.evidence) for one in (first, second)] == [1, 1]


def test_after_the_deadline_nothing_is_asked(tmp_path: Path) -> None:
    """What is known already is still answered."""
    now = [0.0]
    source = Answering(said("price set"))
    desk = probing.lookups(tmp_path, (source,), claude=Claude(seconds=20))
    probe = CaseProbe(probing.case(), desk, Redactor(), lambda: now[0])
    known = probe.ask(ANY)
    now[0] = 21.0
    late = probe.ask(SearchLogs(("other",)))

    assert late.evidence == ()
    assert late.gaps[0].cause == "the 20 seconds of this case are over"
    assert probe.ask(ANY) is known
    assert len(source.asked) == 1


def test_an_answer_is_bounded_and_says_what_it_left_out(tmp_path: Path) -> None:
    """Ten thousand lines and pieces of a megabyte come to some kilobytes, the rest counted."""
    words = [
        f"{a}{b}"
        for a in ("red", "blue", "cold", "wide", "deep", "late")
        for b in ("moon", "tree", "sand", "wind", "lake", "hill", "road", "fish", "bell", "door")
    ]
    many = tuple(probing.line(f"{words[n % 60]} price {' '.join(words[n % 60 : n % 60 + 1 + n % 11])}", -n / 10) for n in range(600))
    answer = probing.probe(tmp_path, probing.sources(tmp_path, many)[:1]).ask(ANY)
    huge = tuple(Evidence("query result", "logs", f"row {number}", "ä" * 1_000_000) for number in range(9))
    whole = probing.probe(tmp_path, (Answering(lambda _: Findings(evidence=huge, queries=("q",))),)).ask(ANY)

    assert sum(len(one.text) for one in answer.evidence) < 10_000
    assert "the newest 200 kept" in answer.asked
    assert answer.left_out.startswith("not shown: ")
    assert sum(len(one.text.encode()) for one in whole.evidence) <= MOST_BYTES
    assert whole.left_out == "5 more pieces that were found: ask more narrowly"


def test_there_is_an_end_to_asking(tmp_path: Path) -> None:
    """A diagnoser that asks for ever is told so; what it asked before is still answered."""
    source = Answering(nothing)
    probe = probing.probe(tmp_path, (source,))
    for number in range(MOST_QUESTIONS + 5):
        last = probe.ask(SearchLogs((f"word{number}",)))

    assert last.gaps[0].cause == f"{MOST_QUESTIONS} questions were asked about this case already"
    assert len(source.asked) == MOST_QUESTIONS
    assert probe.ask(SearchLogs(("word0",))).gaps == ()
