"""Where the function around a line begins and ends: as a parser says, by indentation where there is none."""

from bot.core.code.syntax import ANONYMOUS, Scope, Syntax, python_syntax
from bot.model import Record
from bot.regex import regex

WINDOW = 12
"""Lines shown on either side where no function can be told."""
LONGEST = 120
"""Lines of one function that are shown; a longer one is cut around the line."""
TOP = "<module>"

_HEADER = regex(
    r"\b(?:def|func|fn|fun|function|sub|method|proc)\s+(?:\([^)]{0,80}\)\s*)?(?P<keyword>[\w$]{1,80})"
    r"|(?P<called>[\w$~]{1,80})\s*(?:<[^>]{0,80}>)?\([^;]{0,300}$"
    r"|(?P<arrow>[\w$]{1,80})\s*[=:]\s*(?:async\s*)?(?:function\b|\([^;=]{0,200}=>)"
)
_NO_FUNCTION = frozenset(
    {"if", "for", "while", "switch", "catch", "else", "try", "with", "elif", "except", "return", "match", "do", "synchronized", "using", "when"}
)


class Enclosure(Record, frozen=True):
    """Lines `first` to `last` (1-based, both included) around a line; `exact` when a parser said so.

    `statement` are the first and last line of the statement that holds the line; `around` the qualified names of all functions and
    types that hold it, the outermost first.
    """

    function: str
    first: int
    last: int
    statement: tuple[int, int]
    exact: bool = True
    around: tuple[str, ...] = ()


def enclosing(text: str, line: int, path: str, syntax: Syntax | None = None) -> Enclosure | None:
    """The function around `line` of a file; None when the file has no such line. Python needs no `syntax` from elsewhere."""
    lines = lines_of(text)
    if not 1 <= line <= len(lines):
        return None
    known = syntax or _own_syntax(text, path, line)
    found = _by_syntax(known, lines, line) if known else None
    return found or _by_indentation(lines, line)


def lines_of(text: str) -> list[str]:
    """Lines as git and compilers count them: a form feed or a Unicode separator ends none."""
    lines = text.replace("\r\n", "\n").split("\n")
    return lines[:-1] if lines[-1] == "" else lines


def defined(text: str, function: str, path: str, syntax: Syntax | None = None) -> Enclosure | None:
    """The only function of that name (`save`, `Ledger.save`), for a frame whose line belongs to another version."""
    known = syntax or _own_syntax(text, path, 0)
    if known is None:
        return None
    name = function.rpartition(".")[2]
    found = [scope for scope in known.scopes if scope.kind == "function" and scope.own_name == name]
    qualified = [scope for scope in found if f".{scope.name}".endswith(f".{function}")]
    if len(found) != 1:
        found = qualified
    if len(found) != 1:
        return None
    return _of_scope(found[0], (found[0].line, found[0].line), known.around(found[0].line))


def _own_syntax(text: str, path: str, line: int) -> Syntax | None:
    return python_syntax(text, line) if path.endswith((".py", ".pyi")) else None


def _by_syntax(syntax: Syntax, lines: list[str], line: int) -> Enclosure | None:
    around = syntax.around(line)
    statement = syntax.statement or (line, line)
    functions = [scope for scope in around if scope.kind == "function"]
    scope = _shown_function(functions)
    if scope is not None:
        return _of_scope(scope, statement, around) if _sound(scope, syntax, lines) else None
    if any(first <= line <= last for first, last in syntax.doubtful):
        return None
    within = (around[-1].first, around[-1].last) if around else (1, len(lines))
    first, last = max(within[0], line - WINDOW), min(within[1], line + WINDOW)
    return Enclosure(around[-1].name if around else TOP, first, last, statement, around=tuple(one.name for one in around))


def _shown_function(functions: list[Scope]) -> Scope | None:
    """The innermost function with a name; one without where that is the only one, or the named one is too long to be shown."""
    named = [scope for scope in functions if scope.own_name != ANONYMOUS]
    if not named:
        return functions[0] if functions else None
    inner = [scope for scope in functions if scope.own_name == ANONYMOUS and scope.first >= named[-1].first]
    too_long = named[-1].last - named[-1].first >= LONGEST
    return next((scope for scope in inner if scope.last - scope.first < LONGEST), named[-1]) if too_long else named[-1]


def _sound(scope: Scope, syntax: Syntax, lines: list[str]) -> bool:
    """Whether its bounds can be believed: nothing doubtful in it, or its last line is indented as the one that names it."""
    if not any(first <= scope.last and scope.first <= last for first, last in syntax.doubtful):
        return True
    return scope.last <= len(lines) and _indent(lines[scope.last - 1]) == _indent(lines[scope.line - 1])


def _of_scope(scope: Scope, statement: tuple[int, int], around: tuple[Scope, ...]) -> Enclosure:
    return Enclosure(scope.name, scope.first, scope.last, statement, around=tuple(one.name for one in around))


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
