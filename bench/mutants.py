"""Mutation testing: small faults are put into a room of `core/`, one at a time, and its tests must notice.

`python -m bench.mutants --room redaction --sample 300 --seed 1` tries a sample and prints the survivors; without `--room` all six rooms are tried,
and `--write` puts their rows into the table of docs/testing.md. A room holds when 85 % of its mutants are killed.
"""

import argparse
import random
import re
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from bench.figures import say
from bench.mutant_placing import INVALID, KILLED
from bench.mutant_run import load_only, text_of
from bench.mutations import Mutant, mutants

ROOMS = ("signature", "redaction", "grounding", "sql", "entry", "lint")
LEAST = 0.85
_KNOWN = Path("bench/surviving_mutants.txt")
_PAGE = Path("docs/testing.md")
_HEAD = (
    "| room | possible | sample | tried | killed | share | at least | holds | survivors by reason |",
    "|---|---|---|---|---|---|---|---|---|",
)
_ROW = re.compile(r"^\| `core/(\w+)` \|.*$", re.MULTILINE)
_PLACE = re.compile(r"(<!-- mutants: begin -->\n).*?(<!-- mutants: end -->)", re.DOTALL)


class Outcome(NamedTuple):
    """What became of a room's sample."""

    room: str
    all: int
    tried: int
    killed: int
    survived: tuple[Mutant, ...]

    @property
    def share(self) -> float:
        """Killed among those tried."""
        return self.killed / self.tried if self.tried else 0.0


def main() -> int:
    """Try, print, perhaps write; exit code 1 when a room does not hold."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--room", action="append", choices=ROOMS, help="one room; may be given several times")
    options.add_argument("--sample", type=int, default=300, help="mutants of each room; 0: all (default: %(default)s)")
    options.add_argument("--seed", type=int, default=1, help="which sample (default: %(default)s)")
    options.add_argument("--file", help="only mutants of the files of this name, e.g. tokens.py")
    options.add_argument("--write", action="store_true", help=f"put the rows into the table of {_PAGE}")
    chosen = options.parse_args()
    outcomes = [_outcome(room, chosen.sample, chosen.seed, chosen.file) for room in chosen.room or ROOMS]
    rows = _rows(outcomes, chosen.sample, chosen.seed)
    say(f"\n{_table(rows)}")
    if chosen.write:
        _PAGE.write_text(_written(_PAGE.read_text(encoding="utf-8"), rows), encoding="utf-8")
    return 0 if all(outcome.share >= LEAST for outcome in outcomes) else 1


def _outcome(room: str, size: int, seed: int, file: str | None) -> Outcome:
    folder = Path("bot/core", room)
    sources = {str(path): path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.py"))}
    found = {path: list(mutants(path, source)) for path, source in sources.items() if file is None or Path(path).name == file}
    sample = _sample(found, size, random.Random(f"{room} {seed}"))  # noqa: S311 - a sample that anybody can draw again
    known = _known()
    counts: Counter[int] = Counter()
    survived: list[Mutant] = []
    with tempfile.TemporaryDirectory() as scratch:
        arguments = ["-q", "-p", "no:cacheprovider", "-p", "no:randomly", f"--basetemp={scratch}/tests"]
        for mutant, code in load_only(folder, _tests(room), arguments, sample, sources):
            counts[code] += 1
            if code not in (KILLED, INVALID):
                survived.append(mutant)
                say(f"{sum(counts.values())}. survived [{known.get(mutant.identity, 'new')}] line {mutant.line}, {mutant.operator}\n  {mutant.identity}")
    tried = len(sample) - counts[INVALID]
    outcome = Outcome(room, sum(map(len, found.values())), tried, counts[KILLED], tuple(survived))
    say(f"{room}: {outcome.killed} of {tried} killed, {outcome.share:.1%}")
    return outcome


def _sample(found: dict[str, list[Mutant]], size: int, chance: random.Random) -> list[Mutant]:
    """As many as asked for, each file by its share, and some of each."""
    total = sum(map(len, found.values()))
    if not size or size >= total:
        return [mutant for some in found.values() for mutant in some]
    return [mutant for some in found.values() for mutant in chance.sample(some, min(len(some), max(3, round(size * len(some) / total))))]


def _tests(room: str) -> list[str]:
    """The test files that import the room, by themselves or through what they import of the tests; not those that are slow as a whole."""
    imports = re.compile(rf"^(?:from bot\.core\.{room}\b|from bot\.core import .*\b{room}\b)", re.MULTILINE)
    files = [str(path) for path in sorted(Path("tests").glob("test_*.py")) if imports.search(text_of(str(path)))]
    return [file for file in files if "\npytestmark = pytest.mark.slow\n" not in Path(file).read_text(encoding="utf-8")]


def _known() -> dict[str, str]:
    """The survivors that were read, with the reason why no test should kill them."""
    lines = _KNOWN.read_text(encoding="utf-8").splitlines() if _KNOWN.exists() else []
    return {identity: reason for reason, _, identity in (line.partition("\t") for line in lines) if identity}


def _rows(outcomes: list[Outcome], size: int, seed: int) -> dict[str, str]:
    """A row of the table for each room."""
    known = _known()
    rows = {}
    for one in outcomes:
        reasons = Counter(known.get(mutant.identity, "not read yet") for mutant in one.survived)
        left = ", ".join(f"{count} {reason}" for reason, count in reasons.most_common())
        holds = "yes" if one.share >= LEAST else "**no**"
        rows[one.room] = (
            f"| `core/{one.room}` | {one.all} | {size or 'all'}, seed {seed} | {one.tried} | {one.killed} | {one.share:.1%} | {LEAST:.0%} | {holds} | {left} |"
        )
    return rows


def _table(rows: dict[str, str]) -> str:
    return "\n".join((*_HEAD, *(rows[room] for room in ROOMS if room in rows))) + "\n"


def _written(page: str, rows: dict[str, str]) -> str:
    """The page with these rows; those of other rooms stay."""
    before = {match[1]: match[0] for match in _ROW.finditer(page)}
    return _PLACE.sub(lambda place: f"{place[1]}{_table(before | rows)}{place[2]}", page)


if __name__ == "__main__":
    sys.exit(main())
