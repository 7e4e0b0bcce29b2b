"""docs/reliability.md: a row for each call, a column for each fault, and what is said where a person must act; written, and read back."""

import re
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tests.fakes.faults import FAULTS
from tests.worst_day import Shape
from tests.worst_outcome import LASTING, OUTCOMES, Cell

FILE = Path(__file__).resolve().parent.parent / "docs" / "reliability.md"
PART = ("hear", "answer", "scan", "kubernetes")
"""The jobs that the tests go through whole each time."""
_GONE = "Gone through with all of their writes: "
_INTRODUCTION = """# The worst day

What becomes of each job when another system fails it: every call that a job makes, failing in each of these ways for as long as the job runs, and then
the same job once more, as a scheduler or a person starts it again. Made by `python -m bench.reliability`, which runs the bot's own commands against
servers on loopback that keep state. A test runs the rows of {part} again each time and holds them against this page; the rest is gone through by the
command alone.

What is compared at the end, with a day on which nothing failed: every file of every branch, pull requests and issues with their labels and comments,
threads, reactions, the proposal directory, the records of Linear and Odoo, the evidence that was found. Times and commit ids are left out.

## The faults

{faults}

For as long as the job runs; a job that tries again meets it again. In Slack's words where Slack has words: it says no with HTTP 200.

## The outcomes

{outcomes}

Never: a traceback, an exit code other than 0 and 1, half a thing written, a thing written twice, another end than on a good day after the next run.
That a job may be run twice without any fault is looked at before its first row.

## The table

A call that several jobs make stands with the first of them: it is one piece of code. A write stands also with each job that is named here.

{gone}

"""
_REST = """
## What a person is told

One sentence of each kind, as the jobs said it: what came back, and what to do. Names of this run (repository, channel, port) stand in for yours.

{sentences}

## What the next run does not make good

A server that says "there is no such thing" is believed where that is an everyday answer (`b`): the bot cannot know that it lies. `*` is any.

| Job | Call | Fault | Cell | What a person does |
| --- | --- | --- | --- | --- |
{lasting}

## What is tested elsewhere

- PostgreSQL, libsql and SQLite: [test_database_refusals](../tests/test_database_refusals.py); Redis: [test_redis](../tests/test_redis.py). They fail in ways of
  their own; what they cannot answer is a gap of the diagnosis, as in the rows of the other sources.
- Code that is cloned by git: [test_code_clone](../tests/test_code_clone.py): refused, cut, stalled, half a clone.
- A job that is killed at each of its writes: [test_crashes](../tests/test_crashes.py), [test_crashes_jobs](../tests/test_crashes_jobs.py); in the middle of a
  file: [test_crashes_files](../tests/test_crashes_files.py).
- A storm of alerts in which a share of all calls fails: `python -m bench.replay --faults 1`.
"""


@dataclass
class Page:
    """The rows by job and call, and the sentences by service and fault."""

    rows: dict[tuple[str, Shape], str] = field(default_factory=dict)
    sentences: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    """The jobs that were gone through."""

    @classmethod
    def read(cls) -> "Page":
        """As it stands in the repository."""
        page = cls()
        if not FILE.exists():
            return page
        for line in FILE.read_text(encoding="utf-8").splitlines():
            if line.startswith(_GONE):
                page.gone = set(re.findall(r"`([a-z-]+)`", line))
            parts = [part.strip() for part in line.strip("|").split(" | ")]
            if line.startswith("| ") and len(parts) == len(FAULTS) + 2 and parts[0].startswith("`"):
                service, method, path = parts[0].strip("`").split(" · ", 2)
                page.rows[parts[1], Shape(service, method, path)] = "".join(part.strip("`") for part in parts[2:])
            elif line.startswith("| ") and len(parts) == 4 and parts[1] in FAULTS:
                page.sentences[parts[0], parts[1]] = (parts[2], parts[3])
        return page

    def calls_of_others(self, jobs: Iterable[str]) -> set[Shape]:
        """The calls that stand with other jobs than these; the rows of these are left out from now on."""
        wanted = set(jobs)
        self.rows = {row: letters for row, letters in self.rows.items() if row[0] not in wanted}
        return {which for _, which in self.rows}

    def put(self, job: str, which: Shape, cells: Iterable[Cell]) -> None:
        """One row."""
        found = tuple(cells)
        self.rows[job, which] = "".join(cell.outcome for cell in found)
        for fault, cell in zip(FAULTS, found, strict=True):
            if cell.cause:
                self.sentences.setdefault((which.service, fault), (_plain(cell.cause), _plain(cell.remedy)))

    def write(self) -> None:
        """Into the repository."""
        FILE.write_text(str(self), encoding="utf-8")

    def __str__(self) -> str:
        head = f"| Call | Job | {' | '.join(FAULTS)} |\n|{' --- |' * (len(FAULTS) + 2)}"
        table = [
            f"| `{' · '.join(which)}` | {job} | {' | '.join(f'`{one}`' for one in letters)} |"
            for (job, which), letters in sorted(self.rows.items(), key=lambda row: (row[0][1].service, row[0][1].path, row[0][1].method, row[0][0]))
        ]
        ordered = sorted(self.sentences.items(), key=lambda one: (one[0][0], list(FAULTS).index(one[0][1])))
        told = "\n".join(
            ["| Service | Fault | What came back | What to do |", "| --- | --- | --- | --- |", *(f"| {' | '.join((*key, *said))} |" for key, said in ordered)]
        )
        lasting = "\n".join(f"| {job} | `{call}` | {fault} | `{letter}` | {why} |" for (job, call, fault), (letter, why) in LASTING.items())
        gone = f"{_GONE}{', '.join(f'`{job}`' for job in sorted(self.gone))}."
        start = _INTRODUCTION.format(gone=gone, part=", ".join(f"`{one}`" for one in PART), faults=_listed(FAULTS), outcomes=_listed(OUTCOMES))
        return start + "\n".join((head, *table)) + "\n" + _REST.format(sentences=told, lasting=lasting)


def _listed(words: dict[str, str]) -> str:
    return "\n".join(f"- `{name}`: {meaning}" for name, meaning in words.items() if name != "!")


def _plain(text: str) -> str:
    """On one line of a table, without what differs from run to run."""
    said = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1", text)
    return re.sub(rf"{re.escape(tempfile.gettempdir())}\S*", "…", said).replace("|", "\\|").replace("<", "&lt;").strip()
