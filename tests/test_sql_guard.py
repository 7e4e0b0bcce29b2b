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
