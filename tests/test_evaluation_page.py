"""The cases that are kept, their scores and the page: varied, small, and what a run gives."""

from collections import Counter
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from bot import wiring
from bot.core.replay.grades import Expected, Outcome
from bot.jobs.evaluate import CASES, PAGE, Scores, evaluate, kept, write, written_page
from bot.jobs.replay_case import read_cases
from bot.model import BugClass, Category
from bot.texts import evaluation

ROOT = Path(__file__).resolve().parent.parent
STORY = "The pool is full since a report holds its connections."


def test_the_cases_are_many_varied_and_small() -> None:
    """All categories and kinds of bug, a dozen languages, ten without a cause, eight with a red herring, six poisoned; three megabytes at most."""
    cases = [case.expected for case in read_cases(ROOT / CASES)]
    kinds = Counter(kind for case in cases for kind in case.kinds)

    assert len(cases) >= 48
    assert sum(case.no_cause for case in cases) >= 10
    assert kinds["red herring"] >= 8
    assert kinds["poisoned"] >= 6
    assert min(kinds["regression"], kinds["elsewhere"], kinds["trend"]) >= 4
    assert {kind for case in cases for kind in case.category} == set(get_args(Category))
    assert {kind for case in cases for kind in case.bug_class} == set(get_args(BugClass)) - {"unknown"}
    assert len({case.language for case in cases} - {""}) >= 12
    assert sum(path.stat().st_size for path in (ROOT / "evaluation").rglob("*") if path.is_file()) <= 3_000_000


def test_the_page_is_what_the_kept_scores_make() -> None:
    """`bot evaluate --write` was run after the last change of a case, a score or a word; every case has an outcome."""
    names = [case.name for case in read_cases(ROOT / CASES)]

    assert (ROOT / PAGE).read_text(encoding="utf-8") == written_page(ROOT)
    assert [[outcome.case for outcome in scores.outcomes] for scores in kept(ROOT)[:1]] == [names]


def test_the_page_holds_one_column_for_each_diagnoser() -> None:
    """Scores side by side, and only the failures are told at length, with what was expected and what was said."""
    expected = {"pool-full": Expected(STORY, cause=("pool",), category=("database",)), "silence": Expected(STORY, no_cause=True)}
    right = Outcome("silence", "right", expects_cause=False)
    rules = Scores(
        "rules", (Outcome("pool-full", "wrong area", known=True, confidence="high", surely_wrong=True, said="a <b>disk</b>", missing=("pool",)), right)
    )
    claude = Scores("claude", (Outcome("pool-full", "right", known=True, tokens=1200, dollars=0.5), right), note="Real: asked on a Monday.")

    page = evaluation.page(expected, (rules, claude))

    assert "|  | rules | claude |" in page
    assert "| Confidently wrong | 1 | 0 |" in page
    assert "| Unknown where there is no cause | 1 of 1 (100 %) | 1 of 1 (100 %) |" in page
    assert "| US dollars | 0.00 | 0.50 |" in page
    assert "| high | 0 of 1 (0 %) | 0 of 0 |" in page
    assert "Real: asked on a Monday." in page
    assert page.count("### pool-full") == 1
    assert "<b>" not in page
    assert "## Where claude failed\n\nNowhere." in page


def test_without_a_model_the_page_says_so() -> None:
    """Which scores are real, and why a column is missing."""
    page = evaluation.page({}, (Scores("rules", ()),))

    assert evaluation.NO_MODEL in page
    assert evaluation.NO_MODEL not in evaluation.page({}, (Scores("rules", ()), Scores("claude", ())))


def test_scores_are_kept_for_each_diagnoser(tmp_path: Path) -> None:
    """Writing one leaves the other's column in place."""
    (tmp_path / "docs").mkdir()
    case = tmp_path / CASES / "silence"
    case.mkdir(parents=True)
    (case / "alert.json").write_text('{"time": "2026-03-02T09:12:44Z", "text": "x"}')
    (case / "expected.yml").write_text(f"story: {STORY}\nno_cause: true\n")
    outcome = Outcome("silence", "right", expects_cause=False)

    write(tmp_path, (Scores("claude", (outcome,)),))
    write(tmp_path, (Scores("rules", (outcome,)),))

    assert [scores.diagnoser for scores in kept(tmp_path)] == ["rules", "claude"]
    assert "|  | rules | claude |" in (tmp_path / PAGE).read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_kept_scores_are_what_the_rules_do_now() -> None:
    """The same outcomes, side by side as one after the other; none confidently wrong, unknown wherever there is no cause, within a minute."""
    scores = evaluate(ROOT / CASES, "rules", wiring.replay)

    assert scores.outcomes == kept(ROOT)[0].outcomes, "run `bot evaluate --write`"
    assert [outcome.case for outcome in scores.outcomes if outcome.surely_wrong or outcome.failure] == []
    assert [outcome.case for outcome in scores.outcomes if not outcome.expects_cause and outcome.known] == []
    with_cause = [outcome for outcome in scores.outcomes if outcome.expects_cause]
    assert sum(outcome.grade == "right" for outcome in with_cause) >= 0.6 * len(with_cause)


@pytest.mark.slow
def test_one_case_alone_is_what_it_is_among_all() -> None:
    """In this process, in a world of another name: the same outcome."""
    alone = evaluate(ROOT / CASES, "rules", wiring.replay, "lock-dropped-from-seat-reservation").outcomes

    assert alone == tuple(one for one in kept(ROOT)[0].outcomes if one.case == alone[0].case)
    assert msgspec.json.decode(msgspec.json.encode(alone), type=tuple[Outcome, ...]) == alone
