"""Mutants tried: the room's tests are loaded once, and each mutant is tried in a forked copy of that process, with the tests that reach its line."""

import gc
import importlib
import itertools
import os
import pickle
import re
import resource
import signal
import sys
import time
import types
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import pytest
from _pytest.runner import runtestprotocol

from bench.mutant_placing import AGAIN, KILLED, SURVIVED, Mutated, functions, module_of, put
from bench.mutations import Mutant, derived

_LEAST_SECONDS = 0.5
_MOST_SECONDS = 60
_TESTS_SECONDS = 2.0
"""What the tests of one mutant may take together, as measured line by line: the near and quick ones are tried, and what none of those notices has survived."""
_MEMORY = 4 << 30
_LOADING_SECONDS, _LOADING_FILES = 2.0, 4
_FAR = 3
_OURS = ("bot", "tests", "bench", "demo", "__main__", "__mp_main__")
"""What is imported anew for each mutant that shows only while loading; everything else is imported once."""
T = TypeVar("T")


class Reached:
    """Which tests reach which lines of the room, and how long each takes; None stands for what runs while the tests are loaded."""

    def __init__(self) -> None:
        self.lines: dict[str, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
        self.loading: set[tuple[str, int]] = set()
        self.seconds: dict[str, float] = {}

    def tests(self, path: str, first: int, last: int) -> set[str]:
        """Those that reach one of these lines."""
        known = self.lines.get(path, {})
        return {test for line, tests in known.items() if first <= line <= last for test in tests}


class Trial:
    """A plugin of pytest that, where the tests would run, tries the mutants instead."""

    def __init__(self, room: Path, mutants: Sequence[Mutant], sources: dict[str, str], told: Callable[[Mutant, int], None]) -> None:
        self._prefix = str(room.resolve())
        self._mutants = mutants
        self._sources = sources
        self._told = told
        self._reached = Reached()
        self._current: str | None = None
        self._touched: set[tuple[str, int]] = set()
        self.again: list[tuple[Mutant, list[str]]] = []

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self) -> None:
        """From here on modules are imported."""
        sys.settrace(self._trace)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Measure the tests once, in a copy; then each mutant in a copy of its own."""
        sys.settrace(None)
        self._reached.loading = {(self._local(path), line) for path, line in self._touched}
        session.config._tmp_path_factory.getbasetemp()  # type: ignore[attr-defined] # made before the copies are, so that they share it
        measured, self._reached.seconds = _asked(lambda: self._measure(session))
        for path, lines in measured.items():
            for line, tests in lines.items():
                self._reached.lines[path][line] |= tests
        items = {item.nodeid: item for item in session.items}
        loaded = functions(self._prefix)
        gc.collect()
        gc.freeze()
        for mutant in self._mutants:
            chosen = self._tests(mutant)
            code = SURVIVED if mutant.scope == "body" else AGAIN
            if chosen and mutant.scope != "definition":
                code = self._try(mutant, [items[test] for test in chosen], loaded)
            if code == AGAIN or (code == SURVIVED and self._while_loading(mutant)):
                self.again.append((mutant, self._few(chosen)))
            else:
                self._told(mutant, code)
        return True

    def _while_loading(self, mutant: Mutant) -> bool:
        """Whether it may show only in what is computed once: a constant that other modules use, a line that runs while modules are loaded."""
        if mutant.scope == "constant":
            return not mutant.name.startswith("_")
        return any((mutant.path, line) in self._reached.loading for line in range(mutant.first, mutant.last + 1))

    def _few(self, tests: list[str]) -> list[str]:
        """The first of them, of few files: what loads everything anew is slow."""
        files: list[str] = []
        chosen: list[str] = []
        left = _LOADING_SECONDS
        for test in tests:
            file, left = test.partition("::")[0], left - self._reached.seconds[test]
            files += [] if file in files or len(files) == _LOADING_FILES else [file]
            if left < 0:
                break
            if file in files:
                chosen.append(test)
        return chosen

    def _local(self, path: str) -> str:
        return str(Path(path).relative_to(Path.cwd()))

    def _trace(self, frame: types.FrameType, event: str, argument: object) -> Any:  # noqa: ARG002 - the signature of sys.settrace
        path = frame.f_code.co_filename
        if not path.startswith(self._prefix):
            return None
        touched = self._touched

        def line(frame: types.FrameType, event: str, argument: object) -> Any:  # noqa: ARG001 - as above
            touched.add((path, frame.f_lineno))
            return line

        touched.add((path, frame.f_lineno))
        return line

    def _measure(self, session: pytest.Session) -> tuple[dict[str, dict[int, set[str]]], dict[str, float]]:
        lines: dict[str, dict[int, set[str]]] = {}
        seconds: dict[str, float] = {}
        for item, following in zip(session.items, [*session.items[1:], None], strict=True):
            self._touched = set()
            sys.settrace(self._trace)
            before = time.process_time()
            reports = runtestprotocol(item, log=False, nextitem=following)
            sys.settrace(None)
            if any(report.failed for report in reports):
                continue
            seconds[item.nodeid] = time.process_time() - before
            for path, line in self._touched:
                lines.setdefault(self._local(path), {}).setdefault(line, set()).add(item.nodeid)
        return lines, seconds

    def _tests(self, mutant: Mutant) -> list[str]:
        """The near and quick ones first, of those that reach its line before the others; for a constant those first that reach a line that names it."""
        if mutant.scope == "body":
            reached = self._reached.tests(mutant.path, mutant.first, mutant.last)
            others = {test for test in self._reached.seconds if _distance(test.partition("::")[0], mutant.path) < _FAR} - reached
            return self._quick(reached, mutant) + (self._quick(others, mutant) if self._while_loading(mutant) else [])
        named = re.compile(rf"\b(?:{'|'.join(map(re.escape, derived(self._sources[mutant.path], mutant.name)))})\b")
        near: set[str] = set()
        for path, source in self._sources.items():
            for number, line in enumerate(source.splitlines(), 1):
                if named.search(line):
                    near |= self._reached.tests(path, number, number)
        module = module_of(mutant.path)
        rest = self._reached.tests(mutant.path, 1, len(self._sources[mutant.path]))
        rest |= {test for test in self._reached.seconds if module in text_of(test.partition("::")[0])}
        return (self._quick(near, mutant) if near else []) + self._quick(rest - near, mutant)

    def _quick(self, tests: set[str], mutant: Mutant) -> list[str]:
        ordered = sorted(tests, key=lambda test: (_distance(test.partition("::")[0], mutant.path), self._reached.seconds[test], test))
        spent = itertools.accumulate(self._reached.seconds[test] for test in ordered)
        return [test for test, seconds in zip(ordered, spent, strict=True) if seconds <= _TESTS_SECONDS] or ordered[:1]

    def _try(self, mutant: Mutant, items: list[pytest.Item], loaded: dict[str, list[types.FunctionType]]) -> int:
        def child() -> int:
            placed = put(self._sources[mutant.path], mutant, loaded)
            if placed is not None:
                return placed
            for item, following in zip(items, [*items[1:], None], strict=True):
                signal.setitimer(signal.ITIMER_PROF, _LEAST_SECONDS + 10 * self._reached.seconds[item.nodeid])
                if any(report.failed for report in runtestprotocol(item, log=False, nextitem=following)):
                    return KILLED
            return SURVIVED

        return _forked(child, _MOST_SECONDS)


def try_loading(mutant: Mutant, source: str, tests: Sequence[str], arguments: Sequence[str]) -> int:
    """A mutant that shows only while modules are loaded: these tests in a copy of a process that has loaded nothing of the bot."""

    def child() -> int:
        sys.meta_path.insert(0, Mutated(mutant, source))
        code = pytest.main([*arguments, "-x", *tests])
        return SURVIVED if code == pytest.ExitCode.OK else KILLED

    return _forked(child, _MOST_SECONDS)


def load_only(room: Path, files: Sequence[str], arguments: Sequence[str], mutants: Sequence[Mutant], sources: dict[str, str]) -> Iterator[tuple[Mutant, int]]:
    """The verdict on each mutant, as soon as it is known."""
    reader, writer = os.pipe()
    process = os.fork()
    if process == 0:
        os.close(reader)
        with os.fdopen(writer, "wb") as out:
            trial = Trial(room, mutants, sources, lambda mutant, code: pickle.dump((mutant, code), out))
            _silent()
            pytest.main([*arguments, *files], plugins=[trial])
            foreign = sorted(name for name in sys.modules if name.partition(".")[0] not in _OURS)
            pickle.dump((foreign, trial.again), out)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as told:
        while len(found := pickle.load(told)) == 2 and isinstance(found[0], Mutant):  # noqa: S301 - from our own process
            yield found
    os.waitpid(process, 0)
    foreign, again = found
    _import(foreign)
    gc.freeze()
    for mutant, tests in again:
        yield mutant, try_loading(mutant, sources[mutant.path], tests, arguments) if tests else SURVIVED


def _import(names: Sequence[str]) -> None:
    for name in names:
        try:
            importlib.import_module(name)
        except Exception:  # noqa: BLE001, S112 - a module that only another can load is loaded with that one
            continue


@cache
def _distance(file: str, path: str) -> int:
    """How far a test file is from a module: it is about it by its name, it imports it, it is about its room, or none of these."""
    room, module = path.split("/")[-2:]
    about = Path(file).stem
    return 0 if module.removesuffix(".py") in about else 1 if module_of(path) in text_of(file) else 2 if room in about else _FAR


@cache
def text_of(file: str) -> str:
    """A test file, with the modules beside it by which it reads its texts."""
    text = Path(file).read_text(encoding="utf-8")
    imported = (Path("tests", f"{name}.py") for name in re.findall(r"^from tests\.(alert_reading|lint_pages|rule_cases|telling) import", text, re.MULTILINE))
    return "".join((text, *(path.read_text(encoding="utf-8") for path in imported)))


def _asked(question: Callable[[], T]) -> T:
    """What a copy of this process answers."""
    reader, writer = os.pipe()
    process = os.fork()
    if process == 0:
        with os.fdopen(writer, "wb") as out:
            pickle.dump(question(), out)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as told:
        answer: T = pickle.load(told)  # noqa: S301 - from our own process
    os.waitpid(process, 0)
    return answer


def _forked(child: Callable[[], int], seconds: float) -> int:
    """What a copy of this process ends with; one that takes too long, or too much memory, or falls, has killed the mutant."""
    process = os.fork()
    if process == 0:
        code = KILLED
        try:
            _silent()
            signal.setitimer(signal.ITIMER_PROF, seconds)
            resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
            code = child()
        finally:
            os._exit(code)
    _, status = os.waitpid(process, 0)
    return os.waitstatus_to_exitcode(status) if os.WIFEXITED(status) else KILLED


def _silent() -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
