"""What a parser says of a file: its functions and types with their lines, and the statement that holds one line."""

import ast
import warnings
from collections.abc import Iterator
from typing import Literal

from bot.model import Record

ANONYMOUS = "<anonymous>"
MAX_SCOPES = 20_000


class Scope(Record, frozen=True):
    """A function or a type: lines `first` to `last` (1-based, decorators included), `line` the one that names it.

    `name` is qualified by what is around it (`Ledger.save`, `Ledger.save.<anonymous>`); `fields` are the lines of a type's fields.
    """

    kind: Literal["function", "type"]
    name: str
    first: int
    last: int
    line: int
    fields: tuple[int, ...] = ()

    @property
    def own_name(self) -> str:
        """The last part of the name."""
        return self.name.rpartition(".")[2]

    def holds(self, line: int) -> bool:
        """Whether the line belongs to it."""
        return self.first <= line <= self.last


class Syntax(Record, frozen=True):
    """The scopes of a file in the order of their beginnings, and the first and last line of the statement at the line that was asked for.

    `doubtful` are lines that the parser could not make sense of, as (first, last).
    """

    scopes: tuple[Scope, ...] = ()
    statement: tuple[int, int] | None = None
    doubtful: tuple[tuple[int, int], ...] = ()

    def around(self, line: int) -> tuple[Scope, ...]:
        """The scopes that hold a line, the outermost first."""
        return tuple(sorted((scope for scope in self.scopes if scope.holds(line)), key=lambda scope: (scope.first, -scope.last)))


def python_syntax(text: str, line: int = 0) -> Syntax | None:
    """The syntax of a Python file; None for what this Python cannot read (another version, nesting too deep, NUL)."""
    tree = parsed(text)
    return Syntax(tuple(_python_scopes(tree)), _python_statement(tree, line) if line else None) if tree else None


def parsed(text: str) -> ast.Module | None:
    """The syntax tree; None for what this Python cannot read."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a SyntaxWarning in somebody's code is not ours to print
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def _python_scopes(tree: ast.Module) -> list[Scope]:
    found: list[Scope] = []
    waiting: list[tuple[ast.AST, str]] = [(tree, "")]
    while waiting and len(found) < MAX_SCOPES:
        node, prefix = waiting.pop()
        for child in ast.iter_child_nodes(node):
            if isinstance(child, _Definition):
                found.append(_python_scope(child, prefix))
                waiting.append((child, f"{prefix}{child.name}."))
            elif not isinstance(child, ast.expr):  # definitions stand in statements only
                waiting.append((child, prefix))
    return sorted(found, key=lambda scope: (scope.first, -scope.last))


def _python_scope(node: _Definition, prefix: str) -> Scope:
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    fields = tuple(one.lineno for one in node.body if isinstance(one, ast.Assign | ast.AnnAssign)) if isinstance(node, ast.ClassDef) else ()
    kind: Literal["function", "type"] = "type" if isinstance(node, ast.ClassDef) else "function"
    return Scope(kind, f"{prefix}{node.name}", first, node.end_lineno or node.lineno, node.lineno, fields)


def _python_statement(tree: ast.Module, line: int) -> tuple[int, int]:
    spans = ((node.lineno, node.end_lineno or node.lineno) for node in _statements(tree) if not hasattr(node, "body"))
    return min((span for span in spans if span[0] <= line <= span[1]), key=lambda span: span[1] - span[0], default=(line, line))


def _statements(tree: ast.Module) -> Iterator[ast.stmt]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.stmt))
