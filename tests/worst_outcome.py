"""What one fault at one call of a job comes to: the words for it, and how it is found out."""

import io
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from tests.chain import Chain, Ground, chain, own_environment
from tests.fakes.github_work import WorkingGitHub
from tests.worst_day import Ran, Shape


class Tried(Protocol):
    """A job, or a source, that is run into faults."""

    name: str
    calls: list[Shape]
    wanted: dict[str, Any]
    seen: Ran

    def state(self) -> dict[str, Any]: ...  # noqa: D102 - as `Job` says

    def disturbed(self, which: Shape, fault: str) -> Ran: ...  # noqa: D102

    def again(self) -> Ran: ...  # noqa: D102


@contextmanager
def opened(folder: Path, on: Ground, ready: Callable[[Chain], Tried]) -> Iterator[Tried]:
    """A house of its own that is ready for a job, and the environment that leads there."""
    with own_environment(), chain(folder, on, WorkingGitHub) as house, redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        os.environ.update(house.environment)
        job = ready(house)
        with redirect_stdout(sys.__stdout__), redirect_stderr(sys.__stderr__):
            yield job
        for server in getattr(job, "others", {}).values():
            server.__exit__(None, None, None)


class Cell(NamedTuple):
    """What one fault at one call came to: a letter of `OUTCOMES`, and the sentence that the first run said, as (cause, remedy)."""

    outcome: str
    cause: str = ""
    remedy: str = ""
    trouble: str = ""


_PULL = "/pulls/{number}"
_TICK = "the board says that the box could not be followed, and why. Tick it again."
_MERGE = "the request is left open, and the run says why. Merge it by hand, or wait for the next alert of that error."
LASTING: dict[tuple[str, str, str], tuple[str, str]] = {
    ("*", "GET /collaborators/{login}/permission", "404"): (
        "b",
        "whoever GitHub does not know may not give commands: the comment gets 😕 and an answer that says who may. Give the command again.",
    ),
    ("*", "POST /issues/comments/{number}/reactions", "404"): ("b", "a comment that was deleted gets no reaction; its command is carried out. Nothing."),
    ("*", "GET /commits/{sha}/pulls", "404"): (
        "b",
        "a commit that came without a pull request: answer and issue name none, and no review is recorded. Delete the two, and publish the same commits again.",
    ),
    ("propose, a count", f"GET {_PULL}/files", "*"): ("p", _MERGE),
    ("propose, a count", f"GET {_PULL}/commits", "*"): ("p", _MERGE),
    ("propose, a count", f"PUT {_PULL}/merge", "*"): ("p", _MERGE),
    ("board, a tick", "GET /user", "*"): ("p", _TICK),
    ("board, a tick", "GET /collaborators/{login}/permission", "*"): ("p", _TICK),
    ("board, a tick", "GET /issues/{number}/comments", "*"): ("p", _TICK),
    ("board, a tick", "POST /issues/{number}/comments", "*"): ("p", _TICK),
    ("board, a tick", f"GET {_PULL}", "*"): ("p", _TICK),
    ("board, a tick", f"PATCH {_PULL}", "*"): ("p", _TICK),
    ("publish, Linear", "POST /graphql Attach", "*"): ("d", "the issue lacks links in its sidebar; the same stand in its description. Nothing, or add them."),
}
"""What the next run does not make good by itself, by job (or any), call and fault (or any): the letter, and what a person does."""
OUTCOMES = {
    "=": "the run itself ends as on a good day",
    "+": "the run names what it could not see or do (exit code 0); the next run adds it",
    "r": "the run ends with a sentence: cause and remedy, exit code 1; the next run ends as on a good day",
    "i": "as `r`, but the answer in the thread, which does not wait for the tracking issue, came before it and does not name it; the entry does",
    "p": "done but for something that a person does or leaves, which the run said: see below",
    "b": "the same, after a server denied what there is and was believed: see below",
    "d": "done but for a second copy of what stands elsewhere, without a word: see below",
    "!": "wrong",
}
_GAP = re.compile(r'"cause": ?"(?P<cause>[^"]+)",\s*"remedy": ?"(?P<remedy>[^"]+)"')
_LINE = re.compile(r"(?:: |^)(?P<cause>[^\n→]+?) → (?P<remedy>\S.+)$", re.MULTILINE)
"""Of a job that goes on: in its log, or on the dashboard."""
_SENTENCE = re.compile(r"^(?:error|warning): (?P<cause>.+?)\n {2}try: (?P<remedy>.+)$", re.MULTILINE)


def outcome(job: Tried, which: Shape, fault: str) -> Cell:
    """Run into the fault, look, run again without it, and look again."""
    first = job.disturbed(which, fault)
    at_once = job.state() == job.wanted
    if first.code == 0 and at_once:
        return Cell("=")  # that a second run changes nothing is seen once for each job, without a fault
    second = job.again()
    at_last = job.state() == job.wanted
    found = _SENTENCE.search(first.err) or _SENTENCE.search(first.out) or _GAP.search(first.out) or _LINE.search(first.out)
    told = (found["cause"], found["remedy"]) if found else ("", "")
    # What a run says in passing counts as said where it differs from what it says on a good day.
    spoken = found is not None or (at_last and first.code == 0 and (first.out, first.err) != (job.seen.out, job.seen.err))
    trouble = _trouble(first, second, spoken=spoken, at_last=at_last)
    if not (at_last and spoken) and second.code == 0 and first.code in (0, 1) and (lasting := _lasting(job.name, which, fault)):
        silent = lasting == "p" and found is None
        return Cell("!", trouble="nothing says what a person must do") if silent else Cell(lasting, *told)
    tracker = which.service in ("Linear", "Odoo") or "/issues" in which.path
    if tracker and first.code == 1 and found and second.code == 0 and _but_for_words(job.state()) == _but_for_words(job.wanted):
        return Cell("r" if at_last else "i", *told)
    if trouble:
        return Cell("!", *told, trouble)
    return Cell("+" if first.code == 0 else "r", *told)


def _lasting(name: str, which: Shape, fault: str) -> str:
    call = f"{which.method} {which.path}"
    found = (LASTING.get((job, call, way)) for job in (name, "*") for way in (fault, "*"))
    return next((one[0] for one in found if one is not None), "")


def _but_for_words(found: dict[str, Any]) -> dict[str, Any]:
    """The same with no more of the threads than how many messages they hold."""
    return {**found, "threads": {name: len(messages) for name, messages in found.get("threads", {}).items()}}


def _trouble(first: Ran, second: Ran, *, spoken: bool, at_last: bool) -> str:
    """Why that is not good; empty when it is."""
    if first.code not in (0, 1) or "Traceback" in first.err + second.err:
        return f"exit code {first.code}: {first.err[-600:]}"
    if first.code == 1 and not spoken:
        return f"no sentence: {first.err[-300:]}"
    if first.code == 0 and not spoken:
        return f"another end than on a good day, and not a word about it: {first.err[-300:]}"
    if second.code != 0:
        return f"the next run failed: {second.err[-300:]}"
    return "" if at_last else "another end than on a good day"
