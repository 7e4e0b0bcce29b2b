"""The tests themselves: each one can fail, and none passes its time."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

FOLDER = Path(__file__).parent
FILES = sorted(FOLDER.rglob("*.py"))
EXPECTING = frozenset({"pytest.raises", "pytest.fail"})

pytestmark = pytest.mark.slow


class Function(NamedTuple):
    """One function of the tests: whether it says itself what must hold, and the names of what it calls."""

    path: Path
    name: str
    asserts: bool
    calls: frozenset[str]


def functions() -> Iterator[Function]:
    """Every function below tests/, methods and inner ones too."""
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("__"):
                inner = tuple(ast.walk(node))
                called = {ast.unparse(one.func) for one in inner if isinstance(one, ast.Call) and isinstance(one.func, ast.Name | ast.Attribute)}
                asserts = any(isinstance(one, ast.Assert) for one in inner) or not EXPECTING.isdisjoint(called)
                yield Function(path, node.name, asserts, frozenset(name.rpartition(".")[2] for name in called))


def test_every_test_can_fail() -> None:
    """It asserts, expects an error, or calls a function of the tests that does; a name counts only if every function that bears it asserts."""
    every = tuple(functions())
    idle = {one for one in every if not one.asserts}
    while True:
        checking = {one.name for one in every} - {one.name for one in idle}
        left = {one for one in idle if checking.isdisjoint(one.calls)}
        if left == idle:
            break
        idle = left
    assert [f"{one.path.name}: {one.name}" for one in idle if one.name.startswith("test_") and one.path.name.startswith("test_")] == []
    assert len(every) > 1_000


def test_no_test_sleeps() -> None:
    """A test that waits waits for something; the clock of the machine decides nothing."""
    sleeping = []
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        if "sleep" in text and re.search(r"^\s*(?:import (?:time|asyncio)\b|from (?:time|asyncio) import .*\bsleep\b)", text, re.MULTILINE):
            calls = (one for one in ast.walk(ast.parse(text)) if isinstance(one, ast.Call))
            sleeping += [f"{path.name}:{one.lineno}" for one in calls if ast.unparse(one.func) in ("time.sleep", "asyncio.sleep", "sleep")]
    assert sleeping == []
