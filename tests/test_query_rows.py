"""The rows of a database as evidence, and the questions that are put to a database about its own state."""

from datetime import UTC, datetime

import pytest

from bot.core.sql.health_queries import POSTGRESQL
from bot.core.sql.query_answers import results_of
from bot.core.sql.query_result import QueryResult, limited, table
from bot.core.sql.reading import Reading, TableRead, checks, reading
from bot.core.sql.sql import allowed, syntax
from bot.errors import RefusedQuery
from bot.model import Evidence
from bot.model.review import Remark

NOON = datetime(2025, 12, 17, 12, tzinfo=UTC)
ANSWER = "The query ran on `prod`, read-only and once:\n\n```sql\nSELECT id FROM orders\nLIMIT 5\n```\n\n````text\nid\n```\n7\n````\n"


def said(text: str) -> Remark:
    """A comment of the bot's."""
    return Remark(1, 7, "errata[bot]", text, NOON)


def over(columns: list[str], tables: list[str]) -> str:
    """A query of these columns from these tables."""
    return f"SELECT {', '.join(columns)} FROM {', '.join(tables)} LIMIT 1"  # noqa: S608 - never runs


def test_a_cell_is_one_short_line() -> None:
    """No value is told as NULL, bytes as their number, text cut at 300 characters with its line ends as spaces."""
    result = limited(["a", "b", "c", "d", "e"], [(None, b"xyz", "one\ntwo", 12, "x" * 301)], 5, 1_000)

    assert result.rows[0][:4] == ("NULL", "3 bytes", "one two", "12")
    assert len(result.rows[0][4]) == 300
    assert result.rows[0][4].startswith("x" * 290)
    assert result.complete


def test_rows_end_at_the_most_that_was_asked_for() -> None:
    """Exactly so many are whole; one more is said to be left out, and no further one is read."""
    rows = iter([("1",), ("2",), ("3",), ("4",)])

    assert limited(["n"], [("1",), ("2",)], 2, 100) == QueryResult(("n",), (("1",), ("2",)))
    assert limited(["n"], rows, 2, 100) == QueryResult(("n",), (("1",), ("2",)), complete=False)
    assert next(rows) == ("4",)


def test_rows_end_at_the_most_bytes() -> None:
    """All cells of all rows are counted, in UTF-8; what cannot be written so counts, too."""
    assert limited(["n"], [("é", "é"), ("é", "é")], 9, 8).complete
    assert limited(["n"], [("é", "é"), ("é", "é")], 9, 7) == QueryResult(("n",), (("é", "é"),), complete=False)
    assert limited(["n"], [("\ud800",)], 9, 1).complete


def test_a_table_is_a_head_and_a_line_for_each_row() -> None:
    """And says what is not there."""
    assert table(QueryResult(("id", "a\nname"), (("1", "x"), ("2", "y")))) == "id | a name\n1 | x\n2 | y"
    assert table(QueryResult(("id",), ())) == "id\n(no row)"
    assert table(QueryResult(("id",), (("1",),), complete=False)) == "id\n1\n(cut off after 1 rows)"


def test_an_answer_is_read_back_as_evidence() -> None:
    """The database, the query as it ran, and the rows; a longer fence holds a shorter one."""
    rows = Evidence("query result", "database prod", "database prod", "id\n```\n7", query="SELECT id FROM orders\nLIMIT 5")

    assert results_of([said(ANSWER), said(ANSWER.replace("\n", "\r\n"))]) == (rows, rows)


@pytest.mark.parametrize("words", ["~5 seconds", "~~struck~~", "as it was shown in ``` or ~~~", "> quoted"])
def test_words_beside_an_answer_are_no_rows(words: str) -> None:
    """Whoever edits the comment may write around the blocks, also with signs that look like the beginning of one."""
    assert results_of([said(ANSWER.replace("\n\n", f"\n\n{words}\n\n", 1))]) == results_of([said(ANSWER)])


@pytest.mark.parametrize("text", ["", "ran on `prod`, read-only and once", ANSWER.partition("````")[0], ANSWER.replace("ran on", "was for"), ANSWER[:-5]])
def test_a_comment_of_another_shape_is_no_answer(text: str) -> None:
    """No database, no rows, or a fence that never ends."""
    assert results_of([said(text)]) == ()


def test_the_questions_to_postgresql_pass_the_guard() -> None:
    """Each says what for and how many rows to expect, which are never more than its limit; none is asked twice."""
    for query in POSTGRESQL:
        assert allowed(query.sql, 20)
        assert query.purpose
        assert int(query.expected_rows.removeprefix("fewer than ")) <= (reading(query.sql).rows or 0)
    assert len({query.sql for query in POSTGRESQL}) == len({query.purpose for query in POSTGRESQL}) == len(POSTGRESQL)


def test_a_reading_names_twelve_of_each() -> None:
    """The rest is a number."""
    columns = [f"c{number:02}" for number in range(13)]
    tables = [f"t{number:02}" for number in range(13)]

    assert reading(over(columns[:12], ["t"])).tables == (TableRead("t", tuple(columns[:12])),)
    assert reading(over(columns, ["t"])).tables == (TableRead("t", (*columns[:12], "and 1 more")),)
    assert [one.name for one in reading(over(["1 AS x"], tables)).tables] == tables[:12]


@pytest.mark.parametrize(
    ("sql", "read"),
    [
        ("SELECT 1 AS x", Reading(rows=None, filtered=False)),
        ("SELECT t.id FROM a AS t LIMIT 1", Reading((TableRead("a", ("id",)),), rows=1, filtered=False)),
        ("SELECT a.id, b.id FROM a JOIN b ON a.id = b.id LIMIT 1", Reading((TableRead("a", ("id",)), TableRead("b", ("id",))), rows=1, filtered=False)),
        ("SELECT 1 AS x LIMIT 0", Reading(rows=0, filtered=False)),
        ("SELECT 1 AS x LIMIT 1 + 1", Reading(functions=(), filtered=False)),
        ("SELECT id FROM a, b WHERE b.x = 1 LIMIT 2", Reading((TableRead("a"), TableRead("b", ("x",))), ("id",), rows=2)),
        ("SELECT s.orders.id FROM s.orders LIMIT 3", Reading((TableRead("s.orders", ("id",)),), rows=3, filtered=False)),
        ("SELECT x.id FROM a, b LIMIT 3", Reading((TableRead("a"), TableRead("b")), ("id",), rows=3, filtered=False)),
        ("WITH w AS (SELECT 1 AS x) SELECT w.x FROM w LIMIT 3", Reading(rows=3, filtered=False)),
        ("WITH w AS (SELECT 1 AS x) SELECT x, y FROM s.w LIMIT 3", Reading((TableRead("s.w"),), ("x", "y"), rows=3, filtered=False)),
        ("SELECT count(*) AS n FROM a ORDER BY n DESC, b LIMIT 1", Reading((TableRead("a", ("b",)),), (), ("count",), 1, filtered=False)),
        ("SELECT x AS n FROM a UNION SELECT 1 AS k FROM a ORDER BY n LIMIT 1", Reading((TableRead("a", ("x",)),), rows=1, filtered=False)),
        ("SELECT x AS n FROM a UNION SELECT 1 AS k FROM a ORDER BY k LIMIT 1", Reading((TableRead("a", ("k", "x")),), rows=1, filtered=False)),
        ("SELECT 1 AS n FROM a GROUP BY n ORDER BY a.n, n LIMIT 1", Reading((TableRead("a", ("n",)),), rows=1, filtered=False)),
        ("SELECT 1 AS n FROM a ORDER BY n + 1 LIMIT 1", Reading((TableRead("a", ("n",)),), rows=1, filtered=False)),
        ("SELECT 1 AS m, (SELECT 1 AS n FROM a ORDER BY m LIMIT 1) AS k LIMIT 1", Reading((TableRead("a", ("m",)),), rows=1, filtered=False)),
        ("SELECT id FROM (SELECT id FROM a WHERE b = 1) s LIMIT 1", Reading((TableRead("a", ("b", "id")),), rows=1)),
        ("SELECT x.id, y.name FROM a x JOIN a y ON x.id = y.boss LIMIT 1", Reading((TableRead("a", ("boss", "id", "name")),), rows=1, filtered=False)),
        ("SELECT b.x, c.y FROM a b JOIN b c ON true LIMIT 1", Reading((TableRead("a", ("x",)), TableRead("b", ("y",))), rows=1, filtered=False)),
        ("SELECT b.x FROM b c, a b LIMIT 1", Reading((TableRead("a", ("x",)), TableRead("b")), rows=1, filtered=False)),
        ("SELECT r.t.x, s.t.y FROM r.t, s.t LIMIT 1", Reading((TableRead("r.t", ("x",)), TableRead("s.t", ("y",))), rows=1, filtered=False)),
        ("SELECT shop.s.t.x FROM s.t, b LIMIT 1", Reading((TableRead("b"), TableRead("s.t", ("x",))), rows=1, filtered=False)),
        ("SELECT t.x, b.y FROM s.t, b LIMIT 1", Reading((TableRead("b", ("y",)), TableRead("s.t", ("x",))), rows=1, filtered=False)),
        ("SELECT pg_catalog.now() AS x, lower(n) AS y FROM t LIMIT 1", Reading((TableRead("t", ("n",)),), (), ("lower", "pg_catalog.now"), 1, filtered=False)),
    ],
)
def test_what_a_query_reads(sql: str, read: Reading) -> None:
    """Tables with the columns that are surely theirs, the others, functions, its own limit, and whether it says which rows."""
    assert reading(sql) == read


def test_the_checks_are_told_in_words() -> None:
    """Each is a sentence that a person can read before they approve."""
    assert checks("SELECT id FROM orders LIMIT 20", 20) == (
        "one plain SELECT by PostgreSQL's own parser",
        "its columns are named, no whole row is read",
        "its functions, types and catalogues are on the list of those that only read",
        "it locks nothing and writes nothing",
        "it ends in LIMIT 20",
    )


def test_what_cannot_be_read_is_refused_in_words() -> None:
    """What was done, and what to write instead."""
    with pytest.raises(RefusedQuery) as refused:
        syntax("DROP TABLE orders")

    assert refused.value.doing == "reading a database query"
    assert refused.value.cause == "it is no SELECT"
    assert refused.value.remedy == "write one plain SELECT"
