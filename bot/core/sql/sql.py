"""The guard before a database: one plain SELECT with explicit columns and a bounded LIMIT, checked on PostgreSQL's own parse tree."""

from collections.abc import Iterator, Sequence
from typing import TypeAlias

import msgspec
import pgparse

from bot.core.sql.names import CATALOGUES, FUNCTIONS, INFORMATION_SCHEMA, NODES, SETTINGS, TYPES
from bot.errors import RefusedQuery
from bot.regex import regex

MOST_ROWS = 1_000
LONGEST = 20_000
"""Characters of a statement."""
_LARGEST_COUNT = 10_000
"""Repetitions that `repeat` and its like may be told, so that a query cannot fill the memory."""
_LARGEST_SERIES = 10_000_000
_NOT_TEXT = regex(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff]")
_REPEATING = frozenset({"repeat", "lpad", "rpad"})

Tree: TypeAlias = "dict[str, Tree] | list[Tree] | str | int | float | bool | None"
Node: TypeAlias = dict[str, "Tree"]


def guarded(sql: str, most_rows: int = MOST_ROWS) -> str:
    """The statement, unchanged, when it may run. Raises RefusedQuery with the first thing that stands against it.

    It may run when it is one SELECT whose every syntax node, function, operator, type and catalogue is on the lists of
    `names`, that names its columns, locks nothing, writes nothing, and ends in a constant LIMIT of at most `most_rows`.
    """
    for cause in _objections(sql, most_rows):
        raise RefusedQuery("checking a database query", cause, "write one plain SELECT with named columns and a constant LIMIT, without side effects")
    return sql


def allowed(sql: str, most_rows: int = MOST_ROWS) -> bool:
    """Whether `guarded` lets it pass."""
    return next(_objections(sql, most_rows), None) is None


def syntax(sql: str) -> list[tuple[str, Node]]:
    """Every node of a query's parse tree with its name. Raises RefusedQuery for what is no single SELECT."""
    select, cause = _parsed(sql)
    if select is None:
        raise RefusedQuery("reading a database query", cause, "write one plain SELECT")
    return list(_nodes(select))


def _objections(sql: str, most_rows: int) -> Iterator[str]:
    select, cause = _parsed(sql)
    if select is None:
        yield cause
        return
    nodes = list(_nodes(select))
    yield from _clauses(nodes)
    yield from _stars(nodes)
    yield from _limit(select, most_rows)
    yield from filter(None, (_objection(name, node) for name, node in nodes))
    yield from (f"`{name}` is not allowed in it" for name, _ in nodes if name not in NODES)


def _parsed(sql: str) -> tuple[Node | None, str]:
    if len(sql) > LONGEST:
        return None, f"it is longer than {LONGEST} characters"
    if _NOT_TEXT.search(sql):
        return None, "it holds control characters"
    try:
        statements = msgspec.convert(pgparse.parse(sql), list[dict[str, object]])
    except pgparse.PGQueryError as error:
        return None, f"PostgreSQL's parser does not take it: {str(error)[:200]}"
    except (RecursionError, ValueError):
        return None, "it is nested too deeply, or is no text"
    if len(statements) != 1:
        return None, f"it holds {len(statements)} statements" if statements else "it holds no statement"
    statement = statements[0].get("stmt")
    select = statement.get("SelectStmt") if isinstance(statement, dict) else None
    return (select, "") if isinstance(select, dict) else (None, "it is no SELECT")


def _nodes(tree: Tree) -> Iterator[tuple[str, Node]]:
    """Every node with its name: libpg_query writes names in capitals and fields in small letters. The statement itself first."""
    yield "SelectStmt", tree if isinstance(tree, dict) else {}
    waiting: list[Tree] = [tree]
    while waiting:
        here = waiting.pop()
        for key, value in here.items() if isinstance(here, dict) else enumerate(here) if isinstance(here, list) else ():
            if isinstance(key, str) and key[:1].isupper():
                yield key, value if isinstance(value, dict) else {}
            elif key in ("larg", "rarg") and isinstance(value, dict):
                yield "SelectStmt", value  # the halves of a UNION stand without their name
            elif key == "typeName" and isinstance(value, dict):
                yield "TypeCast", {"names": value.get("names")}
            waiting.append(value)


def _clauses(nodes: Sequence[tuple[str, Node]]) -> Iterator[str]:
    for _, node in nodes:
        if "intoClause" in node:
            yield "SELECT INTO makes a table"
        if "lockingClause" in node:
            yield "FOR UPDATE and its like lock rows"


def _stars(nodes: Sequence[tuple[str, Node]]) -> Iterator[str]:
    """`*`, `o.*`, and a table's name used as a column, which is its whole row."""
    whole = set(_tables(nodes))
    for name, node in nodes:
        if name != "ColumnRef":
            continue
        fields = node.get("fields")
        parts = fields if isinstance(fields, list) else []
        if any(isinstance(part, dict) and "A_Star" in part for part in parts):
            yield "name the columns instead of `*`"
        if len(parts) == 1 and words_of(parts) and words_of(parts)[0] in whole:
            yield f"`{words_of(parts)[0]}` is a whole row: name its columns"


def _tables(nodes: Sequence[tuple[str, Node]]) -> Iterator[str]:
    for name, node in nodes:
        alias = node.get("alias")
        called = alias.get("aliasname") if isinstance(alias, dict) else node.get("relname")
        if called and name in {"RangeVar", "RangeSubselect"}:
            yield str(called)


def _objection(name: str, node: Node) -> str | None:
    if name == "FuncCall":
        return _function(node)
    if name == "RangeVar":
        return _relation(node)
    if name == "TypeCast":
        return _type(node)
    operators = [words_of(node.get(key)) for key in ("name", "operName", "useOp")] if name in {"A_Expr", "SubLink", "SortBy"} else []
    if any(_schema(words) not in ("", "pg_catalog") for words in operators):
        return "operators of a schema are functions that nobody here knows"
    return None


def _function(node: Node) -> str | None:
    words = words_of(node.get("funcname"))
    called = words[-1] if words else ""
    if _schema(words) not in ("", "pg_catalog") or called not in FUNCTIONS:
        return f"the function `{'.'.join(words)[:80]}` is not on the list of those that only read"
    given = node.get("args")
    arguments = given if isinstance(given, list) else []
    if called == "current_setting" and _text(arguments[0] if arguments else None) not in SETTINGS:
        return "`current_setting` may be asked for plain limits only"
    numbers = [_integer(argument) for argument in arguments]
    if called in _REPEATING and not any(number is not None and number <= _LARGEST_COUNT for number in numbers):
        return f"`{called}` needs a constant count of at most {_LARGEST_COUNT}"
    if called in _REPEATING and any(words_of(inner.get("funcname"))[-1:] == [called] for _, inner in _nodes(given)):
        return f"`{called}` within itself"
    constants = [number for number in numbers if number is not None]
    if called == "generate_series" and len(constants) > 1 and abs(constants[1] - constants[0]) > _LARGEST_SERIES:
        return f"`generate_series` over more than {_LARGEST_SERIES} values"
    return None


def _relation(node: Node) -> str | None:
    schema, name = str(node.get("schemaname") or ""), str(node.get("relname") or "")
    if node.get("catalogname"):
        return "a table of another database"
    if schema == "information_schema":
        return None if name in INFORMATION_SCHEMA else f"`information_schema.{name[:80]}` may hold secrets or source"
    if schema in ("pg_catalog", "pg_toast") or name.startswith("pg_"):
        return None if schema != "pg_toast" and name in CATALOGUES else f"the catalogue `{name[:80]}` may hold secrets"
    return None


def _type(node: Node) -> str | None:
    words = words_of(node.get("names"))
    # The tree of a cast names its type twice, once under `typeName`; only that one has names.
    if not words or (_schema(words) in ("", "pg_catalog") and words[-1] in TYPES):
        return None
    return f"a cast to `{'.'.join(words)[:80]}`, whose input may run anything"


def _limit(select: Node, most_rows: int) -> Iterator[str]:
    count = select.get("limitCount")
    if count is None or select.get("limitOption") != "LIMIT_OPTION_COUNT":
        yield "it has no LIMIT of its own"
        return
    rows = _integer(count)
    if rows is None or not 0 <= rows <= most_rows:
        yield f"its LIMIT is not a constant of at most {most_rows}"


def _schema(words: Sequence[str]) -> str:
    return ".".join(words[:-1])


def words_of(names: Tree) -> list[str]:
    """The parts of a name, as `schema.table` has two; nothing of a tree that is no name."""
    found = [name.get("String") for name in names if isinstance(name, dict)] if isinstance(names, list) else []
    return [str(word.get("sval", "")) for word in found if isinstance(word, dict)]


def _constant(tree: Tree, kind: str) -> Tree:
    held = tree.get("A_Const") if isinstance(tree, dict) else None
    value = held.get(kind) if isinstance(held, dict) else None
    return value.get(kind, 0 if kind == "ival" else "") if isinstance(value, dict) else None


def _integer(tree: Tree) -> int | None:
    value = _constant(tree, "ival")
    return value if isinstance(value, int) else None


def _text(tree: Tree) -> str | None:
    value = _constant(tree, "sval")
    return value if isinstance(value, str) else None
