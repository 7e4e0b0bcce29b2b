"""Replay every case through the real investigation and hold each answer against what the case expects."""

import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from pathlib import Path

import msgspec

from bot.core.replay.grades import Expected, Outcome, graded
from bot.core.signature.signature import fingerprint
from bot.errors import BadCase, BotError
from bot.jobs.diagnose import diagnose
from bot.jobs.investigate import Desk, investigate
from bot.jobs.replay_case import ReplayCase, read_cases
from bot.jobs.replay_world import World, WorldBuilder
from bot.model import Findings, Record
from bot.ports import Chat, Diagnoser
from bot.texts import evaluation

Open = Callable[[Path, Findings], tuple[Chat, Desk, Diagnoser]]
"""The root of a case's world and what was recorded there → the chat, the desk and the diagnoser that its configuration names."""
CASES, SCORES, PAGE = "evaluation/cases", "evaluation/scores", "docs/evaluation.md"
_AT_A_TIME = 8
"""Cases after which the cost is looked at."""


class Scores(Record, frozen=True):
    """What one diagnoser did: `seconds` of the clock for all cases, side by side; `note` says what the scores are worth."""

    diagnoser: str
    outcomes: tuple[Outcome, ...]
    seconds: float = 0
    note: str = ""


class Run(Record, frozen=True):
    """How cases are run: side by side in processes, until a model has cost so many dollars. `note` says what the scores are worth."""

    processes: int = 2
    dollars: float = 20
    note: str = ""


def evaluate(folder: Path, diagnoser: str, open_desk: Open, only: str | None = None, run: Run = Run()) -> Scores:  # noqa: B008 - frozen
    """The outcomes in the order of the cases' names, whatever finished first. Raises BadCase when a case cannot be read."""
    names = [case.name for case in read_cases(folder, only)]
    started = time.monotonic()
    if run.processes == 1 or len(names) == 1:
        outcomes = tuple(_within(run, names, lambda some: [replay(folder, name, diagnoser, open_desk) for name in some]))
    else:
        with ProcessPoolExecutor(run.processes) as pool:
            outcomes = tuple(_within(run, names, lambda some: list(pool.map(replay, repeat(folder), some, repeat(diagnoser), repeat(open_desk)))))
    return Scores(diagnoser, outcomes, round(time.monotonic() - started, 1), run.note)


def replay(folder: Path, name: str, diagnoser: str, open_desk: Open) -> Outcome:
    """One case in a world of its own; a run that breaks off is an outcome, too. Raises BadCase."""
    case = ReplayCase(folder / name)
    with tempfile.TemporaryDirectory(prefix="bot-replay-") as root:
        world = WorldBuilder(case, Path(root), diagnoser).build(lambda world: _named(case, world, open_desk))
        chat, desk, chosen = open_desk(Path(root), world.findings)
        expected = _with_commits(case.expected, world)
        try:
            proposed = diagnose((chat.read(case.permalink),), desk, chosen, _silent)
        except BadCase:
            raise
        except BotError as error:
            return Outcome(case.name, "wrong area", expects_cause=not expected.no_cause, failure=f"{error.doing}: {error.cause}")
    return graded(case.name, expected, proposed[0].diagnosis)


def write(root: Path, scores: Iterable[Scores]) -> Path:
    """Keep the scores beside the cases, and make the page anew from all that are kept there; the page's path."""
    for one in scores:
        path = root / SCORES / f"{one.diagnoser}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(msgspec.json.format(msgspec.json.encode(one), indent=1) + b"\n")
    page = root / PAGE
    page.write_text(written_page(root), encoding="utf-8", newline="\n")
    return page


def written_page(root: Path) -> str:
    """The page as the kept scores and the cases make it. Raises BadCase."""
    cases = read_cases(root / CASES)
    return evaluation.page({case.name: case.expected for case in cases}, kept(root))


def kept(root: Path) -> tuple[Scores, ...]:
    """The scores that are kept, the rules first. Raises BadCase."""
    found = []
    for path in sorted((root / SCORES).glob("*.json"), key=lambda path: (path.stem != "rules", path.name)):
        try:
            found.append(msgspec.json.decode(path.read_bytes(), type=Scores))
        except (OSError, msgspec.DecodeError) as error:
            raise BadCase(f"reading {path}", f"it is not what `bot evaluate --write` wrote: {error}", "remove it, then run that command again") from error
    return tuple(found)


def _within(run: Run, names: Sequence[str], replayed: Callable[[Sequence[str]], list[Outcome]]) -> Iterator[Outcome]:
    """The outcomes, some cases at a time, until what they cost reaches the ceiling; the rest is told as not asked."""
    spent = 0.0
    for first in range(0, len(names), _AT_A_TIME):
        some = names[first : first + _AT_A_TIME]
        if spent >= run.dollars:
            yield from (Outcome(name, "wrong area", failure=f"not asked: the run had reached its ceiling of {run.dollars:g} dollars") for name in some)
            continue
        outcomes = replayed(some)
        spent += sum(outcome.dollars for outcome in outcomes)
        yield from outcomes


def _named(case: ReplayCase, world: World, open_desk: Open) -> tuple[str, str]:
    """What the error is called today, so that an entry of a case can be of this very error without anybody computing it."""
    chat, desk, _ = open_desk(Path(world.root), world.findings)
    signature = next(iter(investigate(chat.read(case.permalink), desk, _silent))).case.signature
    return signature.name, fingerprint(signature)


def _with_commits(expected: Expected, world: World) -> Expected:
    """The commit by its sha where the case calls it by its id."""
    named = expected.places.commit
    places = msgspec.structs.replace(expected.places, commit=world.commits.get(named, named))
    blamed = tuple(world.commits[word.removeprefix("commit:")][:7] if word.startswith("commit:") else word for word in expected.not_as_cause)
    return msgspec.structs.replace(expected, places=places, not_as_cause=blamed)


def _silent(line: str) -> None:
    """What a diagnosis says on its way is not what is measured."""
