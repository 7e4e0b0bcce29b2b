"""Databases: what is asked, within which limits, and what is not asked without approval."""

from collections.abc import Sequence

import msgspec
import pytest

from bot.config.sources import Database, ErrorEvents
from bot.core.logs.error_counts import misnamed, queries
from bot.core.sql.health_queries import POSTGRESQL
from bot.core.sql.query_result import QueryResult, limited, table
from bot.core.sql.sql import allowed
from bot.errors import SourceError
from bot.model import Checkup
from bot.sources.database.database import ErrorEventSource, HealthSource, UnreachableDatabase
from tests.database_asking import TIME, inquiry

pytestmark = pytest.mark.slow


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
