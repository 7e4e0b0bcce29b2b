"""`python -m bench.evaluation`: the written cases by the rules, beside their bars."""

import sys
from pathlib import Path

from bench.figures import Figure, show
from bot import wiring
from bot.jobs.evaluate import CASES, evaluate

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Exit code 1 when a bar is missed."""
    scores = evaluate(ROOT / CASES, "rules", wiring.replay)
    with_cause = [outcome for outcome in scores.outcomes if outcome.expects_cause]
    without = [outcome for outcome in scores.outcomes if not outcome.expects_cause]
    figures = (
        Figure("cases", len(scores.outcomes), 48, "", least=True),
        Figure("right, where the evidence has the cause", _percent(sum(one.grade == "right" for one in with_cause), len(with_cause)), 60, "%", least=True),
        Figure("unknown, where it has none", _percent(sum(not one.known for one in without), len(without)), 100, "%", least=True),
        Figure("confidently wrong", sum(one.surely_wrong for one in scores.outcomes), 0),
        Figure("runs that broke off", sum(bool(one.failure) for one in scores.outcomes), 0),
        Figure("time of all, side by side", scores.seconds, 60, "s"),
    )
    return 0 if show("Replay evaluation", figures) else 1


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 1) if whole else 0


if __name__ == "__main__":
    sys.exit(main())
