"""What a query reads, by PostgreSQL's own parse tree: for the person who is asked to approve it."""

from collections.abc import Sequence

from bot.core.sql.sql import Node, Tree, guarded, syntax, words_of
from bot.model import Record

_MOST = 12
"""Tables, and columns of a table, that are named."""


class TableRead(Record, frozen=True):
    """A table, with the columns that are certainly its own."""

    name: str
    columns: tuple[str, ...] = ()


class Reading(Record, frozen=True):
    """What is read. `columns` are those of which the text does not say whose they are; `functions` what is computed."""

    tables: tuple[TableRead, ...] = ()
    columns: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    rows: int | None = None
    """The query's own limit."""
    filtered: bool = True
    """Whether a WHERE says which rows, in the query itself or in a part of it."""


def reading(sql: str) -> Reading:
    """Tables, columns and functions of a query. Raises RefusedQuery for what is no single SELECT."""
    nodes = syntax(sql)
    named = {str(node.get("ctename")) for name, node in nodes if name == "CommonTableExpr"}
    ranges = [node for name, node in nodes if name == "RangeVar" and (node.get("schemaname") or str(node.get("relname")) not in named)]
    tables = dict.fromkeys(map(_table, ranges))
    owners = {table: table for table in tables} | {_called(node): _table(node) for node in ranges}
    owned: dict[str, list[str]] = {table: [] for table in tables}
    loose: list[str] = []
    aliases = {id(key) for name, node in nodes if name == "SelectStmt" for key in _sorted_by_alias(node)}
    for name, node in nodes:
        parts = words_of(node.get("fields")) if name == "ColumnRef" and id(node) not in aliases else []
        if not parts:
            continue
        owner = owners.get(".".join(parts[-3:-1])) if len(parts) > 1 else next(iter(tables)) if len(tables) == 1 and not named else None
        if owner is not None:
            owned[owner].append(parts[-1])
        elif len(parts) == 1 or parts[-2] not in named:
            loose.append(parts[-1])
    functions = (".".join(words_of(node.get("funcname"))) for name, node in nodes if name == "FuncCall")
    read = tuple(TableRead(table, _few(columns)) for table, columns in sorted(owned.items())[:_MOST])
    filtered = any("whereClause" in node for name, node in nodes if name == "SelectStmt")
    return Reading(read, _few(loose), _few(list(functions)), _limit(nodes[0][1]), filtered)


def checks(sql: str, most_rows: int) -> tuple[str, ...]:
    """The checks that the query passed, each in words. Raises RefusedQuery with the first one that it does not pass."""
    guarded(sql, most_rows)
    rows = reading(sql).rows
    return (
        "one plain SELECT by PostgreSQL's own parser",
        "its columns are named, no whole row is read",
        "its functions, types and catalogues are on the list of those that only read",
        "it locks nothing and writes nothing",
        f"it ends in LIMIT {rows}",
    )


def _table(node: Node) -> str:
    return ".".join(filter(None, (str(node.get("schemaname") or ""), str(node.get("relname")))))


def _called(node: Node) -> str:
    """What the query calls it: a table with an alias goes by that alone."""
    alias = node.get("alias")
    return str(alias.get("aliasname")) if isinstance(alias, dict) else str(node.get("relname"))


def _sorted_by_alias(select: Node) -> list[Node]:
    """The keys of its ORDER BY that are no columns, but names that its own select list gives.

    postgresql.org/docs/current/sql-select.html, ORDER BY: a plain name that is both means the output column. In GROUP BY, and within an
    expression, it is the table's column: there a name stays listed.
    """
    first = select
    while isinstance(half := first.get("larg"), dict):
        first = half  # a UNION is sorted by the names of its first half
    given = {str(target.get("name")) for target in _inner(first.get("targetList"), "ResTarget") if target.get("name")}
    keys = _inner([key.get("node") for key in _inner(select.get("sortClause"), "SortBy")], "ColumnRef")
    return [key for key in keys if len(words := words_of(key.get("fields"))) == 1 and words[0] in given]


def _inner(items: Tree, name: str) -> list[Node]:
    """Those of a list's nodes that have this name."""
    found = [item.get(name) for item in items if isinstance(item, dict)] if isinstance(items, list) else []
    return [node for node in found if isinstance(node, dict)]


def _limit(select: Node) -> int | None:
    count: Tree = select.get("limitCount")
    for key in ("A_Const", "ival"):
        count = count.get(key) if isinstance(count, dict) else None
    value = count.get("ival", 0) if isinstance(count, dict) else None
    return value if isinstance(value, int) else None


def _few(names: Sequence[str]) -> tuple[str, ...]:
    once = sorted(set(names))
    return (*once[:_MOST], f"and {len(once) - _MOST} more") if len(once) > _MOST else tuple(once)
