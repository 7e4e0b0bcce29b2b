"""Expressions are compiled when they are first used, and answer as `re.compile` does."""

import ast
import re
from pathlib import Path

import pytest

from bot.regex import regex

BOT = Path(__file__).resolve().parent.parent / "bot"


def test_an_expression_answers_as_a_compiled_one() -> None:
    """Every method, the first time and the second."""
    late, whole = regex(r"(?P<key>\w+)=(\d*)", re.IGNORECASE), re.compile(r"(?P<key>\w+)=(\d*)", re.IGNORECASE)
    text = "A=1, b=22"
    for _ in range(2):
        first = late.search(text, 1)

        assert first is not None
        assert (first["key"], first.span()) == ("b", (5, 9))
        assert (late.findall(text), late.split(text)) == (whole.findall(text), whole.split(text))
        assert (late.sub(r"\1", text), late.subn("", text, count=1)) == (whole.sub(r"\1", text), whole.subn("", text, count=1))
        assert [found.span() for found in late.finditer(text)] == [found.span() for found in whole.finditer(text)]
        assert (late.match(","), late.fullmatch(text)) == (None, None)


def test_bytes_have_expressions_too() -> None:
    """As for text."""
    assert regex(rb"\d+").findall(b"1 and 22") == [b"1", b"22"]


def test_what_is_wrong_is_told_at_the_first_use() -> None:
    """The pattern's own error; making it costs nothing and says nothing."""
    wrong = regex("(")

    with pytest.raises(re.error):
        wrong.match("")


def test_no_module_compiles_while_it_is_imported() -> None:
    """A command would wait for hundreds of expressions that it does not use; what reads traces is measured by the trace, and is made at once."""
    sources = {path: path.read_text(encoding="utf-8") for path in sorted(BOT.rglob("*.py")) if path.parent.name not in ("stacktrace", "signature")}
    eager = [f"{path}:{call.lineno}" for path, source in sources.items() if "re.compile(" in source for call in _at_import(ast.parse(source))]

    assert eager == []


def _at_import(node: ast.AST) -> list[ast.Call]:
    """Calls of `re.compile` outside functions."""
    if isinstance(node, ast.FunctionDef | ast.Lambda):
        return []
    found = [node] if isinstance(node, ast.Call) and ast.unparse(node.func) == "re.compile" else []
    return [*found, *(call for inner in ast.iter_child_nodes(node) for call in _at_import(inner))]
