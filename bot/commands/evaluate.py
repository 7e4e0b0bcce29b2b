"""`bot evaluate`: the replay of the evaluation's cases."""

import argparse

import msgspec

from bot import config, wiring
from bot.commands.telling import aside, say
from bot.jobs import evaluate
from bot.jobs.replay_case import read_cases
from bot.texts import evaluation


def run(arguments: argparse.Namespace) -> int:
    """Gives the exit code. Raises BotError."""
    root = wiring.root_of(arguments.root)
    folder = root / evaluate.CASES
    expected = {case.name: case.expected for case in read_cases(folder, arguments.case)}
    asked = ("rules", "claude") if arguments.diagnoser == "all" else (arguments.diagnoser,)
    runs = {"rules": evaluate.Run(), "claude": evaluate.Run(dollars=arguments.dollars, note=evaluation.note(config.load(root).anthropic_base_url))}
    scores = tuple(evaluate.evaluate(folder, one, wiring.replay, arguments.case, runs[one]) for one in asked)
    if arguments.write and arguments.case is None:
        aside(f"wrote {evaluate.write(root, scores)}")
    if arguments.json:
        print(msgspec.json.format(msgspec.json.encode(scores)).decode())  # noqa: T201 - the command's answer
    else:
        say(evaluation.listing(expected, scores))
    return 1 if any(outcome.surely_wrong or outcome.failure for one in scores for outcome in one.outcomes) else 0
