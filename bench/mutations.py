"""Small faults in Python code, one at a time: what `python -m bench.mutants` puts into a module to see whether a test notices."""

import ast
import copy
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple, cast

from bench.mutation_patterns import changed, pattern_changes

_COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
_REACHED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
_PAIRS = ("any all", "min max", "lstrip rstrip", "startswith endswith", "partition rpartition", "lower upper", "find rfind", "match search", "fullmatch match")
_CALLED = {first: second for pair in _PAIRS for first, second in (pair.split(), pair.split()[::-1])} | {"match": "search"}
_EMPTIED = ast.Expr | ast.AugAssign | ast.Raise | ast.Continue | ast.Break | ast.Delete
_IGNORED = {"annotation", "returns", "decorator_list", "bases", "keywords_of_class", "format_spec"}


class Site(NamedTuple):
    """A node where faults may be. `scope`: "body" of a function, "constant" of a module, "definition" (defaults, fields of a class)."""

    node: ast.AST
    parent: ast.AST
    field: str
    position: int | None
    statement: ast.stmt
    scope: str
    name: str


class Mutant(NamedTuple):
    """One fault: the `choice`-th at the `site`-th node of a file. `first` to `last` are the lines of its statement."""

    path: str
    site: int
    choice: int
    operator: str
    scope: str
    name: str
    line: int
    first: int
    last: int
    before: str
    after: str

    @property
    def identity(self) -> str:
        """What it is called in the list of those that are known: no line number, so that it outlives edits elsewhere."""
        return f"{self.path} {self.name}: {self.before} -> {self.after}"


def mutants(path: str, source: str) -> Iterator[Mutant]:
    """Every fault of a module, in the order of its text."""
    for number, site in enumerate(_sites(source)):
        for choice, (operator, instead) in enumerate(_faults(site)):
            first, last = _lines(site.statement)
            before, after = _text(site.node), _text(instead)
            yield Mutant(path, number, choice, operator, site.scope, site.name, getattr(site.node, "lineno", first), first, last, before, after)


def mutated(source: str, mutant: Mutant) -> ast.Module:
    """The module with that fault."""
    tree = ast.parse(source)
    site = list(_walk(tree))[mutant.site]
    _, instead = list(_faults(site))[mutant.choice]
    put = ast.copy_location(instead, site.node)
    if site.position is None:
        setattr(site.parent, site.field, put)
    else:
        getattr(site.parent, site.field)[site.position] = put
    return ast.fix_missing_locations(tree)


def derived(source: str, name: str) -> list[str]:
    """What is assigned in a module, or named by it, that rests on a name: the name itself, and constants that are made of it."""
    found = [part.strip() for part in name.split(",")][:1]
    found[0] = found[0].partition(".")[0]
    for statement in ast.parse(source).body:
        names = {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}
        if isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign) and names.intersection(found):
            found += [part for part in _assigned(statement).split(", ") if part.isidentifier()]
    return list(dict.fromkeys(found))


def _sites(source: str) -> Iterator[Site]:
    yield from _walk(ast.parse(source))


def _walk(tree: ast.Module) -> Iterator[Site]:
    for position, statement in enumerate(tree.body):
        scope = "constant" if isinstance(statement, ast.Assign | ast.AnnAssign) else "definition"
        if not _says_nothing(statement):
            yield from _below(Site(statement, tree, "body", position, statement, scope, _assigned(statement)))


def _below(site: Site) -> Iterator[Site]:
    yield site
    node = site.node
    for field, value in ast.iter_fields(node):
        if field in _IGNORED or (field == "keywords" and isinstance(node, ast.ClassDef)):
            continue
        inside = isinstance(node, ast.FunctionDef) and field == "body"
        named = isinstance(node, ast.FunctionDef | ast.ClassDef)
        scope = "body" if inside or site.scope == "body" else site.scope
        name = f"{site.name}.{node.name}".lstrip(".") if named and isinstance(node, ast.FunctionDef | ast.ClassDef) else site.name
        children = value if isinstance(value, list) else [value]
        for position, child in enumerate(children):
            if not isinstance(child, ast.AST) or (isinstance(child, ast.stmt) and _says_nothing(child)):
                continue
            statement = child if isinstance(child, ast.stmt) else site.statement
            yield from _below(Site(child, node, field, position if isinstance(value, list) else None, statement, scope, name))


def _says_nothing(statement: ast.stmt) -> bool:
    """Documentation, imports, what only the type checker reads."""
    aliased = isinstance(statement, ast.AnnAssign) and ast.unparse(statement.annotation) == "TypeAlias"
    documents = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    typed = isinstance(statement, ast.If) and isinstance(statement.test, ast.Name) and statement.test.id == "TYPE_CHECKING"
    listed = isinstance(statement, ast.Assign) and _assigned(statement) == "__all__"
    return documents or typed or aliased or listed or isinstance(statement, ast.Import | ast.ImportFrom)


def _assigned(statement: ast.stmt) -> str:
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target] if isinstance(statement, ast.AnnAssign) else []
    return ", ".join(ast.unparse(target) for target in targets)


def _faults(site: Site) -> Iterator[tuple[str, ast.AST]]:
    node = site.node
    kept = isinstance(node, ast.Assign) and not isinstance(node.targets[0], ast.Name | ast.Tuple)
    if kept or (isinstance(node, _EMPTIED) and site.scope == "body"):
        yield "statement removed", ast.Pass()
    elif isinstance(node, ast.Return) and node.value is not None and not (isinstance(node.value, ast.Constant) and not node.value.value):
        yield "return", ast.Return(ast.Constant(None))
    for kind, faults in _BY_KIND:
        if isinstance(node, kind):
            for operator, instead in faults(site):
                yield ("default argument" if site.scope == "definition" and isinstance(site.parent, ast.arguments) else operator), instead
    if (
        site.field in ("test", "ifs")
        and isinstance(site.parent, ast.If | ast.IfExp | ast.While | ast.comprehension)
        and not isinstance(node, ast.Compare | ast.UnaryOp)
    ):
        yield "boolean", ast.UnaryOp(ast.Not(), cast("ast.expr", node))


def _comparison(site: Site) -> Iterator[tuple[str, ast.AST]]:
    node = cast("ast.Compare", site.node)
    for number, compared in enumerate(node.ops):
        other = copy.deepcopy(node)
        other.ops[number] = _COMPARED[type(compared)]()
        yield "comparison", other


def _boolean(site: Site) -> Iterator[tuple[str, ast.AST]]:
    node = cast("ast.BoolOp", site.node)
    yield "boolean", ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    for left_out in range(len(node.values)):
        rest = [value for number, value in enumerate(node.values) if number != left_out]
        yield "boolean", rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)


def _arithmetic(site: Site) -> Iterator[tuple[str, ast.AST]]:
    node = cast("ast.BinOp", site.node)
    flags = isinstance(node.op, ast.BitOr) and "re." in ast.unparse(node)
    if type(node.op) in _REACHED and not flags:
        yield "arithmetic", ast.BinOp(node.left, _REACHED[type(node.op)](), node.right)


def _without_sign(site: Site) -> Iterator[tuple[str, ast.AST]]:
    node = cast("ast.UnaryOp", site.node)
    if isinstance(node.op, ast.Not | ast.USub):
        yield ("boolean" if isinstance(node.op, ast.Not) else "arithmetic"), node.operand


def _cut(site: Site) -> Iterator[tuple[str, ast.AST]]:
    node = cast("ast.Slice", site.node)
    if node.lower is not None:
        yield "slice", ast.Slice(None, node.upper, node.step)
    if node.upper is not None:
        yield "slice", ast.Slice(node.lower, None, node.step)


def _called(site: Site) -> Iterator[tuple[str, ast.AST]]:
    node = cast("ast.Call", site.node)
    if isinstance(node.func, ast.Attribute) and node.func.attr in _CALLED:
        yield "call", ast.Call(ast.Attribute(node.func.value, _CALLED[node.func.attr], ast.Load()), node.args, node.keywords)
    elif isinstance(node.func, ast.Name) and node.func.id in _CALLED:
        yield "call", ast.Call(ast.Name(_CALLED[node.func.id], ast.Load()), node.args, node.keywords)


def _constant(site: Site) -> Iterator[tuple[str, ast.AST]]:
    value = cast("ast.Constant", site.node).value
    if isinstance(value, bool):
        yield "constant", ast.Constant(not value)
    elif isinstance(value, int | float):
        yield "constant", ast.Constant(value + 1)
    elif isinstance(value, str) and _is_pattern(value, site):
        for change in pattern_changes(value):
            if _compiles(other := changed(value, change)) or not _compiles(value):
                yield change.operator, ast.Constant(other)
    elif isinstance(value, str):
        yield "string", ast.Constant("" if value else "mutant")


def _is_pattern(value: str, site: Site) -> bool:
    """Whether a string is (a part of) a regular expression: in a call of `re`, or with signs that only one has."""
    whole = ast.unparse(site.statement) if isinstance(site.statement, ast.Assign | ast.AnnAssign | ast.Return) else ""
    return "regex(" in whole or "re.compile(" in whole or re.search(r"\\[bdswSDWAZ]|\(\?[:=!<Pi]|\[\^|\][*+?{]", value) is not None


def _compiles(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True


_BY_KIND: tuple[tuple[type[ast.AST], Callable[[Site], Iterator[tuple[str, ast.AST]]]], ...] = (
    (ast.Compare, _comparison),
    (ast.BoolOp, _boolean),
    (ast.BinOp, _arithmetic),
    (ast.UnaryOp, _without_sign),
    (ast.Slice, _cut),
    (ast.Call, _called),
    (ast.Constant, _constant),
)


def _lines(statement: ast.stmt) -> tuple[int, int]:
    """The lines of a statement; of one with a body those before the body."""
    body = getattr(statement, "body", None)
    last = statement.end_lineno or statement.lineno
    return statement.lineno, max(statement.lineno, body[0].lineno - 1) if body else last


def _text(node: ast.AST) -> str:
    text = " ".join(ast.unparse(ast.fix_missing_locations(copy.deepcopy(node))).split()) if not isinstance(node, ast.Slice) else _slice(node)
    return text if len(text) <= 200 else f"{text[:200]}…"


def _slice(node: ast.Slice) -> str:
    return ":".join("" if part is None else ast.unparse(part) for part in (node.lower, node.upper))
