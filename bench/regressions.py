"""`python -m bench.regressions [seed …]`: the regression proof on made-up histories whose truth is known; real git, eight languages."""

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from bench import regression_lost, regression_other, regression_stands
from bench.figures import Figure, say, show
from bench.regression_history import Tale, written
from bench.regression_kinds import KINDS
from bench.regression_languages import LANGUAGES
from bot.config import Codebase
from bot.core.code.frame_path import by_name
from bot.core.links.resolution_reference import commits, pull_requests
from bot.errors import SourceError
from bot.model import Evidence, FixCheck, Gap, PastFix
from bot.sources.code.fix_check import check
from bot.sources.code.git_history import Checkout
from bot.sources.code.reading import Reading

_PLAYS = (regression_stands, regression_lost, regression_other)
"""Imported for the kinds that they register."""
ROUNDS = 3
_NOW = datetime(2025, 6, 1, tzinfo=UTC)


class Answer(NamedTuple):
    """What the proof said of one history, and whether that is the truth."""

    kind: str
    right: bool
    worded: bool
    said: str
    seconds: float
    stands: bool = False
    """What whoever only looks whether the commit is in the history would say right: that it stands."""


def main() -> int:
    """Exit code 1 below 100 %."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("seeds", type=int, nargs="*", default=[1], metavar="seed")
    options.add_argument("--rounds", type=int, default=ROUNDS, help="histories of each kind for one seed, each in another language (default: %(default)s)")
    chosen = options.parse_args()
    answers = [answer for seed in chosen.seeds for answer in played(seed, chosen.rounds)]
    wrong = [answer for answer in answers if not answer.right]
    for answer in wrong:
        say(f"wrong: {answer.kind}: {answer.said}")
    missed = Counter(answer.kind for answer in answers if answer.right and not answer.worded)
    count, worded = len(answers), sum(answer.right and answer.worded for answer in answers)
    naive = sum(answer.stands for answer in answers)
    seconds = sorted(answer.seconds for answer in answers)
    figures = (
        Figure(
            "verdicts on an earlier fix that are right",
            _percent(count - len(wrong), count),
            100,
            "%",
            True,
            f"{_percent(naive, count)} % by looking for the commit",
        ),
        Figure("worded exactly, with the commit that carries it", _percent(worded, count), None, "%", beside=str(dict(missed) or "")),
        Figure("made-up histories", count, None, beside=f"{len(KINDS)} kinds, {len(LANGUAGES)} languages"),
        Figure("one proof, median", round(seconds[count // 2], 3), None, "s", beside=f"slowest {seconds[-1]:.3f} s"),
    )
    return 0 if show("Earlier fixes: made-up histories whose truth is known", figures) else 1


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 1) if whole else 0


def played(seed: int, rounds: int = ROUNDS) -> Iterator[Answer]:
    """Every kind in several languages, made, written and checked."""
    for number in range(rounds):
        for name, play in KINDS.items():
            drawn = random.Random(f"{seed}/{number}/{name}")  # noqa: S311 - no secret
            tale = Tale(drawn, LANGUAGES[(seed + number * 3 + drawn.randint(0, 7)) % len(LANGUAGES)])
            play(tale)
            with tempfile.TemporaryDirectory() as folder:
                yield judged(name, tale, Path(folder) / "shop")


def judged(name: str, tale: Tale, folder: Path) -> Answer:
    """The answer to one history."""
    shas = written(tale, folder)
    marks = {sha: mark for mark, sha in shas.items()}
    checkout = Checkout(folder, "shop")
    running = shas[tale.running]
    codebase = Codebase("shop", path="shop", url="https://github.com/acme/shop")
    reading = Reading(codebase, checkout, running, _NOW, by_name(checkout.files(running)))
    words = tale.named or f"fixed by {shas[tale.fix][:12]}"
    fix = PastFix("sig", words, next(iter(commits(words)), None), next(iter(pull_requests(words)), None))
    began = time.perf_counter()
    try:
        found = check(fix, [reading], [], {})
    except SourceError as error:
        return Answer(name, False, False, str(error), 0)
    seconds = time.perf_counter() - began
    fate = tale.fate
    if found is None or isinstance(found, Gap):
        return Answer(name, fate.state == "nothing to prove", True, found.cause if found else "nothing", seconds)
    told = _told(found)
    state = "stands" if told.stands else told.state if told.state in ("never there", "not deployed") else "lost"
    remover = marks[told.removed_by.sha] if told.removed_by else None
    carrier = marks[told.carried_by.sha] if told.carried_by else None
    right = (state, remover) == (fate.state, fate.remover)
    worded = carrier == fate.carrier and fate.wording in ("", told.state)
    said = f"{tale.language.suffix} {told.state} by {remover}, carried by {carrier}; in truth {fate}; fix {tale.fix} at {tale.running}"
    return Answer(name, right, worded, said, seconds, fate.state == "stands")


def _told(found: Evidence) -> FixCheck:
    if not isinstance(found.detail, FixCheck):
        raise TypeError(found.kind)
    return found.detail


if __name__ == "__main__":
    sys.exit(main())
