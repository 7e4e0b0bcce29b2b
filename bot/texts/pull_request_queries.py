"""The queries of a diagnosis as the person meets them who may approve them: what, why, what is read, what was checked, and the words that let it run."""

from collections.abc import Sequence

from bot.core.plain_text.plain_text import cut, one_line
from bot.core.sql.approvable_query import LONGEST_SQL, SECTION, ApprovableQuery, shown_sql
from bot.core.sql.reading import Reading, checks, reading
from bot.core.sql.sql import MOST_ROWS
from bot.errors import RefusedQuery
from bot.model import WantedQuery
from bot.texts.markdown import code, fence, inline, sentence

MAX_QUERIES = 10
MAX_LINE = 600


def queries_section(queries: tuple[WantedQuery, ...], environment: str) -> str:
    """Shown, never run from here. `environment` names the database they would run on."""
    shown = [_block(number, query, environment) for number, query in enumerate(queries[:MAX_QUERIES], start=1)]
    return (
        "\n\n".join((f"## {SECTION}", "None of them has run. Each runs once, read-only, after a person who may write here has approved it.", *shown))
        if shown
        else ""
    )


def approvable(queries: Sequence[WantedQuery], environment: str) -> tuple[ApprovableQuery, ...]:
    """The queries as they are shown, those that the guard refuses left out."""
    shown = (_shown(query, environment) for query in queries[:MAX_QUERIES])
    return tuple(query for query in shown if not isinstance(query, RefusedQuery))


def prompt(query: ApprovableQuery) -> str:
    """The same for a terminal, before it asks."""
    lines = [f"query {query.digest}", f"  why:      {one_line(query.purpose)}", f"  database: {one_line(query.database)}"]
    lines += [f"  reads:    {one_line(_plain_reads(reading(query.sql)))}"]
    lines += [f"  expected: {one_line(query.expected_rows)}"] if query.expected_rows else []
    lines += [f"  checked:  {one}" for one in checks(query.sql, MOST_ROWS)]
    return "\n".join((*lines, "", *(f"    {line}" for line in query.sql.split("\n"))))


def _block(number: int, query: WantedQuery, environment: str) -> str:
    why = _line(query.purpose)
    head = f"### Query {number}: {why}" if why else f"### Query {number}"
    shown = _shown(query, environment)
    if isinstance(shown, RefusedQuery):
        refused = f"**Refused:** {_line(shown.cause)}. It cannot be approved; {_line(shown.remedy)}."
        return "\n\n".join((head, refused, fence(cut(query.sql, LONGEST_SQL))))
    facts = (
        f"- **Database:** {code(shown.database)}",
        f"- **Reads:** {_reads(reading(shown.sql))}",
        f"- **Expected rows:** {_line(query.expected_rows) or 'not said'}",
        f"- **Checked:** {'; '.join(checks(shown.sql, MOST_ROWS))}",
        f"- **Digest:** {code(shown.digest)}",
    )
    return "\n\n".join((head, "\n".join(facts), fence(query.sql, "sql"), "To let exactly this run, comment:", fence(f"/approve-query {shown.digest}")))


def _shown(query: WantedQuery, environment: str) -> ApprovableQuery | RefusedQuery:
    """The query as its fence shows it: what a reader cannot see does not run either."""
    sql = shown_sql(fence(query.sql, "sql"))
    database = cut(one_line(environment), 100)
    try:
        if len(sql) > LONGEST_SQL:
            raise RefusedQuery("showing a database query", f"it is longer than {LONGEST_SQL:,} characters", "write it shorter")
        if not database or "`" in database:
            raise RefusedQuery("showing a database query", "the alert names no database that it could run on", "name the environment in the configuration")
        checks(sql, MOST_ROWS)
    except RefusedQuery as error:
        return error
    return ApprovableQuery(sql, database, query.purpose, query.expected_rows)


def _reads(read: Reading) -> str:
    tables = (f"{_names((table.name,))} ({_names(table.columns)})" if table.columns else _names((table.name,)) for table in read.tables)
    computed = f"computes {_names(read.functions)}" if read.functions else ""
    parts = (*tables, f"columns {_names(read.columns)}" if read.columns else "", computed, _whole(read))
    return "; ".join(part for part in parts if part) or "no table"


def _plain_reads(read: Reading) -> str:
    tables = (f"{table.name} ({', '.join(table.columns)})" if table.columns else table.name for table in read.tables)
    computed = f"computes {', '.join(read.functions)}" if read.functions else ""
    parts = (*tables, f"columns {', '.join(read.columns)}" if read.columns else "", computed, _whole(read))
    return "; ".join(part for part in parts if part) or "no table"


def _whole(read: Reading) -> str:
    return "" if read.filtered or not read.tables else "no WHERE, so every row may be read"


def _names(names: tuple[str, ...]) -> str:
    return ", ".join(inline(name) if name.startswith("and ") else code(cut(one_line(name), 80)) for name in names)


def _line(text: str) -> str:
    return sentence(cut(one_line(text), MAX_LINE))
