"""`python -m bench.grounding`: diagnoses with planted false claims among true ones; how many are caught, how many kept, and how long it takes.

Everything is made from one seed. `--show` prints what went wrong.
"""

import argparse
import gc
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable
from random import Random

from msgspec.structs import replace

from bench.figures import Figure, say, show
from bench.grounding_case import TIME, made
from bench.grounding_sentences import Sentence, about
from bot.core.grounding.grounding import grounded
from bot.core.grounding.sentences import MARK
from bot.model import AffectedCode, Assessment, Case, Citation, CodePlace, Diagnosis, HistoricalContext, LogEvent, RootCause

Records = Callable[[Diagnosis], list[tuple[str, bool, bool]]]
"""What became of the fields that are no prose: kind, whether it was true, whether it is there."""
SENTENCES, ROUNDS = 30, 3
CONFIGURED = ("< 1 hour", "on-call engineer")


def main() -> int:
    """Print the table; exit code 1 when a bar is missed."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--count", type=int, default=300, help="diagnoses (default: %(default)s)")
    options.add_argument("--seed", type=int, default=5)
    options.add_argument("--pieces", type=int, default=200, help="pieces of evidence of each case (default: %(default)s)")
    options.add_argument("--show", action="store_true", help="each claim that was missed or wrongly marked")
    chosen = options.parse_args()
    tally, seconds = Counter[tuple[str, bool, bool]](), list[float]()
    for number in range(chosen.count):
        random = Random(chosen.seed * 100_003 + number)  # noqa: S311 - the same diagnoses each time
        case = made(random, chosen.pieces)
        case = replace(case, history=()) if number % 3 == 0 else case
        tally += _measured(case, random, seconds, chosen.show)
    kinds = sorted({kind for kind, _, _ in tally})
    for kind in kinds:
        say(f"{kind:<16} false: {_share(tally, kind, true=False)}   true: {_share(tally, kind, true=True)}")
    caught, kept = (_rate(tally, true=true) for true in (False, True))
    figures = (
        Figure("false claims caught", round(caught, 4), 0.98, least=True),
        Figure("true claims kept", round(kept, 4), 0.98, least=True, beside=f"of {sum(tally.values()):,} claims"),
        Figure("time of a diagnosis, median", round(statistics.median(seconds) * 1000, 1), 20, "ms", beside=f"{chosen.pieces} pieces of evidence"),
        Figure("the slowest", round(max(seconds) * 1000, 1), None, "ms"),
    )
    return 0 if show(f"Grounding: {chosen.count} diagnoses, {sum(tally.values()):,} claims", figures) else 1


def _measured(case: Case, random: Random, seconds: list[float], shown: bool) -> Counter[tuple[str, bool, bool]]:
    sentences = random.sample(list(about(case, random)), SENTENCES)
    diagnosis, records = _diagnosis(case, random, sentences)
    gc.disable()
    took = list[float]()
    for _ in range(ROUNDS):  # each from nothing: the index of the case is built anew
        began = time.process_time()
        checked, _ = grounded(diagnosis, case, CONFIGURED)
        took.append(time.process_time() - began)
    seconds.append(min(took))
    gc.enable()
    whys, steps = iter(checked.root_cause.five_whys), iter(checked.next_steps)
    tally = Counter[tuple[str, bool, bool]]()
    for sentence in sentences:
        told = next(steps if sentence.advice else whys)
        stands = MARK not in told and "left out" not in told
        tally[sentence.kind, sentence.true, stands == sentence.true] += 1
        if shown and stands != sentence.true:
            say(f"{'wrongly marked' if sentence.true else 'missed'}: {told}")
    for kind, true, stands in records(checked):
        tally[kind, true, stands == true] += 1
    return tally


def _diagnosis(case: Case, random: Random, sentences: list[Sentence]) -> tuple[Diagnosis, Records]:
    event = random.choice([one for one in case.evidence if isinstance(one.detail, LogEvent)])
    place = random.choice([one.detail for one in case.evidence if isinstance(one.detail, CodePlace)])
    true = (Citation(event.id, event.text[:90]), Citation(event.id, event.text.splitlines()[1]))
    false = (Citation(event.id, f"{event.text[:40]} and then the node was lost"), Citation("E9999", event.text[:60]), Citation(event.id, "a"))
    code = AffectedCode(place.path, place.line, place.function, "fails here")
    wrong = (AffectedCode(place.path, place.line + 5_000, place.function, "x"), AffectedCode("lib/other.py", 3, "other", "x"))
    past = case.history[0] if case.history else None
    diagnosis = Diagnosis(
        diagnoser="model",
        verdict="act now",
        summary="PoolTimeout in create_invoice",
        category="application",
        bug_class="resource exhaustion",
        assessment=Assessment("high", "customers cannot pay", random.choice(("< 1 hour", "within 2 minutes")), "on-call engineer"),
        root_cause=RootCause(
            *(True, "The pool is too small for its workers.", "high"),
            five_whys=tuple(one.text for one in sentences if not one.advice),
            citations=(*true, *false),
        ),
        history=HistoricalContext("regression", past.last_seen if past else TIME, reference=past.path if past else "knowledge/errors/other.md"),
        affected_code=(code, *wrong),
        next_steps=tuple(one.text for one in sentences if one.advice),
    )

    def records(checked: Diagnosis) -> list[tuple[str, bool, bool]]:
        kept, places, history = checked.root_cause.citations, {(one.path, one.line) for one in checked.affected_code}, checked.history
        return [
            *(("citation", True, one in kept) for one in true),
            *(("citation", False, one in kept) for one in false),
            ("place", True, (code.path, code.line) in places),
            *(("place", False, (one.path, one.line) in places) for one in wrong),
            ("reference", past is not None, history.reference is not None),
            ("last seen", past is not None, history.last_seen is not None),
            ("recurrence, field", past is not None, history.recurrence == "regression"),
            ("promise", diagnosis.assessment.response_time in CONFIGURED, bool(checked.assessment.response_time)),
        ]

    return diagnosis, records


def _share(tally: Counter[tuple[str, bool, bool]], kind: str, *, true: bool) -> str:
    right, wrong = tally[kind, true, True], tally[kind, true, False]
    return f"{right:>5} of {right + wrong:<5}" if right + wrong else " " * 14


def _rate(tally: Counter[tuple[str, bool, bool]], *, true: bool) -> float:
    right = sum(count for (_, is_true, good), count in tally.items() if is_true == true and good)
    return right / sum(count for (_, is_true, _), count in tally.items() if is_true == true)


if __name__ == "__main__":
    sys.exit(main())
