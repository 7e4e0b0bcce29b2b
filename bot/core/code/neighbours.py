"""What stands around the failing function in its file: the head and the fields of its class, and the functions that the failing line calls."""

from bot.core.code.enclosing import Enclosure
from bot.core.code.syntax import ANONYMOUS, Scope, Syntax
from bot.regex import regex

MAX_LINES = 14
_MAX_FIELDS = 6
_MAX_CALLED = 6
_CALLED = regex(r"([A-Za-z_$][\w$]{1,80}[?!]?)\s{0,2}(?:<[\w, .]{0,80}>|!|::<[\w, ]{0,80}>)?\s{0,2}\(")
_WORD = regex(r"[A-Za-z_$][\w$]{1,80}[?!]?")
_WITHOUT_BRACKETS = (".rb", ".rake", ".ex", ".exs", ".scala")
_LONGEST_STATEMENT = 40
_MAX_NAMES = 60


def neighbours(lines: list[str], syntax: Syntax, around: Enclosure, path: str) -> tuple[int, ...]:
    """The numbers of the lines to show beside the function, in the order of the file; none of them stands in it."""
    wanted = [*_class_lines(syntax, around)[: _MAX_FIELDS + 1], *_called_lines(lines, syntax, around, path)]
    outside = [line for line in dict.fromkeys(wanted) if not around.first <= line <= around.last and 1 <= line <= len(lines)]
    return tuple(sorted(outside[:MAX_LINES]))


def _class_lines(syntax: Syntax, around: Enclosure) -> list[int]:
    owner = around.function.removesuffix(f".{ANONYMOUS}").rpartition(".")[0]
    # Go's methods and Rust's stand outside of the struct that has the fields.
    types = [scope for scope in syntax.scopes if scope.kind == "type" and owner and scope.name == owner]
    return [line for scope in sorted(types, key=lambda scope: -len(scope.fields))[:1] for line in (scope.line, *scope.fields)]


def _called_lines(lines: list[str], syntax: Syntax, around: Enclosure, path: str) -> list[int]:
    first, last = around.statement
    if last - first > _LONGEST_STATEMENT:
        return []
    statement = "\n".join(line[:400] for line in lines[first - 1 : last])
    pattern = _WORD if path.endswith(_WITHOUT_BRACKETS) else _CALLED
    names = list(dict.fromkeys(match[1] if pattern is _CALLED else match[0] for match in pattern.finditer(statement)))[:_MAX_NAMES]
    by_name: dict[str, list[Scope]] = {}
    for scope in syntax.scopes:
        if scope.kind == "function":
            by_name.setdefault(scope.own_name, []).append(scope)
    owner = around.function.rpartition(".")[0]
    called = [_nearest(by_name[name], owner) for name in names if name in by_name and name != around.function.rpartition(".")[2]]
    return [scope.line for scope in called[:_MAX_CALLED]]


def _nearest(scopes: list[Scope], owner: str) -> Scope:
    """Of several functions of a name that of the same class."""
    return next((scope for scope in scopes if scope.name.rpartition(".")[0] == owner), scopes[0])
