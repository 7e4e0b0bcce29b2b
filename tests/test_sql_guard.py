"""What the guard lets reach a database, and what it does not."""

import pytest

from bot.core.sql.sql import LONGEST, allowed, guarded
from bot.errors import RefusedQuery

READS = [
    "SELECT id, status FROM orders WHERE created_at > now() - interval '1 hour' ORDER BY id DESC LIMIT 20",
    "select o.status, count(*) as n from orders o join payments p on p.order_id = o.id group by 1 having count(*) > 2 limit 100",
    "WITH late AS (SELECT id, age(now(), due) AS age FROM invoices) SELECT id, age FROM late WHERE age > interval '3 days' LIMIT 10;",
    "SELECT pid, state, wait_event_type, left(query, 80) AS query FROM pg_stat_activity WHERE state <> 'idle' LIMIT 50",
    "SELECT a.pid, pg_blocking_pids(a.pid) AS blocked_by FROM pg_stat_activity a WHERE cardinality(pg_blocking_pids(a.pid)) > 0 LIMIT 50",
    "SELECT id FROM a UNION ALL SELECT id FROM b LIMIT 5",
    "SELECT id, row_number() OVER (PARTITION BY user_id ORDER BY id) AS n FROM events FETCH FIRST 10 ROWS ONLY",
    "SELECT current_setting('max_connections') AS most, count(*) AS used FROM pg_stat_activity LIMIT 1",
    "SELECT payload ->> 'code' AS code FROM jobs WHERE payload @> '{\"failed\": true}'::jsonb LIMIT 10",
    "SELECT (SELECT max(id) FROM b) AS newest, CASE WHEN x IS NULL THEN 0 ELSE x END AS x FROM a WHERE id IN (1, 2) LIMIT 1",
]

REFUSED = [
    ("DELETE FROM orders", "no SELECT"),
    ("SELECT id FROM orders LIMIT 1; DROP TABLE orders", "2 statements"),
    ("WITH gone AS (DELETE FROM orders RETURNING id) SELECT id FROM gone LIMIT 1", "DeleteStmt"),
    ("SELECT id INTO stolen FROM orders LIMIT 1", "makes a table"),
    ("SELECT id FROM orders LIMIT 1 FOR UPDATE", "lock"),
    ("SELECT id FROM (SELECT id FROM orders FOR SHARE) s LIMIT 1", "lock"),
    ("SELECT * FROM orders LIMIT 1", "`*`"),
    ("SELECT o FROM orders o LIMIT 1", "whole row"),
    ("SELECT to_jsonb(orders) AS j FROM orders LIMIT 1", "whole row"),
    ("SELECT id FROM orders", "no LIMIT"),
    ("SELECT id FROM orders LIMIT ALL", "constant of at most"),
    ("SELECT id FROM orders LIMIT 1000000", "constant of at most"),
    ("SELECT id FROM orders LIMIT 2 * 3", "constant of at most"),
    ("SELECT id FROM orders ORDER BY id FETCH FIRST 5 ROWS WITH TIES", "no LIMIT"),
    ("SELECT pg_sleep(10) AS x LIMIT 1", "pg_sleep"),
    ('SELECT U&"pg\\005fsleep"(1) AS x LIMIT 1', "pg_sleep"),
    ("SELECT id FROM orders ORDER BY pg_read_file('/etc/passwd') LIMIT 1", "pg_read_file"),
    ("SELECT ts_rewrite('a'::tsquery, 'SELECT secret') AS x LIMIT 1", "ts_rewrite"),
    ("SELECT query_to_xml('delete from orders', true, true, '') AS x LIMIT 1", "query_to_xml"),
    ("SELECT evil.now() AS x LIMIT 1", "evil.now"),
    ("SELECT id FROM orders WHERE id OPERATOR(evil.=) 1 LIMIT 1", "operators"),
    ("SELECT id FROM orders WHERE id OPERATOR(evil.=) ANY (SELECT 1) LIMIT 1", "operators"),
    ("SELECT 'x'::evil AS x LIMIT 1", "cast"),
    ("SELECT rolname, rolpassword FROM pg_authid LIMIT 1", "pg_authid"),
    ("SELECT rolname FROM pg_catalog.pg_shadow LIMIT 1", "pg_shadow"),
    ("SELECT option_value FROM information_schema.user_mapping_options LIMIT 1", "user_mapping_options"),
    ("SELECT current_setting('primary_conninfo') AS x LIMIT 1", "current_setting"),
    ("SELECT current_setting(name) AS x FROM settings LIMIT 1", "current_setting"),
    ("SELECT repeat('a', 1000000000) AS x LIMIT 1", "repeat"),
    ("SELECT repeat(repeat('a', 9999), 9999) AS x LIMIT 1", "repeat"),
    ("SELECT count(*) AS n FROM generate_series(1, 2000000000) LIMIT 1", "generate_series"),
    ("EXPLAIN ANALYZE SELECT id FROM orders LIMIT 1", "no SELECT"),
    ("SELECT id FROM orders WHERE id = $1 LIMIT 1", "ParamRef"),
    ("TABLE orders LIMIT 1", "`*`"),
    ("", "no statement"),
    ("-- nothing", "no statement"),
    ("SELECT 1 AS x LIMIT 1 \x00; DROP TABLE orders", "control characters"),
    ("\ufeffDELETE FROM orders", "control characters"),
    ("SELECT id FROM", "parser"),
    ("SELECT '\ud800' AS x LIMIT 1", "no text"),
    ("SELECT " + "1+" * 5000 + "1 AS x LIMIT 1", "nested"),
    ("SELECT 1 AS x LIMIT 1" + " " * LONGEST, "longer"),
]


@pytest.mark.parametrize("sql", READS)
def test_a_plain_read_passes_unchanged(sql: str) -> None:
    """What runs is exactly what was checked."""
    assert guarded(sql) == sql


@pytest.mark.parametrize(("sql", "told"), REFUSED)
def test_everything_else_is_refused_with_its_reason(sql: str, told: str) -> None:
    """The reason names what stands against the statement."""
    assert not allowed(sql)
    with pytest.raises(RefusedQuery) as refused:
        guarded(sql)
    assert told in refused.value.cause
    assert "LIMIT" in refused.value.remedy


def test_the_most_rows_are_the_callers() -> None:
    """A stricter limit refuses what the default allows."""
    assert allowed("SELECT id FROM orders LIMIT 500")
    assert not allowed("SELECT id FROM orders LIMIT 500", most_rows=100)


BORDERS = [
    ("SELECT repeat('a', 10000) AS x LIMIT 1000", "SELECT repeat('a', 10001) AS x LIMIT 1000"),
    ("SELECT lpad('a', 9, 'b') || rpad('a', 9) AS x LIMIT 1", "SELECT lpad('a', length('b')) AS x LIMIT 1"),
    ("SELECT lpad(rpad('a', 9), 9) AS x LIMIT 1", "SELECT lpad(rpad(lpad('a', 9), 9), 9) AS x LIMIT 1"),
    ("SELECT repeat(concat(lower('a')), 3) AS x LIMIT 1", "SELECT repeat(concat(pg_catalog.repeat('a', 3)), 3) AS x LIMIT 1"),
    ("SELECT n FROM generate_series(1, 10000001) AS n(n) LIMIT 1", "SELECT n FROM generate_series(1, 10000002) AS n(n) LIMIT 1"),
    ("SELECT n FROM generate_series(5, 1) AS n(n) LIMIT 1", "SELECT n FROM generate_series(10000002, 1) AS n(n) LIMIT 1"),
    ("SELECT n FROM generate_series(99999999, 99999999) AS n(n) LIMIT 1", "SELECT n FROM generate_series(0, 10000001) AS n(n) LIMIT 1"),
    ("SELECT greatest(1, 99999999) AS x, date_part('a', b) AS y FROM a LIMIT 1", "SELECT n FROM generate_series(1, 99999999, 1) AS n(n) LIMIT 1"),
    ("SELECT substr(left('a', 3), 0, 99999999) AS x LIMIT 1", "SELECT lower(repeat('a', 10001)) AS x LIMIT 1"),
    ("SELECT lower(lower('a')) AS x LIMIT 1", "SELECT lpad(lower(lpad('a', 3)), 3) AS x LIMIT 1"),
    ("SELECT mod(5, 0) AS x LIMIT 1", "SELECT repeat('a', -b) AS x FROM a LIMIT 1"),
    ("SELECT n FROM generate_series(0, 10000000) AS n(n) LIMIT 1", "SELECT id FROM a LIMIT NULL"),
    ("SELECT jsonb_typeof(b) AS x, lag(b) OVER () AS y, st_x AS z FROM a LIMIT 1", "SELECT st_x(b) AS z FROM a LIMIT 1"),
    ("SELECT id FROM a LIMIT 0", "SELECT id FROM a LIMIT -1"),
    ("SELECT id FROM a LIMIT 1000", "SELECT id FROM a LIMIT 1001"),
    ("SELECT a.id FROM a LIMIT 1", "SELECT a.id FROM b.a.a LIMIT 1"),
    ("SELECT x.id FROM a x LIMIT 1", "SELECT x.id, x FROM a x LIMIT 1"),
    ("SELECT s.x FROM (SELECT x FROM a) s LIMIT 1", "SELECT s FROM (SELECT x FROM a) s LIMIT 1"),
    ("SELECT a FROM a x LIMIT 1", "SELECT x.* FROM a x LIMIT 1"),
    ("SELECT id FROM a UNION SELECT id FROM b LIMIT 1", "SELECT id FROM a UNION SELECT id FROM (SELECT id FROM b FOR UPDATE) c LIMIT 1"),
    ("SELECT 'a'::pg_catalog.text AS x LIMIT 1", "SELECT 'a'::evil.text AS x LIMIT 1"),
    ("SELECT pg_catalog.now() AS x LIMIT 1", "SELECT a.pg_catalog.now() AS x LIMIT 1"),
    ("SELECT id FROM a ORDER BY id USING OPERATOR(pg_catalog.<) LIMIT 1", "SELECT id FROM a ORDER BY id USING OPERATOR(evil.<) LIMIT 1"),
    ("SELECT oid FROM pg_catalog.pg_class LIMIT 1", "SELECT oid FROM pg_toast.pg_class LIMIT 1"),
    ("SELECT table_name FROM information_schema.tables LIMIT 1", "SELECT grantee FROM information_schema.table_privileges LIMIT 1"),
    ("SELECT current_setting('work_mem') AS x LIMIT 1", "SELECT current_setting() AS x LIMIT 1"),
    ("SELECT '\t\n\r' AS x LIMIT 1", "SELECT '\x0b' AS x LIMIT 1"),
    ("SELECT '\u00e4 \U0001f600' AS x LIMIT 1", "SELECT '\x7f' AS x LIMIT 1"),
    ("SELECT 'x' AS x LIMIT 1".ljust(LONGEST), "SELECT 'x' AS x LIMIT 1".ljust(LONGEST + 1)),
    ("SELECT lpad('a', 2, 'b') AS x LIMIT 1", "SELECT lpad('a', 2, lpad('b', 2)) AS x LIMIT 1"),
    ("SELECT lower(lower(id)) AS x FROM a LIMIT 1", "SELECT repeat(lower(repeat('a', 2)), 2) AS x LIMIT 1"),
    ("SELECT rpad('a', 9) AS x LIMIT 1", "SELECT rpad('a', b) AS x FROM a LIMIT 1"),
    ("SELECT n FROM generate_series(1, length('abc')) AS n(n) LIMIT 1", "SELECT n FROM generate_series(1, 99999999, 2) AS n(n) LIMIT 1"),
    ("SELECT n FROM generate_series(length('a'), length('b')) AS n(n) LIMIT 1", "SELECT n FROM pg_catalog.generate_series(1, 99999999) AS n(n) LIMIT 1"),
    ("SELECT pg_catalog.now() AS x LIMIT 1", "SELECT pg._catalog.now() AS x LIMIT 1"),
    ("SELECT 'a'::pg_catalog.text AS x LIMIT 1", "SELECT 'a'::pg._catalog.text AS x LIMIT 1"),
    ("SELECT id FROM a UNION (SELECT id FROM b) LIMIT 1", "SELECT id FROM a UNION (SELECT id FROM b FOR SHARE) LIMIT 1"),
    ("(SELECT id FROM a) EXCEPT SELECT id FROM b LIMIT 1", "(SELECT id FROM a FOR UPDATE) EXCEPT SELECT id FROM b LIMIT 1"),
    ("SELECT id FROM a INTERSECT SELECT id FROM b LIMIT 1", "SELECT id INTO c FROM a INTERSECT SELECT id FROM b LIMIT 1"),
    ("SELECT x FROM (SELECT id AS x FROM a) LIMIT 1", "SELECT id FROM a WHERE a = '1' LIMIT 1"),
    ('SELECT "None" FROM (SELECT id AS "None" FROM a) LIMIT 1', 'SELECT "None" FROM (SELECT id FROM a) AS "None" LIMIT 1'),
    ("SELECT s.id FROM a JOIN b s ON b = 1 LIMIT 1", "SELECT s.id FROM a JOIN b s ON s = a.id LIMIT 1"),
]


@pytest.mark.parametrize(("passes", "refused"), BORDERS)
def test_a_border_has_two_sides(passes: str, refused: str) -> None:
    """What is just allowed, and its neighbour that is not."""
    assert allowed(passes)
    assert not allowed(refused)


TYPES = "bool char float4 float8 int2 int4 int8 interval money name numeric text time timetz varchar"


@pytest.mark.parametrize("name", TYPES.split())
def test_a_type_may_be_called_as_a_function(name: str) -> None:
    """It turns one value into another."""
    assert allowed(f'SELECT "{name}"(id) AS x FROM a LIMIT 1')  # noqa: S608 - never runs


USED = [
    "ts_rank(to_tsvector(a), websearch_to_tsquery('x'))",
    "phraseto_tsquery('x')",
    "ts_headline(a, plainto_tsquery('x'))",
    "abbrev(ip)",
    "host(ip)",
    "masklen(ip)",
    "network(ip)",
    "area(shape)",
    "center(shape)",
    "npoints(shape)",
    "width(shape)",
    "jsonb_typeof(a)",
    "array_to_json(a)",
    "upper_inf(a)",
    "variance(a)",
    "abs(a)",
    "width_bucket(a, 1, 2, 3)",
    "age(a)",
    "version()",
]


@pytest.mark.parametrize("call", USED)
def test_what_only_computes_may_be_used(call: str) -> None:
    """Search in texts, addresses of networks, shapes, and the first and last of each group of functions."""
    assert allowed(f"SELECT {call} AS x FROM t LIMIT 1")  # noqa: S608 - never runs


SAID = [
    ("DROP TABLE a", "it is no SELECT"),
    ("SELECT 1; SELECT 2", "it holds 2 statements"),
    (";", "it holds no statement"),
    ("SELECT id INTO b FROM a LIMIT 1", "SELECT INTO makes a table"),
    ("SELECT id FROM a FOR UPDATE LIMIT 1", "FOR UPDATE and its like lock rows"),
    ("SELECT id FROM a UNION (SELECT id FROM b FOR SHARE) LIMIT 1", "FOR UPDATE and its like lock rows"),
    ("(SELECT id FROM a FOR UPDATE) UNION SELECT id FROM b LIMIT 1", "FOR UPDATE and its like lock rows"),
    ("SELECT id FROM a UNION SELECT id INTO c FROM b LIMIT 1", "SELECT INTO makes a table"),
    ("SELECT * FROM a LIMIT 1", "name the columns instead of `*`"),
    ("SELECT b.a, c.* FROM a c LIMIT 1", "name the columns instead of `*`"),
    ("SELECT c FROM a c LIMIT 1", "`c` is a whole row: name its columns"),
    ("SELECT id FROM a", "it has no LIMIT of its own"),
    ("SELECT id FROM a LIMIT '1'", "its LIMIT is not a constant of at most 1000"),
    ("SELECT id FROM a WHERE id = $1 LIMIT 1", "`ParamRef` is not allowed in it"),
    ("SELECT id FROM a WHERE id OPERATOR(e.=) 1 LIMIT 1", "operators of a schema are functions that nobody here knows"),
    (f"SELECT e.{'f' * 50}() AS x LIMIT 1", f"the function `e.{'f' * 50}` is not on the list of those that only read"),
    ("SELECT repeat('a', b) AS x FROM a LIMIT 1", "`repeat` needs a constant count of at most 10000"),
    ("SELECT lpad(lpad('a', 9), 9) AS x LIMIT 1", "`lpad` within itself"),
    ("SELECT generate_series(0, 99999999) AS x LIMIT 1", "`generate_series` over more than 10000000 values"),
    ("SELECT current_setting('x') AS x LIMIT 1", "`current_setting` may be asked for plain limits only"),
    ("SELECT id FROM x.y.z LIMIT 1", "a table of another database"),
    ("SELECT id FROM information_schema.x LIMIT 1", "`information_schema.x` may hold secrets or source"),
    ("SELECT id FROM pg_toast.x LIMIT 1", "the catalogue `x` may hold secrets"),
    ("SELECT 1 AS x LIMIT 1".ljust(LONGEST + 1), "it is longer than 20000 characters"),
    ("SELECT '\x00' AS x LIMIT 1", "it holds control characters"),
    ("SELECT " + "1+" * 5000 + "1 AS x LIMIT 1", "it is nested too deeply, or is no text"),
    ("SELECT 'a'::e.x AS x LIMIT 1", "a cast to `e.x`, whose input may run anything"),
]


@pytest.mark.parametrize(("sql", "cause"), SAID)
def test_a_refusal_says_what_stands_against_it(sql: str, cause: str) -> None:
    """In these words, beside what was done and what to do instead."""
    with pytest.raises(RefusedQuery) as refused:
        guarded(sql)
    assert refused.value.cause == cause
    assert refused.value.doing == "checking a database query"
    assert refused.value.remedy == "write one plain SELECT with named columns and a constant LIMIT, without side effects"


def test_a_refusal_stays_short() -> None:
    """Names are cut at 80 characters, what the parser says at 200."""
    name = "n" * 60
    for sql in (f"SELECT {name}.{name}() AS x LIMIT 1", f"SELECT 'a'::{name}.{name} AS x LIMIT 1"):
        with pytest.raises(RefusedQuery, match=rf"`{name}\.{'n' * 19}`"):
            guarded(sql)
    with pytest.raises(RefusedQuery) as refused:
        guarded(f"SELECT 1 '{'x' * 300}' 'y'")
    assert len(refused.value.cause) <= len("PostgreSQL's parser does not take it: ") + 200
