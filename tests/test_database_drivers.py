"""Databases that are a file or a query API: only read, each answer and each refusal in words."""

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.config import Secret
from bot.config.sources import Database
from bot.core.sql.query_result import QueryResult
from bot.errors import RefusedQuery, SourceError
from bot.sources.database.drivers import HttpDriver, LibsqlDriver, SqliteDriver
from tests.database_asking import LIMITS, READ, QueryApi
from tests.fakes.loopback import Answer

pytestmark = pytest.mark.slow


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A SQLite file with five orders."""
    file = tmp_path / "shop.db"
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE orders (id INTEGER, note TEXT)")
        connection.executemany("INSERT INTO orders VALUES (?, ?)", [(number, "x" * number) for number in range(5)])
    return file


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
