"""Where the function around a line begins and ends: exactly for Python, by indentation for everything else."""

import ast
import re
import warnings

from bot.model import Record

WINDOW = 12
"""Lines shown on either side where no function can be told."""
LONGEST = 120
"""Lines of one function that are shown; a longer one is cut around the line."""

_HEADER = re.compile(
    r"\b(?:def|func|fn|fun|function|sub|method|proc)\s+(?:\([^)]{0,80}\)\s*)?(?P<keyword>[\w$]{1,80})"
    r"|(?P<called>[\w$~]{1,80})\s*(?:<[^>]{0,80}>)?\([^;]{0,300}$"
    r"|(?P<arrow>[\w$]{1,80})\s*[=:]\s*(?:async\s*)?(?:function\b|\([^;=]{0,200}=>)"
)
_NO_FUNCTION = frozenset(
    {"if", "for", "while", "switch", "catch", "else", "try", "with", "elif", "except", "return", "match", "do", "synchronized", "using", "when"}
)


class Enclosure(Record, frozen=True):
    """Lines `first` to `last` (1-based, both included) around a line; `exact` when a parser said so.

    `statement` are the first and last line of the statement that holds the line.
    """

    function: str
    first: int
    last: int
    statement: tuple[int, int]
    exact: bool = True


def enclosing(text: str, line: int, path: str) -> Enclosure | None:
    """The function around `line` of a file; None when the file has no such line."""
    lines = lines_of(text)
    if not 1 <= line <= len(lines):
        return None
    tree = parsed(text) if path.endswith((".py", ".pyi")) else None
    return _in_tree(tree, line, len(lines)) if tree else _by_indentation(lines, line)


def lines_of(text: str) -> list[str]:
    """Lines as git and compilers count them: a form feed or a Unicode separator ends none."""
    lines = text.replace("\r\n", "\n").split("\n")
    return lines[:-1] if lines[-1] == "" else lines


def defined(text: str, function: str, path: str) -> Enclosure | None:
    """The only Python function of that name (qualified or not), for a frame whose line belongs to another version."""
    tree = parsed(text) if path.endswith((".py", ".pyi")) else None
    name = function.rpartition(".")[2]
    found = [(node, qualified) for node, qualified in _functions(tree) if node.name == name] if tree else []
    if len(found) != 1:
        return None
    node, qualified = found[0]
    return Enclosure(qualified, _first(node), node.end_lineno or node.lineno, (node.lineno, node.lineno))


def parsed(text: str) -> ast.Module | None:
    """The syntax tree; None for what this Python cannot read (another version, nesting too deep, NUL)."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a SyntaxWarning in somebody's code is not ours to print
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


_Function = ast.FunctionDef | ast.AsyncFunctionDef


def _functions(tree: ast.Module) -> list[tuple[_Function, str]]:
    found: list[tuple[_Function, str]] = []
    waiting: list[tuple[ast.AST, str]] = [(tree, "")]
    while waiting:
        node, prefix = waiting.pop()
        for child in ast.iter_child_nodes(node):
            named = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            qualified = f"{prefix}{child.name}" if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) else ""
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                found.append((child, qualified))
            waiting.append((child, f"{qualified}." if named else prefix))
    return found


def _first(node: _Function) -> int:
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])


def _in_tree(tree: ast.Module, line: int, total: int) -> Enclosure:
    around = [(node, name) for node, name in _functions(tree) if _first(node) <= line <= (node.end_lineno or node.lineno)]
    if not around:
        return Enclosure("<module>", max(1, line - WINDOW), min(total, line + WINDOW), _statement(tree, line))
    node, name = max(around, key=lambda pair: _first(pair[0]))
    return Enclosure(name, _first(node), node.end_lineno or node.lineno, _statement(node, line))


def _statement(within: ast.AST, line: int) -> tuple[int, int]:
    simple = (
        (node.lineno, node.end_lineno or node.lineno)
        for node in ast.walk(within)
        if isinstance(node, ast.stmt) and not hasattr(node, "body") and node.lineno <= line <= (node.end_lineno or node.lineno)
    )
    return min(simple, key=lambda span: span[1] - span[0], default=(line, line))


def _indent(text: str) -> int:
    return len(text.expandtabs(4)) - len(text.expandtabs(4).lstrip())


def _by_indentation(lines: list[str], line: int) -> Enclosure:
    depth = _indent(lines[line - 1]) if lines[line - 1].strip() else WINDOW * 4
    for number in range(line - 1, max(0, line - 1 - 4 * LONGEST), -1):
        text = lines[number - 1]
        if not text.strip() or _indent(text) >= depth:
            continue
        depth = _indent(text)
        header = _HEADER.search(text[:400])
        name = next((part for part in header.groups() if part), "") if header else ""
        if name and name not in _NO_FUNCTION:
            return Enclosure(name, number, _end(lines, line, depth), (line, line), exact=False)
    return Enclosure("", max(1, line - WINDOW), min(len(lines), line + WINDOW), (line, line), exact=False)


def _end(lines: list[str], line: int, depth: int) -> int:
    for number in range(line + 1, min(len(lines), line + 4 * LONGEST) + 1):
        text = lines[number - 1]
        if text.strip() and _indent(text) <= depth:
            return number if text.strip()[0] in "})]" or text.strip().startswith("end") else number - 1
    return min(len(lines), line + LONGEST)
