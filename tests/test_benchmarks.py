"""The page of benchmarks is what a run wrote: the promised figures, each once, each with a command that exists."""

import ast
import re
from pathlib import Path

import pytest

from bench.figures import Figure, row_of
from bench.page import read, rendered
from bench.promises import PROMISES, Promise

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "benchmarks.md"


def test_the_page_is_what_a_run_writes() -> None:
    """Every promised figure in its order, no line beside them: what was read back makes the same page again."""
    page = PAGE.read_text(encoding="utf-8")

    assert rendered(read(page)) == page


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.name)
def test_each_command_exists(promise: Promise) -> None:
    """The module is there, is meant to be run, and knows the options."""
    module, *words = promise.command()
    source = (ROOT / f"{module.replace('.', '/')}.py").read_text(encoding="utf-8")

    assert 'if __name__ == "__main__":' in source
    for option in (word for word in (*words, *promise.quick) if word.startswith("--")):
        assert f'"{option}"' in source


def test_no_figure_is_promised_twice() -> None:
    """Within a part a name says which figure it is."""
    for promise in PROMISES:
        assert len(set(promise.figures)) == len(promise.figures)


@pytest.mark.parametrize("promise", [promise for promise in PROMISES if promise.name != "suite"], ids=lambda promise: promise.name)
def test_what_is_promised_is_what_the_module_names(promise: Promise) -> None:
    """The words of each promised figure stand in the module that measures it or in one of its parts, whole or with what is filled in."""
    parts = (ROOT / "bench").glob(f"{promise.module.removeprefix('bench.')}*.py")
    nodes = [node for part in parts for node in ast.walk(ast.parse(part.read_text(encoding="utf-8")))]
    told = [re.compile(_pattern(node)) for node in nodes if isinstance(node, ast.Constant | ast.JoinedStr) and _pattern(node)]

    for figure in promise.figures:
        assert any(pattern.fullmatch(figure) for pattern in told), figure


def _pattern(node: ast.AST) -> str:
    """What a string or an f-string with something fixed in it can say."""
    if isinstance(node, ast.Constant):
        return re.escape(node.value) if isinstance(node.value, str) else ""
    parts = node.values if isinstance(node, ast.JoinedStr) else []
    fixed = any(isinstance(part, ast.Constant) and len(str(part.value)) > 2 for part in parts)
    return "".join(re.escape(str(part.value)) if isinstance(part, ast.Constant) else ".{0,60}" for part in parts) if fixed else ""


def test_a_row_is_read_as_it_was_printed() -> None:
    """Name, value, bar, baseline and verdict."""
    kept = Figure("calls to Slack", 3, 4, beside="naive 9")
    missed = Figure("right", 59.9, 60, "%", least=True)

    assert row_of(str(kept.row())) == ("calls to Slack", "3", "≤ 4", "naive 9", "yes")
    assert row_of(str(missed.row())) == ("right", "59.9 %", "≥ 60 %", "", "**no**")
    assert row_of("| figure | measured | bar | beside it | holds |") is None
    assert row_of("a sentence") is None


@pytest.mark.parametrize("value", [0.0001, 12, 1234567.0, 99.97])
def test_values_keep_their_digits(value: float) -> None:
    """A figure is printed as it was rounded, also a large one."""
    assert float(Figure("size", value, None).row().measured.replace(",", "")) == value
