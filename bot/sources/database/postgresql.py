"""PostgreSQL, read only: the role is checked, the transaction is READ ONLY, time, locks, rows and bytes are limited in the server."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql as compose
from psycopg.types.string import TextLoader

from bot.config import Secret
from bot.config.sources import Database
from bot.core.plain_text.plain_text import cut, one_line
from bot.core.sql.query_result import QueryResult, limited
from bot.core.sql.sql import guarded
from bot.errors import SourceError
from bot.model import Checkup
from bot.regex import regex

_LOCK_MS = 500
_AT_ONCE = 10
"""Rows in one answer: each may hold megabytes, of which little is shown."""
_AS_TEXT = ("date", "time", "timetz", "timestamp", "timestamptz", "interval", "json", "jsonb", "numeric")
"""Types that are read as PostgreSQL writes them: `infinity` and the year 12000 are times there, and none in Python."""
_FATAL = regex(r"(?:FATAL|ERROR): {1,4}([^\n]{1,300})")
_UNREACHABLE = (
    ("could not translate host name", "its host name is not known"),
    ("refused", "the connection was refused"),
    ("timeout expired", "no answer in time"),
    ("no password supplied", "it wants a password, and the address holds none"),
    ("certificate", "its certificate is not trusted"),
    ("SSL", "no secure connection"),
    ("invalid response", "what answers there is no PostgreSQL"),
    ("unexpected response", "what answers there is no PostgreSQL"),
    ("closed the connection", "the connection was closed"),
)
_ROLE = """
SELECT current_user,
       r.rolsuper OR r.rolcreaterole OR r.rolcreatedb OR r.rolreplication OR r.rolbypassrls,
       pg_has_role(current_user, 'pg_write_all_data', 'USAGE') OR pg_has_role(current_user, 'pg_execute_server_program', 'USAGE')
         OR pg_has_role(current_user, 'pg_read_server_files', 'USAGE') OR pg_has_role(current_user, 'pg_write_server_files', 'USAGE')
         OR pg_has_role(current_user, 'pg_signal_backend', 'USAGE'),
       (SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p', 'f', 'v') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
          AND has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE') LIMIT 1)
FROM pg_roles r WHERE r.rolname = current_user
"""
_REMEDY = "make a role for the bot: CREATE ROLE errata LOGIN PASSWORD '…'; GRANT pg_read_all_data, pg_monitor TO errata"


class PostgresqlDriver:
    """Asks through a server-side cursor of a READ ONLY transaction, as a role that may not write. `address` is a libpq address or URL."""

    def __init__(self, address: Secret, database: Database, name: str) -> None:
        self._address, self._database, self.name = address, database, name

    def run(self, sql: str) -> QueryResult:
        """See Driver. Raises SourceError also when the role may write: then nothing is asked at all."""
        sql = guarded(sql)
        with self._connected() as connection:
            self._check_role(connection)
            with connection.cursor(name="errata") as cursor:
                cursor.itersize = _AT_ONCE
                cursor.execute(sql.encode())
                columns = [column.name for column in cursor.description or ()]
                return limited(columns, cursor, self._database.most_rows, self._database.most_bytes)

    def examine(self) -> Iterable[Checkup]:
        """Whether it can be reached, as a role that only reads."""
        name = self.name
        try:
            with self._connected() as connection:
                role = self._check_role(connection)
        except SourceError as error:
            yield Checkup(name, False, error.cause, error.remedy)
            return
        yield Checkup(name, True, f"reachable as {role}, which only reads")

    @contextmanager
    def _connected(self) -> Iterator[psycopg.Connection]:
        """A connection inside a READ ONLY transaction, rolled back at the end whatever happened."""
        doing = f"asking {self.name}"
        try:
            connection = psycopg.connect(self._address.reveal(), connect_timeout=max(1, int(self._database.seconds)), application_name="errata")
        except psycopg.Error as error:
            remedy = f"check {self._database.address_in}: host, role and password, and that the runner may reach it"
            raise SourceError(doing, _unreachable(error), remedy) from None  # libpq's words hold the address, or parts of a password in it
        try:
            connection.read_only = True
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            milliseconds = int(self._database.seconds * 1000)
            for setting, value in (
                ("statement_timeout", milliseconds),
                ("lock_timeout", min(_LOCK_MS, milliseconds)),
                ("idle_in_transaction_session_timeout", 4 * milliseconds),
            ):
                connection.execute(compose.SQL("SET LOCAL {} = {}").format(compose.Identifier(setting), compose.Literal(value)))
            connection.execute("SET LOCAL standard_conforming_strings = on")
            connection.execute("SET LOCAL TimeZone = 'UTC'")
            for kind in _AS_TEXT:
                connection.adapters.register_loader(kind, TextLoader)
            yield connection
        except psycopg.Error as error:
            raise _refused(doing, error, self._database) from error
        finally:
            connection.close()

    def _check_role(self, connection: psycopg.Connection) -> str:
        row = connection.execute(_ROLE).fetchone()
        role, powerful, outside, writable = row or ("unknown", True, True, None)
        if not (powerful or outside or writable):
            return str(role)
        why = "is a superuser, or may make roles or databases" if powerful else "may reach outside its tables" if outside else f"may write to {writable}"
        raise SourceError(f"asking {self.name}", f"the role {one_line(str(role))[:80]} {why}, so nothing was asked", _REMEDY)


def _refused(doing: str, error: psycopg.Error, database: Database) -> SourceError:
    if isinstance(error, psycopg.errors.QueryCanceled):
        return SourceError(doing, f"the query took longer than {database.seconds:g} s", "narrow it, or raise `seconds` of the database in the configuration")
    if isinstance(error, psycopg.errors.LockNotAvailable):
        return SourceError(doing, "a table it reads is locked", "ask again when the lock is gone; the health queries say who holds it")
    if isinstance(error, psycopg.errors.InsufficientPrivilege):
        return SourceError(doing, _words(error), "GRANT SELECT on it to the bot's role, or leave it out")
    if isinstance(error, psycopg.errors.UndefinedTable | psycopg.errors.UndefinedColumn | psycopg.errors.UndefinedFunction):
        return SourceError(doing, _words(error), "correct the name; the query is checked before it is proposed, the tables are not")
    if isinstance(error, psycopg.OperationalError):
        return SourceError(doing, _words(error), "look whether the database is well, then ask again")
    return SourceError(doing, _words(error), "run the query by hand as the bot's role")


def _words(error: psycopg.Error) -> str:
    """What the server said, without the statement."""
    return cut(one_line(error.diag.message_primary or str(error).partition("\n")[0]), 200) or "the connection ended"


def _unreachable(error: psycopg.Error) -> str:
    """What the server itself said, else which of the known ways it was."""
    if isinstance(error, psycopg.ProgrammingError):
        return "its address is none that PostgreSQL takes"
    told = str(error)
    if fatal := _FATAL.search(told):
        return cut(one_line(fatal[1]), 200)
    return next((cause for words, cause in _UNREACHABLE if words in told), "no connection could be made")
