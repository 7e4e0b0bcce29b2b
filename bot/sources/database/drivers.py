"""How a query reaches a database that can be reached in other ways than PostgreSQL's: a SQLite file, libSQL over HTTP, a query API."""

import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from time import monotonic
from typing import Protocol
from urllib.parse import urlsplit

from bot.config import Secret
from bot.config.sources import Database
from bot.core.plain_text.plain_text import cut, one_line
from bot.core.sql.query_result import QueryResult, limited
from bot.core.sql.sql import guarded
from bot.errors import SourceError
from bot.http_client import HttpClient
from bot.http_refusal import System
from bot.model import Checkup

_LOCK = 0.5
"""Seconds to wait for a writer of the file."""
_SQLITE_STEPS = 10_000
"""Steps of SQLite's machine between two looks at the clock."""


class Driver(Protocol):
    """Runs one guarded query, read-only, within the limits of its configuration."""

    def run(self, sql: str) -> QueryResult:
        """The rows. Raises RefusedQuery for what the guard does not let pass, SourceError for what the database refuses."""

    def examine(self) -> Iterable[Checkup]:
        """Whether it can be reached, and may only read."""


class SqliteDriver:
    """A SQLite file, opened read-only; a statement that outlasts its time is interrupted."""

    def __init__(self, file: Path, database: Database, name: str) -> None:
        self._file, self._database, self.name = file, database, name

    def run(self, sql: str) -> QueryResult:
        """See Driver."""
        sql, until = guarded(sql), monotonic() + self._database.seconds
        doing = f"asking {self.name}"
        try:
            connection = sqlite3.connect(f"{self._file.absolute().as_uri()}?mode=ro", uri=True, timeout=min(_LOCK, self._database.seconds))
            try:
                connection.text_factory = lambda raw: raw.decode("utf-8", "replace")  # what an application wrote need not be UTF-8
                connection.execute("PRAGMA query_only = ON")
                connection.set_authorizer(_only_reading)
                connection.set_progress_handler(lambda: int(monotonic() > until), _SQLITE_STEPS)
                cursor = connection.execute(sql)
                return limited([column[0] for column in cursor.description or ()], cursor, self._database.most_rows, self._database.most_bytes)
            finally:
                connection.close()
        except sqlite3.Error as error:
            words = cut(one_line(str(error)), 200)
            cause = f"it took longer than {self._database.seconds:g} s" if "interrupted" in words else words
            raise SourceError(doing, cause, f"check the file that {self._database.address_in} names, and the query") from error

    def examine(self) -> Iterable[Checkup]:
        """See Driver."""
        yield _checkup(self)


class LibsqlDriver:
    """A libSQL server over HTTP: `POST /v2/pipeline`, one statement and the end of the conversation (Hrana over HTTP, version 2)."""

    def __init__(self, address: str, token: Secret | None, database: Database, name: str) -> None:
        # libSQL's own clients write libsql:// and speak https.
        self._address = f"https://{address.removeprefix('libsql://')}" if address.startswith("libsql://") else address
        self._token, self._database, self.name = token, database, name

    def run(self, sql: str) -> QueryResult:
        """See Driver."""
        doing = f"asking {self.name}"
        body = {"requests": [{"type": "execute", "stmt": {"sql": guarded(sql)}}, {"type": "close"}]}
        answer = _client(self._address, self._token, self._database, self.name).post_json("/v2/pipeline", body, doing=doing)
        first = _at(_at(answer, "results"), 0)
        if _at(first, "type") == "error":
            raise SourceError(doing, cut(one_line(str(_at(_at(first, "error"), "message"))), 200), "check the query against the tables there")
        result = _at(_at(first, "response"), "result")
        columns, rows = _at(result, "cols"), _at(result, "rows")
        if not isinstance(columns, list) or not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
            raise _changed(doing)
        read = ([_at(cell, "value") for cell in row] for row in rows)
        return limited([str(_at(column, "name")) for column in columns], read, self._database.most_rows, self._database.most_bytes)

    def examine(self) -> Iterable[Checkup]:
        """See Driver."""
        yield _checkup(self)


class HttpDriver:
    """A query API: `POST <address>` with `{"query": sql}`, answered by a list of rows, or by one below `rows`, `data` or `results`."""

    def __init__(self, address: str, token: Secret | None, database: Database, name: str) -> None:
        self._address, self._token, self._database, self.name = address, token, database, name

    def run(self, sql: str) -> QueryResult:
        """See Driver."""
        doing = f"asking {self.name}"
        base, _, path = self._address.rstrip("/").rpartition("/")
        answer = _client(base, self._token, self._database, self.name).post_json(path, {"query": guarded(sql)}, doing=doing)
        found = answer if isinstance(answer, list) else next((rows for key in ("rows", "data", "results") if isinstance(rows := _at(answer, key), list)), None)
        if found is None or not all(isinstance(row, dict) for row in found):
            raise _changed(doing)
        columns = list(dict.fromkeys(key for row in found for key in row))
        return limited(columns, ([row.get(name) for name in columns] for row in found), self._database.most_rows, self._database.most_bytes)

    def examine(self) -> Iterable[Checkup]:
        """See Driver."""
        yield _checkup(self)


def _only_reading(action: int, one: str | None, two: str | None, schema: str | None, trigger: str | None) -> int:  # noqa: ARG001 - SQLite's own shape
    allowed = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}
    loads = action == sqlite3.SQLITE_FUNCTION and (two or "").lower() == "load_extension"
    return sqlite3.SQLITE_OK if action in allowed and not loads else sqlite3.SQLITE_DENY


def _client(address: str, token: Secret | None, database: Database, name: str) -> HttpClient:
    if urlsplit(address).scheme not in ("https", "http"):
        raise SourceError(f"asking {name}", "its address is no https:// address", f"set {database.address_in} to the address of the query API")
    headers = {"Authorization": f"Bearer {token.reveal()}"} if token else {}
    permission = "give the token the right to read the database"
    system = System(name, database.address_in, database.token_in, permission, database.address_in, secret_address=True)
    return HttpClient(address, system, database.seconds, headers=headers)


def _at(value: object, key: str | int) -> object:
    """One step into what came back, None where it is not of the expected shape."""
    if isinstance(value, dict):
        return value.get(key)
    if isinstance(value, list) and isinstance(key, int) and key < len(value):
        return value[key]
    return None


def _changed(doing: str) -> SourceError:
    return SourceError(doing, "the answer is of another shape than rows", "check that the address is that of the query API, and its version")


def _checkup(driver: SqliteDriver | LibsqlDriver | HttpDriver) -> Checkup:
    try:
        driver.run("SELECT 1 AS one LIMIT 1")
    except SourceError as error:
        return Checkup(driver.name, False, error.cause, error.remedy)
    return Checkup(driver.name, True, "a query was answered")


__all__: Sequence[str] = ("Driver", "HttpDriver", "LibsqlDriver", "SqliteDriver")
