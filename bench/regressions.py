"""`python -m bench.regressions [seed …]`: the regression proof on made-up histories whose truth is known; real git, eight languages."""

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
from bench.regression_history import Tale, written
from bench.regression_kinds import KINDS
from bench.regression_languages import LANGUAGES
from bot.config import Codebase
from bot.core.code.frame_path import by_name
from bot.core.fix.resolution_reference import commits, pull_requests
from bot.errors import SourceError
from bot.model import Evidence, FixCheck, Gap, PastFix
from bot.sources.code.fix_check import check
from bot.sources.code.git_history import Checkout
from bot.sources.code.reading import Reading

_PLAYS = (regression_stands, regression_lost, regression_other)
"""Imported for the kinds that they register."""
ROUNDS = 3
"""Histories of each kind for one seed, each in another language."""
_NOW = datetime(2025, 6, 1, tzinfo=UTC)


class Answer(NamedTuple):
    """What the proof said of one history, and whether that is the truth."""

    kind: str
    right: bool
    worded: bool
    said: str
    seconds: float


def main() -> int:
    """Print what was wrong and the figures; exit code 1 below 100 %."""
    seeds = [int(word) for word in sys.argv[1:]] or [1]
    answers = [answer for seed in seeds for answer in played(seed)]
    wrong = [answer for answer in answers if not answer.right]
    for answer in wrong:
        print(f"wrong: {answer.kind}: {answer.said}")
    missed = Counter(answer.kind for answer in answers if answer.right and not answer.worded)
    right, worded = len(answers) - len(wrong), sum(answer.right and answer.worded for answer in answers)
    slowest = max(answer.seconds for answer in answers)
    mean = sum(answer.seconds for answer in answers) / len(answers)
    print(f"histories {len(answers)}, kinds {len(KINDS)}, seeds {len(seeds)}")
    print(f"state and removing commit right: {right / len(answers):.4f} ({right}/{len(answers)})")
    print(f"also worded exactly, with the commit that carries it: {worded / len(answers):.4f} {dict(missed) or ''}")
    print(f"one proof: mean {mean:.3f} s, slowest {slowest:.3f} s")
    return 1 if wrong else 0


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
    return Answer(name, right, worded, said, seconds)


def _told(found: Evidence) -> FixCheck:
    if not isinstance(found.detail, FixCheck):
        raise TypeError(found.kind)
    return found.detail


if __name__ == "__main__":
    sys.exit(main())
